// setlocale, character classes, multibyte strings and collation.
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

int main(void) {
  const char *name = setlocale(LC_ALL, "C");
  printf("locale %s\n", name ? name : "(null)");
  printf("point '%s'\n", localeconv()->decimal_point);
  unsigned classes[6] = {0};
  for (int c = 0; c < 128; ++c) {
    classes[0] += !!isalpha(c);
    classes[1] += !!isdigit(c);
    classes[2] += !!isspace(c);
    classes[3] += !!ispunct(c);
    classes[4] += !!iscntrl(c);
    classes[5] += !!isprint(c);
  }
  for (int i = 0; i < 6; ++i)
    printf("%u ", classes[i]);
  putchar('\n');
  char word[] = "Hello, Wrought";
  for (char *p = word; *p; ++p)
    *p = isupper(*p) ? tolower(*p) : toupper(*p);
  puts(word);
  wchar_t wide[32];
  size_t length = mbstowcs(wide, "wide text", 32);
  printf("%zu %zu %d\n", length, wcslen(wide), (int)towupper(wide[0]));
  char back[32];
  printf("%zu %s\n", wcstombs(back, wide, sizeof back), back);
  printf("%d\n", strcoll("abc", "abd") < 0);
  printf("%.3f %ls\n", 1234.5, L"formatted wide");
  return 0;
}
