"""A signed-on user at the other end of a connection."""

import asyncio

from . import groups, link as links, peer, rates, wire
from .groups import HANDLERS

TLV_REASON, TLV_REASON_URL, TLV_ERROR = 0x09, 0x0B, 0x08
HELP_URL = "https://example.net/help"
LOCK_STEP_SECONDS = 0.02


class Session(peer.Instance):
    """Reads SNACs off a link and hands each to its handler."""

    # The food group of a service, see service.py.
    group = None

    def __init__(self, server, account, link, level):
        super().__init__(server, account)
        self.link = link
        self.level = level
        self.versions = {}
        self.rates = rates.Rates(server.config.rates)
        self.stopped = asyncio.Event()
        # Its other connections.
        self.services = []
        link.kind, link.account_key = "bos", account.key

    def take_over(self, old):
        """Becomes what @old was, but for the connection."""
        mine = ("link", "rates", "stopped", "versions")
        for service in old.services:
            service.owner = self
        self.__dict__.update((field, value) for field, value
                             in vars(old).items() if field not in mine)

    # Sending.

    def deliver(self, group, subtype, body=b"", flags=0, request=None):
        self.link.send_snac(group, subtype, body, flags, request)

    def reply(self, snac, subtype, body=b"", flags=0):
        self.link.send_snac(snac.group, subtype, body, flags, snac.request)

    def error(self, snac, code, sub=None):
        extra = wire.tlv(0x0008, wire.u16(sub)) if sub else b""
        self.reply(snac, 0x01, wire.u16(code) + extra)

    def to_others(self, group, subtype, body=b""):
        """The same to all other sessions of this account."""
        for one in list(self.account.instances):
            if one is not self:
                one.deliver(group, subtype, body)

    # Living.

    async def run(self):
        traits = self.server.traits
        if traits.lock_step and not await self.link.is_silent(
                LOCK_STEP_SECONDS):
            raise links.Closed("the client did not wait for 01/03")
        self.deliver(0x01, 0x03, b"".join(map(wire.u16, self.announced)))
        if traits.urls and self.group is None:
            self.deliver(0x01, 0x15, wire.u16(1) + wire.str16(HELP_URL))
        ticker = asyncio.create_task(self._tick())
        try:
            await self._serve()
        finally:
            ticker.cancel()
            self.leave()

    @property
    def announced(self):
        """The food groups of 01/03."""
        return self.server.traits.groups

    def greet(self):
        traits = self.server.traits
        self.deliver(0x01, 0x13, wire.u16(traits.motd_type)
                     + wire.tlv(0x000B, traits.motd.encode()))

    def came_online(self):
        """The client is ready."""
        first = not self.online
        self.online = True
        self.server.changed()
        if self.contacts_known and first:
            self.server.presence.introduce(self.account)
        self.deliver(0x0B, 0x02, wire.u16(1))
        self.server.icons.judge(self.account, self)

    async def _serve(self):
        while not self.link.closing:
            kind, payload = await self.link.receive()
            if kind == wire.FLAP_KEEPALIVE:
                self.link.remember(">", "keepalive", payload)
            elif kind == wire.FLAP_SIGNOFF:
                self.link.remember(">", "signoff", payload)
                return
            elif kind == wire.FLAP_DATA:
                await self._take(payload)
            else:
                raise links.Closed("frame type %d" % kind)

    async def _take(self, payload):
        snac = wire.Snac(payload)
        self.link.remember(">", snac.label, payload)
        verdict = self.rates.count(snac.group, snac.subtype)
        if self.server.config.enforce_rates:
            if verdict == rates.DISCONNECT:
                raise links.Closed("far too fast")
            if verdict == rates.LIMITED:
                return
        if (snac.label in self.server.traits.unanswered
                or self.link.struck(snac.label)):
            return
        if self.server.traits.lock_step and not self.versions:
            await self._insist_on_versions(snac)
        handler = self._handler(snac)
        if handler is None or snac.label in self.server.traits.unknown:
            self.error(snac, 0x01)
        else:
            handler(self, snac)

    def _handler(self, snac):
        """What serves @snac, if that is to be had on this connection."""
        if self.group is None:
            wrong = snac.group in self.server.traits.services
        else:
            wrong = snac.group not in self.announced
        return None if wrong else HANDLERS.get((snac.group, snac.subtype))

    async def _insist_on_versions(self, snac):
        early = snac.label != "01/17"
        if early or not await self.link.is_silent(LOCK_STEP_SECONDS):
            raise links.Closed("the client did not wait for 01/18")

    async def _tick(self):
        while True:
            await asyncio.sleep(self.server.rate_tick)
            for code, rate in self.rates.news():
                self.tell_rate(code, rate)

    def tell_rate(self, code, rate):
        self.deliver(0x01, 0x0A, wire.u16(code) + rate.encode(
            self.long_rates, 0))

    @property
    def long_rates(self):
        return self.versions.get(0x01, 0) >= self.server.traits.rate_long_from

    def scale_rates(self):
        """Who is warned may say less: raises the thresholds of messages."""
        rate, first = self.rates.classes[3], self.rates.defaults[3]
        # Clients of old misbehaved when these came close to the maximum.
        room = first.max - 150
        for name in ("clear", "alert", "limit"):
            base = getattr(first, name)
            setattr(rate, name, base + (room - base)
                    * self.account.warning // 1000)
        if rate.number in self.rates.subscribed:
            self.tell_rate(1, rate)

    # Ending.

    def knock_off(self, reason=1):
        """Ends the session because the account signed on elsewhere."""
        if self.level == 0 and self.server.traits.truncated_signoff:
            self.link.send_raw(b"\x2A\x04" + wire.u16(self.link.sequence))
            self.link.close()
        else:
            self.sign_off(reason)

    def sign_off(self, reason=None, url=HELP_URL, width=None):
        """Ends the session with or without a reason."""
        body = b""
        if reason is not None:
            width = width or self.server.traits.reason_width
            body = wire.tlv(TLV_REASON, reason.to_bytes(width, "big"))
            body += wire.tlv(TLV_REASON_URL, wire.as_bytes(url))
        self.link.signoff(body)
        self.leave()

    def leave(self):
        if self not in self.account.instances:
            return
        for service in list(self.services):
            if service.room is None:
                service.link.close()
        self.account.instances.remove(self)
        if not self.account.instances:
            self.account.watched.clear()
        if self.online:
            self.online = False
            self.server.presence.changed(self.account)
        self.server.changed()

    def describe(self):
        shown = super().describe()
        shown.update(connection=self.link.number, versions={
            "%02X" % group: version
            for group, version in self.versions.items()},
            rates={number: rate.describe()
                   for number, rate in self.rates.classes.items()},
            subscribed=sorted(self.rates.subscribed))
        return shown


groups.load()
