#include "cache/action_result.h"
#include "support/sha256.h"

#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"

namespace wrought::cache {

namespace {

/// Protocol buffers: a field is a number and a wire type, then the value.
enum WireType : unsigned { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// Of build.bazel.remote.execution.v2.
enum Field : unsigned {
  ResultOutputFiles = 2,
  ResultStandardError = 7,
  FilePath = 1,
  FileDigest = 2,
  FileIsExecutable = 4,
  DigestHash = 1,
  DigestSize = 2,
};

/// Takes fields off the front of a message.
class FieldReader {
public:
  explicit FieldReader(llvm::StringRef message) : rest_(message) {}

  bool isAtEnd() const { return rest_.empty(); }
  /// False when the message is damaged. A value is a number or bytes.
  bool next(unsigned &field, uint64_t &number, llvm::StringRef &bytes) {
    uint64_t tag = 0;
    if (!takeVarint(tag))
      return false;
    field = static_cast<unsigned>(tag >> 3);
    bytes = "";
    number = 0;
    switch (tag & 7) {
    case Varint:
      return takeVarint(number);
    case Fixed64:
      return takeBytes(8, bytes);
    case Fixed32:
      return takeBytes(4, bytes);
    case Bytes:
      return takeVarint(number) && takeBytes(number, bytes);
    default:
      return false;
    }
  }

private:
  bool takeVarint(uint64_t &value) {
    unsigned length = 0;
    const char *error = nullptr;
    value = llvm::decodeULEB128(rest_.bytes_begin(), &length, rest_.bytes_end(),
                                &error);
    if (error)
      return false;
    rest_ = rest_.drop_front(length);
    return true;
  }
  bool takeBytes(uint64_t length, llvm::StringRef &bytes) {
    if (length > rest_.size())
      return false;
    bytes = rest_.take_front(length);
    rest_ = rest_.drop_front(length);
    return true;
  }

  llvm::StringRef rest_;
};

} // namespace

static void putNumber(llvm::raw_ostream &out, unsigned field, uint64_t value) {
  llvm::encodeULEB128(field << 3 | Varint, out);
  llvm::encodeULEB128(value, out);
}

static void putBytes(llvm::raw_ostream &out, unsigned field,
                     llvm::StringRef bytes) {
  llvm::encodeULEB128(field << 3 | Bytes, out);
  llvm::encodeULEB128(bytes.size(), out);
  out << bytes;
}

std::string encodeRecord(const Artifact &artifact) {
  std::string digest, file, result;
  llvm::raw_string_ostream digestOut(digest), fileOut(file), out(result);
  putBytes(digestOut, DigestHash, artifact.sha256);
  putNumber(digestOut, DigestSize, artifact.byteLength);
  putBytes(fileOut, FilePath, "out");
  putBytes(fileOut, FileDigest, digest);
  if (artifact.isExecutable)
    putNumber(fileOut, FileIsExecutable, 1);
  putBytes(out, ResultOutputFiles, file);
  if (!artifact.messages.empty())
    putBytes(out, ResultStandardError, artifact.messages);
  return result;
}

static bool decodeDigest(llvm::StringRef message, Artifact &artifact) {
  for (FieldReader reader(message); !reader.isAtEnd();) {
    unsigned field;
    uint64_t number;
    llvm::StringRef bytes;
    if (!reader.next(field, number, bytes))
      return false;
    if (field == DigestHash)
      artifact.sha256 = bytes.str();
    else if (field == DigestSize)
      artifact.byteLength = number;
  }
  return true;
}

static bool decodeFile(llvm::StringRef message, Artifact &artifact) {
  for (FieldReader reader(message); !reader.isAtEnd();) {
    unsigned field;
    uint64_t number;
    llvm::StringRef bytes;
    if (!reader.next(field, number, bytes) ||
        (field == FileDigest && !decodeDigest(bytes, artifact)))
      return false;
    if (field == FileIsExecutable)
      artifact.isExecutable = number != 0;
  }
  return true;
}

std::optional<Artifact> decodeRecord(llvm::StringRef record) {
  if (record.size() > RecordBytes)
    return std::nullopt;
  Artifact artifact;
  size_t fileCount = 0;
  for (FieldReader reader(record); !reader.isAtEnd();) {
    unsigned field;
    uint64_t number;
    llvm::StringRef bytes;
    if (!reader.next(field, number, bytes))
      return std::nullopt;
    if (field == ResultOutputFiles &&
        (++fileCount > 1 || !decodeFile(bytes, artifact)))
      return std::nullopt;
    if (field == ResultStandardError)
      artifact.messages = bytes.str();
  }
  if (fileCount != 1 || !isSha256Hex(artifact.sha256))
    return std::nullopt;
  return artifact;
}

} // namespace wrought::cache
