#!/usr/bin/env python3
"""Input and output of a compiled program beside the same loops in native C.

    bench/wasi-io/run.py [--wrought PATH] [--runs N] [--only NAME] [--dir DIR]

Reads and writes 1 GiB through buffers of 4 and 64 KiB, makes a million small
writes, walks over 100,000 files, and opens and closes a file. Native is clang -O2
with a static C library. Runs alternate; the median of the processor time (user and
system) of each counts, and the median of the ratios of neighbouring runs. With
strace, the system calls of the smaller ones are counted as well. DIR (default: a
temporary folder) needs 1 GiB for a while.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = ("small-writes", "walk", "open-close")
NAMES = ("write-4k", "read-4k", "write-64k", "read-64k") + SMALL
FILES, FILES_A_FOLDER = 100_000, 1000


def build(wrought, work):
    source = os.path.join(HERE, "io.c")
    native, wasm = os.path.join(work, "native"), os.path.join(work, "io.wasm")
    compiled = os.path.join(work, "compiled")
    for command in (
            ["clang-22", "-O2", "-static", source, "-o", native],
            ["clang-22", "--target=wasm32-wasi", "--no-wasm-opt",
             "-Wno-deprecated", "-O2", source, "-o", wasm],
            [wrought, "build", wasm, "-o", compiled, "--dir", work + "::/w"]):
        subprocess.run(command, check=True)
    return native, compiled


def make_tree(work):
    tree = os.path.join(work, "tree")
    for folder in range(FILES // FILES_A_FOLDER):
        path = os.path.join(tree, f"folder{folder}")
        os.makedirs(path)
        for number in range(FILES_A_FOLDER):
            open(os.path.join(path, f"file{number}"), "w").close()
    open(os.path.join(work, "small"), "w").close()


def cpu_seconds(command):
    """User and system time of a run, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime +
            after.ru_stime - before.ru_stime)


def call_count(command):
    """System calls of a run, or None without strace."""
    if not shutil.which("strace"):
        return None
    done = subprocess.run(["strace", "-f", "-c", *command],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    for line in done.stderr.decode().splitlines():
        words = line.split()
        if words and words[-1] == "total":
            return int(words[3] if len(words) > 4 else words[2])
    return None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wrought", default=os.path.join(
        HERE, "..", "..", "build", "release", "bin", "wrought"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--dir")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.dir,
                                     prefix="wrought-io-") as work:
        native, compiled = build(os.path.abspath(options.wrought), work)
        make_tree(work)
        print(f"{'':14}{'native':>9}{'wrought':>9}{'speed':>8}  system calls")
        for name in NAMES:
            if options.only not in name:
                continue
            inner = "/tree" if name == "walk" else ""
            commands = ([native, name, work + inner],
                        [compiled, name, "/w" + inner])
            if name.startswith("read"):
                subprocess.run([native, "write-64k", work], check=True)
            times = [[cpu_seconds(command) for command in commands]
                     for _ in range(options.runs)]
            ratio = statistics.median(one / other for one, other in times)
            medians = [statistics.median(column) for column in zip(*times)]
            calls = ""
            if name in SMALL:
                counts = [call_count(command) for command in commands]
                if None not in counts:
                    calls = f"  {counts[0]} and {counts[1]}"
            print(f"{name:14}{medians[0]:8.3f}s{medians[1]:8.3f}s"
                  f"{100 * ratio:7.1f}%{calls}", flush=True)
            if os.path.exists(os.path.join(work, "big")):
                os.unlink(os.path.join(work, "big"))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
