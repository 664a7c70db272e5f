#!/usr/bin/env python3
"""Builds that Ninja runs step by step have the bytes of builds in one process.

    run_plan.py --wrought PATH --work DIR [--packages DIR] CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
"""

import argparse
import json
import os
import re
import shutil
import sys

import packages
import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must, tree

HELLO = os.path.join(run_cli.WAT, "hello.wat")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def make_plan(case, module, *flags, name="plan"):
    folder = case.path(name)
    done = case.run("build", module, *flags, "--emit-plan", "ninja", "-o",
                    folder)
    expect(done.returncode == 0 and not done.stdout, f"plan {flags}", done)
    return folder


def ninja(folder, *flags, timeout=1500, env=None):
    return execute([toolchain.need("ninja"), "-C", folder, *flags],
                   timeout=timeout, env=env)


def output_of(folder):
    (name,) = os.listdir(os.path.join(folder, "out"))
    return os.path.join(folder, "out", name)


def compare(case, module, *flags, name="plan"):
    """A plan that is moved before it is run, against a local build."""
    local = case.built(module, *flags, name=name + " local")
    folder = make_plan(case, module, *flags, name=name)
    place = os.path.join(fresh_directory(case.work, name + " elsewhere"), "p")
    os.rename(folder, place)
    done = ninja(place, "-j2")
    expect(done.returncode == 0, f"ninja {flags}", done)
    expect(read(output_of(place)) == read(local),
           f"{flags}: other bytes than the local build")
    expect(os.access(output_of(place), os.X_OK) == os.access(local, os.X_OK),
           "the mode of the output")
    with open(os.path.join(place, "plan.json"), encoding="utf-8") as file:
        units = json.load(file)["units"]
    print(f"{' '.join(flags)}: {len(units)} units, "
          f"{os.path.getsize(local)} equal bytes")
    return place


def small(case):
    """Levels, targets, forms, versions, grants."""
    c = case.wasm_from(os.path.join(run_cli.HERE, "programs", "sorting.c"),
                       "-g")
    for number, flags in enumerate((
            ["-O2"], ["-O3", "-g", "--bounds-checks", "explicit"],
            ["-Oz", "--target", "aarch64", "--strip"],
            ["-O1", "--target", "riscv64"],
            ["--cpu", "x86-64-v2,x86-64-v3", "--target", "x86_64"],
            ["--emit", "object"],
            ["--dir", "a b::/$x:ro", "--env", "K=two words", "--env", "HOME",
             "--argv0", "n", "--sealed", "--stack-size", "100k"])):
        compare(case, c, *flags, name=f"plan{number}")
    config = case.write("w.toml", b"O = 1\nstrip = true\n")
    compare(case, HELLO, "--config", config, name="config")


def graph(case):
    """Units stand alone; nothing is done twice; what changed is."""
    wasm = case.wasm_from(os.path.join(run_cli.HERE, "programs",
                                       "interpreter.c"))
    folder = make_plan(case, wasm)
    expect(ninja(folder).returncode == 0, "ninja")
    expect(b"no work to do" in ninja(folder).stdout, "ninja runs twice")
    make_plan(case, wasm)
    expect(b"no work to do" in ninja(folder).stdout,
           "the same plan is another one for Ninja")
    before = read(output_of(folder))
    make_plan(case, wasm, "-O1")
    done = ninja(folder)
    expect(b"no work" not in done.stdout and read(output_of(folder)) != before,
           "other flags change nothing", done)

    # Each step alone, in a folder with the files that its edge names, without
    # an installation: what a remote worker has.
    with open(os.path.join(folder, "build.ninja"), encoding="utf-8") as file:
        text = file.read()
    edges = re.findall(r"^build (.*?): (\w+) (.*)$", text, re.M)
    commands = must(["ninja", "-C", folder, "-t", "commands"]).decode()
    for outputs, rule, inputs in edges:
        worker = fresh_directory(case.work, "worker")
        for path in inputs.replace("|", " ").split():
            os.makedirs(os.path.dirname(os.path.join(worker, path)),
                        exist_ok=True)
            shutil.copy(os.path.join(folder, path), os.path.join(worker, path))
        for path in outputs.split():
            os.makedirs(os.path.dirname(os.path.join(worker, path)),
                        exist_ok=True)
        numbers = " ".join(re.findall(r"units/(\d+)\.", outputs))
        command = next(line for line in commands.splitlines()
                       if f" unit {rule} plan.json" in line and
                       (rule == "link" or line.endswith(" " + numbers)))
        alone = shutil.copy(case.wrought, os.path.join(case.work, "alone"))
        must(["sh", "-c", command], cwd=worker,
             env={"PATH": os.environ["PATH"], "WROUGHT": alone})
        for path in outputs.split():
            expect(read(os.path.join(worker, path)) ==
                   read(os.path.join(folder, path)), f"{rule}: {path} differs")
    print(f"{len(edges)} steps, each alone in a folder")


