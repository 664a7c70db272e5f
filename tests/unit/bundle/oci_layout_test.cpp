#include "bundle/oci_layout.h"

#include <gtest/gtest.h>

using namespace wrought::bundle;

TEST(OciTag, HoldsOnlyWhatATagMay) {
  EXPECT_EQ(ociTag("1.2.3"), "1.2.3");
  EXPECT_EQ(ociTag("1.0+build 7"), "1.0_build_7");
  EXPECT_EQ(ociTag("-x"), "_x");
  EXPECT_EQ(ociTag(std::string(200, 'v')).size(), 128u);
}
