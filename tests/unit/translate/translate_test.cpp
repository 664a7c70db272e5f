#include "translated_module.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Verifier.h"

namespace wrought {
namespace {

using translate::BoundsChecks;

translate::Options with(BoundsChecks checks, unsigned optLevel = 0) {
  translate::Options options;
  options.boundsChecks = checks;
  options.optLevel = optLevel;
  options.exportAll = true;
  return options;
}

unsigned count(const std::string &text, std::string_view part) {
  unsigned found = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(Translate, ModulesVerify) {
  TranslatedModule module(R"((module
    (memory 1) (data (i32.const 8) "abc")
    (table 3 funcref) (elem (i32.const 0) $f $f)
    (global $g (mut i32) (i32.const 1))
    (type $t (func (param i32) (result i32 i64)))
    (func $f (type $t) (local.get 0) (i64.const 7))
    (func (export "run") (param i32) (result i32)
      (block (result i32 i64)
        (loop (br_if 0 (i32.eqz (local.get 0))))
        (call_indirect (type $t) (local.get 0) (i32.const 1)))
      (drop)
      (if (param i32) (result i32) (global.get $g)
        (then (i32.const 3) (i32.div_s))
        (else (i32.const 4) (i32.rem_s))))))");
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_FALSE(llvm::verifyModule(*module.module0, &llvm::errs()));
}

TEST(Translate, GuardedLoadIsVolatileAndUnchecked) {
  TranslatedModule module(
      R"((module (memory 1) (func (export "f") (param i32) (result i32)
           (i32.load offset=1000 (local.get 0)))))",
      with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  const std::string ir = module.ir("wasm.f0");
  EXPECT_EQ(count(ir, "load volatile i32"), 1u) << ir;
  EXPECT_EQ(count(ir, "wrought_trap_MemoryOutOfBounds"), 0u) << ir;
}

TEST(Translate, LoadOfSharedMemoryIsFetchedOnce) {
  for (BoundsChecks checks : {BoundsChecks::Guard, BoundsChecks::Explicit}) {
    TranslatedModule shared(R"((module (memory 1 2 shared) (func (export "f")
        (param i32) (result i64) (i64.load8_u (local.get 0)))))",
                            with(checks));
    ASSERT_TRUE(shared.module0) << shared.firstError();
    EXPECT_EQ(count(shared.ir("wasm.f0"), "freeze i8"), 1u);
  }
  TranslatedModule alone(R"((module (memory 1 2) (func (export "f")
      (param i32) (result i64) (i64.load8_u (local.get 0)))))");
  ASSERT_TRUE(alone.module0) << alone.firstError();
  EXPECT_EQ(count(alone.ir("wasm.f0"), "freeze"), 0u);
}

TEST(Translate, SizeOfSharedMemoryIsReadWhole) {
  TranslatedModule module(
      R"((module (memory 1 2 shared) (func (export "f") (param i32)
           (drop (memory.grow (i32.const 1)))
           (i32.store (local.get 0) (memory.size)))))",
      with(BoundsChecks::Explicit));
  ASSERT_TRUE(module.module0) << module.firstError();
  const std::string ir = module.ir("wasm.f0");
  EXPECT_EQ(count(ir, "seq_cst, align 8"), 1u) << ir;
  EXPECT_EQ(count(ir, "unordered, align 8"), 1u) << ir;
  EXPECT_EQ(count(ir, "@wrought_memory_grow_shared"), 1u) << ir;
}

TEST(Translate, AtomicAccessChecksAlignmentFirst) {
  TranslatedModule module(
      R"((module (memory 1 1 shared) (func (export "f")
           (param i32) (result i32)
           (i32.atomic.rmw.add offset=6 (local.get 0) (i32.const 1)))))",
      with(BoundsChecks::Explicit));
  ASSERT_TRUE(module.module0) << module.firstError();
  const std::string ir = module.ir("wasm.f0");
  EXPECT_LT(ir.find("wrought_trap_UnalignedAtomic"),
            ir.find("wrought_trap_MemoryOutOfBounds"))
      << ir;
  EXPECT_EQ(count(ir, "atomicrmw volatile add"), 1u) << ir;
}

TEST(Translate, OffsetBeyondTheGuardIsChecked) {
  TranslatedModule module(
      R"((module (memory 1) (func (export "f") (param i32) (result i32)
           (i32.load offset=0x40000000 (local.get 0)))))",
      with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.f0"), "wrought_trap_MemoryOutOfBounds"), 1u);
}

