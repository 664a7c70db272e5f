#!/usr/bin/env python3
"""Programs with threads, run many times.

    run_threads.py --wrought PATH --work DIR CASE [--repeat N]
                   [--target NAME --emulator COMMAND]

CASE is one of
    answers    what threads compute together (answers.c)
    instances  what a thread has of its own (instances.wat)
    endings    traps, proc_exit and the return of main at any moment (endings.c)
    storm      threads that start threads and end at random moments (storm.c)
    churn      threads one after the other, in little address space (storm.c)
    limit      --max-threads, and no more memory (limit.wat)
    fuel       what all threads together may spend (fuel.wat)
--repeat is the number of runs of each program, of threads for churn. The
default is small; 1000 (for churn 100000) is a good look. Each program is built
at -O0 and -O2, with guard pages and with explicit checks; another target's runs
under its emulator, in two of these configurations.
"""

import argparse
import os
import re
import resource
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory, must  # noqa: E402

WASM_FLAGS = ["-O2", "-Wall", "-Wextra", "-Wno-unused-function",
              "-Wno-infinite-recursion", "-ffreestanding", "-nostdlib",
              "-matomics", "-mbulk-memory", "-mmutable-globals",
              "-Wl,--shared-memory,--import-memory,--export-memory,"
              "--max-memory=33554432"]
CONFIGURATIONS = [(level, bounds) for level in ("-O0", "-O2")
                  for bounds in ("guard", "explicit")]
FOREIGN_CONFIGURATIONS = [("-O0", "explicit"), ("-O2", "guard")]
ANSWERS = (b"sum 140736467533824\nconsumed 16000 127992000\nturns 500\n"
           b"passed 10\ngrown by 96\ndone\n")
TRAP = re.compile(rb"\Awrought: trap: ([^\n]*)\n(  #\d+ func\[[^\n]*\n|"
                  rb"  \xe2\x80\xa6 \d+ more\n)*\Z")


class Bench:
    def __init__(self, options):
        self.options = options
        self.emulator, self.target = [], []
        self.configurations = CONFIGURATIONS
        if options.target:
            self.emulator = [toolchain.need(options.emulator)]
            self.target = ["--target", options.target]
            self.configurations = FOREIGN_CONFIGURATIONS
        name = f"threads-{options.case}" + (
            f"-{options.target}" if options.target else "")
        self.work = fresh_directory(os.path.abspath(options.work), name)

    def compiled(self, source):
        compiler = toolchain.check_wasm_compiler(self.work)
        wasm = os.path.join(self.work, source + ".wasm")
        must([compiler, *toolchain.WASM_FLAGS, *WASM_FLAGS,
              os.path.join(HERE, source), "-o", wasm])
        return wasm

    def built(self, module, level, bounds, *more):
        program = os.path.join(self.work, f"program{level}.{bounds}")
        must([self.options.wrought, "build", module, "-o", program, level,
              "--bounds-checks", bounds, *self.target, *more])
        return program

    def programs(self, module, *more):
        for level, bounds in self.configurations:
            yield self.built(module, level, bounds, *more)

    def run(self, program, *args, **more):
        return execute([*self.emulator, program, *args], env={}, timeout=120,
                       **more)

    def repeat(self, default, foreign):
        return self.options.repeat or (foreign if self.emulator else default)


def expect(holds, what, done):
    if not holds:
        raise Failure(f"{what}: exit {done.returncode}, "
                      f"{done.stdout[-1000:]!r}, {done.stderr[-2000:]!r}")


def answers(bench):
    count = bench.repeat(8, 2)
    for program in bench.programs(bench.compiled("answers.c")):
        for _ in range(count):
            done = bench.run(program)
            expect((done.returncode, done.stdout, done.stderr) ==
                   (0, ANSWERS, b""), program, done)
    return count


def instances(bench):
    count = bench.repeat(2, 1)
    for program in bench.programs(os.path.join(HERE, "instances.wat")):
        for _ in range(count):
            done = bench.run(program)
            expect((done.returncode, done.stderr) == (0, b""), program, done)
    return count


