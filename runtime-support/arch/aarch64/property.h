//===- property.h - Marks an object as built for BTI and PAC: aarch64 -----===//
//
// For assembler files, at their end: what is called indirectly begins with a
// landing pad, and return addresses on the stack are signed. Both are hints to
// CPUs that lack them. Source: ELF for the Arm 64-bit Architecture,
// GNU_PROPERTY_AARCH64_FEATURE_1_AND.
//
//===----------------------------------------------------------------------===//
#pragma once

.section.note.gnu.property, "a", @note.balign 8 .long 4, 16,
    5 .asciz "GNU".long 0xc0000000, 4, 3,
    0

            .section.note.GNU -
        stack,
    "", @progbits
