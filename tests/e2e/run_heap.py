#!/usr/bin/env python3
"""Programs with objects that are collected: the answers, and the limit.

    run_heap.py --wrought PATH --work DIR TARGET…

heap/structures.wat makes some 20 MB of objects in a heap of 1 MiB, and then few
with a collection before each one (WROUGHT_GC_STRESS=1), and so does
heap/references.wat. At -O0 and -O2.
"""

import argparse
import os
import platform
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory

HERE = os.path.dirname(os.path.abspath(__file__))
FULL = """(module
  (type $list (struct (field (ref null $list)) (field i64)))
  (global $list (mut (ref null $list)) (ref.null $list))
  (func (export "_start")
    (loop $more
      (global.set $list (struct.new $list (global.get $list) (i64.const 1)))
      (br $more))))
"""
LONG = """(module
  (type $array (array (mut v128)))
  (func (export "_start")
    (drop (array.new_default $array (i32.const -1)))))
"""


def answers(case, target, emulator, level):
    program = case.built(os.path.join(HERE, "heap", "structures.wat"), level,
                         "--target", target, "--max-heap", "1MiB",
                         name="structures" + target + level)
    for arguments, environment in (([], {}),
                                   (["few"], {"WROUGHT_GC_STRESS": "1"})):
        done = execute([*emulator, program, *arguments],
                       env={**os.environ, **environment})
        expect(done.returncode == 0
               and done.stdout == b"every answer is right\n",
               f"{target} {level} {environment}", done)


def references(case, target, emulator, level):
    program = case.built(os.path.join(HERE, "heap", "references.wat"), level,
                         "--target", target, name="references" + target + level)
    done = execute([*emulator, program],
                   env={**os.environ, "WROUGHT_GC_STRESS": "1"})
    expect(done.returncode == 0
           and done.stdout == b"every reference is right\n",
           f"{target} {level}", done)


def threads(case, target, emulator, level):
    program = case.built(os.path.join(HERE, "heap", "threads.wat"), level,
                         "--target", target, "--max-heap", "1MiB",
                         name="threads" + target + level)
    done = execute([*emulator, program])
    expect(done.returncode == 0 and done.stdout == b"every thread is right\n",
           f"{target} {level}", done)


def limit(case, target, emulator, level):
    for name, text in (("full", FULL), ("long", LONG)):
        source = case.path(name + ".wat")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        done = execute([*emulator, case.built(
            source, level, "--target", target, "--max-heap", "1MiB",
            name=name + target + level)])
        expect(done.returncode == 134
               and b"trap: out of memory" in done.stderr,
               f"{target} {level} {name}", done)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("targets", nargs="+")
    options = parser.parse_args()
    case = run_cli.Case(options.wrought, fresh_directory(
        os.path.abspath(options.work), "heap-" + "-".join(options.targets)))
    for target in options.targets:
        emulator = []
        if target != platform.machine():
            emulator = [toolchain.need("qemu-" + target)]
        for level in ("-O0", "-O2"):
            answers(case, target, emulator, level)
            references(case, target, emulator, level)
            threads(case, target, emulator, level)
            limit(case, target, emulator, level)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
