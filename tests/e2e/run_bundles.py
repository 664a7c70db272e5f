#!/usr/bin/env python3
"""Bundles: packing, unpacking, verifying and what is done to them, by case.

    run_bundles.py --wrought PATH --work DIR [--packages DIR] CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
"""

import argparse
import base64
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import time

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must, tree

HELLO = os.path.join(run_cli.WAT, "hello.wat")
TARGETS = ("x86_64", "aarch64", "riscv64")
DAMAGED_COPIES = 10 * int(os.environ.get("WROUGHT_DAMAGE_SHARE", "100"))
SEEK_TABLE_MAGIC = struct.pack("<I", 0x8F92EAB1)


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def done_well(done, what):
    expect(done.returncode == 0 and not done.stderr, what, done)
    return done


def packed(case, *flags, name="app.wrb", targets=TARGETS, module=HELLO, **more):
    bundle = case.path(name)
    done_well(case.run("pack", module, "--target", ",".join(targets), "-O1",
                       "-o", bundle, *flags, **more), f"pack {flags[:20]}")
    return bundle


def contents_of(case):
    """What is packed comes out again, and is what `build` makes."""
    note = case.write("note.txt", b"a note\n")
    empty = case.write("empty", b"")
    bundle = packed(case, "--name", "app", "--package-version", "1.2.3",
                    "--include-module", "--add", note, "--add",
                    f"{empty}=doc/empty", "--dir", "data::/data:ro", "--env",
                    "WORD=secret-value", "--cpu", "x86_64=x86-64-v2,x86-64-v3",
                    "--features", "riscv64=+zba")
    done_well(case.run("verify", bundle), "verify")
    done_well(case.run("unpack", bundle, "-o", case.path("all")), "unpack")
    files = tree(case.path("all"))
    expect(sorted(path for path, content in files.items()
                  if content is not None) ==
           sorted([f"bin/{target}/app" for target in TARGETS] +
                  ["files/doc/empty", "files/note.txt", "module/app.wasm"]),
           f"files are {sorted(files)}")
    for target, flags in (("x86_64", ["--cpu", "x86-64-v2,x86-64-v3"]),
                          ("aarch64", []),
                          ("riscv64", ["--features", "+zba"])):
        binary = case.built(HELLO, "--target", target, "-O1", "--dir",
                            "data::/data:ro", "--env", "WORD=secret-value",
                            *flags, name=target)
        path = case.path(f"all/bin/{target}/app")
        expect(contents(binary) == contents(path), f"{target}: other bytes")
        expect(os.access(path, os.X_OK), f"{target}: not executable")
    expect(execute([case.path("all/bin/x86_64/app")]).stdout ==
           b"Hello, world\n" or os.uname().machine != "x86_64", "it runs")
    expect(files["files/note.txt"] == b"a note\n" and
           files["files/doc/empty"] == b"", "added files")
    expect(files["module/app.wasm"].startswith(b"\0asm"), "the module")

    done = case.run("inspect", "--json", bundle)
    shown = json.loads(done_well(done, "inspect").stdout)
    manifest = shown["manifest"]
    expect(manifest["name"] == "app" and manifest["version"] == "1.2.3" and
           not shown["isSigned"], "inspect", done)
    for part in manifest["parts"]:
        content = files[part["path"]]
        expect(part["byteLength"] == len(content) and part["sha256"] ==
               hashlib.sha256(content).hexdigest(), f"{part}", done)
    expect([entry["target"] for entry in manifest["targets"]] ==
           list(TARGETS), "targets", done)
    expect(manifest["targets"][2]["versions"][0]["requires"] == ["zba"],
           "CPU features", done)
    expect({"module": "wasi_snapshot_preview1", "name": "fd_write",
            "type": "function [i32 i32 i32 i32] -> [i32]"} in
           manifest["module"]["imports"], "imports", done)
    expect(manifest["options"]["grants"] ==
           [{"guest": "/data", "host": "data", "readOnly": True}] and
           manifest["options"]["environment"] == ["WORD"], "grants", done)
    expect(b"secret-value" not in done.stdout, "a secret is shown", done)
    text = case.run("inspect", bundle)
    expect(b"bin/aarch64/app" in done_well(text, "inspect").stdout, "text",
           text)


