//===- hostile_test.cpp - Pointers and lengths that lie -------------------===//
//
// The memory ends at a page without access: what is not checked dies here.
//
//===----------------------------------------------------------------------===//
#include "guest.h"
#include "hostile_calls.h"

#include <csignal>
#include <fcntl.h>
#include <functional>
#include <random>
#include <set>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

class Hostile : public Guest {
protected:
  void SetUp() override {
    Guest::SetUp();
    static char name[] = "program", variable[] = "NAME=value";
    static char *arguments[] = {name, nullptr};
    static char *environment[] = {variable, nullptr};
    process.arguments = arguments;
    process.argumentCount = 1;
    process.environment = environment;
    wrought_config.inheritsEnvironment = 1;
    file_ = mustOpen("file", rights::file);
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    for (int end : pair) {
      Descriptor descriptor;
      descriptor.hostFd = end;
      descriptor.isInherited = true;
      ASSERT_EQ(theState.descriptors.insert(descriptor, socket_),
                Errno::Success);
    }
  }

  uint32_t file_ = 0, socket_ = 0;
};

// Every pointer of every call, with everything else in order.
TEST_F(Hostile, BadPointersAreFaults) {
  std::filesystem::create_symlink("file", host("grant/link"));
  GuestString name = string("file"), link = string("link");
  GuestString fresh = string("fresh");
  // One buffer of 4 bytes, and one clock that is over.
  put<uint32_t>(0, dataAt);
  put<uint32_t>(4, 4);
  const uint32_t good = dataAt, file = file_, socket = socket_;
  using Call = std::function<Errno(uint32_t)>;
  struct Row {
    const char *name;
    Call call;
  };
#define CALL(function, ...)                                                    \
  Row {                                                                        \
    #function, [=](uint32_t bad) {                                             \
      (void)bad;                                                               \
      return wrought_wasi_##function(__VA_ARGS__);                             \
    }                                                                          \
  }
  const Row rows[] = {
      CALL(args_get, bad, good),
      CALL(args_get, good, bad),
      CALL(args_sizes_get, bad, good),
      CALL(args_sizes_get, good, bad),
      CALL(environ_get, bad, good),
      CALL(environ_get, good, bad),
      CALL(environ_sizes_get, bad, good),
      CALL(environ_sizes_get, good, bad),
      CALL(clock_res_get, 1, bad),
      CALL(clock_time_get, 1, 0, bad),
      CALL(fd_fdstat_get, file, bad),
      CALL(fd_filestat_get, file, bad),
      CALL(fd_pread, file, bad, 1, 0, good),
      CALL(fd_pread, file, 0, 1, 0, bad),
      CALL(fd_prestat_get, grantFd, bad),
      CALL(fd_prestat_dir_name, grantFd, bad, 1),
      CALL(fd_pwrite, file, bad, 1, 0, good),
      CALL(fd_pwrite, file, 0, 1, 0, bad),
      CALL(fd_read, file, bad, 1, good),
      CALL(fd_read, file, 0, 1, bad),
      CALL(fd_readdir, grantFd, bad, 1, 0, good),
      CALL(fd_readdir, grantFd, good, 1, 0, bad),
      CALL(fd_seek, file, 0, 0, bad),
      CALL(fd_tell, file, bad),
      CALL(fd_write, file, bad, 1, good),
      CALL(fd_write, file, 0, 1, bad),
      CALL(path_create_directory, grantFd, bad, 1),
      CALL(path_filestat_get, grantFd, 0, bad, 1, good),
      CALL(path_filestat_get, grantFd, 0, name.pointer, name.length, bad),
      CALL(path_filestat_set_times, grantFd, 0, bad, 1, 0, 0, 1),
      CALL(path_link, grantFd, 0, bad, 1, grantFd, fresh.pointer, fresh.length),
      CALL(path_link, grantFd, 0, name.pointer, name.length, grantFd, bad, 1),
      CALL(path_open, grantFd, 0, bad, 1, 0, 0, 0, 0, good),
      CALL(path_open, grantFd, 0, fresh.pointer, fresh.length, oflagCreat, 0, 0,
           0, bad),
      CALL(path_readlink, grantFd, bad, 1, good, 10, good),
      CALL(path_readlink, grantFd, link.pointer, link.length, bad, 10, good),
      CALL(path_readlink, grantFd, link.pointer, link.length, good, 10, bad),
      CALL(path_remove_directory, grantFd, bad, 1),
      CALL(path_rename, grantFd, bad, 1, grantFd, fresh.pointer, fresh.length),
      CALL(path_rename, grantFd, name.pointer, name.length, grantFd, bad, 1),
      CALL(path_symlink, bad, 1, grantFd, fresh.pointer, fresh.length),
      CALL(path_symlink, name.pointer, name.length, grantFd, bad, 1),
      CALL(path_unlink_file, grantFd, bad, 1),
      CALL(poll_oneoff, bad, good, 1, good),
      CALL(poll_oneoff, 256, bad, 1, good),
      CALL(poll_oneoff, 256, good, 1, bad),
      CALL(random_get, bad, 1),
      CALL(sock_recv, socket, bad, 1, 0, good, good),
      CALL(sock_recv, socket, 0, 1, 0, bad, good),
      CALL(sock_recv, socket, 0, 1, 0, good, bad),
      CALL(sock_send, socket, bad, 1, 0, good),
      CALL(sock_send, socket, 0, 1, 0, bad),
      // Lengths and counts in a pointer's place: what they reach is outside.
      CALL(fd_write, file, 0, bad, good),
      CALL(fd_readdir, grantFd, good, bad, 0, good),
      CALL(random_get, good, bad),
      CALL(path_unlink_file, grantFd, good, bad),
      CALL(path_symlink, good, bad, grantFd, fresh.pointer, fresh.length),
      CALL(path_readlink, grantFd, link.pointer, link.length, good, bad, good),
      CALL(poll_oneoff, 256, good, bad, good),
      CALL(sock_recv, socket, 0, bad, 0, good, good),
  };
