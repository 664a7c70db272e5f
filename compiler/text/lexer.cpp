#include "text/lexer.h"

#include "support/byte_reader.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <array>

namespace wrought::text {

namespace {

enum CharacterClass : uint8_t {
  IdCharacter = 1,
  /// Part of a reserved token, though of no valid one.
  Punctuation = 2,
  Space = 4,
};

constexpr std::array<uint8_t, 256> makeClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = '0'; c <= '9'; ++c)
    classes[c] = IdCharacter;
  for (int c = 'a'; c <= 'z'; ++c)
    classes[c] = classes[c - 'a' + 'A'] = IdCharacter;
  for (char c : std::string_view("!#$%&'*+-./:<=>?@\\^_`|~"))
    classes[static_cast<uint8_t>(c)] = IdCharacter;
  for (char c : std::string_view(",;[]{}"))
    classes[static_cast<uint8_t>(c)] = Punctuation;
  for (char c : std::string_view(" \t\n\r"))
    classes[static_cast<uint8_t>(c)] = Space;
  return classes;
}

constexpr std::array<uint8_t, 256> Classes = makeClasses();

bool isOf(char c, uint8_t classes) {
  return Classes[static_cast<uint8_t>(c)] & classes;
}

bool isScalarValue(uint64_t code) {
  return code < 0xd800 || (code >= 0xe000 && code < 0x110000);
}

} // namespace

class Lexer {
public:
  Lexer(llvm::StringRef text, TokenStream &stream, TextError &error)
      : text_(text), stream_(stream), error_(error) {}
  bool run();

private:
  char at(size_t offset) const {
    return offset < text_.size() ? text_[offset] : '\0';
  }
  bool fail(size_t offset, const char *message) {
    error_ = {static_cast<uint32_t>(offset), message};
    return false;
  }
  void push(TokenKind kind, size_t begin) {
    stream_.tokens_.push_back({static_cast<uint32_t>(begin),
                               static_cast<uint32_t>(cursor_ - begin), kind});
  }
  bool lexToken();
  bool lexBlockComment();
  void skipLineComment();
  bool lexString();
  bool lexEscape();
  bool lexWord();
  bool lexRun(bool &sawString);
  bool checkIdentifier(size_t begin, bool sawString);
  bool lexAnnotation();
  bool lexAnnotationId(std::string &id);
  bool skipAnnotationContent();
  void closeParenthesis();
  void findLines();

  llvm::StringRef text_;
  size_t cursor_ = 0;
  TokenStream &stream_;
  TextError &error_;
  std::vector<uint32_t> open_;
};

void Lexer::findLines() {
  stream_.lineStarts_.push_back(0);
  for (size_t i = text_.find('\n'); i != llvm::StringRef::npos;
       i = text_.find('\n', i + 1))
    stream_.lineStarts_.push_back(static_cast<uint32_t>(i + 1));
}

static size_t firstInvalidUtf8(llvm::StringRef text) {
  // Bisect: a prefix that ends before the fault is valid up to a cut character.
  size_t good = 0, bad = text.size();
  while (bad - good > 1) {
    size_t middle = good + (bad - good) / 2;
    size_t cut = middle;
    while (cut > good && (static_cast<uint8_t>(text[cut]) & 0xc0) == 0x80)
      --cut;
    if (cut == good)
      break;
    if (isValidUtf8(std::string_view(text.data() + good, cut - good)))
      good = cut;
    else
      bad = cut;
  }
  return good;
}

bool Lexer::run() {
  findLines();
  // Comments, strings and annotations must be well-formed too, so the text as
  // a whole is checked once.
  if (!isValidUtf8(text_))
    return fail(firstInvalidUtf8(text_), "malformed UTF-8 encoding");
  stream_.tokens_.reserve(text_.size() / 5 + 8);
  while (cursor_ < text_.size())
    if (!lexToken())
      return false;
  push(TokenKind::Eof, cursor_);
  for (uint32_t index : open_)
    stream_.tokens_[index].length = stream_.eofIndex();
  return true;
}

