//===- types.h - Value, heap, composite and external types -----------------===//
//
// The types of WebAssembly 3.0 as plain values. Concrete heap types hold the
// module's own type index; equality of such types across indices (recursive
// types are compared by structure) is TypeStore's business, not operator=='s.
//
// Source: WebAssembly Specification 3.0, "Structure / Types".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/typed_index.h"

#include <cassert>
#include <optional>
#include <string>
#include <vector>

namespace wrought::wasm {

using TypeIndex = TypedIndex<struct TypeTag>;
using FunctionIndex = TypedIndex<struct FunctionTag>;
using TableIndex = TypedIndex<struct TableTag>;
using MemoryIndex = TypedIndex<struct MemoryTag>;
using GlobalIndex = TypedIndex<struct GlobalTag>;
using TagIndex = TypedIndex<struct TagTag>;
using ElementIndex = TypedIndex<struct ElementTag>;
using DataIndex = TypedIndex<struct DataTag>;
using LocalIndex = TypedIndex<struct LocalTag>;

/// Abstract heap types; the values are the binary format's bytes.
enum class AbstractHeap : uint8_t {
  Exn = 0x69,
  Array = 0x6a,
  Struct = 0x6b,
  I31 = 0x6c,
  Eq = 0x6d,
  Any = 0x6e,
  Extern = 0x6f,
  Func = 0x70,
  None = 0x71,
  NoExtern = 0x72,
  NoFunc = 0x73,
  NoExn = 0x74,
};

/// An abstract heap type or a defined (concrete) one.
class HeapType {
public:
  constexpr HeapType() : HeapType(AbstractHeap::Any) {}
  constexpr HeapType(AbstractHeap heap) : bits_(static_cast<uint32_t>(heap)) {}
  constexpr HeapType(TypeIndex index) : bits_(index.value + FirstConcrete) {}

  constexpr bool isConcrete() const { return bits_ >= FirstConcrete; }
  constexpr bool isAbstract() const { return !isConcrete(); }
  constexpr AbstractHeap abstract() const {
    assert(isAbstract());
    return static_cast<AbstractHeap>(bits_);
  }
  constexpr TypeIndex index() const {
    assert(isConcrete());
    return TypeIndex(bits_ - FirstConcrete);
  }
  friend constexpr bool operator==(HeapType, HeapType) = default;

private:
  static constexpr uint32_t FirstConcrete = 0x100;
  friend class ValueType;
  uint32_t bits_;
};

enum class ValueKind : uint8_t {
  I32,
  I64,
  F32,
  F64,
  V128,
  Ref,
  /// The type of operands in unreachable code: a subtype of every type.
  Bottom,
};

/// A value type in 32 bits: kind, nullability and heap type.
class ValueType {
public:
  constexpr ValueType() : ValueType(ValueKind::Bottom) {}
  constexpr ValueType(ValueKind kind)
      : kind_(static_cast<uint32_t>(kind)), nullable_(0), heap_(0) {}
  static constexpr ValueType reference(HeapType heap, bool nullable) {
    ValueType type(ValueKind::Ref);
    type.nullable_ = nullable;
    type.heap_ = heap.bits_;
    return type;
  }
  static constexpr ValueType funcRef() {
    return reference(AbstractHeap::Func, true);
  }
  static constexpr ValueType externRef() {
    return reference(AbstractHeap::Extern, true);
  }

  constexpr ValueKind kind() const { return static_cast<ValueKind>(kind_); }
  constexpr bool isReference() const { return kind() == ValueKind::Ref; }
  constexpr bool isNumeric() const { return kind() <= ValueKind::F64; }
  constexpr bool isVector() const { return kind() == ValueKind::V128; }
  constexpr bool isBottom() const { return kind() == ValueKind::Bottom; }
  constexpr bool isNullable() const { return nullable_; }
  /// Whether a local of this type starts with a default value.
  constexpr bool isDefaultable() const {
    return !isReference() || isNullable();
  }
  constexpr HeapType heap() const {
    assert(isReference());
    HeapType heap;
    heap.bits_ = heap_;
    return heap;
  }
  constexpr ValueType asNonNull() const { return reference(heap(), false); }
  /// Same index means same type; different indices may still be equal types.
  friend constexpr bool operator==(ValueType a, ValueType b) {
    return a.kind_ == b.kind_ && a.nullable_ == b.nullable_ &&
           a.heap_ == b.heap_;
  }

private:
  uint32_t kind_ : 4;
  uint32_t nullable_ : 1;
  uint32_t heap_ : 27;
};
static_assert(sizeof(ValueType) == 4);

inline constexpr ValueType I32 = ValueKind::I32;
inline constexpr ValueType I64 = ValueKind::I64;
inline constexpr ValueType F32 = ValueKind::F32;
inline constexpr ValueType F64 = ValueKind::F64;
inline constexpr ValueType V128 = ValueKind::V128;

enum class PackedKind : uint8_t { None, I8, I16 };

/// The type of a struct field or array element.
struct FieldType {
  ValueType value; ///< I32 for packed fields
  PackedKind packed = PackedKind::None;
  bool isMutable = false;
  friend bool operator==(const FieldType &, const FieldType &) = default;
};

struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
};

enum class CompositeKind : uint8_t { Function, Struct, Array };

/// A defined type: `(sub final? supertype? composite)`.
struct SubType {
  CompositeKind kind = CompositeKind::Function;
  bool isFinal = true;
  std::optional<TypeIndex> supertype;
  FunctionType function;         ///< kind == Function
  std::vector<FieldType> fields; ///< Struct: all fields; Array: exactly one
};

/// Memory and table sizes, in pages or elements.
struct Limits {
  uint64_t minimum = 0;
  std::optional<uint64_t> maximum;
  bool is64 = false; ///< index type i64
  bool isShared = false;
};

struct TableType {
  ValueType element;
  Limits limits;
};

struct MemoryType {
  Limits limits;
  /// log2 of the page size in bytes: 16, or 0 with custom page sizes.
  uint8_t pageSizeLog2 = 16;
  ValueType indexType() const { return limits.is64 ? I64 : I32; }
};

struct GlobalType {
  ValueType value;
  bool isMutable = false;
};

struct TagType {
  TypeIndex type;
};

enum class ExternalKind : uint8_t {
  Function = 0,
  Table = 1,
  Memory = 2,
  Global = 3,
  Tag = 4,
};

/// "function", "table", … for messages.
const char *toString(ExternalKind kind);

} // namespace wrought::wasm
