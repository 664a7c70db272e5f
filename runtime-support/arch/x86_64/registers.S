//===- registers.S - What a callee saves, on the stack: x86_64 -------------===//
//
// Prototype stands in gc/collect.h.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

    .section .text.wrought_with_registers,"ax",@progbits
    .globl wrought_with_registers
    .hidden wrought_with_registers
    .type wrought_with_registers,@function
wrought_with_registers:
    _CET_ENDBR
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %r15
    movq %rdi, %rax
    movq %rsi, %rdi
    movq %rsp, %rsi
    call *%rax
    leave // the registers are as they were
    ret
    .size wrought_with_registers, . - wrought_with_registers

    .section .note.GNU-stack,"",@progbits
