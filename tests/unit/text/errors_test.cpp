#include "parse_helpers.h"

#include <cstring>

namespace wrought::text {
namespace {

TEST(Errors, HaveLineAndColumn) {
  EXPECT_EQ(errorOf("(module\n  (func\n    i32.foo))"),
            "3:5: unknown operator i32.foo");
  EXPECT_EQ(errorOf("(module\n (func $f)\n (func $f))"),
            "3:8: duplicate function $f");
  EXPECT_EQ(errorOf("(func\n\n  (call $g))"), "3:9: unknown function $g");
  EXPECT_EQ(errorOf("(module"), "1:8: unexpected token: end of text");
  EXPECT_EQ(errorOf("(module))"), "1:9: unexpected token )");
  EXPECT_EQ(errorOf("(module)\n(module)"), "2:1: unexpected token (");
  EXPECT_EQ(errorOf("(func) \x01"), "1:8: illegal character");
  EXPECT_EQ(errorOf("(func) ;; \xff\n"), "1:11: malformed UTF-8 encoding");
}

struct Case {
  const char *text;
  const char *message;
};

class Malformed : public testing::TestWithParam<Case> {};

TEST_P(Malformed, Says) {
  const std::string error = errorOf(GetParam().text);
  const size_t start = error.find(": ");
  ASSERT_NE(start, std::string::npos) << GetParam().text << ": " << error;
  EXPECT_EQ(error.substr(start + 2, std::strlen(GetParam().message)),
            GetParam().message)
      << GetParam().text;
}

const Case Cases[] = {
    // Structure
    {"func", "unexpected token func"},
    {"(funk)", "unknown operator funk"},
    {"(module quote \"\")", "unexpected token quote"},
    {"(module binary 1)", "unexpected token 1"},
    {"(func) (import \"\" \"\" (func))", "import after function"},
    {"(memory 0) (import \"\" \"\" (func))", "import after memory"},
    {"(table 0 funcref) (func (import \"\" \"\"))", "import after table"},
    {"(global i32 (i32.const 0)) (global (import \"\" \"\") i32)",
     "import after global"},
    {"(tag) (import \"\" \"\" (tag))", "import after tag"},
    {"(func) (start 0) (start 0)", "multiple start sections"},
    {"(import \"\\ff\" \"\" (func))", "malformed UTF-8 encoding"},
    {"(export \"\\c0\\80\" (func 0))", "malformed UTF-8 encoding"},
    // Identifiers
    {"(memory $a 0) (memory $a 0)", "duplicate memory"},
    {"(table $a 0 funcref) (table $\"a\" 0 funcref)", "duplicate table"},
    {"(type $a (func)) (rec (type $a (func)))", "duplicate type"},
    {"(elem $a func) (elem $a func)", "duplicate elem segment"},
    {"(data $a) (data $a)", "duplicate data segment"},
    {"(func (param $x i32) (local $x i32))", "duplicate local"},
    {"(type (struct (field $x i32) (field $x i32)))", "duplicate field"},
    {"(func local.get $x)", "unknown local $x"},
    {"(func global.get $x)", "unknown global $x"},
    {"(func br $x)", "unknown label $x"},
    {"(func (block $x) (br $x))", "unknown label $x"},
    {"(func throw $x)", "unknown tag $x"},
    {"(func (type $x))", "unknown type $x"},
    {"(func (memory.size $x))", "unknown memory $x"},
    {"(func (elem.drop $x))", "unknown elem segment $x"},
    {"(type (struct)) (func (struct.get 0 $x))", "unknown field $x"},
    {"(type $s (struct (field $x i32))) (type (struct))"
     "(func (struct.get 1 $x))",
     "unknown field $x"},
    // Types
    {"(type (func (result i32) (param i32)))", "unexpected token ("},
    {"(type (fun))", "unknown operator fun"},
    {"(type func)", "unexpected token func"},
    {"(func (param i33))", "unknown operator i33"},
    {"(func (param i8))", "unexpected token i8"},
    {"(type $t (func (param i32))) (func (type $t) (result i32))",
     "inline function type"},
    {"(func (type 3) (param i32))", "unknown type 3"},
    {"(type (struct)) (func (type 0) (param i32))", "unknown type 0"},
    {"(func (block (param $x i32)))", "unexpected token $x"},
    {"(func (param $x i32 i32))", "unexpected token i32"},
    {"(func (local $x))", "unexpected token )"},
    {"(func (param i32) (type 0))", "unexpected token type"},
    {"(memory 0 (pagesize 3))", "invalid custom page size"},
    {"(memory 0 (pagesize 0))", "invalid custom page size"},
    {"(memory 18446744073709551616)", "i64 constant out of range"},
    {"(memory)", "unexpected token )"},
    {"(table)", "unexpected token )"},
    {"(table 0)", "unexpected token )"},
    // Instructions
    {"(func (nop)", "unexpected token: end of text"},
    {"(func block)", "unexpected token )"},
    {"(func end)", "unexpected token end"},
    {"(func block else end)", "unexpected token else"},
    {"(func if else else end)", "unexpected token else"},
    {"(func block $a end $b)", "mismatching label $b"},
    {"(func block end $b)", "mismatching label $b"},
    {"(func if $a else $b end)", "mismatching label $b"},
    {"(func (i32.add nop))", "unexpected token nop"},
    {"(func (if (then) nop))", "unexpected token nop"},
    {"(func (if nop (then)))", "unexpected token nop"},
    {"(func (if (i32.const 1)))", "unexpected token )"},
    {"(func (if (else)))", "unexpected token else"},
    {"(func (if (then) (then)))", "unexpected token then"},
    {"(func (if (then) (else) (else)))", "unexpected token else"},
    {"(func (then))", "unexpected token then"},
    {"(func (end))", "unexpected token end"},
    {"(func nop (local i32))", "unexpected token local"},
    {"(func (nop 0))", "unexpected token 0"},
    {"(func nop 0)", "unexpected token 0"},
    {"(func br_table)", "unexpected token )"},
    {"(func i32.load offset=)", "unknown operator offset="},
    {"(func i32.load offset=-1)", "unknown operator offset=-1"},
    {"(func i32.load offset=18446744073709551616)", "i64 constant"},
    {"(func i32.load align=3)", "alignment must be a power of two"},
    {"(func i32.load align=0)", "alignment must be a power of two"},
    {"(func i32.load align=4 offset=4)", "unexpected token offset=4"},
    {"(func ref.null)", "unexpected token )"},
    {"(func ref.test any)", "unexpected token any"},
    // Literals
    {"(func i32.const)", "unexpected token )"},
    {"(func i32.const 1.0)", "unexpected token 1.0"},
    {"(func i32.const 0x)", "unknown operator 0x"},
    {"(func i32.const 0drop)", "unknown operator 0drop"},
    {"(func i32.const 4294967296)", "i32 constant out of range"},
    {"(func i64.const -9223372036854775809)", "i64 constant out of range"},
    {"(func f32.const 1e39)", "f32 constant out of range"},
    {"(func f64.const nan:0x0)", "f64 constant out of range"},
    {"(func f32.const nan:arithmetic)", "unexpected token nan:arithmetic"},
    {"(func br 4294967296)", "i32 constant out of range"},
    {"(func br -1)", "unexpected token -1"},
    {"(func v128.const i32x4 1 2 3)", "wrong number of lane literals"},
    {"(func v128.const i32x4 1 2 3 4 5)", "wrong number of lane literals"},
    {"(func v128.const i8x16 256 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)",
     "i8 constant out of range"},
    {"(func v128.const 1 2 3 4)", "unexpected token 1"},
    {"(func i8x16.shuffle 1 2 3)", "invalid lane length"},
    {"(func i8x16.extract_lane_s 256)", "i8 constant out of range"},
    // Segments
    {"(elem (table 0) (i32.const 0) 0)", "unexpected token 0"},
    {"(elem 0 0)", "unexpected token 0"},
    {"(data (i32.const 0) 1)", "unexpected token 1"},
    {"(table funcref)", "unexpected token )"},
    // Annotations
    {"(module (func) (@name \"M\"))", "misplaced @name annotation"},
    {"(func (@custom \"a\"))", "misplaced @custom annotation"},
    {"(@custom)", "@custom annotation: missing section name"},
    {"(@custom \"a\" (after))", "@custom annotation: malformed section kind"},
    {"(@custom \"a\" (type))", "@custom annotation: malformed placement"},
    {"(@custom \"a\" b)", "@custom annotation: unexpected token"},
    {"(@custom \"\\ff\")", "@custom annotation: malformed UTF-8 encoding"},
    {"(@metadata.code.branch_hint \"\\00\") (func)",
     "@metadata.code.branch_hint annotation: not in a function"},
    {"(func (@metadata.code.branch_hint \"\\00\") nop)",
     "@metadata.code.branch_hint annotation: invalid target"},
    {"(func (@metadata.code.branch_hint \"\\02\") br_if 0)",
     "@metadata.code.branch_hint annotation: invalid hint"},
    {"(func (@metadata.code.branch_hint \"\\00\")"
     "(@metadata.code.branch_hint \"\\00\") br_if 0)",
     "@metadata.code.branch_hint annotation: duplicate annotation"},
};

INSTANTIATE_TEST_SUITE_P(Errors, Malformed, testing::ValuesIn(Cases));

} // namespace
} // namespace wrought::text
