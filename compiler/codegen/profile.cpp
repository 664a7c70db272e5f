#include "codegen/profile.h"

#include "abi/profile.h"

#include "llvm/ProfileData/InstrProfWriter.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MD5.h"

namespace wrought::codegen {

/// More tells no more, and sums of these do not overflow.
static constexpr uint64_t LargestCount = uint64_t{1} << 48;

static uint64_t addCounts(uint64_t a, uint64_t b) {
  return std::min(LargestCount,
                  std::min(a, LargestCount) + std::min(b, LargestCount));
}

/// Reads one file into a profile of its own.
class ProfileReader {
public:
  ProfileReader(llvm::StringRef bytes) : bytes_(bytes) {}

  bool read(Profile &out) {
    if (!readHeader())
      return false;
    std::vector<Counted> functions;
    while (functions.size() != functionCount_)
      if (!readFunction(functions.emplace_back()))
        return false;
    if (offset_ != bytes_.size())
      return fail("there is more than the functions that it tells of");
    for (const Counted &function : functions)
      if (!addTo(out, function, functions))
        return false;
    return true;
  }

  llvm::StringRef message() const { return message_; }
  size_t errorOffset() const { return errorOffset_; }

private:
  struct Counted {
    std::string name;
    uint64_t hash = 0;
    std::vector<uint64_t> counters;
    size_t sitesOffset = 0;
    uint64_t siteCount = 0;
  };

  bool fail(llvm::StringRef message) { return fail(message, offset_); }
  bool fail(llvm::StringRef message, size_t offset) {
    message_ = message;
    errorOffset_ = offset;
    return false;
  }

  uint64_t wordAt(size_t offset) const {
    return llvm::support::endian::read64le(bytes_.data() + offset);
  }
  uint64_t take() {
    const uint64_t word = wordAt(offset_);
    offset_ += 8;
    return word;
  }
  bool has(uint64_t count, uint64_t byteLength) const {
    return count <= (bytes_.size() - offset_) / byteLength;
  }

  bool readHeader() {
    if (bytes_.size() < 8 || take() != abi::profileMagic)
      return fail("this is no profile", 0);
    if (bytes_.size() < sizeof(abi::ProfileHeader))
      return fail("the file ends within its header", bytes_.size());
    if (take() != bytes_.size() || bytes_.size() % 8 != 0)
      return fail("the file has another length than it says", 8);
    functionCount_ = take();
    const uint64_t checksum = take();
    uint64_t sum = abi::profileChecksumSeed;
    for (size_t offset = offset_; offset != bytes_.size(); offset += 8)
      sum = abi::addToProfileChecksum(sum, wordAt(offset));
    if (sum != checksum)
      return fail("the checksum is that of other contents", 24);
    return true;
  }

  bool readFunction(Counted &function) {
    if (!has(1, sizeof(abi::ProfileFunctionHeader)))
      return fail("a function is missing");
    const size_t begin = offset_;
    const uint64_t nameByteLength = take();
    function.hash = take();
    const uint64_t counterCount = take();
    function.siteCount = take();
    if (nameByteLength == 0 || !has(nameByteLength, 1) ||
        !has((nameByteLength + 7) / 8, 8))
      return fail("a name has an impossible length", begin);
    function.name = bytes_.substr(offset_, nameByteLength).str();
    offset_ += (nameByteLength + 7) / 8 * 8;
    // Of a hash LLVM uses 60 bits, and two values beyond for its own ends.
    if (function.hash >> 60 != 0)
      return fail("an impossible hash", begin + 8);
    if (counterCount == 0 || !has(counterCount, 8))
      return fail("an impossible number of counters", begin + 16);
    for (uint64_t index = 0; index != counterCount; ++index)
      function.counters.push_back(std::min(take(), LargestCount));
    if (!has(function.siteCount, sizeof(abi::ProfileSite)))
      return fail("an impossible number of calls", begin + 24);
    function.sitesOffset = offset_;
    offset_ += function.siteCount * sizeof(abi::ProfileSite);
    return true;
  }

  /// Targets are positions among all functions.
  bool addTo(Profile &out, const Counted &from,
             llvm::ArrayRef<Counted> functions) {
    Profile::Function function = {from.counters, {}};
    offset_ = from.sitesOffset;
    for (uint64_t index = 0; index != from.siteCount; ++index) {
      Profile::Site &site = function.sites.emplace_back();
      site.otherCount = std::min(take(), LargestCount);
      for (unsigned place = 0; place != abi::profileTargetCount; ++place) {
        const uint64_t target = take();
        const uint64_t count = take();
        if (count == 0)
          continue;
        if (target >= functions.size())
          return fail("a call of a function that is not there", offset_ - 16);
        uint64_t &sum = site.targets[functions[target].name];
        sum = addCounts(sum, count);
      }
    }
    // Of a program for several CPUs, each version has counted.
    out.merge({from.name, from.hash}, std::move(function));
    return true;
  }

