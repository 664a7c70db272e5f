//===- instance_layout.h - Offsets within an instance
//----------------------===//
//
// Made from instance_layout.def, for the compiler and the runtime: the one
// place that says where in an instance something is.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

namespace wrought::abi {

/// Entries of each part.
struct InstanceCounts {
#define INSTANCE_PART(part, Struct) uint64_t part;
#include "abi/instance_layout.def"
};

enum class InstancePart : uint8_t {
#define INSTANCE_PART(part, Struct) part,
#include "abi/instance_layout.def"
  End
};

constexpr uint64_t InstanceAlignment = 16;

/// Offset of a part from the instance's address; of End, the size of it all.
constexpr uint64_t partOffset(const InstanceCounts &counts, InstancePart part) {
  uint64_t offset = sizeof(Instance);
  // Cells of globals come aligned, everything else consists of 8-byte words.
#define INSTANCE_PART(name, Struct)                                            \
  static_assert(sizeof(Struct) % 8 == 0);                                      \
  if (InstancePart::name == part)                                              \
    return offset;                                                             \
  offset += counts.name * sizeof(Struct);
#include "abi/instance_layout.def"
  return (offset + InstanceAlignment - 1) & ~(InstanceAlignment - 1);
}

// What is before the cells of globals.
static_assert(sizeof(Instance) % 16 == 0 && sizeof(GlobalCell) == 16);

} // namespace wrought::abi
