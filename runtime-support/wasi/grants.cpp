//===- grants.cpp - What the guest was given ------------------------------===//
#include "wasi/grants.h"

#include "core/message.h"
#include "core/process.h"
#include "os/linux/system.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

/// Reads one clause and writes its strings over what it has read, which is
/// never shorter.
class ClauseParser {
public:
  explicit ClauseParser(char *text) : text_(text), next_(text) {}

  bool atEnd() const { return *next_ == '\0'; }
  size_t offset() const { return static_cast<size_t>(next_ - text_); }

  /// Steps over an empty clause.
  bool skipEmpty() {
    if (*next_ != ';')
      return false;
    ++next_;
    return true;
  }

  const char *parse(Clause &clause) {
    if (startsWith(next_, "dir="))
      return parseDirectory(clause);
    if (startsWith(next_, "env="))
      return parseVariable(clause);
    if (startsWith(next_, "socket="))
      return parseSocket(clause);
    return "a grant begins with 'dir=', 'env=' or 'socket='";
  }

private:
  /// Unescapes up to an unescaped `stop` or the clause's end into a string.
  char *unescape(char stop) {
    char *begin = next_, *out = next_;
    for (; *next_ != '\0' && *next_ != ';' && *next_ != stop; ++next_) {
      if (*next_ == '\\' && next_[1] != '\0')
        ++next_;
      *out++ = *next_;
    }
    // The separator may be what the NUL overwrites.
    separator_ = *next_;
    if (separator_ != '\0')
      ++next_;
    *out = '\0';
    return begin;
  }

  bool isClauseOver() const { return separator_ == ';' || separator_ == '\0'; }

  const char *parseDirectory(Clause &clause) {
    clause.kind = Clause::Kind::Directory;
    next_ += 4;
    clause.text = clause.guestPath = unescape(':');
    if (separator_ == ':' && *next_ == ':') {
      ++next_;
      clause.guestPath = unescape(':');
      if (*clause.guestPath == '\0')
        return "the guest's path is empty";
    }
    if (*clause.text == '\0')
      return "the directory is empty";
    if (isClauseOver())
      return nullptr;
    const char *suffix = unescape(':');
    if (!isClauseOver() || suffix[0] != 'r' || suffix[1] != 'o' ||
        suffix[2] != '\0')
      return "after the path comes '::', ':ro' or the end (write ':' as '\\:')";
    clause.isReadOnly = true;
    return nullptr;
  }

  const char *parseVariable(Clause &clause) {
    clause.kind = Clause::Kind::Variable;
    next_ += 4;
    clause.text = unescape(';');
    if (*clause.text == '\0' || *clause.text == '=')
      return "the variable has no name";
    return nullptr;
  }

  const char *parseSocket(Clause &clause) {
    clause.kind = Clause::Kind::Socket;
    next_ += 7;
    const char *digits = unescape(';');
    int value = 0;
    for (const char *digit = digits; *digit != '\0'; ++digit) {
      if (*digit < '0' || *digit > '9' || value > 99999)
        return "the socket is not a descriptor number";
      value = value * 10 + (*digit - '0');
    }
    if (*digits == '\0')
      return "the socket is not a descriptor number";
    clause.hostFd = value;
    return nullptr;
  }

  char *text_;
  char *next_;
  char separator_ = '\0';
};

/// Whether whoever started the program could lack rights that it has: then what
/// the caller's environment says must not count.
bool isPrivileged() {
  return sys::getuid() != sys::geteuid() || sys::getgid() != sys::getegid();
}

const char *describe(long error) {
  switch (error) {
  case sys::eNoent:
    return "No such file or directory";
  case sys::eAcces:
    return "Permission denied";
  case sys::eNotdir:
    return "Not a directory";
  case sys::eLoop:
    return "Too many levels of symbolic links";
  case sys::eNametoolong:
    return "File name too long";
  case sys::eMfile:
  case sys::eNfile:
    return "Too many open files";
  case sys::ePerm:
    return "Operation not permitted";
  case sys::eNomem:
    return "Cannot allocate memory";
  case sys::eBadf:
    return "Bad file descriptor";
  case sys::eNotsock:
    return "Not a socket";
  case sys::eIo:
    return "Input/output error";
  default:
    return nullptr;
  }
}

[[noreturn]] void failToOpen(const char *what, const char *name, long result) {
  Message message;
  message.text("wrought: error: cannot open granted ").text(what).text(" '");
  message.text(name).text("': ");
  if (const char *text = describe(-result))
    message.text(text);
  else
    message.text("error ").decimal(static_cast<uint64_t>(-result));
  message.text("\n");
  exitWith(message);
}

