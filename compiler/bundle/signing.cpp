#include "bundle/signing.h"
#include "linker/output_file.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include <sodium.h>

namespace wrought::bundle {

namespace fs = llvm::sys::fs;

namespace {

/// What stands in front of the 32 bytes of a key, in DER: the object
/// identifier of Ed25519 and the lengths around it.
struct KeyForm {
  llvm::StringLiteral label;
  llvm::StringLiteral prefix;
};

constexpr KeyForm PrivateForm = {
    "PRIVATE KEY",
    llvm::StringLiteral::withInnerNUL("\x30\x2e\x02\x01\x00\x30\x05\x06\x03"
                                      "\x2b\x65\x70\x04\x22\x04\x20")};
constexpr KeyForm PublicForm = {
    "PUBLIC KEY",
    llvm::StringLiteral::withInnerNUL(
        "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00")};
constexpr size_t KeyBytes = 32;

} // namespace

static void initialize() {
  if (sodium_init() < 0)
    llvm::report_fatal_error("libsodium finds no source of random numbers",
                             /*gen_crash_diag=*/false);
}

PrivateKey::PrivateKey(llvm::ArrayRef<uint8_t> seed) {
  initialize();
  PublicKey unused;
  crypto_sign_seed_keypair(unused.data(), bytes_.data(), seed.data());
}

PrivateKey::PrivateKey(PrivateKey &&other) : bytes_(other.bytes_) {
  sodium_memzero(other.bytes_.data(), other.bytes_.size());
}

PrivateKey::~PrivateKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

Signature PrivateKey::sign(llvm::StringRef message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.bytes_begin(),
                       message.size(), bytes_.data());
  return signature;
}

PublicKey PrivateKey::publicKey() const {
  PublicKey key;
  crypto_sign_ed25519_sk_to_pk(key.data(), bytes_.data());
  return key;
}

bool isSignedBy(const PublicKey &key, llvm::StringRef message,
                llvm::ArrayRef<uint8_t> signature) {
  initialize();
  return signature.size() == SignatureBytes &&
         crypto_sign_verify_detached(signature.data(), message.bytes_begin(),
                                     message.size(), key.data()) == 0;
}

static std::string encodePem(const KeyForm &form,
                             llvm::ArrayRef<uint8_t> key) {
  std::string der = form.prefix.str();
  der += llvm::toStringRef(key);
  const llvm::StringRef label = form.label;
  std::string text = ("-----BEGIN " + label + "-----\n").str() +
                     llvm::encodeBase64(der) +
                     ("\n-----END " + label + "-----\n").str();
  sodium_memzero(der.data(), der.size());
  return text;
}

/// The key between the lines, which must be alone and whole.
static std::optional<std::array<uint8_t, KeyBytes>>
decodePem(const KeyForm &form, llvm::StringRef text) {
  text = text.trim();
  if (!text.consume_front(("-----BEGIN " + form.label + "-----").str()) ||
      !text.consume_back(("-----END " + form.label + "-----").str()))
    return std::nullopt;
  std::string digits;
  for (const char c : text)
    if (!llvm::isSpace(c))
      digits += c;
  std::vector<char> der;
  if (llvm::Error error = llvm::decodeBase64(digits, der)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  llvm::StringRef bytes(der.data(), der.size());
  if (!bytes.consume_front(form.prefix) || bytes.size() != KeyBytes)
    return std::nullopt;
  std::array<uint8_t, KeyBytes> key;
  llvm::copy(bytes, key.begin());
  sodium_memzero(der.data(), der.size());
  return key;
}

static std::optional<std::array<uint8_t, KeyBytes>>
readKey(const KeyForm &form, const std::string &path,
        Diagnostics &diagnostics) {
  constexpr uint64_t Most = 4096;
  fs::file_status status;
  std::error_code error = fs::status(path, status);
  if (!error && !fs::is_regular_file(status))
    error = make_error_code(std::errc::invalid_argument);
  std::optional<std::array<uint8_t, KeyBytes>> key;
  if (!error && status.getSize() <= Most) {
    auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                              /*RequiresNullTerminator=*/false,
                                              /*IsVolatile=*/true);
    error = buffer.getError();
    if (!error)
      key = decodePem(form, (*buffer)->getBuffer());
  }
  if (error)
    diagnostics.error("cannot read the key '" + path + "': " + error.message());
  else if (!key)
    diagnostics.error("'" + path + "' is not an Ed25519 " +
                      form.label.lower() + " in PEM form");
  return key;
}

std::optional<PrivateKey> readPrivateKey(const std::string &path,
                                         Diagnostics &diagnostics) {
  auto seed = readKey(PrivateForm, path, diagnostics);
  if (!seed)
    return std::nullopt;
  PrivateKey key(*seed);
  sodium_memzero(seed->data(), seed->size());
  return key;
}

std::optional<PublicKey> readPublicKey(const std::string &path,
                                       Diagnostics &diagnostics) {
  return readKey(PublicForm, path, diagnostics);
}

/// A file that was not there.
static std::error_code writeNew(const std::string &path, llvm::StringRef text,
                                unsigned mode) {
  int descriptor = -1;
  if (std::error_code error = fs::openFileForWrite(
          path, descriptor, fs::CD_CreateNew, fs::OF_None, mode))
    return error;
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  out << text;
  out.close();
  const std::error_code error = out.error();
  out.clear_error();
  if (error)
    fs::remove(path);
  return error;
}

bool generateKey(const std::string &path, Diagnostics &diagnostics) {
  initialize();
  std::array<uint8_t, KeyBytes> seed;
  randombytes_buf(seed.data(), seed.size());
  const PrivateKey key(seed);
  std::string text = encodePem(PrivateForm, seed);
  sodium_memzero(seed.data(), seed.size());
  std::string failed = path;
  std::error_code error =
      writeNew(path, text, fs::owner_read | fs::owner_write);
  sodium_memzero(text.data(), text.size());
  if (!error) {
    failed = path + ".pub";
    error = writeNew(failed, encodePem(PublicForm, key.publicKey()),
                     fs::all_read | fs::owner_write);
    if (error)
      fs::remove(path);
  }
  if (error)
    linker::reportUnwritable(failed, error, diagnostics);
  return !error;
}

} // namespace wrought::bundle
