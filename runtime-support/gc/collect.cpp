#include "gc/collect.h"

namespace wrought::gc {

namespace {

struct Scan {
  Heap &heap;
  uintptr_t end;
};

void scanFrom(void *argument, uintptr_t stackPointer) {
  auto &scan = *static_cast<Scan *>(argument);
  scan.heap.markAnythingIn(stackPointer, scan.end);
}

} // namespace

void markStackUpTo(Heap &heap, uintptr_t end) {
  Scan scan = {heap, end};
  wrought_with_registers(scanFrom, &scan);
}

} // namespace wrought::gc
