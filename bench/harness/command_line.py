"""The command line of bench/run, and what one run does."""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import sys
import tempfile

from . import contenders, measure, programs, report_html, report_text, special
from .process import Launcher, Trouble

BENCH = programs.BENCH
DEFAULT_SUITES = ("kernels", "programs", "loops", "startup", "size", "memory",
                  "compile")
FORMAT = 1


def words(value):
    return [word for word in value.replace(",", " ").split() if word]


def levels(value):
    found = [word.lstrip("-") for word in words(value)]
    for level in found:
        if level not in ("O0", "O1", "O2", "O3", "Os", "Oz"):
            raise argparse.ArgumentTypeError(f"no level {level}")
    return found


def modes(value):
    found = words(value)
    for mode in found:
        if mode not in contenders.MODES:
            raise argparse.ArgumentTypeError(f"no mode {mode}")
    return found


def wrought_here():
    for preset in ("release", "dev"):
        path = os.path.join(BENCH, "..", "build", preset, "bin", "wrought")
        if os.path.exists(path):
            return os.path.normpath(path)
    return shutil.which("wrought") or "wrought"


def parser():
    every = [*programs.OWN, "simd", *special.SUITES]
    made = argparse.ArgumentParser(
        prog="bench/run", description="Measures Wrought beside native code and "
        "the other WebAssembly compilers found on PATH, in one session.")
    add = made.add_argument
    add("--suite", action="append", metavar="NAME|DIR", default=[],
        help=f"one of {', '.join(every)}, or a directory: PolyBench/C, or "
        "folders with C, C++ or modules. May be repeated; by default "
        + ", ".join(DEFAULT_SUITES))
    add("--only", type=words, default=[], metavar="NAMES",
        help="of each suite only these programs")
    add("--size", choices=programs.SIZES, default="large",
        help="how much data (%(default)s)")
    add("--repeats", type=int, default=7, metavar="N",
        help="runs of each program (%(default)s)")
    add("--with", dest="against", type=words, default=[], metavar="NAMES",
        help="who takes part beside Wrought; by default everyone on PATH: "
        "native, clang-O3, gcc-O2, gcc-O3, wasm2c, wasm2c-explicit, w2c2, wamr, "
        "wasmedge, wasmtime, wasmer, node, node-optimised")
    add("--modes", type=modes, default=["guard", "explicit"], metavar="LIST",
        help="Wrought's bounds checks: guard, explicit, none (guard,explicit)")
    add("--levels", type=levels, default=["O2"], metavar="LIST",
        help="Wrought's -O levels (O2)")
    add("--profiled", action="store_true", help="each of these also with the "
        "profile of a run of its own")
    add("--cpu", metavar="NAME", help="CPU that native code, Wrought and the "
        "peers that can be told compile for (default: the portable baseline)")
    add("--target", choices=("aarch64", "riscv64", "x86_64"),
        help="another CPU, under qemu-user: instructions and sizes, no times")
    add("--wrought", default=wrought_here(), metavar="PATH",
        help="the compiler (%(default)s)")
    add("-j", "--jobs", type=int, default=0, metavar="N",
        help="threads for Wrought (default: its own)")
    add("--wasm-level", type=lambda value: levels(value)[0], default="O2",
        metavar="LEVEL", help="of the C compiler that makes the modules (O2)")
    for side, whom in (("wasm", "the C compiler that makes the modules"),
                       ("native", "the native C compilers"),
                       ("wrought", "wrought build")):
        add(f"--{side}-flags", type=str.split, default=[], metavar="FLAGS",
            help=f"more flags for {whom}, as one word: --{side}-flags='-x -y'")
    add("--fp-contract", choices=("off", "on", "fast"), default="off",
        help="of the native compilers but the one named native, with whose "
        "outputs all others are compared (%(default)s)")
    add("--module", action="append", default=[], metavar="FILE",
        help="what the suites compile and validate compile (default: esbuild, "
        "when a test has fetched it, else the largest of the programs)")
    add("--rounds", type=int, default=1000, metavar="N",
        help="starts of each program in the suite startup (%(default)s)")
    add("--time-limit", type=int, default=300, metavar="SECONDS",
        help="for one run of a program (%(default)s)")
    add("--metrics", type=words, default=[], metavar="LIST",
        help="tables of the text: " + ", ".join(measure.METRICS)
        + " (cpu,region; under an emulator instructions,code)")
    add("--json", metavar="FILE", help="write all figures")
    add("--html", metavar="FILE", help="write one page with charts")
    add("--work", metavar="DIR", help="keep what is built there")
    return made


