#include "decode/module_decoder.h"

#include "module_bytes.h"
#include "wasm/limits.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::test;
using namespace wrought::wasm;

namespace {

/// Bytes and the module that refers into them.
struct Decoded {
  Bytes bytes;
  std::optional<Module> module;
  Diagnostics diagnostics;

  explicit Decoded(Bytes input) : bytes(std::move(input)) {
    module = decode::decodeModule(bytes, "test.wasm", diagnostics);
    EXPECT_EQ(module.has_value(), !diagnostics.hasErrors());
  }
  /// "message@offset" of the only error, or "ok".
  std::string error() const {
    if (module)
      return "ok";
    if (diagnostics.all().size() != 1)
      return "not one diagnostic";
    const Diagnostic &first = diagnostics.all().front();
    EXPECT_EQ(first.location.file, "test.wasm");
    return first.message + "@" + std::to_string(*first.location.byteOffset);
  }
};

std::string errorOf(Bytes bytes) { return Decoded(std::move(bytes)).error(); }

std::string text(const Module &module, ByteRange range) {
  const auto bytes = module.slice(range);
  return std::string(bytes.begin(), bytes.end());
}

class SampleTest : public testing::Test {
protected:
  SampleTest() : decoded(sampleModule()) {}
  void SetUp() override { ASSERT_EQ(decoded.error(), "ok"); }
  const Module &module() { return *decoded.module; }
  Decoded decoded;
};

TEST_F(SampleTest, Types) {
  const TypeStore &types = module().types;
  ASSERT_EQ(types.size(), 6u);
  EXPECT_EQ(types.toString(types[TypeIndex(0)].function), "[i32 i64] -> [f32]");
  const SubType &base = types[TypeIndex(2)];
  EXPECT_EQ(base.kind, CompositeKind::Struct);
  EXPECT_FALSE(base.isFinal);
  ASSERT_EQ(base.fields.size(), 2u);
  EXPECT_EQ(base.fields[0].packed, PackedKind::I8);
  EXPECT_TRUE(base.fields[0].isMutable);
  EXPECT_EQ(types.toString(base.fields[1].value), "(ref null 2)");
  const SubType &derived = types[TypeIndex(3)];
  EXPECT_TRUE(derived.isFinal);
  EXPECT_EQ(derived.supertype, TypeIndex(2));
  EXPECT_EQ(derived.fields[2].packed, PackedKind::I16);
  EXPECT_TRUE(types.isSubtype(TypeIndex(3), TypeIndex(2)));
  EXPECT_EQ(types.group(TypeIndex(5)).second, 2u);
  EXPECT_EQ(types[TypeIndex(4)].kind, CompositeKind::Array);
}

TEST_F(SampleTest, Imports) {
  ASSERT_EQ(module().imports.size(), 5u);
  for (unsigned kind = 0; kind < 5; ++kind) {
    EXPECT_EQ(module().imports[kind].kind(), static_cast<ExternalKind>(kind));
    EXPECT_EQ(module().imports[kind].module, "env");
  }
  EXPECT_EQ(module().imports[2].name, "m");
  EXPECT_EQ(module().importedFunctionCount, 1u);
  EXPECT_EQ(module().importedTableCount, 1u);
  EXPECT_EQ(module().importedMemoryCount, 1u);
  EXPECT_EQ(module().importedGlobalCount, 1u);
  EXPECT_EQ(module().importedTagCount, 1u);
  EXPECT_EQ(module().functions[0].import, 0u);
  EXPECT_EQ(module().tags[0].import, 4u);
}

TEST_F(SampleTest, FunctionsAndBodies) {
  ASSERT_EQ(module().functions.size(), 3u);
  EXPECT_EQ(module().functions[1].type, TypeIndex(0));
  EXPECT_FALSE(module().functions[1].import);
  const auto body = module().slice(module().functions[1].body);
  EXPECT_EQ(body.size(), 11u);
  EXPECT_EQ(body.front(), 2);
  EXPECT_EQ(body.back(), 0x0b);
  EXPECT_EQ(module().start, FunctionIndex(2));
}

TEST_F(SampleTest, TablesAndMemories) {
  ASSERT_EQ(module().tables.size(), 3u);
  EXPECT_TRUE(module().tables[1].type.limits.is64);
  EXPECT_EQ(module().tables[1].type.limits.minimum, 3u);
  EXPECT_EQ(module().tables[1].type.limits.maximum, 9u);
  EXPECT_FALSE(module().tables[1].initializer);
  ASSERT_TRUE(module().tables[2].initializer);
  EXPECT_EQ(module().tables[2].initializer->code.size(), 3u);
  ASSERT_EQ(module().memories.size(), 4u);
  EXPECT_TRUE(module().memories[1].type.limits.is64);
  EXPECT_TRUE(module().memories[2].type.limits.isShared);
  EXPECT_EQ(module().memories[2].type.pageSizeLog2, 16);
  EXPECT_EQ(module().memories[3].type.pageSizeLog2, 0);
}

TEST_F(SampleTest, GlobalsTagsAndExports) {
  ASSERT_EQ(module().globals.size(), 3u);
  EXPECT_TRUE(module().globals[2].type.isMutable);
  EXPECT_EQ(module().globals[2].initializer.code.size(), 6u);
  ASSERT_EQ(module().tags.size(), 2u);
  EXPECT_EQ(module().tags[1].type.type, TypeIndex(1));
  ASSERT_EQ(module().exports.size(), 2u);
  EXPECT_EQ(module().exports[0].name, "run");
  EXPECT_EQ(module().exports[1].kind, ExternalKind::Memory);
}

TEST_F(SampleTest, AllEightElementForms) {
  using enum SegmentMode;
  const SegmentMode modes[] = {Active, Passive, Active, Declarative,
                               Active, Passive, Active, Declarative};
  const char *types[] = {"(ref func)", "(ref func)",  "(ref func)",
                         "(ref func)", "funcref",     "externref",
                         "funcref",    "(ref null 1)"};
  ASSERT_EQ(module().elements.size(), 8u);
  for (unsigned form = 0; form < 8; ++form) {
    const ElementSegment &segment = module().elements[form];
    EXPECT_EQ(segment.mode, modes[form]) << form;
    EXPECT_EQ(module().types.toString(segment.type), types[form]) << form;
    EXPECT_EQ(segment.usesExpressions, form >= 4) << form;
    EXPECT_EQ(segment.itemCount(), form == 0 ? 2u : 1u) << form;
    EXPECT_EQ(segment.table.value, form == 2 || form == 6 ? 1u : 0u) << form;
    EXPECT_EQ(segment.offset.code.size(), modes[form] == Active ? 3u : 0u);
  }
  EXPECT_EQ(module().elements[1].functions[0], FunctionIndex(2));
  EXPECT_EQ(module().elements[5].expressions[0].code.size(), 3u);
}

TEST_F(SampleTest, DataSegments) {
  ASSERT_EQ(module().data.size(), 3u);
  EXPECT_EQ(module().dataCount, 3u);
  EXPECT_EQ(module().data[0].mode, SegmentMode::Active);
  EXPECT_EQ(text(module(), module().data[0].bytes), "active");
  EXPECT_EQ(module().data[1].mode, SegmentMode::Passive);
  EXPECT_EQ(text(module(), module().data[1].bytes), "passive");
  EXPECT_EQ(module().data[2].memory, MemoryIndex(1));
  EXPECT_EQ(text(module(), module().data[2].bytes), "explicit");
}

TEST_F(SampleTest, CustomSectionsAndNames) {
  ASSERT_EQ(module().customSections.size(), 2u);
  EXPECT_EQ(module().customSections[0].name, "first");
  EXPECT_EQ(module().customSections[0].payload.size(), 3u);
  EXPECT_EQ(module().name, "sample");
  EXPECT_EQ(module().functionName(FunctionIndex(0)), "imported");
  EXPECT_EQ(module().functionName(FunctionIndex(1)), "run");
  EXPECT_EQ(module().functionName(FunctionIndex(2)), "");
  EXPECT_EQ(module().functionName(FunctionIndex(99)), "");
  EXPECT_EQ(module().sections.size(), 15u);
}

TEST(Header, EmptyModuleIsAModule) { EXPECT_EQ(errorOf(header()), "ok"); }

TEST(Header, SaysWhatAForeignInputIs) {
  const auto complaint = [](std::string_view content) {
    return errorOf(Bytes(content.begin(), content.end()));
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(complaint(""), "unexpected end: the file is empty@0");
  EXPECT_EQ(complaint("\0as"sv), "unexpected end: a module begins with 8 bytes "
                                 "of header, but the file has 3@3");
  EXPECT_EQ(complaint("\0asm\1\0"sv),
            "unexpected end: a module begins with 8 bytes of header, but the "
            "file has 6@6");
  EXPECT_EQ(complaint("\x7f"
                      "ELF\2\1\1\0\0\0"sv),
            "magic header not detected: this is an ELF file@0");
  EXPECT_EQ(complaint("(module (func))"),
            "magic header not detected: this is text, not a binary module@0");
  EXPECT_EQ(complaint("  ;; a comment\n(module)"),
            "magic header not detected: this is text, not a binary module@0");
  EXPECT_EQ(complaint("#include <stdio.h>\nint main() {}\n"),
            "magic header not detected: this is text, not a binary module@0");
  EXPECT_EQ(complaint("!<arch>\nlib.o/  "),
            "magic header not detected: this is an archive of object files@0");
  EXPECT_EQ(complaint("\0ASM\1\0\0\0"sv),
            "magic header not detected: this is no WebAssembly module@0");
  EXPECT_EQ(complaint("\0asm\x0d\0\1\0"sv), "unknown binary version: this is a "
                                            "component, not a core module@4");
  EXPECT_EQ(complaint("\0asm\2\0\0\0"sv),
            "unknown binary version 2, where only 1 is known@4");
}

const Bytes VoidType = section(1, std::vector<Bytes>{{0x60, 0, 0}});
const Bytes OneFunction = section(3, std::vector<Bytes>{{0}});
const Bytes EmptyBody = section(10, std::vector<Bytes>{sized({0, 0x0b})});

struct MalformedCase {
  const char *what;
  std::vector<Bytes> sections;
  const char *error;
};

class MalformedTest : public testing::TestWithParam<MalformedCase> {};

TEST_P(MalformedTest, IsReportedWhereItIs) {
  EXPECT_EQ(errorOf(module(GetParam().sections)), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Sections, MalformedTest,
    testing::Values(
        MalformedCase{"UnknownId", {{14, 0}}, "malformed section id 14@8"},
        MalformedCase{"NoSize", {{1}}, "unexpected end@9"},
        MalformedCase{"SizeTooLong",
                      {{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0}},
                      "integer representation too long@9"},
        MalformedCase{"SizePastTheEnd",
                      {{1, 5, 0}},
                      "length out of bounds: type section of 5 bytes, where 1 "
                      "are left@9"},
        MalformedCase{"Repeated",
                      {VoidType, VoidType},
                      "unexpected content after last section: type section is "
                      "out of order@14"},
        MalformedCase{"OutOfOrder",
                      {section(3, Bytes{0}), VoidType},
                      "unexpected content after last section: type section is "
                      "out of order@11"},
        MalformedCase{"TagAfterGlobal",
                      {section(6, Bytes{0}), section(13, Bytes{0})},
                      "unexpected content after last section: tag section is "
                      "out of order@11"},
        MalformedCase{"DataCountAfterCode",
                      {section(10, Bytes{0}), section(12, Bytes{0})},
                      "unexpected content after last section: data count "
                      "section is out of order@11"},
        MalformedCase{"BytesLeft",
                      {section(1, Bytes{1, 0x60, 0, 0, 0})},
                      "section size mismatch (type section)@14"},
        MalformedCase{
            "CutOff",
            {section(1, Bytes{2, 0x60, 0, 0})},
            "unexpected end of section or function (type section)@14"},
        MalformedCase{"CustomWithoutName",
                      {section(0, Bytes{})},
                      "unexpected end of section or function (custom "
                      "section)@10"},
        MalformedCase{"CustomNameTooLong",
                      {section(0, Bytes{5, 'a'})},
                      "length out of bounds (custom section)@11"},
        MalformedCase{"CustomNameNotUtf8",
                      {section(0, Bytes{1, 0xff})},
                      "malformed UTF-8 encoding (custom section)@11"}),
    [](const auto &info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    Types, MalformedTest,
    testing::Values(
        MalformedCase{"UnknownForm",
                      {section(1, std::vector<Bytes>{{0x61, 0, 0}})},
                      "malformed definition type (type section)@11"},
        MalformedCase{"UnknownValueType",
                      {section(1, std::vector<Bytes>{{0x60, 1, 0x7a, 0}})},
                      "malformed value type (type section)@13"},
        MalformedCase{"ForwardReference",
                      {section(1, std::vector<Bytes>{{0x60, 1, 0x64, 1, 0},
                                                     {0x60, 0, 0}})},
                      "unknown type (type section)@13"},
        MalformedCase{"HugeIndex",
                      {section(1, std::vector<Bytes>{{0x60, 1, 0x64, 0xff, 0xff,
                                                      0xff, 0xff, 0x0f, 0}})},
                      "unknown type (type section)@14"},
        MalformedCase{
            "NegativeIndex",
            {section(1, std::vector<Bytes>{{0x60, 1, 0x64, 0x7f, 0}})},
            "malformed heap type (type section)@14"},
        MalformedCase{
            "ForwardSupertype",
            {section(1, std::vector<Bytes>{{0x50, 1, 0, 0x60, 0, 0}})},
            "unknown type (type section)@13"},
        MalformedCase{
            "TwoSupertypes",
            {section(1, std::vector<Bytes>{{0x60, 0, 0},
                                           {0x60, 0, 0},
                                           {0x50, 2, 0, 1, 0x60, 0, 0}})},
            "too many supertypes (type section)@18"},
        MalformedCase{"Mutability",
                      {section(1, std::vector<Bytes>{{0x5e, 0x7f, 2}})},
                      "malformed mutability (type section)@13"},
        MalformedCase{"TooManyTypes",
                      {section(1, leb(limits::Types + 1))},
                      "too many types (type section)@10"},
        MalformedCase{"GroupTooLarge",
                      {section(1, concat({{1, 0x4e}, leb(limits::Types + 1)}))},
                      "recursion group too large (type section)@12"},
        MalformedCase{
            "TooManyParameters",
            {section(1, concat({{1, 0x60}, leb(limits::Parameters + 1)}))},
            "too many parameters (type section)@12"},
        MalformedCase{
            "TooManyFields",
            {section(1, concat({{1, 0x5f}, leb(limits::StructFields + 1)}))},
            "too many struct fields (type section)@12"}),
    [](const auto &info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    Entities, MalformedTest,
    testing::Values(
        MalformedCase{"ImportKind",
                      {section(2, std::vector<Bytes>{{0, 0, 5, 0}})},
                      "malformed import kind (import section)@13"},
        MalformedCase{"ImportNameNotUtf8",
                      {section(2, std::vector<Bytes>{{1, 0x80, 0, 0, 0}})},
                      "malformed UTF-8 encoding (import section)@12"},
        MalformedCase{"ExportKind",
                      {section(7, std::vector<Bytes>{{0, 5, 0}})},
                      "malformed export kind (export section)@12"},
        MalformedCase{"TableType",
                      {section(4, std::vector<Bytes>{{0x7f, 0, 0}})},
                      "malformed reference type (table section)@11"},
        MalformedCase{"TableFlags",
                      {section(4, std::vector<Bytes>{{0x70, 2, 0}})},
                      "malformed limits flags (table section)@12"},
        MalformedCase{"TableInitializerPrefix",
                      {section(4, std::vector<Bytes>{{0x40, 1, 0x70, 0, 0}})},
                      "zero byte expected (table section)@12"},
        MalformedCase{"MemoryFlags",
                      {section(5, std::vector<Bytes>{{16, 0}})},
                      "malformed limits flags (memory section)@11"},
        MalformedCase{"MemoryFlagsInTwoBytes",
                      {section(5, std::vector<Bytes>{{0x81, 0, 0, 0}})},
                      "malformed limits flags (memory section)@11"},
        MalformedCase{"PageSize",
                      {section(5, std::vector<Bytes>{{8, 0, 64}})},
                      "invalid custom page size (memory section)@13"},
        MalformedCase{"TooManyMemories",
                      {section(5, leb(limits::Memories + 1))},
                      "too many memories (memory section)@10"},
        MalformedCase{"TagAttribute",
                      {section(13, std::vector<Bytes>{{1, 0}})},
                      "malformed tag attribute (tag section)@11"},
        MalformedCase{"GlobalMutability",
                      {section(6, std::vector<Bytes>{{0x7f, 2}})},
                      "malformed mutability (global section)@12"},
        MalformedCase{"GlobalWithoutEnd",
                      {section(6, std::vector<Bytes>{{0x7f, 0, 0x41, 0}})},
                      "unexpected end of section or function (global "
                      "section)@15"},
        MalformedCase{"GlobalWithIllegalOpcode",
                      {section(6, std::vector<Bytes>{{0x7f, 0, 0xf3, 0x0b}})},
                      "illegal opcode f3 (global section)@13"},
        MalformedCase{"ElementFlags",
                      {section(9, std::vector<Bytes>{{8}})},
                      "malformed elements segment kind (element section)@11"},
        MalformedCase{"ElementKind",
                      {section(9, std::vector<Bytes>{{1, 1, 0}})},
                      "malformed element kind (element section)@12"},
        MalformedCase{
            "TooManyItems",
            {section(9, concat({{1, 1, 0}, leb(limits::ElementItems + 1)}))},
            "too many elements in a segment (element section)@13"},
        MalformedCase{"DataKind",
                      {section(11, std::vector<Bytes>{{3}})},
                      "malformed data segment kind (data section)@11"},
        MalformedCase{"DataTooLong",
                      {section(11, std::vector<Bytes>{{1, 2, 'a'}})},
                      "unexpected end of section or function (data "
                      "section)@13"},
        MalformedCase{"TooManySegments",
                      {section(11, leb(limits::DataSegments + 1))},
                      "too many data segments (data section)@10"}),
    [](const auto &info) { return info.param.what; });

INSTANTIATE_TEST_SUITE_P(
    Counts, MalformedTest,
    testing::Values(
        MalformedCase{"NoCode",
                      {VoidType, OneFunction},
                      "function and code section have inconsistent lengths@18"},
        MalformedCase{"NoFunctions",
                      {VoidType, EmptyBody},
                      "function and code section have inconsistent lengths "
                      "(code section)@16"},
        MalformedCase{"TooManyBodies",
                      {VoidType, OneFunction, section(10, Bytes{2})},
                      "function and code section have inconsistent lengths "
                      "(code section)@20"},
        MalformedCase{"DataCountWithoutData",
                      {section(12, Bytes{1})},
                      "data count and data section have inconsistent "
                      "lengths@11"},
        MalformedCase{
            "DataCountTooSmall",
            {section(12, Bytes{0}), section(11, std::vector<Bytes>{{1, 0}})},
            "data count and data section have inconsistent lengths "
            "(data section)@13"},
        MalformedCase{"NoEnd",
                      {VoidType, OneFunction,
                       section(10, std::vector<Bytes>{sized({0, 1})})},
                      "END opcode expected (code section)@24"},
        MalformedCase{
            "EmptyBody",
            {VoidType, OneFunction, section(10, std::vector<Bytes>{sized({})})},
            "END opcode expected (code section)@22"},
        MalformedCase{
            "BodyTooLarge",
            {VoidType, OneFunction,
             section(10, concat({{1}, leb(limits::FunctionBytes + 1)}))},
            "function body too large (code section)@21"}),
    [](const auto &info) { return info.param.what; });

TEST(Decoder, NamesTheFunctionOfAnError) {
  const Decoded decoded(module(
      {VoidType, OneFunction, section(10, std::vector<Bytes>{sized({0, 1})})}));
  ASSERT_FALSE(decoded.module);
  EXPECT_EQ(decoded.diagnostics.all()[0].location.functionIndex, 0u);
}

TEST(Decoder, ALengthAloneCostsNoMemory) {
  // A million of each is within the limits; the bytes are not there.
  for (uint8_t id : {1, 2, 3, 6, 7, 9, 13})
    EXPECT_NE(errorOf(module({section(id, leb(1'000'000))})), "ok");
}

TEST(Decoder, LimitsTheDepthOfSubtyping) {
  const auto chain = [](uint32_t length) {
    std::vector<Bytes> types = {{0x50, 0, 0x60, 0, 0}};
    for (uint32_t i = 0; i < length; ++i)
      types.push_back(concat({{0x50, 1}, leb(i), {0x60, 0, 0}}));
    return module({section(1, types)});
  };
  EXPECT_EQ(errorOf(chain(limits::SubtypingDepth)), "ok");
  EXPECT_EQ(errorOf(chain(limits::SubtypingDepth + 1)),
            "subtyping too deep (type section)@395");
}

TEST(Decoder, LimitsCustomSections) {
  Bytes bytes = header();
  for (uint32_t i = 0; i < limits::CustomSections; ++i)
    append(bytes, {0, 1, 0});
  EXPECT_EQ(errorOf(bytes), "ok");
  append(bytes, {0, 1, 0});
  EXPECT_EQ(errorOf(bytes), "too many custom sections (custom section)@300010");
}

TEST(Decoder, ExpressionsEndAtTheirOwnEnd) {
  // A block is not constant, but the validator is to say so.
  const Decoded decoded(module({section(
      6, std::vector<Bytes>{{0x7f, 0, 0x02, 0x40, 0x0b, 0x41, 0, 0x0b}})}));
  ASSERT_EQ(decoded.error(), "ok");
  EXPECT_EQ(decoded.module->globals[0].initializer.code.size(), 6u);
}

Bytes withNames(const Bytes &content) {
  return module({VoidType, OneFunction, EmptyBody, custom("name", content)});
}

TEST(NameSection, MalformedPartsAreNoError) {
  const Bytes good = concat({{1}, sized(concat({{1, 0}, name("f")}))});
  for (const Bytes &tail :
       {Bytes{1}, Bytes{1, 99}, Bytes{1, 2, 5, 0}, Bytes{0, 0}}) {
    const Decoded decoded(withNames(concat({good, tail})));
    ASSERT_EQ(decoded.error(), "ok");
    EXPECT_EQ(decoded.module->functionName(FunctionIndex(0)), "f");
  }
}

TEST(NameSection, PassesOverNamesThatAreNotUtf8) {
  const Decoded decoded(withNames(concat(
      {{1},
       sized(concat({{3, 7}, name("far"), {0}, name("f"), {0, 1, 0xff}})),
       {0},
       sized({1, 0xff})})));
  ASSERT_EQ(decoded.error(), "ok");
  EXPECT_EQ(decoded.module->functionName(FunctionIndex(0)), "");
  EXPECT_EQ(decoded.module->name, "");
}

TEST(NameSection, MayComeFirst) {
  const Decoded decoded(
      module({custom("name", concat({{1}, sized(concat({{1, 0}, name("f")}))})),
              VoidType, OneFunction, EmptyBody}));
  ASSERT_EQ(decoded.error(), "ok");
  EXPECT_EQ(decoded.module->functionName(FunctionIndex(0)), "f");
}

} // namespace
