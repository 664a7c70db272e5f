/* phases.h - a program's region of interest, for the time stamps of phases.c.
 */
#ifndef BENCH_PHASES_H
#define BENCH_PHASES_H

#ifdef __cplusplus
extern "C" {
#endif
void benchRegionBegin(void);
void benchRegionEnd(void);
#ifdef __cplusplus
}
#endif

#endif
