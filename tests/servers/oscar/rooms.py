"""Chat rooms and who is in them."""

import os

from . import presence, wire

USERS, OPERATORS = 4, 5
MAX_NAME, MAX_MESSAGE = 100, 1024


class Room:
    """One room; it stays when it is empty."""

    def __init__(self, server, exchange, name):
        self.server, self.exchange, self.name = server, exchange, name
        self.instance = 0
        self.cookie = "%d-%d-%s" % (exchange, self.instance, name)
        self.members = []

    def place(self):
        """How SNACs name it."""
        return (wire.u16(self.exchange) + wire.str8(self.cookie)
                + wire.u16(self.instance))

    def describe(self):
        """The same and its properties."""
        return self.place() + wire.u8(2) + wire.counted([
            (0x006A, self.name.encode()), (0x00C9, wire.u16(1)),
            (0x00CA, wire.u32(0)), (0x00D1, wire.u16(MAX_MESSAGE)),
            (0x00D2, wire.u16(100)), (0x00D3, self.name.encode()),
            (0x00D5, wire.u8(2))])

    def names(self):
        return [one.account.name for one in self.members]

    def _block(self, members):
        return b"".join(presence.info_block(self.server, one.account)
                        for one in members)

    def enter(self, member):
        if member in self.members:
            return
        others = list(self.members)
        self.members.append(member)
        member.see(self._block(self.members), True)
        member.deliver(0x0E, 0x02, self.describe())
        for one in others:
            one.see(self._block([member]), True)
        self.server.changed()

    def leave(self, member):
        if member not in self.members:
            return
        self.members.remove(member)
        for one in list(self.members):
            one.see(self._block([member]), False)
        self.server.changed()

    def say(self, member, content, cookie=None, channel=3, to=None,
            reflect=False):
        """What @member says to all, or whispers @to one of them."""
        head = (cookie or os.urandom(8)) + wire.u16(channel)
        tlvs = [(0x0003, presence.info_block(self.server, member.account))]
        if to is None:
            tlvs.append((0x0001, b""))
        body = head + wire.tlv_chain(tlvs + [(0x0005, content)])
        for one in list(self.members):
            wanted = to in (None, one.account.key)
            if wanted and (one is not member or reflect):
                one.hear(member, body)
        if to is not None and reflect:
            member.hear(member, body)
        self.server.changed()


class Rooms:
    """All rooms."""

    def __init__(self, server):
        self.server = server
        self._by_cookie = {}

    def __iter__(self):
        return iter(self._by_cookie.values())

    def make(self, exchange, name):
        found = self.find(exchange, name)
        if found is None:
            found = Room(self.server, exchange, name)
            self._by_cookie[found.cookie] = found
        return found

    def find(self, exchange, name):
        """Case does not tell rooms apart."""
        for room in self:
            if (room.exchange == exchange
                    and room.name.lower() == name.lower()):
                return room
        return None

    def at(self, cookie):
        return self._by_cookie.get(cookie.decode("utf-8", "replace"))


def content(text):
    """TLV 0005 of a message of @text."""
    charset = b"us-ascii"
    data = text.encode()
    if not text.isascii():
        charset, data = b"unicode-2-0", text.encode("utf-16-be")
    return wire.tlv_chain([(0x0001, data), (0x0002, charset),
                           (0x0003, b"en")])


def text_of(body):
    """(text, whether it is for all) of an 0E/06."""
    tlvs = wire.Reader(body[10:]).tlvs()
    inner = wire.Reader(tlvs.get(0x0005, b"")).tlvs()
    data, charset = inner.get(0x0001, b""), inner.text(0x0002).lower()
    codec = {"unicode-2-0": "utf-16-be", "utf-8": "utf-8"}.get(
        charset, "latin-1")
    return data.decode(codec, "replace"), tlvs.has(0x0001)
