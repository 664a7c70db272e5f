/* Instances of two libraries that hold each other's functions, in tables and
 * globals: calls, failures and lifetimes. */
#include "check.h"
#include "functions_owner.h"
#include "functions_user.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

typedef functions_owner_instance Owner;
typedef functions_user_instance User;

/* What the owner's imported function does: 13 fails, 14 waits for the other
 * thread. It keeps the lowest address that the stack had. */
struct host {
  Owner *owner;
  char *lowest;
  int calls;
  sem_t arrived, leave;
};

static int32_t tell(void *user_data, int32_t what) {
  struct host *host = user_data;
  char here;
  if (!host->lowest || &here < host->lowest)
    host->lowest = &here;
  ++host->calls;
  if (what == 13)
    OK(functions_owner_fail(host->owner, 9, "unlucky"));
  if (what == 14) {
    sem_post(&host->arrived);
    sem_wait(&host->leave);
  }
  return what * 2;
}

struct shared {
  wrought_shared *functions, *unaries, *wide, *hosts, *current, *fixed, *narrow,
      *open;
};

static void newOwner(struct host *host, struct shared *shared) {
  const functions_owner_imports imports = {.env = {tell, host}};
  OK(functions_owner_instantiate(WROUGHT_ABI, &imports, NULL, &host->owner));
  OK(functions_owner_functions_share(host->owner, &shared->functions));
  OK(functions_owner_unaries_share(host->owner, &shared->unaries));
  OK(functions_owner_wide_share(host->owner, &shared->wide));
  OK(functions_owner_hosts_share(host->owner, &shared->hosts));
  OK(functions_owner_current_share(host->owner, &shared->current));
  OK(functions_owner_fixed_share(host->owner, &shared->fixed));
  OK(functions_owner_narrow_share(host->owner, &shared->narrow));
  OK(functions_owner_open_share(host->owner, &shared->open));
}

static void unshareAll(struct shared *shared) {
  wrought_shared *const all[] = {
      shared->functions, shared->unaries, shared->wide,   shared->hosts,
      shared->current,   shared->fixed,   shared->narrow, shared->open};
  for (int i = 0; i < 8; ++i)
    OK(functions_user_unshare(all[i]));
}

static functions_user_imports importsOf(const struct shared *shared) {
  const functions_user_imports imports = {
      .env = {shared->functions, shared->unaries, shared->current,
              shared->fixed, shared->fixed, shared->narrow, NULL}};
  return imports;
}

static User *newUser(const struct shared *shared) {
  const functions_user_imports imports = importsOf(shared);
  User *user;
  OK(functions_user_instantiate(WROUGHT_ABI, &imports, NULL, &user));
  return user;
}

#define GIVES(call, expected)                                                  \
  do {                                                                         \
    value = -1;                                                                \
    OK(call);                                                                  \
    CHECK(value == (expected));                                                \
  } while (0)
#define TRAPS(call, how)                                                       \
  do {                                                                         \
    wrought_result trapped_ = (call);                                          \
    CHECK(trapped_.code == WROUGHT_TRAP);                                      \
    CHECK(trapped_.error && trapped_.error->trap == (how));                    \
  } while (0)

static int isNamed(const wrought_frame *frame, const char *name) {
  return frame->name && frame->name_length == strlen(name) &&
         !memcmp(frame->name, name, frame->name_length);
}

static void calls(struct host *host, User *first, User *second) {
  Owner *owner = host->owner;
  int32_t value;
  int64_t wide = 0;
  GIVES(functions_user_run(first, 0, 5, &value), 105);
  OK(functions_owner_base_set(owner, 200));
  GIVES(functions_user_run(first, 0, 5, &value), 205);
  GIVES(functions_user_call_tail(second, 0, 5, &value), 205);
  GIVES(functions_owner_run(owner, 0, 5, &value), 205);
  GIVES(functions_owner_call_private(owner, 0, 5, &value), 205);
  OK(functions_owner_base_set(owner, 100));
  /* The second user came last, and put its own there. */
  OK(functions_user_base_set(second, 6000));
  GIVES(functions_owner_run(owner, 10, 5, &value), 6005);
  GIVES(functions_user_run(first, 10, 5, &value), 6005);
  GIVES(functions_user_run(second, 10, 5, &value), 6005);
  OK(functions_user_leave(first, 15));
  GIVES(functions_user_run(second, 15, 5, &value), 5005);
  GIVES(functions_owner_run(owner, 15, 5, &value), 5005);
  /* There and back. */
  GIVES(functions_owner_run(owner, 13, 0, &value), 101);
  GIVES(functions_user_run(first, 13, 10, &value), 6001);
  GIVES(functions_user_run(first, 3, 21, &value), 42);
  GIVES(functions_user_call_tail(first, 3, 21, &value), 42);
  GIVES(functions_user_many(first, host, &value), 1);
  wrought_reference kept = NULL;
  OK(functions_user_kept_get(first, 0, &kept));
  CHECK(kept == host);

  GIVES(functions_user_call_fixed(first, 1, &value), 101);
  GIVES(functions_user_call_any(first, 1, &value), 101);
  GIVES(functions_user_is_narrow(first, &value), 1);
  OK(functions_user_call_open(first, 4, &wide));
  CHECK(wide == -4);
  TRAPS(functions_user_call_unary(first, 0, 1, &value), 10);
}

