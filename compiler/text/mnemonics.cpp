#include "text/mnemonics.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

namespace wrought::text {

using wasm::Opcode;

static llvm::StringMap<Opcode> makeOpcodeMap() {
  llvm::StringMap<Opcode> map;
  for (size_t i = 0; i < wasm::OpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    map.try_emplace(wasm::opcodeText(opcode), opcode);
  }
  return map;
}

std::optional<Opcode> opcodeByText(llvm::StringRef text) {
  static const llvm::StringMap<Opcode> map = makeOpcodeMap();
  auto found = map.find(text);
  if (found == map.end())
    return std::nullopt;
  return found->second;
}

bool isKnownKeyword(llvm::StringRef text) {
  static const llvm::StringSet<> structural = {
      "module",   "type",       "rec",       "sub",           "final",
      "func",     "struct",     "array",     "field",         "param",
      "result",   "local",      "mut",       "ref",           "null",
      "i8",       "i16",        "table",     "memory",        "global",
      "tag",      "import",     "export",    "start",         "elem",
      "data",     "offset",     "item",      "declare",       "then",
      "catch",    "catch_ref",  "catch_all", "catch_all_ref", "shared",
      "pagesize", "definition", "instance",  "binary",        "quote",
      "inf",      "nan"};
  return structural.contains(text) || opcodeByText(text) ||
         valueTypeByte(text) || abstractHeapByte(text) || laneShape(text) ||
         text.starts_with("offset=") || text.starts_with("align=") ||
         text.starts_with("nan:0x") || text == "nan:canonical" ||
         text == "nan:arithmetic";
}

std::optional<uint8_t> valueTypeByte(llvm::StringRef text) {
  return llvm::StringSwitch<std::optional<uint8_t>>(text)
      .Case("i32", 0x7f)
      .Case("i64", 0x7e)
      .Case("f32", 0x7d)
      .Case("f64", 0x7c)
      .Case("v128", 0x7b)
      .Case("funcref", 0x70)
      .Case("externref", 0x6f)
      .Case("anyref", 0x6e)
      .Case("eqref", 0x6d)
      .Case("i31ref", 0x6c)
      .Case("structref", 0x6b)
      .Case("arrayref", 0x6a)
      .Case("exnref", 0x69)
      .Case("nullref", 0x71)
      .Case("nullexternref", 0x72)
      .Case("nullfuncref", 0x73)
      .Case("nullexnref", 0x74)
      .Default(std::nullopt);
}

std::optional<uint8_t> abstractHeapByte(llvm::StringRef text) {
  return llvm::StringSwitch<std::optional<uint8_t>>(text)
      .Case("func", 0x70)
      .Case("extern", 0x6f)
      .Case("any", 0x6e)
      .Case("eq", 0x6d)
      .Case("i31", 0x6c)
      .Case("struct", 0x6b)
      .Case("array", 0x6a)
      .Case("exn", 0x69)
      .Case("none", 0x71)
      .Case("noextern", 0x72)
      .Case("nofunc", 0x73)
      .Case("noexn", 0x74)
      .Default(std::nullopt);
}

std::optional<LaneShape> laneShape(llvm::StringRef text) {
  return llvm::StringSwitch<std::optional<LaneShape>>(text)
      .Case("i8x16", LaneShape{16, 8, false})
      .Case("i16x8", LaneShape{8, 16, false})
      .Case("i32x4", LaneShape{4, 32, false})
      .Case("i64x2", LaneShape{2, 64, false})
      .Case("f32x4", LaneShape{4, 32, true})
      .Case("f64x2", LaneShape{2, 64, true})
      .Default(std::nullopt);
}

} // namespace wrought::text
