//===- descriptor_table.h - What the guest's descriptors mean -------------===//
//
// Guest numbers are the guest's own: 0, 1 and 2 are the standard streams,
// granted directories and then sockets follow from 3 on, and what is opened
// gets the lowest free number. Grants are opened when a number from 3 on is
// first asked for, so that a program that never asks pays nothing.
//
// A number stands for a Descriptor, which lives as long as the number or a call
// uses it. A thread that closes a number therefore cannot make another thread's
// call go on with a host descriptor that means something else by then.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasi/directory_buffer.h"
#include "wasi/lock.h"
#include "wasi/preview1.h"

#include <stddef.h>

namespace wrought::wasi {

struct Descriptor {
  /// Beneath a read-only grant.
  bool isReadOnly = false;
  /// Shared with others: a standard stream or a granted socket.
  bool isInherited = false;
  /// Stays open when it is closed here: it belongs to the guest's beginnings.
  bool isKept = false;
  /// Whether type and rights are final: see identify.
  bool isIdentified = false;
  FileType type = FileType::Unknown;
  /// WASI's flags; meaningless when inherited.
  uint32_t flags = 0;
  int hostFd = -1;
  uint32_t useCount = 0;
  uint64_t rightsBase = 0;
  uint64_t rightsInheriting = 0;
  /// The guest's name of a granted directory, else null.
  const char *preopenName = nullptr;
  /// What fd_readdir has read ahead; null without.
  DirectoryBuffer *buffer = nullptr;
  Descriptor *nextFree = nullptr;
};

class DescriptorTable;

/// A descriptor for as long as a call uses it; false when there is none.
class Use {
public:
  Use() = default;
  Use(DescriptorTable &table, Descriptor *descriptor)
      : table_(&table), descriptor_(descriptor) {}
  Use(Use &&other) : table_(other.table_), descriptor_(other.descriptor_) {
    other.descriptor_ = nullptr;
  }
  Use &operator=(Use &&other) {
    DescriptorTable *table = other.table_;
    Descriptor *descriptor = other.take();
    other.table_ = table_;
    other.descriptor_ = descriptor_;
    table_ = table;
    descriptor_ = descriptor;
    return *this;
  }
  inline ~Use();

  /// Leaves it to the caller to release the descriptor.
  Descriptor *take() {
    Descriptor *taken = descriptor_;
    descriptor_ = nullptr;
    return taken;
  }

  explicit operator bool() const { return descriptor_ != nullptr; }
  Descriptor &operator*() const { return *descriptor_; }
  Descriptor *operator->() const { return descriptor_; }

private:
  DescriptorTable *table_ = nullptr;
  Descriptor *descriptor_ = nullptr;
};

class DescriptorTable {
public:
  static constexpr uint32_t maxCount = 65536;
  static constexpr uint32_t firstGranted = 3;

  /// False when the number is not open.
  Use find(uint32_t fd);

  /// The open descriptor if it has all of the rights: else an error and false.
  Use find(uint32_t fd, uint64_t rights, Errno &error);

  /// Gives the descriptor the lowest free number. Owns its host descriptor from
  /// then on; closes it on failure. Mfile where the host's descriptors are all
  /// but used up.
  Errno insert(const Descriptor &descriptor, uint32_t &fd);

  /// The same with a granted one, whose number is from 3 on and which counts
  /// for nothing.
  Errno insertFrom(const Descriptor &descriptor, uint32_t &fd, uint32_t lowest);

  Errno close(uint32_t fd);
  /// Moves `from` to `to`, which must be open and is closed.
  Errno renumber(uint32_t from, uint32_t to);

  void setRights(Descriptor &descriptor, uint64_t base, uint64_t inheriting);

  /// Finds out the type of an inherited descriptor, or of one that was opened
  /// for reading, and gives it the rights that go with the type. Does nothing
  /// the second time.
  void identify(Descriptor &descriptor);
  /// The same with what is known of it already.
  void identify(Descriptor &descriptor, const sys::FileStatus &status);

  /// The host descriptor of standard output, while the streams are opened.
  int outputFd() { return numbers_[1]->hostFd; }

  /// For a directory to read ahead into; null when there is none to be had.
  /// Goes back with the descriptor.
  DirectoryBuffer *takeBuffer();

