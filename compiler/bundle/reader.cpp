#include "bundle/reader.h"
#include "bundle/entry_checker.h"
#include "bundle/limits.h"
#include "bundle/signing.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cassert>
#include <optional>

namespace wrought::bundle {

bool startsAsBundle(llvm::StringRef path) {
  static constexpr char Magic[] = {'\x28', '\xb5', '\x2f', '\xfd'};
  RandomAccessFile file;
  char bytes[sizeof(Magic)];
  return file.open(path).empty() && file.read(0, bytes).empty() &&
         llvm::ArrayRef(bytes) == llvm::ArrayRef(Magic);
}

void Reader::report(std::optional<uint64_t> offset, std::string message,
                    Diagnostics &diagnostics) const {
  Location location;
  location.file = path_;
  location.byteOffset = offset;
  diagnostics.error(std::move(location), std::move(message));
}

std::optional<Reader> Reader::open(llvm::StringRef path,
                                   Diagnostics &diagnostics) {
  Reader reader;
  reader.path_ = path.str();
  std::string message = reader.file_.open(path);
  if (!message.empty()) {
    diagnostics.error(("cannot read '" + path + "': " + message).str());
    return std::nullopt;
  }
  message = reader.readSeekTable();
  if (!message.empty()) {
    reader.report(std::nullopt, message, diagnostics);
    return std::nullopt;
  }
  if (auto problem = reader.readHead()) {
    reader.report(problem->offset, "manifest: " + problem->message,
                  diagnostics);
    return std::nullopt;
  }
  message = reader.checkLength();
  if (!message.empty()) {
    reader.report(std::nullopt, message, diagnostics);
    return std::nullopt;
  }
  return reader;
}

/// Finds the frames from the end of the file.
std::string Reader::readSeekTable() {
  static constexpr char NoBundle[] =
      "no bundle, or one that was cut off: it does not end in a seek table";
  std::array<char, SeekFooterBytes> footer;
  if (file_.byteLength() < footer.size())
    return NoBundle;
  std::string message = file_.read(file_.byteLength() - footer.size(), footer);
  if (!message.empty())
    return message;
  const size_t count = readSeekFooter(
      llvm::arrayRefFromStringRef({footer.data(), footer.size()}));
  const uint64_t tableLength = seekTableByteLength(count);
  if (count == 0 || tableLength > file_.byteLength())
    return NoBundle;
  std::vector<char> table(tableLength);
  message = file_.read(file_.byteLength() - tableLength, table);
  if (!message.empty())
    return message;
  if (!decodeSeekTable(
          llvm::arrayRefFromStringRef({table.data(), table.size()}), frames_))
    return "the seek table is damaged";
  uint64_t sum = tableLength;
  for (const FrameSize &frame : frames_)
    sum += frame.packed;
  if (sum != file_.byteLength())
    return "the seek table is damaged, or bytes are missing: its frames do not "
           "fill the file";
  const FrameSize &digest = frames_.back();
  if (frames_.size() < 2 || digest.unpacked != 0 ||
      digest.packed != DigestFrameBytes)
    return "the seek table is damaged: it lists no digest";
  return "";
}

std::optional<FrameProblem> Reader::readHead() {
  const FrameSize &size = frames_.front();
  constexpr uint64_t Most =
      limits::ManifestBytes + SignatureBytes + 5 * TarBlock;
  if (size.unpacked > Most)
    return FrameProblem{0, "larger than it may be (16 MiB)"};
  std::string head;
  const auto problem = readFrame(
      file_, 0, size, [](llvm::StringRef) { return true; },
      [&](llvm::StringRef bytes) {
        head += bytes;
        return true;
      });
  if (problem)
    return problem;
  std::string message = splitHead(head);
  if (!message.empty())
    return FrameProblem{0, message};
  return std::nullopt;
}

/// The length in an entry's header; the header is compared as a whole later.
static std::optional<uint64_t> lengthInHeader(llvm::StringRef header) {
  uint64_t length = 0;
  if (header.substr(124, 11).getAsInteger(8, length))
    return std::nullopt;
  return length;
}

/// Takes the entry with this path off the front.
static std::optional<llvm::StringRef> takeEntry(llvm::StringRef path,
                                                llvm::StringRef &head) {
  if (head.size() < TarBlock)
    return std::nullopt;
  const auto length = lengthInHeader(head);
  if (!length || *length > head.size() - TarBlock)
    return std::nullopt;
  const TarHeader header = tarHeader(path, *length, 0644);
  const uint64_t whole = TarBlock + *length + tarPadding(*length);
  if (!head.starts_with({header.data(), header.size()}) || whole > head.size())
    return std::nullopt;
  const llvm::StringRef content = head.substr(TarBlock, *length);
  head = head.drop_front(whole);
  return content;
}

std::string Reader::splitHead(llvm::StringRef head) {
  const llvm::StringRef whole = head;
  const auto text = takeEntry(ManifestPath, head);
  if (!text)
    return "the archive does not begin with a file 'manifest.json'";
  std::string message;
  auto manifest = parseManifest(*text, message);
  if (!manifest)
    return message;
  if (!head.empty()) {
    const auto signature = takeEntry(SignaturePath, head);
    if (!signature || signature->size() != SignatureBytes || !head.empty())
      return "what follows is not a signature";
    signature_.assign(signature->bytes_begin(), signature->bytes_end());
  }
  manifest_ = std::move(*manifest);
  manifestText_ = text->str();
  entries_ = planArchive(manifest_, manifestText_, signature_);
  // The padding is part of what may not differ.
  for (size_t index = 0; index != (signature_.empty() ? 1u : 2u); ++index) {
    llvm::StringRef bytes = whole.drop_front(entries_[index].offset);
    EntryChecker checker(entries_[index]);
    if (!checker.take(bytes, [](llvm::StringRef) { return true; }))
      return checker.problem();
  }
  return "";
}

std::string Reader::checkLength() const {
  uint64_t length = 0;
  for (const FrameSize &frame : frames_)
    length += frame.unpacked;
  const uint64_t expected = archiveByteLength(entries_);
  if (length == expected)
    return "";
  return llvm::formatv("the archive has {0} bytes, after the manifest it "
                       "should have {1}",
                       length, expected);
}

namespace {

/// Some of the archive's entries as it comes in; the others are passed over.
class WantedEntries {
public:
  /// `entries` of which `wanted` are handed to `sink`, in ascending order.
  WantedEntries(llvm::ArrayRef<ArchiveEntry> entries,
                llvm::ArrayRef<size_t> wanted, PartSink &sink)
      : entries_(entries), wanted_(wanted), sink_(sink) {}

