/* A host that uses plugin.wat (examples/library) rightly and wrongly: every
 * check prints what failed, and the number of checks is the last line. */
#define _GNU_SOURCE
#include "plugin.h"
#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct host {
  plugin_instance *instance, *other;
  int logged, depth, cleaned;
  char text[64];
};

static void say(void *user_data, int32_t at, int32_t length) {
  struct host *host = user_data;
  ++host->logged;
  memset(host->text, 0, sizeof host->text);
  OK(plugin_memory_read(host->instance, (uint32_t)at, host->text,
                        (uint64_t)length));
}

/* 0 to 99: the double. 100: nested calls that trap. 200: fails. 300: frees its
 * own instance, which is refused. */
static int32_t ask(void *user_data, int32_t question) {
  struct host *host = user_data;
  int32_t value = 0;
  if (question == 100) {
    FAILS(plugin_divide(host->instance, 1, 0, &value), WROUGHT_TRAP);
    FAILS(plugin_load(host->instance, -4, &value), WROUGHT_TRAP);
    if (host->other)
      FAILS(plugin_load(host->other, 1 << 20, &value), WROUGHT_TRAP);
    if (++host->depth < 20)
      OK(plugin_ask_host(host->instance, 100, &value));
    ++host->cleaned;
    return 7;
  }
  if (question == 200) {
    OK(plugin_fail(host->instance, -1234567890123, "no answer"));
    ++host->cleaned;
    return 0;
  }
  if (question == 300) {
    FAILS(plugin_free(host->instance), WROUGHT_BUSY);
    FAILS(plugin_reset(host->instance), WROUGHT_BUSY);
  }
  return question * 2;
}

static plugin_imports importsFor(struct host *host) {
  plugin_imports imports = {.env = {say, ask, host}};
  return imports;
}

static plugin_instance *make(struct host *host) {
  plugin_imports imports = importsFor(host);
  OK(plugin_instantiate(WROUGHT_ABI, &imports, NULL, &host->instance));
  return host->instance;
}

static void testCalls(void) {
  struct host host = {0};
  plugin_instance *plugin = make(&host);
  int32_t value = 0;
  int64_t wide = 0;
  double number = 0;
  OK(plugin_add(plugin, 40, 2, &value));
  CHECK(value == 42);
  OK(plugin_add(plugin, 40, 2, NULL));
  OK(plugin_calls_get(plugin, &value));
  CHECK(value == 2);
  OK(plugin_calls_set(plugin, -7));
  OK(plugin_calls_get(plugin, &value));
  CHECK(value == -7);
  OK(plugin_mix(plugin, -1, 10, 0.5f, 0.25, &number));
  CHECK(number == 9.75);
  OK(plugin_many(plugin, 1, 2, 3, 4, 5, 6, -7, 8589934592, &wide));
  CHECK(wide == 8589934586);
  OK(plugin_swap(plugin, -3, 1ll << 40, &wide, &value));
  CHECK(wide == 1ll << 40 && value == -3);
  OK(plugin_free_(plugin, 5, &value));
  CHECK(value == 5);
  OK(plugin_greet(plugin));
  CHECK(host.logged == 1 && !strcmp(host.text, "hello from the module"));
  OK(plugin_apply(plugin, 0, 20, 3, &value));
  CHECK(value == 23);
  OK(plugin_ask_host(plugin, -20, &value));
  CHECK(value == -39);
  OK(plugin_free(plugin));
}

