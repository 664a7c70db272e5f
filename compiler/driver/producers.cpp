//===- producers.cpp - The custom section "producers" ---------------------===//
//
// Source: WebAssembly tool conventions, ProducersSection.md: a vector of fields
// ("language", "processed-by", "sdk"), each a vector of names with versions.
//
//===----------------------------------------------------------------------===//

#include "driver/producers.h"
#include "support/byte_reader.h"

#include "llvm/Support/JSON.h"

namespace wrought::driver {

/// A module may list as many as it likes; this many are of interest.
static constexpr size_t Most = 256;

static std::string readText(ByteReader &reader) {
  const auto bytes = reader.readBytes(reader.readU32());
  return llvm::json::fixUTF8(llvm::StringRef(
      reinterpret_cast<const char *>(bytes.data()), bytes.size()));
}

static void readSection(ByteReader reader, std::vector<Producer> &producers) {
  for (uint32_t fields = reader.readU32(); fields != 0 && reader.ok();
       --fields) {
    readText(reader); // the field's name
    for (uint32_t count = reader.readU32(); count != 0 && reader.ok();
         --count) {
      Producer producer = {readText(reader), readText(reader)};
      if (reader.ok() && producers.size() != Most)
        producers.push_back(std::move(producer));
    }
  }
}

std::vector<Producer> readProducers(const wasm::Module &module) {
  std::vector<Producer> producers;
  for (const wasm::CustomSection &section : module.customSections)
    if (section.name == "producers")
      readSection(
          ByteReader(module.bytes, section.payload.begin, section.payload.end),
          producers);
  return producers;
}

} // namespace wrought::driver
