//===- stack.S - Changing stacks, catching, resuming: aarch64 --------------===//
//
// Prototypes stand in core/stack.h. A callee saves x19 to x29 and the lower
// halves of v8 to v15 (AAPCS64, 6.1). paciasp is a landing pad too.
//
//===----------------------------------------------------------------------===//

// int wrought_call_on_stack(int (*function)(void *), void *argument, void *top)
    .section .text.wrought_call_on_stack,"ax",@progbits
    .globl wrought_call_on_stack
    .hidden wrought_call_on_stack
    .type wrought_call_on_stack,@function
    .balign 4
wrought_call_on_stack:
    hint #25 // paciasp
    stp x29, x30, [sp, #-16]!
    mov x29, sp
    mov x9, x0
    mov x0, x1
    // An end for walks along frame pointers, then the way back.
    stp xzr, xzr, [x2, #-16]
    stp x29, xzr, [x2, #-32]
    sub sp, x2, #32
    mov x29, xzr
    blr x9
    ldr x29, [sp]
    mov sp, x29
    ldp x29, x30, [sp], #16
    hint #29 // autiasp
    ret
    .size wrought_call_on_stack, . - wrought_call_on_stack

// int wrought_catch_enter(void (*function)(void *), void *argument, CatchFrame *)
    .section .text.wrought_catch_enter,"ax",@progbits
    .globl wrought_catch_enter
    .hidden wrought_catch_enter
    .type wrought_catch_enter,@function
    .balign 4
wrought_catch_enter:
    hint #25 // paciasp
    stp x29, x30, [sp, #-160]!
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
    str x29, [x2]
    mov x9, x0
    mov x0, x1
    blr x9
    mov w0, wzr
1:
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #160
    hint #29 // autiasp
    ret

// [[noreturn]] void wrought_catch_resume(void *frame): enter returns 1.
    .globl wrought_catch_resume
    .hidden wrought_catch_resume
    .type wrought_catch_resume,@function
wrought_catch_resume:
    hint #34 // bti c
    ldr x9, [x0]
    mov sp, x9
    mov w0, #1
    b 1b
    .size wrought_catch_enter, . - wrought_catch_enter

#include "property.inc"
