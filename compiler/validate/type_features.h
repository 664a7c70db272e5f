//===- type_features.h - Features that a type needs by itself -------------===//
#pragma once

#include "wasm/opcode.h"
#include "wasm/types.h"

#include <array>

namespace wrought::validate {

/// Up to two features; Mvp where there is none.
using TypeFeatures = std::array<wasm::Feature, 2>;

inline wasm::Feature featureOf(wasm::HeapType heap) {
  using wasm::AbstractHeap;
  if (heap.isConcrete())
    return wasm::Feature::FunctionReferences;
  switch (heap.abstract()) {
  case AbstractHeap::Func:
  case AbstractHeap::Extern:
    return wasm::Feature::ReferenceTypes;
  case AbstractHeap::Exn:
  case AbstractHeap::NoExn:
    return wasm::Feature::Exceptions;
  default:
    return wasm::Feature::Gc;
  }
}

inline TypeFeatures featuresOf(wasm::ValueType type) {
  using wasm::Feature;
  if (type.isVector())
    return {Feature::Simd, Feature::Mvp};
  if (!type.isReference())
    return {Feature::Mvp, Feature::Mvp};
  return {featureOf(type.heap()),
          type.isNullable() ? Feature::Mvp : Feature::FunctionReferences};
}

} // namespace wrought::validate
