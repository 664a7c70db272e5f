//===- descriptor_table.h - What the guest's descriptors mean -------------===//
//
// Guest numbers are the guest's own: 0, 1 and 2 are the host's, granted
// directories follow from 3 on, and what is opened gets the lowest free number.
// Entries never move. Grants are opened when a number from 3 on is first asked
// for, so that a program that never asks pays nothing.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasi/preview1.h"

#include <stddef.h>

namespace wrought::wasi {

struct Descriptor {
  bool isOpen = false;
  /// Beneath a read-only grant.
  bool isReadOnly = false;
  /// Shared with others: a standard stream or a granted socket.
  bool isInherited = false;
  /// False for inherited descriptors until identify has looked at them.
  bool isIdentified = false;
  FileType type = FileType::Unknown;
  /// WASI's flags; meaningless when inherited.
  uint32_t flags = 0;
  int hostFd = -1;
  uint64_t rightsBase = 0;
  uint64_t rightsInheriting = 0;
  /// The guest's name of a granted directory, else null.
  const char *preopenName = nullptr;
};

class DescriptorTable {
public:
  static constexpr uint32_t maxCount = 65536;

  /// Null when the number is not open.
  Descriptor *find(uint32_t fd) {
    if (!isPrepared_ || (fd > 2 && !areGrantsOpen_))
      prepare(fd);
    if (fd >= maxCount)
      return nullptr;
    Descriptor *chunk = chunks_[fd / chunkCount];
    if (chunk == nullptr || !chunk[fd % chunkCount].isOpen)
      return nullptr;
    return &chunk[fd % chunkCount];
  }

  /// The open descriptor if it has all of the rights: else an error and null.
  Descriptor *find(uint32_t fd, uint64_t rights, Errno &error);

  /// Gives the descriptor the lowest free number from `lowest` on. Owns its
  /// host descriptor from then on; closes it on failure.
  Errno insert(Descriptor descriptor, uint32_t &fd, uint32_t lowest = 0);

  Errno close(uint32_t fd);
  /// Moves `from` to `to`, which must be open and is closed.
  Errno renumber(uint32_t from, uint32_t to);

  /// Closes everything but the host's 0, 1 and 2 and starts again.
  void reset();

private:
  static constexpr uint32_t chunkCount = 64;

  void prepare(uint32_t fd);
  Descriptor *slot(uint32_t fd);
  void release(uint32_t fd, Descriptor &descriptor);

  bool isPrepared_ = false;
  bool areGrantsOpen_ = false;
  /// No number below is free.
  uint32_t lowestFree_ = 0;
  Descriptor *chunks_[maxCount / chunkCount] = {};
};

extern DescriptorTable descriptors __attribute__((visibility("hidden")));

/// Finds out an inherited descriptor's type, and gives it the rights that go
/// with the type. Does nothing the second time.
void identify(Descriptor &descriptor);

bool isTerminal(int hostFd);

/// The type in a Statx::mode.
FileType fileType(uint32_t mode);

} // namespace wrought::wasi
