//===- fuel.cpp - What a program without threads may spend ----------------===//
//
// Compiled code subtracts what it executes from wrought_fuel and traps when
// that is below zero. Start-up calls this by abi::Config.startFuel, so that it
// is linked in only where code counts.
//
//===----------------------------------------------------------------------===//
#include "core/fuel.h"

#include "core/message.h"
#include "core/process.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
extern int64_t wrought_fuel __attribute__((visibility("hidden")));
}

namespace wrought {

namespace {

/// False unless it is a decimal number; what is too large becomes the largest.
bool parse(const char *text, uint64_t &value) {
  value = 0;
  for (const char *next = text; *next != '\0'; ++next) {
    if (*next < '0' || *next > '9')
      return false;
    const auto digit = static_cast<uint64_t>(*next - '0');
    value = value > (INT64_MAX - digit) / 10 ? INT64_MAX : value * 10 + digit;
  }
  return *text != '\0';
}

} // namespace

int64_t givenFuel() {
  uint64_t fuel = wrought_config.fuel;
  const char *text = environmentVariable("WROUGHT_FUEL");
  const bool counts =
      text != nullptr && !wrought_config.isSealed && !process.isPrivileged;
  if (counts && !parse(text, fuel)) {
    Message message;
    message.text("wrought: error: WROUGHT_FUEL is no number: '");
    message.untrusted(text, boundedLength(text, 64)).text("'\n");
    exitWith(message);
  }
  return static_cast<int64_t>(fuel);
}

} // namespace wrought

extern "C" void wrought_start_fuel() { wrought_fuel = wrought::givenFuel(); }
