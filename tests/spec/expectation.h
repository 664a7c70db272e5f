//===- expectation.h - What a script expects, and what came instead -------===//
#pragma once

#include "text/wast_script.h"

#include <string>
#include <utility>
#include <vector>

namespace wrought::spec {

/// The traps (bit n: abi::Trap n) that an assertion's message stands for: those
/// whose message it begins with or is the beginning of. A message of no trap of
/// ours gives a bit that no trap has, so that the assertion fails.
uint32_t trapsForMessage(const std::string &message);

/// Whether values have the count and kinds of the types; the slots of rows rely
/// on it.
bool fitTypes(const std::vector<text::ScriptValue> &values,
              const std::vector<wasm::ValueType> &types);

/// One line of the harness's report.
struct Observation {
  enum class Kind : uint8_t { Returned, Trapped, LimitFailed, Linked } kind;
  std::vector<uint64_t> slots; ///< Returned
  uint64_t number = 0;         ///< Trapped: the trap; LimitFailed: which
};

struct Report {
  std::vector<std::pair<size_t, Observation>> failures; ///< row, what happened
  bool isComplete = false;
  size_t rowsDone = 0;
};

Report parseReport(const std::string &output);

/// "returned i32 0x00000001, expected i32 0x00000002".
std::string describeFailure(const text::Command &command,
                            const Observation &observation);

} // namespace wrought::spec
