//===- reset.cpp - To start again, for tests ------------------------------===//
#include "model/guest.h"

namespace wrought::wasi {

void reset() {
  theState.descriptors.clear();
  releaseGrants();
}

} // namespace wrought::wasi
