//===- type_store.h - A module's defined types and their identity ---------===//
//
// Recursion groups are equal when their structure is (iso-recursive types), so
// each defined type gets a digest: BLAKE3 over the canonical form of its group,
// in which references out of the group stand as digests themselves and those
// into it as positions. Equal digests mean equal types, within a module and
// across modules compiled apart; nothing needs a shared registry.
//
// Source: WebAssembly Specification 3.0, "Validation / Types / Type Closure",
// "Rolling and Unrolling".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/types.h"

#include <array>
#include <cstring>
#include <string>
#include <unordered_map>

namespace wrought::wasm {

using TypeDigest = std::array<uint8_t, 32>;

class TypeStore {
public:
  /// Appends a recursion group. References may name types of this group and
  /// earlier ones; the caller has checked indices, so that canonical identity
  /// can be computed here.
  void addGroup(std::vector<SubType> group);

  size_t size() const { return types_.size(); }
  bool contains(TypeIndex index) const { return index.value < size(); }
  const SubType &operator[](TypeIndex index) const {
    return types_[index.value];
  }
  /// Null when the index is out of range or not a function type.
  const FunctionType *functionType(TypeIndex index) const;

  /// Equal numbers mean equal types; valid within this store only.
  uint32_t canonicalId(TypeIndex index) const {
    return canonical_[index.value];
  }
  const TypeDigest &digest(TypeIndex index) const {
    return digests_[index.value];
  }
  /// First index and size of the recursion group that holds `index`.
  std::pair<TypeIndex, uint32_t> group(TypeIndex index) const {
    return groups_[index.value];
  }
  /// Number of supertypes above `index`.
  uint32_t depth(TypeIndex index) const { return depths_[index.value]; }

  bool isSubtype(TypeIndex sub, TypeIndex super) const;
  bool isSubtype(HeapType sub, HeapType super) const;
  bool isSubtype(ValueType sub, ValueType super) const;
  bool isEqual(ValueType a, ValueType b) const;
  /// Structural check that `sub`'s composite may extend `super`'s.
  bool matchesComposite(const SubType &sub, const SubType &super) const;

  /// The top of the hierarchy that `heap` is in (any, extern, func or exn).
  AbstractHeap top(HeapType heap) const;

  /// As the text format writes it: "i32", "(ref null 3)", "funcref".
  std::string toString(ValueType type) const;
  std::string toString(HeapType type) const;
  /// "[i32 i64] -> [f32]"
  std::string toString(const FunctionType &type) const;

private:
  struct DigestHash {
    size_t operator()(const TypeDigest &digest) const noexcept {
      size_t prefix;
      std::memcpy(&prefix, digest.data(), sizeof(prefix));
      return prefix;
    }
  };

  bool matchesField(const FieldType &sub, const FieldType &super) const;
  bool matchesFunction(const FunctionType &sub,
                       const FunctionType &super) const;

  std::vector<SubType> types_;
  std::vector<uint32_t> canonical_;
  std::vector<uint32_t> depths_;
  std::vector<std::pair<TypeIndex, uint32_t>> groups_;
  std::vector<TypeDigest> digests_;
  std::unordered_map<TypeDigest, uint32_t, DigestHash> canonicalByDigest_;
  std::vector<uint8_t> form_; ///< scratch of addGroup
};

} // namespace wrought::wasm
