#include "translate/translate.h"

#include <gtest/gtest.h>

namespace wrought::translate {
namespace {

using wasm::I32, wasm::I64;

TEST(WasiImports, NamesTheRuntimesFunction) {
  const auto found = findWasiImport("wasi_snapshot_preview1", "fd_write",
                                    {{I32, I32, I32, I32}, {I32}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->symbol, "wrought_wasi_fd_write");
  EXPECT_TRUE(found->typeMatches);
  EXPECT_TRUE(found->takesPointers);
}

TEST(WasiImports, TellsWhatTakesNoPointers) {
  const auto found =
      findWasiImport("wasi_snapshot_preview1", "fd_close", {{I32}, {I32}});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->takesPointers);
}

TEST(WasiImports, TellsAWrongType) {
  const auto found =
      findWasiImport("wasi_snapshot_preview1", "proc_exit", {{I64}, {}});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->typeMatches);
  EXPECT_EQ(found->expectedType, "[i32] -> []");
}

TEST(WasiImports, GivesTheForerunnerItsOwnForms) {
  const wasm::FunctionType seek = {{I32, I64, I32, I32}, {I32}};
  const auto own = findWasiImport("wasi_unstable", "fd_seek", seek);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->symbol, "wrought_wasi_unstable_fd_seek");
  EXPECT_TRUE(own->typeMatches);
  const auto shared = findWasiImport("wasi_unstable", "fd_tell", {});
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->symbol, "wrought_wasi_fd_tell");
  EXPECT_FALSE(shared->typeMatches);
  EXPECT_FALSE(findWasiImport("wasi_unstable", "sock_accept", {}));
}

TEST(WasiImports, KnowsNoOtherModules) {
  EXPECT_FALSE(findWasiImport("env", "fd_write", {}));
  EXPECT_FALSE(findWasiImport("wasi_snapshot_preview1", "fd_fly", {}));
}

} // namespace
} // namespace wrought::translate
