//===- strings.h - An instance's arguments and environment ----------------===//
#pragma once

#include "model/guest.h"
#include "wasi/string_entry.h"

namespace wrought::wasi {

/// As the host gave them, one after the other.
class StringSequence {
public:
  explicit StringSequence(const Strings &strings) : strings_(strings) {}

  bool next(Entry &entry) {
    if (index_ == strings_.count)
      return false;
    entry = {strings_.begin[index_++], nullptr};
    return true;
  }

private:
  const Strings &strings_;
  size_t index_ = 0;
};

struct Arguments : StringSequence {
  explicit Arguments(const State &state)
      : StringSequence(state.host.arguments) {}
};

struct Variables : StringSequence {
  explicit Variables(const State &state)
      : StringSequence(state.host.environment) {}
};

} // namespace wrought::wasi
