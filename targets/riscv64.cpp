//===- riscv64.cpp - 64-bit RISC-V under Linux ----------------------------===//
//
// RV64GC with floats in registers (LP64D), which is what Linux distributions
// agree on. The smallest address space (Sv39) leaves a program 256 GiB; guest
// memory starts at 64 GiB and its base is kept in a register.
//
//===----------------------------------------------------------------------===//

#include "targets/target_entry.h"

#include "llvm/Support/TargetSelect.h"

namespace wrought::targets {

static constexpr llvm::StringLiteral ExtraSpellings[] = {
    "riscv64gc", "riscv64imafdc", "rv64gc", "rv64imafdc", "rv64"};
// What changes registers or calls would not fit the runtime.
static constexpr llvm::StringLiteral ModeFeatures[] = {
    "32bit",          "64bit", "e",     "reserve-*", "save-restore",
    "tagged-globals", "zdinx", "zfinx", "zhinx*"};
static constexpr llvm::StringLiteral HarmlessFeatures[] = {
    // How code is made.
    "relax", "exact-asm", "experimental", "no-*", "prefer-*", "disable-*",
    "enable-*",
    // Names of several, or parts that come with what has a name.
    "b", "i", "rva*", "rvb*", "rvi*", "zaamo", "zalrsc", "zca", "zcd",
    "zifencei", "zicsr", "zmmul", "zvl32b", "zvl64b", "zvl128b",
    // For the system, hints, or only intrinsics that are never emitted.
    "h", "sd*", "sh", "sha", "shcounterenw", "shg*", "shlcofideleg", "sht*",
    "shv*", "sm*", "ss*", "sv*", "supm", "za128rs", "za64rs", "zcmop",
    "zfbfmin", "zic64b", "zicbo*", "zicc*", "zicntr", "zihint*", "zihpm",
    "zimop", "zk*", "zvfbf*", "zvk*"};
static constexpr uint64_t GiB = uint64_t{1} << 30;

static void initializeDescriptions() {
  LLVMInitializeRISCVTargetInfo();
  LLVMInitializeRISCVTargetMC();
}

const TargetEntry riscv64Entry = {
    .spec = {.name = "riscv64",
             .triple = "riscv64-unknown-linux-gnu",
             .baselineCpu = "generic-rv64",
             // Linux performs every scalar access, if need be by emulation
             // (hwprobe's MISALIGNED_SCALAR_PERF tells how), and Wasm code is
             // nearly always aligned: bytes one by one would cost all of it.
             .baselineFeatures = "+m,+a,+f,+d,+c,+unaligned-scalar-mem",
             .abiName = "lp64d",
             .lldEmulation = "elf64lriscv",
             .qemu = "qemu-riscv64",
             .pageByteLength = 4096,
             .maxPageByteLength = 4096,
             .memoryBase = 64 * GiB,
             .foldsMemoryBase = false,
             .integerArgumentCount = 8,
             .floatArgumentCount = 8,
             .hasVectorArguments = false,
             .widensBySign = true,
             // Beyond 2^52 and for NaNs LLVM hands the operand itself back.
             .quietsWhenRounding = false,
             .storesVectorsAtOnce = false,
             .guardByteLength = 1 * GiB},
    .architecture = llvm::Triple::riscv64,
    .extraSpellings = ExtraSpellings,
    // The calling convention, and what the runtime is built with.
    .requiredFeatures = "+64bit,+m,+a,+f,+d,+c",
    .modeFeatures = ModeFeatures,
    .harmlessFeatures = HarmlessFeatures,
    .initializeDescriptions = initializeDescriptions,
};

} // namespace wrought::targets
