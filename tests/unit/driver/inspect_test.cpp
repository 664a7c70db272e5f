#include "driver/inspect.h"
#include "temporary_folder.h"

#include "llvm/Support/JSON.h"

using namespace wrought;
using namespace wrought::driver;

namespace {

class Inspect : public testing::Test {
protected:
  std::string describe(const std::string &path, bool asJson) {
    std::string text;
    llvm::raw_string_ostream out(text);
    isDone_ = inspect(path, {}, asJson, out, diagnostics_);
    return text;
  }

  test::TemporaryFolder folder_;
  Diagnostics diagnostics_;
  bool isDone_ = false;
};

constexpr llvm::StringLiteral Wat = R"((module $example
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 3)
  (data (i32.const 0) "hello")
  (func (export "add") (param i32 i32) (result i32)
    local.get 0 local.get 1 i32.add)))";

} // namespace

TEST_F(Inspect, GivesAModuleAsJson) {
  auto parsed = llvm::json::parse(describe(folder_.write("m.wat", Wat), true));
  ASSERT_TRUE(isDone_ && parsed);
  const llvm::json::Object &module = *parsed->getAsObject();
  EXPECT_EQ(module.getString("kind"), "module");
  EXPECT_EQ(module.getString("name"), "example");
  const auto &import = *module.getArray("imports")->front().getAsObject();
  EXPECT_EQ(import.getString("module"), "env");
  EXPECT_EQ(import.getString("type"), "function [i32] -> []");
  const auto &exports = *module.getArray("exports");
  ASSERT_EQ(exports.size(), 2u);
  EXPECT_EQ(exports[1].getAsObject()->getString("type"),
            "function [i32 i32] -> [i32]");
  const auto &sizes = *module.getObject("sizes");
  EXPECT_EQ(sizes.getInteger("functions"), 1);
  EXPECT_EQ(sizes.getInteger("dataBytes"), 5);
  const auto &memory = *module.getArray("memories")->front().getAsObject();
  EXPECT_EQ(memory.getString("type"), "1 3");
  EXPECT_EQ(memory.getString("indexType"), "i32");
  EXPECT_EQ(memory.getInteger("pageByteLength"), 65536);
}

TEST_F(Inspect, GivesAModuleAsText) {
  const std::string text = describe(folder_.write("m.wat", Wat), false);
  EXPECT_TRUE(isDone_);
  EXPECT_NE(text.find("imports:\n  module env, name log, "
                      "type function [i32] -> []\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  dataBytes: 5\n"), std::string::npos) << text;
}

TEST_F(Inspect, ShowsIndexTypesAndPageSizes) {
  const std::string text = describe(
      folder_.write("m.wat", "(module (memory i64 1 3)"
                             "(memory (export \"small\") 100 (pagesize 1)))"),
      false);
  EXPECT_TRUE(isDone_);
  for (const char *line :
       {"  type i64 1 3, indexType i64, pageByteLength 65536\n",
        "  type 100 (pagesize 1), indexType i32, pageByteLength 1\n",
        "  name small, type memory 100 (pagesize 1)\n"})
    EXPECT_NE(text.find(line), std::string::npos) << text;
}

TEST_F(Inspect, ReportsAnInvalidModule) {
  EXPECT_EQ(describe(folder_.write("m.wat", "(module (func i32.add))"), true),
            "");
  EXPECT_FALSE(isDone_);
  EXPECT_TRUE(diagnostics_.hasErrors());
}

TEST_F(Inspect, DoesNotTakeForeignElfFiles) {
  describe("/proc/self/exe", false);
  EXPECT_FALSE(isDone_);
  ASSERT_EQ(diagnostics_.errorCount(), 1u);
  EXPECT_EQ(diagnostics_.all()[0].message,
            "an ELF file that wrought did not make: it has no section "
            ".wrought.info");
}
