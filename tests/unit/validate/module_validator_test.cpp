#include "module_builder.h"

#include "validate/body_validation.h"

#include <gtest/gtest.h>

namespace wrought::validate {
namespace {

using namespace test;

/// A function of type 0 without parameters and with these results.
Bytes withCode(const Bytes &code, const Bytes &results = {},
               const Bytes &locals = {0}) {
  return ModuleBuilder().type({}, results).function(0, code, locals).build();
}

TEST(ModuleValidator, TakesTheEmptyModule) {
  EXPECT_EQ(firstError(ModuleBuilder().build()), "");
  EXPECT_EQ(featuresUsed(ModuleBuilder().build()), "");
}

TEST(ModuleValidator, ComparesOperandTypes) {
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x41, 0, 0x6a}, {i32})), "");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x42, 0, 0x6a}, {i32})),
            "type mismatch: expected i32, found i64");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x6a}, {i32})),
            "type mismatch: expected i32, found nothing");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x41, 0}, {i32})),
            "type mismatch: 1 value too many at end");
}

TEST(ModuleValidator, KnowsNoTypesInUnreachableCode) {
  EXPECT_EQ(firstError(withCode({0x00, 0x6a}, {i32})), "");
  EXPECT_EQ(firstError(withCode({0x00, 0x42, 0, 0x6a}, {i32})),
            "type mismatch: expected i32, found i64");
}

TEST(ModuleValidator, NamesUnknownIndices) {
  EXPECT_EQ(firstError(withCode({0x20, 3, 0x1a})), "unknown local 3");
  EXPECT_EQ(firstError(withCode({0x10, 7})), "unknown function 7");
  EXPECT_EQ(firstError(withCode({0x23, 2, 0x1a})), "unknown global 2");
  EXPECT_EQ(firstError(withCode({0x0c, 1})), "unknown label 1");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x28, 2, 0, 0x1a})),
            "unknown memory 0");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0x11, 0, 0})), "unknown table 0");
  EXPECT_EQ(firstError(ModuleBuilder().add(3, {5}).add(10, {2, 0, 11}).build()),
            "unknown type 5");
}

TEST(ModuleValidator, ChecksAlignment) {
  const auto load = [](uint8_t alignment) {
    return ModuleBuilder()
        .type({}, {})
        .memory()
        .function(0, {0x41, 0, 0x28, alignment, 0, 0x1a})
        .build();
  };
  EXPECT_EQ(firstError(load(2)), "");
  EXPECT_EQ(firstError(load(3)),
            "alignment must not be larger than natural: 2^3 for 4 bytes");
}

TEST(ModuleValidator, AtomicsNeedNaturalAlignment) {
  const auto load = [](uint8_t alignment) {
    return ModuleBuilder()
        .type({}, {})
        .memory()
        .function(0, {0x41, 0, 0xfe, 0x10, alignment, 0, 0x1a})
        .build();
  };
  EXPECT_EQ(firstError(load(2)), "");
  EXPECT_EQ(firstError(load(1)),
            "atomic alignment must be natural: 2^1 for 4 bytes");
}

TEST(ModuleValidator, TracksLocalsWithoutDefault) {
  const Bytes local{1, 1, 0x64, funcref}; // one (ref func)
  EXPECT_EQ(firstError(withCode({0x20, 0, 0x1a}, {}, local)),
            "uninitialized local: local 0 of type (ref func) is read before "
            "it is set");
  // Set within a block only: (block (local.set 0 (ref.func 0))) (local.get 0)
  const Bytes code{0x02, 0x40, 0xd2, 0, 0x21, 0, 0x0b, 0x20, 0, 0x1a};
  const Bytes bytes = ModuleBuilder()
                          .type({}, {})
                          .exported("f", 0, 0)
                          .function(0, code, local)
                          .build();
  EXPECT_EQ(firstError(bytes).substr(0, 19), "uninitialized local");
  const Bytes direct{0xd2, 0, 0x21, 0, 0x20, 0, 0x1a};
  EXPECT_EQ(firstError(ModuleBuilder()
                           .type({}, {})
                           .exported("f", 0, 0)
                           .function(0, direct, local)
                           .build()),
            "");
}

