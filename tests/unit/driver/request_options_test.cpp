#include "driver/request_options.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::driver;
using llvm::json::Object;
using llvm::json::Value;

static CompileRequest unusualRequest() {
  CompileRequest request;
  request.emit = EmitKind::Object;
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64-v3", "+adx", "x86-64-v3 +adx"};
  request.furtherCpus = {{"x86-64", "", "baseline"}};
  request.level = codegen::OptLevel::Oz;
  request.boundsChecks = translate::BoundsChecks::Explicit;
  request.guardsExtraMemories = false;
  request.features.set(wasm::Feature::Simd, false);
  request.maxMemory = 65536;
  request.relaxedTraps = request.debugInfo = request.strip = true;
  request.allowMissingImports = request.isInterruptible = true;
  request.config.grants = {{"host", "/guest", true}};
  request.config.environment = {"K=V", "L=W=X"};
  request.config.argv0 = "name";
  request.config.isSealed = request.config.inheritsEnvironment = true;
  request.config.stackByteLength = 1 << 20;
  request.config.heapByteLength = 5 << 20;
  request.config.fuel = 12345;
  return request;
}

TEST(RequestOptions, ComeBackFromJson) {
  const CompileRequest request = unusualRequest();
  CompileRequest read;
  std::string message;
  ASSERT_TRUE(
      readOptions(describeOptions(request), {"L=W=X", "K=V"}, read, message))
      << message;
  ASSERT_TRUE(readTarget(describeTarget(request), read, message)) << message;
  EXPECT_EQ(Value(describeOptions(read)), Value(describeOptions(request)));
  EXPECT_EQ(Value(describeTarget(read)), Value(describeTarget(request)));
  EXPECT_EQ(read.config.environment, request.config.environment);
}

TEST(RequestOptions, HoldNoValuesOfVariables) {
  const std::string text =
      llvm::formatv("{0}", Value(describeOptions(unusualRequest()))).str();
  EXPECT_NE(text.find("\"L\""), std::string::npos);
  EXPECT_EQ(text.find("W=X"), std::string::npos);
}

TEST(RequestOptions, AskForValuesThatAreNotGiven) {
  CompileRequest read;
  std::string message;
  EXPECT_FALSE(
      readOptions(describeOptions(unusualRequest()), {"K=V"}, read, message));
  EXPECT_NE(message.find("'L'"), std::string::npos) << message;
}

TEST(RequestOptions, RefuseWhatIsMissingOrUnknown) {
  const CompileRequest request = unusualRequest();
  const Object options = describeOptions(request);
  const Object target = describeTarget(request);
  std::string message;
  for (const auto &[name, value] : options) {
    Object without = options;
    without.erase(name);
    CompileRequest read;
    const llvm::StringRef key(name);
    if (key != "maxMemory" && key != "argv0" && key != "fuel")
      EXPECT_FALSE(readOptions(without, {"K=V", "L=W=X"}, read, message))
          << key.str();
    without[name] = Value(nullptr);
    EXPECT_FALSE(readOptions(without, {"K=V", "L=W=X"}, read, message))
        << key.str();
  }
  for (Object bad :
       {Object{}, Object{{"target", "vax"}, {"cpus", *target.get("cpus")}},
        Object{{"target", "x86_64"}, {"cpus", llvm::json::Array{}}},
        Object{{"target", "x86_64"},
               {"cpus", llvm::json::Array{Object{
                            {"cpu", "vax"}, {"features", ""}, {"label", ""}}}}},
        Object{{"target", "x86_64"},
               {"cpus", llvm::json::Array{Object{{"cpu", "x86-64"},
                                                 {"features", "+nonsense"},
                                                 {"label", ""}}}}}}) {
    CompileRequest read;
    EXPECT_FALSE(readTarget(bad, read, message));
  }
}