def supply_chain(case):
    """A bill of materials, a provenance, and the same programs once more."""
    wasm = case.wasm_from(os.path.join(run_cli.HERE, "programs", "hello.c"))
    key, note = case.path("key"), case.write("note", b"x")
    done_well(case.run("keygen", key), "keygen")
    sbom, provenance = case.path("sbom.json"), case.path("provenance.json")
    flags = ["--name", "app", "--package-version", "2", "--include-module",
             "--env", "A=1", "--env", "B=2", "--cpu",
             "x86_64=x86-64-v2,x86-64-v3", "--dir", "/x::/y:ro", "--argv0", "z",
             "--max-memory", "16MiB", "--add", note, "--sbom", sbom,
             "--provenance", provenance]
    bundle = packed(case, *flags, module=wasm)
    parts = {part["path"]: part["sha256"] for part in json.loads(
        case.run("inspect", "--json", bundle).stdout)["manifest"]["parts"]}
    bill = json.loads(contents(sbom))
    expect(bill["bomFormat"] == "CycloneDX" and bill["specVersion"] == "1.5",
           f"{bill}")
    hashes = {component["name"]: component["hashes"][0]["content"]
              for component in bill["components"] if "hashes" in component}
    module_hash = hashlib.sha256(contents(wasm)).hexdigest()
    expect(parts.items() <= hashes.items() and module_hash in hashes.values(),
           f"{hashes}")
    for target in TARGETS:
        archive_ = os.path.join(os.path.dirname(case.wrought), "..", "lib",
                                "wrought", target, "libwrought_rt.a")
        expect(hashes[f"wrought runtime {target}"] ==
               hashlib.sha256(contents(archive_)).hexdigest(), f"{target}")
    expect(any("clang" in component["name"] for component in
               bill["components"]), "the module's producers are missing")
    references = [component["bom-ref"] for component in bill["components"]]
    expect(len(references) == len(set(references)) and all(
        reference in references for row in bill["dependencies"]
        for reference in row["dependsOn"]), f"{bill['dependencies']}")
    statement = json.loads(contents(provenance))
    check_statement(statement, bundle, parts, module_hash)
    check_envelope(case, key, flags, wasm, statement)
    rebuild(case, bundle, wasm)


def check_statement(statement, bundle, parts, module_hash):
    expect(statement["_type"] == "https://in-toto.io/Statement/v1" and
           statement["predicateType"] == "https://slsa.dev/provenance/v1",
           f"{statement}")
    subjects = {subject["name"]: subject["digest"]["sha256"]
                for subject in statement["subject"]}
    expect(subjects == {"app.wrb": hashlib.sha256(contents(bundle)).hexdigest(),
                        **parts}, f"{subjects}")
    definition = statement["predicate"]["buildDefinition"]
    expect(module_hash in json.dumps(definition["resolvedDependencies"]) and
           definition["externalParameters"]["options"]["environment"] ==
           ["A", "B"], f"{definition}")


def check_envelope(case, key, flags, wasm, statement):
    """With a key the statement is signed, as DSSE has it."""
    openssl = toolchain.need("openssl")
    signed = packed(case, *flags, "--sign", key, module=wasm, name="app.wrb")
    expect(contents(signed), "no bundle")
    envelope = json.loads(contents(case.path("provenance.json")))
    payload = base64.b64decode(envelope["payload"])
    kind = envelope["payloadType"].encode()
    text = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    case.write("pae", text)
    case.write("sig", base64.b64decode(envelope["signatures"][0]["sig"]))
    must([openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
          key + ".pub", "-in", case.path("pae"), "-sigfile", case.path("sig")])
    own = json.loads(payload)
    expect(own["predicate"] == statement["predicate"], "another statement")


def rebuild(case, bundle, wasm):
    """rebuild-check finds the same bytes, and says where they differ."""
    values = ["--env", "A=1", "--env", "B=2"]
    done_well(case.run("rebuild-check", bundle, wasm, *values), "rebuild-check")
    done_well(case.run("rebuild-check", bundle, wasm, *values, "-j", "1",
                       cwd="/"), "rebuild-check elsewhere")
    line = case.diagnosed("rebuild-check", bundle, wasm, "--env", "A=1")
    expect("'B'" in line, line)
    line = case.diagnosed("rebuild-check", bundle, HELLO, *values)
    expect("another module" in line, line)
    done = case.run("rebuild-check", bundle, wasm, "--env", "A=1", "--env",
                    "B=other")
    lines = done.stderr.decode().splitlines()
    expect(done.returncode == 1 and len(lines) == 3 and all(
        f"bin/{target}/app: building it again gives other bytes" in text
        for target, text in zip(TARGETS, lines)), "other values", done)
    objects = packed(case, "--emit", "object", "-g",
                     module=wasm, name="objects.wrb")
    done_well(case.run("rebuild-check", objects, wasm), "objects")
    line = case.diagnosed("rebuild-check", objects, wasm, "--key",
                          case.path("key.pub"))
    expect("not signed" in line, line)


