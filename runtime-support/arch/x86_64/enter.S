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

// The frame: what a callee must save, the context (plus 1 in a nested call, then
// also the activation before).
    .macro save
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
    .endm

// To the host; `store`, if there is one, puts the result to (%rbx), the result
// address, unless that is null.
    .macro back store:vararg
    .ifnb \store
    testq %rbx, %rbx
    jz 9f
    \store
9:
    movq -8(%rbp), %rbx
    .endif
    xorl %eax, %eax
    xorl %edx, %edx
    leave // what else was saved is as it was
    ret
    .endm

// One for each place of the result address, so that nothing is jumped over; the
// rare call from a call is in one place for all.
    .macro enter kind, address, store:vararg
    save
    .ifnb \address
    movq \address, %rbx
    .endif
    cmpq $0, 8(%rax) // activation
    jne enter_nested_\kind
    movq %rbp, %r11
    subq 24(%rax), %r11 // stackByteLength
    movq %r11, (%rax) // stackLimit
    movq %fs:0, %r11
    cmpq %r11, 32(%rax) // thread
    jne 2f
1:
    movq %rbp, 8(%rax)
    call *%r10
    movq -48(%rbp), %rcx
    movq $0, 8(%rcx)
    back \store
2:
    movq %r11, 32(%rax)
    jmp 1b
    .endm

    .macro nested kind, store:vararg
enter_nested_\kind:
    movq %fs:0, %r11
    cmpq %r11, 32(%rax)
    jne enter_refused
    incq -48(%rbp)
    pushq 8(%rax)
    pushq $0
    movq %rbp, 8(%rax)
    call *%r10
    movq -48(%rbp), %rcx
    movq -56(%rbp), %rdx
    movq %rdx, 7(%rcx)
    back \store
    .endm

    .macro result_in kind, position, address, store:vararg
    .p2align 4
    function wrought_enter_\kind\()_\position
    enter \kind, \address, \store
    .endm

    .macro enter_with_result kind, store:vararg
    result_in \kind, 1, %rsi, \store
    result_in \kind, 2, %rdx, \store
    result_in \kind, 3, %rcx, \store
    result_in \kind, 4, %r8, \store
    result_in \kind, 5, %r9, \store
    result_in \kind, 6, 16(%rbp), \store
    nested \kind, \store
    .endm

// wrought_result wrought_enter_call(void *code, Instance *, void *slots)
    function wrought_enter_call
    _CET_ENDBR
    movq %rdi, %r10
    movq %rsi, %rdi
    movq %rdx, %rsi
    function wrought_enter_void
    enter void
    nested void

    enter_with_result i32, movl %eax, (%rbx)
    enter_with_result i64, movq %rax, (%rbx)
    enter_with_result f32, movss %xmm0, (%rbx)
    enter_with_result f64, movsd %xmm0, (%rbx)

enter_refused:
    movq -8(%rbp), %rbx
    leave
    jmp wrought_library_refused

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
