// Reads one of four numbers, or, with an argument, a number a gigabyte away:
// shows what a trap looks like.
#include <stdio.h>

static int squares[4] = {0, 1, 4, 9};

__attribute__((noinline)) static int squareOf(unsigned index) {
  return squares[index];
}

int main(int argc, char **argv) {
  printf("%d\n", squareOf(argc > 1 ? 1u << 28 : 3));
  return 0;
}