  llvm::StringRef bytes_, message_;
  size_t offset_ = 0, errorOffset_ = 0;
  uint64_t functionCount_ = 0;
};

bool Profile::add(llvm::StringRef file, llvm::StringRef bytes,
                  Diagnostics &diagnostics) {
  const bool isSampled = SampledProfile::isOne(bytes);
  if (isSampled ? !functions_.empty() : !samples_.empty()) {
    Location location;
    location.file = file.str();
    diagnostics.error(std::move(location),
                      "this profile was " +
                          std::string(isSampled ? "sampled, the others counted"
                                                : "counted, the others "
                                                  "sampled"));
    return false;
  }
  if (isSampled)
    return samples_.add(file, bytes, diagnostics);
  ProfileReader reader(bytes);
  Profile read;
  if (!reader.read(read)) {
    Location location;
    location.file = file.str();
    location.byteOffset = reader.errorOffset();
    diagnostics.error(std::move(location),
                      "damaged profile: " + reader.message().str());
    return false;
  }
  for (auto &[key, function] : read.functions_)
    merge(key, std::move(function));
  return true;
}

/// The hash tells the shape, so that others than this disagree only where
/// somebody made them: then the first stays.
void Profile::merge(Key key, Function function) {
  const auto [place, isNew] = functions_.try_emplace(std::move(key));
  Function &known = place->second;
  if (isNew) {
    known = std::move(function);
    return;
  }
  if (known.counters.size() != function.counters.size() ||
      known.sites.size() != function.sites.size())
    return;
  for (auto [sum, count] : llvm::zip(known.counters, function.counters))
    sum = addCounts(sum, count);
  for (auto [to, from] : llvm::zip(known.sites, function.sites)) {
    to.otherCount = addCounts(to.otherCount, from.otherCount);
    for (const auto &[target, count] : from.targets)
      to.targets[target] = addCounts(to.targets[target], count);
  }
}

IndexedProfile Profile::index(llvm::ArrayRef<std::string> symbols,
                              llvm::StringRef prefix) const {
  if (!samples_.empty())
    return samples_.index(symbols, prefix);
  llvm::StringSet<> counted;
  for (const auto &[key, function] : functions_)
    counted.insert(key.first);
  std::vector<NamedSymbol> module;
  for (llvm::StringRef symbol : symbols)
    module.push_back({symbol.drop_front(prefix.size()), symbol});
  const ProfileNames names(counted, module);
  IndexedProfile result;
  names.describe(result);

  llvm::InstrProfWriter writer;
  llvm::cantFail(
      writer.mergeProfileKind(llvm::InstrProfKind::IRInstrumentation));
  const auto ignore = [](llvm::Error error) {
    llvm::consumeError(std::move(error));
  };
  // What the module lacks still tells how hot others are.
  const auto add = [&](llvm::StringRef symbol, uint64_t hash,
                       const Function &function) {
    llvm::NamedInstrProfRecord record(symbol, hash, function.counters);
    record.reserveSites(llvm::IPVK_IndirectCallTarget,
                        static_cast<uint32_t>(function.sites.size()));
    for (const auto [number, site] : llvm::enumerate(function.sites)) {
      std::vector<InstrProfValueData> targets;
      if (site.otherCount != 0)
        targets.push_back({0, site.otherCount});
      for (const auto &[name, count] : site.targets) {
        const auto found = names.symbolsOf(name);
        targets.push_back({llvm::MD5Hash(found.empty() ? llvm::StringRef(name)
                                                       : found.front()),
                           count});
      }
      record.addValueData(llvm::IPVK_IndirectCallTarget,
                          static_cast<uint32_t>(number), targets, nullptr);
    }
    writer.addRecord(std::move(record), ignore);
  };
  for (const auto &[key, function] : functions_) {
    const auto found = names.symbolsOf(key.first);
    if (found.empty())
      add(key.first, key.second, function);
    for (llvm::StringRef symbol : found)
      add(symbol, key.second, function);
  }
  result.bytes = writer.writeBuffer();
  return result;
}

} // namespace wrought::codegen
