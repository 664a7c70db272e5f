#include "codegen/passes.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ValueHandle.h"
#include "llvm/Transforms/IPO/MergeFunctions.h"

namespace wrought::codegen {

/// A thunk in place of such a function would not end with a tail call, and tail
/// calls without end would exhaust the stack.
static bool isTailCalled(const llvm::Function &function) {
  return function.getCallingConv() != llvm::CallingConv::C &&
         function.getCallingConv() != llvm::CallingConv::Fast;
}

static bool makesTailCalls(const llvm::Function &function) {
  return llvm::any_of(function, [](const llvm::BasicBlock &block) {
    return block.getTerminatingMustTailCall() != nullptr;
  });
}

llvm::PreservedAnalyses
FoldFunctionsPass::run(llvm::Module &module,
                       llvm::ModuleAnalysisManager &analyses) {
  // By their index, which is an attribute, no two functions are alike.
  constexpr const char *Index = "wrought-function";
  struct Indexed {
    llvm::WeakTrackingVH now; ///< the same, its thunk, or what took its place
    const llvm::Function *before;
    llvm::Attribute index;
  };
  std::vector<Indexed> functions;
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && function.hasFnAttribute(Index) &&
        !isTailCalled(function) && !makesTailCalls(function)) {
      functions.push_back(
          {&function, &function, function.getFnAttribute(Index)});
      function.removeFnAttr(Index);
    }
  llvm::PreservedAnalyses preserved =
      llvm::MergeFunctionsPass().run(module, analyses);
  for (const bool isSame : {true, false})
    for (const Indexed &each : functions) {
      llvm::Value *now = each.now;
      auto *function = llvm::dyn_cast_if_present<llvm::Function>(now);
      if (function && (function == each.before) == isSame &&
          !function->hasFnAttribute(Index))
        function->addFnAttr(each.index);
    }
  return preserved;
}

} // namespace wrought::codegen
