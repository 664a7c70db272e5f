#!/usr/bin/env python3
"""Builds one program natively and as Wasm by wrought, and compares the two.

    run_program.py --wrought PATH --work DIR SOURCE [--only-native]
                   [--target NAME --emulator COMMAND]

SOURCE is a C or C++ file whose head comment may hold, one a line:
    flags: …        for both compilers
    wasm-flags: …   for the Wasm compiler only
    build: …        for `wrought build`
    native: no      nothing to compare with: each run says what it expects
    run: {…}        one run, as JSON: args, stdin, stdin-repeat [text, count],
                    env (of the native run), exit, stdout, stderr (a regular
                    expression). Without any: one run without arguments.
Output, exit code and the files left behind must be equal, at -O0 and -O2, with
guard pages and with explicit checks. Another target's programs run under its
emulator, in two of these configurations, which take each value once.
"""

import argparse
import json
import os
import re
import shlex
import sys

import toolchain
from toolchain import Failure, execute, fresh_directory, must, tree

CONFIGURATIONS = [(level, bounds) for level in ("-O0", "-O2")
                  for bounds in ("guard", "explicit")]
FOREIGN_CONFIGURATIONS = [("-O0", "explicit"), ("-O2", "guard")]


class Program:
    def __init__(self, source):
        self.source = os.path.abspath(source)
        self.is_cxx = source.endswith(".cpp")
        self.flags, self.wasm_flags, self.build = [], [], []
        self.has_native, self.runs = True, []
        with open(source, encoding="utf-8") as file:
            for line in file:
                if not line.startswith("//"):
                    break
                self.directive(line[2:].strip())
        self.runs = self.runs or [{}]

    def directive(self, line):
        key, _, value = line.partition(": ")
        if key == "run":
            self.runs.append(json.loads(value))
        elif key == "native":
            self.has_native = value != "no"
        elif key in ("flags", "wasm-flags", "build"):
            setattr(self, key.replace("-", "_"), shlex.split(value))


def run_once(command, run, scratch, env):
    stdin = run.get("stdin", "").encode()
    if "stdin-repeat" in run:
        text, count = run["stdin-repeat"]
        stdin = (text * count).encode()
    done = execute([*command, *run.get("args", [])], cwd=scratch, env=env,
                   stdin=stdin)
    return done.returncode, done.stdout, done.stderr, tree(scratch)


def shell_status(code):
    """What a shell calls the status: 128 + signal for a killed process."""
    return 128 - code if code < 0 else code


def compare(name, run, expected, actual):
    code, stdout, stderr, files = actual
    shown = f"{name} {' '.join(run.get('args', []))}".strip()
    complaint = stderr.decode(errors="replace")[-2000:]

    def differ(what, wanted, got):
        raise Failure(f"{shown}: {what}: expected {wanted!r}, got {got!r}\n"
                      + complaint)

    if expected:
        if shell_status(expected[0]) != shell_status(code):
            differ("exit code", shell_status(expected[0]), shell_status(code))
        if expected[1] != stdout:
            differ("standard output", expected[1][-3000:], stdout[-3000:])
        if expected[3] != files:
            differ("files left", sorted(expected[3]), sorted(files))
        if code == 0 and expected[2] != stderr:
            differ("standard error", expected[2], stderr)
    if "exit" in run and run["exit"] != shell_status(code):
        differ("exit code", run["exit"], shell_status(code))
    if "stdout" in run and run["stdout"].encode() != stdout:
        differ("standard output", run["stdout"], stdout)
    if not expected and not {"exit", "stdout"} <= run.keys():
        raise Failure("a run without a native one must say exit and stdout")
    if "stderr" in run and not re.search(run["stderr"], stderr.decode()):
        differ("standard error", run["stderr"], complaint)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("--wrought")
    parser.add_argument("--work", required=True)
    parser.add_argument("--only-native", action="store_true")
    parser.add_argument("--target")
    parser.add_argument("--emulator")
    options = parser.parse_args()
    emulator, build, configurations = [], [], CONFIGURATIONS
    if options.target:
        emulator = [toolchain.need(options.emulator)]
        build = ["--target", options.target]
        configurations = FOREIGN_CONFIGURATIONS
    program = Program(options.source)
    stem = os.path.splitext(os.path.basename(options.source))[0]
    work = fresh_directory(os.path.abspath(options.work),
                           stem + (f"-{options.target}" if options.target
                                   else ""))
    language = "c++" if program.is_cxx else "c"
    compiler = toolchain.check_wasm_compiler(work, language)
    wasm = os.path.join(work, stem + ".wasm")
    must([compiler, *toolchain.WASM_FLAGS, "-O2", *program.flags,
          *program.wasm_flags, program.source, "-o", wasm])

    expected = [None] * len(program.runs)
    if program.has_native:
        native = os.path.join(work, "native")
        must([compiler, "-O2", *program.flags, program.source, "-o", native,
              "-lm"])
        expected = [
            run_once([native], run, fresh_directory(work, f"native.{i}"),
                     {"LC_ALL": "C", **run.get("env", {})})
            for i, run in enumerate(program.runs)]
    if options.only_native:
        for run, outcome in zip(program.runs, expected):
            print(run, outcome and (outcome[0], outcome[1].decode()))
        return

    for level, bounds in configurations:
        name = f"{level}.{bounds}"
        binary = os.path.join(work, f"wrought{name}")
        must([options.wrought, "build", wasm, "-o", binary, level,
              "--bounds-checks", bounds, *build, *program.build])
        for i, run in enumerate(program.runs):
            actual = run_once([*emulator, binary], run,
                              fresh_directory(work, f"{name}.{i}"), {})
            compare(name, run, expected[i], actual)
    print(f"{stem}: {len(program.runs)} runs × {len(configurations)} "
          f"configurations equal")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
