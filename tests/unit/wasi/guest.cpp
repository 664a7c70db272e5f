//===- guest.cpp - A guest for tests of the WASI calls --------------------===//
#include "guest.h"

#include <fstream>
#include <sstream>
#include <stdlib.h>
#include <sys/mman.h>

extern "C" wrought::abi::Config wrought_config;
wrought::abi::Config wrought_config;

namespace wrought {
Process process;
}

namespace wrought::wasi {

namespace {

abi::Memory memoryRecord;
abi::Module module;
abi::Grant grants[2];
std::string paths[2];
char *noEnvironment[] = {nullptr};

uint8_t *mapMemory() {
  auto *base =
      static_cast<uint8_t *>(mmap(nullptr, 3 * memoryByteLength, PROT_NONE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  EXPECT_EQ(mprotect(base + memoryByteLength, memoryByteLength,
                     PROT_READ | PROT_WRITE),
            0);
  return base + memoryByteLength;
}

} // namespace

void Guest::SetUp() {
  char name[] = "/tmp/wrought-wasi-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  root_ = name;
  for (const char *folder : {"outside", "grant/sub", "readonly/sub"})
    std::filesystem::create_directories(host(folder));
  makeHostFile("outside/secret", "secret\n");
  makeHostFile("grant/file", "hello\n");
  makeHostFile("grant/sub/deep", "deep\n");
  makeHostFile("readonly/file", "fixed\n");
  memoryRecord = {};
  memoryRecord.base = mapMemory();
  memoryRecord.byteLength = memoryByteLength;
  module.wasiMemory = &memoryRecord;
  process.module = &module;
  paths[0] = host("grant");
  paths[1] = host("readonly");
  grants[0] = {paths[0].data(), const_cast<char *>("/"), 0};
  grants[1] = {paths[1].data(), const_cast<char *>("/ro"), 1};
  wrought_config = {};
  wrought_config.grants = grants;
  wrought_config.grantCount = 2;
  process.environment = noEnvironment;
  theState.openat2 = Openat2::Unknown;
  restart();
}

void Guest::TearDown() {
  restart();
  munmap(memory() - memoryByteLength, 3 * memoryByteLength);
  std::filesystem::remove_all(root_);
}

void Guest::restart() {
  reset();
  stringAt_ = memoryByteLength / 2;
}

uint8_t *Guest::memory() const {
  return static_cast<uint8_t *>(memoryRecord.base);
}

GuestString Guest::string(std::string_view text) {
  if (stringAt_ + text.size() > memoryByteLength)
    stringAt_ = memoryByteLength / 2;
  GuestString result = {stringAt_, static_cast<uint32_t>(text.size())};
  memcpy(memory() + stringAt_, text.data(), text.size());
  stringAt_ += result.length;
  return result;
}

Errno Guest::open(uint32_t directory, std::string_view path, uint32_t oflags,
                  uint64_t rightsBase, uint32_t &fd, uint32_t lookup,
                  uint32_t fdflags) {
  GuestString name = string(path);
  Errno error = wrought_wasi_path_open(
      directory, lookup, name.pointer, name.length, oflags, rightsBase,
      rights::directory | rights::file, fdflags, resultAt);
  fd = at<uint32_t>(resultAt);
  return error;
}

uint32_t Guest::mustOpen(std::string_view path, uint64_t rightsBase,
                         uint32_t oflags, uint32_t fdflags) {
  uint32_t fd = 0;
  EXPECT_EQ(
      open(grantFd, path, oflags, rightsBase, fd, lookupSymlinkFollow, fdflags),
      Errno::Success)
      << path;
  return fd;
}

Errno Guest::write(uint32_t fd, std::string_view text, uint32_t *written) {
  GuestString data = string(text);
  put<uint32_t>(0, data.pointer);
  put<uint32_t>(4, data.length);
  Errno error = wrought_wasi_fd_write(fd, 0, 1, resultAt);
  if (written)
    *written = at<uint32_t>(resultAt);
  return error;
}

Errno Guest::read(uint32_t fd, uint32_t length, std::string &out) {
  put<uint32_t>(0, dataAt);
  put<uint32_t>(4, length);
  Errno error = wrought_wasi_fd_read(fd, 0, 1, resultAt);
  out = error == Errno::Success ? text(dataAt, at<uint32_t>(resultAt)) : "";
  return error;
}

std::string Guest::hostFile(const std::string &path) const {
  std::ifstream file(host(path));
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

void Guest::makeHostFile(const std::string &path, std::string_view contents) {
  std::ofstream(host(path)) << contents;
}

} // namespace wrought::wasi
