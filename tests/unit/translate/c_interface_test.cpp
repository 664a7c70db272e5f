#include "translate/c_interface.h"

#include "decode/module_decoder.h"
#include "text/wat_parser.h"

#include <gtest/gtest.h>

namespace wrought {
namespace {

struct Described {
  explicit Described(std::string_view wat) {
    binary = text::parseWat(wat, "m.wat", diagnostics);
    module = decode::decodeModule(binary->bytes, "m.wat", diagnostics);
    interface = translate::describeCInterface(*module, "m", diagnostics);
  }
  Diagnostics diagnostics;
  std::optional<text::BinaryModule> binary;
  std::optional<wasm::Module> module;
  std::optional<translate::CInterface> interface;
};

TEST(CInterface, NamesAreIdentifiersAndDiffer) {
  Described m(R"((module (memory (export "mem") 1)
    (func (export "a.b")) (func (export "a-b")) (func (export "free"))
    (func (export "mem_size")) (func (export "1")) (func (export "int"))
    (func (export ""))))");
  ASSERT_TRUE(m.interface);
  std::vector<std::string> names;
  for (const translate::CExport &entry : m.interface->exports)
    names.push_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string>{"mem", "a_b", "a_b_", "free_",
                                             "mem_size_", "_1", "int_", "_"}));
}

TEST(CInterface, ImportsAreGroupedAndShareSlots) {
  Described m(R"((module
    (import "env" "f" (func)) (import "other" "f" (func (param i32)))
    (import "env" "g" (func)) (import "env" "f" (func))
    (import "env" "f" (func (param i64)))))");
  ASSERT_TRUE(m.interface);
  ASSERT_EQ(m.interface->imports.size(), 2u);
  EXPECT_EQ(m.interface->imports[0].items.size(), 3u);
  EXPECT_EQ(m.interface->imports[0].items[2].field, "f_");
  std::vector<std::pair<uint64_t, uint64_t>> slots;
  for (const auto &slot : m.interface->importSlots)
    slots.push_back({slot.pointer, slot.userData});
  EXPECT_EQ(slots, (std::vector<std::pair<uint64_t, uint64_t>>{
                       {0, 3}, {4, 5}, {1, 3}, {0, 3}, {2, 3}}));
}

TEST(CInterface, FunctionsOfWasiAreReadyMade) {
  Described m(R"((module
    (import "env" "f" (func))
    (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "no_such" (func))
    (import "wasi_unstable" "fd_seek"
      (func (param i32 i64 i32 i32) (result i32)))
    (import "wasi_config" "fd_close" (func (param i32) (result i32)))
    (memory 1) (memory (export "memory") 1)))");
  ASSERT_TRUE(m.interface);
  std::vector<std::string> symbols;
  for (const auto &slot : m.interface->importSlots)
    symbols.push_back(slot.readyMade);
  EXPECT_EQ(symbols,
            (std::vector<std::string>{"", "wrought_wasi_fd_close", "",
                                      "wrought_wasi_unstable_fd_seek", ""}));
  ASSERT_TRUE(m.interface->wasi);
  // Four groups, each with its user data.
  EXPECT_EQ(m.interface->wasi->pointer, 9u);
  EXPECT_EQ(m.interface->wasi->field, "wasi_config");
  EXPECT_EQ(m.interface->imports[3].field, "wasi_config_");
  EXPECT_EQ(m.interface->wasi->memory, wasm::MemoryIndex(1));
}

TEST(CInterface, WithoutWasiNothingIsReadyMade) {
  Described m(R"((module (import "wasi_snapshot_preview1" "no_such" (func))
    (import "wasi" "thread-spawn" (func (param i32) (result i32)))))");
  ASSERT_TRUE(m.interface);
  EXPECT_FALSE(m.interface->wasi);
}

TEST(CInterface, WasiHasTypesAnd32BitPointers) {
  Described m(R"((module
    (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))
    (import "wasi_snapshot_preview1" "random_get"
      (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    (memory (export "memory") i64 1)))");
  EXPECT_FALSE(m.interface);
  EXPECT_EQ(m.diagnostics.errorCount(), 2u);
}

TEST(CInterface, SaysAllThatCannotBeBound) {
  Described m(R"((module (import "env" "t" (table 1 (ref null extern)))
    (import "env" "g" (global (ref extern)))
    (import "env" "f" (table 1 funcref))
    (import "env" "vector" (func (result v128)))
    (import "env" "memory" (memory 1))
    (import "env" "two" (func (result i32 i32)))
    (import "env" "fine" (func (param f64) (result f32)))))");
  EXPECT_FALSE(m.interface);
  EXPECT_EQ(m.diagnostics.errorCount(), 2u);
}

TEST(CInterface, ReferencesToObjectsStayInside) {
  Described m(R"((module (type $s (struct)) (type $f (func (param anyref)))
    (import "env" "take" (func (type $f)))
    (global (export "g") (ref null $s) (ref.null $s))
    (table (export "t") 1 i31ref)
    (func (export "make") (result i32 (ref $s)) (unreachable))
    (func (export "opaque") (param externref funcref (ref null $f)))
    (func (param eqref))))");
  EXPECT_FALSE(m.interface);
  EXPECT_EQ(m.diagnostics.errorCount(), 4u);
}

} // namespace
} // namespace wrought
