#include "bundle/manifest.h"
#include "bundle/limits.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::bundle {

static constexpr llvm::StringLiteral FormatName = "wrought-bundle";
static constexpr int64_t FormatVersion = 1;

static constexpr llvm::StringLiteral KindNames[] = {"executable", "object",
                                                    "module", "file"};

llvm::StringRef kindName(PartKind kind) {
  return KindNames[static_cast<size_t>(kind)];
}

unsigned fileMode(PartKind kind) {
  return kind == PartKind::Executable ? 0755 : 0644;
}

std::string pathProblem(llvm::StringRef path) {
  if (path.empty())
    return "an empty path";
  if (path.size() > limits::PathBytes)
    return llvm::formatv("a path of more than {0} bytes", limits::PathBytes);
  if (path.starts_with("/"))
    return "an absolute path";
  if (!llvm::json::isUTF8(path))
    return "a path that is no UTF-8";
  if (llvm::any_of(path, [](unsigned char byte) {
        return byte < 0x20 || byte == 0x7f || byte == '\\';
      }))
    return "a path with a control character or a backslash";
  llvm::SmallVector<llvm::StringRef> components;
  path.split(components, '/');
  for (llvm::StringRef component : components)
    if (component.empty() || component == "." || component == "..")
      return "a path with the component '" + component.str() + "'";
  if (path == ManifestPath || path == SignaturePath)
    return "a path that is the bundle's own";
  return "";
}

/// Every path once, and none a folder of another. `parts` are sorted.
static std::string findClash(llvm::ArrayRef<Part> parts) {
  llvm::StringSet<> files;
  for (const Part &part : parts)
    if (!files.insert(part.path).second)
      return "'" + part.path + "' is there twice";
  for (const Part &part : parts)
    for (size_t slash = part.path.find('/'); slash != std::string::npos;
         slash = part.path.find('/', slash + 1))
      if (files.contains(llvm::StringRef(part.path).take_front(slash)))
        return "'" + part.path + "' lies in a file";
  for (llvm::StringRef own : {ManifestPath, SignaturePath})
    for (const Part &part : parts)
      if (llvm::StringRef(part.path).starts_with((own + "/").str()))
        return "'" + part.path + "' lies in a file";
  return "";
}

static std::string checkParts(llvm::ArrayRef<Part> parts) {
  if (parts.size() > limits::PartCount)
    return llvm::formatv("more than {0} parts", limits::PartCount);
  uint64_t total = 0;
  for (const Part &part : parts) {
    if (std::string problem = pathProblem(part.path); !problem.empty())
      return problem + ": '" + part.path + "'";
    if (part.byteLength > limits::PartBytes)
      return "'" + part.path + "' is larger than a part may be (2 GiB)";
    total += part.byteLength;
  }
  if (total > limits::TotalBytes)
    return "the parts are larger together than they may be (8 GiB)";
  if (!llvm::is_sorted(parts, [](const Part &a, const Part &b) {
        return a.path < b.path;
      }))
    return "parts are not in the order of their paths";
  return findClash(parts);
}

llvm::json::Value toJson(const Manifest &manifest) {
  llvm::json::Object object = manifest.fields;
  object["format"] = FormatName;
  object["formatVersion"] = FormatVersion;
  llvm::json::Array parts;
  for (const Part &part : manifest.parts) {
    llvm::json::Object entry{
        {"path", part.path},
        {"kind", kindName(part.kind)},
        {"byteLength", static_cast<int64_t>(part.byteLength)},
        {"sha256", part.sha256}};
    if (!part.target.empty())
      entry["target"] = part.target;
    parts.push_back(std::move(entry));
  }
  object["parts"] = std::move(parts);
  return object;
}

static std::string canonicalText(const llvm::json::Value &value) {
  return llvm::formatv("{0:2}\n", value).str();
}

std::optional<std::string> writeManifest(const Manifest &manifest,
                                         std::string &message) {
  message = checkParts(manifest.parts);
  if (!message.empty())
    return std::nullopt;
  std::string text = canonicalText(toJson(manifest));
  if (text.size() > limits::ManifestBytes) {
    message = "the manifest is larger than it may be (16 MiB)";
    return std::nullopt;
  }
  return text;
}

/// Whether brackets stay within the depth that the parser can take.
static bool isShallow(llvm::StringRef text) {
  unsigned depth = 0;
  bool isInString = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const char c = text[index];
    if (isInString) {
      index += c == '\\';
      isInString = c != '"';
    } else if (c == '"') {
      isInString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limits::NestingDepth)
        return false;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

static bool parsePart(const llvm::json::Value &value, Part &part) {
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return false;
  const auto path = object->getString("path");
  const auto kind = object->getString("kind");
  const auto target = object->getString("target");
  const auto byteLength = object->getInteger("byteLength");
  const auto sha256 = object->getString("sha256");
  const auto *name = kind ? llvm::find(KindNames, *kind) : std::end(KindNames);
  if (!path || name == std::end(KindNames) || !byteLength || *byteLength < 0 ||
      !sha256 || !isSha256Hex(*sha256))
    return false;
  part = {path->str(), static_cast<PartKind>(name - std::begin(KindNames)),
          target.value_or("").str(), static_cast<uint64_t>(*byteLength),
          sha256->str()};
  return object->size() == (part.target.empty() ? 4 : 5);
}

static std::string readFields(llvm::json::Object &object, Manifest &manifest) {
  if (object.getString("format") != FormatName)
    return llvm::formatv("'format' is not \"{0}\"", FormatName);
  if (object.getInteger("formatVersion") != FormatVersion)
    return llvm::formatv("'formatVersion' is not {0}, the one that this "
                         "version reads",
                         FormatVersion);
  const llvm::json::Array *parts = object.getArray("parts");
  if (!parts)
    return "'parts' is no list";
  if (parts->size() > limits::PartCount)
    return llvm::formatv("more than {0} parts", limits::PartCount);
  for (auto [index, value] : llvm::enumerate(*parts))
    if (!parsePart(value, manifest.parts.emplace_back()))
      return llvm::formatv("parts[{0}] is not one", index);
  for (llvm::StringRef name : {"format", "formatVersion", "parts"})
    object.erase(name);
  manifest.fields = std::move(object);
  return checkParts(manifest.parts);
}

std::optional<Manifest> parseManifest(llvm::StringRef text,
                                      std::string &message) {
  if (text.size() > limits::ManifestBytes) {
    message = "larger than it may be (16 MiB)";
    return std::nullopt;
  }
  if (!isShallow(text)) {
    message = "values nested too deeply";
    return std::nullopt;
  }
  auto value = llvm::json::parse(text);
  if (!value) {
    message = "not JSON: " + llvm::toString(value.takeError());
    return std::nullopt;
  }
  llvm::json::Object *object = value->getAsObject();
  if (!object || canonicalText(*value) != text) {
    message = "not in canonical form";
    return std::nullopt;
  }
  Manifest manifest;
  message = readFields(*object, manifest);
  if (!message.empty())
    return std::nullopt;
  return manifest;
}

} // namespace wrought::bundle
