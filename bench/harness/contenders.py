"""Who takes part: native compilers, Wrought's modes, and peers found on PATH.

A contender turns a program into a command. Building goes in steps, each run
under the launcher, so that what building costs is known."""

import dataclasses
import os
import re
import shutil
import subprocess

from . import elf
from .process import HERE, Trouble, environment

PEERS = os.path.join(os.path.dirname(HERE), "peers")
MODES = ("guard", "explicit", "none")
# Debian's wabt keeps wasm2c's runtime here; wabt's own build installs the other.
WASM2C_RUNTIMES = ("/usr/share/wabt/wasm2c", "/usr/local/share/wabt/wasm2c")


@dataclasses.dataclass
class Artifact:
    command: list
    files: list             # what its size is
    cpu: float              # of building, in seconds
    wall: float
    peak_kib: int


def tool_output(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=20,
                              stderr=subprocess.STDOUT, env=environment())
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").strip()


def tool_version(command):
    return tool_output(command).partition("\n")[0].strip()


class Contender:
    """name: as reported. kind: native, wrought or peer."""
    kind = "peer"
    tools = ()              # what has to be on PATH
    needs_source = False
    targets = False         # whether it can build for another target

    def __init__(self, name, options):
        self.name = name
        self.options = options

    def missing(self):
        """What it lacks here, or None."""
        lacking = [tool for tool in self.tools if not shutil.which(tool)]
        return ", ".join(lacking) or None

    def version(self):
        return tool_version([self.tools[0], "--version"])

    def build(self, program, module, path, launcher):
        """Makes the program at path; returns an Artifact."""
        commands, run, files = self.steps(program, module, path)
        spent = [launcher.must(command) for command in commands]
        return Artifact(run + program.arguments, files,
                        sum(step.cpu for step in spent),
                        sum(step.wall for step in spent),
                        max((step.peak_kib for step in spent), default=0))

    def steps(self, program, module, path):
        """Commands that build, the command that runs, the files it consists of."""
        raise NotImplementedError


def cpu_of(options, program):
    """The CPU to compile for: what was asked for, else what the program needs."""
    return options.cpu or (None if options.emulated else program.cpu)


def march(options, program):
    """How clang and gcc are told the CPU."""
    cpu = cpu_of(options, program)
    if not cpu:
        return []
    return [f"-mcpu={cpu}" if options.target == "aarch64" else f"-march={cpu}"]


class Native(Contender):
    kind = "native"
    needs_source = True
    targets = True

    def __init__(self, name, options, compiler, level):
        super().__init__(name, options)
        self.tools = (compiler,)
        self.level = level
        # gcc would have a cross compiler of another name.
        self.targets = compiler.startswith("clang")

    def missing(self):
        lacking = super().missing()
        if lacking or not self.options.emulated:
            return lacking
        library = f"/usr/{self.options.target}-linux-gnu/lib/libc.a"
        return None if os.path.exists(library) else library

    def steps(self, program, module, path):
        cross = ([f"--target={self.options.target}-linux-gnu", "-static",
                  "-fuse-ld=lld"]
                 if self.options.emulated else [])
        contract = self.options.fp_contract if self.name != "native" else "off"
        phases = [os.path.join(HERE, "phases.c")] if program.phases else []
        library = ["-lstdc++"] if program.is_cxx() else []
        command = [self.tools[0], f"-{self.level}", f"-ffp-contract={contract}",
                   *march(self.options, program), *cross, *program.flags,
                   *program.native_flags, *self.options.native_flags,
                   *program.sources, *phases, "-o", path, *program.link_flags,
                   *library, "-lm"]
        return [command], [path], [path]


class Wrought(Contender):
    kind = "wrought"
    targets = True

    def __init__(self, name, options, mode, level):
        super().__init__(name, options)
        self.mode, self.level = mode, level

    def missing(self):
        return (None if os.access(self.options.wrought, os.X_OK)
                else self.options.wrought)

    def version(self):
        return tool_version([self.options.wrought, "--version"])

    def steps(self, program, module, path):
        options = self.options
        command = [options.wrought, "build", module, "-o", path,
                   f"-{self.level}", "--bounds-checks", self.mode]
        if options.jobs:
            command += ["-j", str(options.jobs)]
        if cpu_of(options, program):
            command += ["--cpu", cpu_of(options, program)]
        if options.target:
            command += ["--target", options.target]
        if program.folder:
            command += ["--dir", program.folder + "::."]
        return [command + options.wrought_flags], [path], [path]


