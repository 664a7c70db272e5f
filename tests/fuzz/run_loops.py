#!/usr/bin/env python3
"""Random loops and interpreters: the same answer at every level.

    run_loops.py --wrought PATH --work DIR [--kind loops|interpreters]
                 [--seed N] [--count N]

Loops walk over three arrays that lie apart, overlap or are the same, by equal
and other steps. Interpreters switch on bytes of memory in a loop, and what their
handlers do crosses iterations. What both leave in memory and locals is mixed
into a number, which must be the same at -O0 and however else it is built. A
program that differs is kept, and its seed makes it again.
"""

import argparse
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory  # noqa: E402

WAYS = {
    "plain": ["-O0"],
    "guard": ["-O2"],
    "explicit": ["-O2", "--bounds-checks", "explicit"],
    "wider": ["-O2", "--cpu", "x86-64-v3"],
}
RESULT = """
  (i32.store (i32.const 20000) (local.get $sum))
  (i32.store (i32.const 20004) (i32.const 20000))
  (i32.store (i32.const 20008) (i32.const 4))
  (drop (call $fd_write (i32.const 1) (i32.const 20004) (i32.const 1)
    (i32.const 20012)))"""


def module(body, maximum):
    return f"""(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1 {maximum})
  (func (export "grow") (drop (memory.grow (i32.const 1))))
{body})
"""


