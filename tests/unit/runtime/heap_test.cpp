//===- heap_test.cpp - What the heap keeps, frees and refuses -------------===//
#include "core/process.h"
#include "gc/heap.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <memory>
#include <random>
#include <set>
#include <vector>

namespace wrought {

namespace {

using gc::Heap;
using gc::Object;

struct Type {
  std::vector<uint64_t> offsets;
  abi::GcType row;
};

std::unique_ptr<Type> structOf(uint64_t byteLength,
                               std::vector<uint64_t> references = {}) {
  auto type = std::make_unique<Type>(Type{std::move(references), {}});
  type->row = {byteLength,           0,       0, type->offsets.data(),
               type->offsets.size(), nullptr, 0};
  return type;
}

std::unique_ptr<Type> arrayOf(uint64_t elementByteLength,
                              bool isReference = false) {
  auto type = std::make_unique<Type>();
  type->row = {16, elementByteLength, isReference, nullptr, 0, nullptr, 0};
  return type;
}

/// Field or element `index` of what begins with a header of 8 or 16 bytes.
Object *&field(Object *object, uint64_t index) {
  return reinterpret_cast<Object **>(object)[1 + index];
}
Object *&element(Object *object, uint64_t index) {
  return reinterpret_cast<Object **>(object)[2 + index];
}
uint8_t *bytesOf(Object *object) { return reinterpret_cast<uint8_t *>(object); }

class HeapTest : public testing::Test {
protected:
  HeapTest() { process.pageByteLength = 4096; }

  void TearDown() override {
    if (heap_ != nullptr)
      heap_->release();
  }

  Heap &heap(uint64_t byteLength = 0, bool isStressed = false,
             uint64_t markStackLimit = 0) {
    if (heap_ == nullptr) {
      gc::HeapOptions options;
      options.byteLength = byteLength;
      options.isStressed = isStressed;
      options.markStackLimit = markStackLimit;
      options.owner = this;
      options.visitRoots = [](Heap &heap, void *owner) {
        auto &self = *static_cast<HeapTest *>(owner);
        heap.markObjects(self.roots_.data(), self.roots_.size());
        auto begin = reinterpret_cast<uintptr_t>(self.stack_.data());
        heap.markAnythingIn(begin, begin + 8 * self.stack_.size());
      };
      heap_ = Heap::create(options);
      EXPECT_NE(heap_, nullptr);
    }
    return *heap_;
  }
  Object *make(const Type &type, uint64_t length = 0) {
    return heap().allocate(type.row, length);
  }
  uint64_t countAlive() {
    heap().collect();
    return heap().statistics().objectCount;
  }

