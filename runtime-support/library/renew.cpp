//===- renew.cpp - Written pages back to their initial contents -----------===//
//
// Copying a page that is in the cache takes a third of what the kernel takes to
// drop it, and clearing one a sixth; a tenth of what the next write to it takes
// then (a fault, and the kernel's own copy). The kernel tells the written pages
// by PAGEMAP_SCAN (Linux 6.7, fs/proc/task_mmu.c): those that hold anonymous
// memory, present or swapped. It takes as long as clearing a page to tell of
// one, so pages that were found are remembered, and only the gaps between them
// are looked at. The file is opened each time: one that was inherited by fork
// would tell of the parent's pages.
//
//===----------------------------------------------------------------------===//
#include "library/renew.h"
#include "clear.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

/// More stays mapped only until the next reset.
constexpr uint64_t maxByteLength = 4 << 20;
constexpr uint64_t regionsAtOnce = 64;
// What abi::MemoryImage::dataRanges counts in.
constexpr uint64_t rangePageBytes = 4096, rangeUnitBytes = 64;
/// What is cleared at once stays in the cache.
constexpr uint64_t pagesAtOnce = 16;

/// /proc/self/pagemap, when it is needed.
class PageMap {
public:
  PageMap() = default;
  ~PageMap() {
    if (isOpen_ && !sys::isError(file_))
      (void)sys::close(static_cast<int>(file_));
  }
  PageMap(const PageMap &) = delete;
  PageMap &operator=(const PageMap &) = delete;

  /// How many regions there are, or an error.
  long scan(sys::PageScan &scan) {
    if (!isOpen_)
      file_ = sys::openat(sys::atFdcwd, "/proc/self/pagemap",
                          sys::oRdonly | sys::oCloexec, 0);
    isOpen_ = true;
    if (sys::isError(file_))
      return file_;
    return sys::ioctl(static_cast<int>(file_), sys::pagemapScan, &scan);
  }

private:
  long file_ = 0;
  bool isOpen_ = false;
};

class Renewal {
public:
  Renewal(const abi::Memory &memory, uint64_t byteLength)
      : base_(static_cast<char *>(memory.base)), byteLength_(byteLength),
        images_(static_cast<const abi::MemoryImage *>(memory.images)),
        imagesEnd_(images_ + memory.imageCount) {}

  /// Renews what is known, and looks for more in between.
  uint64_t run(WrittenPages &known) {
    const WrittenPages before = known;
    found_ = &known;
    known.count = 0;
    bool isGoing = true;
    for (uint32_t index = 0; isGoing && index < before.count; ++index) {
      const WrittenPages::Run &run = before.runs[index];
      isGoing = lookThrough(run.begin) && take(run.begin, run.end);
    }
    if (isGoing)
      (void)lookThrough(byteLength_);
    if (tooManyRuns_)
      known.count = 0;
    return offset_;
  }

private:
  /// Up to `end`. False: has come to a place where it cannot go on.
  bool lookThrough(uint64_t end) {
    while (offset_ < end)
      if (!renewSome(end))
        return false;
    return true;
  }

  bool renewSome(uint64_t end) {
    const uint64_t begin = offset_;
    sys::PageRegion regions[regionsAtOnce];
    sys::PageScan scan = {};
    scan.byteLength = sizeof scan;
    scan.start = reinterpret_cast<uint64_t>(base_) + offset_;
    scan.end = reinterpret_cast<uint64_t>(base_) + end;
    scan.regions = regions;
    scan.regionCount = regionsAtOnce;
    scan.maxPageCount = maxByteLength >> 12;
    scan.anyOfMask = sys::pageIsPresent | sys::pageIsSwapped;
    scan.returnMask = sys::pageIsFile;
    const long count = pageMap_.scan(scan);
    if (sys::isError(count))
      return false;
    for (long index = 0; index < count; ++index) {
      const sys::PageRegion &region = regions[index];
      if (region.categories & sys::pageIsFile)
        continue;
      if (!take(region.start - reinterpret_cast<uint64_t>(base_),
                region.end - reinterpret_cast<uint64_t>(base_)))
        return false;
    }
    const uint64_t reached = scan.walkEnd - reinterpret_cast<uint64_t>(base_);
    if (reached <= begin)
      return false;
    if (reached > offset_)
      offset_ = reached;
    return true;
  }

  /// Pages that are written. False: they would be too many.
  bool take(uint64_t start, uint64_t end) {
    offset_ = start;
    if (end - start > budget_)
      return false;
    budget_ -= end - start;
    renewRegion(start, end);
    offset_ = end;
    remember(start, end);
    return true;
  }

  void remember(uint64_t start, uint64_t end) {
    WrittenPages &known = *found_;
    if (known.count != 0 && known.runs[known.count - 1].end == start)
      known.runs[known.count - 1].end = end;
    else if (known.count == maxPageRuns)
      tooManyRuns_ = true;
    else
      known.runs[known.count++] = {start, end};
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
        arch::clear(base_ + start, imageStart - start);
        start = imageStart;
        continue;
      }
      const uint64_t imageEnd = images_->memoryOffset + images_->byteLength;
      const uint64_t stop = imageEnd < end ? imageEnd : end;
      copyImage(start - imageStart, stop - imageStart);
      start = stop;
    }
  }

  /// What is not zero in a page of the first image, from the page's start. All
  /// of it where little would be gained by clearing.
  struct Range {
    uint64_t begin, end;
    bool isAll;
  };
  Range dataRange(uint64_t at, uint64_t byteLength) const {
    auto *ranges = static_cast<const uint8_t *>(images_->dataRanges);
    const uint8_t *range = ranges + at / rangePageBytes * 2;
    const uint64_t begin = range[0] * rangeUnitBytes;
    uint64_t end = range[1] * rangeUnitBytes;
    if (end > byteLength)
      end = byteLength;
    if (end - begin > byteLength / 2)
      return {0, byteLength, true};
    return {begin, end, false};
  }

  /// Of the first image. Pages that are mostly zero are cleared first, several
  /// at a time: the string instruction takes long to begin.
  void copyImage(uint64_t start, uint64_t end) {
    char *to = base_ + images_->memoryOffset;
    const char *from = static_cast<char *>(images_->bytes);
    Range ranges[pagesAtOnce];
    while (start < end) {
      uint64_t count = 0, stop = start, clearStart = start;
      while (count < pagesAtOnce && stop < end) {
        const uint64_t rest = end - stop;
        const uint64_t length = rest < rangePageBytes ? rest : rangePageBytes;
        ranges[count] = dataRange(stop, length);
        if (ranges[count].isAll) {
          arch::clear(to + clearStart, stop - clearStart);
          clearStart = stop + length;
        }
        stop += length;
        ++count;
      }
      arch::clear(to + clearStart, stop - clearStart);
      for (uint64_t index = 0; index < count; ++index) {
        const uint64_t at =
            start + index * rangePageBytes + ranges[index].begin;
        memcpy(to + at, from + at, ranges[index].end - ranges[index].begin);
      }
      start = stop;
    }
  }

  char *base_;
  const uint64_t byteLength_;
  const abi::MemoryImage *images_, *imagesEnd_;
  PageMap pageMap_;
  WrittenPages *found_ = nullptr;
  bool tooManyRuns_ = false;
  uint64_t offset_ = 0, budget_ = maxByteLength;
};

} // namespace

uint64_t renewWrittenPages(const abi::Memory &memory, uint64_t byteLength,
                           WrittenPages &known) {
  return Renewal(memory, byteLength).run(known);
}

} // namespace wrought