static void testTraps(void) {
  struct host host = {0};
  plugin_instance *plugin = make(&host);
  int32_t value = 0;
  wrought_result result = plugin_divide(plugin, 1, 0, &value);
  CHECK(result.code == WROUGHT_TRAP);
  CHECK(result.error->trap == WROUGHT_TRAP_INTEGER_DIVIDE_BY_ZERO);
  CHECK(!strcmp(result.error->message, "integer divide by zero"));
  CHECK(result.error->frame_count == 1 &&
        result.error->frames[0].function_index == 3 &&
        result.error->frames[0].name_length == 6 &&
        !memcmp(result.error->frames[0].name, "divide", 6));
  result = plugin_load(plugin, 65536, &value);
  CHECK(result.code == WROUGHT_TRAP &&
        result.error->trap == WROUGHT_TRAP_MEMORY_OUT_OF_BOUNDS);
  FAILS(plugin_load(plugin, 65533, &value), WROUGHT_TRAP);
  FAILS(plugin_store(plugin, -1, 1), WROUGHT_TRAP);
  result = plugin_apply(plugin, 9, 1, 1, &value);
  CHECK(result.error->trap == WROUGHT_TRAP_UNDEFINED_ELEMENT);
  result = plugin_apply(plugin, 3, 1, 1, &value);
  CHECK(result.error->trap == WROUGHT_TRAP_UNINITIALIZED_ELEMENT);
  result = plugin_apply(plugin, 1, 1, 0, &value);
  CHECK(result.error->trap == WROUGHT_TRAP_INTEGER_DIVIDE_BY_ZERO);
  result = plugin_recurse(plugin, 1, &value);
  CHECK(result.code == WROUGHT_TRAP &&
        result.error->trap == WROUGHT_TRAP_STACK_EXHAUSTED);
  CHECK(result.error->frame_count == 32);
  for (int i = 0; i < 1000; ++i)
    CHECK(plugin_load(plugin, -1, &value).code == WROUGHT_TRAP);
  OK(plugin_add(plugin, 1, 2, &value));
  CHECK(value == 3);
  OK(plugin_free(plugin));
}

static void testNesting(void) {
  struct host host = {0}, other = {0};
  plugin_instance *plugin = make(&host);
  host.other = make(&other);
  int32_t value = 0;
  OK(plugin_ask_host(plugin, 100, &value));
  CHECK(value == 8 && host.depth == 20 && host.cleaned == 20);
  host.cleaned = 0;
  wrought_result result = plugin_ask_host(plugin, 200, &value);
  CHECK(result.code == WROUGHT_HOST_FAILED && host.cleaned == 1);
  CHECK(result.error->host_status == -1234567890123 &&
        !strcmp(result.error->message, "no answer"));
  OK(plugin_ask_host(plugin, 300, &value));
  OK(plugin_add(plugin, 1, 2, &value));
  OK(plugin_free(plugin));
  OK(plugin_free(host.other));
}

static void testMemory(void) {
  struct host host = {0};
  plugin_instance *plugin = make(&host);
  char bytes[8] = "abcdefg", back[8] = "";
  int32_t value = 0;
  CHECK(plugin_memory_size(plugin) == 65536);
  OK(plugin_memory_write(plugin, 65528, bytes, 8));
  OK(plugin_memory_read(plugin, 65528, back, 8));
  CHECK(!memcmp(bytes, back, 8));
  CHECK(!memcmp((char *)plugin_memory_data(plugin) + 65528, bytes, 8));
  FAILS(plugin_memory_write(plugin, 65529, bytes, 8), WROUGHT_OUT_OF_BOUNDS);
  FAILS(plugin_memory_read(plugin, UINT64_MAX, back, 8), WROUGHT_OUT_OF_BOUNDS);
  OK(plugin_memory_grow(plugin, 1));
  CHECK(plugin_memory_size(plugin) == 131072);
  OK(plugin_load(plugin, 131068, &value));
  FAILS(plugin_load(plugin, 131069, &value), WROUGHT_TRAP);
  FAILS(plugin_memory_grow(plugin, 15), WROUGHT_OUT_OF_MEMORY);
  OK(plugin_store(plugin, 16, 12345));
  OK(plugin_calls_set(plugin, 99));
  OK(plugin_reset(plugin));
  CHECK(plugin_memory_size(plugin) == 65536);
  FAILS(plugin_load(plugin, 131068, &value), WROUGHT_TRAP);
  OK(plugin_load(plugin, 65528, &value));
  CHECK(value == 0);
  OK(plugin_load(plugin, 16, &value));
  CHECK(value == 0x6c6c6568);
  OK(plugin_calls_get(plugin, &value));
  CHECK(value == 0);
  OK(plugin_greet(plugin));

  wrought_reference element = NULL;
  CHECK(plugin_table_size(plugin) == 4);
  OK(plugin_table_get(plugin, 0, &element));
  CHECK(element != NULL);
  OK(plugin_table_set(plugin, 3, element));
  OK(plugin_apply(plugin, 3, 2, 2, &value));
  CHECK(value == 4);
  OK(plugin_table_grow(plugin, 4, element));
  CHECK(plugin_table_size(plugin) == 8);
  OK(plugin_apply(plugin, 7, 2, 3, &value));
  CHECK(value == 5);
  FAILS(plugin_table_grow(plugin, 1, NULL), WROUGHT_OUT_OF_MEMORY);
  FAILS(plugin_table_get(plugin, 8, &element), WROUGHT_OUT_OF_BOUNDS);
  OK(plugin_free(plugin));
}