/* A trap by an access leaves none. */
static void refuel(struct host *host) {
#ifdef COUNTS
  OK(functions_owner_set_fuel(host->owner, INT64_MAX));
#else
  (void)host;
#endif
}

static void failing(struct host *host, User *user) {
  Owner *owner = host->owner;
  int32_t value;
  wrought_result result = functions_user_run(user, 1, 0, &value);
  CHECK(result.code == WROUGHT_TRAP && result.error->trap == 0);
  CHECK(!strcmp(result.error->message, "unreachable"));
  CHECK(result.error->frame_count == 2 &&
        isNamed(result.error->frames, "trap") &&
        isNamed(result.error->frames + 1, "run"));
  /* By a signal, where there are guards. */
  TRAPS(functions_user_run(user, 2, 0, &value), 1);
  refuel(host);
  TRAPS(functions_user_call_tail(user, 2, 0, &value), 1);
  refuel(host);
  /* From the owner through the user to the owner, and the other way. */
  TRAPS(functions_owner_run(owner, 13, 1, &value), 0);
  TRAPS(functions_owner_run(owner, 13, 2, &value), 1);
  refuel(host);
  TRAPS(functions_user_run(user, 13, 13, &value), 0);
  result = functions_user_run(user, 3, 13, &value);
  CHECK(result.code == WROUGHT_HOST_FAILED && result.error->host_status == 9);
  CHECK(!strcmp(result.error->message, "unlucky"));
  TRAPS(functions_user_call_long(user, 0, &value), 5);
  TRAPS(functions_user_call_long(user, 10, &value), 5);
  TRAPS(functions_user_run(user, 9, 0, &value), 4);
  TRAPS(functions_user_run(user, 1000, 0, &value), 3);
  /* Afterwards all is as before. */
  GIVES(functions_user_run(user, 0, 1, &value), 101);
  GIVES(functions_owner_run(owner, 13, 0, &value), 101);
}

/* Whoever changes a table or global, all see it. */
static void changes(struct host *host, User *first, User *second) {
  Owner *owner = host->owner;
  int32_t value;
  GIVES(functions_user_grow(first, 1, &value), 16);
  GIVES(functions_owner_run(owner, 16, 1, &value), 5001);
  GIVES(functions_user_run(second, 16, 1, &value), 5001);
  GIVES(functions_user_run(second, 8, 2, &value), 17);
  CHECK(functions_owner_functions_size(owner) == 19);
  GIVES(functions_user_size(first, &value), 19);
  GIVES(functions_user_run(first, 18, 1, &value), 101);
  OK(functions_user_fill(second, 17, 2));
  GIVES(functions_owner_run(owner, 18, 1, &value), 6001);
  OK(functions_owner_copy(owner, 17, 0, 2));
  GIVES(functions_user_run(first, 17, 1, &value), 101);
  OK(functions_owner_clear(owner, 17));
  TRAPS(functions_user_run(first, 17, 1, &value), 4);
  OK(functions_user_init(first, 17, 0, 2));
  GIVES(functions_owner_run(owner, 17, 1, &value), 5001);
  GIVES(functions_owner_run(owner, 18, 0, &value), 101);
  TRAPS(functions_user_init(first, 18, 0, 2), 2);
  TRAPS(functions_user_fill(first, 18, 2), 2);
  OK(functions_user_keep(first, 0, 0, 2));
  GIVES(functions_user_call_own(first, 0, 1, &value), 101);
  TRAPS(functions_user_call_own(first, 1, 1, &value), 0);

  OK(functions_user_put_unary(first, 1));
  GIVES(functions_owner_call_unary(owner, 1, 3, &value), 5003);
  GIVES(functions_user_call_unary(second, 1, 3, &value), 5003);
  TRAPS(functions_owner_call_current(owner, 1, &value), 10);
  OK(functions_user_make_current(second));
  GIVES(functions_owner_call_current(owner, 1, &value), 6001);
}