def check_ending(kind, done):
    """Whether one ending, and one only, is seen."""
    code = done.returncode
    trap = TRAP.match(done.stderr)
    silent = done.stderr == b""
    wanted = {"t": "unreachable", "T": "unreachable",
              "o": "call stack exhausted",
              "b": "out of bounds memory access"}.get(kind)
    if wanted:
        return code == 134 and trap and trap[1] == wanted.encode()
    if kind == "e":
        return code == 45 and silent
    if kind == "E":
        return 100 <= code <= 115 and silent
    if kind == "x":
        return (code == 134 and trap and trap[1] == b"unreachable") or \
            (100 <= code <= 114 and code % 2 == 0 and silent)
    return code == 0 and silent


def endings(bench):
    count = bench.repeat(3, 1)
    # Small stacks, so that an emulator overflows them in time.
    for program in bench.programs(bench.compiled("endings.c"), "--stack-size",
                                  "256K"):
        for kind in "tTeExobr":
            for seed in range(1, count + 1):
                done = bench.run(program, kind, str(seed))
                expect(check_ending(kind, done) and done.stdout == b"",
                       f"{program} {kind} {seed}", done)
    return count


def storm(bench):
    count = bench.repeat(5, 1)
    rounds = 300 if bench.emulator else 2000
    for program in bench.programs(bench.compiled("storm.c")):
        for seed in range(1, count + 1):
            done = bench.run(program, str(rounds), str(seed))
            expect((done.returncode, done.stdout, done.stderr) ==
                   (0, b"done\n", b""), f"{program} {seed}", done)
    return count


def churn(bench):
    """A thread's leftovers, of 9 MiB each, would soon fill the space."""
    count = bench.repeat(5000, 500)
    space = 1 << 30

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (space, space))

    program = bench.built(bench.compiled("storm.c"), "-O2", "explicit")
    # An emulator needs more than the program.
    more = {} if bench.emulator else {"preexec_fn": limit}
    done = bench.run(program, str(count), "one-by-one", **more)
    expect((done.returncode, done.stdout, done.stderr) ==
           (0, b"done\n", b""), program, done)
    return count


def limit(bench):
    module = os.path.join(HERE, "limit.wat")
    for count in (0, 1, 7):
        program = bench.built(module, "-O2", "explicit", "--max-threads",
                              str(count))
        done = bench.run(program)
        expect((done.returncode, done.stderr) == (count, b""), program, done)
    if bench.emulator:
        return 1
    # 100 MiB each: nine fit, with what else there is.
    program = bench.built(module, "-O2", "explicit", "--stack-size", "100M")

    def limit_space():
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    done = bench.run(program, preexec_fn=limit_space)
    expect(done.returncode in (8, 9) and done.stderr == b"", program, done)
    return 1


def fuel(bench):
    # 100,000 rounds in each of four threads, and what is around them.
    spent, slices = 4 * 100000 * 5, 5 * (1 << 16)
    count = bench.repeat(5, 2)
    for program in bench.programs(os.path.join(HERE, "fuel.wat"),
                                  f"--fuel={spent + slices + 1000}"):
        for _ in range(count):
            done = bench.run(program)
            expect((done.returncode, done.stderr) == (0, b""), program, done)
    for program in bench.programs(os.path.join(HERE, "fuel.wat"),
                                  f"--fuel={spent}"):
        for _ in range(count):
            done = bench.run(program)
            expect(done.returncode == 134 and
                   done.stderr.startswith(b"wrought: trap: out of fuel\n"),
                   program, done)
    return count


CASES = {case.__name__: case
         for case in (answers, instances, endings, storm, churn, limit,
                      fuel)}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--repeat", type=int)
    parser.add_argument("--target")
    parser.add_argument("--emulator")
    options = parser.parse_args()
    bench = Bench(options)
    count = CASES[options.case](bench)
    print(f"{options.case}: as it should be, {count} times in each "
          f"configuration")


if __name__ == "__main__":
    toolchain.main(main)
