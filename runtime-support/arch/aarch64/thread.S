//===- thread.S - Starting and ending threads: aarch64 ---------------------===//
//
// Prototypes stand in core/thread.h. System calls: clone(flags, stack,
// parent_tid, tls, child_tid), munmap, exit.
//
//===----------------------------------------------------------------------===//

    .section .text.wrought_clone,"ax",@progbits
    .globl wrought_clone
    .hidden wrought_clone
    .type wrought_clone,@function
    .balign 4
wrought_clone:
    hint #34 // bti c
    stp x3, x4, [x1, #-16]!
    mov x3, x2
    mov x2, xzr
    mov x4, xzr
    mov x8, #220
    svc #0
    cbz x0, 1f
    ret
1:  // The new thread; its frame pointer ends walks along them.
    mov x29, xzr
    mov x30, xzr
    ldp x9, x0, [sp], #16
    blr x9
    brk #1
    .size wrought_clone, . - wrought_clone

    .section .text.wrought_exit_thread,"ax",@progbits
    .globl wrought_exit_thread
    .hidden wrought_exit_thread
    .type wrought_exit_thread,@function
    .balign 4
wrought_exit_thread:
    hint #34 // bti c
    mov x8, #215
    svc #0
    mov x0, xzr
    mov x8, #93
    svc #0
    brk #1
    .size wrought_exit_thread, . - wrought_exit_thread

#include "property.inc"
