//===- open_grants.cpp - Directories and sockets from number 3 on ---------===//
#include "model/guest.h"
#include "os/linux/system.h"
#include "wasi/program/grants.h"

namespace wrought::wasi {

void insertGranted(DescriptorTable &table, const Descriptor &descriptor,
                   const char *what, const char *name) {
  uint32_t fd;
  if (descriptor.hostFd < 0)
    failToOpen(what, name, descriptor.hostFd);
  if (table.insertFrom(descriptor, fd, DescriptorTable::firstGranted) !=
      Errno::Success)
    failToOpen(what, name, -sys::eMfile);
}

void openSocket(DescriptorTable &table, int hostFd) {
  char number[] = "00000";
  for (int digit = 4, rest = hostFd; digit >= 0; --digit, rest /= 10)
    number[digit] = static_cast<char>('0' + rest % 10);
  int type = 0;
  long result = sys::getsockopt(hostFd, sys::solSocket, sys::soType, &type);
  // A duplicate, so that closing it here takes nothing from the host's.
  if (result >= 0)
    result = sys::fcntl(hostFd, sys::fDupfdCloexec, 3);
  Descriptor descriptor;
  descriptor.hostFd = static_cast<int>(result);
  descriptor.isInherited = true;
  const char *name = number;
  while (name[0] == '0' && name[1] != '\0')
    ++name;
  insertGranted(table, descriptor, "socket", name);
}

static void openDirectory(DescriptorTable &table, const char *hostPath,
                          const char *guestPath, bool isReadOnly) {
  Descriptor descriptor;
  descriptor.hostFd = static_cast<int>(sys::openat(
      sys::atFdcwd, hostPath,
      sys::oRdonly | sys::oDirectory | sys::oCloexec | sys::oNonblock, 0));
  descriptor.isReadOnly = isReadOnly;
  descriptor.isIdentified = true;
  descriptor.type = FileType::Directory;
  descriptor.rightsBase = rights::directory;
  descriptor.rightsInheriting = rights::directory | rights::file;
  descriptor.preopenName = guestPath;
  insertGranted(table, descriptor, "directory", hostPath);
}

} // namespace wrought::wasi

extern "C" void
wrought_wasi_open_grants(wrought::wasi::DescriptorTable &table) {
  using namespace wrought;
  using namespace wrought::wasi;
  auto *grants = static_cast<const abi::Grant *>(wrought_config.grants);
  for (uint64_t index = 0; index != wrought_config.grantCount; ++index)
    openDirectory(table, static_cast<const char *>(grants[index].hostPath),
                  static_cast<const char *>(grants[index].guestPath),
                  grants[index].isReadOnly != 0);
  ClauseList list = environmentGrants();
  for (size_t index = 0; index != list.count; ++index)
    if (const Clause &clause = list.clauses[index];
        clause.kind == Clause::Kind::Directory)
      openDirectory(table, clause.text, clause.guestPath, clause.isReadOnly);
  if (wrought_wasi_open_listeners != nullptr)
    wrought_wasi_open_listeners(table);
  for (size_t index = 0; index != list.count; ++index)
    if (list.clauses[index].kind == Clause::Kind::Socket)
      openSocket(table, list.clauses[index].fd);
}
