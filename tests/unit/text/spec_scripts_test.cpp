//===- spec_scripts_test.cpp - All scripts of the spec suite parse --------===//
//
// The suite is data outside of the project: its place is the environment
// variable WROUGHT_SPEC_DIR, or else a folder beside the checkout. Without it
// these tests are skipped.
//
//===----------------------------------------------------------------------===//
#include "text/wast_script.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>

namespace wrought::text {
namespace {

std::vector<std::string> scriptsIn(const std::string &folder) {
  const char *directory = std::getenv("WROUGHT_SPEC_DIR");
  const std::string base = directory ? directory : WROUGHT_SPEC_DIR;
  std::vector<std::string> scripts;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator
           entry(base + "/" + folder, error),
       end;
       !error && entry != end; entry.increment(error))
    if (llvm::StringRef(entry->path()).ends_with(".wast"))
      scripts.push_back(entry->path());
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

struct Totals {
  std::map<Command::Kind, unsigned> commands;
  unsigned trapsOfModules = 0;
  unsigned malformedBinaries = 0, malformedTexts = 0, refusedTexts = 0;
  /// "script:line: error" of modules that should have been parsed.
  std::vector<std::string> refused;
  std::vector<std::string> accepted;
};

void countModule(const std::string &path, const Command &command,
                 Totals &totals) {
  const ScriptModule &module = *command.module;
  totals.trapsOfModules += command.kind == Command::Kind::AssertTrap;
  const std::string where = path + ":" + std::to_string(command.line) + ": ";
  if (command.kind != Command::Kind::AssertMalformed) {
    if (!module.binary)
      totals.refused.push_back(where + module.textError);
  } else if (module.form == ModuleForm::Binary) {
    ++totals.malformedBinaries;
  } else {
    ++totals.malformedTexts;
    totals.refusedTexts += !module.binary;
    if (module.binary)
      totals.accepted.push_back(where + command.message);
  }
}

void countScript(const std::string &path, Totals &totals) {
  auto file = llvm::MemoryBuffer::getFile(path);
  ASSERT_TRUE(file) << path;
  const llvm::StringRef text = (*file)->getBuffer();
  Diagnostics diagnostics;
  auto commands = parseScript(text, path, diagnostics);
  ASSERT_TRUE(commands) << path << ": "
                        << (diagnostics.all().empty()
                                ? ""
                                : diagnostics.all().front().message);
  for (const Command &command : *commands) {
    ++totals.commands[command.kind];
    if (command.module)
      countModule(path, command, totals);
  }
}

Totals countAll(const std::vector<std::string> &scripts) {
  Totals totals;
  for (const std::string &path : scripts)
    countScript(path, totals);
  return totals;
}

TEST(SpecScripts, CoreParsesCompletely) {
  const auto scripts = scriptsIn("core");
  if (scripts.empty())
    GTEST_SKIP() << "no spec suite: set WROUGHT_SPEC_DIR";
  using Kind = Command::Kind;
  Totals totals = countAll(scripts);
  EXPECT_EQ(totals.refused, std::vector<std::string>());
  EXPECT_EQ(totals.accepted, std::vector<std::string>());
  EXPECT_EQ(scripts.size(), 258u);
  EXPECT_EQ(totals.commands[Kind::AssertReturn], 52718u);
  EXPECT_EQ(totals.commands[Kind::AssertTrap], 4930u + 54u);
  EXPECT_EQ(totals.trapsOfModules, 54u);
  EXPECT_EQ(totals.commands[Kind::AssertInvalid], 2723u);
  EXPECT_EQ(totals.malformedBinaries, 711u);
  EXPECT_EQ(totals.malformedTexts, 1229u);
  EXPECT_EQ(totals.refusedTexts, 1229u);
  EXPECT_EQ(totals.commands[Kind::AssertUnlinkable], 200u);
  EXPECT_EQ(totals.commands[Kind::AssertExhaustion], 15u);
  EXPECT_EQ(totals.commands[Kind::AssertException], 18u);
  EXPECT_EQ(totals.commands[Kind::Register], 80u);
  EXPECT_EQ(totals.commands[Kind::Invoke], 357u);
}

TEST(SpecScripts, AnnotationsMeanWhatTheySay) {
  const auto scripts = scriptsIn("custom");
  if (scripts.empty())
    GTEST_SKIP() << "no spec suite: set WROUGHT_SPEC_DIR";
  const Totals totals = countAll(scripts);
  EXPECT_EQ(totals.refusedTexts, totals.malformedTexts);
  // The one that is said to be invalid.
  ASSERT_EQ(totals.refused.size(), 1u);
  EXPECT_NE(totals.refused[0].find("invalid target"), std::string::npos);
}

TEST(SpecScripts, ProposalsParse) {
  for (const char *folder : {"proposals/threads", "proposals/custom-page-sizes",
                             "proposals/wide-arithmetic"}) {
    const auto scripts = scriptsIn(folder);
    if (scripts.empty())
      GTEST_SKIP() << "no spec suite: set WROUGHT_SPEC_DIR";
    EXPECT_EQ(countAll(scripts).refused, std::vector<std::string>()) << folder;
  }
}

TEST(SpecScripts, LegacyModulesAreRefusedOneByOne) {
  const auto scripts = scriptsIn("legacy");
  if (scripts.empty())
    GTEST_SKIP() << "no spec suite: set WROUGHT_SPEC_DIR";
  const Totals totals = countAll(scripts);
  EXPECT_FALSE(totals.refused.empty());
  for (const std::string &error : totals.refused)
    EXPECT_NE(error.find("unknown operator"), std::string::npos) << error;
}

} // namespace
} // namespace wrought::text
