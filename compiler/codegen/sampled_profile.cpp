#include "codegen/sampled_profile.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/ProfileData/SampleProfReader.h"
#include "llvm/ProfileData/SampleProfWriter.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace wrought::codegen {

using llvm::sampleprof::FunctionId;
using llvm::sampleprof::FunctionSamples;
using llvm::sampleprof::SampleContext;
using llvm::sampleprof::SampleProfileMap;

using Rename = llvm::function_ref<FunctionId(FunctionId)>;

/// What reads and writes profiles calls itself for each level of inlining.
static constexpr unsigned DeepestInlining = 1'000;

/// With what was inlined and called, each under its new name.
static FunctionSamples renamed(const FunctionSamples &from, Rename rename) {
  FunctionSamples to;
  to.setFunction(rename(from.getFunction()));
  to.setTotalSamples(from.getTotalSamples());
  to.setHeadSamples(from.getHeadSamples());
  for (const auto &[place, record] : from.getBodySamples()) {
    to.addBodySamples(place.LineOffset, place.Discriminator,
                      record.getSamples());
    for (const auto &[target, count] : record.getCallTargets())
      to.addCalledTargetSamples(place.LineOffset, place.Discriminator,
                                rename(target), count);
  }
  for (const auto &[place, inlined] : from.getCallsiteSamples())
    for (const auto &[name, samples] : inlined)
      to.functionSamplesAt(place)[rename(name)].merge(renamed(samples, rename));
  return to;
}

static void addAll(const SampleProfileMap &from, SampleProfileMap &to,
                   Rename rename) {
  for (const auto &[key, samples] : from) {
    const FunctionSamples function = renamed(samples, rename);
    to.create(SampleContext(function.getFunction().stringRef()))
        .merge(function);
  }
}

/// Whether `samples` hold others in no more than `depth` levels.
static bool isWithin(const FunctionSamples &samples, unsigned depth) {
  for (const auto &[place, inlined] : samples.getCallsiteSamples())
    for (const auto &[name, inner] : inlined)
      if (depth == 0 || !isWithin(inner, depth - 1))
        return false;
  return true;
}

struct SampledProfile::Samples {
  llvm::BumpPtrAllocator allocator;
  llvm::UniqueStringSaver names{allocator};
  SampleProfileMap functions;
};

SampledProfile::SampledProfile() : samples_(std::make_unique<Samples>()) {}
SampledProfile::SampledProfile(SampledProfile &&) noexcept = default;
SampledProfile &SampledProfile::operator=(SampledProfile &&) noexcept = default;
SampledProfile::~SampledProfile() = default;

bool SampledProfile::empty() const { return samples_->functions.empty(); }

static bool isBinary(const llvm::MemoryBuffer &file) {
  return llvm::sampleprof::SampleProfileReaderExtBinary::hasFormat(file) ||
         llvm::sampleprof::SampleProfileReaderRawBinary::hasFormat(file);
}

bool SampledProfile::isOne(llvm::StringRef bytes) {
  const auto file = llvm::MemoryBuffer::getMemBuffer(bytes, "", false);
  return isBinary(*file) ||
         llvm::sampleprof::SampleProfileReaderText::hasFormat(*file);
}

bool SampledProfile::add(llvm::StringRef file, llvm::StringRef bytes,
                         Diagnostics &diagnostics) {
  const auto fail = [&](std::string message, uint32_t line = 0) {
    Location location;
    location.file = file.str();
    if (line != 0)
      location.line = line;
    diagnostics.error(std::move(location), std::move(message));
    return false;
  };
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(bytes, file);
  if (isBinary(*buffer))
    return fail("a sample profile in binary form: it is read as text (made "
                "with llvm-profgen --format=text, or with llvm-profdata merge "
                "--sample --text)");
  struct Message {
    std::string text;
    uint32_t line = 0;
  } message;
  llvm::LLVMContext context;
  context.setDiagnosticHandlerCallBack(
      [](const llvm::DiagnosticInfo *info, void *to) {
        if (const auto *found =
                llvm::dyn_cast<llvm::DiagnosticInfoSampleProfile>(info))
          *static_cast<Message *>(to) = {found->getMsg().str(),
                                         found->getLineNum()};
      },
      &message);
  llvm::vfs::InMemoryFileSystem none;
  auto reader =
      llvm::sampleprof::SampleProfileReader::create(buffer, context, none);
  const std::error_code error = reader ? (*reader)->read() : reader.getError();
  if (error)
    return fail("damaged profile: " +
                    (message.text.empty() ? error.message() : message.text),
                message.line);
  if ((*reader)->useMD5() || (*reader)->profileIsCS() ||
      (*reader)->profileIsProbeBased())
    return fail("a sample profile has to name functions and to count by line, "
                "without contexts and probes");
  for (const auto &[key, samples] : (*reader)->getProfiles())
    if (!isWithin(samples, DeepestInlining))
      return fail("damaged profile: inlined in more than " +
                  std::to_string(DeepestInlining) + " levels");
  addAll((*reader)->getProfiles(), samples_->functions, [&](FunctionId name) {
    return FunctionId(samples_->names.save(name.stringRef()));
  });
  return true;
}

/// What a profile of this module calls the function that has this symbol in the
/// profiled program, in whichever of its versions: "f12.main" of
/// "wasm.v1.f12.main". Empty where it is none of a module.
static llvm::StringRef nameIn(llvm::StringRef symbol) {
  if (!symbol.consume_front("wasm."))
    return "";
  if (uint64_t version; symbol.starts_with("v")) {
    symbol = symbol.drop_front();
    if (symbol.consumeInteger(10, version) || !symbol.consume_front("."))
      return "";
  }
  return FunctionSamples::getCanonicalFnName(symbol);
}

IndexedProfile SampledProfile::index(llvm::ArrayRef<std::string> symbols,
                                     llvm::StringRef prefix) const {
  llvm::DenseSet<FunctionId> all;
  for (const auto &[key, samples] : samples_->functions)
    samples.findAllNames(all);
  llvm::StringSet<> sampled;
  for (const FunctionId name : all)
    if (const llvm::StringRef own = nameIn(name.stringRef()); !own.empty())
      sampled.insert(own);
  std::vector<NamedSymbol> module;
  for (llvm::StringRef symbol : symbols)
    module.push_back(
        {FunctionSamples::getCanonicalFnName(symbol.drop_front(prefix.size())),
         symbol});
  const ProfileNames names(sampled, module);

  SampleProfileMap functions;
  addAll(samples_->functions, functions, [&](FunctionId name) {
    const auto found = names.symbolsOf(nameIn(name.stringRef()));
    return found.empty() ? name : FunctionId(found.front());
  });
  IndexedProfile result;
  names.describe(result);
  result.isSampled = true;
  std::string bytes;
  {
    std::unique_ptr<llvm::raw_ostream> out =
        std::make_unique<llvm::raw_string_ostream>(bytes);
    auto writer = llvm::cantFail(
        llvm::errorOrToExpected(llvm::sampleprof::SampleProfileWriter::create(
            out, llvm::sampleprof::SPF_Binary)));
    llvm::cantFail(llvm::errorCodeToError(writer->write(functions)));
  }
  result.bytes = llvm::MemoryBuffer::getMemBufferCopy(bytes);
  return result;
}

} // namespace wrought::codegen