def one_target(case):
    """`unpack --target` writes that target's files only."""
    bundle = packed(case, "--include-module", "--emit", "object")
    done_well(case.run("unpack", bundle, "--target", "arm64", "-o",
                       case.path("one")), "unpack --target")
    files = {path for path, content in tree(case.path("one")).items()
             if content is not None}
    expect(files == {"obj/aarch64/hello.o"}, f"files are {files}")
    small = packed(case, targets=["riscv64"], name="small.wrb")
    line = case.diagnosed("unpack", small, "--target", "riscv64,x86_64", "-o",
                          case.path("none"))
    expect("x86_64" in line, line)
    expect(not os.path.exists(case.path("none")), "files left after an error")
    blocked = case.path("blocked")
    os.makedirs(os.path.join(blocked, "bin/riscv64/hello"))
    case.diagnosed("unpack", small, "-o", blocked)
    expect(tree(blocked) == {"bin": None, "bin/riscv64": None,
                             "bin/riscv64/hello": None},
           f"left: {tree(blocked)}")


def standard_tools(case):
    """tar and zstd open a bundle; its seek table is that of zstd's format."""
    tar, zstd = toolchain.need("tar"), toolchain.need("zstd")
    bundle = packed(case, "--include-module")
    names = must([tar, "--zstd", "-tf", bundle]).decode().split()
    expect(names == ["manifest.json", "bin/aarch64/hello", "bin/riscv64/hello",
                     "bin/x86_64/hello", "module/hello.wasm"], f"{names}")
    folder = fresh_directory(case.work, "tar")
    done = execute([tar, "--zstd", "-xf", bundle, "-C", folder])
    expect(done.returncode == 0 and not done.stderr, "tar complains", done)
    done_well(case.run("unpack", bundle, "-o", case.path("own")), "unpack")
    files = tree(folder)
    manifest = json.loads(files.pop("manifest.json"))
    expect(files == tree(case.path("own")), "tar and unpack differ")
    expect(os.access(os.path.join(folder, "bin/x86_64/hello"), os.X_OK),
           "mode of a program")
    must([zstd, "-q", "-t", bundle])
    data = contents(bundle)
    count, flags, magic = struct.unpack("<IBI", data[-9:])
    expect(magic == 0x8F92EAB1 and flags == 0, "seek table")
    table = data[-17 - 8 * count:]
    sizes = [struct.unpack_from("<II", table, 8 + 8 * i) for i in range(count)]
    expect(sum(size[0] for size in sizes) + len(table) == len(data),
           f"frames {sizes} do not fill the file")
    offset, plain = 0, b""
    for size, length in sizes:
        if length:
            frame = must([zstd, "-q", "-dc"], stdin=data[offset:offset + size])
            expect(len(frame) == length, "length in the seek table")
            plain += frame
        offset += size
    expect(plain == must([zstd, "-q", "-dc", bundle]), "frames are the whole")
    expect(manifest["format"] == "wrought-bundle", "the first frame")


def runs_as_nobody(case):
    """Somebody else may not reach where the tests run."""
    if os.geteuid() != 0:
        return False
    try:
        return execute([case.wrought, "--version"], user=65534, group=65534,
                       extra_groups=[]).returncode == 0
    except PermissionError:
        return False


