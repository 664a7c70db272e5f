//===- operator_reader.h - Instructions, one at a time ---------------------===//
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

namespace wrought::decode {

/// A run of locals of one type.
struct LocalRun {
  uint32_t count;
  wasm::ValueType type;
};

class OperatorReader {
public:
  OperatorReader(const wasm::Module &module, wasm::ByteRange code)
      : reader_(module.bytes, code.begin, code.end) {}

  /// Reads the local declarations of a function body; call it once, first.
  /// False when malformed (see reader()).
  bool readLocals(std::vector<LocalRun> &runs);

  /// Reads the next instruction. False at the end of the range and on malformed
  /// code; reader().ok() tells which.
  bool next(wasm::Instruction &instruction);

  const ByteReader &reader() const { return reader_; }
  uint64_t byteOffset() const { return reader_.offset(); }

private:
  ByteReader reader_;
};

/// Types in the binary format, shared with the module decoder. On malformed
/// input the reader fails and a valid dummy comes back.
wasm::ValueType readValueType(ByteReader &reader);
wasm::HeapType readHeapType(ByteReader &reader);

} // namespace wrought::decode
