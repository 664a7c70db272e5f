//===- opcode.h - Instructions and features as enums -----------------------===//
//
// Generated from opcodes.def and features.def.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wrought::wasm {

enum class Feature : uint8_t {
#define WASM_FEATURE(Name, ...) Name,
#include "wasm/features.def"
};
inline constexpr size_t FeatureCount = 0
#define WASM_FEATURE(...) +1
#include "wasm/features.def"
    ;

/// "simd"
std::string_view featureFlag(Feature feature);
/// "fixed-width SIMD"
std::string_view featureDescription(Feature feature);
std::optional<Feature> featureByFlag(std::string_view flag);
bool isTranslated(Feature feature);

class FeatureSet {
public:
  /// Every feature that is on by default.
  static FeatureSet defaults();
  bool has(Feature feature) const { return bits_[static_cast<size_t>(feature)]; }
  void set(Feature feature, bool on = true) {
    bits_[static_cast<size_t>(feature)] = on;
  }
  FeatureSet &operator|=(const FeatureSet &other) {
    bits_ |= other.bits_;
    return *this;
  }

private:
  std::bitset<FeatureCount> bits_;
};

enum class Opcode : uint16_t {
#define WASM_OP(prefix, code, Name, ...) Name,
#include "wasm/opcodes.def"
};
inline constexpr size_t OpcodeCount = 0
#define WASM_OP(...) +1
#include "wasm/opcodes.def"
    ;

/// The shape of what follows an opcode in the binary format. MemArgN:
/// alignment and offset of an access of N bytes; …Lane adds a lane byte.
enum class ImmediateKind : uint8_t {
  None,
  Block,
  Label,
  BrTable,
  TryTable,
  Tag,
  Function,
  CallIndirect,
  Type,
  TypeField,
  TypeCount,
  TypeData,
  TypeElem,
  TypeType,
  SelectTypes,
  Local,
  Global,
  Table,
  TableTable,
  ElemTable,
  Elem,
  Memory,
  MemoryMemory,
  DataMemory,
  Data,
  MemArg1,
  MemArg2,
  MemArg4,
  MemArg8,
  MemArg16,
  MemArg1Lane,
  MemArg2Lane,
  MemArg4Lane,
  MemArg8Lane,
  AtomicMemArg1,
  AtomicMemArg2,
  AtomicMemArg4,
  AtomicMemArg8,
  Fence,
  I32Const,
  I64Const,
  F32Const,
  F64Const,
  V128Const,
  Shuffle,
  Lane2,
  Lane4,
  Lane8,
  Lane16,
  HeapType,
  BrOnCast,
};

/// The text format's mnemonic, "i32.add".
std::string_view opcodeText(Opcode opcode);
ImmediateKind immediateKind(Opcode opcode);
Feature opcodeFeature(Opcode opcode);
uint8_t opcodePrefix(Opcode opcode); ///< 0 when there is none
uint32_t opcodeCode(Opcode opcode);
/// Nullopt for codes that no row has.
std::optional<Opcode> opcodeFromBinary(uint8_t prefix, uint32_t code);

/// Bytes that a MemArg… or AtomicMemArg… instruction accesses; 0 for others.
unsigned accessByteLength(ImmediateKind kind);
bool isAtomicAccess(ImmediateKind kind);
/// Number of lanes that the lane immediate selects from; 0 where there is none.
unsigned laneCount(ImmediateKind kind);

} // namespace wrought::wasm
