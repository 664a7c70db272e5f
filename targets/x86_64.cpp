//===- x86_64.cpp - AMD64 under Linux -------------------------------------===//
//
// Guest memory starts at 1 GiB and static offsets below 1 GiB go unchecked, so
// that base plus offset is at most 2^31 - 1: a displacement of an addressing
// mode, which is signed and 32 bits wide.
//
//===----------------------------------------------------------------------===//

#include "targets/target_entry.h"

#include "llvm/Support/TargetSelect.h"

namespace wrought::targets {

static constexpr llvm::StringLiteral ExtraSpellings[] = {"x86-64", "x64"};
static constexpr llvm::StringLiteral ModeFeatures[] = {
    "16bit-mode", "32bit-mode", "64bit-mode", "soft-float"};
static constexpr llvm::StringLiteral HarmlessFeatures[] = {
    // How code is made.
    "harden-*", "lvi-*", "retpoline*", "seses", "prefer-*", "evex512",
    "inline-asm-use-gpr32",
    // Only intrinsics that are never emitted.
    "amx-*", "cldemote", "clflushopt", "clwb", "clzero", "enqcmd", "ermsb",
    "fsgsbase", "fsrm", "hreset", "invpcid", "kl", "lwp", "movdir64b", "movrs",
    "mwaitx", "pconfig", "pku", "prefetchi", "ptwrite", "raoint", "rdpid",
    "rdpru", "rdrnd", "rdseed", "rtm", "serialize", "sgx", "shstk", "tsxldtrk",
    "uintr", "usermsr", "waitpkg", "wbnoinvd", "widekl", "xsave*"};
static constexpr uint64_t GiB = uint64_t{1} << 30;

static void initializeDescriptions() {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86TargetMC();
}

const TargetEntry x86_64Entry = {
    .spec = {.name = "x86_64",
             .triple = "x86_64-unknown-linux-gnu",
             .baselineCpu = "x86-64",
             .baselineFeatures = "",
             .abiName = "",
             .lldEmulation = "elf_x86_64",
             .qemu = "qemu-x86_64",
             .pageByteLength = 4096,
             .maxPageByteLength = 4096,
             .memoryBase = 1 * GiB,
             .foldsMemoryBase = true,
             .integerArgumentCount = 6,
             .floatArgumentCount = 8,
             .hasVectorArguments = true,
             .widensBySign = false,
             .quietsWhenRounding = true,
             .storesVectorsAtOnce = true,
             .guardByteLength = 1 * GiB},
    .architecture = llvm::Triple::x86_64,
    .extraSpellings = ExtraSpellings,
    // The calling convention passes floats in SSE registers.
    .requiredFeatures = "+64bit,+fxsr,+sse,+sse2",
    .modeFeatures = ModeFeatures,
    .harmlessFeatures = HarmlessFeatures,
    .initializeDescriptions = initializeDescriptions,
};

} // namespace wrought::targets
