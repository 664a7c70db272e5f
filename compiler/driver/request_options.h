//===- request_options.h - A compilation's options as JSON ----------------===//
//
// Everything in a CompileRequest that the bytes of its output depend on, once:
// the cache's keys, a bundle's manifest and its rebuilding are made from it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/compile.h"

#include "llvm/Support/JSON.h"

namespace wrought::driver {

/// What holds for every target. Of the environment only the names: values may
/// be secrets.
llvm::json::Object describeOptions(const CompileRequest &request);
/// The target and its CPUs.
llvm::json::Object describeTarget(const CompileRequest &request);

/// The reverse of both, over whatever `request` held. A manifest is hostile
/// input: false with a message. The values of the environment are taken from
/// `environment` ("K=V").
[[nodiscard]] bool readOptions(const llvm::json::Object &options,
                               llvm::ArrayRef<std::string> environment,
                               CompileRequest &request, std::string &message);
[[nodiscard]] bool readTarget(const llvm::json::Object &target,
                              CompileRequest &request, std::string &message);

/// "exe", "object", …: what stands behind --emit.
llvm::StringRef emitName(EmitKind emit);

} // namespace wrought::driver
