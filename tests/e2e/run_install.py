#!/usr/bin/env python3
"""What an installation and the packages hold, case by case.

    run_install.py --wrought PATH --work DIR --build-tree DIR CASE

Each case is a function below; tests/e2e/CMakeLists.txt lists their names.
packaging/test-deb.sh does the same on a bare Debian.
"""

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys

import run_cli
import toolchain
from run_cli import expect
from toolchain import execute, fresh_directory, must, tree

HELLO = os.path.join(run_cli.WAT, "hello.wat")
HELLO_OUTPUT = b"Hello, world\n"
PROJECT = os.path.dirname(os.path.dirname(run_cli.HERE))
SIZE_BUDGET = 20 << 20
TIME = "1700000000"


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def installed(case, *flags):
    """An installation of the build tree, moved after it was made."""
    first = case.path("first")
    must([toolchain.need("cmake"), "--install", case.build_tree, "--prefix",
          first, *flags])
    place = os.path.join(fresh_directory(case.work, "another place"), "opt")
    os.rename(first, place)
    return place


def documented_block(language, marker):
    """The block of docs/installing.md that has the marker in it."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```",
                        read(PROJECT, "docs/installing.md"), re.M | re.S)
    found = [block for block in blocks if marker in block]
    expect(len(found) == 1, f"{len(found)} blocks with {marker}")
    return found[0]


def flags_of_help(case, command):
    help_ = must([case.wrought, *([command] if command else []),
                  "--help"]).decode()
    flags = set()
    for names in re.findall(r"^  (-\S+)", help_, re.M):
        flags |= set(names.split(","))
    expect(flags >= {"--help", "-h"}, f"no flags in the help of {command}")
    return flags


def section(text, start, end):
    """From behind a line to a line, as patterns."""
    found = re.search(rf"{start}\n(.*?){end}", text, re.M | re.S)
    expect(found is not None, f"no {start} … {end}")
    return found[1]


def documents(case):
    """Man pages and completions have the flags of --help, no more, no less."""
    share = os.path.join(installed(case), "share")
    bash = read(share, "bash-completion/completions/wrought")
    zsh = read(share, "zsh/site-functions/_wrought")
    fish = read(share, "fish/vendor_completions.d/wrought.fish")
    listed = must([case.wrought, "--help"]).decode().split("Subcommands:")[1]
    commands = ["", *re.findall(r"^  ([\w-]+)", listed, re.M)]
    expect({"build", "run", "inspect"} <= set(commands), f"help: {commands}")
    for command in commands:
        flags = flags_of_help(case, command)
        name = "wrought-" + command if command else "wrought"
        page = read(share, f"man/man1/{name}.1").replace("\\-", "-")
        shown = section(page, "^.SH OPTIONS", "^.SH")
        in_page = set(re.findall(r"\\fB(-[^\\]+)\\fR", shown))
        in_bash = section(bash, rf"^  '{command}'\)", r"^    esac")
        in_zsh = section(zsh, rf"^    '{command}'\)", r"^        ;;")
        in_fish = "".join(line for line in fish.splitlines(True)
                          if f'__wrought_command {command or chr(34) * 2}\''
                          in line and " -a build" not in line)
        for where, found in (
                ("man page", in_page),
                ("bash", set(re.search(r"words='(-[^']*)'", in_bash)[1]
                             .split())),
                ("zsh", set(re.findall(r"^ +'\*(--?[\w-]+?)[=+]?\[", in_zsh,
                                       re.M))),
                ("fish", {"--" + flag for flag in
                          re.findall(r" -l (\S+)", in_fish)} |
                 {"-" + flag for flag in re.findall(r" -s (\S+)", in_fish)})):
            expect(found == flags, f"{command or 'wrought'}: {where}: "
                   f"{sorted(found ^ flags)}")
        done = execute(["man", "--warnings", "-E", "UTF-8", "-l",
                        f"{share}/man/man1/{name}.1"],
                       env={**os.environ, "MANROFFSEQ": "", "LC_ALL": "C.UTF-8",
                            "PAGER": "cat"}) if shutil.which("man") else None
        expect(done is None or (done.returncode == 0 and not done.stderr),
               f"man {name}", done)
        variables = re.findall(r"`([A-Z_]+)`",
                               section(read(PROJECT, "docs/cli.md"),
                                       "^## Environment", r"\Z"))
        in_page = re.findall(r"^\.B ([A-Z_, ]+)$",
                             section(page, "^.SH ENVIRONMENT", "^.SH"), re.M)
        expect(", ".join(in_page).split(", ") == variables and variables,
               f"{name}: environment: {in_page}")
    for shell, words in (("zsh", zsh), ("fish", fish)):
        if shutil.which(shell):
            must([shell, "-n", case.write("completion." + shell,
                                          words.encode())])
    check_bash(case, bash)


def check_bash(case, script):
    """What bash offers for the words typed so far."""
    path = case.write("completion.bash", script.encode())
    case.write("module.wasm", b"")
    os.makedirs(case.path("folder"))
    for words, wanted in (
            (["val"], {"validate"}),
            (["m"], {"module.wasm"}),
            (["build", "--max-m"], {"--max-memory"}),
            (["build", "--emit", "o"], {"object"}),
            (["build", "--emit", "=", "as"], {"asm"}),
            (["module.wasm", "--target", "r"], {"riscv64"}),
            (["targets", "--cpus", "a"], {"aarch64"}),
            (["build", "--dir", "f"], {"folder"}),
            (["build", "mod"], {"module.wasm"}),
            (["validate", "--bounds"], set()),
            (["--vers"], {"--version"})):
        line = " ".join(f"'{word}'" for word in ["wrought", *words])
        done = must(["bash", "-c", f"compopt() {{ :; }}; . '{path}'; "
                     f"COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
                     "_wrought; printf '%s\\n' \"${COMPREPLY[@]}\""],
                    cwd=case.work)
        expect(set(done.decode().split()) == wanted,
               f"bash completes {line} to {done.decode().split()}")


def tree_of_files(case):
    """The installed tree is small, complete, and works where it was moved."""
    place = installed(case, "--strip")
    files = tree(place)
    size = sum(len(content) for content in files.values()
               if isinstance(content, bytes))
    print(f"installed: {size} bytes in {len(files)} files and folders")
    expect(size < SIZE_BUDGET, f"{size} bytes are over the budget")
    for path in ("bin/wrought", "lib/cmake/Wrought/WroughtConfig.cmake",
                 "lib/pkgconfig/wrought.pc", "share/man/man1/wrought.1",
                 "share/doc/wrought/LICENSE",
                 *(f"lib/wrought/{cpu}/libwrought_rt.a" for cpu in
                   ("x86_64", "aarch64", "riscv64"))):
        expect(path in files, f"{path} is not installed")
    for path, content in files.items():
        expect(not isinstance(content, bytes) or path == "bin/wrought" or
               case.build_tree.encode() not in content,
               f"{path} names the build tree")
    hello = case.path("hello")
    must([os.path.join(place, "bin/wrought"), HELLO, "-o", hello])
    expect(must([hello]) == HELLO_OUTPUT, "hello from the moved tree")
    check_pkg_config(case, place)


def check_pkg_config(case, place):
    """Linking an object as wrought.pc says."""
    tool, clang = toolchain.need("pkg-config"), toolchain.need("clang-22")
    env = {**os.environ,
           "PKG_CONFIG_PATH": os.path.join(place, "lib/pkgconfig")}

    def ask(*flags):
        return must([tool, *flags, "wrought"], env=env).decode().strip()

    version = must([case.wrought, "--version"]).decode().split()[1]
    expect(ask("--modversion") == version, "the version in wrought.pc")
    expect(os.path.exists(shlex.split(ask("--variable=wrought"))[0]),
           "the compiler's place")
    must([case.wrought, "build", HELLO, "-o", case.path("hello.o")])
    # What --libs gives is for a shell.
    for linker in ("lld", "bfd"):
        libs = ask("--libs").replace("-fuse-ld=lld", "-fuse-ld=" + linker)
        must(["sh", "-c", f"{clang} hello.o {libs} -o linked"], cwd=case.work)
        expect(must([case.path("linked")]) == HELLO_OUTPUT,
               f"the object linked with {linker}")


def write_project(case, name):
    """The project that docs/installing.md shows."""
    folder = fresh_directory(case.work, name)
    text = documented_block("cmake", "TARGETS x86_64 aarch64 riscv64")
    expect(len(text.splitlines()) <= 10, "more than ten lines")
    with open(os.path.join(folder, "CMakeLists.txt"), "w",
              encoding="utf-8") as file:
        file.write(text)
    module = re.search(r"MODULE (\S+)", text)[1]
    shutil.copy(HELLO, os.path.join(folder, module))
    return folder, module


def check_project(case, prefix, generator):
    """Builds all, then nothing, then what changed."""
    folder, module = write_project(case, f"project with {generator}")
    cmake, build = toolchain.need("cmake"), os.path.join(folder, "build")
    toolchain.need("ninja" if generator == "Ninja" else "make")
    must([cmake, "-S", folder, "-B", build, "-G", generator,
          f"-DCMAKE_PREFIX_PATH={prefix}"])

    def built():
        log = must([cmake, "--build", build]).decode()
        return sorted(re.findall(r"Building hello for (\w+)", log)), log

    everything = ["aarch64", "riscv64", "x86_64"]
    expect(built()[0] == everything, f"{generator}: not all is built")
    again, log = built()
    expect(again == [], f"{generator}: {again} are built again")
    expect(generator != "Ninja" or "no work to do" in log, log)
    for target in everything:
        program = os.path.join(build, target, "hello")
        command = [program] if target == os.uname().machine else [
            toolchain.need("qemu-" + target), program]
        expect(must(command) == HELLO_OUTPUT, f"{target}: hello")
    with open(os.path.join(folder, module), "a", encoding="utf-8") as file:
        file.write(";; changed\n")
    expect(built()[0] == everything, f"{generator}: a changed module")
    # Only what is gone is made again.
    os.unlink(os.path.join(build, "riscv64", "hello"))
    expect(built()[0] == ["riscv64"], f"{generator}: one output is gone")
    # The runtime is linked in: a new one is a reason too.
    os.utime(os.path.join(prefix, "lib/wrought/aarch64/libwrought_rt.a"))
    expect(built()[0] == ["aarch64"], f"{generator}: a new runtime")
    return {target: read_bytes(os.path.join(build, target, "hello"))
            for target in everything}


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def make_packages(case, name, umask):
    """Both packages, made in a folder of their own."""
    folder = fresh_directory(case.work, name)
    done = subprocess.run(
        [toolchain.need("cpack"), "-G", "DEB;External", "-B", folder],
        cwd=case.build_tree, umask=umask, timeout=600, check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": TIME, "ZSTD_LEVEL": "1"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    expect(done.returncode == 0 and b"Warning" not in done.stderr, "cpack",
           done)
    return {re.search(r"\.deb$|\.tar\.zst$", path)[0]:
            os.path.join(folder, path) for path in os.listdir(folder)
            if path.endswith((".deb", ".tar.zst"))}


def packages(case):
    """.deb and .tar.zst: reproducible, and what is in them works anywhere."""
    dpkg = toolchain.need("dpkg-deb")
    for tool in ("dpkg-shlibdeps", "zstd", "gzip"):
        toolchain.need(tool)
    made = make_packages(case, "packages", 0o022)
    again = make_packages(case, "made again, elsewhere", 0o077)
    expect(len(made) == 2, f"packages: {made}")
    for ending, path in made.items():
        expect(read_bytes(path) == read_bytes(again[ending]),
               f"{ending} differs when it is made again")
        print(f"{os.path.basename(path)}: {os.path.getsize(path)} bytes")
    shutil.rmtree(os.path.dirname(again[".deb"]))
    depends = must([dpkg, "-f", made[".deb"], "Depends"]).decode()
    expect("libllvm22" in depends and "libc6" in depends, depends)
    root = case.path("debian root")
    must([dpkg, "-x", made[".deb"], root])
    files = tree(root)
    size = sum(len(content) for content in files.values()
               if isinstance(content, bytes))
    expect(size < SIZE_BUDGET, f"{size} bytes are over the budget")
    for path in ("usr/share/man/man1/wrought.1.gz",
                 "usr/share/zsh/vendor-completions/_wrought",
                 "usr/share/doc/wrought/copyright",
                 "usr/share/doc/wrought/changelog.gz"):
        expect(path in files, f"{path} is not in the .deb")
    from_deb = check_project(case, os.path.join(root, "usr"), "Ninja")
    shutil.rmtree(root)

    place = fresh_directory(case.work, "tar ball")
    must(["tar", "--zstd", "-xf", made[".tar.zst"], "-C", place])
    prefix = os.path.join(place, os.listdir(place)[0])
    loaded = must([toolchain.need("ldd"),
                   os.path.join(prefix, "bin/wrought")]).decode()
    for line in loaded.splitlines():
        name = line.split()[0]
        expect(prefix in line or re.match(r"linux-vdso|lib[cm]\.so|/lib64/ld-",
                                          name), f"not in the tarball: {line}")
    from_tar = check_project(case, prefix, "Unix Makefiles")
    expect(from_deb == from_tar, "other programs from the tarball")
    shutil.rmtree(place)
    shutil.rmtree(os.path.dirname(made[".deb"]))


def dependencies(case):
    """-MD writes what make and Ninja need to know, for odd names too."""
    folder = fresh_directory(case.work, "a $b #c")
    module = shutil.copy(HELLO, os.path.join(folder, "my module.wat"))
    config = os.path.join(folder, "w.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("O = 1\n")
    rule = os.path.join(folder, "rule.d")
    must([case.wrought, "build", module, "--config", config, "-o",
          os.path.join(folder, "out"), "-MD", "-MF", rule])
    make, ninja = toolchain.need("make"), toolchain.need("ninja")
    database = execute([make, "-pRrf", rule]).stdout.decode()
    target = os.path.join(folder, "out")
    line = next(line for line in database.splitlines()
                if line.startswith(target + ":"))
    expect(module in line and config in line and "libwrought_rt.a" in line,
           f"make reads: {line}")

    work = fresh_directory(case.work, "ninja")
    shutil.copy(HELLO, os.path.join(work, "a.wat"))
    with open(os.path.join(work, "w.toml"), "w", encoding="utf-8") as file:
        file.write("O = 1\n")
    with open(os.path.join(work, "build.ninja"), "w", encoding="utf-8") as file:
        file.write(f"""rule wrought
  command = {case.wrought} $in -o $out --config w.toml -MD -MF $out.d
  depfile = $out.d
  deps = gcc
