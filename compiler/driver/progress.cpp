#include "driver/progress.h"

#include "llvm/Support/Format.h"

namespace wrought::driver {

static constexpr size_t BarLength = 24;

void ProgressLine::show(size_t done, size_t total, llvm::StringRef stage) {
  const size_t filled = total == 0 ? 0 : done * BarLength / total;
  out_ << "\r\x1b[K[" << std::string(filled, '#')
       << std::string(BarLength - filled, '.') << "] " << done << '/' << total
       << ' ' << stage;
  out_.flush();
  isShown_ = true;
}

void ProgressLine::erase() {
  if (!isShown_)
    return;
  out_ << "\r\x1b[K";
  out_.flush();
  isShown_ = false;
}

} // namespace wrought::driver
