//===- library_wasi.cpp - WASI for the instances of a library -------------===//
//
// State, strings and what was opened for an instance lie in one mapping of its
// own, which stays with the instance's slot. The host's config and descriptors
// need not outlive the call that makes it: strings are copied, descriptors
// duplicated.
//
//===----------------------------------------------------------------------===//
#include "wasi/library/library_wasi.h"

#include "model/guest.h"
#include "os/linux/system.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

constexpr uint32_t defaultDescriptorLimit = 1024;
/// Of arguments, variables or directories.
constexpr size_t maxStringCount = 1 << 20;

constexpr wrought_wasi_config nothing = {};

/// Room in the mapping, counted first and then handed out.
class Layout {
public:
  explicit Layout(uint64_t begin) : next_(begin) {}

  template <class T> T *take(size_t count) {
    const uint64_t begin = (next_ + alignof(T) - 1) & ~(alignof(T) - 1);
    next_ = begin + count * sizeof(T);
    return reinterpret_cast<T *>(begin);
  }
  uint64_t end() const { return next_; }

private:
  uint64_t next_;
};

bool areThere(const char *const *strings, size_t count) {
  if (count > maxStringCount || (count != 0 && strings == nullptr))
    return false;
  for (size_t index = 0; index != count; ++index)
    if (strings[index] == nullptr)
      return false;
  return true;
}

bool isValidStream(const wrought_wasi_stream &stream) {
  switch (stream.kind) {
  case WROUGHT_WASI_CLOSED:
  case WROUGHT_WASI_INHERIT:
  case WROUGHT_WASI_DISCARD:
    return true;
  case WROUGHT_WASI_DESCRIPTOR:
    return stream.descriptor >= 0;
  default:
    return false;
  }
}

const char *guestPathOf(const wrought_wasi_directory &directory) {
  return directory.guest_path == nullptr ? directory.host_path
                                         : directory.guest_path;
}

bool isValid(const wrought_wasi_config &config) {
  if (!areThere(config.arguments, config.argument_count) ||
      !areThere(config.environment, config.environment_count))
    return false;
  for (size_t index = 0; index != config.environment_count; ++index) {
    const char *entry = config.environment[index];
    const size_t length = nameLength(entry);
    if (length == 0 || entry[length] != '=')
      return false;
  }
  if (config.directory_count > maxStringCount ||
      (config.directory_count != 0 && config.directories == nullptr))
    return false;
  for (size_t index = 0; index != config.directory_count; ++index) {
    const wrought_wasi_directory &directory = config.directories[index];
    if (directory.host_path == nullptr || *directory.host_path == '\0' ||
        *guestPathOf(directory) == '\0')
      return false;
  }
  for (const wrought_wasi_stream &stream : config.streams)
    if (!isValidStream(stream))
      return false;
  const uint64_t limit = config.descriptor_limit == 0 ? defaultDescriptorLimit
                                                      : config.descriptor_limit;
  return limit <= DescriptorTable::maxCount &&
         config.directory_count + DescriptorTable::firstGranted <= limit;
}

/// Lays out copies of the strings; copies them when there is room already.
Strings copyStrings(Layout &layout, const char *const *strings, size_t count,
                    bool isReal) {
  auto **copies = layout.take<const char *>(count);
  for (size_t index = 0; index != count; ++index) {
    const size_t byteLength = lengthOf(strings[index]) + 1;
    auto *copy = layout.take<char>(byteLength);
    if (!isReal)
      continue;
    __builtin_memcpy(copy, strings[index], byteLength);
    copies[index] = copy;
  }
  return {copies, count};
}

