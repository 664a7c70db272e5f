#include "execute.h"
#include "program.h"

#include "llvm/Support/FormatVariadic.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace wrought::spec;

static constexpr size_t MaxOutput = size_t{16} << 20;

namespace {

struct Pipe {
  int read = -1, write = -1;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
  void closeWrite() {
    if (write >= 0)
      close(write);
    write = -1;
  }
  ~Pipe() {
    closeWrite();
    if (read >= 0)
      close(read);
  }
};

} // namespace

[[noreturn]] static void becomeProgram(const std::vector<std::string> &command,
                                       int output, int errors, int progress) {
  std::vector<char *> arguments;
  for (const std::string &argument : command)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  int input = open("/dev/null", O_RDONLY);
  // Copies above the standard descriptors first: none overwrites another.
  output = fcntl(output, F_DUPFD, 10);
  errors = fcntl(errors, F_DUPFD, 10);
  progress = fcntl(progress, F_DUPFD, 10);
  dup2(input, 0);
  dup2(output, 1);
  dup2(errors, 2);
  dup2(progress, ProgressDescriptor);
  for (int descriptor : {output, errors, progress})
    close(descriptor);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

/// Appends what is there; false at the end of the stream.
static bool drain(int descriptor, std::string &into) {
  char buffer[16384];
  ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count < 0)
    return errno == EINTR || errno == EAGAIN;
  if (into.size() < MaxOutput)
    into.append(buffer, static_cast<size_t>(count));
  return count > 0;
}

/// Reads both streams to their ends. False when the time is over first.
static bool collect(Pipe &output, Pipe &errors, Execution &result,
                    unsigned timeoutSeconds) {
  using Clock = std::chrono::steady_clock;
  auto deadline = Clock::now() + std::chrono::seconds(timeoutSeconds);
  pollfd streams[] = {{output.read, POLLIN, 0}, {errors.read, POLLIN, 0}};
  std::string *sinks[] = {&result.output, &result.errors};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    if (left.count() <= 0)
      return false;
    if (poll(streams, 2, static_cast<int>(left.count())) <= 0)
      continue;
    for (int i = 0; i < 2; ++i)
      if (streams[i].fd >= 0 && streams[i].revents != 0 &&
          !drain(streams[i].fd, *sinks[i]))
        streams[i].fd = -1;
  }
  return true;
}

static std::string describeEnding(int status) {
  if (WIFSIGNALED(status))
    return std::string("ended by ") + strsignal(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0)
    return llvm::formatv("exited with status {0}", WEXITSTATUS(status)).str();
  return "";
}

Execution wrought::spec::execute(const std::vector<std::string> &command,
                                 unsigned timeoutSeconds) {
  Execution result;
  Pipe output, errors;
  int progress = memfd_create("wrought-spec-progress", MFD_CLOEXEC);
  if (progress < 0 || !output.open() || !errors.open()) {
    result.ending = std::string("cannot be started: ") + std::strerror(errno);
    return result;
  }
  pid_t child = fork();
  if (child == 0)
    becomeProgram(command, output.write, errors.write, progress);
  output.closeWrite();
  errors.closeWrite();
  bool inTime = child < 0 || collect(output, errors, result, timeoutSeconds);
  if (!inTime)
    kill(child, SIGKILL);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child)
    result.ending = std::string("cannot be started: ") + std::strerror(errno);
  else
    result.ending =
        inTime ? describeEnding(status)
               : llvm::formatv("ran longer than {0} s", timeoutSeconds).str();
  if (pread(progress, &result.progress, sizeof result.progress, 0) !=
      sizeof result.progress)
    result.progress = 0;
  close(progress);
  return result;
}
