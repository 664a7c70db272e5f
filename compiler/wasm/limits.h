//===- limits.h - Implementation limits -----------------------------------===//
//
// Bounds on what a module may ask for, so that hostile input cannot make the
// compiler allocate without end. They are those of the WebAssembly JavaScript
// Interface ("Implementation-defined Limits") where it has one.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <cstdint>

namespace wrought::wasm::limits {

inline constexpr uint64_t ModuleBytes = uint64_t{1} << 30;
inline constexpr uint32_t CustomSections = 100'000;
inline constexpr uint32_t Types = 1'000'000;
inline constexpr uint32_t RecursionGroupSize = 1'000'000;
inline constexpr uint32_t SubtypingDepth = 63;
inline constexpr uint32_t Functions = 1'000'000;
inline constexpr uint32_t Imports = 1'000'000;
inline constexpr uint32_t Exports = 1'000'000;
inline constexpr uint32_t Globals = 1'000'000;
inline constexpr uint32_t Tags = 1'000'000;
inline constexpr uint32_t Tables = 100'000;
inline constexpr uint32_t Memories = 100;
inline constexpr uint32_t DataSegments = 100'000;
inline constexpr uint32_t ElementSegments = 10'000'000;
inline constexpr uint32_t ElementItems = 10'000'000;
inline constexpr uint32_t Parameters = 1'000;
inline constexpr uint32_t Results = 1'000;
inline constexpr uint32_t StructFields = 10'000;
inline constexpr uint32_t ArrayFixedElements = 10'000;
inline constexpr uint32_t Locals = 50'000;
inline constexpr uint64_t FunctionBytes = 7'654'321;
inline constexpr uint32_t BranchTableTargets = 1'000'000;
inline constexpr uint32_t CatchClauses = 1'000'000;
inline constexpr uint32_t NestingDepth = 100'000;

/// Addressable by the spec, though nothing may allocate it: 2^16 pages of
/// 64 KiB for 32-bit memories, 2^48 for 64-bit ones.
inline constexpr uint64_t MemoryPages32 = uint64_t{1} << 16;
inline constexpr uint64_t MemoryPages64 = uint64_t{1} << 48;

} // namespace wrought::wasm::limits