def same_bytes(case):
    """Equal bundles, whatever folder, user, time, -j and umask."""
    wasm = case.wasm_from(os.path.join(run_cli.HERE, "programs", "sorting.c"))
    name = os.path.basename(wasm)
    elsewhere = fresh_directory(case.work, "elsewhere")
    shutil.copy(wasm, elsewhere)
    os.chmod(case.work, 0o777)
    reachable = runs_as_nobody(case)
    bundles = []
    for number, (jobs, folder, umask, more) in enumerate((
            ("1", case.work, 0o022, {}), ("2", elsewhere, 0o077, {}),
            ("7", "/", 0o002, {"user": 65534, "group": 65534,
                               "extra_groups": []} if reachable else {}))):
        out = fresh_directory(case.work, f"out{number}")
        os.chmod(out, 0o777)
        outputs = [os.path.join(out, name) for name in
                   ("app.wrb", "sbom.json", "provenance.json")]
        done = case.run("pack", wasm if folder == "/" else name, "-O1", "-j",
                        jobs, "--target", ",".join(TARGETS),
                        "--include-module", "-o", outputs[0], "--sbom",
                        outputs[1], "--provenance", outputs[2], cwd=folder,
                        umask=umask, **more)
        expect(done.returncode == 0, f"pack -j {jobs}", done)
        bundles.append([contents(output) for output in outputs])
        time.sleep(1.1 - time.time() % 1)  # into another second
    for which, kind in enumerate(("bundle", "bill", "provenance")):
        expect(len({made[which] for made in bundles}) == 1,
               f"{kind}: bytes differ")
    print(f"3 bundles of {len(bundles[0][0])} bytes, with a bill of materials "
          f"and a provenance, are the same, "
          f"{'one' if reachable else 'none'} of them another user's")


def many_parts(case):
    """Unpacking reads a bundle once, however many parts it has."""
    folder = fresh_directory(case.work, "parts")
    flags = []
    for number in range(4000):
        path = os.path.join(folder, f"{number:04}")
        with open(path, "wb") as file:
            file.write(random.Random(number).randbytes(4096))
        flags += ["--add", f"{path}=many/{number:04}"]
    bundle = packed(case, *flags, targets=["x86_64"])
    seconds = {}
    for command in (["verify", bundle], ["unpack", bundle, "-o",
                                         case.path("many")]):
        before = os.times()
        done_well(case.run(*command), command[0])
        after = os.times()
        seconds[command[0]] = (after.children_user + after.children_system -
                               before.children_user - before.children_system)
    files = tree(case.path("many/files/many"))
    expect(len(files) == 4000 and all(
        content == random.Random(int(path)).randbytes(4096)
        for path, content in files.items()), "what is in the parts")
    # Writing 4,000 files costs more than reading them, but not per part.
    expect(seconds["unpack"] < 10 * seconds["verify"] + 1, f"{seconds}")
    print(f"4000 parts: {seconds}")


def damaged_copies(data, count):
    """(what, bytes): truncations, changed bytes, and pieces moved about."""
    chance = random.Random(8)
    for number in range(count):
        at = chance.randrange(len(data))
        kind = number % 5
        if kind == 0:
            yield f"cut off at {at}", data[:at]
        elif kind == 1:
            bit = 1 << chance.randrange(8)
            yield (f"bit {bit:#x} of byte {at}",
                   data[:at] + bytes([data[at] ^ bit]) + data[at + 1:])
        elif kind == 2:
            length = min(chance.randrange(1, 64), len(data) - at)
            new = chance.randbytes(length)
            if new != data[at:at + length]:
                yield f"{length} bytes at {at}", (data[:at] + new +
                                                  data[at + length:])
        elif kind == 3:
            yield f"a byte less at {at}", data[:at] + data[at + 1:]
        else:
            yield (f"a byte more at {at}",
                   data[:at] + chance.randbytes(1) + data[at:])
    # The parts that are small, byte by byte: what frames begin and end with.
    for at in [*range(14), *range(len(data) - 30, len(data))]:
        for bit in range(8):
            yield (f"bit {1 << bit:#x} of byte {at}",
                   data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:])


def damage(case):
    """Every corruption and truncation is found, and none is a crash."""
    bundle = packed(case, "--strip", "--include-module", "-Oz")
    data, shown, count = contents(bundle), {}, 0
    for what, copy in damaged_copies(data, DAMAGED_COPIES):
        if copy == data:
            continue
        done = case.run("verify", case.write("damaged.wrb", copy))
        expect(done.returncode == 1, f"{what}: not exit 1", done)
        lines = done.stderr.decode().splitlines()
        expect(len(lines) == 1 and lines[0].startswith("wrought: error: ") and
               "damaged.wrb" in lines[0], f"{what}: not one line", done)
        kind = re.sub(r"[0-9a-f]{64}|0x[0-9a-f]+|\d+", "#", lines[0])
        shown[kind] = shown.get(kind, 0) + 1
        count += 1
        if count % 10 == 0:  # unpacking may not notice, but must not crash
            out = case.path("out")
            done = case.run("unpack", case.path("damaged.wrb"), "-o", out)
            expect(done.returncode in (0, 1), f"{what}: unpack", done)
            expect(done.returncode == 0 or not os.path.exists(out),
                   f"{what}: files are left", done)
            shutil.rmtree(out, ignore_errors=True)
    for kind, times in sorted(shown.items(), key=lambda item: -item[1]):
        print(f"{times:5} {kind}")
    print(f"{count} damaged bundles of {len(data)} bytes, all found")


