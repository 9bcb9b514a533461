"""Rate classes: what is told to the client, and what happens to it."""

import dataclasses
import time

from . import wire

# id: window, clear, alert, limit, disconnect, max. The values real servers
# have in common.
DEFAULTS = {
    1: (80, 2500, 2000, 1500, 800, 6000),
    2: (80, 3000, 2000, 1500, 1000, 6000),
    3: (20, 5100, 5000, 4000, 3000, 6000),
    4: (20, 5500, 5300, 4200, 3000, 8000),
    5: (10, 5500, 5300, 4200, 3000, 8000),
}

SPECIAL = {
    2: [(0x03, 0x04), (0x03, 0x05), (0x09, 0x05), (0x09, 0x06), (0x09, 0x07),
        (0x09, 0x08), (0x0E, 0x05)],
    3: [(0x04, 0x06), (0x02, 0x05)],
    4: [(0x02, 0x09), (0x02, 0x0B)],
    5: [],
}
LAST_SUBTYPE = {0x01: 0x25, 0x02: 0x15, 0x03: 0x10, 0x04: 0x17, 0x06: 0x03,
                0x08: 0x02, 0x09: 0x0B, 0x0A: 0x03, 0x0B: 0x04, 0x0D: 0x09,
                0x0E: 0x09, 0x0F: 0x04, 0x10: 0x07, 0x13: 0x28, 0x15: 0x03,
                0x18: 0x16}
_special = {pair: number for number, pairs in SPECIAL.items()
            for pair in pairs}
GROUPS = {number: list(pairs) for number, pairs in SPECIAL.items()}
GROUPS[1] = [(group, subtype) for group, last in LAST_SUBTYPE.items()
             for subtype in range(1, last + 1)
             if (group, subtype) not in _special]
CLASS_OF = {pair: number for number, pairs in GROUPS.items()
            for pair in pairs}

CLEAR, ALERT, LIMITED, DISCONNECT = "clear", "alert", "limited", "disconnect"
CODES = {ALERT: 2, LIMITED: 3, CLEAR: 4}


@dataclasses.dataclass
class RateClass:
    number: int
    window: int
    clear: int
    alert: int
    limit: int
    disconnect: int
    max: int
    current: int = 0
    last: float = 0
    state: str = CLEAR
    told: str = CLEAR
    dropped: int = 0

    def after(self, now):
        """The average if a SNAC came at @now."""
        passed = int((now - self.last) * 1000)
        average = (self.current * (self.window - 1) + passed) // self.window
        return min(average, self.max)

    def judge(self, average):
        if average < self.disconnect:
            return DISCONNECT
        if self.state == LIMITED:
            return CLEAR if average >= self.clear else LIMITED
        if average < self.limit:
            return LIMITED
        return ALERT if average < self.alert else CLEAR

    def count(self, now):
        """Takes one SNAC into account; what is to become of it."""
        self.current = self.after(now)
        self.last = now
        self.state = self.judge(self.current)
        self.dropped += self.state == LIMITED
        return self.state

    def encode(self, long_form, last):
        data = wire.u16(self.number) + b"".join(map(wire.u32, (
            self.window, self.clear, self.alert, self.limit, self.disconnect,
            self.current, self.max)))
        if long_form:
            data += wire.u32(last) + wire.u8(self.state == LIMITED)
        return data

    def describe(self):
        return {"current": self.current, "state": self.state,
                "dropped": self.dropped, "max": self.max}


class Rates:
    """The classes of one session."""

    def __init__(self, changes=None):
        values = dict(DEFAULTS)
        for number, value in (changes or {}).items():
            values[int(number)] = tuple(value)
        now = time.monotonic()
        self.classes = {number: RateClass(number, *value, current=value[-1],
                                          last=now)
                        for number, value in sorted(values.items())}
        self.defaults = {number: dataclasses.replace(rate)
                         for number, rate in self.classes.items()}
        self.subscribed = set()

    def count(self, group, subtype):
        found = self.classes.get(CLASS_OF.get((group, subtype)))
        return found.count(time.monotonic()) if found else CLEAR

    def encode(self, long_form, absolute):
        last = int(time.time()) - 1 if absolute else 790
        data = wire.u16(len(self.classes))
        for rate in self.classes.values():
            data += rate.encode(long_form, last)
        for number in self.classes:
            pairs = GROUPS.get(number, [])
            data += wire.u16(number) + wire.u16(len(pairs)) + b"".join(
                wire.u16(group) + wire.u16(subtype)
                for group, subtype in pairs)
        return data

    def news(self):
        """(code, class) of what changed since the last call."""
        now = time.monotonic()
        found = []
        for rate in self.classes.values():
            # A limit ends by waiting, without another SNAC.
            if rate.state in (LIMITED, ALERT):
                state = rate.judge(rate.after(now))
                if state == CLEAR:
                    rate.current, rate.last = rate.after(now), now
                    rate.state = state
            if rate.state != rate.told and rate.state in CODES:
                rate.told = rate.state
                if rate.number in self.subscribed:
                    found.append((CODES[rate.state], rate))
        return found
