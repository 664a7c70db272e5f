#!/usr/bin/env python3
"""Random modules against another engine: same results, traps and logs.

    run_differential.py --spec PATH --work DIR [--seed N] [--count N]
                        [--size BYTES] [--simd] [-- options of wrought_spec]

wasm-opt (binaryen) makes modules of random bytes; Node.js says what their
functions return for random values, in order, so that state carries over; the
same becomes a script for wrought_spec, which compiles and runs it as the options
say (-O level, --bounds-checks, --target, --model). wasm-opt takes NaN bits out
of scalars but not out of vectors: with --simd a difference may be in these, and
only where Node.js runs on the same kind of CPU is there none. A script that
fails is kept, and its seed makes it again.
"""

import argparse
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory, must  # noqa: E402

FEATURES = ["--disable-exception-handling", "--disable-gc", "--disable-threads",
            "--enable-mutable-globals",
            "--enable-sign-ext", "--enable-nontrapping-float-to-int",
            "--enable-bulk-memory", "--enable-multivalue",
            "--enable-tail-call"]
BATCH = 25  # scripts to one run of wrought_spec


def wat_string(data):
    return '"' + "".join(f"\\{byte:02x}" for byte in data) + '"'


def expected(value):
    if value["bits"] is None:  # a reference
        return "(either (ref.null func) (ref.func) (ref.null extern) (ref.extern))"
    if value["isNan"]:
        return f"({value['type']}.const nan:arithmetic)"
    return constant(value)


def constant(value):
    bits, kind = int(value["bits"]), value["type"]
    if kind[0] == "i":
        return f"({kind}.const {bits})"
    width, fraction = (32, 23) if kind == "f32" else (64, 52)
    sign = "-" if bits >> (width - 1) else ""
    exponent = bits >> fraction & ((1 << (width - 1 - fraction)) - 1)
    rest = bits & ((1 << fraction) - 1)
    bias = (1 << (width - 2 - fraction)) - 1
    if exponent == 2 * bias + 1:
        return f"({kind}.const {sign}{'inf' if rest == 0 else 'nan'})"
    if exponent:
        rest |= 1 << fraction
    power = max(exponent, 1) - bias - fraction
    return f"({kind}.const {sign}0x{rest:x}p{power})"


def script(log_text, module, has_limit, rows):
    definition = ["(module $fuzz binary"]
    definition += [wat_string(module[at:at + 64])
                   for at in range(0, len(module), 64)]
    definition.append(")")
    lines = [log_text, '(register "fuzzing-support" $log)']
    is_fresh = False
    for row in rows:
        if not is_fresh:
            lines += definition
            is_fresh = True
        if has_limit:
            lines.append('(invoke $fuzz "hangLimitInitializer")')
        call = (f'(invoke $fuzz "{row["name"]}" ' +
                " ".join(map(constant, row["arguments"])) + ")")
        if "trap" in row:
            lines.append(f'(assert_trap {call} "")')
            is_fresh = False
        else:
            lines.append(f"(assert_return {call} " +
                         " ".join(map(expected, row["results"])) + ")")
        lines.append(f'(assert_return (invoke $log "hash") '
                     f'(i64.const {row["log"]}))')
    return "\n".join(lines) + "\n"


class Fuzzer:
    def __init__(self, options):
        self.options = options
        self.tools = [toolchain.need(name)
                      for name in ("wasm-opt", "wasm-as", "node")]
        self.work = fresh_directory(os.path.abspath(options.work), "fuzz")
        with open(os.path.join(HERE, "log.wat")) as file:
            text = file.read()
        self.log_text = text.replace("(module", "(module $log", 1)
        self.log = os.path.join(self.work, "log.wasm")
        must([self.tools[1], "--enable-simd", os.path.join(HERE, "log.wat"),
              "-o", self.log])
        self.skipped = {}

    def module(self, seed):
        """The module of a seed, or None when nothing can be said of it."""
        chance = random.Random(seed)
        path = os.path.join(self.work, f"{seed}.wasm")
        size = chance.randrange(self.options.size // 8, self.options.size)
        # Of the modules with references, wasm-opt's older versions make many
        # that are no longer valid.
        references = chance.random() < 0.3
        features = [*FEATURES,
                    "--enable-simd" if self.options.simd else "--disable-simd",
                    "--enable-reference-types" if references else
                    "--disable-reference-types"]
        must([self.tools[0], "-ttf", "--denan", *features, "-", "-o", path,
              *chance.choice(([], ["-O1"], ["-O3"]))],
             stdin=chance.randbytes(size))
        done = execute([self.tools[2], "--experimental-wasm-type-reflection",
                        os.path.join(HERE, "evaluate.js"), self.log, path,
                        str(seed)])
        if done.returncode != 0:
            raise Failure(f"seed {seed}: {done.stderr.decode()[-800:]}")
        found = json.loads(done.stdout)
        if found["ending"] != "done":
            kind = found["ending"].split(":")[0]
            self.skipped[kind] = self.skipped.get(kind, 0) + 1
        if not found["rows"]:
            return None
        with open(path, "rb") as file:
            return file.read(), found["hasLimit"], found["rows"]

    def write(self, seed):
        made = self.module(seed)
        if made is None:
            return None, 0
        path = os.path.join(self.work, f"{seed}.wast")
        with open(path, "w") as file:
            file.write(script(self.log_text, *made))
        return path, len(made[-1])

    def run(self):
        first, calls, failed = self.options.seed, 0, []
        last = first + self.options.count
        while first < last:
            batch = []
            for seed in range(first, min(first + BATCH, last)):
                path, count = self.write(seed)
                calls += count
                if path:
                    batch.append(path)
            first += BATCH
            done = execute([self.options.spec, "--no-lists",
                            *self.options.arguments, *batch], timeout=1800)
            if done.returncode == 0:
                for path in batch:
                    os.remove(path)
                    os.remove(path[:-1 * len("wast")] + "wasm")
            else:
                failed.append(done.stdout.decode()[-3000:] +
                              done.stderr.decode()[-3000:])
        print(f"{self.options.count} modules, {calls} calls, cut short: "
              f"{self.skipped or 'none'}")
        if calls == 0:
            raise Failure("nothing was compared")
        if failed:
            raise Failure("\n".join(failed) + f"\nkept in {self.work}")


def main():
    arguments = sys.argv[1:]
    rest = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, rest = arguments[:at], arguments[at + 1:]
    parser = argparse.ArgumentParser()
    parser.add_argument("--spec", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--size", type=int, default=40000)
    parser.add_argument("--simd", action="store_true")
    options = parser.parse_args(arguments)
    options.arguments = rest
    Fuzzer(options).run()


if __name__ == "__main__":
    toolchain.main(main)
