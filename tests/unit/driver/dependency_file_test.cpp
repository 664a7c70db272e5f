#include "driver/dependency_file.h"

#include <gtest/gtest.h>

using namespace wrought::driver;

static std::string rule(llvm::StringRef target,
                        std::vector<std::string> prerequisites) {
  std::string text;
  EXPECT_TRUE(formatRule(target, prerequisites, text));
  return text;
}

TEST(DependencyFile, IsNamedAsCompilersNameIt) {
  EXPECT_EQ(defaultDependencyFile("out/app"), "out/app.d");
  EXPECT_EQ(defaultDependencyFile("app-1.2"), "app-1.2.d");
  EXPECT_EQ(defaultDependencyFile("app.o"), "app.d");
  EXPECT_EQ(defaultDependencyFile("a.b/app.ll"), "a.b/app.d");
}

TEST(DependencyFile, ListsOneFileALine) {
  EXPECT_EQ(rule("app", {"app.wasm", "w.toml"}),
            "app: \\\n  app.wasm \\\n  w.toml\n");
}

TEST(DependencyFile, EscapesWhatMakeReadsOtherwise) {
  EXPECT_EQ(rule("a b", {"c#d", "$e", "f\\g", "h\\ i"}),
            "a\\ b: \\\n  c\\#d \\\n  $$e \\\n  f\\g \\\n  h\\\\\\ i\n");
}

TEST(DependencyFile, RefusesLineBreaks) {
  std::string text;
  EXPECT_FALSE(formatRule("app", {"a\nb"}, text));
  text.clear();
  EXPECT_FALSE(formatRule("a\rpp", {}, text));
}
