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
                reason = re.search(r"skipped: (.*)|(.*not found.*)", output)
                skipped.append(f"{name}: "
                               f"{reason.group(0) if reason else output[:200]}")
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
