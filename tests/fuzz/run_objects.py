#!/usr/bin/env python3
"""Random programs with collected objects: the same answer however they are built.

    run_objects.py --wrought PATH --work DIR [--seed N] [--count N]
                   [--target NAME]

Functions made by chance make, link, cast and drop objects, call each other, and
mix what they see into a number. It must be the same at -O0 and -O2, in a heap of
8 MiB and with a collection before every allocation (WROUGHT_GC_STRESS=1): then an
object that is freed too early shows. A program that differs is kept, and its seed
makes it again.
"""

import argparse
import os
import platform
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import run_cli  # noqa: E402
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory  # noqa: E402

FUNCTIONS = 6
HEAP_TYPES = ["$node", "$more", "$array", "$bytes", "i31", "struct", "array",
              "eq"]


class Writer:
    """Expressions of each type, at most so deep, and statements."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def one_of(self, depth, flat, deep):
        return self.chance.choice(flat + (deep if depth > 0 else []))(depth - 1)

    def number(self, depth):
        n, a, i = self.node, self.array, self.number
        return self.one_of(depth, [
            lambda d: f"(i32.const {self.chance.randrange(-5, 100)})",
            lambda d: f"(local.get $i{self.chance.randrange(3)})",
        ], [
            lambda d: f"(i32.{self.chance.choice(['add', 'mul', 'xor'])} "
                      f"{i(d)} {i(d)})",
            lambda d: f"(call $value {n(d)})",
            lambda d: f"(call $length {a(d)})",
            lambda d: f"(call $sum {self.bytes(d)})",
            lambda d: f"(ref.is_null {n(d)})",
            lambda d: f"(ref.eq {n(d)} {n(d)})",
            lambda d: f"(ref.test (ref {self.chance.choice(HEAP_TYPES)}) "
                      f"{self.any(d)})",
        ])

    def node(self, depth):
        n, a, i = self.node, self.array, self.number
        return self.one_of(depth, [
            lambda d: f"(local.get $n{self.chance.randrange(3)})",
            lambda d: "(global.get $node)",
        ], [
            lambda d: f"(struct.new $node {n(d)} {i(d)} {a(d)} {self.any(d)})",
            lambda d: f"(struct.new $more {n(d)} {i(d)} {a(d)} {self.any(d)} "
                      f"(i64.extend_i32_s {i(d)}))",
            lambda d: f"(call $next {n(d)})",
            lambda d: f"(call $at {a(d)} {i(d)})",
            lambda d: f"(call $asNode {self.any(d)})",
            lambda d: f"(call $f{self.chance.randrange(FUNCTIONS)} {n(d)} "
                      f"{a(d)} {i(d)})",
        ])

    def array(self, depth):
        n, i = self.node, self.number
        return self.one_of(depth, [
            lambda d: f"(local.get $a{self.chance.randrange(2)})",
            lambda d: "(global.get $array)",
        ], [
            lambda d: f"(array.new $array {n(d)} (i32.and {i(d)} "
                      f"(i32.const {self.chance.choice([3, 31, 255])})))",
            lambda d: f"(array.new_default $array (i32.and {i(d)} "
                      "(i32.const 15)))",
            lambda d: f"(array.new_fixed $array 2 {n(d)} {n(d)})",
            lambda d: f"(call $arrayOf {n(d)})",
            lambda d: f"(call $asArray {self.any(d)})",
        ])

    def bytes(self, depth):
        i = self.number
        return self.one_of(depth, [lambda d: "(local.get $b)"], [
            lambda d: f"(array.new $bytes {i(d)} (i32.and {i(d)} "
                      "(i32.const 63)))",
            lambda d: "(array.new_data $bytes $data "
                      f"(i32.const {self.chance.randrange(4)}) "
                      f"(i32.const {self.chance.randrange(9)}))",
        ])

    def any(self, depth):
        return self.one_of(depth, [
            lambda d: f"(ref.i31 {self.number(d)})",
            lambda d: f"(table.get $table (i32.and {self.number(d)} "
                      "(i32.const 7)))",
        ], [
            self.node, self.array, self.bytes,
            lambda d: f"(call $anyOf {self.node(d)})",
            lambda d: "(any.convert_extern (extern.convert_any "
                      f"{self.any(d)}))",
        ])

    def statement(self, depth, nesting):
        n, a, i = self.node, self.array, self.number
        simple = [
            lambda d: f"(local.set $i{self.chance.randrange(3)} {i(d)})",
            lambda d: f"(local.set $n{self.chance.randrange(3)} {n(d)})",
            lambda d: f"(local.set $a{self.chance.randrange(2)} {a(d)})",
            lambda d: f"(local.set $b {self.bytes(d)})",
            lambda d: f"(global.set $node {n(d)})",
            lambda d: f"(global.set $array {a(d)})",
            lambda d: f"(table.set $table (i32.and {i(d)} (i32.const 7)) "
                      f"{self.any(d)})",
            lambda d: f"(call $setNext {n(d)} {n(d)})",
            lambda d: f"(call $setArray {n(d)} {a(d)})",
            lambda d: f"(call $setAny {n(d)} {self.any(d)})",
            lambda d: f"(call $setAt {a(d)} {i(d)} {n(d)})",
            lambda d: f"(call $mix {i(d)})",
        ]
        if nesting == 0:
            return self.chance.choice(simple)(depth)
        count, inner = f"$l{nesting}", nesting - 1
        return self.chance.choice(simple + 2 * [
            lambda d: f"(if (i32.and {i(d)} (i32.const 1)) (then "
                      f"{self.block(d, inner)}) (else {self.block(d, inner)}))",
            lambda d: f"(local.set {count} (i32.const "
                      f"{self.chance.randrange(1, 12)})) (loop {count} "
                      f"{self.block(d, inner)} (br_if {count} (local.tee {count} "
                      f"(i32.sub (local.get {count}) (i32.const 1)))))",
        ])(depth)

    def block(self, depth, nesting):
        return "\n".join(self.statement(depth, nesting)
                         for _ in range(self.chance.randrange(1, 5)))

    def function(self, number):
        return f"""(func $f{number} (param $n0 (ref null $node))
  (param $a0 (ref null $array)) (param $i0 i32) (result (ref null $node))
  (local $n1 (ref null $node)) (local $n2 (ref null $node))
  (local $a1 (ref null $array)) (local $b (ref null $bytes))
  (local $i1 i32) (local $i2 i32) (local $l1 i32) (local $l2 i32)
  (if (i32.eqz (global.get $calls)) (then (return (local.get $n0))))
  (global.set $calls (i32.sub (global.get $calls) (i32.const 1)))
  {self.block(3, 2)} {self.block(3, 2)} {self.block(2, 1)}
  (call $walk (local.get $n1) (i32.const 4))
  (call $mix (call $value (local.get $n2)))
  {self.node(2)})
