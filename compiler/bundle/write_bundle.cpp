//===- write_bundle.cpp - Files to a bundle -------------------------------===//
//
// The manifest and its signature are a frame of their own, so that they can be
// read without the rest. The parts follow in one frame (several only where they
// would be too long for one), so that what the targets share is there once.
//
//===----------------------------------------------------------------------===//

#include "bundle/write_bundle.h"
#include "bundle/archive.h"
#include "bundle/frame_writer.h"
#include "bundle/limits.h"
#include "linker/output_file.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

namespace wrought::bundle {

namespace fs = llvm::sys::fs;

namespace {

/// Cuts a known number of bytes into frames.
class FrameCutter {
public:
  FrameCutter(FrameWriter &writer, uint64_t byteLength)
      : writer_(writer), left_(byteLength) {
    begin();
  }

  void write(llvm::StringRef bytes) {
    while (!bytes.empty()) {
      const llvm::StringRef now = bytes.take_front(leftInFrame_);
      writer_.write(now);
      bytes = bytes.drop_front(now.size());
      left_ -= now.size();
      leftInFrame_ -= now.size();
      if (leftInFrame_ != 0)
        continue;
      writer_.end();
      if (left_ != 0)
        begin();
    }
  }

private:
  void begin() {
    leftInFrame_ = std::min(left_, limits::FrameBytes);
    writer_.begin(leftInFrame_);
  }

  FrameWriter &writer_;
  uint64_t left_, leftInFrame_ = 0;
};

llvm::StringRef headerText(const TarHeader &header) {
  return {header.data(), header.size()};
}

void writeEntry(const ArchiveEntry &entry, llvm::StringRef content,
                FrameCutter &out) {
  out.write(headerText(tarHeader(entry.path, entry.byteLength, entry.mode)));
  out.write(content);
  out.write(std::string(tarPadding(entry.byteLength), '\0'));
}

/// Copies a part; it must still be what the manifest says.
std::string writePart(const ArchiveEntry &entry, const std::string &path,
                      FrameCutter &out) {
  auto file = fs::openNativeFileForRead(path);
  if (!file)
    return llvm::toString(file.takeError());
  out.write(headerText(tarHeader(entry.path, entry.byteLength, entry.mode)));
  llvm::SHA256 hasher;
  std::vector<char> chunk(size_t{1} << 18);
  uint64_t left = entry.byteLength;
  std::string problem;
  while (left != 0) {
    auto count = fs::readNativeFile(*file, chunk);
    if (!count) {
      problem = llvm::toString(count.takeError());
      break;
    }
    const llvm::StringRef bytes(chunk.data(), std::min<uint64_t>(*count, left));
    if (bytes.empty())
      break;
    hasher.update(bytes);
    out.write(bytes);
    left -= bytes.size();
  }
  fs::closeFile(*file);
  if (problem.empty() && llvm::toHex(hasher.final(), true) != entry.sha256)
    problem = "the file changed while it was packed";
  out.write(std::string(tarPadding(entry.byteLength), '\0'));
  return problem;
}

} // namespace

static std::string writeFrames(const BundleRequest &request,
                               llvm::raw_ostream &out) {
  const auto entries = planArchive(request.manifest, request.manifestText,
                                   request.signature);
  const size_t headCount = entries.size() - request.files.size();
  FrameWriter writer(out, request.level, request.threadCount);
  const uint64_t headEnd = entries[headCount - 1].endOffset();
  FrameCutter head(writer, headEnd);
  writeEntry(entries[0], request.manifestText, head);
  if (headCount > 1)
    writeEntry(entries[1], llvm::toStringRef(request.signature), head);
  FrameCutter body(writer, archiveByteLength(entries) - headEnd);
  for (auto [entry, file] :
       llvm::zip_equal(llvm::drop_begin(entries, headCount), request.files)) {
    std::string problem = writePart(entry, file, body);
    if (!problem.empty())
      return file + ": " + problem;
  }
  body.write(std::string(TarEndBytes, '\0'));
  return writer.finish();
}

/// Writes all of it and closes the stream. False after reporting.
static bool writeAndClose(const BundleRequest &request,
                          llvm::raw_fd_ostream &out,
                          Diagnostics &diagnostics) {
  const std::string problem = writeFrames(request, out);
  out.close();
  const std::error_code error = out.error();
  out.clear_error();
  if (!problem.empty())
    diagnostics.error("cannot pack '" + request.output + "': " + problem);
  else if (error)
    linker::reportUnwritable(request.output, error, diagnostics);
  return problem.empty() && !error;
}

bool writeBundle(const BundleRequest &request, Diagnostics &diagnostics) {
  std::error_code error;
  if (linker::isWrittenInPlace(request.output)) {
    llvm::raw_fd_ostream out(request.output, error, fs::OF_None);
    if (!error)
      return writeAndClose(request, out, diagnostics);
    linker::reportUnwritable(request.output, error, diagnostics);
    return false;
  }
  linker::TemporaryFile file;
  int descriptor = -1;
  error = file.create(request.output, ".tmp", fs::all_read | fs::all_write,
                      descriptor);
  if (!error) {
    llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
    if (!writeAndClose(request, out, diagnostics))
      return false;
    error = file.renameTo(request.output);
  }
  if (error)
    linker::reportUnwritable(request.output, error, diagnostics);
  return !error;
}

} // namespace wrought::bundle
