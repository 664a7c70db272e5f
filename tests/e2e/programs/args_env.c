// Arguments as given, the environment as granted at build time, and the exit
// code that main returns.
// build: --env GREETING=hello --env EMPTY= --env "SPACED=a b=c"
// run: {"args": [], "env": {"GREETING": "hello", "EMPTY": "", "SPACED": "a b=c"}}
// run: {"args": ["one", "", "two words", "--flag=x", "naïve"], "env": {"GREETING": "hello", "EMPTY": "", "SPACED": "a b=c"}}
// run: {"args": ["exit", "7"], "env": {"GREETING": "hello", "EMPTY": "", "SPACED": "a b=c"}}
// run: {"args": ["exit", "255"], "env": {"GREETING": "hello", "EMPTY": "", "SPACED": "a b=c"}}
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char *name) {
  const char *value = getenv(name);
  printf("%s=%s%s\n", name, value ? value : "", value ? "" : "(unset)");
}

int main(int argc, char **argv) {
  printf("%d arguments\n", argc - 1);
  for (int i = 1; i < argc; ++i)
    printf("'%s' %zu\n", argv[i], strlen(argv[i]));
  printf("end %d\n", argv[argc] == NULL);
  show("GREETING");
  show("EMPTY");
  show("SPACED");
  show("NOT_GRANTED");
  return argc == 3 && !strcmp(argv[1], "exit") ? atoi(argv[2]) : 0;
}
