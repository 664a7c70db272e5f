//===- state.cpp - All that WASI calls remember ---------------------------===//
#include "wasi/state.h"

namespace wrought::wasi {

constinit State theState;

} // namespace wrought::wasi
