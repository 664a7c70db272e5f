//===- profile_passes.cpp - Counting, and using what was counted ----------===//
//
// LLVM's instrumentation decides what is counted, and its use of profiles what
// that tells; both see each function as translation made it, whatever partition
// it is in. Where counts are, and how they leave the program, is our own
// (abi/profile.h).
//
//===----------------------------------------------------------------------===//

#include "abi/layout.h"
#include "abi/profile.h"
#include "codegen/passes.h"
#include "codegen/profile.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/ProfileData/InstrProf.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Transforms/IPO/SampleProfile.h"
#include "llvm/Transforms/Instrumentation/PGOInstrumentation.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace wrought::codegen {

namespace {

/// Of the module's functions; those that only belong to it are not counted.
bool isWasmFunction(const llvm::Function &function) {
  uint64_t index;
  const llvm::Attribute attribute = function.getFnAttribute("wrought-function");
  return attribute.isValid() && !function.isDeclaration() &&
         !attribute.getValueAsString().getAsInteger(10, index) &&
         index != abi::NoFunction;
}

/// While it lives, all functions are external: LLVM puts a file's name in front
/// of others in profiles, and whether they are depends on how the module was
/// cut.
class ExternalNames {
public:
  explicit ExternalNames(llvm::Module &module) {
    for (llvm::Function &function : module) {
      if (!function.isDeclaration() && !isWasmFunction(function))
        function.addFnAttr(llvm::Attribute::NoProfile);
      if (function.hasLocalLinkage()) {
        linkages_.push_back({&function, function.getLinkage()});
        function.setLinkage(llvm::GlobalValue::ExternalLinkage);
      }
    }
  }
  ExternalNames(const ExternalNames &) = delete;
  ExternalNames &operator=(const ExternalNames &) = delete;
  ~ExternalNames() {
    for (const auto &[function, linkage] : linkages_)
      function->setLinkage(linkage);
  }

private:
  std::vector<std::pair<llvm::Function *, llvm::GlobalValue::LinkageTypes>>
      linkages_;
};

/// Puts counters and sites of ours in place of LLVM's intrinsics.
class CounterLowering {
public:
  CounterLowering(llvm::Module &module, llvm::StringRef symbolPrefix)
      : module_(module), symbolPrefix_(symbolPrefix),
        i64_(llvm::Type::getInt64Ty(module.getContext())),
        pointer_(llvm::PointerType::getUnqual(module.getContext())) {}

  void run() {
    for (llvm::Function &function : module_)
      if (isWasmFunction(function))
        lower(function);
    defineTable();
    dropLlvmsOwn();
  }

private:
  void lower(llvm::Function &function) {
    std::vector<llvm::InstrProfInstBase *> all;
    std::vector<llvm::InstrProfValueProfileInst *> calls;
    llvm::InstrProfIncrementInst *first = nullptr;
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      if (auto *any = llvm::dyn_cast<llvm::InstrProfInstBase>(&instruction))
        all.push_back(any);
      if (auto *add =
              llvm::dyn_cast<llvm::InstrProfIncrementInst>(&instruction))
        first = first ? first : add;
      if (auto *call =
              llvm::dyn_cast<llvm::InstrProfValueProfileInst>(&instruction))
        if (call->getValueKind()->equalsInt(llvm::IPVK_IndirectCallTarget))
          calls.push_back(call);
    }
    if (!first)
      return;
    const uint64_t counterCount = first->getNumCounters()->getZExtValue();
    llvm::GlobalVariable *counters = zeros(counterCount, "counters");
    llvm::GlobalVariable *sites =
        calls.empty()
            ? nullptr
            : zeros(calls.size() * sizeof(abi::ProfileSite) / 8, "sites");
    addRow(function, first->getHash()->getZExtValue(), counters, counterCount,
           sites, calls.size());
    for (llvm::InstrProfInstBase *instruction : all) {
      llvm::IRBuilder<> builder(instruction);
      if (auto *add = llvm::dyn_cast<llvm::InstrProfIncrementInst>(instruction))
        count(builder, *add, *counters);
    }
    for (llvm::InstrProfValueProfileInst *call : calls)
      noteTarget(*call, *sites);
    for (llvm::InstrProfInstBase *instruction : all)
      instruction->eraseFromParent();
  }

  llvm::GlobalVariable *zeros(uint64_t wordCount, const char *name) {
    auto *type = llvm::ArrayType::get(i64_, wordCount);
    auto *variable = new llvm::GlobalVariable(
        module_, type, /*isConstant=*/false, llvm::GlobalValue::InternalLinkage,
        llvm::Constant::getNullValue(type), name);
    variable->setAlignment(llvm::Align(8));
    return variable;
  }

  void count(llvm::IRBuilder<> &builder, llvm::InstrProfIncrementInst &add,
             llvm::GlobalVariable &counters) {
    llvm::Value *place = builder.CreateConstInBoundsGEP1_64(
        i64_, &counters, add.getIndex()->getZExtValue());
    builder.CreateStore(
        builder.CreateAdd(builder.CreateLoad(i64_, place), add.getStep()),
        place);
  }

