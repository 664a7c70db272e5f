#include "driver/build_info.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::driver;

TEST(BuildInfo, HashesContent) {
  // BLAKE3 of no bytes.
  EXPECT_EQ(contentHash({}), "af1349b9f5f9a1a6a0404dea36dcc949"
                             "9bcb25c9adc112b7cc9a93cae41f3262");
}

TEST(BuildInfo, SaysWhatWasAskedForButNoSecrets) {
  CompileRequest request;
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64-v3", "+adx"};
  request.level = codegen::OptLevel::Os;
  request.inputPath = "/home/someone/app.wasm";
  request.config.grants = {{"/srv", "/data", true}};
  request.config.environment = {"TOKEN=secret"};
  wasm::Module module;
  Diagnostics diagnostics;
  const std::string text =
      buildInfo(request, planVersions(request, diagnostics), module);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(text.find("someone"), std::string::npos);
  auto parsed = llvm::json::parse(text);
  ASSERT_TRUE(static_cast<bool>(parsed));
  const llvm::json::Object &info = *parsed->getAsObject();
  EXPECT_EQ(info.getString("target"), "x86_64");
  ASSERT_EQ(info.getArray("versions")->size(), 1u);
  const auto &code = *info.getArray("versions")->front().getAsObject();
  EXPECT_EQ(code.getString("cpu"), "x86-64-v3");
  EXPECT_EQ(code.getString("features"), "+adx");
  EXPECT_NE(code.getString("requires")->find("avx2,"), llvm::StringRef::npos);
  EXPECT_EQ(info.getString("optLevel"), "s");
  EXPECT_EQ(info.getString("boundsChecks"), "guard");
  EXPECT_EQ(info.getArray("grants")->front().getAsObject()->getString("guest"),
            "/data");
  EXPECT_EQ(info.getArray("environment")->front().getAsString(), "TOKEN");
}

TEST(BuildInfo, ComesBackFromAnObject) {
  codegen::initialize();
  const targets::TargetSpec &target = *targets::find("x86_64");
  const auto machine = codegen::createTargetMachine(
      {&target, {"x86-64", ""}, codegen::OptLevel::O0});
  llvm::LLVMContext context;
  const std::string info = "{\"a\":\"\\\"\\\\ \n\t\xc3\xa9 0123\"}";
  const auto module = emitBuildInfo(info, target, context);
  linker::ObjectBytes object;
  Diagnostics diagnostics;
  ASSERT_TRUE(codegen::emit(*module, *machine, codegen::OutputKind::Object,
                            object, diagnostics));
  EXPECT_EQ(readBuildInfo({object.data(), object.size()}), info);
}

TEST(BuildInfo, IsNotInOtherFiles) {
  EXPECT_FALSE(readBuildInfo(""));
  EXPECT_FALSE(readBuildInfo("\x7f"
                             "ELF"));
  EXPECT_FALSE(readBuildInfo("text"));
}
