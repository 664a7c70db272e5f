#!/usr/bin/env python3
"""Builds the hostile guest and runs it: no crash, and only errors that fit.

    run_hostile.py --wrought PATH --work DIR --guest PATH
                   [--target NAME --emulator COMMAND]

--guest is the program that writes the module as text.
"""

import argparse
import os
import shlex
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory, must  # noqa: E402

SHOWN = 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--guest", required=True)
    parser.add_argument("--target")
    parser.add_argument("--emulator")
    options = parser.parse_args()
    build, emulator = [], []
    if options.target:
        words = shlex.split(options.emulator)
        emulator = [toolchain.need(words[0]), *words[1:]]
        build = ["--target", options.target]
    work = fresh_directory(os.path.abspath(options.work),
                           "hostile-" + (options.target or "host"))
    given = fresh_directory(work, "given")
    with open(os.path.join(given, "file"), "w") as file:
        file.write("hello\n")
    text = os.path.join(work, "guest.wat")
    with open(text, "wb") as file:
        file.write(must([options.guest]))
    program = os.path.join(work, "guest")
    # Nobody connects; port 0 is any that is free.
    must([os.path.abspath(options.wrought), "build", text, "-o", program, "-O0",
          "--dir", given + "::/", "--listen", "127.0.0.1:0",
          "--argv0", "program", "--env", "NAME=value", *build])
    done = execute([*emulator, program], cwd=work, env={})
    lines = done.stdout.decode(errors="replace").splitlines()
    for line in lines[:SHOWN]:
        words = line.split()
        if len(words) == 2 and words[0].isdigit():
            call = must([options.guest, str(int(words[0]))]).decode().strip()
            print(f"{call}: errno {int(words[1])}")
    if done.returncode != 0 or lines:
        raise Failure(f"{len(lines)} calls answered what they must not; exit "
                      f"{done.returncode} "
                      + done.stderr.decode(errors="replace")[-2000:])
    if sorted(os.listdir(given)) != ["file"]:
        raise Failure(f"the directory holds {os.listdir(given)}")
    print("every answer fits")


if __name__ == "__main__":
    toolchain.main(main)
