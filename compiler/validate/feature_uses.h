//===- feature_uses.h - Which features a module needs, and where ----------===//
#pragma once

#include "wasm/opcode.h"
#include "wasm/types.h"

#include <array>
#include <optional>

namespace wrought::validate {

/// Records the first use of each feature and says whether it is on.
class FeatureUses {
public:
  struct Use {
    uint64_t byteOffset = 0;
    std::optional<wasm::FunctionIndex> function;
  };

  explicit FeatureUses(wasm::FeatureSet enabled) : enabled_(enabled) {}

  /// Notes a use. False when the feature is off. Uses must come in order of
  /// offset; merge() orders those of several recorders.
  bool use(wasm::Feature feature, uint64_t byteOffset,
           std::optional<wasm::FunctionIndex> function = std::nullopt) {
    return seen(feature) || useFirst(feature, byteOffset, function);
  }
  /// True after a use of a feature that is on.
  bool seen(wasm::Feature feature) const { return seen_ >> bit(feature) & 1; }
  std::optional<Use> first(wasm::Feature feature) const {
    if (!seen(feature))
      return std::nullopt;
    return uses_[bit(feature)];
  }

  void merge(const FeatureUses &other) {
    for (size_t i = 0; i < wasm::FeatureCount; ++i) {
      const auto feature = static_cast<wasm::Feature>(i);
      if (!other.seen(feature))
        continue;
      if (!seen(feature) || other.uses_[i].byteOffset < uses_[i].byteOffset)
        uses_[i] = other.uses_[i];
      seen_ |= 1u << i;
    }
  }
  void clear() { seen_ = 0; }

private:
  static_assert(wasm::FeatureCount <= 32);
  static unsigned bit(wasm::Feature f) { return static_cast<unsigned>(f); }

  bool useFirst(wasm::Feature feature, uint64_t byteOffset,
                std::optional<wasm::FunctionIndex> function) {
    if (!enabled_.has(feature))
      return false;
    seen_ |= 1u << bit(feature);
    uses_[bit(feature)] = {byteOffset, function};
    return true;
  }

  wasm::FeatureSet enabled_;
  uint32_t seen_ = 0;
  std::array<Use, wasm::FeatureCount> uses_{};
};

} // namespace wrought::validate
