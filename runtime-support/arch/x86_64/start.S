//===- start.S - Where the kernel enters the program: x86_64 ---------------===//
//
// The stack pointer points at argc. All else is up to wrought_start.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

    .section .text._start,"ax",@progbits
    .globl _start
    .hidden _start
    .type _start,@function
_start:
    _CET_ENDBR
    xorl %ebp, %ebp
    movq %rsp, %rdi
    andq $-16, %rsp
    call wrought_start
    ud2
    .size _start, . - _start

    .section .note.GNU-stack,"",@progbits
