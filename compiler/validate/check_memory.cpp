//===- check_memory.cpp - Bulk operations on memories ---------------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions / Memory
// Instructions".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

namespace wrought::validate {

using namespace wasm;

namespace {

ValueType indexType(const Memory &memory) { return memory.type.indexType(); }

} // namespace

bool FunctionValidator::checkDataSegment(uint32_t index) {
  if (index >= module_.data.size())
    return unknown("data segment", index);
  return module_.dataCount || fail("data count section required");
}

bool FunctionValidator::checkMemoryInit(const Instruction &instruction) {
  if (instruction.index2 >= module_.memories.size())
    return unknown("memory", instruction.index2);
  return checkDataSegment(instruction.index) && pop(I32) && pop(I32) &&
         pop(indexType(module_.memories[instruction.index2]));
}

bool FunctionValidator::checkMemoryCopy(const Instruction &instruction) {
  for (uint32_t memory : {instruction.index, instruction.index2})
    if (memory >= module_.memories.size())
      return unknown("memory", memory);
  const ValueType destination = indexType(module_.memories[instruction.index]);
  const ValueType source = indexType(module_.memories[instruction.index2]);
  const bool isLong = sameBits(destination, I64) && sameBits(source, I64);
  return pop(isLong ? I64 : I32) && pop(source) && pop(destination);
}

bool FunctionValidator::checkMemoryFill(uint32_t memory) {
  if (memory >= module_.memories.size())
    return unknown("memory", memory);
  const ValueType type = indexType(module_.memories[memory]);
  return pop(type) && pop(I32) && pop(type);
}

} // namespace wrought::validate
