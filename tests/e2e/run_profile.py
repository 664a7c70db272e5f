#!/usr/bin/env python3
"""Profiles: what programs write, and what comes of it.

    run_profile.py --wrought PATH --work DIR CASE [--target NAME --emulator QEMU]

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
"""

import argparse
import os
import platform
import re
import struct
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory

WORK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "profiles",
                    "work.wat")
STATUS = {"r": 0, "x": 7, "t": 134, "a": 0}
RARE, ROUNDS = 157, 10000  # of 10000 rounds, 157 are multiples of 64


class Profile:
    """What docs/performance.md says of the file's form, read on its own."""

    def __init__(self, data):
        words = struct.unpack(f"<{len(data) // 8}Q", data)
        assert data[:8] == b"wrtprof1" and words[1] == len(data)
        self.functions, at = {}, 4
        names = []
        for _ in range(words[2]):
            length, hash_, counters, sites = words[at:at + 4]
            at += 4
            name = data[at * 8:at * 8 + length].decode()
            at += (length + 7) // 8
            counts = words[at:at + counters]
            at += counters
            calls = []
            for _ in range(sites):
                pairs = [(words[at + 1 + 2 * n], words[at + 2 + 2 * n])
                         for n in range(4)]
                calls.append((words[at], {f: c for f, c in pairs if c}))
                at += 9
            name = name.split(".")[-1]
            names.append(name)
            # Each version of a program has counters of its own.
            if sum(counts) or name not in self.functions:
                self.functions[name] = (hash_, counts, calls)
        assert at == len(words)
        self.names = names

    def targets(self, function):
        (other, targets), = self.functions[function][2]
        return other, {self.names[f]: c for f, c in targets.items()}


class Case(run_cli.Case):
    emulator, target = [], []

    def counted(self, *flags, name="counted", source=WORK):
        return self.built(source, "--profile-generate", *self.target, *flags,
                          name=name)

    def ran(self, program, way, **environment):
        done = execute([*self.emulator, program], cwd=self.work,
                       stdin=way.encode(), env={**os.environ, **environment})
        expect(done.returncode == STATUS[way], f"{program} {way}", done)
        return done

    def profile_of(self, program, way, name="p.wprof"):
        self.ran(program, way, WROUGHT_PROFILE_FILE=self.path(name))
        with open(self.path(name), "rb") as file:
            return file.read()

    def ir(self, *flags, source=WORK):
        done = self.run("build", source, "--emit", "llvm-ir", "-o", "-",
                        *self.target, *flags)
        expect(done.returncode == 0, f"IR {flags}", done)
        return done.stdout.decode(), done.stderr.decode()


def counts(case):
    """Every way to end writes the same counts; they are what happened."""
    for flags in ([], ["-O0"], ["--strip"]):
        program = case.counted(*flags)
        seen = {way: Profile(case.profile_of(program, way))
                for way in STATUS}
        for way in "rxt":
            profile = seen[way]
            expect(profile.functions["work"] == seen["r"].functions["work"],
                   f"{way} counts something else")
            expect(profile.targets("round")
                   == (0, {"double": ROUNDS - RARE}),
                   f"{way}: {profile.targets('round')}")
            expect(profile.functions["double"][1] == (ROUNDS - RARE,)
                   and profile.functions["never"][1] == (RARE,)
                   and profile.functions["negate"][1] == (0,)
                   and profile.functions["trap"][1] == (int(way == "t"),),
                   f"{way}: {profile.functions}")
        expect(seen["a"].targets("round") == (0, {"square": RARE}), "square")
        expect(seen["a"].functions["never"][1] == (ROUNDS - RARE,), "a")


def uses(case):
    """The frequent target is called directly, and the answers stay."""
    profile = case.path("r.wprof")
    case.profile_of(case.counted(), "r", "r.wprof")
    plain, _ = case.ir()
    used, messages = case.ir("--profile-use", profile)
    expect(not messages, messages)
    expect("ProfileSummary" in used and "ProfileSummary" not in plain,
           "no summary")
    expect(used.count("branch_weights")
           > plain.count("branch_weights"), "no weights")
    # Its address is compared with the pointer that is called.
    expect(".double" in used and any(
        "icmp eq ptr" in line and ".double" in line
        for line in used.splitlines()), "double is not called directly")
    for level in ("-O0", "-O1", "-O2", "-O3", "-Oz"):
        for checks in ("guard", "explicit"):
            flags = [level, "--bounds-checks", checks]
            counted = case.counted(*flags)
            case.profile_of(counted, "r", "l.wprof")
            program = case.built(WORK, *flags, *case.target, "--profile-use",
                                 case.path("l.wprof"), name="used")
            before = case.built(WORK, *flags, *case.target, name="plain")
            for way in STATUS:
                one, other = case.ran(program, way), case.ran(before, way)
                expect(one.stdout == other.stdout and len(one.stdout) == 4,
                       f"{flags} {way}", one)
                if way == "t":
                    expect(b"<trap>" in one.stderr, "no backtrace", one)


