//===- enter.S - From the host into an instance: x86_64 --------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

// void wrought_enter_call(void *code, Instance *, void *slots)
    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter_call
    .hidden wrought_enter_call
    .type wrought_enter_call,@function
wrought_enter_call:
    _CET_ENDBR
    movq %rdi, %r10
    movq %rsi, %rdi
    movq %rdx, %rsi
    jmp wrought_enter
    .size wrought_enter_call, . - wrought_enter_call

    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter
    .hidden wrought_enter
    .type wrought_enter,@function
wrought_enter:
    _CET_ENDBR
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $40, %rsp
    movq (%rdi), %r11 // context
    movq %r11, -48(%rbp)
    movq 8(%r11), %rax // activation
    movq %rax, -56(%rbp)
    movq (%r11), %rbx // stackLimit
    movq %rbx, -64(%rbp)
    xorl %ebx, %ebx
    rdsspq %rbx
    movq %rbx, -72(%rbp)
    testq %rax, %rax
    jnz 1f
    movq %rsp, %rbx
    subq 24(%r11), %rbx // stackByteLength
    movq %rbx, (%r11)
    movq %fs:0, %rbx
    movq %rbx, 32(%r11) // thread
1:
    movq %rbp, 8(%r11)
    call *%r10
    .globl wrought_enter_return
    .hidden wrought_enter_return
wrought_enter_return:
    movq -48(%rbp), %r11
    movq -56(%rbp), %rcx
    movq %rcx, 8(%r11)
    movq -64(%rbp), %rcx
    movq %rcx, (%r11)
    leaq -40(%rbp), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

// [[noreturn]] void wrought_enter_resume(void *activation)
    .globl wrought_enter_resume
    .hidden wrought_enter_resume
    .type wrought_enter_resume,@function
wrought_enter_resume:
    _CET_ENDBR
    movq %rdi, %rbp
    xorl %ecx, %ecx
    rdsspq %rcx
    testq %rcx, %rcx
    jz wrought_enter_return
    movq -72(%rbp), %rdx
    subq %rcx, %rdx
    shrq $3, %rdx
2:  // incsspq pops at most 255 entries.
    movl $255, %ecx
    cmpq %rcx, %rdx
    cmovbq %rdx, %rcx
    incsspq %rcx
    subq %rcx, %rdx
    jnz 2b
    jmp wrought_enter_return
    .size wrought_enter, . - wrought_enter

    .section .note.GNU-stack,"",@progbits
