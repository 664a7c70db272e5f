//===- profile.h - Profiles that programs write ---------------------------===//
//
// Little-endian 64-bit words only:
//
//   ProfileHeader
//   for each function:
//     ProfileFunctionHeader
//     its name, padded with zeros to a multiple of 8 bytes
//     counterCount counters
//     ProfileSite × siteCount
//
// Counters and sites are in the order in which LLVM's PGOInstrumentationGen
// numbers them. The name is the function's symbol without the prefix of its
// version: "f12.main", or "f12" where the module names none.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::abi {

constexpr uint64_t profileMagic = 0x3166'6f72'7074'7277; // "wrtprof1"

struct ProfileHeader {
  uint64_t magic;
  uint64_t byteLength; ///< of the file
  uint64_t functionCount;
  uint64_t checksum; ///< profileChecksum of all words behind this one
};

struct ProfileFunctionHeader {
  uint64_t nameByteLength;
  uint64_t hash; ///< of the control flow that was counted
  uint64_t counterCount;
  uint64_t siteCount; ///< calls through a pointer
};

constexpr unsigned profileTargetCount = 4;
/// Where a call's target is not one of the functions that the program counts.
constexpr uint64_t noProfileTarget = UINT64_MAX;

struct ProfileTarget {
  /// In a file the position of a function in it; in a running program the
  /// address of its code.
  uint64_t function;
  uint64_t count; ///< 0: the place is free
};

struct ProfileSite {
  uint64_t otherCount; ///< of calls whose targets have no place
  ProfileTarget targets[profileTargetCount];
};

/// FNV-1a over words.
constexpr uint64_t profileChecksumSeed = 0xcbf29ce484222325;
constexpr uint64_t addToProfileChecksum(uint64_t sum, uint64_t word) {
  return (sum ^ word) * 0x100000001b3;
}

} // namespace wrought::abi
