/* Ready-made WASI: what two instances of wasi_guest.c are given, what they are
 * not, and what becomes of it when they are reset and freed. */
#include "command.h"
#include "guest.h"

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Errnos of WASI. */
enum {
  BADF = 8,
  NOENT = 44,
  NOSYS = 52,
  NOTSUP = 58,
  PIPE = 64,
  FBIG = 22,
  FAULT = 21,
  ROFS = 69,
  NOTCAPABLE = 76
};

static char root[64], path[256];

static const char *inRoot(const char *name) {
  snprintf(path, sizeof path, "%s/%s", root, name);
  return path;
}

static void makeFile(const char *name, const char *contents) {
  FILE *file = fopen(inRoot(name), "w");
  fputs(contents, file);
  fclose(file);
}

static int openDescriptors(void) {
  DIR *directory = opendir("/proc/self/fd");
  int count = 0;
  while (readdir(directory))
    ++count;
  closedir(directory);
  return count;
}

static void put(guest_instance *guest, const char *text) {
  int32_t address = 0;
  OK(guest_text_address(guest, &address));
  OK(guest_memory_write(guest, (uint32_t)address, text, strlen(text) + 1));
}

static _Thread_local int32_t value;
static int32_t resultOf(const char *name, wrought_result result) {
  CHECK(result.code == WROUGHT_OK);
  if (result.code != WROUGHT_OK)
    printf("%s: %s\n", name, result.error->message);
  return value;
}
/* The result of an export. */
#define CALL(function, ...)                                                    \
  (value = -1000, resultOf(#function, guest_##function(__VA_ARGS__, &value)))

static int readsText(guest_instance *guest, const char *expected,
                     size_t length) {
  int32_t address = 0;
  char text[256] = "";
  OK(guest_text_address(guest, &address));
  OK(guest_memory_read(guest, (uint32_t)address, text, length));
  return memcmp(text, expected, length) == 0;
}
static int hasText(guest_instance *guest, const char *expected) {
  return readsText(guest, expected, strlen(expected));
}

static int32_t readFile(guest_instance *guest, const char *name) {
  put(guest, name);
  return CALL(read_file, guest);
}

static guest_instance *make(const wrought_wasi_config *config) {
  const guest_imports imports = {.wasi_config = config};
  guest_instance *guest = NULL;
  OK(guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest));
  OK(guest__initialize(guest));
  return guest;
}

static const char zeros[32];

/* With nothing said there is nothing, but clocks and random numbers. */
static void sealed(void) {
  guest_instance *guest = NULL;
  /* With guards the first one makes a file of its memory's image. */
  OK(guest_instantiate(WROUGHT_ABI, NULL, NULL, &guest));
  OK(guest_free(guest));
  const int before = openDescriptors();
  OK(guest_instantiate(WROUGHT_ABI, NULL, NULL, &guest));
  OK(guest__initialize(guest));
  CHECK(openDescriptors() == before);
  CHECK(CALL(argument_count, guest) == 0);
  put(guest, "PATH");
  CHECK(CALL(variable, guest) == -1);
  CHECK(CALL(preopen_count, guest) == 0);
  CHECK(readFile(guest, "/etc/passwd") < 0);
  CHECK(CALL(write_text, guest, 1) == -BADF);
  CHECK(CALL(write_text, guest, 2) == -BADF);
  CHECK(CALL(read_text, guest, 0) == -BADF);
  CHECK(CALL(clocks_tick, guest) == 1);
  CHECK(CALL(random_bytes, guest) == 32);
  CHECK(readsText(guest, zeros, sizeof zeros) == 0);
  /* A signal would be the host's. */
  CHECK(CALL(raise_signal, guest, 9) == NOSYS);
  OK(guest_free(guest));
}

static const char *const arguments[] = {"guest", "one", ""};
static const char *const environment[] = {"COLOUR=red", "EMPTY="};

static void given(void) {
  char grant[80], readOnly[80];
  snprintf(grant, sizeof grant, "%s", inRoot("grant"));
  snprintf(readOnly, sizeof readOnly, "%s", inRoot("readonly"));
  const wrought_wasi_directory directories[] = {{grant, "/data", 0},
                                                {readOnly, "/fixed", 1}};
  int out[2];
  CHECK(pipe(out) == 0);
  wrought_wasi_config config = {arguments,
                                3,
                                environment,
                                2,
                                directories,
                                2,
                                {{WROUGHT_WASI_DISCARD, 0},
                                 {WROUGHT_WASI_DESCRIPTOR, out[1]},
                                 {WROUGHT_WASI_INHERIT, 0}},
                                0};
  const int before = openDescriptors();
  guest_instance *guest = make(&config);
  /* Copies: what was given may go. */
  close(out[1]);
  memset(grant, 'x', sizeof grant - 1);
  config.arguments = NULL;

  CHECK(CALL(argument_count, guest) == 3);
  CHECK(CALL(argument, guest, 1) == 3 && hasText(guest, "one"));
  CHECK(CALL(argument, guest, 2) == 0);
  put(guest, "COLOUR");
  CHECK(CALL(variable, guest) == 3 && hasText(guest, "red"));
  put(guest, "EMPTY");
  CHECK(CALL(variable, guest) == 0);
  put(guest, "HOME");
  CHECK(CALL(variable, guest) == -1);

  CHECK(CALL(preopen_count, guest) == 2);
  CHECK(readFile(guest, "/data/file") == 6 && hasText(guest, "hello\n"));
  CHECK(readFile(guest, "/fixed/file") == 6 && hasText(guest, "fixed\n"));
  put(guest, "/data/new");
  CHECK(CALL(make_file, guest, 10) == 0);
  struct stat status;
  CHECK(stat(inRoot("grant/new"), &status) == 0 && status.st_size == 10);
  put(guest, "/fixed/new");
  CHECK(CALL(make_file, guest, 10) == -ROFS);
  put(guest, "/data");
  CHECK(CALL(entry_count, guest) == 6);
  put(guest, "/data/file");
  CHECK(CALL(grow_and_read, guest) == 6 && hasText(guest, "hello\n"));

  /* Out of what was granted there is no way. */
  CHECK(readFile(guest, "/data/../outside/secret") == -NOTCAPABLE ||
        readFile(guest, "/data/../outside/secret") == -NOENT);
  CHECK(readFile(guest, "/data/out") == -NOTCAPABLE);
  CHECK(readFile(guest, "/data/absolute") == -NOTCAPABLE);
  CHECK(readFile(guest, "/outside/secret") < 0);

  /* Standard streams. */
  put(guest, "through the pipe");
  CHECK(CALL(write_text, guest, 1) == 16);
  char text[32] = "";
  CHECK(read(out[0], text, sizeof text) == 16 &&
        strcmp(text, "through the pipe") == 0);
  CHECK(CALL(write_out_of_bounds, guest) == FAULT);
  CHECK(CALL(read_text, guest, 0) == 0);
  /* Its flags are the host's too. */
  CHECK(CALL(make_nonblocking, guest, 1) == NOTSUP);

  /* Nobody reads any more: an error, and no signal. */
  close(out[0]);
  CHECK(CALL(write_text, guest, 1) == -PIPE);
  CHECK(CALL(write_text, guest, 1) == -PIPE);
  sigset_t pending;
  sigpending(&pending);
  CHECK(!sigismember(&pending, SIGPIPE));

  OK(guest_free(guest));
  CHECK(openDescriptors() == before - 2);
}

/* A signal of the host's own that waits is not taken from it. */
static void pendingSignal(void) {
  int sockets[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  close(sockets[0]);
  const wrought_wasi_config config = {
      .streams = {{0, 0}, {WROUGHT_WASI_DESCRIPTOR, sockets[1]}, {0, 0}}};
  guest_instance *guest = make(&config);
  put(guest, "text");
  CHECK(CALL(write_text, guest, 1) == -PIPE);
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  raise(SIGPIPE);
  CHECK(CALL(write_text, guest, 1) == -PIPE);
  sigpending(&pending);
  CHECK(sigismember(&pending, SIGPIPE));
  const struct timespec now = {0, 0};
  CHECK(sigtimedwait(&pipe, NULL, &now) == SIGPIPE);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  OK(guest_free(guest));
  close(sockets[1]);
}

/* A file larger than the process may make: the same with SIGXFSZ. */
static void tooLargeFile(void) {
  char grant[80];
  snprintf(grant, sizeof grant, "%s", inRoot("grant"));
  const wrought_wasi_directory directory = {grant, "/data", 0};
  struct rlimit limit, small;
  getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 100000;
  setrlimit(RLIMIT_FSIZE, &small);
  int file = open(inRoot("grant/big"), O_CREAT | O_RDWR, 0666);
  const wrought_wasi_config config = {
      .directories = &directory,
      .directory_count = 1,
      .streams = {{0, 0}, {WROUGHT_WASI_DESCRIPTOR, file}, {0, 0}}};
  guest_instance *guest = make(&config);
  CHECK(CALL(append_at, guest, 1, 99999) == 1);
  CHECK(CALL(append_at, guest, 1, 100000) == -FBIG);
  put(guest, "/data/new");
  CHECK(CALL(make_file, guest, 100001) == -FBIG);
  OK(guest_free(guest));
  setrlimit(RLIMIT_FSIZE, &limit);
  close(file);
  unlink(inRoot("grant/big"));
}

/* proc_exit ends the call, whatever is in between, and nothing else. */
static void exits(void) {
  guest_instance *guest = make(NULL);
  for (int64_t status = 0; status < 300; status += 43) {
    wrought_result result = guest_quit(guest, (int32_t)status);
    CHECK(result.code == WROUGHT_EXITED && result.error &&
          result.error->code == WROUGHT_EXITED &&
          result.error->host_status == status && result.error->frame_count > 0);
    CHECK(CALL(argument_count, guest) == 0);
  }
  OK(guest_free(guest));

  FILE *output = tmpfile();
  const wrought_wasi_config config = {
      .arguments = arguments,
      .argument_count = 2,
      .streams = {{0, 0},
                  {WROUGHT_WASI_DESCRIPTOR, fileno(output)},
                  {WROUGHT_WASI_DESCRIPTOR, fileno(output)}}};
  const command_imports imports = {.wasi_config = &config};
  command_instance *command = NULL;
  OK(command_instantiate(WROUGHT_ABI, &imports, NULL, &command));
  for (int run = 0; run < 2; ++run) {
    wrought_result result = command__start(command);
    CHECK(result.code == WROUGHT_EXITED && result.error &&
          result.error->host_status == 2);
    OK(command_reset(command));
  }
  OK(command_free(command));
  char text[64] = "";
  rewind(output);
  CHECK(fread(text, 1, sizeof text, output) == 44);
  CHECK(strcmp(text, "guest\n2 arguments\none\nguest\n2 arguments\none\n") ==
        0);
  fclose(output);
}

/* What cannot be opened, or makes no sense. */
static void refused(void) {
  const int before = openDescriptors();
  guest_instance *guest = (guest_instance *)&guest;
  char grant[80];
  snprintf(grant, sizeof grant, "%s", inRoot("grant"));
  wrought_wasi_directory directories[] = {{grant, NULL, 0},
                                          {"/no/such/directory", "/x", 0}};
  wrought_wasi_config config = {.directories = directories,
                                .directory_count = 2};
  const guest_imports imports = {.wasi_config = &config};
  wrought_result result =
      guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest);
  CHECK(guest == NULL && result.code == WROUGHT_CANNOT_OPEN && result.error &&
        result.error->host_status == ENOENT &&
        strstr(result.error->message, "/no/such/directory"));
  directories[1].host_path = inRoot("grant/file");
  FAILS(guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest),
        WROUGHT_CANNOT_OPEN);
  guest_pool *pool = NULL;
  FAILS(guest_pool_new(WROUGHT_ABI, 2, &imports, NULL, &pool),
        WROUGHT_CANNOT_OPEN);
  config.directory_count = 1;
  config.streams[1] = (wrought_wasi_stream){WROUGHT_WASI_DESCRIPTOR, 987};
  result = guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest);
  CHECK(result.code == WROUGHT_CANNOT_OPEN && result.error &&
        result.error->host_status == EBADF);
  const wrought_wasi_directory noPath = {NULL, "/x", 0}, noName = {"/", "", 0};
  const char *const holes[] = {"a", NULL}, *const noValue[] = {"NAME"};
  const wrought_wasi_config wrong[] = {
      {.streams = {{4, 0}, {0, 0}, {0, 0}}},
      {.streams = {{WROUGHT_WASI_DESCRIPTOR, -1}, {0, 0}, {0, 0}}},
      {.argument_count = 1},
      {.arguments = holes, .argument_count = 2},
      {.environment = noValue, .environment_count = 1},
      {.environment_count = 1},
      {.directory_count = 1},
      {.directories = &noPath, .directory_count = 1},
      {.directories = &noName, .directory_count = 1},
      {.directories = directories, .directory_count = 1, .descriptor_limit = 3},
      {.descriptor_limit = 65537},
  };
  for (size_t index = 0; index < sizeof wrong / sizeof *wrong; ++index) {
    config = wrong[index];
    FAILS(guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest),
          WROUGHT_INVALID_ARGUMENT);
  }
  CHECK(openDescriptors() == before);
}

