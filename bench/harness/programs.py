"""What a suite of programs is, and how one is found in a directory."""

import dataclasses
import json
import os
import platform
import re

from .process import HERE

BENCH = os.path.dirname(HERE)
SIZES = ("mini", "small", "medium", "large", "extralarge")
SOURCES = (".c", ".cc", ".cpp", ".cxx")
# Folders whose every file is a program.
OWN = ("kernels", "programs", "loops")


@dataclasses.dataclass
class Program:
    name: str
    sources: list = dataclasses.field(default_factory=list)
    flags: list = dataclasses.field(default_factory=list)   # for every compiler
    wasm_flags: list = dataclasses.field(default_factory=list)
    native_flags: list = dataclasses.field(default_factory=list)
    link_flags: list = dataclasses.field(default_factory=list)
    arguments: list = dataclasses.field(default_factory=list)
    folder: str = None      # where it runs, granted to it
    module: str = None      # instead of sources
    cpu: str = None         # what it needs at least
    phases: bool = True     # whether phases.c is linked in

    def is_cxx(self):
        return any(not source.endswith(".c") for source in self.sources)


@dataclasses.dataclass
class Suite:
    name: str
    programs: list


def own_suite(name, size):
    directory = os.path.join(BENCH, name)
    flags = [f"-DBENCH_SIZE={SIZES.index(size)}", "-I", HERE]
    programs = [Program(os.path.splitext(file)[0],
                        [os.path.join(directory, file)], flags)
                for file in sorted(os.listdir(directory))
                if file.endswith(".c")]
    return Suite(name, programs)


def simd_suite(size):
    """The programs of bench/simd, which count their rounds by argument."""
    directory = os.path.join(BENCH, "simd")
    rounds = {"mini": ["1"], "small": ["10"]}.get(size, [])
    names = ("image_filter", "base64", "sha256", "utf8")
    return Suite("simd", [
        Program(name, [os.path.join(directory, name + ".c")],
                wasm_flags=["-msimd128"], arguments=rounds,
                cpu="x86-64-v3" if platform.machine() == "x86_64" else None)
        for name in names])


def polybench_suite(directory, size):
    with open(os.path.join(directory, "utilities", "benchmark_list"),
              encoding="utf-8") as file:
        sources = [line.strip() for line in file if line.strip()]
    utilities = os.path.join(directory, "utilities")
    programs = []
    for source in sources:
        path = os.path.join(directory, source)
        programs.append(Program(
            os.path.splitext(os.path.basename(source))[0],
            [path, os.path.join(utilities, "polybench.c"),
             os.path.join(HERE, "polybench.c")],
            ["-DPOLYBENCH_TIME", "-DPOLYBENCH_DUMP_ARRAYS",
             f"-D{size.upper()}_DATASET", "-I", utilities, "-I",
             os.path.dirname(path), "-include",
             os.path.join(HERE, "polybench.h"), "-w"],
            wasm_flags=["-D_WASI_EMULATED_PROCESS_CLOCKS",
                        "-lwasi-emulated-process-clocks"],
            link_flags=[f"-Wl,--wrap=polybench_timer_{what}"
                        for what in ("start", "stop", "print")]))
    return Suite("polybench", programs)


def has_main(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return re.search(r"\bmain\s*\(", file.read()) is not None


def sources_in(directory):
    return sorted(os.path.join(directory, name)
                  for name in os.listdir(directory) if name.endswith(SOURCES))


def check_description(row):
    """Raises ValueError for what is not as Program has it."""
    kinds = {field.name: field.type for field in dataclasses.fields(Program)}
    for key, value in row.items():
        if key not in kinds or key == "name":
            raise ValueError(f"no key {key}")
        if type(value) is not kinds[key] or (
                kinds[key] is list and not all(type(one) is str
                                               for one in value)):
            raise ValueError(f"{key} has to be a {kinds[key].__name__}"
                             + " of strings" * (kinds[key] is list))


def described(directory, found):
    """bench.json of a suite or of a program's folder: what its programs need."""
    path = os.path.join(directory, "bench.json")
    if not os.path.exists(path):
        return
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
        for name, row in rows.items():
            check_description(row)
    except (OSError, ValueError, AttributeError) as error:
        raise SystemExit(f"{path}: {error}")
    for name, row in rows.items():
        program = found.setdefault(name, Program(name))
        for key, value in row.items():
            if key in ("sources", "module", "folder"):
                join = lambda one: os.path.join(directory, one)
                value = ([join(one) for one in value]
                         if isinstance(value, list) else join(value))
            setattr(program, key, value)


def folder_suite(directory, size):
    """Any other directory: a folder with sources (or with src/, as in WaBench)
    is a program; where several of its files have a main, each is one. Modules
    without sources are programs without a native side."""
    directory = os.path.abspath(directory)
    found = {}
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders
                            if not name.startswith("."))
        home = folder if os.path.basename(folder) != "src" else os.path.dirname(
            folder)
        name = (os.path.relpath(home, directory) if home != directory
                else os.path.basename(directory))
        sources = sources_in(folder)
        mains = [source for source in sources if has_main(source)]
        flags = ["-I", folder, "-w", f"-DBENCH_SIZE={SIZES.index(size)}"]
        if len(mains) == 1:
            found[name] = Program(name, sources, flags, folder=home)
        elif mains:
            for source in mains:
                one = os.path.splitext(os.path.basename(source))[0]
                inner = one if home == directory else f"{name}/{one}"
                found[inner] = Program(inner, [source], flags, folder=home)
        for file in sorted(files):
            one = os.path.splitext(file)[0]
            if file.endswith((".wasm", ".wat")) and not sources:
                inner = os.path.relpath(os.path.join(folder, one), directory)
                found[inner] = Program(inner, folder=folder, phases=False,
                                       module=os.path.join(folder, file))
        described(folder, found)
    if not found:
        raise SystemExit(f"{directory}: no programs: neither PolyBench/C nor a "
                         "folder with C, C++ or modules")
    return Suite(os.path.basename(directory.rstrip("/")),
                 [found[name] for name in sorted(found)])


def external_suite(directory, size):
    if not os.path.isdir(directory):
        raise SystemExit(f"{directory}: not a directory")
    if os.path.exists(os.path.join(directory, "utilities", "benchmark_list")):
        return polybench_suite(os.path.abspath(directory), size)
    return folder_suite(directory, size)
