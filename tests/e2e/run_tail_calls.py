#!/usr/bin/env python3
"""Tail calls between signatures made by chance, in constant stack.

    run_tail_calls.py --wrought PATH --work DIR TARGET…

Functions of one group have the same results; each checks its parameters, counts
a call and leaves by a tail call for another one, whose choice and way (direct,
by table, by reference) follow from the count. Built at every -O level.
"""

import argparse
import os
import platform
import random
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory

LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os", "-Oz")
HASH = 0x9E3779B97F4A7C15
# Results, number of calls, and numbers of parameters.
GROUPS = [
    (["i64"], 10_000_000, [0, 1, 2, 6, 9]),
    ([], 400_000, [0, 3, 7, 8, 20]),
    (["f64", "i32"], 400_000, [1, 5, 10, 17]),
    (["i32", "f32", "i64", "funcref", "f64"], 200_000, [0, 4, 12, 40]),
    (["f32"], 20_000, [2, 400]),
]
VECTOR_GROUPS = [
    (["v128"], 200_000, [1, 3, 9, 20]),
    (["v128", "i32", "v128"], 200_000, [2, 6, 18]),
]
NUMBERS = ["i32", "i64", "f32", "f64", "funcref"]


def value(kind, position):
    """What parameter or result number `position` is while $n calls are left."""
    count = f"(i64.add (global.get $n) (i64.const {position}))"
    word = f"(i32.and (i32.wrap_i64 {count}) (i32.const 0xffff))"
    return {
        "i32": f"(i32.sub (i32.const 7) (i32.wrap_i64 {count}))",
        "i64": f"(i64.mul {count} (i64.const 0x100000001))",
        "f32": f"(f32.convert_i32_u {word})",
        "f64": f"(f64.convert_i64_s {count})",
        "funcref": "(select (result funcref) (ref.func $self) (ref.null func) "
                   f"(i32.and {word} (i32.const 1)))",
        "v128": f"(i64x2.replace_lane 1 (i64x2.splat {count}) (i64.const 3))",
    }[kind]


def differs(kind, position, actual):
    wanted = value(kind, position)
    if kind == "funcref":
        return (f"(i32.ne (ref.is_null {actual}) (ref.is_null {wanted}))")
    if kind == "v128":
        return f"(v128.any_true (v128.xor {actual} {wanted}))"
    return f"({kind}.ne {actual} {wanted})"


def group_text(number, group, kinds, chance):
    results, calls, counts = group
    name = f"$g{number}"
    signatures = [[chance.choice(kinds) for _ in range(count)]
                  for count in counts]
    result = f"(result {' '.join(results)})"
    lines = []
    for i, signature in enumerate(signatures):
        lines.append(f"(type {name}t{i} (func (param {' '.join(signature)}) "
                     f"{result}))")
    lines.append(f"(table {name} funcref (elem " + " ".join(
        f"{name}f{i}" for i in range(len(signatures))) + "))")
    ways = 3 * len(signatures)
    for i, signature in enumerate(signatures):
        lines.append(f"(func {name}f{i} (type {name}t{i})")
        for k, kind in enumerate(signature):
            lines.append(f"(if {differs(kind, k, f'(local.get {k})')} "
                         "(then (unreachable)))")
        ended = " ".join(value(kind, k) for k, kind in enumerate(results))
        lines.append(f"(if (i64.eqz (global.get $n)) (then (return {ended})))")
        lines.append("(global.set $n (i64.sub (global.get $n) (i64.const 1)))")
        lines.extend(f"(block $w{way}" for way in reversed(range(ways)))
        labels = " ".join(f"$w{way}" for way in range(ways))
        lines.append(
            f"(br_table {labels} (i32.wrap_i64 (i64.rem_u (i64.shr_u (i64.mul "
            f"(global.get $n) (i64.const {HASH})) (i64.const 33)) "
            f"(i64.const {ways})))))")
        for way in range(ways):
            callee = way // 3
            arguments = " ".join(
                value(kind, k) for k, kind in enumerate(signatures[callee]))
            lines.append([
                f"(return_call {name}f{callee} {arguments})",
                f"(return_call_indirect {name} (type {name}t{callee}) "
                f"{arguments} (i32.const {callee}))",
                f"(return_call_ref {name}t{callee} {arguments} "
                f"(ref.func {name}f{callee}))"][way % 3])
            lines.append(")" if way + 1 < ways else "(unreachable))")
    start = " ".join(value(kind, k) for k, kind in enumerate(signatures[0]))
    lines.append(f"(func {name} (export \"{name[1:]}\")")
    lines.extend(f"(local $r{k} {kind})" for k, kind in enumerate(results))
    lines.append(f"(global.set $n (i64.const {calls}))")
    lines.append(f"(call {name}f0 {start})")
    lines.extend(f"(local.set $r{k})" for k in reversed(range(len(results))))
    lines.append("(if (i64.ne (global.get $n) (i64.const 0)) "
                 "(then (unreachable)))")
    lines.extend(f"(if {differs(kind, k, f'(local.get $r{k})')} "
                 "(then (unreachable)))" for k, kind in enumerate(results))
    lines.append(")")
    return lines


