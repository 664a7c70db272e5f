//===- input.cpp - Files and standard input to validated modules ----------===//
//
// Input is read, not mapped: a file that shrinks while it is compiled must not
// end the compiler by SIGBUS. What cannot be a module for its size alone is
// refused before it is read to the end (/dev/zero).
//
//===----------------------------------------------------------------------===//

#include "decode/module_decoder.h"
#include "driver/compile.h"
#include "driver/timing.h"
#include "support/sha256.h"
#include "wasm/limits.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

namespace wrought::driver {

namespace fs = llvm::sys::fs;

std::string displayName(llvm::StringRef path) {
  return path == "-" ? "<stdin>" : path.str();
}

std::span<const uint8_t> Input::bytes() const {
  if (binary)
    return binary->bytes;
  const llvm::StringRef data = file->getBuffer();
  return {data.bytes_begin(), data.size()};
}

static void reportUnreadable(llvm::StringRef path, llvm::StringRef reason,
                             Diagnostics &diagnostics) {
  diagnostics.error(
      ("cannot read '" + displayName(path) + "': " + reason).str());
}

/// Reads to the end, or until more has come than a module may have.
static std::error_code readAll(fs::file_t handle,
                               llvm::SmallVectorImpl<char> &bytes) {
  constexpr size_t FirstChunk = size_t{64} << 10;
  size_t length = 0;
  while (length <= wasm::limits::ModuleBytes) {
    if (length == bytes.size())
      bytes.resize_for_overwrite(std::max(length * 2, FirstChunk));
    auto count = fs::readNativeFile(
        handle, llvm::MutableArrayRef(bytes).drop_front(length));
    if (!count)
      return llvm::errorToErrorCode(count.takeError());
    if (*count == 0)
      break;
    length += *count;
  }
  bytes.truncate(length);
  return {};
}

static std::error_code openInput(llvm::StringRef path, fs::file_t &handle,
                                 uint64_t &sizeHint) {
  if (path == "-") {
    handle = fs::getStdinHandle();
    return {};
  }
  auto opened = fs::openNativeFileForRead(path);
  if (!opened)
    return llvm::errorToErrorCode(opened.takeError());
  handle = *opened;
  fs::file_status status;
  if (std::error_code error = fs::status(handle, status))
    return error;
  if (fs::is_directory(status))
    return std::make_error_code(std::errc::is_a_directory);
  sizeHint = fs::is_regular_file(status) ? status.getSize() : 0;
  return {};
}

static std::unique_ptr<llvm::MemoryBuffer> readFile(llvm::StringRef path,
                                                    Diagnostics &diagnostics) {
  fs::file_t handle = fs::kInvalidFile;
  uint64_t sizeHint = 0;
  llvm::SmallVector<char, 0> bytes;
  std::error_code error = openInput(path, handle, sizeHint);
  if (!error && sizeHint <= wasm::limits::ModuleBytes) {
    bytes.resize_for_overwrite(sizeHint + 1);
    error = readAll(handle, bytes);
  }
  if (handle != fs::kInvalidFile && path != "-")
    fs::closeFile(handle);
  if (error) {
    reportUnreadable(path, error.message(), diagnostics);
    return nullptr;
  }
  if (std::max<uint64_t>(sizeHint, bytes.size()) > wasm::limits::ModuleBytes) {
    reportUnreadable(path, "larger than a module may be (1 GiB)", diagnostics);
    return nullptr;
  }
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(bytes), displayName(path), /*RequiresNullTerminator=*/false);
}

/// Text modules start with a parenthesis or a comment.
static bool looksLikeText(llvm::StringRef bytes) {
  bytes.consume_front("\xef\xbb\xbf");
  bytes = bytes.ltrim(" \t\r\n");
  return bytes.starts_with("(") || bytes.starts_with(";;");
}

std::optional<Input> readInput(llvm::StringRef path, Diagnostics &diagnostics) {
  Input input;
  input.sourceName = displayName(path);
  input.file = readFile(path, diagnostics);
  if (!input.file)
    return std::nullopt;
  const llvm::StringRef bytes = input.file->getBuffer();
  if (!looksLikeText(bytes))
    return input;
  input.binary = text::parseWat(bytes, input.sourceName, diagnostics);
  if (!input.binary)
    return std::nullopt;
  return input;
}

NamedInput parseNamedInput(llvm::StringRef text) {
  const auto [name, path] = text.split('=');
  if (!path.empty() && !name.empty() && !name.contains('/'))
    return {name.str(), path.str()};
  return {llvm::sys::path::stem(text).str(), text.str()};
}

std::optional<Input> readInputs(const CompileRequest &request,
                                Diagnostics &diagnostics) {
  auto input = readInput(request.inputPath, diagnostics);
  for (const NamedInput &item : request.linkedInputs) {
    auto linked = readInput(item.path, diagnostics);
    if (input && linked)
      input->linked.push_back(std::move(*linked));
    else
      input.reset();
  }
  return input;
}

bool readProfiles(CompileRequest &request, Diagnostics &diagnostics) {
  if (request.profilePaths.empty())
    return true;
  codegen::Profile profile;
  bool areRead = true;
  for (const std::string &path : request.profilePaths) {
    const auto file = readFile(path, diagnostics);
    areRead &=
        file && profile.add(displayName(path), file->getBuffer(), diagnostics);
    if (file)
      request.profileHashes.push_back(sha256Hex(file->getBuffer()));
  }
  request.profile = std::make_shared<codegen::Profile>(std::move(profile));
  return areRead;
}

static std::optional<validate::ValidatedModule>
decodeAndValidate(const Input &input, const validate::Options &options,
                  Diagnostics &diagnostics, std::vector<StageTime> *timings) {
  std::optional<wasm::Module> module;
  {
    StageTimer timer("decode", timings);
    module = decode::decodeModule(input.bytes(), input.sourceName, diagnostics);
  }
  if (!module)
    return std::nullopt;
  StageTimer timer("validate", timings);
  return validate::validateModule(std::move(*module), options, diagnostics);
}

std::optional<validate::ValidatedModule>
loadModule(const Input &input, const validate::Options &options,
           Diagnostics &diagnostics, std::vector<StageTime> *timings) {
  const size_t first = diagnostics.all().size();
  auto module = decodeAndValidate(input, options, diagnostics, timings);
  if (input.binary)
    text::mapToText(*input.binary, input.sourceName, diagnostics, first);
  return module;
}

} // namespace wrought::driver