bool Lexer::lexToken() {
  const char c = text_[cursor_];
  if (isOf(c, Space)) {
    ++cursor_;
    return true;
  }
  if (c == '(') {
    if (at(cursor_ + 1) == ';')
      return lexBlockComment();
    if (at(cursor_ + 1) == '@')
      return lexAnnotation();
    open_.push_back(static_cast<uint32_t>(stream_.tokens_.size()));
    ++cursor_;
    push(TokenKind::LeftParenthesis, cursor_ - 1);
    return true;
  }
  if (c == ')') {
    closeParenthesis();
    return true;
  }
  if (c == ';' && at(cursor_ + 1) == ';') {
    skipLineComment();
    return true;
  }
  if (c == '"' || isOf(c, IdCharacter | Punctuation))
    return lexWord();
  return fail(cursor_, "illegal character");
}

void Lexer::closeParenthesis() {
  const auto index = static_cast<uint32_t>(stream_.tokens_.size());
  ++cursor_;
  push(TokenKind::RightParenthesis, cursor_ - 1);
  if (open_.empty())
    return;
  stream_.tokens_[open_.back()].length = index;
  open_.pop_back();
}

void Lexer::skipLineComment() {
  cursor_ = std::min(text_.find_first_of("\n\r", cursor_), text_.size());
}

bool Lexer::lexBlockComment() {
  const size_t begin = cursor_;
  cursor_ += 2;
  for (size_t depth = 1; depth != 0; cursor_ += 2) {
    cursor_ = text_.find(';', cursor_);
    if (cursor_ == llvm::StringRef::npos)
      return fail(begin, "unclosed comment");
    if (text_[cursor_ - 1] == '(' && cursor_ >= begin + 3) {
      // The character after `(;` may itself close: leave it to be seen.
      ++depth;
      --cursor_;
    } else if (at(cursor_ + 1) == ')') {
      --depth;
    } else {
      --cursor_;
    }
  }
  return true;
}

/// One escape after its backslash; leaves the cursor behind it.
bool Lexer::lexEscape() {
  const size_t begin = cursor_;
  const char c = at(++cursor_);
  if (llvm::StringRef("tnr\"'\\").contains(c) && c != '\0') {
    ++cursor_;
    return true;
  }
  if (c == 'u' && at(cursor_ + 1) == '{') {
    uint64_t code = 0;
    const size_t digits = cursor_ += 2;
    bool digitBefore = false;
    for (; at(cursor_) != '}'; ++cursor_) {
      if (at(cursor_) == '_' && digitBefore &&
          llvm::isHexDigit(at(cursor_ + 1)))
        continue;
      digitBefore = llvm::isHexDigit(at(cursor_));
      if (!digitBefore)
        return fail(begin, "illegal escape");
      code = std::min<uint64_t>(code * 16 + llvm::hexDigitValue(at(cursor_)),
                                0x110000);
    }
    if (cursor_ == digits || !isScalarValue(code))
      return fail(begin, "illegal escape");
    ++cursor_;
    return true;
  }
  if (!llvm::isHexDigit(c) || !llvm::isHexDigit(at(cursor_ + 1)))
    return fail(begin, "illegal escape");
  cursor_ += 2;
  return true;
}

bool Lexer::lexString() {
  const size_t begin = cursor_++;
  while (cursor_ < text_.size()) {
    const char c = text_[cursor_];
    if (c == '"') {
      ++cursor_;
      return true;
    }
    if (c == '\n' || c == '\r')
      break;
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f)
      return fail(cursor_, "illegal character");
    if (c != '\\')
      ++cursor_;
    else if (!lexEscape())
      return false;
  }
  return fail(begin, "unclosed string");
}

/// The longest run of characters and strings that no space, parenthesis or
/// comment ends.
bool Lexer::lexRun(bool &sawString) {
  while (cursor_ < text_.size()) {
    const char c = text_[cursor_];
    if (c == '"') {
      sawString = true;
      if (!lexString())
        return false;
    } else if (isOf(c, IdCharacter) ||
               (isOf(c, Punctuation) &&
                !(c == ';' && at(cursor_ + 1) == ';'))) {
      ++cursor_;
    } else {
      break;
    }
  }
  return true;
}

