"""The benchmarks of bench/ that have scripts of their own, as suites."""

import os
import re
import signal
import subprocess
import sys

from . import programs, suite_compile
from .measure import say
from .process import environment, text


def run_whole(command):
    """Runs a script; what it started ends with it when this is ended."""
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        output, errors = started.communicate()
    except BaseException:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait()
        raise
    return started.returncode, output, errors


def scripted(name, title, command, pattern):
    """Runs a script and keeps the lines of its output that have figures."""
    say(f"{name}: {' '.join(command)}")
    status, output, errors = run_whole(command)
    result = {"name": name, "kind": "table", "title": title,
              "columns": ["", ""], "rows": [], "figures": {}, "troubles": [],
              "failed": 0}
    for line in output.decode(errors="replace").splitlines():
        found = re.match(pattern, line)
        if found:
            row, rest = found.group(1).strip(), found.group(2).strip()
            result["rows"].append([row, rest])
            result["figures"][row] = [float(figure) for figure in re.findall(
                r"\d+(?:\.\d+)?", rest)]
    if status != 0:
        result["failed"] = 1
        result["troubles"].append({
            "contender": "wrought", "program": name,
            "detail": f"status {status}: {text(errors)}"})
    return result


def calls(session):
    return scripted(
        "calls", "what a call into a library costs",
        [os.path.join(programs.BENCH, "calls", "run.sh"),
         session.options.wrought], r"(.*?) +(\d[\d.]* [mn]s.*)$")


def validate(session):
    """Needs bench_validate beside the compiler (ninja bench_validate)."""
    build = os.path.dirname(os.path.dirname(session.options.wrought))
    return scripted(
        "validate", "decoding and validation beside Node's",
        [os.path.join(programs.BENCH, "validate", "run.sh"), build,
         suite_compile.modules(session)[0], str(session.options.repeats)],
        r"(.*?): (.*)$")


def wasi_io(session):
    only = ["--only", session.options.only[0]] if session.options.only else []
    return scripted(
        "wasi-io", "native, Wrought, relative speed, system calls",
        [sys.executable, "-B",
         os.path.join(programs.BENCH, "wasi-io", "run.py"), "--wrought",
         session.options.wrought, "--runs", str(session.options.repeats),
         "--dir", session.folder, *only], r"([a-z][\w-]*) +(\d.*)$")
