"""The tables of Google Talk in tests/README.md are what the code does.

Each namespace the session names has a row and each row a use, and a scenario
that a row names sends or receives something in it. Each case of harm has a
test that exists.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import tap  # noqa: E402

SCENARIOS = ROOT / "tests" / "scenario" / "gtalk"
SESSION = ROOT / "plugins" / "gtalk" / "session"
NAMESPACE = r"(?:urn:|jabber:|google:|vcard-temp|storage:|http://)[^\"` ]+|vcard-temp"
N_CASES = 44


def readme():
    return (ROOT / "tests" / "README.md").read_text()


def table():
    """{namespace: (way, tests)}."""
    rows = {}
    for found in re.finditer(
            r"^\| `(%s)` \| (→|←|↔) \| [^|]+ \| ([^|]+) \|$" % NAMESPACE,
            readme(), re.MULTILINE):
        tap.lacks(rows, found[1], "rows")
        rows[found[1]] = (found[2], re.findall(r"`([^`]+)`", found[3]))
    return rows


def used():
    """Namespaces among the strings of the session."""
    text = "".join(path.read_text() for path in SESSION.glob("*.[ch]"))
    return {name for name in re.findall(r'"(%s)"' % NAMESPACE, text)
            if name != "http://"}


def lines(path):
    """Of a scenario and of what it uses."""
    for line in path.read_text().splitlines():
        if line.startswith("use "):
            yield from lines(path.parent / line[4:].strip())
        else:
            yield line


def plays(test, namespace, way):
    """Whether the scenario has it on the line of that side. What goes into a
    stream without its own namespace is in that of the stream."""
    side = {"→": r"client \d+ sends ", "←": r"server \d+ "}[way]
    name = re.compile(r"""['"]%s['"#/]""" % re.escape(namespace))
    return any(re.match(side, line) and name.search(line)
               for line in lines(SCENARIOS / test))


def must_exist(what, test):
    """A scenario, or another file below tests/."""
    if not (ROOT / "tests" / test if "/" in test
            else SCENARIOS / test).is_file():
        raise AssertionError("%s: no test %s" % (what, test))


@tap.case
def has_a_row_for_each_namespace(t):
    rows = set(table())
    tap.equal(sorted(used() - rows), [], "namespaces without a row")
    tap.equal(sorted(rows - used()), [], "rows without a use")


@tap.case
def names_a_scenario_that_plays_it(t):
    for namespace, (way, tests) in table().items():
        for one in tests:
            must_exist(namespace, one)
        scenarios = [one for one in tests if one.endswith(".scn")]
        for direction in "→←" if way == "↔" else way:
            if scenarios and not any(plays(one, namespace, direction)
                                     for one in scenarios):
                raise AssertionError("%s %s is not in %s" % (
                    namespace, direction, ", ".join(scenarios)))


@tap.case
def has_a_test_for_each_case_of_harm(t):
    rows = dict(re.findall(r"^\| SEC-X-(\d\d) \| [^|]+ \| ([^|]+) \|$",
                           readme(), re.MULTILINE))
    tap.equal(sorted(rows), ["%02d" % (i + 1) for i in range(N_CASES)],
              "cases")
    for case, cell in rows.items():
        tests = re.findall(r"`([^`]+)`", cell)
        if not tests:
            raise AssertionError("SEC-X-%s has no test" % case)
        for one in tests:
            must_exist("SEC-X-" + case, one)


if __name__ == "__main__":
    tap.main()
