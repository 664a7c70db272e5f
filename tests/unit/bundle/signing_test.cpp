#include "bundle/signing.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <fstream>
#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::bundle;

namespace {

std::vector<uint8_t> bytes(llvm::StringRef hex) {
  const std::string text = llvm::fromHex(hex);
  return {text.begin(), text.end()};
}

class KeyFiles : public testing::Test {
protected:
  KeyFiles() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("wrought-key", folder_));
  }
  ~KeyFiles() override { llvm::sys::fs::remove_directories(folder_); }
  std::string path(llvm::StringRef name) const {
    return (folder_ + "/" + name).str();
  }
  std::string write(llvm::StringRef name, const std::string &text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  Diagnostics diagnostics_;

private:
  llvm::SmallString<128> folder_;
};

} // namespace

// RFC 8032, 7.1, test 2.
TEST(Ed25519, AgreesWithTheStandard) {
  const PrivateKey key(bytes("4ccd089b28ff96da9db6c346ec114e0f"
                             "5b8a319f35aba624da8cf6ed4fb8a6fb"));
  const auto signature = bytes("92a009a9f0d4cab8720e820b5f642540"
                               "a2b27b5416503f8fb3762223ebdb69da"
                               "085ac1e43e15996e458f3613d0f11d8c"
                               "387b2eaeb4302aeeb00d291612bb0c00");
  const Signature own = key.sign("r");
  EXPECT_EQ(llvm::ArrayRef(own), llvm::ArrayRef(signature));
  EXPECT_TRUE(isSignedBy(key.publicKey(), "r", signature));
  EXPECT_FALSE(isSignedBy(key.publicKey(), "s", signature));
  EXPECT_FALSE(isSignedBy(key.publicKey(), "r", {}));
}

// RFC 8410, 10.
TEST_F(KeyFiles, AreReadAsTheStandardWritesThem) {
  const auto secret = readPrivateKey(
      write("key",
            "-----BEGIN PRIVATE KEY-----\n"
            "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
            "-----END PRIVATE KEY-----\n"),
      diagnostics_);
  const auto known = readPublicKey(
      write("pub",
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            "-----END PUBLIC KEY-----\n"),
      diagnostics_);
  ASSERT_TRUE(secret && known);
  EXPECT_EQ(secret->publicKey(), *known);
}

TEST_F(KeyFiles, AreMadeInPairsAndNeverOverwritten) {
  ASSERT_TRUE(generateKey(path("key"), diagnostics_));
  const auto key = readPrivateKey(path("key"), diagnostics_);
  const auto known = readPublicKey(path("key.pub"), diagnostics_);
  ASSERT_TRUE(key && known);
  EXPECT_TRUE(isSignedBy(*known, "text", key->sign("text")));
  EXPECT_FALSE(generateKey(path("key"), diagnostics_));
  write("other.pub", "");
  EXPECT_FALSE(generateKey(path("other"), diagnostics_));
  EXPECT_FALSE(llvm::sys::fs::exists(path("other")));
}

TEST_F(KeyFiles, AreRefusedWhenTheyHoldSomethingElse) {
  ASSERT_TRUE(generateKey(path("key"), diagnostics_));
  EXPECT_FALSE(readPublicKey(path("key"), diagnostics_));
  EXPECT_FALSE(readPrivateKey(path("key.pub"), diagnostics_));
  EXPECT_FALSE(readPrivateKey(path("none"), diagnostics_));
  EXPECT_FALSE(readPrivateKey("/dev/zero", diagnostics_));
  EXPECT_FALSE(
      readPrivateKey(write("long", std::string(5000, 'x')), diagnostics_));
  EXPECT_EQ(diagnostics_.errorCount(), 5u);
}
