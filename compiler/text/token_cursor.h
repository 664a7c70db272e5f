//===- token_cursor.h - A place in the tokens, and the first error --------===//
//
// What all parsers of the text format share. A failure is recorded once and
// moves the cursor to the Eof token, where nothing matches any more: parsers
// run out of input by themselves and check ok() at the end.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/lexer.h"
#include "text/literals.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/StringSaver.h"

namespace wrought::text {

class TokenCursor {
public:
  TokenCursor(const TokenStream &stream, uint32_t position)
      : stream_(stream), position_(position) {}

  const TokenStream &stream() const { return stream_; }
  uint32_t position() const { return position_; }
  void moveTo(uint32_t position) {
    if (ok())
      position_ = std::min(position, stream_.eofIndex());
  }

  bool ok() const { return !failed_; }
  const TextError &error() const { return error_; }
  /// Records the first failure, at the current token or another.
  void fail(const llvm::Twine &message) { failAt(position_, message); }
  void failAt(uint32_t tokenIndex, const llvm::Twine &message) {
    failAtOffset(stream_[tokenIndex].offset, message);
  }
  void failAtOffset(uint32_t offset, const llvm::Twine &message);
  /// "unexpected token …", or "unknown operator …" for what is no token of the
  /// format at all.
  void failUnexpected() { failUnexpected(position_); }
  void failUnexpected(uint32_t tokenIndex);

  TokenKind kind() const { return stream_[position_].kind; }
  TokenKind kind(uint32_t ahead) const { return stream_[index(ahead)].kind; }
  llvm::StringRef text() const { return stream_.text(stream_[position_]); }
  llvm::StringRef text(uint32_t ahead) const {
    return stream_.text(stream_[index(ahead)]);
  }
  /// Neither at a closing parenthesis nor at the end.
  bool hasMore() const {
    return kind() != TokenKind::RightParenthesis && kind() != TokenKind::Eof;
  }
  bool atKeyword(llvm::StringRef word) const {
    return kind() == TokenKind::Keyword && text() == word;
  }
  /// At `(word`.
  bool atForm(llvm::StringRef word) const {
    return kind() == TokenKind::LeftParenthesis &&
           kind(1) == TokenKind::Keyword && text(1) == word;
  }
  /// A number or an identifier.
  bool atIndex() const {
    return kind() == TokenKind::Number || kind() == TokenKind::Identifier;
  }
  /// The index of the token that closes the parenthesis at the cursor.
  uint32_t partner() const { return stream_[position_].length; }

  void advance(uint32_t count = 1) { position_ = index(count); }
  bool takeKeyword(llvm::StringRef word) {
    const bool found = atKeyword(word);
    if (found)
      advance();
    return found;
  }
  bool takeForm(llvm::StringRef word) {
    const bool found = atForm(word);
    if (found)
      advance(2);
    return found;
  }
  void expect(TokenKind kind);
  void expectClose() { expect(TokenKind::RightParenthesis); }

  /// An identifier without its $, decoded when quoted; empty when there is
  /// none at the cursor. Lives as long as the cursor and the text.
  llvm::StringRef takeIdentifier();
  llvm::StringRef identifierAt(uint32_t tokenIndex);
  std::string expectString();
  /// A string that must be UTF-8.
  std::string expectName();
  uint64_t expectUnsigned(unsigned bits);
  uint64_t expectInteger(unsigned bits);
  uint64_t expectFloat(unsigned bits);

  /// The content of the next unused annotation of this kind that stands before
  /// the current token.
  const Annotation *takeAnnotation(AnnotationKind kind);
  /// The first annotation that nobody took and that stands before one of the
  /// tokens [begin, end].
  const Annotation *unusedAnnotation(uint32_t begin, uint32_t end) const;

private:
  uint32_t index(uint32_t ahead) const {
    return std::min(position_ + ahead, stream_.eofIndex());
  }
  uint64_t finishLiteral(LiteralStatus status, uint64_t value, char letter,
                         unsigned bits);

  const TokenStream &stream_;
  uint32_t position_;
  bool failed_ = false;
  TextError error_;
  llvm::BumpPtrAllocator allocator_;
  llvm::StringSaver saver_{allocator_};
  llvm::DenseSet<const Annotation *> used_;
  const Annotation *lastTaken_ = nullptr;
};

} // namespace wrought::text
