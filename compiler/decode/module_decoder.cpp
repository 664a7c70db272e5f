//===- module_decoder.cpp - The header and the order of sections ----------===//
//
// Source: WebAssembly Specification 3.0, "Binary Format / Modules".
//
//===----------------------------------------------------------------------===//
#include "decode/module_decoder.h"

#include "decode/foreign_input.h"
#include "decode/section.h"
#include "wasm/limits.h"

#include "llvm/Support/FormatVariadic.h"

namespace wrought::decode {

using namespace wasm;

namespace {

struct SectionRow {
  const char *name;
  /// Place in the order of sections; custom sections stand anywhere.
  uint8_t rank;
  void (*decode)(ByteReader &, SectionContext &);
};

/// By section id.
constexpr SectionRow Sections[] = {
    {"custom", 0, decodeCustomSection},
    {"type", 1, decodeTypeSection},
    {"import", 2, decodeImportSection},
    {"function", 3, decodeFunctionSection},
    {"table", 4, decodeTableSection},
    {"memory", 5, decodeMemorySection},
    {"global", 7, decodeGlobalSection},
    {"export", 8, decodeExportSection},
    {"start", 9, decodeStartSection},
    {"element", 10, decodeElementSection},
    {"code", 12, decodeCodeSection},
    {"data", 13, decodeDataSection},
    {"data count", 11, decodeDataCountSection},
    {"tag", 6, decodeTagSection},
};

class ModuleDecoder {
public:
  ModuleDecoder(Module &module, Diagnostics &diagnostics)
      : module_(module), context_{module, std::nullopt, {}},
        reader_(module.bytes), diagnostics_(diagnostics) {}

  bool decode() {
    if (!readHeader())
      return false;
    while (!reader_.atEnd())
      if (!decodeSection())
        return false;
    if (!checkCounts())
      return false;
    for (const CustomSection &section : module_.customSections)
      if (section.name == "name")
        decodeNames(module_, section.payload);
    return true;
  }

private:
  bool readHeader() {
    if (auto complaint = describeBadHeader(module_.bytes))
      return error(complaint->byteOffset, std::move(complaint->message));
    if (module_.bytes.size() > limits::ModuleBytes)
      return error(0, llvm::formatv("module too large: {0} bytes, at most {1}",
                                    module_.bytes.size(), limits::ModuleBytes));
    reader_.skip(HeaderBytes);
    return true;
  }

  bool decodeSection() {
    const size_t start = reader_.offset();
    const uint8_t id = reader_.readU8();
    if (id >= std::size(Sections))
      return error(start, llvm::formatv("malformed section id {0}", id));
    const SectionRow &section = Sections[id];
    if (section.rank != 0 && section.rank <= lastRank_)
      return error(start, llvm::formatv("unexpected content after last section:"
                                        " {0} section is out of order",
                                        section.name));
    if (section.rank != 0)
      lastRank_ = section.rank;

    const size_t sizeOffset = reader_.offset();
    const uint32_t size = reader_.readU32();
    if (!reader_.ok())
      return error(reader_.errorOffset(), reader_.message());
    if (size > reader_.remaining())
      return error(sizeOffset,
                   llvm::formatv("length out of bounds: {0} section of {1} "
                                 "bytes, where {2} are left",
                                 section.name, size, reader_.remaining()));
    return decodePayload(section, id, size);
  }

  bool decodePayload(const SectionRow &section, uint8_t id, uint32_t size) {
    const size_t begin = reader_.offset();
    module_.sections.push_back({id, {begin, begin + size}});
    ByteReader payload(module_.bytes, begin, begin + size);
    section.decode(payload, context_);
    if (payload.ok() && !payload.atEnd())
      payload.fail("section size mismatch");
    if (!payload.ok())
      return sectionError(payload, section.name);
    reader_.skip(size);
    return true;
  }

  bool sectionError(const ByteReader &payload, const char *section) {
    llvm::StringRef message = payload.message();
    if (message == "unexpected end")
      message = "unexpected end of section or function";
    return error(payload.errorOffset(),
                 llvm::formatv("{0} ({1} section)", message, section));
  }

  /// What a missing section leaves open.
  bool checkCounts() {
    const size_t end = module_.bytes.size();
    if (module_.functions.size() != module_.importedFunctionCount && !hasCode())
      return error(end, "function and code section have inconsistent lengths");
    if (module_.dataCount.value_or(0) != 0 && module_.data.empty())
      return error(end,
                   "data count and data section have inconsistent lengths");
    return true;
  }

  bool hasCode() const {
    for (const SectionInfo &section : module_.sections)
      if (section.id == static_cast<uint8_t>(SectionId::Code))
        return true;
    return false;
  }

  bool error(uint64_t offset, std::string message) {
    Location location;
    location.file = module_.sourceName;
    location.byteOffset = offset;
    location.functionIndex = context_.function;
    diagnostics_.error(std::move(location), std::move(message));
    return false;
  }

  Module &module_;
  SectionContext context_;
  ByteReader reader_;
  Diagnostics &diagnostics_;
  uint8_t lastRank_ = 0;
};

} // namespace

std::optional<Module> decodeModule(std::span<const uint8_t> bytes,
                                   llvm::StringRef sourceName,
                                   Diagnostics &diagnostics) {
  Module module;
  module.sourceName = sourceName.str();
  module.bytes = bytes;
  if (!ModuleDecoder(module, diagnostics).decode())
    return std::nullopt;
  return module;
}

} // namespace wrought::decode
