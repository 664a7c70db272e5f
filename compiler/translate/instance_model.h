//===- instance_model.h - Where an instance's state lives -----------------===//
//
// Translation asks for addresses and facts, never for the kind of output. The
// static model answers with globals of the program; a model with an instance
// pointer will answer with offsets from a hidden parameter.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "translate/llvm_types.h"
#include "wasm/module.h"

#include "llvm/IR/IRBuilder.h"

namespace wrought::translate {

class FunctionEmitter;
class ModuleEmitter;

using Builder = llvm::IRBuilder<>;

/// A linear memory as code sees it.
struct MemoryView {
  llvm::Value *base;       ///< does not change while a function runs
  llvm::Value *descriptor; ///< abi::Memory
  /// Set when the size cannot change, in bytes; otherwise load it.
  std::optional<uint64_t> fixedByteLength;
  wasm::MemoryType type;
};

struct TableView {
  llvm::Value *descriptor; ///< abi::Table
  /// Set when the storage cannot move and the length cannot change.
  llvm::Value *fixedElements = nullptr;
  uint64_t fixedLength = 0;
};

struct Callee {
  llvm::FunctionType *type;
  llvm::Value *code;
};

class InstanceModel {
public:
  virtual ~InstanceModel() = default;
  virtual MemoryView memory(FunctionEmitter &function,
                            wasm::MemoryIndex index) = 0;
  virtual TableView table(Builder &builder, wasm::TableIndex index) = 0;
  virtual llvm::Value *globalAddress(Builder &builder,
                                     wasm::GlobalIndex index) = 0;
  virtual Callee callee(Builder &builder, wasm::FunctionIndex index) = 0;
  /// A funcref: the address of an abi::FunctionRecord.
  virtual llvm::Value *functionReference(Builder &builder,
                                         wasm::FunctionIndex index) = 0;
  /// abi::Memory, abi::Segment.
  virtual llvm::Value *memoryDescriptor(Builder &builder,
                                        wasm::MemoryIndex index) = 0;
  virtual llvm::Value *dataSegment(Builder &builder, wasm::DataIndex index) = 0;
  virtual llvm::Value *elementSegment(Builder &builder,
                                      wasm::ElementIndex index) = 0;
};

/// The only place that knows which models there are.
std::unique_ptr<InstanceModel> makeInstanceModel(ModuleEmitter &module);

} // namespace wrought::translate
