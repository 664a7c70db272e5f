// A program as a library: says what it was given and ends with the number of
// its arguments.
#include <stdio.h>

int main(int argc, char **argv) {
  for (int index = 0; index < argc; ++index)
    printf("%s\n", argv[index]);
  fprintf(stderr, "%d arguments\n", argc);
  return argc;
}
