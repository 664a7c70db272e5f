/* Instances of two libraries that share memories and globals, and functions of
 * the host with several results: rightly and wrongly. */
#include "check.h"
#include "owner.h"
#include "user.h"

#include <pthread.h>
#include <string.h>

struct host {
  owner_instance *owner;
  user_instance *user;
  int answer;
};

/* 1000: the owner's memory grows, 4000: its table does. 2000: fails. 3000: no
 * results. */
static void pair(void *user_data, int32_t a, int64_t b, int64_t *r0,
                 int32_t *r1) {
  struct host *host = user_data;
  int32_t before;
  if (a == 3000)
    return;
  if (a == 1000)
    OK(owner_grow(host->owner, 1, &before));
  if (a == 4000)
    OK(owner_grow_hosts(host->owner, 1, host, &before));
  if (a == 2000)
    OK(user_fail(host->user, 7, "no pair"));
  *r0 = b + host->answer;
  *r1 = -a;
}

static void many(void *user_data, float a, int32_t b, int32_t *r0, float *r1,
                 double *r2, int64_t *r3, wrought_reference *r4) {
  *r0 = b - 1;
  *r1 = a * 2;
  *r2 = (double)a * 4;
  *r3 = (int64_t)b << 32;
  *r4 = user_data;
}

static owner_instance *owner;
static wrought_shared *memory, *wide, *count, *ratio, *vector, *hosts,
    *wideHosts, *held;

static void shareAll(void) {
  OK(owner_instantiate(WROUGHT_ABI, NULL, NULL, &owner));
  OK(owner_memory_share(owner, &memory));
  OK(owner_wide_share(owner, &wide));
  OK(owner_count_share(owner, &count));
  OK(owner_ratio_share(owner, &ratio));
  OK(owner_vector_share(owner, &vector));
  OK(owner_hosts_share(owner, &hosts));
  OK(owner_wide_hosts_share(owner, &wideHosts));
  OK(owner_held_share(owner, &held));
}

static user_imports importsFor(struct host *host) {
  user_imports imports = {
      .env = {memory, count, ratio, vector, hosts, held, pair, many, host}};
  return imports;
}

static void results(user_instance *user, struct host *host) {
  int64_t r0 = 0;
  int32_t r1 = 0, i = 0;
  wrought_result (*const ways[])(user_instance *, int32_t, int64_t, int64_t *,
                                 int32_t *) = {
      user_pair, user_pair_indirect, user_pair_tail, user_pair_itself};
  for (int way = 0; way < 4; ++way) {
    OK(ways[way](user, 5, 1ll << 40, &r0, &r1));
    CHECK(r0 == (1ll << 40) + host->answer && r1 == -5);
    OK(ways[way](user, 3000, 1, &r0, &r1));
    CHECK(r0 == 0 && r1 == 0);
    OK(ways[way](user, 5, 1, NULL, NULL));
    FAILS(ways[way](user, 2000, 1, &r0, &r1), WROUGHT_HOST_FAILED);
  }
  float f = 0;
  double d = 0;
  wrought_reference reference = NULL;
  OK(user_many(user, 1.5f, -7, &i, &f, &d, &r0, &reference));
  CHECK(i == -8 && f == 3.0f && d == 6.0 && r0 == -7ll * (1ll << 32) &&
        reference == host);
  const wrought_value arguments[] = {{.i32 = 9}, {.i64 = 1}};
  wrought_value values[2];
  OK(user_call(user, "pair", arguments, 2, values, 2));
  CHECK(values[0].i64 == 1 + host->answer && values[1].i32 == -9);
}

