//===- strings.h - A program's arguments and environment ------------------===//
//
// The guest's environment is what WROUGHT_GRANTS sets, then what was decided
// when the executable was built, then, where that says so, the host's without
// WROUGHT_*. Of several values of one name the first counts.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "core/process.h"
#include "model/guest.h"
#include "wasi/program/grants.h"
#include "wasi/string_entry.h"

namespace wrought::wasi {

/// Arguments, one after the other.
class Arguments {
public:
  explicit Arguments(const State &) {}

  bool next(Entry &entry) {
    if (index_ == process.argumentCount)
      return false;
    const char *argument = process.arguments[index_];
    if (index_++ == 0 && wrought_config.argv0 != nullptr)
      argument = static_cast<const char *>(wrought_config.argv0);
    entry = {argument, nullptr};
    return true;
  }

private:
  size_t index_ = 0;
};

/// Variables, one after the other, each name once.
class Variables {
public:
  explicit Variables(const State &) {}

  bool next(Entry &entry) {
    while (const char *text = nextText()) {
      bool isNameOnly = text[nameLength(text)] == '\0';
      entry = {text, isNameOnly ? environmentVariable(text) : nullptr};
      bool isMissing = isNameOnly && entry.hostValue == nullptr;
      if (!isMissing && !isHidden(text))
        return true;
    }
    return false;
  }

private:
  /// Of the three sources in turn; null at the end.
  const char *nextText() {
    for (; grantIndex_ != grants_.count;)
      if (const Clause &clause = grants_.clauses[grantIndex_++];
          clause.kind == Clause::Kind::Variable)
        return clause.text;
    if (configIndex_ != wrought_config.environmentCount)
      return configText(configIndex_++);
    if (!wrought_config.inheritsEnvironment || process.environment == nullptr)
      return nullptr;
    while (const char *text = process.environment[hostIndex_]) {
      ++hostIndex_;
      if (!startsWith(text, "WROUGHT_"))
        return text;
    }
    return nullptr;
  }

  static const char *configText(uint64_t index) {
    return static_cast<const char *const *>(wrought_config.environment)[index];
  }

  /// Whether an earlier source, or the same one before, has the name already.
  bool isHidden(const char *text) const {
    for (size_t index = 0; index != grants_.count; ++index) {
      const Clause &clause = grants_.clauses[index];
      if (clause.kind != Clause::Kind::Variable)
        continue;
      if (clause.text == text)
        return false;
      if (hasSameName(clause.text, text))
        return true;
    }
    for (uint64_t index = 0; index != wrought_config.environmentCount;
         ++index) {
      if (configText(index) == text)
        return false;
      if (hasSameName(configText(index), text))
        return true;
    }
    return false;
  }

  ClauseList grants_ = environmentGrants();
  size_t grantIndex_ = 0;
  uint64_t configIndex_ = 0;
  size_t hostIndex_ = 0;
};

} // namespace wrought::wasi
