//===- calling_convention.h - How arguments and results travel ------------===//
//
// The only place that knows. Most functions have LLVM's C convention. Those
// that make tail calls have one of their own (docs/decisions/0008), in which
// functions of all types have one LLVM signature, so that each of them can be
// left for any other: arguments are in registers, and what finds no register
// there is in an area that all modules of a program share.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/types.h"

#include "llvm/IR/IRBuilder.h"

namespace wrought::translate {

class ModuleEmitter;

using Builder = llvm::IRBuilder<>;
using Values = llvm::SmallVector<llvm::Value *, 8>;

enum class Convention : uint8_t { C, Tail };

struct Callee {
  llvm::Value *code;
  Convention convention;
  /// The hidden first argument; null when there is none.
  llvm::Value *instance = nullptr;
  /// May be a C function of a host.
  bool isForeign = false;
};

/// Of a tail call.
struct TailCallee {
  Callee callee;
  /// Where only the running program knows whether the callee has the tail
  /// convention: its entry, which may be null. Else null here.
  llvm::Value *tailCode = nullptr;
};

/// A convention as functions of one Wasm type follow it.
class CallingConvention {
public:
  CallingConvention(ModuleEmitter &module, Convention convention,
                    const wasm::FunctionType &type)
      : module_(module), convention_(convention), type_(type) {}

  llvm::FunctionType *functionType() const;

  /// On the caller's side: the results, one value for each.
  Values call(Builder &builder, const Callee &callee,
              llvm::ArrayRef<llvm::Value *> arguments) const;
  /// Leaves the caller, which has the tail convention and the same results.
  void tailCall(Builder &builder, const Callee &callee,
                llvm::ArrayRef<llvm::Value *> arguments) const;

  /// On the callee's side: the parameters, at the function's entry.
  Values parameters(Builder &builder, llvm::Function *function) const;
  void returnResults(Builder &builder,
                     llvm::ArrayRef<llvm::Value *> results) const;

private:
  bool hasResultRegisters() const;
  unsigned hiddenCount() const;
  unsigned integerCount() const;
  llvm::CallInst *createCall(Builder &builder, const Callee &callee,
                             llvm::ArrayRef<llvm::Value *> arguments) const;

  ModuleEmitter &module_;
  Convention convention_;
  const wasm::FunctionType &type_;
};

} // namespace wrought::translate
