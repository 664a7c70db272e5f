//===- grants.cpp - What the guest was given ------------------------------===//
#include "wasi/program/grants.h"

#include "core/message.h"
#include "core/process.h"
#include "model/guest.h"
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
    using Kind = Clause::Kind;
    if (skip("dir="))
      return parseDirectory(clause);
    if (skip("env="))
      return parseText(clause, Kind::Variable);
    if (skip("listen="))
      return parseText(clause, Kind::Listener);
    if (skip("socket="))
      return parseSocket(clause);
    for (int number = 0; number != 3; ++number)
      if (skip(streamClauses[number])) {
        clause.fd = number;
        return parseText(clause, Kind::Stream);
      }
    return "unknown kind of grant";
  }

private:
  static constexpr char streamClauses[3][8] = {"stdin=", "stdout=", "stderr="};

  bool skip(const char *prefix) {
    bool isThere = startsWith(next_, prefix);
    if (isThere)
      next_ += lengthOf(prefix);
    return isThere;
  }

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
    if (!isClauseOver() || !isEqual(suffix, "ro"))
      return "after the path comes '::', ':ro' or the end (write ':' as '\\:')";
    clause.isReadOnly = true;
    return nullptr;
  }

  const char *parseText(Clause &clause, Clause::Kind kind) {
    clause.kind = kind;
    clause.text = unescape(';');
    if (*clause.text == '\0' || *clause.text == '=')
      return "the value is empty";
    return nullptr;
  }

  const char *parseSocket(Clause &clause) {
    clause.kind = Clause::Kind::Socket;
    clause.fd = decimal(unescape(';'), 99999);
    return clause.fd < 0 ? "the socket is not a descriptor number" : nullptr;
  }

  char *text_;
  char *next_;
  char separator_ = '\0';
};

// What can be wrong with a grant, each behind its error number.
constexpr char reasons[] = "\1Operation not permitted\0"
                           "\2No such file or directory\0"
                           "\11Bad file descriptor\0"
                           "\14Cannot allocate memory\0"
                           "\15Permission denied\0"
                           "\24Not a directory\0"
                           "\25Is a directory\0"
                           "\26Not an address and port\0"
                           "\30Too many open files\0"
                           "\36Read-only file system\0"
                           "\50Too many levels of symbolic links\0"
                           "\130Not a socket\0"
                           "\142Address already in use\0"
                           "\143Address not available\0";
static_assert(sys::ePerm == 01 && sys::eNoent == 02 && sys::eBadf == 011 &&
              sys::eNomem == 014 && sys::eAcces == 015 && sys::eNotdir == 024 &&
              sys::eIsdir == 025 && sys::eInval == 026 && sys::eMfile == 030 &&
              sys::eRofs == 036 && sys::eLoop == 050 && sys::eNotsock == 0130 &&
              sys::eAddrinuse == 0142 && sys::eAddrnotavail == 0143);

/// Null for what has no words.
const char *describe(long error) {
  for (const char *reason = reasons; *reason != '\0';
       reason += lengthOf(reason) + 1)
    if (*reason == error)
      return reason + 1;
  return nullptr;
}

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
  Grants &grants = theState.host.grants;
  grants.storageByteLength = clauseCount * sizeof(Clause) + length + 1;
  long mapped = sys::mmap(nullptr, grants.storageByteLength,
                          sys::protRead | sys::protWrite,
                          sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    failToParse(text, {"cannot allocate memory", 0});
  grants.storage = reinterpret_cast<void *>(mapped);
  auto *clauses = static_cast<Clause *>(grants.storage);
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

ClauseList environmentGrants() {
  Grants &grants = theState.host.grants;
  if (grants.areParsed)
    return grants.clauses;
  grants.areParsed = true;
  const char *text = environmentVariable("WROUGHT_GRANTS");
  if (text != nullptr && *text != '\0' && mayAddGrants())
    grants.clauses = parseCopy(text);
  return grants.clauses;
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

/// What was said of a stream last: at start, else at build; null for nothing.
static const char *streamText(uint32_t number) {
  ClauseList list = environmentGrants();
  for (size_t index = list.count; index-- != 0;)
    if (const Clause &clause = list.clauses[index];
        clause.kind == Clause::Kind::Stream &&
        static_cast<uint32_t>(clause.fd) == number)
      return clause.text;
  auto *streams = static_cast<const char *const *>(wrought_config.streams);
  return streams == nullptr ? nullptr : streams[number];
}

void releaseGrants() {
  Grants &grants = theState.host.grants;
  if (grants.storage != nullptr)
    sys::munmap(grants.storage, grants.storageByteLength);
  grants = {};
}

} // namespace wrought::wasi

extern "C" int wrought_wasi_open_stream(uint32_t number) {
  using namespace wrought;
  using namespace wrought::wasi;
  const char *text = streamText(number);
  if (text == nullptr || isEqual(text, "inherit"))
    return static_cast<int>(number);
  bool isNull = isEqual(text, "null");
  int flags = number == 0 ? sys::oRdonly : sys::oWronly;
  if (number != 0 && !isNull)
    flags |= sys::oCreat | sys::oTrunc;
  const char *output = number == 2 ? streamText(1) : nullptr;
  // One file for both: they share the position.
  bool isShared = output != nullptr && isEqual(output, text);
  long hostFd =
      isShared
          ? sys::fcntl(theState.descriptors.outputFd(), sys::fDupfdCloexec, 3)
          : sys::openat(sys::atFdcwd, isNull ? "/dev/null" : text,
                        flags | sys::oCloexec | sys::oNoctty, 0666);
  hostFd = moveAboveStandard(hostFd);
  if (hostFd < 0)
    failToOpen("stream", text, hostFd);
  return static_cast<int>(hostFd);
}