  void noteTarget(llvm::InstrProfValueProfileInst &call,
                  llvm::GlobalVariable &sites) {
    llvm::IRBuilder<> builder(&call);
    llvm::FunctionCallee note = module_.getOrInsertFunction(
        "wrought_profile_call",
        llvm::FunctionType::get(builder.getVoidTy(), {pointer_, i64_}, false));
    auto *function = llvm::cast<llvm::Function>(note.getCallee());
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setDSOLocal(true);
    function->setDoesNotThrow();
    llvm::Value *site = builder.CreateConstInBoundsGEP1_64(
        i64_, &sites,
        call.getIndex()->getZExtValue() * (sizeof(abi::ProfileSite) / 8));
    builder.CreateCall(note, {site, call.getTargetValue()});
  }

  llvm::Constant *word(uint64_t value) const {
    return llvm::ConstantInt::get(i64_, value);
  }

  /// An abi::ProfileFunction.
  void addRow(llvm::Function &function, uint64_t hash,
              llvm::GlobalVariable *counters, uint64_t counterCount,
              llvm::GlobalVariable *sites, uint64_t siteCount) {
    llvm::StringRef name = function.getName();
    name.consume_front(symbolPrefix_);
    llvm::Constant *text = llvm::ConstantDataArray::getString(
        module_.getContext(), name, /*AddNull=*/false);
    auto *bytes = new llvm::GlobalVariable(module_, text->getType(), true,
                                           llvm::GlobalValue::PrivateLinkage,
                                           text, "profile_name");
    llvm::Constant *null = llvm::ConstantPointerNull::get(pointer_);
    // One that no pointer leads to may still be dropped or changed at will.
    const bool hasPointers =
        function.hasAddressTaken() || !function.hasLocalLinkage();
    rows_.push_back(llvm::ConstantStruct::getAnon(
        {bytes, word(name.size()), word(hash), hasPointers ? &function : null,
         counters, word(counterCount), sites ? sites : null, word(siteCount)}));
  }

  void defineTable() {
    if (rows_.empty())
      return;
    auto *type = llvm::ArrayType::get(rows_.front()->getType(), rows_.size());
    auto *table = new llvm::GlobalVariable(
        module_, type, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
        llvm::ConstantArray::get(type, rows_), "profile_table");
    table->setSection("wrought_profile");
    table->setAlignment(llvm::Align(8));
    llvm::appendToCompilerUsed(module_, {table});
  }

  void dropLlvmsOwn() {
    const auto isLlvms = [](llvm::StringRef name) {
      return name.starts_with("__profn_") ||
             name.starts_with("__llvm_profile_");
    };
    llvm::removeFromUsedLists(module_, [&](llvm::Constant *used) {
      return isLlvms(used->stripPointerCasts()->getName());
    });
    for (llvm::GlobalVariable &variable :
         llvm::make_early_inc_range(module_.globals()))
      if (isLlvms(variable.getName()) && variable.use_empty())
        variable.eraseFromParent();
  }

  llvm::Module &module_;
  llvm::StringRef symbolPrefix_;
  llvm::Type *i64_;
  llvm::PointerType *pointer_;
  std::vector<llvm::Constant *> rows_;
};

} // namespace

llvm::PreservedAnalyses
CountExecutionsPass::run(llvm::Module &module,
                         llvm::ModuleAnalysisManager &analyses) {
  {
    ExternalNames names(module);
    llvm::PGOInstrumentationGen().run(module, analyses);
  }
  CounterLowering(module, symbolPrefix_).run();
  return llvm::PreservedAnalyses::none();
}

llvm::PreservedAnalyses
ApplyProfilePass::run(llvm::Module &module,
                      llvm::ModuleAnalysisManager &analyses) {
  constexpr const char *File = "profile";
  auto files = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
  files->addFileNoOwn(File, 0, profile_.bytes->getMemBufferRef());
  ExternalNames names(module);
  const auto invalidate = [&](llvm::PreservedAnalyses preserved) {
    analyses.invalidate(module, preserved);
  };
  if (profile_.isSampled) {
    for (llvm::Function &function : module)
      if (isWasmFunction(function)) {
        function.addFnAttr("use-sample-profile");
        function.addFnAttr("sample-profile-suffix-elision-policy", "none");
      }
    invalidate(llvm::SampleProfileLoaderPass(
                   File, "", llvm::ThinOrFullLTOPhase::None, files)
                   .run(module, analyses));
    invalidate(llvm::PGOIndirectCallPromotion(/*IsInLTO=*/false,
                                              /*SamplePGO=*/true)
                   .run(module, analyses));
    return llvm::PreservedAnalyses::none();
  }
  invalidate(llvm::PGOInstrumentationUse(File, "", /*IsCS=*/false, files)
                 .run(module, analyses));
  for (const llvm::Function &function : module)
    misfitCount_ += isWasmFunction(function) &&
                    profile_.symbols.contains(function.getName()) &&
                    !function.getEntryCount();
  invalidate(llvm::PGOIndirectCallPromotion().run(module, analyses));
  return llvm::PreservedAnalyses::none();
}

} // namespace wrought::codegen
