#include "decode/foreign_input.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::decode {

namespace {

constexpr llvm::StringRef Magic("\0asm", 4);
constexpr uint32_t ModuleVersion = 1;
/// Version 13 in layer 1, as of the component model's preview.
constexpr uint16_t ComponentLayer = 1;

struct KnownFormat {
  llvm::StringLiteral magic;
  const char *description;
};

constexpr KnownFormat KnownFormats[] = {
    {"\x7f"
     "ELF",
     "an ELF file"},
    {"!<arch>\n", "an archive of object files"},
    {"BC\xc0\xde", "LLVM bitcode"},
    {"\x1f\x8b", "compressed by gzip"},
    {"PK\x03\x04", "a zip file"},
    {"MZ", "a Windows executable"},
};

/// Text as people write it; a UTF-8 letter counts as printable.
bool isPrintable(unsigned char byte) {
  return byte >= 0x80 || llvm::isPrint(byte) || llvm::isSpace(byte);
}

bool looksLikeText(llvm::StringRef content) {
  content.consume_front("\xef\xbb\xbf");
  const llvm::StringRef start = content.ltrim();
  if (start.starts_with("(module") || start.starts_with("(component") ||
      start.starts_with(";;") || start.starts_with("(;"))
    return true;
  const llvm::StringRef sample = content.take_front(512);
  const auto printable = llvm::count_if(sample, isPrintable);
  return !sample.contains('\0') &&
         static_cast<size_t>(printable) * 20 >= sample.size() * 19;
}

/// The rest of "this is …", or null.
const char *identify(llvm::StringRef content) {
  for (const KnownFormat &format : KnownFormats)
    if (content.starts_with(format.magic))
      return format.description;
  if (looksLikeText(content))
    return "text, not a binary module";
  return nullptr;
}

HeaderComplaint wrongMagic(llvm::StringRef content) {
  if (const char *description = identify(content))
    return {0, llvm::formatv("magic header not detected: this is {0}",
                             description)};
  return {0, "magic header not detected: this is no WebAssembly module"};
}

HeaderComplaint tooShort(llvm::StringRef content) {
  return {content.size(),
          llvm::formatv("unexpected end: a module begins with {0} bytes of "
                        "header, but the file has {1}",
                        HeaderBytes, content.size())};
}

std::optional<HeaderComplaint> checkVersion(const char *bytes) {
  const uint32_t version = llvm::support::endian::read32le(bytes);
  if (version == ModuleVersion)
    return std::nullopt;
  if (version >> 16 == ComponentLayer)
    return HeaderComplaint{
        Magic.size(),
        "unknown binary version: this is a component, not a core module"};
  return HeaderComplaint{
      Magic.size(), llvm::formatv("unknown binary version {0}, where only {1} "
                                  "is known",
                                  version, ModuleVersion)};
}

} // namespace

std::optional<HeaderComplaint>
describeBadHeader(std::span<const uint8_t> bytes) {
  const llvm::StringRef content(reinterpret_cast<const char *>(bytes.data()),
                                bytes.size());
  if (content.empty())
    return HeaderComplaint{0, "unexpected end: the file is empty"};
  if (content.starts_with(Magic)) {
    if (content.size() < HeaderBytes)
      return tooShort(content);
    return checkVersion(content.data() + Magic.size());
  }
  if (content.size() < Magic.size() && !identify(content))
    return tooShort(content);
  return wrongMagic(content);
}

} // namespace wrought::decode
