//===- versions.h - The CPUs that an executable has code for --------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// One translation of the module: for whom, and what it is called.
struct CodeVersion {
  targets::CpuSelection cpu;
  translate::Version version;
};

/// The versions that the request asks for, the most demanding first and equally
/// demanding ones in the user's order: the first that suits a machine is the
/// best there. Warns of versions that would never run, and leaves them out, and
/// of features that a program cannot look for.
std::vector<CodeVersion> planVersions(const CompileRequest &request,
                                      Diagnostics &diagnostics);

/// Symbols of the n-th version.
std::string versionPrefix(size_t index);
std::string versionModule(size_t index);

} // namespace wrought::driver
