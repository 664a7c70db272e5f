//===- worker_pool.h - Each script in a process of its own ----------------===//
//
// A crash or a hang of the compiler in one script is that script's failure and
// nobody else's; and lld, which runs once at a time in a process, runs in each.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lists.h"
#include "script_runner.h"

#include <functional>

namespace wrought::spec {

/// Runs `work` for each script in forked processes, `jobs` at a time, and hands
/// the results over in order. A process that takes longer than `timeoutSeconds`
/// is ended. Call it from a process that has no threads.
void runInWorkers(
    const std::vector<Script> &scripts, unsigned jobs, unsigned timeoutSeconds,
    const std::function<ScriptResult(const Script &)> &work,
    const std::function<void(const Script &, ScriptResult)> &onResult);

} // namespace wrought::spec
