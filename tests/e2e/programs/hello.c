// The smallest program there is.
#include <stdio.h>

int main(void) {
  puts("Hello, world");
  return 0;
}
