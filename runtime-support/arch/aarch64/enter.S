//===- enter.S - From the host into an instance: aarch64 -------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//

// void wrought_enter_call(void *code, Instance *, void *slots)
    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter_call
    .hidden wrought_enter_call
    .type wrought_enter_call,@function
    .balign 4
wrought_enter_call:
    hint #34 // bti c
    mov x15, x0
    mov x0, x1
    mov x1, x2
    b wrought_enter
    .size wrought_enter_call, . - wrought_enter_call

    .section .text.wrought_enter,"ax",@progbits
    .globl wrought_enter
    .hidden wrought_enter
    .type wrought_enter,@function
    .balign 4
wrought_enter:
    hint #25 // paciasp
    stp x29, x30, [sp, #-192]!
    mov x29, sp
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    ldr x9, [x0] // context
    ldr x10, [x9, #8] // activation
    ldr x11, [x9] // stackLimit
    str x9, [sp, #160]
    stp x10, x11, [sp, #168]
    cbnz x10, 1f
    ldr x11, [x9, #24] // stackByteLength
    sub x11, x29, x11
    str x11, [x9]
    mrs x11, tpidr_el0
    str x11, [x9, #32] // thread
1:
    str x29, [x9, #8]
    blr x15
    .globl wrought_enter_return
    .hidden wrought_enter_return
wrought_enter_return:
    mov sp, x29
    ldr x9, [sp, #160]
    ldp x10, x11, [sp, #168]
    str x10, [x9, #8]
    str x11, [x9]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #192
    hint #29 // autiasp
    ret

// [[noreturn]] void wrought_enter_resume(void *activation)
    .globl wrought_enter_resume
    .hidden wrought_enter_resume
    .type wrought_enter_resume,@function
wrought_enter_resume:
    hint #34 // bti c
    mov x29, x0
    b wrought_enter_return
    .size wrought_enter, . - wrought_enter

#include "property.inc"
