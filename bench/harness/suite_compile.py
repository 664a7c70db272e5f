"""Compile time, peak memory and size of code for whole modules."""

import glob
import os

from . import contenders, elf, programs
from .measure import say
from .process import Trouble
from .statistics_of import summary

# What a module that takes long is repeated for, in seconds of real time.
ENOUGH = 120


def modules(session):
    """Those that were named, else esbuild as a test fetched it, else the largest
    of the programs."""
    if session.options.module:
        return session.options.module
    pattern = os.path.join(programs.BENCH, "..", "build", "*", "packages",
                           "esbuild.wasm")
    found = sorted(glob.glob(pattern))
    if found:
        return [os.path.normpath(found[0])]
    made = []
    for program in programs.own_suite("programs", session.options.size).programs:
        path = os.path.join(session.folder, f"compile-{program.name}.wasm")
        made.append(contenders.build_module(program, path, session.options,
                                            session.launcher))
    return [max(made, key=os.path.getsize)]


class Wrought(contenders.Wrought):
    def __init__(self, options, level, jobs):
        super().__init__(f"wrought-{level}-j{jobs}", options, "guard", level)
        # A module may import what only another host has.
        self.options = type(options)(**{
            **vars(options), "jobs": jobs, "wrought_flags":
            [*options.wrought_flags, "--allow-missing-imports"]})

    def steps(self, program, module, path):
        """A program, or of what is none an object."""
        (command,), run, files = super().steps(program, module, path)
        told = contenders.tool_output(
            [self.options.wrought, "inspect", "--json", module])
        if '"_start"' not in told:
            command += ["--emit", "object"]
        return [command], run, files


class Wasm2c(contenders.Wasm2c):
    """To an object, since our host has only WASI's functions; what linking takes
    beside that does not matter."""

    def steps(self, program, module, path):
        source = path + ".c"
        return [["wasm2c", module, "-n", "guest", "-o", source],
                ["clang-22", f"-{self.level}", "-w", "-ffp-contract=off",
                 *contenders.march(self.options, program), "-I", self.runtime,
                 "-c", source, "-o", path + ".o"]], [], [path + ".o"]


class NodeCompiler(contenders.Contender):
    """Node's optimising compiler over the whole module."""
    tools = ("node",)

    def steps(self, program, module, path):
        return [["node", "--no-liftoff", "--no-wasm-lazy-compilation", "-e",
                 "new WebAssembly.Module(require('fs').readFileSync("
                 "process.argv[1]))", module]], [], []


def compilers(session):
    options = session.options
    threads = sorted({1, min(2, os.cpu_count() or 1), os.cpu_count() or 1})
    found = [Wrought(options, "O0", 1)]
    found += [Wrought(options, "O2", jobs) for jobs in threads]
    wanted = {one.name for one in session.contenders}
    if "wasm2c" in wanted:
        found += [Wasm2c("wasm2c-O0", options, False, "O0"),
                  Wasm2c("wasm2c", options, False, "O2")]
    found += [one for one in session.contenders if one.kind == "peer"
              and not isinstance(one, contenders.Node)
              and not isinstance(one, contenders.Wasm2c)]
    if wanted & {"node", "node-optimised"}:
        found.append(NodeCompiler("node-optimised", options))
    return found


def compile_modules(session):
    result = {"name": "compile", "kind": "table", "figures": {}, "rows": [],
              "title": "from module to machine code",
              "columns": ["", "", "CPU", "wall", "peak MiB", "code bytes"],
              "troubles": [], "failed": 0}
    for module in modules(session):
        name = os.path.basename(module)
        figures = result["figures"][name] = {
            "module_bytes": os.path.getsize(module)}
        program = programs.Program(name, module=module, phases=False)
        folder = os.path.join(session.folder, "compile", name)
        os.makedirs(folder, exist_ok=True)
        for contender in compilers(session):
            say(f"compile: {name}, {contender.name}")
            runs = []
            try:
                while len(runs) < session.options.repeats and (
                        not runs or sum(run.wall for run in runs)
                        + runs[0].wall < ENOUGH):
                    runs.append(contender.build(
                        program, module, os.path.join(folder, contender.name),
                        session.launcher))
            except Trouble as trouble:
                result["troubles"].append({
                    "contender": contender.name, "program": name,
                    "detail": str(trouble)})
                result["failed"] += contender.kind == "wrought"
                continue
            sizes = elf.total(runs[0].files)
            row = figures[contender.name] = {
                "cpu": summary([run.cpu for run in runs]),
                "wall": summary([run.wall for run in runs]),
                "peak_kib": max(run.peak_kib for run in runs), "sizes": sizes}
            result["rows"].append([
                name, contender.name, f"{row['cpu']['median']:.2f} s",
                f"{row['wall']['median']:.2f} s",
                f"{row['peak_kib'] / 1024:.0f}",
                f"{sizes['code']:,}" if "code" in sizes else "-"])
    return result
