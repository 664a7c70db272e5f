/* Uses the module by the header that Wrought wrote: see docs/libraries.md. */
#include "plugin.h"

#include <stdio.h>

struct host {
  plugin_instance *instance;
  const char *name;
};

static void say(void *user_data, int32_t at, int32_t length) {
  const struct host *host = user_data;
  char text[64];
  if (length < 0 || (size_t)length >= sizeof text ||
      plugin_memory_read(host->instance, (uint32_t)at, text, (size_t)length)
              .code != WROUGHT_OK)
    return;
  printf("%s: %.*s\n", host->name, (int)length, text);
}

static int32_t ask(void *user_data, int32_t question) {
  const struct host *host = user_data;
  if (question < 0) {
    plugin_fail(host->instance, question, "a question must not be negative");
    return 0;
  }
  return question * 2;
}

static void report(wrought_result result) {
  printf("failed: %s\n", result.error->message);
  for (size_t i = 0; i < result.error->frame_count; ++i)
    printf("  in func[%d] <%.*s>\n",
           (int)result.error->frames[i].function_index,
           (int)result.error->frames[i].name_length,
           result.error->frames[i].name);
}

int main(void) {
  struct host host = {NULL, "plugin"};
  const plugin_imports imports = {.env = {say, ask, &host}};
  wrought_result result =
      plugin_instantiate(WROUGHT_ABI, &imports, NULL, &host.instance);
  if (result.code != WROUGHT_OK) {
    report(result);
    return 1;
  }
  int32_t sum = 0, answer = 0;
  plugin_add(host.instance, 40, 2, &sum);
  printf("40 + 2 = %d\n", (int)sum);
  plugin_greet(host.instance);
  plugin_ask_host(host.instance, 20, &answer);
  printf("the host's answer and 1: %d\n", (int)answer);
  report(plugin_divide(host.instance, 1, 0, &answer));
  report(plugin_ask_host(host.instance, -5, &answer));
  plugin_free(host.instance);
  return 0;
}
