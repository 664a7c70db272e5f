// String functions, formatting and parsing.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void formats(void) {
  char line[200];
  int length = snprintf(line, sizeof line, "%5d|%-5d|%05d|%+d|% d|%x|%#X|%o",
                        42, -42, 42, 42, 42, 0xbeef, 0xbeef, 8);
  printf("%d %s\n", length, line);
  printf("[%10s][%-10s][%.3s][%c][%%]\n", "right", "left", "truncated", 'c');
  printf("[%*d][%-*d][%.*s]\n", 6, 12, 6, 12, 2, "abc");
  printf("%lld %llu %" PRId64 " %zu %hhd %hd\n", -1LL, ~0ULL, INT64_MIN,
         (size_t)7, (char)300, (short)70000);
  length = snprintf(line, 8, "%s", "much too long");
  printf("%d '%s'\n", length, line);
}

static void parsing(void) {
  char *end;
  printf("%ld %s\n", strtol("  -123abc", &end, 10), end);
  printf("%lld %llu\n", strtoll("-0x7fffffffffffffff", NULL, 16),
         strtoull("0777", NULL, 0));
  printf("%lld\n", strtoll("99999999999999999999", NULL, 10));
  int a = 0, b = 0;
  char word[20] = "";
  double number = 0;
  int got =
      sscanf("12 0x1f hello 3.25", "%d %i %19s %lf", &a, &b, word, &number);
  printf("%d: %d %d %s %.2f\n", got, a, b, word, number);
  got = sscanf("key=value;rest", "%19[^=]=%d", word, &a);
  printf("%d %s\n", got, word);
}

static void words(void) {
  char text[] = "the quick brown fox, jumps over; the lazy dog";
  unsigned count = 0;
  for (char *word = strtok(text, " ,;"); word; word = strtok(NULL, " ,;"))
    printf("%u:%s ", count++, word);
  putchar('\n');
  const char *haystack = "abracadabra";
  printf("%s %s %s %zu %zu\n", strstr(haystack, "cad"), strchr(haystack, 'd'),
         strrchr(haystack, 'b'), strspn(haystack, "abr"),
         strcspn(haystack, "d"));
  char joined[64] = "one";
  strcat(joined, "+");
  strncat(joined, "two and more", 3);
  printf("%s %d %d\n", joined, strcmp("a", "b") < 0, strncmp("abc", "abd", 2));
  char *copy = strdup(joined);
  memmove(copy + 1, copy, strlen(copy) - 1);
  puts(copy);
  free(copy);
}

int main(void) {
  formats();
  parsing();
  words();
  return 0;
}
