/* startup A B [N]: starts programs A and B in turn, N times each, and prints the
   median time from spawn to exit of both, and their ratio. What they print goes
   to /dev/null. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double startOnce(char *program, posix_spawn_file_actions_t *actions) {
  char *arguments[] = {program, NULL};
  pid_t child;
  int status;
  double begin = now();
  if (posix_spawn(&child, program, actions, NULL, arguments, environ) != 0 ||
      waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
      WEXITSTATUS(status) != 0) {
    fprintf(stderr, "startup: cannot run %s\n", program);
    exit(1);
  }
  return now() - begin;
}

static int compare(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static double median(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, compare);
  return values[count / 2];
}

int main(int argc, char **argv) {
  int count = argc > 3 ? atoi(argv[3]) : 1000;
  if (argc < 3 || count < 1) {
    fprintf(stderr, "usage: startup A B [N]\n");
    return 2;
  }
  posix_spawn_file_actions_t actions;
  double *times[2];
  for (int program = 0; program < 2; ++program)
    times[program] = malloc((size_t)count * sizeof(double));
  if (posix_spawn_file_actions_init(&actions) != 0 ||
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) !=
          0 ||
      times[0] == NULL || times[1] == NULL)
    return 1;
  /* The first rounds bring the files into the page cache. */
  for (int round = -10; round < count; ++round)
    for (int program = 0; program < 2; ++program) {
      double time = startOnce(argv[1 + program], &actions);
      if (round >= 0)
        times[program][round] = time;
    }
  double a = median(times[0], count), b = median(times[1], count);
  printf("%-40s %8.1f us\n%-40s %8.1f us\nratio %.3f (median of %d)\n", argv[1],
         a, argv[2], b, b / a, count);
  return 0;
}
