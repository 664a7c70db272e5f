#include "bundle/gzip_writer.h"

#include "llvm/ADT/StringExtras.h"

namespace wrought::bundle {

GzipWriter::GzipWriter(llvm::raw_ostream &out)
    : out_(out), buffer_(size_t{1} << 16) {
  constexpr int GzipWindow = 15 + 16; // with gzip's header, which zlib leaves
                                      // free of times and names
  isGood_ = deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, GzipWindow,
                         /*memLevel=*/9, Z_DEFAULT_STRATEGY) == Z_OK;
}

GzipWriter::~GzipWriter() {
  if (isGood_)
    deflateEnd(&stream_);
}

void GzipWriter::deflateAll(int flush) {
  do {
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    deflate(&stream_, flush);
    const llvm::ArrayRef<uint8_t> packed(
        buffer_.data(), buffer_.size() - stream_.avail_out);
    packed_.update(packed);
    packedByteLength_ += packed.size();
    out_ << llvm::toStringRef(packed);
  } while (stream_.avail_out == 0);
}

void GzipWriter::write(llvm::StringRef bytes) {
  if (!isGood_)
    return;
  plain_.update(bytes);
  while (!bytes.empty()) {
    const llvm::StringRef now = bytes.take_front(size_t{1} << 30);
    stream_.next_in = const_cast<unsigned char *>(now.bytes_begin());
    stream_.avail_in = static_cast<uInt>(now.size());
    deflateAll(Z_NO_FLUSH);
    bytes = bytes.drop_front(now.size());
  }
}

bool GzipWriter::finish() {
  if (isGood_)
    deflateAll(Z_FINISH);
  return isGood_;
}

std::string GzipWriter::plainSha256() {
  return llvm::toHex(plain_.result(), /*LowerCase=*/true);
}

std::string GzipWriter::packedSha256() {
  return llvm::toHex(packed_.result(), /*LowerCase=*/true);
}

} // namespace wrought::bundle
