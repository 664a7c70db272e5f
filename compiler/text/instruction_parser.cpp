#include "text/instruction_parser.h"

#include "text/mnemonics.h"
#include "wasm/limits.h"

namespace wrought::text {

using wasm::ImmediateKind;
using wasm::Opcode;

void InstructionParser::beginFunction() {
  locals_.clear();
  hints_.clear();
  inFunction_ = true;
}

void InstructionParser::folded(ByteWriter &out) {
  if (cursor_.kind() != TokenKind::LeftParenthesis)
    return cursor_.failUnexpected();
  run(out, true);
}

void InstructionParser::run(ByteWriter &out, bool single) {
  frames_.clear();
  pending_.clear();
  labels_.clear();
  labelByName_.clear();
  do {
    switch (cursor_.kind()) {
    case TokenKind::RightParenthesis:
      if (frames_.empty())
        return;
      close(out);
      break;
    case TokenKind::LeftParenthesis:
      open(out);
      break;
    case TokenKind::Keyword:
      plain(out);
      break;
    case TokenKind::Eof:
      if (frames_.empty())
        return;
      [[fallthrough]];
    default:
      cursor_.failUnexpected();
    }
  } while (cursor_.ok() && !(single && frames_.empty()));
}

bool InstructionParser::push(const Frame &frame) {
  if (frames_.size() < wasm::limits::NestingDepth) {
    frames_.push_back(frame);
    return true;
  }
  cursor_.failAt(frame.token, "nesting too deep: the limit is " +
                                  llvm::Twine(wasm::limits::NestingDepth) +
                                  " instructions");
  return false;
}

std::optional<Opcode> InstructionParser::expectOpcode() {
  std::optional<Opcode> opcode;
  if (cursor_.kind() == TokenKind::Keyword)
    opcode = opcodeByText(cursor_.text());
  if (!opcode)
    cursor_.failUnexpected();
  return opcode;
}

void InstructionParser::write(Opcode opcode, ByteWriter &out) {
  if (const uint8_t prefix = wasm::opcodePrefix(opcode)) {
    out.u8(prefix);
    out.unsignedLeb(wasm::opcodeCode(opcode));
  } else {
    out.u8(static_cast<uint8_t>(wasm::opcodeCode(opcode)));
  }
}

//===----------------------------------------------------------------------===//
// Plain instructions
//===----------------------------------------------------------------------===//

/// Operands of a folded operator and conditions are folded themselves.
bool InstructionParser::acceptsPlain() const {
  if (frames_.empty())
    return true;
  switch (frames_.back().kind) {
  case Frame::Kind::FoldedOperator:
  case Frame::Kind::IfCondition:
  case Frame::Kind::IfAfterThen:
  case Frame::Kind::IfDone:
    return false;
  default:
    return true;
  }
}

void InstructionParser::plain(ByteWriter &out) {
  if (!acceptsPlain())
    return cursor_.failUnexpected();
  const Frame frame{Frame::Kind::PlainBlock,
                    cursor_.position(),
                    pending_.size(),
                    {},
                    takeHint()};
  auto opcode = expectOpcode();
  if (!opcode)
    return;
  if (opcode == Opcode::End)
    return plainEnd(out);
  if (opcode == Opcode::Else)
    return plainElse(out);
  context_.mark(out);
  recordHint(frame.hint, *opcode, out);
  const ImmediateKind kind = wasm::immediateKind(*opcode);
  if (kind == ImmediateKind::Block || kind == ImmediateKind::TryTable)
    return openBlock(*opcode, frame, out);
  cursor_.advance();
  operation(*opcode, out);
}

void InstructionParser::plainEnd(ByteWriter &out) {
  const bool matches =
      !frames_.empty() && frames_.back().kind <= Frame::Kind::PlainElse;
  if (!matches)
    return cursor_.failUnexpected();
  emitEnd(out);
  cursor_.advance();
  checkLabel();
  frames_.pop_back();
  popLabel();
}

void InstructionParser::plainElse(ByteWriter &out) {
  if (frames_.empty() || frames_.back().kind != Frame::Kind::PlainIf)
    return cursor_.failUnexpected();
  context_.mark(out);
  cursor_.advance();
  checkLabel();
  frames_.back().kind = Frame::Kind::PlainElse;
  write(Opcode::Else, out);
}

void InstructionParser::emitEnd(ByteWriter &out) {
  context_.mark(out);
  write(Opcode::End, out);
}

//===----------------------------------------------------------------------===//
// Folded instructions
//===----------------------------------------------------------------------===//

void InstructionParser::open(ByteWriter &out) {
  if (cursor_.kind(1) != TokenKind::Keyword) {
    cursor_.advance();
    return cursor_.failUnexpected();
  }
  const auto kind =
      frames_.empty() ? Frame::Kind::PlainBlock : frames_.back().kind;
  if (cursor_.text(1) == "then" && kind == Frame::Kind::IfCondition)
    return openThen(out);
  if (cursor_.text(1) == "else" && kind == Frame::Kind::IfAfterThen)
    return openElse(out);
  if (kind == Frame::Kind::IfAfterThen || kind == Frame::Kind::IfDone) {
    cursor_.advance();
    return cursor_.failUnexpected();
  }
  openInstruction(out);
}

void InstructionParser::openThen(ByteWriter &out) {
  Frame &frame = frames_.back();
  context_.markToken(out, frame.token);
  recordHint(frame.hint, Opcode::If, out);
  emitPending(frame, out);
  pushLabel(frame.label);
  frame.kind = Frame::Kind::IfThen;
  cursor_.advance(2);
}

void InstructionParser::openElse(ByteWriter &out) {
  context_.mark(out);
  write(Opcode::Else, out);
  frames_.back().kind = Frame::Kind::IfElse;
  cursor_.advance(2);
}

void InstructionParser::openInstruction(ByteWriter &out) {
  const int hint = takeHint();
  cursor_.advance();
  auto opcode = expectOpcode();
  if (!opcode)
    return;
  if (opcode == Opcode::End || opcode == Opcode::Else)
    return cursor_.failUnexpected();
  Frame frame{Frame::Kind::FoldedOperator,
              cursor_.position(),
              pending_.size(),
              {},
              hint};
  const ImmediateKind kind = wasm::immediateKind(*opcode);
  if (opcode == Opcode::If) {
    frame.kind = Frame::Kind::IfCondition;
    cursor_.advance();
    frame.label = cursor_.takeIdentifier();
    context_.takeNameAnnotation();
    write(*opcode, pending_);
    types_.blockType(pending_);
    push(frame);
  } else if (kind == ImmediateKind::Block || kind == ImmediateKind::TryTable) {
    frame.kind = Frame::Kind::FoldedBlock;
    context_.mark(out);
    recordHint(hint, *opcode, out);
    openBlock(*opcode, frame, out);
  } else if (push(frame)) {
    cursor_.advance();
    operation(*opcode, pending_);
  }
}

/// block, loop, try_table, and if in its plain form: everything up to the
/// instructions inside.
void InstructionParser::openBlock(Opcode opcode, Frame frame, ByteWriter &out) {
  cursor_.advance();
  const llvm::StringRef label = cursor_.takeIdentifier();
  context_.takeNameAnnotation();
  write(opcode, out);
  types_.blockType(out);
  // The labels of catch clauses are looked up outside of the block.
  if (opcode == Opcode::TryTable)
    catchClauses(out);
  if (opcode == Opcode::If)
    frame.kind = Frame::Kind::PlainIf;
  if (push(frame))
    pushLabel(label);
}

void InstructionParser::emitPending(const Frame &frame, ByteWriter &out) {
  out.raw(pending_.bytes().drop_front(frame.pending));
  pending_.truncate(frame.pending);
}

/// At the parenthesis that closes the innermost frame.
void InstructionParser::close(ByteWriter &out) {
  Frame &frame = frames_.back();
  switch (frame.kind) {
  case Frame::Kind::FoldedOperator:
    context_.markToken(out, frame.token);
    if (frame.hint >= 0)
      recordHint(
          frame.hint,
          *opcodeByText(cursor_.stream().text(cursor_.stream()[frame.token])),
          out);
    emitPending(frame, out);
    frames_.pop_back();
    break;
  case Frame::Kind::IfThen:
    frame.kind = Frame::Kind::IfAfterThen;
    break;
  case Frame::Kind::IfElse:
    frame.kind = Frame::Kind::IfDone;
    break;
  case Frame::Kind::FoldedBlock:
  case Frame::Kind::IfAfterThen:
  case Frame::Kind::IfDone:
    emitEnd(out);
    popLabel();
    frames_.pop_back();
    break;
  default:
    return cursor_.failUnexpected();
  }
  cursor_.advance();
}

//===----------------------------------------------------------------------===//
// Labels and hints
//===----------------------------------------------------------------------===//

void InstructionParser::pushLabel(llvm::StringRef name) {
  uint32_t hidden = ~uint32_t{0};
  if (!name.empty()) {
    auto [entry, added] = labelByName_.try_emplace(name, 0);
    if (!added)
      hidden = entry->second;
    entry->second = static_cast<uint32_t>(labels_.size());
  }
  labels_.push_back({name, hidden});
}

void InstructionParser::popLabel() {
  const Label label = labels_.back();
  labels_.pop_back();
  if (label.name.empty())
    return;
  if (label.hidden == ~uint32_t{0})
    labelByName_.erase(label.name);
  else
    labelByName_[label.name] = label.hidden;
}

/// The optional label after `end` and `else` repeats that of the block.
void InstructionParser::checkLabel() {
  const uint32_t at = cursor_.position();
  const llvm::StringRef name = cursor_.takeIdentifier();
  if (!name.empty() && name != labels_.back().name)
    cursor_.failAt(at, "mismatching label $" + name);
}

uint32_t InstructionParser::expectLabel() {
  if (cursor_.kind() != TokenKind::Identifier)
    return static_cast<uint32_t>(cursor_.expectUnsigned(32));
  const uint32_t number = context_.expectIndex(labelByName_, "label");
  return static_cast<uint32_t>(labels_.size()) - 1 - number;
}

/// A branch hint before the current token: 0, 1, or -1 for none.
int InstructionParser::takeHint() {
  const Annotation *annotation =
      cursor_.takeAnnotation(AnnotationKind::BranchHint);
  if (!annotation)
    return -1;
  auto fail = [&](const char *fact) {
    cursor_.failAtOffset(
        annotation->offset,
        llvm::Twine("@metadata.code.branch_hint annotation: ") + fact);
    return -1;
  };
  if (!inFunction_)
    return fail("not in a function");
  const llvm::StringRef content =
      cursor_.stream()
          .text()
          .slice(annotation->contentBegin, annotation->contentEnd)
          .trim();
  if (content != R"("\00")" && content != R"("\01")")
    return fail("invalid hint");
  if (cursor_.takeAnnotation(AnnotationKind::BranchHint))
    return fail("duplicate annotation");
  return content[3] - '0';
}

void InstructionParser::recordHint(int hint, Opcode opcode,
                                   const ByteWriter &out) {
  if (hint < 0)
    return;
  if (opcode != Opcode::If && opcode != Opcode::BrIf)
    return cursor_.fail(
        "@metadata.code.branch_hint annotation: invalid target");
  hints_.push_back(
      {static_cast<uint32_t>(out.size()), static_cast<uint8_t>(hint)});
}

} // namespace wrought::text
