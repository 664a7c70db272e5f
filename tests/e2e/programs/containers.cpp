// Containers, algorithms and smart pointers of the C++ library, without
// exceptions.
// flags: -fno-exceptions -std=c++20
#include <algorithm>
#include <array>
#include <bitset>
#include <cstdio>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {
std::uint32_t state = 2463534242u;
std::uint32_t next() {
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

void maps() {
  std::map<std::string, int> ordered;
  std::unordered_map<std::uint32_t, std::uint64_t> hashed;
  for (int i = 0; i < 20000; ++i) {
    std::uint32_t key = next() % 3000;
    ordered["key" + std::to_string(key % 500)] += i;
    hashed[key] += static_cast<std::uint64_t>(i) * key;
  }
  std::uint64_t sum = 0;
  for (auto &[key, value] : hashed)
    sum += key ^ value;
  std::printf("%zu %zu %llu %s=%d\n", ordered.size(), hashed.size(),
              static_cast<unsigned long long>(sum),
              ordered.begin()->first.c_str(), ordered.begin()->second);
  for (auto i = ordered.begin(); i != ordered.end();)
    i = i->second % 2 ? ordered.erase(i) : std::next(i);
  std::printf("%zu\n", ordered.size());
}

void sequences() {
  std::vector<std::uint32_t> values(50000);
  std::generate(values.begin(), values.end(), next);
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::stable_sort(values.begin(), values.end(),
                   [](auto a, auto b) { return a % 1000 < b % 1000; });
  std::nth_element(values.begin(), values.begin() + 25000, values.end());
  std::printf("%u %u %d\n", sorted[25000], values[25000],
              std::binary_search(sorted.begin(), sorted.end(), sorted[7]));
  std::deque<int> deque;
  std::list<int> list;
  for (int i = 0; i < 1000; ++i) {
    i % 2 ? deque.push_front(i) : deque.push_back(i);
    list.push_back(i * 7 % 1000);
  }
  list.sort();
  list.remove_if([](int i) { return i % 3 == 0; });
  std::printf("%d %d %zu %d\n", deque.front(), deque[500], list.size(),
              std::accumulate(list.begin(), list.end(), 0));
  std::priority_queue<int, std::vector<int>, std::greater<>> queue;
  std::set<int> set;
  for (int i = 0; i < 500; ++i) {
    queue.push(static_cast<int>(next() % 10000));
    set.insert(static_cast<int>(next() % 100));
  }
  for (int i = 0; i < 250; ++i)
    queue.pop();
  std::printf("%d %zu\n", queue.top(), set.size());
}

struct Node {
  int value;
  std::unique_ptr<Node> left, right;
};
void insert(std::unique_ptr<Node> &at, int value) {
  if (!at)
    at = std::make_unique<Node>(Node{value, nullptr, nullptr});
  else
    insert(value < at->value ? at->left : at->right, value);
}
int height(const Node *at) {
  return at ? 1 + std::max(height(at->left.get()), height(at->right.get())) : 0;
}

void utilities() {
  std::unique_ptr<Node> root;
  for (int i = 0; i < 2000; ++i)
    insert(root, static_cast<int>(next() % 100000));
  std::printf("%d\n", height(root.get()));
  auto shared = std::make_shared<std::string>("shared");
  std::weak_ptr<std::string> weak = shared;
  auto second = shared;
  std::printf("%ld %d ", shared.use_count(), weak.expired());
  shared.reset();
  second.reset();
  std::printf("%d\n", weak.expired());
  std::variant<int, double, std::string> variant = 3.5;
  variant = std::string("text");
  std::printf("%zu %s\n", variant.index(), std::get<2>(variant).c_str());
  std::optional<int> none;
  std::function<int(int)> twice = [](int i) { return 2 * i; };
  auto composed = [&](int i) { return twice(twice(i)); };
  std::bitset<200> bits;
  for (int i = 0; i < 200; i += 3)
    bits.set(i);
  auto [a, b] = std::tuple(1, 2);
  std::printf("%d %d %zu %d\n", none.value_or(-1), composed(21), bits.count(),
              a + b);
}
} // namespace

int main() {
  maps();
  sequences();
  utilities();
  return 0;
}
