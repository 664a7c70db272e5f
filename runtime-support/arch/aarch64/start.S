//===- start.S - Where the kernel enters the program: aarch64 --------------===//
//
// The stack pointer points at argc. All else is up to wrought_start.
//
//===----------------------------------------------------------------------===//

    .section .text._start,"ax",@progbits
    .globl _start
    .hidden _start
    .type _start,@function
    .balign 4
_start:
    hint #34 // bti c
    mov x29, xzr
    mov x30, xzr
    mov x0, sp
    bl wrought_start
    brk #1
    .size _start, . - _start

#include "property.inc"
