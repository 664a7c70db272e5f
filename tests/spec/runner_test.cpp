//===- runner_test.cpp - The runner's own parts ---------------------------===//

#include "abi/layout.h"
#include "execute.h"
#include "expectation.h"
#include "linkage.h"
#include "lists.h"
#include "validate/import_matching.h"
#include "worker_pool.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace wrought;
using namespace wrought::spec;
using text::ScriptValue;
using wrought::abi::Trap;

namespace {

uint32_t bit(Trap trap) { return 1u << static_cast<uint32_t>(trap); }

ScriptValue value(ScriptValue::Kind kind, uint64_t bits = 0) {
  ScriptValue result;
  result.kind = kind;
  result.bits = bits;
  return result;
}

std::string temporaryFile(llvm::StringRef contents) {
  llvm::SmallString<128> path;
  int descriptor = -1;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("wrought-list", "txt",
                                                  descriptor, path));
  llvm::raw_fd_ostream(descriptor, /*shouldClose=*/true) << contents;
  return path.str().str();
}

TEST(Expectation, MessagesMatchAsPrefixes) {
  EXPECT_EQ(trapsForMessage("integer overflow"), bit(Trap::IntegerOverflow));
  EXPECT_EQ(trapsForMessage("uninitialized element 2"),
            bit(Trap::UninitializedElement));
  EXPECT_EQ(trapsForMessage("out of bounds"),
            bit(Trap::MemoryOutOfBounds) | bit(Trap::TableOutOfBounds) |
                bit(Trap::ArrayOutOfBounds));
  EXPECT_EQ(trapsForMessage("null function reference"),
            bit(Trap::NullReference));
  EXPECT_EQ(trapsForMessage("no such trap"), 1u << 31);
}

TEST(Expectation, ValuesMustFitTheType) {
  using Kind = ScriptValue::Kind;
  EXPECT_TRUE(
      fitTypes({value(Kind::I32), value(Kind::F64)}, {wasm::I32, wasm::F64}));
  EXPECT_FALSE(fitTypes({value(Kind::I32)}, {wasm::I64}));
  EXPECT_FALSE(fitTypes({}, {wasm::I64}));
  EXPECT_TRUE(fitTypes({value(Kind::RefNull)}, {wasm::ValueType::funcRef()}));
  ScriptValue either = value(Kind::Either);
  EXPECT_FALSE(fitTypes({either}, {wasm::I32}));
  either.alternatives = {value(Kind::I32, 1), value(Kind::I32, 2)};
  EXPECT_TRUE(fitTypes({either}, {wasm::I32}));
}

TEST(Expectation, ReadsTheHarnessReport) {
  Report report = parseReport("F 3 returned 000000000000000a ff\n"
                              "noise\nF 4 trapped 7\nF 5 limit 1\n"
                              "F 6 linked\nF x linked\nEND 9\n");
  EXPECT_TRUE(report.isComplete);
  EXPECT_EQ(report.rowsDone, 9u);
  ASSERT_EQ(report.failures.size(), 4u);
  EXPECT_EQ(report.failures[0].first, 3u);
  EXPECT_EQ(report.failures[0].second.slots, (std::vector<uint64_t>{10, 255}));
  EXPECT_EQ(report.failures[1].second.number, 7u);
  EXPECT_FALSE(parseReport("F 1 linked\n").isComplete);
}

TEST(Expectation, SaysWhatCameInstead) {
  text::Command command;
  command.results = {value(ScriptValue::Kind::I32, 2)};
  EXPECT_EQ(
      describeFailure(command, {Observation::Kind::Returned, {0xffffffff}, 0}),
      "returned i32 -1 (0xffffffff), expected i32 2 (0x2)");
  command.results.clear();
  command.message = "unreachable";
  EXPECT_EQ(
      describeFailure(command, {Observation::Kind::Trapped,
                                {},
                                static_cast<uint64_t>(Trap::IntegerOverflow)}),
      "trapped: integer overflow, expected: unreachable");
}

