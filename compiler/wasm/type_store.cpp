#include "wasm/type_store.h"

#include "wasm/limits.h"

#include "llvm/Support/BLAKE3.h"

#include <algorithm>

namespace wrought::wasm {

namespace {

/// First bytes of what is hashed, so that no group's form is also a member's.
enum class Domain : uint8_t { Group = 1, Member = 2 };

/// How a reference stands in the canonical form.
enum class Reference : uint8_t { None, Abstract, InGroup, Outside, Unknown };

/// Hashes the canonical form of a recursion group (type_store.h). Every item
/// has a tag or a count in front, so that different groups never give the same
/// bytes; the size is linear in that of the group.
class CanonicalForm {
public:
  CanonicalForm(std::vector<uint8_t> &out, uint32_t first, uint32_t size,
                const std::vector<TypeDigest> &earlier)
      : out_(out), first_(first), size_(size), earlier_(earlier) {
    out_.clear();
    put(Domain::Group);
    putU32(size);
  }

  void add(const SubType &type) {
    put(type.kind);
    out_.push_back(type.isFinal);
    if (type.supertype)
      addReference(*type.supertype);
    else
      put(Reference::None);
    if (type.kind == CompositeKind::Function) {
      addAll(type.function.parameters);
      addAll(type.function.results);
    } else {
      addFields(type.fields);
    }
    if (out_.size() >= FlushBytes)
      flush();
  }

  TypeDigest digest() {
    flush();
    return hasher_.final<sizeof(TypeDigest)>();
  }

private:
  static constexpr size_t FlushBytes = 1 << 16;

  void flush() {
    hasher_.update(out_);
    out_.clear();
  }

  template <typename Enum> void put(Enum value) {
    out_.push_back(static_cast<uint8_t>(value));
  }
  void putU32(uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      out_.push_back(static_cast<uint8_t>(value >> shift));
  }

  void addFields(const std::vector<FieldType> &fields) {
    putU32(fields.size());
    for (const FieldType &field : fields) {
      out_.push_back(field.isMutable);
      put(field.packed);
      add(field.value);
    }
  }

  void addAll(const std::vector<ValueType> &types) {
    putU32(types.size());
    for (ValueType type : types)
      add(type);
  }

  void add(ValueType type) {
    put(type.kind());
    if (!type.isReference())
      return;
    out_.push_back(type.isNullable());
    const HeapType heap = type.heap();
    if (heap.isConcrete()) {
      addReference(heap.index());
    } else {
      put(Reference::Abstract);
      put(heap.abstract());
    }
  }

  void addReference(TypeIndex index) {
    if (index.value < first_) {
      put(Reference::Outside);
      const TypeDigest &digest = earlier_[index.value];
      out_.insert(out_.end(), digest.begin(), digest.end());
    } else {
      const bool inGroup = index.value - first_ < size_;
      put(inGroup ? Reference::InGroup : Reference::Unknown);
      putU32(index.value - first_);
    }
  }