def module_text(groups, kinds):
    chance = random.Random(4)
    lines = ["(module", "(global $n (mut i64) (i64.const 0))",
             "(func $self)", "(elem declare func $self)"]
    for number, group in enumerate(groups):
        lines.extend(group_text(number, group, kinds, chance))
    lines.append("(func (export \"_start\")")
    lines.extend(f"(call $g{number})" for number in range(len(groups)))
    lines.append("))")
    return "\n".join(lines) + "\n"


# Leaves by calls of WASI, of what is missing, and by a trap in a function that
# makes no tail calls, whose caller therefore stays on the stack.
PROGRAM = """(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "nothing" (func $missing (param i64)))
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (table funcref (elem $first))
  (type $t (func (param i32)))
  (func $first (type $t)
    (return_call $second (local.get 0) (i64.const 1)))
  (func $second (param i32 i64)
    (if (i32.eq (local.get 0) (i32.const 1))
      (then (return_call $exit (i32.const 7))))
    (if (i32.eq (local.get 0) (i32.const 2))
      (then (return_call $missing (local.get 1))))
    (return_call $third (f32.const 1)))
  (func $third (param f32) (unreachable))
  (func $choose (param i32)
    (call_indirect (type $t) (local.get 0) (i32.const 0)))
  (func (export "_start")
    (drop (call $args (i32.const 0) (i32.const 4)))
    (call $choose (i32.sub (i32.load (i32.const 0)) (i32.const 1)))))
"""
# By the number of arguments: status, message, and functions of the backtrace.
PROGRAM_RUNS = [
    (134, "wrought: trap: unreachable",
     ["third", "second", "choose", "func[7]"]),
    (7, None, []),
    (134, "wrought: trap: unknown import called: env.nothing",
     ["second", "choose", "func[7]"]),
]


def check_program(case, target, emulator):
    source = case.path("program.wat")
    with open(source, "w", encoding="utf-8") as file:
        file.write(PROGRAM)
    for flags in (["-O0"], ["-O0", "--strip"], ["-O2"]):
        binary = case.built(source, "--target", target, *flags,
                            "--allow-missing-imports", name=target + "program")
        for count, (status, message, names) in enumerate(PROGRAM_RUNS):
            done = execute([*emulator, binary, *["x"] * count])
            what = f"{target} {flags} with {count} arguments"
            expect(done.returncode == status, what, done)
            lines = done.stderr.decode().splitlines()
            expect(lines[:1] == ([message] if message else []), what, done)
            # What is inlined is named in its caller's place.
            if flags != ["-O2"]:
                expect(len(lines) == len(names) + (1 if message else 0) and
                       all(name in line
                           for name, line in zip(names, lines[1:])),
                       what + f": not {names}", done)


def translates_vectors(case):
    source = case.path("vector.wat")
    with open(source, "w", encoding="utf-8") as file:
        file.write("(module (func (export \"_start\") "
                   "(drop (v128.const i64x2 1 2))))")
    done = case.run("build", source, "-o", case.path("vector"))
    expect(done.returncode == 0 or b"not yet supported" in done.stderr,
           "a module with vectors", done)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    case = run_cli.Case(options.wrought, fresh_directory(
        os.path.abspath(options.work),
        "tail-calls-" + "-".join(options.targets)))
    groups, kinds = list(GROUPS), list(NUMBERS)
    if translates_vectors(case):
        groups, kinds = groups + VECTOR_GROUPS, kinds + ["v128"]
    source = case.path("tail_calls.wat")
    with open(source, "w", encoding="utf-8") as file:
        file.write(module_text(groups, kinds))
    for target in options.targets:
        emulator = []
        if target != platform.machine():
            emulator = [toolchain.need("qemu-" + target)]
        for level in LEVELS:
            bounds = "explicit" if level in ("-O0", "-O1") else "guard"
            binary = case.built(source, "--target", target, level,
                                "--bounds-checks", bounds,
                                name=target + level)
            done = execute([*emulator, binary])
            expect(done.returncode == 0 and not done.stderr,
                   f"{target} {level}", done)
        check_program(case, target, emulator)
        print(f"{target}: {sum(group[1] for group in groups)} tail calls at "
              f"each of {len(LEVELS)} levels")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