/* What a host does with references. */
static void references(struct host *host, User *user) {
  Owner *owner = host->owner;
  int32_t value;
  wrought_reference add, own, many;
  OK(functions_owner_functions_get(owner, 0, &add));
  OK(functions_owner_functions_get(owner, 4, &many));
  OK(functions_owner_functions_get(owner, 10, &own));
  GIVES(functions_user_call_given(user, add, 1, &value), 101);
  GIVES(functions_user_call_given(user, own, 1, &value), 6001);
  TRAPS(functions_user_call_given(user, many, 1, &value), 19);
  OK(functions_user_own_set(user, 2, add));
  GIVES(functions_user_call_own(user, 2, 1, &value), 101);
  OK(functions_owner_current_set(owner, add));
  GIVES(functions_owner_call_current(owner, 1, &value), 101);
  OK(functions_owner_unaries_set(owner, 0, own));
  GIVES(functions_user_call_unary(user, 0, 1, &value), 6001);
  FAILS(functions_owner_unaries_set(owner, 0, many), WROUGHT_WRONG_TYPE);
  FAILS(functions_owner_unaries_grow(owner, 1, many), WROUGHT_WRONG_TYPE);
  OK(functions_owner_unaries_grow(owner, 1, add));
  GIVES(functions_user_call_unary(user, 2, 1, &value), 101);
}

/* Calls from one to the other use no more stack than the first one may. */
static void stacks(struct host *host, User *user) {
  int32_t value;
  char here;
  host->lowest = NULL;
  GIVES(functions_user_run(user, 6, 100, &value), 100);
  TRAPS(functions_user_run(user, 6, 1000000, &value), 9);
  CHECK(&here - host->lowest < (512 + 64) << 10);
  host->lowest = NULL;
  TRAPS(functions_owner_run(host->owner, 6, 1000000, &value), 9);
  CHECK(&here - host->lowest < (512 + 64) << 10);
  GIVES(functions_user_run(user, 6, 100, &value), 100);
  GIVES(functions_user_call_tail(user, 7, 100, &value), 7);
  GIVES(functions_user_run(user, 7, 101, &value), 8);
}

static void *callTell(void *argument) {
  struct host *host = argument;
  int32_t value;
  GIVES(functions_owner_run(host->owner, 3, 14, &value), 28);
  return NULL;
}

/* An instance that runs on another thread is not entered. */
static void threads(struct host *host, User *user) {
  pthread_t other;
  int32_t value;
  pthread_create(&other, NULL, callTell, host);
  sem_wait(&host->arrived);
  FAILS(functions_user_run(user, 0, 1, &value), WROUGHT_BUSY);
  sem_post(&host->leave);
  pthread_join(other, NULL);
  GIVES(functions_user_run(user, 0, 1, &value), 101);
}

static void refused(const struct shared *shared) {
  functions_user_imports imports;
  User *user;
#define REFUSED(member, with)                                                  \
  do {                                                                         \
    imports = importsOf(shared);                                               \
    imports.env.member = shared->with;                                         \
    FAILS(functions_user_instantiate(WROUGHT_ABI, &imports, NULL, &user),      \
          WROUGHT_WRONG_TYPE);                                                 \
    CHECK(user == NULL);                                                       \
  } while (0)
  REFUSED(functions, unaries);
  REFUSED(functions, wide);
  REFUSED(functions, hosts);
  REFUSED(functions, current);
  REFUSED(unaries, functions);
  REFUSED(current, fixed);
  REFUSED(fixed, current);
  REFUSED(fixed, open);
  REFUSED(open, fixed);
  REFUSED(any, current);
  REFUSED(any, functions);
  /* What is of the very type, and what is of a subtype of it. */
  int64_t value = 0;
  imports = importsOf(shared);
  imports.env.open = shared->open;
  imports.env.any = shared->narrow;
  OK(functions_user_instantiate(WROUGHT_ABI, &imports, NULL, &user));
  OK(functions_user_call_open(user, 4, &value));
  CHECK(value == 8);
  int32_t is = -1;
  OK(functions_user_is_narrow(user, &is));
  CHECK(is == 0);
  TRAPS(functions_user_call_any(user, 4, &is), 19);
  OK(functions_user_free(user));
}

/* Functions of instances that were freed are known as such, also when others
 * are made in their place. */
