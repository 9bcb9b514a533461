"""Counts what meson's test logs say, one line a suite.

    summary.py [SUITE...] -- LOG...

Without suites, all of them are expected, and one that ran nothing counts as
skipped. Points of a TAP test are counted one by one; a program that dies, or
ends without having run its plan, adds a failure.
"""

import collections
import json
import os
import pathlib
import re
import sys

SUITES = ("unit", "vector", "scenario", "network", "hosts", "hostile", "fuzz",
          "servers")

POINT = re.compile(r"^(not )?ok\b[^#]*(#\s*(skip|todo)\b)?", re.IGNORECASE)
PLAN = re.compile(r"^1\.\.(\d+)(\s*#\s*skip)?", re.IGNORECASE)


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self):
        return (f"{self.passed} passed, {self.failed} failed, "
                f"{self.skipped} skipped")


def count_tap(output):
    """The points of @output, or None if it is not TAP."""
    count, plan, points = Count(), None, 0
    for line in output.splitlines():
        if plan_line := PLAN.match(line):
            plan = int(plan_line[1])
            if plan == 0:
                count.skipped += 1
        elif point := POINT.match(line):
            points += 1
            directive = (point[3] or "").lower()
            if directive == "skip":
                count.skipped += 1
            elif point[1] and directive != "todo":
                count.failed += 1
            else:
                count.passed += 1
    if plan is None and points == 0:
        return None
    if plan is not None and points < plan:
        count.failed += plan - points
    return count


def count_test(test):
    """The count of one program of meson's log."""
    count = count_tap(test.get("stdout") or "")
    result = test["result"]
    if count is None:
        count = Count()
        if result == "SKIP":
            count.skipped = 1
        elif result in ("OK", "EXPECTEDFAIL"):
            count.passed = 1
    if (result not in ("OK", "SKIP", "EXPECTEDFAIL") and not count.failed):
        count.failed = 1
    return count


def suite_of(test):
    """The suite in "project:suite+other / name"."""
    names = test["name"].split(" / ")[0].split(":")[-1]
    return names.split("+")[0]


def read_logs(paths):
    """Each suite's count."""
    counts = collections.defaultdict(Count)
    for path in paths:
        if not pathlib.Path(path).exists():
            continue
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                test = json.loads(line)
                counts[suite_of(test)] += count_test(test)
    return counts


def main():
    split = sys.argv.index("--")
    wanted, paths = sys.argv[1:split], sys.argv[split + 1:]
    counts = read_logs(paths)
    total = Count()
    print()
    for suite in wanted or SUITES:
        if suite not in counts:
            counts[suite].skipped = 1
    for suite in sorted(counts, key=lambda s: (SUITES + (s,)).index(s)):
        print(f"{suite}: {counts[suite]}")
        total += counts[suite]
    print()
    print(total)
    strict = os.environ.get("CI", "").lower() in ("true", "1", "yes")
    return bool(total.failed or not total.passed
                or (strict and total.skipped))


sys.exit(main())
