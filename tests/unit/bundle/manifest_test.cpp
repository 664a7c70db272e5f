#include "bundle/manifest.h"

#include <gtest/gtest.h>

using namespace wrought::bundle;

static Part part(const char *path) {
  return {path, PartKind::File, "", 1, std::string(64, 'a')};
}

static Manifest manifest(std::vector<Part> parts) {
  Manifest manifest;
  manifest.fields = llvm::json::Object{{"name", "app"}};
  manifest.parts = std::move(parts);
  return manifest;
}

TEST(Manifest, ComesBackAsItWasWritten) {
  Part program = part("bin/riscv64/app");
  program.kind = PartKind::Executable;
  program.target = "riscv64";
  std::string message;
  const auto text =
      writeManifest(manifest({program, part("files/ä")}), message);
  ASSERT_TRUE(text) << message;
  const auto read = parseManifest(*text, message);
  ASSERT_TRUE(read) << message;
  EXPECT_EQ(read->fields.getString("name"), "app");
  ASSERT_EQ(read->parts.size(), 2u);
  EXPECT_EQ(read->parts[0].path, "bin/riscv64/app");
  EXPECT_EQ(read->parts[0].kind, PartKind::Executable);
  EXPECT_EQ(read->parts[0].target, "riscv64");
  EXPECT_EQ(read->parts[1].byteLength, 1u);
}

TEST(Manifest, HasOneFormOnly) {
  std::string message;
  const auto text = writeManifest(manifest({}), message);
  ASSERT_TRUE(text);
  for (const std::string &other :
       {" " + *text, *text + "\n", text->substr(0, text->size() - 1),
        "{\"name\": 1," + text->substr(1)}) {
    EXPECT_FALSE(parseManifest(other, message)) << other;
    EXPECT_FALSE(message.empty());
  }
}

TEST(Manifest, IsNotWrittenWithWhatItWouldNotRead) {
  std::string message;
  EXPECT_FALSE(writeManifest(manifest({part("b"), part("a")}), message));
  EXPECT_FALSE(writeManifest(manifest({part("a"), part("a")}), message));
  EXPECT_FALSE(writeManifest(manifest({part("a"), part("a/b")}), message));
  EXPECT_FALSE(writeManifest(manifest({part("../a")}), message));
}

TEST(Manifest, IsReadWithinBoundedDepth) {
  std::string message;
  EXPECT_FALSE(parseManifest(std::string(10'000'000, '['), message));
  EXPECT_EQ(message, "values nested too deeply");
  // Brackets in strings are none.
  EXPECT_FALSE(parseManifest("\"\\\"" + std::string(100, '[') + "\"", message));
  EXPECT_EQ(message, "not in canonical form");
}

TEST(PartPath, StaysBelowTheFolder) {
  for (const char *path : {"a", "a/b", "..a", "a..", "...", "files/ä b"})
    EXPECT_EQ(pathProblem(path), "") << path;
  for (const char *path : {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b",
                           "a/./b", "a\\b", "a\nb", "\xff", "manifest.json"})
    EXPECT_NE(pathProblem(path), "") << path;
  EXPECT_EQ(pathProblem(std::string(100, 'x')), "");
  EXPECT_NE(pathProblem(std::string(101, 'x')), "");
}
