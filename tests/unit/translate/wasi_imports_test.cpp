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

TEST(WasiImports, KnowsNoOtherModules) {
  EXPECT_FALSE(findWasiImport("env", "fd_write", {}));
  EXPECT_FALSE(findWasiImport("wasi_unstable", "fd_seek", {}));
  EXPECT_FALSE(findWasiImport("wasi_snapshot_preview1", "fd_fly", {}));
}

} // namespace
} // namespace wrought::translate
