//===- execute.h - Runs a program with bounds on time and output ----------===//
#pragma once

#include <string>
#include <vector>

namespace wrought::spec {

struct Execution {
  std::string output; ///< standard output; at most MaxOutput bytes
  std::string errors; ///< standard error, likewise
  /// How it ended in words; empty when it exited with status 0.
  std::string ending;
  /// The number that the program last left in ProgressDescriptor.
  uint32_t progress = 0;
};

/// Runs `command` (found on PATH) without an environment of note and waits for
/// it; kills it after `timeoutSeconds`.
Execution execute(const std::vector<std::string> &command,
                  unsigned timeoutSeconds);

} // namespace wrought::spec
