#!/usr/bin/env python3
"""Several modules linked into one output, case by case.

    run_link.py --wrought PATH --work DIR CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names. The
modules are in tests/e2e/link; all programs check themselves.
"""

import argparse
import json
import os
import platform
import re
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must

LINK = os.path.join(run_cli.HERE, "link")
TARGETS = ["x86_64", "aarch64", "riscv64"]
SHARED = ["shared_main.wat", "shared_lib.wat", "memory.wat"]
TYPES = ["types_main.wat", "types_lib.wat", "types_middle.wat"]
ORDER = ["order_second.wat", "order_first.wat"]
SHARED_OUTPUT = b"hello from main\nhello from lib!"


def modules(names):
    return [os.path.join(LINK, name) for name in names]


def linked(case, inputs, *flags, name="program"):
    binary = case.path(name)
    done = case.run("build", *inputs, "-o", binary, *flags)
    expect(done.returncode == 0, f"build {inputs} {flags}", done)
    return binary


def started(binary, target, *arguments):
    emulator = [] if target == platform.machine() else [
        toolchain.need("qemu-" + target)]
    return execute([*emulator, binary, *arguments])


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def ways():
    """Targets, levels and forms of bounds checks that differ in code."""
    for target in TARGETS:
        for flags in (["-O0"], ["-O2"], ["-O2", "--bounds-checks", "explicit"]):
            yield target, ["--target", target, *flags]


def runs(case):
    """What modules share is one thing, and each is instantiated in its turn."""
    for target, flags in ways():
        for names, code, output in ((SHARED, 35, SHARED_OUTPUT),
                                    (ORDER, 7, b""), (TYPES, 1, b"")):
            done = started(linked(case, modules(names), *flags), target)
            expect((done.returncode, done.stdout) == (code, output),
                   f"{names} {flags}", done)
    # The order in which libraries are named does not count.
    for names in ([TYPES[0], TYPES[2], TYPES[1]],):
        done = execute([linked(case, modules(names))])
        expect(done.returncode == 1, f"{names}", done)
    versions = linked(case, modules(SHARED), "--cpu", "x86-64-v3,x86-64",
                      "--target", "x86_64")
    done = started(versions, "x86_64")
    expect(done.stdout == SHARED_OUTPUT, "two versions", done)
    done = case.run("run", *modules(SHARED), "--", "argument")
    expect((done.returncode, done.stdout) == (35, SHARED_OUTPUT), "run", done)


def backtraces(case):
    """Frames are told by module, with the module's own indices and offsets."""
    for target, form in ((target, form) for target in TARGETS
                         for form in ("-g", "--strip")):
        flags = ["-O0", form]
        binary = linked(case, modules(TYPES), "--target", target, *flags)
        done = started(binary, target, "argument")
        lines = done.stderr.decode().splitlines()
        expect(done.returncode == 134 and
               lines[0] == "wrought: trap: out of bounds memory access", flags,
               done)
        place = r" at 0x[0-9a-f]+" if form == "-g" else ""
        expect(re.fullmatch("  #0 types_lib: func\\[6\\]" + place, lines[1]),
               lines[1])
        expect(re.fullmatch("  #1 types_main: func\\[8\\]( <_start>)?" + place,
                            lines[2]), lines[2])
        if place:
            # Offsets are within the module's own file.
            expect(int(lines[1].rsplit("0x", 1)[1], 16) < 0x200, lines[1])


def c_program(case):
    """A program of clang's in two modules, one of them without a libc."""
    compiler = toolchain.check_wasm_compiler(case.work)
    main, words = case.path("main.wasm"), case.path("words.wasm")
    must([compiler, *toolchain.WASM_FLAGS, "-O2",
          "-Wl,--import-memory,--global-base=131072",
          os.path.join(LINK, "words_main.c"), "-o", main])
    # Between the main module's stack and its data.
    must([compiler, *toolchain.WASM_FLAGS, "-O2", "-nostdlib",
          "-Wl,--no-entry,--import-memory,--no-stack-first",
          "-Wl,--global-base=98304,-z,stack-size=16384",
          os.path.join(LINK, "words.c"), "-o", words])
    memory = case.write("memory.wat",
                        b'(module (memory (export "memory") 64))')
    for target, flags in ways():
        binary = linked(case, [main, words, "env=" + memory], *flags)
        done = started(binary, target)
        expect(done.returncode == 0 and done.stdout ==
               b"368890 bytes, 80000 words, checksum ccbc6e90f86f9d0b\n"
               b"WORD 0 OF MANY\n3 calls\n", flags, done)


