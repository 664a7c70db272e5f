//===- enter.S - From the host into an instance: riscv64 -------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//

    .macro for_entry_registers integer, float
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
    \integer s0, 224(sp)
    \integer ra, 232(sp)
    .endm

// void wrought_enter_call(void *code, Instance *, void *slots)
    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter_call
    .hidden wrought_enter_call
    .type wrought_enter_call,@function
wrought_enter_call:
    mv t2, a0
    mv a0, a1
    mv a1, a2
    j wrought_enter
    .size wrought_enter_call, . - wrought_enter_call

    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter
    .hidden wrought_enter
    .type wrought_enter,@function
wrought_enter:
    addi sp, sp, -240
    for_entry_registers sd, fsd
    addi s0, sp, 240
    ld t0, 0(a0) // context
    ld t1, 8(t0) // activation
    ld t3, 0(t0) // stackLimit
    sd t0, 184(sp)
    sd t1, 192(sp)
    sd t3, 200(sp)
    bnez t1, 1f
    ld t3, 24(t0) // stackByteLength
    sub t3, sp, t3
    sd t3, 0(t0)
    sd tp, 32(t0) // thread
1:
    sd s0, 8(t0)
    jalr t2
    .globl wrought_enter_return
    .hidden wrought_enter_return
wrought_enter_return:
    addi sp, s0, -240
    ld t0, 184(sp)
    ld t1, 192(sp)
    ld t3, 200(sp)
    sd t1, 8(t0)
    sd t3, 0(t0)
    for_entry_registers ld, fld
    addi sp, sp, 240
    ret

// [[noreturn]] void wrought_enter_resume(void *activation)
    .globl wrought_enter_resume
    .hidden wrought_enter_resume
    .type wrought_enter_resume,@function
wrought_enter_resume:
    mv s0, a0
    j wrought_enter_return
    .size wrought_enter, . - wrought_enter

    .section .note.GNU-stack,"",@progbits
