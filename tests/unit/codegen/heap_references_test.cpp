// What docs/decisions/0012 relies on: the collector finds references on the
// stack, so no address derived from one may be alive when something is called
// that can collect.

#include "codegen/codegen.h"
#include "translated_module.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/CFG.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Target/TargetMachine.h"

#include <set>

namespace wrought::codegen {
namespace {

/// Fields and elements of every kind, in loops, around calls that collect.
constexpr std::string_view Accesses = R"((module
  (type $s (struct (field (mut i32)) (field (mut (ref null $s)))
                   (field (mut i8)) (field (mut v128)) (field (mut i64))))
  (type $a (array (mut i16)))
  (type $r (array (mut anyref)))
  (data $data "0123456789")
  (elem $items anyref (item (ref.i31 (i32.const 3))))
  (func (export "fields") (param $s (ref $s)) (result i32)
    (local $t (ref $s))
    (struct.set $s 0 (local.get $s)
      (i32.add (struct.get $s 0 (local.get $s)) (i32.const 1)))
    (local.set $t (struct.new $s
      (struct.get $s 0 (local.get $s)) (local.get $s) (i32.const 2)
      (struct.get $s 3 (local.get $s)) (struct.get $s 4 (local.get $s))))
    (struct.set $s 1 (local.get $s) (local.get $t))
    (i32.add (struct.get $s 0 (local.get $s))
             (struct.get_s $s 2 (local.get $t))))
  (func (export "loop") (param $a (ref $a)) (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $more
      (local.set $sum (i32.add (local.get $sum)
        (array.get_u $a (local.get $a) (local.get $i))))
      (array.set $a (local.get $a) (local.get $i)
        (array.len (array.new_default $r (local.get $i))))
      (br_if $more (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (local.get $n))))
    (local.get $sum))
  (func (export "bulk") (param $a (ref $a)) (param $r (ref $r)) (result anyref)
    (array.fill $a (local.get $a) (i32.const 1) (i32.const 7) (i32.const 40))
    (array.copy $a $a (local.get $a) (i32.const 2)
      (array.new_data $a $data (i32.const 1) (i32.const 3))
      (i32.const 0) (i32.const 3))
    (array.init_data $a $data (local.get $a) (i32.const 0) (i32.const 0)
      (i32.const 4))
    (array.init_elem $r $items (local.get $r) (i32.const 0) (i32.const 0)
      (i32.const 1))
    (array.set $r (local.get $r) (i32.const 1)
      (array.new_fixed $a 3 (i32.const 1) (i32.const 2) (i32.const 3)))
    (array.set $r (local.get $r) (i32.const 2)
      (array.new $r (local.get $a) (i32.const 9)))
    (array.set $r (local.get $r) (i32.const 3)
      (array.new_elem $r $items (i32.const 0) (i32.const 1)))
    (array.get $r (local.get $r) (i32.const 2)))
  (func (export "casts") (param $x anyref) (param $e externref) (result i32)
    (local $y anyref)
    (local.set $y (any.convert_extern (local.get $e)))
    (i32.add
      (i32.add (ref.test (ref $s) (local.get $x))
               (ref.test (ref array) (local.get $y)))
      (struct.get $s 0 (ref.cast (ref $s) (local.get $x)))))))";

translate::Options options(OptLevel level, bool isInstancePointer) {
  translate::Options options;
  options.optLevel = static_cast<unsigned>(level);
  options.exportAll = true;
  options.isInstancePointer = isInstancePointer;
  return options;
}

bool isCopy(const llvm::Value *value) {
  const auto *call = llvm::dyn_cast<llvm::CallInst>(value);
  return call && call->isInlineAsm();
}

/// Whatever may call the runtime's allocation, directly or not.
bool mayCollect(const llvm::Instruction &instruction) {
  const auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  return call && !call->isInlineAsm() &&
         !llvm::isa<llvm::IntrinsicInst>(call) && !call->doesNotReturn() &&
         !(call->getCalledFunction() &&
           call->getCalledFunction()->getName().starts_with("mem"));
}

bool isHeapAccess(const llvm::Instruction &instruction) {
  const llvm::MDNode *tag = instruction.getMetadata(llvm::LLVMContext::MD_tbaa);
  if (!tag)
    return false;
  const auto *type = llvm::cast<llvm::MDNode>(tag->getOperand(0));
  return llvm::cast<llvm::MDString>(type->getOperand(0))
      ->getString()
      .starts_with("object ");
}

