#include "worker_pool.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace wrought::spec;
namespace json = llvm::json;
using Clock = std::chrono::steady_clock;

//===----------------------------------------------------------------------===//
// Results on their way through the pipe
//===----------------------------------------------------------------------===//

static json::Object toJson(const std::map<std::string, unsigned> &counts) {
  json::Object object;
  for (const auto &[kind, count] : counts)
    object[kind] = count;
  return object;
}

static std::string serialize(const ScriptResult &result) {
  json::Array failures, lines;
  for (const Failure &failure : result.failures)
    failures.push_back(json::Object{{"line", failure.line},
                                    {"kind", failure.kind},
                                    {"detail", json::fixUTF8(failure.detail)}});
  for (uint32_t line : result.checkedLines)
    lines.push_back(line);
  json::Value value =
      json::Object{{"checked", toJson(result.checked)},
                   {"notTranslated", toJson(result.notTranslated)},
                   {"failures", std::move(failures)},
                   {"lines", std::move(lines)}};
  return llvm::formatv("{0}", value).str();
}

static void fromJson(const json::Object *object,
                     std::map<std::string, unsigned> &counts) {
  if (!object)
    return;
  for (const auto &[kind, count] : *object)
    counts[kind.str()] =
        static_cast<unsigned>(count.getAsInteger().value_or(0));
}

static std::optional<ScriptResult> deserialize(const std::string &text) {
  auto value = json::parse(text);
  if (!value) {
    llvm::consumeError(value.takeError());
    return std::nullopt;
  }
  const json::Object *object = value->getAsObject();
  if (!object)
    return std::nullopt;
  ScriptResult result;
  fromJson(object->getObject("checked"), result.checked);
  fromJson(object->getObject("notTranslated"), result.notTranslated);
  if (const json::Array *failures = object->getArray("failures"))
    for (const json::Value &item : *failures) {
      const json::Object &failure = *item.getAsObject();
      result.failures.push_back(
          {static_cast<uint32_t>(failure.getInteger("line").value_or(0)),
           failure.getString("kind").value_or("").str(),
           failure.getString("detail").value_or("").str()});
    }
  if (const json::Array *lines = object->getArray("lines"))
    for (const json::Value &line : *lines)
      result.checkedLines.insert(
          static_cast<uint32_t>(line.getAsInteger().value_or(0)));
  return result;
}

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

namespace {

struct Worker {
  pid_t process;
  int pipe;
  size_t script;
  Clock::time_point deadline;
  std::string text;
  bool timedOut = false;
};

} // namespace

static void writeAll(int descriptor, const std::string &text) {
  for (size_t done = 0; done < text.size();) {
    ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return;
    done += static_cast<size_t>(count);
  }
}

static std::optional<Worker> start(size_t script, unsigned timeoutSeconds,
                                   const std::function<ScriptResult()> &work) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  std::fflush(nullptr);
  pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    writeAll(ends[1], serialize(work()));
    _exit(0);
  }
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return std::nullopt;
  }
  return Worker{process, ends[0],
                script,  Clock::now() + std::chrono::seconds(timeoutSeconds),
                "",      false};
}

static ScriptResult failedResult(std::string detail) {
  ScriptResult result;
  result.checked["script"] = 1;
  result.failures.push_back({0, "script", std::move(detail)});
  return result;
}

static ScriptResult finish(Worker &worker) {
  close(worker.pipe);
  int status = 0;
  waitpid(worker.process, &status, 0);
  if (worker.timedOut)
    return failedResult("the runner took too long");
  if (WIFSIGNALED(status))
    return failedResult(std::string("the runner crashed: ") +
                        strsignal(WTERMSIG(status)));
  if (auto result = deserialize(worker.text))
    return std::move(*result);
  return failedResult(
      llvm::formatv("the runner ended early with status {0}",
                    WIFEXITED(status) ? WEXITSTATUS(status) : -1)
          .str());
}

/// Reads what the workers wrote; true for those that are at their end.
static bool pump(Worker &worker) {
  char buffer[65536];
  ssize_t count = read(worker.pipe, buffer, sizeof buffer);
  if (count > 0)
    worker.text.append(buffer, static_cast<size_t>(count));
  return count == 0 || (count < 0 && errno != EINTR);
}

/// Waits for something to happen and returns the workers that ended.
static std::vector<Worker> waitForSome(std::vector<Worker> &workers) {
  std::vector<pollfd> streams;
  for (const Worker &worker : workers)
    streams.push_back({worker.pipe, POLLIN, 0});
  poll(streams.data(), streams.size(), 1000);
  std::vector<Worker> ended, running;
  for (size_t i = 0; i < workers.size(); ++i) {
    Worker &worker = workers[i];
    if (!worker.timedOut && Clock::now() > worker.deadline) {
      worker.timedOut = true;
      kill(worker.process, SIGKILL);
    }
    bool atEnd = streams[i].revents != 0 && pump(worker);
    (atEnd ? ended : running).push_back(std::move(worker));
  }
  workers = std::move(running);
  return ended;
}

void wrought::spec::runInWorkers(
    const std::vector<Script> &scripts, unsigned jobs, unsigned timeoutSeconds,
    const std::function<ScriptResult(const Script &)> &work,
    const std::function<void(const Script &, ScriptResult)> &onResult) {
  std::vector<std::optional<ScriptResult>> results(scripts.size());
  std::vector<Worker> workers;
  size_t next = 0, reported = 0;
  while (reported < scripts.size()) {
    while (next < scripts.size() && workers.size() < jobs) {
      auto worker =
          start(next, timeoutSeconds, [&] { return work(scripts[next]); });
      if (worker)
        workers.push_back(std::move(*worker));
      else
        results[next] = failedResult("no process can be started");
      ++next;
    }
    if (!workers.empty())
      for (Worker &worker : waitForSome(workers))
        results[worker.script] = finish(worker);
    for (; reported < scripts.size() && results[reported]; ++reported)
      onResult(scripts[reported], std::move(*results[reported]));
  }
}
