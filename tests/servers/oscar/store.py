"""Accounts and what the server keeps for them. All in memory."""

import dataclasses
import time

from . import wire

BUDDY, GROUP, PERMIT, DENY, PRIVACY, PREFERENCES = range(6)
IGNORE = 0x000E
BART = 0x0014

ATTR_ORDER = 0x00C8
ATTR_MODE = 0x00CA
ATTR_ALIAS = 0x0131
ATTR_PENDING = 0x0066

PERMIT_ALL, DENY_ALL, PERMIT_LISTED, DENY_LISTED, PERMIT_BUDDIES = range(1, 6)


@dataclasses.dataclass
class Item:
    """One entry of a server-stored list."""

    name: bytes
    group: int
    id: int
    kind: int
    attributes: wire.TLVs = dataclasses.field(default_factory=wire.TLVs)
    modified: int = 0

    @property
    def key(self):
        return (self.group, self.id)

    @property
    def who(self):
        return wire.normalize(self.name)

    def encode(self):
        return (wire.str16(self.name) + wire.u16(self.group)
                + wire.u16(self.id) + wire.u16(self.kind)
                + wire.sized(self.attributes))

    def describe(self):
        return {"name": self.name.decode("utf-8", "replace"),
                "group": self.group, "id": self.id, "class": self.kind,
                "attributes": {"%04x" % tag: value.hex()
                               for tag, value in self.attributes}}


def read_item(reader):
    name = reader.str16()
    group, number, kind = reader.u16(), reader.u16(), reader.u16()
    return Item(name, group, number, kind, reader.sized_tlvs())


def read_items(reader):
    items = []
    while reader.left():
        items.append(read_item(reader))
    return items


class Feedbag:
    """The server-stored list of one account."""

    def __init__(self):
        self.items = {}
        self.time = 0
        # A list may be told to hold entries twice; see duplicate().
        self.extra = []

    def all(self):
        return list(self.items.values()) + self.extra

    def of_kind(self, *kinds):
        return [item for item in self.items.values() if item.kind in kinds]

    def names(self, *kinds):
        return {item.who for item in self.of_kind(*kinds)}

    def touch(self):
        # Seconds are the protocol's unit, yet every change must show.
        self.time = max(int(time.time()), self.time + 1)

    def latest_item(self):
        """When the newest item was stored: a time that deletions miss."""
        return max((item.modified for item in self.all()), default=0)

    def put(self, item):
        item.modified = int(time.time())
        self.items[item.key] = item
        self.touch()

    def remove(self, key):
        self.touch()
        return self.items.pop(key, None)

    def privacy(self):
        for item in self.of_kind(PRIVACY):
            mode = item.attributes.number(ATTR_MODE)
            if mode:
                return mode
        return PERMIT_ALL

    def find_buddy(self, who):
        for item in self.of_kind(BUDDY):
            if item.who == who:
                return item
        return None

    def preference(self, bit, default=False):
        """A buddy preference below 32, if set as valid."""
        for item in self.of_kind(PREFERENCES):
            value = item.attributes.number(0x00C9, 0)
            if item.attributes.number(0x00D6, 0) >> bit & 1:
                return bool(value >> bit & 1)
        return default

    def free_id(self, group=None):
        used = {item.group if group is None else item.id
                for item in self.items.values()}
        number = 1
        while number in used:
            number += 1
        return number

    def group_named(self, name):
        for item in self.of_kind(GROUP):
            if item.id == 0 and item.group and item.name == name.encode():
                return item
        return None

    def master(self):
        return self.items.get((0, 0))

    def add_group(self, name):
        """A group called @name, made if it is not there."""
        found = self.group_named(name)
        if found:
            return found
        if not self.master():
            self.put(Item(b"", 0, 0, GROUP))
        group = Item(name.encode(), self.free_id(), 0, GROUP)
        self.put(group)
        self.append_order(self.master(), group.group)
        return group

    def add_buddy(self, name, group, alias=None, pending=False):
        parent = self.add_group(group)
        item = Item(name.encode(), parent.group, self.free_id(parent.group),
                    BUDDY)
        if alias:
            item.attributes.append((ATTR_ALIAS, alias.encode()))
        if pending:
            item.attributes.append((ATTR_PENDING, b""))
        self.put(item)
        self.append_order(parent, item.id)
        return item

    def add_plain(self, kind, name, attributes=()):
        item = Item(name.encode(), 0, self.free_id(0), kind,
                    wire.TLVs(attributes))
        self.put(item)
        return item

    @staticmethod
    def append_order(item, number):
        order = item.attributes.get(ATTR_ORDER, b"") + wire.u16(number)
        item.attributes = item.attributes.without(ATTR_ORDER)
        item.attributes.append((ATTR_ORDER, order))

    def tree(self):
        """The list as a person sees it, in the order of the attributes."""
        groups = [item for item in self.of_kind(GROUP) if item.group]
        groups = _ordered(groups, self.master(), lambda item: item.group)
        shown = []
        for group in groups:
            buddies = [item for item in self.of_kind(BUDDY)
                       if item.group == group.group]
            buddies = _ordered(buddies, group, lambda item: item.id)
            shown.append({"group": group.name.decode("utf-8", "replace"),
                          "buddies": [_show_buddy(item) for item in buddies]})
        return shown


