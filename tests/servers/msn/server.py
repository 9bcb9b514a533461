"""The server: listeners, accounts, and what belongs to nobody."""

import asyncio

from common import listen, world

from . import keeping, link as links, presence, session as sessions
from . import switchboard
from .bots import Bot
from .faults import Faults
from .rooms import Rooms
from .roster import Roster
from .store import FL, RL, Account, Accounts
from .tickets import Tickets
from .web import Web

LINE_LIMIT = 1 << 20


class Server(world.World):
    """Everything that runs; made once per process or test."""

    def __init__(self, config, log=None):
        super().__init__("msn server", log)
        self.config = config
        self.traits = config.traits_of()
        self.faults = Faults(config.faults)
        self.accounts = Accounts()
        self.presence = presence.Presence(self)
        self.roster, self.rooms = Roster(self), Rooms(self)
        self.tickets, self.web = Tickets(self), Web(self)
        self.links, self.invited = [], []
        self.host = "127.0.0.1"
        self.port = self.dispatch_port = self.sb_port = 0
        for entry in config.accounts:
            self.add_account(entry)
        if config.state:
            keeping.load(self.accounts, config.state)

    # Life.

    async def start(self, port=0, sb_port=0, dispatch_port=0,
                    certificate=None, key=None, web_port=0, web_tls_port=0):
        for kind, number in (("ns", port), ("sb", sb_port),
                             ("ds", dispatch_port)):
            listener = await asyncio.start_server(
                self._acceptor(kind), self.host, number, limit=LINE_LIMIT)
            self._listeners.append(listener)
            number = listen.port_of(listener)
            if kind == "ns":
                self.port = number
            elif kind == "sb":
                self.sb_port = number
            else:
                self.dispatch_port = number
        self._listeners += await self.web.start(
            web_port, web_tls_port, listen.context(certificate, key))
        for account in self.accounts:
            if account.behaviour and account.settings.get("online", True):
                self.bot(account).sign_on()

    async def stop(self):
        """Sends everybody away, as a server that shuts down does."""
        for link in self.open_links():
            if link.kind == "ns":
                link.send("OUT", "SSD")
            link.close()
        await self.end()
        if self.config.state:
            keeping.save(self.accounts, self.config.state)

    # Connections.

    def _acceptor(self, kind):
        async def accept(reader, writer):
            await self.accept(reader, writer, kind)
        return accept

    async def accept(self, reader, writer, kind, gateway=False):
        """Serves a connection of @kind: "ds", "ns" or "sb"."""
        link = links.Link(self, reader, writer, kind, gateway)
        self.links.append(link)
        self._tasks.add(asyncio.current_task())
        self.changed()
        try:
            if self.faults.find(link, ["connect"], "close-on", "reset-on"):
                return
            serve = switchboard if kind == "sb" else sessions
            await serve.serve(self, link)
        except links.Closed as error:
            self.say("connection", link.number, "ends:", error)
        except Exception as error:  # pylint: disable=broad-except
            self.complain("connection %d" % link.number, error)
        finally:
            await link.finish()
            self._tasks.discard(asyncio.current_task())
            self.say("connection", link.number, "closed", link.kind,
                     link.account_key)

    def address(self, link, port):
        """How the other end of @link is to call @port of ours."""
        if port == self.sb_port and self.config.switchboard_host:
            return self.config.switchboard_host
        return "%s:%d" % (self.config.advertise or link.local[0], port)

    def open_links(self):
        return [link for link in self.links if link.ended is None]

    def sessions(self, account):
        return [one for one in account.instances
                if isinstance(one, sessions.Session)]

    # People.

    def add_account(self, entry):
        entry = dict(entry)
        name = entry.pop("email", None) or entry.pop("name")
        count, online = entry.pop("fill", 0), entry.pop("fill_online", 0)
        made = self.accounts.add(Account(name, entry.pop("password", ""),
                                         **entry))
        # Who is on the lists of others knows it, without being asked.
        for other in self.accounts:
            for one, two in ((made, other), (other, made)):
                found = one.contact(two.email)
                if one is not two and found and found.lists & FL:
                    back = two.contact(one.email, make=True)
                    back.lists |= RL
                    back.name = one.nick
                    if found.name == found.email:
                        found.name = two.nick
        self.roster.fill(made, count, 500, "buddy", online)
        return made

    def bot(self, account):
        """The bot that is @account, made if there is none."""
        if getattr(account, "bot", None) is None:
            account.bot = Bot(self, account, account.behaviour or "quiet")
        return account.bot

    def rename(self, account, nick, teller=None):
        """@account is called @nick from now on."""
        account.nick = nick
        account.touch()
        for other in self.accounts:
            found = other.contact(account.email)
            if found:
                found.name = nick
        for session in self.sessions(account):
            if session is not teller and session.version > 9:
                session.link.send("PRP", 0, "MFN", nick.replace(" ", "%20"))
        self.presence.changed(account)

    def tell_phones(self, account, key, value):
        """Those who have @account on their list hear of its numbers."""
        for other in self.accounts:
            found = other.contact(account.email)
            if not found or not found.lists & FL:
                continue
            for session in self.sessions(other):
                if 4 < session.version < 13:
                    session.link.send(
                        "BPR", other.serial if session.version < 10 else None,
                        account.email, key, value.replace(" ", "%20"))