static void testLimits(void) {
  struct host host = {0};
  plugin_imports imports = importsFor(&host);
  int32_t value = 0;
  wrought_limits limits = {2 << 16, 5, 32 << 10};
  OK(plugin_instantiate(WROUGHT_ABI, &imports, &limits, &host.instance));
  OK(plugin_grow(host.instance, 1, &value));
  CHECK(value == 1);
  OK(plugin_grow(host.instance, 1, &value));
  CHECK(value == -1);
  OK(plugin_table_grow(host.instance, 1, NULL));
  FAILS(plugin_table_grow(host.instance, 1, NULL), WROUGHT_OUT_OF_MEMORY);
  FAILS(plugin_recurse(host.instance, 1, &value), WROUGHT_TRAP);
  OK(plugin_free(host.instance));
  limits.memory_byte_length = 65535;
  FAILS(plugin_instantiate(WROUGHT_ABI, &imports, &limits, &host.instance),
        WROUGHT_INVALID_ARGUMENT);
  CHECK(host.instance == NULL);
}

static void testReflection(void) {
  struct host host = {0};
  plugin_instance *plugin = make(&host);
  size_t count = 0, found = 0;
  const wrought_item *items = plugin_import_items(&count);
  CHECK(count == 2 && !strcmp(items[0].module, "env") &&
        !strcmp(items[1].name, "ask") && items[1].parameter_count == 1 &&
        items[1].result_count == 1 && items[1].types[1] == WROUGHT_I32);
  items = plugin_export_items(&count);
  for (size_t i = 0; i < count; ++i)
    if (!strcmp(items[i].name, "mix"))
      found = items[i].kind == WROUGHT_FUNCTION && items[i].types[1] == WROUGHT_I64 &&
              items[i].types[4] == WROUGHT_F64;
  CHECK(found);
  wrought_value values[4] = {{.i32 = -1}, {.i64 = 10}, {.f32 = 0.5f}, {.f64 = 1}};
  wrought_value result;
  OK(plugin_call(plugin, "mix", values, 4, &result, 1));
  CHECK(result.f64 == 10.5);
  /* Misuse. */
  FAILS(plugin_call(plugin, "mix", values, 3, &result, 1), WROUGHT_WRONG_TYPE);
  FAILS(plugin_call(plugin, "mix", values, 4, NULL, 0), WROUGHT_WRONG_TYPE);
  FAILS(plugin_call(plugin, "mix", values, 4, NULL, 1),
        WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_call(plugin, "none", NULL, 0, NULL, 0), WROUGHT_NOT_FOUND);
  FAILS(plugin_call(plugin, "memory", NULL, 0, NULL, 0), WROUGHT_NOT_FOUND);
  FAILS(plugin_call(plugin, NULL, NULL, 0, NULL, 0), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_call(NULL, "mix", values, 4, &result, 1),
        WROUGHT_INVALID_INSTANCE);
  values[0].i32 = 1;
  values[1].i32 = 0;
  FAILS(plugin_call(plugin, "divide", values, 2, &result, 1), WROUGHT_TRAP);
  OK(plugin_free(plugin));
}

