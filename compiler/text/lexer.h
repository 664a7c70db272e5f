//===- lexer.h - The tokens of the text format ----------------------------===//
//
// The whole text becomes one array of tokens before any of it is parsed, with
// each parenthesis matched to its partner: a parser can look ahead, skip a form
// in one step, and read the same form twice. Comments are dropped; annotations
// are kept aside, named by the token that they stand before.
//
// Source: WebAssembly Specification 3.0, "Text Format / Lexical Format".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wrought::text {

enum class TokenKind : uint8_t {
  Eof,
  LeftParenthesis,
  RightParenthesis,
  String,     ///< with its quotes
  Identifier, ///< with its $; may be $"…"
  Keyword,    ///< starts with a lower case letter
  Number,     ///< starts with a digit or a sign; not checked further
  Reserved,   ///< anything else that is one token
};

struct Token {
  uint32_t offset;
  /// Bytes of text; of a left parenthesis, the index of its partner (the
  /// Eof token's when there is none).
  uint32_t length;
  TokenKind kind;
};

/// The annotations that mean something here; all others are only skipped.
enum class AnnotationKind : uint8_t { Name, Custom, BranchHint };

struct Annotation {
  AnnotationKind kind;
  uint32_t offset;
  /// What stands between the annotation's id and its closing parenthesis.
  uint32_t contentBegin, contentEnd;
  /// The token after the annotation.
  uint32_t nextToken;
};

/// The first error of a text.
struct TextError {
  uint32_t offset = 0;
  std::string message;
};

/// 1-based line and column (in bytes) of an offset, by counting.
std::pair<uint32_t, uint32_t> positionIn(std::string_view text,
                                         uint32_t offset);

class TokenStream {
public:
  /// Splits `text`, which must outlive the result and be shorter than 4 GiB.
  static std::optional<TokenStream> lex(std::string_view text,
                                        TextError &error);

  llvm::StringRef text() const { return text_; }
  llvm::StringRef text(const Token &token) const {
    return text_.substr(token.offset, token.kind == TokenKind::LeftParenthesis
                                          ? 1
                                          : token.length);
  }
  const Token &operator[](uint32_t index) const { return tokens_[index]; }
  /// The index of the Eof token, which is always there and the last.
  uint32_t eofIndex() const {
    return static_cast<uint32_t>(tokens_.size() - 1);
  }
  const std::vector<Annotation> &annotations() const { return annotations_; }

  /// 1-based line and column (in bytes) of an offset.
  std::pair<uint32_t, uint32_t> position(uint32_t offset) const;
  /// The same, quickly when the offset is on or soon after line `hint` + 1.
  std::pair<uint32_t, uint32_t> position(uint32_t offset, uint32_t hint) const;

private:
  friend class Lexer;
  llvm::StringRef text_;
  std::vector<Token> tokens_;
  std::vector<Annotation> annotations_;
  std::vector<uint32_t> lineStarts_;
};

/// The bytes that a string token (with its quotes, lexed before) stands for.
std::string decodeString(llvm::StringRef token);

/// The same appended to a vector, without a copy in between.
void appendString(llvm::StringRef token, std::vector<uint8_t> &bytes);

} // namespace wrought::text
