//===- functions.h - Functions that other instances hold ------------------===//
//
// A reference may be in any table, global, object or frame of any instance that
// has ever shared such a thing with its owner, directly or through others. So
// these make up a set, and what they share of their functions, the
// FunctionOwner with its records, stays until none of the set lives. By then
// nothing can hold a reference but a host, which must not.
//
// A function of an instance that was freed is still known as one, and calling
// it fails.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "library/library.h"

namespace wrought {

/// Gives the instance a FunctionOwner, a set of its own, if its library wants
/// one. False: out of memory.
[[nodiscard]] bool openFunctions(const abi::Library &library,
                                 abi::Instance &instance);
/// The instance's end.
void closeFunctions(abi::Instance &instance);
/// From now on, either may hold what the other one has.
void joinFunctions(abi::FunctionOwner &left, abi::FunctionOwner &right);

/// Whether what is given may be imported as what is wanted: the same, or, where
/// it is not mutable, a subtype.
bool isSameReference(const abi::SharedType &given,
                     const abi::SharedType &wanted);
bool isSubReference(const abi::SharedType &given,
                    const abi::SharedType &wanted);

/// For a reference that a host puts into a table or global of that type.
wrought_result admitFunction(abi::Instance &instance,
                             const abi::SharedType &type, void *reference);

} // namespace wrought