static void lifetimes(struct host *host, struct shared *shared, User *first,
                      User *second) {
  Owner *owner = host->owner;
  int32_t value;
  OK(functions_user_leave(first, 9));
  OK(functions_user_leave(second, 15));
  FAILS(functions_owner_free(owner), WROUGHT_BUSY);
  FAILS(functions_owner_reset(owner), WROUGHT_BUSY);
  OK(functions_user_reset(first));
  GIVES(functions_owner_run(owner, 9, 1, &value), 5001);
  OK(functions_user_free(first));
  FAILS(functions_owner_run(owner, 9, 1, &value), WROUGHT_INVALID_INSTANCE);
  FAILS(functions_user_run(second, 9, 1, &value), WROUGHT_INVALID_INSTANCE);
  for (int round = 0; round < 300; ++round) {
    User *next = newUser(shared);
    GIVES(functions_user_run(next, 10, 1, &value), 5001);
    GIVES(functions_user_run(next, 15, 1, &value), 6001);
    FAILS(functions_user_run(next, 9, 1, &value), WROUGHT_INVALID_INSTANCE);
    OK(functions_user_free(next));
    FAILS(functions_user_run(second, 10, 1, &value), WROUGHT_INVALID_INSTANCE);
  }
  /* In a table of one that does not share with it. */
  struct host other = {0};
  struct shared others;
  wrought_reference reference;
  newOwner(&other, &others);
  unshareAll(&others);
  OK(functions_owner_functions_get(other.owner, 0, &reference));
  OK(functions_user_own_set(second, 3, reference));
  GIVES(functions_user_call_own(second, 3, 1, &value), 101);
  OK(functions_owner_free(other.owner));
  FAILS(functions_user_call_own(second, 3, 1, &value),
        WROUGHT_INVALID_INSTANCE);
  newOwner(&other, &others);
  FAILS(functions_user_call_own(second, 3, 1, &value),
        WROUGHT_INVALID_INSTANCE);
  unshareAll(&others);
  OK(functions_owner_free(other.owner));

  unshareAll(shared);
  OK(functions_user_free(second));
  FAILS(functions_owner_run(owner, 15, 1, &value), WROUGHT_INVALID_INSTANCE);
  OK(functions_owner_free(owner));
}

/* When all that share are gone, what they left is used again. */
static void renewal(void) {
  wrought_reference first = NULL;
  for (int round = 0; round < 300; ++round) {
    struct host host = {0};
    struct shared shared;
    wrought_reference reference;
    newOwner(&host, &shared);
    User *user = newUser(&shared);
    OK(functions_owner_functions_get(host.owner, 10, &reference));
    unshareAll(&shared);
    OK(functions_user_free(user));
    OK(functions_owner_free(host.owner));
    if (round == 0)
      first = reference;
    CHECK(reference == first);
  }
}

/* An instance that waits in a pool is not entered either. */
static void pools(void) {
  struct host host = {0};
  struct shared shared;
  newOwner(&host, &shared);
  const functions_user_imports imports = importsOf(&shared);
  functions_user_pool *pool;
  User *user;
  int32_t value;
  OK(functions_user_pool_new(WROUGHT_ABI, 1, &imports, NULL, &pool));
  for (int round = 0; round < 3; ++round) {
    OK(functions_user_pool_acquire(pool, NULL, &user));
    GIVES(functions_owner_run(host.owner, 10, 1, &value), 5001);
    GIVES(functions_user_run(user, 0, 1, &value), 101);
    OK(functions_user_pool_release(pool, user));
    FAILS(functions_owner_run(host.owner, 10, 1, &value),
          WROUGHT_INVALID_INSTANCE);
  }
  OK(functions_user_pool_free(pool));
  unshareAll(&shared);
  OK(functions_owner_free(host.owner));
}

#ifdef COUNTS
static void stops(struct host *host, User *user) {
  int32_t value;
  OK(functions_owner_set_fuel(host->owner, 1000));
  FAILS(functions_user_run(user, 5, 1, &value), WROUGHT_OUT_OF_FUEL);
  CHECK(functions_owner_fuel(host->owner) == 0);
  CHECK(functions_user_fuel(user) > 1000);
  OK(functions_owner_set_fuel(host->owner, INT64_MAX));
  GIVES(functions_user_run(user, 0, 1, &value), 101);
  /* What it spends in the middle of a call is not forgotten. */
  OK(functions_user_set_fuel(user, 1000));
  FAILS(functions_owner_run(host->owner, 6, 1000, &value), WROUGHT_OUT_OF_FUEL);
  CHECK(functions_user_fuel(user) == 0);
  OK(functions_user_set_fuel(user, INT64_MAX));
  OK(functions_owner_interrupt(host->owner, 1));
  FAILS(functions_user_run(user, 5, 1, &value), WROUGHT_INTERRUPTED);
  GIVES(functions_user_run(user, 0, 1, &value), 101);
  GIVES(functions_owner_run(host->owner, 10, 1, &value), 6001);
}
#endif

int main(void) {
  struct host host = {0};
  struct shared shared;
  sem_init(&host.arrived, 0, 0);
  sem_init(&host.leave, 0, 0);
  newOwner(&host, &shared);
  refused(&shared);
  User *first = newUser(&shared), *second = newUser(&shared);
  calls(&host, first, second);
  failing(&host, first);
  changes(&host, first, second);
  references(&host, first);
  stacks(&host, first);
  threads(&host, first);
#ifdef COUNTS
  stops(&host, second);
#endif
  lifetimes(&host, &shared, first, second);
  renewal();
  pools();
  return reportChecks();
}
