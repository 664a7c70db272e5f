//===- profile.cpp - What a program counted, into a file ------------------===//
//
// Compiled code adds to counters in data of its own; threads add to the same
// ones without care for each other. Whatever ends the program comes by
// Process::claimEnd, which writes them all to a file (abi/profile.h). Linked in
// only where code counts, by abi::Config.startProfile.
//
//===----------------------------------------------------------------------===//
#include "abi/profile.h"

#include "abi/runtime.h"
#include "core/message.h"
#include "core/process.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
// Weak: a module may have no functions of its own.
extern const wrought::abi::ProfileFunction __start_wrought_profile[]
    __attribute__((weak, visibility("hidden")));
extern const wrought::abi::ProfileFunction __stop_wrought_profile[]
    __attribute__((weak, visibility("hidden")));
}

namespace wrought {

namespace {

using abi::ProfileFunction;

uint64_t paddedLength(uint64_t byteLength) { return (byteLength + 7) & ~7ull; }

uint64_t byteLengthOf(const ProfileFunction &function) {
  return sizeof(abi::ProfileFunctionHeader) +
         paddedLength(function.nameByteLength) +
         function.counterCount * sizeof(uint64_t) +
         function.siteCount * sizeof(abi::ProfileSite);
}

uint64_t positionOf(uint64_t code) {
  uint64_t position = 0;
  for (const ProfileFunction *function = __start_wrought_profile;
       function != __stop_wrought_profile; ++function, ++position)
    if (reinterpret_cast<uint64_t>(function->code) == code)
      return position;
  return abi::noProfileTarget;
}

abi::ProfileSite portable(const abi::ProfileSite &site) {
  abi::ProfileSite result = {site.otherCount, {}};
  abi::ProfileTarget *out = result.targets;
  for (const abi::ProfileTarget &target : site.targets) {
    if (target.count == 0)
      continue;
    uint64_t position = positionOf(target.function);
    if (position == abi::noProfileTarget)
      result.otherCount += target.count;
    else
      *out++ = {position, target.count};
  }
  return result;
}

/// Into zeroed memory of byteLengthOf(function).
void store(const ProfileFunction &function, char *out) {
  abi::ProfileFunctionHeader header = {function.nameByteLength, function.hash,
                                       function.counterCount,
                                       function.siteCount};
  memcpy(out, &header, sizeof header);
  out += sizeof header;
  memcpy(out, function.name, function.nameByteLength);
  out += paddedLength(function.nameByteLength);
  memcpy(out, function.counters, function.counterCount * sizeof(uint64_t));
  out += function.counterCount * sizeof(uint64_t);
  auto *sites = static_cast<const abi::ProfileSite *>(function.sites);
  for (uint64_t index = 0; index < function.siteCount; ++index) {
    abi::ProfileSite site = portable(sites[index]);
    memcpy(out + index * sizeof site, &site, sizeof site);
  }
}

/// The profile in a mapping of its own; null when there is no memory for it.
const char *gather(uint64_t &byteLength) {
  byteLength = sizeof(abi::ProfileHeader);
  for (const ProfileFunction *function = __start_wrought_profile;
       function != __stop_wrought_profile; ++function)
    byteLength += byteLengthOf(*function);
  long mapped = sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                          sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    return nullptr;
  auto *bytes = reinterpret_cast<char *>(mapped);
  char *out = bytes + sizeof(abi::ProfileHeader);
  for (const ProfileFunction *function = __start_wrought_profile;
       function != __stop_wrought_profile; ++function) {
    store(*function, out);
    out += byteLengthOf(*function);
  }
  auto &header = *reinterpret_cast<abi::ProfileHeader *>(bytes);
  header = {
      abi::profileMagic, byteLength,
      static_cast<uint64_t>(__stop_wrought_profile - __start_wrought_profile),
      abi::profileChecksumSeed};
  for (uint64_t offset = sizeof header; offset < byteLength; offset += 8)
    header.checksum = abi::addToProfileChecksum(
        header.checksum, *reinterpret_cast<uint64_t *>(bytes + offset));
  return bytes;
}

/// Null: the one that was built in.
const char *pathFromEnvironment() {
  const char *path = environmentVariable("WROUGHT_PROFILE_FILE");
  return path != nullptr && *path != '\0' && !wrought_config.isSealed ? path
                                                                      : nullptr;
}

/// `pattern` with the number of the process for "%p". False: too long.
bool expandPath(const char *pattern, char *out, size_t capacity) {
  size_t length = 0;
  for (; *pattern != '\0'; ++pattern) {
    char digits[20] = {*pattern};
    size_t count = 1;
    if (pattern[0] == '%' && pattern[1] == 'p') {
      auto number = static_cast<uint64_t>(sys::getpid());
      for (count = 0; number != 0; number /= 10)
        digits[count++] = static_cast<char>('0' + number % 10);
      ++pattern;
    }
    if (count >= capacity - length)
      return false;
    while (count != 0)
      out[length++] = digits[--count];
  }
  out[length] = '\0';
  return true;
}

void complain(const char *path, const char *reason) {
  Message message;
  message.text("wrought: warning: cannot write the profile '")
      .untrusted(path, boundedLength(path, 256))
      .text("': ")
      .text(reason)
      .text("\n");
}

bool writeAll(int fd, const char *bytes, uint64_t byteLength) {
  while (byteLength != 0) {
    long written = sys::write(fd, bytes, byteLength);
    if (written == -sys::eIntr)
      continue;
    if (written <= 0)
      return false;
    bytes += written;
    byteLength -= static_cast<uint64_t>(written);
  }
  return true;
}

void writeProfile() {
  // Not again, should this trap.
  process.writeProfile = nullptr;
  const char *pattern = pathFromEnvironment();
  if (pattern == nullptr)
    pattern = static_cast<const char *>(wrought_config.profilePath);
  static char path[4096];
  if (!expandPath(pattern, path, sizeof path))
    return complain(pattern, "the path is too long");
  uint64_t byteLength = 0;
  const char *bytes = gather(byteLength);
  if (bytes == nullptr)
    return complain(path, "out of memory");
  long fd = sys::openat(sys::atFdcwd, path,
                        sys::oWronly | sys::oCreat | sys::oTrunc |
                            sys::oCloexec | sys::oNoctty,
                        0666);
  if (sys::isError(fd))
    return complain(path, "it cannot be opened");
  bool isWritten = writeAll(static_cast<int>(fd), bytes, byteLength);
  bool isClosed = !sys::isError(sys::close(static_cast<int>(fd)));
  if (!isWritten || !isClosed)
    complain(path, "writing failed");
}

} // namespace
} // namespace wrought

using namespace wrought;

extern "C" void wrought_start_profile() {
  // Where the caller's rights are fewer, the file would be written with ours.
  if (!process.isPrivileged)
    process.writeProfile = writeProfile;
}

/// Keeps the targets that are frequent: one that finds no place takes one away
/// from the rarest.
extern "C" void wrought_profile_call(void *pointer, uint64_t code) {
  auto &site = *static_cast<abi::ProfileSite *>(pointer);
  abi::ProfileTarget *rarest = site.targets;
  for (abi::ProfileTarget &target : site.targets) {
    if (target.function == code && target.count != 0) {
      ++target.count;
      return;
    }
    if (target.count < rarest->count)
      rarest = &target;
  }
  if (rarest->count == 0) {
    *rarest = {code, 1};
    return;
  }
  --rarest->count;
  site.otherCount += 2;
}
