//===- message.h - Lines for standard error -------------------------------===//
//
// Gathers text in a buffer of fixed size and writes it to descriptor 2. Works
// on a small stack, before relocation and in signal handlers.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace wrought {

class Message {
public:
  Message() = default;
  Message(const Message &) = delete;
  Message &operator=(const Message &) = delete;
  ~Message() { flush(); }

  Message &text(const char *string);
  Message &decimal(uint64_t value);
  Message &hex(uint64_t value);
  /// A size with the largest unit that divides it: "5 GiB", "70 KiB", "3
  /// bytes".
  Message &byteLength(uint64_t value);
  /// Text from the module: what is no printable UTF-8 is escaped, and long text
  /// cut, so that it cannot steer a terminal.
  Message &untrusted(const char *bytes, size_t length);
  void flush();

private:
  void put(char byte);
  void escape(uint32_t value);

  char buffer_[512];
  size_t length_ = 0;
};

/// Length of a NUL-terminated string, at most `limit`.
size_t boundedLength(const char *string, size_t limit);

/// Flushes and ends the program with status 1.
[[noreturn]] void exitWith(Message &message);

} // namespace wrought
