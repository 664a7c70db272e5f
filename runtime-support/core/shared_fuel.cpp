//===- shared_fuel.cpp - What the threads of a program may spend ----------===//
//
// Each thread counts on its own, from zero; it comes here when it is below. All
// together never spend more than the program was given.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/fuel.h"

namespace wrought {

namespace {

/// How much more than it needs a thread takes: what is left when others find
/// nothing is small, and coming here is rare.
constexpr int64_t sliceFuel = 1 << 16;

/// What no thread holds.
constinit int64_t freeFuel = 0;

} // namespace

} // namespace wrought

using namespace wrought;

extern "C" void wrought_start_shared_fuel() { freeFuel = givenFuel(); }

extern "C" uint64_t wrought_more_fuel(uint64_t left) {
  const int64_t needed = -static_cast<int64_t>(left);
  int64_t available = __atomic_load_n(&freeFuel, __ATOMIC_RELAXED);
  for (;;) {
    if (available < needed)
      wrought_trap_OutOfFuel();
    const int64_t taken =
        available - needed < sliceFuel ? available : needed + sliceFuel;
    if (__atomic_compare_exchange_n(&freeFuel, &available, available - taken,
                                    true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return static_cast<uint64_t>(taken - needed);
  }
}

extern "C" void wrought_return_fuel(uint64_t left) {
  __atomic_fetch_add(&freeFuel, static_cast<int64_t>(left), __ATOMIC_RELAXED);
}
