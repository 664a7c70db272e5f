//===- link_plan.cpp - The linker's command line --------------------------===//
//
// Decides how objects become a file; touches nothing. An executable is a
// static-pie that starts without an interpreter: every page is writable or
// executable or neither, what relocation has written turns read-only, and lld
// leaves the file free of paths, times and anything else that is not content.
//
//===----------------------------------------------------------------------===//

#include "linker/link.h"

namespace wrought::linker {

using Arguments = std::vector<std::string>;

static void append(Arguments &arguments,
                   std::initializer_list<const char *> more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

static void appendHardening(Arguments &arguments) {
  append(arguments, {"-z", "text", "-z", "relro", "-z", "now"});
  append(arguments, {"-z", "noexecstack"});
  // Code has a segment of its own, but not file pages of its own: the pages at
  // its two ends also show the neighbours' bytes, read-only. Padding them out
  // would cost 4 to 8 KiB a file, a quarter of a small program.
  append(arguments, {"--rosegment", "-z", "noseparate-code"});
}

static void appendPages(Arguments &arguments,
                        const targets::TargetSpec &target) {
  append(arguments, {"-z"});
  arguments.push_back("max-page-size=" +
                      std::to_string(target.maxPageByteLength));
  // What turns read-only ends where a page of any kernel does.
  append(arguments, {"-z"});
  arguments.push_back("common-page-size=" +
                      std::to_string(target.maxPageByteLength));
}

static void appendExecutable(Arguments &arguments, const LinkRequest &request) {
  append(arguments, {"-pie", "--no-dynamic-linker", "-e", "_start"});
  appendHardening(arguments);
  appendPages(arguments, *request.target);
  append(arguments, {"--gc-sections"});
  // The runtime finds wrought_functions by its __start_ and __stop_ symbols;
  // they are what keeps its parts.
  append(arguments, {"-z", "nostart-stop-gc"});
  append(arguments, {"--pack-dyn-relocs=relr", "--hash-style=gnu"});
  append(arguments, {"--no-eh-frame-hdr", "--build-id=sha1"});
  if (request.strip)
    append(arguments, {"--strip-all"});
}

static void appendShared(Arguments &arguments, const LinkRequest &request) {
  append(arguments, {"-shared", "-Bsymbolic", "--no-undefined", "-soname"});
  arguments.push_back(request.name);
  appendHardening(arguments);
  appendPages(arguments, *request.target);
  append(arguments, {"--gc-sections", "-z", "nostart-stop-gc"});
  append(arguments, {"--hash-style=gnu", "--no-eh-frame-hdr"});
  append(arguments, {"--build-id=sha1"});
  if (request.strip)
    append(arguments, {"--strip-all"});
}

static void appendRelocatable(Arguments &arguments,
                              const LinkRequest &request) {
  append(arguments, {"-r"});
  // Groups of the same name in other libraries would replace this one's.
  if (request.kind == LinkKind::StaticLibrary)
    append(arguments, {"--force-group-allocation"});
  // Relocations still need the symbols.
  if (request.strip)
    append(arguments, {"--strip-debug"});
}

std::vector<std::string> linkArguments(const LinkRequest &request,
                                       llvm::ArrayRef<std::string> objectPaths,
                                       llvm::StringRef outputPath) {
  Arguments arguments = {"ld.lld", "-m", request.target->lldEmulation.str()};
  append(arguments, {"--color-diagnostics=never"});
  switch (request.kind) {
  case LinkKind::StaticExecutable:
    appendExecutable(arguments, request);
    break;
  case LinkKind::Relocatable:
  case LinkKind::StaticLibrary:
    appendRelocatable(arguments, request);
    break;
  case LinkKind::Shared:
    appendShared(arguments, request);
    break;
  }
  append(arguments, {"-o"});
  arguments.push_back(outputPath.str());
  arguments.insert(arguments.end(), objectPaths.begin(), objectPaths.end());
  arguments.insert(arguments.end(), request.files.begin(), request.files.end());
  return arguments;
}

} // namespace wrought::linker
