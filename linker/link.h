//===- link.h - Objects and runtime to an ELF file, by lld in process -----===//
#pragma once

#include "support/diagnostics.h"
#include "targets/target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <string>
#include <system_error>
#include <vector>

namespace wrought::linker {

using ObjectBytes = llvm::SmallVector<char, 0>;

enum class LinkKind : uint8_t {
  StaticExecutable, ///< static-pie, no interpreter
  Relocatable,      ///< ld -r: one object from all
  Shared,           ///< a library that needs no other
  StaticLibrary,    ///< an archive of one object, which needs no other
};

struct LinkRequest {
  const targets::TargetSpec *target = nullptr;
  LinkKind kind = LinkKind::StaticExecutable;
  /// Objects in memory, in order.
  std::vector<const ObjectBytes *> objects;
  /// Archives and objects on disk (the runtime; a test's harness).
  std::vector<std::string> files;
  std::string output;
  /// Of a shared library its soname, of a static one its member.
  std::string name;
  bool strip = false;
};

/// The exact lld command line (argv[0] is "ld.lld"), a pure function.
std::vector<std::string> linkArguments(const LinkRequest &request,
                                       llvm::ArrayRef<std::string> objectPaths,
                                       llvm::StringRef outputPath);

/// Removes the program header of the dynamic section from an ELF file in place.
/// The program relocates itself by the symbol _DYNAMIC; without the header no
/// tool takes it for one that a dynamic linker should load.
std::error_code hideDynamicSection(llvm::StringRef path);

/// Links; writes beside `output` and renames. lld's complaints become
/// diagnostics. Safe to call many times in one process, one at a time.
[[nodiscard]] bool link(const LinkRequest &request, Diagnostics &diagnostics);

/// The runtime of a target: libwrought_rt.a in ../lib/wrought/<name> beside the
/// running program, or in $WROUGHT_RUNTIME_DIR/<name>. Reports and returns
/// empty when it is not there.
std::string findRuntimeArchive(const targets::TargetSpec &target,
                               Diagnostics &diagnostics);
/// The same for the runtime of loadable objects, libwrought_lib.a.
std::string findLibraryArchive(const targets::TargetSpec &target,
                               Diagnostics &diagnostics);

} // namespace wrought::linker
