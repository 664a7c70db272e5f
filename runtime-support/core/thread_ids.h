//===- thread_ids.h - Numbers for threads ---------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought {

/// Hands out 1 to 0x1FFFFFFF in turn. From the second round on numbers may be
/// in use still.
class ThreadIds {
public:
  static constexpr uint32_t last = 0x1fffffff;

  constexpr ThreadIds() = default;
  /// Goes on behind `previous`.
  constexpr explicit ThreadIds(uint32_t previous) : previous_(previous) {}

  /// At least one number must be free.
  template <class IsInUse> uint32_t next(IsInUse isInUse) {
    do {
      isSecondRound_ |= previous_ == last;
      previous_ = previous_ == last ? 1 : previous_ + 1;
    } while (isSecondRound_ && isInUse(previous_));
    return previous_;
  }

private:
  uint32_t previous_ = 0;
  bool isSecondRound_ = false;
};

} // namespace wrought
