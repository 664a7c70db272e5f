//===- option_values.h - The values that flags take -----------------------===//
//
// Each parser takes the text behind a flag and says in `message` what is wrong
// with it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// Bytes: a number and one of B, K, M, G, T, also as KB, KiB, in any case; all
/// are powers of 1024.
std::optional<uint64_t> parseByteLength(llvm::StringRef text,
                                        std::string &message);

/// Instructions that a program may execute: a decimal number, or "true", which
/// is --fuel alone, for no limit.
std::optional<uint64_t> parseFuel(llvm::StringRef text);

/// HOST[::GUEST][:ro]; without a guest path the guest sees the host's.
std::optional<translate::Grant> parseGrant(llvm::StringRef text,
                                           std::string &message);

/// Whether it is ADDRESS:PORT as the runtime takes it: IPv4, [IPv6], localhost
/// or * (runtime-support/wasi/address.h).
bool isListenerAddress(llvm::StringRef text);

/// "simd,-threads"; "all" stands for each of them.
bool parseFeatures(llvm::StringRef text, wasm::FeatureSet &features,
                   std::string &message);

std::optional<codegen::OptLevel> parseOptLevel(llvm::StringRef text);
std::optional<translate::BoundsChecks> parseBoundsChecks(llvm::StringRef text);

/// By name ("exe", "object", …); says which forms are not supported yet.
std::optional<EmitKind> parseEmit(llvm::StringRef text, std::string &message);
/// By the ending of an output's name: .o .ll .bc .s, else an executable.
/// Endings of forms that are not supported yet are an error.
std::optional<EmitKind> emitByEnding(llvm::StringRef output,
                                     std::string &message);
/// In the current folder: the input's name with the ending of the form; never
/// the input's own name.
std::string defaultOutput(llvm::StringRef input, EmitKind emit);

} // namespace wrought::driver