def _show_buddy(item):
    shown = {"name": item.name.decode("utf-8", "replace")}
    if item.attributes.has(ATTR_ALIAS):
        shown["alias"] = item.attributes.text(ATTR_ALIAS)
    if item.attributes.has(ATTR_PENDING):
        shown["pending"] = True
    return shown


def _ordered(items, parent, key):
    order = parent.attributes.get(ATTR_ORDER, b"") if parent else b""
    order = [int.from_bytes(order[i:i + 2], "big")
             for i in range(0, len(order) - 1, 2)]
    rank = {number: place for place, number in enumerate(order)}
    return sorted(items, key=lambda item: rank.get(key(item), len(rank)))


@dataclasses.dataclass
class Stored:
    """A message waiting for its recipient."""

    sender: "Account"
    cookie: bytes
    channel: int
    tlvs: wire.TLVs
    time: float


class Account:
    """One user, signed on or not."""

    def __init__(self, name, password="", **settings):
        self.name = name
        self.password = password
        self.created = int(settings.pop("member_since", time.time()))
        # Sign-on answers with these codes instead, see section 14.1.
        self.signon_error = settings.pop("signon_error", None)
        self.signon_url = settings.pop("signon_url", None)
        self.bos_error = settings.pop("bos_error", None)
        self.email = settings.pop("email", None)
        self.registration = 3
        self.confirmed = settings.pop("confirmed", False)
        # Answers every change of the account, see section 23.
        self.admin_error = settings.pop("admin_error", None)
        self.requires_auth = settings.pop("requires_auth", False)
        self.accepts_offline = settings.pop("accepts_offline", True)
        self.behaviour = settings.pop("bot", None)
        self.settings = settings
        self.flags = settings.get("flags", 0)
        self.warning = 0
        self.profile = None
        self.feedbag = Feedbag()
        self.uses_feedbag = False
        self.watched = set()
        self.permits = set()
        self.denies = set()
        self.stored = []
        self.allowed = set()
        self.instances = []
        self.info = dict(settings.get("info", {}))
        self._fill(settings.get("groups", {}), settings)

    def _fill(self, groups, settings):
        for group, buddies in groups.items():
            self.feedbag.add_group(group)
            for buddy in buddies:
                if isinstance(buddy, str):
                    buddy = {"name": buddy}
                self.feedbag.add_buddy(group=group, **buddy)
        for name in settings.get("permit", ()):
            self.feedbag.add_plain(PERMIT, name)
        for name in settings.get("deny", ()):
            self.feedbag.add_plain(DENY, name)
        if "privacy" in settings:
            self.feedbag.add_plain(PRIVACY, "", [
                (ATTR_MODE, wire.u8(settings["privacy"])),
                (0x00CB, wire.u32(0xFFFFFFFF))])

    @property
    def key(self):
        return wire.normalize(self.name)

    @property
    def is_icq(self):
        return self.key.isdigit()

    @property
    def uin(self):
        return int(self.key) if self.is_icq else 0

    def live(self):
        """Instances that have said they are online."""
        return [instance for instance in self.instances if instance.online]

    def watches(self):
        """Whose presence this account wants to know."""
        names = set(self.watched)
        if self.uses_feedbag:
            names |= {item.who for item in self.feedbag.of_kind(BUDDY)
                      if not item.attributes.has(ATTR_PENDING)}
        return names

    def blocks(self, key):
        """Whether this account wants nothing to do with @key."""
        if key == self.key:
            return False
        if not self.uses_feedbag:
            return (key in self.denies
                    or bool(self.permits) and key not in self.permits)
        mode = self.feedbag.privacy()
        if mode == DENY_ALL:
            return True
        if mode == PERMIT_LISTED:
            return key not in self.feedbag.names(PERMIT)
        if mode == DENY_LISTED:
            return key in self.feedbag.names(DENY)
        if mode == PERMIT_BUDDIES:
            return key not in self.feedbag.names(BUDDY)
        return key in self.feedbag.names(IGNORE) and self.is_icq

    def needs_auth_from(self, key):
        return self.requires_auth and key not in self.allowed


class Accounts:
    """All accounts, found by their normalized names."""

    def __init__(self):
        self._by_key = {}

    def add(self, account):
        self._by_key[account.key] = account
        return account

    def find(self, name):
        return self._by_key.get(wire.normalize(name))

    def __iter__(self):
        return iter(list(self._by_key.values()))
