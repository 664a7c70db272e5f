//===- poll_test.cpp - poll_oneoff ----------------------------------------===//
#include "guest.h"

#include <chrono>
#include <fcntl.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

constexpr uint32_t eventsAt = 32768;
constexpr uint64_t millisecond = 1000000;

class PollCalls : public Guest {
protected:
  void addClock(uint64_t userdata, uint32_t clock, uint64_t timeout,
                uint16_t flags = 0) {
    uint32_t place = add(userdata, EventType::Clock);
    put<uint32_t>(place + subscription::clockId, clock);
    put<uint64_t>(place + subscription::clockTimeout, timeout);
    put<uint16_t>(place + subscription::clockFlags, flags);
  }
  void addFd(uint64_t userdata, EventType type, uint32_t fd) {
    put<uint32_t>(add(userdata, type) + subscription::fd, fd);
  }
  Errno poll() {
    start_ = std::chrono::steady_clock::now();
    Errno error = wrought_wasi_poll_oneoff(64, eventsAt, count_, resultAt);
    eventCount_ = error == Errno::Success ? at<uint32_t>(resultAt) : 0;
    count_ = 0;
    return error;
  }
  double elapsedMilliseconds() const {
    std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start_;
    return elapsed.count();
  }
  uint64_t userdata(uint32_t index) const {
    return at<uint64_t>(eventsAt + index * event::byteLength);
  }
  Errno error(uint32_t index) const {
    return static_cast<Errno>(
        at<uint16_t>(eventsAt + index * event::byteLength + event::error));
  }
  uint64_t byteCount(uint32_t index) const {
    return at<uint64_t>(eventsAt + index * event::byteLength + event::nbytes);
  }
  uint16_t flags(uint32_t index) const {
    return at<uint16_t>(eventsAt + index * event::byteLength + event::flags);
  }

  /// A pipe as guest descriptors: reading and writing end.
  void makePipe(uint32_t (&fds)[2]) {
    int host[2];
    ASSERT_EQ(pipe2(host, O_CLOEXEC), 0);
    for (int end = 0; end != 2; ++end) {
      Descriptor descriptor;
      descriptor.hostFd = host[end];
      descriptor.rightsBase = rights::file;
      ASSERT_EQ(theState.descriptors.insert(descriptor, fds[end]),
                Errno::Success);
    }
  }

  uint32_t eventCount_ = 0;

private:
  uint32_t add(uint64_t userdata, EventType type) {
    uint32_t place = 64 + count_++ * subscription::byteLength;
    memset(memory() + place, 0, subscription::byteLength);
    put<uint64_t>(place, userdata);
    put<EventType>(place + subscription::tag, type);
    return place;
  }

  uint32_t count_ = 0;
  std::chrono::steady_clock::time_point start_;
};

TEST_F(PollCalls, RelativeTimeouts) {
  addClock(7, 1, 30 * millisecond);
  addClock(8, 0, 10000 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  EXPECT_GE(elapsedMilliseconds(), 30);
  EXPECT_LT(elapsedMilliseconds(), 5000);
  ASSERT_EQ(eventCount_, 1u);
  EXPECT_EQ(userdata(0), 7u);
  EXPECT_EQ(error(0), Errno::Success);
}

TEST_F(PollCalls, AbsoluteTimes) {
  for (uint32_t clock : {0u, 1u}) {
    wrought_wasi_clock_time_get(clock, 0, resultAt);
    addClock(1, clock, at<uint64_t>(resultAt) + 20 * millisecond,
             subclockAbstime);
    ASSERT_EQ(poll(), Errno::Success);
    EXPECT_GE(elapsedMilliseconds(), 19);
    EXPECT_LT(elapsedMilliseconds(), 5000);
    ASSERT_EQ(eventCount_, 1u);
    // The past is over at once.
    addClock(1, clock, 5, subclockAbstime);
    ASSERT_EQ(poll(), Errno::Success);
    EXPECT_LT(elapsedMilliseconds(), 5000);
    ASSERT_EQ(eventCount_, 1u);
  }
}

TEST_F(PollCalls, FarTimeoutsDoNotWrap) {
  addClock(1, 1, UINT64_MAX);
  addClock(2, 0, UINT64_MAX - 1, subclockAbstime);
  addClock(3, 1, millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 1u);
  EXPECT_EQ(userdata(0), 3u);
}

TEST_F(PollCalls, ClockErrorsAreEvents) {
  addClock(1, 9, 0);
  addClock(2, 2, 0);
  addClock(3, 1, 0, 2);
  addClock(4, 1, 100000 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 3u);
  EXPECT_EQ(error(0), Errno::Inval);
  EXPECT_EQ(error(1), Errno::Notsup);
  EXPECT_EQ(error(2), Errno::Inval);
}

TEST_F(PollCalls, Descriptors) {
  uint32_t pipe[2];
  ASSERT_NO_FATAL_FAILURE(makePipe(pipe));
  addFd(1, EventType::FdRead, pipe[0]);
  addFd(2, EventType::FdWrite, pipe[1]);
  addClock(3, 1, 100000 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 1u);
  EXPECT_EQ(userdata(0), 2u);
  ASSERT_EQ(write(pipe[1], "12345"), Errno::Success);
  addFd(1, EventType::FdRead, pipe[0]);
  addClock(3, 1, 100000 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 1u);
  EXPECT_EQ(userdata(0), 1u);
  EXPECT_EQ(byteCount(0), 5u);
  EXPECT_EQ(flags(0), 0u);
  ASSERT_EQ(wrought_wasi_fd_close(pipe[1]), Errno::Success);
  addFd(1, EventType::FdRead, pipe[0]);
  ASSERT_EQ(poll(), Errno::Success);
  EXPECT_EQ(flags(0), eventHangup);
}

TEST_F(PollCalls, TimeoutBeforeData) {
  uint32_t pipe[2];
  ASSERT_NO_FATAL_FAILURE(makePipe(pipe));
  addFd(1, EventType::FdRead, pipe[0]);
  addClock(2, 1, 10 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 1u);
  EXPECT_EQ(userdata(0), 2u);
}

TEST_F(PollCalls, BadDescriptorsAndFilesAreReady) {
  uint32_t file = mustOpen("file", rights::fdRead);
  addFd(1, EventType::FdRead, 999);
  addFd(2, EventType::FdRead, file);
  ASSERT_EQ(poll(), Errno::Success);
  ASSERT_EQ(eventCount_, 2u);
  EXPECT_EQ(error(0), Errno::Badf);
  EXPECT_EQ(error(1), Errno::Success);
  EXPECT_EQ(byteCount(1), 6u);
}

TEST_F(PollCalls, ManySubscriptions) {
  for (uint64_t index = 0; index != 500; ++index)
    addClock(index, 1, index % 2 ? 0 : 100000 * millisecond);
  ASSERT_EQ(poll(), Errno::Success);
  EXPECT_EQ(eventCount_, 250u);
  EXPECT_EQ(userdata(249), 499u);
}

TEST_F(PollCalls, BadCalls) {
  EXPECT_EQ(wrought_wasi_poll_oneoff(64, eventsAt, 0, resultAt), Errno::Inval);
  memory()[64 + subscription::tag] = 3;
  EXPECT_EQ(wrought_wasi_poll_oneoff(64, eventsAt, 1, resultAt), Errno::Inval);
}

} // namespace
} // namespace wrought::wasi
