//===- inspect.cpp - `wrought inspect` ------------------------------------===//
//
// Each description is made as JSON; the text for people is that JSON, indented
// and without the punctuation. One source, so that the two cannot disagree.
//
//===----------------------------------------------------------------------===//

#include "driver/inspect.h"
#include "bundle/reader.h"
#include "driver/build_info.h"
#include "driver/resolve_imports.h"
#include "support/sha256.h"
#include "wasm/describe.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/JSON.h"

namespace wrought::driver {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

static Value textValue(std::string_view text) {
  return llvm::json::fixUTF8(llvm::StringRef(text));
}

static Value numberValue(uint64_t number) {
  return static_cast<int64_t>(number);
}

static llvm::StringRef sectionName(uint8_t id) {
  static constexpr llvm::StringLiteral Names[] = {
      "custom", "type",  "import",  "function", "table", "memory",    "global",
      "export", "start", "element", "code",     "data",  "dataCount", "tag"};
  return id < std::size(Names) ? llvm::StringRef(Names[id]) : "unknown";
}

static Array describeSections(const wasm::Module &module) {
  Array list;
  size_t customCount = 0;
  for (const wasm::SectionInfo &section : module.sections) {
    Object entry{{"section", sectionName(section.id)},
                 {"offset", numberValue(section.payload.begin)},
                 {"byteLength", numberValue(section.payload.size())}};
    if (section.id == 0 && customCount < module.customSections.size())
      entry["name"] = textValue(module.customSections[customCount++].name);
    list.push_back(std::move(entry));
  }
  return list;
}

static Array describeImports(const wasm::Module &module) {
  Array list;
  for (const wasm::Import &import : module.imports)
    list.push_back(Object{{"module", textValue(import.module)},
                          {"name", textValue(import.name)},
                          {"type", describeImport(module, import)}});
  return list;
}

static Array describeExports(const wasm::Module &module) {
  Array list;
  for (const wasm::Export &entry : module.exports)
    list.push_back(
        Object{{"name", textValue(entry.name)},
               {"type", std::string(toString(entry.kind)) + " " +
                            describeType(module, entry.kind, entry.index)}});
  return list;
}

static Array describeFeatures(const validate::ValidatedModule &module) {
  Array list;
  for (const validate::FeatureUse &use : module.featureUses())
    list.push_back(
        Object{{"feature", textValue(wasm::featureFlag(use.feature))},
               {"compiled", wasm::isTranslated(use.feature)}});
  return list;
}

static Object describeSizes(const validate::ValidatedModule &validated) {
  const wasm::Module &module = validated.module();
  uint64_t codeBytes = 0, dataBytes = 0, instructionCount = 0;
  for (const wasm::Function &function : module.functions)
    codeBytes += function.body.size();
  for (const wasm::DataSegment &segment : module.data)
    dataBytes += segment.bytes.size();
  for (const validate::FunctionFacts &facts : validated.functionFacts())
    instructionCount += facts.instructionCount;
  return Object{{"bytes", numberValue(module.bytes.size())},
                {"types", numberValue(module.types.size())},
                {"functions", numberValue(module.functions.size() -
                                          module.importedFunctionCount)},
                {"codeBytes", numberValue(codeBytes)},
                {"instructions", numberValue(instructionCount)},
                {"dataSegments", numberValue(module.data.size())},
                {"dataBytes", numberValue(dataBytes)},
                {"globals", numberValue(module.globals.size())}};
}

static Array describeMemories(const wasm::Module &module) {
  Array list;
  for (uint32_t index = 0; index < module.memories.size(); ++index) {
    const wasm::MemoryType &type = module.memories[index].type;
    list.push_back(Object{
        {"type", describeType(module, wasm::ExternalKind::Memory, index)},
        {"indexType", type.limits.is64 ? "i64" : "i32"},
        {"pageByteLength", numberValue(uint64_t{1} << type.pageSizeLog2)}});
  }
  return list;
}

static Array describeTables(const wasm::Module &module) {
  Array list;
  for (uint32_t index = 0; index < module.tables.size(); ++index)
    list.push_back(describeType(module, wasm::ExternalKind::Table, index));
  return list;
}

static Object describeModule(const validate::ValidatedModule &validated) {
  const wasm::Module &module = validated.module();
  Object description{{"kind", "module"},
                     {"blake3", contentHash(module.bytes)},
                     {"sections", describeSections(module)},
                     {"imports", describeImports(module)},
                     {"exports", describeExports(module)},
                     {"memories", describeMemories(module)},
                     {"tables", describeTables(module)},
                     {"features", describeFeatures(validated)},
                     {"sizes", describeSizes(validated)}};
  if (!module.name.empty())
    description["name"] = textValue(module.name);
  return description;
}

Object describeForPackage(const validate::ValidatedModule &validated) {
  const wasm::Module &module = validated.module();
  Array features;
  for (const validate::FeatureUse &use : validated.featureUses())
    features.push_back(textValue(wasm::featureFlag(use.feature)));
  Object description{{"sha256", sha256Hex(llvm::ArrayRef(module.bytes.data(),
                                                         module.bytes.size()))},
                     {"byteLength", numberValue(module.bytes.size())},
                     {"imports", describeImports(module)},
                     {"features", std::move(features)}};
  if (!module.name.empty())
    description["name"] = textValue(module.name);
  return description;
}

static std::optional<Object> describeBundle(llvm::StringRef path,
                                            Diagnostics &diagnostics) {
  const auto reader = bundle::Reader::open(path, diagnostics);
  if (!reader)
    return std::nullopt;
  return Object{{"kind", "bundle"},
                {"isSigned", !reader->signature().empty()},
                {"packedByteLength", numberValue(reader->byteLength())},
                {"manifest", bundle::toJson(reader->manifest())}};
}

static Object describeElfSizes(llvm::StringRef bytes) {
  uint64_t code = 0, readOnly = 0, writable = 0;
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, ""));
  if (!object) {
    llvm::consumeError(object.takeError());
    return {};
  }
  for (const llvm::object::ELFSectionRef section : (*object)->sections()) {
    const uint64_t flags = section.getFlags();
    if (!(flags & llvm::ELF::SHF_ALLOC))
      continue;
    uint64_t &sum = flags & llvm::ELF::SHF_EXECINSTR ? code
                    : flags & llvm::ELF::SHF_WRITE   ? writable
                                                     : readOnly;
    sum += section.getSize();
  }
  return Object{{"bytes", numberValue(bytes.size())},
                {"codeBytes", numberValue(code)},
                {"readOnlyBytes", numberValue(readOnly)},
                {"writableBytes", numberValue(writable)}};
}

