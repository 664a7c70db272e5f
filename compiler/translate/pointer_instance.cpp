//===- pointer_instance.cpp - Any number of instances ---------------------===//
//
// Each function takes its instance as a hidden first parameter. Where things
// are in it is told by abi/instance_layout.h, from counts that the plan fixes.
// Imports are an address away, in the instance's abi::Import rows.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"
#include "translate/module_emitter.h"
#include "translate/pointer_state.h"

namespace wrought::translate {

namespace {

using abi::InstancePart;

class PointerInstance final : public InstanceModel {
public:
  explicit PointerInstance(ModuleEmitter &module)
      : module_(module), types_(module.types()) {}

  bool passesInstance() const override { return true; }

  llvm::Value *callArea(Builder &builder, unsigned) override {
    return invariantLoad(builder, AbiStruct::Context, context(builder),
                         field::Context_callArea);
  }

  /// Both loads are invariant for as long as a function runs: the limit is set
  /// by who calls from outside, which is never in this llvm::Module.
  llvm::Value *isStackExhausted(Builder &builder) override {
    llvm::Value *limit =
        invariantLoad(builder, AbiStruct::Context, context(builder),
                      field::Context_stackLimit);
    llvm::Value *frame = builder.CreateIntrinsic(
        llvm::Intrinsic::frameaddress, {types_.pointer}, {builder.getInt32(0)});
    return builder.CreateICmpULT(builder.CreatePtrToInt(frame, types_.i64),
                                 limit);
  }

  llvm::Value *hasForeignFailed(Builder &builder) override {
    llvm::Value *context =
        invariantLoad(builder, AbiStruct::Instance, instance(builder),
                      field::Instance_context);
    llvm::Value *failure = builder.CreateLoad(
        types_.i64, builder.CreateStructGEP(types_.abi(AbiStruct::Context),
                                            context, field::Context_failure));
    return builder.CreateICmpNE(failure, builder.getInt64(0));
  }

  llvm::Value *isInterrupted(Builder &builder) override {
    llvm::LoadInst *interruption = builder.CreateLoad(
        types_.i64,
        builder.CreateStructGEP(types_.abi(AbiStruct::Context),
                                context(builder), field::Context_interruption));
    // Other threads write it: not to be kept over a loop.
    interruption->setAtomic(llvm::AtomicOrdering::Monotonic);
    return builder.CreateICmpNE(interruption, builder.getInt64(0));
  }

  llvm::Value *heapOwner(Builder &builder) override { return context(builder); }

  llvm::Value *fuelAddress(Builder &builder) override {
    return builder.CreateStructGEP(types_.abi(AbiStruct::Context),
                                   context(builder), field::Context_fuel);
  }

  MemoryView memory(FunctionEmitter &function,
                    wasm::MemoryIndex index) override {
    Builder entry = function.entryBuilder();
    MemoryView view = module_.memoryView(index);
    view.descriptor = memoryDescriptor(entry, index);
    if (!module_.plan().memory(index).traits.canMove)
      view.base = base(entry, index, view.descriptor);
    return view;
  }

  TableView table(Builder &builder, wasm::TableIndex index) override {
    const wasm::Table &table = module_.wasm().tables[index.value];
    TableView view;
    view.descriptor = entity(builder, table.import, InstancePart::tables,
                             module_.wasm().importedTableCount, index.value);
    if (std::optional<uint64_t> cell = module_.plan().fixedTableCell(index)) {
      view.fixedElements = entry(builder, InstancePart::cells, *cell);
      view.fixedLength = table.type.limits.minimum;
    }
    return view;
  }

  llvm::Value *globalAddress(Builder &builder,
                             wasm::GlobalIndex index) override {
    return entity(builder, module_.wasm().globals[index.value].import,
                  InstancePart::globals, module_.wasm().importedGlobalCount,
                  index.value);
  }

  Callee callee(Builder &builder, wasm::FunctionIndex index) override {
    const wasm::Function &function = module_.wasm().functions[index.value];
    if (function.import)
      return {importField(builder, index, field::Import_address), Convention::C,
              importField(builder, index, field::Import_instance),
              /*isForeign=*/true};
    if (module_.plan().hasTailEntry(index))
      return {module_.tailEntry(index), Convention::Tail, instance(builder)};
    return {module_.function(index), Convention::C, instance(builder)};
  }

  Callee callee(Builder &builder, llvm::Value *record) override {
    return {
        module_.loadRecord(builder, record, field::BoundFunctionRecord_code),
        Convention::C,
        module_.loadRecord(builder, record,
                           field::BoundFunctionRecord_instance),
        /*isForeign=*/true};
  }