CALLER = b"""(module (import "callee" "add" (func $add (param i32 i32)
  (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func $go (export "go") (param i32) (result i32)
    (call $add (local.get 0) (i32.const 0x5a5a)))
  (func (export "_start") (call $exit (call $go (i32.const 1)))))"""
CALLEE = b"""(module (func (export "add") (param i32 i32) (result i32)
  (i32.add (local.get 0) (local.get 1))))"""


def direct(case):
    """A call into another module is a plain call, or none."""
    inputs = [case.write("caller.wat", CALLER),
              case.write("callee.wat", CALLEE)]
    objdump = toolchain.need("llvm-objdump-22")
    for target, flags in ways():
        if "explicit" in flags:
            continue
        code = must([objdump, "-d", "--no-show-raw-insn", linked(
            case, inputs, *flags)]).decode()
        functions = dict(re.findall(r"^\w+ <(wasm\.f\d+)\S*>:\n(.*?)\n\n", code,
                                    re.M | re.S))
        call = {"x86_64": r"\bcallq?\t", "aarch64": r"\bbl\t",
                "riscv64": r"\bjal\b|\bjalr\b"}[target]
        if "-O0" in flags:
            calls = [line for line in functions["wasm.f2"].splitlines()
                     if re.search(call, line)]
            expect(len(calls) == 1 and "<wasm.f1" in calls[0], calls)
        else:
            expect("wasm.f1" not in functions and "5a5" in code,
                   f"{target}: not inlined: {sorted(functions)}")


def numbered(count, prefix):
    """Functions with a lot of code, so that there are several partitions."""
    lines = ["(module"]
    for i in range(count):
        body = "(local.get 0)" + "".join(
            f"(i32.const {i * 31 + k}) (i32.xor) (i32.const {k + 3}) (i32.mul)"
            for k in range(24))
        lines.append(f'(func (export "{prefix}{i}") (param i32) (result i32) '
                     f"{body})")
    return lines


def many_units(case):
    """Modules of several partitions, whose functions are in one another's."""
    count = 1500
    library = case.write("lib.wat", "\n".join(
        numbered(count, "f") + [")"]).encode())
    imports = [f'(import "lib" "f{i}" (func $i{i} (param i32) (result i32)))'
               for i in range(0, count, 100)]
    calls = "".join(f"(call $i{i})" for i in range(0, count, 100))
    exit_ = ('(import "wasi_snapshot_preview1" "proc_exit" '
             '(func $exit (param i32)))')
    own = numbered(count, "own")
    main = case.write("main.wat", "\n".join(
        [own[0], *imports, exit_, *own[1:],
         f'(func (export "_start") (call $exit (i32.and (i32.const 127) '
         f"(i32.const 7) {calls})))", ")"]).encode())
    value = 7
    for i in range(0, count, 100):
        for k in range(24):
            value = ((value ^ (i * 31 + k)) * (k + 3)) & 0xffffffff
    for target in TARGETS:
        binary = linked(case, [main, library], "--target", target, "-O1", "-j1")
        done = started(binary, target)
        expect(done.returncode == value & 127, f"{target}: {value & 127}", done)
        again = linked(case, [main, library], "--target", target, "-O1", "-j2",
                       name="again")
        expect(contents(binary) == contents(again), f"{target}: other bytes")