static void testMisuse(void) {
  struct host host = {0};
  plugin_imports imports = importsFor(&host);
  int32_t value = 0;
  char byte = 0;
  FAILS(plugin_instantiate(WROUGHT_ABI + 1, &imports, NULL, &host.instance),
        WROUGHT_ABI_MISMATCH);
  FAILS(plugin_instantiate(WROUGHT_ABI, &imports, NULL, NULL),
        WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_instantiate(WROUGHT_ABI, NULL, NULL, &host.instance),
        WROUGHT_MISSING_IMPORT);
  imports.env.ask = NULL;
  FAILS(plugin_instantiate(WROUGHT_ABI, &imports, NULL, &host.instance),
        WROUGHT_MISSING_IMPORT);
  FAILS(plugin_add(NULL, 1, 2, &value), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_free(NULL), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_fail(NULL, 0, NULL), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_memory_grow(NULL, 1), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_calls_get(NULL, &value), WROUGHT_INVALID_INSTANCE);
  CHECK(plugin_memory_data(NULL) == NULL && plugin_memory_size(NULL) == 0);
  CHECK(plugin_table_size(NULL) == 0);
  plugin_instance *plugin = make(&host);
  FAILS(plugin_fail(plugin, 0, "outside"), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_memory_read(plugin, 0, NULL, 1), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_memory_write(plugin, 0, NULL, 1), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_calls_get(plugin, NULL), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_table_get(plugin, 0, NULL), WROUGHT_INVALID_ARGUMENT);
  OK(plugin_free(plugin));
  FAILS(plugin_free(plugin), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_reset(plugin), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_add(plugin, 1, 2, &value), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_call(plugin, "greet", NULL, 0, NULL, 0),
        WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_memory_read(plugin, 0, &byte, 1), WROUGHT_INVALID_INSTANCE);
}

/* Instances on threads, and one that two of them want. */
static pthread_barrier_t barrier;
static plugin_instance *shared;

static int32_t waitForOther(void *user_data, int32_t question) {
  (void)user_data;
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  return question;
}

static void *intrude(void *nothing) {
  int32_t value;
  pthread_barrier_wait(&barrier);
  FAILS(plugin_add(shared, 1, 2, &value), WROUGHT_BUSY);
  FAILS(plugin_free(shared), WROUGHT_BUSY);
  FAILS(plugin_call(shared, "greet", NULL, 0, NULL, 0), WROUGHT_BUSY);
  pthread_barrier_wait(&barrier);
  return nothing;
}

static void *work(void *nothing) {
  struct host host = {0};
  plugin_imports imports = importsFor(&host);
  int32_t value = 0, wrong = 0;
  for (int round = 0; round < 20; ++round) {
    if (plugin_instantiate(WROUGHT_ABI, &imports, NULL, &host.instance).code)
      return "instantiate";
    for (int i = 0; i < 200; ++i) {
      wrong += plugin_load(host.instance, -i - 1, &value).code != WROUGHT_TRAP;
      wrong += plugin_divide(host.instance, 9, i % 2, &value).code !=
               (i % 2 ? WROUGHT_OK : WROUGHT_TRAP);
    }
    wrong += plugin_recurse(host.instance, 1, &value).code != WROUGHT_TRAP;
    wrong += plugin_free(host.instance).code != WROUGHT_OK;
  }
  return wrong ? "wrong" : nothing;
}