TEST(ModuleValidator, FunctionReferencesMustBeDeclared) {
  EXPECT_EQ(firstError(withCode({0xd2, 0, 0x1a})).substr(0, 29),
            "undeclared function reference");
  EXPECT_EQ(firstError(ModuleBuilder()
                           .type({}, {})
                           .function(0, {0xd2, 0, 0x1a})
                           .add(9, {3, 0, 1, 0}) // declarative
                           .build()),
            "");
}

TEST(ModuleValidator, ConstantExpressionsAreLimited) {
  const auto global = [](const Bytes &initializer) {
    Bytes entry{i32, 0};
    append(entry, initializer);
    return ModuleBuilder()
        .add(6, {i32, 1, 0x41, 0, 0x0b})
        .add(6, entry)
        .build();
  };
  EXPECT_EQ(firstError(global({0x41, 1, 0x41, 2, 0x6a, 0x0b})), "");
  EXPECT_EQ(firstError(global({0x41, 1, 0x45, 0x0b})),
            "constant expression required: i32.eqz is not constant (in the "
            "initializer of global 1)");
  EXPECT_EQ(firstError(global({0x23, 0, 0x0b})),
            "constant expression required: global 0 is mutable (in the "
            "initializer of global 1)");
  EXPECT_EQ(firstError(global({0x23, 1, 0x0b})),
            "unknown global 1 (in the initializer of global 1)");
  EXPECT_EQ(firstError(global({0x42, 0, 0x0b})),
            "type mismatch: expected i32, found i64 (in the initializer of "
            "global 1)");
}

TEST(ModuleValidator, ExportNamesAreUnique) {
  EXPECT_EQ(firstError(ModuleBuilder()
                           .type({}, {})
                           .function(0, {})
                           .exported("a", 0, 0)
                           .exported("b", 0, 0)
                           .exported("a", 0, 0)
                           .build()),
            "duplicate export name: \"a\"");
}

TEST(ModuleValidator, StartTakesAndGivesNothing) {
  EXPECT_EQ(
      firstError(
          ModuleBuilder().type({i32}, {}).function(0, {}).add(8, {0}).build()),
      "start function: function 0 has type [i32] -> [], expected [] -> "
      "[]");
}

TEST(ModuleValidator, LimitsAreChecked) {
  EXPECT_EQ(firstError(ModuleBuilder().memory({1, 2, 1}).build()),
            "size minimum must not be greater than maximum: 2 > 1");
  EXPECT_EQ(firstError(ModuleBuilder().memory({0, 0x81, 0x80, 4}).build()),
            "memory size must be at most 65536 pages (4GiB)");
}

TEST(ModuleValidator, SubtypesMustMatch) {
  // (sub (func)) (sub 0 (func (param i32)))
  EXPECT_EQ(firstError(ModuleBuilder()
                           .add(1, {0x50, 0, 0x60, 0, 0})
                           .add(1, {0x50, 1, 0, 0x60, 1, i32, 0})
                           .build()),
            "sub type 1 does not match super type 0");
  EXPECT_EQ(firstError(ModuleBuilder()
                           .add(1, {0x60, 0, 0})
                           .add(1, {0x50, 1, 0, 0x60, 0, 0})
                           .build()),
            "sub type 1 does not match super type 0: the super type is final");
}

TEST(ModuleValidator, ChainsOfSubtypesAreBounded) {
  ModuleBuilder module;
  module.add(1, {0x50, 0, 0x60, 0, 0});
  for (uint8_t i = 0; i < 64; ++i)
    module.add(1, {0x50, 1, i, 0x60, 0, 0});
  EXPECT_NE(firstError(module.build()).find("too deep"), std::string::npos);
}

