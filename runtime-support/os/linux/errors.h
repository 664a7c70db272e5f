//===- errors.h - Linux error numbers -------------------------------------===//
//
// Alike on every CPU that is a target here. System calls return them negated.
//
//===----------------------------------------------------------------------===//
#pragma once

namespace wrought::sys {

// clang-format off
enum Error : long {
  ePerm = 1, eNoent = 2, eSrch = 3, eIntr = 4, eIo = 5, eNxio = 6, e2Big = 7,
  eNoexec = 8, eBadf = 9, eChild = 10, eAgain = 11, eNomem = 12, eAcces = 13,
  eFault = 14, eNotblk = 15, eBusy = 16, eExist = 17, eXdev = 18, eNodev = 19,
  eNotdir = 20, eIsdir = 21, eInval = 22, eNfile = 23, eMfile = 24,
  eNotty = 25, eTxtbsy = 26, eFbig = 27, eNospc = 28, eSpipe = 29, eRofs = 30,
  eMlink = 31, ePipe = 32, eDom = 33, eRange = 34, eDeadlk = 35,
  eNametoolong = 36, eNolck = 37, eNosys = 38, eNotempty = 39, eLoop = 40,
  eNomsg = 42, eIdrm = 43, eNolink = 67, eProto = 71, eMultihop = 72,
  eBadmsg = 74, eOverflow = 75, eIlseq = 84, eNotsock = 88,
  eDestaddrreq = 89, eMsgsize = 90, ePrototype = 91, eNoprotoopt = 92,
  eProtonosupport = 93, eOpnotsupp = 95, eAfnosupport = 97, eAddrinuse = 98,
  eAddrnotavail = 99, eNetdown = 100, eNetunreach = 101, eNetreset = 102,
  eConnaborted = 103, eConnreset = 104, eNobufs = 105, eIsconn = 106,
  eNotconn = 107, eTimedout = 110, eConnrefused = 111, eHostunreach = 113,
  eAlready = 114, eInprogress = 115, eStale = 116, eDquot = 122,
  eCanceled = 125, eOwnerdead = 130, eNotrecoverable = 131,
};
// clang-format on

} // namespace wrought::sys
