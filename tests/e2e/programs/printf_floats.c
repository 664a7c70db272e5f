// printf and strtod of doubles in every conversion, width and precision.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double values[] = {0.0,
                                -0.0,
                                1.0,
                                -1.5,
                                0.1,
                                1.0 / 3.0,
                                123456789.123456789,
                                1e21,
                                1e22,
                                9.999999999999999e22,
                                5e-324,
                                DBL_MIN,
                                DBL_MAX,
                                DBL_EPSILON,
                                2.5,
                                3.5,
                                0.5,
                                1e-5,
                                1e-4,
                                999999.5,
                                9999995.0,
                                4503599627370496.5,
                                9007199254740993.0,
                                INFINITY,
                                -INFINITY};

static const char *const formats[] = {"%f",       "%e",      "%g",    "%.0f",
                                      "%.0e",     "%.17g",   "%#.3g", "%+12.4f",
                                      "%-14.3e|", "%014.5f", "%.40f", "%G"};

static const char *const inputs[] = {
    "0x1.8p1",
    "1e400",
    "-1e-400",
    "0.30000000000000004",
    "2.2250738585072011e-308",
    "179769313486231580793728971405303415079934132710037826936173778980444968",
    "nan",
    "inf rest",
    ".5e1x",
    "1e",
    "9007199254740992.999999999999999999999999999999"};

int main(void) {
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i)
    for (unsigned k = 0; k < sizeof formats / sizeof *formats; ++k) {
      printf(formats[k], values[i]);
      putchar(k % 4 == 3 ? '\n' : ' ');
    }
  for (unsigned i = 0; i < sizeof inputs / sizeof *inputs; ++i) {
    char *end;
    double value = strtod(inputs[i], &end);
    printf("%s -> %.17g rest '%s' float %.9g\n", inputs[i], value, end,
           (double)strtof(inputs[i], NULL));
  }
  double sum = 0;
  for (int i = 1; i <= 100000; ++i)
    sum += 1.0 / i;
  printf("%.17g %.17g\n", sum, sqrt(sum));
  return 0;
}
