#!/usr/bin/env python3
"""The closing lines of tests/run.sh, from CTest's JUnit files.

    summarize.py SECONDS FILE.xml…

Lists what failed and what was skipped, with the reason the test gave.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def main():
    seconds, files = int(sys.argv[1]), sys.argv[2:]
    passed, failed, skipped = [], [], []
    for file in files:
        build = os.path.splitext(os.path.basename(file))[0]
        for case in ElementTree.parse(file).getroot().iter("testcase"):
            name = f"{case.get('name')} ({build})"
            output = case.findtext("system-out") or ""
            if case.get("status") == "run":
                passed.append(name)
            elif case.find("skipped") is not None:
                # Ours say "skipped: …", GoogleTest's the line after "Skipped".
                reason = re.search(r"(?:skipped: |: Skipped\n)(.+)", output)
                skipped.append(f"{name}: " + (reason.group(1) if reason else
                                              "without a reason"))
            else:
                failed.append(name)
    for title, rows in (("skipped", skipped), ("FAILED", failed)):
        for row in rows:
            print(f"{title}: {row}")
    print(f"tests/run.sh: {len(passed)} passed, {len(failed)} failed, "
          f"{len(skipped)} skipped, {seconds // 60} min {seconds % 60} s")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
