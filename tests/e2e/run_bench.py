#!/usr/bin/env python3
"""bench/run, on the smallest data: what it reports, and what it notices.

    run_bench.py --wrought PATH --work DIR CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names. No case
looks at how long anything took.
"""

import argparse
import html.parser
import json
import os
import shlex
import shutil
import subprocess
import sys
import time

import toolchain
from toolchain import Failure, execute, fresh_directory

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
RUN = os.path.join(PROJECT, "bench", "run")


def expect(holds, what):
    if not holds:
        raise Failure(what)


class Case:
    def __init__(self, options):
        self.wrought = os.path.abspath(options.wrought)
        self.work = os.path.abspath(fresh_directory(options.work,
                                                    "bench_" + options.case))

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def bench(self, *arguments, status=0, env=None):
        """Runs bench/run; returns its text and its figures."""
        figures = self.path("figures.json")
        done = execute([sys.executable, "-B", RUN, "--wrought", self.wrought,
                        "--size", "mini", "--repeats", "2", "--json", figures,
                        *arguments], env=env, timeout=600)
        text = done.stdout.decode()
        if done.returncode != status:
            raise Failure(f"bench/run {' '.join(arguments)}: exit "
                          f"{done.returncode}, not {status}\n{text}\n"
                          + done.stderr.decode()[-3000:])
        with open(figures, encoding="utf-8") as file:
            return text, json.load(file)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content)


def check_summary(value, count):
    expect(len(value["values"]) == count, f"{value}: not {count} values")
    expect(value["min"] <= value["median"] <= value["max"]
           and value["spread"] >= 0, f"no summary: {value}")


def check_result(result, count):
    expect(result["state"] == "ok", f"not ok: {result}")
    for name in ("cpu", "wall"):
        check_summary(result[name], count)
    expect(set(result["phases"]) >= {"start", "initialise", "region", "end",
                                     "region_cpu"}, f"phases: {result['phases']}")
    total = sum(result["phases"][name]["values"][0]
                for name in ("start", "initialise", "region", "end"))
    # The two clocks differ by what starting the launcher's clock takes.
    expect(abs(total - result["wall"]["values"][0]) < 0.05,
           "phases do not add up to the whole")
    expect(result["build"]["cpu"] > 0 and result["sizes"]["code"] > 0
           and result["peak_kib"] > 0, f"sizes: {result}")


class Page(html.parser.HTMLParser):
    """Counts the charts, and what the page would fetch."""

    def __init__(self):
        super().__init__()
        self.charts = self.bars = 0
        self.outside = []

    def handle_starttag(self, tag, attributes):
        self.charts += tag == "svg"
        self.bars += tag == "rect"
        if tag in ("script", "link", "img") or {"src", "href"} & {
                name for name, _ in attributes}:
            self.outside.append(tag)


def suites(case):
    """A program of each suite of programs, and the page."""
    page = case.path("page.html")
    text, figures = case.bench(
        "--suite", "kernels", "--suite", "programs", "--suite", "loops", "--suite",
        "simd", "--only", "gemm,parser,int-dot,base64", "--modes",
        "guard,explicit,none", "--with", "native", "--html", page)
    names = ["native", "wrought", "wrought-explicit", "wrought-none"]
    expect(list(figures["contenders"]) == names, figures["contenders"])
    expect([suite["name"] for suite in figures["suites"]] ==
           ["kernels", "programs", "loops", "simd"], "other suites")
    for suite, program in zip(figures["suites"],
                              ("gemm", "parser", "int-dot", "base64")):
        row, = suite["programs"]
        expect(row["name"] == program and list(row["results"]) == names, row)
        for result in row["results"].values():
            check_result(result, 2)
        expect(suite["reference"] == "native", suite["reference"])
        expect(suite["geomeans"]["cpu"]["native"]["geomean"] == 1.0 and
               suite["geomeans"]["cpu"]["wrought"]["programs"] == 1,
               suite["geomeans"])
        expect(program in text, f"no {program} in:\n{text}")
    parser = Page()
    with open(page, encoding="utf-8") as file:
        parser.feed(file.read())
    expect(parser.charts >= 12 and parser.bars >= 24, "too few charts")
    expect(not parser.outside, f"the page needs {parser.outside}")