/* The host's references, in the owner's table and global. */
static void references(user_instance *first, user_instance *second) {
  int32_t value = 0, one, two;
  wrought_reference found = NULL;
  OK(user_set_host(first, 1, &one));
  OK(owner_host_at(owner, 1, &found));
  CHECK(found == &one);
  OK(owner_hosts_set(owner, 0, &two));
  OK(user_host_at(second, 0, &found));
  CHECK(found == &two);
  FAILS(user_host_at(first, 2, &found), WROUGHT_TRAP);
  FAILS(user_set_host(first, -1, &one), WROUGHT_TRAP);
  /* Whoever makes it longer, all see it, in the middle of a call too. */
  OK(user_grow_hosts(first, 1, &one, &value));
  CHECK(value == 2 && owner_hosts_size(owner) == 3);
  OK(user_host_at(second, 2, &found));
  CHECK(found == &one);
  OK(user_host_across(second, 3, &found));
  CHECK(found != NULL && found != &one);
  OK(user_hosts_size(first, &value));
  CHECK(value == 4);
  OK(user_fill_hosts(first, 0, &two, 4));
  OK(owner_hosts_get(owner, 3, &found));
  CHECK(found == &two);
  FAILS(user_fill_hosts(first, 1, &two, 4), WROUGHT_TRAP);
  OK(owner_hosts_grow(owner, 2, NULL));
  OK(user_grow_hosts(first, 1, NULL, &value));
  CHECK(value == -1);
  OK(user_hosts_size(second, &value));
  CHECK(value == 6);

  OK(user_hold(first, &one));
  OK(owner_held_now(owner, &found));
  CHECK(found == &one);
  OK(owner_held_set(owner, &two));
  OK(user_held_now(second, &found));
  CHECK(found == &two);
}

static void together(void) {
  struct host first = {owner, NULL, 1}, second = {owner, NULL, 2};
  user_imports imports = importsFor(&first);
  OK(user_instantiate(WROUGHT_ABI, &imports, NULL, &first.user));
  imports.env.user_data = &second;
  OK(user_instantiate(WROUGHT_ABI, &imports, NULL, &second.user));
  int32_t value = 0;
  int64_t wideValue = 0;
  OK(owner_load(owner, 100, &value));
  CHECK(!memcmp(&value, "here", 4));
  OK(user_load_own(first.user, 100, &value));
  CHECK(!memcmp(&value, "mine", 4));
  /* Both start functions have run. */
  OK(owner_bump(owner, &wideValue));
  CHECK(wideValue == 211);
  OK(user_add(first.user, 1000, &wideValue));
  CHECK(wideValue == 1211);
  OK(owner_count_get(owner, &wideValue));
  CHECK(wideValue == 1211);
  double half = 0;
  OK(user_ratio(second.user, &half));
  CHECK(half == 0.5);
  OK(user_set_vector(first.user, 77));
  OK(owner_high(owner, &wideValue));
  CHECK(wideValue == 77);

  OK(user_store(first.user, 65532, 42));
  OK(owner_load(owner, 65532, &value));
  CHECK(value == 42);
  FAILS(user_load(second.user, 65533, &value), WROUGHT_TRAP);
  FAILS(user_load(second.user, -4, &value), WROUGHT_TRAP);
  FAILS(user_sum(second.user, 65500, 65600, &value), WROUGHT_TRAP);
  FAILS(user_fill(second.user, 65530, 1, 7), WROUGHT_TRAP);
  OK(user_fill(second.user, 65000, 3, 10));
  OK(user_sum(first.user, 65000, 65010, &value));
  CHECK(value == 30);
  /* Whoever grows it, all see it, in the middle of a call too. */
  OK(user_grow(first.user, 1, &value));
  CHECK(value == 1 && owner_memory_size(owner) == 2 * 65536);
  OK(user_load(second.user, 65533, &value));
  OK(owner_store(owner, 2 * 65536 - 4, 9));
  OK(user_across(second.user, 2 * 65536 - 4, &value));
  CHECK(value == 18);
  OK(user_size(first.user, &value));
  CHECK(value == 3);
  OK(user_store(first.user, 3 * 65536 - 4, 5));
  OK(owner_load(owner, 3 * 65536 - 4, &value));
  CHECK(value == 5);
  OK(user_grow(first.user, 6, &value));
  CHECK(value == -1);
  results(first.user, &first);
  results(second.user, &second);
  references(first.user, second.user);

  /* Who may be freed and reset. */
  FAILS(owner_free(owner), WROUGHT_BUSY);
  FAILS(owner_reset(owner), WROUGHT_BUSY);
  OK(user_store(first.user, 100, 0));
  OK(user_reset(first.user));
  OK(owner_load(owner, 100, &value));
  CHECK(!memcmp(&value, "here", 4));
  OK(user_free(first.user));
  FAILS(owner_free(owner), WROUGHT_BUSY);
  OK(user_load(second.user, 100, &value));
  OK(user_free(second.user));
}

