"""Buddy icons: the pictures, and who wears which."""

import hashlib

from . import store, wire

SMALL, ICON = 0, 1
CUSTOM, UNKNOWN = 0x01, 0x40
CLEAR = bytes.fromhex("0201d20472")
BLANK = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c"
                      "00000000010001000002024401003b")


def item(kind, flags, digest):
    """A picture's name on the wire."""
    return wire.u16(kind) + wire.u8(flags) + wire.str8(digest)


class Icons:
    """All pictures, by the digests they go by."""

    def __init__(self, server):
        self.server = server
        self._by_digest = {CLEAR: BLANK}

    def put(self, data):
        digest = hashlib.md5(data).digest()
        self._by_digest[digest] = data
        return digest

    def get(self, digest):
        return self._by_digest.get(digest, b"")

    def wear(self, one, data):
        """The bot @one shows the picture @data; none at all for b""."""
        one.icon = item(ICON, CUSTOM, self.put(data) if data else CLEAR)
        self.server.presence.changed(one.account)

    @staticmethod
    def wanted(account):
        """(flags, digest) that the list of @account names, or None."""
        for entry in account.feedbag.of_kind(store.BART):
            if entry.name == b"1" and entry.attributes.has(0x00D5):
                reader = wire.Reader(entry.attributes.get(0x00D5))
                return reader.u8(), reader.str8()
        return None

    def judge(self, account, session=None):
        """Tells what the server makes of the icon the list names."""
        wanted = self.wanted(account)
        if wanted is None:
            return
        flags, digest = wanted
        known = digest in self._by_digest
        if not known:
            flags |= UNKNOWN
        elif self.server.traits.name == "aol":
            flags |= 0x80
        for one in [session] if session else self.server.sessions(account):
            one.deliver(0x01, 0x21, item(ICON, flags, digest))
        if known:
            self._show(account, digest)

    def uploaded(self, account, digest):
        wanted = self.wanted(account)
        if wanted and wanted[1] == digest:
            self.judge(account)

    def _show(self, account, digest):
        worn = item(ICON, CUSTOM, digest)
        if all(one.icon == worn for one in account.instances):
            return
        for one in account.instances:
            one.icon = worn
        self.server.presence.own_info(account)
        self.server.presence.changed(account)
