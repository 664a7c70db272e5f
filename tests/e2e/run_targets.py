#!/usr/bin/env python3
"""What must hold on every target, case by case.

    run_targets.py --wrought PATH --work DIR [--build-tree DIR] CASE TARGET…

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
Programs of the host's own CPU run as they are, others under qemu-<target>.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import time

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must

HELLO = os.path.join(run_cli.WAT, "hello.wat")
HELLO_OUTPUT = b"Hello, world\n"
# Of each target: features, a CPU for qemu that lacks them and one that has
# them. qemu 7.2 has none for riscv64 that says so: it knows no riscv_hwprobe.
CPU_CASES = {
    "x86_64": [(["--cpu", "x86-64-v3"], "Nehalem", "max"),
               (["--features", "+avx2"], "SandyBridge", "max")],
    "aarch64": [(["--features", "+sve"], "cortex-a53", "max"),
                (["--features", "+lse"], "cortex-a53", "max")],
    "riscv64": [(["--features", "+zba"], "rv64,zba=false", None),
                (["--features", "+v"], "rv64,v=false", None)],
}
# What add128, sub128, mul_wide_s and mul_wide_u consist of.
WIDE_ARITHMETIC = {
    "x86_64": [{"addq": 1, "adcq": 1}, {"subq": 1, "sbbq": 1},
               {"imulq": 1}, {"mulq": 1}],
    "aarch64": [{"adds": 1, "adc": 1}, {"subs": 1, "sbc": 1},
                {"mul": 1, "smulh": 1}, {"mul": 1, "umulh": 1}],
    "riscv64": [{"add": 3, "sltu": 1}, {"sub": 3, "sltu": 1},
                {"mul": 1, "mulh": 1}, {"mul": 1, "mulhu": 1}],
}
STATUS_WRONG_CPU = 132
# Versions in one program, and which of them qemu's CPUs are to get.
DISPATCH_CASES = {
    "x86_64": ("x86-64-v2,x86-64-v3,x86-64",
               {"qemu64": "x86-64", "Nehalem": "x86-64-v2",
                "max": "x86-64-v3"}),
    "aarch64": ("generic,neoverse-n1",
                {"cortex-a53": "generic", "max": "neoverse-n1"}),
}


def emulator(target, *flags):
    """How to start a program of the target; by itself on its own machine."""
    if target == platform.machine() and not flags:
        return []
    return [toolchain.need("qemu-" + target), *flags]


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def determinism(case, targets):
    """The same bytes whatever -j, folder, name of the output or time."""
    source = os.path.join(run_cli.HERE, "programs", "sorting.c")
    wasm = case.wasm_from(source)
    elsewhere = fresh_directory(case.work, "elsewhere")
    shutil.copy(wasm, elsewhere)
    name = os.path.basename(wasm)
    for target in targets:
        outputs = []
        for jobs, folder in (("1", case.work), ("2", case.work),
                             ("2", elsewhere), ("7", "/")):
            path = case.path(f"{target}.{len(outputs)}")
            done = case.run("build", wasm if folder == "/" else name,
                            "--target", target, "-j", jobs, "-o", path,
                            cwd=folder)
            expect(done.returncode == 0, f"build for {target} -j {jobs}", done)
            outputs.append(contents(path))
            time.sleep(1.1 - time.time() % 1)  # into another second
        expect(len(set(outputs)) == 1, f"{target}: bytes differ: "
               f"{[outputs.index(output) for output in outputs]}")
        print(f"{target}: {len(outputs)} builds of {len(outputs[0])} bytes "
              "are the same")


def libraries_of(binary):
    """Paths of all shared libraries that a program loads, loader included."""
    listed = must([toolchain.need("ldd"), binary]).decode()
    return re.findall(r"(/\S+) \(0x", listed)


def bare_root(case, targets):
    """A root with nothing but the installed compiler builds for each target."""
    if os.geteuid() != 0:
        toolchain.skip("the right to change the root directory (be root)")
    root = fresh_directory(case.work, "root")
    must([toolchain.need("cmake"), "--install", case.build_tree, "--prefix",
          os.path.join(root, "opt")])
    wrought = os.path.join(root, "opt/bin/wrought")
    for library in libraries_of(wrought):
        place = root + library
        os.makedirs(os.path.dirname(place), exist_ok=True)
        try:
            os.link(os.path.realpath(library), place)
        except OSError:  # another file system
            shutil.copy(library, place)
    os.makedirs(os.path.join(root, "work"))
    shutil.copy(HELLO, os.path.join(root, "work"))
    for path in ("usr/bin", "bin", "usr/include"):
        expect(not os.path.exists(os.path.join(root, path)), f"{path} is there")

    def enter():
        os.chroot(root)
        os.chdir("/work")

    for target in targets:
        done = subprocess.run(
            ["/opt/bin/wrought", "build", "hello.wat", "--target", target,
             "-o", target], env={}, preexec_fn=enter, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
            check=False)
        expect(done.returncode == 0, f"build for {target} in a bare root",
               done)
        binary = os.path.join(root, "work", target)
        outside = case.built(HELLO, "--target", target, name=target)
        expect(contents(binary) == contents(outside),
               f"{target}: not what is built outside")
    shutil.rmtree(root)
    for target in targets:
        done = execute([*emulator(target), case.path(target)])
        expect(done.stdout == HELLO_OUTPUT, f"{target}: hello", done)


def wrong_cpu(case, targets):
    """A program for another CPU says so and ends with 132."""
    for target in targets:
        for number, (flags, lacking, having) in enumerate(CPU_CASES[target]):
            binary = case.built(HELLO, "--target", target, *flags,
                                name=f"{target}.{number}")
            done = execute([*emulator(target, "-cpu", lacking), binary])
            what = f"{target} {' '.join(flags)} on {lacking}"
            expect(done.returncode == STATUS_WRONG_CPU, what, done)
            lines = [line for line in done.stderr.decode().splitlines()
                     if not line.startswith("qemu-")]
            expect(len(lines) == 1 and lines[0].startswith("wrought: ") and
                   "CPU" in lines[0] and done.stdout == b"",
                   what + ": not one line about the CPU", done)
            expect(flags[1].lstrip("+") in lines[0],
                   what + ": does not say what is missing", done)
            print(lines[0])
            if not having:
                continue
            done = execute([*emulator(target, "-cpu", having), binary])
            expect(done.returncode == 0 and done.stdout == HELLO_OUTPUT,
                   f"{target} {' '.join(flags)} on {having}", done)


def functions_run(command, log):
    """Names of the functions that qemu translated, in order."""
    done = execute([command[0], "-d", "in_asm", "-D", log, *command[1:]])
    expect(done.returncode == 0 and done.stdout == HELLO_OUTPUT,
           f"{command}", done)
    with open(log, encoding="utf-8", errors="replace") as file:
        return re.findall(r"^IN: (\S+)", file.read(), re.MULTILINE)


def dispatch(case, targets):
    """The best version that the CPU can run is the one that runs."""
    for target in targets:
        cpus, choices = DISPATCH_CASES[target]
        binary = case.built(HELLO, "--target", target, "--cpu", cpus,
                            name=target)
        if target == platform.machine():
            done = execute([binary])
            expect(done.stdout == HELLO_OUTPUT, f"{target}: {cpus}", done)
        starts = {}
        for cpu, version in choices.items():
            names = functions_run([*emulator(target, "-cpu", cpu), binary],
                                  case.path(f"{target}.{cpu}.log"))
            starts[version] = {name for name in names
                               if name.endswith(".instantiate")}
            print(f"{target} on {cpu}: {', '.join(sorted(starts[version]))}")
            expect(len(starts[version]) == 1,
                   f"{target} on {cpu}: not one version's functions: {names}")
        seen = set().union(*starts.values())
        expect(len(seen) == len(choices),
               f"{target}: one version for several CPUs: {starts}")


def instructions(assembly):
    """Mnemonics by function, in the order of the text."""
    functions, current = {}, None
    for line in assembly.splitlines():
        label = re.match(r"(wasm\.f\d+)\S*:", line)
        if label:
            current = functions.setdefault(label[1], [])
        elif line.startswith("\t.size"):
            current = None
        elif current is not None and re.match(r"\t[a-z]", line):
            current.append(line.split()[0])
    return functions


def wide_arithmetic(case, targets):
    """One pair of instructions where the CPU has it, and no calls."""
    source = os.path.join(run_cli.WAT, "wide_arithmetic.wat")
    for target in targets:
        for level in ("-O0", "-O2"):
            path = case.path(f"{target}{level}.s")
            case.built(source, "--target", target, level, "--emit", "asm",
                       name=os.path.basename(path))
            found = instructions(contents(path).decode())
            expect(len(found) == len(WIDE_ARITHMETIC[target]),
                   f"{target}: functions {sorted(found)}")
            for number, wanted in enumerate(WIDE_ARITHMETIC[target]):
                body = found[f"wasm.f{number}"]
                counts = {name: body.count(name) for name in wanted}
                calls = [name for name in body
                         if name.startswith("call") or name in ("bl", "jal")]
                expect(counts == wanted and not calls,
                       f"{target} {level} f{number}: {body}")
        print(f"{target}: {WIDE_ARITHMETIC[target]}")


def fuel(case, targets):
    """A program costs the same wherever and however it is built."""
    def cost_of_fib(number):
        return 5 if number < 2 else (13 + cost_of_fib(number - 1) +
                                     cost_of_fib(number - 2))

    # The start function, three calls with their arguments, what these do, and
    # filling a page of 64 KiB.
    cost = 2 + 3 + 2 + cost_of_fib(15) + 1000 * 11 + 500 * 1 + 500 * 2 + \
        1 + 4 + 1000 + 5 + 200 + 6 + 400 + 4 + 4 + 65536 // 16
    source = os.path.join(run_cli.WAT, "fuel.wat")

    def ends(command, status, text, fuel=None):
        env = {} if fuel is None else {"WROUGHT_FUEL": str(fuel)}
        done = execute(command, env=env)
        expect(done.returncode == status and
               (done.stderr.startswith(text) if text else not done.stderr),
               f"{command} with {env}", done)

    stopped = 134, b"wrought: trap: out of fuel\n"
    for target in targets:
        for level in ("-O0", "-O1", "-O2", "-O3", "-Os"):
            for mode in ("guard", "explicit"):
                def built(name, *flags):
                    return [*emulator(target), case.built(
                        source, "--target", target, level, "--bounds-checks",
                        mode, *flags, name=name)]

                exact = built("exact", f"--fuel={cost}")
                ends(exact, 0, b"")
                ends(exact, *stopped, cost - 1)
                ends(built("scarce", f"--fuel={cost - 1}"), *stopped)
        print(f"{target}: {cost}")
    scarce = built("scarce", f"--fuel={cost - 1}")
    ends(scarce, 0, b"", cost)
    ends(scarce, 0, b"", 10 ** 30)
    for wrong in ("", "x", "-1", "1k"):
        ends(scarce, 1, b"wrought: error: WROUGHT_FUEL is no number: ", wrong)
    ends(built("sealed", "--sealed", f"--fuel={cost - 1}"), *stopped, cost)
    ends(built("unlimited", "--fuel"), 0, b"")
    ends(built("unlimited", "--fuel"), *stopped, cost - 1)
    # Nobody asked for it.
    ends(built("plain"), 0, b"", "x")


def size(case, targets):
    """A small C program is a small file, whatever pages the target has."""
    wasm = case.wasm_from(os.path.join(run_cli.HERE, "programs", "hello.c"))
    for target in targets:
        binary = case.built(wasm, "--target", target, "--strip", name=target)
        done = execute([*emulator(target), binary])
        expect(done.stdout == HELLO_OUTPUT, f"{target}: hello", done)
        length = os.path.getsize(binary)
        print(f"{target}: {length} bytes")
        expect(length <= 24 * 1024, f"{target}: hello is {length} bytes")


CASES = {function.__name__: function for function in (
    determinism, bare_root, wrong_cpu, dispatch, wide_arithmetic,
    fuel, size)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--build-tree")
    options = parser.parse_args()
    name = "-".join(["targets", options.case, *options.targets])
    case = run_cli.Case(options.wrought,
                        fresh_directory(os.path.abspath(options.work), name))
    case.build_tree = options.build_tree
    CASES[options.case](case, options.targets)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