/* An import that is wrong in one way each. */
static void refused(void) {
  struct host host = {owner, NULL, 0};
  user_instance *user = (user_instance *)&host;
  user_imports imports = importsFor(&host);
#define REFUSED(member, with, code)                                            \
  do {                                                                         \
    imports = importsFor(&host);                                               \
    imports.env.member = with;                                                 \
    FAILS(user_instantiate(WROUGHT_ABI, &imports, NULL, &user), code);         \
    CHECK(user == NULL);                                                       \
  } while (0)
  REFUSED(memory, NULL, WROUGHT_MISSING_IMPORT);
  REFUSED(pair, NULL, WROUGHT_MISSING_IMPORT);
  REFUSED(memory, count, WROUGHT_WRONG_TYPE);
  REFUSED(memory, wide, WROUGHT_WRONG_TYPE);
  REFUSED(count, memory, WROUGHT_WRONG_TYPE);
  REFUSED(count, ratio, WROUGHT_WRONG_TYPE);
  REFUSED(ratio, count, WROUGHT_WRONG_TYPE);
  REFUSED(vector, count, WROUGHT_WRONG_TYPE);
  REFUSED(hosts, NULL, WROUGHT_MISSING_IMPORT);
  REFUSED(hosts, wideHosts, WROUGHT_WRONG_TYPE);
  REFUSED(hosts, held, WROUGHT_WRONG_TYPE);
  REFUSED(hosts, memory, WROUGHT_WRONG_TYPE);
  REFUSED(memory, hosts, WROUGHT_WRONG_TYPE);
  REFUSED(held, hosts, WROUGHT_WRONG_TYPE);
  REFUSED(held, count, WROUGHT_WRONG_TYPE);
  REFUSED(count, held, WROUGHT_WRONG_TYPE);
  static uint64_t nothing[16];
  REFUSED(memory, (wrought_shared *)nothing, WROUGHT_INVALID_ARGUMENT);

  FAILS(owner_memory_share(owner, NULL), WROUGHT_INVALID_ARGUMENT);
  wrought_shared *none = memory;
  FAILS(owner_memory_share(NULL, &none), WROUGHT_INVALID_INSTANCE);
  CHECK(none == NULL);
  FAILS(user_unshare(NULL), WROUGHT_INVALID_ARGUMENT);
  FAILS(user_unshare((wrought_shared *)nothing), WROUGHT_INVALID_ARGUMENT);
}

/* All ends when the last has let go, in whatever order. */
static void lifetimes(void) {
  struct host host = {owner, NULL, 0};
  user_imports imports = importsFor(&host);
  OK(user_instantiate(WROUGHT_ABI, &imports, NULL, &host.user));
  wrought_shared *const all[] = {memory, wide,  count,     ratio,
                                 vector, hosts, wideHosts, held};
  for (int i = 0; i < 8; ++i)
    OK(i % 2 ? user_unshare(all[i]) : owner_unshare(all[i]));
  /* What the host has given back, the instance still has. */
  FAILS(owner_free(owner), WROUGHT_BUSY);
  int32_t value = 0;
  OK(user_store(host.user, 8, 3));
  OK(owner_load(owner, 8, &value));
  CHECK(value == 3);
  OK(user_set_host(host.user, 0, &host));
  wrought_reference found = NULL;
  OK(owner_host_at(owner, 0, &found));
  CHECK(found == &host);
  OK(user_free(host.user));
  OK(owner_reset(owner));
  OK(owner_host_at(owner, 0, &found));
  CHECK(found == NULL && owner_hosts_size(owner) == 2);
  OK(owner_free(owner));
  for (int i = 0; i < 8; ++i)
    FAILS(owner_unshare(all[i]), WROUGHT_INVALID_ARGUMENT);
}