TEST(Translate, OffsetsThatReachTheGuardsEndNeedNoCheck) {
  // 1 GiB of guard: the last byte of the access is the guard's last.
  TranslatedModule module(
      R"((module (memory 1) (func (export "f") (param i32) (result i32)
           (i32.load offset=0x3ffffffc (local.get 0)))
         (func (export "g") (param i32) (result i32)
           (i32.load offset=0x3ffffffd (local.get 0)))))",
      with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.f0"), "wrought_trap_MemoryOutOfBounds"), 0u);
  EXPECT_EQ(count(module.ir("wasm.f1"), "wrought_trap_MemoryOutOfBounds"), 1u);
}

TEST(Translate, ExplicitChecksEveryAccess) {
  TranslatedModule module(
      R"((module (memory 1) (func (export "f") (param i32)
           (i32.store (local.get 0) (i32.load8_u (local.get 0))))))",
      with(BoundsChecks::Explicit));
  ASSERT_TRUE(module.module0) << module.firstError();
  const std::string ir = module.ir("wasm.f0");
  EXPECT_EQ(count(ir, "wrought_trap_MemoryOutOfBounds"), 2u) << ir;
  EXPECT_EQ(count(ir, "volatile"), 0u) << ir;
}

TEST(Translate, SizeThatCannotChangeIsConstant) {
  const char *grows = R"((module (memory 2)
      (func (export "f") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "g") (drop (memory.grow (i32.const 1))))))";
  const char *stays = R"((module (memory 2)
      (func (export "f") (param i32) (result i32) (i32.load (local.get 0)))))";
  TranslatedModule growing(grows, with(BoundsChecks::Explicit));
  TranslatedModule fixed(stays, with(BoundsChecks::Explicit));
  ASSERT_TRUE(growing.module0 && fixed.module0);
  // An access of four bytes may begin four bytes before the end.
  EXPECT_EQ(count(growing.ir("wasm.f0"), ", 131068"), 0u);
  EXPECT_EQ(count(fixed.ir("wasm.f0"), ", 131068"), 1u);
}

constexpr const char *OutOfBounds = "wrought_trap_MemoryOutOfBounds";

TEST(Translate, SmallMemory64NeedsOneConstantCheck) {
  const char *small = R"((module (memory i64 1 65536)
      (func (export "f") (param i64) (result i32) (i32.load (local.get 0)))
      (func (export "g") (drop (memory.grow (i64.const 1))))))";
  const char *large = R"((module (memory i64 1 65537)
      (func (export "f") (param i64) (result i32) (i32.load (local.get 0)))
      (func (export "g") (drop (memory.grow (i64.const 1))))))";
  TranslatedModule guarded(small, with(BoundsChecks::Guard));
  TranslatedModule compared(large, with(BoundsChecks::Guard));
  ASSERT_TRUE(guarded.module0 && compared.module0);
  const std::string cheap = guarded.ir("wasm.f0");
  EXPECT_EQ(count(cheap, OutOfBounds), 1u) << cheap;
  EXPECT_EQ(count(cheap, ", 4294967295"), 1u) << cheap;
  EXPECT_EQ(count(cheap, "load volatile i32"), 1u) << cheap;
  const std::string dear = compared.ir("wasm.f0");
  EXPECT_EQ(count(dear, OutOfBounds), 1u) << dear;
  EXPECT_EQ(count(dear, ", 4294967295"), 0u) << dear;
  EXPECT_EQ(count(dear, "volatile"), 0u) << dear;
}

