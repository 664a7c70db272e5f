//===- environment.cpp - What the program was started with ----------------===//
#include "core/process.h"

namespace wrought {

const char *environmentVariable(const char *name) {
  for (char **entry = process.environment; *entry != nullptr; ++entry) {
    const char *text = *entry, *wanted = name;
    for (; *wanted != '\0' && *text == *wanted; ++text)
      ++wanted;
    if (*wanted == '\0' && *text == '=')
      return text + 1;
  }
  return nullptr;
}

} // namespace wrought
