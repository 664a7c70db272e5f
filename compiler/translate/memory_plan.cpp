//===- memory_plan.cpp - Where memories lie and how they are confined -----===//
//
// Guard pages need an index range that the reservation covers and a size that
// is a multiple of the machine's pages, since within a page nothing faults. All
// other memories are confined by comparisons.
//
//===----------------------------------------------------------------------===//

#include "translate/module_plan.h"

#include "llvm/Support/MathExtras.h"

namespace wrought::translate {

namespace {

constexpr uint64_t IndexRangeBytes = uint64_t{4} << 30;

/// The most bytes that a memory may ever have. The number of its pages is an
/// index as well, which is what bounds 32-bit memories with pages of one byte.
uint64_t greatestByteLength(const wasm::MemoryType &type) {
  const uint64_t pageBytes = uint64_t{1} << type.pageSizeLog2;
  if (type.limits.is64)
    return llvm::alignDown(uint64_t{INT64_MAX}, pageBytes);
  return std::min(IndexRangeBytes, bytesOfPages(UINT32_MAX, type.pageSizeLog2));
}

uint64_t maximumByteLength(const wasm::MemoryType &type,
                           std::optional<uint64_t> cap) {
  uint64_t maximum = greatestByteLength(type);
  if (type.limits.maximum)
    maximum = std::min(maximum,
                       bytesOfPages(*type.limits.maximum, type.pageSizeLog2));
  if (cap)
    maximum = std::min(maximum,
                       llvm::alignDown(*cap, uint64_t{1} << type.pageSizeLog2));
  return maximum;
}

} // namespace

uint64_t bytesOfPages(uint64_t pageCount, unsigned pageSizeLog2) {
  return pageCount > UINT64_MAX >> pageSizeLog2 ? UINT64_MAX
                                                : pageCount << pageSizeLog2;
}

/// Where nobody has said what an import is bound to, nothing is relied on.
MemoryTraits ModulePlan::importedTraits(uint32_t import) const {
  return import < options_.imports.size() ? options_.imports[import].memory
                                          : MemoryTraits();
}

void ModulePlan::planMemories() {
  for (uint32_t i = 0; i < module().memories.size(); ++i) {
    const wasm::MemoryIndex index(i);
    if (isOwn(index))
      memories_.push_back(planMemory(index));
    else
      memories_.emplace_back().traits =
          importedTraits(*module().memories[i].import);
  }
}

MemoryPlan ModulePlan::planMemory(wasm::MemoryIndex index) const {
  const targets::TargetSpec &target = *options_.target;
  const wasm::MemoryType &type = module().memories[index.value].type;
  MemoryPlan plan;
  plan.initialByteLength = bytesOfPages(type.limits.minimum, type.pageSizeLog2);
  plan.maximumByteLength = std::max(maximumByteLength(type, options_.maxMemory),
                                    plan.initialByteLength);

  const uint64_t reservation = IndexRangeBytes + target.guardByteLength;
  uint64_t slot = options_.firstMemorySlot;
  for (uint32_t i = 0; i < index.value; ++i)
    slot += isOwn(wasm::MemoryIndex(i));
  const bool isInRange = plan.maximumByteLength <= IndexRangeBytes;
  const bool hasSlot = isInRange && slot < options_.memorySlotCount &&
                       !options_.isInstancePointer;
  if (hasSlot)
    plan.base = target.memoryBase +
                slot * llvm::alignTo(reservation, uint64_t{1} << 30);

  const bool isWholePages =
      (uint64_t{1} << type.pageSizeLog2) % target.maxPageByteLength == 0;
  const bool isWanted = options_.boundsChecks == BoundsChecks::Guard &&
                        (index.value == 0 || options_.guardsExtraMemories);
  plan.traits.isGuarded = isWanted && isInRange && isWholePages &&
                          (hasSlot || options_.isInstancePointer);
  if (plan.traits.isGuarded)
    plan.reservedByteLength = reservation;
  else if (type.limits.isShared) // what threads use must not move
    plan.reservedByteLength =
        llvm::alignTo(plan.maximumByteLength, target.maxPageByteLength);

  const bool hasFixedSize =
      plan.initialByteLength == plan.maximumByteLength ||
      (!isMemoryShared(index) && !facts_.growingMemories.test(index.value));
  plan.isResizable = !hasFixedSize;
  plan.traits.canMove = plan.base == 0 && plan.reservedByteLength == 0 &&
                        plan.isResizable;
  return plan;
}

} // namespace wrought::translate