def tables(case):
    """The suites that are tables, with few rounds and the smallest module."""
    module = case.path("small.wasm")
    with open(module, "wb") as file:
        # (module (func (export "_start")))
        file.write(bytes.fromhex("0061736d010000000104016000000302010007"
                                 "0a01065f737461727400000a040102000b"))
    library = case.path("library.wasm")
    with open(library, "wb") as file:
        # (module (func (export "other")))
        file.write(bytes.fromhex("0061736d0100000001040160000003020100070901"
                                 "056f7468657200000a040102000b"))
    text, figures = case.bench(
        "--suite", "startup", "--suite", "size", "--suite", "memory", "--suite",
        "compile", "--suite", "calls", "--only", "hello,regex", "--with",
        "native,wasm2c", "--rounds", "20", "--module", module, "--module",
        library)
    found = {suite["name"]: suite for suite in figures["suites"]}
    for name, suite in found.items():
        expect(suite["kind"] == "table" and suite["rows"] and
               not suite["troubles"], f"{name}: {suite}")
    for name in ("native-static", "native", "wrought"):
        expect(found["startup"]["figures"]["hello"][name]["median"] > 0,
               f"startup of {name}")
        expect(found["memory"]["figures"]["hello"][name] > 0, f"memory of {name}")
        expect(found["size"]["figures"]["regex"][name] > 1000, f"size of {name}")
    for name, size in ("small.wasm", 36), ("library.wasm", 35):
        compiled = found["compile"]["figures"][name]
        expect(compiled["module_bytes"] == size and
               {"wrought-O0-j1", "wrought-O2-j1"} <= set(compiled), compiled)
    expect("wasm2c" in figures["missing"] or "wasm2c" in compiled, compiled)
    expect("wrought pair" in text and "LFU, whole, wrought" in text, text)


def external(case):
    """Directories: the layout of PolyBench/C, folders with src/ and with several
    programs, a module, and what bench.json says of them."""
    case.write("poly/utilities/benchmark_list", "./group/half/half.c\n")
    case.write("poly/utilities/polybench.c", """
#include <stdio.h>
#include <sys/resource.h>
void polybench_timer_start(void) { puts("timer of its own"); }
void polybench_timer_stop(void) {}
void polybench_timer_print(void) { puts("0.123"); }
""")
    case.write("poly/group/half/half.c", """
#include <stdio.h>
#ifndef MINI_DATASET
#error no size
#endif
void polybench_timer_start(void);
void polybench_timer_stop(void);
void polybench_timer_print(void);
int main(void) {
  double values[10];
  polybench_timer_start();
  for (int i = 0; i < 10; ++i)
    values[i] = i / 2.0;
  polybench_timer_stop();
  polybench_timer_print();
  for (int i = 0; i < 10; ++i)
    fprintf(stderr, "%0.2lf ", values[i]);
  return 0;
}
""")
    case.write("folders/group/one/src/main.c",
               "int twice(int);\n#include <stdio.h>\n"
               "int main(int c, char **v) { printf(\"%d %s\\n\", twice(c), "
               "v[1]); return 0; }\n")
    case.write("folders/group/one/src/twice.c",
               "int twice(int x) { return 2 * x; }\n")
    case.write("folders/group/one/bench.json",
               '{"group/one": {"arguments": ["word"]}}')
    # Both languages in one program.
    case.write("folders/mixed/main.cpp", "#include <iostream>\n#include <vector>\n"
               "extern \"C\" int half(int);\nint main() {\n"
               "  std::vector<int> all(4, 6);\n"
               "  std::cout << half(all[3]) << std::endl;\n}\n")
    case.write("folders/mixed/half.c", "int half(int class) "
               "{ return class / 2; }\n")
    for name in ("first", "second"):
        case.write(f"folders/many/{name}.c", "#include <stdio.h>\n"
                   f"int main(void) {{ puts(\"{name}\"); return 0; }}\n")
    case.write("folders/module/nothing.wat",
               '(module (memory (export "memory") 1)'
               ' (func (export "_start")))')
    text, figures = case.bench(
        "--suite", case.path("poly"), "--suite", case.path("folders"), "--with",
        "native", "--modes", "guard")
    poly, folders = figures["suites"]
    (half,) = poly["programs"]
    for result in half["results"].values():
        check_result(result, 2)
    names = [row["name"] for row in folders["programs"]]
    expect(names == ["group/one", "many/first", "many/second", "mixed",
                     "module/nothing"], names)
    for row in folders["programs"]:
        expect(row["results"]["wrought"]["state"] == "ok", row)
        expect(("native" in row["results"]) == (row["name"] != "module/nothing"),
               row)