  llvm::BLAKE3 hasher_;
  std::vector<uint8_t> &out_; ///< what is still to be hashed
  uint32_t first_, size_;
  const std::vector<TypeDigest> &earlier_;
};

TypeDigest memberDigest(const TypeDigest &group, uint32_t position) {
  std::array<uint8_t, 1 + sizeof(TypeDigest) + 4> bytes;
  bytes[0] = static_cast<uint8_t>(Domain::Member);
  std::copy(group.begin(), group.end(), bytes.begin() + 1);
  for (unsigned i = 0; i < 4; ++i)
    bytes[1 + sizeof(TypeDigest) + i] =
        static_cast<uint8_t>(position >> (8 * i));
  return llvm::BLAKE3::hash<sizeof(TypeDigest)>(bytes);
}

/// Spec 3.0, "Heap Types" under "Matching": the abstract hierarchy.
bool isAbstractSubtype(AbstractHeap sub, AbstractHeap super) {
  using enum AbstractHeap;
  if (sub == super)
    return true;
  switch (super) {
  case Any:
    return sub == Eq || sub == I31 || sub == Struct || sub == Array ||
           sub == None;
  case Eq:
    return sub == I31 || sub == Struct || sub == Array || sub == None;
  case I31:
  case Struct:
  case Array:
    return sub == None;
  case Func:
    return sub == NoFunc;
  case Extern:
    return sub == NoExtern;
  case Exn:
    return sub == NoExn;
  case None:
  case NoFunc:
  case NoExtern:
  case NoExn:
    return false;
  }
  return false;
}

/// The abstract type right above all defined types of a kind.
AbstractHeap abstractOf(CompositeKind kind) {
  switch (kind) {
  case CompositeKind::Function:
    return AbstractHeap::Func;
  case CompositeKind::Struct:
    return AbstractHeap::Struct;
  case CompositeKind::Array:
    return AbstractHeap::Array;
  }
  return AbstractHeap::Any;
}

const char *name(AbstractHeap heap) {
  switch (heap) {
  case AbstractHeap::Exn:
    return "exn";
  case AbstractHeap::Array:
    return "array";
  case AbstractHeap::Struct:
    return "struct";
  case AbstractHeap::I31:
    return "i31";
  case AbstractHeap::Eq:
    return "eq";
  case AbstractHeap::Any:
    return "any";
  case AbstractHeap::Extern:
    return "extern";
  case AbstractHeap::Func:
    return "func";
  case AbstractHeap::None:
    return "none";
  case AbstractHeap::NoExtern:
    return "noextern";
  case AbstractHeap::NoFunc:
    return "nofunc";
  case AbstractHeap::NoExn:
    return "noexn";
  }
  return "";
}

/// The text format's short form of a nullable reference to `heap`.
const char *nullableName(AbstractHeap heap) {
  switch (heap) {
  case AbstractHeap::Exn:
    return "exnref";
  case AbstractHeap::Array:
    return "arrayref";
  case AbstractHeap::Struct:
    return "structref";
  case AbstractHeap::I31:
    return "i31ref";
  case AbstractHeap::Eq:
    return "eqref";
  case AbstractHeap::Any:
    return "anyref";
  case AbstractHeap::Extern:
    return "externref";
  case AbstractHeap::Func:
    return "funcref";
  case AbstractHeap::None:
    return "nullref";
  case AbstractHeap::NoExtern:
    return "nullexternref";
  case AbstractHeap::NoFunc:
    return "nullfuncref";
  case AbstractHeap::NoExn:
    return "nullexnref";
  }
  return "";
}

} // namespace

void TypeStore::addGroup(std::vector<SubType> group) {
  const auto first = static_cast<uint32_t>(types_.size());
  const auto size = static_cast<uint32_t>(group.size());
  CanonicalForm form(form_, first, size, digests_);
  for (const SubType &type : group)
    form.add(type);
  const TypeDigest groupDigest = form.digest();

  for (uint32_t position = 0; position < size; ++position) {
    SubType &type = group[position];
    const TypeDigest digest = memberDigest(groupDigest, position);
    const auto [entry, isNew] = canonicalByDigest_.try_emplace(
        digest, static_cast<uint32_t>(canonicalByDigest_.size()));
    canonical_.push_back(entry->second);
    digests_.push_back(digest);
    groups_.emplace_back(TypeIndex(first), size);
    const bool hasParent =
        type.supertype && type.supertype->value < first + position;
    depths_.push_back(hasParent ? depths_[type.supertype->value] + 1 : 0);
    types_.push_back(std::move(type));
  }
}

const FunctionType *TypeStore::functionType(TypeIndex index) const {
  if (!contains(index) || types_[index.value].kind != CompositeKind::Function)
    return nullptr;
  return &types_[index.value].function;
}

bool TypeStore::isSubtype(TypeIndex sub, TypeIndex super) const {
  if (sub == super)
    return true;
  if (!contains(sub) || !contains(super))
    return false;
  // Equal types are equally deep, so there is one candidate up the chain.
  if (depth(sub) < depth(super) ||
      depth(sub) - depth(super) > limits::SubtypingDepth)
    return false;
  for (uint32_t steps = depth(sub) - depth(super); steps != 0; --steps)
    sub = *types_[sub.value].supertype;
  return canonicalId(sub) == canonicalId(super);
}

bool TypeStore::isSubtype(HeapType sub, HeapType super) const {
  if (sub == super)
    return true;
  if (sub.isConcrete()) {
    if (super.isConcrete())
      return isSubtype(sub.index(), super.index());
    return contains(sub.index()) &&
           isAbstractSubtype(abstractOf(types_[sub.index().value].kind),
                             super.abstract());
  }
  if (super.isAbstract())
    return isAbstractSubtype(sub.abstract(), super.abstract());
  // Of the abstract types, only the bottom of a hierarchy is below its types.
  if (!contains(super.index()))
    return false;
  const bool isFunction =
      types_[super.index().value].kind == CompositeKind::Function;
  return sub.abstract() ==
         (isFunction ? AbstractHeap::NoFunc : AbstractHeap::None);
}

bool TypeStore::isSubtype(ValueType sub, ValueType super) const {
  if (sub == super || sub.isBottom())
    return true;
  if (!sub.isReference() || !super.isReference())
    return false;
  if (sub.isNullable() && !super.isNullable())
    return false;
  return isSubtype(sub.heap(), super.heap());
}

bool TypeStore::isEqual(ValueType a, ValueType b) const {
  if (a == b)
    return true;
  if (!a.isReference() || !b.isReference() ||
      a.isNullable() != b.isNullable() || a.heap().isAbstract() ||
      b.heap().isAbstract())
    return false;
  const TypeIndex first = a.heap().index(), second = b.heap().index();
  return contains(first) && contains(second) &&
         canonicalId(first) == canonicalId(second);
}

bool TypeStore::matchesField(const FieldType &sub,
                             const FieldType &super) const {
  if (sub.isMutable != super.isMutable || sub.packed != super.packed)
    return false;
  return sub.isMutable ? isEqual(sub.value, super.value)
                       : isSubtype(sub.value, super.value);
}

bool TypeStore::matchesFunction(const FunctionType &sub,
                                const FunctionType &super) const {
  const auto isBelow = [this](ValueType a, ValueType b) {
    return isSubtype(a, b);
  };
  return std::equal(super.parameters.begin(), super.parameters.end(),
                    sub.parameters.begin(), sub.parameters.end(), isBelow) &&
         std::equal(sub.results.begin(), sub.results.end(),
                    super.results.begin(), super.results.end(), isBelow);
}

bool TypeStore::matchesComposite(const SubType &sub,
                                 const SubType &super) const {
  if (sub.kind != super.kind)
    return false;
  if (sub.kind == CompositeKind::Function)
    return matchesFunction(sub.function, super.function);
  if (sub.fields.size() < super.fields.size())
    return false;
  for (size_t i = 0; i < super.fields.size(); ++i)
    if (!matchesField(sub.fields[i], super.fields[i]))
      return false;
  return true;
}

AbstractHeap TypeStore::top(HeapType heap) const {
  using enum AbstractHeap;
  if (heap.isConcrete())
    return functionType(heap.index()) ? Func : Any;
  switch (heap.abstract()) {
  case Func:
  case NoFunc:
    return Func;
  case Extern:
  case NoExtern:
    return Extern;
  case Exn:
  case NoExn:
    return Exn;
  default:
    return Any;
  }
}

std::string TypeStore::toString(ValueType type) const {
  switch (type.kind()) {
  case ValueKind::I32:
    return "i32";
  case ValueKind::I64:
    return "i64";
  case ValueKind::F32:
    return "f32";
  case ValueKind::F64:
    return "f64";
  case ValueKind::V128:
    return "v128";
  case ValueKind::Bottom:
    return "unknown";
  case ValueKind::Ref:
    break;
  }
  const HeapType heap = type.heap();
  if (type.isNullable() && heap.isAbstract())
    return nullableName(heap.abstract());
  return (type.isNullable() ? "(ref null " : "(ref ") + toString(heap) + ")";
}

std::string TypeStore::toString(HeapType type) const {
  return type.isConcrete() ? std::to_string(type.index().value)
                           : name(type.abstract());
}

std::string TypeStore::toString(const FunctionType &type) const {
  const auto list = [this](const std::vector<ValueType> &types) {
    std::string text = "[";
    for (ValueType value : types) {
      if (text.size() > 1)
        text += ' ';
      text += toString(value);
    }
    return text + "]";
  };
  return list(type.parameters) + " -> " + list(type.results);
}

} // namespace wrought::wasm
