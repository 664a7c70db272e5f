//===- enter.S - From the host into an instance: aarch64 -------------------===//
//
// Prototypes stand in library/enter.h, offsets of abi::Context too. All
// registers that pass arguments or results are left alone.
//
//===----------------------------------------------------------------------===//

    .section .text.wrought_enter,"ax",@progbits
    .balign 4
    .globl wrought_enter_begin
    .hidden wrought_enter_begin
wrought_enter_begin:

    .macro function name
    .globl \name
    .hidden \name
    .type \name,@function
\name:
    .endm

// wrought_enter_<kind>: `store` puts the result to [x19]. The frame: what a
// callee must save, the context (plus 1 in a nested call, then also the
// activation before).
    .macro enter kind, store:vararg
enter_\kind:
    cbz x0, 7f
    hint #25 // paciasp
    stp x29, x30, [sp, #-176]!
    mov x29, sp
    ldr x9, [x0] // context
    stp x19, x20, [sp, #16]
    stp x21, x22, [sp, #32]
    stp x23, x24, [sp, #48]
    stp x25, x26, [sp, #64]
    stp x27, x28, [sp, #80]
    stp d8, d9, [sp, #96]
    stp d10, d11, [sp, #112]
    stp d12, d13, [sp, #128]
    stp d14, d15, [sp, #144]
    str x9, [sp, #160]
    ldr x10, [x9, #8] // activation
    .ifnb \store
    mov x19, x16
    .endif
    mrs x12, tpidr_el0
    ldr x13, [x9, #32] // thread
    cbnz x10, 5f
    ldr x11, [x9, #24] // stackByteLength
    sub x11, x29, x11
    str x11, [x9] // stackLimit
    cmp x12, x13
    b.ne 4f
1:
    str x29, [x9, #8]
    blr x15
    ldr x9, [sp, #160]
    str xzr, [x9, #8]
2:
    .ifnb \store
    cbz x19, 3f
    \store
3:
    ldr x19, [sp, #16]
    .endif
    mov x0, #0
    mov x1, #0
    ldp x29, x30, [sp], #176 // what else was saved is as it was
    hint #29 // autiasp
    ret
4:
    str x12, [x9, #32]
    b 1b
5:
    cmp x12, x13
    b.ne 6f
    add x11, x9, #1
    stp x11, x10, [sp, #160]
    str x29, [x9, #8]
    blr x15
    ldp x9, x10, [sp, #160]
    stur x10, [x9, #7]
    b 2b
6:
    ldr x19, [sp, #16]
    ldp x29, x30, [sp], #176
    hint #29 // autiasp
7:
    b wrought_library_refused
    .endm

    .macro result_in kind, position
    function wrought_enter_\kind\()_\position
    mov x16, x\position
    b enter_\kind
    .endm

    .macro enter_with_result kind, store:vararg
    .irp position, 1, 2, 3, 4, 5, 6
    result_in \kind, \position
    .endr
    enter \kind, \store
    .endm

// wrought_result wrought_enter_call(void *code, Instance *, void *slots)
    function wrought_enter_call
    hint #34 // bti c
    mov x15, x0
    mov x0, x1
    mov x1, x2
    function wrought_enter_void
    enter void

    enter_with_result i32, str w0, [x19]
    enter_with_result i64, str x0, [x19]
    enter_with_result f32, str s0, [x19]
    enter_with_result f64, str d0, [x19]

    .globl wrought_enter_end
    .hidden wrought_enter_end
wrought_enter_end:

// [[noreturn]] void wrought_enter_resume(void *activation)
    function wrought_enter_resume
    hint #34 // bti c
    mov x29, x0
    mov sp, x29
    ldp x0, x10, [sp, #160]
    tst x0, #1
    csel x10, x10, xzr, ne
    bic x0, x0, #1
    str x10, [x0, #8]
    ldp x19, x20, [sp, #16]
    ldp x21, x22, [sp, #32]
    ldp x23, x24, [sp, #48]
    ldp x25, x26, [sp, #64]
    ldp x27, x28, [sp, #80]
    ldp d8, d9, [sp, #96]
    ldp d10, d11, [sp, #112]
    ldp d12, d13, [sp, #128]
    ldp d14, d15, [sp, #144]
    ldp x29, x30, [sp], #176
    hint #29 // autiasp
    b wrought_library_failed
    .size wrought_enter_resume, . - wrought_enter_resume

#include "property.inc"
