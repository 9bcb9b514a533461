"""Named ways in which a server misbehaves.

A fault is a dictionary: `fault` is its name, `stage` the command it waits for
and the rest narrows it down. Stages are commands ("VER", "USR"), commands with
their first or second word ("USR-I", "USR-S", "XFR-SB", "USR-OK"), "connect",
and over HTTP "nexus", "login", "RST", "RST2", "NotRST", the SOAP operations
("FindMembership", "GetMessage", "Store2") and "gateway". Without a stage
everything counts.

When a command of that stage comes in:

    error        is answered by `code`; with `bytes`, by so many of XML too
    busy-close   the same, and the connection ends
    ignore       it is not answered
    close-on reset-on
                 the connection ends, unanswered
    out          is answered by "OUT `text`", and the connection ends
    redirect     is sent to the server at `address`
    nak          of a message: it is not delivered
    version-refused
                 of VER: there is none in common

Before or after a command of that stage is sent, or instead of it:

    close-before close-after reset-before reset-after
    no-reply     is swallowed
    mute         is swallowed, and everything after it
    delay        comes `seconds` later, with all that follows
    trickle      comes byte by byte
    coalesce     waits `seconds` so that more comes with it
    garbage      becomes `hex`, or noise
    replace      becomes the line `text`
    length       has `text` for its last parameter
    long-line    has `bytes` more in its last parameter
    endless-line the same, and the line never ends
    bare-lf      ends in LF alone
    spaces       has spaces doubled and one at its end
    duplicate    comes twice
    sprinkle     is surrounded by commands nobody knows
    cut-at       the connection ends when `bytes` of all it says are out

When a request over HTTP comes:

    http-status    is answered by `code` and a page, and told to come back in
                   `seconds`
    http-redirect  is sent to `address`
    http-type      is answered by a page of somebody else's
    http-cut http-garbage http-huge
                   the answer is half there, broken, of `bytes`
    http-body      has `text`, or `hex`, for a body
    http-swap      has what matches replaced: `text` is "pattern=>replacement"
    http-continue  is told `bytes` times to continue before
    http-slow      is answered after `seconds`
    http-silence http-hang-up
                   is not answered, after `seconds`
    login-redirect   the login is sent on to `address`, or `times` times to us
    login-failed login-noretry
                     the login fails, with `text` for the user
    rst-redirect     RST is to be asked at `address`, or at ours
    token-fault      of the tokens asked for, that of `text` is refused
    soap-fault       an operation fails with the code `text`
    session-lost     of the gateway: the session is gone

And by names of their own, faults with the rest filled in: NAMED, below.
"""

import dataclasses
import random

SOAP_CODES = (
    "ContactAlreadyExists", "ContactDoesNotExist", "InvalidPassportUser",
    "BadEmailArgument", "MemberAlreadyExists", "MemberDoesNotExist",
    "UserDoesNotExist", "GroupAlreadyExists", "BadArgumentLength",
    "QuotaLimitReached", "FullSyncRequired", "ABDoesNotExist",
    "PassportAuthFail", "Forbidden")

OIM_CODES = ("AuthenticationFailed", "SystemUnavailable", "InvalidContent",
             "SenderThrottleLimitExceeded", "MessageTooLarge")

