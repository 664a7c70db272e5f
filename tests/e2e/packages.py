#!/usr/bin/env python3
"""Real programs from npm, as packages.txt names them by content.

    packages.py DIRECTORY       fetches all of them, for tests/run.sh

Tests call fetch() and find what is already there. Nothing fetched is ever run
on this machine but the code inside the modules that are tested.
"""

import fcntl
import hashlib
import os
import sys
import tarfile

import toolchain

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages.txt")


def rows():
    with open(LIST, encoding="utf-8") as file:
        return [line.split() for line in file
                if line.strip() and not line.startswith("#")]


def digest(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def download(package, directory):
    """Leaves the package's archive in the directory; returns its path."""
    npm = toolchain.need("npm")
    done = toolchain.execute([npm, "pack", "--loglevel", "error", package],
                             cwd=directory)
    if done.returncode != 0:
        toolchain.skip(f"{package} (npm pack failed: "
                       + done.stderr.decode(errors="replace").strip()[:200]
                       + ")")
    return os.path.join(directory, done.stdout.decode().split()[-1])


def extract(archive, wanted):
    with tarfile.open(archive) as tar:
        for member, path in wanted.items():
            content = tar.extractfile("package/" + member)
            with open(path + ".new", "wb") as file:
                file.write(content.read())
            os.rename(path + ".new", path)


def fetch(package, directory):
    """Files of one package, name in it → path; the test is skipped when they
    cannot be had, and fails when they are not the ones that were listed."""
    os.makedirs(directory, exist_ok=True)
    listed = [row for row in rows() if row[0].startswith(package + "@")]
    paths = {member: os.path.join(directory, os.path.basename(member))
             for _, member, _ in listed}
    with open(os.path.join(directory, ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if any(digest(paths[member]) != hash_ for _, member, hash_ in listed):
            archive = download(listed[0][0], directory)
            extract(archive, paths)
            os.unlink(archive)
    for _, member, hash_ in listed:
        if digest(paths[member]) != hash_:
            raise toolchain.Failure(f"{package}: {member} is another file than "
                                    "packages.txt lists")
    return paths


def main():
    for package in sorted({row[0].rpartition("@")[0] for row in rows()}):
        for path in fetch(package, os.path.abspath(sys.argv[1])).values():
            print(path)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
