//===- immediates.h - A decoded instruction --------------------------------===//
#pragma once

#include "wasm/opcode.h"
#include "wasm/types.h"

#include <array>
#include <vector>

namespace wrought::wasm {

/// Block types: no result, one result, or a function type.
struct BlockType {
  enum class Kind : uint8_t { Empty, Value, Type } kind = Kind::Empty;
  ValueType value;
  TypeIndex type;
};

struct MemoryArgument {
  uint32_t alignLog2 = 0;
  MemoryIndex memory;
  uint64_t offset = 0;
};

enum class CatchKind : uint8_t { Catch, CatchRef, CatchAll, CatchAllRef };

struct CatchClause {
  CatchKind kind;
  TagIndex tag; ///< Catch and CatchRef
  uint32_t label;
};

/// One instruction with its immediates. Which members hold something follows
/// from immediateKind(opcode); the others keep stale values, because one
/// Instruction is reused for a whole body.
struct Instruction {
  Opcode opcode = Opcode::Nop;
  /// Of the opcode's first byte, from the start of the binary.
  uint64_t byteOffset = 0;

  /// Label, Function, Local, Global, Tag, Table, Elem, Data, Memory, Type, and
  /// the first of two: CallIndirect → type; ElemTable → segment; DataMemory →
  /// segment; TableTable, MemoryMemory, TypeType → destination; TypeField,
  /// TypeCount, TypeData, TypeElem → type; BrOnCast → label.
  uint32_t index = 0;
  /// The second: CallIndirect, ElemTable → table; DataMemory → memory;
  /// TableTable, MemoryMemory, TypeType → source; TypeField → field; TypeCount →
  /// count; TypeData, TypeElem → segment.
  uint32_t index2 = 0;

  MemoryArgument memory;
  BlockType block; ///< Block, TryTable
  HeapType heap;   ///< HeapType
  /// BrOnCast: the two reference types.
  ValueType castFrom, castTo;
  union {
    int32_t i32;
    int64_t i64 = 0;
    uint32_t f32Bits;
    uint64_t f64Bits;
  };
  /// V128Const: the bytes; Shuffle: the lanes.
  std::array<uint8_t, 16> bytes{};
  uint8_t lane = 0;
  /// BrTable: targets with the default last.
  std::vector<uint32_t> labels;
  std::vector<CatchClause> catches;
  std::vector<ValueType> types; ///< SelectTypes
};

} // namespace wrought::wasm
