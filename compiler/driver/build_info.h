//===- build_info.h - What an artifact was built from ---------------------===//
//
// Executables and objects carry a section ".wrought.info", which is not loaded:
// JSON that names the module by its hash, the options and the grants. It holds
// content only (no path, time or host), so that equal builds are equal files.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/versions.h"

namespace wrought::driver {

std::string buildInfo(const CompileRequest &request,
                      llvm::ArrayRef<CodeVersion> versions,
                      const wasm::Module &module);

/// An otherwise empty module with `info` in the section.
std::unique_ptr<llvm::Module> emitBuildInfo(llvm::StringRef info,
                                            const targets::TargetSpec &target,
                                            llvm::LLVMContext &context);

/// An ELF file, or that in an archive of one; empty when neither.
llvm::StringRef elfBytes(llvm::StringRef file);

/// The section of an ELF file; nullopt when the file has none.
std::optional<std::string> readBuildInfo(llvm::StringRef elf);

/// BLAKE3 as hexadecimal digits.
std::string contentHash(std::span<const uint8_t> bytes);

/// "0", "s", …: what stands behind -O.
llvm::StringRef optLevelName(codegen::OptLevel level);
llvm::StringRef boundsChecksName(translate::BoundsChecks checks);

} // namespace wrought::driver
