#!/usr/bin/env python3
"""Do the documents say what happens?

    check_docs.py --wrought PATH --work DIR PROJECT_DIR

Relative links must lead somewhere. Blocks marked ```console are sessions: each
line after "$ " is run, one folder for a document, with examples/ in it and
wrought on the path, and must print what stands below it; "…" stands for any
text. A session that needs a tool that is not there is skipped with 77.
"""

import argparse
import glob
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "e2e"))
sys.dont_write_bytecode = True

import toolchain  # noqa: E402  pylint: disable=wrong-import-position
from toolchain import Failure, execute, fresh_directory  # noqa: E402


def documents(project):
    return sorted(path for pattern in ("*.md", "docs/**/*.md", "*/*.md",
                                       "tests/*/*.md")
                  for path in glob.glob(os.path.join(project, pattern),
                                        recursive=True)
                  if not path.startswith(os.path.join(project, "build")))


def check_links(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not os.path.exists(
                os.path.join(os.path.dirname(path), target)):
            raise Failure(f"{path}: the link to {target} leads nowhere")
    return text


def sessions(text):
    """Pairs of command and expected output, in order."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, expected = step.partition("\n")
            while command.endswith("\\"):
                more, _, expected = expected.partition("\n")
                command = command[:-1] + more.strip()
            yield command, expected


def matches(expected, output):
    pattern = ".*?".join(re.escape(part) for part in
                         expected.strip().split("…"))
    return re.fullmatch(pattern, output.strip(), re.S)


def run_sessions(path, text, options):
    folder = fresh_directory(options.work, "docs", os.path.basename(path))
    shutil.copytree(os.path.join(options.project, "examples"),
                    os.path.join(folder, "examples"))
    env = {**os.environ, "LC_ALL": "C", "PATH": os.path.dirname(
        os.path.abspath(options.wrought)) + ":" + os.environ["PATH"]}
    count = 0
    for command, expected in sessions(text):
        if command.startswith("clang"):
            toolchain.check_wasm_compiler(folder)
        done = execute(["bash", "-c", "exec 2>&1; " + command], cwd=folder, env=env)
        output = done.stdout.decode(errors="replace")
        if not matches(expected, output):
            raise Failure(f"{path}: $ {command}\nshould print\n{expected}\n"
                          f"but prints\n{output}")
        count += 1
    return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("project")
    options = parser.parse_args()
    options.project = os.path.abspath(options.project)
    options.work = os.path.abspath(options.work)
    paths = documents(options.project)
    count = sum(run_sessions(path, check_links(path), options)
                for path in paths)
    print(f"{len(paths)} documents, {count} commands print what they should")


if __name__ == "__main__":
    toolchain.main(main)