  bool isDone() const { return wanted_.empty(); }
  const ArchiveEntry &next() const { return entries_[wanted_.front()]; }

  /// False when something differs or the sink said stop: then problem() is
  /// empty.
  bool take(llvm::StringRef bytes) {
    while (!bytes.empty() && !isDone()) {
      const size_t before = bytes.size();
      if (offset_ < next().offset)
        bytes = bytes.drop_front(
            std::min<uint64_t>(next().offset - offset_, before));
      else if (!takeNext(bytes))
        return false;
      offset_ += before - bytes.size();
    }
    return true;
  }
  /// Frames that hold nothing wanted need not be read.
  void passOver(uint64_t byteLength) { offset_ += byteLength; }
  uint64_t offset() const { return offset_; }
  const std::string &problem() const { return problem_; }

private:
  bool takeNext(llvm::StringRef &bytes) {
    if (!checker_) {
      if (!sink_.begin(wanted_.front()))
        return false;
      checker_.emplace(next());
    }
    if (!checker_->take(bytes, [&](llvm::StringRef content) {
          return sink_.take(content);
        })) {
      problem_ = checker_->problem();
      return false;
    }
    if (!checker_->isDone())
      return true;
    checker_.reset();
    wanted_ = wanted_.drop_front();
    return sink_.end();
  }

