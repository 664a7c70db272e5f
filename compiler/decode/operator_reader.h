//===- operator_reader.h - Instructions, one at a time --------------------===//
//
// Reads the instructions of a function body or a constant expression. It checks
// form (known opcodes, well-formed immediates), never meaning: indices may be
// out of range and blocks unbalanced.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/byte_reader.h"
#include "wasm/immediates.h"
#include "wasm/module.h"

#include <array>

namespace wrought::decode {

/// What the reader knows of an opcode without prefix.
struct SingleByteOpcode {
  wasm::Opcode opcode = wasm::Opcode::Unreachable;
  /// How to read what follows: the few shapes of nearly all instructions; Other
  /// stands for the rest, prefixes and unknown opcodes.
  enum class Shape : uint8_t { Other, None, Index, MemArg, I32Const, I64Const };
  Shape shape = Shape::Other;
};
extern const std::array<SingleByteOpcode, 256> singleByteOpcodes;

/// A run of locals of one type.
struct LocalRun {
  uint32_t count;
  wasm::ValueType type;
};

class OperatorReader {
public:
  OperatorReader(const wasm::Module &module, wasm::ByteRange code)
      : reader_(module.bytes, code.begin, code.end),
        origin_(module.originOf(code.begin)) {}

  /// Reads the local declarations of a function body; call it once, first.
  /// False when malformed (see reader()).
  bool readLocals(std::vector<LocalRun> &runs);

  /// Reads the next instruction. False at the end of the range and on malformed
  /// code; reader().ok() tells which. Code of a merged module, which was
  /// validated before, gets the indices of the whole.
  bool next(wasm::Instruction &instruction);

  /// next(), and then `visitor.visit<Opcode>(instruction)`: one dispatch for
  /// both. Opcodes with a prefix go to `visitor.visit(instruction)`. Returns
  /// what the visitor says; false, and no visit, where next() is false.
  template <typename Visitor>
  bool visitNext(wasm::Instruction &instruction, Visitor &visitor);

  const ByteReader &reader() const { return reader_; }
  uint64_t byteOffset() const { return reader_.offset(); }

private:
  bool nextOfOrigin(wasm::Instruction &instruction);
  bool nextPlain(wasm::Instruction &instruction);
  /// The cases that nextPlain() leaves out, from behind the first byte on.
  bool nextOther(wasm::Instruction &instruction, uint8_t first);
  void readImmediates(wasm::Instruction &instruction, wasm::ImmediateKind kind);
  template <wasm::ImmediateKind Kind>
  bool readKnownImmediates(wasm::Instruction &instruction);
  void readBlockType(wasm::BlockType &block);
  void readMemoryArgument(wasm::MemoryArgument &argument);
  void readBranchTable(std::vector<uint32_t> &labels);
  void readCatches(std::vector<wasm::CatchClause> &catches);
  void readSelectTypes(std::vector<wasm::ValueType> &types);
  void readCast(wasm::Instruction &instruction);
  void readBytes(std::array<uint8_t, 16> &bytes);

  ByteReader reader_;
  const wasm::Origin *origin_;
};

inline bool OperatorReader::next(wasm::Instruction &instruction) {
  return origin_ ? nextOfOrigin(instruction) : nextPlain(instruction);
}

// Runs for every instruction of every module, thus inline.
inline bool OperatorReader::nextPlain(wasm::Instruction &instruction) {
  if (reader_.atEnd())
    return false;
  instruction.byteOffset = reader_.offset();
  const uint8_t first = reader_.readU8();
  const SingleByteOpcode entry = singleByteOpcodes[first];
  instruction.opcode = entry.opcode;
  using enum SingleByteOpcode::Shape;
  switch (entry.shape) {
  case None:
    return true;
  case Index:
    instruction.index = reader_.readU32();
    break;
  case MemArg:
    readMemoryArgument(instruction.memory);
    break;
  case I32Const:
    instruction.i32 = reader_.readS32();
    break;
  case I64Const:
    instruction.i64 = reader_.readS64();
    break;
  case Other:
    return nextOther(instruction, first);
  }
  return reader_.ok();
}

// Spec 3.0, "Binary Format / Memory Instructions": bit 6 of the alignment says
// that a memory index follows.
inline void OperatorReader::readMemoryArgument(wasm::MemoryArgument &argument) {
  constexpr uint32_t HasMemoryIndex = 0x40;
  const size_t start = reader_.offset();
  const uint32_t flags = reader_.readU32();
  argument.alignLog2 = flags & (HasMemoryIndex - 1);
  argument.memory = wasm::MemoryIndex(0);
  if (flags >= HasMemoryIndex) [[unlikely]] {
    if (flags >= 2 * HasMemoryIndex)
      reader_.fail("malformed memop flags", start);
    argument.memory = wasm::MemoryIndex(reader_.readU32());
  }
  argument.offset = reader_.readU64();
}

template <wasm::ImmediateKind Kind>
inline bool
OperatorReader::readKnownImmediates(wasm::Instruction &instruction) {
  using enum wasm::ImmediateKind;
  if constexpr (Kind == None)
    return true;
  else if constexpr (Kind == Label || Kind == Function || Kind == Local ||
                     Kind == Global)
    instruction.index = reader_.readU32();
  else if constexpr (Kind >= MemArg1 && Kind <= MemArg16)
    readMemoryArgument(instruction.memory);
  else if constexpr (Kind == I32Const)
    instruction.i32 = reader_.readS32();
  else if constexpr (Kind == I64Const)
    instruction.i64 = reader_.readS64();
  else
    readImmediates(instruction, Kind);
  return reader_.ok();
}

template <typename Visitor>
[[gnu::always_inline]] inline bool
OperatorReader::visitNext(wasm::Instruction &instruction, Visitor &visitor) {
  assert(!origin_ && "what was merged is valid");
  if (reader_.atEnd())
    return false;
  instruction.byteOffset = reader_.offset();
  const uint8_t first = reader_.readU8();
  // Rows with a prefix have labels that no byte equals.
  switch (int{first}) {
#define WASM_OP(prefix, code, Name, text, immediates, ...)                     \
  case (prefix) << 16 | (code):                                                \
    instruction.opcode = wasm::Opcode::Name;                                   \
    return readKnownImmediates<wasm::ImmediateKind::immediates>(               \
               instruction) &&                                                 \
           visitor.template visit<wasm::Opcode::Name>(instruction);
#include "wasm/opcodes.def"
  }
  return nextOther(instruction, first) && visitor.visit(instruction);
}

/// Types in the binary format, shared with the module decoder. On malformed
/// input the reader fails and a valid dummy comes back.
wasm::ValueType readValueType(ByteReader &reader);
wasm::HeapType readHeapType(ByteReader &reader);

} // namespace wrought::decode
