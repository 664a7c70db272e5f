//===- static_instance.cpp - One instance a program -----------------------===//
//
// Each entity is a global variable of the program, so LLVM folds addresses and
// immutable contents by itself.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"
#include "translate/module_emitter.h"

namespace wrought::translate {

namespace {

class StaticInstance final : public InstanceModel {
public:
  explicit StaticInstance(ModuleEmitter &module) : module_(module) {}

  bool passesInstance() const override { return false; }

  llvm::Value *callArea(Builder &builder, unsigned slots) override {
    return module_.address(builder, module_.callArea(slots));
  }

  llvm::Value *isStackExhausted(Builder &) override { return nullptr; }
  llvm::Value *hasForeignFailed(Builder &) override {
    llvm_unreachable("no function of a program is foreign");
  }

  llvm::Value *isInterrupted(Builder &) override {
    llvm_unreachable("programs are not interruptible");
  }

  llvm::Value *heapOwner(Builder &) override { return nullptr; }

  llvm::Value *fuelAddress(Builder &builder) override {
    return module_.address(builder, module_.fuel());
  }

  MemoryView memory(FunctionEmitter &function,
                    wasm::MemoryIndex index) override {
    MemoryView view = module_.memoryView(index);
    view.descriptor = module_.memory(index);
    if (!module_.plan().memory(index).traits.canMove)
      view.base = base(function, index);
    return view;
  }

  TableView table(Builder &builder, wasm::TableIndex index) override {
    const ModulePlan &plan = module_.plan();
    TableView view;
    view.descriptor = module_.address(builder, module_.table(index));
    if (!plan.isTableShared(index) &&
        !plan.facts().growingTables.test(index.value)) {
      view.fixedElements =
          module_.address(builder, module_.tableElements(index));
      view.fixedLength = module_.wasm().tables[index.value].type.limits.minimum;
    }
    return view;
  }

  llvm::Value *globalAddress(Builder &builder,
                             wasm::GlobalIndex index) override {
    return module_.address(builder, module_.global(index));
  }

  Callee callee(Builder &, wasm::FunctionIndex index) override {
    if (module_.plan().hasTailEntry(index))
      return {module_.tailEntry(index), Convention::Tail};
    return {module_.function(index), Convention::C};
  }

  Callee callee(Builder &builder, llvm::Value *record) override {
    return {module_.loadRecord(builder, record, field::FunctionRecord_code),
            Convention::C};
  }

  llvm::Value *isForeign(Builder &, llvm::Value *) override {
    llvm_unreachable("all instances of a program call each other directly");
  }
  TailCallee tailCallee(Builder &builder, wasm::FunctionIndex index) override {
    return {callee(builder, index)};
  }

  TailCallee tailCallee(Builder &builder, llvm::Value *record) override {
    return {
        callee(builder, record),
        module_.loadRecord(builder, record, field::FunctionRecord_tailCode)};
  }

  llvm::Value *functionReference(Builder &,
                                 wasm::FunctionIndex index) override {
    return module_.functionRecord(index);
  }

  llvm::Value *memoryDescriptor(Builder &, wasm::MemoryIndex index) override {
    return module_.memory(index);
  }

  llvm::Value *dataSegment(Builder &builder, wasm::DataIndex index) override {
    return module_.address(builder, module_.dataSegment(index));
  }

  llvm::Value *elementSegment(Builder &builder,
                              wasm::ElementIndex index) override {
    return module_.address(builder, module_.elementSegment(index));
  }

  void defineState() override { module_.defineStaticState(); }

private:
  /// A constant where the address is ours to choose, else loaded once a
  /// function.
  llvm::Value *base(FunctionEmitter &function, wasm::MemoryIndex index) {
    Builder entry = function.entryBuilder();
    const uint64_t address = module_.plan().memory(index).base;
    if (address == 0) {
      llvm::LoadInst *load = entry.CreateLoad(module_.types().pointer,
                                              module_.memory(index), "base");
      load->setMetadata(llvm::LLVMContext::MD_invariant_load,
                        module_.emptyNode);
      return load;
    }
    if (module_.isOptimizing())
      return entry.CreateCall(module_.memoryBaseFunction(index),
                              {module_.memory(index)}, "base");
    return llvm::ConstantExpr::getIntToPtr(entry.getInt64(address),
                                           module_.types().pointer);
  }

  ModuleEmitter &module_;
};

} // namespace

std::unique_ptr<InstanceModel> makeInstanceModel(ModuleEmitter &module) {
  return module.plan().options().isInstancePointer
             ? makePointerInstance(module)
             : std::make_unique<StaticInstance>(module);
}

} // namespace wrought::translate
