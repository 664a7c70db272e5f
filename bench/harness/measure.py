"""Measures the programs of a suite: builds each for every contender, compares
outputs, and repeats them in turn, so that all meet the same noise."""

import hashlib
import os
import sys

from . import contenders, elf, emulated
from .process import Trouble
from .statistics_of import geomean, summary

# What is compared between contenders, and how it is found in a result.
METRICS = {
    "cpu": lambda result: result["cpu"]["median"],
    "region": lambda result: result["phases"]["region_cpu"]["median"],
    "wall": lambda result: result["wall"]["median"],
    "instructions": lambda result: result["instructions"],
    "code": lambda result: result["sizes"]["code"],
    "loaded": lambda result: result["sizes"]["loaded"],
    "build": lambda result: result["build"]["cpu"],
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def metric(result, name):
    """A contender's figure, or None where it has none."""
    if result.get("state") != "ok":
        return None
    try:
        return METRICS[name](result)
    except KeyError:
        return None


def ratio(row, contender, reference, name):
    mine = metric(row["results"].get(contender, {}), name)
    theirs = metric(row["results"].get(reference, {}), name)
    return mine / theirs if mine and theirs else None


class Session:
    """What all suites of one run share."""

    def __init__(self, options, launcher, folder):
        self.options = options
        self.launcher = launcher
        self.folder = folder
        self.contenders, self.missing = contenders.chosen(options)
        self.counter = (emulated.Counter(options, launcher, folder)
                        if options.emulated else None)

    def build(self, program, folder):
        """contender → Artifact or Trouble."""
        built = {}
        try:
            module = contenders.build_module(
                program, os.path.join(folder, "module.wasm"), self.options,
                self.launcher)
        except Trouble as trouble:
            module = trouble
        for contender in self.contenders:
            if contender.needs_source and not program.sources:
                continue
            try:
                if isinstance(module, Trouble) and not contender.needs_source:
                    raise module
                built[contender] = contender.build(
                    program, module, os.path.join(folder, contender.name),
                    self.launcher)
            except Trouble as trouble:
                built[contender] = trouble
        return built, module

    def measure(self, program, suite):
        folder = os.path.join(self.folder, suite,
                              program.name.replace("/", "_"))
        os.makedirs(folder, exist_ok=True)
        built, module = self.build(program, folder)
        results = {}
        for contender, artifact in built.items():
            if isinstance(artifact, Trouble):
                results[contender.name] = {"state": "not built",
                                           "detail": str(artifact)}
        runnable = {contender: artifact for contender, artifact in built.items()
                    if not isinstance(artifact, Trouble)}
        self.compare(program, runnable, results)
        runnable = {contender: artifact for contender, artifact in
                    runnable.items() if results[contender.name]["state"] == "ok"}
        if self.counter:
            self.counter.count(program, runnable, results)
        else:
            self.repeat(program, runnable, results)
        row = {"name": program.name, "results": {
            contender.name: results[contender.name]
            for contender in built}}
        if not isinstance(module, Trouble):
            row["module_bytes"] = os.path.getsize(module)
        return row

    def command(self, artifact):
        return (self.counter.command(artifact.command) if self.counter
                else artifact.command)

    def compare(self, program, built, results):
        """One run of each, whose outputs have to be those of the first."""
        expected = None
        for contender, artifact in built.items():
            result = results[contender.name] = {
                "state": "ok", "sizes": elf.total(artifact.files),
                "build": {"cpu": artifact.cpu, "wall": artifact.wall,
                          "peak_kib": artifact.peak_kib}}
            try:
                run = self.launcher.run(
                    self.command(artifact), cwd=program.folder,
                    peak=not self.counter)
            except Trouble as trouble:
                result.update(state="failed", detail=str(trouble))
                continue
            outcome = (run.status, run.output)
            result["output"] = hashlib.sha256(run.output).hexdigest()
            if not self.counter:
                result["peak_kib"] = run.peak_kib
            if run.status == -1:
                result.update(state="failed", detail="no end after "
                              f"{self.options.time_limit} s")
            elif expected is None and run.status != 0:
                result.update(state="failed", detail=f"status {run.status}: "
                              + run.errors.decode(errors="replace")[:500])
            elif expected is None:
                expected = outcome
            elif outcome != expected:
                result.update(state="differs", detail=difference(
                    run, expected))

    def repeat(self, program, built, results):
        runs = {contender: [] for contender in built}
        for number in range(self.options.repeats):
            order = list(built)
            # Each starts as often as any other.
            order = order[number % len(order):] + order[:number % len(order)]
            for contender in order:
                run = self.launcher.run(built[contender].command,
                                        cwd=program.folder)
                runs[contender].append(run)
                result = results[contender.name]
                if result["state"] == "ok" and (
                        run.status != 0 or hashlib.sha256(run.output).hexdigest()
                        != result["output"]):
                    result.update(state="differs", detail="another output in "
                                  f"repeat {number + 1}")
        for contender, measured in runs.items():
            result = results[contender.name]
            result["cpu"] = summary([run.cpu for run in measured])
            result["wall"] = summary([run.wall for run in measured])
            phases = [run.phases() for run in measured]
            result["phases"] = {
                name: summary([phase[name] for phase in phases])
                for name in phases[0]
                if all(name in phase for phase in phases)}


def difference(run, expected):
    status, output = expected
    if run.status != status:
        return (f"status {run.status} instead of {status}: "
                + run.errors.decode(errors="replace")[-500:])
    mine, theirs = run.output.splitlines(), output.splitlines()
    for number, (one, other) in enumerate(zip(mine, theirs)):
        if one != other:
            return (f"line {number + 1} of the output: {one[:100]!r} instead of "
                    f"{other[:100]!r}")
    return f"{len(mine)} lines of output instead of {len(theirs)}"


def run_suite(session, suite, wanted):
    """The suite's results: a row for each program, and means over them."""
    rows = []
    programs = [program for program in suite.programs
                if not wanted or program.name in wanted]
    if not programs:
        say(f"{suite.name}: no program named {', '.join(wanted)}")
    for number, program in enumerate(programs):
        say(f"{suite.name}: {program.name} ({number + 1} of {len(programs)})")
        rows.append(session.measure(program, suite.name))
    names = [contender.name for contender in session.contenders]
    reference = next((name for name in names if any(
        row["results"].get(name, {}).get("state") == "ok" for row in rows)),
        names[0])
    means = {}
    for name in METRICS:
        means[name] = {}
        for contender in names:
            ratios = [ratio(row, contender, reference, name) for row in rows]
            ratios = [value for value in ratios if value]
            if ratios:
                means[name][contender] = {"geomean": geomean(ratios),
                                          "programs": len(ratios)}
    return {"name": suite.name, "kind": "programs", "reference": reference,
            "contenders": names, "programs": rows, "geomeans": means}


def troubles(suite):
    """contender, program, what happened: for every result that is not ok."""
    for row in suite["programs"]:
        for name, result in row["results"].items():
            if result["state"] != "ok":
                yield name, row["name"], result["state"], result["detail"]