static int32_t ownWrite(void *user_data, int32_t fd, int32_t vectors,
                        int32_t count, int32_t result) {
  (void)fd, (void)vectors, (void)count, (void)result;
  ++*(int *)user_data;
  return BADF;
}

/* One function is the host's, the others ready-made. */
static void ownFunction(void) {
  int calls = 0;
  guest_imports imports = {0};
  imports.wasi_snapshot_preview1.fd_write = ownWrite;
  imports.wasi_snapshot_preview1.user_data = &calls;
  guest_instance *guest = NULL;
  OK(guest_instantiate(WROUGHT_ABI, &imports, NULL, &guest));
  OK(guest__initialize(guest));
  CHECK(CALL(write_text, guest, 1) == -BADF && calls == 1);
  CHECK(CALL(random_bytes, guest) == 32 && calls == 1);
  OK(guest_free(guest));
}

/* Reset closes what the guest opened and opens what it closed. */
static void resets(void) {
  char grant[80];
  snprintf(grant, sizeof grant, "%s", inRoot("grant"));
  const wrought_wasi_directory directory = {grant, "/data", 0};
  const wrought_wasi_config config = {.directories = &directory,
                                      .directory_count = 1,
                                      .descriptor_limit = 100,
                                      .streams = {{WROUGHT_WASI_DISCARD, 0},
                                                  {WROUGHT_WASI_DISCARD, 0},
                                                  {WROUGHT_WASI_CLOSED, 0}}};
  const int before = openDescriptors();
  guest_instance *guest = make(&config);
  const int own = openDescriptors();
  CHECK(own == before + 3);
  for (int round = 0; round < 3; ++round) {
    put(guest, "/data/file");
    /* 0, 1 and 3 are in use, 2 is not to be had. */
    CHECK(CALL(keep_open, guest, 1000) == 96);
    CHECK(openDescriptors() == own + 96);
    put(guest, "text");
    CHECK(CALL(close_descriptor, guest, 1) == 0);
    CHECK(CALL(write_text, guest, 1) == -BADF);
    CHECK(CALL(close_descriptor, guest, 3) == 0);
    CHECK(readFile(guest, "/data/file") < 0);
    CHECK(openDescriptors() == own + 96);
    OK(guest_reset(guest));
    CHECK(openDescriptors() == own);
    OK(guest__initialize(guest));
    CHECK(readFile(guest, "/data/file") == 6);
    put(guest, "text");
    CHECK(CALL(write_text, guest, 1) == 4);
  }
  put(guest, "/data/file");
  CHECK(CALL(keep_open, guest, 5) == 5);
  OK(guest_free(guest));
  CHECK(openDescriptors() == before);

  /* In a pool what was open is closed at once. */
  const guest_imports imports = {.wasi_config = &config};
  guest_pool *pool = NULL;
  OK(guest_pool_new(WROUGHT_ABI, 2, &imports, NULL, &pool));
  CHECK(openDescriptors() == before + 6);
  for (int round = 0; round < 5; ++round) {
    OK(guest_pool_acquire(pool, NULL, &guest));
    OK(guest__initialize(guest));
    put(guest, "/data/file");
    CHECK(CALL(keep_open, guest, 70) == 70);
    OK(guest_pool_release(pool, guest));
    CHECK(openDescriptors() == before + 6);
  }
  /* With a function of the host's for one use, and the ready-made one again. */
  int calls = 0;
  guest_imports others = {0};
  others.wasi_snapshot_preview1.fd_write = ownWrite;
  others.wasi_snapshot_preview1.user_data = &calls;
  OK(guest_pool_acquire(pool, &others, &guest));
  CHECK(CALL(write_text, guest, 1) == -BADF && calls == 1);
  OK(guest_pool_release(pool, guest));
  for (int count = 0; count < 2; ++count) {
    guest_instance *each = NULL;
    OK(guest_pool_acquire(pool, NULL, &each));
    OK(guest__initialize(each));
    put(each, "text");
    CHECK(CALL(write_text, each, 1) == 4 && calls == 1);
    if (count == 0)
      guest = each;
    else
      OK(guest_pool_release(pool, each));
  }
  OK(guest_pool_release(pool, guest));
  OK(guest_pool_free(pool));
  CHECK(openDescriptors() == before);
}

