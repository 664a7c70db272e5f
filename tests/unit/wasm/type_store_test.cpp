#include "wasm/type_store.h"

#include "wasm/limits.h"

#include <gtest/gtest.h>

using namespace wrought::wasm;

namespace {

ValueType ref(uint32_t index) {
  return ValueType::reference(TypeIndex(index), false);
}
ValueType refNull(uint32_t index) {
  return ValueType::reference(TypeIndex(index), true);
}
ValueType ref(AbstractHeap heap) { return ValueType::reference(heap, false); }
ValueType refNull(AbstractHeap heap) {
  return ValueType::reference(heap, true);
}

SubType func(std::vector<ValueType> parameters,
             std::vector<ValueType> results) {
  SubType type;
  type.function = {std::move(parameters), std::move(results)};
  return type;
}

SubType structure(std::vector<FieldType> fields) {
  SubType type;
  type.kind = CompositeKind::Struct;
  type.fields = std::move(fields);
  return type;
}

SubType array(FieldType element) {
  SubType type;
  type.kind = CompositeKind::Array;
  type.fields = {element};
  return type;
}

FieldType constant(ValueType type) { return {type, PackedKind::None, false}; }
FieldType mutableField(ValueType type) {
  return {type, PackedKind::None, true};
}
FieldType packed(PackedKind kind) { return {I32, kind, false}; }

SubType open(SubType type) {
  type.isFinal = false;
  return type;
}
SubType extends(uint32_t super, SubType type) {
  type.supertype = TypeIndex(super);
  return open(std::move(type));
}

class TypeStoreTest : public testing::Test {
protected:
  /// Adds one group and gives the index of its first type.
  uint32_t add(std::vector<SubType> group) {
    const auto first = static_cast<uint32_t>(store.size());
    store.addGroup(std::move(group));
    return first;
  }
  bool same(uint32_t a, uint32_t b) {
    const bool ids =
        store.canonicalId(TypeIndex(a)) == store.canonicalId(TypeIndex(b));
    const bool digests =
        store.digest(TypeIndex(a)) == store.digest(TypeIndex(b));
    EXPECT_EQ(ids, digests);
    return ids;
  }
  bool below(uint32_t a, uint32_t b) {
    return store.isSubtype(TypeIndex(a), TypeIndex(b));
  }
  bool matches(const SubType &sub, const SubType &super) {
    return store.matchesComposite(sub, super);
  }
  TypeStore store;
};

TEST_F(TypeStoreTest, EqualGroupsAreOneType) {
  const uint32_t a = add({func({I32}, {I64})});
  const uint32_t b = add({func({I32}, {I64})});
  const uint32_t c = add({func({I64}, {I32})});
  EXPECT_TRUE(same(a, b));
  EXPECT_FALSE(same(a, c));
  EXPECT_EQ(store.canonicalId(TypeIndex(a)), 0u);
  EXPECT_EQ(store.canonicalId(TypeIndex(c)), 1u);
  EXPECT_TRUE(store.isEqual(ref(a), ref(b)));
  EXPECT_FALSE(store.isEqual(ref(a), refNull(b)));
  EXPECT_FALSE(store.isEqual(ref(a), ref(c)));
}

TEST_F(TypeStoreTest, FinalityPackingMutabilityAndKindAreStructure) {
  const uint32_t types[] = {
      add({func({}, {})}),
      add({open(func({}, {}))}),
      add({structure({})}),
      add({structure({constant(I32)})}),
      add({structure({mutableField(I32)})}),
      add({structure({packed(PackedKind::I8)})}),
      add({structure({packed(PackedKind::I16)})}),
      add({array(constant(I32))}),
      add({structure({constant(refNull(AbstractHeap::Any))})}),
      add({structure({constant(ref(AbstractHeap::Any))})}),
      add({func({I32}, {})}),
      add({func({}, {I32})}),
  };
  for (uint32_t a : types)
    for (uint32_t b : types)
      EXPECT_EQ(same(a, b), a == b) << a << " and " << b;
}

TEST_F(TypeStoreTest, RecursiveTypesAreComparedByPosition) {
  const uint32_t a = add({structure({constant(refNull(0))})});
  const uint32_t b = add({structure({constant(refNull(1))})});
  // The same shape, but it refers to another type instead of to itself.
  const uint32_t c = add({structure({constant(refNull(0))})});
  EXPECT_TRUE(same(a, b));
  EXPECT_FALSE(same(a, c));
}

TEST_F(TypeStoreTest, PositionAndSizeOfTheGroupMatter) {
  const uint32_t pair = add({func({}, {}), func({}, {})});
  const uint32_t single = add({func({}, {})});
  EXPECT_FALSE(same(pair, pair + 1));
  EXPECT_FALSE(same(pair, single));
  const uint32_t again = add({func({}, {}), func({}, {})});
  EXPECT_TRUE(same(pair, again));
  EXPECT_TRUE(same(pair + 1, again + 1));
  EXPECT_FALSE(same(pair, again + 1));
  EXPECT_EQ(store.group(TypeIndex(again + 1)).first, TypeIndex(again));
  EXPECT_EQ(store.group(TypeIndex(again + 1)).second, 2u);
}

TEST_F(TypeStoreTest, MutualRecursionAcrossEqualGroups) {
  const auto makeGroup = [](uint32_t first) {
    return std::vector<SubType>{func({ref(first + 1)}, {}),
                                structure({constant(refNull(first))})};
  };
  const uint32_t a = add(makeGroup(0));
  const uint32_t b = add(makeGroup(2));
  EXPECT_TRUE(same(a, b));
  EXPECT_TRUE(same(a + 1, b + 1));
  // References to equal types out of the group give equal types again.
  const uint32_t useA = add({func({ref(a)}, {})});
  const uint32_t useB = add({func({ref(b)}, {})});
  EXPECT_TRUE(same(useA, useB));
}

TEST_F(TypeStoreTest, LargeGroupsAreComparedToTheEnd) {
  const auto makeGroup = [](ValueType last) {
    std::vector<SubType> group(
        100, func(std::vector<ValueType>(1000, ref(AbstractHeap::Any)), {}));
    group.back().function.parameters.back() = last;
    return group;
  };
  const uint32_t a = add(makeGroup(I32));
  const uint32_t b = add(makeGroup(I32));
  const uint32_t c = add(makeGroup(I64));
  EXPECT_TRUE(same(a, b));
  EXPECT_TRUE(same(a + 99, b + 99));
  EXPECT_FALSE(same(a, c));
}

TEST_F(TypeStoreTest, DigestsAgreeBetweenModules) {
  add({func({I32}, {})});
  const uint32_t here = add({array(mutableField(ref(0)))});
  TypeStore other;
  other.addGroup({structure({})});
  other.addGroup({func({I32}, {})});
  other.addGroup({array(mutableField(ref(1)))});
  EXPECT_EQ(store.digest(TypeIndex(here)), other.digest(TypeIndex(2)));
}

TEST_F(TypeStoreTest, SubtypingFollowsDeclarations) {
  const uint32_t base = add({open(structure({}))});
  const uint32_t middle = add({extends(base, structure({constant(I32)}))});
  const uint32_t leaf =
      add({extends(middle, structure({constant(I32), constant(I64)}))});
  const uint32_t other = add({open(structure({constant(I32)}))});
  EXPECT_TRUE(below(leaf, leaf));
  EXPECT_TRUE(below(leaf, middle));
  EXPECT_TRUE(below(leaf, base));
  EXPECT_TRUE(below(middle, base));
  EXPECT_FALSE(below(base, leaf));
  EXPECT_FALSE(below(leaf, other)); // not by structure
  EXPECT_EQ(store.depth(TypeIndex(leaf)), 2u);

  const uint32_t twin = add({open(structure({}))});
  EXPECT_TRUE(below(leaf, twin)); // equal to base
  EXPECT_FALSE(store.isSubtype(TypeIndex(9999), TypeIndex(base)));
}

TEST_F(TypeStoreTest, SubtypingReachesItsLimitAndNoFurther) {
  add({open(structure({}))});
  for (uint32_t i = 0; i < limits::SubtypingDepth + 1; ++i)
    add({extends(i, structure({}))});
  EXPECT_TRUE(below(limits::SubtypingDepth, 0));
  EXPECT_FALSE(below(limits::SubtypingDepth + 1, 0));
  EXPECT_TRUE(below(limits::SubtypingDepth + 1, 1));
}

TEST_F(TypeStoreTest, AbstractHierarchyIsTheSpecs) {
  using enum AbstractHeap;
  const AbstractHeap all[] = {Any,  Eq,     I31,    Struct,   Array, None,
                              Func, NoFunc, Extern, NoExtern, Exn,   NoExn};
  // Row: subtype; column: supertype; both in the order of `all`.
  const char *expected[] = {"100000000000", "110000000000", "111000000000",
                            "110100000000", "110010000000", "111111000000",
                            "000000100000", "000000110000", "000000001000",
                            "000000001100", "000000000010", "000000000011"};
  for (size_t sub = 0; sub < std::size(all); ++sub)
    for (size_t super = 0; super < std::size(all); ++super)
      EXPECT_EQ(store.isSubtype(HeapType(all[sub]), HeapType(all[super])),
                expected[sub][super] == '1')
          << store.toString(HeapType(all[sub]))
          << " <: " << store.toString(HeapType(all[super]));
}

TEST_F(TypeStoreTest, DefinedTypesLieInTheAbstractHierarchy) {
  using enum AbstractHeap;
  const uint32_t f = add({func({}, {})});
  const uint32_t s = add({structure({})});
  const uint32_t a = add({array(constant(I32))});
  const auto isBelow = [&](HeapType sub, HeapType super) {
    return store.isSubtype(sub, super);
  };
  EXPECT_TRUE(isBelow(TypeIndex(f), Func));
  EXPECT_FALSE(isBelow(TypeIndex(f), Any));
  for (AbstractHeap top : {Any, Eq, Struct})
    EXPECT_TRUE(isBelow(TypeIndex(s), top));
  for (AbstractHeap top : {Any, Eq, Array})
    EXPECT_TRUE(isBelow(TypeIndex(a), top));
  EXPECT_FALSE(isBelow(TypeIndex(s), Array));
  EXPECT_FALSE(isBelow(TypeIndex(a), I31));
  EXPECT_TRUE(isBelow(NoFunc, TypeIndex(f)));
  EXPECT_TRUE(isBelow(None, TypeIndex(s)));
  EXPECT_TRUE(isBelow(None, TypeIndex(a)));
  EXPECT_FALSE(isBelow(None, TypeIndex(f)));
  EXPECT_FALSE(isBelow(NoFunc, TypeIndex(s)));
  EXPECT_FALSE(isBelow(Struct, TypeIndex(s)));
  EXPECT_FALSE(isBelow(None, TypeIndex(9999)));
  EXPECT_EQ(store.top(TypeIndex(f)), Func);
  EXPECT_EQ(store.top(TypeIndex(a)), Any);
  EXPECT_EQ(store.top(NoExtern), Extern);
  EXPECT_EQ(store.top(NoExn), Exn);
  EXPECT_EQ(store.top(I31), Any);
}

TEST_F(TypeStoreTest, ValueTypesMatchByKindAndNullability) {
  const ValueType bottom;
  EXPECT_TRUE(store.isSubtype(I32, I32));
  EXPECT_FALSE(store.isSubtype(I32, I64));
  EXPECT_TRUE(store.isSubtype(bottom, I32));
  EXPECT_TRUE(store.isSubtype(bottom, ref(AbstractHeap::Func)));
  EXPECT_FALSE(store.isSubtype(I32, bottom));
  EXPECT_TRUE(store.isSubtype(ref(AbstractHeap::Func), ValueType::funcRef()));
  EXPECT_FALSE(store.isSubtype(ValueType::funcRef(), ref(AbstractHeap::Func)));
  EXPECT_FALSE(store.isSubtype(I32, ValueType::funcRef()));
  EXPECT_FALSE(store.isSubtype(V128, I32));
}

TEST_F(TypeStoreTest, FunctionsMatchContraAndCovariantly) {
  const ValueType any = refNull(AbstractHeap::Any);
  const ValueType eq = refNull(AbstractHeap::Eq);
  EXPECT_TRUE(matches(func({any}, {eq}), func({eq}, {any})));
  EXPECT_FALSE(matches(func({eq}, {eq}), func({any}, {eq})));
  EXPECT_FALSE(matches(func({any}, {any}), func({any}, {eq})));
  EXPECT_FALSE(matches(func({any}, {}), func({}, {})));
  EXPECT_FALSE(matches(func({}, {any}), func({}, {})));
  EXPECT_FALSE(matches(func({}, {}), structure({})));
}

TEST_F(TypeStoreTest, StructsMatchInWidthAndDepth) {
  const ValueType any = refNull(AbstractHeap::Any);
  const ValueType eq = refNull(AbstractHeap::Eq);
  const SubType wide = structure({constant(eq), constant(I32)});
  EXPECT_TRUE(matches(wide, structure({constant(any)})));
  EXPECT_FALSE(matches(structure({constant(any)}), wide));
  EXPECT_FALSE(
      matches(structure({mutableField(eq)}), structure({mutableField(any)})));
  EXPECT_TRUE(
      matches(structure({mutableField(eq)}), structure({mutableField(eq)})));
  EXPECT_FALSE(
      matches(structure({mutableField(eq)}), structure({constant(eq)})));
  EXPECT_FALSE(
      matches(structure({packed(PackedKind::I8)}), structure({constant(I32)})));
  EXPECT_FALSE(matches(structure({packed(PackedKind::I8)}),
                       structure({packed(PackedKind::I16)})));
}

TEST_F(TypeStoreTest, ArraysMatchLikeFields) {
  const ValueType any = refNull(AbstractHeap::Any);
  const ValueType eq = refNull(AbstractHeap::Eq);
  EXPECT_TRUE(matches(array(constant(eq)), array(constant(any))));
  EXPECT_FALSE(matches(array(constant(any)), array(constant(eq))));
  EXPECT_FALSE(matches(array(mutableField(eq)), array(mutableField(any))));
}

TEST_F(TypeStoreTest, MatchingSeesReferencesInsideTheGroup) {
  // (rec (type 0 (sub (struct (ref null 0))))
  //      (type 1 (sub 0 (struct (ref null 1)))))
  add({open(structure({constant(refNull(0))})),
       extends(0, structure({constant(refNull(1))}))});
  EXPECT_TRUE(matches(store[TypeIndex(1)], store[TypeIndex(0)]));
  EXPECT_FALSE(matches(store[TypeIndex(0)], store[TypeIndex(1)]));
}

TEST_F(TypeStoreTest, PrintsTypesAsTheTextFormatDoes) {
  EXPECT_EQ(store.toString(I32), "i32");
  EXPECT_EQ(store.toString(V128), "v128");
  EXPECT_EQ(store.toString(refNull(3)), "(ref null 3)");
  EXPECT_EQ(store.toString(ref(3)), "(ref 3)");
  EXPECT_EQ(store.toString(ValueType::funcRef()), "funcref");
  EXPECT_EQ(store.toString(refNull(AbstractHeap::NoExtern)), "nullexternref");
  EXPECT_EQ(store.toString(ref(AbstractHeap::I31)), "(ref i31)");
  EXPECT_EQ(store.toString(FunctionType{{I32, I64}, {F32}}),
            "[i32 i64] -> [f32]");
  EXPECT_EQ(store.toString(FunctionType{}), "[] -> []");
}

TEST_F(TypeStoreTest, LooksUpFunctionTypes) {
  const uint32_t f = add({func({I32}, {})});
  const uint32_t s = add({structure({})});
  ASSERT_NE(store.functionType(TypeIndex(f)), nullptr);
  EXPECT_EQ(store.functionType(TypeIndex(f))->parameters.size(), 1u);
  EXPECT_EQ(store.functionType(TypeIndex(s)), nullptr);
  EXPECT_EQ(store.functionType(TypeIndex(2)), nullptr);
}

} // namespace
