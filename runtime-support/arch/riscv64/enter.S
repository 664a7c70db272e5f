//===- enter.S - From the host into an instance: riscv64 -------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//

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
    .endm

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

    .macro leave_frame
    ld ra, 216(sp)
    ld s0, 208(sp)
    addi sp, sp, 224
    .endm

// wrought_enter_<kind>: `store` puts the result to (s1). The frame: what a
// callee must save, the context (plus 1 in a nested call, then also the
// activation before).
    .macro enter kind, store:vararg
enter_\kind:
    beqz a0, 7f
    ld t0, 0(a0) // context
    addi sp, sp, -224
    sd s0, 208(sp)
    sd ra, 216(sp)
    addi s0, sp, 224
    for_saved_registers sd, fsd
    sd t0, 184(sp)
    ld t1, 8(t0) // activation
    .ifnb \store
    mv s1, t3
    .endif
    ld t5, 32(t0) // thread
    bnez t1, 5f
    ld t4, 24(t0) // stackByteLength
    sub t4, sp, t4
    sd t4, 0(t0) // stackLimit
    bne t5, tp, 4f
1:
    sd s0, 8(t0)
    jalr t2
    ld t0, 184(sp)
    sd zero, 8(t0)
2:
    .ifnb \store
    beqz s1, 3f
    \store
3:
    ld s1, 0(sp)
    .endif
    li a0, 0
    li a1, 0
    leave_frame // what else was saved is as it was
    ret
4:
    sd tp, 32(t0)
    j 1b
5:
    bne t5, tp, 6f
    addi t4, t0, 1
    sd t4, 184(sp)
    sd t1, 192(sp)
    sd s0, 8(t0)
    jalr t2
    ld t0, 184(sp)
    ld t1, 192(sp)
    sd t1, 7(t0)
    j 2b
6:
    ld s1, 0(sp)
    leave_frame
7:
    tail wrought_library_refused
    .endm

    .macro result_in kind, position
    function wrought_enter_\kind\()_\position
    mv t3, a\position
    j enter_\kind
    .endm

    .macro enter_with_result kind, store:vararg
    .irp position, 1, 2, 3, 4, 5, 6
    result_in \kind, \position
    .endr
    enter \kind, \store
    .endm

// wrought_result wrought_enter_call(void *code, Instance *, void *slots)
    function wrought_enter_call
    mv t2, a0
    mv a0, a1
    mv a1, a2
    function wrought_enter_void
    enter void

    enter_with_result i32, sw a0, 0(s1)
    enter_with_result i64, sd a0, 0(s1)
    enter_with_result f32, fsw fa0, 0(s1)
    enter_with_result f64, fsd fa0, 0(s1)

    .globl wrought_enter_end
    .hidden wrought_enter_end
wrought_enter_end:

// [[noreturn]] void wrought_enter_resume(void *activation)
    function wrought_enter_resume
    addi sp, a0, -224
    ld a0, 184(sp)
    andi t2, a0, 1
    li t1, 0
    beqz t2, 1f
    addi a0, a0, -1
    ld t1, 192(sp)
1:
    sd t1, 8(a0)
    for_saved_registers ld, fld
    leave_frame
    tail wrought_library_failed
    .size wrought_enter_resume, . - wrought_enter_resume

    .section .note.GNU-stack,"",@progbits
