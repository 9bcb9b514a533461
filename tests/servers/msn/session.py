"""A notification session: somebody who signs on and stays."""

import asyncio
import collections
import random
import time

from . import notices, presence, wire
from .link import Closed
from .ns import HANDLERS
from .ns.lists import STAMP
from .ns.table import Closing
from .signon import SignOn
from .store import FL


class Session(presence.Instance):
    """One signed-on client, from USR OK to the end."""

    def __init__(self, server, account, link, version):
        super().__init__(account)
        self.server, self.link, self.version = server, link, version
        self.traits = server.traits
        self.ticket = None
        self.ticket_text = None
        self.trid = self.chg_trid = "0"
        self.synchronised = self.listed = False
        # What ADL said: list bits by address.
        self.told = {}
        # What this client was told of others: states and UBX payloads.
        self.seen, self.seen_data = {}, {}
        self.challenge = None
        self.products = []
        self.since = time.time()
        self._first_serial = account.serial - 1
        if self.traits.keeps_message and account.message:
            self.data["PSM"] = account.message
        self._asked = collections.deque()

    # Life.

    def begin(self):
        """What follows USR OK by itself."""
        if self.version > 10:
            self.link.send("SBS", 0, "null")
        notices.profile(self)
        if self.version > 15:
            self.link.send("UBX", *presence.handle(
                self.version, self.account.email), payload=b"")
        if self.traits.challenge_seconds and self.version > 5:
            self.ask_challenge()

    async def run(self):
        try:
            while True:
                self._handle(await self.link.receive())
        except Closing as end:
            if end.code:
                self.link.send(end.code, self.trid)
        finally:
            self.leave()

    def _handle(self, command):
        handler = HANDLERS.get(command.name)
        self.trid = command.trid
        if handler is None:
            self.server.say("nobody knows", command.name)
            return
        try:
            handler(self, command)
        except (ValueError, IndexError) as error:
            # As Escargot does: what breaks a handler is not answered.
            self.server.say("unanswered:", command.name, error)

    def error(self, code, command):
        self.link.send(code, command.trid)

    def leave(self):
        if self in self.account.instances:
            self.account.instances.remove(self)
            self.status = None
            self.server.presence.changed(self.account)

    def knock_off(self, reason="OTH"):
        """Ends it, for the OUT @reason."""
        self.link.send("OUT", reason)
        self.link.close()
        if self in self.account.instances:
            self.account.instances.remove(self)

    # Challenges.

    def ask_challenge(self):
        self.challenge = "".join(random.choice("0123456789")
                                 for _ in range(20))
        self.link.send("CHL", 0, self.challenge)
        if self.traits.challenge_seconds:
            self.server.later(self._await_answer(self.challenge))

    async def _await_answer(self, challenge):
        await asyncio.sleep(self.traits.challenge_seconds)
        if self.challenge == challenge:
            self.link.send("OUT")
            self.link.close()

    # What handlers ask.

    @property
    def serial(self):
        """The number of the list; Escargot counts from 1 in each session."""
        if self.traits.deltas:
            return self.account.serial
        return self.account.serial - self._first_serial

    def stamp(self, serial):
        if self.version < 10:
            return str(serial)
        if not self.traits.deltas:
            return STAMP
        return "2006-01-01T00:00:00.%04d000-08:00" % (serial % 10000)

    def watches(self, email):
        """Whether this client is to hear of @email."""
        if self.traits.adl_counts and self.version > 12:
            return bool(self.told.get(email.lower(), 0) & FL)
        found = self.account.contact(email)
        return bool(found and found.lists & FL)

    def asks_too_often(self):
        if self.traits.xfr_limit is None:
            return False
        count, seconds = self.traits.xfr_limit
        now = time.monotonic()
        while self._asked and self._asked[0] < now - seconds:
            self._asked.popleft()
        self._asked.append(now)
        return len(self._asked) > count

    def tell_reverse(self, owner, added):
        """@owner has put this user on their list, or taken them off."""
        email, nick = owner.email, wire.quote(owner.nick)
        if self.version < 10:
            words = ["RL", self.serial, email]
            self.link.send("ADD" if added else "REM", 0, *words,
                           nick if added else None)
        elif self.version < 13:
            if added:
                self.link.send("ADC", 0, "RL", "N=" + email, "F=" + nick)
            else:
                self.link.send("REM", 0, "RL", email)
        else:
            name, _, domain = email.partition("@")
            shown = ' f="%s"' % wire.escape(nick) if added else ""
            self.link.send("ADL" if added else "RML", 0, payload=(
                '<ml><d n="%s"><c n="%s" t="1" l="8"%s /></d></ml>' % (
                    wire.escape(domain), wire.escape(name), shown)).encode())
        if self.version > 7 and not self.traits.mail:
            notices.list_changed(self)

    def ring(self, room, cookie, caller):
        tail = []
        if self.version > 12:
            tail = ["U", "messenger.hotmail.com"]
        if self.version > 13:
            tail.append("1" if self.server.config.direct else "0")
        self.link.send("RNG", room.ident, self.server.address(
            self.link, self.server.sb_port), "CKI", cookie, caller.email,
            wire.quote(caller.nick) or None, *tail)

    def describe(self):
        shown = super().describe()
        shown.update(version=self.version, since=self.since,
                     connection=self.link.number, products=self.products,
                     challenged=self.challenge is not None,
                     synchronised=self.synchronised, listed=self.listed,
                     told=self.told)
        return shown


async def serve(server, link):
    """A connection to the dispatch or notification server."""
    session = await SignOn(server, link, Session).run()
    if session is None:
        raise Closed("not signed on")
    await session.run()
