/* Libraries with a runtime each in one program: instances of one while others
 * fault, all of them taking signals of their own only. */
#include "image.h"
#include "plugin.h"
#include "renew.h"

#include <stdio.h>

static plugin_instance *plugin;
static image_instance *image;
static renew_instance *renew;

static void say(void *user_data, int32_t at, int32_t length) {
  (void)user_data, (void)at, (void)length;
}

/* The other module traps while this one waits. */
static int32_t ask(void *user_data, int32_t question) {
  (void)user_data;
  int32_t value;
  return image_load(image, -4, &value).code == WROUGHT_TRAP ? question : -1;
}

#define CHECK(condition)                                                       \
  do                                                                           \
    if (!(condition))                                                          \
      return printf("line %d: %s\n", __LINE__, #condition);                    \
  while (0)

int main(void) {
  plugin_imports imports = {.env = {say, ask, NULL}};
  int32_t value = 0;
  CHECK(!image_instantiate(WROUGHT_ABI, NULL, NULL, &image).code);
  CHECK(!plugin_instantiate(WROUGHT_ABI, &imports, NULL, &plugin).code);
  CHECK(!renew_instantiate(WROUGHT_ABI, NULL, NULL, &renew).code);
  for (int i = 0; i < 5; ++i) {
    CHECK(!image_load(image, 255 * 4096, &value).code && value == 255);
    CHECK(plugin_load(plugin, 65536, &value).code == WROUGHT_TRAP);
    CHECK(image_load(image, 1 << 20, &value).code == WROUGHT_TRAP);
    CHECK(!plugin_ask_host(plugin, 41, &value).code && value == 42);
    wrought_result result = plugin_divide(plugin, 1, 0, &value);
    CHECK(result.code == WROUGHT_TRAP && result.error->frame_count == 1);
    CHECK(result.error->frames[0].name_length == 6);
    CHECK(plugin_recurse(plugin, 1, &value).code == WROUGHT_TRAP);
    CHECK(!renew_reset(renew).code && !plugin_reset(plugin).code);
  }
  CHECK(((char *)renew_memory_data(renew))[65537] == 2);
  CHECK(!plugin_free(plugin).code && !image_free(image).code);
  CHECK(plugin_add(plugin, 1, 1, &value).code == WROUGHT_INVALID_INSTANCE);
  printf("several libraries\n");
  return 0;
}
