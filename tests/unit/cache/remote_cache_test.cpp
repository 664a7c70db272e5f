#include "cache/remote_cache.h"

#include <gtest/gtest.h>

using namespace wrought::cache;

TEST(DisplayUrl, LeavesOutSecrets) {
  EXPECT_EQ(displayUrl("http://a:8080/x"), "http://a:8080/x");
  EXPECT_EQ(displayUrl("https://me:secret@a/x"), "https://a/x");
  EXPECT_EQ(displayUrl("https://me:s@cret@a/x@y"), "https://a/x@y");
  EXPECT_EQ(displayUrl("nonsense"), "nonsense");
}
