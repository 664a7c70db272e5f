#include "wasm/opcode.h"

#include <array>

namespace wrought::wasm {

namespace {

struct FeatureRow {
  std::string_view flag, description;
  bool onByDefault, translated;
};

constexpr FeatureRow Features[] = {
#define WASM_FEATURE(Name, flag, description, onByDefault, translated)         \
  {flag, description, onByDefault, translated},
#include "wasm/features.def"
};

struct OpcodeRow {
  std::string_view text;
  uint32_t code;
  uint8_t prefix;
  ImmediateKind immediates;
  Feature feature;
};

constexpr OpcodeRow Opcodes[] = {
#define WASM_OP(prefix, code, Name, text, immediates, operands, results,       \
                feature)                                                       \
  {text, code, prefix, ImmediateKind::immediates, Feature::feature},
#include "wasm/opcodes.def"
};

constexpr uint16_t NoOpcode = 0xffff;

/// Direct lookup: 256 codes without prefix, then 512 for each prefix 0xfb–0xfe.
constexpr size_t slot(uint8_t prefix, uint32_t code) {
  return prefix == 0 ? code : 256 + (prefix - 0xfbu) * 512 + code;
}

constexpr auto BinaryTable = [] {
  std::array<uint16_t, 256 + 4 * 512> table{};
  table.fill(NoOpcode);
  uint16_t index = 0;
  for (const OpcodeRow &row : Opcodes)
    table[slot(row.prefix, row.code)] = index++;
  return table;
}();

const OpcodeRow &row(Opcode opcode) {
  return Opcodes[static_cast<size_t>(opcode)];
}

} // namespace

std::string_view featureFlag(Feature feature) {
  return Features[static_cast<size_t>(feature)].flag;
}

std::string_view featureDescription(Feature feature) {
  return Features[static_cast<size_t>(feature)].description;
}

std::optional<Feature> featureByFlag(std::string_view flag) {
  for (size_t i = 0; i < FeatureCount; ++i)
    if (Features[i].flag == flag)
      return static_cast<Feature>(i);
  return std::nullopt;
}

bool isTranslated(Feature feature) {
  return Features[static_cast<size_t>(feature)].translated;
}

FeatureSet FeatureSet::defaults() {
  FeatureSet set;
  for (size_t i = 0; i < FeatureCount; ++i)
    set.set(static_cast<Feature>(i), Features[i].onByDefault);
  return set;
}

std::string_view opcodeText(Opcode opcode) { return row(opcode).text; }
ImmediateKind immediateKind(Opcode opcode) { return row(opcode).immediates; }
Feature opcodeFeature(Opcode opcode) { return row(opcode).feature; }
uint8_t opcodePrefix(Opcode opcode) { return row(opcode).prefix; }
uint32_t opcodeCode(Opcode opcode) { return row(opcode).code; }

std::optional<Opcode> opcodeFromBinary(uint8_t prefix, uint32_t code) {
  const bool known = prefix == 0 ? code < 256
                                 : prefix >= 0xfb && prefix <= 0xfe && code < 512;
  if (!known)
    return std::nullopt;
  const uint16_t index = BinaryTable[slot(prefix, code)];
  if (index == NoOpcode)
    return std::nullopt;
  return static_cast<Opcode>(index);
}

unsigned accessByteLength(ImmediateKind kind) {
  switch (kind) {
  case ImmediateKind::MemArg1:
  case ImmediateKind::MemArg1Lane:
  case ImmediateKind::AtomicMemArg1:
    return 1;
  case ImmediateKind::MemArg2:
  case ImmediateKind::MemArg2Lane:
  case ImmediateKind::AtomicMemArg2:
    return 2;
  case ImmediateKind::MemArg4:
  case ImmediateKind::MemArg4Lane:
  case ImmediateKind::AtomicMemArg4:
    return 4;
  case ImmediateKind::MemArg8:
  case ImmediateKind::MemArg8Lane:
  case ImmediateKind::AtomicMemArg8:
    return 8;
  case ImmediateKind::MemArg16:
    return 16;
  default:
    return 0;
  }
}

bool isAtomicAccess(ImmediateKind kind) {
  return kind >= ImmediateKind::AtomicMemArg1 &&
         kind <= ImmediateKind::AtomicMemArg8;
}

unsigned laneCount(ImmediateKind kind) {
  switch (kind) {
  case ImmediateKind::Lane2:
    return 2;
  case ImmediateKind::Lane4:
    return 4;
  case ImmediateKind::Lane8:
    return 8;
  case ImmediateKind::Lane16:
    return 16;
  case ImmediateKind::MemArg1Lane:
  case ImmediateKind::MemArg2Lane:
  case ImmediateKind::MemArg4Lane:
  case ImmediateKind::MemArg8Lane:
    return 16 / accessByteLength(kind);
  default:
    return 0;
  }
}

} // namespace wrought::wasm
