// The ways to end: return, exit with atexit handlers and unflushed output,
// _Exit, and abort (a trap in Wasm, SIGABRT natively: both 134).
// run: {"args": ["return"]}
// run: {"args": ["exit"]}
// run: {"args": ["_exit"]}
// run: {"args": ["abort"], "exit": 134}
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void first(void) { printf("first registered\n"); }
static void second(void) { printf("second registered\n"); }
__attribute__((constructor)) static void before(void) {
  printf("constructor\n");
}
__attribute__((destructor)) static void after(void) { printf("destructor\n"); }

int main(int argc, char **argv) {
  atexit(first);
  atexit(second);
  printf("%s without newline", argv[1]);
  if (!strcmp(argv[1], "exit"))
    exit(42);
  fflush(stdout);
  if (!strcmp(argv[1], "_exit"))
    _Exit(3);
  if (!strcmp(argv[1], "abort"))
    abort();
  return 5;
}
