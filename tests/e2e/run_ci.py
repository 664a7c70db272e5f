#!/usr/bin/env python3
"""Runs the templates of packaging/ci, step by step, as their services would.

    run_ci.py --wrought PATH --work DIR --build-tree DIR CASE

The steps are read from the YAML files and given to bash, in a fresh folder with
a module; the tarball that they download is an installation of the build tree.
What a service does itself (checking out, uploading) is checked for what it
needs. Conditions, matrices and variables are those that the templates use;
anything else fails.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(run_cli.HERE)),
                         "packaging/ci")
HELLO = os.path.join(run_cli.WAT, "hello.wat")
HELLO_OUTPUT = b"Hello, world\n"
BROKEN = b"(module (func (export \"_start\") i32.add))"
TARGETS = ["x86_64", "aarch64", "riscv64"]
# What a process of the tests needs and a service would not set.
HOST = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR")
        if name in os.environ}


def load(name):
    try:
        import yaml  # pylint: disable=import-outside-toplevel
    except ImportError:
        toolchain.skip("python3-yaml")
    with open(os.path.join(TEMPLATES, name), encoding="utf-8") as file:
        # GitHub's "on" is a word and no truth value.
        return yaml.load(file, yaml.BaseLoader)


def tarball(case):
    """URL and SHA-256 of an installation, packed as packaging/ does it."""
    root = fresh_directory(case.work, "packed", "wrought-0.1.0-linux-x86_64")
    must([toolchain.need("cmake"), "--install", case.build_tree, "--strip",
          "--prefix", root])
    path = case.path("wrought.tar.zst")
    toolchain.need("zstd")
    must(["tar", "--zstd", "-cf", path, "-C", os.path.dirname(root),
          os.path.basename(root)])
    shutil.rmtree(root)
    with open(path, "rb") as file:
        return {"WROUGHT_URL": "file://" + path,
                "WROUGHT_SHA256": hashlib.sha256(file.read()).hexdigest()}


def checkout(case, name, module=None):
    """A working copy with the module that the templates name."""
    folder = fresh_directory(case.work, name)
    path = os.path.join(folder, "app.wasm")
    if module is None:
        shutil.copy(HELLO, path)
    else:
        with open(path, "wb") as file:
            file.write(module)
    return folder


def check_program(path, target):
    command = [path] if target == os.uname().machine else [
        toolchain.need("qemu-" + target), path]
    done = execute(command)
    expect(done.returncode == 0 and done.stdout == HELLO_OUTPUT, path, done)


def check_report(path, target):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    program = os.path.splitext(path)[0]
    with open(program, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    expect(report["success"] and report["target"] == target and
           report["output"]["byteLength"] == os.path.getsize(program) and
           report["output"]["sha256"] == digest, f"{path}: {report}")


class GithubJob:
    """One job of a workflow with the values of one cell of its matrix."""

    def __init__(self, case, workflow, job, matrix, folder, variables):
        self.job, self.matrix, self.folder = job, matrix, folder
        self.failed, self.outputs = False, ""
        temp = fresh_directory(case.work, "runner temp")
        self.files = {name: os.path.join(temp, name) for name in
                      ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_OUTPUT",
                       "GITHUB_STEP_SUMMARY")}
        for path in self.files.values():
            open(path, "w", encoding="utf-8").close()
        self.env = {**HOST, **workflow["env"], **variables, **self.files,
                    "RUNNER_TEMP": temp}

    def expand(self, text):
        def value(match):
            kind, _, name = match[1].partition(".")
            expect(kind == "matrix", f"unknown expression {match[0]}")
            return self.matrix[name]
        return re.sub(r"\$\{\{\s*([\w.]+)\s*\}\}", value, text)

    def applies(self, condition):
        if condition == "always()":
            return True
        if self.failed:
            return False
        if condition is None:
            return True
        match = re.fullmatch(r"matrix\.(\w+) == '([^']*)'", condition)
        expect(match is not None, f"unknown condition {condition}")
        return self.matrix[match[1]] == match[2]

    def uses(self, action, arguments):
        name = action.partition("@")[0]
        if name == "actions/upload-artifact":
            path = os.path.join(self.folder, arguments["path"])
            expect(os.path.exists(path) and (not os.path.isdir(path) or
                                             os.listdir(path)),
                   f"nothing to upload in {path}")
        else:
            expect(name == "actions/checkout", f"unknown action {action}")

    def run(self):
        """The first failing step decides, as it does there."""
        for step in self.job["steps"]:
            if not self.applies(step.get("if")):
                continue
            if "uses" in step:
                self.uses(step["uses"], {name: self.expand(text) for name, text
                                         in step.get("with", {}).items()})
                continue
            with open(self.files["GITHUB_PATH"], encoding="utf-8") as file:
                added = file.read().split("\n")
            path = ":".join([*filter(None, reversed(added)), self.env["PATH"]])
            done = execute(["bash", "--noprofile", "--norc", "-eo", "pipefail",
                            "-c", self.expand(step["run"])], cwd=self.folder,
                           env={**self.env, "PATH": path})
            self.outputs += (done.stdout + done.stderr).decode()
            if done.returncode != 0:
                self.failed = True
                print(f"step {step['name']}: exit {done.returncode}")
        return not self.failed


def github(case):
    workflow = load("github-actions.yml")
    (job,) = workflow["jobs"].values()
    variables = tarball(case)
    targets = job["strategy"]["matrix"]["target"]
    expect(targets == TARGETS, f"targets of the template: {targets}")

    def run(name, target, module=None, **more):
        folder = checkout(case, name, module)
        runner = GithubJob(case, workflow, job, {"target": target}, folder,
                           {**variables, **more})
        return folder, runner, runner.run()

    for target in targets:
        folder, runner, is_done = run("work " + target, target)
        expect(is_done, runner.outputs)
        check_program(os.path.join(folder, "dist/app-" + target), target)
        check_report(os.path.join(folder, f"dist/app-{target}.json"), target)
        with open(runner.files["GITHUB_STEP_SUMMARY"],
                  encoding="utf-8") as file:
            expect(file.read().startswith(f"| {target} | "), "the summary")
    _, runner, is_done = run("broken", "x86_64", BROKEN)
    expect(not is_done and re.search(
        r"^::error file=app\.wasm::.*type mismatch", runner.outputs, re.M),
           "a broken module is not annotated: " + runner.outputs)
    _, runner, is_done = run("garbled", "x86_64", WROUGHT_SHA256="0" * 64)
    expect(not is_done and "FAILED" in runner.outputs,
           "a tarball with another hash: " + runner.outputs)


def gitlab_jobs(pipeline):
    """Jobs in the order of stages, with what they extend."""
    jobs = {name: job for name, job in pipeline.items()
            if not name.startswith(".") and name not in ("stages", "variables")}
    for stage in pipeline["stages"]:
        for name, job in jobs.items():
            if job["stage"] == stage:
                yield name, {**pipeline[job["extends"]], **job}


def gitlab_cells(job):
    if "parallel" not in job:
        return [{}]
    (row,) = job["parallel"]["matrix"]
    ((variable, values),) = row.items()
    return [{variable: value} for value in values]


def gitlab(case):
    pipeline = load("gitlab-ci.yml")
    variables = tarball(case)

    def run(folder, job, cell):
        env = {**HOST, **pipeline["variables"], **variables, **cell}
        lines = "\n".join([*job["before_script"], *job["script"]])
        done = execute(["bash", "--noprofile", "--norc", "-eo", "pipefail",
                        "-c", lines], cwd=folder, env=env)
        if done.returncode == 0:
            for path in job["artifacts"]["paths"]:
                expect(os.path.exists(os.path.join(folder, path)),
                       f"no artifact {path}")
        return done

    ran = []
    for name, job in gitlab_jobs(pipeline):
        for cell in gitlab_cells(job):
            folder = checkout(case, "work")
            done = run(folder, job, cell)
            expect(done.returncode == 0, f"{name} {cell}", done)
            ran.append(name)
            target = cell.get("TARGET")
            if target:
                check_program(os.path.join(folder, "dist/app-" + target),
                              target)
                check_report(os.path.join(folder, f"dist/app-{target}.json"),
                             target)
            done = run(checkout(case, "work", BROKEN), job, cell)
            expect(done.returncode == 1, f"{name} {cell}: a broken module",
                   done)
    expect(ran == ["validate"] + ["native"] * len(TARGETS), f"jobs: {ran}")


def make(case):
    tool = toolchain.need("make")
    folder = checkout(case, "work")
    shutil.copy(os.path.join(TEMPLATES, "Makefile"), folder)
    shutil.copy(os.path.join(folder, "app.wasm"),
                os.path.join(folder, "other.wasm"))

    def run(*goals):
        done = execute([tool, "WROUGHT=" + case.wrought, *goals], cwd=folder,
                       env=HOST)
        return done, sorted(set(re.findall(r"-o (dist/\S+)",
                                           done.stdout.decode())))

    everything = sorted(f"dist/{target}/{name}" for target in TARGETS
                        for name in ("app", "other"))
    done, built = run("-j2")
    expect(done.returncode == 0 and built == everything, "make", done)
    for program in everything:
        check_program(os.path.join(folder, program), program.split("/")[1])
        check_report(os.path.join(folder, program + ".json"),
                     program.split("/")[1])
    expect(run()[1] == [] and run("-q")[0].returncode == 0,
           "make has something to do the second time")
    with open(os.path.join(folder, "app.wasm"), "a", encoding="utf-8") as file:
        file.write(";; changed\n")
    expect(run()[1] == [path for path in everything if path.endswith("/app")],
           "make does not build just what changed")
    expect(run("check")[0].returncode == 0, "make check")
    with open(os.path.join(folder, "app.wasm"), "wb") as file:
        file.write(BROKEN)
    expect(run("check")[0].returncode == 2, "make check of a broken module")
    expect(run()[0].returncode == 2, "make of a broken module")
    expect(run("clean")[0].returncode == 0 and
           not os.path.exists(os.path.join(folder, "dist")), "make clean")


def report(case):
    """--report: sizes add up, failures are told, nothing is left out."""
    wasm = case.wasm_from(os.path.join(run_cli.HERE, "programs", "sorting.c"))
    path = case.path("report.json")

    def read():
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    for flags, cpus in (([], 1), (["-O0", "--strip"], 1),
                        (["--cpu", "x86-64-v2,x86-64-v3"], 2)):
        binary = case.built(wasm, "--target", "x86_64", "--report", path,
                            "--report-functions", *flags)
        found = read()
        expect(found["output"]["byteLength"] == os.path.getsize(binary) and
               found["output"]["form"] == "exe", f"output: {found['output']}")
        expect(found["input"]["byteLength"] == os.path.getsize(wasm),
               f"input: {found['input']}")
        expect(len(found["versions"]) == cpus, f"{found['versions']}")
        sections = {row["name"]: row["byteLength"]
                    for row in found["output"]["sections"]}
        functions = found["functions"]
        code = sum(row["byteLength"] for row in functions)
        print(f"{flags}: {len(functions)} functions, {code} bytes of "
              f"{sections['wrought_text']} in wrought_text")
        # Besides them there are padding and what instantiates the module.
        expect(0.85 * sections["wrought_text"] < code <=
               sections["wrought_text"], "sizes of functions do not add up")
        expect(any(row.get("name") == "main" or "sort" in row.get("name", "")
                   for row in functions), "functions without their names")
        expect({row.get("version") for row in functions} ==
               ({0, 1} if cpus == 2 else {None}), "versions of functions")
        stages = {row["name"]: row for row in found["stages"]}
        expect({"read", "validate", "compile", "link"} <= stages.keys() and
               all(row["cpuSeconds"] >= 0 for row in stages.values()),
               f"stages: {stages}")
        expect(found["peakMemoryBytes"] > 1 << 20, "peak memory")
        os.unlink(path)

    broken = case.write("broken.wat", BROKEN)
    done = case.run("build", broken, "-o", case.path("no"), "--report", path,
                    "--diagnostics", "json")
    expect(done.returncode == 1, "a broken module", done)
    found = read()
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    expect(not found["success"] and found["diagnostics"] == lines and
           "byteLength" not in found["output"], f"report: {found}")
    done = case.run("build", HELLO, "-o", case.path("ir.ll"), "--report", path)
    expect(done.returncode == 0 and "functions" not in read() and
           read()["output"]["form"] == "llvm-ir", "a report of IR", done)
    case.diagnosed("build", HELLO, "-o", case.path("no"), "--report",
                   case.path("no/such/folder.json"))
    expect(not os.path.exists(case.path("no")), "built without its report")
    done = case.run("build", HELLO, "--report-functions")
    expect(done.returncode == 2, "--report-functions alone", done)


CASES = {function.__name__: function for function in (github, gitlab, make,
                                                      report)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--build-tree", required=True)
    options = parser.parse_args()
    for tool in ("bash", "curl", "sha256sum", "tar"):
        toolchain.need(tool)
    case = run_cli.Case(options.wrought,
                        fresh_directory(os.path.abspath(options.work),
                                        "ci-" + options.case))
    case.build_tree = os.path.abspath(options.build_tree)
    CASES[options.case](case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
