"""The table of OSCAR messages in tests/README.md is what the code does.

Each row has to be a message that the session uses, each message used has to
have a row, what is in a table of handlers or is sent has to go that way, and
the scenario a row names has to send or expect it. The same holds for what ICQ
puts inside of messages.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
import tap  # noqa: E402

SCENARIOS = ROOT / "tests" / "scenario" / "oscar"
CODEC = ROOT / "shared" / "codec" / "oscar"
ROW = r"^\| (%s) \| (→|←|↔) \| ([^|]+) \| ([^|]+) \|$"
SNAC = r"[0-9A-F]{2}/[0-9A-F]{2}"
META = r"07D[0A]/[0-9A-F]{4}"
TYPE = r"type [0-9A-F]{2}"


def table(what=SNAC):
    """{SNAC: (way, tests)}."""
    rows = {}
    for line in (ROOT / "tests" / "README.md").read_text().splitlines():
        found = re.match(ROW % what, line)
        if found:
            tap.lacks(rows, found[1], "rows")
            rows[found[1]] = (found[2], re.findall(r"`([^`]+)`", found[4]))
    return rows


def code():
    return "".join(path.read_text() for path in (
        ROOT / "plugins" / "oscar" / "session").glob("*.c"))


def names():
    """({name: number} of food groups, {name: SNAC})."""
    header = (CODEC / "oscar-types.h").read_text()
    groups = {name: int(number, 16) for name, number in re.findall(
        r"OSCAR_FG_(\w+) = (0x\w+)", header)}
    subtypes = header[header.index("OSCAR_SUBTYPE_ERROR"):
                      header.index("} OscarSubtype;")]
    found = {}
    for name, number in re.findall(r"OSCAR_(\w+) = (0x\w+)", subtypes):
        group = max((one for one in groups if name.startswith(one + "_")),
                    key=len, default=None)
        if group:
            found[name] = "%02X/%02X" % (groups[group], int(number, 16))
    return groups, found


def used_by_the_session():
    """SNACs whose names occur in the session's code."""
    _, snacs = names()
    return {snac for name, snac in snacs.items()
            if re.search(r"\bOSCAR_%s\b" % name, code())}


def handled():
    """(SNACs, food groups of errors) of the table of handlers."""
    groups, snacs = names()
    rows = re.findall(r"\{ OSCAR_FG_(\w+), OSCAR_(\w+), (?:TRUE|FALSE)",
                      code())
    return ({snacs[name] for _, name in rows if name != "SUBTYPE_ERROR"},
            {groups[group] for group, name in rows
             if name == "SUBTYPE_ERROR"})


def sent():
    """SNACs whose names are handed to something that sends."""
    _, snacs = names()
    return {snacs[name] for name in re.findall(
        r"\b\w*send\w* ?\((?:[^;()]|\([^;()]*\))*?\bOSCAR_(\w+)(?=,|\))"
        r"(?!, OSCAR_)", code()) if name in snacs}


def icq_numbers(prefix, *headers):
    """{name: number} of an enumeration."""
    return {name: int(number, 16) for header in headers
            for name, number in re.findall(
                r"\b%s(\w+) = (0x\w+)" % prefix,
                (CODEC / header).read_text())}


def meta_used():
    """Rows of what is asked inside of 15/02, and of all answers that have a
    name: some are told by what was asked."""
    numbers = icq_numbers("OSCAR_META_", "oscar-icq.h", "oscar-icq-info.h")
    asked = {"07D0/%04X" % number for name, number in numbers.items()
             if number > 0xFF and not name.startswith("REPLY_")
             and re.search(r"\bOSCAR_META_%s\b" % name, code())}
    return asked | {"07DA/%04X" % number for name, number in numbers.items()
                    if name.startswith("REPLY_")}


def types_used():
    """Rows of the table of ICQ's messages."""
    numbers = icq_numbers("OSCAR_ICQ_", "oscar-icq-message.h")
    return {"type %02X" % numbers[name] for name in re.findall(
        r"\{ OSCAR_ICQ_(\w+), \d+, (?:TRUE|FALSE), receive_", code())}


def bare(scenario):
    """Its lines without space, in small letters."""
    return [re.sub(r"\s", "", line).lower() for line in
            (SCENARIOS / scenario).read_text().splitlines()]


def plays_meta(scenario, row, way):
    kind, number = row.split("/")
    start = {"→": r"client\d+sends15/02", "←": r"server\d+15/03"}[way]
    wanted = re.compile("%s.*?%s07....%s" % (
        start, kind[2:].lower(), (number[2:] + number[:2]).lower()))
    return any(wanted.match(line) for line in bare(scenario))


def plays_type(scenario, row, way):
    """As a message of channel 4, or extended on channel 2, where headers of
    45 bytes stand before it."""
    start = {"→": r"client\d+sends04/0[6b]",
             "←": r"server\d+04/0[7b]"}[way]
    number = row.split()[1].lower()
    forms = (r"%s(?!.*tlv:2711).*0004.*tlv:0005\(.{8}%s",
             r"%s.*tlv:2711\(.{90}%s", r"%s.*00031b00.{86}%s")
    return any(re.match(form % (start, number), line)
               for form in forms for line in bare(scenario))


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
def tells_which_way_each_goes(t):
    rows = table()
    for way, snacs in (("←", handled()[0]), ("→", sent())):
        tap.equal(sorted(snac for snac in snacs
                         if rows[snac][0] not in (way, "↔")), [],
                  f"rows that should say {way}")
    named = re.search(r"Error messages \(xx/01\) are handled in food groups "
                      r"([^.]+)\.", (ROOT / "tests" / "README.md").read_text())
    groups = {int(one, 16) for one in re.findall(r"\b[0-9A-F]{2}\b",
                                                 named[1])}
    tap.equal(sorted(handled()[1] - groups), [], "errors left out")


@tap.case
def has_a_row_for_what_icq_puts_inside(t):
    tap.equal(sorted(table(META)), sorted(meta_used()), "requests, answers")
    tap.equal(sorted(table(TYPE)), sorted(types_used()), "message types")


def each(rows, judge):
    """Holds every row against the scenarios it names."""
    for snac, (way, tests) in rows.items():
        if not tests:
            raise AssertionError("%s has no test" % snac)
        for one in tests:
            path = SCENARIOS / one
            if not path.is_file():
                raise AssertionError("%s: no scenario %s" % (snac, one))
        for direction in "→←" if way == "↔" else way:
            if not any(judge(one, snac, direction) for one in tests):
                raise AssertionError("%s %s is not in %s" % (
                    snac, direction, ", ".join(tests)))


@tap.case
def names_a_scenario_that_plays_it(t):
    each(table(), plays)
    each(table(META), plays_meta)
    each(table(TYPE), plays_type)


if __name__ == "__main__":
    tap.main()