  std::vector<Object *> roots_;
  std::vector<uint64_t> stack_;

private:
  Heap *heap_ = nullptr;
};

TEST_F(HeapTest, MakesZeroedObjectsOfAllSizes) {
  heap(64 << 20);
  std::vector<std::unique_ptr<Type>> types;
  std::vector<std::pair<uintptr_t, uintptr_t>> ranges;
  for (uint64_t size = 8; size < 200000; size += size < 4096 ? 8 : 4104) {
    types.push_back(structOf(size));
    for (int repeat = 0; repeat < 2; ++repeat) {
      Object *object = make(*types.back());
      ASSERT_NE(object, nullptr) << size;
      roots_.push_back(object);
      const auto address = reinterpret_cast<uintptr_t>(object);
      ASSERT_EQ(address % 8, 0u);
      ASSERT_EQ(object->type, &types.back()->row);
      for (uint64_t offset = 8; offset < size; ++offset)
        ASSERT_EQ(bytesOf(object)[offset], 0) << size << " at " << offset;
      memset(bytesOf(object) + 8, 0xff, size - 8);
      ranges.emplace_back(address, address + size);
    }
  }
  std::sort(ranges.begin(), ranges.end());
  for (size_t index = 1; index < ranges.size(); ++index)
    ASSERT_LE(ranges[index - 1].second, ranges[index].first);
  EXPECT_EQ(countAlive(), ranges.size());
  // Nothing of it was touched.
  for (Object *object : roots_) {
    const uint64_t size = static_cast<abi::GcType *>(object->type)->byteLength;
    for (uint64_t offset = 8; offset < size; ++offset)
      ASSERT_EQ(bytesOf(object)[offset], 0xff);
  }
}

TEST_F(HeapTest, MakesArraysWithALength) {
  heap(64 << 20);
  for (uint64_t elementByteLength : {1, 2, 4, 8, 16}) {
    auto type = arrayOf(elementByteLength);
    for (uint64_t length : {0, 1, 7, 1000, 4093, 70000}) {
      Object *array = make(*type, length);
      ASSERT_NE(array, nullptr);
      EXPECT_EQ(array->length, length);
      const uint8_t *begin = bytesOf(array) + 16;
      EXPECT_TRUE(std::all_of(begin, begin + length * elementByteLength,
                              [](uint8_t byte) { return byte == 0; }));
      memset(bytesOf(array) + 16, 0xff, length * elementByteLength);
    }
  }
}

TEST_F(HeapTest, RefusesSizesThatOverflow) {
  heap(8 << 20);
  for (uint64_t elementByteLength : {1, 2, 8, 16}) {
    auto type = arrayOf(elementByteLength);
    for (uint64_t length :
         {UINT64_MAX, UINT64_MAX - 15, UINT64_MAX / elementByteLength,
          (UINT64_MAX - 16) / elementByteLength, uint64_t{1} << 60,
          uint64_t{1} << 32, uint64_t{8} << 20})
      EXPECT_EQ(make(*type, length), nullptr) << length;
  }
  EXPECT_NE(make(*arrayOf(1), 1 << 20), nullptr);
}

TEST_F(HeapTest, ZeroesWhatWasUsedBefore) {
  heap(4 << 20);
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    const uint64_t size = 8 * (1 + random() % (round % 100 == 0 ? 20000 : 300));
    auto type = structOf(size);
    Object *object = make(*type);
    ASSERT_NE(object, nullptr);
    for (uint64_t offset = 8; offset < size; ++offset)
      ASSERT_EQ(bytesOf(object)[offset], 0) << size << " at " << offset;
    memset(bytesOf(object) + 8, 0xee, size - 8);
  }
  EXPECT_GT(heap().statistics().collectionCount, 0u);
}

TEST_F(HeapTest, FreesGarbage) {
  heap(16 << 20);
  auto pair = structOf(24, {8, 16});
  for (int count = 0; count < 10'000'000; ++count)
    if (make(*pair) == nullptr)
      FAIL() << count;
  const gc::HeapStatistics statistics = heap().statistics();
  EXPECT_GT(statistics.collectionCount, 30u);
  EXPECT_LT(statistics.dirtyBlockCount * gc::blockByteLength, 6u << 20);
  EXPECT_EQ(countAlive(), 0u);
}

TEST_F(HeapTest, FreesLargeObjects) {
  heap(16 << 20);
  auto bytes = arrayOf(1);
  std::mt19937 random(2);
  for (int count = 0; count < 200; ++count) {
    Object *array = make(*bytes, 40000 + random() % 3000000);
    ASSERT_NE(array, nullptr);
    const uint8_t *begin = bytesOf(array) + 16;
    ASSERT_TRUE(std::all_of(begin, begin + array->length,
                            [](uint8_t byte) { return byte == 0; }));
    memset(bytesOf(array) + 16, 1, array->length);
  }
  EXPECT_EQ(countAlive(), 0u);
}

TEST_F(HeapTest, KeepsWhatRootsReach) {
  heap(64 << 20);
  auto node = structOf(24, {8, 16});
  auto references = arrayOf(8, true);
  // A list, a cycle, and an array of both.
  Object *list = nullptr;
  for (int count = 0; count < 1000; ++count) {
    Object *next = make(*node);
    field(next, 0) = list;
    list = next;
    make(*node);
  }
  Object *left = make(*node), *right = make(*node);
  field(left, 1) = right;
  field(right, 1) = left;
  Object *array = make(*references, 300);
  element(array, 0) = list;
  element(array, 299) = left;
  roots_ = {array};
  EXPECT_EQ(countAlive(), 1003u);
  EXPECT_EQ(countAlive(), 1003u);
  element(array, 0) = nullptr;
  EXPECT_EQ(countAlive(), 3u);
  element(array, 299) = nullptr;
  EXPECT_EQ(countAlive(), 1u);
  roots_.clear();
  EXPECT_EQ(countAlive(), 0u);
}

TEST_F(HeapTest, LooksAtReferencesOnly) {
  auto holder = structOf(24, {16});
  auto words = arrayOf(8);
  Object *target = make(*words, 1);
  Object *object = make(*holder);
  Object *array = make(*words, 4);
  field(object, 0) = target;
  element(array, 0) = target;
  roots_ = {object, array};
  EXPECT_EQ(countAlive(), 2u);
}

TEST_F(HeapTest, FollowsListsOfAnyLength) {
  heap(1u << 30);
  auto node = structOf(16, {8});
  constexpr uint64_t length = 10'000'000;
  roots_ = {nullptr};
  for (uint64_t count = 0; count < length; ++count) {
    Object *next = make(*node);
    if (next == nullptr)
      FAIL() << count;
    field(next, 0) = roots_[0];
    roots_[0] = next;
  }
  EXPECT_EQ(countAlive(), length);
  EXPECT_EQ(heap().statistics().rescanCount, 0u);
}

/// A list whose nodes have a payload with one more reference each; many more
/// objects wait than the mark stack can hold.
class MarkStackTest : public HeapTest {
protected:
  static constexpr uint64_t length = 100000;

