#!/usr/bin/env python3
"""esbuild (Go, 20 MB of Wasm), built to native, against Node's WASI.

    run_esbuild.py --wrought PATH --work DIR --packages DIR [-O LEVEL]
                   [--target NAME --emulator COMMAND]

The native program and Node.js running the same module bundle and minify
esbuild/project. Output, exit code and every file written must be equal. Prints
the time and the peak memory of the build.
"""

import argparse
import os
import resource
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import packages  # noqa: E402
import toolchain  # noqa: E402
from toolchain import Failure, execute, must, tree  # noqa: E402

RUNS = [
    ["--version"],
    ["main.ts", "--bundle", "--minify", "--define:DEBUG=false", "--sourcemap",
     "--outdir=out", "--format=esm", "--splitting", "--target=es2020",
     "--metafile=out/meta.json", "--log-level=warning"],
    ["main.ts", "--bundle", "--define:DEBUG=true", "--outfile=plain.js",
     "--platform=node", "--loader:.css=text", "--log-level=warning"],
    ["lib/inventory.ts", "--minify", "--target=es6"],
    ["broken.ts", "--bundle", "--color=false"],
]


def copy_of_project(work, name):
    path = os.path.join(work, name)
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(os.path.join(HERE, "project"), path)
    return path


def build(options, wasm, binary):
    start = time.monotonic()
    target = ["--target", options.target] if options.target else []
    cache = ["--cache", binary + ".cache"] if not options.target else []
    command = [options.wrought, "build", wasm, f"-O{options.level}", "--dir",
               ".::/", "--env", "PWD=/", *target, *cache, "-o"]
    must([*command, binary], timeout=1500)
    took = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"esbuild built at -O{options.level} {options.target} in "
          f"{took:.1f} s, peak memory {peak // 1024} MiB, "
          f"{os.path.getsize(binary) >> 20} MiB of native program")
    if cache:
        # At -O0 the first is soon done, and what the second reads, compares
        # and writes is as much as ever.
        check_cache(command, binary, took, 0.02 if options.level == "2" else 0.05)


def check_cache(command, binary, took, share):
    """The second build is a copy, and takes under this share of the first."""
    times = []
    for _ in range(3):
        start = time.monotonic()
        must([*command, binary + ".again"])
        times.append(time.monotonic() - start)
    print(f"from the cache in {min(times):.2f} s, "
          f"{100 * min(times) / took:.1f} %")
    for name in ("again", "cache"):
        if not os.path.exists(f"{binary}.{name}"):
            raise Failure(f"{binary}.{name} is not there")
    with open(binary, "rb") as one, open(binary + ".again", "rb") as other:
        if one.read() != other.read():
            raise Failure("the cache has another program")
    if min(times) > share * took:
        raise Failure(f"the cache takes {min(times):.2f} s")
    os.unlink(binary + ".again")
    shutil.rmtree(binary + ".cache")


def compare(arguments, expected, actual):
    for what, one, other in zip(("exit code", "standard output",
                                 "standard error"), expected, actual):
        if one != other:
            raise Failure(f"esbuild {' '.join(arguments)}: {what}: Node has "
                          f"{one!r:.2000}, the native program {other!r:.2000}")
    for path in sorted(expected[3].keys() | actual[3].keys()):
        if expected[3].get(path, "absent") != actual[3].get(path, "absent"):
            raise Failure(f"esbuild {' '.join(arguments)}: {path} differs")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--packages", required=True)
    parser.add_argument("-O", dest="level", default="2")
    parser.add_argument("--target", default="")
    parser.add_argument("--emulator")
    options = parser.parse_args()
    emulator = [toolchain.need(options.emulator)] if options.emulator else []
    node = toolchain.node_with_wasi()
    wasm = packages.fetch("@esbuild/wasi-preview1",
                          options.packages)["esbuild.wasm"]
    work = toolchain.fresh_directory(os.path.abspath(options.work),
                                     f"esbuild-O{options.level}"
                                     f"{options.target}")
    binary = os.path.join(work, "esbuild")
    build(options, os.path.abspath(wasm), binary)
    reference = [*node, os.path.join(HERE, "node_wasi.cjs"), wasm]
    for arguments in RUNS:
        outcomes = []
        for name in ("node", "native"):
            project = copy_of_project(work, name)
            command = ([*reference, project, "/"] if name == "node"
                       else [*emulator, binary])
            done = execute([*command, *arguments], cwd=project,
                           env={"PATH": os.environ["PATH"]}
                           if name == "node" else {})
            outcomes.append((done.returncode, done.stdout, done.stderr,
                             tree(project)))
        compare(arguments, *outcomes)
    written = len(outcomes[0][3])
    print(f"esbuild: {len(RUNS)} runs equal to Node's, {written} files in the "
          "last tree")


if __name__ == "__main__":
    toolchain.main(main)
