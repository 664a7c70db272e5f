#include "translate/type_id.h"

#include <gtest/gtest.h>

#include <set>

namespace wrought::translate {
namespace {

using wasm::F32, wasm::F64, wasm::I32, wasm::I64;

TypeId idOf(std::vector<wasm::ValueType> parameters,
            std::vector<wasm::ValueType> results, bool isFinal = true) {
  wasm::SubType type;
  type.isFinal = isFinal;
  type.function = {std::move(parameters), std::move(results)};
  wasm::TypeStore types;
  types.addGroup({type});
  return typeId(types, wasm::TypeIndex(0));
}

TEST(TypeId, ShortTypesHaveOneWord) {
  const TypeId id = idOf({I32, F64}, {I64});
  EXPECT_EQ(id[1], 0u);
  EXPECT_EQ(id[2], 0u);
}

TEST(TypeId, AllTypesOfUpToFourValuesDiffer) {
  const std::vector<wasm::ValueType> values = {I32,
                                               I64,
                                               F32,
                                               F64,
                                               wasm::ValueType::funcRef(),
                                               wasm::ValueType::externRef()};
  std::set<TypeId> seen;
  size_t made = 0;
  for (size_t length = 0; length <= 4; ++length) {
    size_t combinations = 1;
    for (size_t i = 0; i < length; ++i)
      combinations *= values.size();
    for (size_t number = 0; number < combinations; ++number)
      for (size_t split = 0; split <= length; ++split) {
        std::vector<wasm::ValueType> parameters, results;
        size_t rest = number;
        for (size_t i = 0; i < length; ++i, rest /= values.size())
          (i < split ? parameters : results)
              .push_back(values[rest % values.size()]);
        seen.insert(idOf(parameters, results));
        ++made;
      }
  }
  EXPECT_EQ(seen.size(), made);
}

TEST(TypeId, LongAndOpenTypesAreHashed) {
  const std::vector<wasm::ValueType> many(30, I32);
  const TypeId longType = idOf(many, {});
  EXPECT_TRUE(longType[0] >> 63);
  EXPECT_NE(longType, idOf(many, {I32}));
  EXPECT_NE(idOf({I32}, {}, /*isFinal=*/false), idOf({I32}, {}));
}

} // namespace
} // namespace wrought::translate