static TokenKind classifyWord(llvm::StringRef word) {
  for (char c : word)
    if (!isOf(c, IdCharacter))
      return TokenKind::Reserved;
  const char first = word.front();
  if (first >= 'a' && first <= 'z')
    return TokenKind::Keyword;
  if (llvm::isDigit(first) || first == '+' || first == '-')
    return TokenKind::Number;
  return TokenKind::Reserved;
}

/// Whether `word` is exactly one string, which holds no inner quote unescaped.
static bool isSingleString(llvm::StringRef word) {
  if (word.size() < 2 || word.front() != '"')
    return false;
  for (size_t i = 1; i < word.size(); ++i) {
    if (word[i] == '\\')
      ++i;
    else if (word[i] == '"')
      return i + 1 == word.size();
  }
  return false;
}

bool Lexer::lexWord() {
  const size_t begin = cursor_;
  bool sawString = false;
  if (!lexRun(sawString))
    return false;
  const llvm::StringRef word = text_.slice(begin, cursor_);
  if (word.front() == '$') {
    if (!checkIdentifier(begin, sawString))
      return false;
  } else if (isSingleString(word)) {
    push(TokenKind::String, begin);
  } else {
    push(classifyWord(word), begin);
  }
  return true;
}

bool Lexer::checkIdentifier(size_t begin, bool sawString) {
  const llvm::StringRef name = text_.slice(begin + 1, cursor_);
  if (name.empty() || name == "\"\"")
    return fail(begin, "empty identifier");
  const bool quoted = isSingleString(name);
  if (quoted && !isValidUtf8(decodeString(name)))
    return fail(begin, "malformed UTF-8 encoding");
  const bool plain = !sawString && llvm::all_of(name, [](char c) {
    return isOf(c, IdCharacter);
  });
  push(quoted || plain ? TokenKind::Identifier : TokenKind::Reserved, begin);
  return true;
}

bool Lexer::lexAnnotationId(std::string &id) {
  const size_t begin = cursor_;
  if (at(cursor_) == '"') {
    if (!lexString())
      return false;
    id = decodeString(text_.slice(begin, cursor_));
    if (!isValidUtf8(id))
      return fail(begin, "malformed UTF-8 encoding");
  } else {
    while (isOf(at(cursor_), IdCharacter))
      ++cursor_;
    id = text_.slice(begin, cursor_).str();
  }
  return !id.empty() || fail(begin, "empty annotation id");
}

bool Lexer::skipAnnotationContent() {
  bool sawString = false;
  for (size_t depth = 1; cursor_ < text_.size();) {
    const char c = text_[cursor_];
    if (c == '(' && at(cursor_ + 1) == ';') {
      if (!lexBlockComment())
        return false;
    } else if (c == ';' && at(cursor_ + 1) == ';') {
      skipLineComment();
    } else if (c == '(') {
      ++depth;
      ++cursor_;
    } else if (c == ')') {
      if (--depth == 0)
        return true;
      ++cursor_;
    } else if (c == '"' || isOf(c, IdCharacter | Punctuation)) {
      if (!lexRun(sawString))
        return false;
    } else if (isOf(c, Space)) {
      ++cursor_;
    } else {
      return fail(cursor_, "illegal character");
    }
  }
  return fail(cursor_, "unclosed annotation");
}

bool Lexer::lexAnnotation() {
  const size_t begin = cursor_;
  cursor_ += 2;
  std::string id;
  if (!lexAnnotationId(id))
    return false;
  const size_t content = cursor_;
  if (!skipAnnotationContent())
    return false;
  std::optional<AnnotationKind> kind;
  if (id == "name")
    kind = AnnotationKind::Name;
  else if (id == "custom")
    kind = AnnotationKind::Custom;
  else if (id == "metadata.code.branch_hint")
    kind = AnnotationKind::BranchHint;
  if (kind)
    stream_.annotations_.push_back(
        {*kind, static_cast<uint32_t>(begin), static_cast<uint32_t>(content),
         static_cast<uint32_t>(cursor_),
         static_cast<uint32_t>(stream_.tokens_.size())});
  ++cursor_;
  return true;
}