/// The value that an address was computed from.
const llvm::Value *baseOf(const llvm::Value *address) {
  while (const auto *step = llvm::dyn_cast<llvm::GetElementPtrInst>(address))
    address = step->getPointerOperand();
  return address;
}

using Values = llvm::SmallPtrSet<const llvm::Value *, 16>;

/// The copy and all that is computed from it, but for what is loaded there.
Values derivedFrom(const llvm::Instruction *copy) {
  Values derived = {copy};
  llvm::SmallVector<const llvm::Value *, 16> open = {copy};
  while (!open.empty())
    for (const llvm::User *user : open.pop_back_val()->users())
      if (!llvm::isa<llvm::LoadInst, llvm::StoreInst, llvm::CallInst,
                     llvm::CmpInst>(user) &&
          derived.insert(user).second)
        open.push_back(user);
  return derived;
}

/// Whether code behind `copy` gets to a use of what is derived from it by way
/// of something that may collect, without making the copy anew.
bool isAliveOverCollection(const llvm::Instruction *copy) {
  const Values derived = derivedFrom(copy);
  const auto uses = [&](const llvm::Instruction &instruction) {
    return llvm::any_of(instruction.operands(), [&](const llvm::Use &use) {
      return derived.contains(use.get());
    });
  };
  struct State {
    const llvm::Instruction *at;
    bool hasCollected;
  };
  std::set<std::pair<const llvm::Instruction *, bool>> seen;
  std::vector<State> open = {{copy->getNextNode(), false}};
  while (!open.empty()) {
    auto [at, hasCollected] = open.back();
    open.pop_back();
    for (; at && at != copy; at = at->getNextNode()) {
      if (hasCollected && uses(*at))
        return true;
      hasCollected |= mayCollect(*at);
      if (!at->isTerminator())
        continue;
      for (const llvm::BasicBlock *next : llvm::successors(at))
        if (seen.insert({&next->front(), hasCollected}).second)
          open.push_back({&next->front(), hasCollected});
    }
  }
  return false;
}

struct Counts {
  unsigned accesses = 0, copies = 0;
};

Counts checkFunctions(const llvm::Module &module) {
  Counts counts;
  for (const llvm::Function &function : module)
    for (const llvm::Instruction &instruction : llvm::instructions(function)) {
      if (isCopy(&instruction)) {
        ++counts.copies;
        EXPECT_FALSE(isAliveOverCollection(&instruction))
            << function.getName().str();
      }
      if (const auto *memory =
              llvm::dyn_cast<llvm::MemIntrinsic>(&instruction)) {
        ++counts.accesses;
        EXPECT_TRUE(isCopy(baseOf(memory->getRawDest())));
      } else if (isHeapAccess(instruction)) {
        ++counts.accesses;
        EXPECT_TRUE(
            isCopy(baseOf(llvm::getLoadStorePointerOperand(&instruction))))
            << function.getName().str();
      }
    }
  return counts;
}

TEST(HeapReferences, EachAccessIsMadeOnACopy) {
  for (bool isInstancePointer : {false, true}) {
    TranslatedModule module(Accesses, options(OptLevel::O2, isInstancePointer));
    ASSERT_TRUE(module.module0) << module.firstError();
    EXPECT_FALSE(llvm::verifyModule(*module.module0, &llvm::errs()));
    const Counts counts = checkFunctions(*module.module0);
    EXPECT_GT(counts.accesses, 40u);
    EXPECT_GT(counts.copies, 40u);
  }
}

TEST(HeapReferences, NoDerivedAddressSurvivesACollectionOnceOptimized) {
  initialize();
  for (OptLevel level : {OptLevel::O1, OptLevel::O2, OptLevel::O3}) {
    TranslatedModule module(Accesses, options(level, false));
    ASSERT_TRUE(module.module0) << module.firstError();
    TargetOptions target;
    target.target = targets::find("x86_64");
    target.cpu.cpu = "x86-64-v3";
    target.level = level;
    const auto machine = createTargetMachine(target);
    optimize(*module.module0, *machine, level);
    Counts counts;
    for (const llvm::Function &function : *module.module0)
      for (const llvm::Instruction &instruction : llvm::instructions(function))
        if (isCopy(&instruction)) {
          ++counts.copies;
          EXPECT_FALSE(isAliveOverCollection(&instruction))
              << function.getName().str();
        }
    EXPECT_GT(counts.copies, 20u);
  }
}

} // namespace
} // namespace wrought::codegen
