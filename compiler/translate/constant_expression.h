//===- constant_expression.h - Initialisers -------------------------------===//
#pragma once

#include "translate/instance_model.h"

namespace wrought::translate {

/// Evaluates a validated constant expression at the builder's position. The
/// result is an llvm::Constant unless it depends on a global whose value is not
/// known at compile time, or makes an object; then that is emitted, unless the
/// builder has no position, in which case null is returned.
llvm::Value *evaluate(ModuleEmitter &module,
                      const wasm::ConstantExpression &expression,
                      Builder &builder);

/// The constant value, or null when it is known only at run time.
llvm::Constant *evaluateConstant(ModuleEmitter &module,
                                 const wasm::ConstantExpression &expression);

/// The reference to an i31 of the low bits of an i32.
llvm::Value *makeI31(Builder &builder, llvm::Value *value);

} // namespace wrought::translate
