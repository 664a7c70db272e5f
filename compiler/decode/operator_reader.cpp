//===- operator_reader.cpp - What is not on the hot path ------------------===//
//
// Source: WebAssembly Specification 3.0, "Binary Format / Instructions".
//
//===----------------------------------------------------------------------===//
#include "decode/operator_reader.h"

#include "wasm/index_map.h"
#include "wasm/limits.h"

#include <algorithm>

namespace wrought::decode {

using namespace wasm;

namespace {

using Shape = SingleByteOpcode::Shape;

constexpr Shape shapeOf(ImmediateKind kind) {
  switch (kind) {
  case ImmediateKind::None:
    return Shape::None;
  case ImmediateKind::Label:
  case ImmediateKind::Tag:
  case ImmediateKind::Function:
  case ImmediateKind::Type:
  case ImmediateKind::Local:
  case ImmediateKind::Global:
  case ImmediateKind::Table:
  case ImmediateKind::Elem:
  case ImmediateKind::Data:
  case ImmediateKind::Memory:
    return Shape::Index;
  case ImmediateKind::MemArg1:
  case ImmediateKind::MemArg2:
  case ImmediateKind::MemArg4:
  case ImmediateKind::MemArg8:
  case ImmediateKind::MemArg16:
    return Shape::MemArg;
  case ImmediateKind::I32Const:
    return Shape::I32Const;
  case ImmediateKind::I64Const:
    return Shape::I64Const;
  default:
    return Shape::Other;
  }
}

constexpr std::array<SingleByteOpcode, 256> makeSingleByteOpcodes() {
  std::array<SingleByteOpcode, 256> table{};
#define WASM_OP(prefix, code, Name, text, immediates, operands, results,       \
                feature)                                                       \
  if (prefix == 0)                                                             \
    table[(code) & 0xff] = {Opcode::Name, shapeOf(ImmediateKind::immediates)};
#include "wasm/opcodes.def"
  return table;
}

/// "illegal opcode ff" for each byte: ByteReader keeps literals only.
constexpr std::string_view IllegalOpcode = "illegal opcode ";
using IllegalOpcodeText = std::array<char, IllegalOpcode.size() + 3>;

constexpr auto IllegalOpcodeTexts = [] {
  std::array<IllegalOpcodeText, 256> texts{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    IllegalOpcodeText &text = texts[byte];
    std::copy(IllegalOpcode.begin(), IllegalOpcode.end(), text.begin());
    text[IllegalOpcode.size()] = "0123456789abcdef"[byte >> 4];
    text[IllegalOpcode.size() + 1] = "0123456789abcdef"[byte & 15];
  }
  return texts;
}();

/// Opcodes of the exception handling that Wasm 3.0 did not take up.
bool isLegacyException(uint8_t byte) {
  return byte == 0x06 || byte == 0x07 || byte == 0x09 || byte == 0x18 ||
         byte == 0x19;
}

const char *illegalOpcode(uint8_t byte) {
  if (isLegacyException(byte))
    return "illegal opcode: legacy exception handling is not part of "
           "WebAssembly 3.0";
  return IllegalOpcodeTexts[byte].data();
}

constexpr bool isPrefix(uint8_t byte) { return byte >= 0xfb && byte <= 0xfe; }

} // namespace

constexpr std::array<SingleByteOpcode, 256> singleByteOpcodes =
    makeSingleByteOpcodes();

bool OperatorReader::readLocals(std::vector<LocalRun> &runs) {
  runs.clear();
  const uint32_t runCount = reader_.readU32();
  // A run takes two bytes or more.
  runs.reserve(std::min<size_t>(runCount, reader_.remaining() / 2));
  uint64_t total = 0;
  for (uint32_t i = 0; i < runCount && reader_.ok(); ++i) {
    const size_t start = reader_.offset();
    const uint32_t count = reader_.readU32();
    total += count;
    if (reader_.ok() && total > limits::Locals)
      reader_.fail("too many locals", start);
    const ValueType type = readValueType(reader_);
    runs.push_back({count, origin_ ? origin_->indices.map(type) : type});
  }
  return reader_.ok();
}

bool OperatorReader::nextOfOrigin(Instruction &instruction) {
  if (!nextPlain(instruction))
    return false;
  mapIndices(origin_->indices, instruction);
  return true;
}

bool OperatorReader::nextOther(Instruction &instruction, uint8_t first) {
  std::optional<Opcode> opcode;
  if (isPrefix(first))
    opcode = opcodeFromBinary(first, reader_.readU32());
  else
    opcode = opcodeFromBinary(0, first);
  if (!opcode) {
    reader_.fail(illegalOpcode(first), instruction.byteOffset);
    return false;
  }
  instruction.opcode = *opcode;
  readImmediates(instruction, immediateKind(*opcode));
  return reader_.ok();
}

