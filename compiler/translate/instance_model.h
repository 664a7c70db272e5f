//===- instance_model.h - Where an instance's state lives -----------------===//
//
// Translation asks for addresses and facts, never for the kind of output. The
// static model answers with globals of the program, the pointer model with
// offsets from a hidden parameter.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "translate/calling_convention.h"
#include "translate/llvm_types.h"
#include "wasm/module.h"

#include "llvm/IR/IRBuilder.h"

namespace wrought::translate {

class FunctionEmitter;
class ModuleEmitter;

/// A linear memory as code sees it.
struct MemoryView {
  /// Does not change while a function runs; null: load it from the descriptor
  /// at each access.
  llvm::Value *base = nullptr;
  llvm::Value *descriptor = nullptr; ///< abi::Memory
  /// Set when the size cannot change, in bytes; otherwise load it.
  std::optional<uint64_t> fixedByteLength;
  /// The size never is less.
  uint64_t leastByteLength = 0;
  bool isGuarded = false;
  wasm::MemoryType type;
};

struct TableView {
  llvm::Value *descriptor; ///< abi::Table
  /// Set when the storage cannot move and the length cannot change.
  llvm::Value *fixedElements = nullptr;
  uint64_t fixedLength = 0;
};

class InstanceModel {
public:
  virtual ~InstanceModel() = default;
  /// Whether functions take their instance as a hidden first parameter.
  virtual bool passesInstance() const = 0;
  /// Where the tail convention passes what finds no register: `slots` of 64
  /// bits, the same for all functions that can call each other.
  virtual llvm::Value *callArea(Builder &builder, unsigned slots) = 0;
  /// Whether a function that calls others has too little stack left, as a bit;
  /// null where a guard of the stack tells.
  virtual llvm::Value *isStackExhausted(Builder &builder) = 0;
  /// Whether the call of a foreign function, just made, is to fail, as a bit.
  virtual llvm::Value *hasForeignFailed(Builder &builder) = 0;
  /// Whether somebody wants code to stop, as a bit; only for code that is
  /// interruptible.
  virtual llvm::Value *isInterrupted(Builder &builder) = 0;
  /// The abi::Context whose heap objects are made in; null where the runtime
  /// finds the heap by itself.
  virtual llvm::Value *heapOwner(Builder &builder) = 0;
  /// Where the fuel is that the running thread has left, as a signed number;
  /// only for code that counts it.
  virtual llvm::Value *fuelAddress(Builder &builder) = 0;
  virtual MemoryView memory(FunctionEmitter &function,
                            wasm::MemoryIndex index) = 0;
  virtual TableView table(Builder &builder, wasm::TableIndex index) = 0;
  virtual llvm::Value *globalAddress(Builder &builder,
                                     wasm::GlobalIndex index) = 0;
  virtual Callee callee(Builder &builder, wasm::FunctionIndex index) = 0;
  /// Of a record that is not null and whose type was checked.
  virtual Callee callee(Builder &builder, llvm::Value *record) = 0;
  /// Whether a record is another instance's, as a bit: then it has no callee
  /// here, and is called by call_shared. Only where the plan shares functions.
  virtual llvm::Value *isForeign(Builder &builder, llvm::Value *record) = 0;
  virtual TailCallee tailCallee(Builder &builder,
                                wasm::FunctionIndex index) = 0;
  virtual TailCallee tailCallee(Builder &builder, llvm::Value *record) = 0;
  /// A funcref: the address of an abi::FunctionRecord. Null where there is no
  /// code to take it from and it is not constant.
  virtual llvm::Value *functionReference(Builder &builder,
                                         wasm::FunctionIndex index) = 0;
  /// abi::Memory, abi::Segment.
  virtual llvm::Value *memoryDescriptor(Builder &builder,
                                        wasm::MemoryIndex index) = 0;
  virtual llvm::Value *dataSegment(Builder &builder, wasm::DataIndex index) = 0;
  virtual llvm::Value *elementSegment(Builder &builder,
                                      wasm::ElementIndex index) = 0;
  /// Defines the state or the templates that it is made from, and what
  /// instantiates it. For partition 0.
  virtual void defineState() = 0;
};

std::unique_ptr<InstanceModel> makePointerInstance(ModuleEmitter &module);

/// The only place that knows which models there are.
std::unique_ptr<InstanceModel> makeInstanceModel(ModuleEmitter &module);

} // namespace wrought::translate
