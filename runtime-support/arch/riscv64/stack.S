//===- stack.S - Changing stacks, catching, resuming: riscv64 --------------===//
//
// Prototypes stand in core/stack.h. A callee saves s0 to s11 and fs0 to fs11
// (psABI, LP64D).
//
//===----------------------------------------------------------------------===//

// int wrought_call_on_stack(int (*function)(void *), void *argument, void *top)
    .section .text.wrought_call_on_stack,"ax",@progbits
    .globl wrought_call_on_stack
    .hidden wrought_call_on_stack
    .type wrought_call_on_stack,@function
wrought_call_on_stack:
    addi sp, sp, -16
    sd ra, 8(sp)
    sd s0, 0(sp)
    mv t0, a0
    mv a0, a1
    // The way back.
    sd sp, -16(a2)
    addi sp, a2, -16
    // An end for walks along frame pointers.
    li s0, 0
    jalr t0
    ld sp, 0(sp)
    ld s0, 0(sp)
    ld ra, 8(sp)
    addi sp, sp, 16
    ret
    .size wrought_call_on_stack, . - wrought_call_on_stack

    .macro for_saved_registers integer, float
    \integer s1, 0(sp)
    \integer s2, 8(sp)
    \integer s3, 16(sp)
    \integer s4, 24(sp)
    \integer s5, 32(sp)
    \integer s6, 40(sp)
    \integer s7, 48(sp)
    \integer s8, 56(sp)
    \integer s9, 64(sp)
    \integer s10, 72(sp)
    \integer s11, 80(sp)
    \float fs0, 88(sp)
    \float fs1, 96(sp)
    \float fs2, 104(sp)
    \float fs3, 112(sp)
    \float fs4, 120(sp)
    \float fs5, 128(sp)
    \float fs6, 136(sp)
    \float fs7, 144(sp)
    \float fs8, 152(sp)
    \float fs9, 160(sp)
    \float fs10, 168(sp)
    \float fs11, 176(sp)
    \integer s0, 192(sp)
    \integer ra, 200(sp)
    .endm

// int wrought_catch_enter(void (*function)(void *), void *argument, CatchFrame *)
    .section .text.wrought_catch_enter,"ax",@progbits
    .globl wrought_catch_enter
    .hidden wrought_catch_enter
    .type wrought_catch_enter,@function
wrought_catch_enter:
    addi sp, sp, -208
    for_saved_registers sd, fsd
    addi s0, sp, 208
    sd sp, 0(a2)
    mv t0, a0
    mv a0, a1
    jalr t0
    li a0, 0
1:
    for_saved_registers ld, fld
    addi sp, sp, 208
    ret

// [[noreturn]] void wrought_catch_resume(void *frame): enter returns 1.
    .globl wrought_catch_resume
    .hidden wrought_catch_resume
    .type wrought_catch_resume,@function
wrought_catch_resume:
    ld sp, 0(a0)
    li a0, 1
    j 1b
    .size wrought_catch_enter, . - wrought_catch_enter

    .section .note.GNU-stack,"",@progbits
