"""One place at which an account is signed on: a session or a bot."""

import itertools
import time

from . import wire

STATUS_AWAY = 0x0001
STATUS_INVISIBLE = 0x0100

# Open OSCAR Server does not keep these.
FORGOTTEN_CAPS = {wire.short_cap(0x134A), wire.short_cap(0x134D),
                  wire.short_cap(0x1341)}

_numbers = itertools.count(1)


class Instance:
    """What the account shows of itself from here."""

    def __init__(self, server, account):
        self.server = server
        self.account = account
        self.number = next(_numbers) & 0xFF
        self.level = 1
        self.online = False
        self.contacts_known = False
        self.signed_on = int(time.time())
        self.away = None
        self.away_mime = ""
        self.away_since = 0
        self.profile = None
        self.profile_mime = ""
        self.caps = []
        self.status = 0
        self.status_item = None
        self.idle_since = None
        self.dc_info = None
        self.icon = None
        self.feedbag_in_transaction = False

    @property
    def is_away(self):
        return bool(self.away) or bool(self.status & STATUS_AWAY)

    @property
    def is_invisible(self):
        return bool(self.status & STATUS_INVISIBLE)

    def deliver(self, group, subtype, body=b"", flags=0, request=None):
        """Takes a SNAC meant for this user."""
        raise NotImplementedError

    def knock_off(self, reason=1):
        """Ends this instance because another one takes its place."""
        raise NotImplementedError

    def describe(self):
        idle = self.idle_since and int(time.time() - self.idle_since)
        return {"number": self.number, "online": self.online,
                "kind": type(self).__name__.lower(), "level": self.level,
                "away": _text(self.away), "away_mime": self.away_mime,
                "is_away": self.is_away,
                "profile": _text(self.profile),
                "profile_mime": self.profile_mime,
                "caps": [cap.hex() for cap in self.caps],
                "status": self.status, "idle": idle,
                "invisible": self.is_invisible,
                "status_text": self.status_text()}

    def status_text(self):
        """The available message, if any."""
        if not self.status_item:
            return None
        reader = wire.Reader(self.status_item)
        reader.take(4)
        return _text(reader.str16()) if reader.left() > 1 else None


def _text(data):
    return None if data is None else data.decode("utf-8", "replace")
