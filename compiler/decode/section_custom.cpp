//===- section_custom.cpp - Custom sections and the names of functions ----===//
//
// Only the custom section's own name must be well-formed. What the name section
// says is help for people: malformed parts of it are passed over.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Custom Section" and
// appendix "Custom Sections".
//
//===----------------------------------------------------------------------===//
#include "decode/section.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

enum NameSubsection : uint8_t { ModuleName = 0, FunctionNames = 1 };

/// Empty when the bytes are not UTF-8; the reader goes on behind them.
std::string_view readLenientName(ByteReader &reader) {
  const auto bytes = reader.readBytes(reader.readU32());
  const std::string_view name(reinterpret_cast<const char *>(bytes.data()),
                              bytes.size());
  return isValidUtf8(name) ? name : std::string_view();
}

void decodeFunctionNames(ByteReader &reader, Module &module) {
  module.functionNames.resize(module.functions.size());
  const uint32_t count = reader.readU32();
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    const uint32_t index = reader.readU32();
    const std::string_view name = readLenientName(reader);
    if (reader.ok() && index < module.functionNames.size())
      module.functionNames[index] = name;
  }
}

} // namespace

void decodeCustomSection(ByteReader &reader, SectionContext &context) {
  auto &sections = context.module.customSections;
  if (sections.size() >= limits::CustomSections)
    reader.fail("too many custom sections");
  CustomSection section;
  section.name = reader.readName();
  section.payload = {reader.offset(), reader.endOffset()};
  reader.skip(reader.remaining());
  sections.push_back(section);
}

void decodeNames(Module &module, ByteRange payload) {
  ByteReader reader(module.bytes, payload.begin, payload.end);
  while (!reader.atEnd()) {
    const uint8_t id = reader.readU8();
    const uint32_t size = reader.readU32();
    const size_t begin = reader.offset();
    reader.skip(size);
    if (!reader.ok())
      return;
    ByteReader subsection(module.bytes, begin, begin + size);
    if (id == ModuleName)
      module.name = readLenientName(subsection);
    else if (id == FunctionNames)
      decodeFunctionNames(subsection, module);
  }
}

} // namespace wrought::decode
