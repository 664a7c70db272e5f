"""Programs for another CPU under qemu-user: instructions are counted by a plugin
of ours (count_instructions.c), and nothing is timed, since an emulator's time
says little about the machine's."""

import os
import re
import shutil

from .process import HERE, Trouble, text


class Counter:
    def __init__(self, options, launcher, folder):
        self.emulator = f"qemu-{options.target}"
        self.plugin = os.path.join(folder, "count_instructions.so")
        self.launcher = launcher
        self.cpu = ["-cpu", "max"] if options.cpu else []
        self.why_not = None
        if not shutil.which(self.emulator):
            raise SystemExit(f"{self.emulator}: not found on PATH")
        try:
            launcher.must(["clang-22", "-O2", "-fPIC", "-shared",
                           os.path.join(HERE, "count_instructions.c"), "-o",
                           self.plugin])
        except Trouble as trouble:
            self.why_not = str(trouble)

    def command(self, command):
        return [self.emulator, *self.cpu, *command]

    def count(self, program, built, results):
        """Each runs once more: what it executes is the same every time, but for
        a few instructions that depend on clocks and addresses."""
        for contender, artifact in built.items():
            result = results[contender.name]
            if self.why_not:
                result["instructions_missing"] = self.why_not
                continue
            run = self.launcher.run(
                [self.emulator, "-plugin", self.plugin, "-d", "plugin",
                 *self.cpu, *artifact.command], cwd=program.folder)
            found = re.search(rb"instructions (\d+)", run.errors)
            if run.status == 0 and found:
                result["instructions"] = int(found.group(1))
            else:
                self.why_not = (f"{self.emulator} does not count: "
                                + text(run.errors, 300))
                result["instructions_missing"] = self.why_not
