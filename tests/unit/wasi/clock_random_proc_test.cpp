//===- clock_random_proc_test.cpp - Calls without descriptors -------------===//
#include "guest.h"

#include <csignal>
#include <ctime>
#include <unistd.h>

namespace wrought::wasi {

namespace {

using Calls = Guest;

TEST_F(Calls, Clocks) {
  for (uint32_t clock = 0; clock != 4; ++clock) {
    EXPECT_EQ(wrought_wasi_clock_res_get(clock, resultAt), Errno::Success);
    EXPECT_GT(at<uint64_t>(resultAt), 0u);
    EXPECT_EQ(wrought_wasi_clock_time_get(clock, 1, resultAt), Errno::Success);
    EXPECT_GT(at<uint64_t>(resultAt), 0u);
  }
  EXPECT_EQ(wrought_wasi_clock_time_get(0, 0, resultAt), Errno::Success);
  EXPECT_NEAR(static_cast<double>(at<uint64_t>(resultAt)) / 1e9,
              static_cast<double>(time(nullptr)), 5);
  for (uint32_t clock : {4u, 5u, 0x80000000u, UINT32_MAX}) {
    EXPECT_EQ(wrought_wasi_clock_res_get(clock, resultAt), Errno::Inval);
    EXPECT_EQ(wrought_wasi_clock_time_get(clock, 0, resultAt), Errno::Inval);
  }
}

TEST_F(Calls, RandomBytesFillTheBufferAndNoMore) {
  memory()[40000] = memory()[dataAt - 1] = 0x5a;
  EXPECT_EQ(wrought_wasi_random_get(dataAt, 40000 - dataAt), Errno::Success);
  EXPECT_EQ(memory()[40000], 0x5a);
  EXPECT_EQ(memory()[dataAt - 1], 0x5a);
  unsigned counts[256] = {};
  for (uint32_t index = dataAt; index != 40000; ++index)
    ++counts[memory()[index]];
  for (unsigned count : counts)
    EXPECT_NEAR(count, 140, 90);
  EXPECT_EQ(wrought_wasi_random_get(memoryByteLength, 0), Errno::Success);
}

TEST_F(Calls, ExitStatusIsPosix) {
  EXPECT_EXIT(wrought_wasi_proc_exit(0), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(wrought_wasi_proc_exit(3), testing::ExitedWithCode(3), "");
  EXPECT_EXIT(wrought_wasi_proc_exit(0x1234), testing::ExitedWithCode(0x34),
              "");
}

TEST_F(Calls, Raise) {
  for (uint32_t signal : {0u, 31u, 64u, UINT32_MAX})
    EXPECT_EQ(wrought_wasi_proc_raise(signal), Errno::Inval);
  // SIGCHLD and SIGWINCH are ignored by default.
  EXPECT_EQ(wrought_wasi_proc_raise(16), Errno::Success);
  EXPECT_EQ(wrought_wasi_proc_raise(27), Errno::Success);
  struct Row {
    uint32_t wasi;
    int host;
  };
  for (Row row : {Row{1, SIGHUP},
                  {2, SIGINT},
                  {9, SIGKILL},
                  {10, SIGUSR1},
                  {15, SIGTERM},
                  {25, SIGVTALRM},
                  {29, SIGPWR}})
    EXPECT_EXIT(wrought_wasi_proc_raise(row.wasi),
                testing::KilledBySignal(row.host), "");
}

TEST_F(Calls, Yield) { EXPECT_EQ(wrought_wasi_sched_yield(), Errno::Success); }

TEST(Errors, EveryNumberHasACode) {
  EXPECT_EQ(errnoOf(0), Errno::Success);
  EXPECT_EQ(errnoOf(12), Errno::Success);
  EXPECT_EQ(errnoOf(-EPERM), Errno::Perm);
  EXPECT_EQ(errnoOf(-EXDEV), Errno::Xdev);
  EXPECT_EQ(errnoOf(-ENOTRECOVERABLE), Errno::Notrecoverable);
  EXPECT_EQ(errnoOf(-EOPNOTSUPP), Errno::Notsup);
  EXPECT_EQ(errnoOf(-EUCLEAN), Errno::Io);
  EXPECT_EQ(errnoOf(-ERFKILL), Errno::Io);
  EXPECT_EQ(errnoOf(escapesGrant), Errno::Notcapable);
  for (long number = 1; number != 4096; ++number) {
    EXPECT_NE(errnoOf(-number), Errno::Success);
    EXPECT_LE(errnoOf(-number), Errno::Notcapable);
  }
}

} // namespace
} // namespace wrought::wasi
