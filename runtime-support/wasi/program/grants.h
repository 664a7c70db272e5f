//===- grants.h - What the guest was given --------------------------------===//
//
// Two sources: wrought_config, decided when the executable was built, and,
// unless that says sealed, the environment variable WROUGHT_GRANTS:
//
//   grants = clause *(";" clause)
//   clause = "dir=" HOST ["::" GUEST] [":ro"]   a directory
//          / "env=" NAME ["=" VALUE]            a variable; without a value the
//                                               host's
//          / "listen=" ADDRESS ":" PORT         a listening socket
//          / "socket=" NUMBER                   an inherited host descriptor
//          / ("stdin=" / "stdout=" / "stderr=") ("inherit" / "null" / FILE)
//
// A backslash takes the special meaning from the character after it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "core/process.h"
#include "wasi/descriptor_table.h"

#include <stddef.h>

extern "C" wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));

namespace wrought::wasi {

struct Clause {
  enum class Kind : uint8_t { Directory, Variable, Listener, Socket, Stream };

  Kind kind = Kind::Directory;
  bool isReadOnly = false;
  /// Of a socket the host's, of a stream its number.
  int fd = 0;
  /// Host path, "NAME=VALUE", "NAME", ADDRESS:PORT, or what a stream is.
  const char *text = nullptr;
  /// Directories only.
  const char *guestPath = nullptr;
};

struct ClauseError {
  /// What is wrong, and where the clause begins in the parsed text.
  const char *message = nullptr;
  size_t offset = 0;
};

/// Parses `text` in place: it gets NULs where strings end, and clauses point
/// into it. `clauses` has room for one more than there are semicolons. Returns
/// their number; on an error sets error.message.
size_t parseClauses(char *text, Clause *clauses, ClauseError &error);

struct ClauseList {
  const Clause *clauses = nullptr;
  size_t count = 0;
};

/// What was made of WROUGHT_GRANTS.
struct Grants {
  ClauseList clauses;
  bool areParsed = false;
  void *storage = nullptr;
  size_t storageByteLength = 0;
};

/// Whether the environment may add grants: not when the executable is sealed or
/// runs with more rights than its caller's.
inline bool mayAddGrants() {
  return !wrought_config.isSealed && !process.isPrivileged;
}

/// The clauses of WROUGHT_GRANTS, parsed when first asked for; none when it may
/// not add any. Exits with status 1 and a line on standard error when they are
/// malformed.
ClauseList environmentGrants();

/// Puts a host descriptor, or the error of opening it, under the next number;
/// exits when there is none.
void insertGranted(DescriptorTable &table, const Descriptor &descriptor,
                   const char *what, const char *name);

/// The same with an inherited socket.
void openSocket(DescriptorTable &table, int hostFd);

[[noreturn]] void failToOpen(const char *what, const char *name, long result);

/// Forgets the parsed clauses.
void releaseGrants();

} // namespace wrought::wasi

// Linked in only where the module imports what makes use of them, else null:
// weak references do not take a file out of an archive. The files that do so
// say `.globl`, which does.
extern "C" {
/// Opens all granted directories and sockets from number 3 on; exits with
/// status 1 and a line on standard error when one cannot be had.
__attribute__((weak)) void
wrought_wasi_open_grants(wrought::wasi::DescriptorTable &table);

/// The host descriptor that a standard stream is; opens it where it is not the
/// inherited one. Linked in also where the executable was built with a stream.
__attribute__((weak)) int wrought_wasi_open_stream(uint32_t number);

/// The listening ones: --listen, "listen=" and LISTEN_FDS.
__attribute__((weak)) void
wrought_wasi_open_listeners(wrought::wasi::DescriptorTable &table);
}
