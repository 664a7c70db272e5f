//===- typed_index.h - One C++ type for each index space -------------------===//
//
// Wasm has a dozen index spaces that are all u32 in the binary. Giving each its
// own type makes mixing them up a compile error.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace wrought {

template <typename Tag> struct TypedIndex {
  uint32_t value = 0;

  constexpr TypedIndex() = default;
  constexpr explicit TypedIndex(uint32_t v) : value(v) {}
  friend constexpr auto operator<=>(TypedIndex, TypedIndex) = default;
};

} // namespace wrought

template <typename Tag> struct std::hash<wrought::TypedIndex<Tag>> {
  size_t operator()(wrought::TypedIndex<Tag> index) const noexcept {
    return std::hash<uint32_t>{}(index.value);
  }
};