TEST(ModuleValidator, ReferencesOfNoOperandStayReferences) {
  // unreachable, ref.as_non_null, i32.eqz
  EXPECT_EQ(firstError(withCode({0x00, 0xd4, 0x1a})), "");
  EXPECT_EQ(firstError(withCode({0x00, 0xd4, 0x45, 0x1a})),
            "type mismatch: expected i32, found a reference");
}

TEST(ModuleValidator, RecordsTheFeaturesThatAModuleNeeds) {
  EXPECT_EQ(featuresUsed(withCode({0x41, 0, 0x1a})), "");
  EXPECT_EQ(featuresUsed(withCode({0x41, 0, 0xc0, 0x1a})), "sign-extension");
  EXPECT_EQ(featuresUsed(withCode({}, {}, {1, 1, v128})), "simd");
  EXPECT_EQ(featuresUsed(withCode({}, {}, {1, 1, externref})),
            "reference-types");
  EXPECT_EQ(featuresUsed(withCode({}, {}, {1, 1, 0x63, 0})),
            "function-references");
  EXPECT_EQ(featuresUsed(withCode({0x41, 0, 0x41, 0}, {i32, i32})),
            "multi-value");
  EXPECT_EQ(featuresUsed(withCode({0xd0, funcref, 0xd1, 0x1a})),
            "reference-types");
  EXPECT_EQ(featuresUsed(ModuleBuilder().memory().memory().build()),
            "multi-memory");
  EXPECT_EQ(featuresUsed(ModuleBuilder().memory({4, 1}).build()), "memory64");
  EXPECT_EQ(featuresUsed(ModuleBuilder().memory({3, 1, 1}).build()), "threads");
  EXPECT_EQ(featuresUsed(ModuleBuilder().memory({8, 1, 0}).build()),
            "custom-page-sizes");
  EXPECT_EQ(featuresUsed(ModuleBuilder().add(1, {0x5f, 0}).build()), "gc");
  EXPECT_EQ(featuresUsed(ModuleBuilder().type({}, {}).add(13, {0, 0}).build()),
            "exceptions");
  // A recursion group of one plain function type is Wasm 1.0.
  EXPECT_EQ(featuresUsed(ModuleBuilder().add(1, {0x4e, 1, 0x60, 0, 0}).build()),
            "");
}

TEST(ModuleValidator, TablesOfFunctionsAreWasm1) {
  const auto table = [](const Bytes &element) {
    return ModuleBuilder()
        .type({}, {})
        .add(4, {funcref, 0, 1})
        .function(0, {})
        .add(9, element)
        .build();
  };
  EXPECT_EQ(featuresUsed(table({0, 0x41, 0, 0x0b, 1, 0})), "");
  EXPECT_EQ(featuresUsed(table({1, 0, 1, 0})), "bulk-memory");
  EXPECT_EQ(featuresUsed(table({3, 0, 1, 0})), "reference-types");
  EXPECT_EQ(featuresUsed(table({4, 0x41, 0, 0x0b, 1, 0xd0, funcref, 0x0b})),
            "reference-types");
}

TEST(ModuleValidator, FeaturesCanBeTurnedOff) {
  Options options;
  options.features.set(wasm::Feature::Simd, false);
  options.features.set(wasm::Feature::SignExtension, false);
  EXPECT_EQ(firstError(withCode({}, {}, {1, 1, v128}), options),
            "simd is off: the code needs fixed-width SIMD");
  EXPECT_EQ(firstError(withCode({0x41, 0, 0xc0, 0x1a}), options),
            "sign-extension is off: the code needs sign extension operators");
  EXPECT_EQ(firstError(ModuleBuilder().type({v128}, {}).build(), options),
            "simd is off: type 0 needs fixed-width SIMD");
}