TEST(Translate, LargeOffsetsOfMemory64AreComparedTwice) {
  TranslatedModule module(R"((module (memory i64 1)
      (func (export "near") (param i64) (result i32)
        (i32.load offset=65532 (local.get 0)))
      (func (export "far") (param i64) (result i32)
        (i32.load offset=65533 (local.get 0)))
      (func (export "farther") (param i64) (result i32)
        (i32.load offset=0xffff_ffff_ffff_fffd (local.get 0)))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.f0"), OutOfBounds), 1u);
  EXPECT_EQ(count(module.ir("wasm.f1"), OutOfBounds), 2u);
  EXPECT_EQ(count(module.ir("wasm.f2"), "br i1 true"), 1u);
}

TEST(Translate, PartialPagesAreComparedInGuardModeToo) {
  TranslatedModule module(R"((module (memory 100 (pagesize 1))
      (func (export "f") (param i32) (result i32) (i32.load (local.get 0)))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.f0"), OutOfBounds), 1u);
}

TEST(Translate, MemoriesBeyondTheSlotsAreCompared) {
  const char *wat = R"((module (memory 1) (memory $b 1)
      (func (export "f") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "g") (param i32) (result i32) (i32.load $b (local.get 0)))
      (func (export "h") (drop (memory.grow $b (i32.const 1))))))";
  translate::Options options = with(BoundsChecks::Guard);
  for (bool hasSlot : {true, false})
    for (bool guardsExtra : {true, false}) {
      options.memorySlotCount = hasSlot ? 2 : 1;
      options.guardsExtraMemories = guardsExtra;
      TranslatedModule module(wat, options);
      ASSERT_TRUE(module.module0) << module.firstError();
      EXPECT_EQ(count(module.ir("wasm.f0"), OutOfBounds), 0u);
      const std::string ir = module.ir("wasm.f1");
      EXPECT_EQ(count(ir, OutOfBounds), hasSlot && guardsExtra ? 0u : 1u);
      // Without a place of its own it may move.
      EXPECT_EQ(count(ir, "load ptr, ptr @wasm.memory1"), hasSlot ? 0u : 1u)
          << ir;
      EXPECT_EQ(count(ir, "invariant.load"), 0u) << ir;
      for (const translate::ExportedSymbol &item : module.plan->exports())
        EXPECT_NE(item.kind, wasm::ExternalKind::Memory);
    }
}

TEST(Translate, ExportsSayHowMemoriesAreHeld) {
  TranslatedModule module(R"((module (memory (export "a") 1)
      (memory (export "b") i64 1) (memory (export "c") i64 1 1)))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.plan) << module.firstError();
  const auto &exports = module.plan->exports();
  ASSERT_EQ(exports.size(), 3u);
  EXPECT_TRUE(exports[0].memory.isGuarded && !exports[0].memory.canMove);
  EXPECT_TRUE(!exports[1].memory.isGuarded && exports[1].memory.canMove);
  EXPECT_TRUE(exports[2].memory.isGuarded && !exports[2].memory.canMove);
}

TEST(Translate, OwnMemoriesDoNotAlias) {
  TranslatedModule module(R"((module (memory 1) (memory $b 1)
      (func (export "f") (param i32)
        (i32.store (local.get 0) (i32.const 1))
        (i32.store $b (local.get 0) (i32.const 1)))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  std::vector<llvm::MDNode *> tags;
  for (llvm::Instruction &i :
       llvm::instructions(*module.module0->getFunction("wasm.f0")))
    if (llvm::isa<llvm::StoreInst>(i) && i.hasMetadata("tbaa"))
      tags.push_back(i.getMetadata("tbaa"));
  ASSERT_EQ(tags.size(), 2u);
  EXPECT_NE(tags[0], tags[1]);
}

TEST(Translate, UntranslatedFeatureIsNamedWithItsPlace) {
  TranslatedModule module(R"((module (memory 1) (tag $t)
      (func (export "f") (throw $t))))");
  EXPECT_FALSE(module.plan);
  EXPECT_EQ(module.firstError(), "not yet supported: exception handling");
  EXPECT_TRUE(module.diagnostics.all().front().location.byteOffset);
}

TEST(Translate, OnlyWhatMakesTailCallsHasTheirConvention) {
  TranslatedModule module(R"((module
      (func $leaf (param i32) (result i32) (local.get 0))
      (func $leaves (param i32 i64) (result i32)
        (return_call $leaf (local.get 0)))
      (func $loops (param i32) (result i32)
        (return_call $leaves (local.get 0) (i64.const 1)))
      (func (export "_start")
        (drop (call $loops (i32.const 1))))))");
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_TRUE(module.module0->getFunction("wasm.f0.leaf"));
  EXPECT_FALSE(module.module0->getFunction("wasm.f0.leaf.tail"));
  // What nothing calls by the C convention has no entry for it.
  EXPECT_FALSE(module.module0->getFunction("wasm.f2.loops"));
  EXPECT_EQ(count(module.ir("wasm.f1.leaves.tail"), "musttail"), 0u);
  EXPECT_EQ(count(module.ir("wasm.f2.loops.tail"), "musttail"), 1u);
  EXPECT_FALSE(module.module0->getGlobalVariable("wrought_call_area"));
}

