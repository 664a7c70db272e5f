#include "codegen/passes.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace wrought::codegen {

namespace {

/// The constant in a register: seen as a constant, it would be built anew for
/// each offset.
llvm::Value *hidden(llvm::Constant *constant, llvm::CallInst &call) {
  llvm::IRBuilder<> builder(&call);
  auto *assembly = llvm::InlineAsm::get(
      llvm::FunctionType::get(constant->getType(), {constant->getType()},
                              false),
      "", "=r,0", /*hasSideEffects=*/false);
  llvm::CallInst *value = builder.CreateCall(assembly, {constant});
  value->setDoesNotThrow();
  return value;
}

/// Of an instance: in its memory's descriptor, and the same for as long as a
/// function runs.
llvm::Value *loaded(llvm::CallInst &call) {
  llvm::IRBuilder<> builder(&call);
  llvm::LoadInst *base =
      builder.CreateLoad(call.getType(), call.getArgOperand(0));
  base->setMetadata(llvm::LLVMContext::MD_invariant_load,
                    llvm::MDNode::get(call.getContext(), {}));
  return base;
}

} // namespace

llvm::PreservedAnalyses
LowerMemoryBasePass::run(llvm::Module &module, llvm::ModuleAnalysisManager &) {
  llvm::Type *i64 = llvm::Type::getInt64Ty(module.getContext());
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    const llvm::Attribute address = function.getFnAttribute("wrought-address");
    if (!address.isValid())
      continue;
    uint64_t value = 0;
    [[maybe_unused]] const bool malformed =
        address.getValueAsString().getAsInteger(10, value);
    assert(!malformed);
    llvm::Constant *constant = llvm::ConstantExpr::getIntToPtr(
        llvm::ConstantInt::get(i64, value), function.getReturnType());
    const bool folds = function.hasFnAttribute("wrought-folds");
    for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
      auto *call = llvm::cast<llvm::CallInst>(user);
      call->replaceAllUsesWith(value == 0 ? loaded(*call)
                               : folds    ? constant
                                          : hidden(constant, *call));
      call->eraseFromParent();
    }
    function.eraseFromParent();
  }
  return llvm::PreservedAnalyses::none();
}

llvm::PreservedAnalyses FunctionTablePass::run(llvm::Module &module,
                                               llvm::ModuleAnalysisManager &) {
  // Rows are abi::FunctionAddress: the distance from the row to the code, which
  // needs no relocation at start, and the function's index.
  llvm::Type *i64 = llvm::Type::getInt64Ty(module.getContext());
  std::vector<std::pair<llvm::Function *, uint64_t>> functions;
  for (llvm::Function &function : module) {
    const llvm::Attribute index = function.getFnAttribute("wrought-function");
    uint64_t value = 0;
    if (index.isValid() && !function.isDeclaration() &&
        !index.getValueAsString().getAsInteger(10, value))
      functions.push_back({&function, value});
  }
  if (functions.empty())
    return llvm::PreservedAnalyses::all();

  auto *type = llvm::ArrayType::get(i64, functions.size() * 2);
  auto *table = new llvm::GlobalVariable(module, type, /*isConstant=*/true,
                                         llvm::GlobalValue::PrivateLinkage,
                                         nullptr, "function_table");
  std::vector<llvm::Constant *> words;
  for (const auto &[function, index] : functions) {
    llvm::Constant *row = llvm::ConstantExpr::getGetElementPtr(
        i64, table, llvm::ConstantInt::get(i64, words.size()));
    words.push_back(llvm::ConstantExpr::getSub(
        llvm::ConstantExpr::getPtrToInt(function, i64),
        llvm::ConstantExpr::getPtrToInt(row, i64)));
    words.push_back(llvm::ConstantInt::get(i64, index));
  }
  table->setInitializer(llvm::ConstantArray::get(type, words));
  table->setSection("wrought_functions");
  table->setAlignment(llvm::Align(8));
  llvm::appendToCompilerUsed(module, {table});
  return llvm::PreservedAnalyses::none();
}

} // namespace wrought::codegen