NAMED = {
    "server-busy": dict(fault="busy-close", stage="USR-S", code=910),
    "server-down": dict(fault="busy-close", stage="USR-S", code=600),
    "bad-ticket": dict(fault="busy-close", stage="USR-S", code=911),
    "bad-ticket-928": dict(fault="busy-close", stage="USR-S", code=928),
    "no-consent": dict(fault="busy-close", stage="USR-S", code=923),
    "not-confirmed": dict(fault="busy-close", stage="USR-S", code=924),
    "suspended": dict(fault="busy-close", stage="USR-S", code=927),
    "wrong-server": dict(fault="busy-close", stage="USR-I", code=931),
    "throttled": dict(fault="error", stage="XFR-SB", code=800),
    "version-refused": dict(fault="version-refused", stage="VER"),
    "xfr-ns": dict(fault="redirect", stage="USR-I"),
    "signed-on-elsewhere": dict(fault="out", text="OTH"),
    "shutting-down": dict(fault="out", text="SSD"),
    "no-switchboard": dict(fault="error", stage="XFR-SB", code=280),
    "hidden": dict(fault="error", stage="XFR-SB", code=913),
    "not-online": dict(fault="error", stage="CAL", code=217),
    "already-there": dict(fault="error", stage="CAL", code=215),
    "too-active": dict(fault="error", stage="CAL", code=713),
    "bad-cookie": dict(fault="busy-close", where="sb", stage="USR", code=911),
    "bad-answer": dict(fault="busy-close", stage="ANS", code=911),
    "switchboard-drops": dict(fault="close-on", stage="MSG"),
    "nexus-down": dict(fault="http-status", stage="nexus", code=503),
    "nexus-garbage": dict(fault="http-type", stage="nexus"),
    "login-down": dict(fault="http-status", stage="login", code=500),
    "rst-down": dict(fault="http-status", stage="RST", code=503),
    "foreign-redirect": dict(fault="login-redirect",
                             address="https://attacker.invalid/login"),
    "foreign-rst-redirect": dict(fault="rst-redirect",
                                 address="https://attacker.invalid/RST.srf"),
    "wrong-password": dict(fault="login-failed"),
    "no-such-account": dict(fault="login-failed"),
    "blocked-account": dict(fault="login-noretry",
                            text="Your account is blocked."),
    "forbidden-soap": dict(fault="http-status", stage="soap", code=403),
    "overloaded-soap": dict(fault="http-status", stage="soap", code=503),
    "gateway-400": dict(fault="http-status", stage="gateway", code=400),
    "gateway-500": dict(fault="http-status", stage="gateway", code=500),
    "slow-gateway": dict(fault="http-slow", stage="gateway"),
    "revision-mismatch": dict(fault="soap-fault", stage="FindMembership",
                              text="FullSyncRequired"),
}
NAMED.update({code: dict(fault="soap-fault", stage="soap", text=code)
              for code in SOAP_CODES})
NAMED.update({code: dict(fault="soap-fault", stage="oim", text=code)
              for code in OIM_CODES})


@dataclasses.dataclass
class Fault:
    fault: str
    stage: str | None = None
    account: str | None = None
    # "ds", "ns", "sb" or "web".
    where: str | None = None
    # How often it strikes, and at which matching command it begins.
    times: int | None = None
    nth: int = 1
    seconds: float = 0.2
    bytes: int = 0
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
        if self.where is not None and self.where != link.kind:
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

    def outgoing(self, link, stages):
        """All faults that strike a command about to be sent."""
        return [fault.strike() for fault in self.entries
                if fault.fault in OUTGOING and fault.matches(stages, link)]


def _last(line, text):
    words = line[:-2].split(b" ")
    return b" ".join(words[:-1] + [text]) + b"\r\n"


def _garbage(line, fault):
    return bytes.fromhex(fault.hex) if fault.hex else bytes(
        random.randrange(256) for _ in range(64))


MANGLERS = {
    "garbage": _garbage,
    "replace": lambda line, fault: (fault.text or "").encode() + b"\r\n",
    "length": lambda line, fault: _last(line, (fault.text or "").encode()),
    "long-line": lambda line, fault: line[:-2] + b"x" * fault.bytes + b"\r\n",
    "endless-line": lambda line, fault: line[:-2] + b"x" * fault.bytes,
    "bare-lf": lambda line, fault: line[:-2] + b"\n",
    "spaces": lambda line, fault: line[:-2].replace(b" ", b"  ") + b" \r\n",
}

OUTGOING = set(MANGLERS) | {
    "close-before", "close-after", "reset-before", "reset-after", "no-reply",
    "mute", "delay", "trickle", "coalesce", "duplicate", "sprinkle"}

ARRIVING = ("error", "busy-close", "ignore", "close-on", "reset-on", "out",
            "redirect")

# Commands nobody has heard of, and known ones with too much in them.
STRANGE_BEFORE = b"ZZZ 0 what is this?\r\nNOP\r\nSBS 0 null more\r\n"
STRANGE_AFTER = (b"XYZ 0 %zz %\r\nQNG 50 51 52\r\nSBS\r\n"
                 b"IMS 0 0 ON\r\nQNG\r\n")