class Forged:
    """A bundle made here, to say what ours never would."""

    def __init__(self, case):
        self.case, self.zstd = case, toolchain.need("zstd")

    @staticmethod
    def header(path, size, mode=0o755, kind=b"0"):
        block = bytearray(512)
        block[:len(path)] = path
        block[100:124] = b"%07o\0%07o\0%07o\0" % (mode, 0, 0)
        block[124:148] = b"%011o\0%011o\0" % (size, 315532800)
        block[148:156] = b" " * 8
        block[156:157] = kind
        block[257:265] = b"ustar\00000"
        block[329:345] = b"0000000\0" * 2
        block[148:155] = b"%06o\0" % sum(block)
        return bytes(block)

    def entry(self, path, content, **more):
        return (self.header(path, len(content), **more) + content +
                b"\0" * (-len(content) % 512))

    def frame(self, content, *flags):
        return must([self.zstd, "-q", "--check", "-c", *flags], stdin=content)

    def bundle(self, *frames):
        """frames: (packed, length of the content)."""
        data = b"".join(packed for packed, _ in frames)
        sizes = [(len(packed), length) for packed, length in frames] + [(48, 0)]
        data += struct.pack("<II", 0x184D2A50, 40) + b"wrb-sha2"
        data += hashlib.sha256(data[:-16]).digest()
        data += struct.pack("<II", 0x184D2A5E, 8 * len(sizes) + 9)
        data += b"".join(struct.pack("<II", *size) for size in sizes)
        data += struct.pack("<I", len(sizes)) + b"\0" + SEEK_TABLE_MAGIC
        return self.case.write("forged.wrb", data)

    def manifest(self, parts, **more):
        return self.text({"format": "wrought-bundle", "formatVersion": 1,
                          "parts": parts, **more})

    @staticmethod
    def text(value):
        return json.dumps(value, indent=2, sort_keys=True,
                          ensure_ascii=False).encode() + b"\n"

    def head(self, text):
        head = self.entry(b"manifest.json", text, mode=0o644)
        return self.frame(head), len(head)

    def of(self, parts, body=b"", **more):
        body += b"\0" * 1024
        return self.bundle(self.head(self.manifest(parts, **more)),
                           (self.frame(body), len(body)))


def part(path, content=b"", **more):
    return {"path": path, "kind": "file", "byteLength": len(content),
            "sha256": hashlib.sha256(content).hexdigest(), **more}


def hostile(case):
    """What a bundle must not say is refused by name."""
    forged = Forged(case)
    good = forged.entry(b"a", b"x", mode=0o644)
    done_well(case.run("verify", forged.of([part("a", b"x")], good)),
              "a forged bundle that is right")
    for shown, wording in (
            ("../../etc/passwd", "component '..'"), ("/etc/passwd", "absolute"),
            ("a/./b", "component '.'"), ("a//b", "component ''"),
            ("a/", "component ''"), ("a\\b", "backslash"),
            ("a\x1b[2J", "control"), ("", "empty"), ("x" * 101, "100 bytes"),
            ("manifest.json", "bundle's own"), ("manifest.sig/a", "in a file")):
        for command in ("verify", "unpack"):
            line = case.diagnosed(command, forged.of([part(shown)]))
            expect(wording in line, f"{shown}: {wording} expected: {line}")
    twice = [part("a", b"x"), part("a", b"x")]
    huge = 1 << 31
    for parts, wording in (
            (twice, "twice"), ([part("a"), part("a/b")], "lies in a file"),
            ([part("b"), part("a")], "order"),
            ([{**part("a"), "byteLength": huge + 1}], "larger than a part"),
            ([{**part("a"), "byteLength": 1 << 62}], "larger than a part"),
            ([{**part("a"), "byteLength": -1}], "parts[0]"),
            ([{**part("a"), "sha256": "0" * 63}], "parts[0]"),
            ([{**part("a"), "more": 1}], "parts[0]"),
            ([{**part(f"{i:04}"), "byteLength": huge} for i in range(5)],
             "larger together"),
            ([part(f"{i:05}") for i in range(4097)], "4096 parts"), ("", "list")):
        line = case.diagnosed("verify", forged.of(parts))
        expect(wording in line, f"{wording} expected: {line}")
    texts = {b"": "JSON", b"[" * 1000000: "deep", b"{}\n": "format",
             b"[]": "canonical", b"{\"a\": 1}": "canonical",
             forged.manifest([]).replace(b"  ", b" "): "canonical",
             b"{\"a\": 1, " + forged.manifest([])[1:]: "canonical",
             forged.manifest([], formatVersion=2): "formatVersion",
             forged.manifest([], format="zip"): "format",
             forged.manifest([])[:-2] + b"\"\xff\"}\n": "UTF-8"}
    for text, wording in texts.items():
        end = b"\0" * 1024
        line = case.diagnosed("verify", forged.bundle(
            forged.head(text), (forged.frame(end), len(end))))
        expect(wording in line, f"{text[:40]}: {wording} expected: {line}")
    archive(case, forged, good)
    bombs(case, forged)


