//===- args_environ.cpp - Arguments and environment -----------------------===//
//
// The guest's environment is what WROUGHT_GRANTS sets, then what was decided
// when the executable was built, then, where that says so, the host's without
// WROUGHT_*. Of several values of one name the first counts.
//
//===----------------------------------------------------------------------===//
#include "core/process.h"
#include "wasi/grants.h"
#include "wasi/memory.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

/// One string of the guest's in two pieces: a name that stands alone gets the
/// host's value after it.
struct Entry {
  const char *text = nullptr;
  const char *hostValue = nullptr;

  size_t byteLength() const {
    size_t length = lengthOf(text) + 1;
    return hostValue ? length + 1 + lengthOf(hostValue) : length;
  }

  /// Returns the place after the NUL.
  uint8_t *write(uint8_t *out) const {
    size_t length = lengthOf(text);
    __builtin_memcpy(out, text, length);
    out += length;
    if (hostValue != nullptr) {
      *out++ = '=';
      length = lengthOf(hostValue);
      __builtin_memcpy(out, hostValue, length);
      out += length;
    }
    *out++ = 0;
    return out;
  }
};

/// Arguments, one after the other.
class Arguments {
public:
  bool next(Entry &entry) {
    if (index_ == process.argumentCount)
      return false;
    const char *argument = process.arguments[index_];
    if (index_++ == 0 && wrought_config.argv0 != nullptr)
      argument = static_cast<const char *>(wrought_config.argv0);
    entry = {argument, nullptr};
    return true;
  }

private:
  size_t index_ = 0;
};

/// Variables, one after the other, each name once.
class Variables {
public:
  bool next(Entry &entry) {
    while (const char *text = nextText()) {
      bool isNameOnly = text[nameLength(text)] == '\0';
      entry = {text, isNameOnly ? environmentVariable(text) : nullptr};
      bool isMissing = isNameOnly && entry.hostValue == nullptr;
      if (!isMissing && !isHidden(text))
        return true;
    }
    return false;
  }

private:
  /// Of the three sources in turn; null at the end.
  const char *nextText() {
    for (; grantIndex_ != grants_.count;)
      if (const Clause &clause = grants_.clauses[grantIndex_++];
          clause.kind == Clause::Kind::Variable)
        return clause.text;
    if (configIndex_ != wrought_config.environmentCount)
      return configText(configIndex_++);
    if (!wrought_config.inheritsEnvironment || process.environment == nullptr)
      return nullptr;
    while (const char *text = process.environment[hostIndex_]) {
      ++hostIndex_;
      if (!startsWith(text, "WROUGHT_"))
        return text;
    }
    return nullptr;
  }

  static const char *configText(uint64_t index) {
    return static_cast<const char *const *>(wrought_config.environment)[index];
  }

  /// Whether an earlier source, or the same one before, has the name already.
  bool isHidden(const char *text) const {
    for (size_t index = 0; index != grants_.count; ++index) {
      const Clause &clause = grants_.clauses[index];
      if (clause.kind != Clause::Kind::Variable)
        continue;
      if (clause.text == text)
        return false;
      if (hasSameName(clause.text, text))
        return true;
    }
    for (uint64_t index = 0; index != wrought_config.environmentCount;
         ++index) {
      if (configText(index) == text)
        return false;
      if (hasSameName(configText(index), text))
        return true;
    }
    return false;
  }

  ClauseList grants_ = environmentGrants();
  size_t grantIndex_ = 0;
  uint64_t configIndex_ = 0;
  size_t hostIndex_ = 0;
};

template <class Strings>
Errno sizes(Strings strings, uint32_t countPointer, uint32_t lengthPointer) {
  GuestMemory memory;
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
Errno get(Strings strings, uint32_t pointersPointer, uint32_t bufferPointer) {
  GuestMemory memory;
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

Errno wrought_wasi_args_sizes_get(uint32_t count, uint32_t byteLength) {
  return sizes(Arguments(), count, byteLength);
}

Errno wrought_wasi_args_get(uint32_t pointers, uint32_t buffer) {
  return get(Arguments(), pointers, buffer);
}

Errno wrought_wasi_environ_sizes_get(uint32_t count, uint32_t byteLength) {
  return sizes(Variables(), count, byteLength);
}

Errno wrought_wasi_environ_get(uint32_t pointers, uint32_t buffer) {
  return get(Variables(), pointers, buffer);
}

} // namespace wrought::wasi