static void testThreads(void) {
  pthread_t threads[8];
  for (int i = 0; i < 8; ++i)
    pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < 8; ++i) {
    void *result;
    pthread_join(threads[i], &result);
    CHECK(result == NULL);
  }
  struct host host = {0};
  plugin_imports imports = {.env = {say, waitForOther, &host}};
  pthread_barrier_init(&barrier, NULL, 2);
  OK(plugin_instantiate(WROUGHT_ABI, &imports, NULL, &shared));
  pthread_create(&threads[0], NULL, intrude, NULL);
  int32_t value = 0;
  OK(plugin_ask_host(shared, 5, &value));
  CHECK(value == 6);
  pthread_join(threads[0], NULL);
  OK(plugin_free(shared));
}

/* What becomes of an instance that many come after. */
static void testReuse(void) {
  struct host host = {0};
  plugin_imports imports = importsFor(&host);
  static plugin_instance *instances[300];
  int32_t value = 0;
  for (int i = 0; i < 300; ++i) {
    OK(plugin_instantiate(WROUGHT_ABI, &imports, NULL, &instances[i]));
    OK(plugin_store(instances[i], 1000, i));
  }
  for (int i = 0; i < 300; ++i) {
    OK(plugin_load(instances[i], 1000, &value));
    CHECK(value == i);
    OK(plugin_free(instances[i]));
  }
  for (int i = 0; i < 20000; ++i) {
    if (plugin_instantiate(WROUGHT_ABI, &imports, NULL, &host.instance).code ||
        plugin_load(host.instance, 1000, &value).code || value != 0 ||
        plugin_load(host.instance, 16, &value).code || value != 0x6c6c6568 ||
        plugin_store(host.instance, 1000, 1).code ||
        plugin_store(host.instance, 16, 1).code ||
        plugin_free(host.instance).code) {
      CHECK(!"an instance is not fresh");
      return;
    }
  }
}

/* Signals of the host's own. */
static sigjmp_buf escape;
static volatile int handled;

static void onSegv(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info, (void)context;
  ++handled;
  siglongjmp(escape, 1);
}

static struct sigaction before;
static void onSegvChained(int signal, siginfo_t *info, void *context) {
  if (info->si_addr == (void *)8) {
    ++handled;
    siglongjmp(escape, 1);
  }
  before.sa_sigaction(signal, info, context);
}

static void faultOnce(void) {
  if (!sigsetjmp(escape, 1))
    *(volatile int *)8 = 0;
}

static char *deep(int depth, char *above) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  return depth ? deep(depth - 1, (char *)frame) + (frame[0] & 1) : above;
}

static void testSignals(void) {
  struct host host = {0};
  int32_t value = 0;
  plugin_instance *plugin = make(&host);
  handled = 0;
  faultOnce();
  CHECK(handled == 1);
  FAILS(plugin_load(plugin, -1, &value), WROUGHT_TRAP);
  CHECK(handled == 1);
  /* Within the guard of a memory, but not by the module. */
#ifdef GUARDED
  if (!sigsetjmp(escape, 1))
    ((volatile char *)plugin_memory_data(plugin))[1 << 20] = 1;
#else
  faultOnce();
#endif
  CHECK(handled == 2);
  /* A handler that comes later and passes on what is not its own. */
  struct sigaction action = {0};
  action.sa_sigaction = onSegvChained;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &before);
  faultOnce();
  CHECK(handled == 3);
  FAILS(plugin_load(plugin, -1, &value), WROUGHT_TRAP);
  CHECK(handled == 3);
  sigaction(SIGSEGV, &before, NULL);
  /* The host's own stack: its handler, on its own signal stack. */
  static char stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  if (!sigsetjmp(escape, 1))
    deep(1 << 20, NULL);
  CHECK(handled == 4);
  FAILS(plugin_load(plugin, -1, &value), WROUGHT_TRAP);
  OK(plugin_free(plugin));
}

int main(void) {
  struct sigaction action = {0};
  action.sa_sigaction = onSegv;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, NULL);
  testCalls();
  testTraps();
  testNesting();
  testMemory();
  testLimits();
  testReflection();
  testMisuse();
  testThreads();
  testReuse();
  testSignals();
  return reportChecks();
}
