#include "text/wast_script.h"

#include <gtest/gtest.h>

namespace wrought::text {
namespace {

using Kind = Command::Kind;
using ValueKind = ScriptValue::Kind;

std::vector<Command> script(std::string_view text) {
  Diagnostics diagnostics;
  auto commands = parseScript(text, "s.wast", diagnostics);
  EXPECT_TRUE(commands) << text;
  return commands ? std::move(*commands) : std::vector<Command>();
}

std::string errorOf(std::string_view text) {
  Diagnostics diagnostics;
  if (parseScript(text, "s.wast", diagnostics))
    return "";
  const Diagnostic &first = diagnostics.all().front();
  return std::to_string(*first.location.line) + ":" +
         std::to_string(*first.location.column) + ": " + first.message;
}

ScriptValue result(const std::string &value) {
  auto commands = script("(assert_return (invoke \"f\") " + value + ")");
  if (commands.size() != 1 || commands[0].results.size() != 1) {
    ADD_FAILURE() << value;
    return {};
  }
  return commands[0].results[0];
}

TEST(Script, ModuleForms) {
  const auto commands =
      script("(module $a (func))\n(module definition $b)\n"
             "(module $c binary \"\\00asm\")\n(module quote \"(func\" \")\")\n"
             "(module instance $i $b)\n(module definition $d quote \"\")");
  ASSERT_EQ(commands.size(), 6u);
  EXPECT_EQ(commands[0].module->identifier, "a");
  EXPECT_EQ(commands[0].module->form, ModuleForm::Text);
  EXPECT_TRUE(commands[0].module->binary);
  EXPECT_FALSE(commands[0].module->isDefinition);
  EXPECT_TRUE(commands[1].module->isDefinition);
  EXPECT_EQ(commands[1].line, 2u);
  EXPECT_EQ(commands[2].module->form, ModuleForm::Binary);
  EXPECT_EQ(commands[2].module->binary->bytes.size(), 4u);
  EXPECT_EQ(commands[3].module->form, ModuleForm::Quote);
  EXPECT_TRUE(commands[3].module->binary);
  EXPECT_EQ(commands[4].kind, Kind::Instance);
  EXPECT_EQ(commands[4].identifier, "i");
  EXPECT_EQ(commands[4].definition, "b");
  EXPECT_TRUE(commands[5].module->isDefinition);
  EXPECT_EQ(commands[5].module->identifier, "d");
}

TEST(Script, FieldsAtTheTopAreOneModule) {
  const auto commands =
      script("(func) (memory 0)\n(assert_return (invoke \"\"))"
             "\n(func $f)");
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].kind, Kind::Module);
  EXPECT_EQ(commands[1].kind, Kind::AssertReturn);
  EXPECT_TRUE(commands[2].module->binary);
}

TEST(Script, MalformedModulesAreData) {
  const auto commands =
      script("(assert_malformed (module quote \"\\n  (funk)\") \"unknown\")\n"
             "(module (func $f) (func $f))\n(invoke \"g\")");
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].kind, Kind::AssertMalformed);
  EXPECT_EQ(commands[0].message, "unknown");
  EXPECT_FALSE(commands[0].module->binary);
  // Positions in a quoted module count in the quoted text.
  EXPECT_EQ(commands[0].module->textError, "2:4: unknown operator funk");
  EXPECT_EQ(commands[1].module->textError, "2:25: duplicate function $f");
  EXPECT_EQ(commands[2].kind, Kind::Invoke);
}

TEST(Script, ActionsAndAssertions) {
  const auto commands = script(
      "(register \"M\" $m) (register \"N\")"
      "(invoke $m \"f\" (i32.const 1) (i64.const -1)) (get \"g\")"
      "(assert_trap (invoke \"f\") \"t\") (assert_trap (module) \"u\")"
      "(assert_exhaustion (invoke \"f\") \"x\")"
      "(assert_exception (invoke \"f\"))"
      "(assert_invalid (module) \"i\") (assert_unlinkable (module) \"l\")"
      "(assert_malformed_custom (module) \"c\")");
  ASSERT_EQ(commands.size(), 11u);
  EXPECT_EQ(commands[0].name, "M");
  EXPECT_EQ(commands[0].identifier, "m");
  EXPECT_EQ(commands[1].identifier, "");
  EXPECT_EQ(commands[2].action->module, "m");
  EXPECT_EQ(commands[2].action->name, "f");
  ASSERT_EQ(commands[2].action->arguments.size(), 2u);
  EXPECT_EQ(commands[2].action->arguments[1].bits, ~uint64_t{0});
  EXPECT_EQ(commands[3].action->kind, Action::Kind::Get);
  EXPECT_TRUE(commands[4].action && !commands[4].module);
  EXPECT_TRUE(commands[5].module && !commands[5].action);
  EXPECT_EQ(commands[5].message, "u");
  EXPECT_EQ(commands[6].kind, Kind::AssertExhaustion);
  EXPECT_EQ(commands[7].kind, Kind::AssertException);
  EXPECT_EQ(commands[8].kind, Kind::AssertInvalid);
  EXPECT_EQ(commands[9].kind, Kind::AssertUnlinkable);
  EXPECT_EQ(commands[10].kind, Kind::AssertMalformed);
}

