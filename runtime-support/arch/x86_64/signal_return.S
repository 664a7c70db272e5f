//===- signal_return.S - Where a signal handler returns to: x86_64 ---------===//
#include <cet.h>

    .section .text.wrought_signal_return,"ax",@progbits
    .globl wrought_signal_return
    .hidden wrought_signal_return
    .type wrought_signal_return,@function
wrought_signal_return:
    movl $15, %eax // rt_sigreturn
    syscall
    ud2
    .size wrought_signal_return, . - wrought_signal_return

    .section .note.GNU-stack,"",@progbits
