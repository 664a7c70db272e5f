#!/usr/bin/env python3
"""The command line and what it leaves behind, case by case.

    run_cli.py --wrought PATH --work DIR CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
"""

import argparse
import json
import os
import re
import resource
import socket
import struct
import subprocess
import sys
import time

import toolchain
from toolchain import Failure, execute, fresh_directory, must, tree

HERE = os.path.dirname(os.path.abspath(__file__))
WAT = os.path.join(HERE, "cli")


def expect(condition, what, done=None):
    if not condition:
        shown = "" if done is None else (
            f"\nexit {done.returncode}\n{done.stdout.decode(errors='replace')}"
            f"\n{done.stderr.decode(errors='replace')}")
        raise Failure(what + shown[:4000])


class Case:
    def __init__(self, wrought, work):
        self.wrought, self.work = os.path.abspath(wrought), work

    def path(self, name):
        return os.path.join(self.work, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def run(self, *arguments, **more):
        return execute([self.wrought, *arguments], cwd=more.pop("cwd",
                                                                self.work),
                       **more)

    def built(self, source, *flags, name="program"):
        binary = self.path(name)
        done = self.run("build", source, "-o", binary, *flags)
        expect(done.returncode == 0, f"build {source} {flags}", done)
        return binary

    def wasm_from(self, source, *flags):
        compiler = toolchain.check_wasm_compiler(self.work)
        wasm = self.path(os.path.basename(source) + ".wasm")
        must([compiler, *toolchain.WASM_FLAGS, "-O2", *flags, source, "-o",
              wasm])
        return wasm

    def diagnosed(self, *arguments, **more):
        """The one error line of a command that must end with 1."""
        done = self.run(*arguments, **more)
        expect(done.returncode == 1, f"{arguments}: not exit 1", done)
        lines = done.stderr.decode().splitlines()
        errors = [line for line in lines
                  if line.startswith("wrought: error: ")]
        expect(len(errors) == 1 and lines[0] == errors[0],
               f"{arguments}: not one line of error", done)
        return errors[0]


def artifact(case):
    """Static, without interpreter, small, nothing writable and executable."""
    wasm = case.wasm_from(os.path.join(HERE, "programs", "hello.c"))
    binary = case.built(wasm, "--strip")
    done = execute([binary])
    expect(done.returncode == 0 and done.stdout == b"Hello, world\n",
           "hello does not greet", done)
    size = os.path.getsize(binary)
    expect(size <= 24 * 1024, f"hello is {size} bytes, over 24 KiB")
    done = execute([toolchain.need("ldd"), binary])
    expect(b"not a dynamic executable" in done.stdout + done.stderr, "ldd",
           done)
    headers = must([toolchain.need("readelf"), "-lW", binary]).decode()
    expect("INTERP" not in headers, "an interpreter:\n" + headers)
    expect(not re.search(r"\bRWE\b", headers),
           "writable and executable:\n" + headers)
    expect("Type:                              DYN" in must(
        ["readelf", "-hW", binary]).decode(), "not position-independent")
    print(f"hello stripped: {size} bytes")


def grants(case):
    """Nothing without a grant; paths end at the grant's border."""
    wasm = case.wasm_from(os.path.join(WAT, "grants.c"))
    given = fresh_directory(case.work, "given")
    case.write("outside.txt", b"outside")
    case.write("given/secret.txt", b"secret")
    os.symlink("..", os.path.join(given, "way-out"))

    def outcome(binary, argument, env):
        done = execute([binary, argument], cwd=case.work, env=env)
        expect(done.returncode == 0, "grants does not run", done)
        return dict(line.split(": ", 1)
                    for line in done.stdout.decode().splitlines())

    nothing = {"read": "no", "write": "no", "list": "no", "outside": "no",
               "through a link": "no", "WORD": "unset"}
    everything = {**nothing, "read": "secret", "write": "yes", "list": "yes"}
    read_only = {**everything, "write": "no"}
    plain = case.built(wasm, name="plain")
    sealed = case.built(wasm, "--sealed", name="sealed")
    granted = case.built(wasm, "--dir", "given::/data", "--env", "WORD=baked",
                         "--argv0", "guest", name="granted")
    limited = case.built(wasm, "--dir", "given::/data:ro", name="limited")
    open_ = {"WROUGHT_GRANTS": "dir=given::/data;env=WORD=added"}
    for name, binary, env, wanted in (
            ("no grant", plain, {"WORD": "host"}, nothing),
            ("baked", granted, {}, {**everything, "WORD": "baked",
                                    "name": "guest"}),
            ("read-only", limited, {}, read_only),
            ("WROUGHT_GRANTS", plain, open_, {**everything, "WORD": "added"}),
            ("sealed", sealed, open_, nothing)):
        for leftover in ("given/written.txt",):
            if os.path.exists(case.path(leftover)):
                os.unlink(case.path(leftover))
        got = outcome(binary, "/data", env)
        for key, value in wanted.items():
            expect(got[key] == value,
                   f"{name}: {key} is '{got[key]}', not '{value}'")


def bad_inputs(case):
    """Each kind of wrong input has a line of its own that names the file."""
    elf, directory = case.wrought, fresh_directory(case.work, "directory")
    component = b"\0asm\x0d\0\x01\0"
    inputs = {
        "missing": (case.path("missing.wasm"), "No such file"),
        "directory": (directory, "directory"),
        "empty": (case.write("empty.wasm", b""), "empty"),
        "component": (case.write("component.wasm", component), "component"),
        "elf": (elf, "ELF"),
        "text": (case.write("text.wasm", b"Hello, this is text.\n"), "text"),
        "short": (case.write("short.wasm", b"\0as"), "unexpected end"),
        "version": (case.write("version.wasm", b"\0asm" + struct.pack("<I", 7)),
                    "version"),
        "truncated": (case.write("truncated.wasm",
                                 b"\0asm\1\0\0\0\x01\x7f\x01"),
                      "(unexpected end|out of bounds)"),
        "wat": (case.write("wrong.wat", b"(module (func (result i32)))"),
                "type mismatch"),
    }
    seen = {}
    for name, (path, wording) in inputs.items():
        for command in (["build", path, "-o", case.path("out")],
                        ["validate", path]):
            line = case.diagnosed(*command)
            expect(path in line, f"{name}: the path is missing: {line}")
            expect(re.search(wording, line.replace(path, "")),
                   f"{name}: '{wording}' expected: {line}")
            expect(not os.path.exists(case.path("out")), f"{name}: output left")
        shape = line.replace(path, "…")
        expect(shape not in seen, f"{name} and {seen.get(shape)}: same line")
        seen[shape] = name
    done = case.run("build", inputs["empty"][0], "--diagnostics", "json", "-o",
                    case.path("out"))
    record = json.loads(done.stderr.decode().splitlines()[0])
    expect(record.get("severity") == "error", "JSON diagnostics", done)


def unwritable_output(case):
    """Outputs that cannot be written are refused, and nothing is left."""
    hello = os.path.join(WAT, "hello.wat")
    for output in (case.path("no/such/directory/out"),
                   fresh_directory(case.work, "folder"), "/proc/self/out"):
        line = case.diagnosed("build", hello, "-o", output)
        expect(output in line, f"the output is not named: {line}")
    expect(tree(case.path("folder")) == {}, "files left in the folder")
    kept = case.write("kept", b"before")
    case.diagnosed("build", case.write("bad.wasm", b"no"), "-o", kept)
    expect(open(kept, "rb").read() == b"before",
           "a failed build touched the output")


def usage(case):
    """Usage errors end with 2, help and version with 0."""
    hello = os.path.join(WAT, "hello.wat")
    for words in (["build"], ["build", hello, "--nonsense"],
                  ["build", hello, "-O9"], ["build", hello, "--target", "vax"],
                  ["build", hello, "--bounds-checks", "maybe"],
                  ["build", hello, "-j", "0"],
                  ["build", hello, "--max-memory", "much"],
                  ["validate", hello, "--wasm-features", "magic"]):
        done = case.run(*words)
        expect(done.returncode == 2, f"{words}: not exit 2", done)
        expect(done.stderr and not done.stdout, f"{words}: no message", done)
    for words in (["--help"], ["build", "--help"], ["--version"],
                  ["targets"]):
        done = case.run(*words)
        expect(done.returncode == 0 and done.stdout, f"{words}", done)


def determinism(case):
    """The same bytes whatever -j, folder, name of the output or time."""
    source = os.path.join(HERE, "programs", "containers.cpp")
    compiler = toolchain.check_wasm_compiler(case.work, "c++")
    wasm = case.path("containers.wasm")
    must([compiler, *toolchain.WASM_FLAGS, "-Os", "-fno-exceptions",
          "-std=c++20", source, "-o", wasm])
    elsewhere = fresh_directory(case.work, "elsewhere")
    os.link(wasm, os.path.join(elsewhere, "containers.wasm"))
    for emit in ("exe", "object", "llvm-ir"):
        outputs = []
        for jobs, folder, output in (("1", case.work, "a"), ("2", case.work, "b"),
                                     ("2", elsewhere, "c"), ("7", "/", "d")):
            path = os.path.join(case.work, f"{output}.{emit}")
            given = "containers.wasm" if folder != "/" else wasm
            done = case.run("build", given, "-j", jobs, "-O1", "--emit", emit,
                            "-o", path, cwd=folder)
            expect(done.returncode == 0, f"build -j {jobs}", done)
            with open(path, "rb") as file:
                outputs.append(file.read())
        expect(len(set(outputs)) == 1, f"{emit}: bytes differ: "
               f"{[outputs.index(output) for output in outputs]}")


def missing_imports(case):
    """All of them are listed at once, with module, name and type."""
    done = case.run("build", os.path.join(WAT, "libs.wat"), "-o",
                    case.path("out"))
    expect(done.returncode == 1, "not exit 1", done)
    text = done.stderr.decode()
    for wanted in ('"env" "first".*i32.*i64', '"env" "second".*f64',
                   '"other" "memory".*memory',
                   '"wasi_snapshot_preview1" "fd_write"'):
        expect(re.search(wanted, text), f"{wanted} is not reported", done)
    missing = os.path.join(WAT, "missing.wat")
    case.diagnosed("build", missing, "-o", case.path("out"))
    binary = case.built(missing, "--allow-missing-imports")
    expect(execute([binary]).returncode == 7, "runs without the call")
    done = execute([binary, "x"])
    expect(done.returncode in (134, -6) and b"absent" in done.stderr,
           "a call of the missing import", done)


def emit_forms(case):
    """Every --emit, by flag and by the output's ending."""
    hello = os.path.join(WAT, "hello.wat")
    for ending, emit, start in ((".o", "object", b"\x7fELF"),
                                (".bc", "llvm-bc", b"BC\xc0\xde"),
                                (".ll", "llvm-ir", None), (".s", "asm", None),
                                ("", "exe", b"\x7fELF")):
        by_ending, by_flag = case.path("out" + ending), case.path("flagged")
        expect(case.run("build", hello, "-o", by_ending).returncode == 0,
               f"ending {ending}")
        expect(case.run("build", hello, "--emit", emit, "-o",
                        by_flag).returncode == 0, f"--emit {emit}")
        with open(by_ending, "rb") as one, open(by_flag, "rb") as other:
            content = one.read()
            expect(content == other.read(), f"{ending} and {emit} differ")
        expect(start is None or content.startswith(start), f"form of {ending}")
    opt = toolchain.need("opt-22")
    must([opt, "-passes=verify", "-disable-output", case.path("out.ll")])
    must([opt, "-passes=verify", "-disable-output", case.path("out.bc")])


def echoes(case, command, address, **more):
    """Whether a program answers on an address once it listens there."""
    process = subprocess.Popen(command, cwd=case.work, stdin=subprocess.DEVNULL,
                               **more)
    try:
        for _ in range(200):
            try:
                with socket.create_connection(address, timeout=10) as client:
                    client.sendall(b"hello")
                    answer = client.recv(100)
                    break
            except ConnectionRefusedError:
                time.sleep(0.05)
        else:
            answer = b"nobody listens"
        expect(process.wait(timeout=30) == 0, f"{command}: not exit 0")
        expect(answer == b"hello", f"{command}: {answer}")
    finally:
        process.kill()
        process.wait()


def free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()


def handed_over(case):
    """Sockets and streams, at build and at start; what a program tells."""
    echo = os.path.join(WAT, "echo.wat")
    address = free_address()
    shown = f"{address[0]}:{address[1]}"
    echoes(case, [case.built(echo, "--listen", shown)], address)
    plain = case.built(echo, name="plain")
    echoes(case, [plain], address, env={"WROUGHT_GRANTS": f"listen={shown}"})
    # As a service manager has it: the socket is 3, and the process is meant.
    script = ("import os, sys; os.dup2(int(sys.argv[2]), 3); "
              "os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); "
              "os.execv(sys.argv[1], sys.argv[1:2])")
    for binary, works in ((plain, True),
                          (case.built(echo, "--sealed", name="sealed"), False)):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            os.set_inheritable(listener.fileno(), True)
            command = [sys.executable, "-c", script, binary,
                       str(listener.fileno())]
            if works:
                echoes(case, command, listener.getsockname(),
                       close_fds=False)
            else:
                done = execute(command, close_fds=False)
                expect(done.returncode == 8, "sealed takes LISTEN_FDS", done)

    hello = os.path.join(WAT, "hello.wat")
    with open(hello, encoding="utf-8") as file:
        reading = file.read()
    reading = reading.replace(
        "(memory", '(import "wasi_snapshot_preview1" "fd_read" (func $read\n'
        "(param i32 i32 i32 i32) (result i32)))\n(memory", 1)
    reading = reading.replace(
        '(func (export "_start")', '(func (export "_start")\n(drop (call $read'
        " (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))", 1)
    reads = case.write("reads.wat", reading.encode())
    for source, flag, env in (
            (hello, ["--stdout", "out.txt"], {}),
            (reads, ["--stdout", "out.txt"], {}),
            (reads, [], {"WROUGHT_GRANTS": "stdout=out.txt"}),
            (reads, ["--stdout", "null"], {"WROUGHT_GRANTS":
                                           "stdout=out.txt"})):
        binary = case.built(source, *flag, name="streams")
        done = execute([binary], cwd=case.work, env=env)
        expect(done.returncode == 0 and done.stdout == b"", "--stdout", done)
        with open(case.path("out.txt"), "rb") as file:
            expect(file.read() == b"Hello, world\n", "the file of --stdout")
        os.unlink(case.path("out.txt"))
    done = execute([case.built(hello, "--stdout", "null", name="silent")])
    expect(done.returncode == 0 and done.stdout == b"", "--stdout null", done)

    binary = case.built(hello, "--strip", "--dir", "a::/b:ro", "--env", "K=V",
                        "--listen", "*:80", name="telling")
    done = execute([binary, "argument"], env={"WROUGHT_INFO": "1"})
    told = json.loads(done.stdout)
    expect(done.returncode == 0 and told["listeners"] == ["*:80"] and
           told["grants"] == [{"host": "a", "guest": "/b", "readOnly": True}]
           and told["environment"] == ["K"] and "blake3" in told["module"],
           "WROUGHT_INFO", done)
    done = execute([binary], env={"WROUGHT_INFO": "0"}, cwd=case.work)
    expect(done.stdout == b"Hello, world\n", "WROUGHT_INFO=0", done)
    for bad in ("80", "example.org:80", "1.2.3.4:99999", "[::1", "1.2.3.4:+1"):
        done = case.run("build", hello, "--listen", bad)
        expect(done.returncode == 2 and b"ADDRESS:PORT" in done.stderr,
               f"--listen {bad}", done)


def text_input(case):
    """A .wat builds and runs; so does standard input; so does `run`."""
    hello = os.path.join(WAT, "hello.wat")
    done = execute([case.built(hello)])
    expect(done.stdout == b"Hello, world\n", "hello.wat", done)
    with open(hello, "rb") as file:
        text = file.read()
    done = case.run("build", "-", "-o", case.path("piped"), stdin=text)
    expect(done.returncode == 0, "standard input", done)
    expect(execute([case.path("piped")]).stdout == b"Hello, world\n", "piped")
    env = {**os.environ, "XDG_CACHE_HOME": case.path("cache")}
    for _ in range(2):
        done = case.run("run", hello, env=env)
        expect(done.returncode == 0 and done.stdout == b"Hello, world\n",
               "wrought run", done)
    done = case.run("run", os.path.join(WAT, "missing.wat"),
                    "--allow-missing-imports", env=env)
    expect(done.returncode == 7, "exit code through run", done)
    done = case.run("inspect", "--json", hello)
    expect(done.returncode == 0, "inspect", done)
    shown = json.dumps(json.loads(done.stdout))
    expect("fd_write" in shown and "_start" in shown, "inspect --json", done)


def many_memories(count):
    """A program whose memories grow in turn; it traps when one of them has
    what another should have."""
    numbers = range(count)
    return f"""(module
      {' '.join(f'(memory {i + 1} {i + 3})' for i in numbers)}
      (func $must (param i32) (if (i32.eqz (local.get 0))
        (then (unreachable))))
      (func (export "_start")
        (local $address i32)
        (loop $again
          {' '.join(f'(i32.store {i} (local.get $address) (i32.const {i}))'
                    f'(drop (memory.grow {i} (i32.const 1)))'
                    for i in numbers)}
          {' '.join(f'(call $must (i32.eq (i32.const {i})'
                    f' (i32.load {i} (local.get $address))))'
                    for i in numbers)}
          (local.set $address
            (i32.add (local.get $address) (i32.const 20000)))
          (br_if $again (i32.lt_u (local.get $address) (i32.const 60000))))
        {' '.join(f'(call $must (i32.eq (memory.size {i})'
                  f' (i32.const {i + 3})))' for i in numbers)}
        (i32.store {count - 1} (i32.const {(count + 2) * 65536 - 3})
          (i32.const 1))))""".encode()


def limited_to(byte_length):
    return lambda: resource.setrlimit(resource.RLIMIT_AS,
                                      (byte_length, byte_length))


def memories(case):
    """More memories than have guard pages; small, huge and 64-bit ones."""
    def trapped(done):
        return done.returncode == 134 and done.stderr.startswith(
            b"wrought: trap: out of bounds memory access")

    many = case.write("many.wat", many_memories(12))
    for flags in ([], ["--extra-memories", "explicit"],
                  ["--bounds-checks", "explicit"]):
        for level in ("-O0", "-O2"):
            done = execute([case.built(many, level, *flags)])
            expect(trapped(done), f"many {level} {flags}: no trap at the end",
                   done)
    # Two guard pages would take more than this.
    done = execute([case.built(many, "--extra-memories", "explicit")],
                   preexec_fn=limited_to(6 << 30))
    expect(trapped(done), "the first memory's guard alone", done)
    done = execute([case.built(many)], preexec_fn=limited_to(6 << 30))
    expect(done.returncode == 1 and b"--bounds-checks explicit" in done.stderr,
           "no room for the guards", done)

    small = case.write("small.wat", b"""(module (memory 100 (pagesize 1))
      (memory $other i64 0 100 (pagesize 1))
      (func (export "_start")
        (drop (memory.grow $other (i64.const 100)))
        (i32.store8 $other (i64.const 99) (i32.const 1))
        (i32.store8 (i32.const 100) (i32.const 1))))""")
    done = execute([case.built(small, "--stack-size", "64K")],
                   preexec_fn=limited_to(4 << 20))
    expect(trapped(done), "small memories in 4 MiB", done)

    for minimum in ("0x1_0000_0000", "0x1_0000_0000_0000"):
        huge = case.write("huge.wat", f"""(module (memory i64 {minimum})
          (data (i64.const 0xffff_ffff_0000) "x")
          (func (export "_start")))""".encode())
        done = execute([case.built(huge)])
        expect(done.returncode == 1 and done.stderr.startswith(
            b"wrought: error: cannot map the initial "), "huge", done)
    refused = case.write("refused.wat", b"""(module
      (import "wasi_snapshot_preview1" "fd_close" (func (param i32)
        (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32)
        (result i32)))
      (memory (export "memory") i64 1) (func (export "_start")))""")
    line = case.diagnosed("build", refused, "-o", case.path("refused"))
    expect('"fd_write"' in line and "32-bit pointers" in line, line)

    capped = case.write("capped.wat", b"""(module (memory 1) (memory $b i64 2)
      (func $must (param i32) (if (i32.eqz (local.get 0))
        (then (unreachable))))
      (func (export "_start")
        (call $must (i32.eq (memory.grow (i32.const 2)) (i32.const 1)))
        (call $must (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
        (call $must (i64.eq (memory.grow $b (i64.const 2)) (i64.const -1)))
        (call $must (i64.eq (memory.grow $b (i64.const 1)) (i64.const 2)))
        (i32.store8 $b (i64.const 196608) (i32.const 0))))""")
    for bounds in ("guard", "explicit"):
        done = execute([case.built(capped, "--max-memory", "200000",
                                   "--bounds-checks", bounds)])
        expect(trapped(done), f"--max-memory, {bounds}", done)
    line = case.diagnosed("build", capped, "--max-memory", "100000", "-o",
                          case.path("capped"))
    expect("memory[1] starts with 131072 bytes" in line, line)


def descriptors(case):
    """A program that opens all it can is refused, and its trap reported."""
    greedy = case.write("greedy.wat", b"""(module
      (import "wasi_snapshot_preview1" "path_open" (func $open
        (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 100) "f")
      (func $opensAll (param $count i32)
        (local $error i32)
        (local.set $error (call $open (i32.const 3) (i32.const 0)
          (i32.const 100) (i32.const 1) (i32.const 0) (i64.const 2)
          (i64.const 0) (i32.const 0) (i32.const 8)))
        (if (i32.eqz (local.get $error))
          (then (return_call $opensAll
            (i32.add (local.get $count) (i32.const 1)))))
        ;; EMFILE, after 0, 1, 2 and the grant of 64 less 16.
        (if (i32.and (i32.eq (local.get $error) (i32.const 33))
                     (i32.eq (local.get $count) (i32.const 44)))
          (then (unreachable))))
      (func (export "_start") (call $opensAll (i32.const 0))))""")
    os.mkdir(case.path("granted"))
    case.write("granted/f", b"")
    binary = case.built(greedy, "-g", "--dir", case.path("granted") + "::/")
    done = execute([binary], preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_NOFILE, (64, 64)))
    expect(done.returncode == 134 and b"unreachable" in done.stderr and
           b"opensAll" in done.stderr and b"0x" in done.stderr,
           "no trap report without descriptors", done)


CASES = {function.__name__: function for function in (
    artifact, grants, bad_inputs, unwritable_output, usage, determinism,
    missing_imports, emit_forms, text_input, handed_over, memories,
    descriptors)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    work = fresh_directory(os.path.abspath(options.work), "cli-" + options.case)
    CASES[options.case](Case(options.wrought, work))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
