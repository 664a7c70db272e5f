#include "bundle/frame_reader.h"
#include "bundle/limits.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

#include <memory>
#include <zstd.h>

namespace wrought::bundle {

namespace fs = llvm::sys::fs;

RandomAccessFile::RandomAccessFile(RandomAccessFile &&other)
    : descriptor_(std::exchange(other.descriptor_, -1)),
      byteLength_(other.byteLength_) {}

RandomAccessFile::~RandomAccessFile() {
  if (descriptor_ >= 0)
    fs::closeFile(descriptor_);
}

std::string RandomAccessFile::open(llvm::StringRef path) {
  fs::file_status status;
  if (std::error_code error = fs::status(path, status))
    return error.message();
  if (fs::is_directory(status))
    return std::make_error_code(std::errc::is_a_directory).message();
  // Opening a pipe would wait for its writer.
  if (!fs::is_regular_file(status))
    return "not a regular file";
  auto file = fs::openNativeFileForRead(path);
  if (!file)
    return llvm::toString(file.takeError());
  descriptor_ = *file;
  if (std::error_code error = fs::status(descriptor_, status))
    return error.message();
  byteLength_ = status.getSize();
  return "";
}

std::string RandomAccessFile::read(uint64_t offset,
                                   llvm::MutableArrayRef<char> bytes) const {
  while (!bytes.empty()) {
    auto count = fs::readNativeFileSlice(descriptor_, bytes, offset);
    if (!count)
      return llvm::toString(count.takeError());
    if (*count == 0)
      return "unexpected end of file";
    bytes = bytes.drop_front(*count);
    offset += *count;
  }
  return "";
}

namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx *context) const { ZSTD_freeDCtx(context); }
};

class FrameDecoder {
public:
  FrameDecoder(const RandomAccessFile &file, uint64_t offset,
               const FrameSize &size)
      : file_(file), offset_(offset), size_(size),
        context_(ZSTD_createDCtx()), input_(ZSTD_DStreamInSize()),
        output_(ZSTD_DStreamOutSize()) {}

  std::optional<FrameProblem> run(ByteSink raw, ByteSink unpacked) {
    if (!context_)
      return problem("out of memory");
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax,
                           limits::WindowLog);
    while (packedCount_ != size_.packed) {
      const size_t length =
          std::min<uint64_t>(input_.size(), size_.packed - packedCount_);
      std::string message = file_.read(
          offset_ + packedCount_,
          llvm::MutableArrayRef(input_).take_front(length));
      if (!message.empty())
        return problem(message);
      raw({input_.data(), length});
      if (auto bad = decode(length, unpacked); bad || isStopped_)
        return bad;
    }
    if (!isAtEnd_ || unpackedCount_ != size_.unpacked)
      return problem("the frame has another length than the seek table says");
    return std::nullopt;
  }

private:
  std::optional<FrameProblem> decode(size_t length, ByteSink unpacked) {
    ZSTD_inBuffer input = {input_.data(), length, 0};
    bool mayHoldMore = true;
    while (input.pos != input.size || mayHoldMore) {
      if (isAtEnd_)
        return problem("bytes behind the end of a frame", input.pos);
      ZSTD_outBuffer output = {output_.data(), output_.size(), 0};
      const size_t left =
          ZSTD_decompressStream(context_.get(), &output, &input);
      if (ZSTD_isError(left))
        return problem(std::string("zstd: ") + ZSTD_getErrorName(left),
                       input.pos);
      isAtEnd_ = left == 0;
      mayHoldMore = !isAtEnd_ && output.pos == output.size;
      unpackedCount_ += output.pos;
      if (unpackedCount_ > size_.unpacked)
        return problem("a frame holds more than the seek table says",
                       input.pos);
      if (!unpacked({output_.data(), output.pos})) {
        isStopped_ = true;
        return std::nullopt;
      }
    }
    packedCount_ += length;
    return std::nullopt;
  }

  FrameProblem problem(std::string message, size_t inChunk = 0) const {
    return {offset_ + packedCount_ + inChunk, std::move(message)};
  }

  const RandomAccessFile &file_;
  const uint64_t offset_;
  const FrameSize size_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::vector<char> input_, output_;
  uint64_t packedCount_ = 0, unpackedCount_ = 0;
  bool isAtEnd_ = false, isStopped_ = false;
};

} // namespace

std::optional<FrameProblem> readFrame(const RandomAccessFile &file,
                                      uint64_t offset, const FrameSize &size,
                                      ByteSink raw, ByteSink unpacked) {
  return FrameDecoder(file, offset, size).run(raw, unpacked);
}

} // namespace wrought::bundle
