//===- thread.S - Starting and ending threads: x86_64 ----------------------===//
//
// Prototypes stand in core/thread.h. System calls: clone(flags, stack,
// parent_tid, child_tid, tls), munmap, exit.
//
//===----------------------------------------------------------------------===//
#include <cet.h>

    .section .text.wrought_clone,"ax",@progbits
    .globl wrought_clone
    .hidden wrought_clone
    .type wrought_clone,@function
wrought_clone:
    _CET_ENDBR
    subq $16, %rsi
    movq %rcx, 0(%rsi)
    movq %r8, 8(%rsi)
    movq %rdx, %r8
    xorl %edx, %edx
    xorl %r10d, %r10d
    movl $56, %eax
    syscall
    testq %rax, %rax
    jz 1f
    ret
1:  // The new thread; its frame pointer ends walks along them.
    xorl %ebp, %ebp
    popq %rax
    popq %rdi
    call *%rax
    ud2
    .size wrought_clone, . - wrought_clone

    .section .text.wrought_exit_thread,"ax",@progbits
    .globl wrought_exit_thread
    .hidden wrought_exit_thread
    .type wrought_exit_thread,@function
wrought_exit_thread:
    _CET_ENDBR
    movl $11, %eax
    syscall
    xorl %edi, %edi
    movl $60, %eax
    syscall
    ud2
    .size wrought_exit_thread, . - wrought_exit_thread

    .section .note.GNU-stack,"",@progbits