def merging(case):
    """Several runs add up: in one list or many, in any order."""
    program = case.counted()
    case.profile_of(program, "r", "1.wprof")
    case.profile_of(program, "a", "2.wprof")
    one, two = case.path("1.wprof"), case.path("2.wprof")
    irs = {case.ir(*flags)[0] for flags in (
        ["--profile-use", f"{one},{two}"], ["--profile-use", f"{two},{one}"],
        ["--profile-use", one, "--profile-use", two])}
    expect(len(irs) == 1, "the order of profiles shows")
    expect(case.ir("--profile-use", one)[0] not in irs
           and case.ir("--profile-use", two)[0] not in irs,
           "one of the two does not count")
    text = irs.pop()
    # 9843 times double and 157 times square.
    expect(f"i32 {ROUNDS - RARE}" in text, "the frequent target's count")


def misfits(case):
    """Counts of other code: a warning with their number, and no harm."""
    case.profile_of(case.counted(), "r", "m.wprof")
    with open(WORK, encoding="utf-8") as file:
        text = file.read()
    changed = case.write("changed.wat", text.replace(
        "(i32.mul (local.get 0) (local.get 0)))",
        "(if (result i32) (local.get 0) (then (i32.const 3)) (else (i32.const"
        " 4))))").encode())
    _, messages = case.ir("--profile-use", case.path("m.wprof"),
                          source=changed)
    expect("the profile does not fit 1 of" in messages, messages)
    # Functions that have moved are found by their names.
    moved = case.write("moved.wat", text.replace(
        "  (func $double", "  (func $new (result i32) (i32.const 1))\n"
        "  (func (export \"x\") (drop (call $new)))\n  (func $double").encode())
    used, messages = case.ir("--profile-use", case.path("m.wprof"),
                             source=moved)
    expect(not messages, messages)
    expect("icmp eq ptr" in used and f"i32 {ROUNDS - RARE}" in used,
           "what moved has no counts")
    unlike = case.write("unlike.wat", b'(module (func (export "_start")))')
    program = case.path("unlike")
    done = case.run("build", unlike, *case.target, "-o", program,
                    "--profile-use", case.path("m.wprof"))
    expect(done.returncode == 0
           and b"warning: the profile does not fit 8 of" in done.stderr,
           "unlike", done)
    expect(execute([*case.emulator, program]).returncode == 0, "it runs")