def profiled(case):
    """Built twice, with a run in between; the output stays."""
    _, figures = case.bench("--suite", "programs", "--only", "interpreter",
                            "--profiled", "--with", "native", "--modes",
                            "guard")
    names = ["native", "wrought", "wrought-profiled"]
    expect(list(figures["contenders"]) == names, figures["contenders"])
    results = figures["suites"][0]["programs"][0]["results"]
    for name in names:
        check_result(results[name], 2)
    expect(results["wrought"]["sizes"] != results["wrought-profiled"]["sizes"],
           "the profile changes nothing")


def differs(case):
    """What native code and a module compute differently is found, named and
    makes the exit code 1; so is what does not build, crashes or does not end."""
    case.write("suite/width.c", "#include <stdio.h>\n"
               "int main(void) { printf(\"same\\n%d\\n\", (int)sizeof(long)); "
               "return 0; }\n")
    case.write("suite/fine.c", "int main(void) { return 0; }\n")
    case.write("suite/broken.c", "#ifdef __wasm__\n#error not here\n#endif\n"
               "int main(void) { return 0; }\n")
    case.write("suite/crash.c", "#ifdef __wasm__\n#define F __builtin_trap()\n"
               "#else\n#define F 0\n#endif\nint main(void) { F; return 0; }\n")
    case.write("suite/endless.c", "int main(void) {\n#ifdef __wasm__\n"
               "  for (volatile int i = 0;; ++i)\n    ;\n#endif\n"
               "  return 0;\n}\n")
    text, figures = case.bench("--suite", case.path("suite"), "--with", "native",
                               "--modes", "guard", "--time-limit", "2", status=1)
    states = {row["name"]: row["results"]["wrought"]
              for row in figures["suites"][0]["programs"]}
    wanted = {"broken": "not built", "crash": "differs", "endless": "failed",
              "fine": "ok", "width": "differs"}
    expect({name: result["state"] for name, result in states.items()} == wanted,
           states)
    expect("line 2" in states["width"]["detail"], states["width"])
    expect("134" in states["crash"]["detail"], states["crash"])
    expect("not here" in states["broken"]["detail"], states["broken"])
    for line in ("DIFFERS: width, wrought", "NOT BUILT: broken, wrought",
                 "FAILED: endless, wrought"):
        expect(line in text, f"no '{line}' in:\n{text}")
    means = figures["suites"][0]["geomeans"]["cpu"]["wrought"]
    expect(means["programs"] == 1, f"what differs was counted: {means}")


def stopped(case):
    """When it is ended, what it runs ends too, and what it built is gone."""
    case.write("suite/endless.c", "int main(void) {\n"
               "  for (volatile int i = 0;; i = i + 1)\n    ;\n}\n")
    place = fresh_directory(case.path("temporary"))
    run = subprocess.Popen(
        [sys.executable, "-B", RUN, "--wrought", case.wrought, "--suite",
         case.path("suite"), "--with", "native"], stderr=subprocess.DEVNULL,
        env=dict(os.environ, TMPDIR=place))

    def programs():
        found = []
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                path = os.readlink(f"/proc/{number}/exe")
            except OSError:
                continue
            if path.startswith(place + os.sep) and path.endswith("/native"):
                found.append(path)
        return found

    def wait_until(holds, what):
        end = time.monotonic() + 60
        while not holds():
            expect(time.monotonic() < end, what)
            time.sleep(0.05)

    wait_until(programs, "the program was not started")
    run.terminate()
    expect(run.wait(60) == 143, f"exit {run.returncode}")
    wait_until(lambda: not programs(), "the program still runs")
    expect(not os.listdir(place), f"left: {os.listdir(place)}")


