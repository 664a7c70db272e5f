#include "translate/type_id.h"

#include <cstring>

namespace wrought::translate {

namespace {

constexpr uint64_t HashedMark = uint64_t{1} << 63;
/// 7^18 < 2^52, which leaves two counts of 5 bits below the mark.
constexpr size_t MaxExactValues = 18;

std::optional<uint64_t> digit(wasm::ValueType type) {
  switch (type.kind()) {
  case wasm::ValueKind::I32:
  case wasm::ValueKind::I64:
  case wasm::ValueKind::F32:
  case wasm::ValueKind::F64:
  case wasm::ValueKind::V128:
    return static_cast<uint64_t>(type.kind());
  default:
    if (type == wasm::ValueType::funcRef())
      return 5;
    if (type == wasm::ValueType::externRef())
      return 6;
    return std::nullopt;
  }
}

std::optional<uint64_t> exactNumber(const wasm::SubType &type) {
  const auto &[parameters, results] = type.function;
  if (parameters.size() + results.size() > MaxExactValues)
    return std::nullopt;
  uint64_t number = 0;
  for (const auto *list : {&parameters, &results})
    for (wasm::ValueType value : *list) {
      std::optional<uint64_t> next = digit(value);
      if (!next)
        return std::nullopt;
      number = number * 7 + *next;
    }
  return number << 10 | parameters.size() << 5 | results.size();
}

} // namespace

TypeId typeId(const wasm::TypeStore &types, wasm::TypeIndex index) {
  const wasm::SubType &type = types[index];
  const bool isPlain =
      type.isFinal && !type.supertype && types.group(index).second == 1;
  if (isPlain)
    if (std::optional<uint64_t> number = exactNumber(type))
      return {*number, 0, 0};
  TypeId id;
  static_assert(sizeof(id) <= sizeof(wasm::TypeDigest));
  std::memcpy(id.data(), types.digest(index).data(), sizeof(id));
  id[0] |= HashedMark;
  return id;
}

} // namespace wrought::translate