def parse(arguments):
    made = parser()
    options = made.parse_args(arguments)
    if options.repeats < 1 or options.rounds < 1 or options.time_limit < 1:
        made.error("--repeats, --rounds and --time-limit are at least 1")
    unknown = set(options.metrics) - set(measure.METRICS)
    if unknown:
        made.error(f"--metrics: no {', '.join(sorted(unknown))}")
    if options.target == platform.machine():
        options.target = None
    options.emulated = options.target is not None
    options.wrought = (options.wrought if os.sep not in options.wrought
                       else os.path.abspath(options.wrought))
    options.metrics = options.metrics or (
        ["instructions", "code"] if options.emulated else ["cpu", "region"])
    for path in options.module:
        if not os.path.isfile(path):
            made.error(f"--module: {path}: no such file")
    for path in (options.json, options.html):
        # Not only at the end of a long run.
        if path and not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            made.error(f"{path}: there is no such folder")
    options.module = [os.path.abspath(path) for path in options.module]
    options.suite = options.suite or [
        name for name in DEFAULT_SUITES
        if not options.emulated or name in programs.OWN]
    return made, options


def machine():
    cpu = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            cpu = next((line.split(":", 1)[1].strip() for line in file
                        if line.startswith(("model name", "Model"))), cpu)
    except OSError:
        pass
    return {"cpu": cpu, "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}",
            "architecture": platform.machine()}


def run_suite(name, session, options):
    if name in special.SUITES:
        if options.emulated:
            raise SystemExit(f"{name}: not under an emulator: it measures time "
                             "or memory")
        return special.SUITES[name](session)
    if name in programs.OWN:
        suite = programs.own_suite(name, options.size)
    elif name == "simd":
        suite = programs.simd_suite(options.size)
    else:
        suite = programs.external_suite(name, options.size)
    return measure.run_suite(session, suite, options.only)


def verdict(results):
    """1 where Wrought or native code failed or computed something else; what a
    peer cannot do is in the report only."""
    bad = 0
    for suite in results["suites"]:
        if suite["kind"] == "programs":
            bad += sum(one == "native" or one.startswith("wrought")
                       for one, *_ in measure.troubles(suite))
            bad += not suite["programs"]
        else:
            bad += suite.get("failed", 0)
    return 1 if bad else 0


def write(path, content):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(content)
    os.rename(path + ".new", path)


def run(options, folder):
    launcher = Launcher("clang-22", folder, options.time_limit)
    session = measure.Session(options, launcher, folder)
    results = {
        "format": FORMAT,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(
            timespec="seconds"),
        "machine": machine(),
        "options": {key: value for key, value in vars(options).items()
                    if key not in ("json", "html", "work")},
        "contenders": {one.name: one.version() for one in session.contenders},
        "missing": session.missing,
        "suites": [],
    }
    for name in options.suite:
        results["suites"].append(run_suite(name, session, options))
        # A long run that is stopped leaves what it has.
        if options.json:
            write(options.json, json.dumps(results, indent=1))
    if options.html:
        write(options.html, report_html.page(results))
    print(report_text.report(results))
    return verdict(results)


def main(arguments=None):
    made, options = parse(arguments)
    if not shutil.which("clang-22"):
        raise SystemExit("bench/run: clang-22 not found on PATH")
    if not os.access(options.wrought, os.X_OK):
        made.error(f"--wrought: {options.wrought}: not an executable file")
    # So that what was built is taken away as after any other end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if options.work:
            folder = os.path.abspath(options.work)
            os.makedirs(folder, exist_ok=True)
            return run(options, folder)
        with tempfile.TemporaryDirectory(prefix="wrought-bench-") as folder:
            return run(options, folder)
    except Trouble as trouble:
        raise SystemExit(f"bench/run: {trouble}")
    except KeyboardInterrupt:
        raise SystemExit(130)
