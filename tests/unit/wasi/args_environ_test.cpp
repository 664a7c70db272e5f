//===- args_environ_test.cpp - Arguments and environment ------------------===//
#include "guest.h"

namespace wrought::wasi {

namespace {

using Sizes = Errno (*)(uint32_t, uint32_t);

class Strings : public Guest {
protected:
  std::vector<std::string> get(Sizes sizes, Sizes get) {
    EXPECT_EQ(sizes(resultAt, resultAt2), Errno::Success);
    auto count = at<uint32_t>(resultAt);
    auto length = at<uint32_t>(resultAt2);
    const uint32_t buffer = 8192;
    memset(memory() + buffer, 0xee, length + 1);
    EXPECT_EQ(get(dataAt, buffer), Errno::Success);
    EXPECT_EQ(memory()[buffer + length], 0xee);
    std::vector<std::string> result;
    for (uint32_t index = 0; index != count; ++index) {
      auto *string =
          reinterpret_cast<char *>(memory() + at<uint32_t>(dataAt + index * 4));
      result.emplace_back(string);
    }
    return result;
  }
  std::vector<std::string> environment() {
    return get(wrought_wasi_environ_sizes_get, wrought_wasi_environ_get);
  }

  using List = std::vector<std::string>;
};

TEST_F(Strings, Arguments) {
  char name[] = "/bin/program", first[] = "a b", second[] = "";
  char *arguments[] = {name, first, second, nullptr};
  process.arguments = arguments;
  process.argumentCount = 3;
  auto get = [&] {
    return this->get(wrought_wasi_args_sizes_get, wrought_wasi_args_get);
  };
  EXPECT_EQ(get(), (List{"/bin/program", "a b", ""}));
  wrought_config.argv0 = const_cast<char *>("other");
  EXPECT_EQ(get(), (List{"other", "a b", ""}));
  process.argumentCount = 0;
  EXPECT_EQ(get(), List{});
}

TEST_F(Strings, NothingIsInheritedUnasked) {
  char path[] = "PATH=/bin";
  char *host[] = {path, nullptr};
  process.environment = host;
  EXPECT_EQ(environment(), List{});
}

TEST_F(Strings, SourcesInOrder) {
  char grants[] = "WROUGHT_GRANTS=env=A=grant;env=HOME;env=MISSING;env=S=1\\;2";
  char home[] = "HOME=/home/x", path[] = "PATH=/bin", a[] = "A=host";
  char other[] = "WROUGHT_OTHER=1", bare[] = "BARE";
  char *host[] = {home, path, grants, a, other, bare, nullptr};
  process.environment = host;
  char configA[] = "A=config", configB[] = "B=", configPath[] = "PATH";
  void *config[] = {configA, configB, configPath};
  wrought_config.environment = config;
  wrought_config.environmentCount = 3;
  EXPECT_EQ(environment(),
            (List{"A=grant", "HOME=/home/x", "S=1;2", "B=", "PATH=/bin"}));
  wrought_config.inheritsEnvironment = 1;
  EXPECT_EQ(environment(),
            (List{"A=grant", "HOME=/home/x", "S=1;2", "B=", "PATH=/bin"}));
  restart();
  wrought_config.isSealed = 1;
  EXPECT_EQ(environment(),
            (List{"A=config", "B=", "PATH=/bin", "HOME=/home/x"}));
}

} // namespace
} // namespace wrought::wasi
