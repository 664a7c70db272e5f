//===- registry.cpp - The modules that were set up ------------------------===//
#include "core/registry.h"

#include "os/linux/system.h"

namespace wrought {

namespace {

struct Block {
  Block *next;
  uint64_t count;
  const abi::Module *modules[510];
};
static_assert(sizeof(Block) == 4096);

/// One module needs no mapping.
const abi::Module *first;
Block *blocks;

Block *blockWithRoom() {
  if (blocks != nullptr && blocks->count < 510)
    return blocks;
  long address =
      sys::mmap(nullptr, sizeof(Block), sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(address))
    return nullptr;
  auto *block = reinterpret_cast<Block *>(address);
  block->next = blocks;
  return blocks = block;
}

bool hasGuardAt(const abi::Module &module, uint64_t address) {
  auto **memories = static_cast<abi::Memory **>(module.memories);
  for (uint64_t index = 0; index < module.memoryCount; ++index) {
    const abi::Memory &memory = *memories[index];
    uint64_t offset = address - reinterpret_cast<uint64_t>(memory.base);
    // A shared one may have grown after the access.
    uint64_t used =
        memory.isShared != 0 ? memory.initialByteLength : memory.byteLength;
    if (memory.base != nullptr && offset < memory.reservedByteLength &&
        offset >= used)
      return true;
  }
  return false;
}

} // namespace

bool registerModule(const abi::Module *module) {
  if (first == nullptr) {
    first = module;
    return true;
  }
  Block *block = blockWithRoom();
  if (block == nullptr)
    return false;
  block->modules[block->count++] = module;
  return true;
}

bool isInMemoryGuard(uint64_t address) {
  if (first != nullptr && hasGuardAt(*first, address))
    return true;
  for (const Block *block = blocks; block != nullptr; block = block->next)
    for (uint64_t index = 0; index < block->count; ++index)
      if (hasGuardAt(*block->modules[index], address))
        return true;
  return false;
}

const abi::Module *onlyModule() { return blocks == nullptr ? first : nullptr; }

} // namespace wrought
