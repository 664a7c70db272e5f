#include "parse_helpers.h"

namespace wrought::text {
namespace {

enum Section {
  Custom,
  Type,
  Import,
  Function,
  Table,
  Memory,
  Global,
  Export,
  Start,
  Element,
  Code,
  Data,
  DataCount,
  Tag
};

TEST(Fields, EmptyModules) {
  const std::vector<uint8_t> empty = {0, 'a', 's', 'm', 1, 0, 0, 0};
  EXPECT_EQ(parsed("").bytes, empty);
  EXPECT_EQ(parsed("(module)").bytes, empty);
  EXPECT_EQ(parsed(";; nothing\n(@a)").bytes, empty);
}

TEST(Fields, BinaryModule) {
  EXPECT_EQ(parsed("(module binary \"\\00as\" \"m\\01\")").bytes,
            (std::vector<uint8_t>{0, 'a', 's', 'm', 1}));
}

TEST(Fields, BareFieldsAreAModule) {
  EXPECT_EQ(sectionOf("(func) (memory 0)", Memory), "01 00 00");
}

TEST(Types, Functions) {
  EXPECT_EQ(sectionOf("(type (func))", Type), "01 60 00 00");
  EXPECT_EQ(sectionOf("(type $t (func (param $x i32) (param i64 f32)"
                      " (result f64) (result v128)))",
                      Type),
            "01 60 03 7f 7e 7d 02 7c 7b");
}

TEST(Types, ReferencesAndTheirAbbreviations) {
  EXPECT_EQ(sectionOf("(type (func (param funcref externref anyref eqref i31ref"
                      " structref arrayref exnref nullref nullexternref"
                      " nullfuncref nullexnref)))",
                      Type),
            "01 60 0c 70 6f 6e 6d 6c 6b 6a 69 71 72 73 74 00");
  EXPECT_EQ(sectionOf("(type (func (param (ref null func) (ref func)"
                      " (ref null $a) (ref 100))))"
                      "(type $a (array i8))",
                      Type),
            "02 60 04 70 64 70 63 01 64 e4 00 00 5e 78 00");
}

TEST(Types, Aggregates) {
  EXPECT_EQ(sectionOf("(type (struct (field $x i32) (field (mut i8) i16)"
                      " (field)))"
                      "(type (array (mut (ref any))))",
                      Type),
            "02 5f 03 7f 00 78 01 77 00 5e 64 6e 01");
}

TEST(Types, SubtypesAndGroups) {
  EXPECT_EQ(sectionOf("(type $a (sub (func)))"
                      "(type $b (sub final $a (func)))"
                      "(type (sub final (func)))",
                      Type),
            "03 50 00 60 00 00 4f 01 00 60 00 00 60 00 00");
  EXPECT_EQ(sectionOf("(rec) (rec (type $a (struct (field (ref $b))))"
                      " (type $b (func)))",
                      Type),
            "02 4e 00 4e 02 5f 01 64 01 00 60 00 00");
}

TEST(TypeUses, ImplicitTypesFollowTheExplicitOnes) {
  EXPECT_EQ(sectionOf("(func (param i32)) (type (func (result i64)))"
                      "(func (result i64)) (func (param i32))",
                      Type),
            "02 60 00 01 7e 60 01 7f 00");
  EXPECT_EQ(sectionOf("(func (param i32)) (type (func (result i64)))"
                      "(func (result i64)) (func (param i32))",
                      Function),
            "03 01 00 01");
}

TEST(TypeUses, OnlyPlainTypesAreReused) {
  // One of a group, one that is open, one with a supertype.
  EXPECT_EQ(sectionOf("(rec (type (func)) (type (struct)))"
                      "(type $o (sub (func))) (type (sub final $o (func)))"
                      "(func)",
                      Function),
            "01 04");
  EXPECT_EQ(sectionOf("(rec (type (func))) (func)", Function), "01 00");
}

TEST(TypeUses, BlocksAddTypesInTheOrderOfTheText) {
  const std::string text =
      "(func (block (param i32) (drop)) (loop (result i32 i32)))"
      "(func (param f32))";
  EXPECT_EQ(sectionOf(text, Type),
            "04 60 00 00 60 01 7f 00 60 00 02 7f 7f 60 01 7d 00");
  EXPECT_EQ(sectionOf(text, Function), "02 00 03");
}

TEST(Imports, BothForms) {
  const std::string expected =
      "05 01 61 01 62 00 00 01 61 01 62 01 70 01 01 02 01 61 01 62 02 00 01 "
      "01 61 01 62 03 7f 01 01 61 01 62 04 00 00";
  EXPECT_EQ(sectionOf("(import \"a\" \"b\" (func $f))"
                      "(import \"a\" \"b\" (table 1 2 funcref))"
                      "(import \"a\" \"b\" (memory $m 1))"
                      "(import \"a\" \"b\" (global (mut i32)))"
                      "(import \"a\" \"b\" (tag))",
                      Import),
            expected);
  EXPECT_EQ(sectionOf("(func $f (import \"a\" \"b\"))"
                      "(table (import \"a\" \"b\") 1 2 funcref)"
                      "(memory $m (import \"a\" \"b\") 1)"
                      "(global (import \"a\" \"b\") (mut i32))"
                      "(tag (import \"a\" \"b\"))",
                      Import),
            expected);
}

TEST(Exports, BothForms) {
  EXPECT_EQ(sectionOf("(memory $m (export \"x\") (export \"y\") 1)"
                      "(export \"z\" (memory $m)) (export \"f\" (func 7))",
                      Export),
            "04 01 78 02 00 01 79 02 00 01 7a 02 00 01 66 00 07");
}

TEST(Tables, LimitsAndInitializers) {
  EXPECT_EQ(sectionOf("(table 1 funcref) (table i32 1 0x2 externref)"
                      "(table i64 1 (ref null 0))",
                      Table),
            "03 70 00 01 6f 01 01 02 63 00 04 01");
  EXPECT_EQ(sectionOf("(table 1 (ref func) (ref.func $f)) (func $f)", Table),
            "01 40 00 64 70 00 01 d2 00 0b");
}

TEST(Tables, InlineElements) {
  const std::string text = "(table $t funcref (elem $f 0)) (func $f)"
                           "(table i64 (ref null func) (elem (ref.null func)"
                           " (item ref.func 0)))"
                           "(table (ref func) (elem $f))";
  EXPECT_EQ(sectionOf(text, Table),
            "03 70 01 02 02 70 05 02 02 64 70 01 01 01");
  EXPECT_EQ(sectionOf(text, Element),
            "03 00 41 00 0b 02 00 00 06 01 42 00 0b 70 02 d0 70 0b d2 00 0b "
            "06 02 41 00 0b 64 70 01 d2 00 0b");
}

TEST(Tables, InlineElementsCountAsSegments) {
  EXPECT_EQ(sectionOf("(table funcref (elem)) (table i64 funcref (elem))"
                      "(elem $e func) (func (elem.drop $e))",
                      Code),
            "01 05 00 fc 0d 02 0b");
}

TEST(Elements, AllForms) {
  const std::string prefix = "(table $t 9 funcref) (func $f) ";
  auto element = [&](const std::string &field) {
    return sectionOf(prefix + field, Element);
  };
  EXPECT_EQ(element("(elem (i32.const 1))"), "01 00 41 01 0b 00");
  EXPECT_EQ(element("(elem (offset i32.const 1) $f 0)"),
            "01 00 41 01 0b 02 00 00");
  EXPECT_EQ(element("(elem func $f)"), "01 01 00 01 00");
  EXPECT_EQ(element("(elem (table 1) (i32.const 1) func $f)"),
            "01 02 01 41 01 0b 00 01 00");
  EXPECT_EQ(element("(elem (table $t) (i32.const 1) func $f)"),
            "01 00 41 01 0b 01 00");
  EXPECT_EQ(element("(elem $e declare func $f)"), "01 03 00 01 00");
  EXPECT_EQ(element("(elem (i32.const 1) funcref (ref.func $f) (item nop))"),
            "01 04 41 01 0b 02 d2 00 0b 01 0b");
  EXPECT_EQ(element("(elem externref)"), "01 05 6f 00");
  EXPECT_EQ(element("(elem (ref null 0) (ref.null 0))"),
            "01 05 63 00 01 d0 00 0b");
  EXPECT_EQ(element("(elem (i32.const 1) (ref func) (ref.func $f))"),
            "01 06 00 41 01 0b 64 70 01 d2 00 0b");
  EXPECT_EQ(element("(elem declare funcref (ref.null func))"),
            "01 07 70 01 d0 70 0b");
  EXPECT_EQ(element("(elem 0 (i32.const 1) $f)"), "01 00 41 01 0b 01 00");
}

TEST(Memories, Limits) {
  EXPECT_EQ(sectionOf("(memory 1) (memory i32 1 2) (memory i64 1)"
                      "(memory 1 2 shared) (memory 1 (pagesize 1))"
                      "(memory i64 0 1 (pagesize 65536))",
                      Memory),
            "06 00 01 01 01 02 04 01 03 01 02 08 01 00 0d 00 01 10");
  EXPECT_EQ(sectionOf("(memory i64 0xffff_ffff_ffff_ffff)", Memory),
            "01 04 ff ff ff ff ff ff ff ff ff 01");
}

TEST(Memories, InlineData) {
  const std::string text = "(memory (data \"a\" \"b\\00\")) (memory (data))"
                           "(memory i64 (pagesize 1) (data \"abc\"))"
                           "(data $d \"\") (func (data.drop $d))";
  EXPECT_EQ(sectionOf(text, Memory), "03 01 01 01 01 00 00 0d 03 03 00");
  EXPECT_EQ(sectionOf(text, Data),
            "04 00 41 00 0b 03 61 62 00 02 01 41 00 0b 00 "
            "02 02 42 00 0b 03 61 62 63 01 00");
  EXPECT_EQ(sectionOf(text, Code), "01 05 00 fc 09 03 0b");
}

TEST(Memories, InlineDataFillsWholePages) {
  const std::string page(65536, 'x');
  EXPECT_EQ(sectionOf("(memory (data \"" + page + "\"))", Memory),
            "01 01 01 01");
  EXPECT_EQ(sectionOf("(memory (data \"" + page + "y\"))", Memory),
            "01 01 02 02");
}

TEST(DataSegments, AllForms) {
  EXPECT_EQ(sectionOf("(memory $m 1) (memory $n 1) (data (i32.const 1) \"a\")"
                      "(data (memory $m) (offset (i32.const 1)) \"b\" \"c\")"
                      "(data $d (memory $n) (i32.const 1)) (data \"d\")"
                      "(data 1 (i32.const 1) \"e\")",
                      Data),
            "05 00 41 01 0b 01 61 00 41 01 0b 02 62 63 02 01 41 01 0b 00 "
            "01 01 64 02 01 41 01 0b 01 65");
}

TEST(DataSegments, CountedWhenInstructionsNeedIt) {
  const std::string active = "(memory 1) (data (i32.const 0) \"\")";
  EXPECT_EQ(sectionOf(active, DataCount), "none");
  EXPECT_EQ(sectionOf(active + "(data \"\")", DataCount), "02");
  EXPECT_EQ(sectionOf(active + "(func (data.drop 0))", DataCount), "01");
  EXPECT_EQ(sectionOf(active + "(func (memory.init 0))", DataCount), "01");
  EXPECT_EQ(sectionOf(active + "(func (array.new_data 0 0))", DataCount), "01");
}

TEST(GlobalsTagsStart, Encoded) {
  EXPECT_EQ(sectionOf("(global i32 (i32.const 1)) (global $g (mut funcref)"
                      " ref.null func)",
                      Global),
            "02 7f 00 41 01 0b 70 01 d0 70 0b");
  EXPECT_EQ(sectionOf("(tag $t (param i32)) (tag)", Tag), "02 00 00 00 01");
  EXPECT_EQ(sectionOf("(start $f) (func) (func $f)", Start), "01");
}

TEST(Functions, LocalsInRuns) {
  EXPECT_EQ(sectionOf("(func (param $p i32) (local $a i32) (local i32 i64)"
                      " (local i64 (ref null func)) (local)"
                      " local.get $a local.get $p)",
                      Code),
            "01 0c 03 02 7f 02 7e 01 70 20 01 20 00 0b");
  EXPECT_EQ(sectionOf("(type $t (func (param i32 i32)))"
                      "(func (type $t) (local $x i32) (local.get $x))",
                      Code),
            "01 06 01 01 7f 20 02 0b");
}

TEST(Names, FromIdentifiers) {
  EXPECT_EQ(sectionOf("(module $m (func $f (param $p i32) (local i32)"
                      " (local $\"l\" i64)) (memory $mem 1) (type $t (func))"
                      "(table $u 1 funcref) (global $g i32 (i32.const 0))"
                      "(elem $e func) (data $d) (tag $x))",
                      Custom),
            "04 6e 61 6d 65 "                       // name
            "00 02 01 6d "                          // module
            "01 04 01 00 01 66 "                    // functions
            "02 09 01 00 02 00 01 70 02 01 6c "     // locals
            "04 04 01 00 01 74 05 04 01 00 01 75 "  // types, tables
            "06 06 01 00 03 6d 65 6d "              // memories
            "07 04 01 00 01 67 08 04 01 00 01 65 "  // globals, elements
            "09 04 01 00 01 64 0b 04 01 00 01 78"); // data, tags
}

TEST(Names, AnnotationsComeFirst) {
  EXPECT_EQ(sectionOf("(module (@name \"M\") (func $f (@name \"g h\")"
                      " (param (@name \"p\") i32)))",
                      Custom),
            "04 6e 61 6d 65 00 02 01 4d 01 06 01 00 03 67 20 68 "
            "02 06 01 00 01 00 01 70");
}

TEST(CustomSections, StandWhereTheyAreTold) {
  const std::vector<uint8_t> bytes =
      parsed("(@custom \"z\" \"1\" \"2\") (@custom \"a\" (before first))"
             "(func) (@custom \"c\" (after type) \"x\")"
             "(@custom \"b\" (before func))")
          .bytes;
  EXPECT_EQ(hex(bytes, 8, bytes.size()),
            "00 02 01 61 01 04 01 60 00 00 00 03 01 63 78 00 02 01 62 "
            "03 02 01 00 0a 04 01 02 00 0b 00 04 01 7a 31 32");
}

TEST(BranchHints, BecomeTheirSection) {
  EXPECT_EQ(sectionOf("(func (local i32) (@metadata.code.branch_hint \"\\01\")"
                      "(if (local.get 0) (then)) local.get 0 "
                      "(@metadata.code.branch_hint \"\\00\") br_if 0)",
                      Custom),
            "19 6d 65 74 61 64 61 74 61 2e 63 6f 64 65 2e 62 72 61 6e 63 68 5f "
            "68 69 6e 74 01 00 02 05 01 01 0a 01 00");
}

TEST(Positions, OfInstructionsAndFields) {
  const BinaryModule module = parsed("(module\n"
                                     "  (memory 1)\n"
                                     "  (func (result i32)\n"
                                     "    (i32.add\n"
                                     "      (i32.const 1)\n"
                                     "      (i32.const 2))))");
  // 8 header, 7 type, 4 function, 5 memory, then code: 4 bytes, locals.
  ASSERT_EQ(hex(module.bytes, 24, module.bytes.size()),
            "0a 09 01 07 00 41 01 41 02 6a 0b");
  auto at = [&](uint64_t offset) {
    const SourcePosition *position = module.find(offset);
    return position ? std::pair(position->line, position->column)
                    : std::pair(0u, 0u);
  };
  EXPECT_EQ(at(3), std::pair(0u, 0u));
  EXPECT_EQ(at(22), std::pair(2u, 11u));
  EXPECT_EQ(at(29), std::pair(5u, 8u));
  EXPECT_EQ(at(30), std::pair(5u, 8u));
  EXPECT_EQ(at(31), std::pair(6u, 8u));
  EXPECT_EQ(at(33), std::pair(4u, 6u));
  EXPECT_EQ(at(1000), std::pair(6u, 21u));
}

TEST(Positions, ReplaceOffsetsInDiagnostics) {
  const BinaryModule module = parsed("(func\n nop)");
  Diagnostics diagnostics;
  Location location;
  location.file = "a.wat";
  location.byteOffset = module.bytes.size() - 2;
  diagnostics.error(location, "first");
  diagnostics.error(location, "second");
  diagnostics.error("nowhere");
  location.file = "another.wat";
  diagnostics.error(location, "elsewhere");
  mapToText(module, "a.wat", diagnostics, 1);
  EXPECT_TRUE(diagnostics.all()[0].location.byteOffset);
  EXPECT_FALSE(diagnostics.all()[1].location.byteOffset);
  EXPECT_EQ(diagnostics.all()[1].location.file, "a.wat");
  EXPECT_EQ(diagnostics.all()[1].location.line, 2u);
  EXPECT_EQ(diagnostics.all()[1].location.column, 2u);
  EXPECT_FALSE(diagnostics.all()[2].location.line);
  EXPECT_TRUE(diagnostics.all()[3].location.byteOffset);
}

} // namespace
} // namespace wrought::text