#undef CALL
  for (uint32_t bad : {memoryByteLength, memoryByteLength + 1, 0x7fffffffu,
                       0x80000000u, 0xfffffff0u, 0xfffffffeu, 0xffffffffu})
    for (const Row &row : rows)
      EXPECT_EQ(row.call(bad), Errno::Fault) << row.name << " " << bad;
  EXPECT_EQ(hostFile("grant/file"), "hello\n");
  EXPECT_FALSE(exists(host("grant/fresh")));
}

TEST_F(Hostile, TheLastBytesCanBeUsed) {
  const uint32_t end = memoryByteLength;
  EXPECT_EQ(wrought_wasi_clock_time_get(0, 0, end - 8), Errno::Success);
  EXPECT_EQ(wrought_wasi_clock_time_get(0, 0, end - 7), Errno::Fault);
  EXPECT_EQ(wrought_wasi_fd_filestat_get(file_, end - 64), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_filestat_get(file_, end - 63), Errno::Fault);
  EXPECT_EQ(wrought_wasi_random_get(end - 1, 1), Errno::Success);
  EXPECT_EQ(wrought_wasi_random_get(end - 1, 2), Errno::Fault);
  EXPECT_EQ(wrought_wasi_random_get(end, 0), Errno::Success);
  EXPECT_EQ(wrought_wasi_random_get(end + 1, 0), Errno::Fault);
  // Unaligned, too.
  EXPECT_EQ(wrought_wasi_clock_time_get(0, 0, 1001), Errno::Success);
}

TEST_F(Hostile, BufferListsAreChecked) {
  auto write = [&](uint32_t pointer, uint32_t length) {
    put<uint32_t>(0, dataAt);
    put<uint32_t>(4, 0);
    put<uint32_t>(8, pointer);
    put<uint32_t>(12, length);
    return wrought_wasi_fd_write(file_, 0, 2, resultAt);
  };
  EXPECT_EQ(write(0, 0xffffffff), Errno::Fault);
  EXPECT_EQ(write(0xffffffff, 0xffffffff), Errno::Fault);
  EXPECT_EQ(write(0xffffffff, 0), Errno::Fault);
  EXPECT_EQ(write(memoryByteLength, 0), Errno::Success);
  EXPECT_EQ(write(memoryByteLength - 1, 2), Errno::Fault);
  EXPECT_EQ(wrought_wasi_fd_write(file_, 0, memoryByteLength / 8 + 1, resultAt),
            Errno::Fault);
  EXPECT_EQ(wrought_wasi_fd_write(file_, 8, 0x20000000, resultAt),
            Errno::Fault);
  EXPECT_EQ(hostFile("grant/file"), "hello\n");
}

TEST_F(Hostile, WithoutAMemoryEveryPointerIsAFault) {
  abi::Module noMemory = {}, *const module = process.module;
  process.module = &noMemory;
  EXPECT_EQ(wrought_wasi_args_sizes_get(0, 0), Errno::Fault);
  EXPECT_EQ(wrought_wasi_fd_write(file_, 0, 0, 0), Errno::Fault);
  EXPECT_EQ(wrought_wasi_random_get(0, 0), Errno::Fault);
  EXPECT_EQ(wrought_wasi_path_unlink_file(grantFd, 0, 0), Errno::Fault);
  EXPECT_EQ(wrought_wasi_poll_oneoff(0, 0, 1, 0), Errno::Fault);
  EXPECT_EQ(wrought_wasi_sched_yield(), Errno::Success);
  process.module = nullptr;
  EXPECT_EQ(wrought_wasi_random_get(0, 0), Errno::Fault);
  process.module = module;
}

