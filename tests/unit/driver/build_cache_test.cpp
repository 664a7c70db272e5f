#include "driver/build_cache.h"
#include "driver/compiler_identity.h"
#include "support/sha256.h"
#include "temporary_folder.h"

#include "llvm/ADT/StringSet.h"

using namespace wrought;
using namespace wrought::driver;

static constexpr uint8_t Module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

static CompileRequest request() {
  CompileRequest request;
  request.inputPath = "app.wasm";
  request.outputPath = "/cache/program";
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64", ""};
  return request;
}

TEST(CacheKey, DependsOnEverythingThatChangesTheProgram) {
  llvm::StringSet<> keys;
  size_t count = 0;
  const auto add = [&](auto change) {
    CompileRequest changed = request();
    change(changed);
    keys.insert(cacheKey(changed, {Module}, "runtime"));
    ++count;
  };
  add([](CompileRequest &) {});
  add([](CompileRequest &r) { r.cpu.cpu = "x86-64-v2"; });
  add([](CompileRequest &r) { r.cpu.features = "+adx"; });
  add([](CompileRequest &r) { r.cpu.label = "native"; });
  add([](CompileRequest &r) { r.furtherCpus = {{"x86-64-v2", ""}}; });
  add([](CompileRequest &r) { r.furtherCpus = {{"x86-64-v3", ""}}; });
  add([](CompileRequest &r) { r.target = targets::find("riscv64"); });
  add([](CompileRequest &r) { r.level = codegen::OptLevel::O0; });
  add([](CompileRequest &r) {
    r.boundsChecks = translate::BoundsChecks::Explicit;
  });
  add([](CompileRequest &r) { r.maxMemory = 0; });
  add([](CompileRequest &r) { r.relaxedTraps = true; });
  add([](CompileRequest &r) { r.guardsExtraMemories = false; });
  add([](CompileRequest &r) { r.isDeterministic = true; });
  add([](CompileRequest &r) { r.isInterruptible = true; });
  add([](CompileRequest &r) { r.debugInfo = true; });
  add([](CompileRequest &r) { r.strip = true; });
  add([](CompileRequest &r) { r.allowMissingImports = true; });
  add([](CompileRequest &r) { r.features.set(wasm::Feature::Simd, false); });
  add([](CompileRequest &r) { r.config.grants = {{"a", "b", false}}; });
  add([](CompileRequest &r) { r.config.grants = {{"ab", "", false}}; });
  add([](CompileRequest &r) { r.config.grants = {{"a", "b", true}}; });
  add([](CompileRequest &r) { r.config.environment = {"K=V"}; });
  add([](CompileRequest &r) { r.config.argv0 = ""; });
  add([](CompileRequest &r) { r.config.isSealed = true; });
  add([](CompileRequest &r) { r.config.inheritsEnvironment = true; });
  add([](CompileRequest &r) { r.config.profilePath = "a"; });
  add([](CompileRequest &r) { r.config.profilePath = "a\xff"; });
  add([](CompileRequest &r) { r.config.profilePath = "a\xfe"; });
  for (const char *hash : {"1", "2"})
    add([&](CompileRequest &r) {
      r.profile = std::make_shared<codegen::Profile>();
      r.profileHashes = {hash};
    });
  add([](CompileRequest &r) { r.config.fuel = 1; });
  add([](CompileRequest &r) { r.config.fuel = 2; });
  add([](CompileRequest &r) { r.config.stackByteLength = 1; });
  add([](CompileRequest &r) { r.config.heapByteLength = 1; });
  keys.insert(
      cacheKey(request(), {llvm::ArrayRef(Module).drop_back()}, "runtime"));
  ++count;
  EXPECT_EQ(keys.size(), count);
}

TEST(CacheKey, DoesNotDependOnNamesAndThreads) {
  CompileRequest other = request();
  other.inputPath = "elsewhere/app.wasm";
  other.outputPath = "x";
  other.threadCount = 7;
  EXPECT_EQ(cacheKey(other, {Module}, "runtime"),
            cacheKey(request(), {Module}, "runtime"));
}

