// Virtual calls, multiple and virtual inheritance, dynamic_cast, static
// construction order, templates and coroutine-free generators.
// flags: -fno-exceptions -std=c++20
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace {
struct Logger {
  explicit Logger(const char *name) : name(name) { std::printf("+%s\n", name); }
  ~Logger() { std::printf("-%s\n", name); }
  const char *name;
};
Logger global("global");
Logger &local() {
  static Logger instance("local static");
  return instance;
}

struct Named {
  virtual ~Named() = default;
  virtual std::string name() const = 0;
};
struct Sized {
  virtual ~Sized() = default;
  virtual double size() const { return 1; }
};
struct Base : virtual Named {
  std::string name() const override { return "base"; }
  int payload = 1;
};
struct Circle final : Base, Sized {
  explicit Circle(double r) : radius(r) {}
  std::string name() const override { return "circle"; }
  double size() const override { return radius * radius * 3; }
  double radius;
};
struct Square : virtual Named, Sized {
  explicit Square(double s) : side(s) {}
  std::string name() const override { return "square"; }
  double size() const override { return side * side; }
  double side;
};

template <typename T, std::size_t N> constexpr auto powers(T base) {
  std::array<T, N> result{};
  T value = 1;
  for (auto &slot : result) {
    slot = value;
    value *= base;
  }
  return result;
}

template <typename... Ts> std::uint64_t sum(Ts... values) {
  return (static_cast<std::uint64_t>(values) + ...);
}

struct Counter {
  int operator()() { return value++; }
  int value = 0;
};

int Base::*volatile member = &Base::payload;
double (Sized::*volatile method)() const = &Sized::size;
} // namespace

int main() {
  Logger automatic("automatic");
  local();
  std::vector<std::unique_ptr<Named>> shapes;
  for (int i = 0; i < 6; ++i) {
    if (i % 2)
      shapes.push_back(std::make_unique<Circle>(i));
    else
      shapes.push_back(std::make_unique<Square>(i));
  }
  shapes.push_back(std::make_unique<Base>());
  for (auto &shape : shapes) {
    auto *sized = dynamic_cast<Sized *>(shape.get());
    std::printf("%s %.1f %d\n", shape->name().c_str(),
                sized ? (sized->*method)() : -1.0,
                dynamic_cast<Base *>(shape.get()) ? 1 : 0);
  }
  Base base;
  std::printf("%d %d\n", base.*member, typeid(*shapes[1]) == typeid(Circle));
  constexpr auto table = powers<std::uint64_t, 12>(7);
  std::printf("%llu %llu\n", static_cast<unsigned long long>(table[11]),
              static_cast<unsigned long long>(sum(1, 2u, 3ll, 'a', 4.7)));
  Counter counter;
  while (counter() < 10)
    ;
  std::printf("%d\n", counter.value);
  return 0;
}
