"""Tools that the end-to-end tests share: finding compilers, running programs.

A test that lacks a tool ends with SKIPPED (77) and a line that names it; CTest
shows it as skipped, and tests/run.sh lists it.
"""

import os
import shutil
import subprocess
import sys

SKIPPED = 77
# The triple that Debian's headers are installed for; clang prefers a newer name.
WASM_FLAGS = ["--target=wasm32-wasi", "--no-wasm-opt", "-Wno-deprecated"]


class Failure(Exception):
    """A check that did not hold; the text says what was expected."""


def skip(missing):
    print(f"skipped: missing {missing}")
    sys.exit(SKIPPED)


def need(program):
    path = shutil.which(program)
    if not path:
        skip(program)
    return path


def execute(command, cwd=None, env=None, stdin=b"", timeout=300, **more):
    """Runs to the end; a process that hangs is a failure, not an exception."""
    try:
        return subprocess.run(command, cwd=cwd, env=env, input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout, **more)
    except subprocess.TimeoutExpired:
        raise Failure(f"no end after {timeout} s: {' '.join(map(str, command))}")


def must(command, **arguments):
    """Runs a tool that has to succeed; returns its standard output."""
    done = execute(command, **arguments)
    if done.returncode != 0:
        raise Failure(f"exit {done.returncode}: {' '.join(map(str, command))}\n"
                      + done.stderr.decode(errors="replace")[-4000:])
    return done.stdout


def check_wasm_compiler(work, language="c"):
    """Skips the test where C or C++ for Wasm cannot be compiled."""
    compiler = need("clang-22" if language == "c" else "clang++-22")
    source = os.path.join(work, f"probe.{'c' if language == 'c' else 'cpp'}")
    with open(source, "w") as file:
        file.write("#include <cstdio>\n" if language != "c" else
                   "#include <stdio.h>\n")
        file.write("int main(void) { return 0; }\n")
    done = execute([compiler, *WASM_FLAGS, source, "-o", source + ".wasm"])
    if done.returncode != 0:
        skip("wasi-libc libclang-rt-22-dev-wasm32" +
             ("" if language == "c" else
              " libc++-22-dev-wasm32 libc++abi-22-dev-wasm32") +
             " (clang-22 cannot build for wasm32-wasi)")
    return compiler


def node_with_wasi():
    """The command of a Node.js that has node:wasi: 18 wants a flag, 20 none."""
    node = need("node")
    for flags in ([], ["--experimental-wasi-unstable-preview1"]):
        probe = "process.exit(typeof require('wasi').WASI==='function'?0:1)"
        if execute([node, *flags, "-e", probe]).returncode == 0:
            return [node, "--no-warnings", *flags]
    skip("a Node.js with node:wasi")
    return None


def fresh_directory(*parts):
    path = os.path.join(*parts)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def tree(directory):
    """What lies below a directory: path → bytes, link target or None."""
    found = {}
    for folder, folders, files in os.walk(directory):
        for name in folders + files:
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, directory)
            if os.path.islink(path):
                found[shown] = os.readlink(path)
            elif os.path.isdir(path):
                found[shown] = None
            else:
                with open(path, "rb") as file:
                    found[shown] = file.read()
    return found


def main(run):
    """Runs a test's function; a Failure is printed and ends with 1."""
    try:
        run()
    except Failure as failure:
        print(f"FAILED: {failure}")
        sys.exit(1)