/// All but what is opened.
void layOut(Layout &layout, const wrought_wasi_config &config, bool isReal) {
  auto *state = layout.take<State>(1);
  const Strings arguments = copyStrings(layout, config.arguments,
                                        config.argument_count, isReal),
                environment = copyStrings(layout, config.environment,
                                          config.environment_count, isReal);
  auto *directories = layout.take<Kept>(config.directory_count);
  for (size_t index = 0; index != config.directory_count; ++index) {
    const wrought_wasi_directory &given = config.directories[index];
    const char *path = guestPathOf(given);
    const Strings guestPath = copyStrings(layout, &path, 1, isReal);
    if (isReal)
      directories[index] = {-1, given.is_read_only != 0, guestPath.begin[0]};
  }
  if (!isReal)
    return;
  Host &host = state->host;
  host.arguments = arguments;
  host.environment = environment;
  host.directories = directories;
  host.directoryCount = config.directory_count;
  host.descriptorLimit = config.descriptor_limit == 0 ? defaultDescriptorLimit
                                                      : config.descriptor_limit;
  for (Kept &stream : host.streams)
    stream = {-1, false, nullptr};
  host.fileSize = Host::FileSize::Unknown;
}

/// A host descriptor of our own, or the kernel's error.
long openStream(const wrought_wasi_stream &stream, int number) {
  if (stream.kind == WROUGHT_WASI_DISCARD)
    return moveAboveStandard(
        sys::openat(sys::atFdcwd, "/dev/null",
                    (number == 0 ? sys::oRdonly : sys::oWronly) |
                        sys::oCloexec | sys::oNoctty,
                    0));
  const int given =
      stream.kind == WROUGHT_WASI_INHERIT ? number : stream.descriptor;
  return sys::fcntl(given, sys::fDupfdCloexec, 3);
}

long openDirectory(const char *path) {
  return moveAboveStandard(sys::openat(
      sys::atFdcwd, path,
      sys::oRdonly | sys::oDirectory | sys::oCloexec | sys::oNonblock, 0));
}

/// The result of the first that failed, and its name.
long openAll(Host &host, const wrought_wasi_config &config, const char *&name) {
  static constexpr const char *streamNames[] = {
      "standard input", "standard output", "standard error"};
  for (int number = 0; number != 3; ++number) {
    if (config.streams[number].kind == WROUGHT_WASI_CLOSED)
      continue;
    const long result = openStream(config.streams[number], number);
    name = streamNames[number];
    if (result < 0)
      return result;
    host.streams[number].hostFd = static_cast<int>(result);
  }
  for (size_t index = 0; index != host.directoryCount; ++index) {
    name = config.directories[index].host_path;
    const long result = openDirectory(name);
    if (result < 0)
      return result;
    host.directories[index].hostFd = static_cast<int>(result);
  }
  return 0;
}

void closeKept(Kept &kept) {
  if (kept.hostFd >= 0)
    sys::close(kept.hostFd);
  kept.hostFd = -1;
}

void closeState(State &state) {
  state.descriptors.clear();
  Host &host = state.host;
  for (Kept &stream : host.streams)
    closeKept(stream);
  for (size_t index = 0; index != host.directoryCount; ++index)
    closeKept(host.directories[index]);
}

/// Memory for a state with what belongs to it.
bool makeRoom(State *&state, uint64_t byteLength) {
  if (state != nullptr && state->host.byteLength >= byteLength)
    return true;
  const long mapped =
      sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    return false;
  if (state != nullptr)
    sys::munmap(state, state->host.byteLength);
  state = reinterpret_cast<State *>(mapped);
  state->host.byteLength = byteLength;
  return true;
}

bool makeState(const wrought_wasi_config *given, const Guest &guest,
               State *&state, MakeError &error) {
  const wrought_wasi_config &config = given == nullptr ? nothing : *given;
  error = {WROUGHT_INVALID_ARGUMENT, 0, nullptr};
  if (!isValid(config))
    return false;
  Layout size(0);
  layOut(size, config, false);
  error.code = WROUGHT_OUT_OF_MEMORY;
  if (!makeRoom(state, size.end()))
    return false;
  Layout layout(reinterpret_cast<uint64_t>(state));
  layOut(layout, config, true);
  state->host.guest = guest;
  error.code = WROUGHT_CANNOT_OPEN;
  error.result = openAll(state->host, config, error.name);
  if (error.result >= 0)
    return true;
  closeState(*state);
  return false;
}

void resetState(State &state) { state.descriptors.clear(); }

} // namespace

} // namespace wrought::wasi

extern "C" constexpr wrought::wasi::LibraryWasi wrought_library_wasi = {
    wrought::wasi::makeState, wrought::wasi::resetState,
    wrought::wasi::closeState};
