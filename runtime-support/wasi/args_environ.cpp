//===- args_environ.cpp - Arguments and environment -----------------------===//
#include "model/strings.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

template <class Strings>
Errno sizes(State &state, Strings strings, uint32_t countPointer,
            uint32_t lengthPointer) {
  GuestMemory memory(state);
  Out<uint32_t> count(memory, countPointer);
  Out<uint32_t> byteLength(memory, lengthPointer);
  if (!count.isValid() || !byteLength.isValid())
    return Errno::Fault;
  uint32_t number = 0;
  uint64_t total = 0;
  for (Entry entry; strings.next(entry); ++number)
    total += entry.byteLength();
  if (total > UINT32_MAX)
    return Errno::Overflow;
  count.set(number);
  byteLength.set(static_cast<uint32_t>(total));
  return Errno::Success;
}

template <class Strings>
Errno get(State &state, Strings strings, uint32_t pointersPointer,
          uint32_t bufferPointer) {
  GuestMemory memory(state);
  uint64_t offset = 0, number = 0;
  for (Entry entry; strings.next(entry); ++number) {
    uint64_t pointer = pointersPointer + number * 4;
    uint64_t string = bufferPointer + offset;
    size_t length = entry.byteLength();
    if (pointer > UINT32_MAX || string > UINT32_MAX)
      return Errno::Fault;
    Out<uint32_t> out(memory, static_cast<uint32_t>(pointer));
    uint8_t *bytes = memory.at(static_cast<uint32_t>(string), length);
    if (!out.isValid() || bytes == nullptr)
      return Errno::Fault;
    out.set(static_cast<uint32_t>(string));
    entry.write(bytes);
    offset += length;
  }
  return Errno::Success;
}

} // namespace

Errno WASI_CALL(args_sizes_get, uint32_t count, uint32_t byteLength) {
  return sizes(state, Arguments(state), count, byteLength);
}

Errno WASI_CALL(args_get, uint32_t pointers, uint32_t buffer) {
  return get(state, Arguments(state), pointers, buffer);
}

Errno WASI_CALL(environ_sizes_get, uint32_t count, uint32_t byteLength) {
  return sizes(state, Variables(state), count, byteLength);
}

Errno WASI_CALL(environ_get, uint32_t pointers, uint32_t buffer) {
  return get(state, Variables(state), pointers, buffer);
}

} // namespace wrought::wasi
