//===- preview1.h - Numbers and layouts of WASI preview 1 -----------------===//
//
// Source: WebAssembly/WASI, preview1/witx/typenames.witx. Structures appear as
// offsets, since guest memory need not be aligned. unstable… is what differs in
// wasi_unstable. Below, the prototypes of all functions, made from
// wasi_functions.def, so that a definition that differs from what compiled code
// calls does not compile.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "model/call.h"

#include <stdint.h>

namespace wrought::wasi {

struct State;

// As in the witx, and in its order.
// clang-format off
enum class Errno : uint32_t {
  Success, TooBig, Acces, Addrinuse, Addrnotavail, Afnosupport, Again, Already,
  Badf, Badmsg, Busy, Canceled, Child, Connaborted, Connrefused, Connreset,
  Deadlk, Destaddrreq, Dom, Dquot, Exist, Fault, Fbig, Hostunreach, Idrm, Ilseq,
  Inprogress, Intr, Inval, Io, Isconn, Isdir, Loop, Mfile, Mlink, Msgsize,
  Multihop, Nametoolong, Netdown, Netreset, Netunreach, Nfile, Nobufs, Nodev,
  Noent, Noexec, Nolck, Nolink, Nomem, Nomsg, Noprotoopt, Nospc, Nosys, Notconn,
  Notdir, Notempty, Notrecoverable, Notsock, Notsup, Notty, Nxio, Overflow,
  Ownerdead, Perm, Pipe, Proto, Protonosupport, Prototype, Range, Rofs, Spipe,
  Srch, Stale, Timedout, Txtbsy, Xdev, Notcapable,
};
// clang-format on
static_assert(static_cast<uint32_t>(Errno::Notcapable) == 76);

enum class FileType : uint8_t {
  Unknown,
  BlockDevice,
  CharacterDevice,
  Directory,
  RegularFile,
  SocketDgram,
  SocketStream,
  SymbolicLink,
};

enum class EventType : uint8_t { Clock, FdRead, FdWrite };

namespace rights {
constexpr uint64_t fdDatasync = 1 << 0, fdRead = 1 << 1, fdSeek = 1 << 2,
                   fdFdstatSetFlags = 1 << 3, fdSync = 1 << 4, fdTell = 1 << 5,
                   fdWrite = 1 << 6, fdAdvise = 1 << 7, fdAllocate = 1 << 8,
                   pathCreateDirectory = 1 << 9, pathCreateFile = 1 << 10,
                   pathLinkSource = 1 << 11, pathLinkTarget = 1 << 12,
                   pathOpen = 1 << 13, fdReaddir = 1 << 14,
                   pathReadlink = 1 << 15, pathRenameSource = 1 << 16,
                   pathRenameTarget = 1 << 17, pathFilestatGet = 1 << 18,
                   pathFilestatSetSize = 1 << 19,
                   pathFilestatSetTimes = 1 << 20, fdFilestatGet = 1 << 21,
                   fdFilestatSetSize = 1 << 22, fdFilestatSetTimes = 1 << 23,
                   pathSymlink = 1 << 24, pathRemoveDirectory = 1 << 25,
                   pathUnlinkFile = 1 << 26, pollFdReadwrite = 1 << 27,
                   sockShutdown = 1 << 28, sockAccept = 1 << 29;

/// What makes sense on a file, and on a directory.
constexpr uint64_t file = fdDatasync | fdRead | fdSeek | fdFdstatSetFlags |
                          fdSync | fdTell | fdWrite | fdAdvise | fdAllocate |
                          fdFilestatGet | fdFilestatSetSize |
                          fdFilestatSetTimes | pollFdReadwrite;
constexpr uint64_t directory =
    fdFdstatSetFlags | fdSync | fdAdvise | pathCreateDirectory |
    pathCreateFile | pathLinkSource | pathLinkTarget | pathOpen | fdReaddir |
    pathReadlink | pathRenameSource | pathRenameTarget | pathFilestatGet |
    pathFilestatSetSize | pathFilestatSetTimes | fdFilestatGet |
    fdFilestatSetTimes | pathSymlink | pathRemoveDirectory | pathUnlinkFile;
constexpr uint64_t position = fdSeek | fdTell;
constexpr uint64_t changesFile =
    fdAllocate | fdFilestatSetSize | fdFilestatSetTimes;
constexpr uint64_t stream = fdFdstatSetFlags | fdFilestatGet | pollFdReadwrite;
constexpr uint64_t socket =
    stream | fdRead | fdWrite | sockShutdown | sockAccept;

/// Rights that are shown but not asked for: they keep nobody from anything, and
/// other runtimes do not ask either, so programs forget to request them.
constexpr uint64_t notEnforced = fdDatasync | fdSync | fdSeek | fdTell |
                                 fdAdvise | fdFilestatGet | pollFdReadwrite;
} // namespace rights

constexpr uint32_t fdflagAppend = 1, fdflagDsync = 2, fdflagNonblock = 4,
                   fdflagRsync = 8, fdflagSync = 16, fdflagAll = 31;
constexpr uint32_t oflagCreat = 1, oflagDirectory = 2, oflagExcl = 4,
                   oflagTrunc = 8, oflagAll = 15;
constexpr uint32_t fstflagAtim = 1, fstflagAtimNow = 2, fstflagMtim = 4,
                   fstflagMtimNow = 8, fstflagAll = 15;
constexpr uint32_t lookupSymlinkFollow = 1;
constexpr uint32_t whenceSet = 0, whenceCur = 1, whenceEnd = 2;
constexpr uint32_t unstableWhenceCur = 0, unstableWhenceEnd = 1,
                   unstableWhenceSet = 2;
constexpr uint32_t riflagPeek = 1, riflagWaitall = 2, roflagTruncated = 1;
constexpr uint32_t sdflagRd = 1, sdflagWr = 2;
constexpr uint16_t subclockAbstime = 1, eventHangup = 1;

namespace fdstat {
constexpr uint32_t byteLength = 24, filetype = 0, flags = 2, rightsBase = 8,
                   rightsInheriting = 16;
}
namespace filestat {
constexpr uint32_t byteLength = 64, dev = 0, ino = 8, filetype = 16, nlink = 24,
                   size = 32, atim = 40, mtim = 48, ctim = 56;
}
namespace unstableFilestat {
constexpr uint32_t byteLength = 56, nlink = 20, size = 24, atim = 32, mtim = 40,
                   ctim = 48;
}
namespace dirent {
constexpr uint32_t byteLength = 24, next = 0, ino = 8, namlen = 16, type = 20;
}
namespace prestat {
constexpr uint32_t byteLength = 8, tag = 0, nameLength = 4;
}
namespace subscription {
constexpr uint32_t byteLength = 48, userdata = 0, tag = 8, fd = 16,
                   clockId = 16, clockTimeout = 24, clockFlags = 40;
}
namespace unstableSubscription {
constexpr uint32_t byteLength = 56, clockId = 24, clockTimeout = 32,
                   clockFlags = 48;
}
namespace event {
constexpr uint32_t byteLength = 32, userdata = 0, error = 8, type = 10,
                   nbytes = 16, flags = 24;
}

// What the results and parameters of wasi_functions.def are in C++. An Errno
// travels as the 32-bit integer that it is made of.
namespace types {
using I32 = uint32_t;
using I64 = uint64_t;
template <class...> struct Result {
  using Type = void;
};
template <> struct Result<I32> {
  using Type = Errno;
};
template <class T> struct ResultOf;
template <class... R> struct ResultOf<void(R...)> {
  using Type = typename Result<R...>::Type;
};
} // namespace types

#pragma GCC visibility push(hidden)
extern "C" {
#define I32 types::I32
#define I64 types::I64
#define WASI_FUNCTION(name, parameters, results)                               \
  types::ResultOf<void results>::Type wrought_wasi_##name WASI_PARAMETERS      \
      parameters;
#define WASI_UNSTABLE_FUNCTION(name, parameters, results)                      \
  types::ResultOf<void results>::Type wrought_wasi_unstable_##name             \
      WASI_PARAMETERS parameters;
#include "abi/wasi_functions.def"
#undef I32
#undef I64
}
#pragma GCC visibility pop

} // namespace wrought::wasi
