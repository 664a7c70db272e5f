#include "codegen/codegen.h"
#include "translated_module.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

namespace wrought::codegen {
namespace {

class Optimized {
public:
  explicit Optimized(
      std::string_view wat, OptLevel level = OptLevel::O2,
      translate::BoundsChecks boundsChecks = translate::BoundsChecks::Guard,
      const char *cpu = "x86-64")
      : module_(wat, options(level, boundsChecks)) {
    initialize();
    TargetOptions target;
    target.target = targets::find("x86_64");
    target.cpu.cpu = cpu;
    target.level = level;
    machine_ = createTargetMachine(target);
    if (module_.module0)
      optimize(*module_.module0, *machine_, level);
  }

  std::pair<unsigned, unsigned> volatileAndPlainLoads(const char *symbol) {
    unsigned isVolatile = 0, isPlain = 0;
    const llvm::Function *function = module_.module0->getFunction(symbol);
    for (const llvm::Instruction &instruction : llvm::instructions(*function))
      if (const auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
        ++(load->isVolatile() ? isVolatile : isPlain);
    return {isVolatile, isPlain};
  }

  /// In the whole module.
  unsigned vectorStores() {
    unsigned count = 0;
    for (const llvm::Function &function : *module_.module0)
      for (const llvm::Instruction &instruction : llvm::instructions(function))
        if (const auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
          count += store->getValueOperand()->getType()->isVectorTy();
    return count;
  }

  unsigned vectorLoads() {
    unsigned count = 0;
    for (const llvm::Function &function : *module_.module0)
      for (const llvm::Instruction &instruction : llvm::instructions(function))
        count += llvm::isa<llvm::LoadInst>(instruction) &&
                 instruction.getType()->isVectorTy();
    return count;
  }

  bool hasAliasScopes() {
    for (const llvm::Function &function : *module_.module0)
      for (const llvm::Instruction &instruction : llvm::instructions(function))
        if (instruction.hasMetadata(llvm::LLVMContext::MD_alias_scope) ||
            instruction.hasMetadata(llvm::LLVMContext::MD_noalias))
          return true;
    return false;
  }

  /// Calls of one intrinsic that are left, in all functions.
  size_t callsOf(llvm::Intrinsic::ID intrinsic) {
    size_t count = 0;
    for (const llvm::Function &function : *module_.module0)
      count +=
          function.getIntrinsicID() == intrinsic ? function.getNumUses() : 0;
    return count;
  }

  std::string assembly() {
    llvm::SmallVector<char, 0> out;
    EXPECT_TRUE(emit(*module_.module0, *machine_, OutputKind::Assembly, out,
                     module_.diagnostics));
    return std::string(out.begin(), out.end());
  }

  TranslatedModule &module() { return module_; }

private:
  static translate::Options options(OptLevel level,
                                    translate::BoundsChecks boundsChecks) {
    translate::Options options;
    options.boundsChecks = boundsChecks;
    options.optLevel = level == OptLevel::O0 ? 0 : 2;
    options.exportAll = true;
    return options;
  }

  TranslatedModule module_;
  codegen::TargetMachinePtr machine_;
};

using Loads = std::pair<unsigned, unsigned>;

TEST(Optimize, UnusedLoadStays) {
  Optimized code(R"((module (memory 1)
      (func (export "f") (param i32) (drop (i32.load (local.get 0))))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0"), Loads(1, 0));
}

TEST(Optimize, LoadWhoseValueCancelsOutStays) {
  Optimized code(R"((module (memory 1)
      (func (export "f") (param i32) (result i32) (local i32)
        (local.set 1 (i32.load (local.get 0)))
        (i32.xor (local.get 1) (local.get 1)))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0"), Loads(1, 0));
}

TEST(Optimize, LoadUsedOnOneSideOnlyStays) {
  Optimized code(R"((module (memory 1)
      (func (export "f") (param i32 i32) (result i32) (local i32)
        (local.set 2 (i32.load (local.get 0)))
        (if (result i32) (local.get 1)
          (then (call $h) (local.get 2)) (else (i32.const 3))))
      (func $h (export "h") (unreachable))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0").first, 1u);
}

TEST(Optimize, LoadOfABranchThatDecidesNothingStays) {
  Optimized code(R"((module (memory 1) (global $g (mut i32) (i32.const 0))
      (func (export "f") (param i32)
        (if (i32.load (local.get 0))
          (then (global.set $g (i32.const 1)) (global.set $g (i32.const 7)))
          (else (global.set $g (i32.const 7)))))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0"), Loads(1, 0));
}

TEST(Optimize, NothingIsLeftOfWhatKeepsLoads) {
  for (OptLevel level : {OptLevel::O1, OptLevel::O2, OptLevel::Oz}) {
    Optimized code(R"((module (memory 1)
        (func (export "f") (param i32) (result i32)
          (if (result i32) (i32.load (local.get 0))
            (then (i32.load (i32.load (local.get 0))))
            (else (i32.const 3))))))",
                   level);
    EXPECT_EQ(code.callsOf(llvm::Intrinsic::fake_use), 0u);
  }
}

TEST(Optimize, ReturnedLoadIsOrdinary) {
  Optimized code(R"((module (memory 1)
      (func (export "f") (param i32) (result i32)
        (i32.add (i32.load (local.get 0)) (i32.const 1)))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0"), Loads(0, 1));
}

TEST(Optimize, LoadOfSharedMemoryIsOrdinaryButOneValue) {
  Optimized code(R"((module (memory 1 1 shared)
      (func (export "f") (param i32) (result i32)
        (i32.add (i32.load (local.get 0)) (i32.const 1)))))");
  EXPECT_EQ(code.volatileAndPlainLoads("wasm.f0"), Loads(0, 1));
  EXPECT_NE(code.module().ir("wasm.f0").find("freeze"), std::string::npos);
}

constexpr const char *AddArrays = R"((module (memory 1)
  (func (export "add") (param $to i32) (param $from i32) (param $count i32)
    (loop $next
      (f64.store (local.get $to) (f64.add (f64.load (local.get $to))
        (f64.load (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $next (local.get $count))))))";

TEST(ProvenLoops, AreVectorisedInBothBoundsModes) {
  for (auto boundsChecks :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    Optimized code(AddArrays, OptLevel::O2, boundsChecks);
    EXPECT_GT(code.vectorStores(), 0u);
  }
}

TEST(ProvenLoops, KeepTheLoopAsItWasBeside) {
  Optimized code(AddArrays);
  EXPECT_NE(code.module().ir("wasm.f0").find(".plain"), std::string::npos);
}

TEST(ProvenLoops, ScopesEndWithThePassesThatMayUseThem) {
  EXPECT_FALSE(Optimized(AddArrays).hasAliasScopes());
}

TEST(ProvenLoops, LoopsWithCallsStay) {
  Optimized code(R"((module (memory 1)
    (func $grow (export "grow") (param f64) (result f64)
      (drop (memory.grow (i32.const 1))) (local.get 0))
    (func (export "f") (param $at i32) (param $count i32)
      (loop $next
        (f64.store (local.get $at) (call $grow (f64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br_if $next (local.get $count))))))");
  EXPECT_EQ(code.vectorStores(), 0u);
}

/// A loop that copies words of 8 bytes from where `mask` and the index say.
std::string mirroredCopy(int step, int mask) {
  return R"((module (memory 1)
    (func (export "f") (param $to i32) (param $end i32) (param $count i32)
      (local $i i32)
      (loop $next
        (f64.store (local.get $to)
          (f64.load (i32.add (local.get $end)
            (i32.xor (i32.shl (local.get $i) (i32.const 3))
              (i32.const )" +
         std::to_string(mask) + R"()))))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (local.set $i (i32.add (local.get $i) (i32.const )" +
         std::to_string(step) + R"()))
        (br_if $next (i32.ne (local.get $i)
          (i32.and (local.get $count) (i32.const -2))))))))";
}

TEST(ProvenLoops, WalkBackwardsByExclusiveOr) {
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    const auto isVersioned = [mode](int step, int mask) {
      Optimized code(mirroredCopy(step, mask), OptLevel::O2, mode);
      return code.module().ir("wasm.f0").find(".plain") != std::string::npos;
    };
    EXPECT_TRUE(isVersioned(1, -8));
    EXPECT_TRUE(isVersioned(2, -16));
    // Here it flips a bit that the index has.
    EXPECT_FALSE(isVersioned(1, -16));
  }
}

TEST(ProvenLoops, MayCarryAnAddressToTheNextIteration) {
  // e[j] = h[j] - h[j - 1] in rows, unrolled by two: rotation makes a phi of
  // the addresses in h.
  const char *code = R"((module (memory 1)
      (func (export "f") (param $e i32) (param $h i32) (param $rows i32)
        (local $j i32)
        (loop $row
          (local.set $j (i32.const -224))
          (block $done
            (loop $next
              (f64.store (i32.add (i32.add (local.get $e) (local.get $j))
                  (i32.const 232))
                (f64.sub
                  (f64.load (i32.add (i32.add (local.get $h) (local.get $j))
                    (i32.const 232)))
                  (f64.load (i32.add (i32.add (local.get $h) (local.get $j))
                    (i32.const 224)))))
              (br_if $done (i32.eqz (local.get $j)))
              (f64.store (i32.add (i32.add (local.get $e) (local.get $j))
                  (i32.const 240))
                (f64.sub
                  (f64.load (i32.add (i32.add (local.get $h) (local.get $j))
                    (i32.const 240)))
                  (f64.load (i32.add (i32.add (local.get $h) (local.get $j))
                    (i32.const 232)))))
              (local.set $j (i32.add (local.get $j) (i32.const 16)))
              (br $next)))
          (local.set $e (i32.add (local.get $e) (i32.const 240)))
          (local.set $h (i32.add (local.get $h) (i32.const 240)))
          (br_if $row
            (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))))";
  EXPECT_GT(Optimized(code).vectorStores(), 0u);
  // With its checks it also leaves in the middle.
  Optimized checked(code, OptLevel::O2, translate::BoundsChecks::Explicit);
  EXPECT_NE(checked.module().ir("wasm.f0").find(".plain"), std::string::npos);
}

TEST(ProvenLoops, CompareAddressesThatAnOuterLoopCarries) {
  // Rotation of the outer loop makes a phi of the cell's addresses.
  const std::string ir = Optimized(R"((module (memory 1)
      (func (export "f") (param $cell i32) (param $to i32) (param $count i32)
        (param $rows i32) (local $i i32) (local $at i32)
        (block $done
          (loop $row
            (i32.store offset=64 (local.get $to) (i32.load (local.get $cell)))
            (br_if $done (i32.eqz (local.get $rows)))
            (local.set $i (local.get $count))
            (local.set $at (local.get $to))
            (loop $next
              (i32.store (local.get $at)
                (i32.add (i32.load (local.get $cell))
                  (i32.load (local.get $at))))
              (local.set $at (i32.add (local.get $at) (i32.const 4)))
              (br_if $next
                (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
            (local.set $cell (i32.add (local.get $cell) (i32.const 4)))
            (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
            (br $row))))))")
                             .module()
                             .ir("wasm.f0");
  EXPECT_NE(ir.find(".plain"), std::string::npos) << ir;
  EXPECT_EQ(ir.find("phi ptr"), std::string::npos) << ir;
}

/// A loop that adds four bytes in each iteration, the last of them at `offset`.
std::string unrolledSum(int offset) {
  return R"((module (memory 1)
    (func (export "f") (param $at i32) (param $count i32) (result i32)
      (local $sum i32)
      (loop $next
        (local.set $sum
          (i32.add
            (i32.add
              (i32.add
                (i32.add (local.get $sum) (i32.load8_u (local.get $at)))
                (i32.load8_u offset=1 (local.get $at)))
              (i32.load8_u offset=2 (local.get $at)))
            (i32.load8_u offset=)" +
         std::to_string(offset) + R"( (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next
          (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
      (local.get $sum))))";
}

TEST(ProvenLoops, UnrolledSumsAreRolledUpInBothBoundsModes) {
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    EXPECT_NE(Optimized(unrolledSum(3), OptLevel::O2, mode).vectorLoads(), 0u);
    EXPECT_EQ(Optimized(unrolledSum(4), OptLevel::O2, mode).vectorLoads(), 0u);
  }
}

/// A loop that stores two sums in each iteration, the second from `offset`, and
/// where it leaves: behind both, or between them.
std::string unrolledStores(int offset, bool leavesBetween) {
  const std::string leave =
      "(br_if $done (i32.eqz (local.tee $n (i32.sub (local.get $n) "
      "(i32.const 1)))))";
  return R"((module (memory 1)
    (func (export "f") (param $to i32) (param $from i32) (param $n i32)
      (block $done
        (loop $next
          (f64.store (local.get $to)
            (f64.add (f64.load (local.get $to)) (f64.load (local.get $from))))
          )" +
         (leavesBetween ? leave : "") + R"(
          (f64.store offset=8 (local.get $to)
            (f64.add (f64.load offset=8 (local.get $to))
              (f64.load offset=)" +
         std::to_string(offset) + R"( (local.get $from))))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $from (i32.add (local.get $from) (i32.const 16)))
          )" +
         (leavesBetween ? "" : leave) + R"(
          (br $next))))))";
}

/// Whether whole vectors of the CPU are stored.
bool storesVectorsOf(std::string_view type, const std::string &wat,
                     translate::BoundsChecks mode, const char *cpu) {
  Optimized code(wat, OptLevel::O2, mode, cpu);
  return code.module().ir("wasm.f0").find("store " + std::string(type)) !=
         std::string::npos;
}

TEST(ProvenLoops, UnrolledStoresAreRolledUpWhereTheyFillNoVector) {
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    for (bool leavesBetween : {false, true}) {
      const std::string alike = unrolledStores(8, leavesBetween);
      EXPECT_TRUE(storesVectorsOf("<4 x double>", alike, mode, "x86-64-v3"));
      EXPECT_TRUE(storesVectorsOf("<2 x double>", alike, mode, "x86-64"));
      const std::string other = unrolledStores(24, leavesBetween);
      EXPECT_NE(Optimized(other, OptLevel::O2, mode)
                    .module()
                    .ir("wasm.f0")
                    .find(".plain"),
                std::string::npos);
    }
  }
}

TEST(ProvenLoops, CellsThatMayBeStoredToHaveAnOrderedLoopToo) {
  // to[i] += cell
  const auto addCell = [](const char *load) {
    return std::string(R"((module (memory 1)
        (func (export "f") (param $cell i32) (param $to i32) (param $n i32)
          (loop $next
            (i32.store (local.get $to)
              (i32.add (i32.load (local.get $to)) ()") +
           load + R"( (local.get $cell))))
            (local.set $to (i32.add (local.get $to) (i32.const 4)))
            (br_if $next
              (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))";
  };
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    const auto hasOrdered = [mode](const std::string &wat) {
      Optimized code(wat, OptLevel::O2, mode);
      return code.module().ir("wasm.f0").find(".ordered") != std::string::npos;
    };
    EXPECT_TRUE(hasOrdered(addCell("i32.load")));
    // No element of the array.
    EXPECT_FALSE(hasOrdered(addCell("i32.load8_u")));
    EXPECT_FALSE(hasOrdered(AddArrays));
  }
}

TEST(ProvenLoops, CarryWhatTheyStoreForTheNextIteration) {
  // x[i + 3] = x[i] * 7, and then something else `offset` bytes from x[i].
  const auto isCarried = [](int offset) {
    Optimized code(R"((module (memory 1)
      (func (export "f") (param $x i32) (param $n i32)
        (loop $next
          (i32.store offset=12 (local.get $x)
            (i32.mul (i32.load (local.get $x)) (i32.const 7)))
          (i32.store offset=)" +
                   std::to_string(offset) + R"( (local.get $x) (local.get $n))
          (local.set $x (i32.add (local.get $x) (i32.const 12)))
          (br_if $next
            (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))))");
    return code.module().ir("wasm.f0").find("%carried") != std::string::npos;
  };
  EXPECT_TRUE(isCarried(8));
  EXPECT_FALSE(isCarried(10));
  EXPECT_FALSE(isCarried(12));
  EXPECT_FALSE(isCarried(14));
  EXPECT_TRUE(isCarried(16));
}

TEST(ProvenLoops, CountersMayMissTheirBound) {
  // In steps of two, up to a bound of which nothing is known.
  const char *code = R"((module (memory 1)
      (func (export "f") (param $i i32) (param $bound i32)
        (loop $next
          (f64.store (i32.shl (local.get $i) (i32.const 2)) (f64.const 1))
          (local.set $i (i32.add (local.get $i) (i32.const 2)))
          (br_if $next (i32.ne (local.get $i) (local.get $bound)))))))";
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    Optimized optimized(code, OptLevel::O2, mode);
    EXPECT_GT(optimized.vectorStores(), 0u);
    // The loop that may go on for ever is there beside it.
    EXPECT_NE(optimized.module().ir("wasm.f0").find(".plain"),
              std::string::npos);
  }
}

/// A loop that loads from one address at the given offsets, and stores the sum.
std::string neighbours(const std::vector<int> &offsets, int pages) {
  std::string sum = "(i32.const 0)";
  for (int offset : offsets)
    sum = "(i32.add " + sum + " (i32.load offset=" + std::to_string(offset) +
          " (local.get $at)))";
  return "(module (memory " + std::to_string(pages) + R"( 1000)
    (func (export "f") (param $at i32) (result i32) )" +
         sum + ") (func (export \"grow\") (drop (memory.grow (i32.const 1)))))";
}

TEST(Optimize, ChecksThatAnEarlierOneImpliesAreDropped) {
  const auto checks = [](const std::vector<int> &offsets, int pages) {
    Optimized code(neighbours(offsets, pages), OptLevel::O2,
                   translate::BoundsChecks::Explicit);
    const std::string ir = code.module().ir("wasm.f0");
    size_t count = 0;
    for (size_t at = 0; (at = ir.find("icmp u", at)) != std::string::npos; ++at)
      ++count;
    return count;
  };
  EXPECT_EQ(checks({12, 8, 4, 0}, 1), 1u);
  EXPECT_EQ(checks({4, 12, 8, 0}, 1), 2u);
  EXPECT_EQ(checks({0, 4}, 1), 2u);
  // The difference might wrap: this memory may have no bytes.
  EXPECT_EQ(checks({4, 0}, 0), 2u);
}

/// A machine with `handlers` instructions that all return to one switch.
std::string interpreter(unsigned handlers) {
  std::string blocks, cases, names;
  for (unsigned n = 0; n < handlers; ++n) {
    const std::string number = std::to_string(n);
    blocks = "(block $" + number + " " + blocks;
    names += "$" + number + " ";
    cases += ") (local.set $r (i32.mul (i32.xor (local.get $r) (i32.const " +
             std::to_string(n * 77 + 3) + ")) (i32.const " +
             std::to_string(n + 2) +
             "))) (i32.store offset=" + std::to_string(n * 64 + 1000) +
             " (i32.const 0) (local.get $r)) (br $next)";
  }
  return "(module (memory 1) (func (export \"f\") (param $at i32) (result i32)"
         " (local $r i32) (local $code i32) (block $end (loop $next"
         " (local.set $code (i32.load8_u (local.get $at)))"
         " (local.set $at (i32.add (local.get $at) (i32.const 1))) " +
         blocks + "(br_table " + names + "$end (local.get $code))" + cases +
         ")) (local.get $r)))";
}

TEST(Optimize, InterpretersSwitchInEachHandler) {
  const auto switches = [](OptLevel level, translate::BoundsChecks mode,
                           unsigned handlers) {
    Optimized code(interpreter(handlers), level, mode);
    unsigned count = 0;
    for (const llvm::Instruction &instruction :
         llvm::instructions(code.module().module0->getFunction("wasm.f0")))
      count += llvm::isa<llvm::SwitchInst>(instruction);
    return count;
  };
  for (auto mode :
       {translate::BoundsChecks::Guard, translate::BoundsChecks::Explicit}) {
    EXPECT_GE(switches(OptLevel::O2, mode, 20), 20u);
    EXPECT_EQ(switches(OptLevel::Os, mode, 20), 1u);
    // Too many edges.
    EXPECT_EQ(switches(OptLevel::O2, mode, 200), 1u);
  }
}

TEST(Optimize, LanesOfIndicesAreComputedApart) {
  const auto hasVectors = [](const char *more) {
    Optimized code(R"((module (memory 1)
      (func (export "f") (param $n i32) (result i32) (local $at v128)
        (local $sum i32)
        (loop $next
          (local.set $sum (i32.add (local.get $sum) (i32.load
            (i32x4.extract_lane 1 (i32x4.mul (local.get $at)
              (v128.const i32x4 20 24 28 32))))))
          (local.set $at (i32x4.add (local.get $at)
            (v128.const i32x4 1 2 3 4)))
          )" + std::string(more) +
                       R"( (br_if $next
            (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (local.get $sum))))",
                   OptLevel::Os);
    return code.module().ir("wasm.f0").find("<4 x i32>") != std::string::npos;
  };
  EXPECT_FALSE(hasVectors(""));
  EXPECT_TRUE(hasVectors("(v128.store (local.get $n) (local.get $at))"));
}

/// Both halves of a product made of halves; `mask` is of the first carry.
std::string productOfHalves(const char *mask) {
  return R"((module (func (export "f") (param $a i64) (param $b i64)
      (result i64 i64) (local $al i64) (local $ah i64) (local $bl i64)
      (local $bh i64) (local $ll i64) (local $t1 i64) (local $t2 i64)
      (local.set $al (i64.and (local.get $a) (i64.const 0xffffffff)))
      (local.set $bl (i64.and (local.get $b) (i64.const 0xffffffff)))
      (local.set $ah (i64.shr_u (local.get $a) (i64.const 32)))
      (local.set $bh (i64.shr_u (local.get $b) (i64.const 32)))
      (local.set $ll (i64.mul (local.get $al) (local.get $bl)))
      (local.set $t1 (i64.add (i64.shr_u (local.get $ll) (i64.const 32))
        (i64.mul (local.get $al) (local.get $bh))))
      (local.set $t2 (i64.add (i64.mul (local.get $ah) (local.get $bl))
        (i64.and (local.get $t1) (i64.const )" +
         std::string(mask) + R"())))
      (i64.add
        (i64.add (i64.mul (local.get $ah) (local.get $bh))
          (i64.shr_u (local.get $t1) (i64.const 32)))
        (i64.shr_u (local.get $t2) (i64.const 32)))
      (i64.or (i64.shl (local.get $t2) (i64.const 32))
        (i64.and (local.get $ll) (i64.const 0xffffffff))))))";
}

TEST(Optimize, ProductsOfHalvesBecomeOne) {
  const auto isOne = [](const char *mask) {
    return Optimized(productOfHalves(mask))
               .module()
               .ir("wasm.f0")
               .find("mul nuw i128") != std::string::npos;
  };
  EXPECT_TRUE(isOne("0xffffffff"));
  EXPECT_FALSE(isOne("0x7fffffff"));
}

TEST(Optimize, FunctionsThatAreAlikeAreFoldedForSize) {
  const auto code = [](const char *last) {
    const std::string body =
        R"( (param $n i32) (result i32) (local $sum i32)
      (loop $more
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
          (i32.load8_u (local.get $n))))
        (br_if $more
          (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      )" +
        std::string(last) + ")";
    return R"((module (memory 1) (table (export "t") 2 funcref)
        (type $t (func (param i32) (result i32)))
        (func (export "a") )" +
           body + R"((func (export "b") )" + body + ")";
  };
  const auto loops = [&](const char *last, OptLevel level) {
    Optimized optimized(code(last), level);
    unsigned count = 0;
    for (const llvm::Function &function : *optimized.module().module0)
      count += llvm::any_of(llvm::instructions(function), [](const auto &one) {
        return one.getOpcode() == llvm::Instruction::Mul;
      });
    return count;
  };
  const char *plain = "(local.get $sum)";
  EXPECT_EQ(loops(plain, OptLevel::Os), 1u);
  EXPECT_EQ(loops(plain, OptLevel::O2), 2u);
  // What replaced one of these would be a frame more for each tail call.
  const char *tail = "(return_call_indirect (type $t) (local.get $sum) "
                     "(i32.const 1))";
  EXPECT_EQ(loops(tail, OptLevel::Os), 2u);
}

TEST(Optimize, RecurrencesOfQuotientsStayScalar) {
  // a = 3 op (2 a - 1), b = 5 op (2 b - 1)
  const auto hasVectors = [](const std::string &op) {
    const auto next = [&](const char *start, const char *name) {
      return "(local.set " + std::string(name) + " (" + op + " (f64.const " +
             start + ") (f64.sub (f64.mul (local.get " + name +
             ") (f64.const 2)) (f64.const 1))))";
    };
    Optimized code(
        "(module (func (export \"f\") (param $n i32) (param $a f64) "
        "(param $b f64) (result f64) (loop $next " +
        next("3", "$a") + next("5", "$b") +
        "(br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))"
        "(f64.sub (local.get $a) (local.get $b))))");
    return code.module().ir("wasm.f0").find("<2 x double>") !=
           std::string::npos;
  };
  EXPECT_TRUE(hasVectors("f64.mul"));
  EXPECT_FALSE(hasVectors("f64.div"));
}

TEST(Optimize, MemoryBaseFoldsIntoTheAddress) {
  Optimized code(R"((module (memory 1)
      (func (export "f") (param i32) (result i32)
        (i32.load offset=16 (local.get 0)))))");
  const std::string assembly = code.assembly();
  // 0x40000000 + 16 as a displacement.
  EXPECT_NE(assembly.find("1073741840("), std::string::npos) << assembly;
}

TEST(Optimize, RunawayRecursionStaysRecursion) {
  Optimized code(R"((module (func $f (export "f") (call $f))))");
  EXPECT_NE(code.assembly().find("callq"), std::string::npos);
}

TEST(Optimize, LargeFramesAreProbed) {
  std::string wat = "(module (func $g (export \"g\") (param";
  for (int i = 0; i < 900; ++i)
    wat += " i64";
  wat += ")) (func (export \"f\") (param i64) (call $g";
  for (int i = 0; i < 900; ++i)
    wat += " (local.get 0)";
  wat += ")))";
  Optimized code(wat, OptLevel::O0);
  ASSERT_TRUE(code.module().module0) << code.module().firstError();
  // A frame of 7,200 bytes touches each of its pages on the way down.
  EXPECT_NE(code.assembly().find("subq\t$4096, %rsp"), std::string::npos);
}

TEST(Optimize, SwizzlesTestOnlyIndicesThatMayBeLarge) {
  const auto assembly = [](const char *mask) {
    return Optimized(std::string(R"((module
        (func (export "f") (param v128 v128) (result v128)
          (i8x16.swizzle (local.get 0) (v128.or
            (v128.and (i8x16.shl (local.get 1) (i32.const 1)) (v128.const )") +
                         mask + R"())
            (v128.and (local.get 0) (v128.const )" +
                         mask + "))))))",
                     OptLevel::O2, translate::BoundsChecks::Guard, "x86-64-v3")
        .assembly();
  };
  const std::string small =
      assembly("i64x2 0x0f0f0f0f0f0f0f0f 0x030f0f0f0f0f0f0f");
  EXPECT_NE(small.find("vpshufb"), std::string::npos) << small;
  EXPECT_EQ(small.find("vpaddusb"), std::string::npos) << small;
  const std::string large =
      assembly("i64x2 0x0f0f0f0f0f0f0f0f 0x0f0fff0f0f0f0f0f");
  EXPECT_NE(large.find("vpaddusb"), std::string::npos) << large;
}

TEST(Optimize, SameBytesEachTime) {
  const char *wat = R"((module (memory 1) (table (export "t") 2 funcref)
      (elem (i32.const 0) $a $b)
      (func $a (export "a") (param i32) (result i32)
        (i32.load (local.get 0)))
      (func $b (export "b") (param i32) (result i32)
        (call_indirect (param i32) (result i32) (local.get 0)
          (local.get 0)))))";
  EXPECT_EQ(Optimized(wat).assembly(), Optimized(wat).assembly());
}

} // namespace
} // namespace wrought::codegen