def archive(case, forged, good):
    """Entries that are not what the manifest says."""
    listed = [part("a", b"x")]
    for body, wording in (
            (forged.entry(b"a", b"y", mode=0o644), "SHA-256"),
            (forged.entry(b"b", b"x", mode=0o644), "header"),
            (forged.entry(b"a", b"x", mode=0o4755), "header"),
            (forged.entry(b"a", b"x", mode=0o644, kind=b"2"), "header"),
            (good[:-1] + b"z", "not zero"), (good + good, "should have"),
            (b"", "should have")):
        line = case.diagnosed("verify", forged.of(listed, body))
        expect(wording in line, f"{wording} expected: {line}")
    text = forged.manifest(listed)
    body = good + b"\0" * 1023 + b"x"
    line = case.diagnosed("verify", forged.bundle(
        forged.head(text), (forged.frame(body), len(body))))
    expect("not zero" in line, line)


def bombs(case, forged):
    """Frames that are larger than they say, or want more memory."""
    small = forged.head(forged.manifest([part("a", b"x")]))
    big = bytes(200 << 20)
    bomb = forged.frame(big)
    window = forged.frame(big + os.urandom(1000), "--ultra", "-22", "--long=31")
    # AddressSanitizer reserves more addresses than any program needs.
    limit = ("" if b"__asan_init" in contents(case.wrought) else
             "ulimit -v 1500000; ")
    for frames, wording in (
            ((small, (bomb, 2048)), "more than the seek table"),
            ((small, (bomb, len(big))), "should have"),
            (((bomb, len(big)), small), "16 MiB"),
            (((bomb, 1536), small), "more than the seek table"),
            ((small, (window, 2048)), "memory")):
        path = forged.bundle(*frames)
        start = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", limit + "exec \"$0\" verify \"$1\"",
             case.wrought, path], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=60, check=False)
        expect(done.returncode == 1 and wording in done.stderr.decode(),
               f"{wording} expected", done)
        expect(time.monotonic() - start < 20, f"{wording}: too slow")


def bad_usage(case):
    """Exit code 2 for usage, 1 for files; nothing is left behind."""
    for words in (["pack"], ["pack", HELLO, "--target", "x86_64,vax"],
                  ["pack", HELLO, "--name", "../x"],
                  ["pack", HELLO, "--add", "x=../y"],
                  ["pack", HELLO, "--emit", "asm"],
                  ["pack", HELLO, "--compression-level", "0"],
                  ["pack", HELLO, "--target", "x86_64,arm64", "--cpu",
                   "x86-64-v3"],
                  ["pack", HELLO, "--cpu", "vax=780"],
                  ["unpack", "x", "--target", "vax"], ["verify"]):
        done = case.run(*words)
        expect(done.returncode == 2 and done.stderr, f"{words}: not exit 2",
               done)
    for words in (["verify", case.path("none")], ["verify", case.work],
                  ["verify", "/dev/zero"], ["verify", HELLO],
                  ["unpack", case.write("empty", b"")],
                  ["pack", HELLO, "--add", case.path("none")],
                  ["pack", case.write("bad.wasm", b"no")],
                  ["pack", HELLO, "-o", case.path("no/such/x.wrb")]):
        case.diagnosed(*words)
    done = case.run("verify", HELLO, "--diagnostics", "json")
    expect(json.loads(done.stderr)["severity"] == "error", "JSON", done)
    expect(sorted(os.listdir(case.work)) == ["bad.wasm", "empty"],
           f"left behind: {os.listdir(case.work)}")