def refusals(case):
    """Damage and misuse are errors in one line."""
    folder = make_plan(case, HELLO)
    expect(ninja(folder).returncode == 0, "ninja")
    plan = os.path.join(folder, "plan.json")

    def step(*words):
        return case.diagnosed("unit", *words)

    unit = os.path.join(folder, "units/0.translated")
    content = read(unit)
    for damaged in (content[:-5], content[:40], b"", content[:-9] + b"x" +
                    content[-8:], content.replace(b"wrought unit ", b"", 1)):
        with open(unit, "wb") as file:
            file.write(damaged)
        expect("damaged" in step("optimize", plan, "0"), "a damaged unit")
    with open(unit, "wb") as file:
        file.write(content)
    expect("no unit 7" in step("emit", plan, "7"), "a unit that is not there")
    other = make_plan(case, HELLO, "-O0", name="other")
    os.makedirs(os.path.join(other, "units"), exist_ok=True)
    shutil.copy(unit, os.path.join(other, "units"))
    expect("another plan" in step("optimize", os.path.join(other, "plan.json"),
                                  "0"), "a unit of another plan")
    text = read(plan)
    for wrong, message in ((b"", "not JSON"), (b"[]", "not a plan"),
                           (b"{}", "not a plan"), (text[:-20], "not JSON"),
                           (text.replace(b"LLVM", b"MVLL"), "made by"),
                           (text.replace(b"--target", b"--bad"), "--bad"),
                           (re.sub(rb"\[\s*0,\s*0,", b"[3, 0,", text),
                            "no version")):
        with open(plan, "wb") as file:
            file.write(wrong)
        line = step("optimize", plan, "0")
        expect(message in line, f"{wrong[:30]}: {line}")
    with open(plan, "wb") as file:
        file.write(text)
    shutil.copy(case.write("else.wasm", b"(module (func (export \"_start\"))"
                           b"(func) (memory 1))"),
                os.path.join(folder, "module.wasm"))
    expect("not the module" in step("link", plan), "another module")
    with open(os.path.join(folder, "units/0.o"), "wb") as file:
        file.write(b"no object")
    make_plan(case, HELLO)
    step("link", plan)

    mine = fresh_directory(case.work, "mine")
    case.write("mine/kept", b"")
    expect("not empty" in case.diagnosed(
        "build", HELLO, "--emit-plan", "ninja", "-o", mine), "a full folder")
    case.diagnosed("build", case.write("bad.wasm", b"no"), "--emit-plan",
                   "ninja", "-o", case.path("none"))
    expect(not os.path.exists(case.path("none")), "a plan of a bad module")
    expect(tree(mine) == {"kept": b""}, "files in the full folder")
    for words in (["build", HELLO, "--emit-plan", "ninja"],
                  ["build", HELLO, "--emit-plan", "ninja", "-o", "-"],
                  ["build", HELLO, "--emit-plan", "make", "-o", "x"],
                  ["build", HELLO, "--emit-plan", "ninja", "-o", "x", "--cpu",
                   "native"],
                  ["build", HELLO, "--emit-plan", "ninja", "-o", "x", "-MD"],
                  ["build", HELLO, "--emit-plan", "ninja", "-o", "x", "--emit",
                   "asm"],
                  ["unit", "emit", plan], ["unit", "link", plan, "0"],
                  ["unit", "melt", plan, "0"]):
        done = case.run(*words)
        expect(done.returncode == 2, f"{words}: not exit 2", done)


def esbuild(case):
    """A real program of 20 MB, from another directory."""
    wasm = packages.fetch("@esbuild/wasi-preview1",
                          case.packages)["esbuild.wasm"]
    place = compare(case, os.path.abspath(wasm), "-O0")
    expect(must([output_of(place), "--version"]).strip(), "esbuild --version")
    shutil.rmtree(os.path.dirname(place))


CASES = {function.__name__: function for function in (
    small, graph, refusals, esbuild)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--packages")
    options = parser.parse_args()
    case = run_cli.Case(options.wrought,
                        fresh_directory(os.path.abspath(options.work),
                                        "plan-" + options.case))
    case.packages = options.packages
    CASES[options.case](case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
