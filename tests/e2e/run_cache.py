#!/usr/bin/env python3
"""The cache of compilations, in a folder and on a server, case by case.

    run_cache.py --wrought PATH --work DIR CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, tree

HELLO = os.path.join(run_cli.WAT, "hello.wat")
SERVER = "http://127.0.0.1:"
# What a silent server may cost a build, and the machine's load.
PATIENCE = 30


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def files_of(cache, kind):
    return sorted(path for path, content in tree(
        os.path.join(cache, kind)).items() if content is not None)


def build(case, cache, *flags, source=HELLO, output="out", env=None,
          warnings=(), cache_flags=()):
    """Builds through a cache; returns (whether it was a hit, the bytes)."""
    path = case.path(output)
    done = case.run("build", source, "-o", path, "--print-timings",
                    *(["--cache", cache] if cache else []), *cache_flags,
                    *flags, env={**os.environ, **(env or {})})
    lines = done.stderr.decode().splitlines()
    warned = [line for line in lines if line.startswith("wrought: ")]
    expect(done.returncode == 0 and len(warned) == len(warnings) and
           all(text in line for text, line in zip(warnings, warned)),
           f"{flags} {cache_flags}: warnings {warnings} expected", done)
    compiled = any(line.split()[:1] == ["compile"] for line in lines)
    hit = any(line.split()[:2] == ["cache", "hit"] for line in lines)
    expect(compiled != hit, "neither a hit nor compiled", done)
    return hit, contents(path)


def check_entries(cache, complete=True):
    """Every artifact is what its name says; records name artifacts."""
    artifacts = set()
    for path in files_of(cache, "cas"):
        data = contents(os.path.join(cache, "cas", path))
        name = os.path.basename(path)
        expect(hashlib.sha256(data).hexdigest() == name,
               f"{path} is broken: {len(data)} bytes")
        artifacts.add(name.encode())
    records = files_of(cache, "ac")
    for path in records:
        record = contents(os.path.join(cache, "ac", path))
        expect(any(name in record for name in artifacts) or not complete,
               f"{path} names nothing that is there: {record}")
        expect(record[:1] == b"\x12" and len(record) == record[1] + 2,
               f"{path} is broken: {record}")
    return len(artifacts), len(records)


def local(case):
    """The second build is a hit with the same bytes, if nothing differs."""
    cache = case.path("cache")
    plain = contents(case.built(HELLO))
    hit, first = build(case, cache)
    expect(not hit and first == plain, "the first build")
    hit, second = build(case, cache, output="elsewhere")
    expect(hit and second == plain, "the second build is no hit")
    expect(os.access(case.path("elsewhere"), os.X_OK), "it is no program")
    shutil.copy(HELLO, case.path("copy.wat"))
    expect(build(case, cache, "-j", "1", source=case.path("copy.wat"))[0],
           "the name or -j makes a difference")
    for flags in (["-O1"], ["--strip"], ["--dir", "/x"], ["--env", "A=1"],
                  ["--env", "A=2"], ["--emit", "object"], ["--emit", "llvm-ir"],
                  ["--target", "riscv64"], ["--cpu", "x86-64-v2", "--target",
                                            "x86_64"]):
        hit, data = build(case, cache, *flags)
        expect(not hit, f"{flags}: a hit")
        expect(data == contents(case.built(HELLO, *flags)), f"{flags}: bytes")
        expect(build(case, cache, *flags) == (True, data), f"{flags}: no hit")
    expect(not os.access(case.path("out"), os.X_OK) or "object" not in flags,
           "an object can be executed")
    done = case.run("build", HELLO, "--cache", cache, "-o", "-")
    expect(done.returncode == 0 and done.stdout == plain, "standard output",
           done)
    expect(build(case, None, env={"WROUGHT_CACHE_DIR": cache})[0],
           "WROUGHT_CACHE_DIR is not used")
    expect(not build(case, None)[0], "a cache that nobody asked for")
    case.diagnosed("build", case.write("bad.wasm", b"no"), "--cache", cache)
    case.diagnosed("build", HELLO, "--cache", cache, "-o", case.path("no/out"))
    check_entries(cache)
    expect(not files_of(cache, "tmp"), f"left: {files_of(cache, 'tmp')}")


def warnings(case):
    """A hit repeats the warnings of the build."""
    cache, text = case.path("cache"), ["would never be chosen"]
    flags = ["--target", "x86_64", "--cpu", "x86-64-v2,nehalem"]
    first = build(case, cache, *flags, warnings=text)
    expect(not first[0], "a hit")
    expect(build(case, cache, *flags, warnings=text) == (True, first[1]),
           "no hit")


def run_command(case):
    """`run` uses the user's cache without being asked, or the one named."""
    env = {**os.environ, "XDG_CACHE_HOME": case.path("home")}
    for flags, cache in ([], case.path("home/wrought")), (
            ["--cache", case.path("other")], case.path("other")):
        for number in range(2):
            done = case.run("run", HELLO, *flags, env=env)
            expect(done.returncode == 0 and done.stdout == b"Hello, world\n",
                   f"run {flags}", done)
            expect(check_entries(cache) == (1, 1), f"run {number}: {cache}")
    expect(os.stat(case.path("home/wrought")).st_mode & 0o77 == 0,
           "others may look into the user's cache")
    expect(build(case, case.path("home/wrought"))[0],
           "run and build have no cache in common")


