#include "abi/layout.h"
#include "translate/line_lookup.h"
#include "translate/llvm_types.h"
#include "translate/translate.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace wrought::translate {

namespace {

class ConfigEmitter {
public:
  ConfigEmitter(const targets::TargetSpec &target, llvm::LLVMContext &context)
      : types_(context),
        module_(std::make_unique<llvm::Module>("config", context)) {
    const llvm::Triple triple(target.triple);
    module_->setTargetTriple(triple);
    module_->setDataLayout(triple.computeDataLayout(target.abiName));
    if (!target.abiName.empty())
      module_->setModuleFlag(llvm::Module::Error, "target-abi",
                             llvm::MDString::get(context, target.abiName));
    module_->setPICLevel(llvm::PICLevel::BigPIC);
    module_->setPIELevel(llvm::PIELevel::Large);
  }

  std::unique_ptr<llvm::Module> emit(const Config &config) {
    std::vector<llvm::Constant *> grants, environment, listeners, versions;
    for (const Version &version : config.versions)
      versions.push_back(llvm::ConstantStruct::get(
          types_.abi(AbiStruct::Version),
          {moduleSymbol(version.moduleSymbol), string(version.cpu),
           number(version.requiredFeatures)}));
    for (const Grant &grant : config.grants)
      grants.push_back(llvm::ConstantStruct::get(types_.abi(AbiStruct::Grant),
                                                 {string(grant.hostPath),
                                                  string(grant.guestPath),
                                                  number(grant.isReadOnly)}));
    for (const std::string &entry : config.environment)
      environment.push_back(string(entry));
    for (const std::string &address : config.listeners)
      listeners.push_back(string(address));
    llvm::StructType *layout = types_.abi(AbiStruct::Config);
    auto *variable = new llvm::GlobalVariable(
        *module_, layout, true, llvm::GlobalValue::ExternalLinkage,
        llvm::ConstantStruct::get(
            layout,
            {array(grants, types_.abi(AbiStruct::Grant)),
             number(grants.size()),
             array(environment, types_.pointer),
             number(environment.size()),
             array(listeners, types_.pointer),
             number(listeners.size()),
             streams(config),
             config.argv0 ? string(*config.argv0) : null(),
             number(config.isSealed),
             number(config.inheritsEnvironment),
             number(config.stackByteLength),
             array(versions, types_.abi(AbiStruct::Version)),
             number(versions.size()),
             chooser(config),
             threadStarter(config),
             number(config.maxThreadCount),
             number(config.heapByteLength),
             number(config.fuel.value_or(unlimitedFuel)),
             fuelStarter(config),
             config.profilePath.empty()
                 ? null()
                 : runtimeFunction("wrought_start_profile"),
             config.profilePath.empty() ? null() : string(config.profilePath)}),
        "wrought_config");
    variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
    variable->setDSOLocal(true);
    return std::move(module_);
  }

private:
  llvm::Constant *null() const {
    return llvm::ConstantPointerNull::get(types_.pointer);
  }
  llvm::Constant *number(uint64_t value) const {
    return llvm::ConstantInt::get(types_.i64, value);
  }
  llvm::Constant *hidden(llvm::Constant *value) {
    return new llvm::GlobalVariable(*module_, value->getType(), true,
                                    llvm::GlobalValue::PrivateLinkage, value,
                                    "config");
  }
  llvm::Constant *moduleSymbol(llvm::StringRef symbol) {
    auto *variable = new llvm::GlobalVariable(
        *module_, types_.abi(AbiStruct::Module), true,
        llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
    variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return variable;
  }
  llvm::Constant *chooser(const Config &config) {
    const bool runsAnywhere = config.versions.size() == 1 &&
                              config.versions.front().requiredFeatures == 0;
    return runsAnywhere ? null() : runtimeFunction("wrought_choose_version");
  }
  llvm::Constant *threadStarter(const Config &config) {
    return config.hasThreads ? runtimeFunction("wrought_start_threads")
                             : null();
  }
  llvm::Constant *fuelStarter(const Config &config) {
    if (!config.fuel)
      return null();
    return runtimeFunction(config.hasThreads ? "wrought_start_shared_fuel"
                                             : "wrought_start_fuel");
  }
  /// For its address; the runtime knows its type.
  llvm::Constant *runtimeFunction(llvm::StringRef name) {
    llvm::Function *function = llvm::Function::Create(
        llvm::FunctionType::get(types_.voidType, {}, false),
        llvm::GlobalValue::ExternalLinkage, name, *module_);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return function;
  }
  llvm::Constant *streams(const Config &config) {
    std::vector<llvm::Constant *> texts;
    bool isAnySaid = false;
    for (const std::string &text : config.streams) {
      texts.push_back(text.empty() ? null() : string(text));
      isAnySaid |= !text.empty();
    }
    if (!isAnySaid)
      return null();
    texts.push_back(runtimeFunction("wrought_wasi_open_stream"));
    return array(texts, types_.pointer);
  }
  llvm::Constant *string(llvm::StringRef text) {
    return hidden(
        llvm::ConstantDataArray::getString(types_.context, text, true));
  }
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> items,
                        llvm::Type *type) {
    if (items.empty())
      return null();
    return hidden(llvm::ConstantArray::get(
        llvm::ArrayType::get(type, items.size()), items));
  }

  LlvmTypes types_;
  std::unique_ptr<llvm::Module> module_;
};

} // namespace

std::unique_ptr<llvm::Module> emitConfig(const Config &config,
                                         const targets::TargetSpec &target,
                                         llvm::LLVMContext &context) {
  return ConfigEmitter(target, context).emit(config);
}

void linkLineLookup(llvm::Module &config) {
  llvm::LLVMContext &context = config.getContext();
  llvm::Function *function = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context), {}, false),
      llvm::GlobalValue::ExternalLinkage, "wrought_find_lines", config);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  // A reference that nothing reads brings the function in; the linker then
  // drops the variable.
  llvm::PointerType *pointer = function->getType();
  auto *reference = new llvm::GlobalVariable(config, pointer, true,
                                             llvm::GlobalValue::PrivateLinkage,
                                             function, "lines");
  llvm::ArrayType *list = llvm::ArrayType::get(pointer, 1);
  auto *kept = new llvm::GlobalVariable(
      config, list, false, llvm::GlobalValue::AppendingLinkage,
      llvm::ConstantArray::get(list, reference), "llvm.compiler.used");
  kept->setSection("llvm.metadata");
}

} // namespace wrought::translate
