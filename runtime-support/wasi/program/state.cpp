//===- state.cpp - All that WASI calls remember ---------------------------===//
#include "model/guest.h"

namespace wrought::wasi {

constinit State theState;

} // namespace wrought::wasi