TEST(Linkage, ConcreteTypesMatchAcrossModules) {
  auto function = [](std::vector<wasm::ValueType> parameters) {
    wasm::SubType type;
    type.function.parameters = std::move(parameters);
    return std::vector<wasm::SubType>{type};
  };
  wasm::TypeStore a, b;
  a.addGroup(function({}));
  a.addGroup(function({wasm::I32}));
  b.addGroup(function({wasm::I32}));
  auto reference = [](uint32_t index, bool nullable) {
    return wasm::ValueType::reference(wasm::TypeIndex(index), nullable);
  };
  EXPECT_TRUE(
      validate::isSubtype(a, reference(1, false), b, reference(0, true)));
  EXPECT_FALSE(
      validate::isSubtype(a, reference(1, true), b, reference(0, false)));
  EXPECT_FALSE(
      validate::isSubtype(a, reference(0, false), b, reference(0, true)));
  EXPECT_TRUE(validate::isSubtype(a, reference(0, false), b,
                                  wasm::ValueType::funcRef()));
  EXPECT_FALSE(validate::isSubtype(a, wasm::ValueType::funcRef(), b,
                                   reference(0, true)));
}

TEST(Lists, EntriesNeedReasons) {
  std::vector<ExpectedFailure> expected;
  std::string good =
      temporaryFile("# comment\n\na.wast:12 why so\nb.wast why\n");
  EXPECT_TRUE(readExpectedFailures(good, expected));
  ASSERT_EQ(expected.size(), 2u);
  EXPECT_EQ(expected[0].name, "a.wast");
  EXPECT_EQ(expected[0].line, 12u);
  EXPECT_FALSE(expected[1].line);
  std::string bad = temporaryFile("a.wast\n");
  EXPECT_FALSE(readExpectedFailures(bad, expected));
  EXPECT_FALSE(readExpectedFailures(bad + ".missing", expected));
  llvm::sys::fs::remove(good);
  llvm::sys::fs::remove(bad);
}

TEST(Lists, FoldersCoverTheirScripts) {
  std::vector<LeftOut> list{{"core/simd/", "folder"}, {"core/a.wast", "one"}};
  EXPECT_NE(findLeftOut(list, "core/simd/x.wast"), nullptr);
  EXPECT_NE(findLeftOut(list, "core/a.wast"), nullptr);
  EXPECT_EQ(findLeftOut(list, "core/b.wast"), nullptr);
}

TEST(Execute, TellsHowItEnded) {
  EXPECT_EQ(execute({"/bin/sh", "-c", "echo out; echo err >&2"}, 10).output,
            "out\n");
  EXPECT_EQ(execute({"/bin/sh", "-c", "exit 3"}, 10).ending,
            "exited with status 3");
  EXPECT_EQ(execute({"/bin/sh", "-c", "kill -9 $$"}, 10).ending,
            "ended by Killed");
  EXPECT_EQ(execute({"/bin/sleep", "30"}, 1).ending, "ran longer than 1 s");
  EXPECT_EQ(
      execute({"/bin/sh", "-c", "printf '\\7\\0\\0\\0' >&3"}, 10).progress, 7u);
}

TEST(WorkerPool, OneCrashIsOneFailure) {
  std::vector<Script> scripts{
      {"", "good"}, {"", "crash"}, {"", "slow"}, {"", "last"}};
  std::vector<std::string> seen;
  runInWorkers(
      scripts, 2, 4,
      [](const Script &script) {
        if (script.name == "crash")
          raise(SIGKILL);
        if (script.name == "slow")
          sleep(60);
        ScriptResult result;
        result.checked["module"] = 2;
        result.failures.push_back({5, "module", "d\xff\n"});
        return result;
      },
      [&](const Script &script, ScriptResult result) {
        std::string what = result.failures.at(0).kind;
        seen.push_back(script.name + " " + what);
      });
  EXPECT_EQ(seen, (std::vector<std::string>{"good module", "crash script",
                                            "slow script", "last module"}));
}

} // namespace
