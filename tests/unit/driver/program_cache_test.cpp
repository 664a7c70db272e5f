#include "driver/program_cache.h"
#include "temporary_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

using namespace wrought;
using namespace wrought::driver;
using namespace std::chrono_literals;

namespace {

class ProgramCache : public testing::Test {
protected:
  ProgramCache() {
    for (llvm::StringRef name : {"ab", "cd"})
      EXPECT_FALSE(llvm::sys::fs::create_directory(folder_.path(name)));
  }

  /// A program of 100 bytes, last used so long ago.
  void add(llvm::StringRef name, std::chrono::seconds age) {
    const std::string path = folder_.write(name, std::string(100, 'x'));
    const auto used = std::chrono::system_clock::to_time_t(now_ - age);
    const timespec times[] = {{used, 0}, {used, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    ASSERT_EQ(chmod(path.c_str(), 0700), 0);
  }
  bool has(llvm::StringRef name) const {
    return llvm::sys::fs::exists(folder_.path(name));
  }
  void trim(uint64_t limit) { trimCache(folder_.path(""), limit, now_); }

  test::TemporaryFolder folder_;
  const llvm::sys::TimePoint<> now_ = std::chrono::system_clock::now();
};

} // namespace

TEST_F(ProgramCache, RemovesWhatWasUsedLongestAgo) {
  add("ab/1", 4h);
  add("cd/2", 3h);
  add("ab/3", 2h);
  trim(250);
  EXPECT_FALSE(has("ab/1"));
  EXPECT_TRUE(has("cd/2"));
  EXPECT_TRUE(has("ab/3"));
}

TEST_F(ProgramCache, KeepsAllUpToTheLimit) {
  add("ab/1", 4h);
  add("cd/2", 3h);
  trim(200);
  EXPECT_TRUE(has("ab/1"));
  EXPECT_TRUE(has("cd/2"));
}

TEST_F(ProgramCache, KeepsWhatIsInUse) {
  add("ab/1", 4h);
  add("cd/2", 10s);
  trim(0);
  EXPECT_FALSE(has("ab/1"));
  EXPECT_TRUE(has("cd/2"));
}

TEST_F(ProgramCache, CountsTakingAsUse) {
  add("ab/1", 4h);
  add("cd/2", 3h);
  EXPECT_TRUE(takeFromCache(folder_.path("ab/1")));
  trim(100);
  EXPECT_TRUE(has("ab/1"));
  EXPECT_FALSE(has("cd/2"));
}

TEST_F(ProgramCache, HasNothingThatIsNotThereOrNoProgram) {
  EXPECT_FALSE(takeFromCache(folder_.path("ab/none")));
  folder_.write("ab/text", "x");
  EXPECT_FALSE(takeFromCache(folder_.path("ab/text")));
}

TEST_F(ProgramCache, SurvivesAMissingFolder) {
  trimCache(folder_.path("none"), 0);
  EXPECT_EQ(folder_.fileCount(), 2u);
}
