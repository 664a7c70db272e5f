//===- start.S - Where the kernel enters the program: riscv64 --------------===//
//
// The stack pointer points at argc. All else is up to wrought_start. Nothing
// is addressed by way of gp.
//
//===----------------------------------------------------------------------===//

    .section .text._start,"ax",@progbits
    .globl _start
    .hidden _start
    .type _start,@function
_start:
    li s0, 0
    li ra, 0
    mv a0, sp
    andi sp, sp, -16
    call wrought_start
    unimp
    .size _start, . - _start

    .section .note.GNU-stack,"",@progbits
