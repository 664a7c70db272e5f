// Uses the module by the header that Wrought wrote and wrought.hpp.
#include "plugin.h"
#include "wrought.hpp"

#include <cstdio>
#include <cstring>

namespace {

struct Host {
  plugin_instance *instance = nullptr;
};

void say(void *userData, int32_t at, int32_t length) {
  auto memory = wrought::bytes(plugin_memory_data, plugin_memory_size,
                               static_cast<Host *>(userData)->instance);
  const auto begin = static_cast<uint32_t>(at),
             size = static_cast<uint32_t>(length);
  if (begin > memory.size() || size > memory.size() - begin)
    return;
  std::printf("%.*s\n", static_cast<int>(size),
              reinterpret_cast<const char *>(memory.subspan(begin).data()));
}

int32_t ask(void *, int32_t question) { return question * 2; }

} // namespace

int main() {
  Host host;
  const plugin_imports imports = {{say, ask, &host}};
  auto plugin = wrought::instantiate(plugin_instantiate, plugin_free, &imports);
  if (!plugin)
    return 1;
  host.instance = plugin->get();
  std::printf(
      "40 + 2 = %d\n",
      static_cast<int>(wrought::call<int32_t>(plugin_add, host.instance, 40, 2)
                           .value_or(-1)));
  if (!wrought::run(plugin_greet, host.instance))
    return 1;
  const auto quotient =
      wrought::call<int32_t>(plugin_divide, host.instance, 1, 0);
  std::printf("failed: %s in %s\n", quotient.error().message.c_str(),
              quotient.error().frames.at(0).name.c_str());

  auto pool = wrought::makePool(plugin_pool_new, plugin_pool_free, 2, &imports);
  if (!pool)
    return 1;
  for (int request = 0; request < 3; ++request) {
    auto loan =
        wrought::acquire(plugin_pool_acquire, plugin_pool_release, pool->get());
    if (!loan)
      return 1;
    const auto sum =
        wrought::call<int32_t>(plugin_add, loan->get(), request, 1);
    std::printf("request %d: %d\n", request,
                static_cast<int>(sum.value_or(-1)));
  }
}