class Profiled(Wrought):
    """Built for the profile of a run of its own, with the same data."""
    targets = False         # it would have to run there in between

    def build(self, program, module, path, launcher):
        counting, profile = path + ".counting", path + ".wprof"
        (command,), run, _ = self.steps(program, module, counting)
        launcher.must(command + ["--profile-generate=" + profile])
        launcher.must(run + program.arguments, cwd=program.folder)
        (command,), run, files = self.steps(program, module, path)
        spent = launcher.must(command + ["--profile-use", profile])
        return Artifact(run + program.arguments, files, spent.cpu, spent.wall,
                        spent.peak_kib)


class Wasm2c(Contender):
    tools = ("wasm2c", "clang-22")

    def __init__(self, name, options, explicit, level):
        super().__init__(name, options)
        self.explicit, self.level = explicit, level
        self.runtime = next((path for path in WASM2C_RUNTIMES
                             if os.path.exists(path + "/wasm-rt-impl.c")), None)

    def missing(self):
        return super().missing() or (
            None if self.runtime else WASM2C_RUNTIMES[0] + "/wasm-rt-impl.c")

    def version(self):
        return "wasm2c " + tool_version(["wasm2c", "--version"])

    def steps(self, program, module, path):
        source = path + ".c"
        checks = (["-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0"] if self.explicit
                  else [])
        return [
            ["wasm2c", module, "-n", "guest", "-o", source],
            ["clang-22", f"-{self.level}", "-w", "-ffp-contract=off", *checks,
             *march(self.options, program), "-DHOST_WASM2C", "-I", self.runtime,
             f'-DGUEST_HEADER="{path}.h"', source,
             os.path.join(PEERS, "wasi_host.c"),
             os.path.join(self.runtime, "wasm-rt-impl.c"), "-o", path, "-lm"],
        ], [path], [path]


class W2c2(Contender):
    """w2c2, whose one header is in its checkout, which W2C2_HOME names."""
    tools = ("w2c2", "clang-22")

    def home(self):
        return os.environ.get("W2C2_HOME") or os.path.dirname(
            os.path.dirname(os.path.realpath(shutil.which("w2c2") or "w2c2")))

    def missing(self):
        lacking = super().missing()
        if lacking:
            return lacking
        header = os.path.join(self.home(), "w2c2", "w2c2_base.h")
        return None if os.path.exists(header) else f"{header} (set W2C2_HOME)"

    def version(self):
        return "w2c2"

    def steps(self, program, module, path):
        folder = path + ".w2c2"
        os.makedirs(folder, exist_ok=True)
        # Names in the C are made from the module's file name.
        guest = os.path.join(folder, "guest.wasm")
        shutil.copyfile(module, guest)
        source = os.path.join(folder, "guest.c")
        return [
            ["w2c2", guest, source],
            ["clang-22", "-O2", "-w", "-ffp-contract=off",
             *march(self.options, program), "-DHOST_W2C2", "-I",
             os.path.join(self.home(), "w2c2"),
             f'-DGUEST_HEADER="{folder}/guest.h"', source,
             os.path.join(PEERS, "wasi_host.c"), "-o", path, "-lm"],
        ], [path], [path]


class Node(Contender):
    tools = ("node",)

    def __init__(self, name, options, flags):
        super().__init__(name, options)
        self.flags = flags

    def steps(self, program, module, path):
        return [], ["node", "--no-warnings", *self.flags,
                    os.path.join(PEERS, "run_node.cjs"), program.folder or "-",
                    module], [module]


class Compiled(Contender):
    """A runtime with a compiler of its own that writes a file."""

    def __init__(self, name, options, tools, steps):
        super().__init__(name, options)
        self.tools = tools
        self.make = steps

    def steps(self, program, module, path):
        return self.make(program, module, path, self.options)


