//===- module_builder.h - Binary modules for tests, section by section ----===//
#pragma once

#include "decode/module_decoder.h"
#include "validate/module_validator.h"

#include <cstdint>
#include <string>
#include <vector>

namespace wrought::validate::test {

using Bytes = std::vector<uint8_t>;

/// Value types as the binary format has them.
enum : uint8_t {
  i32 = 0x7f,
  i64 = 0x7e,
  f32 = 0x7d,
  f64 = 0x7c,
  v128 = 0x7b,
  funcref = 0x70,
  externref = 0x6f,
};

inline Bytes unsignedLeb(uint64_t value) {
  Bytes bytes;
  do {
    bytes.push_back((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
  } while (value != 0);
  return bytes;
}

inline void append(Bytes &to, const Bytes &from) {
  to.insert(to.end(), from.begin(), from.end());
}

inline Bytes sized(const Bytes &content) {
  Bytes bytes = unsignedLeb(content.size());
  append(bytes, content);
  return bytes;
}

/// Collects the entries of sections; build() puts them in the format's order.
class ModuleBuilder {
public:
  ModuleBuilder &type(const Bytes &parameters, const Bytes &results) {
    Bytes entry{0x60};
    append(entry, sized(parameters));
    append(entry, sized(results));
    return add(1, entry);
  }
  ModuleBuilder &function(uint8_t type, const Bytes &code,
                          const Bytes &locals = {0}) {
    add(3, {type});
    Bytes body = locals;
    append(body, code);
    body.push_back(0x0b);
    return add(10, sized(body));
  }
  ModuleBuilder &memory(const Bytes &limits = {0, 1}) { return add(5, limits); }
  ModuleBuilder &exported(const std::string &name, uint8_t kind,
                          uint8_t index) {
    Bytes entry = sized(Bytes(name.begin(), name.end()));
    entry.push_back(kind);
    entry.push_back(index);
    return add(7, entry);
  }
  /// Any entry of the section with this id.
  ModuleBuilder &add(uint8_t section, const Bytes &entry) {
    entries_[section].push_back(entry);
    return *this;
  }

  Bytes build() const {
    Bytes module{0, 'a', 's', 'm', 1, 0, 0, 0};
    for (uint8_t id : {1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11})
      if (!entries_[id].empty())
        append(module, section(id));
    return module;
  }

private:
  Bytes section(uint8_t id) const {
    // The start and the data count section are no vectors.
    Bytes content =
        id == 8 || id == 12 ? Bytes() : unsignedLeb(entries_[id].size());
    for (const Bytes &entry : entries_[id])
      append(content, entry);
    Bytes bytes{id};
    append(bytes, sized(content));
    return bytes;
  }

  std::vector<Bytes> entries_[14];
};

/// The first error's text, or "" when the module is valid.
inline std::string firstError(const Bytes &bytes, const Options &options = {}) {
  Diagnostics diagnostics;
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  if (module)
    validateModule(std::move(*module), options, diagnostics);
  return diagnostics.all().empty() ? "" : diagnostics.all().front().message;
}

/// The flags of the features that a valid module uses, "mvp" left out.
inline std::string featuresUsed(const Bytes &bytes) {
  Diagnostics diagnostics;
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  if (!module)
    return "malformed: " + diagnostics.all().front().message;
  auto valid = validateModule(std::move(*module), {}, diagnostics);
  if (!valid)
    return "invalid: " + diagnostics.all().front().message;
  std::string flags;
  for (const FeatureUse &use : valid->featureUses())
    if (use.feature != wasm::Feature::Mvp)
      flags += (flags.empty() ? "" : " ") +
               std::string(wasm::featureFlag(use.feature));
  return flags;
}

} // namespace wrought::validate::test