def errors(case):
    """All that does not fit is said at once, with both sides."""
    main = case.write("main.wat", b"""(module
      (import "lib" "missing" (func))
      (import "lib" "f" (func (param i64)))
      (import "lib" "m" (memory 3))
      (import "lib" "n" (memory 1 2))
      (import "lib" "g" (global i64))
      (import "lib" "h" (global (mut i32)))
      (import "lib" "t" (table 1 externref))
      (import "lib" "f" (memory 1))
      (import "nobody" "at_all" (func))
      (func (export "_start")))""")
    lib = case.write("lib.wat", b"""(module
      (import "elsewhere" "x" (func))
      (func (export "f") (param i32)) (memory (export "m") 1)
      (memory (export "n") 1) (global (export "g") i32 (i32.const 0))
      (global (export "h") i32 (i32.const 0)) (table (export "t") 1 funcref))
      """)
    done = case.run("build", main, lib, "-o", case.path("out"))
    text = done.stderr.decode()
    wanted = [
        'main.wat:2:36: import "lib" "missing", function [] -> []: ',
        'main.wat:3:31: import "lib" "f", function [i64] -> []: what is',
        'lib.wat:3:13: exported here is a function [i32] -> []',
        'main.wat:4:33: import "lib" "m", memory 3: what is',
        "exported here is a memory 1",
        'main.wat:5:33: import "lib" "n", memory 1 2: what is',
        'import "lib" "g", global i64: what',
        "exported here is a global i32",
        'import "lib" "h", global (mut i32): what',
        'import "lib" "t", table 1 externref: what',
        "exported here is a table 1 funcref",
        'main.wat:9:33: import "lib" "f", memory 1: what',
        'main.wat:10:38: unknown import "nobody" "at_all"',
        'lib.wat:2:36: unknown import "elsewhere" "x"',
    ]
    expect(done.returncode == 1, "not exit 1", done)
    for part in wanted:
        expect(part in text, f"not said: {part}", done)
    expect(text.count("error:") == 10, "other errors", done)
    expect(not os.path.exists(case.path("out")), "an output")

    first = case.write("first.wat", b"""(module
      (import "second" "a" (func)) (func (export "_start")))""")
    second = case.write("second.wat", b"""(module
      (import "third" "a" (func)) (func (export "a")))""")
    third = case.write("third.wat", b"""(module
      (import "second" "a" (func)) (func (export "a")))""")
    done = case.run("build", first, second, third)
    text = done.stderr.decode()
    expect(done.returncode == 1 and "circle: second → third → second" in text
           and "'second' imports \"third\" \"a\"" in text,
           "circle", done)
    line = case.diagnosed("build", first, second, "second=" + third)
    expect("are called 'second'" in line, line)
    broken = case.write("broken.wat", b'(module (func (export "_start") drop))')
    done = case.run("build", main, broken, case.path("nothing.wasm"))
    expect(done.returncode == 1 and b"nothing.wasm" in done.stderr, "reading",
           done)
    done = case.run("build", broken, "b=" + broken)
    expect(done.returncode == 1 and done.stderr.count(b"error:") == 2,
           "validation of both", done)
    done = case.run("build", "-", "a=-")
    expect(done.returncode == 2 and b"one module only" in done.stderr, "-",
           done)
    plan = case.run("build", *modules(SHARED), "--emit-plan", "ninja", "-o",
                    case.path("plan"))
    expect(plan.returncode == 2 and b"of one module" in plan.stderr, "plan",
           plan)
    for command in ("pack", "validate", "inspect"):
        done = case.run(command, *modules(SHARED))
        expect(done.returncode == 2, command, done)
    # An output must not be one of the inputs.
    done = case.run("build", first, lib, "-o", lib)
    expect(done.returncode == 1 and b"is the input file" in done.stderr, "-o",
           done)


