//===- errno.cpp - Linux error numbers as WASI's --------------------------===//
#include "wasi/errno.h"

#include "os/linux/errors.h"

namespace wrought::wasi {

namespace {

struct Pair {
  long linux_;
  Errno wasi;
};

// clang-format off
constexpr Pair pairs[] = {
  {sys::ePerm, Errno::Perm}, {sys::eNoent, Errno::Noent},
  {sys::eSrch, Errno::Srch}, {sys::eIntr, Errno::Intr}, {sys::eIo, Errno::Io},
  {sys::eNxio, Errno::Nxio}, {sys::e2Big, Errno::TooBig},
  {sys::eNoexec, Errno::Noexec}, {sys::eBadf, Errno::Badf},
  {sys::eChild, Errno::Child}, {sys::eAgain, Errno::Again},
  {sys::eNomem, Errno::Nomem}, {sys::eAcces, Errno::Acces},
  {sys::eFault, Errno::Fault}, {sys::eBusy, Errno::Busy},
  {sys::eExist, Errno::Exist}, {sys::eXdev, Errno::Xdev},
  {sys::eNodev, Errno::Nodev}, {sys::eNotdir, Errno::Notdir},
  {sys::eIsdir, Errno::Isdir}, {sys::eInval, Errno::Inval},
  {sys::eNfile, Errno::Nfile}, {sys::eMfile, Errno::Mfile},
  {sys::eNotty, Errno::Notty}, {sys::eTxtbsy, Errno::Txtbsy},
  {sys::eFbig, Errno::Fbig}, {sys::eNospc, Errno::Nospc},
  {sys::eSpipe, Errno::Spipe}, {sys::eRofs, Errno::Rofs},
  {sys::eMlink, Errno::Mlink}, {sys::ePipe, Errno::Pipe},
  {sys::eDom, Errno::Dom}, {sys::eRange, Errno::Range},
  {sys::eDeadlk, Errno::Deadlk}, {sys::eNametoolong, Errno::Nametoolong},
  {sys::eNolck, Errno::Nolck}, {sys::eNosys, Errno::Nosys},
  {sys::eNotempty, Errno::Notempty}, {sys::eLoop, Errno::Loop},
  {sys::eNomsg, Errno::Nomsg}, {sys::eIdrm, Errno::Idrm},
  {sys::eNolink, Errno::Nolink}, {sys::eProto, Errno::Proto},
  {sys::eMultihop, Errno::Multihop}, {sys::eBadmsg, Errno::Badmsg},
  {sys::eOverflow, Errno::Overflow}, {sys::eIlseq, Errno::Ilseq},
  {sys::eNotsock, Errno::Notsock}, {sys::eDestaddrreq, Errno::Destaddrreq},
  {sys::eMsgsize, Errno::Msgsize}, {sys::ePrototype, Errno::Prototype},
  {sys::eNoprotoopt, Errno::Noprotoopt},
  {sys::eProtonosupport, Errno::Protonosupport},
  {sys::eOpnotsupp, Errno::Notsup}, {sys::eAfnosupport, Errno::Afnosupport},
  {sys::eAddrinuse, Errno::Addrinuse},
  {sys::eAddrnotavail, Errno::Addrnotavail}, {sys::eNetdown, Errno::Netdown},
  {sys::eNetunreach, Errno::Netunreach}, {sys::eNetreset, Errno::Netreset},
  {sys::eConnaborted, Errno::Connaborted}, {sys::eConnreset, Errno::Connreset},
  {sys::eNobufs, Errno::Nobufs}, {sys::eIsconn, Errno::Isconn},
  {sys::eNotconn, Errno::Notconn}, {sys::eTimedout, Errno::Timedout},
  {sys::eConnrefused, Errno::Connrefused},
  {sys::eHostunreach, Errno::Hostunreach}, {sys::eAlready, Errno::Already},
  {sys::eInprogress, Errno::Inprogress}, {sys::eStale, Errno::Stale},
  {sys::eDquot, Errno::Dquot}, {sys::eCanceled, Errno::Canceled},
  {sys::eOwnerdead, Errno::Ownerdead},
  {sys::eNotrecoverable, Errno::Notrecoverable},
};
// clang-format on

struct Table {
  static constexpr long length = 132;
  uint8_t codes[length] = {};

  constexpr Table() {
    // What has no counterpart (EREMOTEIO, EUCLEAN, …) is an I/O error.
    for (uint8_t &code : codes)
      code = static_cast<uint8_t>(Errno::Io);
    for (const Pair &pair : pairs)
      codes[pair.linux_] = static_cast<uint8_t>(pair.wasi);
  }
};

constexpr Table table;

} // namespace

Errno errnoOf(long result) {
  if (result >= 0)
    return Errno::Success;
  if (result == escapesGrant)
    return Errno::Notcapable;
  return result > -Table::length ? static_cast<Errno>(table.codes[-result])
                                 : Errno::Io;
}

} // namespace wrought::wasi
