"""Start-up, sizes and peak memory, of the smallest program and of some others."""

import os
import random

from . import contenders, elf, programs
from .measure import say
from .process import Trouble
from .statistics_of import summary

DATA_BYTES = 15 << 20
SLOW = 0.005            # seconds; what starts slower is started less often


def hello_programs(folder):
    """hello, and the same with data; no time stamps, which would be code."""
    startup = os.path.join(programs.BENCH, "startup")
    data = os.path.join(folder, "data.bin")
    with open(data, "wb") as file:
        file.write(random.Random(1).randbytes(DATA_BYTES))
    return [
        programs.Program("hello", [os.path.join(startup, "hello.c")],
                         phases=False),
        programs.Program("hello-15MiB", [os.path.join(startup, "data.c")],
                         [f"--embed-dir={folder}", "-std=c2x"], phases=False)]


def wanted(session, those):
    only = session.options.only
    return [program for program in those if not only or program.name in only]


class Static(contenders.Native):
    """Native code and the C library in one file, as Wrought's executables are."""

    def __init__(self, options):
        super().__init__("native-static", options, "clang-22", "O2")

    def steps(self, program, module, path):
        (command,), run, files = super().steps(program, module, path)
        return [command + ["-static"]], run, files


def who(session):
    """native-static first: what the others are measured against. gcc's programs
    start, and are as big, as clang's."""
    static = Static(session.options)
    chosen = [one for one in session.contenders
              if one.kind != "native" or one.name == "native"]
    return ([] if static.missing() else [static]) + chosen


def built_for(session, program, suite, those):
    """contender → Artifact, and what could not be built."""
    folder = os.path.join(session.folder, suite, program.name)
    os.makedirs(folder, exist_ok=True)
    built, failed = {}, {}
    module = contenders.build_module(
        program, os.path.join(folder, "module.wasm"), session.options,
        session.launcher)
    for contender in those:
        try:
            built[contender] = contender.build(
                program, module, os.path.join(folder, contender.name),
                session.launcher)
        except Trouble as trouble:
            failed[contender] = str(trouble)
    return built, failed, module


class Table:
    """Rows are programs, columns contenders; figures keep what cells show."""

    def __init__(self, name, title, unit, those):
        self.names = [one.name for one in those]
        self.result = {"name": name, "kind": "table", "title": title,
                       "unit": unit, "columns": ["", *self.names], "rows": [],
                       "figures": {}, "troubles": [], "failed": 0}

    def add(self, row, figures, show):
        """figures: contender's name → number, or a dictionary with a median."""
        self.result["figures"][row] = figures
        self.result["rows"].append(
            [row] + [show(figures[name]) if name in figures else "-"
                     for name in self.names])

    def trouble(self, contender, row, detail):
        self.result["troubles"].append(
            {"contender": contender.name, "program": row, "detail": detail})
        self.result["failed"] += contender.kind != "peer"


def checked(session, table, row, built):
    """Those whose one run gives the output of the first one's."""
    good, expected = {}, None
    for contender, artifact in built.items():
        try:
            run = session.launcher.run(artifact.command, peak=True)
        except Trouble as trouble:
            table.trouble(contender, row, str(trouble))
            continue
        if run.status != 0 or run.output != (expected or run.output):
            table.trouble(contender, row, f"status {run.status}, output "
                          f"{run.output[:100]!r}")
            continue
        expected = expected or run.output
        good[contender] = run
    return good


def startup(session):
    those = who(session)
    table = Table("startup", "from spawn to exit, medians; in brackets relative "
                  f"to {those[0].name}", "s", those)
    for program in wanted(session, hello_programs(session.folder)):
        say(f"startup: {program.name}")
        built, failed, _ = built_for(session, program, "startup", those)
        for contender, detail in failed.items():
            table.trouble(contender, program.name, detail)
        good = checked(session, table, program.name, built)
        figures = {}
        # All that are quick in turn, and all that are slow.
        for slow in (False, True):
            group = [contender for contender in good
                     if (good[contender].wall > 4 * SLOW) == slow]
            rounds = session.options.rounds
            if not group:
                continue
            times = [[] for _ in group]
            for index, status, wall, *_ in session.launcher.lines(
                    [built[one].command for one in group],
                    rounds=max(rounds // 50, 5) if slow else rounds,
                    warm_ups=1 if slow else 10):
                times[index].append(wall / 1e9)
            for contender, values in zip(group, times):
                figures[contender.name] = summary(values)
                del figures[contender.name]["values"]
        base = figures.get(those[0].name, {}).get("median")
        table.add(program.name, figures, lambda one: (
            f"{one['median'] * 1e6:,.0f} us"
            + (f" ({one['median'] / base:.2f})" if base else "")))
    return table.result


def size(session):
    those = who(session)
    smaller = contenders.Wrought("wrought-Oz", session.options, "guard", "Oz")
    if "wrought-Oz" not in [one.name for one in those]:
        those.append(smaller)
    table = Table("size", "bytes on disk without symbols; the module beside "
                  "what was made of it", "bytes", those)
    table.names.insert(0, "module")
    table.result["columns"].insert(1, "module")
    own = programs.own_suite("programs", session.options.size).programs
    for program in wanted(session, hello_programs(session.folder)[:1] + own):
        say(f"size: {program.name}")
        built, failed, module = built_for(session, program, "size", those)
        for contender, detail in failed.items():
            table.trouble(contender, program.name, detail)
        figures = {"module": os.path.getsize(module)}
        for contender, artifact in built.items():
            found = elf.total(artifact.files)
            figures[contender.name] = found.get("loaded", found["file"])
        table.add(program.name, figures, lambda one: f"{one:,}")
    return table.result


def memory(session):
    those = who(session)
    table = Table("memory", "peak of resident memory", "KiB", those)
    own = [program for program in programs.own_suite(
        "programs", session.options.size).programs
        if program.name in ("tables", "sort", "json")]
    for program in wanted(session, hello_programs(session.folder) + own):
        say(f"memory: {program.name}")
        built, failed, _ = built_for(session, program, "memory", those)
        for contender, detail in failed.items():
            table.trouble(contender, program.name, detail)
        good = checked(session, table, program.name, built)
        table.add(program.name, {contender.name: run.peak_kib
                                 for contender, run in good.items()},
                  lambda one: f"{one:,} KiB")
    return table.result
