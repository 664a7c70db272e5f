//===- registers.S - What a callee saves, on the stack: aarch64 ------------===//
//
// Prototype stands in gc/collect.h. x19 to x29 and the lower halves of v8 to
// v15 (AAPCS64, 6.1).
//
//===----------------------------------------------------------------------===//

    .section .text.wrought_with_registers,"ax",@progbits
    .globl wrought_with_registers
    .hidden wrought_with_registers
    .type wrought_with_registers,@function
    .balign 4
wrought_with_registers:
    hint #25 // paciasp
    stp x29, x30, [sp, #-160]!
    mov x29, sp
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    mov x9, x0
    mov x0, x1
    mov x1, sp
    blr x9
    // The registers are as they were.
    ldp x29, x30, [sp], #160
    hint #29 // autiasp
    ret
    .size wrought_with_registers, . - wrought_with_registers

#include "property.inc"
