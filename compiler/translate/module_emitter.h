//===- module_emitter.h - One partition of a module as an llvm::Module ----===//
//
// Owns what all functions of a partition share: declarations of the instance's
// state and of the runtime, and metadata. Partition 0 also defines the state:
// memories, tables, globals, segments, and the instantiate function.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "translate/heap_types.h"
#include "translate/instance_model.h"
#include "translate/memory_image.h"
#include "translate/module_plan.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/Module.h"

namespace wrought::translate {

enum class RuntimeFunction : uint8_t {
#define RUNTIME_FUNCTION(name, ...) name,
#include "abi/runtime_functions.def"
};

class ModuleEmitter {
public:
  ModuleEmitter(const ModulePlan &plan, size_t partition,
                llvm::LLVMContext &context);
  std::unique_ptr<llvm::Module> emit();

  const ModulePlan &plan() const { return plan_; }
  const wasm::Module &wasm() const { return plan_.module(); }
  const LlvmTypes &types() const { return types_; }
  InstanceModel &instance() { return *instance_; }
  llvm::Module &llvmModule() { return *module_; }
  bool isOptimizing() const { return plan_.options().optLevel > 0; }

  /// Declarations, made on first use.
  /// A function's entry for the C convention.
  llvm::Function *function(wasm::FunctionIndex index);
  llvm::Function *tailEntry(wasm::FunctionIndex index);
  /// What the tail convention passes in memory; the same for all modules.
  llvm::GlobalVariable *callArea(unsigned slots);
  /// What the program, or with threads the running one, has left to spend.
  llvm::GlobalVariable *fuel();
  llvm::Constant *functionRecord(wasm::FunctionIndex index);
  llvm::GlobalVariable *global(wasm::GlobalIndex index);
  llvm::GlobalVariable *memory(wasm::MemoryIndex index);
  llvm::GlobalVariable *table(wasm::TableIndex index);
  llvm::GlobalVariable *tableElements(wasm::TableIndex index);
  llvm::GlobalVariable *dataSegment(wasm::DataIndex index);
  llvm::GlobalVariable *elementSegment(wasm::ElementIndex index);
  /// Where a variable of the instance is for the thread that runs.
  llvm::Value *address(Builder &builder, llvm::GlobalVariable *variable);
  /// The value of an immutable global where it is known now, else null.
  llvm::Constant *knownGlobal(wasm::GlobalIndex index);
  /// A field of a function's record, which does not change.
  llvm::LoadInst *loadRecord(Builder &builder, llvm::Value *record,
                             unsigned field);
  llvm::FunctionCallee runtimeFunction(RuntimeFunction which);
  llvm::Function *trapFunction(abi::Trap trap);
  /// A call of it yields a constant base address, opaque until code generation:
  /// one constant with users all over a module makes alias queries slow. It
  /// takes the memory's descriptor; attributes say the address, and where the
  /// descriptor holds the length.
  llvm::Function *memoryBaseFunction(wasm::MemoryIndex index);

  // The collected heap.
  const HeapLayout &heapLayout(wasm::TypeIndex type);
  /// The abi::GcType of a struct or array, one for all modules that are linked.
  llvm::Constant *heapType(wasm::TypeIndex type);
  /// That of boxed host references, which the runtime defines.
  llvm::Constant *hostReferenceType();
  /// Of a field or element in the heap.
  llvm::Type *storedType(const wasm::FieldType &field) const;
  /// What abi::FunctionRecord.supertypes points to; null where there are none.
  llvm::Constant *functionSupertypes(wasm::TypeIndex type);

  /// The state of the static model.
  void defineStaticState();
  /// Active data segments up to the first whose place is not known.
  struct PlacedData {
    std::vector<std::vector<ImageChunk>> images; ///< by memory
    size_t firstDynamic;
  };
  PlacedData placeData();
  /// What is left to do once constant contents are in place.
  struct Instantiation {
    std::vector<wasm::GlobalIndex> globals;
    /// Tables to fill with what their initialisers yield.
    std::vector<wasm::TableIndex> tables;
    /// Element segments with items to evaluate.
    std::vector<wasm::ElementIndex> items;
    /// From these on, active segments are to be applied.
    size_t firstElement = 0, firstData = 0;
    /// For every thread but the first: what all share is left alone.
    bool isForThread = false;
  };
  llvm::Function *defineInstantiate(const Instantiation &work);
  void emitInstantiation(Builder &builder, const Instantiation &work,
                         const wasm::Origin &before,
                         const wasm::Origin *origin);
  Values callFunction(Builder &builder, wasm::FunctionIndex index,
                      llvm::ArrayRef<llvm::Value *> arguments);
  /// The abi::Module. The static model fills in more than names.
  struct ModuleContents {
    std::vector<llvm::Constant *> memories;
    llvm::Constant *wasiMemory = nullptr, *instantiate = nullptr,
                   *start = nullptr;
    /// With threads only.
    llvm::Constant *instantiateThread = nullptr, *startThread = nullptr,
                   *releaseThread = nullptr;
  };
  llvm::GlobalVariable *defineModuleDescriptor(const ModuleContents &contents);
  /// An abi::Memory as it is before it is set up.
  llvm::Constant *memoryContents(wasm::MemoryIndex index,
                                 llvm::ArrayRef<llvm::Constant *> images);

