"""Named ways in which a server misbehaves.

A fault is a dictionary: `fault` is its name, `stage` the frame it waits for
and the rest narrows it down. Stages are SNACs ("17/07"), the server's own
"signon", "signoff" and "keepalive", and of what comes in "connect",
"client-signon", "cookie" and SNACs again. Without a stage every frame counts.

Before or after a frame of that stage is sent, or instead of it:

    close-before close-after reset-before reset-after
    no-reply     is swallowed
    mute         is swallowed, and everything after it
    delay        comes `seconds` later, with all that follows
    trickle      comes byte by byte
    coalesce     waits `seconds` so that more comes with it
    garbage      becomes `hex`, or noise
    oversize     claims to have `bytes` of payload and never does
    cut-body     has only `bytes` of its SNAC body, in a frame that fits
    cut-frame    stops after `bytes`, then the connection closes
    bad-marker   does not begin with 2A
    bad-type     has frame type 9
    replace      has `hex` for a SNAC body
    error        becomes the food group's error `code`
    duplicate    comes twice
    sprinkle     is surrounded by unknown food groups, filled up with
                 unknown TLVs

When a frame of that stage comes in:

    close-on reset-on    the connection ends, unanswered
    ignore               it is not answered

When a request over HTTP comes; stages are "clientLogin", "startOSCARSession"
and "kdc":

    http-status    is answered by `code` and a page, and told to come back in
                   `seconds`
    http-redirect  is sent to `address`
    http-type      is answered by a page of somebody else's
    http-xml http-garbage http-cut http-huge
                   the answer is XML, broken JSON, half there, of `bytes`
    http-silence http-hang-up
                   there is none, after `seconds`
    web-error      is answered by status `code` and `detail`, with `text`, and
                   the page `address`

And of the sign-on as a whole:

    wrong-bos    the reply names `address`
"""

import dataclasses
import random

from . import wire

# For the blocks inside of bodies: TLVs nobody has heard of.
STRANGE_TLVS = [(0x7A04, b"?"), (0x7A05, b""), (0x0038, bytes(200))]

# SNACs whose bodies end with a chain of TLVs.
OPEN_ENDED = {"01/05", "01/13", "02/03", "02/06", "03/03", "04/07", "09/03",
              "13/03", "17/03", "17/07"}
UNKNOWN_TLVS = wire.tlv(0x7A01, b"?") + wire.tlv(0x7A02) + wire.tlv(
    0x7A03, bytes(300))


@dataclasses.dataclass
class Fault:
    fault: str
    stage: str | None = None
    account: str | None = None
    # "auth" or "bos".
    where: str | None = None
    # How often it strikes, and at which matching frame it begins.
    times: int | None = None
    nth: int = 1
    seconds: float = 0.2
    bytes: int = 0
    code: int = 1
    detail: int | None = None
    text: str | None = None
    hex: str | None = None
    address: str | None = None

    def __post_init__(self):
        if self.account is not None:
            self.account = wire.normalize(self.account)

    def matches(self, stage, link):
        if self.times == 0 or self.stage not in (None, "any", stage):
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


class Faults:
    """The faults in force."""

    def __init__(self, entries=()):
        self.entries = [Fault(**entry) for entry in entries]

    def add(self, entry):
        self.entries.append(Fault(**entry))

    def clear(self, name=None):
        self.entries = [fault for fault in self.entries
                        if name is not None and fault.fault != name]

    def active(self, name):
        return any(fault.fault == name and fault.times != 0
                   for fault in self.entries)

    def find(self, link, stage, *names):
        """The first fault of @names that strikes here."""
        for fault in self.entries:
            if fault.fault in names and fault.matches(stage, link):
                return fault.strike()
        return None

    def outgoing(self, link, stage):
        """All faults that strike a frame about to be sent."""
        return [fault.strike() for fault in self.entries
                if fault.fault in OUTGOING and fault.matches(stage, link)]


def _cut_body(frame, fault):
    kept = frame[6:16 + fault.bytes]
    return frame[:4] + wire.u16(len(kept)) + kept


def _replace(frame, fault):
    payload = frame[6:16] + bytes.fromhex(fault.hex or "")
    return frame[:4] + wire.u16(len(payload)) + payload


def _garbage(frame, fault):
    return bytes.fromhex(fault.hex) if fault.hex else bytes(
        random.randrange(256) for _ in range(64))


def _oversize(frame, fault):
    return frame[:4] + wire.u16(fault.bytes or 0xFFFF) + frame[6:]


def _error(frame, fault):
    payload = frame[6:8] + wire.u16(1) + wire.u16(0) + frame[12:16]
    payload += wire.u16(fault.code)
    return frame[:4] + wire.u16(len(payload)) + payload


MANGLERS = {
    "cut-body": _cut_body,
    "replace": _replace,
    "garbage": _garbage,
    "oversize": _oversize,
    "error": _error,
    "bad-marker": lambda frame, fault: b"\x2B" + frame[1:],
    "bad-type": lambda frame, fault: frame[:1] + b"\x09" + frame[2:],
}

OUTGOING = set(MANGLERS) | {
    "close-before", "close-after", "reset-before", "reset-after", "no-reply",
    "mute", "delay", "trickle", "coalesce", "cut-frame", "duplicate",
    "sprinkle"}


def sprinkled(stage, payload):
    """(unknown SNACs to send first, @payload filled up)."""
    noise = [wire.snac(0x7ABC, 0x0001, b"\0\1", 0, wire.SERVER_REQUEST),
             wire.snac(0x0001, 0x7FFF, bytes(40), 0, wire.SERVER_REQUEST)]
    if stage in OPEN_ENDED:
        payload += UNKNOWN_TLVS
    return noise, payload
