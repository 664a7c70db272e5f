#include "bundle/frame_writer.h"
#include "bundle/limits.h"

#include "llvm/ADT/StringExtras.h"

#include <cassert>
#include <zstd.h>

namespace wrought::bundle {

FrameWriter::FrameWriter(llvm::raw_ostream &out, int level,
                         unsigned threadCount)
    : out_(out), context_(ZSTD_createCCtx()), buffer_(ZSTD_CStreamOutSize()) {
  if (!context_) {
    problem_ = "out of memory";
    return;
  }
  const std::pair<ZSTD_cParameter, int> parameters[] = {
      {ZSTD_c_compressionLevel, level},
      {ZSTD_c_checksumFlag, 1},
      // The same module's data and names stand in each target's file, further
      // apart than a level's own window reaches.
      {ZSTD_c_enableLongDistanceMatching, 1},
      {ZSTD_c_windowLog, limits::WindowLog},
      // One worker at least: libzstd cuts the work by size then, and otherwise
      // not at all.
      {ZSTD_c_nbWorkers, static_cast<int>(std::max(threadCount, 1u))}};
  for (const auto &[parameter, value] : parameters)
    check(ZSTD_CCtx_setParameter(context_, parameter, value));
}

FrameWriter::~FrameWriter() { ZSTD_freeCCtx(context_); }

void FrameWriter::check(size_t result) {
  if (ZSTD_isError(result) && problem_.empty())
    problem_ = std::string("zstd: ") + ZSTD_getErrorName(result);
}

void FrameWriter::put(llvm::ArrayRef<uint8_t> bytes) {
  hasher_.update(bytes);
  out_ << llvm::toStringRef(bytes);
}

void FrameWriter::begin(uint64_t byteLength) {
  assert(byteLength <= limits::FrameBytes);
  frames_.push_back({0, static_cast<uint32_t>(byteLength)});
  if (problem_.empty())
    check(ZSTD_CCtx_setPledgedSrcSize(context_, byteLength));
}

void FrameWriter::compress(llvm::StringRef bytes, bool isLast) {
  ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
  for (bool isDone = false; !isDone && problem_.empty();) {
    ZSTD_outBuffer output = {buffer_.data(), buffer_.size(), 0};
    const size_t left = ZSTD_compressStream2(context_, &output, &input,
                                             isLast ? ZSTD_e_end
                                                    : ZSTD_e_continue);
    check(left);
    put(llvm::arrayRefFromStringRef(
        llvm::StringRef(buffer_.data(), output.pos)));
    const uint64_t packed = frames_.back().packed + uint64_t{output.pos};
    if (packed > UINT32_MAX && problem_.empty())
      problem_ = "zstd: a frame of more than 4 GiB";
    frames_.back().packed = static_cast<uint32_t>(packed);
    isDone = isLast ? left == 0 : input.pos == input.size;
  }
}

void FrameWriter::write(llvm::StringRef bytes) {
  compress(bytes, /*isLast=*/false);
}

void FrameWriter::end() { compress("", /*isLast=*/true); }

std::string FrameWriter::finish() {
  if (frames_.size() >= limits::FrameCount && problem_.empty())
    problem_ = "more frames than a bundle may have";
  put(encodeDigestFrame(hasher_.result()));
  frames_.push_back({DigestFrameBytes, 0});
  put(encodeSeekTable(frames_));
  return problem_;
}

} // namespace wrought::bundle