  llvm::Constant *privateArray(llvm::ArrayRef<llvm::Constant *> items,
                               llvm::Type *type, llvm::StringRef name);
  llvm::Constant *privateBytes(std::span<const uint8_t> bytes);
  llvm::Constant *cString(std::string_view text);
  llvm::ConstantInt *u64(uint64_t value) const;
  bool isExported(wasm::ExternalKind kind, uint32_t index) const;

  void setDefinitionLinkage(llvm::Function *function,
                            wasm::FunctionIndex index) const;
  /// What is known of a memory, but not where it and its descriptor are.
  MemoryView memoryView(wasm::MemoryIndex index) const;

  /// Attributes that every function with our code has.
  void addCodeAttributes(llvm::Function *function);
  llvm::DISubprogram *createSubprogram(llvm::Function *function,
                                       llvm::StringRef name, uint32_t line);

  /// Linear memories, the instance's own state and constant records never
  /// overlap; these tags say so.
  llvm::MDNode *memoryTag(wasm::MemoryIndex index) const {
    return memoryTags_[index.value];
  }
  llvm::MDNode *stateTag, *recordTag;
  /// Objects of the heap overlap nothing else either. What is stored in one as
  /// a value of one kind is never read as one of another.
  llvm::MDNode *heapTag(const wasm::FieldType &field) const {
    return heapTags_[heapTagNumber(field)];
  }
  llvm::MDNode *headerTag;
  llvm::MDNode *unlikely;
  llvm::MDNode *emptyNode;

private:
  llvm::GlobalVariable *stateVariable(llvm::StringRef symbol, llvm::Type *type,
                                      bool isImported);
  llvm::GlobalVariable *programVariable(llvm::StringRef symbol,
                                        llvm::Type *type);
  llvm::GlobalValue::LinkageTypes definitionLinkage(bool isExported) const;
  llvm::GlobalVariable *ofEachThread(bool isSo, llvm::GlobalVariable *variable);
  /// What holds objects is, since each thread has a heap of its own.
  bool isOfEachThread(wasm::TableIndex index) const {
    return plan_.options().hasThreads &&
           (plan_.facts().changingTables.test(index.value) ||
            plan_.mayBeObject(wasm().tables[index.value].type.element));
  }
  bool isOfEachThread(const wasm::ElementSegment &segment) const {
    return plan_.options().hasThreads && plan_.mayBeObject(segment.type);
  }
  void defineThreadState(ModuleContents &contents);
  llvm::Function *defineReleaseThread();
  void placeTables(Builder &builder);
  llvm::GlobalVariable *elementItems(wasm::ElementIndex index);
  struct RootCells {
    llvm::GlobalVariable *cells;
    uint64_t count;
  };
  void addRootRows(Builder &builder, llvm::ArrayRef<RootCells> roots);
  void addRoots(Builder &builder);
  void defineGlobals();
  void defineTables();
  void defineMemories();
  llvm::GlobalVariable *memoryImage(const ImageChunk &chunk, uint32_t memory,
                                    size_t number);
  void defineSegments();
  void defineRecords();
  void defineArrayWrappers();
  void defineMissingImports();
  void defineMemorySwitches(llvm::GlobalVariable &descriptor);
  void defineArrayWrapper(wasm::FunctionIndex index);
  void emitFunctions();
  void defineCEntry(wasm::FunctionIndex index);
  llvm::Function *declareFunction(llvm::StringRef symbol,
                                  llvm::FunctionType *type);

  void initializeTable(wasm::TableIndex index);
  bool placeElementSegment(const wasm::ElementSegment &segment);
  std::optional<std::vector<llvm::Constant *>>
  constantItems(const wasm::ElementSegment &segment);
  llvm::Constant *nullTable(uint64_t length);
  llvm::Constant *functionNames(uint64_t &count, llvm::Constant *&bytes);
  llvm::Constant *origins();
  const ModulePlan &plan_;
  const size_t partition_;
  LlvmTypes types_;
  std::unique_ptr<llvm::Module> module_;
  std::unique_ptr<InstanceModel> instance_;
  std::unique_ptr<llvm::DIBuilder> debug_;
  llvm::DIFile *debugFile_ = nullptr;
  llvm::DISubroutineType *debugType_ = nullptr;

  std::vector<llvm::MDNode *> memoryTags_;
  static size_t heapTagNumber(const wasm::FieldType &field) {
    return field.packed == wasm::PackedKind::None
               ? static_cast<size_t>(field.value.kind())
               : static_cast<size_t>(wasm::ValueKind::Bottom) +
                     static_cast<size_t>(field.packed);
  }
  std::vector<llvm::MDNode *> heapTags_; ///< by heapTagNumber()
  llvm::DenseMap<uint32_t, std::unique_ptr<HeapLayout>> heapLayouts_;
  /// By index, as far as asked for; null where not known.
  std::vector<llvm::Constant *> knownGlobals_;

  Instantiation instantiation_; ///< found while defining static state
  std::vector<std::vector<llvm::Constant *>> tableContents_;
};

} // namespace wrought::translate