TEST(ModuleValidator, FeatureUsesSayWhere) {
  Diagnostics diagnostics;
  const Bytes bytes = ModuleBuilder()
                          .type({}, {})
                          .function(0, {})
                          .function(0, {0x41, 0, 0xc0, 0x1a})
                          .function(0, {0x41, 0, 0xc0, 0x1a})
                          .build();
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  ASSERT_TRUE(module);
  auto valid = validateModule(std::move(*module), {}, diagnostics);
  ASSERT_TRUE(valid);
  for (const FeatureUse &use : valid->featureUses()) {
    if (use.feature != wasm::Feature::SignExtension)
      continue;
    EXPECT_EQ(use.function, wasm::FunctionIndex(1));
    EXPECT_EQ(bytes[use.byteOffset], 0xc0);
    return;
  }
  FAIL() << "no use recorded";
}

/// `count` functions, of which each third has an error.
Bytes manyFunctions(unsigned count) {
  ModuleBuilder module;
  module.type({}, {});
  for (unsigned i = 0; i < count; ++i)
    module.function(0, i % 3 == 0 ? Bytes{0x1a} : Bytes(60, 0x01));
  return module.build();
}

std::string allErrors(const Bytes &bytes, unsigned threadCount) {
  Diagnostics diagnostics;
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  Options options;
  options.threadCount = threadCount;
  EXPECT_FALSE(validateModule(std::move(*module), options, diagnostics));
  std::string text;
  llvm::raw_string_ostream out(text);
  for (const Diagnostic &diagnostic : diagnostics.all())
    render(diagnostic, DiagnosticStyle::Text, false, out);
  return text;
}

TEST(ModuleValidator, ErrorsDoNotDependOnThreads) {
  const Bytes bytes = manyFunctions(20'000);
  const std::string one = allErrors(bytes, 1);
  for (unsigned threadCount : {2, 3, 8})
    EXPECT_EQ(allErrors(bytes, threadCount), one);
  EXPECT_NE(one.find("too many errors"), std::string::npos);
  EXPECT_EQ(std::count(one.begin(), one.end(), '\n'),
            static_cast<ptrdiff_t>(MaxReportedErrors) + 1);
}

TEST(ModuleValidator, ReportsOneErrorAFunction) {
  const std::string text = allErrors(manyFunctions(7), 2);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_NE(text.find("func[6]"), std::string::npos);
}

TEST(ModuleValidator, FactsCountInstructionsAndBlocks) {
  Diagnostics diagnostics;
  const Bytes bytes =
      withCode({0x02, 0x40, 0x03, 0x40, 0x01, 0x0b, 0x0b}); // block, loop, nop
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  auto valid = validateModule(std::move(*module), {}, diagnostics);
  ASSERT_TRUE(valid);
  EXPECT_EQ(valid->functionFacts()[0].instructionCount, 6u);
  EXPECT_EQ(valid->functionFacts()[0].maxBlockDepth, 3u);
}

TEST(ModuleValidator, OperandsCannotHeapUpWithoutEnd) {
  // A function with 1,000 results, called without end.
  Bytes wide{0x60, 0};
  append(wide, sized(Bytes(1000, i32)));
  ModuleBuilder module;
  module.type({}, {}).add(1, wide);
  Bytes code;
  for (unsigned i = 0; i < 10'000; ++i)
    append(code, {0x10, 1});
  module.function(0, code).function(1, {0x00});
  EXPECT_EQ(firstError(module.build()), "too many operands: more than 8000000");
}

TEST(ModuleValidator, NestingIsBounded) {
  Bytes code;
  for (unsigned i = 0; i < 100'001; ++i)
    append(code, {0x02, 0x40});
  EXPECT_EQ(firstError(withCode(code)),
            "nesting too deep: more than 100000 blocks");
}

TEST(ModuleValidator, BodiesMustEnd) {
  EXPECT_EQ(firstError(withCode({0x02, 0x40})),
            "unexpected end: 1 block not closed");
  EXPECT_EQ(firstError(withCode({0x0b, 0x01})),
            "unexpected instruction after the end of the function");
}

} // namespace
} // namespace wrought::validate
