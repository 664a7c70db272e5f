#include "text/lexer.h"

#include <gtest/gtest.h>

namespace wrought::text {
namespace {

/// One letter a token: ( ) S(tring) I(dentifier) K(eyword) N(umber) R(eserved).
std::string shape(std::string_view text) {
  TextError error;
  auto stream = TokenStream::lex(text, error);
  if (!stream)
    return error.message;
  std::string out;
  for (uint32_t i = 0; i < stream->eofIndex(); ++i)
    out += "E()SIKNR"[static_cast<size_t>((*stream)[i].kind)];
  return out;
}

TEST(Lexer, Classifies) {
  EXPECT_EQ(shape("(func $a 1 +2 -0x3 \"s\" i32.add)"), "(KINNNSK)");
  EXPECT_EQ(shape("$\"a b\" nan inf"), "IKK");
  EXPECT_EQ(shape("0drop"), "N");
  EXPECT_EQ(shape("Abc = _ ,;[]{}"), "RRRR");
  EXPECT_EQ(shape(""), "");
}

TEST(Lexer, TokensNeedSpaceUnlessParenthesesPart) {
  EXPECT_EQ(shape("(a)(b)"), "(K)(K)");
  EXPECT_EQ(shape("\"a\"\"b\""), "R");
  EXPECT_EQ(shape("0$\"l\""), "R");
  EXPECT_EQ(shape("$a\"b\""), "R");
  EXPECT_EQ(shape("$a$b"), "I");
  EXPECT_EQ(shape("a\"b\""), "R");
}

TEST(Lexer, Comments) {
  EXPECT_EQ(shape("a;; b c\nd"), "KK");
  EXPECT_EQ(shape("a;; b c\rd"), "KK");
  EXPECT_EQ(shape("a(; ( \" (; ;; ;) ;)b"), "KK");
  EXPECT_EQ(shape("(;;)(;a;)(;(;;);)x"), "K");
  EXPECT_EQ(shape("(; (; ;)"), "unclosed comment");
  EXPECT_EQ(shape("(;)"), "unclosed comment");
}

TEST(Lexer, Annotations) {
  EXPECT_EQ(shape("a (@x (y \")\" (; ) ;) ;; )\n z) (@\"q r\" ,;) ) b"), "KK");
  EXPECT_EQ(shape("(@a @ @x (@) (@ x) $ 0x)"), "");
  EXPECT_EQ(shape("(@)"), "empty annotation id");
  EXPECT_EQ(shape("(@ x)"), "empty annotation id");
  EXPECT_EQ(shape("(@\"\")"), "empty annotation id");
  EXPECT_EQ(shape("(@x (y)"), "unclosed annotation");
  EXPECT_EQ(shape("(@x \"\x01\")"), "illegal character");
}

TEST(Lexer, KeepsTheAnnotationsThatMeanSomething) {
  TextError error;
  auto stream = TokenStream::lex("a (@name \"n\") (@other) b", error);
  ASSERT_TRUE(stream);
  ASSERT_EQ(stream->annotations().size(), 1u);
  EXPECT_EQ(stream->annotations()[0].kind, AnnotationKind::Name);
  EXPECT_EQ(stream->annotations()[0].nextToken, 1u);
}

TEST(Lexer, RefusesWhatIsNoText) {
  EXPECT_EQ(shape("a \x7f"), "illegal character");
  EXPECT_EQ(shape("h\xc3\xa9"), "illegal character");
  EXPECT_EQ(shape("a ;; \xff"), "malformed UTF-8 encoding");
  EXPECT_EQ(shape("\"\xc0\x80\""), "malformed UTF-8 encoding");
  EXPECT_EQ(shape("\"a"), "unclosed string");
  EXPECT_EQ(shape("\"a\nb\""), "unclosed string");
  EXPECT_EQ(shape("\"\\q\""), "illegal escape");
  EXPECT_EQ(shape("\"\\0\""), "illegal escape");
  EXPECT_EQ(shape("\"\\u{110000}\""), "illegal escape");
  EXPECT_EQ(shape("\"\\u{d800}\""), "illegal escape");
  EXPECT_EQ(shape("\"\\u{}\""), "illegal escape");
  EXPECT_EQ(shape("\"\\u{1__0}\""), "illegal escape");
  EXPECT_EQ(shape("\"\\"), "illegal escape");
  EXPECT_EQ(shape("$"), "empty identifier");
  EXPECT_EQ(shape("$\"\""), "empty identifier");
  EXPECT_EQ(shape("$\"\\ff\""), "malformed UTF-8 encoding");
}

TEST(Lexer, FindsTheFirstByteThatIsNoUtf8) {
  TextError error;
  EXPECT_FALSE(TokenStream::lex("ab \xc3\xa9 ;; x\xff and on", error));
  EXPECT_EQ(error.offset, 10u);
}

TEST(Lexer, DecodesStrings) {
  EXPECT_EQ(decodeString("\"\""), "");
  EXPECT_EQ(decodeString(R"("a\tb\n\r\"\'\\")"), "a\tb\n\r\"'\\");
  EXPECT_EQ(decodeString(R"("\00\7f\fFz")"), std::string("\0\x7f\xffz", 4));
  EXPECT_EQ(decodeString(R"("\u{41}\u{e9}\u{20_ac}\u{1F600}")"),
            "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST(Lexer, MatchesParentheses) {
  TextError error;
  auto stream = TokenStream::lex("((a) b) (c", error);
  ASSERT_TRUE(stream);
  EXPECT_EQ((*stream)[0].length, 5u);
  EXPECT_EQ((*stream)[1].length, 3u);
  EXPECT_EQ((*stream)[6].length, stream->eofIndex());
}

TEST(Lexer, CountsLinesAndColumnsFromOne) {
  const std::string text = "a\n\nbc d\n";
  TextError error;
  auto stream = TokenStream::lex(text, error);
  ASSERT_TRUE(stream);
  const std::pair<uint32_t, uint32_t> expected[] = {
      {1, 1}, {1, 2}, {2, 1}, {3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 5}, {4, 1}};
  for (uint32_t offset = 0; offset <= text.size(); ++offset) {
    EXPECT_EQ(stream->position(offset), expected[offset]);
    EXPECT_EQ(positionIn(text, offset), expected[offset]);
    for (uint32_t hint = 0; hint < 4; ++hint)
      EXPECT_EQ(stream->position(offset, hint), expected[offset]);
  }
}

} // namespace
} // namespace wrought::text
