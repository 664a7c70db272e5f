//===- activation.h - The frame of wrought_enter: x86_64 -----------------===//
#pragma once

namespace wrought::arch {

/// From an activation, in words: the abi::Context, or one byte behind its
/// beginning (see enter.S).
constexpr int activationContextSlot = -6;
/// Where the context is given so: the activation before.
constexpr int activationOuterSlot = -7;

} // namespace wrought::arch