  llvm::ArrayRef<ArchiveEntry> entries_;
  llvm::ArrayRef<size_t> wanted_;
  PartSink &sink_;
  uint64_t offset_ = 0; ///< in the archive
  std::optional<EntryChecker> checker_;
  std::string problem_;
};

} // namespace

bool Reader::extract(llvm::ArrayRef<size_t> indices, PartSink &sink,
                     Diagnostics &diagnostics) const {
  assert(llvm::is_sorted(indices) && "the archive is read once");
  const auto parts =
      llvm::ArrayRef(entries_).drop_front(signature_.empty() ? 1 : 2);
  WantedEntries wanted(parts, indices, sink);
  uint64_t fileOffset = 0;
  for (const FrameSize &frame : frames_) {
    if (wanted.isDone())
      return true;
    if (wanted.offset() + frame.unpacked <= wanted.next().offset) {
      wanted.passOver(frame.unpacked);
    } else {
      bool isRight = true;
      const auto problem = readFrame(
          file_, fileOffset, frame, [](llvm::StringRef) { return true; },
          [&](llvm::StringRef bytes) {
            isRight = wanted.take(bytes);
            return isRight && !wanted.isDone();
          });
      const std::string message = problem ? problem->message : wanted.problem();
      if (!message.empty())
        report(problem ? problem->offset : fileOffset,
               wanted.next().path + ": " + message, diagnostics);
      if (problem || !isRight)
        return false;
    }
    fileOffset += frame.packed;
  }
  return wanted.isDone();
}

namespace {

/// The whole archive as it comes in.
class ArchiveChecker {
public:
  explicit ArchiveChecker(llvm::ArrayRef<ArchiveEntry> entries)
      : entries_(entries) {
    next();
  }

  bool take(llvm::StringRef bytes) {
    while (!bytes.empty()) {
      if (!checker_) {
        if (bytes.find_first_not_of('\0') == llvm::StringRef::npos)
          return true;
        problem_ = "bytes behind the last part are not zero";
        return false;
      }
      if (!checker_->take(bytes, [](llvm::StringRef) { return true; })) {
        problem_ = checker_->problem();
        return false;
      }
      if (checker_->isDone())
        next();
    }
    return true;
  }
  const std::string &problem() const { return problem_; }
  /// What is being read, for messages.
  std::string place() const {
    return checker_ ? entries_[index_ - 1].path : "end of the archive";
  }

private:
  void next() {
    if (index_ != entries_.size())
      checker_.emplace(entries_[index_++]);
    else
      checker_.reset();
  }

  llvm::ArrayRef<ArchiveEntry> entries_;
  size_t index_ = 0;
  std::optional<EntryChecker> checker_;
  std::string problem_;
};

} // namespace

bool Reader::verify(Diagnostics &diagnostics) const {
  ArchiveChecker archive(entries_);
  llvm::SHA256 hasher;
  uint64_t offset = 0;
  for (const FrameSize &frame : llvm::ArrayRef(frames_).drop_back()) {
    const auto problem = readFrame(
        file_, offset, frame,
        [&](llvm::StringRef raw) {
          hasher.update(raw);
          return true;
        },
        [&](llvm::StringRef bytes) { return archive.take(bytes); });
    if (problem || !archive.problem().empty()) {
      report(problem ? problem->offset : offset,
             archive.place() + ": " +
                 (problem ? problem->message : archive.problem()),
             diagnostics);
      return false;
    }
    offset += frame.packed;
  }
  return verifyDigest(offset, hasher.result(), diagnostics);
}

/// What decompression does not notice (bits without a meaning), this does.
bool Reader::verifyDigest(uint64_t offset, llvm::ArrayRef<uint8_t> digest,
                          Diagnostics &diagnostics) const {
  std::array<uint8_t, 32> bytes;
  llvm::copy(digest, bytes.begin());
  const auto expected = encodeDigestFrame(bytes);
  std::array<char, DigestFrameBytes> frame;
  std::string message = file_.read(offset, frame);
  if (message.empty() &&
      llvm::arrayRefFromStringRef({frame.data(), frame.size()}) !=
          llvm::ArrayRef(expected))
    message = "the file's digest is not that of the bytes before it: one of "
              "them, or the digest, was changed";
  if (!message.empty())
    report(offset, message, diagnostics);
  return message.empty();
}

} // namespace wrought::bundle
