//===- immediates.cpp - What follows an instruction's name ----------------===//
//
// One case for each shape of immediates in opcodes.def, in the order of the
// text format, which differs from the binary's for some.
//
// Source: WebAssembly Specification 3.0, "Text Format / Instructions".
//
//===----------------------------------------------------------------------===//
#include "text/instruction_parser.h"
#include "text/mnemonics.h"

#include "llvm/Support/MathExtras.h"

namespace wrought::text {

using wasm::ImmediateKind;
using wasm::Opcode;

void InstructionParser::operation(Opcode opcode, ByteWriter &out) {
  switch (opcode) {
  case Opcode::Select:
    return select(out);
  case Opcode::RefTest:
  case Opcode::RefCast:
    return referenceOperation(opcode, out);
  default:
    write(opcode, out);
    immediates(opcode, out);
  }
}

void InstructionParser::immediates(Opcode opcode, ByteWriter &out) {
  auto index = [&](Space space) {
    out.unsignedLeb(context_.expectIndex(space));
  };
  const ImmediateKind kind = wasm::immediateKind(opcode);
  switch (kind) {
  case ImmediateKind::None:
    return;
  case ImmediateKind::Label:
    return out.unsignedLeb(expectLabel());
  case ImmediateKind::BrTable:
    return branchTable(out);
  case ImmediateKind::Tag:
    return index(Space::Tag);
  case ImmediateKind::Function:
    return index(Space::Function);
  case ImmediateKind::CallIndirect:
    return callIndirect(out);
  case ImmediateKind::Type:
    return index(Space::Type);
  case ImmediateKind::TypeField:
    return typeAndField(out);
  case ImmediateKind::TypeCount:
    index(Space::Type);
    return out.unsignedLeb(cursor_.expectUnsigned(32));
  case ImmediateKind::TypeData:
    context_.parts.needsDataCount = true;
    return typeAnd(Space::Data, out);
  case ImmediateKind::TypeElem:
    return typeAnd(Space::Element, out);
  case ImmediateKind::TypeType:
    return typeAnd(Space::Type, out);
  case ImmediateKind::Local:
    return out.unsignedLeb(context_.expectIndex(locals_, "local"));
  case ImmediateKind::Global:
    return index(Space::Global);
  case ImmediateKind::Table:
    return optionalIndex(Space::Table, out);
  case ImmediateKind::TableTable:
    return optionalPair(Space::Table, out);
  case ImmediateKind::ElemTable:
    return segmentInit(Space::Element, Space::Table, out);
  case ImmediateKind::Elem:
    return index(Space::Element);
  case ImmediateKind::Memory:
    return optionalIndex(Space::Memory, out);
  case ImmediateKind::MemoryMemory:
    return optionalPair(Space::Memory, out);
  case ImmediateKind::DataMemory:
    context_.parts.needsDataCount = true;
    return segmentInit(Space::Data, Space::Memory, out);
  case ImmediateKind::Data:
    context_.parts.needsDataCount = true;
    return index(Space::Data);
  case ImmediateKind::Fence:
    return out.u8(0);
  case ImmediateKind::I32Const:
    return out.signedLeb(static_cast<int32_t>(cursor_.expectInteger(32)));
  case ImmediateKind::I64Const:
    return out.signedLeb(static_cast<int64_t>(cursor_.expectInteger(64)));
  case ImmediateKind::F32Const:
    return out.fixed(cursor_.expectFloat(32), 4);
  case ImmediateKind::F64Const:
    return out.fixed(cursor_.expectFloat(64), 8);
  case ImmediateKind::V128Const:
    return vectorConstant(out);
  case ImmediateKind::Shuffle:
    return shuffle(out);
  case ImmediateKind::Lane2:
  case ImmediateKind::Lane4:
  case ImmediateKind::Lane8:
  case ImmediateKind::Lane16:
    return lane(out);
  case ImmediateKind::HeapType:
    return out.signedLeb(types_.heapType());
  case ImmediateKind::BrOnCast:
    return branchOnCast(out);
  case ImmediateKind::Block:
  case ImmediateKind::TryTable:
  case ImmediateKind::SelectTypes:
    // Taken apart by openBlock and select.
    return cursor_.failUnexpected();
  default:
    return memoryArgument(kind, out);
  }
}

/// ref.test and ref.cast: the null variant is the next opcode.
void InstructionParser::referenceOperation(Opcode opcode, ByteWriter &out) {
  const ReferenceType type = types_.referenceType();
  if (type.nullable)
    opcode =
        opcode == Opcode::RefTest ? Opcode::RefTestNull : Opcode::RefCastNull;
  write(opcode, out);
  out.signedLeb(type.heap);
}

void InstructionParser::branchOnCast(ByteWriter &out) {
  const uint32_t label = expectLabel();
  const ReferenceType from = types_.referenceType();
  const ReferenceType to = types_.referenceType();
  out.u8(static_cast<uint8_t>((from.nullable ? 1 : 0) | (to.nullable ? 2 : 0)));
  out.unsignedLeb(label);
  out.signedLeb(from.heap);
  out.signedLeb(to.heap);
}

void InstructionParser::branchTable(ByteWriter &out) {
  llvm::SmallVector<uint32_t, 16> labels{expectLabel()};
  while (cursor_.atIndex())
    labels.push_back(expectLabel());
  out.unsignedLeb(labels.size() - 1);
  for (uint32_t label : labels)
    out.unsignedLeb(label);
}

void InstructionParser::callIndirect(ByteWriter &out) {
  const uint32_t table =
      cursor_.atIndex() ? context_.expectIndex(Space::Table) : 0;
  Signature signature;
  out.unsignedLeb(types_.typeUse(ParameterNames::Forbidden, signature).type);
  out.unsignedLeb(table);
}

void InstructionParser::select(ByteWriter &out) {
  if (!cursor_.atForm("result"))
    return write(Opcode::Select, out);
  const Signature types = types_.signature(ParameterNames::Forbidden);
  write(Opcode::SelectT, out);
  out.unsignedLeb(types.resultCount);
  out.raw(types.results.bytes());
}

void InstructionParser::catchClauses(ByteWriter &out) {
  ByteWriter clauses;
  uint32_t count = 0;
  for (;; ++count) {
    const bool isRef = cursor_.atForm("catch_ref");
    const bool isAllRef = cursor_.atForm("catch_all_ref");
    if (isRef || cursor_.atForm("catch")) {
      cursor_.advance(2);
      clauses.u8(isRef ? 1 : 0);
      clauses.unsignedLeb(context_.expectIndex(Space::Tag));
    } else if (isAllRef || cursor_.atForm("catch_all")) {
      cursor_.advance(2);
      clauses.u8(isAllRef ? 3 : 2);
    } else {
      break;
    }
    clauses.unsignedLeb(expectLabel());
    cursor_.expectClose();
  }
  out.unsignedLeb(count);
  out.raw(clauses.bytes());
}

void InstructionParser::typeAndField(ByteWriter &out) {
  const uint32_t type = context_.expectIndex(Space::Type);
  out.unsignedLeb(type);
  const llvm::DenseMap<llvm::StringRef, uint32_t> none;
  const bool known = type < context_.types.size();
  out.unsignedLeb(context_.expectIndex(
      known ? context_.types[type].fields : none, "field"));
}

void InstructionParser::typeAnd(Space space, ByteWriter &out) {
  out.unsignedLeb(context_.expectIndex(Space::Type));
  out.unsignedLeb(context_.expectIndex(space));
}

void InstructionParser::optionalIndex(Space space, ByteWriter &out) {
  out.unsignedLeb(cursor_.atIndex() ? context_.expectIndex(space) : 0);
}

void InstructionParser::optionalPair(Space space, ByteWriter &out) {
  if (!cursor_.atIndex()) {
    out.u8(0);
    return out.u8(0);
  }
  out.unsignedLeb(context_.expectIndex(space));
  out.unsignedLeb(context_.expectIndex(space));
}

/// table.init and memory.init: an index before the segment's is the target.
void InstructionParser::segmentInit(Space segments, Space target,
                                    ByteWriter &out) {
  const bool two =
      cursor_.atIndex() && (cursor_.kind(1) == TokenKind::Number ||
                            cursor_.kind(1) == TokenKind::Identifier);
  const uint32_t into = two ? context_.expectIndex(target) : 0;
  out.unsignedLeb(context_.expectIndex(segments));
  out.unsignedLeb(into);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static bool isLaneAccess(ImmediateKind kind) {
  return kind == ImmediateKind::MemArg1Lane ||
         kind == ImmediateKind::MemArg2Lane ||
         kind == ImmediateKind::MemArg4Lane ||
         kind == ImmediateKind::MemArg8Lane;
}

/// Whether the number at the cursor is the lane, not a memory before it.
bool InstructionParser::atLaneOnly() const {
  if (cursor_.kind() != TokenKind::Number)
    return false;
  const bool more = cursor_.kind(1) == TokenKind::Number ||
                    (cursor_.kind(1) == TokenKind::Keyword &&
                     (cursor_.text(1).starts_with("offset=") ||
                      cursor_.text(1).starts_with("align=")));
  return !more;
}

void InstructionParser::alignment(ImmediateKind kind, uint32_t &log2) {
  log2 = llvm::Log2_32(wasm::accessByteLength(kind));
  llvm::StringRef text = cursor_.text();
  if (cursor_.kind() != TokenKind::Keyword || !text.consume_front("align="))
    return;
  uint64_t bytes;
  const LiteralStatus status = parseUnsigned(text, 64, bytes);
  if (status == LiteralStatus::Malformed)
    return cursor_.fail("unknown operator " + cursor_.text().take_front(60));
  // Up to 2^63 has an encoding, though only the natural alignment is valid.
  if (status == LiteralStatus::OutOfRange || !llvm::isPowerOf2_64(bytes))
    return cursor_.fail("alignment must be a power of two");
  log2 = llvm::Log2_64(bytes);
  cursor_.advance();
}

void InstructionParser::memoryArgument(ImmediateKind kind, ByteWriter &out) {
  const bool hasLane = isLaneAccess(kind);
  uint32_t memory = 0, log2;
  if (cursor_.atIndex() && !(hasLane && atLaneOnly()))
    memory = context_.expectIndex(Space::Memory);
  uint64_t offset = 0;
  llvm::StringRef text = cursor_.text();
  if (cursor_.kind() == TokenKind::Keyword && text.consume_front("offset=")) {
    const LiteralStatus status = parseUnsigned(text, 64, offset);
    if (status == LiteralStatus::Malformed)
      return cursor_.fail("unknown operator " + cursor_.text().take_front(60));
    if (status == LiteralStatus::OutOfRange)
      return cursor_.fail("i64 constant out of range");
    cursor_.advance();
  }
  alignment(kind, log2);
  // Bit 6 of the flags says that a memory index follows.
  out.unsignedLeb(memory ? log2 | 0x40 : log2);
  if (memory)
    out.unsignedLeb(memory);
  out.unsignedLeb(offset);
  if (hasLane)
    lane(out);
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

void InstructionParser::lane(ByteWriter &out) {
  out.u8(static_cast<uint8_t>(cursor_.expectUnsigned(8)));
}

void InstructionParser::shuffle(ByteWriter &out) {
  for (unsigned i = 0; i < 16; ++i) {
    if (cursor_.kind() != TokenKind::Number)
      return cursor_.fail("invalid lane length");
    lane(out);
  }
  if (cursor_.kind() == TokenKind::Number)
    cursor_.fail("invalid lane length");
}

void InstructionParser::vectorConstant(ByteWriter &out) {
  std::optional<LaneShape> shape;
  if (cursor_.kind() == TokenKind::Keyword)
    shape = laneShape(cursor_.text());
  if (!shape)
    return cursor_.failUnexpected();
  cursor_.advance();
  for (unsigned i = 0; i < shape->count; ++i) {
    if (!cursor_.hasMore() || cursor_.kind() == TokenKind::LeftParenthesis)
      return cursor_.fail("wrong number of lane literals");
    out.fixed(shape->isFloat ? cursor_.expectFloat(shape->bits)
                             : cursor_.expectInteger(shape->bits),
              shape->bits / 8);
  }
  if (cursor_.kind() == TokenKind::Number)
    cursor_.fail("wrong number of lane literals");
}

} // namespace wrought::text