//===-- The hostile table -------------------------------------------------===//

template <class... Parameters, size_t... Index>
Errno invoke(Errno (*function)(Parameters...),
             const std::vector<uint64_t> &arguments,
             std::index_sequence<Index...>) {
  return function(static_cast<Parameters>(arguments[Index])...);
}
template <class... Parameters>
Errno invoke(Errno (*function)(Parameters...),
             const std::vector<uint64_t> &arguments) {
  return invoke(function, arguments, std::index_sequence_for<Parameters...>());
}
Errno invoke(void (*)(uint32_t), const std::vector<uint64_t> &) {
  return Errno::Nosys; // proc_exit
}

Errno invokeByName(const HostileCall &call) {
#define WASI_FUNCTION(name, parameters, results)                               \
  if (call.function == #name)                                                  \
    return invoke(wrought_wasi_##name, call.arguments);
#include "abi/wasi_functions.def"
  ADD_FAILURE() << call.function;
  return Errno::Nosys;
}

TEST_F(Hostile, EveryCallAnswersWhatItsArgumentsDeserve) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  rlimit lower = {256, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &lower);
  uint32_t file = mustOpen("file", rights::file);
  std::set<std::string> functions;
  for (const HostileCall &call :
       hostileCalls({grantFd, file, socket_, memoryByteLength})) {
    for (const HostileWord &word : hostileMemory())
      put<uint64_t>(word.address, word.value);
    Errno error = invokeByName(call);
    EXPECT_TRUE(call.allowed.has(error))
        << call.text() << ": errno " << static_cast<uint32_t>(error);
    functions.insert(call.function);
  }
  setrlimit(RLIMIT_NOFILE, &limit);
  // All but proc_exit.
  EXPECT_EQ(functions.size(), 45u);
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
}

//===-- Random calls ------------------------------------------------------===//

std::mt19937_64 random_(20240817);

template <class T> T pick(std::initializer_list<T> values) {
  return values.begin()[random_() % values.size()];
}

struct Argument {
  operator uint32_t() const {
    return pick<uint32_t>({0,
                           1,
                           2,
                           3,
                           4,
                           5,
                           6,
                           7,
                           8,
                           16,
                           100,
                           512,
                           4096,
                           32768,
                           32772,
                           memoryByteLength - 4,
                           memoryByteLength - 1,
                           memoryByteLength,
                           0x7fffffff,
                           0x80000000,
                           0xfffffffc,
                           0xffffffff});
  }
  // No length between a few bytes and what no file system takes.
  operator uint64_t() const {
    return pick<uint64_t>({0, 1, 7, 4096, rights::file, rights::directory,
                           uint64_t{1} << 62, uint64_t{1} << 63, UINT64_MAX});
  }
};

template <class... Parameters>
void callRandomly(Errno (*function)(Parameters...)) {
  auto error =
      static_cast<uint32_t>(function(static_cast<Parameters>(Argument())...));
  if (error > static_cast<uint32_t>(Errno::Notcapable))
    _exit(2);
}
void callRandomly(void (*)(uint32_t)) {} // proc_exit

void callEach() {
#define WASI_FUNCTION(name, parameters, results)                               \
  if (std::string_view(#name) != "proc_raise")                                 \
    callRandomly(wrought_wasi_##name);
#include "abi/wasi_functions.def"
}

TEST_F(Hostile, RandomCallsNeitherCrashNorHang) {
  auto run = [&] {
    rlimit limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    int null = ::open("/dev/null", O_RDWR);
    for (int fd : {0, 1, 2})
      dup2(null, fd);
    const std::string_view names[] = {"file", "..", "../outside/secret", "sub",
                                      "a/b",  ".",  "sub/deep"};
    for (int round = 0; round != 4000; ++round) {
      // Zeros make poll_oneoff's clocks be over at once.
      memset(memory(), 0, memoryByteLength);
      for (uint32_t place : {100u, 512u, 32768u}) {
        std::string_view name = names[random_() % std::size(names)];
        memcpy(memory() + place, name.data(), name.size());
      }
      if (round % 50 == 0)
        restart();
      callEach();
    }
    return 0;
  };
  EXPECT_EXIT(_exit(run()), testing::ExitedWithCode(0), "");
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(host("outside")),
                          std::filesystem::directory_iterator()),
            1);
  EXPECT_EQ(hostFile("readonly/file"), "fixed\n");
}

} // namespace
} // namespace wrought::wasi
