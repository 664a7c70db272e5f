//===- program_cache.h - How long `wrought run` keeps programs ------------===//
//
// The cache is a folder of folders of programs. A program's time of change is
// when it was last used. Any number of processes may use it at once: what one
// of them removes another one has not used for a while.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Chrono.h"

namespace wrought::driver {

constexpr uint64_t CacheByteLimit = uint64_t{1} << 30;

/// Notes that the program is about to be used; false when there is none.
[[nodiscard]] bool takeFromCache(llvm::StringRef program);

/// Removes programs, the least recently used first, until the folder holds at
/// most `byteLimit`. Those used within a minute before `now` stay. What cannot
/// be removed is left.
void trimCache(llvm::StringRef folder, uint64_t byteLimit,
               llvm::sys::TimePoint<> now = std::chrono::system_clock::now());

} // namespace wrought::driver