  /// Ends a use; the result is that of closing, if it was the last one.
  long release(Descriptor &descriptor);

  /// Opens what `fd` may stand for without having been opened by the guest.
  void prepare(uint32_t fd);

  /// Closes everything but the host's 0, 1 and 2, gives back what was mapped
  /// and is as it was at first.
  void clear();

  /// Whether calls must keep each other out: several threads make them.
  bool isThreaded() const { return isThreaded_; }
  /// To be called before a second thread runs.
  void startThreads() { isThreaded_ = true; }

private:
  /// What needs no mapping.
  static constexpr uint32_t firstCount = 64;
  /// Calls may go on with descriptors that have no number any more.
  static constexpr uint32_t maxDescriptorCount = 2 * maxCount;
  static constexpr uint32_t maxBufferCount = 64;
  /// Of the process' descriptors this many stay out of the guest's reach: paths
  /// are walked by them and traps reported.
  static constexpr uint64_t reservedCount = 16;

  bool isReadyFor(uint32_t fd) const {
    return isPrepared_ && (fd < firstGranted || areGrantsOpen_);
  }
  void prepareStreams();
  /// The descriptor with the number, without counting the use; or null.
  Descriptor *peek(uint32_t fd) {
    return fd < numberCount_ ? numbers_[fd] : nullptr;
  }
  /// The rest of find: with what is not ready, not identified or shared.
  Use findSlowly(uint32_t fd);
  Use findSlowly(uint32_t fd, uint64_t required, Errno &error);
  /// Closes what nobody uses any more.
  long retire(Descriptor &descriptor);
  /// The host descriptors that the guest may have are below.
  uint64_t hostLimit();
  bool makeRoom(uint32_t fd);
  Descriptor *allocate();
  Errno place(const Descriptor &descriptor, int hostFd, uint32_t &fd,
              uint32_t lowest);
  Errno insert(const Descriptor &descriptor, long hostFd, uint32_t &fd,
               uint32_t lowest);

  Lock lock_;
  bool isThreaded_ = false;
  bool isPrepared_ = false;
  bool areGrantsOpen_ = false;
  /// How many of the highest numbers are not to be had.
  uint32_t withheldCount_ = 0;
  /// No number below is free.
  uint32_t lowestFree_ = 0;
  /// Room for numbers, and descriptors that were used once.
  uint32_t numberCount_ = 0;
  uint32_t usedCount_ = 0;
  uint32_t bufferCount_ = 0;
  /// 0 until it is asked for.
  uint64_t hostLimit_ = 0;
  DirectoryBuffer *freeBuffers_ = nullptr;
  Descriptor *firstFree_ = nullptr;
  Descriptor **numbers_ = nullptr;
  Descriptor *moreDescriptors_ = nullptr;
  Descriptor *firstNumbers_[firstCount] = {};
  alignas(Descriptor) uint8_t
      firstDescriptors_[firstCount * sizeof(Descriptor)] = {};
};

Use::~Use() {
  if (descriptor_ != nullptr)
    table_->release(*descriptor_);
}

/// Keeps what is opened apart from the host's standard streams, also when the
/// program was started without them. Takes and returns a host descriptor or an
/// error.
long moveAboveStandard(long hostFd);

bool isTerminal(int hostFd);

/// By Linux's numbers: DirectoryEntry::type, and the upper bits of a mode.
inline constexpr FileType fileTypes[16] = {
    FileType::Unknown,      FileType::Unknown,      FileType::CharacterDevice,
    FileType::Unknown,      FileType::Directory,    FileType::Unknown,
    FileType::BlockDevice,  FileType::Unknown,      FileType::RegularFile,
    FileType::Unknown,      FileType::SymbolicLink, FileType::Unknown,
    FileType::SocketStream, FileType::Unknown,      FileType::Unknown,
    FileType::Unknown};
static_assert(fileTypes[sys::dtReg] == FileType::RegularFile &&
              sys::sIfreg == sys::dtReg << 12 &&
              sys::sIfsock == sys::dtSock << 12);

/// The type in a FileStatus::mode.
constexpr FileType fileType(uint32_t mode) {
  return fileTypes[mode >> 12 & 15];
}

/// The flags of fcntl(F_GETFL) as WASI's.
uint32_t guestFlags(long hostFlags);

} // namespace wrought::wasi
