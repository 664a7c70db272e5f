#include "text/token_cursor.h"

#include "support/byte_reader.h"
#include "text/mnemonics.h"

#include <algorithm>

namespace wrought::text {

void TokenCursor::failAtOffset(uint32_t offset, const llvm::Twine &message) {
  if (!failed_)
    error_ = {offset, message.str()};
  failed_ = true;
  position_ = stream_.eofIndex();
}

void TokenCursor::failUnexpected(uint32_t tokenIndex) {
  const Token &token = stream_[tokenIndex];
  if (token.kind == TokenKind::Eof)
    return failAt(tokenIndex, "unexpected token: end of text");
  // A long token (a string, say) is no help in a message.
  const llvm::StringRef text = stream_.text(token);
  const std::string shown =
      text.take_front(60).str() + (text.size() > 60 ? "…" : "");
  const bool unknown =
      token.kind == TokenKind::Reserved ||
      (token.kind == TokenKind::Keyword && !isKnownKeyword(text));
  failAt(tokenIndex,
         (unknown ? "unknown operator " : "unexpected token ") + shown);
}

void TokenCursor::expect(TokenKind wanted) {
  if (kind() != wanted)
    return failUnexpected();
  advance();
}

llvm::StringRef TokenCursor::identifierAt(uint32_t tokenIndex) {
  const Token &token = stream_[tokenIndex];
  if (token.kind != TokenKind::Identifier)
    return {};
  const llvm::StringRef name = stream_.text(token).drop_front();
  if (name.front() != '"')
    return name;
  return saver_.save(decodeString(name));
}

llvm::StringRef TokenCursor::takeIdentifier() {
  const llvm::StringRef name = identifierAt(position_);
  if (!name.empty())
    advance();
  return name;
}

std::string TokenCursor::expectString() {
  const llvm::StringRef token = text();
  if (kind() != TokenKind::String) {
    failUnexpected();
    return {};
  }
  advance();
  return decodeString(token);
}

std::string TokenCursor::expectName() {
  const uint32_t at = position_;
  std::string name = expectString();
  if (!isValidUtf8(name))
    failAt(at, "malformed UTF-8 encoding");
  return name;
}

uint64_t TokenCursor::finishLiteral(LiteralStatus status, uint64_t value,
                                    char letter, unsigned bits) {
  if (status == LiteralStatus::Ok) {
    advance();
    return value;
  }
  if (status == LiteralStatus::OutOfRange) {
    fail(llvm::Twine(letter) + llvm::Twine(bits) + " constant out of range");
    return 0;
  }
  // `0x` or `1_` lex as numbers, but no number of any type reads so.
  uint64_t ignored;
  if (kind() == TokenKind::Number &&
      parseInteger(text(), 64, ignored) == LiteralStatus::Malformed &&
      parseFloat(text(), 64, ignored) == LiteralStatus::Malformed)
    fail("unknown operator " + text().take_front(60));
  else
    failUnexpected();
  return 0;
}

uint64_t TokenCursor::expectUnsigned(unsigned bits) {
  uint64_t value = 0;
  const LiteralStatus status = parseUnsigned(text(), bits, value);
  return finishLiteral(status, value, 'i', bits);
}

uint64_t TokenCursor::expectInteger(unsigned bits) {
  uint64_t value = 0;
  const LiteralStatus status = parseInteger(text(), bits, value);
  return finishLiteral(status, value, 'i', bits);
}

uint64_t TokenCursor::expectFloat(unsigned bits) {
  uint64_t value = 0;
  const LiteralStatus status = parseFloat(text(), bits, value);
  return finishLiteral(status, value, 'f', bits);
}

const Annotation *TokenCursor::takeAnnotation(AnnotationKind kind) {
  const auto &all = stream_.annotations();
  if (all.empty())
    return nullptr;
  // Many of one kind in one place are taken one after the other.
  const bool again = lastTaken_ && lastTaken_->kind == kind &&
                     lastTaken_->nextToken == position_;
  auto next =
      again ? all.begin() + (lastTaken_ - all.data()) + 1
            : llvm::lower_bound(all, position_,
                                [](const Annotation &a, uint32_t position) {
                                  return a.nextToken < position;
                                });
  for (; next != all.end() && next->nextToken == position_; ++next)
    if (next->kind == kind && used_.insert(&*next).second)
      return lastTaken_ = &*next;
  return nullptr;
}

const Annotation *TokenCursor::unusedAnnotation(uint32_t begin,
                                                uint32_t end) const {
  const auto &all = stream_.annotations();
  auto next =
      llvm::lower_bound(all, begin, [](const Annotation &a, uint32_t position) {
        return a.nextToken < position;
      });
  for (; next != all.end() && next->nextToken <= end; ++next)
    if (!used_.contains(&*next))
      return &*next;
  return nullptr;
}

} // namespace wrought::text
