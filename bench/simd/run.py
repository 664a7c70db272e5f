#!/usr/bin/env python3
"""SIMD programs through WebAssembly and natively, side by side.

    bench/simd/run.py WROUGHT [RUNS [PROGRAM…]]

Each program is compiled once against wasm_simd128.h and built with wrought, and
once against the machine's own instructions (native_simd128.h), both with
clang-22 -O2 and for x86-64-v3 or aarch64. Runs alternate, so that both meet the
same noise. Printed are the least processor times and their ratio, and the
median of the ratios of neighbouring runs; outputs must agree.
"""
import os
import platform
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ["image_filter", "base64", "sha256", "utf8"]
IS_X86 = platform.machine() == "x86_64"
CLANG = os.environ.get("CLANG", "clang-22")


def build(wrought, program, folder):
    source = os.path.join(HERE, program + ".c")
    native, module, ours = (os.path.join(folder, program + ending)
                            for ending in (".native", ".wasm", ".wrought"))
    flags = ["-O2", "-ffp-contract=off"]
    subprocess.run([CLANG, *flags, *(["-march=x86-64-v3"] if IS_X86 else []),
                    source, "-o", native], check=True)
    subprocess.run([CLANG, "--target=wasm32-wasi", "--no-wasm-opt",
                    "-Wno-deprecated", "-msimd128", *flags, source, "-o",
                    module], check=True)
    subprocess.run([wrought, "build", module, "-O2", "-o", ours,
                    *(["--cpu", "x86-64-v3"] if IS_X86 else [])], check=True)
    return native, ours


def run(program):
    """Processor time in seconds, and the output."""
    before = os.times()
    output = subprocess.run([program], stdout=subprocess.PIPE, timeout=120,
                            check=True).stdout
    after = os.times()
    return (after.children_user - before.children_user +
            after.children_system - before.children_system), output


def main():
    wrought = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    print(f"{'program':14} {'native s':>9} {'wrought s':>9} "
          f"{'speed':>6} {'median':>6}")
    with tempfile.TemporaryDirectory() as folder:
        for program in sys.argv[3:] or PROGRAMS:
            native, ours = build(wrought, program, folder)
            times, ratios = ([], []), []
            for _ in range(runs):
                (native_time, expected), (our_time, output) = (run(native),
                                                               run(ours))
                if output != expected:
                    sys.exit(f"{program}: {output} instead of {expected}")
                times[0].append(native_time)
                times[1].append(our_time)
                ratios.append(native_time / our_time)
            print(f"{program:14} {min(times[0]):9.2f} {min(times[1]):9.2f} "
                  f"{min(times[0]) / min(times[1]):6.2f} "
                  f"{statistics.median(ratios):6.2f}")


main()