  llvm::Value *isForeign(Builder &builder, llvm::Value *record) override {
    llvm::Value *owner =
        invariantLoad(builder, AbiStruct::SharedFunctionRecord, record,
                      field::SharedFunctionRecord_owner);
    return builder.CreateICmpNE(owner, functions(builder));
  }

  TailCallee tailCallee(Builder &builder, wasm::FunctionIndex index) override {
    if (!module_.wasm().functions[index.value].import)
      return {callee(builder, index)};
    return {callee(builder, index),
            importField(builder, index, field::Import_tailCode)};
  }

  TailCallee tailCallee(Builder &builder, llvm::Value *record) override {
    return {callee(builder, record),
            module_.loadRecord(builder, record,
                               field::BoundFunctionRecord_tailCode)};
  }

  llvm::Value *functionReference(Builder &builder,
                                 wasm::FunctionIndex index) override {
    if (!builder.GetInsertBlock())
      return nullptr;
    const uint64_t number = module_.plan().recordNumber(index);
    if (!module_.plan().sharesFunctions())
      return entry(builder, InstancePart::records, number);
    return builder.CreateConstInBoundsGEP1_64(
        types_.i8, functions(builder),
        sizeof(abi::FunctionOwner) +
            number * sizeof(abi::SharedFunctionRecord));
  }

  llvm::Value *memoryDescriptor(Builder &builder,
                                wasm::MemoryIndex index) override {
    return entity(builder, module_.wasm().memories[index.value].import,
                  InstancePart::memories, module_.wasm().importedMemoryCount,
                  index.value);
  }

  llvm::Value *dataSegment(Builder &builder, wasm::DataIndex index) override {
    return entry(builder, InstancePart::dataSegments, index.value);
  }

  llvm::Value *elementSegment(Builder &builder,
                              wasm::ElementIndex index) override {
    return entry(builder, InstancePart::elementSegments, index.value);
  }

  void defineState() override { definePointerState(module_); }

private:
  /// As a call until code generation: loops in proven versions look for it.
  llvm::Value *base(Builder &entry, wasm::MemoryIndex index,
                    llvm::Value *descriptor) {
    if (module_.isOptimizing())
      return entry.CreateCall(module_.memoryBaseFunction(index), {descriptor},
                              "base");
    return invariantLoad(entry, AbiStruct::Memory, descriptor,
                         field::Memory_base);
  }

  static llvm::Value *instance(Builder &builder) {
    return builder.GetInsertBlock()->getParent()->getArg(0);
  }

  llvm::Value *context(Builder &builder) {
    return invariantLoad(builder, AbiStruct::Instance, instance(builder),
                         field::Instance_context);
  }

  llvm::Value *functions(Builder &builder) {
    return invariantLoad(builder, AbiStruct::Instance, instance(builder),
                         field::Instance_functions);
  }

  llvm::Value *importField(Builder &builder, wasm::FunctionIndex index,
                           unsigned field) {
    const uint32_t import = *module_.wasm().functions[index.value].import;
    return invariantLoad(builder, AbiStruct::Import,
                         entry(builder, InstancePart::imports, import), field);
  }

  llvm::Value *entry(Builder &builder, InstancePart part, uint64_t number) {
    const uint64_t offset = module_.plan().instanceOffset(part, number);
    return builder.CreateConstInBoundsGEP1_64(types_.i8, instance(builder),
                                              offset);
  }

  /// Something that is either imported or the instance's own.
  llvm::Value *entity(Builder &builder, std::optional<uint32_t> import,
                      InstancePart part, uint32_t importedCount,
                      uint32_t index) {
    if (import)
      return invariantLoad(builder, AbiStruct::Import,
                           entry(builder, InstancePart::imports, *import),
                           field::Import_address);
    return entry(builder, part, index - importedCount);
  }

  llvm::Value *invariantLoad(Builder &builder, AbiStruct type,
                             llvm::Value *object, unsigned field) {
    llvm::StructType *layout = types_.abi(type);
    llvm::LoadInst *load =
        builder.CreateLoad(layout->getElementType(field),
                           builder.CreateStructGEP(layout, object, field));
    load->setMetadata(llvm::LLVMContext::MD_invariant_load, module_.emptyNode);
    return load;
  }

  ModuleEmitter &module_;
  const LlvmTypes &types_;
};

} // namespace

std::unique_ptr<InstanceModel> makePointerInstance(ModuleEmitter &module) {
  return std::make_unique<PointerInstance>(module);
}

} // namespace wrought::translate