TEST(Translate, ConstantTableShowsWhatIsCalled) {
  constexpr const char *Wat = R"((module
    (type $i (func (result i32))) (type $l (func (result i64)))
    (func $one (type $i) (i32.const 1))
    (func $two (type $i) (i32.const 2))
    (func $long (type $l) (i64.const 3))
    (table $same 3 funcref) (elem (table $same) (i32.const 0) func $one $two)
    (table $mixed 3 funcref) (elem (table $mixed) (i32.const 0) func $one $long)
    (table $changed 3 funcref) (elem (table $changed) (i32.const 0) func $one)
    (func (export "same") (param i32) (result i32)
      (call_indirect $same (type $i) (local.get 0)))
    (func (export "mixed") (param i32) (result i32)
      (call_indirect $mixed (type $i) (local.get 0)))
    (func (export "changed") (param i32) (result i32)
      (table.set $changed (i32.const 1) (ref.func $long))
      (call_indirect $changed (type $i) (local.get 0)))))";
  translate::Options options;
  options.exportAll = true;
  for (const bool isInstancePointer : {false, true}) {
    options.isInstancePointer = isInstancePointer;
    TranslatedModule module(Wat, options);
    ASSERT_TRUE(module.module0) << module.firstError();
    const auto has = [&](const char *symbol, const char *text) {
      return module.ir(symbol).find(text) != std::string::npos;
    };
    const char *mismatch = "@wrought_trap_IndirectCallTypeMismatch";
    const char *null = "@wrought_trap_UninitializedElement";
    EXPECT_TRUE(has("wasm.f3", null) && !has("wasm.f3", mismatch));
    EXPECT_FALSE(has("wasm.f3", "@wasm.f0.one"));
    EXPECT_TRUE(has("wasm.f4", null) && has("wasm.f4", mismatch));
    EXPECT_TRUE(has("wasm.f4", "@wasm.f0.one"));
    EXPECT_TRUE(has("wasm.f5", null) && has("wasm.f5", mismatch));
    EXPECT_FALSE(has("wasm.f5", "@wasm.f0.one"));
  }
}

TEST(Translate, HugeTableIsRefused) {
  TranslatedModule module("(module (table 10000001 funcref))");
  EXPECT_FALSE(module.plan);
  EXPECT_EQ(module.firstError(), "table[0] starts with 10000001 elements: at "
                                 "most 10000000 are supported");
}

TEST(Translate, MemoryAboveTheMaximumSetIsRefused) {
  translate::Options options;
  options.maxMemory = 65536;
  TranslatedModule module("(module (memory 2))", options);
  EXPECT_FALSE(module.plan);
}

TEST(Translate, OnlyWhatStartReachesIsTranslated) {
  TranslatedModule module(R"((module
      (func $used) (func $unused)
      (func (export "_start") (call $used))))");
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_TRUE(module.module0->getFunction("wasm.f0.used"));
  EXPECT_FALSE(module.module0->getFunction("wasm.f1.unused"));
}

TEST(Translate, ConstantSegmentsBecomePages) {
  TranslatedModule module(R"((module (memory 2)
      (data (i32.const 65530) "0123456789") (data (i32.const 69625) "0")
      (func (export "f"))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  const llvm::GlobalVariable *image = nullptr;
  for (const llvm::GlobalVariable &variable : module.module0->globals())
    if (variable.getSection() == "wrought_image")
      image = &variable;
  ASSERT_TRUE(image);
  EXPECT_EQ(image->getAlign()->value(), 4096u);
  EXPECT_EQ(image->getValueType()->getArrayNumElements(), 8192u);
}

TEST(Translate, FewBytesOfDataAreCopied) {
  TranslatedModule module(R"((module (memory 2)
      (data (i32.const 65530) "0123456789") (data (i32.const 65600) "\00\00")
      (func (export "f"))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  const llvm::GlobalVariable *image =
      module.module0->getGlobalVariable("wasm.image0.0");
  ASSERT_TRUE(image);
  EXPECT_TRUE(image->isConstant());
  EXPECT_EQ(image->getSection(), "");
  EXPECT_EQ(image->getValueType()->getArrayNumElements(), 10u);
}

TEST(Translate, ZerosHaveNoImage) {
  TranslatedModule module(R"((module (memory 2)
      (data (i32.const 65530) "\00\00\00") (func (export "f"))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_FALSE(module.module0->getGlobalVariable("wasm.image0.0", true));
}

TEST(Translate, SegmentOutOfBoundsWaitsForInstantiation) {
  TranslatedModule module(R"((module (memory 1)
      (data (i32.const 65530) "0123456789") (func (export "f"))))",
                          with(BoundsChecks::Guard));
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.instantiate"), "wrought_memory_init"), 1u);
}

TEST(Translate, ManyFunctionsAreCutByTheModuleAlone) {
  std::string wat = "(module ";
  for (int i = 0; i < 4000; ++i) {
    wat += "(func (export \"f" + std::to_string(i) + "\") (result i64) ";
    for (int k = 0; k < 12; ++k)
      wat += "(drop (i64.const 0x123456789abcdef))";
    wat += "(i64.const 1))";
  }
  wat += ")";
  TranslatedModule module(wat, with(BoundsChecks::Guard));
  ASSERT_TRUE(module.plan) << module.firstError();
  EXPECT_GT(module.plan->partitionCount(), 1u);
  translate::Options single = with(BoundsChecks::Guard);
  single.singlePartition = true;
  TranslatedModule whole(wat, single);
  ASSERT_TRUE(whole.plan);
  EXPECT_EQ(whole.plan->partitionCount(), 1u);
}

TEST(Translate, MissingImportSaysItsName) {
  TranslatedModule module(R"((module (import "env" "f" (func $f))
      (func (export "_start") (call $f))))");
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_EQ(count(module.ir("wasm.f0.f"), "wrought_missing_import"), 1u);
}

