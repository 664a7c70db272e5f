//===- module_bytes.h - Binary modules for tests, byte by byte ------------===//
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace wrought::test {

using Bytes = std::vector<uint8_t>;

inline Bytes header() { return {0, 'a', 's', 'm', 1, 0, 0, 0}; }

inline void append(Bytes &out, const Bytes &bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline Bytes leb(uint64_t value) {
  Bytes bytes;
  for (; value > 0x7f; value >>= 7)
    bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}

inline Bytes concat(const std::vector<Bytes> &parts) {
  Bytes out;
  for (const Bytes &part : parts)
    append(out, part);
  return out;
}

/// A length and that many bytes: a section's payload, a body, a name.
inline Bytes sized(const Bytes &payload) {
  return concat({leb(payload.size()), payload});
}

inline Bytes name(std::string_view text) {
  return sized(Bytes(text.begin(), text.end()));
}

inline Bytes section(uint8_t id, const Bytes &payload) {
  return concat({{id}, sized(payload)});
}

/// A section that holds a vector of `items`.
inline Bytes section(uint8_t id, const std::vector<Bytes> &items) {
  return section(id, concat({leb(items.size()), concat(items)}));
}

inline Bytes module(const std::vector<Bytes> &sections) {
  return concat({header(), concat(sections)});
}

/// The bytes of a custom section's payload: its name, then `content`.
inline Bytes custom(std::string_view title, const Bytes &content) {
  return section(0, concat({name(title), content}));
}

/// A module with every section and most forms of their entries.
inline Bytes sampleModule() {
  const Bytes offset0 = {0x41, 0x00, 0x0b};
  const Bytes types = section(
      1, std::vector<Bytes>{
             {0x60, 2, 0x7f, 0x7e, 1, 0x7d},                      // 0: function
             {0x60, 0, 0},                                        // 1: function
             {0x50, 0, 0x5f, 2, 0x78, 1, 0x63, 2, 0},             // 2: struct
             {0x4f, 1, 2, 0x5f, 3, 0x78, 1, 0x63, 2, 0, 0x77, 0}, // 3: sub 2
             {0x4e, 2, 0x5e, 0x64, 5, 1, 0x5f, 1, 0x63, 4, 0},    // 4, 5
         });
  const Bytes imports =
      section(2, std::vector<Bytes>{
                     concat({name("env"), name("f"), {0, 1}}),
                     concat({name("env"), name("t"), {1, 0x70, 0, 1}}),
                     concat({name("env"), name("m"), {2, 1, 1, 2}}),
                     concat({name("env"), name("g"), {3, 0x7f, 0}}),
                     concat({name("env"), name("e"), {4, 0, 1}}),
                 });
  const Bytes functions = section(3, std::vector<Bytes>{{0}, {1}});
  const Bytes tables =
      section(4, std::vector<Bytes>{
                     {0x6f, 5, 3, 9},
                     {0x40, 0, 0x70, 1, 2, 5, 0xd0, 0x70, 0x0b},
                 });
  const Bytes memories = section(5, std::vector<Bytes>{
                                        {4, 1},
                                        {3, 1, 2},
                                        {8, 0, 0},
                                    });
  const Bytes tags = section(13, std::vector<Bytes>{{0, 1}});
  const Bytes globals = section(6, std::vector<Bytes>{
                                       {0x7f, 0, 0x41, 0x2a, 0x0b},
                                       {0x7e, 1, 0x42, 1, 0x42, 2, 0x7c, 0x0b},
                                   });
  const Bytes exports = section(7, std::vector<Bytes>{
                                       concat({name("run"), {0, 1}}),
                                       concat({name("mem"), {2, 0}}),
                                   });
  const Bytes start = section(8, Bytes{2});
  const Bytes elements =
      section(9, std::vector<Bytes>{
                     concat({{0}, offset0, {2, 0, 1}}),
                     {1, 0, 1, 2},
                     concat({{2, 1}, offset0, {0, 1, 1}}),
                     {3, 0, 1, 0},
                     concat({{4}, offset0, {1, 0xd2, 0, 0x0b}}),
                     {5, 0x6f, 1, 0xd0, 0x6f, 0x0b},
                     concat({{6, 1}, offset0, {0x70, 1, 0xd2, 1, 0x0b}}),
                     {7, 0x63, 1, 1, 0xd0, 1, 0x0b},
                 });
  const Bytes dataCount = section(12, Bytes{3});
  const Bytes code = section(
      10, std::vector<Bytes>{
              sized({2, 1, 0x7f, 2, 0x7e, 0x43, 0, 0, 0x80, 0x3f, 0x0b}),
              sized({0, 0x02, 0x40, 0x41, 0, 0x0e, 1, 0, 0, 0x0b, 0x41, 0, 0x28,
                     0x42, 1, 8, 0x1a, 0x0b}),
          });
  const Bytes data =
      section(11, std::vector<Bytes>{
                      concat({{0}, offset0, name("active")}),
                      concat({{1}, name("passive")}),
                      concat({{2, 1}, {0x42, 0, 0x0b}, name("explicit")}),
                  });
  const Bytes names = custom(
      "name", concat({
                  {0},
                  sized(name("sample")),
                  {1},
                  sized(concat({{2, 0}, name("imported"), {1}, name("run")})),
              }));
  return module({custom("first", {1, 2, 3}), types, imports, functions, tables,
                 memories, tags, globals, exports, start, elements, dataCount,
                 code, data, names});
}

} // namespace wrought::test
