//===- thread.S - Starting and ending threads: riscv64 ---------------------===//
//
// Prototypes stand in core/thread.h. System calls: clone(flags, stack,
// parent_tid, tls, child_tid), munmap, exit.
//
//===----------------------------------------------------------------------===//

    .section .text.wrought_clone,"ax",@progbits
    .globl wrought_clone
    .hidden wrought_clone
    .type wrought_clone,@function
wrought_clone:
    addi a1, a1, -16
    sd a3, 0(a1)
    sd a4, 8(a1)
    mv a3, a2
    li a2, 0
    li a4, 0
    li a7, 220
    ecall
    beqz a0, 1f
    ret
1:  // The new thread; its frame pointer ends walks along them.
    li s0, 0
    li ra, 0
    ld t0, 0(sp)
    ld a0, 8(sp)
    addi sp, sp, 16
    jalr t0
    unimp
    .size wrought_clone, . - wrought_clone

    .section .text.wrought_exit_thread,"ax",@progbits
    .globl wrought_exit_thread
    .hidden wrought_exit_thread
    .type wrought_exit_thread,@function
wrought_exit_thread:
    li a7, 215
    ecall
    li a0, 0
    li a7, 93
    ecall
    unimp
    .size wrought_exit_thread, . - wrought_exit_thread

    .section .note.GNU-stack,"",@progbits
