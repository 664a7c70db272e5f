#include "driver/timing.h"

#include <gtest/gtest.h>

using namespace wrought::driver;

TEST(Timings, AreATableWithATotal) {
  std::string text;
  llvm::raw_string_ostream out(text);
  printTimings({{"read", 0.25, 0.5}, {"compile", 1, 2}, {"  emit", 0, 1.5}},
               out);
  EXPECT_EQ(llvm::StringRef(text).rsplit("peak memory").first,
            "stage           wall s     CPU s\n"
            "read               0.250     0.500\n"
            "compile            1.000     2.000\n"
            "  emit                       1.500\n"
            "total              1.250     2.500\n");
}

TEST(Timings, MeasureAScope) {
  std::vector<StageTime> timings;
  {
    StageTimer timer("work", &timings);
    const double start = threadCpuSeconds();
    while (threadCpuSeconds() - start < 0.01)
      ;
  }
  ASSERT_EQ(timings.size(), 1u);
  EXPECT_EQ(timings[0].stage, "work");
  EXPECT_GE(timings[0].wallSeconds, 0.01);
  EXPECT_GE(timings[0].cpuSeconds, 0.01);
}