def signing(case):
    """Ed25519 over the manifest, as openssl has it too."""
    openssl = toolchain.need("openssl")
    key, public = case.path("key"), case.path("key.pub")
    done_well(case.run("keygen", key), "keygen")
    expect(os.stat(key).st_mode & 0o777 == 0o600, "others can read the key")
    done = case.run("keygen", key)
    expect(done.returncode == 1, "a key was overwritten", done)
    bundle = packed(case, "--sign", key, targets=TARGETS[:2])
    for command in (["verify", bundle, "--key", public], ["verify", bundle],
                    ["unpack", bundle, "-o", case.path("out"), "--key",
                     public]):
        done_well(case.run(*command), f"{command}")
    files = tree(case.path("out"))
    expect(not any("manifest" in path for path in files), f"{files.keys()}")
    shown = json.loads(case.run("inspect", "--json", bundle).stdout)
    expect(shown["isSigned"], "inspect does not see the signature")
    # The same by another implementation, both ways.
    must([toolchain.need("tar"), "--zstd", "-xf", bundle, "-C", case.work,
          "manifest.json", "manifest.sig"])
    check = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
             public, "-in", case.path("manifest.json"), "-sigfile",
             case.path("manifest.sig")]
    must(check)
    other, other_public = case.path("other"), case.path("other.pub")
    must([openssl, "genpkey", "-algorithm", "ed25519", "-out", other])
    must([openssl, "pkey", "-in", other, "-pubout", "-out", other_public])
    again = packed(case, "--sign", other, name="again.wrb",
                   targets=TARGETS[:2])
    done_well(case.run("verify", again, "--key", other_public), "openssl's key")
    line = case.diagnosed("verify", again, "--key", public)
    expect("signature is not of the key" in line, line)
    line = case.diagnosed("unpack", again, "--key", public, "-o",
                          case.path("none"))
    expect(not os.path.exists(case.path("none")), "unpacked in spite of it")
    line = case.diagnosed("verify", packed(case, name="bare.wrb",
                                           targets=TARGETS[:1]), "--key", public)
    expect("not signed" in line, line)
    forge_signed(case, bundle, public)
    rsa = case.path("rsa")
    must([openssl, "genpkey", "-algorithm", "rsa", "-out", rsa])
    for path in (public, rsa, case.path("nothing"), case.work, HELLO):
        line = case.diagnosed("pack", HELLO, "--sign", path)
        expect(path in line, f"the key is not named: {line}")


def forge_signed(case, bundle, public):
    """Changes that keep every checksum right, but not the signature."""
    forged = Forged(case)
    text, signature = (contents(case.path(name)) for name in
                       ("manifest.json", "manifest.sig"))
    expect(contents(bundle), "bundle")
    value = json.loads(text)
    value["version"] = "6.6.6"
    value["parts"] = []
    end = b"\0" * 1024

    def with_head(text, signature):
        head = (forged.entry(b"manifest.json", text, mode=0o644) +
                forged.entry(b"manifest.sig", signature, mode=0o644))
        return forged.bundle((forged.frame(head), len(head)),
                             (forged.frame(end), len(end)))

    path = with_head(forged.text(value), signature)
    done_well(case.run("verify", path), "whole, but not signed by the key")
    line = case.diagnosed("verify", path, "--key", public)
    expect("signature is not of the key" in line, line)
    for bad in (signature[:-1], signature + b"x", b""):
        line = case.diagnosed("verify", with_head(forged.text(value), bad))
        expect("not a signature" in line, line)
    zeros = with_head(forged.text(value), bytes(64))
    case.diagnosed("verify", zeros, "--key", public)


