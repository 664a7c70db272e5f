#include "decode/operator_reader.h"

#include "module_bytes.h"
#include "wasm/limits.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::test;
using namespace wrought::wasm;
using decode::OperatorReader;

namespace {

/// Reads one instruction that must use up all of `code`.
Instruction readOne(const Bytes &code) {
  Module module;
  module.bytes = code;
  OperatorReader reader(module, {0, code.size()});
  Instruction instruction;
  EXPECT_TRUE(reader.next(instruction));
  EXPECT_TRUE(reader.reader().ok()) << reader.reader().message();
  EXPECT_EQ(reader.byteOffset(), code.size());
  EXPECT_FALSE(reader.next(instruction));
  EXPECT_TRUE(reader.reader().ok());
  return instruction;
}

/// "message@offset" for an instruction that is malformed.
std::string errorOf(const Bytes &code) {
  Module module;
  module.bytes = code;
  OperatorReader reader(module, {0, code.size()});
  Instruction instruction;
  EXPECT_FALSE(reader.next(instruction));
  if (reader.reader().ok())
    return "ok";
  return std::string(reader.reader().message()) + "@" +
         std::to_string(reader.reader().errorOffset());
}

Bytes opcodeBytes(Opcode opcode) {
  const uint8_t prefix = opcodePrefix(opcode);
  if (prefix == 0)
    return {static_cast<uint8_t>(opcodeCode(opcode))};
  return concat({{prefix}, leb(opcodeCode(opcode))});
}

TEST(OperatorReader, ReadsEveryOpcodeOfTheTable) {
  for (size_t i = 0; i < OpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    // Zeros are well-formed immediates of every kind.
    Bytes code = opcodeBytes(opcode);
    append(code, Bytes(32, 0));
    Module module;
    module.bytes = code;
    OperatorReader reader(module, {0, code.size()});
    Instruction instruction;
    ASSERT_TRUE(reader.next(instruction)) << opcodeText(opcode);
    EXPECT_EQ(instruction.opcode, opcode) << opcodeText(opcode);
    if (immediateKind(opcode) == ImmediateKind::None)
      EXPECT_EQ(reader.byteOffset(), opcodeBytes(opcode).size());
    else
      EXPECT_GT(reader.byteOffset(), opcodeBytes(opcode).size());
  }
}

TEST(OperatorReader, RefusesEveryOtherByte) {
  for (unsigned byte = 0; byte < 0xfb; ++byte)
    if (!opcodeFromBinary(0, byte))
      EXPECT_TRUE(errorOf({static_cast<uint8_t>(byte), 0})
                      .starts_with("illegal opcode"))
          << byte;
  EXPECT_EQ(errorOf({0xff}), "illegal opcode ff@0");
  EXPECT_EQ(errorOf({0xfc, 0x12}), "illegal opcode fc@0");
  EXPECT_EQ(errorOf({0xfd, 0xff, 0xff, 0xff, 0xff, 0x0f}),
            "illegal opcode fd@0");
  EXPECT_EQ(errorOf({0x06, 0x40}),
            "illegal opcode: legacy exception handling is not part of "
            "WebAssembly 3.0@0");
}

TEST(OperatorReader, Indices) {
  EXPECT_EQ(readOne({0x20, 0x85, 0x01}).index, 133u);
  EXPECT_EQ(readOne({0x10, 0xff, 0xff, 0xff, 0xff, 0x0f}).index, UINT32_MAX);
  const Instruction indirect = readOne({0x11, 3, 4});
  EXPECT_EQ(indirect.index, 3u);
  EXPECT_EQ(indirect.index2, 4u);
  const Instruction field = readOne({0xfb, 2, 7, 9});
  EXPECT_EQ(field.opcode, Opcode::StructGet);
  EXPECT_EQ(field.index, 7u);
  EXPECT_EQ(field.index2, 9u);
}

TEST(OperatorReader, Constants) {
  EXPECT_EQ(readOne({0x41, 0x7f}).i32, -1);
  EXPECT_EQ(readOne({0x41, 0x80, 0x80, 0x80, 0x80, 0x78}).i32, INT32_MIN);
  EXPECT_EQ(readOne({0x42, 0x40}).i64, -64);
  EXPECT_EQ(readOne({0x42, 0xff, 0xff, 0xff, 0xff, 0x0f}).i64, 0xffffffff);
  EXPECT_EQ(readOne({0x43, 0, 0, 0xa0, 0x7f}).f32Bits, 0x7fa00000u);
  EXPECT_EQ(readOne({0x44, 1, 0, 0, 0, 0, 0, 0xf0, 0x3f}).f64Bits,
            0x3ff0000000000001u);
  Bytes vector = {0xfd, 0x0c};
  for (uint8_t i = 0; i < 16; ++i)
    vector.push_back(i);
  EXPECT_EQ(readOne(vector).bytes[15], 15);
}

TEST(OperatorReader, MemoryArguments) {
  const Instruction plain = readOne({0x28, 2, 0x80, 0x01});
  EXPECT_EQ(plain.memory.alignLog2, 2u);
  EXPECT_EQ(plain.memory.memory, MemoryIndex(0));
  EXPECT_EQ(plain.memory.offset, 128u);
  const Instruction other = readOne({0x36, 0x42, 5, 8});
  EXPECT_EQ(other.memory.alignLog2, 2u);
  EXPECT_EQ(other.memory.memory, MemoryIndex(5));
  EXPECT_EQ(other.memory.offset, 8u);
  const Instruction far = readOne(
      {0x28, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1});
  EXPECT_EQ(far.memory.offset, UINT64_MAX);
  const Instruction lane = readOne({0xfd, 0x54, 0, 4, 15});
  EXPECT_EQ(lane.opcode, Opcode::V128Load8Lane);
  EXPECT_EQ(lane.memory.offset, 4u);
  EXPECT_EQ(lane.lane, 15);
  EXPECT_EQ(errorOf({0x28, 0x80, 0x01, 0}), "malformed memop flags@1");
  EXPECT_EQ(errorOf({0xfe, 0x03, 1}), "zero byte expected@2");
}

TEST(OperatorReader, BlockTypes) {
  using Kind = BlockType::Kind;
  EXPECT_EQ(readOne({0x02, 0x40}).block.kind, Kind::Empty);
  const Instruction value = readOne({0x03, 0x7b});
  EXPECT_EQ(value.block.kind, Kind::Value);
  EXPECT_EQ(value.block.value, V128);
  const Instruction reference = readOne({0x04, 0x63, 0x05});
  EXPECT_EQ(reference.block.value, ValueType::reference(TypeIndex(5), true));
  const Instruction type = readOne({0x02, 0xc0, 0x00});
  EXPECT_EQ(type.block.kind, Kind::Type);
  EXPECT_EQ(type.block.type, TypeIndex(64));
  EXPECT_EQ(readOne({0x02, 0xff, 0xff, 0xff, 0xff, 0x0f}).block.type,
            TypeIndex(UINT32_MAX));
  EXPECT_EQ(errorOf({0x02, 0x41}), "malformed value type@1");
  EXPECT_EQ(errorOf({0x02, 0xc0, 0x7f}), "malformed block type@1");
  EXPECT_EQ(errorOf({0x02}), "unexpected end@1");
}

TEST(OperatorReader, Lists) {
  EXPECT_EQ(readOne({0x0e, 2, 7, 8, 9}).labels,
            (std::vector<uint32_t>{7, 8, 9}));
  EXPECT_EQ(readOne({0x1c, 1, 0x6f}).types,
            std::vector<ValueType>{ValueType::externRef()});
  const Instruction tryTable =
      readOne({0x1f, 0x40, 4, 0, 1, 2, 1, 3, 4, 2, 5, 3, 6});
  ASSERT_EQ(tryTable.catches.size(), 4u);
  EXPECT_EQ(tryTable.catches[1].kind, CatchKind::CatchRef);
  EXPECT_EQ(tryTable.catches[1].tag, TagIndex(3));
  EXPECT_EQ(tryTable.catches[1].label, 4u);
  EXPECT_EQ(tryTable.catches[3].kind, CatchKind::CatchAllRef);
  EXPECT_EQ(tryTable.catches[3].label, 6u);
  EXPECT_EQ(errorOf({0x1f, 0x40, 1, 4, 0}), "malformed catch clause@3");
  EXPECT_EQ(errorOf(concat({{0x0e}, leb(limits::BranchTableTargets + 1)})),
            "too many br_table targets@1");
  EXPECT_EQ(errorOf({0x0e, 0xc0, 0x84, 0x3d, 0}), "unexpected end@5");
}

TEST(OperatorReader, References) {
  EXPECT_EQ(readOne({0xd0, 0x70}).heap, HeapType(AbstractHeap::Func));
  EXPECT_EQ(readOne({0xd0, 0x05}).heap, HeapType(TypeIndex(5)));
  EXPECT_EQ(errorOf({0xd0, 0x7f}), "malformed heap type@1");
  // In two bytes even an abstract type's number is no heap type.
  EXPECT_EQ(errorOf({0xd0, 0xf0, 0x7f}), "malformed heap type@1");
  const Instruction cast = readOne({0xfb, 0x18, 2, 1, 0x6e, 0x05});
  EXPECT_EQ(cast.index, 1u);
  EXPECT_EQ(cast.castFrom, ValueType::reference(AbstractHeap::Any, false));
  EXPECT_EQ(cast.castTo, ValueType::reference(TypeIndex(5), true));
  EXPECT_EQ(errorOf({0xfb, 0x18, 4, 0, 0x6e, 0x6e}), "malformed cast flags@2");
}

TEST(OperatorReader, StaleImmediatesOfTheLastInstructionDoNotGrow) {
  const Bytes code = {0x0e, 1, 4, 5, 0x0e, 0, 6, 0x0b};
  Module module;
  module.bytes = code;
  OperatorReader reader(module, {0, code.size()});
  Instruction instruction;
  ASSERT_TRUE(reader.next(instruction));
  ASSERT_TRUE(reader.next(instruction));
  EXPECT_EQ(instruction.byteOffset, 4u);
  EXPECT_EQ(instruction.labels, std::vector<uint32_t>{6});
  ASSERT_TRUE(reader.next(instruction));
  EXPECT_EQ(instruction.opcode, Opcode::End);
}

std::string localsError(const Bytes &code) {
  Module module;
  module.bytes = code;
  OperatorReader reader(module, {0, code.size()});
  std::vector<decode::LocalRun> runs;
  if (reader.readLocals(runs))
    return "ok";
  return std::string(reader.reader().message()) + "@" +
         std::to_string(reader.reader().errorOffset());
}

TEST(OperatorReader, Locals) {
  const Bytes code = {2, 3, 0x7f, 1, 0x64, 0x70};
  Module module;
  module.bytes = code;
  OperatorReader reader(module, {0, code.size()});
  std::vector<decode::LocalRun> runs;
  ASSERT_TRUE(reader.readLocals(runs));
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].count, 3u);
  EXPECT_EQ(runs[0].type, I32);
  EXPECT_EQ(runs[1].type, ValueType::reference(AbstractHeap::Func, false));

  EXPECT_EQ(localsError(concat({{1}, leb(limits::Locals), {0x7f}})), "ok");
  EXPECT_EQ(localsError(concat({{1}, leb(limits::Locals + 1), {0x7f}})),
            "too many locals@1");
  EXPECT_EQ(localsError({2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 2, 0x7e}),
            "too many locals@1");
  EXPECT_EQ(localsError({0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x7f}),
            "unexpected end@7");
}

} // namespace
