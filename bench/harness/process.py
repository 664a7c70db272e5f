"""Running programs under the launcher (launch.c), and tools to their end."""

import dataclasses
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class Trouble(Exception):
    """What keeps one program of one contender from being measured."""


@dataclasses.dataclass
class Run:
    status: int
    wall: float         # seconds, as all times here
    cpu: float
    peak_kib: int
    begin: int          # nanoseconds of real time, as the programs stamp it
    end: int
    output: bytes = b""
    errors: bytes = b""

    def phases(self):
        """Seconds of real time and of processor time of each phase, by the
        stamps that the program wrote; empty when it wrote none."""
        stamps = {}
        for line in self.errors.decode(errors="replace").splitlines():
            words = line.split()
            if len(words) == 4 and words[0] == "bench-phase":
                stamps[words[1]] = (int(words[2]), int(words[3]))
        if "before-main" not in stamps or "after-main" not in stamps:
            return {}
        begin, before = (self.begin, 0), stamps["before-main"]
        end = (self.end, 0)
        after = stamps["after-main"]
        first = stamps.get("region-begin", before)
        last = stamps.get("region-end", after)
        found = {}
        for name, (since, until) in {
                "start": (begin, before), "initialise": (before, first),
                "region": (first, last), "end": (last, end)}.items():
            found[name] = (until[0] - since[0]) / 1e9
        if last[1] > 0:
            found["region_cpu"] = (last[1] - first[1]) / 1e9
        return found


def environment():
    """Without what would change Wrought's building or the programs, and without
    a cache for the C compilers, whose time counts."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("WROUGHT_") or name == "WROUGHT_RUNTIME_DIR"}
    return {**kept, "CCACHE_DISABLE": "1"}


def text(data, limit=1500):
    return data.decode(errors="replace").strip()[-limit:]


class Launcher:
    """Runs commands and says what they used."""

    def __init__(self, compiler, work, limit):
        self.path = os.path.join(work, "launch")
        self.work = work
        self.limit = limit
        subprocess.run([compiler, "-O2", os.path.join(HERE, "launch.c"), "-o",
                        self.path], check=True)

    def lines(self, commands, rounds=1, warm_ups=0, peak=False, output=None,
              errors=None, cwd=None, limit=None):
        """What the launcher prints for commands that run in turn."""
        options = ["-n", str(rounds), "-w", str(warm_ups), "-t",
                   str(limit or self.limit)]
        if peak:
            options.append("-p")
        for flag, path in (("-o", output), ("-e", errors)):
            if path:
                options += [flag, path]
        line = []
        for command in commands:
            line += ["---"] * bool(line) + [str(word) for word in command]
        started = subprocess.Popen(
            [self.path, *options, *line], cwd=cwd, env=environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        try:
            found, said = started.communicate()
        except BaseException:
            # The launcher then ends what it runs, which a kill would leave.
            started.terminate()
            started.wait()
            raise
        if started.returncode != 0:
            raise Trouble(f"cannot start: {text(said)}")
        return [list(map(int, row.split()))
                for row in found.decode().splitlines()]

    def run(self, command, cwd=None, peak=False, limit=None):
        paths = [os.path.join(self.work, name) for name in ("output", "errors")]
        (_, status, wall, user, system, memory, begin, end), = self.lines(
            [command], peak=peak, output=paths[0], errors=paths[1], cwd=cwd,
            limit=limit)
        contents = []
        for path in paths:
            with open(path, "rb") as file:
                contents.append(file.read())
        return Run(status, wall / 1e9, (user + system) / 1e6, memory, begin,
                   end, *contents)

    def must(self, command, cwd=None, limit=None):
        """Runs a tool that has to succeed, and says what it used."""
        run = self.run(command, cwd=cwd, limit=limit or 3600)
        if run.status != 0:
            how = "no end" if run.status == -1 else f"status {run.status}"
            raise Trouble(f"{how}: {' '.join(map(str, command))}\n"
                          + (text(run.errors) or text(run.output)))
        return run
