/* launch [-n ROUNDS] [-w WARM-UPS] [-t SECONDS] [-o FILE] [-e FILE] [-p]
   COMMAND… [--- COMMAND…]…

   Runs the commands in turn, ROUNDS times, and prints a line for each run:

     index status wall-ns user-us system-us peak-KiB begin-ns end-ns

   The status is the exit code, 128 + the signal, or -1 after the time limit.
   Times are wait4's; begin and end are real time, as programs stamp it. With -p
   the program is stopped as it exits and its own high-water mark read, since
   wait4 counts what this process had before exec as well: such a run's times
   do not count. A small process of its own, so that what starts a program
   weighs nothing beside it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static volatile pid_t running;
static volatile sig_atomic_t timedOut;

static void onAlarm(int signal) {
  (void)signal;
  timedOut = 1;
  if (running > 0)
    kill(running, SIGKILL);
}

/* Whoever started this is gone: so is what it runs. */
static void onEnd(int signal) {
  (void)signal;
  if (running > 0)
    kill(running, SIGKILL);
  _exit(3);
}

static int64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t microseconds(struct timeval time) {
  return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static void die(const char *what) {
  perror(what);
  exit(3);
}

/* The high-water mark of a stopped process's memory, in KiB. */
static long highWater(pid_t process) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/status", (int)process);
  FILE *file = fopen(path, "r");
  long peak = 0;
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "VmHWM: %ld", &peak) == 1)
      break;
  if (file)
    fclose(file);
  return peak;
}

static int startTraced(pid_t *child, char **command, const char *output,
                       const char *errors) {
  *child = fork();
  if (*child != 0)
    return *child < 0;
  int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  int error = open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (dup2(out, 1) < 0 || dup2(error, 2) < 0)
    _exit(126);
  /* Where that is forbidden, wait4's peak has to do. */
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  execvp(command[0], command);
  _exit(127);
}

/* Lets a traced process go on until it is gone; returns its peak. */
static long waitTraced(pid_t child, int *status, struct rusage *usage) {
  long peak = 0;
  int first = 1;
  for (;;) {
    while (wait4(child, status, 0, usage) != child)
      ;
    if (!WIFSTOPPED(*status))
      return peak;
    int signal = WSTOPSIG(*status);
    /* Its own exec, then events; only what else stops it is a signal. */
    if (first)
      ptrace(PTRACE_SETOPTIONS, child, NULL,
             (void *)(intptr_t)(PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC |
                                PTRACE_O_EXITKILL));
    if (*status >> 16 == PTRACE_EVENT_EXIT)
      peak = highWater(child);
    if (first || *status >> 16 != 0)
      signal = 0;
    first = 0;
    ptrace(PTRACE_CONT, child, NULL, (void *)(intptr_t)signal);
  }
}

int main(int argc, char **argv) {
  int rounds = 1, warmUps = 0, limit = 0, traced = 0, option;
  const char *output = "/dev/null", *errors = "/dev/null";
  while ((option = getopt(argc, argv, "+n:w:t:o:e:p")) != -1)
    switch (option) {
    case 'n':
      rounds = atoi(optarg);
      break;
    case 'w':
      warmUps = atoi(optarg);
      break;
    case 't':
      limit = atoi(optarg);
      break;
    case 'o':
      output = optarg;
      break;
    case 'e':
      errors = optarg;
      break;
    case 'p':
      traced = 1;
      break;
    default:
      return 2;
    }
  char **commands[256];
  int count = 0;
  if (optind < argc)
    commands[count++] = argv + optind;
  for (int i = optind; i < argc; ++i)
    if (strcmp(argv[i], "---") == 0) {
      argv[i] = NULL;
      if (count == 256)
        return 2;
      commands[count++] = argv + i + 1;
    }
  if (count == 0 || rounds < 1)
    return 2;

  struct sigaction action = {0};
  action.sa_handler = onAlarm;
  sigaction(SIGALRM, &action, NULL);
  action.sa_handler = onEnd;
  sigaction(SIGTERM, &action, NULL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  posix_spawn_file_actions_t actions;
  if (posix_spawn_file_actions_init(&actions) != 0 ||
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) ||
      posix_spawn_file_actions_addopen(
          &actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0644) != 0 ||
      posix_spawn_file_actions_addopen(&actions, 2, errors,
                                       O_WRONLY | O_CREAT | O_TRUNC, 0644) != 0)
    die("launch: file actions");

  for (int round = -warmUps; round < rounds; ++round)
    for (int index = 0; index < count; ++index) {
      struct rusage usage;
      pid_t child = 0;
      int status = 0;
      timedOut = 0;
      running = 0;
      const int64_t begin = now(CLOCK_REALTIME), start = now(CLOCK_MONOTONIC);
      if (traced ? startTraced(&child, commands[index], output, errors)
                 : posix_spawnp(&child, commands[index][0], &actions, NULL,
                                commands[index], environ))
        die(commands[index][0]);
      running = child;
      alarm((unsigned)limit);
      long peak = 0;
      if (traced)
        peak = waitTraced(child, &status, &usage);
      else
        while (wait4(child, &status, 0, &usage) != child)
          ;
      const int64_t stop = now(CLOCK_MONOTONIC), end = now(CLOCK_REALTIME);
      alarm(0);
      if (round < 0)
        continue;
      printf("%d %d %lld %lld %lld %ld %lld %lld\n", index,
             timedOut            ? -1
             : WIFEXITED(status) ? WEXITSTATUS(status)
                                 : 128 + WTERMSIG(status),
             (long long)(stop - start), (long long)microseconds(usage.ru_utime),
             (long long)microseconds(usage.ru_stime),
             traced && peak ? peak : usage.ru_maxrss, (long long)begin,
             (long long)end);
      fflush(stdout);
    }
  return 0;
}
