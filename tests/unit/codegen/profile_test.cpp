#include "codegen/codegen.h"
#include "codegen/profile.h"
#include "translated_module.h"

#include "abi/profile.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Endian.h"

namespace wrought::codegen {
namespace {

using Words = std::vector<uint64_t>;

/// As a program writes it.
std::string profileFile(const Words &functions, uint64_t functionCount) {
  uint64_t checksum = abi::profileChecksumSeed;
  for (uint64_t word : functions)
    checksum = abi::addToProfileChecksum(checksum, word);
  Words words = {abi::profileMagic, (functions.size() + 4) * 8, functionCount,
                 checksum};
  words.insert(words.end(), functions.begin(), functions.end());
  std::string bytes(words.size() * 8, '\0');
  for (size_t index = 0; index < words.size(); ++index)
    llvm::support::endian::write64le(bytes.data() + index * 8, words[index]);
  return bytes;
}

/// "f0" with one counter and one call.
Words oneFunction(uint64_t target, uint64_t count) {
  return {2, 99, 1, 1, 0x3066, 5, 0, target, count, 0, 0, 0, 0, 0, 0};
}

std::string errorOf(const std::string &bytes) {
  Diagnostics diagnostics;
  Profile profile;
  if (profile.add("p", bytes, diagnostics))
    return "";
  EXPECT_EQ(profile.functionCount(), 0u);
  const Diagnostic &error = diagnostics.all().front();
  return std::to_string(error.location.byteOffset.value_or(0)) + ": " +
         error.message;
}

TEST(Profile, WhatIsWholeIsRead) {
  EXPECT_EQ(errorOf(profileFile({}, 0)), "");
  EXPECT_EQ(errorOf(profileFile(oneFunction(0, 3), 1)), "");
  // A place that is free holds anything.
  EXPECT_EQ(errorOf(profileFile(oneFunction(7, 0), 1)), "");
}

TEST(Profile, ErrorsNameTheByte) {
  const std::string whole = profileFile(oneFunction(0, 3), 1);
  EXPECT_EQ(errorOf(""), "0: damaged profile: this is no profile");
  EXPECT_EQ(errorOf(whole.substr(0, 16)),
            "16: damaged profile: the file ends within its header");
  EXPECT_EQ(errorOf(whole.substr(0, whole.size() - 8)),
            "8: damaged profile: the file has another length than it says");
  std::string changed = whole;
  changed.back() ^= 1;
  EXPECT_EQ(errorOf(changed),
            "24: damaged profile: the checksum is that of other contents");
  EXPECT_EQ(errorOf(profileFile({}, 1)),
            "32: damaged profile: a function is missing");
  EXPECT_EQ(errorOf(profileFile(oneFunction(0, 3), 0)),
            "32: damaged profile: there is more than the functions that it "
            "tells of");
  EXPECT_EQ(errorOf(profileFile(oneFunction(1, 3), 1)),
            "88: damaged profile: a call of a function that is not there");
  Words words = oneFunction(0, 3);
  for (auto [word, message] :
       {std::pair(0, "32: damaged profile: a name has an impossible length"),
        std::pair(1, "40: damaged profile: an impossible hash"),
        std::pair(2, "48: damaged profile: an impossible number of counters"),
        std::pair(3, "56: damaged profile: an impossible number of calls")})
    for (uint64_t value : {uint64_t{1} << 61, UINT64_MAX}) {
      Words other = words;
      other[static_cast<size_t>(word)] = value;
      EXPECT_EQ(errorOf(profileFile(other, 1)), message);
    }
}

TEST(Profile, IsFoundByNameWhereANumberHasChanged) {
  Diagnostics diagnostics;
  Profile profile;
  // "f12.go".
  ASSERT_TRUE(profile.add("p", profileFile({6, 1, 1, 0, 0x6f672e323166, 5}, 1),
                          diagnostics));
  const auto symbolsOf = [&](std::vector<std::string> symbols) {
    IndexedProfile index = profile.index(symbols, "wasm.");
    return std::pair<size_t, size_t>(index.symbols.size(), index.absentCount);
  };
  EXPECT_EQ(symbolsOf({"wasm.f12.go", "wasm.f13"}),
            std::pair(size_t{1}, size_t{0}));
  EXPECT_EQ(symbolsOf({"wasm.f14.go"}), std::pair(size_t{1}, size_t{0}));
  EXPECT_EQ(symbolsOf({"wasm.f12"}), std::pair(size_t{0}, size_t{1}));
}

// The table changes: what is in a constant one need not be guessed.
constexpr const char *Calls = R"((module
  (type $f (func (param i32) (result i32)))
  (table 2 funcref) (elem (i32.const 0) $a $b)
  (func $a (type $f) (i32.add (local.get 0) (i32.const 1)))
  (func $b (type $f) (i32.add (local.get 0) (i32.const 2)))
  (func (export "go") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call_indirect (type $f) (local.get 0) (local.get 0)))
      (else (i32.const 0))))
  (func (export "clear") (param i32)
    (table.set (local.get 0) (ref.null func)))))";

