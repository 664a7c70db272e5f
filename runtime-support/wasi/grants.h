//===- grants.h - What the guest was given --------------------------------===//
//
// Two sources: wrought_config, decided when the executable was built, and,
// unless that says sealed, the environment variable WROUGHT_GRANTS:
//
//   grants = clause *(";" clause)
//   clause = "dir=" HOST ["::" GUEST] [":ro"]   a directory
//          / "env=" NAME ["=" VALUE]            a variable; without a value the
//                                               host's
//          / "socket=" NUMBER                   an inherited host descriptor
//
// A backslash takes the special meaning from the character after it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "wasi/descriptor_table.h"

#include <stddef.h>

extern "C" wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));

namespace wrought::wasi {

struct Clause {
  enum class Kind : uint8_t { Directory, Variable, Socket };

  Kind kind = Kind::Directory;
  bool isReadOnly = false;
  int hostFd = -1;
  /// Host path, or "NAME=VALUE", or "NAME".
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

/// The clauses of WROUGHT_GRANTS, parsed when first asked for; none when the
/// executable is sealed or runs with more rights than its caller's. Exits with
/// status 1 and a line on standard error when they are malformed.
ClauseList environmentGrants();

/// Opens all granted directories and sockets from number 3 on; exits with
/// status 1 and a line on standard error when one cannot be had.
void openGrants(DescriptorTable &table);

/// Forgets the parsed clauses.
void releaseGrants();

/// The host's value of a variable, or null.
const char *hostVariable(const char *name);

} // namespace wrought::wasi