std::optional<TokenStream> TokenStream::lex(std::string_view text,
                                            TextError &error) {
  TokenStream stream;
  if (text.size() >= UINT32_MAX) {
    error = {0, "text too large: the limit is 4 GiB"};
    return std::nullopt;
  }
  stream.text_ = text;
  if (!Lexer(stream.text_, stream, error).run())
    return std::nullopt;
  return stream;
}

std::pair<uint32_t, uint32_t> TokenStream::position(uint32_t offset) const {
  auto next = std::upper_bound(lineStarts_.begin(), lineStarts_.end(), offset);
  const auto line = static_cast<uint32_t>(next - lineStarts_.begin());
  return {line, offset - *(next - 1) + 1};
}

std::pair<uint32_t, uint32_t> TokenStream::position(uint32_t offset,
                                                    uint32_t hint) const {
  constexpr unsigned Near = 8;
  for (size_t line = hint;
       line < std::min<size_t>(hint + Near, lineStarts_.size()); ++line) {
    const bool last = line + 1 == lineStarts_.size();
    if (lineStarts_[line] <= offset && (last || offset < lineStarts_[line + 1]))
      return {static_cast<uint32_t>(line + 1), offset - lineStarts_[line] + 1};
  }
  return position(offset);
}

std::pair<uint32_t, uint32_t> positionIn(std::string_view text,
                                         uint32_t offset) {
  const llvm::StringRef before = llvm::StringRef(text).take_front(offset);
  const size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
  return {static_cast<uint32_t>(before.count('\n') + 1),
          static_cast<uint32_t>(offset - lineStart + 1)};
}

static void appendUtf8(uint32_t code, std::vector<uint8_t> &bytes) {
  auto push = [&](uint32_t byte) {
    bytes.push_back(static_cast<uint8_t>(byte));
  };
  if (code < 0x80)
    return push(code);
  if (code < 0x800) {
    push(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      push(0xe0 | code >> 12);
    } else {
      push(0xf0 | code >> 18);
      push(0x80 | (code >> 12 & 0x3f));
    }
    push(0x80 | (code >> 6 & 0x3f));
  }
  push(0x80 | (code & 0x3f));
}

/// Appends what the escape at body[i] stands for; returns the index behind it.
static size_t appendEscape(llvm::StringRef body, size_t i,
                           std::vector<uint8_t> &bytes) {
  const char c = body[i + 1];
  switch (c) {
  case 't':
    bytes.push_back('\t');
    return i + 2;
  case 'n':
    bytes.push_back('\n');
    return i + 2;
  case 'r':
    bytes.push_back('\r');
    return i + 2;
  case '"':
  case '\'':
  case '\\':
    bytes.push_back(static_cast<uint8_t>(c));
    return i + 2;
  case 'u': {
    uint32_t code = 0;
    for (i += 3; body[i] != '}'; ++i)
      if (body[i] != '_')
        code = code * 16 + llvm::hexDigitValue(body[i]);
    appendUtf8(code, bytes);
    return i + 1;
  }
  default:
    bytes.push_back(static_cast<uint8_t>(llvm::hexDigitValue(c) * 16 +
                                         llvm::hexDigitValue(body[i + 2])));
    return i + 3;
  }
}

void appendString(llvm::StringRef token, std::vector<uint8_t> &bytes) {
  const llvm::StringRef body = token.drop_front().drop_back();
  for (size_t i = 0; i < body.size();) {
    const size_t escape = std::min(body.find('\\', i), body.size());
    bytes.insert(bytes.end(), body.begin() + i, body.begin() + escape);
    i = escape == body.size() ? escape : appendEscape(body, escape, bytes);
  }
}

std::string decodeString(llvm::StringRef token) {
  std::vector<uint8_t> bytes;
  appendString(token, bytes);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace wrought::text