def damaged(case):
    """A damaged entry costs a build, and is never an output."""
    cache = case.path("cache")
    plain = build(case, cache)[1]
    artifact = os.path.join(cache, "cas", files_of(cache, "cas")[0])
    record = os.path.join(cache, "ac", files_of(cache, "ac")[0])

    def spoil(path, data):
        os.chmod(path, 0o755)
        with open(path, "wb") as file:
            file.write(data)

    chance = random.Random(7)
    flipped = bytearray(plain)
    flipped[len(plain) // 2] ^= 1
    for path, data in ((artifact, b""), (artifact, plain[:-1]),
                       (artifact, plain + b"x"), (artifact, bytes(flipped)),
                       (record, b""), (record, chance.randbytes(70)),
                       (record, contents(record)[:-3]), (record, b"x" * 9999)):
        spoil(path, data)
        expect(build(case, cache) == (False, plain), f"{len(data)} bytes: "
               "not built anew")
        expect(build(case, cache) == (True, plain), "not mended")
    os.unlink(artifact)
    expect(build(case, cache) == (False, plain), "a record of nothing")
    for name in ("ac", "cas", "tmp"):
        blocked = fresh_directory(case.work, "blocked-" + name)
        case.write(f"blocked-{name}/{name}", b"")
        hit, data = build(case, blocked, warnings=["cannot make the cache"])
        expect(not hit and data == plain, f"{name} is a file")
    shutil.rmtree(os.path.join(cache, "cas"))
    case.write("cache/cas", b"")
    build(case, cache, warnings=["cannot make the cache"])
    case.diagnosed("run", HELLO, "--cache", cache)


def eviction(case):
    """What was not used for the longest goes; the rest stays."""
    cache = case.path("cache")
    size = len(build(case, cache, "-O0")[1])
    old = files_of(cache, "cas")
    build(case, cache, "-O1")
    for path in files_of(cache, "cas") + files_of(cache, "ac"):
        kind = "ac" if path in files_of(cache, "ac") else "cas"
        age = 7200 if path in old else 3600
        os.utime(os.path.join(cache, kind, path),
                 (time.time() - age, time.time() - age))
    build(case, cache, "-O3", cache_flags=["--cache-size", str(size * 5 // 2)])
    kept = files_of(cache, "cas")
    expect(old[0] not in kept and len(kept) == 2, f"kept: {kept}")
    expect(build(case, cache, "-O1")[0] and not build(case, cache, "-O0")[0],
           "the wrong ones are there")
    done = case.run("build", HELLO, "--cache", cache, "--cache-size", "x")
    expect(done.returncode == 2, "--cache-size x", done)


def killed(case):
    """32 processes fill one cache and are killed at any time, five times."""
    cache, chance = case.path("cache"), random.Random(32)
    wasm = HELLO
    variants = [["-O0", "--env", f"N={number % 8}"] for number in range(32)]
    start = time.monotonic()
    expected = contents(case.built(wasm, *variants[0], "--cache",
                                   case.path("unused")))
    usual = time.monotonic() - start
    survivors = 0
    for round_ in range(5):
        running = [subprocess.Popen(
            [case.wrought, "build", wasm, "-j", "1", "--cache", cache, "-o",
             case.path(f"{number}.out"), *flags], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) for number, flags in enumerate(variants)]
        order = list(running)
        chance.shuffle(order)
        for process in order[round_:]:
            time.sleep(chance.uniform(0, usual / 40))
            process.kill()
        codes = [process.wait(timeout=300) for process in running]
        counts = check_entries(cache, complete=False)
        survivors += codes.count(0)
        print(f"round {round_}: {codes.count(0)} ended before they were "
              f"killed, {counts[0]} artifacts, {counts[1]} records, "
              f"{len(files_of(cache, 'tmp'))} files left in tmp")
        for number, code in enumerate(codes):
            if code == 0:
                data = contents(case.path(f"{number}.out"))
                expect(len(data) == len(expected), f"{number}: wrong output")
    expect(survivors < 5 * 32 - 20, "hardly any was killed")
    for flags in variants[:8]:
        plain = contents(case.built(wasm, *flags))
        expect(build(case, cache, *flags, source=wasm)[1] == plain,
               f"{flags}: the cache has other bytes")
    # What the killed left is gone after an hour.
    for path in files_of(cache, "tmp"):
        os.utime(os.path.join(cache, "tmp", path), (1, 1))
    build(case, cache, "-O1", source=wasm)
    expect(not files_of(cache, "tmp"), "temporary files stay for ever")
    check_entries(cache)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nginx:
    """Debian's nginx as a child of this process, on a port of its own."""

    def __init__(self, case):
        self.program = shutil.which("nginx") or "/usr/sbin/nginx"
        if not os.path.exists(self.program):
            toolchain.skip("nginx")
        self.folder = fresh_directory(case.work, "nginx")
        self.store = fresh_directory(self.folder, "store")
        self.port = free_port()
        self.process = None
        temporary = "".join(f"  {name}_temp_path {self.folder}/{name};\n"
                            for name in ("client_body", "proxy", "fastcgi",
                                         "uwsgi", "scgi"))
        with open(os.path.join(self.folder, "nginx.conf"), "w",
                  encoding="utf-8") as file:
            file.write(f"""daemon off;
master_process off;
pid {self.folder}/pid;
error_log {self.folder}/error.log;
events {{}}
http {{
{temporary}  access_log {self.folder}/access.log;
  client_max_body_size 0;
  server {{
    listen 127.0.0.1:{self.port};
    root {self.store};
    location / {{
      dav_methods PUT;
      create_full_put_path on;
    }}
    location /slow/ {{
      alias {self.store}/;
      limit_rate 2k;
    }}
    location /readable/ {{
      alias {self.store}/;
    }}
    location /broken/ {{
      return 500;
    }}
  }}
}}
""")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def url(self, place=""):
        return f"{SERVER}{self.port}/{place}"

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "-p", self.folder, "-c",
             os.path.join(self.folder, "nginx.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise toolchain.Failure("nginx does not start: " +
                                self.process.stderr.read().decode())

    def stop(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait(timeout=30)

    def requests(self, method):
        with open(os.path.join(self.folder, "access.log"),
                  encoding="utf-8") as file:
            return sum(f'"{method} ' in line for line in file)


def fresh_build(case, url, *flags, warned=(), seconds=None, **more):
    """A build by somebody whose own cache is empty."""
    cache = fresh_directory(case.work, "own-cache")
    start = time.monotonic()
    outcome = build(case, cache, *flags, warnings=warned,
                    cache_flags=["--remote-cache", url,
                                 *more.pop("remote_flags", ())], **more)
    took = time.monotonic() - start
    expect(seconds is None or took < seconds,
           f"took {took:.1f} s, not under {seconds}")
    check_entries(cache)
    expect(not files_of(cache, "tmp"), "temporary files are left")
    return outcome


def remote(case):
    """Builders share their work through nginx."""
    plain = contents(case.built(HELLO))
    with Nginx(case) as server:
        expect(fresh_build(case, server.url()) == (False, plain), "first")
        expect(check_entries(server.store) == (1, 1), "what the server holds")
        expect(fresh_build(case, server.url()) == (True, plain), "second")
        expect(os.access(case.path("out"), os.X_OK), "it is no program")
        expect(fresh_build(case, server.url(), env={
            "WROUGHT_REMOTE_CACHE": "http://127.0.0.1:1/"})[0],
               "the flag does not win over the environment")
        cache = case.path("own-cache")
        expect(build(case, cache, env={"WROUGHT_REMOTE_CACHE": server.url()})
               == (True, plain), "the own cache knows it")
        before = server.requests("GET")
        build(case, cache, cache_flags=["--remote-cache", server.url()])
        expect(server.requests("GET") == before, "asked without need")
        read_only = ["--remote-cache-mode", "read-only"]
        expect(fresh_build(case, server.url(), remote_flags=read_only) ==
               (True, plain), "read-only")
        hit, other = fresh_build(case, server.url(), "-O1",
                                 remote_flags=read_only)
        expect(not hit and check_entries(server.store) == (1, 1),
               "read-only, but it wrote")
        expect(fresh_build(case, server.url(), "-O1", env={
            "WROUGHT_REMOTE_CACHE_MODE": "read-only"}) == (False, other) and
               check_entries(server.store) == (1, 1), "read-only by variable")
        done = case.run("run", HELLO, "--remote-cache", server.url(), env={
            **os.environ, "XDG_CACHE_HOME": case.path("home")})
        expect(done.stdout == b"Hello, world\n" and not done.stderr, "run",
               done)
        # The artifact is there, the record is not: HEAD saves the upload.
        shutil.rmtree(os.path.join(server.store, "ac"))
        before = server.requests("PUT")
        expect(not fresh_build(case, server.url())[0], "no record, but a hit")
        expect(server.requests("PUT") == before + 1 and
               server.requests("HEAD") > 0, "uploaded twice")
    for words in (["--remote-cache", "ftp://x/"], ["--remote-cache", "x"],
                  ["--remote-cache-mode", "never"],
                  ["--remote-cache-timeout", "0"]):
        done = case.run("build", HELLO, *words)
        expect(done.returncode == 2, f"{words}: not exit 2", done)


def spoil(server, kind, change):
    for name in files_of(server.store, kind):
        file = os.path.join(server.store, kind, name)
        data = contents(file)
        with open(file, "wb") as out:
            out.write(change(data))


def remote_garbage(case):
    """What arrives is checked; what is wrong costs a warning and a build."""
    plain = contents(case.built(HELLO))
    with Nginx(case) as server:
        for kind, change, warning in (
                ("cas", lambda data: data[:-1], "not what its record says"),
                ("cas", lambda data: data + b"x", "longer than its record"),
                ("cas", lambda data: data[:9] + b"\xff" + data[10:],
                 "not what its record says"),
                ("cas", lambda data: b"", "not what its record says"),
                ("ac", lambda data: b"<html>It works!</html>", "none of ours"),
                ("ac", lambda data: b"", "none of ours"),
                ("ac", lambda data: data[:-4], "none of ours"),
                ("ac", lambda data: bytes(5000), "too long"),
                ("ac", lambda data: data.replace(data[10:30], b"../" + b"a" * 17),
                 "none of ours")):
            shutil.rmtree(server.store)
            os.makedirs(server.store)
            fresh_build(case, server.url())
            spoil(server, kind, change)
            expect(fresh_build(case, server.url(), warned=[warning]) ==
                   (False, plain), f"{warning}: other bytes")
        for place, warning in (("broken/", "status 500"),
                               ("readable/", "status 405")):
            shutil.rmtree(server.store)
            os.makedirs(server.store)
            expect(fresh_build(case, server.url(place), warned=[warning]) ==
                   (False, plain), f"{place}: other bytes")
        secret = server.url("broken/").replace("://", "://me:secret@")
        done = case.run("build", HELLO, "--remote-cache", secret, "-o",
                        case.path("out"), env={
                            **os.environ, "XDG_CACHE_HOME": case.path("none")})
        expect(done.returncode == 0 and b"status 500" in done.stderr and
               b"secret" not in done.stderr, "a password is shown", done)


def remote_dead(case):
    """A server that is not there, dies half-way, hangs or dribbles."""
    plain = contents(case.built(HELLO))
    expect(fresh_build(case, f"{SERVER}{free_port()}/", seconds=PATIENCE,
                       warned=["onnect"]) == (False, plain), "nobody there")
    with Nginx(case) as server:
        fresh_build(case, server.url())

        def later(action):
            timer = threading.Timer(1.5, action)
            timer.start()
            return timer

        # At 2 kB/s the artifact takes longer than these servers live.
        timer = later(server.process.kill)
        expect(fresh_build(case, server.url("slow/"), seconds=PATIENCE,
                           warned=["going on without it"]) == (False, plain),
               "killed half-way")
        timer.join()
        server.stop()
        server.start()
        timer = later(lambda: server.process.send_signal(signal.SIGSTOP))
        expect(fresh_build(case, server.url("slow/"), seconds=PATIENCE,
                           warned=["going on without it"]) == (False, plain),
               "stopped half-way")
        timer.join()
        expect(fresh_build(case, server.url(), seconds=PATIENCE,
                           warned=["going on without it"]) == (False, plain),
               "silent from the start")
        server.process.send_signal(signal.SIGCONT)
        expect(fresh_build(case, server.url("slow/"), seconds=PATIENCE,
                           warned=["imed out"], remote_flags=[
                               "--remote-cache-timeout", "2"]) ==
               (False, plain), "too slow")
        expect(fresh_build(case, server.url()) == (True, plain),
               "well again")


CASES = {function.__name__: function for function in (
    local, warnings, run_command, damaged, eviction, killed, remote,
    remote_garbage, remote_dead)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("WROUGHT_")
                 and name != "WROUGHT_RUNTIME_DIR"]:
        del os.environ[name]
    work = fresh_directory(os.path.abspath(options.work),
                           "cache-" + options.case)
    CASES[options.case](run_cli.Case(options.wrought, work))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
