/* Pools of plugin.wat: what they refuse, and threads that share one, each of
 * which must see instances as new, and nobody else's. */
#include "plugin.h"
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 6, SIZE = 3 };

struct host {
  plugin_pool *pool;
  plugin_instance *instance;
  int32_t answer;
};

static void say(void *user_data, int32_t at, int32_t length) {
  (void)user_data, (void)at, (void)length;
}
static int32_t ask(void *user_data, int32_t question) {
  struct host *host = user_data;
  if (question == 1)
    FAILS(plugin_pool_release(host->pool, host->instance), WROUGHT_BUSY);
  return host->answer;
}

static plugin_imports importsFor(struct host *host) {
  plugin_imports imports = {.env = {say, ask, host}};
  return imports;
}

static void misuse(void) {
  struct host first = {.answer = 1}, second = {.answer = 2};
  const plugin_imports imports = importsFor(&first),
                       others = importsFor(&second), none = {0};
  plugin_pool *pool = (plugin_pool *)&first, *empty;
  FAILS(plugin_pool_new(WROUGHT_ABI + 1, 2, &imports, NULL, &pool),
        WROUGHT_ABI_MISMATCH);
  CHECK(pool == NULL);
  FAILS(plugin_pool_new(WROUGHT_ABI, 2, &imports, NULL, NULL),
        WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_new(WROUGHT_ABI, 0, &imports, NULL, &pool),
        WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_new(WROUGHT_ABI, 2, NULL, NULL, &pool),
        WROUGHT_MISSING_IMPORT);
  const wrought_limits small = {.memory_byte_length = 1};
  FAILS(plugin_pool_new(WROUGHT_ABI, 2, &imports, &small, &pool),
        WROUGHT_INVALID_ARGUMENT);
  OK(plugin_pool_new(WROUGHT_ABI, 1, &imports, NULL, &empty));
  OK(plugin_pool_new(WROUGHT_ABI, 2, &imports, NULL, &pool));

  plugin_instance *a, *b, *c = NULL;
  FAILS(plugin_pool_acquire(pool, NULL, NULL), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_acquire(NULL, NULL, &a), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_acquire(pool, &none, &a), WROUGHT_MISSING_IMPORT);
  OK(plugin_pool_acquire(pool, NULL, &a));
  OK(plugin_pool_acquire(pool, &others, &b));
  FAILS(plugin_pool_acquire(pool, NULL, &c), WROUGHT_POOL_EMPTY);
  CHECK(c == NULL);
  int32_t value = 0;
  OK(plugin_ask_host(a, 0, &value));
  CHECK(value == 2);
  OK(plugin_ask_host(b, 0, &value));
  CHECK(value == 3);
  second.pool = pool, second.instance = b;
  OK(plugin_ask_host(b, 1, &value));

  /* Whose is it? */
  FAILS(plugin_free(a), WROUGHT_INVALID_ARGUMENT);
  OK(plugin_add(a, 1, 2, &value));
  FAILS(plugin_pool_release(empty, a), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_pool_release(pool, NULL), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_pool_release(NULL, a), WROUGHT_INVALID_ARGUMENT);
  plugin_instance *own;
  OK(plugin_instantiate(WROUGHT_ABI, &imports, NULL, &own));
  FAILS(plugin_pool_release(pool, own), WROUGHT_INVALID_INSTANCE);
  OK(plugin_free(own));
  FAILS(plugin_pool_free(pool), WROUGHT_BUSY);

  /* A handle that was given back is none. */
  OK(plugin_pool_release(pool, b));
  FAILS(plugin_pool_release(pool, b), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_add(b, 1, 2, &value), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_reset(b), WROUGHT_INVALID_INSTANCE);
  FAILS(plugin_free(b), WROUGHT_INVALID_INSTANCE);
  CHECK(plugin_memory_data(b) == NULL);
  uint64_t cleaned = 7;
  OK(plugin_pool_clean(pool, 10, &cleaned));
  CHECK(cleaned == 1);
  OK(plugin_pool_clean(pool, 10, &cleaned));
  CHECK(cleaned == 0);
  OK(plugin_pool_clean(pool, 10, NULL));
  FAILS(plugin_add(b, 1, 2, &value), WROUGHT_INVALID_INSTANCE);
  /* Imports that were given with acquire are those no longer. */
  OK(plugin_pool_acquire(pool, NULL, &b));
  OK(plugin_ask_host(b, 0, &value));
  CHECK(value == 2);
  /* Reset while acquired. */
  OK(plugin_add(b, 1, 2, &value));
  OK(plugin_reset(b));
  OK(plugin_calls_get(b, &value));
  CHECK(value == 0);

  OK(plugin_pool_release(pool, a));
  OK(plugin_pool_release(pool, b));
  OK(plugin_pool_free(pool));
  FAILS(plugin_pool_free(pool), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_acquire(pool, NULL, &a), WROUGHT_INVALID_ARGUMENT);
  FAILS(plugin_pool_clean(pool, 1, NULL), WROUGHT_INVALID_ARGUMENT);
  OK(plugin_pool_free(empty));
}

