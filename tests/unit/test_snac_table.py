"""The table of OSCAR messages in tests/README.md is what the code does.

Each row has to be a message that the session uses, each message used has to
have a row, and the scenario a row names has to send or expect it.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import tap  # noqa: E402

SCENARIOS = ROOT / "tests" / "scenario" / "oscar"
ROW = re.compile(r"^\| ([0-9A-F]{2}/[0-9A-F]{2}) \| (→|←|↔) \| ([^|]+) \| "
                 r"([^|]+) \|$")


def table():
    """{SNAC: (way, tests)}."""
    rows = {}
    for line in (ROOT / "tests" / "README.md").read_text().splitlines():
        found = ROW.match(line)
        if found:
            tap.lacks(rows, found[1], "rows")
            rows[found[1]] = (found[2], re.findall(r"`([^`]+)`", found[4]))
    return rows


def used_by_the_session():
    """SNACs whose names occur in the session's code."""
    header = (ROOT / "shared" / "codec" / "oscar"
              / "oscar-types.h").read_text()
    groups = {name: int(number, 16) for name, number in re.findall(
        r"OSCAR_FG_(\w+) = (0x\w+)", header)}
    subtypes = header[header.index("OSCAR_SUBTYPE_ERROR"):
                      header.index("} OscarSubtype;")]
    code = "".join(path.read_text() for path in (
        ROOT / "plugins" / "oscar" / "session").glob("*.c"))
    used = set()
    for name, number in re.findall(r"OSCAR_(\w+) = (0x\w+)", subtypes):
        group = max((one for one in groups if name.startswith(one + "_")),
                    key=len, default=None)
        if group and re.search(r"\bOSCAR_%s\b" % name, code):
            used.add("%02X/%02X" % (groups[group], int(number, 16)))
    return used


def plays(scenario, snac, way):
    """Whether @scenario has such a line; the side that sends it is known."""
    side = {"→": "client", "←": "server"}[way]
    text = (SCENARIOS / scenario).read_text()
    return re.search(r"^%s \d+ (sends )?%s\b" % (side, snac), text,
                     re.MULTILINE | re.IGNORECASE) is not None


@tap.case
def has_a_row_for_each_message(t):
    rows, used = set(table()), used_by_the_session()
    tap.equal(sorted(used - rows), [], "messages without a row")
    tap.equal(sorted(rows - used), [], "rows without a use")


@tap.case
def names_a_scenario_that_plays_it(t):
    for snac, (way, tests) in table().items():
        if not tests:
            raise AssertionError("%s has no test" % snac)
        for one in tests:
            path = SCENARIOS / one
            if not path.is_file():
                raise AssertionError("%s: no scenario %s" % (snac, one))
        for direction in "→←" if way == "↔" else way:
            if not any(plays(one, snac, direction) for one in tests):
                raise AssertionError("%s %s is not in %s" % (
                    snac, direction, ", ".join(tests)))


if __name__ == "__main__":
    tap.main()