  void build(bool isForward) {
    heap(256 << 20, false, 16);
    node_ = structOf(32, isForward ? std::vector<uint64_t>{8, 16}
                                   : std::vector<uint64_t>{16, 8});
    roots_ = {make(*node_)};
    Object *last = roots_[0];
    for (uint64_t count = 1; count < length; ++count) {
      Object *next = make(*node_);
      field(last, 0) = next;
      last = next;
      Object *payload = make(*node_);
      field(next, 1) = payload;
      field(payload, 1) = make(*node_);
    }
    references_ = arrayOf(8, true);
    Object *array = make(*references_, 100000);
    field(last, 1) = array;
    for (uint64_t index = 0; index < 100000; ++index)
      element(array, index) = make(*node_);
  }
  std::unique_ptr<Type> node_, references_;
};

TEST_F(MarkStackTest, MayOverflow) {
  build(true);
  EXPECT_EQ(countAlive(), 3 * length + 99997);
  EXPECT_GT(heap().statistics().rescanCount, 0u);
  EXPECT_LT(heap().statistics().rescanCount, 10u);
}

TEST_F(MarkStackTest, MayOverflowTheOtherWay) {
  build(false);
  EXPECT_EQ(countAlive(), 3 * length + 99997);
}

TEST_F(HeapTest, RescansWithAStackOfOne) {
  heap(64 << 20, false, 1);
  auto references = arrayOf(8, true);
  std::mt19937 random(3);
  std::vector<Object *> all;
  for (int count = 0; count < 200; ++count) {
    Object *array = make(*references, random() % 400);
    for (uint64_t index = 0; index < array->length; ++index)
      element(array, index) =
          all.empty() ? nullptr : all[random() % all.size()];
    all.push_back(array);
  }
  roots_ = {make(*references, 200)};
  std::copy(all.begin(), all.end(), &element(roots_[0], 0));
  EXPECT_EQ(countAlive(), 201u);
}

TEST_F(HeapTest, KeepsWhatTheStackPointsInto) {
  heap(64 << 20);
  auto small = structOf(48);
  auto bytes = arrayOf(1);
  for (uint64_t offset : {0, 1, 8, 40, 47, 48}) {
    Object *object = make(*small);
    stack_ = {0, reinterpret_cast<uint64_t>(object) + offset};
    heap().collect();
    ASSERT_EQ(object->type, &small->row);
    // The one right behind may be kept too.
    EXPECT_GE(heap().statistics().objectCount, 1u) << offset;
  }
  for (uint64_t offset : {0, 1, 16, 65536, 299999, 300016}) {
    Object *object = make(*bytes, 300000);
    stack_ = {reinterpret_cast<uint64_t>(object) + offset};
    heap().collect();
    EXPECT_EQ(heap().statistics().objectCount, 1u) << offset;
  }
  stack_.clear();
  EXPECT_EQ(countAlive(), 0u);
}

TEST_F(HeapTest, RightBehindAnObjectKeepsIt) {
  // Cells of 48 bytes without a gap between them.
  auto small = structOf(48);
  Object *first = make(*small), *second = make(*small);
  ASSERT_EQ(bytesOf(first) + 48, bytesOf(second));
  stack_ = {reinterpret_cast<uint64_t>(second)};
  EXPECT_EQ(countAlive(), 2u);
  stack_ = {reinterpret_cast<uint64_t>(second) + 1};
  EXPECT_EQ(countAlive(), 1u);
}

TEST_F(HeapTest, TakesHostileWords) {
  heap(4 << 20);
  auto node = structOf(24, {8, 16});
  auto bytes = arrayOf(1);
  std::vector<uint64_t> interesting = {
      0, 1, 2, 8, UINT64_MAX, INT64_MAX, uint64_t{1} << 63, 0xdbdbdbdbdbdbdbdb};
  for (Object *object : {make(*node), make(*bytes, 100000), make(*node)})
    for (int64_t offset : {-65536, -8, -1, 0, 1, 4, 8, 16, 23, 24, 65536,
                           131072, 1 << 22, 1 << 23, INT32_MAX})
      interesting.push_back(reinterpret_cast<uint64_t>(object) +
                            static_cast<uint64_t>(offset));
  std::mt19937_64 random(4);
  Object *holder = make(*node);
  roots_ = {holder};
  for (int round = 0; round < 3000; ++round) {
    const uint64_t near =
        interesting[random() % interesting.size()] + random() % 512;
    const uint64_t any = interesting[random() % interesting.size()];
    memcpy(&field(holder, 0), &any, 8);
    memcpy(&field(holder, 1), &near, 8);
    stack_ = {any, near, random()};
    roots_ = {holder, reinterpret_cast<Object *>(near)};
    Object *extra = make(*node);
    ASSERT_NE(extra, nullptr);
    heap().collect();
    ASSERT_EQ(holder->type, &node->row);
  }
}

TEST_F(HeapTest, InnerAddressesAreNoReferences) {
  auto node = structOf(24, {8, 16});
  Object *target = make(*node), *holder = make(*node);
  roots_ = {holder};
  const uint64_t inner = reinterpret_cast<uint64_t>(target) + 8;
  memcpy(&field(holder, 0), &inner, 8);
  EXPECT_EQ(countAlive(), 1u);
}

TEST_F(HeapTest, IsFullAtItsLimit) {
  constexpr uint64_t limit = 4 << 20;
  heap(limit);
  auto node = structOf(64, {8});
  roots_ = {nullptr};
  uint64_t count = 0;
  while (Object *next = make(*node)) {
    field(next, 0) = roots_[0];
    roots_[0] = next;
    ++count;
    ASSERT_LE(count, limit / 64);
  }
  EXPECT_EQ(count, limit / 64);
  EXPECT_EQ(make(*arrayOf(1), 100000), nullptr);
  // And can be used again.
  roots_.clear();
  EXPECT_NE(make(*arrayOf(1), 3000000), nullptr);
  EXPECT_NE(make(*node), nullptr);
}

TEST_F(HeapTest, GivesMemoryBack) {
  heap(256 << 20);
  auto bytes = arrayOf(1);
  auto references = arrayOf(8, true);
  roots_ = {make(*references, 1000)};
  for (int index = 0; index < 1000; ++index) {
    Object *array = make(*bytes, 100000);
    ASSERT_NE(array, nullptr);
    memset(bytesOf(array) + 16, 1, 100000);
    element(roots_[0], index) = array;
  }
  EXPECT_GT(heap().statistics().dirtyBlockCount, 1500u);
  roots_.clear();
  heap().collect();
  EXPECT_LE(heap().statistics().dirtyBlockCount * gc::blockByteLength,
            5u << 20);
  for (int count = 0; count < 100; ++count) {
    Object *array = make(*bytes, 100000);
    const uint8_t *begin = bytesOf(array) + 16;
    ASSERT_TRUE(std::all_of(begin, begin + 100000,
                            [](uint8_t byte) { return byte == 0; }));
  }
}

TEST_F(HeapTest, LooksAtRootsAndTablesThatWereAdded) {
  auto node = structOf(24, {8, 16});
  std::vector<std::vector<void *>> cells(1000, std::vector<void *>(2));
  for (auto &pair : cells)
    ASSERT_TRUE(heap().addRoots({pair.data(), pair.size()}));
  std::vector<void *> elements(2);
  abi::Table table = {elements.data(), 2, 100, 2};
  ASSERT_TRUE(heap().addTable(&table));
  for (auto &pair : cells)
    pair[1] = make(*node);
  elements[1] = make(*node);
  EXPECT_EQ(countAlive(), 1001u);
  // It moves and grows.
  std::vector<void *> more(50);
  more[1] = elements[1];
  more[49] = make(*node);
  table.elements = more.data();
  table.length = 50;
  elements[1] = nullptr;
  EXPECT_EQ(countAlive(), 1002u);
  table.length = 2;
  EXPECT_EQ(countAlive(), 1001u);
  cells[500][1] = nullptr;
  EXPECT_EQ(countAlive(), 1000u);
}

TEST_F(HeapTest, BeginsAnewAfterACollectionThatWasCutShort) {
  static jmp_buf place;
  static Object *root;
  static bool isCutShort;
  gc::HeapOptions options;
  options.visitRoots = [](Heap &heap, void *) {
    heap.markObjects(&root, 1);
    if (isCutShort)
      longjmp(place, 1);
  };
  Heap &cut = *Heap::create(options);
  auto node = structOf(24, {8, 16});
  root = cut.allocate(node->row, 0);
  field(root, 0) = cut.allocate(node->row, 0);
  isCutShort = true;
  if (setjmp(place) == 0)
    cut.collect();
  isCutShort = false;
  cut.collect();
  EXPECT_EQ(cut.statistics().objectCount, 2u);
  cut.release();
}

TEST_F(HeapTest, OverwritesWhatIsFreeUnderStress) {
  heap(4 << 20, true);
  auto node = structOf(32, {8});
  Object *kept = make(*node);
  roots_ = {kept};
  Object *lost = make(*node);
  Object *next = make(*node);
  EXPECT_EQ(heap().statistics().collectionCount, 3u);
  EXPECT_EQ(kept->type, &node->row);
  EXPECT_NE(next, nullptr);
  // It is the next one's, or overwritten.
  if (lost != next)
    EXPECT_EQ(bytesOf(lost)[0], 0xdb);
  for (int count = 0; count < 1000; ++count) {
    Object *object = make(*node);
    EXPECT_EQ(field(object, 0), nullptr);
    EXPECT_EQ(field(object, 2), nullptr);
  }
  EXPECT_EQ(heap().statistics().collectionCount, 1003u);
}

TEST_F(HeapTest, KeepsAGraphThatChanges) {
  heap(8 << 20);
  auto node = structOf(40, {8, 16, 24});
  std::mt19937 random(5);
  roots_.assign(50, nullptr);
  uint64_t stamp = 0;
  auto newNode = [&] {
    Object *object = make(*node);
    ++stamp;
    memcpy(bytesOf(object) + 32, &stamp, 8);
    return object;
  };
  for (Object *&root : roots_)
    root = newNode();
  for (int round = 0; round < 500000; ++round) {
    Object *object = newNode();
    Object *&root = roots_[random() % roots_.size()];
    field(object, random() % 3) = roots_[random() % roots_.size()];
    if (random() % 8 != 0)
      field(root, random() % 3) = object;
    else
      root = object;
  }
  // Each has its header and a stamp of its own.
  std::set<uint64_t> stamps;
  std::set<Object *> seen;
  std::vector<Object *> left(roots_);
  while (!left.empty()) {
    Object *object = left.back();
    left.pop_back();
    if (object == nullptr || !seen.insert(object).second)
      continue;
    ASSERT_EQ(object->type, &node->row);
    uint64_t own;
    memcpy(&own, bytesOf(object) + 32, 8);
    ASSERT_TRUE(stamps.insert(own).second);
    for (uint64_t index = 0; index < 3; ++index)
      left.push_back(field(object, index));
  }
  EXPECT_EQ(countAlive(), seen.size());
}

} // namespace

} // namespace wrought
