//===- spec_modules_test.cpp - Every module of the spec suite -------------===//
//
// What the scripts call invalid or malformed is refused, everything else is
// valid. The suite is data outside of the project (WROUGHT_SPEC_TESTSUITE, an
// environment variable too); without it the test is skipped.
//
//===----------------------------------------------------------------------===//
#include "decode/module_decoder.h"
#include "text/wast_script.h"
#include "validate/module_validator.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace wrought::validate {
namespace {

std::string suiteDirectory() {
  const char *fromEnvironment = std::getenv("WROUGHT_SPEC_TESTSUITE");
  return fromEnvironment ? fromEnvironment : WROUGHT_SPEC_TESTSUITE;
}

std::vector<std::string> scriptsBelow(const std::string &directory) {
  std::vector<std::string> scripts;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator entry(directory, error), end;
       entry != end && !error; entry.increment(error))
    if (llvm::StringRef(entry->path()).ends_with(".wast"))
      scripts.push_back(entry->path());
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

struct Counts {
  unsigned valid = 0, invalid = 0, malformed = 0, unexpected = 0;
};

/// Empty when valid.
std::string errorOf(const std::vector<uint8_t> &bytes, llvm::StringRef name) {
  Diagnostics diagnostics;
  auto module = decode::decodeModule(bytes, name, diagnostics);
  if (module && validateModule(std::move(*module), {}, diagnostics))
    return "";
  return diagnostics.all().empty() ? "no message"
                                   : diagnostics.all().front().message;
}

/// The threads proposal was written when a module could have one memory and one
/// table.
bool isSuperseded(const text::Command &command) {
  return command.message == "multiple memories" ||
         command.message == "multiple tables";
}

void checkCommand(const text::Command &command, const std::string &script,
                  Counts &counts) {
  if (!command.module || isSuperseded(command))
    return;
  const text::ScriptModule &module = *command.module;
  const std::string error =
      module.binary ? errorOf(module.binary->bytes, script) : module.textError;
  using Kind = text::Command::Kind;
  const bool mustFail = command.kind == Kind::AssertInvalid ||
                        command.kind == Kind::AssertMalformed;
  unsigned &count = command.kind == Kind::AssertInvalid     ? counts.invalid
                    : command.kind == Kind::AssertMalformed ? counts.malformed
                                                            : counts.valid;
  ++count;
  if (mustFail == !error.empty())
    return;
  ++counts.unexpected;
  ADD_FAILURE() << script << ":" << command.line << ": "
                << (mustFail ? "accepted, expected " + command.message
                             : "refused: " + error);
}

void checkScripts(const std::string &folder, Counts &counts) {
  const std::string directory = suiteDirectory() + "/" + folder;
  const std::vector<std::string> scripts = scriptsBelow(directory);
  if (scripts.empty())
    GTEST_SKIP() << "no scripts below " << directory;
  for (const std::string &script : scripts) {
    auto file = llvm::MemoryBuffer::getFile(script);
    ASSERT_TRUE(file);
    Diagnostics diagnostics;
    const auto commands =
        text::parseScript((*file)->getBuffer(), script, diagnostics);
    if (!commands) {
      ADD_FAILURE() << script << ": "
                    << diagnostics.all().front().location.line.value_or(0)
                    << ": " << diagnostics.all().front().message;
      continue;
    }
    for (const text::Command &command : *commands)
      checkCommand(command, script, counts);
  }
  std::printf("%s: %u valid, %u invalid, %u malformed, %u unexpected\n",
              folder.c_str(), counts.valid, counts.invalid, counts.malformed,
              counts.unexpected);
}

TEST(SpecModules, Core) {
  Counts counts;
  checkScripts("core", counts);
  if (!IsSkipped())
    EXPECT_GT(counts.invalid, 2500u);
}

TEST(SpecModules, CustomPageSizes) {
  Counts counts;
  checkScripts("proposals/custom-page-sizes", counts);
}

TEST(SpecModules, Threads) {
  Counts counts;
  checkScripts("proposals/threads", counts);
}

TEST(SpecModules, WideArithmetic) {
  Counts counts;
  checkScripts("proposals/wide-arithmetic", counts);
}

} // namespace
} // namespace wrought::validate
