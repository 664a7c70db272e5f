//===- share.h - What several instances use -------------------------------===//
#pragma once

#include "library/library.h"

namespace wrought {

/// What the host holds as wrought_shared. All libraries of a process must agree
/// on it: whatever changes, here or in the structs that it tells of, takes
/// another number.
struct Shared {
  static constexpr uint64_t sharedMagic = 0x32687374'77736872;

  uint64_t magic;
  abi::SharedType type;
  /// abi::Memory, abi::Table or abi::GlobalCell, in the owner's instance.
  void *entity;
  /// The host's, and of each instance that imports it.
  uint64_t referenceCount;
  /// The owner's: takes one reference back.
  void (*drop)(Shared &self);
  LibraryInstance *owner;
  /// Of the owner; null where its functions never leave it.
  abi::FunctionOwner *functions;
  Shared *nextFree;
};

/// Whether instances may import it as that.
wrought_result checkShared(const abi::SharedType &wanted, const Shared &given);
void keepShared(Shared &shared);

} // namespace wrought