void openDirectory(DescriptorTable &table, const char *hostPath,
                   const char *guestPath, bool isReadOnly) {
  long hostFd = sys::openat(
      sys::atFdcwd, hostPath,
      sys::oRdonly | sys::oDirectory | sys::oCloexec | sys::oNonblock, 0);
  if (hostFd < 0)
    failToOpen("directory", hostPath, hostFd);
  Descriptor descriptor;
  descriptor.isReadOnly = isReadOnly;
  descriptor.isIdentified = true;
  descriptor.type = FileType::Directory;
  descriptor.hostFd = static_cast<int>(hostFd);
  descriptor.rightsBase = rights::directory;
  descriptor.rightsInheriting = rights::directory | rights::file;
  descriptor.preopenName = guestPath;
  uint32_t fd;
  if (table.insert(descriptor, fd, 3) != Errno::Success)
    failToOpen("directory", hostPath, -sys::eMfile);
}

void openSocket(DescriptorTable &table, const Clause &clause) {
  int type = 0;
  long result =
      sys::getsockopt(clause.hostFd, sys::solSocket, sys::soType, &type);
  // A duplicate, so that closing it here takes nothing from the host's.
  if (result >= 0)
    result = sys::fcntl(clause.hostFd, sys::fDupfdCloexec, 3);
  char number[12] = {};
  char *digit = number + sizeof number - 1;
  for (int rest = clause.hostFd; digit == number + sizeof number - 1 || rest;
       rest /= 10)
    *--digit = static_cast<char>('0' + rest % 10);
  if (result < 0)
    failToOpen("socket", digit, result);
  Descriptor descriptor;
  descriptor.hostFd = static_cast<int>(result);
  descriptor.isInherited = true;
  uint32_t fd;
  if (table.insert(descriptor, fd, 3) != Errno::Success)
    failToOpen("socket", digit, -sys::eMfile);
}

constinit ClauseList parsedClauses;
constinit bool isParsed = false;
constinit void *storage = nullptr;
constinit size_t storageByteLength = 0;

[[noreturn]] void failToParse(const char *text, const ClauseError &error) {
  Message message;
  message.text("wrought: error: WROUGHT_GRANTS, at '");
  message.text(text + error.offset).text("': ").text(error.message).text("\n");
  exitWith(message);
}

/// Text and clauses live in one mapping of their own.
ClauseList parseCopy(const char *text) {
  size_t length = 0, clauseCount = 1;
  for (; text[length] != '\0'; ++length)
    clauseCount += text[length] == ';';
  storageByteLength = clauseCount * sizeof(Clause) + length + 1;
  long mapped =
      sys::mmap(nullptr, storageByteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    failToParse(text, {"cannot allocate memory", 0});
  storage = reinterpret_cast<void *>(mapped);
  auto *clauses = static_cast<Clause *>(storage);
  for (size_t index = 0; index != clauseCount; ++index)
    clauses[index] = {};
  auto *copy = reinterpret_cast<char *>(clauses + clauseCount);
  __builtin_memcpy(copy, text, length + 1);
  ClauseError error;
  size_t count = parseClauses(copy, clauses, error);
  if (error.message != nullptr)
    failToParse(text, error);
  return {clauses, count};
}

} // namespace

size_t parseClauses(char *text, Clause *clauses, ClauseError &error) {
  ClauseParser parser(text);
  size_t count = 0;
  while (!parser.atEnd()) {
    if (parser.skipEmpty())
      continue;
    error.offset = parser.offset();
    error.message = parser.parse(clauses[count]);
    if (error.message != nullptr)
      return 0;
    ++count;
  }
  return count;
}

const char *hostVariable(const char *name) {
  for (char **entry = process.environment; entry && *entry; ++entry)
    if ((*entry)[nameLength(*entry)] == '=' && hasSameName(*entry, name))
      return *entry + nameLength(name) + 1;
  return nullptr;
}

ClauseList environmentGrants() {
  if (isParsed)
    return parsedClauses;
  isParsed = true;
  const char *text =
      wrought_config.isSealed ? nullptr : hostVariable("WROUGHT_GRANTS");
  if (text != nullptr && *text != '\0' && !isPrivileged())
    parsedClauses = parseCopy(text);
  return parsedClauses;
}

void openGrants(DescriptorTable &table) {
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
  for (size_t index = 0; index != list.count; ++index)
    if (list.clauses[index].kind == Clause::Kind::Socket)
      openSocket(table, list.clauses[index]);
}

void releaseGrants() {
  if (storage != nullptr)
    sys::munmap(storage, storageByteLength);
  storage = nullptr;
  isParsed = false;
  parsedClauses = {};
}

} // namespace wrought::wasi
