#!/usr/bin/env python3
"""A program of bench/simd on every target: run_programs.py --wrought PATH
--work DIR PROGRAM. Each compares itself with scalar code; all must print the
same, with each CPU and bounds check, strict or deterministic.
"""
import argparse
import os
import shutil
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(PROJECT, "tests", "e2e"))
sys.dont_write_bytecode = True

import toolchain  # noqa: E402  pylint: disable=wrong-import-position

ROUNDS = "3"
X86, ARM, RISCV = (["--target", name]
                   for name in ("x86_64", "aarch64", "riscv64"))
# What to build with, and what it runs under.
BUILDS = [
    (X86 + ["-O0"], "x86_64"),
    (X86 + ["-O2"], "x86_64"),
    (X86 + ["-O3", "--cpu", "x86-64-v2", "--bounds-checks", "explicit"],
     "x86_64"),
    (X86 + ["-O2", "--cpu", "x86-64-v3", "--deterministic"], "x86_64"),
    (ARM + ["-O2"], "qemu-aarch64"),
    (RISCV + ["-O2"], "qemu-riscv64"),
    (RISCV + ["-O2", "--features", "+v", "--bounds-checks", "explicit"],
     "qemu-riscv64 -cpu rv64,v=true,vlen=256"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("program")
    arguments = parser.parse_args()
    work = toolchain.fresh_directory(arguments.work)
    toolchain.check_wasm_compiler(work)
    module = os.path.join(work, "program.wasm")
    source = os.path.join(PROJECT, "bench", "simd", arguments.program + ".c")
    toolchain.must(["clang-22", *toolchain.WASM_FLAGS, "-msimd128", "-O2",
                    source, "-o", module])
    expected, ran = None, 0
    for options, machine in BUILDS:
        output = os.path.join(work, "program")
        toolchain.must([arguments.wrought, "build", module, "-o", output,
                        *options])
        emulator = machine.split() if machine != os.uname().machine else []
        if emulator == ["x86_64"]:
            emulator = ["qemu-x86_64", "-cpu", "max"]
        if emulator and not shutil.which(emulator[0]):
            continue
        done = toolchain.execute([*emulator, output, ROUNDS])
        name = " ".join(options)
        if done.returncode == 132:
            print(f"{name}: not on this machine")
            continue
        if done.returncode != 0:
            raise toolchain.Failure(f"{name}: {done.stderr.decode()}")
        expected = expected or done.stdout
        if done.stdout != expected:
            raise toolchain.Failure(f"{name}: {done.stdout} instead of "
                                    f"{expected}")
        ran += 1
    if ran == 0:
        toolchain.skip("a machine or emulator to run on")
    print(f"{ran} builds print {expected.decode().strip()}")


try:
    main()
except toolchain.Failure as failure:
    sys.exit(str(failure))