void OperatorReader::readImmediates(Instruction &instruction,
                                    ImmediateKind kind) {
  switch (kind) {
  case ImmediateKind::None:
    return;
  case ImmediateKind::Block:
    return readBlockType(instruction.block);
  case ImmediateKind::BrTable:
    return readBranchTable(instruction.labels);
  case ImmediateKind::TryTable:
    readBlockType(instruction.block);
    return readCatches(instruction.catches);
  case ImmediateKind::SelectTypes:
    return readSelectTypes(instruction.types);
  case ImmediateKind::BrOnCast:
    return readCast(instruction);
  case ImmediateKind::HeapType:
    instruction.heap = readHeapType(reader_);
    return;

  case ImmediateKind::Label:
  case ImmediateKind::Tag:
  case ImmediateKind::Function:
  case ImmediateKind::Type:
  case ImmediateKind::Local:
  case ImmediateKind::Global:
  case ImmediateKind::Table:
  case ImmediateKind::Elem:
  case ImmediateKind::Data:
  case ImmediateKind::Memory:
    instruction.index = reader_.readU32();
    return;
  case ImmediateKind::CallIndirect:
  case ImmediateKind::TypeField:
  case ImmediateKind::TypeCount:
  case ImmediateKind::TypeData:
  case ImmediateKind::TypeElem:
  case ImmediateKind::TypeType:
  case ImmediateKind::TableTable:
  case ImmediateKind::ElemTable:
  case ImmediateKind::MemoryMemory:
  case ImmediateKind::DataMemory:
    instruction.index = reader_.readU32();
    instruction.index2 = reader_.readU32();
    return;

  case ImmediateKind::MemArg1:
  case ImmediateKind::MemArg2:
  case ImmediateKind::MemArg4:
  case ImmediateKind::MemArg8:
  case ImmediateKind::MemArg16:
  case ImmediateKind::AtomicMemArg1:
  case ImmediateKind::AtomicMemArg2:
  case ImmediateKind::AtomicMemArg4:
  case ImmediateKind::AtomicMemArg8:
    return readMemoryArgument(instruction.memory);
  case ImmediateKind::MemArg1Lane:
  case ImmediateKind::MemArg2Lane:
  case ImmediateKind::MemArg4Lane:
  case ImmediateKind::MemArg8Lane:
    readMemoryArgument(instruction.memory);
    instruction.lane = reader_.readU8();
    return;
  case ImmediateKind::Lane2:
  case ImmediateKind::Lane4:
  case ImmediateKind::Lane8:
  case ImmediateKind::Lane16:
    instruction.lane = reader_.readU8();
    return;

  case ImmediateKind::Fence:
    if (reader_.readU8() != 0)
      reader_.fail("zero byte expected", reader_.offset() - 1);
    return;
  case ImmediateKind::I32Const:
    instruction.i32 = reader_.readS32();
    return;
  case ImmediateKind::I64Const:
    instruction.i64 = reader_.readS64();
    return;
  case ImmediateKind::F32Const:
    instruction.f32Bits = reader_.readFixedU32();
    return;
  case ImmediateKind::F64Const:
    instruction.f64Bits = reader_.readFixedU64();
    return;
  case ImmediateKind::V128Const:
  case ImmediateKind::Shuffle:
    return readBytes(instruction.bytes);
  }
}

// A value type is one negative byte (and a heap type), an index is positive.
void OperatorReader::readBlockType(BlockType &block) {
  constexpr uint8_t Empty = 0x40;
  const uint8_t first = reader_.peekU8();
  if (first == Empty) {
    reader_.skip(1);
    block.kind = BlockType::Kind::Empty;
  } else if ((first & 0xc0) == 0x40) {
    block.kind = BlockType::Kind::Value;
    block.value = readValueType(reader_);
  } else {
    const size_t start = reader_.offset();
    const int64_t index = reader_.readS33();
    if (index < 0)
      reader_.fail("malformed block type", start);
    block.kind = BlockType::Kind::Type;
    block.type = TypeIndex(static_cast<uint32_t>(index));
  }
}

void OperatorReader::readBranchTable(std::vector<uint32_t> &labels) {
  labels.clear();
  const size_t start = reader_.offset();
  const uint32_t count = reader_.readU32();
  if (count > limits::BranchTableTargets)
    reader_.fail("too many br_table targets", start);
  labels.reserve(std::min<size_t>(count, reader_.remaining()) + 1);
  for (uint32_t i = 0; i <= count && reader_.ok(); ++i)
    labels.push_back(reader_.readU32());
}

void OperatorReader::readCatches(std::vector<CatchClause> &catches) {
  catches.clear();
  const size_t start = reader_.offset();
  const uint32_t count = reader_.readU32();
  if (count > limits::CatchClauses)
    reader_.fail("too many catch clauses", start);
  for (uint32_t i = 0; i < count && reader_.ok(); ++i) {
    CatchClause clause{};
    const uint8_t kind = reader_.readU8();
    if (kind > static_cast<uint8_t>(CatchKind::CatchAllRef))
      reader_.fail("malformed catch clause", reader_.offset() - 1);
    clause.kind = static_cast<CatchKind>(kind);
    if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef)
      clause.tag = TagIndex(reader_.readU32());
    clause.label = reader_.readU32();
    catches.push_back(clause);
  }
}

void OperatorReader::readSelectTypes(std::vector<ValueType> &types) {
  types.clear();
  const uint32_t count = reader_.readU32();
  for (uint32_t i = 0; i < count && reader_.ok(); ++i)
    types.push_back(readValueType(reader_));
}

void OperatorReader::readCast(Instruction &instruction) {
  const uint8_t flags = reader_.readU8();
  if (flags > 3)
    reader_.fail("malformed cast flags", reader_.offset() - 1);
  instruction.index = reader_.readU32();
  const HeapType from = readHeapType(reader_);
  instruction.castFrom = ValueType::reference(from, flags & 1);
  const HeapType to = readHeapType(reader_);
  instruction.castTo = ValueType::reference(to, flags & 2);
}

void OperatorReader::readBytes(std::array<uint8_t, 16> &bytes) {
  const auto source = reader_.readBytes(bytes.size());
  std::copy(source.begin(), source.end(), bytes.begin());
}

} // namespace wrought::decode
