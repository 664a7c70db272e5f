#include "driver/option_values.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

#include <arpa/inet.h>

namespace wrought::driver {

namespace path = llvm::sys::path;

/// log2 of the unit, or nullopt.
static std::optional<unsigned> unitShift(llvm::StringRef unit) {
  const std::string lower = unit.lower();
  return llvm::StringSwitch<std::optional<unsigned>>(lower)
      .Cases({"", "b"}, 0)
      .Cases({"k", "kb", "kib"}, 10)
      .Cases({"m", "mb", "mib"}, 20)
      .Cases({"g", "gb", "gib"}, 30)
      .Cases({"t", "tb", "tib"}, 40)
      .Default(std::nullopt);
}

std::optional<uint64_t> parseByteLength(llvm::StringRef text,
                                        std::string &message) {
  const llvm::StringRef digits =
      text.take_while([](char c) { return c >= '0' && c <= '9'; });
  const auto shift = unitShift(text.drop_front(digits.size()).ltrim());
  uint64_t count = 0;
  if (digits.empty() || !shift) {
    message =
        ("'" + text + "' is not a size (such as 65536, 64KiB or 16M)").str();
    return std::nullopt;
  }
  if (digits.getAsInteger(10, count) || count > (UINT64_MAX >> *shift)) {
    message = ("size '" + text + "' is too large").str();
    return std::nullopt;
  }
  return count << *shift;
}

std::optional<uint64_t> parseFuel(llvm::StringRef text) {
  uint64_t count = 0;
  if (text == "true")
    return translate::unlimitedFuel;
  if (text.getAsInteger(10, count))
    return std::nullopt;
  return std::min(count, translate::unlimitedFuel);
}

std::optional<translate::Grant> parseGrant(llvm::StringRef text,
                                           std::string &message) {
  translate::Grant grant;
  llvm::StringRef paths = text;
  grant.isReadOnly = paths.consume_back(":ro");
  const size_t separator = paths.find("::");
  const llvm::StringRef host = paths.take_front(separator);
  const llvm::StringRef guest =
      separator == llvm::StringRef::npos ? host : paths.substr(separator + 2);
  if (host.empty() || guest.empty()) {
    message = ("'" + text + "' is not HOST[::GUEST][:ro]").str();
    return std::nullopt;
  }
  grant.hostPath = host.str();
  grant.guestPath = guest.str();
  return grant;
}

bool isListenerAddress(llvm::StringRef text) {
  const auto [address, port] = text.rsplit(':');
  uint16_t number;
  if (port.getAsInteger(10, number) || port.starts_with("+"))
    return false;
  if (address == "localhost" || address == "*")
    return true;
  llvm::StringRef inner = address;
  const bool is6 = inner.consume_front("[") && inner.consume_back("]");
  uint8_t bytes[16];
  // Neither zones nor embedded IPv4 addresses.
  if (is6 && inner.contains('.'))
    return false;
  return inet_pton(is6 ? AF_INET6 : AF_INET, inner.str().c_str(), bytes) == 1;
}

static void setAllFeatures(wasm::FeatureSet &features, bool on) {
  for (size_t index = 0; index < wasm::FeatureCount; ++index)
    features.set(static_cast<wasm::Feature>(index), on);
}

bool parseFeatures(llvm::StringRef text, wasm::FeatureSet &features,
                   std::string &message) {
  llvm::SmallVector<llvm::StringRef> items;
  text.split(items, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef item : items) {
    item = item.trim();
    const bool on = !item.consume_front("-");
    if (on)
      item.consume_front("+");
    if (item == "all") {
      setAllFeatures(features, on);
      continue;
    }
    const auto feature = wasm::featureByFlag(item);
    if (!feature) {
      message = ("unknown WebAssembly feature '" + item + "'").str();
      return false;
    }
    features.set(*feature, on);
  }
  return true;
}

std::optional<codegen::OptLevel> parseOptLevel(llvm::StringRef text) {
  using codegen::OptLevel;
  return llvm::StringSwitch<std::optional<OptLevel>>(text)
      .Case("0", OptLevel::O0)
      .Case("1", OptLevel::O1)
      .Case("2", OptLevel::O2)
      .Case("3", OptLevel::O3)
      .Case("s", OptLevel::Os)
      .Case("z", OptLevel::Oz)
      .Default(std::nullopt);
}

std::optional<translate::BoundsChecks> parseBoundsChecks(llvm::StringRef text) {
  using translate::BoundsChecks;
  return llvm::StringSwitch<std::optional<BoundsChecks>>(text)
      .Case("guard", BoundsChecks::Guard)
      .Case("explicit", BoundsChecks::Explicit)
      .Case("none", BoundsChecks::None)
      .Default(std::nullopt);
}

std::optional<EmitKind> parseEmit(llvm::StringRef text, std::string &message) {
  const auto kind = llvm::StringSwitch<std::optional<EmitKind>>(text)
                        .Case("exe", EmitKind::Executable)
                        .Case("object", EmitKind::Object)
                        .Case("shared", EmitKind::Shared)
                        .Case("static", EmitKind::Static)
                        .Case("llvm-ir", EmitKind::LlvmIr)
                        .Case("llvm-bc", EmitKind::LlvmBitcode)
                        .Case("asm", EmitKind::Assembly)
                        .Default(std::nullopt);
  if (kind)
    return kind;
  message = ("'" + text +
             "' is not a form of output (exe, shared, static, object, llvm-ir, "
             "llvm-bc, asm)")
                .str();
  return std::nullopt;
}

std::optional<EmitKind> emitByEnding(llvm::StringRef output,
                                     std::string &message) {
  const llvm::StringRef form =
      llvm::StringSwitch<llvm::StringRef>(path::extension(output))
          .Case(".so", "shared")
          .Case(".a", "static")
          .Case(".o", "object")
          .Case(".ll", "llvm-ir")
          .Case(".bc", "llvm-bc")
          .Case(".s", "asm")
          .Default("exe");
  return parseEmit(form, message);
}

static llvm::StringRef ending(EmitKind emit) {
  switch (emit) {
  case EmitKind::Executable:
    return "";
  case EmitKind::Object:
    return ".o";
  case EmitKind::Shared:
    return ".so";
  case EmitKind::Static:
    return ".a";
  case EmitKind::LlvmIr:
    return ".ll";
  case EmitKind::LlvmBitcode:
    return ".bc";
  case EmitKind::Assembly:
    return ".s";
  }
  return "";
}

std::string defaultOutput(llvm::StringRef input, EmitKind emit) {
  const llvm::StringRef name = path::filename(input);
  llvm::StringRef stem = name;
  if (!stem.consume_back(".wasm"))
    stem.consume_back(".wat");
  if (input == "-" || stem.empty())
    stem = "a.out";
  const std::string output = (stem + ending(emit)).str();
  return output == name ? output + ".out" : output;
}

} // namespace wrought::driver
