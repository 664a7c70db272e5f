//===- module_plan.h - Decisions shared by all partitions -----------------===//
//
// Everything that must be the same in each partition of a module: symbols,
// facts, addresses. Read-only while partitions are made.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/instance_layout.h"
#include "translate/heap_types.h"
#include "translate/module_facts.h"
#include "translate/translate.h"
#include "translate/type_id.h"

#include <map>

namespace wrought::translate {

/// A run of defined functions.
struct Partition {
  uint32_t firstFunction, endFunction; ///< function indices
  uint64_t codeBytes;
};

/// How a memory is held.
struct MemoryPlan {
  MemoryTraits traits;
  // Of an imported memory no more is known.
  bool isResizable = true;
  uint64_t initialByteLength = 0, maximumByteLength = 0;
  /// Constant address; 0 when it may be anywhere.
  uint64_t base = 0;
  uint64_t reservedByteLength = 0;
};

/// 2^64 - 1 also stands for what is more.
uint64_t bytesOfPages(uint64_t pageCount, unsigned pageSizeLog2);

class ModulePlan final : public Plan {
public:
  ModulePlan(const validate::ValidatedModule &module, Options options);

  size_t partitionCount() const override { return partitions_.size(); }
  uint64_t partitionWeight(size_t partition) const override {
    return partitions_[partition].codeBytes;
  }
  std::unique_ptr<llvm::Module>
  translate(size_t partition, llvm::LLVMContext &context) const override;
  const std::vector<ExportedSymbol> &exports() const override {
    return exports_;
  }
  std::vector<std::string> functionSymbols() const override;

  uint64_t instanceByteLength() const override {
    return instanceOffset(abi::InstancePart::End, 0);
  }

  const wasm::Module &module() const { return validated_.module(); }
  const Options &options() const { return options_; }
  const ModuleFacts &facts() const { return facts_; }
  const Partition &partition(size_t index) const { return partitions_[index]; }
  size_t partitionOf(wasm::FunctionIndex function) const;

  /// Symbols of this instance's entities, or of what an import is bound to.
  std::string functionSymbol(wasm::FunctionIndex index) const;
  std::string tableSymbol(wasm::TableIndex index) const;
  std::string memorySymbol(wasm::MemoryIndex index) const;
  std::string globalSymbol(wasm::GlobalIndex index) const;
  std::string symbol(llvm::StringRef kind, uint32_t index) const;
  bool isMissing(wasm::FunctionIndex index) const;
  /// Of an import that is called by way of a function which shows WASI another
  /// memory (ImportBinding::callersMemory).
  const ImportBinding *bindingWithMemory(wasm::FunctionIndex index) const;
  /// Whether the program makes the memory: its own, or an import that is.
  bool isOwn(wasm::MemoryIndex index) const;

  /// Whether the function has the tail convention. Then functionSymbol() is the
  /// C convention's entry to it, if anything needs one.
  bool hasTailEntry(wasm::FunctionIndex index) const;
  std::string tailSymbol(wasm::FunctionIndex index) const {
    return functionSymbol(index) + ".tail";
  }
  bool needsCEntry(wasm::FunctionIndex index) const;
  /// Whether other objects may call it.
  bool isFunctionExported(wasm::FunctionIndex index) const {
    return options_.exportAll && exportedFunctions_.test(index.value);
  }

  /// How many segments may be in place from the start: what a start function
  /// can see or change comes before the segments of the modules behind it.
  uint32_t placeableElementCount() const;
  uint32_t placeableDataCount() const;

  /// Whether values of the type may be objects of the collected heap.
  bool mayBeObject(wasm::ValueType type) const {
    return usesHeap_ && mayBeHeapReference(module().types, type);
  }

  /// With a C interface: whether references to functions come from outside or
  /// go there. Then other instances may hold the module's, and its code theirs.
  bool sharesFunctions() const { return sharesFunctions_; }
  /// Whether elements of a table may be functions of other instances.
  bool mayHoldForeign(wasm::TableIndex index) const;

  /// Whether other objects can see (and resize) it.
  bool isTableShared(wasm::TableIndex index) const;
  bool isMemoryShared(wasm::MemoryIndex index) const;

  /// What a call through a table reaches unless it traps.
  struct IndirectTargets {
    /// Every element that is not null has the type.
    bool allFit = false;
    /// The only function that does.
    std::optional<wasm::FunctionIndex> only;
  };
  IndirectTargets indirectTargets(wasm::TableIndex table,
                                  wasm::TypeIndex type) const;

  const MemoryPlan &memory(wasm::MemoryIndex index) const {
    return memories_[index.value];
  }

  // With an instance pointer: where in the instance things are.
  const abi::InstanceCounts &instanceCounts() const { return counts_; }
  uint64_t instanceOffset(abi::InstancePart part, uint64_t number) const;
  /// Of what is exported; of an import, where its row is.
  uint64_t exportOffset(const wasm::Export &item) const;
  /// Of a function that is referred to, among the records.
  uint64_t recordNumber(wasm::FunctionIndex index) const {
    return recordNumbers_[index.value];
  }
  /// The first cell of a table that cannot move or grow.
  std::optional<uint64_t> fixedTableCell(wasm::TableIndex index) const;
  /// The first cell of an element segment.
  uint64_t segmentCell(wasm::ElementIndex index) const {
    return segmentCells_[index.value];
  }

private:
  void cutPartitions();
  void markExports();
  void planMemories();
  MemoryTraits importedTraits(uint32_t import) const;
  MemoryPlan planMemory(wasm::MemoryIndex index) const;
  bool findSharedFunctions() const;
  void layOutInstance();
  bool isTableFixed(wasm::TableIndex index) const;
  void listExports();
  void listTableFunctions();
  const std::string &importSymbol(uint32_t import) const {
    return options_.imports[import].symbol;
  }

  const validate::ValidatedModule &validated_;
  Options options_;
  ModuleFacts facts_;
  bool usesHeap_, sharesFunctions_;
  std::vector<Partition> partitions_;
  std::vector<ExportedSymbol> exports_;
  std::vector<MemoryPlan> memories_;
  llvm::BitVector exportedFunctions_, exportedTables_, exportedMemories_;
  abi::InstanceCounts counts_ = {};
  std::vector<uint64_t> recordNumbers_, tableCells_, segmentCells_;
  /// The functions that can be in a table, each once, by type.
  struct TableFunctions {
    struct OfType {
      wasm::FunctionIndex first;
      uint32_t count;
    };
    std::map<TypeId, OfType> types;
  };
  /// Of each table that nothing changes.
  std::vector<std::optional<TableFunctions>> tableFunctions_;
};

} // namespace wrought::translate
