/* A simulator of a web proxy's cache with policies of a module, and with the
 * same code natively, called through pointers: the whole run, and with the
 * requests drawn before, so that little but the policies is left. */
#include "proxy.h"
#include "simulator.h"

#ifdef WASM2C
#include "policy.wasm2c.h"
#endif

enum { ROUNDS = 7 };

static proxy_instance *instance;

static int32_t ask(int32_t object, int32_t size) {
  int32_t isHit = 0;
  if (proxy_request(instance, object, size, &isHit).code != WROUGHT_OK)
    exit(1);
  return isHit;
}

static void print(int32_t policy, const char *what, struct outcome native,
                  struct outcome other) {
  if (native.hits != other.hits || native.bytes != other.bytes) {
    printf("%s %s: not the same hits\n", policyNames[policy], what);
    exit(1);
  }
  char row[64];
  snprintf(row, sizeof row, "%s, %s", policyNames[policy], what);
  printf("%-28s %6.1f ms  %.3f of native\n", row, other.seconds * 1e3,
         other.seconds / native.seconds);
}

int main(int argumentCount, char **arguments) {
  void (*volatile startPointer)(int32_t, int64_t) = start;
  int32_t (*volatile requestPointer)(int32_t, int32_t) = request;
  if (proxy_instantiate(WROUGHT_ABI, NULL, NULL, &instance).code)
    return 1;
  makeObjects();
  drawAll();
  if (argumentCount > 1 && writeRequests(arguments[1]))
    return 1;
#ifdef WASM2C
  static Z_policy_instance_t translated;
  wasm_rt_init();
  Z_policy_init_module();
  Z_policy_instantiate(&translated);
#endif
  for (int32_t policy = 0; policy < POLICIES; ++policy) {
    struct outcome native[2] = {0}, wrought[2] = {0};
#ifdef WASM2C
    struct outcome wasm2c = {0};
#endif
    for (int round = 0; round < ROUNDS; ++round) {
      SIMULATE(native[0], nextObject(), startPointer(policy, capacity),
               requestPointer(object, size));
      SIMULATE(wrought[0], nextObject(),
               proxy_start(instance, policy, capacity), ask(object, size));
      SIMULATE(native[1], drawn[i_], startPointer(policy, capacity),
               requestPointer(object, size));
      SIMULATE(wrought[1], drawn[i_], proxy_start(instance, policy, capacity),
               ask(object, size));
#ifdef WASM2C
      SIMULATE(wasm2c, drawn[i_],
               Z_policyZ_start(&translated, (u32)policy, (u64)capacity),
               Z_policyZ_request(&translated, (u32)object, (u32)size));
#endif
    }
    print(policy, "whole, native", native[0], native[0]);
    print(policy, "whole, wrought", native[0], wrought[0]);
    print(policy, "native", native[1], native[1]);
    print(policy, "wrought", native[1], wrought[1]);
#ifdef WASM2C
    print(policy, "wasm2c", native[1], wasm2c);
#endif
  }
  return proxy_free(instance).code != 0;
}
