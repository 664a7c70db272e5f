//===- activation.h - The frame of wrought_enter: aarch64 ----------------===//
#pragma once

namespace wrought::arch {

/// From an activation, in words: the abi::Context, or one byte behind its
/// beginning (see enter.S).
constexpr int activationContextSlot = 20;
/// Where the context is given so: the activation before.
constexpr int activationOuterSlot = 21;

} // namespace wrought::arch
