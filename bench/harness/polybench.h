/* polybench.h (in front of PolyBench/C's sources, with -include): what a kernel
   dumps is not printed with two digits but taken into a checksum, bit for bit.
 */
#ifndef BENCH_POLYBENCH_H
#define BENCH_POLYBENCH_H

#include <stdio.h>

int benchDump(FILE *file, const char *format, ...);
#define fprintf benchDump

#endif