static plugin_pool *shared;
static int rounds, isDone;

static void useOne(plugin_instance *instance, int32_t id) {
  int32_t value = -1;
  OK(plugin_calls_get(instance, &value));
  CHECK(value == 0);
  CHECK(plugin_memory_size(instance) == 65536);
  OK(plugin_load(instance, 16, &value));
  CHECK(!memcmp(&value, "hell", 4));
  for (int32_t at = 32768; at < 65536; at += 4096) {
    OK(plugin_load(instance, at, &value));
    CHECK(value == 0);
    OK(plugin_store(instance, at, id));
  }
  OK(plugin_ask_host(instance, 0, &value));
  CHECK(value == id + 1);
  FAILS(plugin_divide(instance, 1, 0, &value), WROUGHT_TRAP);
  OK(plugin_grow(instance, 1 + id % 3, &value));
  OK(plugin_add(instance, 1, 2, &value));
  OK(plugin_store(instance, 16, id));
  for (int32_t at = 32768; at < 65536; at += 4096) {
    OK(plugin_load(instance, at, &value));
    CHECK(value == id);
  }
}

static void *work(void *argument) {
  struct host *host = argument;
  const plugin_imports imports = importsFor(host);
  for (int round = 0; round < rounds; ++round) {
    plugin_instance *instance;
    wrought_result result;
    while ((result = plugin_pool_acquire(shared, &imports, &instance)).code ==
           WROUGHT_POOL_EMPTY)
      ;
    CHECK(result.code == WROUGHT_OK);
    if (result.code != WROUGHT_OK)
      break;
    useOne(instance, host->answer);
    OK(plugin_pool_release(shared, instance));
  }
  return NULL;
}

static void *clean(void *argument) {
  uint64_t *total = argument, cleaned;
  while (!__atomic_load_n(&isDone, __ATOMIC_RELAXED)) {
    OK(plugin_pool_clean(shared, 1, &cleaned));
    *total += cleaned;
  }
  return NULL;
}

/* As many instances as threads: none is ever refused, though one may just be
 * cleaned. */
static void *neverRefused(void *argument) {
  const plugin_imports imports = importsFor(argument);
  for (int round = 0; round < rounds; ++round) {
    plugin_instance *instance;
    OK(plugin_pool_acquire(shared, &imports, &instance));
    if (!instance)
      break;
    int32_t value;
    OK(plugin_calls_get(instance, &value));
    CHECK(value == 0);
    OK(plugin_add(instance, 1, 2, &value));
    OK(plugin_pool_release(shared, instance));
  }
  return NULL;
}

static void contend(uint64_t size, void *(*body)(void *)) {
  struct host none = {.answer = -1}, hosts[THREADS];
  const plugin_imports imports = importsFor(&none);
  pthread_t threads[THREADS], cleaner;
  uint64_t cleaned = 0;
  isDone = 0;
  OK(plugin_pool_new(WROUGHT_ABI, size, &imports, NULL, &shared));
  pthread_create(&cleaner, NULL, clean, &cleaned);
  for (int i = 0; i < THREADS; ++i) {
    hosts[i] = (struct host){shared, NULL, 1000 + i};
    pthread_create(threads + i, NULL, body, hosts + i);
  }
  for (int i = 0; i < THREADS; ++i)
    pthread_join(threads[i], NULL);
  __atomic_store_n(&isDone, 1, __ATOMIC_RELAXED);
  pthread_join(cleaner, NULL);
  OK(plugin_pool_free(shared));
}

int main(int count, char **arguments) {
  rounds = count > 1 ? atoi(arguments[1]) : 300;
  for (int i = 0; i < 10; ++i)
    misuse();
  contend(SIZE, work);
  contend(THREADS, neverRefused);
  return reportChecks();
}
