#include "parse_helpers.h"

#include "wasm/limits.h"

#include <algorithm>
#include <random>

namespace wrought::text {
namespace {

std::string repeat(const std::string &text, size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

TEST(Robustness, NestingHasALimitAndNoRecursion) {
  const size_t most = wasm::limits::NestingDepth;
  auto nested = [](const std::string &open, size_t depth) {
    return "(module (func " + repeat(open, depth) + repeat(")", depth) + "))";
  };
  EXPECT_EQ(errorOf(nested("(block ", most)), "");
  EXPECT_NE(errorOf(nested("(block ", most + 1)).find("nesting too deep"),
            std::string::npos);
  EXPECT_NE(errorOf(nested("(drop ", 5 * most)).find("nesting too deep"),
            std::string::npos);
  EXPECT_NE(errorOf("(func " + repeat("block ", most + 1) + ")")
                .find("nesting too deep"),
            std::string::npos);
}

TEST(Robustness, MillionsOfOneThing) {
  const size_t million = 1000000;
  EXPECT_EQ(errorOf(repeat("(", million)), "1:2: unexpected token (");
  EXPECT_EQ(errorOf(repeat("(;", million)), "1:1: unclosed comment");
  EXPECT_EQ(errorOf("(@a " + repeat("(", million)),
            "1:1000005: unclosed annotation");
  EXPECT_EQ(errorOf(repeat("(@custom \"x\")", million / 5)), "");
  EXPECT_EQ(errorOf("(func f64.const 0." + repeat("1", 4 * million) + " drop)"),
            "");
  EXPECT_EQ(errorOf("(data \"" + repeat("\\00", million) + "\")"), "");
  // The same label in each block, so that all hide each other.
  const size_t depth = wasm::limits::NestingDepth;
  EXPECT_EQ(errorOf("(func " + repeat("block $l br $l ", depth) +
                    repeat("end $l ", depth) + ")"),
            "");
}

/// Texts that have every kind of token and field.
const char *const Seed = R"((module $m (@name "n")
  (type $t (func (param $x i32) (result (ref null $s))))
  (rec (type $s (sub (struct (field $f (mut i8))))))
  (import "a" "b\u{e9}" (func $i (type $t)))
  (table $tab 3 funcref) (memory $mem (data "x\00y")) (tag $e (param i64))
  (global $g (mut f32) (f32.const nan:0x12)) (export "e" (global $g))
  (@custom "c" (after func) "z") (start $fn)
  (elem (table $tab) (offset (i32.const 0)) func $fn) (data $d "q")
  (func $fn (local $l v128) ;; a (; comment ;)
    (block $b (result i32) (if $c (i32.const -0x1) (then (br $c))
      (else (nop))) (i32.load8_u $mem offset=3 align=1 (i32.const 0)))
    loop $lp br_table $lp 0 end $lp
    (try_table (catch $e 0)) (v128.const f32x4 1 -inf 0x1p-3 nan) drop
    (select (result i32)) (ref.cast (ref $s)) (memory.init $d))))";

TEST(Robustness, EveryPrefixIsAnErrorOrAModule) {
  const std::string seed = Seed;
  ASSERT_EQ(errorOf(seed), "");
  for (size_t length = 0; length < seed.size(); ++length)
    EXPECT_EQ(errorOf(seed.substr(0, length)).empty(), length == 0) << length;
}

TEST(Robustness, DamagedTextsGiveOneResultEach) {
  const std::string seed = Seed;
  std::mt19937 random(7);
  unsigned refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = seed;
    for (unsigned i = 0, n = 1 + random() % 3; i < n; ++i) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, 1 + random() % 12);
        break;
      default:
        text.insert(at, seed.substr(random() % seed.size(), random() % 40));
      }
    }
    Diagnostics diagnostics;
    const auto module = parseWat(text, "t", diagnostics);
    ASSERT_EQ(module.has_value(), !diagnostics.hasErrors()) << text;
    refused += !module;
    if (module)
      ASSERT_TRUE(std::is_sorted(module->positions.begin(),
                                 module->positions.end(),
                                 [](const auto &a, const auto &b) {
                                   return a.byteOffset < b.byteOffset;
                                 }))
          << text;
  }
  EXPECT_GT(refused, 1000u);
}

} // namespace
} // namespace wrought::text