def image(case):
    """An OCI layout that skopeo takes, and programs that need nothing else."""
    skopeo = toolchain.need("skopeo")
    layout = case.path("layout")
    flags = ["--format", "oci", "--name", "greet", "--package-version",
             "1.2+x", "-O1", "--target", ",".join(TARGETS), "-o", layout]
    done_well(case.run("pack", HELLO, *flags), "pack --format oci")
    first = tree(layout)
    env = {**os.environ, "XDG_RUNTIME_DIR": case.work}
    for target, architecture in (("x86_64", "amd64"), ("aarch64", "arm64"),
                                 ("riscv64", "riscv64")):
        choose = [skopeo, "--insecure-policy", "--override-arch", architecture,
                  "--override-os", "linux"]
        source = f"oci:{layout}:1.2_x"
        shown = json.loads(must([*choose, "inspect", source], env=env))
        expect(shown["Architecture"] == architecture and shown["Os"] == "linux"
               and len(shown["Layers"]) == 1, f"skopeo inspect: {shown}")
        expect(shown["Labels"]["org.opencontainers.image.title"] == "greet" and
               shown["Labels"]["org.opencontainers.image.version"] == "1.2+x",
               f"labels: {shown}")
        config = json.loads(must([*choose, "inspect", "--config", source],
                                 env=env))
        expect(config["config"]["Entrypoint"] == ["/greet"], f"{config}")
        folder = case.path(f"dir-{target}")
        must([*choose, "copy", source, f"dir:{folder}"], env=env)
        run_image(case, folder, target, config)
    raw = json.loads(must([skopeo, "inspect", "--raw", f"oci:{layout}"],
                          env=env))
    expect([entry["platform"] for entry in raw["manifests"]] ==
           [{"architecture": "amd64", "os": "linux"},
            {"architecture": "arm64", "os": "linux", "variant": "v8"},
            {"architecture": "riscv64", "os": "linux"}], f"index: {raw}")
    must([skopeo, "--insecure-policy", "copy", "--all", f"oci:{layout}",
          f"oci:{case.path('copy')}:all"], env=env)
    time.sleep(1.1 - time.time() % 1)  # into another second
    done_well(case.run("pack", HELLO, *flags, "-j", "1", cwd="/", umask=0o077),
              "replacing a layout")
    expect(tree(layout) == first, "the second layout has other bytes")
    print(f"{len(first)} files are the same twice")
    refused_images(case)


def run_image(case, folder, target, config):
    """Unpacks the layer into an empty root and starts the entry point there."""
    manifest = json.loads(contents(os.path.join(folder, "manifest.json")))
    root = fresh_directory(case.work, f"root-{target}")
    for layer in manifest["layers"]:
        must([toolchain.need("tar"), "-xzf", os.path.join(
            folder, layer["digest"].partition(":")[2]), "-C", root])
    expect(sorted(tree(root)) == ["greet"], f"the image holds {tree(root)}")
    built = case.built(HELLO, "--target", target, "-O1", name=target)
    expect(contents(built) == contents(os.path.join(root, "greet")),
           f"{target}: another program")
    if os.uname().machine != target:
        emulator = toolchain.need("qemu-" + target)
        done = execute([emulator, os.path.join(root, "greet")])
    elif os.geteuid() != 0:
        toolchain.skip("the right to change the root directory (be root)")
    else:
        def enter():
            os.chroot(root)
            os.chdir("/")
        done = subprocess.run(config["config"]["Entrypoint"], env={},
                              preexec_fn=enter, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, check=False)
    expect(done.returncode == 0 and done.stdout == b"Hello, world\n",
           f"{target}: the entry point", done)


def refused_images(case):
    """Nothing that is no layout is replaced, and nothing is left."""
    full = fresh_directory(case.work, "full")
    case.write("full/precious", b"")
    for path in (full, case.path("full/precious"), case.path("no/such")):
        line = case.diagnosed("pack", HELLO, "--format", "oci", "-o", path)
        expect(path in line, line)
    expect(list(tree(full)) == ["precious"], f"left: {tree(full)}")
    empty = fresh_directory(case.work, "empty")
    done_well(case.run("pack", HELLO, "--format", "oci", "-o", empty + "/"),
              "into an empty folder")
    expect(os.path.exists(os.path.join(empty, "index.json")), "no index")
    for flag in (["--sign", "x"], ["--include-module"], ["--emit", "object"],
                 ["--add", "x"]):
        done = case.run("pack", HELLO, "--format", "oci", *flag)
        expect(done.returncode == 2, f"{flag}: not exit 2", done)
    expect(not [name for name in os.listdir(case.work) if ".tmp" in name],
           f"left: {os.listdir(case.work)}")


CASES = {function.__name__: function for function in (
    contents_of, one_target, standard_tools, same_bytes, many_parts, damage,
    hostile, bad_usage, signing, image, supply_chain)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--packages")
    options = parser.parse_args()
    work = fresh_directory(os.path.abspath(options.work),
                           "bundles-" + options.case)
    case = run_cli.Case(options.wrought, work)
    case.packages = options.packages
    CASES[options.case](case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