class Compiled {
public:
  explicit Compiled(const ProfileOptions &profile) : module(Calls, options()) {
    initialize();
    TargetOptions target;
    target.target = targets::find("x86_64");
    target.cpu.cpu = "x86-64";
    const auto machine = createTargetMachine(target);
    misfitCount = optimize(*module.module0, *machine, OptLevel::O2, profile);
  }

  static translate::Options options() {
    translate::Options options;
    options.exportAll = true;
    return options;
  }

  TranslatedModule module;
  size_t misfitCount;
};

/// The hash and the numbers of counters and calls, from the row of "f2".
struct Shape {
  uint64_t hash = 0, counterCount = 0, siteCount = 0;
};
Shape shapeOfGo(llvm::Module &module) {
  const auto *rows = llvm::cast<llvm::ConstantArray>(
      module.getGlobalVariable("profile_table", true)->getInitializer());
  const auto *row = rows->getOperand(2);
  const auto number = [&](unsigned field) {
    return llvm::cast<llvm::ConstantInt>(row->getOperand(field))
        ->getZExtValue();
  };
  return {number(2), number(5), number(7)};
}

TEST(Profile, FrequentTargetIsCalledDirectly) {
  ProfileOptions counting;
  counting.counts = true;
  counting.symbolPrefix = "wasm.";
  Compiled counted(counting);
  EXPECT_TRUE(counted.module.module0->getFunction("wrought_profile_call"));
  const Shape go = shapeOfGo(*counted.module.module0);
  ASSERT_EQ(go.siteCount, 1u);

  for (const bool fits : {true, false}) {
    // "f1.b" and "f2"; 1000 of 1000 calls are of the first.
    Words words = {4,
                   7,
                   1,
                   0,
                   0x622e3166,
                   1000,
                   2,
                   fits ? go.hash : go.hash + 1,
                   go.counterCount,
                   1,
                   0x3266};
    words.insert(words.end(), go.counterCount, 1000);
    words.insert(words.end(), {0, 0, 1000, 0, 0, 0, 0, 0, 0});
    Diagnostics diagnostics;
    Profile profile;
    ASSERT_TRUE(profile.add("p", profileFile(words, 2), diagnostics));
    Compiled unprofiled({});
    const IndexedProfile index =
        profile.index(unprofiled.module.plan->functionSymbols(), "wasm.");
    ProfileOptions using_;
    using_.counted = &index;
    Compiled used(using_);
    // "f1.b" has another hash than it says.
    EXPECT_EQ(used.misfitCount, fits ? 1u : 2u);
    unsigned comparisons = 0;
    for (const llvm::Instruction &instruction :
         llvm::instructions(*used.module.module0->getFunction("wasm.f2")))
      if (const auto *compare = llvm::dyn_cast<llvm::ICmpInst>(&instruction))
        comparisons += compare->getOperand(1) ==
                       used.module.module0->getFunction("wasm.f1.b");
    EXPECT_EQ(comparisons, fits ? 1u : 0u);
  }
}

} // namespace
} // namespace wrought::codegen