static void limits(void) {
  owner_instance *small;
  wrought_shared *other;
  struct host host = {0};
  user_instance *user;
  /* May it grow to more than the importer allows? Not with this limit. */
  const wrought_limits limit = {.memory_byte_length = 2 * 65536,
                                .table_length = 3};
  OK(owner_instantiate(WROUGHT_ABI, NULL, &limit, &small));
  OK(owner_memory_share(small, &other));
  user_imports imports = importsFor(&host);
  imports.env.memory = other;
  OK(user_instantiate(WROUGHT_ABI, &imports, NULL, &user));
  int32_t value = 0;
  OK(user_grow(user, 1, &value));
  CHECK(value == 1);
  OK(user_grow(user, 1, &value));
  CHECK(value == -1);
  OK(user_free(user));
  OK(owner_unshare(other));
  FAILS(owner_unshare(other), WROUGHT_INVALID_ARGUMENT);
  OK(owner_hosts_share(small, &other));
  imports = importsFor(&host);
  imports.env.hosts = other;
  OK(user_instantiate(WROUGHT_ABI, &imports, NULL, &user));
  OK(user_grow_hosts(user, 1, NULL, &value));
  CHECK(value == 2);
  OK(user_grow_hosts(user, 1, NULL, &value));
  CHECK(value == -1);
  OK(user_free(user));
  OK(owner_unshare(other));
  imports = importsFor(&host);
  imports.env.memory = other;
  FAILS(user_instantiate(WROUGHT_ABI, &imports, NULL, &user),
        WROUGHT_INVALID_ARGUMENT);
  OK(owner_free(small));
}

static void pools(void) {
  struct host first = {owner, NULL, 10}, second = {owner, NULL, 20};
  user_imports imports = importsFor(&first), others = importsFor(&second);
  user_pool *pool;
  OK(user_pool_new(WROUGHT_ABI, 2, &imports, NULL, &pool));
  for (int round = 0; round < 5; ++round) {
    OK(user_pool_acquire(pool, NULL, &first.user));
    OK(user_pool_acquire(pool, &others, &second.user));
    results(first.user, &first);
    results(second.user, &second);
    OK(user_pool_release(pool, first.user));
    OK(user_pool_release(pool, second.user));
    if (round % 2)
      OK(user_pool_clean(pool, 2, NULL));
  }
  FAILS(owner_free(owner), WROUGHT_BUSY);
  OK(user_pool_free(pool));

  owner_pool *owners;
  owner_instance *lent;
  wrought_shared *shared;
  OK(owner_pool_new(WROUGHT_ABI, 1, NULL, NULL, &owners));
  OK(owner_pool_acquire(owners, NULL, &lent));
  OK(owner_memory_share(lent, &shared));
  FAILS(owner_pool_release(owners, lent), WROUGHT_BUSY);
  OK(owner_unshare(shared));
  OK(owner_pool_release(owners, lent));
  OK(owner_pool_free(owners));
}

/* Each thread imports, uses and lets go; the owner's books must balance. */
static void *importMuch(void *argument) {
  long wrong = 0;
  struct host host = {owner, NULL, 0};
  for (int round = 0; round < 200; ++round) {
    user_imports imports = importsFor(&host);
    wrought_shared *own;
    wrong += owner_ratio_share(owner, &own).code != WROUGHT_OK;
    imports.env.ratio = own;
    wrong += user_instantiate(WROUGHT_ABI, &imports, NULL, &host.user).code !=
             WROUGHT_OK;
    wrong += owner_unshare(own).code != WROUGHT_OK;
    double half = 0;
    wrong += user_ratio(host.user, &half).code != WROUGHT_OK || half != 0.5;
    wrong += user_free(host.user).code != WROUGHT_OK;
  }
  *(long *)argument = wrong;
  return NULL;
}

static void threads(void) {
  pthread_t all[4];
  long wrong[4];
  for (int i = 0; i < 4; ++i)
    pthread_create(all + i, NULL, importMuch, wrong + i);
  for (int i = 0; i < 4; ++i) {
    pthread_join(all[i], NULL);
    CHECK(wrong[i] == 0);
  }
}

int main(void) {
  shareAll();
  refused();
  together();
  limits();
  pools();
  threads();
  lifetimes();
  return reportChecks();
}
