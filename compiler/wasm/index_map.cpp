#include "wasm/index_map.h"

namespace wrought::wasm {

static void mapBlock(const IndexMap &indices, BlockType &block) {
  if (block.kind == BlockType::Kind::Value)
    block.value = indices.map(block.value);
  else if (block.kind == BlockType::Kind::Type)
    block.type = indices.map(block.type);
}

void mapIndices(const IndexMap &indices, Instruction &instruction) {
  uint32_t &first = instruction.index, &second = instruction.index2;
  const auto memory = [&](uint32_t index) {
    return indices.memories[index].value;
  };
  const auto table = [&](uint32_t index) {
    return indices.tables[index].value;
  };
  switch (immediateKind(instruction.opcode)) {
  case ImmediateKind::None:
  case ImmediateKind::Label:
  case ImmediateKind::BrTable:
  case ImmediateKind::Local:
  case ImmediateKind::Fence:
  case ImmediateKind::I32Const:
  case ImmediateKind::I64Const:
  case ImmediateKind::F32Const:
  case ImmediateKind::F64Const:
  case ImmediateKind::V128Const:
  case ImmediateKind::Shuffle:
  case ImmediateKind::Lane2:
  case ImmediateKind::Lane4:
  case ImmediateKind::Lane8:
  case ImmediateKind::Lane16:
    return;
  case ImmediateKind::Block:
    return mapBlock(indices, instruction.block);
  case ImmediateKind::TryTable:
    mapBlock(indices, instruction.block);
    for (CatchClause &clause : instruction.catches)
      if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef)
        clause.tag = indices.tags[clause.tag.value];
    return;
  case ImmediateKind::Tag:
    first = indices.tags[first].value;
    return;
  case ImmediateKind::Function:
    first = indices.functions[first].value;
    return;
  case ImmediateKind::CallIndirect:
    first += indices.firstType;
    second = table(second);
    return;
  case ImmediateKind::Type:
  case ImmediateKind::TypeField:
  case ImmediateKind::TypeCount:
    first += indices.firstType;
    return;
  case ImmediateKind::TypeData:
    first += indices.firstType;
    second += indices.firstData;
    return;
  case ImmediateKind::TypeElem:
    first += indices.firstType;
    second += indices.firstElement;
    return;
  case ImmediateKind::TypeType:
    first += indices.firstType;
    second += indices.firstType;
    return;
  case ImmediateKind::SelectTypes:
    for (ValueType &type : instruction.types)
      type = indices.map(type);
    return;
  case ImmediateKind::Global:
    first = indices.globals[first].value;
    return;
  case ImmediateKind::Table:
    first = table(first);
    return;
  case ImmediateKind::TableTable:
    first = table(first);
    second = table(second);
    return;
  case ImmediateKind::ElemTable:
    first += indices.firstElement;
    second = table(second);
    return;
  case ImmediateKind::Elem:
    first += indices.firstElement;
    return;
  case ImmediateKind::Memory:
    first = memory(first);
    return;
  case ImmediateKind::MemoryMemory:
    first = memory(first);
    second = memory(second);
    return;
  case ImmediateKind::DataMemory:
    first += indices.firstData;
    second = memory(second);
    return;
  case ImmediateKind::Data:
    first += indices.firstData;
    return;
  case ImmediateKind::MemArg1:
  case ImmediateKind::MemArg2:
  case ImmediateKind::MemArg4:
  case ImmediateKind::MemArg8:
  case ImmediateKind::MemArg16:
  case ImmediateKind::MemArg1Lane:
  case ImmediateKind::MemArg2Lane:
  case ImmediateKind::MemArg4Lane:
  case ImmediateKind::MemArg8Lane:
  case ImmediateKind::AtomicMemArg1:
  case ImmediateKind::AtomicMemArg2:
  case ImmediateKind::AtomicMemArg4:
  case ImmediateKind::AtomicMemArg8:
    instruction.memory.memory =
        indices.memories[instruction.memory.memory.value];
    return;
  case ImmediateKind::HeapType:
    instruction.heap = indices.map(instruction.heap);
    return;
  case ImmediateKind::BrOnCast:
    instruction.castFrom = indices.map(instruction.castFrom);
    instruction.castTo = indices.map(instruction.castTo);
    return;
  }
}

Location locationOf(const Module &module, uint64_t byteOffset,
                    std::optional<FunctionIndex> function) {
  const Origin *origin = module.originOf(byteOffset);
  Location location;
  location.file = origin ? origin->sourceName : module.sourceName;
  location.byteOffset = byteOffset - (origin ? origin->bytes.begin : 0);
  if (!function)
    return location;
  location.functionName = module.functionName(*function);
  location.functionIndex = function->value;
  // What is imported has no code, and no place here.
  if (origin)
    location.functionIndex =
        function->value - origin->firstFunction + origin->importedFunctionCount;
  return location;
}

} // namespace wrought::wasm