TEST(CacheKey, DependsOnTheRuntime) {
  EXPECT_NE(cacheKey(request(), {Module}, "runtime"),
            cacheKey(request(), {Module}, "another"));
}

TEST(CacheKey, HasTheFormOfAServersKeys) {
  EXPECT_TRUE(isSha256Hex(cacheKey(request(), {Module}, "runtime")));
}

TEST(CacheKey, TellsPathsApartThatAreNoUtf8) {
  CompileRequest one = request(), other = request();
  one.config.grants = {{"/a\xff", "/g", false}};
  other.config.grants = {{"/a\xfe", "/g", false}};
  EXPECT_NE(cacheKey(one, {Module}, "runtime"),
            cacheKey(other, {Module}, "runtime"));
}

TEST(CompilerIdentity, IsThatOfTheProgramAndOfLlvm) {
  const std::string identity = compilerIdentity();
  EXPECT_EQ(identity, compilerIdentity());
  llvm::SmallVector<llvm::StringRef> ids;
  llvm::StringRef(identity).split(ids, ';', -1, /*KeepEmpty=*/false);
  EXPECT_GE(ids.size(), 2u) << identity;
  for (llvm::StringRef id : ids)
    EXPECT_GE(id.size(), 16u) << identity;
}

namespace {

/// Stands for compiling: writes `content`.
struct FakeBuild {
  std::string content = "program";
  unsigned count = 0;
  bool operator()(const CompileRequest &request, const Input &) {
    ++count;
    std::error_code error;
    llvm::raw_fd_ostream(request.outputPath, error) << content;
    return !error;
  }
};

class BuildCacheTest : public testing::Test {
protected:
  BuildCacheTest() {
    request_.emit = EmitKind::Object; // needs no runtime
    request_.outputPath = folder_.path("out");
    input_.file = llvm::MemoryBuffer::getMemBuffer("module", "", false);
  }
  BuildCache makeCache() {
    CacheOptions options;
    options.folder = folder_.path("cache");
    return BuildCache(options);
  }

  test::TemporaryFolder folder_;
  CompileRequest request_ = request();
  Input input_;
  Diagnostics diagnostics_;
};

} // namespace

TEST_F(BuildCacheTest, BuildsOnce) {
  FakeBuild build;
  for (unsigned number = 0; number != 3; ++number) {
    BuildCache cache = makeCache();
    std::string message;
    ASSERT_TRUE(cache.open(message)) << message;
    EXPECT_TRUE(cache.buildTo(request_, input_, build, diagnostics_));
    EXPECT_EQ(folder_.read("out"), "program");
  }
  EXPECT_EQ(build.count, 1u);
  EXPECT_TRUE(diagnostics_.all().empty());
}

TEST_F(BuildCacheTest, GoesOnWhereItCannotWrite) {
  FakeBuild build;
  BuildCache cache = makeCache();
  std::string message;
  ASSERT_TRUE(cache.open(message)) << message;
  ASSERT_FALSE(llvm::sys::fs::remove_directories(folder_.path("cache")));
  EXPECT_TRUE(cache.buildTo(request_, input_, build, diagnostics_));
  EXPECT_EQ(folder_.read("out"), "program");
  EXPECT_FALSE(diagnostics_.hasErrors());
  EXPECT_EQ(diagnostics_.all().size(), 1u);
}

TEST_F(BuildCacheTest, LeavesNothingOfABuildThatFails) {
  BuildCache cache = makeCache();
  std::string message;
  ASSERT_TRUE(cache.open(message)) << message;
  const auto fail = [](const CompileRequest &, const Input &) { return false; };
  EXPECT_FALSE(cache.buildTo(request_, input_, fail, diagnostics_));
  EXPECT_FALSE(llvm::sys::fs::exists(request_.outputPath));
}
