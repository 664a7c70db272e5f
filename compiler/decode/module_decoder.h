//===- module_decoder.h - Bytes to wasm::Module ---------------------------===//
#pragma once

#include "support/diagnostics.h"
#include "wasm/module.h"

#include <optional>

namespace wrought::decode {

/// Decodes a binary module. Function bodies are delimited but not read. Stops
/// at the first malformed byte, reports it and returns nullopt. `bytes` must
/// outlive the module. A component, an ELF file, text or an empty file each
/// gets an error that says what the input is.
std::optional<wasm::Module> decodeModule(std::span<const uint8_t> bytes,
                                         llvm::StringRef sourceName,
                                         Diagnostics &diagnostics);

} // namespace wrought::decode
