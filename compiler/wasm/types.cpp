#include "wasm/types.h"

namespace wrought::wasm {

const char *toString(ExternalKind kind) {
  switch (kind) {
  case ExternalKind::Function:
    return "function";
  case ExternalKind::Table:
    return "table";
  case ExternalKind::Memory:
    return "memory";
  case ExternalKind::Global:
    return "global";
  case ExternalKind::Tag:
    return "tag";
  }
  return "";
}

} // namespace wrought::wasm