translate::Options withFuel() {
  translate::Options options = with(BoundsChecks::Guard);
  options.countsFuel = true;
  return options;
}

TEST(Translate, FuelIsSpentWhereARegionBegins) {
  TranslatedModule module(R"((module (memory 1)
      (func (export "f") (param i32)
        (if (local.get 0)
          (then (i32.store (i32.const 0) (i32.const 1)))
          (else (nop) (nop) (nop) (nop) (nop))))))",
                          withFuel());
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_FALSE(llvm::verifyModule(*module.module0, &llvm::errs()));
  const std::string ir = module.ir("wasm.f0");
  for (const char *amount : {", 2, !dbg", ", 3, !dbg", ", 5, !dbg"})
    EXPECT_EQ(count(ir, amount), 1u) << amount << ir;
  EXPECT_EQ(count(ir, "sub i64"), 3u) << ir;
  // Looked at once, when it returns.
  EXPECT_EQ(count(ir, "call void @wrought_trap_OutOfFuel"), 1u) << ir;
  EXPECT_EQ(count(ir, "ptr @wrought_fuel"), 2u) << ir;
}

TEST(Translate, FuelIsLookedAtWhereCodeCouldGoOnForEver) {
  TranslatedModule module(R"((module
      (memory 1) (table 1 externref)
      (func $called)
      (func (export "loop") (loop (br 0)))
      (func (export "call") (call $called) (call $called))
      (func (export "fill") (param i32)
        (memory.fill (i32.const 0) (i32.const 0) (local.get 0)))
      (func (export "straight") (param i32) (result i32)
        (i32.add (local.get 0) (i32.const 1)))
      (func (export "empty"))))",
                          withFuel());
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_FALSE(llvm::verifyModule(*module.module0, &llvm::errs()));
  const std::pair<const char *, unsigned> checks[] = {{"wasm.f1", 1},
                                                      {"wasm.f2", 1},
                                                      {"wasm.f3", 2},
                                                      {"wasm.f4", 1},
                                                      {"wasm.f5", 0}};
  for (const auto &[symbol, wanted] : checks) {
    const std::string ir = module.ir(symbol);
    EXPECT_EQ(count(ir, "call void @wrought_trap_OutOfFuel"), wanted) << ir;
  }
  // Read at the start and behind each call, written in front of them and at the
  // end.
  EXPECT_EQ(count(module.ir("wasm.f2"), "load i64, ptr @wrought_fuel"), 3u);
  EXPECT_EQ(count(module.ir("wasm.f2"), "ptr @wrought_fuel,"), 6u);
}

TEST(Translate, FuelOfThreadsIsFetchedFromAllOfThem) {
  translate::Options options = withFuel();
  options.hasThreads = true;
  TranslatedModule module(R"((module (memory 1 1 shared)
      (func (export "loop") (loop (br 0)))))",
                          options);
  ASSERT_TRUE(module.module0) << module.firstError();
  EXPECT_FALSE(llvm::verifyModule(*module.module0, &llvm::errs()));
  EXPECT_EQ(count(module.ir("wasm.f0"), "call i64 @wrought_more_fuel"), 1u);
  EXPECT_EQ(count(module.ir("wasm.release_thread"), "@wrought_return_fuel"),
            1u);
  EXPECT_TRUE(module.module0->getNamedGlobal("wrought_fuel")->isThreadLocal());
}

} // namespace
} // namespace wrought
