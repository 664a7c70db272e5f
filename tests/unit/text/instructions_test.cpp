#include "parse_helpers.h"

#include "wasm/opcode.h"

namespace wrought::text {
namespace {

TEST(Instructions, PlainAndFoldedAreTheSame) {
  const std::string plain = codeOf("i32.const 1 i32.const 2 i32.add drop");
  EXPECT_EQ(plain, "41 01 41 02 6a 1a");
  EXPECT_EQ(codeOf("(drop (i32.add (i32.const 1) (i32.const 2)))"), plain);
  EXPECT_EQ(codeOf("i32.const 1 (i32.const 2) i32.add (drop)"), plain);
  EXPECT_EQ(codeOf("(i32.add (i32.const 1) (i32.const 2)) drop"), plain);
}

TEST(Instructions, Constants) {
  EXPECT_EQ(codeOf("i32.const -1 i32.const 0xffffffff i32.const 64"),
            "41 7f 41 7f 41 c0 00");
  EXPECT_EQ(codeOf("i64.const 0x8000000000000000"),
            "42 80 80 80 80 80 80 80 80 80 7f");
  EXPECT_EQ(codeOf("f32.const -0x1p0 f64.const nan:0x1"),
            "43 00 00 80 bf 44 01 00 00 00 00 00 f0 7f");
}

TEST(Instructions, BlocksAndLabels) {
  EXPECT_EQ(codeOf("block $a loop $b br $a br 0 end $b end $a"),
            "02 40 03 40 0c 01 0c 00 0b 0b");
  EXPECT_EQ(codeOf("(block $a (block $a (br $a)) (br $a))"),
            "02 40 02 40 0c 00 0b 0c 00 0b");
  EXPECT_EQ(codeOf("(block (result i32) (unreachable))"), "02 7f 00 0b");
  EXPECT_EQ(codeOf("(block (type 0)) (block (result))"), "02 00 0b 02 40 0b");
  EXPECT_EQ(codeOf("(block $a (br_table $a 1 $a))"), "02 40 0e 02 00 01 00 0b");
}

TEST(Instructions, Conditions) {
  EXPECT_EQ(codeOf("if $l nop else $l nop end $l"), "04 40 01 05 01 0b");
  EXPECT_EQ(codeOf("(if $l (i32.const 1) (then (br $l)) (else (br $l)))"),
            "41 01 04 40 0c 00 05 0c 00 0b");
  EXPECT_EQ(codeOf("(if (i32.const 1) (then))"), "41 01 04 40 0b");
  EXPECT_EQ(codeOf("(if (then) (else))"), "04 40 05 0b");
  // The label is not yet open in the condition.
  EXPECT_EQ(codeOf("(block $l (if $l (br_if $l) (then (br $l))))"),
            "02 40 0d 00 04 40 0c 00 0b 0b");
}

TEST(Instructions, TryTable) {
  EXPECT_EQ(codeOf("(block $h (try_table $h (result i32) (catch $e $h)"
                   " (catch_ref 0 $h) (catch_all 1) (catch_all_ref $h)"
                   " (br $h)))",
                   "(tag $e)"),
            "02 40 1f 7f 04 00 00 00 01 00 00 02 01 03 00 0c 00 0b 0b");
  EXPECT_EQ(codeOf("try_table end"), "1f 40 00 0b");
}

TEST(Instructions, Calls) {
  EXPECT_EQ(codeOf("call $f return_call 1", "(import \"\" \"\" (func $f))"),
            "10 00 12 01");
  EXPECT_EQ(codeOf("call_indirect (type 0) call_indirect 1 (param i32)"
                   " return_call_indirect $t",
                   "(table $t 1 funcref)"),
            "11 00 00 11 01 01 13 00 00");
  EXPECT_EQ(codeOf("call_ref 0 return_call_ref 0"), "14 00 15 00");
}

TEST(Instructions, SelectWithTypes) {
  EXPECT_EQ(codeOf("select"), "1b");
  EXPECT_EQ(codeOf("select (result i32)"), "1c 01 7f");
  EXPECT_EQ(codeOf("(select (result) (result funcref) (unreachable))"),
            "00 1c 01 70");
}

TEST(Instructions, MemoryAccess) {
  EXPECT_EQ(codeOf("i32.load i64.load8_u offset=300"), "28 02 00 31 00 ac 02");
  EXPECT_EQ(codeOf("i64.store offset=0x10 align=1"), "37 00 10");
  EXPECT_EQ(codeOf("i32.load $m offset=1 i32.load 0 align=2",
                   "(memory 1) (memory $m 1)"),
            "28 42 01 01 28 01 00");
  EXPECT_EQ(codeOf("memory.size memory.grow 1"), "3f 00 40 01");
  EXPECT_EQ(codeOf("atomic.fence i32.atomic.load8_u"), "fe 03 00 fe 12 00 00");
}

TEST(Instructions, BulkOperations) {
  EXPECT_EQ(codeOf("memory.copy memory.copy 1 2 memory.fill 1"),
            "fc 0a 00 00 fc 0a 01 02 fc 0b 01");
  // The segment stands second in the text and first in the binary.
  EXPECT_EQ(codeOf("memory.init 1 memory.init 2 3"), "fc 08 01 00 fc 08 03 02");
  EXPECT_EQ(codeOf("table.init 1 table.init 2 3"), "fc 0c 01 00 fc 0c 03 02");
  EXPECT_EQ(codeOf("table.copy table.copy 1 2 table.get table.set 1"),
            "fc 0e 00 00 fc 0e 01 02 25 00 26 01");
}

TEST(Instructions, References) {
  EXPECT_EQ(codeOf("ref.null func ref.null 0"), "d0 70 d0 00");
  EXPECT_EQ(codeOf("ref.test (ref any) ref.test anyref ref.cast (ref null 0)"
                   " ref.cast (ref i31)"),
            "fb 14 6e fb 15 6e fb 17 00 fb 16 6c");
  EXPECT_EQ(codeOf("br_on_cast 0 anyref (ref eq) br_on_cast_fail 1 (ref any)"
                   " (ref null i31)"),
            "fb 18 01 00 6e 6d fb 19 02 01 6e 6c");
}

TEST(Instructions, Aggregates) {
  const std::string types = "(type $s (struct (field i32) (field $x i32)))"
                            "(type $a (array i8))";
  EXPECT_EQ(codeOf("struct.get $s $x struct.set $s 0", types),
            "fb 02 00 01 fb 05 00 00");
  EXPECT_EQ(codeOf("array.new_fixed $a 3 array.copy $a 0 array.new_data $a 2"
                   " array.init_elem $a 4",
                   types),
            "fb 08 01 03 fb 11 01 00 fb 09 01 02 fb 13 01 04");
}

TEST(Instructions, Vectors) {
  EXPECT_EQ(codeOf("v128.const i16x8 1 -1 0xffff 0 0 0 0 2"),
            "fd 0c 01 00 ff ff ff ff 00 00 00 00 00 00 00 00 02 00");
  EXPECT_EQ(codeOf("v128.const f64x2 1 -inf"),
            "fd 0c 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 f0 ff");
  EXPECT_EQ(codeOf("i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31"),
            "fd 0d 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f");
  EXPECT_EQ(codeOf("i32x4.extract_lane 3"), "fd 1b 03");
  EXPECT_EQ(codeOf("v128.load8_lane 7 v128.load8_lane 1 7"
                   " v128.load8_lane 1 offset=2 7 v128.load8_lane align=1 7",
                   "(memory 1) (memory 1)"),
            "fd 54 00 00 07 fd 54 40 01 00 07 fd 54 40 01 02 07 "
            "fd 54 00 00 07");
  EXPECT_EQ(codeOf("i32x4.relaxed_trunc_f32x4_s"), "fd 81 02");
}

/// Every row of opcodes.def without immediates can be written.
TEST(Instructions, AllOfTheTable) {
  unsigned tried = 0;
  for (size_t i = 0; i < wasm::OpcodeCount; ++i) {
    const auto opcode = static_cast<wasm::Opcode>(i);
    if (wasm::immediateKind(opcode) != wasm::ImmediateKind::None ||
        opcode == wasm::Opcode::End || opcode == wasm::Opcode::Else)
      continue;
    const std::string name(wasm::opcodeText(opcode));
    const std::string code = codeOf(name);
    const uint8_t first = wasm::opcodePrefix(opcode)
                              ? wasm::opcodePrefix(opcode)
                              : static_cast<uint8_t>(wasm::opcodeCode(opcode));
    EXPECT_EQ(code.substr(0, 2), hex({first}, 0, 1)) << name;
    EXPECT_EQ(codeOf("(" + name + ")"), code);
    ++tried;
  }
  EXPECT_GT(tried, 350u);
}

} // namespace
} // namespace wrought::text
