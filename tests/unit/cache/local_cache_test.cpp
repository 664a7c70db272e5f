#include "../driver/temporary_folder.h"
#include "cache/local_cache.h"
#include "support/sha256.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace wrought;
using namespace wrought::cache;
using namespace std::chrono_literals;

namespace {

class LocalCacheTest : public testing::Test {
protected:
  LocalCacheTest() {
    std::string message;
    EXPECT_TRUE(cache_.open(folder_.path("cache"), 0700, message)) << message;
  }

  Artifact add(llvm::StringRef key, const std::string &content,
               bool isExecutable = true) {
    linker::TemporaryFile file;
    int descriptor = -1;
    EXPECT_FALSE(cache_.createTemporary(isExecutable, file, descriptor));
    EXPECT_EQ(::write(descriptor, content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    ::close(descriptor);
    const Artifact artifact = {sha256Hex(content), content.size(), isExecutable,
                               ""};
    EXPECT_FALSE(cache_.storeArtifact(file, artifact));
    EXPECT_FALSE(cache_.storeRecord(key, artifact));
    return artifact;
  }

  /// An entry whose files were last used so long ago.
  Artifact addAged(llvm::StringRef key, char byte, std::chrono::seconds age) {
    const Artifact artifact = add(key, std::string(1000, byte));
    const auto used = std::chrono::system_clock::to_time_t(now_ - age);
    const timespec times[] = {{used, 0}, {used, 0}};
    for (const std::string &path :
         {cache_.artifactPath(artifact),
          folder_.path("cache/ac/" + key.take_front(2).str() + "/" +
                       key.str())})
      EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0) << path;
    return artifact;
  }

  bool has(const Artifact &artifact) const {
    return llvm::sys::fs::exists(cache_.artifactPath(artifact));
  }

  test::TemporaryFolder folder_;
  LocalCache cache_;
  Diagnostics diagnostics_;
  const llvm::sys::TimePoint<> now_ = std::chrono::system_clock::now();
};

} // namespace

TEST_F(LocalCacheTest, FindsWhatWasStored) {
  EXPECT_FALSE(cache_.find("abcd"));
  const Artifact artifact = add("abcd", "program");
  EXPECT_EQ(cache_.find("abcd"), artifact);
  EXPECT_FALSE(cache_.find("abce"));
  ASSERT_TRUE(cache_.copyOut(artifact, folder_.path("out"), diagnostics_));
  EXPECT_EQ(folder_.read("out"), "program");
  EXPECT_TRUE(llvm::sys::fs::can_execute(folder_.path("out")));
}

TEST_F(LocalCacheTest, HoldsEqualArtifactsOnce) {
  EXPECT_EQ(cache_.artifactPath(add("aa", "same")),
            cache_.artifactPath(add("bb", "same")));
}

TEST_F(LocalCacheTest, DoesNotFindWhatIsCutOffOrGone) {
  const Artifact artifact = add("abcd", "program");
  ASSERT_EQ(::truncate(cache_.artifactPath(artifact).c_str(), 3), 0);
  EXPECT_FALSE(cache_.find("abcd"));
  add("abcd", "program");
  EXPECT_TRUE(cache_.find("abcd"));
  llvm::sys::fs::remove(cache_.artifactPath(artifact));
  EXPECT_FALSE(cache_.find("abcd"));
  folder_.write("cache/ac/ab/abcd", "not a record");
  EXPECT_FALSE(cache_.find("abcd"));
}

TEST_F(LocalCacheTest, RemovesWhatTurnsOutDamaged) {
  const Artifact artifact = add("abcd", "program");
  std::error_code error;
  llvm::raw_fd_ostream(cache_.artifactPath(artifact), error) << "PROGRAM";
  EXPECT_FALSE(cache_.copyOut(artifact, folder_.path("out"), diagnostics_));
  EXPECT_FALSE(llvm::sys::fs::exists(folder_.path("out")));
  EXPECT_FALSE(has(artifact));
  EXPECT_FALSE(diagnostics_.hasErrors());
}

TEST_F(LocalCacheTest, RemovesWhatWasUsedLongestAgo) {
  const Artifact oldest = addAged("aa", '1', 4h),
                 older = addAged("bb", '2', 3h), old = addAged("cc", '3', 2h);
  cache_.trim(2500, now_);
  EXPECT_FALSE(has(oldest));
  EXPECT_FALSE(cache_.find("aa"));
  EXPECT_TRUE(has(older));
  EXPECT_TRUE(cache_.find("cc"));
  EXPECT_TRUE(has(old));
}

TEST_F(LocalCacheTest, CountsFindingAsUse) {
  const Artifact first = addAged("aa", '1', 4h),
                 second = addAged("bb", '2', 3h);
  EXPECT_TRUE(cache_.find("aa"));
  cache_.trim(1500, now_);
  EXPECT_TRUE(has(first));
  EXPECT_FALSE(has(second));
}

TEST_F(LocalCacheTest, KeepsWhatIsInUse) {
  const Artifact first = addAged("aa", '1', 4h),
                 second = addAged("bb", '2', 10s);
  cache_.trim(0, now_);
  EXPECT_FALSE(has(first));
  EXPECT_TRUE(has(second));
}

TEST_F(LocalCacheTest, RemovesWhatTheDeadLeftBehind) {
  const std::string left = folder_.write("cache/tmp/new.1", "half");
  const std::string fresh = folder_.write("cache/tmp/new.2", "half");
  const auto used = std::chrono::system_clock::to_time_t(now_ - 2h);
  const timespec times[] = {{used, 0}, {used, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, left.c_str(), times, 0), 0);
  cache_.trim(1 << 20, now_);
  EXPECT_FALSE(llvm::sys::fs::exists(left));
  EXPECT_TRUE(llvm::sys::fs::exists(fresh));
}

TEST_F(LocalCacheTest, SaysWhenItCannotBe) {
  LocalCache other;
  std::string message;
  EXPECT_FALSE(other.open(folder_.write("file", ""), 0700, message));
  EXPECT_NE(message.find("cannot make the cache"), std::string::npos);
}
