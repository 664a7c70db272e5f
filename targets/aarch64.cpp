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
    "all", "call-saved-*", "execute-only", "reserve-*", "tagged-globals"};
static constexpr llvm::StringLiteral HarmlessFeatures[] = {
    // How code is made.
    "disable-*", "fix-cortex-a53-835769", "harden-*", "no-*", "slow-*",
    "strict-align", "outline-atomics", "use-*",
    // Versions of the architecture; what they consist of has names too.
    "v8*", "v9*",
    // For the system, hints, or only intrinsics that are never emitted.
    "brbe", "btie", "ccidx", "chk", "clrbhb", "ete", "fp8*", "fpac", "gcs",
    "gcie", "hcx", "ls64", "mec", "mpamv2", "mte*", "nmi", "perfmon", "rand",
    "rasv2", "rme", "sme-*", "sme2p*", "spe-*", "specres2", "ssbs", "ssve-*",
    "tpidr*", "trbe", "wfxt", "xs"};
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
             .integerArgumentCount = 8,
             .floatArgumentCount = 8,
             .hasVectorArguments = true,
             .widensBySign = false,
             .quietsWhenRounding = true,
             .storesVectorsAtOnce = false,
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