TEST(Script, NumbersAndNanPatterns) {
  EXPECT_EQ(result("(i32.const -1)").bits, 0xffffffffu);
  EXPECT_EQ(result("(f32.const 1)").bits, 0x3f800000u);
  EXPECT_EQ(result("(f64.const -nan:0x1)").bits, 0xfff0000000000001u);
  EXPECT_EQ(result("(f32.const nan)").nan, ScriptValue::Nan::None);
  EXPECT_EQ(result("(f32.const nan:canonical)").nan,
            ScriptValue::Nan::Canonical);
  EXPECT_EQ(result("(f64.const nan:arithmetic)").nan,
            ScriptValue::Nan::Arithmetic);
}

TEST(Script, Vectors) {
  const ScriptValue lanes =
      result("(v128.const f32x4 1 nan:canonical nan:arithmetic -0)");
  EXPECT_EQ(lanes.kind, ValueKind::V128);
  EXPECT_EQ(lanes.laneByteLength, 4);
  EXPECT_TRUE(lanes.floatLanes);
  EXPECT_EQ(lanes.laneNan[1], ScriptValue::Nan::Canonical);
  EXPECT_EQ(lanes.laneNan[2], ScriptValue::Nan::Arithmetic);
  EXPECT_EQ(lanes.v128[3], 0x3f);
  EXPECT_EQ(lanes.v128[15], 0x80);
  const ScriptValue words = result("(v128.const i64x2 1 -1)");
  EXPECT_EQ(words.laneByteLength, 8);
  EXPECT_FALSE(words.floatLanes);
  EXPECT_EQ(words.v128[0], 1);
  EXPECT_EQ(words.v128[15], 0xff);
}

TEST(Script, References) {
  EXPECT_EQ(result("(ref.null)").kind, ValueKind::RefNull);
  EXPECT_FALSE(result("(ref.null)").heap);
  EXPECT_EQ(result("(ref.null func)").heap, wasm::AbstractHeap::Func);
  EXPECT_EQ(result("(ref.extern 7)").bits, 7u);
  EXPECT_TRUE(result("(ref.extern 7)").hasBits);
  EXPECT_FALSE(result("(ref.extern)").hasBits);
  EXPECT_EQ(result("(ref.host 3)").kind, ValueKind::RefHost);
  EXPECT_EQ(result("(ref.func)").kind, ValueKind::RefFunc);
  EXPECT_EQ(result("(ref.i31)").kind, ValueKind::RefAny);
  EXPECT_EQ(result("(ref.i31)").heap, wasm::AbstractHeap::I31);
  EXPECT_EQ(result("(ref.struct)").heap, wasm::AbstractHeap::Struct);
}

TEST(Script, Alternatives) {
  const ScriptValue either =
      result("(either (i32.const 1) (v128.const i32x4 1 2 3 4))");
  EXPECT_EQ(either.kind, ValueKind::Either);
  ASSERT_EQ(either.alternatives.size(), 2u);
  EXPECT_EQ(either.alternatives[1].kind, ValueKind::V128);
}

TEST(Script, Errors) {
  EXPECT_EQ(errorOf("(module)\n(assert_something)"),
            "2:2: unknown command assert_something");
  EXPECT_EQ(errorOf("(invoke func)"), "1:9: unexpected token func");
  EXPECT_EQ(errorOf("(module"), "1:8: unexpected token: end of text");
  EXPECT_EQ(errorOf("(module))"), "1:9: unexpected token )");
  EXPECT_EQ(errorOf("(invoke \"f\" (i32.const nan))"),
            "1:24: unexpected token nan");
  EXPECT_EQ(errorOf("\n\x02"), "2:1: illegal character");
  std::string deep;
  for (int i = 0; i < 100000; ++i)
    deep += "(either ";
  EXPECT_NE(errorOf("(assert_return (invoke \"f\") " + deep), "");
}

} // namespace
} // namespace wrought::text
