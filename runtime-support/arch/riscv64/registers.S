//===- registers.S - What a callee saves, on the stack: riscv64 ------------===//
//
// Prototype stands in gc/collect.h. s0 to s11 and fs0 to fs11 (psABI, LP64D).
//
//===----------------------------------------------------------------------===//

    .section .text.wrought_with_registers,"ax",@progbits
    .globl wrought_with_registers
    .hidden wrought_with_registers
    .type wrought_with_registers,@function
wrought_with_registers:
    addi sp, sp, -208
    sd s1, 0(sp)
    sd s2, 8(sp)
    sd s3, 16(sp)
    sd s4, 24(sp)
    sd s5, 32(sp)
    sd s6, 40(sp)
    sd s7, 48(sp)
    sd s8, 56(sp)
    sd s9, 64(sp)
    sd s10, 72(sp)
    sd s11, 80(sp)
    fsd fs0, 88(sp)
    fsd fs1, 96(sp)
    fsd fs2, 104(sp)
    fsd fs3, 112(sp)
    fsd fs4, 120(sp)
    fsd fs5, 128(sp)
    fsd fs6, 136(sp)
    fsd fs7, 144(sp)
    fsd fs8, 152(sp)
    fsd fs9, 160(sp)
    fsd fs10, 168(sp)
    fsd fs11, 176(sp)
    sd s0, 192(sp)
    sd ra, 200(sp)
    addi s0, sp, 208
    mv t0, a0
    mv a0, a1
    mv a1, sp
    jalr t0
    // The others are as they were.
    ld s0, 192(sp)
    ld ra, 200(sp)
    addi sp, sp, 208
    ret
    .size wrought_with_registers, . - wrought_with_registers

    .section .note.GNU-stack,"",@progbits