# Programs with a folder run in it, so that it is the current one to all of them.
def wamr(program, module, path, options):
    cpu = cpu_of(options, program)
    cpu = [f"--cpu={cpu}"] if cpu else []
    folder = ["--dir=."] if program.folder else []
    return ([["wamrc", "--opt-level=3", *cpu, "-o", path + ".aot", module]],
            ["iwasm", *folder, path + ".aot"], [path + ".aot"])


def wasmedge(program, module, path, options):
    folder = ["--dir", ".:."] if program.folder else []
    return ([["wasmedge", "compile", module, path + ".so"]],
            ["wasmedge", *folder, path + ".so"], [path + ".so"])


def wasmtime(program, module, path, options):
    folder = ["--dir", "."] if program.folder else []
    return ([["wasmtime", "compile", "-O", "opt-level=2", module, "-o",
              path + ".cwasm"]],
            ["wasmtime", "run", "--allow-precompiled", *folder,
             path + ".cwasm"], [path + ".cwasm"])


def wasmer(program, module, path, options):
    folder = []
    if program.folder:
        folder = (["--volume", ".:."]
                  if "--volume" in tool_output(["wasmer", "run", "--help"])
                  else ["--dir", "."])
    return ([["wasmer", "compile", module, "-o", path + ".wasmu"]],
            ["wasmer", "run", *folder, path + ".wasmu", "--"],
            [path + ".wasmu"])


def every(options):
    """All contenders in the order of the reports; the first is what the others
    are measured against."""
    found = [Native("native", options, "clang-22", "O2"),
             Native("clang-O3", options, "clang-22", "O3"),
             Native("gcc-O2", options, "gcc", "O2"),
             Native("gcc-O3", options, "gcc", "O3")]
    for level in options.levels:
        for mode in options.modes:
            name = "wrought" + ("" if mode == "guard" else f"-{mode}")
            name += "" if level == "O2" else f"-{level}"
            found.append(Wrought(name, options, mode, level))
            if options.profiled:
                found.append(Profiled(name + "-profiled", options, mode, level))
    found += [
        Wasm2c("wasm2c", options, False, "O2"),
        Wasm2c("wasm2c-explicit", options, True, "O2"),
        W2c2("w2c2", options),
        Compiled("wamr", options, ("wamrc", "iwasm"), wamr),
        Compiled("wasmedge", options, ("wasmedge",), wasmedge),
        Compiled("wasmtime", options, ("wasmtime",), wasmtime),
        Compiled("wasmer", options, ("wasmer",), wasmer),
        # Tiering up as it does by itself, and the optimising tier from the start.
        Node("node", options, []),
        Node("node-optimised", options, ["--no-liftoff"]),
    ]
    return found


def chosen(options):
    """Who takes part, and who is missing: a list, and name → what lacks."""
    everyone = every(options)
    if options.against:
        names = {one.name for one in everyone}
        unknown = set(options.against) - names
        if unknown:
            raise SystemExit(f"--with: no {', '.join(sorted(unknown))}; there "
                             f"are {', '.join(one.name for one in everyone)}")
        everyone = [one for one in everyone
                    if one.name in options.against or one.kind == "wrought"]
    if options.emulated:
        everyone = [one for one in everyone if one.targets]
    missing = {one.name: one.missing() for one in everyone}
    return ([one for one in everyone if not missing[one.name]],
            {name: lack for name, lack in missing.items() if lack})


def build_module(program, path, options, launcher):
    """The program's WebAssembly, which all but the native ones start from."""
    if program.module:
        return program.module
    phases = [os.path.join(HERE, "phases.c")] if program.phases else []
    # Debian's libc++abi has no exceptions.
    cxx = (["-fno-exceptions", "-lc++", "-lc++abi"] if program.is_cxx() else [])
    launcher.must([
        "clang-22", "--target=wasm32-wasi", "--no-wasm-opt", "-Wno-deprecated",
        f"-{options.wasm_level}", "-ffp-contract=off",
        "-Wl,-z,stack-size=1048576", *program.flags, *program.wasm_flags,
        *options.wasm_flags, *program.sources, *phases, "-o", path, *cxx,
        *program.link_flags])
    return path
