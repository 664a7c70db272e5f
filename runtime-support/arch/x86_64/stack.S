//===- stack.S - Changing stacks, catching, resuming: x86_64 ---------------===//
//
// Prototypes stand in core/stack.h. With shadow stacks on, resuming pops the
// return addresses of the frames that it skips; rdsspq does nothing without.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

// int wrought_call_on_stack(int (*function)(void *), void *argument, void *top)
    .section .text.wrought_call_on_stack,"ax",@progbits
    .globl wrought_call_on_stack
    .hidden wrought_call_on_stack
    .type wrought_call_on_stack,@function
wrought_call_on_stack:
    _CET_ENDBR
    pushq %rbp
    movq %rsp, %rbp
    movq %rdi, %rax
    movq %rsi, %rdi
    leaq -16(%rdx), %rsp
    // An end for walks along frame pointers.
    movq $0, (%rsp)
    movq $0, 8(%rsp)
    pushq %rbp
    pushq %rbp
    xorl %ebp, %ebp
    call *%rax
    popq %rbp
    movq %rbp, %rsp
    popq %rbp
    ret
    .size wrought_call_on_stack, . - wrought_call_on_stack

// int wrought_catch_enter(void (*function)(void *), void *argument, CatchFrame *)
    .section .text.wrought_catch_enter,"ax",@progbits
    .globl wrought_catch_enter
    .hidden wrought_catch_enter
    .type wrought_catch_enter,@function
wrought_catch_enter:
    _CET_ENDBR
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    subq $8, %rsp
    movq %rsp, 0(%rdx)
    xorl %ecx, %ecx
    rdsspq %rcx
    movq %rcx, 8(%rdx)
    movq %rdi, %rax
    movq %rsi, %rdi
    call *%rax
    xorl %eax, %eax
1:
    addq $8, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

// [[noreturn]] void wrought_catch_resume(void *frame): enter returns 1.
    .globl wrought_catch_resume
    .hidden wrought_catch_resume
    .type wrought_catch_resume,@function
wrought_catch_resume:
    _CET_ENDBR
    movq 0(%rdi), %rsp
    xorl %ecx, %ecx
    rdsspq %rcx
    testq %rcx, %rcx
    jz 3f
    movq 8(%rdi), %rdx
    subq %rcx, %rdx
    shrq $3, %rdx
2:  // incsspq pops at most 255 entries.
    movl $255, %ecx
    cmpq %rcx, %rdx
    cmovbq %rdx, %rcx
    incsspq %rcx
    subq %rcx, %rdx
    jnz 2b
3:
    movl $1, %eax
    jmp 1b
    .size wrought_catch_enter, . - wrought_catch_enter

    .section .note.GNU-stack,"",@progbits