build a.out: wrought a.wat
build b.out: wrought b.wat
""")
    shutil.copy(HELLO, os.path.join(work, "b.wat"))

    def built():
        log = must([ninja, "-C", work, "-v"]).decode()
        return set(re.findall(r"-o (\w\.out)", log))

    expect(built() == {"a.out", "b.out"}, "ninja: the first build")
    expect(built() == set(), "ninja: the second build")
    with open(os.path.join(work, "a.wat"), "a", encoding="utf-8") as file:
        file.write("\n")
    expect(built() == {"a.out"}, "ninja: one module changed")
    with open(os.path.join(work, "w.toml"), "a", encoding="utf-8") as file:
        file.write("strip = true\n")
    expect(built() == {"a.out", "b.out"}, "ninja: the configuration changed")

    default = case.path("plain.o")
    must([case.wrought, HELLO, "-o", default, "-MD", "-MT", "name"])
    expect(read(case.path("plain.d")).startswith("name:"), "-MD, -MT")
    done = case.run("build", HELLO, "-o", "-", "-MD")
    expect(done.returncode == 2, "-MD for standard output", done)
    case.diagnosed("build", HELLO, "-o", case.path("no"), "-MF",
                   case.path("no/such/folder.d"))
    expect(not os.path.exists(case.path("no")), "built in spite of -MF")
    case.diagnosed("build", case.write("bad.wasm", b"no"), "-MF",
                   case.path("bad.d"))
    expect(not os.path.exists(case.path("bad.d")), "a rule for a failed build")


CASES = {function.__name__: function for function in (
    documents, tree_of_files, packages, dependencies)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--wrought", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--build-tree", required=True)
    options = parser.parse_args()
    case = run_cli.Case(options.wrought,
                        fresh_directory(os.path.abspath(options.work),
                                        "install-" + options.case))
    case.build_tree = os.path.abspath(options.build_tree)
    CASES[options.case](case)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    toolchain.main(main)
