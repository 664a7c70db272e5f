#include "core/thread_ids.h"

#include <gtest/gtest.h>
#include <set>

using wrought::ThreadIds;

namespace {

bool never(uint32_t) { return false; }

} // namespace

TEST(ThreadIds, BeginAtOne) {
  ThreadIds ids;
  EXPECT_EQ(ids.next(never), 1u);
  EXPECT_EQ(ids.next(never), 2u);
}

TEST(ThreadIds, AreNotAskedForInTheFirstRound) {
  ThreadIds ids;
  auto fail = [](uint32_t) -> bool {
    ADD_FAILURE();
    return false;
  };
  EXPECT_EQ(ids.next(fail), 1u);
}

TEST(ThreadIds, GoRoundAndPassOverThoseInUse) {
  ThreadIds ids(ThreadIds::last - 1);
  const std::set<uint32_t> inUse = {1, 2, 4, ThreadIds::last};
  auto isInUse = [&](uint32_t id) { return inUse.contains(id); };
  // The first round ends with the largest number that wasi-threads allows.
  EXPECT_EQ(ids.next(never), 0x1fffffffu);
  EXPECT_EQ(ids.next(isInUse), 3u);
  EXPECT_EQ(ids.next(isInUse), 5u);
}
