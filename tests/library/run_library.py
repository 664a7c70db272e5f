#!/usr/bin/env python3
"""Hosts of a loadable object: run_library.py --wrought PATH --work DIR
--source DIR [--target NAME] CASE. What lacks a tool is skipped (77).

Cases are the methods of Case below the line that says so.
"""
import argparse
import os
import platform
import shutil
import subprocess
import sys

from signatures import host, module

SKIPPED = 77
TRIPLES = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu",
           "riscv64": "riscv64-linux-gnu"}


def tool(*names):
    for name in names:
        if found := shutil.which(name):
            return found
    print("skipped: missing", names[0])
    sys.exit(SKIPPED)


class Case:
    def __init__(self, options):
        self.options = options
        self.source = options.source
        self.work = os.path.join(options.work, f"{options.case}_{options.target}")
        os.makedirs(self.work, exist_ok=True)
        self.is_foreign = options.target != platform.machine()
        self.libc = f"/usr/{TRIPLES[options.target]}"
        if self.is_foreign and not os.path.isdir(self.libc):
            print("skipped: missing", self.libc)
            sys.exit(SKIPPED)

    def path(self, name):
        return os.path.join(self.work, name)

    def example(self, name):
        return os.path.join(self.source, "examples/library", name)

    def build(self, module, output, *flags):
        subprocess.run([self.options.wrought, "build", module, "-o",
                        self.path(output), "--target", self.options.target,
                        *flags], check=True)

    def compile(self, source, output, *flags):
        """A host, with warnings as errors: they would be the header's."""
        compiler = tool("clang++-22" if source.endswith("pp") else "clang-22")
        command = [compiler, "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                   source, "-I", self.work, *flags, "-o", self.path(output)]
        if self.is_foreign:
            command += [f"--target={TRIPLES[self.options.target]}",
                        "-fuse-ld=lld"]
        subprocess.run(command, check=True)

    def run(self, *command, expect=None):
        if self.is_foreign:
            command = (tool(f"qemu-{self.options.target}"), "-L", self.libc,
                       "-E", "LD_LIBRARY_PATH=" + self.work, *command)
        result = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                                timeout=300, check=False,
                                env=os.environ | {"LD_LIBRARY_PATH": self.work})
        sys.stdout.write(result.stdout)
        if result.returncode != 0:
            sys.exit(f"{command[0]} ended with {result.returncode}")
        if expect is not None and result.stdout != expect:
            sys.exit(f"expected:\n{expect}")
        return result.stdout

    def run_checks(self, *arguments, least=1):
        """A host whose last line is check.h's: none of at least so many fails."""
        words = self.run(self.path("host"), *arguments).split()
        if words[-4:-3] == [] or int(words[-4]) < least or words[-2] != "0":
            sys.exit("not all checks were made, or some failed")

    # Cases.

    def c(self):
        # qemu takes long to reserve what guards do; other cases have them there.
        for mode in ("explicit",) if self.is_foreign else ("guard", "explicit"):
            self.build(self.example("plugin.wat"), "libplugin.so",
                       "--bounds-checks", mode)
            self.compile(os.path.join(self.source, "tests/library/test_library.c"),
                         "host", self.path("libplugin.so"), "-pthread",
                         *(["-DGUARDED"] if mode == "guard" else []))
            self.run_checks(least=1500)

    def signatures(self):
        """All registers that arguments, results and the host's values are in."""
        for name, text in (("signatures.wat", module()),
                           ("signatures.c", host("signatures.h"))):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        for level in ("-O0", "-O2"):
            self.build(self.path("signatures.wat"), "libsignatures.so", level)
            self.compile(self.path("signatures.c"), "host",
                         self.path("libsignatures.so"))
            self.run(self.path("host"), expect="160 signatures, 0 failures\n")

    def examples(self):
        self.build(self.example("plugin.wat"), "libplugin.so")
        self.compile(self.example("host.c"), "host", self.path("libplugin.so"))
        self.run(self.path("host"), expect="40 + 2 = 42\n"
                 "plugin: hello from the module\n"
                 "the host's answer and 1: 41\n"
                 "failed: integer divide by zero\n  in func[3] <divide>\n"
                 "failed: a question must not be negative\n  in func[5] <>\n")
        if self.is_foreign:
            return
        self.compile(self.example("host.cpp"), "host_cpp", "-std=c++20",
                     "-I", os.path.join(self.source, "runtime-support/include"),
                     self.path("libplugin.so"))
        self.run(self.path("host_cpp"),
                 expect="40 + 2 = 42\nhello from the module\n"
                        "failed: integer divide by zero in divide\n"
                        "request 0: 1\nrequest 1: 2\nrequest 2: 3\n")
        self.run(sys.executable, self.example("host.py"),
                 self.path("libplugin.so"),
                 expect="40 + 2 = 42\nhello from the module\n"
                        "failed: integer divide by zero\n")
        if rustc := shutil.which("rustc"):
            subprocess.run([rustc, "-O", self.example("host.rs"), "-L", self.work,
                            "-l", "plugin", "-o", self.path("rust")], check=True)
            self.run(self.path("rust"), expect="40 + 2 = 42\n"
                     "the host's answer and 1: 41, asked 1 times\n"
                     "failed: integer divide by zero\n")

    def symbols(self):
        """Nothing but the interface is to be seen, and nothing is needed but
        what linkers define."""
        nm = tool("llvm-nm-22", "nm")
        ends = {"__ehdr_start", "_end"}
        for output, kind, needed in (("libplugin.so", "-D", set()),
                                     ("libplugin.a", "-g", ends)):
            self.build(self.example("plugin.wat"), output)

            def names(flag):
                listing = subprocess.run(
                    [nm, kind, flag, "--format=just-symbols", self.path(output)],
                    stdout=subprocess.PIPE, text=True, check=True)
                return {line for line in listing.stdout.split()
                        if not line.endswith(":")}
            defined = names("--defined-only")
            wrong = {name for name in defined if not name.startswith("plugin_")}
            wrong |= names("--undefined-only") - needed
            if wrong or not defined:
                sys.exit(f"symbols of {output}: {wrong or 'none'}")
            print(len(defined), "symbols in", output)

    def link(self, source, output, libraries, compiler, *flags):
        subprocess.run([tool(compiler), "-O1", "-I", self.work, source, *flags,
                        *map(self.path, libraries), "-pthread",
                        "-o", self.path(output)], check=True)

    def linked_ways(self):
        """The linkers that hosts use, and the kinds of programs."""
        if self.is_foreign:
            cross = [f"--target={TRIPLES[self.options.target]}", "-fuse-ld=lld"]
            return [("clang-22", *cross, "-static")]
        return [("gcc",), ("gcc", "-static"), ("gcc", "-static-pie"),
                ("gcc", "-no-pie", "-Wl,--gc-sections"),
                ("clang-22", "-fuse-ld=lld", "-Wl,--gc-sections"),
                ("clang-22", "-fuse-ld=lld", "-static")]

    def static(self):
        """Archives, alone and several in one program."""
        for name in ("plugin", "image", "renew"):
            module = f"tests/library/{name}.wat" if name != "plugin" \
                else "examples/library/plugin.wat"
            self.build(os.path.join(self.source, module), f"lib{name}.a",
                       *(["-g"] if name == "image" else []))
        libraries = ["libplugin.a", "libimage.a", "librenew.a"]
        test = os.path.join(self.source, "tests/library", "test_several.c")
        ways = self.linked_ways()
        for way in ways:
            self.link(test, "host", libraries, *way)
            self.run(self.path("host"), expect="several libraries\n")
        if self.is_foreign:
            return
        self.link(os.path.join(self.source, "tests/library/test_library.c"),
                  "host", libraries[:1], *ways[0], "-DGUARDED")
        if int(self.run(self.path("host")).split()[0]) < 1500:
            sys.exit("not all checks were made")
        # One in the program, one in a library of the host's own, one alone.
        self.build(os.path.join(self.source, "tests/library/renew.wat"),
                   "librenew.so")
        subprocess.run(["gcc", "-shared", "-o", self.path("libown.so"),
                        "-Wl,--whole-archive", self.path("libimage.a"),
                        "-Wl,--no-whole-archive"],
                       check=True)
        self.link(test, "host", ["libplugin.a", "libown.so", "librenew.so"], "gcc")
        self.run(self.path("host"), expect="several libraries\n")
        report = subprocess.run([self.options.wrought, "inspect",
                                 self.path("libimage.a")],
                                stdout=subprocess.PIPE, text=True, check=True)
        if "kind: artifact" not in report.stdout:
            sys.exit(report.stdout)

    def instances(self):
        for name in ("image", "blank"):
            self.build(os.path.join(self.source, f"tests/library/{name}.wat"),
                       f"lib{name}.so")
        self.compile(os.path.join(self.source, "tests/library/test_instances.c"),
                     "host", self.path("libimage.so"), self.path("libblank.so"))
        self.run(self.path("host"))

    def renew(self):
        """A reset restores all of a memory, and all of it only."""
        for mode in ("guard", "explicit"):
            self.build(os.path.join(self.source, "tests/library/renew.wat"),
                       "librenew.so", "--bounds-checks", mode)
            self.compile(os.path.join(self.source, "tests/library/test_renew.c"),
                         "host", self.path("librenew.so"))
            self.run(self.path("host"), expect="150 resets\n")

    def cpu(self):
        """A library for another CPU says so, by an error."""
        cases = {"x86_64": [(["--cpu", "x86-64-v3"], "Nehalem", "max", "avx2")],
                 "aarch64": [(["--features", "+sve"], "cortex-a53", "max,pauth-impdef=on", "sve"),
                             (["--features", "+lse"], "cortex-a53", "max,pauth-impdef=on", "lse")],
                 "riscv64": [(["--features", "+v"], "rv64,v=false", None, "v")]}
        emulator = tool(f"qemu-{self.options.target}")
        libc = self.libc if self.is_foreign else "/"
        image = os.path.join(self.source, "tests/library/image.wat")
        test = os.path.join(self.source, "tests/library/test_cpu.c")
        for flags, lacking, having, feature in cases[self.options.target]:
            for output in ("libimage.so", "libimage.a"):
                # qemu takes long to reserve what guards do.
                self.build(image, output, "--bounds-checks", "explicit", *flags)
                self.compile(test, "host", self.path(output))
                for cpu in filter(None, (lacking, having)):
                    done = subprocess.run(
                        [emulator, "-cpu", cpu, "-L", libc, "-E",
                         "LD_LIBRARY_PATH=" + self.work, self.path("host")],
                        stdout=subprocess.PIPE, text=True, timeout=300, check=False)
                    print(flags, cpu, done.stdout, end="")
                    expected = "runs\n" if cpu == having else \
                        f"built for {flags[1].lstrip('+')}" if flags[0] == "--cpu" \
                        else "the library needs a CPU with "
                    if done.returncode != 0 or expected not in done.stdout or \
                            (cpu == lacking and feature not in done.stdout):
                        sys.exit(f"on {cpu}: {done.returncode} {done.stdout}")

    def pool(self):
        for mode in ("guard", "explicit"):
            self.build(self.example("plugin.wat"), "libplugin.so",
                       "--bounds-checks", mode)
            self.compile(os.path.join(self.source, "tests/library/test_pool.c"),
                         "host", self.path("libplugin.so"), "-pthread")
            self.run_checks(*(["30"] if self.is_foreign else []))

    def share(self):
        """Memories and globals of one library's instances in another's."""
        modes = [("explicit", "explicit")]
        if not self.is_foreign:  # qemu takes long to reserve what guards do
            modes += [("guard", "guard"), ("explicit", "guard")]
        for owner, user in modes:
            for name, mode in (("owner", owner), ("user", user)):
                self.build(os.path.join(self.source, f"tests/library/{name}.wat"),
                           f"lib{name}.so", "--bounds-checks", mode,
                           "-O0" if owner != user else "-O2")
            self.compile(os.path.join(self.source, "tests/library/test_share.c"),
                         "host", self.path("libowner.so"),
                         self.path("libuser.so"), "-pthread")
            self.run_checks()

    def functions(self):
        """Functions of one library's instances in tables and globals of
        another's."""
        builds = [("-O2", "explicit", []),
                  ("-O0", "explicit", ["--fuel", "--interruptible"])]
        if not self.is_foreign:  # qemu takes long to reserve what guards do
            builds += [("-O2", "guard", ["--fuel", "--interruptible"]),
                       ("-O0", "guard", [])]
        for level, mode, flags in builds:
            for name in ("functions_owner", "functions_user"):
                self.build(os.path.join(self.source, f"tests/library/{name}.wat"),
                           f"lib{name}.so", "--bounds-checks", mode, level, *flags)
            self.compile(
                os.path.join(self.source, "tests/library/test_functions.c"),
                "host", self.path("libfunctions_owner.so"),
                self.path("libfunctions_user.so"), "-pthread",
                *(["-DCOUNTS"] if flags else []))
            self.run_checks(least=5000)

    def interrupt(self):
        """Endless calls can be ended, in what was built for it."""
        module = os.path.join(self.source, "tests/library/interrupt.wat")
        for level in ("-O0", "-O2"):
            self.build(module, "libinterrupt.so", "--interruptible", level)
            self.compile(
                os.path.join(self.source, "tests/library/test_interrupt.c"),
                "host", self.path("libinterrupt.so"), "-pthread",
                "-D_GNU_SOURCE")
            self.run_checks(least=39)
        result = subprocess.run(
            [self.options.wrought, "build", "--interruptible", module, "-o",
             self.path("program")], stderr=subprocess.PIPE, text=True, check=False)
        if result.returncode != 1 or "only a library" not in result.stderr:
            sys.exit(f"a program: {result.stderr}")

    def objects(self):
        for level in ("-O0", "-O2"):
            self.build(os.path.join(self.source, "tests/library/objects.wat"),
                       "libobjects.so", level, "--max-heap", "1MiB")
            self.compile(os.path.join(self.source,
                                      "tests/library/test_objects.c"),
                         "host", self.path("libobjects.so"))
            if int(self.run(self.path("host")).split()[0]) < 200:
                sys.exit("not all checks were made")

    def fuel(self):
        """The same count whatever is built, with a limit and without."""
        module = os.path.join(self.source, "tests/library/fuel.wat")
        builds = [("-O0", "explicit", 70000), ("-O2", "guard", None)]
        if not self.is_foreign:  # qemu takes long to reserve what guards do
            builds += [("-O0", "guard", None), ("-O2", "explicit", 70000),
                       ("-Oz", "guard", None)]
        for level, mode, limit in builds:
            self.build(module, "libfuel.so", level, "--bounds-checks", mode,
                       f"--fuel={limit}" if limit else "--fuel")
            self.compile(os.path.join(self.source, "tests/library/test_fuel.c"),
                         "host", self.path("libfuel.so"),
                         f"-DLIMIT={limit or 'INT64_MAX'}")
            self.run_checks(least=200)

    def guest(self, source, output, *flags):
        """A module with wasi-libc."""
        done = subprocess.run(
            [tool("clang-22"), "--target=wasm32-wasi", "--no-wasm-opt",
             "-Wno-deprecated", "-O2",
             os.path.join(self.source, source), *flags,
             "-o", self.path(output)], stderr=subprocess.PIPE, text=True,
            check=False)
        if "file not found" in done.stderr or "unable to find" in done.stderr \
                or "cannot open" in done.stderr:
            print("skipped: missing wasi-libc libclang-rt-22-dev-wasm32")
            sys.exit(SKIPPED)
        if done.returncode != 0:
            sys.exit(done.stderr)

    def wasi(self):
        """Ready-made WASI, by the C and the C++ interface."""
        self.guest("tests/library/wasi_guest.c", "guest.wasm", "-mexec-model=reactor")
        self.guest("tests/library/wasi_command.c", "command.wasm")
        test = os.path.join(self.source, "tests/library/test_wasi.c")
        ways = [("explicit", "so")]
        if not self.is_foreign:  # qemu takes long to reserve what guards do
            ways += [("guard", "so"), ("guard", "a")]
        for mode, kind in ways:
            libraries = []
            for name in ("guest", "command"):
                self.build(self.path(name + ".wasm"), f"lib{name}.{kind}",
                           "--bounds-checks", mode)
                libraries.append(self.path(f"lib{name}.{kind}"))
            self.compile(test, "host", *libraries, "-pthread", "-D_GNU_SOURCE")
            root = self.path("files")
            shutil.rmtree(root, ignore_errors=True)
            os.makedirs(root)
            output = self.run(self.path("host"), root)
            if int(output.split()[-4]) < 2000:
                sys.exit("not all checks were made")
        self.guest("examples/wordcount/wordcount.c", "wordcount.wasm")
        self.build(self.path("wordcount.wasm"), "libwordcount.so",
                   "--bounds-checks", ways[0][0])
        self.compile(self.example("wordcount_host.c"), "count",
                     self.path("libwordcount.so"))
        with open(os.path.join(root, "words"), "w", encoding="utf-8") as file:
            file.write("one two two three three three\n")
        self.run(self.path("count"), root, "words",
                 expect="6 words, 3 different\n     3 three\n     2 two\n"
                        "status 0\nstatus 1\n"
                        "failed: WASI cannot open '/no/such/directory'\n"
                        "status -1\n")
        if self.is_foreign:
            return
        self.compile(os.path.join(self.source, "tests/library/test_wasi.cpp"),
                     "host_cpp", "-std=c++20", "-I",
                     os.path.join(self.source, "runtime-support/include"),
                     *libraries)
        self.run(self.path("host_cpp"),
                 expect="command\na\nb\n"
                        "WASI cannot open '/no/such/directory'\n")

    def wasi_refused(self):
        """What the ready-made functions cannot be is said when building."""
        call = '(import "wasi_snapshot_preview1" "random_get"' \
               ' (func (param i32 i32) (result i32)))'
        memory = '(memory (export "memory") 1)'
        for modules, part in (
                (['(import "wasi_snapshot_preview1" "fd_close"'
                  ' (func (param i64) (result i32)))'],
                 "WASI gives it the type [i32] -> [i32]"),
                ([call + '(memory (export "memory") i64 1)'],
                 "64-bit addresses"),
                ([call + '(import "m1" "f" (func))' + memory,
                  call + memory + '(func (export "f"))'],
                 "work on one memory")):
            inputs = []
            for index, text in enumerate(modules):
                inputs.append(self.path(f"m{index}.wat"))
                with open(inputs[-1], "w", encoding="utf-8") as file:
                    file.write(f"(module {text})")
            result = subprocess.run(
                [self.options.wrought, "build", *inputs, "-o",
                 self.path("wrong.so")], stderr=subprocess.PIPE, text=True,
                check=False)
            sys.stdout.write(result.stderr)
            if result.returncode != 1 or part not in result.stderr:
                sys.exit(f"expected: {part}")

    def refused(self):
        """What cannot be bound is said all at once, and nothing is written."""
        output = self.path("bad.so")
        result = subprocess.run(
            [self.options.wrought, "build",
             os.path.join(self.source, "tests/library/refused.wat"), "-o", output],
            stderr=subprocess.PIPE, text=True, check=False)
        sys.stdout.write(result.stderr)
        for part in ('import "env" "vector"', 'import "env" "table"',
                     'import "env" "global"'):
            if part not in result.stderr:
                sys.exit(f"no word of {part}")
        if result.returncode != 1 or os.path.exists(output) or \
                os.path.exists(self.path("bad.h")):
            sys.exit("status or files are wrong")


def main():
    parser = argparse.ArgumentParser()
    for name in ("wrought", "work", "source"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--target", default=platform.machine())
    parser.add_argument("case")
    options = parser.parse_args()
    getattr(Case(options), options.case)()


main()
