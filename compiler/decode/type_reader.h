//===- type_reader.h - Types in the binary format -------------------------===//
//
// What sections share. As everywhere in decode, malformed input leaves the
// reader failed and gives a valid dummy. Indices are not looked up.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Types".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "decode/operator_reader.h"
#include "wasm/types.h"

namespace wrought::decode {

wasm::ValueType readReferenceType(ByteReader &reader);
wasm::TableType readTableType(ByteReader &reader);
wasm::MemoryType readMemoryType(ByteReader &reader);
wasm::GlobalType readGlobalType(ByteReader &reader);
wasm::TagType readTagType(ByteReader &reader);
bool readMutability(ByteReader &reader);

} // namespace wrought::decode
