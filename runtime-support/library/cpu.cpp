//===- cpu.cpp - Whether the CPU can run the library's code ---------------===//
//
// Linked in only where the code requires something. What the kernel says of the
// CPU is in /proc/self/auxv, since nobody hands it to a library; where that
// cannot be read, all that it tells of counts as missing.
//
//===----------------------------------------------------------------------===//
#include "abi/library_functions.h"
#include "core/cpu_presence.h"
#include "library/library.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

constexpr uint64_t hwcap = 16, hwcap2 = 26;
constexpr size_t maxMessage = 512;

/// Text in a place of fixed size, cut where it ends.
class Text {
public:
  explicit Text(char *buffer) : buffer_(buffer) {}
  void put(const char *text) {
    for (; *text != 0 && length_ + 1 < maxMessage; ++text)
      buffer_[length_++] = *text;
    buffer_[length_] = 0;
  }

private:
  char *buffer_;
  size_t length_ = 0;
};

void readCapabilities(uint64_t *capabilities) {
  const long file = sys::openat(sys::atFdcwd, "/proc/self/auxv",
                                sys::oRdonly | sys::oCloexec, 0);
  if (sys::isError(file))
    return;
  uint64_t entries[64][2];
  const long length =
      sys::read(static_cast<int>(file), entries, sizeof entries);
  (void)sys::close(static_cast<int>(file));
  for (long index = 0; index < length / static_cast<long>(sizeof *entries);
       ++index) {
    if (entries[index][0] == hwcap)
      capabilities[0] = entries[index][1];
    else if (entries[index][0] == hwcap2)
      capabilities[1] = entries[index][1];
  }
}

/// Written once, then only read.
struct {
  uint32_t state;
  wrought_error error;
  char message[maxMessage];
} lack;
enum : uint32_t { Unknown, Asking, Suitable, Unsuitable };

uint32_t examine(const abi::Version &version) {
  uint64_t capabilities[2] = {0, 0};
  readCapabilities(capabilities);
  const uint64_t missing =
      version.requiredFeatures & ~presentCpuFeatures(capabilities);
  if (missing == 0)
    return Suitable;
  Text text(lack.message);
  text.put("the library needs a CPU with ");
  listCpuFeatures(
      missing,
      [](void *to, const char *name) { static_cast<Text *>(to)->put(name); },
      &text);
  text.put(" (built for ");
  text.put(static_cast<const char *>(version.cpu));
  text.put("), which this machine lacks");
  lack.error = {WROUGHT_WRONG_CPU, 0, 0, lack.message, 0, nullptr};
  return Unsuitable;
}

} // namespace

} // namespace wrought

using namespace wrought;

extern "C" wrought_result
wrought_library_check_cpu(const abi::Library *library) {
  uint32_t state = __atomic_load_n(&lack.state, __ATOMIC_ACQUIRE);
  if (state == Unknown &&
      __atomic_compare_exchange_n(&lack.state, &state, Asking, false,
                                  __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
    state = examine(*static_cast<const abi::Version *>(library->version));
    __atomic_store_n(&lack.state, state, __ATOMIC_RELEASE);
  }
  // Another thread is at it, which takes microseconds.
  while (state == Asking)
    state = __atomic_load_n(&lack.state, __ATOMIC_ACQUIRE);
  if (state == Suitable)
    return success;
  return {WROUGHT_WRONG_CPU, &lack.error};
}
