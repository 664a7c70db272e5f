#include "driver/option_values.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::driver;

static std::optional<uint64_t> size(llvm::StringRef text) {
  std::string message;
  const auto length = parseByteLength(text, message);
  EXPECT_EQ(length.has_value(), message.empty()) << text.str();
  return length;
}

TEST(ByteLength, TakesUnitsOfPowersOf1024) {
  EXPECT_EQ(size("0"), 0u);
  EXPECT_EQ(size("65536"), 65536u);
  EXPECT_EQ(size("12B"), 12u);
  EXPECT_EQ(size("64KiB"), 65536u);
  EXPECT_EQ(size("64k"), 65536u);
  EXPECT_EQ(size("16MiB"), uint64_t{16} << 20);
  EXPECT_EQ(size("16 MB"), uint64_t{16} << 20);
  EXPECT_EQ(size("1g"), uint64_t{1} << 30);
  EXPECT_EQ(size("2TiB"), uint64_t{2} << 40);
  EXPECT_EQ(size("18446744073709551615"), UINT64_MAX);
}

TEST(ByteLength, RefusesWhatIsNoSize) {
  for (const char *text : {"", "k", "-1", "1.5k", "1x", "0x10", "1kk", " 1"})
    EXPECT_FALSE(size(text)) << text;
}

TEST(ByteLength, RefusesOverflow) {
  EXPECT_FALSE(size("18446744073709551616"));
  EXPECT_FALSE(size("16777216T"));
  EXPECT_TRUE(size("16777215T"));
}

static std::string grant(llvm::StringRef text) {
  std::string message;
  const auto result = parseGrant(text, message);
  if (!result)
    return message;
  return result->hostPath + " as " + result->guestPath +
         (result->isReadOnly ? " read-only" : "");
}

TEST(Grant, NamesHostAndGuest) {
  EXPECT_EQ(grant("."), ". as .");
  EXPECT_EQ(grant("/srv/data::/data"), "/srv/data as /data");
  EXPECT_EQ(grant("/srv:ro"), "/srv as /srv read-only");
  EXPECT_EQ(grant("a:b::/c:ro"), "a:b as /c read-only");
}

TEST(Grant, RefusesEmptyPaths) {
  EXPECT_EQ(grant(""), "'' is not HOST[::GUEST][:ro]");
  EXPECT_EQ(grant("::/data"), "'::/data' is not HOST[::GUEST][:ro]");
  EXPECT_EQ(grant("a::"), "'a::' is not HOST[::GUEST][:ro]");
  EXPECT_EQ(grant(":ro"), "':ro' is not HOST[::GUEST][:ro]");
}

TEST(Features, AreSwitchedOneByOne) {
  wasm::FeatureSet features = wasm::FeatureSet::defaults();
  std::string message;
  ASSERT_TRUE(parseFeatures("-simd,threads, -gc", features, message));
  EXPECT_FALSE(features.has(wasm::Feature::Simd));
  EXPECT_TRUE(features.has(wasm::Feature::Threads));
  EXPECT_FALSE(features.has(wasm::Feature::Gc));
  EXPECT_TRUE(features.has(wasm::Feature::MultiValue));
}

TEST(Features, GoByAllAsWell) {
  wasm::FeatureSet features;
  std::string message;
  ASSERT_TRUE(parseFeatures("-all,mvp", features, message));
  EXPECT_TRUE(features.has(wasm::Feature::Mvp));
  EXPECT_FALSE(features.has(wasm::Feature::Simd));
  EXPECT_FALSE(parseFeatures("warp", features, message));
  EXPECT_EQ(message, "unknown WebAssembly feature 'warp'");
}

static std::string ending(llvm::StringRef output) {
  std::string message;
  const auto emit = emitByEnding(output, message);
  return emit ? defaultOutput("x.wasm", *emit) : message;
}

TEST(Emit, FollowsFromTheOutputsEnding) {
  EXPECT_EQ(ending("app"), "x");
  EXPECT_EQ(ending("app.exe"), "x");
  EXPECT_EQ(ending("app.o"), "x.o");
  EXPECT_EQ(ending("app.ll"), "x.ll");
  EXPECT_EQ(ending("app.bc"), "x.bc");
  EXPECT_EQ(ending("dir.o/app.s"), "x.s");
  EXPECT_EQ(ending("app.so"), "x.so");
  EXPECT_EQ(ending("app.a"), "x.a");
}

TEST(DefaultOutput, IsTheInputsNameInTheCurrentFolder) {
  EXPECT_EQ(defaultOutput("dir/app.wasm", EmitKind::Executable), "app");
  EXPECT_EQ(defaultOutput("app.wat", EmitKind::Object), "app.o");
  EXPECT_EQ(defaultOutput("app.wasm", EmitKind::LlvmIr), "app.ll");
  EXPECT_EQ(defaultOutput("-", EmitKind::Executable), "a.out");
}

TEST(DefaultOutput, IsNeverTheInput) {
  EXPECT_EQ(defaultOutput("app", EmitKind::Executable), "app.out");
  EXPECT_EQ(defaultOutput("dir/app.o", EmitKind::Executable), "app.o.out");
  EXPECT_EQ(defaultOutput(".wasm", EmitKind::Executable), "a.out");
}