def missing(case):
    """Peers that are not on PATH are named, and what they lack. One that is there
    (here Wrought itself, behind the command line of another) takes part."""
    folder = fresh_directory(case.path("bin"))
    peer = os.path.join(folder, "wasmtime")
    case.write("bin/wasmtime", f"""#!/bin/sh
case $1 in
--version) echo 'wasmtime in name' ;;
compile) exec {shlex.quote(case.wrought)} build "$4" -o "$6" ;;
run) shift 2; exec "$@" ;;
esac
""")
    os.chmod(peer, 0o755)
    for tool in ("clang-22", "ld", "wasm-ld-22", "wasm-ld", "wasm2c", "sh"):
        found = [os.path.join(place, tool) for place in
                 os.environ["PATH"].split(os.pathsep)
                 if os.access(os.path.join(place, tool), os.X_OK)]
        # A compiler cache by the compiler's name would look for that on PATH.
        found = [path for path in found
                 if "ccache" not in os.path.realpath(path)]
        if found:
            os.symlink(os.path.realpath(found[0]), os.path.join(folder, tool))
    text, figures = case.bench("--suite", "kernels", "--only", "trisolv",
                               "--modes", "guard",
                               env=dict(os.environ, PATH=folder))
    lacking = {"gcc-O2": "gcc", "w2c2": "w2c2", "wamr": "wamrc, iwasm",
               "wasmedge": "wasmedge", "wasmer": "wasmer", "node": "node"}
    for name, what in lacking.items():
        expect(figures["missing"].get(name) == what,
               f"{name}: {figures['missing'].get(name)}")
        expect(f"{name}: missing here ({what})" in text, text)
    results = figures["suites"][0]["programs"][0]["results"]
    expect(not set(results) & set(lacking), results)
    check_result(results["wasmtime"], 2)
    expect(figures["contenders"]["wasmtime"] == "wasmtime in name",
           figures["contenders"])
    if shutil.which("wasm2c"):
        expect(results["wasm2c"]["state"] == "ok" or "wasm2c" in
               figures["missing"], results)


def usage(case):
    """Wrong arguments end with 1 or 2 and say which; what README.md shows is
    understood."""
    sys.path.insert(0, os.path.dirname(RUN))
    from harness import command_line
    with open(os.path.join(os.path.dirname(RUN), "README.md"),
              encoding="utf-8") as file:
        shown = [line for line in file if line.startswith("bench/run")]
    expect(len(shown) > 5, "README.md shows no commands")
    case.write("app.wasm", "")
    os.chdir(case.work)
    for line in shown:
        command_line.parse(shlex.split(line, comments=True)[1:])
    case.write("typed/bench.json", '{"typed": {"arguments": "-n 5"}}')
    case.write("typed/main.c", "int main(void) { return 0; }\n")
    case.write("unread/bench.json", '{"unread": ')
    case.write("unread/main.c", "int main(void) { return 0; }\n")
    for arguments, status, words in (
            (["--suite", case.path("typed")], 1, "arguments has to be a list"),
            (["--suite", case.path("unread")], 1, "bench.json: Expecting"),
            (["--suite", "loops", "--only", "lops"], 1, "no program named lops"),
            (["--module", case.path("none")], 2, "no such file"),
            (["--html", case.path("none", "x.html")], 2, "no such folder"),
            (["--suite", case.path("none")], 1, "not a directory"),
            (["--suite", fresh_directory(case.path("empty"))], 1, "no programs"),
            (["--with", "wasmtme"], 1, "no wasmtme"),
            (["--modes", "fast"], 2, "no mode fast"),
            (["--repeats", "0"], 2, "at least 1"),
            (["--metrics", "luck"], 2, "no luck"),
            (["--wrought", case.path("none")], 2, "not an executable file")):
        done = execute([sys.executable, "-B", RUN, "--wrought", case.wrought,
                        *arguments])
        expect(done.returncode == status and words in done.stderr.decode(),
               f"{arguments}: exit {done.returncode}: {done.stderr.decode()}")


def emulated(case):
    """Another target: instructions and sizes, and no times."""
    toolchain.need("qemu-aarch64")
    text, figures = case.bench("--suite", "kernels", "--only", "trisolv,gemm",
                               "--target", "aarch64", "--modes", "guard")
    (suite,) = figures["suites"]
    for row in suite["programs"]:
        expect("wrought" in row["results"], row)
        for name, result in row["results"].items():
            expect(result["state"] == "ok", f"{name}: {result}")
            expect(not {"cpu", "wall", "phases"} & set(result),
                   f"times under an emulator: {result}")
            expect(result["instructions"] > 10000 and
                   result["sizes"]["code"] > 1000, f"{name}: {result}")
    expect("seconds" not in text and " ms" not in text, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("case", choices=("suites", "tables", "external", "differs",
                                         "stopped", "missing", "usage",
                                         "emulated", "profiled"))
    options = parser.parse_args()
    case = Case(options)
    toolchain.check_wasm_compiler(case.work)
    if options.case == "external":
        toolchain.check_wasm_compiler(case.work, "c++")
    globals()[options.case](case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
