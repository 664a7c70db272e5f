//===- activation.h - The frame of wrought_enter: riscv64
//---------------------===//
#pragma once

namespace wrought::arch {

/// From an activation, in words: the abi::Context (see enter.S).
constexpr int activationContextSlot = -7;

} // namespace wrought::arch