static std::optional<Object> describeArtifact(const Input &input,
                                              llvm::StringRef bytes,
                                              Diagnostics &diagnostics) {
  Location location;
  location.file = input.sourceName;
  const auto info = readBuildInfo(bytes);
  if (!info) {
    diagnostics.error(location, "an ELF file that wrought did not make: it has "
                                "no section .wrought.info");
    return std::nullopt;
  }
  auto parsed = llvm::json::parse(*info);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    diagnostics.error(location, "section .wrought.info is damaged");
    return std::nullopt;
  }
  return Object{{"kind", "artifact"},
                {"builtFrom", std::move(*parsed)},
                {"sizes", describeElfSizes(bytes)}};
}

/// Whether a list entry is short enough for one line: it holds no lists.
static bool isFlat(const Object &object) {
  for (const auto &[key, value] : object)
    if (value.getAsObject() || value.getAsArray())
      return false;
  return true;
}

/// The members in the order in which people want to read them: those named
/// here first, the others by name.
static std::vector<const Object::value_type *> ordered(const Object &object) {
  static constexpr llvm::StringLiteral First[] = {
      "file",  "kind",      "module", "section", "cpu",     "feature",
      "name",  "type",      "offset", "blake3",  "wrought", "features",
      "sizes", "builtFrom", "path",   "version"};
  auto elements = llvm::json::sortedElements(object);
  std::vector<const Object::value_type *> list(elements.begin(),
                                               elements.end());
  const auto rank = [](const Object::value_type *element) {
    return llvm::find(First, llvm::StringRef(element->first)) - First;
  };
  llvm::sort(list, [&](const auto *a, const auto *b) {
    const auto rankA = rank(a), rankB = rank(b);
    return rankA != rankB ? rankA < rankB : a->first < b->first;
  });
  return list;
}

static void printScalar(const Value &value, llvm::raw_ostream &out) {
  if (auto text = value.getAsString())
    out << escapeForDisplay(*text);
  else
    out << value;
}

static void printObject(const Object &object, unsigned indent,
                        llvm::raw_ostream &out);

static void printFlat(const Object &object, llvm::raw_ostream &out) {
  const char *separator = "";
  for (const auto *entry : ordered(object)) {
    out << separator << llvm::StringRef(entry->first) << ' ';
    printScalar(entry->second, out);
    separator = ", ";
  }
  out << '\n';
}

static void printList(const Array &list, unsigned indent,
                      llvm::raw_ostream &out) {
  for (const Value &value : list) {
    out.indent(indent);
    const Object *object = value.getAsObject();
    if (object && isFlat(*object)) {
      printFlat(*object, out);
    } else {
      printScalar(value, out);
      out << '\n';
    }
  }
}

static void printObject(const Object &object, unsigned indent,
                        llvm::raw_ostream &out) {
  for (const auto *entry : ordered(object)) {
    out.indent(indent) << llvm::StringRef(entry->first) << ':';
    const Value &value = entry->second;
    if (const Object *inner = value.getAsObject()) {
      out << '\n';
      printObject(*inner, indent + 2, out);
    } else if (const Array *list = value.getAsArray()) {
      out << (list->empty() ? " none\n" : "\n");
      printList(*list, indent + 2, out);
    } else {
      out << ' ';
      printScalar(value, out);
      out << '\n';
    }
  }
}

static std::optional<Object> describe(llvm::StringRef path,
                                      const validate::Options &options,
                                      Diagnostics &diagnostics) {
  if (path != "-" && bundle::startsAsBundle(path))
    return describeBundle(path, diagnostics);
  const auto input = readInput(path, diagnostics);
  if (!input)
    return std::nullopt;
  if (!input->binary)
    if (llvm::StringRef elf = elfBytes(input->file->getBuffer()); !elf.empty())
      return describeArtifact(*input, elf, diagnostics);
  const auto module = loadModule(*input, options, diagnostics);
  if (!module)
    return std::nullopt;
  return describeModule(*module);
}

bool inspect(llvm::StringRef path, const validate::Options &options,
             bool asJson, llvm::raw_ostream &out, Diagnostics &diagnostics) {
  auto description = describe(path, options, diagnostics);
  if (!description)
    return false;
  (*description)["file"] = textValue(displayName(path));
  if (asJson)
    out << llvm::formatv("{0:2}\n", Value(std::move(*description)));
  else
    printObject(*description, 0, out);
  return true;
}

} // namespace wrought::driver
