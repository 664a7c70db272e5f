//===- guest.h - A guest for tests of the WASI calls ----------------------===//
//
// 64 KiB of memory between pages without access, so that what reaches outside
// dies, and a temporary directory of which one part is granted:
//
//   outside/secret     not granted
//   grant/file         "hello\n"
//   grant/sub/deep     "deep\n"
//   readonly/file      "fixed\n"
//
// The grants are descriptors 3 ("/") and 4 ("/ro", read-only).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "core/process.h"
#include "model/guest.h"
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/program/grants.h"
#include "wasi/resolve.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace wrought::wasi {

inline void PrintTo(Errno error, std::ostream *out) {
  *out << "errno " << static_cast<uint32_t>(error);
}

constexpr uint32_t memoryByteLength = 65536;
constexpr uint32_t grantFd = 3, readOnlyFd = 4, firstFreeFd = 5;
/// Where results go by convention of these tests; strings go further up.
constexpr uint32_t resultAt = 16, resultAt2 = 24, dataAt = 4096;

struct GuestString {
  uint32_t pointer;
  uint32_t length;
};

class Guest : public testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;

  /// Forgets all descriptors and parsed grants, as a new process would.
  void restart();

  uint8_t *memory() const;
  template <class T> T at(uint32_t pointer) const {
    return load<T>(memory() + pointer);
  }
  template <class T> void put(uint32_t pointer, T value) {
    store<T>(memory() + pointer, value);
  }
  std::string text(uint32_t pointer, size_t length) const {
    return {reinterpret_cast<char *>(memory() + pointer), length};
  }
  /// Places text in guest memory.
  GuestString string(std::string_view text);

  Errno open(uint32_t directory, std::string_view path, uint32_t oflags,
             uint64_t rightsBase, uint32_t &fd,
             uint32_t lookup = lookupSymlinkFollow, uint32_t fdflags = 0);
  /// Opens for reading or fails the test.
  uint32_t mustOpen(std::string_view path, uint64_t rightsBase,
                    uint32_t oflags = 0, uint32_t fdflags = 0);
  Errno write(uint32_t fd, std::string_view text, uint32_t *written = nullptr);
  Errno read(uint32_t fd, uint32_t length, std::string &out);

  /// Reads a file of the host's, relative to the temporary directory.
  std::string hostFile(const std::string &path) const;
  void makeHostFile(const std::string &path, std::string_view contents);
  std::filesystem::path host(const std::string &path) const {
    return root_ / path;
  }

  std::filesystem::path root_;

private:
  uint32_t stringAt_ = 0;
};

/// The same with the kernel's confinement and with the walk by components.
class GuestEitherWay : public Guest,
                       public testing::WithParamInterface<Openat2> {
protected:
  void SetUp() override {
    Guest::SetUp();
    theState.openat2 = GetParam();
  }
};

} // namespace wrought::wasi
