"""Accounts, messages and threads."""

import dataclasses
import datetime
import time
import uuid

from . import wire

ROSTER_KINDS = {8: ("SKYPE", "objectId"), 1: ("WL", "domainTag")}


class Clock:
    """Milliseconds that never come twice."""

    def __init__(self):
        self._last = 0

    def next(self):
        self._last = max(self._last + 1, int(time.time() * 1000))
        return self._last


@dataclasses.dataclass(eq=False)
class Message:
    """One message, as it is kept and sent on."""

    ident: int
    kind: str
    sender: str
    epid: str | None
    to: str
    content: bytes
    content_type: str
    client_id: str | None = None
    name: str | None = None
    channel: str | None = None
    more: list = dataclasses.field(default_factory=list)

    @property
    def wants_ack(self):
        return self.kind.startswith(("Text", "RichText", "ThreadActivity"))

    @property
    def is_text(self):
        return self.kind.startswith(("Text", "RichText"))

    @property
    def source(self):
        return self.sender + (";epid=" + self.epid if self.epid else "")

    def arrival(self):
        when = datetime.datetime.fromtimestamp(self.ident / 1000,
                                               datetime.timezone.utc)
        return when.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (
            self.ident % 1000)

    def layers(self):
        """The body of the SDG that brings it."""
        routing = [("Routing", "1.0"), ("To", self.to), ("From", self.source)]
        if self.channel:
            routing.append(("Service-Channel", self.channel))
        inner = [("Messaging", "2.0"), ("Message-ID", self.ident)]
        if self.client_id is not None:
            inner.append(("Client-Message-ID", self.client_id))
        inner.append(("Message-Type", self.kind))
        if self.name is not None:
            inner.append(("IM-Display-Name", self.name))
        if self.is_text:
            inner.append(("Original-Arrival-Time", self.arrival()))
        inner += self.more + [("Content-Type", self.content_type)]
        return wire.layered([routing, [("Reliability", "1.0")], inner],
                            self.content)

    def history(self):
        """The same in the answers to GET."""
        parts = [wire.element("messageid", self.ident),
                 wire.element("originalarrivaltime", self.arrival()),
                 wire.element("from", self.sender),
                 wire.element("messagetype", self.kind),
                 wire.element("content", self.content.decode())]
        if self.client_id is not None:
            parts.append(wire.element("clientmessageid", self.client_id))
        return wire.element("message", *parts)

    def describe(self):
        return {"id": self.ident, "type": self.kind, "from": self.sender,
                "to": self.to, "epid": self.epid, "client_id": self.client_id,
                "text": self.content.decode("utf-8", "replace"),
                "content_type": self.content_type, "name": self.name,
                "more": dict(self.more)}


class Account:
    """Somebody who may sign on."""

    def __init__(self, name, password="secret", skype=None, nick=None,
                 **settings):
        self.login, self.password, self.skype = name, password, skype
        self.nick = nick or name.partition("@")[0].capitalize()
        self.address = "8:" + skype if skype else "1:" + name
        self.key = wire.Address(self.address).key
        # Outcome of a sign-on whatever the password: see pages.py.
        self.signon = settings.pop("signon", None)
        self.persons = [person(entry) for entry in settings.pop(
            "roster", [])]
        self.behaviour = settings.pop("bot", None)
        self.online = settings.pop("online", True)
        self.state = settings.pop("state", "NLN")
        self.message = settings.pop("psm", None)
        if settings:
            raise AttributeError(", ".join(settings))
        self.bot = None
        # Cookies of an earlier generation are stale.
        self.generation = 1
        # What is published for the account as a whole, by service.
        self.services = {}
        self.endpoints = []
        # Messages that nobody was there for, or has acknowledged.
        self.stored, self.pending = [], []
        self.history = []
        self.client_ids = set()

    def cookie(self, title):
        """The value of one of the three cookies."""
        value = "%s-%s" % (title, self.login)
        return value if self.generation == 1 else "%s-%d" % (
            value, self.generation)

    def lists(self, key):
        """Whether the roster has the address @key."""
        return any(wire.Address(one["address"]).key == key
                   for entry in self.persons for one in entry["contacts"])

    def endpoint(self, epid):
        for one in self.endpoints:
            if wire.bare_epid(one.epid) == wire.bare_epid(epid):
                return one
        return None


def person(entry):
    """An entry of a roster: an address, or a dictionary with more."""
    if isinstance(entry, str):
        entry = {"address": entry}
    entry = dict(entry)
    contacts = entry.pop("contacts", None) or [{
        key: entry.pop(key) for key in ("address", "blocked", "pending")
        if key in entry}]
    contacts = [{"address": one} if isinstance(one, str) else one
                for one in contacts]
    return dict(entry, contacts=contacts)


class Thread:
    """A conversation of several."""

    def __init__(self, ident, creator, clock):
        self.ident, self.creator, self._clock = ident, creator, clock
        self.topic = None
        # Roles by address.
        self.members = {}
        self.version = clock.next()

    @property
    def address(self):
        return "19:" + self.ident + "@thread.skype"

    def touch(self):
        self.version = self._clock.next()

    def role(self, address):
        key = wire.Address(address).key
        for member, role in self.members.items():
            if wire.Address(member).key == key:
                return role
        return None

    def remove(self, address):
        key = wire.Address(address).key
        self.members = {member: role for member, role in self.members.items()
                        if wire.Address(member).key != key}

    def properties(self):
        parts = [wire.element("creator", self.creator)]
        if self.topic is not None:
            parts.append(wire.element("topic", self.topic))
        return wire.element("properties", *parts)

    def snapshot(self):
        members = [wire.element("member", wire.element("mri", member),
                                wire.element("role", role))
                   for member, role in self.members.items()]
        return wire.element(
            "thread", wire.element("id", self.address),
            wire.element("version", self.version),
            wire.element("capabilities", 2047), self.properties(),
            wire.element("members", *members))


def new_epid():
    return "{%s}" % uuid.uuid4()


# Alice, Bob and Carol, who are in all examples.
FIXTURE = [
    {"name": "alice@example.com", "skype": "live:alice", "roster": [
        {"nickname": "Bob", "address": "8:live:bob", "blocked": False},
        {"orderedName": "Carol", "address": "1:carol@example.com"}]},
    {"name": "bob@example.com", "skype": "live:bob", "roster": [
        {"nickname": "Alice", "address": "8:live:alice"}]},
    {"name": "carol@example.com", "roster": [
        {"nickname": "Alice", "address": "8:live:alice"}]},
]
