"""The server: listeners, accounts, and what belongs to nobody."""

import inspect

from common import listen, world

from . import store
from .bots import Bot
from .faults import Faults
from .gateway import Gateway
from .messages import Messages
from .pages import Pages
from .presence import Presence
from .threads import Threads
from .web import Web


class Accounts:
    def __init__(self, server):
        self.server = server
        self.all = []

    def __iter__(self):
        return iter(self.all)

    def find(self, key):
        """The account of an address."""
        for account in self.all:
            if account.key == key:
                return account
        return None

    def named(self, name):
        """The account of a login or of an address."""
        for account in self.all:
            if name.lower() in (account.login.lower(), account.key):
                return account
        return None

    def login(self, name, password):
        """The account to sign on to; made if that is wanted."""
        found = self.named(name)
        if found is None and self.server.config.auto_create:
            found = store.Account(name, password)
            self.all.append(found)
        return found


class Server(world.World):
    """Everything that runs; made once per process or test."""

    def __init__(self, config, log=None):
        super().__init__("msn web server", log)
        self.config, self.traits = config, None
        self.faults = Faults(config.faults)
        self.clock = store.Clock()
        self.accounts = Accounts(self)
        self.presence, self.messages = Presence(self), Messages(self)
        self.threads, self.groups = Threads(self), []
        self.pages, self.web = Pages(self), Web(self)
        self.gateway = Gateway(self)
        self.tickets, self.moving = {}, None
        self.violations = []
        # Byte-identical repeats, and second requests to a strict server.
        self.replays = self.overlaps = 0
        self.connections = self.connected = 0
        self.host = "127.0.0.1"
        self.actions = {}
        entries = store.FIXTURE if config.accounts is None else \
            config.accounts
        for entry in entries:
            self.accounts.all.append(store.Account(**entry))

    async def start(self, certificate=None, key=None, web_port=0,
                    web_tls_port=0):
        self._listeners += await self.web.start(
            web_port, web_tls_port, listen.context(certificate, key))
        for account in self.accounts:
            if account.behaviour and account.online:
                self.bot(account).sign_on()

    async def stop(self):
        for session in list(self.gateway.all):
            if not session.lost:
                session.end("The server shuts down")
        await self.end()

    def begin(self):
        """A connection is opened."""
        self.connections += 1
        self.connected += 1

    def finish(self):
        self.connected -= 1

    def next_number(self):
        return len(self.gateway.all) + 1

    def bot(self, account):
        """The bot that is @account, made if there is none."""
        if account.bot is None:
            account.bot = Bot(self, account)
        return account.bot

    def violation(self, link, text):
        """The client did what it must not; tests look for them."""
        self.violations.append("%s: %s" % (
            getattr(link, "account_key", None) or "somebody", text))
        self.say("violation:", text)
        self.changed()

    async def act(self, name, values):
        """An action by name."""
        answer = self.actions[name](self, **values)
        return await answer if inspect.isawaitable(answer) else answer
