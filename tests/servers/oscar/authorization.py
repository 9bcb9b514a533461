"""ICQ's consent: may I put you on my list?"""

from . import store, wire

FEEDBAG = 0x13
REQUESTED, ANSWERED, ADDED, UPDATE = 0x19, 0x1B, 0x1C, 0x09
# Real servers put the version of the food group before these bodies.
BLOCK = wire.sized([(0x0001, wire.u16(4))])


class Authorization:
    """Requests, answers and notices between two accounts."""

    def __init__(self, server):
        self.server = server
        self.told = set()

    def _deliver(self, account, subtype, body):
        for one in account.live():
            one.deliver(FEEDBAG, subtype, BLOCK + body,
                        wire.SNAC_OPTIONAL_BLOCK)

    def request(self, asker, owner, reason):
        self._deliver(owner, REQUESTED, wire.str8(asker.name)
                      + wire.str16(reason) + wire.u16(0))
        self.server.changed()

    def respond(self, owner, asker, granted, reason):
        if granted:
            owner.allowed.add(asker.key)
        self._deliver(asker, ANSWERED, wire.str8(owner.name)
                      + wire.u8(granted) + wire.str16(reason) + wire.u16(0))
        if granted:
            self._settle(owner, asker)
        self.server.changed()

    def _settle(self, owner, asker):
        """The buddy is not pending any more, and its presence shows."""
        item = asker.feedbag.find_buddy(owner.key)
        if item is None or not item.attributes.has(store.ATTR_PENDING):
            return
        item.attributes = item.attributes.without(store.ATTR_PENDING)
        asker.feedbag.put(item)
        for one in asker.live():
            one.deliver(FEEDBAG, UPDATE, item.encode())
        self.server.presence.introduce(asker, {owner.key})

    def tell_added(self, adder, buddy):
        """Once per pair, and only to ICQ users."""
        if not buddy.is_icq or (adder.key, buddy.key) in self.told:
            return
        self.told.add((adder.key, buddy.key))
        self._deliver(buddy, ADDED, wire.str8(adder.name) + wire.u16(0))
