"""The server: listeners, accounts, cookies, and what belongs to nobody."""

import asyncio
import collections
import os
import time

from common import listen, world

from . import authorizer, link as links, presence, wire
from .authorization import Authorization
from .bots import Bot
from .faults import Faults
from .icons import Icons
from .rooms import Rooms
from .service import Service
from .session import Session
from .store import Account, Accounts
from .web import Web

BOS_SESSIONS_FULL = 0x18


class Server(world.World):
    """Everything that runs; made once per process or test."""

    def __init__(self, config, log=None):
        super().__init__("oscar server", log)
        self.config = config
        self.traits = config.traits_of()
        self.faults = Faults(config.faults)
        self.accounts = Accounts()
        self.presence = presence.Presence(self)
        self.authorization = Authorization(self)
        self.icons, self.rooms = Icons(self), Rooms(self)
        self.web = Web(self)
        self.links = []
        self.host, self.port, self.tls_port = "127.0.0.1", 0, 0
        self.rate_tick = 0.25
        self._cookies = {}
        self._allowances = {}
        self._bucp_addresses = set()
        self._conversations = collections.Counter()
        for entry in config.accounts:
            self.add_account(entry)

    # Life.

    async def start(self, port=0, tls_port=None, certificate=None, key=None,
                    web_port=0, web_tls_port=0):
        context = listen.context(certificate, key)
        self._listeners, self.port, self.tls_port = await listen.both(
            self._plain, self._encrypted, self.host, port, tls_port, context)
        self._listeners += await self.web.start(web_port, web_tls_port,
                                                context)
        for account in self.accounts:
            if account.behaviour and account.settings.get("online", True):
                self.bot(account).sign_on()
        for entry in self.config.rooms:
            room = self.rooms.make(entry.get("exchange", 4), entry["name"])
            for name in entry.get("occupants", ()):
                self.bot(self.accounts.find(name)).enter(room)

    async def stop(self):
        """Signs everybody off, as a server that shuts down does."""
        for link in self.open_links():
            link.signoff()
        await self.end()

    # Connections.

    async def _plain(self, reader, writer):
        await self._accept(reader, writer, False)

    async def _encrypted(self, reader, writer):
        await self._accept(reader, writer, True)

    async def _accept(self, reader, writer, tls):
        link = links.Link(self, reader, writer, tls)
        self.links.append(link)
        self._tasks.add(asyncio.current_task())
        self.changed()
        try:
            await self._converse(link)
        except (links.Closed, wire.WireError) as error:
            self.say("connection", link.number, "ends:", error)
        except Exception as error:  # pylint: disable=broad-except
            self.complain("connection %d" % link.number, error)
        finally:
            await link.finish()
            self._tasks.discard(asyncio.current_task())
            self.say("connection", link.number, "closed", link.kind,
                     link.account_key)

    async def _converse(self, link):
        if link.struck("connect"):
            return
        link.send(wire.FLAP_SIGNON, wire.u32(1), "signon")
        tlvs = await authorizer.first_frame(link)
        link.remember(">", "client-signon", wire.tlv_chain(tlvs))
        if link.struck("client-signon"):
            return
        cookie = tlvs.get(authorizer.TLV_COOKIE)
        if cookie is None:
            await authorizer.Authorizer(self, link, tlvs).run()
        else:
            await self._begin_session(link, cookie)

    async def _begin_session(self, link, cookie):
        link.kind = "bos"
        baked = self._cookies.pop(cookie, None)
        if baked is None or time.monotonic() > baked["until"]:
            raise links.Closed("no such cookie")
        account, level = baked["account"], baked["level"]
        link.account_key = account.key
        if link.struck("cookie"):
            return
        if baked["service"]:
            group, room = baked["service"]
            await Service(self, baked["moving"], link, group, room).run()
            return
        if baked["moving"] in account.instances:
            await self._move(link, baked["moving"])
            return
        others = [one for one in account.instances
                  if isinstance(one, Session)]
        error = account.bos_error
        if level == 1 and len(others) >= self.traits.max_instances:
            error = BOS_SESSIONS_FULL
        if error is not None:
            link.signoff(wire.tlv(authorizer.TLV_ERROR, error.to_bytes(
                self.traits.reason_width, "big")))
            return
        for one in others:
            if level != 1 or one.level != 1:
                one.knock_off()
        session = Session(self, account, link, level)
        account.instances.append(session)
        self.say("session of", account.name, "on connection", link.number)
        await session.run()

    async def _move(self, link, old):
        """The session @old goes on over @link; nobody notices."""
        session = Session(self, old.account, link, old.level)
        session.take_over(old)
        old.account.instances[old.account.instances.index(old)] = session
        self.say("session of", old.account.name, "moves to", link.number)
        await session.run()

    def open_links(self):
        return [link for link in self.links if link.ended is None]

    def sessions(self, account):
        return [one for one in account.instances if isinstance(one, Session)]

    # Signing on.

    def bake(self, account, level, moving=None, service=None):
        """A cookie good for one session of @account.

        @moving is the session that this one is to take over, if any, or to
        serve, if @service is (food group, room).
        """
        cookie = os.urandom(self.config.cookie_bytes)
        self._cookies[cookie] = {
            "account": account, "level": level, "moving": moving,
            "service": service,
            "until": time.monotonic() + self.config.cookie_seconds}
        return cookie

    def admits(self, address):
        """Whether @address has not signed on too often."""
        burst = self.config.auth_burst
        if burst is None:
            return True
        now = time.monotonic()
        per_second = self.config.auth_per_minute / 60
        left, last = self._allowances.get(address, (burst, now))
        left = min(burst, left + (now - last) * per_second)
        allowed = left >= 1
        self._allowances[address] = (left - allowed, now)
        return allowed

    def uses_bucp(self, address, noted=False):
        """Whether somebody at @address has signed on by challenge."""
        if noted:
            self._bucp_addresses.add(address)
        return address in self._bucp_addresses

    # People.

    def add_account(self, entry):
        entry = dict(entry)
        return self.accounts.add(Account(entry.pop("name"),
                                         entry.pop("password", ""), **entry))

    def bot(self, account):
        """The bot that is @account, made if there is none."""
        for one in account.instances:
            if isinstance(one, Bot):
                return one
        made = getattr(account, "bot", None)
        if made is None:
            made = account.bot = Bot(self, account,
                                     account.behaviour or "quiet")
        return made

    async def answer_request(self, owner, name, granted, reason):
        asker = self.accounts.find(name)
        if asker:
            await asyncio.sleep(self.config.bot_pace)
            self.authorization.respond(owner, asker, granted, reason.encode())

    # Warnings.

    def note_conversation(self, sender, recipient):
        self._conversations[sender.key, recipient.key] += 1

    def may_warn(self, warner, target):
        """One warning for every message that came from @target."""
        pair = target.key, warner.key
        if self._conversations[pair] <= 0:
            return False
        self._conversations[pair] -= 1
        return True

    def warn(self, target, delta, warner):
        """Raises the warning level of @target and says so."""
        target.warning = max(0, min(999, target.warning + delta))
        body = wire.u16(target.warning)
        if warner:
            body += presence.info_block(self, warner)
        for one in target.live():
            one.deliver(0x01, 0x10, body)
        for session in self.sessions(target):
            session.scale_rates()
        self.presence.own_info(target)
        self.presence.changed(target)
