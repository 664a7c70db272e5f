/* Hello, with 15 MiB of data that the program could use any of. */
#include <stdio.h>

static const unsigned char data[] = {
#embed "data.bin"
};

int main(int argc, char **argv) {
  const unsigned char *volatile byte = &data[argc * 4096];
  printf("hello %d\n", *byte);
  (void)argv;
  return 0;
}
