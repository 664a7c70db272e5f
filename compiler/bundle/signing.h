//===- signing.h - Ed25519 signatures, by libsodium -----------------------===//
//
// Keys are PEM files as RFC 8410 has them, which other tools read as well; a
// signature is the 64 bytes of RFC 8032.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"

#include "llvm/ADT/ArrayRef.h"

#include <array>

namespace wrought::bundle {

constexpr size_t SignatureBytes = 64;

using Signature = std::array<uint8_t, SignatureBytes>;
using PublicKey = std::array<uint8_t, 32>;

/// Wiped when it goes.
class PrivateKey {
public:
  PrivateKey() = default;
  explicit PrivateKey(llvm::ArrayRef<uint8_t> seed);
  ~PrivateKey();
  PrivateKey(const PrivateKey &) = delete;
  PrivateKey &operator=(const PrivateKey &) = delete;
  PrivateKey(PrivateKey &&other);
  PrivateKey &operator=(PrivateKey &&) = delete;

  Signature sign(llvm::StringRef message) const;
  PublicKey publicKey() const;

private:
  std::array<uint8_t, 64> bytes_ = {};
};

/// Writes a new key to `path`, for its owner only, and the public half to
/// `path`.pub. Files that are there stay as they are: false after reporting.
[[nodiscard]] bool generateKey(const std::string &path,
                               Diagnostics &diagnostics);

std::optional<PrivateKey> readPrivateKey(const std::string &path,
                                         Diagnostics &diagnostics);
std::optional<PublicKey> readPublicKey(const std::string &path,
                                       Diagnostics &diagnostics);

bool isSignedBy(const PublicKey &key, llvm::StringRef message,
                llvm::ArrayRef<uint8_t> signature);

} // namespace wrought::bundle
