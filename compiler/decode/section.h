//===- section.h - What the decoders of sections share --------------------===//
//
// One function a section, in section_<name>.cpp. Each reads one section's
// payload into the module; on malformed input it leaves the reader failed and
// stops. The caller checks order, that the payload was used up, and counts that
// two sections must agree on.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Modules".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/byte_reader.h"
#include "wasm/immediates.h"
#include "wasm/module.h"

namespace wrought::decode {

enum class SectionId : uint8_t {
  Custom = 0,
  Type = 1,
  Import = 2,
  Function = 3,
  Table = 4,
  Memory = 5,
  Global = 6,
  Export = 7,
  Start = 8,
  Element = 9,
  Code = 10,
  Data = 11,
  DataCount = 12,
  Tag = 13,
};

struct SectionContext {
  wasm::Module &module;
  /// The function that the reader is in, for the location of an error.
  std::optional<uint32_t> function;
  /// Reused for all constant expressions.
  wasm::Instruction scratch;
};

void decodeTypeSection(ByteReader &reader, SectionContext &context);
void decodeImportSection(ByteReader &reader, SectionContext &context);
void decodeFunctionSection(ByteReader &reader, SectionContext &context);
void decodeTableSection(ByteReader &reader, SectionContext &context);
void decodeMemorySection(ByteReader &reader, SectionContext &context);
void decodeTagSection(ByteReader &reader, SectionContext &context);
void decodeGlobalSection(ByteReader &reader, SectionContext &context);
void decodeExportSection(ByteReader &reader, SectionContext &context);
void decodeStartSection(ByteReader &reader, SectionContext &context);
void decodeElementSection(ByteReader &reader, SectionContext &context);
void decodeDataCountSection(ByteReader &reader, SectionContext &context);
void decodeCodeSection(ByteReader &reader, SectionContext &context);
void decodeDataSection(ByteReader &reader, SectionContext &context);
void decodeCustomSection(ByteReader &reader, SectionContext &context);

/// Fills in the module's names from a name section. Call it when all functions
/// are known; malformed parts are passed over.
void decodeNames(wasm::Module &module, wasm::ByteRange payload);

/// A vector's length; fails with `message` when it and the `present` elements
/// are more than `limit`.
uint32_t readCount(ByteReader &reader, size_t present, uint64_t limit,
                   const char *message);

/// Makes room for `count` more elements, or for as many as the remaining bytes
/// can hold: a length alone costs no memory.
template <typename T>
void reserveMore(std::vector<T> &elements, const ByteReader &reader,
                 size_t count, size_t minimumBytes) {
  const size_t possible = reader.remaining() / minimumBytes;
  elements.reserve(elements.size() + (count < possible ? count : possible));
}

/// Reads instructions up to the `end` that closes the expression.
wasm::ConstantExpression readConstantExpression(ByteReader &reader,
                                                SectionContext &context);

} // namespace wrought::decode
