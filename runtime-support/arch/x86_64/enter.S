//===- enter.S - From the host into an instance: x86_64 --------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter_begin
    .hidden wrought_enter_begin
wrought_enter_begin:

    .macro function name
    .globl \name
    .hidden \name
    .type \name,@function
\name:
    .endm

// wrought_enter_<kind>: `store` puts the result to (%rbx). The frame: what a
// callee must save, the context (plus 1 in a nested call, then also the
// activation before).
    .macro enter kind, store:vararg
enter_\kind:
    testq %rdi, %rdi
    jz wrought_library_refused
    movq (%rdi), %rax // context
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rax
    .ifnb \store
    movq %r11, %rbx
    .endif
    cmpq $0, 8(%rax) // activation
    jne 5f
    movq %rbp, %r11
    subq 24(%rax), %r11 // stackByteLength
    movq %r11, (%rax) // stackLimit
    movq %fs:0, %r11
    cmpq %r11, 32(%rax) // thread
    jne 4f
1:
    movq %rbp, 8(%rax)
    call *%r10
    movq -48(%rbp), %rcx
    movq $0, 8(%rcx)
2:
    .ifnb \store
    testq %rbx, %rbx
    jz 3f
    \store
3:
    movq -8(%rbp), %rbx
    .endif
    xorl %eax, %eax
    xorl %edx, %edx
    leave // what else was saved is as it was
    ret
4:
    movq %r11, 32(%rax)
    jmp 1b
5:
    movq %fs:0, %r11
    cmpq %r11, 32(%rax)
    jne 6f
    incq -48(%rbp)
    pushq 8(%rax)
    pushq $0
    movq %rbp, 8(%rax)
    call *%r10
    movq -48(%rbp), %rcx
    movq -56(%rbp), %rdx
    movq %rdx, 7(%rcx)
    jmp 2b
6:
    movq -8(%rbp), %rbx
    leave
    jmp wrought_library_refused
    .endm

    .macro result_in kind, position, source
    function wrought_enter_\kind\()_\position
    movq \source, %r11
    jmp enter_\kind
    .endm

    .macro enter_with_result kind, store:vararg
    result_in \kind, 1, %rsi
    result_in \kind, 2, %rdx
    result_in \kind, 3, %rcx
    result_in \kind, 4, %r8
    result_in \kind, 5, %r9
    result_in \kind, 6, 8(%rsp)
    enter \kind, \store
    .endm

// wrought_result wrought_enter_call(void *code, Instance *, void *slots)
    function wrought_enter_call
    _CET_ENDBR
    movq %rdi, %r10
    movq %rsi, %rdi
    movq %rdx, %rsi
    function wrought_enter_void
    enter void

    enter_with_result i32, movl %eax, (%rbx)
    enter_with_result i64, movq %rax, (%rbx)
    enter_with_result f32, movss %xmm0, (%rbx)
    enter_with_result f64, movsd %xmm0, (%rbx)

    .globl wrought_enter_end
    .hidden wrought_enter_end
wrought_enter_end:

// [[noreturn]] void wrought_enter_resume(void *activation)
    function wrought_enter_resume
    _CET_ENDBR
    movq %rdi, %rbp
    xorl %ecx, %ecx
    rdsspq %rcx
    testq %rcx, %rcx
    jz 2f
    leaq wrought_enter_begin(%rip), %rax
    movl $1, %esi
1:  // The shadow stack ends where the innermost activation called.
    movq (%rcx), %rdx
    addq $8, %rcx
    incsspq %rsi
    subq %rax, %rdx
    cmpq $(wrought_enter_end - wrought_enter_begin), %rdx
    jae 1b
2:
    movq -48(%rbp), %rdi
    xorl %ecx, %ecx
    testb $1, %dil
    jz 3f
    decq %rdi
    movq -56(%rbp), %rcx
3:
    movq %rcx, 8(%rdi)
    leaq -40(%rbp), %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    jmp wrought_library_failed
    .size wrought_enter_resume, . - wrought_enter_resume

    .section .note.GNU-stack,"",@progbits
