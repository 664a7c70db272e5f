//===- address.h - Addresses to listen on ---------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::wasi {

/// A sockaddr_in or sockaddr_in6.
struct Address {
  alignas(4) uint8_t bytes[28];
  uint32_t byteLength;

  int family() const { return bytes[0]; }
};

/// ADDRESS:PORT. The address is a dotted IPv4 one, an IPv6 one in brackets,
/// "localhost", or "*" for any.
bool parseAddress(const char *text, Address &address);

} // namespace wrought::wasi
