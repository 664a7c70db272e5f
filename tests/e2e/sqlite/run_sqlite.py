#!/usr/bin/env python3
"""SQLite, a real program of others: native build against the Wasm build.

    run_sqlite.py --wrought PATH --work DIR --packages DIR [--levels O0,O2]

sqlite/driver.c runs sqlite/script.sql on a database in memory and on one in a
file; what is printed and the bytes of the file must be equal.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import packages  # noqa: E402
import toolchain  # noqa: E402
from toolchain import Failure, execute, fresh_directory, must, tree  # noqa: E402

# No threads, shared memory or memory maps in WASI: both builds do without.
FLAGS = ["-w", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION",
         "-DSQLITE_OMIT_WAL", "-DSQLITE_MAX_MMAP_SIZE=0",
         "-DSQLITE_OMIT_SHARED_CACHE", "-DSQLITE_TEMP_STORE=3",
         "-DSQLITE_DEFAULT_MEMSTATUS=0", "-DSQLITE_DQS=0"]


def run(binary, database, scratch, sql):
    done = execute([binary, database], cwd=scratch, env={}, stdin=sql)
    return done.returncode, done.stdout, done.stderr, tree(scratch)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--packages", required=True)
    parser.add_argument("--levels", default="O0,O2")
    options = parser.parse_args()
    work = fresh_directory(os.path.abspath(options.work), "sqlite")
    compiler = toolchain.check_wasm_compiler(work)
    source = os.path.abspath(
        packages.fetch("better-sqlite3", options.packages)["deps/sqlite3/sqlite3.c"])
    sources = [source, os.path.join(HERE, "driver.c"),
               "-I" + os.path.dirname(source)]
    native, wasm = os.path.join(work, "native"), os.path.join(work, "sqlite.wasm")
    must([compiler, "-O1", *FLAGS, *sources, "-lm", "-o", native])
    must([compiler, *toolchain.WASM_FLAGS, "-O2", *FLAGS, *sources, "-o", wasm])
    with open(os.path.join(HERE, "script.sql"), "rb") as file:
        sql = file.read()

    databases = [":memory:", "file.db"]
    expected = [run(native, name, fresh_directory(work, f"native.{i}"), sql)
                for i, name in enumerate(databases)]
    if expected[0][0] != 0 or b"closed 0" not in expected[0][1]:
        raise Failure(f"the native build does not run: {expected[0][:3]}")
    for level in options.levels.split(","):
        binary = os.path.join(work, f"wrought-{level}")
        must([options.wrought, "build", wasm, "-o", binary, f"-{level}",
              "--dir", ".::/"], timeout=900)
        for i, name in enumerate(databases):
            actual = run(binary, name, fresh_directory(work, f"{level}.{i}"),
                         sql)
            if actual != expected[i]:
                raise Failure(f"-{level} {name}: native {expected[i][:3]}, "
                              f"Wasm {actual[:3]}, files "
                              f"{'equal' if actual[3] == expected[i][3] else 'differ'}")
    print(f"sqlite: {sql.count(b';')} statements, equal at {options.levels}, "
          f"database file of {len(expected[1][3]['file.db'])} bytes equal")


if __name__ == "__main__":
    toolchain.main(main)
