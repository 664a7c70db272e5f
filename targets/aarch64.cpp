//===- aarch64.cpp - 64-bit Arm under Linux -------------------------------===//
//
// Kernels come with pages of 4, 16 and 64 KiB and with address spaces from 39
// bits on, so the segments of a file lie on 64 KiB, and guest memory at 64 GiB,
// above where a program is loaded by any of them. Its base does not fold into
// an access: a register holds it.
//
//===----------------------------------------------------------------------===//

#include "targets/target_entry.h"

#include "llvm/Support/TargetSelect.h"

namespace wrought::targets {

static constexpr llvm::StringLiteral ExtraSpellings[] = {"arm64v8"};
// What changes registers or calls would not fit the runtime.
static constexpr llvm::StringLiteral ModeFeatures[] = {
    "call-saved-", "reserve-", "execute-only", "tagged-globals", "all"};
static constexpr llvm::StringLiteral HarmlessFeatures[] = {
    "strict-align",
    "harden-sls-",
    "fix-cortex-a53-835769",
    "outline-atomics",
    "perfmon",
    "ete",
    "trbe",
    "el2vmsa",
    "el3",
    "contextidr-el2"};
static constexpr uint64_t GiB = uint64_t{1} << 30;

static void initializeDescriptions() {
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64TargetMC();
}

const TargetEntry aarch64Entry = {
    .spec = {.name = "aarch64",
             .triple = "aarch64-unknown-linux-gnu",
             .baselineCpu = "generic",
             .baselineFeatures = "+neon",
             .abiName = "",
             .lldEmulation = "aarch64linux",
             .qemu = "qemu-aarch64",
             .pageByteLength = 4096,
             .maxPageByteLength = 65536,
             .memoryBase = 64 * GiB,
             .foldsMemoryBase = false,
             .guardByteLength = 1 * GiB},
    .architecture = llvm::Triple::aarch64,
    .extraSpellings = ExtraSpellings,
    // The calling convention passes floats and vectors in SIMD registers.
    .requiredFeatures = "+fp-armv8,+neon",
    .modeFeatures = ModeFeatures,
    .harmlessFeatures = HarmlessFeatures,
    .initializeDescriptions = initializeDescriptions,
};

} // namespace wrought::targets