/* Instances side by side know nothing of each other. */
static void *useOwn(void *argument) {
  const int number = *(int *)argument;
  char directory[80], name[16];
  snprintf(directory, sizeof directory, "%s/own%d", root, number);
  snprintf(name, sizeof name, "%d", number);
  const char *const own[] = {name};
  const wrought_wasi_directory grant = {directory, "/", 0};
  const wrought_wasi_config config = {.arguments = own,
                                      .argument_count = 1,
                                      .directories = &grant,
                                      .directory_count = 1};
  for (int round = 0; round < 50; ++round) {
    guest_instance *guest = make(&config);
    CHECK(CALL(argument, guest, 0) == 1 && hasText(guest, name));
    CHECK(readFile(guest, "/number") == 1 && hasText(guest, name));
    OK(guest_free(guest));
  }
  return NULL;
}

static void sideBySide(void) {
  enum { COUNT = 4 };
  pthread_t threads[COUNT];
  int numbers[COUNT];
  for (int index = 0; index < COUNT; ++index) {
    char name[32], contents[2] = {(char)('0' + index), 0};
    snprintf(name, sizeof name, "own%d", index);
    mkdir(inRoot(name), 0777);
    snprintf(name, sizeof name, "own%d/number", index);
    makeFile(name, contents);
    numbers[index] = index;
  }
  for (int index = 0; index < COUNT; ++index)
    pthread_create(threads + index, NULL, useOwn, numbers + index);
  for (int index = 0; index < COUNT; ++index)
    pthread_join(threads[index], NULL);
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  snprintf(root, sizeof root, "%s", argv[1]);
  for (int index = 0; index < 3; ++index)
    mkdir(inRoot((const char *const[]){"grant", "readonly", "outside"}[index]),
          0777);
  makeFile("grant/file", "hello\n");
  makeFile("readonly/file", "fixed\n");
  makeFile("outside/secret", "secret\n");
  unlink(inRoot("grant/new"));
  unlink(inRoot("grant/out"));
  unlink(inRoot("grant/absolute"));
  CHECK(symlink("../outside/secret", inRoot("grant/out")) == 0);
  CHECK(symlink("/etc/passwd", inRoot("grant/absolute")) == 0);
  sealed();
  given();
  pendingSignal();
  tooLargeFile();
  exits();
  refused();
  ownFunction();
  resets();
  sideBySide();
  return reportChecks();
}
