//===- instance.h - The parts of an instance, filled in -------------------===//
//
// For the pointer model: from the templates of an abi::Library to the arrays
// that abi/instance_layout.def lists. Memories and the storage of tables that
// can move are the caller's to set up in between.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/instance_layout.h"

namespace wrought {

/// The arrays of an instance.
class InstanceParts {
public:
  InstanceParts(const abi::Library &library, abi::Instance &instance)
      : counts_(*static_cast<const abi::InstanceCounts *>(library.counts)),
        base_(reinterpret_cast<char *>(&instance)) {}

  const abi::InstanceCounts &counts() const { return counts_; }

#define INSTANCE_PART(part, Struct)                                            \
  abi::Struct *part() const {                                                  \
    return reinterpret_cast<abi::Struct *>(                                    \
        base_ + abi::partOffset(counts_, abi::InstancePart::part));            \
  }
#include "abi/instance_layout.def"

private:
  const abi::InstanceCounts &counts_;
  char *base_;
};

/// Everything but what the next two functions do. An instance whose library
/// shares functions has its FunctionOwner already. Memories become copies of
/// their templates; tables that can move have no elements yet.
void fillInstance(const abi::Library &library, abi::Instance &instance,
                  abi::Context &context, const abi::Import *imports);

/// Again the records of imported functions, after their imports have changed.
void fillImportedRecords(const abi::Library &library, abi::Instance &instance);

/// The initial contents of tables, all of which have their elements, zeroed
/// where they can move, by now.
void fillTables(const abi::Library &library, abi::Instance &instance);

/// Room for the elements of a table that can move, in whole pages.
uint64_t tableByteLength(const abi::Table &table);

} // namespace wrought
