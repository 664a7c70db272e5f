//===- renew.cpp - Written pages back to their initial contents -----------===//
//
// Copying a page that is in the cache takes a third of what the kernel takes to
// drop it, and a tenth of what the next write to it takes then (a fault, and
// the kernel's own copy). The kernel tells the written pages by PAGEMAP_SCAN
// (Linux 6.7, fs/proc/task_mmu.c): those that hold anonymous memory, present or
// swapped. The file is opened each time: one that was inherited by fork would
// tell of the parent's pages.
//
//===----------------------------------------------------------------------===//
#include "library/renew.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

/// More stays mapped only until the next reset.
constexpr uint64_t maxByteLength = 4 << 20;
constexpr uint64_t regionsAtOnce = 64;

class WrittenPages {
public:
  explicit WrittenPages(const abi::Memory &memory)
      : base_(static_cast<char *>(memory.base)),
        images_(static_cast<const abi::MemoryImage *>(memory.images)),
        imagesEnd_(images_ + memory.imageCount),
        file_(sys::openat(sys::atFdcwd, "/proc/self/pagemap",
                          sys::oRdonly | sys::oCloexec, 0)) {}
  ~WrittenPages() {
    if (!sys::isError(file_))
      (void)sys::close(static_cast<int>(file_));
  }
  WrittenPages(const WrittenPages &) = delete;
  WrittenPages &operator=(const WrittenPages &) = delete;

  uint64_t renew(uint64_t byteLength) {
    uint64_t offset = 0, budget = maxByteLength;
    while (offset < byteLength && budget != 0)
      if (!renewSome(offset, byteLength, budget))
        break;
    return offset;
  }

private:
  bool renewSome(uint64_t &offset, uint64_t byteLength, uint64_t &budget) {
    if (sys::isError(file_))
      return false;
    sys::PageRegion regions[regionsAtOnce];
    sys::PageScan scan = {};
    scan.byteLength = sizeof scan;
    scan.start = reinterpret_cast<uint64_t>(base_) + offset;
    scan.end = reinterpret_cast<uint64_t>(base_) + byteLength;
    scan.regions = regions;
    scan.regionCount = regionsAtOnce;
    scan.maxPageCount = maxByteLength >> 12;
    scan.anyOfMask = sys::pageIsPresent | sys::pageIsSwapped;
    scan.returnMask = sys::pageIsFile;
    const long count =
        sys::ioctl(static_cast<int>(file_), sys::pagemapScan, &scan);
    if (sys::isError(count))
      return false;
    for (long index = 0; index < count; ++index) {
      const sys::PageRegion &region = regions[index];
      if (region.categories & sys::pageIsFile)
        continue;
      const uint64_t length = region.end - region.start;
      const uint64_t start = region.start - reinterpret_cast<uint64_t>(base_);
      if (length > budget) {
        budget = 0;
        offset = start;
        return true;
      }
      budget -= length;
      renewRegion(start, start + length);
    }
    const uint64_t reached = scan.walkEnd - reinterpret_cast<uint64_t>(base_);
    if (reached <= offset)
      return false;
    offset = reached;
    return true;
  }

  /// Regions come in order.
  void renewRegion(uint64_t start, uint64_t end) {
    while (start != end) {
      while (images_ != imagesEnd_ &&
             images_->memoryOffset + images_->byteLength <= start)
        ++images_;
      const bool isLast = images_ == imagesEnd_ || images_->memoryOffset >= end;
      const uint64_t imageStart = isLast ? end : images_->memoryOffset;
      if (start < imageStart) {
        memset(base_ + start, 0, imageStart - start);
        start = imageStart;
        continue;
      }
      const uint64_t imageEnd = images_->memoryOffset + images_->byteLength;
      const uint64_t stop = imageEnd < end ? imageEnd : end;
      memcpy(base_ + start,
             static_cast<char *>(images_->bytes) + (start - imageStart),
             stop - start);
      start = stop;
    }
  }

  char *base_;
  const abi::MemoryImage *images_, *imagesEnd_;
  long file_;
};

} // namespace

uint64_t renewWrittenPages(const abi::Memory &memory, uint64_t byteLength) {
  return WrittenPages(memory).renew(byteLength);
}

} // namespace wrought