def damage(case):
    """Cut anywhere, or with any byte changed: one line that says where."""
    whole = case.profile_of(case.counted(), "r", "d.wprof")
    for length in [*range(0, 40), *range(40, len(whole), 97), len(whole) - 1]:
        path = case.write("cut.wprof", whole[:length])
        line = case.diagnosed("build", WORK, "-o", case.path("x"),
                              "--profile-use", path)
        expect("cut.wprof:0x" in line and "damaged profile: " in line, line)
    for at in range(0, len(whole), 29):
        broken = bytearray(whole)
        broken[at] ^= 0x40
        path = case.write("flip.wprof", bytes(broken))
        line = case.diagnosed("build", WORK, "-o", case.path("x"),
                              "--profile-use", path)
        expect("flip.wprof:0x" in line and "damaged profile: " in line, line)
    line = case.diagnosed("build", WORK, "-o", case.path("x"),
                          "--profile-use", case.path("none.wprof"))
    expect("cannot read" in line, line)

    def with_checksum(data):
        total = 0xcbf29ce484222325
        for (word,) in struct.iter_unpack("<Q", data[32:]):
            total = (total ^ word) * 0x100000001b3 % 2**64
        return data[:24] + struct.pack("<Q", total) + data[32:]

    # Made by hand: sums that are right over numbers that are not.
    expect(with_checksum(whole) == whole, "the checksum as documented")
    for word in range(4, len(whole) // 8):
        for value in (0, 2**64 - 1, len(whole) // 8):
            data = bytearray(whole)
            data[word * 8:word * 8 + 8] = struct.pack("<Q", value)
            path = case.write("hand.wprof", with_checksum(bytes(data)))
            done = case.run("build", WORK, "-O0", "-o", case.path("x"),
                            "--emit", "llvm-ir", "--profile-use", path)
            expect(done.returncode in (0, 1), f"word {word} is {value}", done)


def files(case):
    """Where the profile goes, and who may say so."""
    program = case.counted(name="by-default")
    case.ran(program, "r")
    expect(os.path.exists(case.path("default.wprof")), "no default.wprof")
    program = case.built(WORK, *case.target, "--profile-generate=to-%p.wprof",
                         name="by-flag")
    case.ran(program, "r")
    case.ran(program, "r")
    found = [name for name in os.listdir(case.work) if name.startswith("to-")]
    expect(len(found) == 2 and all(
        name[3:-6].isdigit() for name in found), f"%p: {found}")
    done = case.ran(program, "x", WROUGHT_PROFILE_FILE="/nowhere/p.wprof")
    expect(b"warning: cannot write the profile '/nowhere/p.wprof'"
           in done.stderr, "no warning", done)
    sealed = case.counted("--sealed", name="sealed")
    os.remove(case.path("default.wprof"))
    case.ran(sealed, "r", WROUGHT_PROFILE_FILE=case.path("env.wprof"))
    expect(os.path.exists(case.path("default.wprof"))
           and not os.path.exists(case.path("env.wprof")), "sealed")
    # One that has no functions of its own.
    empty = case.write("empty.wat", b"""(module
      (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
      (type $t (func)) (import "env" "nothing" (func (type $t)))
      (export "_start" (func 1)))""")
    program = case.counted("--allow-missing-imports", source=empty)
    done = execute([*case.emulator, program], cwd=case.work, env={
        **os.environ, "WROUGHT_PROFILE_FILE": case.path("empty.wprof")})
    with open(case.path("empty.wprof"), "rb") as file:
        expect(Profile(file.read()).functions == {}, "empty", done)
    # Nothing of it is in other programs.
    with open(case.built(WORK, *case.target, name="none"), "rb") as file:
        expect(b"wrought_profile" not in file.read(), "in other programs")


def refusals(case):
    case.profile_of(case.counted(), "r")
    profile = case.path("p.wprof")
    for output in ("l.so", "l.a", "o.o", "i.ll"):
        line = case.diagnosed("build", WORK, "-o", case.path(output),
                              "--profile-generate")
        expect("--profile-generate" in line, line)
    for output in ("l.so", "l.a"):
        line = case.diagnosed("build", WORK, "-o", case.path(output),
                              "--profile-use", profile)
        expect("profiles are of programs only" in line, line)
    for flags in (["--profile-generate", "--profile-use", profile],
                  ["--profile-use", profile + ","],
                  ["--emit-plan", "ninja", "--profile-use", profile],
                  ["--emit-plan", "ninja", "--profile-generate"]):
        done = case.run("build", WORK, "-o", case.path("u"), *flags)
        expect(done.returncode == 2, f"{flags}", done)


def builds(case):
    """The cache knows profiles by content; -MD names them; -j changes nothing."""
    program = case.counted()
    first = case.profile_of(program, "r", "c.wprof")
    second = case.profile_of(program, "a", "other.wprof")
    cache = case.path("cache")

    def build():
        done = case.run("build", WORK, "-o", case.path("b"), "--cache", cache,
                        "--print-timings", "--profile-use",
                        case.path("c.wprof"), "-MD")
        expect(done.returncode == 0, "build", done)
        with open(case.path("b"), "rb") as file:
            return b"cache hit" in done.stderr, file.read()

    hit, one = build()
    expect(not hit, "in an empty cache")
    expect(build() == (True, one), "not taken from the cache")
    case.write("c.wprof", second)
    hit, other = build()
    expect(not hit and other != one, "another profile, the same program")
    case.write("c.wprof", first)
    expect(build() == (True, one), "the first again")
    with open(case.path("b.d"), encoding="utf-8") as file:
        expect("c.wprof" in file.read(), "not in the rule")
    done = case.run("inspect", case.path("b"), "--json")
    expect(b'"profileUse"' in done.stdout, "inspect", done)

    # Many partitions: each function large, and called by its neighbour.
    body = "".join(f"(local.set 0 (i32.xor (local.get 0) (i32.const {n})))"
                   f"(if (i32.and (local.get 0) (i32.const {1 << n % 20}))"
                   "(then (local.set 0 (i32.mul (local.get 0) (i32.const 3)))))"
                   for n in range(100))
    count = 160
    text = "(module " + "".join(
        f"(func $f{n} (param i32) (result i32) {body} (i32.const 0) "
        f"{f'(drop (call $f{n - 1} (local.get 0)))' if n else ''})"
        for n in range(count))
    many = case.write("many.wat", (
        text + f'(func (export "_start") (drop (call $f{count - 1} '
        "(i32.const 5)))))").encode())
    programs = []
    for jobs in ("1", "4"):
        counted = case.counted("-j", jobs, source=many, name="many" + jobs)
        case.ran(counted, "r", WROUGHT_PROFILE_FILE=case.path("many.wprof"))
        programs.append([])
        for name in (counted, case.path("many.wprof"), case.built(
                many, *case.target, "-j", jobs, "--profile-use",
                case.path("many.wprof"), name="many")):
            with open(name, "rb") as file:
                programs[-1].append(file.read())
    expect(programs[0] == programs[1], "-j shows")
    with open(case.path("many.wprof"), "rb") as file:
        profile = Profile(file.read())
    expect(len(profile.functions) == count + 1
           and all(counters[-1] <= 1 and sum(counters) > 0
                   for _, counters, _ in profile.functions.values()),
           "not every function is counted")


def elsewhere(case):
    """Each target counts the same, and uses what another counted."""
    own = case.profile_of(case.counted(), "r", "t.wprof")
    native = Case(case.wrought, case.work)
    expect(native.profile_of(native.counted(name="native"), "r", "n.wprof")
           == own, "another profile than this machine's")
    program = case.built(WORK, *case.target, "--profile-use",
                         case.path("n.wprof"), name="used")
    plain = case.built(WORK, *case.target, name="plain")
    for way in STATUS:
        expect(case.ran(program, way).stdout == case.ran(plain, way).stdout,
               way)
    _, messages = case.ir("--profile-use", case.path("n.wprof"))
    expect(not messages, messages)


def versions(case):
    """Each of several versions has its counters, and all use one profile."""
    program = case.built(WORK, "--profile-generate", "--cpu",
                         "x86-64,x86-64-v2", name="versions")
    profile = Profile(case.profile_of(program, "r", "v.wprof"))
    expect(profile.functions["double"][1] == (ROUNDS - RARE,), "versions")
    done = case.run("build", WORK, "-o", case.path("v"), "--cpu",
                    "x86-64,x86-64-v2", "--profile-use", case.path("v.wprof"))
    expect(done.returncode == 0 and not done.stderr, "versions", done)
    case.ran(case.path("v"), "r")


class Listing:
    """The code of a program with symbols, by addresses in its file."""

    def __init__(self, program):
        done = execute([toolchain.need("llvm-objdump-22"), "-d",
                        "--no-show-raw-insn", program])
        self.functions = {}
        for line in done.stdout.decode().splitlines():
            head = re.fullmatch(r"[0-9a-f]+ <(.*)>:", line)
            if head:
                code = self.functions.setdefault(head[1].split(".")[-1], [])
            found = re.fullmatch(r" *([0-9a-f]+):\s+(.*)", line)
            if found:
                code.append((int(found[1], 16), found[2]))

    def find(self, function, pattern):
        """Where the first such instruction is, and where the next one."""
        code = self.functions[function]
        place, = [n for n, (_, text) in enumerate(code)
                  if re.match(pattern, text)][:1]
        return code[place][0], code[min(place + 1, len(code) - 1)][0]

    def start(self, function):
        return self.functions[function][0][0]


def branch_trace(program, at):
    """What `perf script -F ip,brstack` prints of a program that ran as `uses`
    has it: round called double and returned, a thousand times."""
    listing = Listing(program)
    call, after = listing.find("round", r"callq\s+\*")
    back, _ = listing.find("double", "retq")
    end, _ = listing.find("round", "retq")
    _, caller = listing.find("work", r"callq.*round")
    done = execute([toolchain.need("llvm-readelf-22"), "-lW", program])
    (offset, address, size), = re.findall(
        r"LOAD +(0x\w+) (0x\w+) 0x\w+ 0x\w+ (0x\w+) R E",
        done.stdout.decode())
    page, base = int(address, 16) & -4096, 0x555555554000
    branches = [(end, caller), (back, after), (call, listing.start("double"))]
    row = f"{base + caller:x} " + " ".join(
        f"{base + a:#x}/{base + b:#x}/P/-/-/0" for a, b in branches) + "\n"
    with open(at, "w", encoding="utf-8") as file:
        file.write(f"PERF_RECORD_MMAP2 100/100: [{base + page:#x}"
                   f"({int(size, 16) + 4095 & -4096:#x}) @ "
                   f"{int(offset, 16) & -4096:#x} 00:1d 123 456]: r-xp "
                   f"{program}\n" + row * 1000)


def sampled(case):
    """What llvm-profgen makes of branches that perf recorded is used alike."""
    if platform.machine() != "x86_64":
        toolchain.skip("a processor whose branches this test can write down")
    profgen = toolchain.need("llvm-profgen-22")
    program = case.built(WORK, "-g", "-O0", *case.target, name="recorded")
    branch_trace(program, case.path("branches"))
    samples = case.path("samples.prof")
    made = execute([profgen, "--perfscript=" + case.path("branches"),
                    "--binary=" + program, "--format=text",
                    "--output=" + samples])
    expect(made.returncode == 0, "llvm-profgen", made)
    with open(samples, "rb") as file:
        text = file.read()
    expect(b".double:1" in text and b".round" in text, text)

    plain, _ = case.ir()
    used, messages = case.ir("--profile-use", samples)
    expect(not messages, messages)
    expect("SampleProfile" in used and "icmp eq ptr" in used
           and "icmp eq ptr" not in plain, "double is not called directly")
    for flags in (["-O0"], ["-O2"], ["-Oz", "--bounds-checks", "explicit"]):
        program = case.built(WORK, *flags, *case.target, "--profile-use",
                             samples, name="used")
        before = case.built(WORK, *flags, *case.target, name="plain")
        for way in STATUS:
            expect(case.ran(program, way).stdout
                   == case.ran(before, way).stdout, f"{flags} {way}")

    # Functions that have moved are found by their names, in any version.
    with open(WORK, encoding="utf-8") as file:
        source = file.read()
    moved = case.write("moved.wat", source.replace(
        "  (func $double", "  (func $new (result i32) (i32.const 1))\n"
        "  (func (export \"x\") (drop (call $new)))\n  (func $double").encode())
    expect("icmp eq ptr" in case.ir("--profile-use", samples,
                                    source=moved)[0], "moved")
    case.write("versions.prof", text.replace(b"wasm.f", b"wasm.v1.f"))
    one, messages = case.ir("--profile-use", case.path("versions.prof"))
    expect(one == used and not messages, "of another version")
    unlike = case.write("unlike.wat", b'(module (func (export "_start")))')
    _, messages = case.ir("--profile-use", samples, source=unlike)
    expect("the profile does not fit" in messages, messages)

    # They add up in any order, and not with counts.
    case.write("twice.prof", text.replace(b"double", b"square"))
    two = case.path("twice.prof")
    irs = {case.ir("--profile-use", one)[0]
           for one in (f"{samples},{two}", f"{two},{samples}")}
    expect(len(irs) == 1 and used not in irs, "two at once")
    case.profile_of(case.counted(), "r", "counts.wprof")
    for one in (f"{samples},counts.wprof", f"counts.wprof,{samples}"):
        line = case.diagnosed("build", WORK, "-o", case.path("x"),
                              "--profile-use", one)
        expect("sampled" in line and "counted" in line, line)

    # Damage: a line that says where; whatever can still be read is no error.
    binary = case.path("binary.prof")
    made = execute([toolchain.need("llvm-profdata-22"), "merge", "--sample",
                    "-o", binary, samples])
    expect(made.returncode == 0, "llvm-profdata", made)
    line = case.diagnosed("build", WORK, "-o", case.path("x"),
                          "--profile-use", binary)
    expect("binary.prof: a sample profile in binary form" in line, line)
    levels = "".join(f"{' ' * n}1: wasm.f2:10\n" for n in range(1, 2000))
    deep = case.write("deep.prof", f"wasm.f1:10:1\n{levels}".encode())
    line = case.diagnosed("build", WORK, "-o", case.path("x"),
                          "--profile-use", deep)
    expect("levels" in line, line)
    for at in range(0, len(text), 2):
        for broken in (text[:at], text[:at] + bytes([text[at] ^ 0x11])
                       + text[at + 1:]):
            path = case.write("broken.prof", broken)
            done = case.run("build", WORK, "-O0", "-o", "-", "--emit",
                            "llvm-ir", "--profile-use", path)
            expect(done.returncode == 0 or (
                done.returncode == 1 and b"broken.prof" in done.stderr
                and b"profile" in done.stderr), f"byte {at}", done)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("case")
    parser.add_argument("--target")
    parser.add_argument("--emulator")
    options = parser.parse_args()
    run = globals()[options.case]
    case = Case(options.wrought, fresh_directory(
        os.path.abspath(options.work),
        f"profile-{options.case}-{options.target}"))
    if options.target:
        case.target = ["--target", options.target]
        case.emulator = [toolchain.need(options.emulator)]
    run(case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