class Loops:
    """One loop, run from many places."""

    def __init__(self, chance):
        self.chance = chance
        self.type = chance.choice(["i32", "i32", "i64", "f64", "f32"])
        self.size = 8 if self.type.endswith("64") else 4

    def place(self):
        elements = self.chance.choice([0, 1, 2, 3, 4, -1, -2, 6])
        half = self.chance.choice([0] * 7 + [self.size // 2])
        return (f"offset={1024 + elements * self.size + half} "
                f"(local.get ${self.chance.choice('xyz')})")

    def value(self, depth=2):
        pick = self.chance.random()
        if pick < .45 or depth == 0:
            return f"({self.type}.load {self.place()})"
        if pick < .6:
            return f"(local.get $v{self.chance.randrange(3)})"
        if pick < .7:
            return f"({self.type}.const {self.chance.randrange(1, 9)})"
        operations = ["add", "sub", "mul"]
        if self.type.startswith("f"):
            operations.append("div")
        return (f"({self.type}.{self.chance.choice(operations)} "
                f"{self.value(depth - 1)} {self.value(depth - 1)})")

    def statement(self):
        if self.chance.random() < .3:
            return f"(local.set $v{self.chance.randrange(3)} {self.value()})"
        return f"({self.type}.store {self.place()} {self.value()})"

    def text(self):
        step = self.chance.choice([4, 8, 12, 16, 64, -4, -8, -16, 24])
        body = [self.statement() for _ in range(self.chance.randrange(1, 5))]
        for array in "xyz":
            own = self.chance.choice([step] * 4 + [8])
            body.append(f"(local.set ${array} (i32.add (local.get ${array}) "
                        f"(i32.const {own})))")
        kind = self.type
        calls = ""
        for _ in range(24):
            base = self.chance.randrange(500, 2000) * 4
            starts = " ".join(
                f"(i32.const {base + self.chance.choice(apart)})"
                for apart in [[0, 0, 4, 8, -4, -8, 16, 2, 40, 2000, -2000]] * 3)
            calls += f"""
    (call $fill)
    (call $run {starts} (i32.const {self.chance.choice([1, 2, 3, 17, 40])}))
    (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31))
      (call $mix)))"""
        lines = "\n      ".join(body)
        return module(f"""
  (func $fill (local $i i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (i32.const 12345)
        (i32.mul (local.get $s) (i32.const 1103515245))))
      (i32.store (local.get $i) (i32.or (i32.const 0x3e800000)
        (i32.and (local.get $s) (i32.const 0xffffff))))
      (br_if $next (i32.lt_u (local.tee $i
        (i32.add (local.get $i) (i32.const 4))) (i32.const 16000)))))
  (func $mix (result i32) (local $i i32) (local $s i32)
    (loop $next
      (local.set $s (i32.add (i32.load (local.get $i))
        (i32.mul (local.get $s) (i32.const 31))))
      (br_if $next (i32.lt_u (local.tee $i
        (i32.add (local.get $i) (i32.const 4))) (i32.const 16000))))
    (local.get $s))
  (func $run (export "run") (param $x i32) (param $y i32) (param $z i32)
    (param $n i32) (local $v0 {kind}) (local $v1 {kind}) (local $v2 {kind})
    (loop $next
      {lines}
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    ({kind}.store (i32.const 15000) ({kind}.add (local.get $v0)
      ({kind}.add (local.get $v1) (local.get $v2)))))
  (func (export "_start") (local $sum i32){calls}{RESULT})""", 2)


class Interpreters:
    """One interpreter, and random bytes for it."""

    def __init__(self, chance):
        self.chance = chance

    def value(self, depth=3):
        pick = self.chance.random()
        if pick < .35 or depth == 0:
            return "(local.get ${})".format(self.chance.choice(
                ["a", "b", "c", "d", "last", "value", "code"]))
        if pick < .5:
            return f"(i32.const {self.chance.randrange(-1000, 1000)})"
        if pick < .6:
            return (f"(i32.load offset={self.chance.randrange(4096, 8192)} "
                    f"(i32.and (i32.const 0xfff) {self.value(depth - 1)}))")
        if pick < .65:
            return "(select {} {} {})".format(
                *(self.value(depth - 1) for _ in range(3)))
        operation = self.chance.choice(["add", "sub", "mul", "xor", "and",
                                        "rotl", "shr_u", "lt_s", "eq"])
        return (f"(i32.{operation} {self.value(depth - 1)} "
                f"{self.value(depth - 1)})")

    def statements(self, most, depth):
        return " ".join(self.statement(depth)
                        for _ in range(self.chance.randrange(most)))

    def statement(self, depth=0):
        pick = self.chance.random()
        if pick < .5:
            return (f"(local.set ${self.chance.choice('abcd')} "
                    f"{self.value()})")
        if pick < .65:
            return (f"(i32.store offset={self.chance.randrange(4096, 8192)} "
                    f"(i32.and (i32.const 0xfff) {self.value()}) "
                    f"{self.value()})")
        if pick < .72:
            return f"(br_if $next {self.value()})"
        if pick < .76:
            return ("(local.set $at (i32.add (local.get $at) "
                    f"(i32.const {self.chance.randrange(1, 9)})))")
        if pick < .8:
            return "(br $next)"
        if pick < .92 and depth < 2:
            return (f"(if {self.value()} (then {self.statements(3, depth + 1)})"
                    f" (else {self.statements(3, depth + 1)}))")
        return f"(local.set $value {self.value()})"

    def text(self):
        chance = self.chance
        count = chance.randrange(8, 40)
        index = chance.choice(["(local.get $code)", "(i32.rem_u (local.get "
                               f"$code) (i32.const {count}))"])
        names = [f"$h{n}" for n in range(count)]

        def switch():
            return f"(br_table {' '.join(names)} {chance.choice(names)} {index})"
        inner = switch()
        if chance.random() < .3:
            # Another switch on the same byte.
            chance.shuffle(names)
            inner = f"(if {self.value()} (then {switch()})) {inner}"
        for n in range(count):
            leave = chance.choice(["$next", "$next", "$tail"])
            inner = (f"(block $h{n} {inner})\n        "
                     f"{self.statements(4, 0)} (br {leave})")
        fetch = chance.choice(["", "(local.set $last (local.get $code))",
                               "(local.set $last (i32.add (local.get $last) "
                               "(local.get $value)))"])
        fetch += chance.choice(["", "(local.set $value (i32.load16_u offset=5 "
                                "(local.get $at)))"])
        data = "".join(f"\\{chance.randrange(chance.choice([count, 256])):02x}"
                       for _ in range(4096))
        return module(f"""
  (data (i32.const 0) "{data}")
  (func $run (export "run") (param $a i32) (param $b i32) (result i32)
    (local $c i32) (local $d i32) (local $at i32) (local $code i32)
    (local $value i32) (local $last i32) (local $count i32)
    (block $out (loop $next
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $out (i32.gt_u (local.get $count) (i32.const 3000)))
      {fetch}
      (local.set $code
        (i32.load8_u (i32.and (local.get $at) (i32.const 0xfff))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (block $tail
        {inner})
      {self.statements(3, 0)} (br $next)))
    (i32.xor (i32.mul (local.get $a) (i32.const 31))
      (i32.xor (i32.mul (local.get $b) (i32.const 37))
        (i32.add (i32.xor (local.get $c) (local.get $d))
          (i32.add (local.get $last)
            (i32.mul (local.get $at) (local.get $count)))))))
  (func (export "_start") (local $i i32) (local $sum i32)
    (loop $more
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 7))
        (call $run (local.get $i) (i32.const {chance.randrange(10 ** 6)}))))
      (br_if $more (i32.lt_u (local.tee $i
        (i32.add (local.get $i) (i32.const 1))) (i32.const 5)))){RESULT})""",
                      chance.choice([1, 3]))


KINDS = {"loops": Loops, "interpreters": Interpreters}


def check(options, kind, seed):
    source = os.path.join(options.work, f"{kind}-{seed}.wat")
    with open(source, "w", encoding="utf-8") as file:
        file.write(KINDS[kind](random.Random(seed)).text())
    answers = {}
    for way, flags in WAYS.items():
        program = os.path.join(options.work, way)
        built = execute([options.wrought, "build", source, "-o", program,
                         "--deterministic", "--target", "x86_64", *flags])
        if built.returncode != 0:
            raise Failure(f"{source}, {way}: {built.stderr.decode()}")
        ran = execute([program], timeout=60)
        answers[way] = (ran.returncode, ran.stdout)
    if len(set(answers.values())) != 1 or ran.returncode not in (0, 134):
        raise Failure(f"{source}: {answers}")
    os.remove(source)
    return ran.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10)
    options = parser.parse_args()
    options.work = fresh_directory(os.path.abspath(options.work))
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        if " avx2 " not in file.read():
            del WAYS["wider"]
    for kind in [options.kind] if options.kind else KINDS:
        ended = sum(check(options, kind, seed) for seed in
                    range(options.seed, options.seed + options.count))
        print(f"{kind}: {options.count} programs built in {len(WAYS)} ways, "
              f"{ended} ran to their ends")
        if ended * 2 < options.count:
            raise Failure("most of them did not")


if __name__ == "__main__":
    toolchain.main(main)
