//===- operand_stack.h - Types of the operands, flat ----------------------===//
//
// The operand stack of a function body. `floor` is where the innermost block
// begins: nothing below it may be taken. Kept over all functions of a worker,
// so that steady state allocates nothing.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/types.h"

#include "llvm/ADT/ArrayRef.h"

#include <bit>
#include <cstring>
#include <memory>

namespace wrought::validate {

using TypeList = llvm::ArrayRef<wasm::ValueType>;

/// Identity of representation: equal bits mean equal types, but equal types
/// may have different bits (see TypeStore::isEqual).
inline bool sameBits(wasm::ValueType a, wasm::ValueType b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
}

class OperandStack {
public:
  OperandStack() { reserve(1024); }

  size_t size() const { return static_cast<size_t>(top_ - begin_.get()); }
  /// Operands of the innermost block.
  size_t available() const { return static_cast<size_t>(top_ - floor_); }
  bool hasAny() const { return top_ != floor_; }

  void push(wasm::ValueType type) {
    if (top_ == end_) [[unlikely]]
      reserve(2 * size());
    *top_++ = type;
  }
  void push(TypeList types) {
    if (types.size() > static_cast<size_t>(end_ - top_)) [[unlikely]]
      reserve(2 * (size() + types.size()));
    std::copy(types.begin(), types.end(), top_);
    top_ += types.size();
  }
  /// hasAny() must hold.
  wasm::ValueType pop() { return *--top_; }
  /// available() must be at least `count`.
  void drop(size_t count) { top_ -= count; }
  /// The operand `depth` below the top; available() must be greater.
  wasm::ValueType &peek(size_t depth) { return top_[-1 - ptrdiff_t(depth)]; }
  wasm::ValueType peek(size_t depth) const {
    return top_[-1 - ptrdiff_t(depth)];
  }
  /// The uppermost `count` operands; at most available().
  TypeList top(size_t count) const { return TypeList(top_ - count, count); }

  /// Whether the uppermost operands have just these types, bit for bit.
  bool endsWith(TypeList types) const {
    // Most lists are empty, and a masked load through their null pointer is
    // slow on some processors.
    return types.empty() ||
           (types.size() <= available() &&
            std::memcmp(top_ - types.size(), types.data(),
                        types.size() * sizeof(wasm::ValueType)) == 0);
  }

  void setFloor(size_t height) { floor_ = begin_.get() + height; }
  void dropToFloor() { top_ = floor_; }
  void clear() { top_ = floor_ = begin_.get(); }

private:
  void reserve(size_t capacity);

  std::unique_ptr<wasm::ValueType[]> begin_;
  wasm::ValueType *floor_ = nullptr, *top_ = nullptr, *end_ = nullptr;
};

inline void OperandStack::reserve(size_t capacity) {
  auto grown = std::make_unique_for_overwrite<wasm::ValueType[]>(capacity);
  const size_t used = top_ - begin_.get(), base = floor_ - begin_.get();
  std::copy(begin_.get(), top_, grown.get());
  begin_ = std::move(grown);
  top_ = begin_.get() + used;
  floor_ = begin_.get() + base;
  end_ = begin_.get() + capacity;
}

} // namespace wrought::validate