def records(case):
    """What a build says of itself names all modules, and the cache sees all."""
    cache = fresh_directory(case.work, "cache")
    lib = case.write("callee.wat", CALLEE)
    main = case.write("caller.wat", CALLER)
    binary = linked(case, [main, lib], "-MD", "--report", case.path("r.json"))
    rule = contents(binary + ".d").decode()
    expect(main in rule and lib in rule, rule)
    with open(case.path("r.json"), encoding="utf-8") as file:
        report = json.load(file)
    expect(report["input"]["path"] == main, report["input"])
    expect([(item["name"], item["path"]) for item in report["linkedInputs"]] ==
           [("callee", lib)], report)
    info = json.loads(must([binary], env={"WROUGHT_INFO": "1"}))
    expect([item["name"] for item in info["linkedModules"]] == ["callee"] and
           info["linkedModules"][0]["blake3"] ==
           report["linkedInputs"][0]["blake3"] and
           info["module"]["blake3"] == report["input"]["blake3"], info)

    def code(*inputs):
        done = case.run("run", *inputs, "--cache", cache, "--print-timings")
        return done.returncode, b"translate" in done.stderr

    expect(code(main, lib) == (0x5b, True), "first")
    expect(code(main, lib) == (0x5b, False), "kept")
    # What others call a module is not in its bytes.
    other = case.write("other.wat", CALLEE.replace(b"i32.add", b"i32.sub"))
    expect(code(main, "callee=" + other) == ((1 - 0x5a5a) & 0xff, True),
           "another module")
    expect(code(main, "x=" + other, lib) == (0x5b, True), "another name")


def libraries(case):
    """A library of several modules, and the memory of each instance of it."""
    main = case.write("plugin.wat", b"""(module
      (import "store" "memory" (memory 1))
      (import "store" "next" (func $next (result i32)))
      (import "host" "bias" (func $bias (result i32)))
      (export "cells" (memory 0))
      (func (export "step") (result i32) (local $i i32)
        (local.set $i (call $next))
        (i32.store (local.get $i) (local.get $i))
        (i32.add (call $bias) (local.get $i)))
      (func (export "fall") (drop (i32.load (i32.const -4)))))""")
    store = case.write("store.wat", b"""(module
      (import "host" "bias" (func $bias (result i32)))
      (memory (export "memory") 1)
      (global $n (mut i32) (i32.const 8)) (start $begin)
      (func $begin (global.set $n (i32.const 16)))
      (func $next (export "next") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 4)))
        (i32.sub (i32.add (global.get $n) (call $bias)) (call $bias))))""")
    source = case.write("host.c", b"""#include "plugin.h"
      #include <stdio.h>
      static int32_t bias(void *data) { return *(int32_t *)data; }
      int main(void) {
        int32_t values[2] = {100, 200};
        for (int i = 0; i < 2; ++i) {
          plugin_imports imports = {{0}};
          imports.host.bias = bias;
          imports.host.user_data = &values[i];
          plugin_instance *self;
          if (plugin_instantiate(WROUGHT_ABI, &imports, NULL, &self).code != 0) return 1;
          for (int k = 0; k < 3; ++k) {
            int32_t result;
            if (plugin_step(self, &result).code != 0) return 2;
            printf("%d ", result);
          }
          wrought_result fall = plugin_fall(self);
          if (fall.code == 0) return 3;
          printf("%s %.*s\\n", fall.error->message,
                 (int)fall.error->frames[0].name_length,
                 fall.error->frames[0].name);
          plugin_free(self);
        }
      }""")
    compiler = toolchain.need("clang-22")
    for flags in (["-O0"], ["-O2"], ["-O2", "--bounds-checks", "explicit"]):
        linked(case, [main, store], *flags, name="libplugin.so")
        must([compiler, "-I", case.work, source, "-o", case.path("host"),
              case.path("libplugin.so"), "-Wl,-rpath," + case.work])
        output = must([case.path("host")])
        expect(output == b"120 124 128 out of bounds memory access plugin:\n"
               b"220 224 228 out of bounds memory access plugin:\n", output)


CASES = {function.__name__: function for function in (
    runs, backtraces, c_program, direct, many_units, errors, records,
    libraries)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    CASES[options.case](run_cli.Case(
        options.wrought, fresh_directory(os.path.abspath(options.work),
                                         "link-" + options.case)))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
