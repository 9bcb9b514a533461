"""Named ways in which the gateway misbehaves.

A fault is a dictionary: `fault` is its name, `stage` what it waits for and
the rest narrows it down. Stages are requests ("open", "data", "poll", and
"login", "post", "uic", "directory", "rst") and commands, plainly or with the
last part of their target ("CNT", "SDG", "PUT-PRESENCE", "GET-THREADS",
"PNG"; "NFY-PUT", "SDG" when the server sends them). Without a stage
everything counts.

When a request comes:

    http-status    is answered by `code`, unheard, and told to come back in
                   `seconds`
    http-redirect  is sent to `address`
    http-cut http-garbage http-huge http-type http-body http-swap
                   as in common/http.py
    http-slow      is answered after `seconds`; it is carried out at once
    http-late      is carried out after `seconds`
    http-hang-up   the connection ends, unheard and unanswered
    hang-up-after  the same, but it was carried out
    stall          it is carried out, and never answered
    lose           the session is gone: 400
    truncate       the answer lacks the end of its last command
    close          the answer says Session=close
    no-session     the answer has no X-MSN-Messenger
    move           the answer says X-MSN-Host: `address`
    same-session   of open: the SessionID is that of the session before

When a command of the client's comes:

    error error-close
                   is answered by `code` and `text`, and the session ends
    swallow        is neither carried out nor answered
    no-answer      is carried out, and not answered
    lose lose-after
                   the session is gone, before or after it
    close          the answer says Session=close
    xfr            of CNT: it is sent to `address`

When a command of that stage is sent:

    duplicate      comes twice
    length         the length is `bytes` more
    garbage        becomes `hex`
    sprinkle       is surrounded by commands nobody knows
    withhold       is not sent at all

And by names of their own, faults with the rest filled in: NAMED, below.
"""

import dataclasses
import re

from . import wire

REQUEST_KEEPS = ("http-cut", "http-garbage", "http-huge", "http-swap")

NAMED = {
    "lost-session": dict(fault="lose", stage="poll"),
    "lost-data": dict(fault="lose", stage="data"),
    "swallowed-message": dict(fault="no-answer", stage="SDG"),
    "swallowed-request": dict(fault="stall", stage="data"),
    "bad-ticket": dict(fault="error-close", stage="ATH", code=911,
                       text="Authentication failed"),
    "old-session": dict(fault="error-close", code=922,
                        text="Session expired"),
    "already-bound": dict(fault="error", stage="BND", code=715),
    "not-online": dict(fault="error", stage="SDG", code=217,
                       text="Not online"),
    "too-fast": dict(fault="error", stage="SDG", code=800),
    "too-long": dict(fault="error", stage="SDG", code=285),
    "too-large": dict(fault="http-status", stage="data", code=413),
    "server-down": dict(fault="http-status", stage="open", code=503),
    "cookies-refused": dict(fault="http-status", stage="open", code=401),
    "directory-down": dict(fault="http-status", stage="directory", code=503),
    "uic-down": dict(fault="http-status", stage="uic", code=503),
    "login-down": dict(fault="http-status", stage="login", code=503),
}


@dataclasses.dataclass
class Fault:
    fault: str
    stage: str | None = None
    account: str | None = None
    # How often it strikes, and at which match it begins.
    times: int | None = None
    nth: int = 1
    seconds: float = 0.2
    bytes: int = 1
    code: int = 500
    text: str | None = None
    hex: str | None = None
    address: str | None = None

    def __post_init__(self):
        if self.account is not None:
            self.account = self.account.lower()
        if self.fault == "http-redirect" and self.code == 500:
            self.code = 302

    def matches(self, stages, link):
        if self.times == 0 or (self.stage not in (None, "any")
                               and self.stage not in stages):
            return False
        if self.account is not None and self.account != link.account_key:
            return False
        if self.nth > 1:
            self.nth -= 1
            return False
        return True

    def strike(self):
        if self.times is not None:
            self.times -= 1
        return self


def made(entry):
    """A fault of a dictionary or of a name."""
    if isinstance(entry, str):
        entry = {"fault": entry}
    entry = {key: value for key, value in entry.items() if value is not None}
    return Fault(**dict(NAMED.get(entry["fault"], {}),
                        **{key: value for key, value in entry.items()
                           if key != "fault" or value not in NAMED}))


class Faults:
    """The faults in force."""

    def __init__(self, entries=()):
        self.entries = [made(entry) for entry in entries]

    def add(self, entry):
        self.entries.append(made(entry))

    def clear(self, name=None):
        self.entries = [fault for fault in self.entries
                        if name is not None and fault.fault != name]

    def find(self, link, stages, *names):
        """The first fault of @names that strikes here."""
        for fault in self.entries:
            if fault.fault in names and fault.matches(stages, link):
                return fault.strike()
        return None

    def spoilt(self, session, data):
        """The pieces that are sent in place of the command @data."""
        pieces = [data]
        stages = _stages(data)
        for fault in self.entries:
            spoil = OUTGOING.get(fault.fault)
            if spoil and fault.matches(stages, session):
                pieces = spoil(fault.strike(), pieces)
        return pieces


def _stages(data):
    try:
        return wire.parse(data, old=True)[0].stages
    except (wire.Malformed, IndexError):
        return ["raw"]


def _longer(fault, pieces):
    def longer(match):
        return b"%d\r\n" % (int(match[1]) + fault.bytes)
    return [re.sub(rb"(\d+)\r\n", longer, one, count=1) for one in pieces]


STRANGE = (b"ZZZ 0 CON 2\r\n\r\n"
           b"NFY 0 MSGR\\FROBNICATE 20\r\nX-Odd: yes\r\n\r\n<a/>\r\n"
           b"XYZ 4711 MSGR\\WHAT 0\r\n")

OUTGOING = {
    "duplicate": lambda fault, pieces: pieces * 2,
    "length": _longer,
    "garbage": lambda fault, pieces: [bytes.fromhex(fault.hex or "00ff0d0a")],
    "sprinkle": lambda fault, pieces: [STRANGE, *pieces, STRANGE],
    "withhold": lambda fault, pieces: [],
}
