#!/usr/bin/env python3
"""Makes the module that is damaged, and hands it to wrought_damage.

    run_robustness.py esbuild|program --damage PATH --work DIR --packages DIR
                      --cut N --flip N

esbuild (20 MB) is read and validated; a C++ program of about 300 kB goes
through the whole build.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
E2E = os.path.join(os.path.dirname(HERE), "e2e")
sys.path.insert(0, E2E)
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import packages  # noqa: E402
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory, must  # noqa: E402


def program(work):
    compiler = toolchain.check_wasm_compiler(work, "c++")
    wasm = os.path.join(work, "program.wasm")
    must([compiler, *toolchain.WASM_FLAGS, "-Os", "-Wl,--strip-debug",
          "-fno-exceptions", "-std=c++20",
          os.path.join(E2E, "programs", "streams.cpp"), "-o", wasm])
    return wasm


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("module", choices=["esbuild", "program"])
    parser.add_argument("--damage", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--cut", required=True)
    parser.add_argument("--flip", required=True)
    options = parser.parse_args()
    work = fresh_directory(os.path.abspath(options.work), options.module)
    if options.module == "esbuild":
        wasm = packages.fetch("@esbuild/wasi-preview1",
                              options.packages)["esbuild.wasm"]
        stage = "validate"
    else:
        wasm, stage = program(work), "build"
    done = execute([options.damage, "--stage", stage, "--cut", options.cut,
                    "--flip", options.flip, "--work", work, wasm],
                   timeout=3000)
    print(done.stdout.decode(errors="replace"), end="")
    if done.returncode != 0:
        raise Failure(done.stderr.decode(errors="replace")[-2000:]
                      or f"exit {done.returncode}")


if __name__ == "__main__":
    toolchain.main(main)