"""

    def module(self):
        with open(os.path.join(HERE, "objects_head.wat"),
                  encoding="utf-8") as file:
            text = "(module\n" + file.read()
        text += "".join(self.function(k) for k in range(FUNCTIONS))
        calls = "".join(f"(drop (call $f{k} (global.get $node) "
                        f"(global.get $array) (i32.const {k})))\n"
                        for k in range(FUNCTIONS))
        return f"{text}(func $round\n{calls}))\n"


def answers(case, seed, target, emulator):
    source = case.path(f"{seed}.wat")
    with open(source, "w", encoding="utf-8") as file:
        file.write(Writer(seed).module())
    found = {}
    for level in ("-O0", "-O2"):
        program = case.built(source, level, "--max-heap", "8MiB", "--target",
                             target, name=f"{seed}{level}")
        for stress in ("0", "1"):
            done = execute([*emulator, program],
                           env={**os.environ, "WROUGHT_GC_STRESS": stress})
            found[level, stress] = (done.returncode, done.stdout,
                                    done.stderr[:200])
        os.remove(program)
    if len(set(found.values())) != 1:
        raise Failure(f"seed {seed}, kept as {source}: {found}")
    status, output, errors = found["-O0", "0"]
    # Programs that fill the heap do so in any case.
    if status == 0 and len(output) != 8 or status not in (0, 134):
        raise Failure(f"seed {seed}: status {status}, {errors}")
    os.remove(source)
    return status == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--target", default=platform.machine())
    options = parser.parse_args()
    emulator = []
    if options.target != platform.machine():
        emulator = [toolchain.need("qemu-" + options.target)]
    case = run_cli.Case(options.wrought,
                        fresh_directory(os.path.abspath(options.work)))
    ended = sum(answers(case, seed, options.target, emulator)
                for seed in range(options.seed, options.seed + options.count))
    print(f"{options.count} programs, {ended} ran to their ends")
    if ended * 2 < options.count:
        raise Failure("most of them did not")


if __name__ == "__main__":
    toolchain.main(main)
