//===- run_lld.cpp - lld as a library -------------------------------------===//
//
// The only file that knows lld. lld keeps its state in globals, so links in one
// process take turns; after a crash inside it (which it contains) there is no
// second try. It reads files, so objects in memory go through temporary files,
// whose names reach neither the output nor the user.
//
//===----------------------------------------------------------------------===//

#include "linker/link.h"
#include "linker/output_file.h"
#include "linker/static_library.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <mutex>
#include <sys/auxv.h>

LLD_HAS_DRIVER(elf)

namespace wrought::linker {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

/// Writes objects to the temporary directory or, where that cannot be, beside
/// the output.
static bool writeObject(const ObjectBytes &bytes, llvm::StringRef output,
                        TemporaryFile &file, Diagnostics &diagnostics) {
  const unsigned mode = fs::owner_read | fs::owner_write;
  int descriptor = -1;
  if (file.create(temporaryPrefix(), ".o", mode, descriptor))
    if (std::error_code error = file.create(output, ".o", mode, descriptor)) {
      diagnostics.error("cannot write a temporary file: " + error.message());
      return false;
    }
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  out.write(bytes.data(), bytes.size());
  out.close();
  if (out.has_error()) {
    reportUnwritable(file.name(), out.error(), diagnostics);
    out.clear_error();
    return false;
  }
  return true;
}

/// lld's words as diagnostics: "ld.lld: error: …" and the ">>> …" lines behind.
static void reportLld(llvm::StringRef text, llvm::ArrayRef<std::string> objects,
                      Diagnostics &diagnostics) {
  std::string readable = text.str();
  for (size_t index = 0; index < objects.size(); ++index)
    for (size_t at; (at = readable.find(objects[index])) != std::string::npos;)
      readable.replace(at, objects[index].size(),
                       "unit " + std::to_string(index));
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(readable).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines) {
    line.consume_front("ld.lld: ");
    if (line.consume_front("error: "))
      diagnostics.error(("link: " + line).str());
    else if (line.consume_front("warning: "))
      diagnostics.warning({}, ("link: " + line).str());
    else if (line.consume_front(">>> "))
      diagnostics.note({}, line.trim().str());
    else
      diagnostics.note({}, ("link: " + line).str());
  }
}

static bool runLld(llvm::ArrayRef<std::string> arguments,
                   llvm::ArrayRef<std::string> objects,
                   Diagnostics &diagnostics) {
  static std::mutex mutex;
  static bool canRun = true;
  std::lock_guard lock(mutex);
  if (!canRun) {
    diagnostics.error("link: the linker crashed and cannot run again");
    return false;
  }
  std::vector<const char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  std::string text;
  llvm::raw_string_ostream out(text);
  const lld::Result result =
      lld::lldMain(argv, out, out, {{lld::Gnu, &lld::elf::link}});
  canRun = result.canRunAgain;
  const size_t errorsBefore = diagnostics.errorCount();
  reportLld(text, objects, diagnostics);
  if (result.retCode == 0)
    return true;
  if (diagnostics.errorCount() == errorsBefore)
    diagnostics.error("link: failed with status " +
                      std::to_string(result.retCode));
  return false;
}

static bool copyInto(const std::string &source, llvm::StringRef output,
                     Diagnostics &diagnostics) {
  auto buffer = llvm::MemoryBuffer::getFile(source);
  if (std::error_code error = buffer.getError()) {
    reportUnwritable(output, error, diagnostics);
    return false;
  }
  const llvm::StringRef bytes = (*buffer)->getBuffer();
  return writeFile(output, {bytes.data(), bytes.size()}, diagnostics);
}

static bool writeLibrary(const std::string &object, const LinkRequest &request,
                         Diagnostics &diagnostics) {
  auto buffer = llvm::MemoryBuffer::getFile(object);
  if (std::error_code error = buffer.getError()) {
    reportUnwritable(request.output, error, diagnostics);
    return false;
  }
  const llvm::StringRef text = (*buffer)->getBuffer();
  ObjectBytes bytes(text.begin(), text.end());
  if (const char *fault = hideSymbols(bytes)) {
    diagnostics.error(std::string("link: ") + fault);
    return false;
  }
  return writeFile(request.output, makeArchive(bytes, request.name),
                   diagnostics);
}

bool link(const LinkRequest &request, Diagnostics &diagnostics) {
  std::vector<TemporaryFile> files(request.objects.size());
  std::vector<std::string> paths;
  for (auto [index, bytes] : llvm::enumerate(request.objects)) {
    if (!writeObject(*bytes, request.output, files[index], diagnostics))
      return false;
    paths.push_back(files[index].name());
  }
  const bool isInPlace = isWrittenInPlace(request.output);
  TemporaryFile image;
  int descriptor = -1;
  if (std::error_code error =
          image.create(isInPlace ? temporaryPrefix() : request.output, ".tmp",
                       fs::all_read | fs::all_write, descriptor)) {
    reportUnwritable(request.output, error, diagnostics);
    return false;
  }
  llvm::sys::Process::SafelyCloseFileDescriptor(descriptor);
  if (!runLld(linkArguments(request, paths, image.name()), paths, diagnostics))
    return false;
  if (request.kind == LinkKind::StaticExecutable)
    if (std::error_code error = hideDynamicSection(image.name())) {
      reportUnwritable(request.output, error, diagnostics);
      return false;
    }
  if (request.kind == LinkKind::StaticLibrary)
    return writeLibrary(image.name(), request, diagnostics);
  if (isInPlace)
    return copyInto(image.name(), request.output, diagnostics);
  if (std::error_code error = image.renameTo(request.output)) {
    reportUnwritable(request.output, error, diagnostics);
    return false;
  }
  return true;
}

/// The folder that holds one folder a target.
static std::string runtimeRoot() {
  if (auto chosen = llvm::sys::Process::GetEnv("WROUGHT_RUNTIME_DIR"))
    return *chosen;
  // The name it was started by helps where /proc is not mounted; any address in
  // this program will do.
  llvm::SmallString<128> root(fs::getMainExecutable(
      reinterpret_cast<const char *>(getauxval(AT_EXECFN)),
      reinterpret_cast<void *>(&findRuntimeArchive)));
  path::remove_filename(root);
  path::append(root, "..", "lib", "wrought");
  path::remove_dots(root, /*remove_dot_dot=*/true);
  return std::string(root);
}

static std::string findArchive(const targets::TargetSpec &target,
                               llvm::StringRef name, Diagnostics &diagnostics) {
  llvm::SmallString<128> archive(runtimeRoot());
  path::append(archive, target.name, name);
  if (fs::exists(archive))
    return std::string(archive);
  diagnostics.error(("runtime for target " + target.name +
                     " not found: " + archive +
                     " (set WROUGHT_RUNTIME_DIR to the folder that "
                     "holds it)")
                        .str());
  return {};
}

std::string findRuntimeArchive(const targets::TargetSpec &target,
                               Diagnostics &diagnostics) {
  return findArchive(target, "libwrought_rt.a", diagnostics);
}

std::string findLibraryArchive(const targets::TargetSpec &target,
                               Diagnostics &diagnostics) {
  return findArchive(target, "libwrought_lib.a", diagnostics);
}

} // namespace wrought::linker
