"""Accounts and what the server keeps for them. All in memory."""

import dataclasses
import time
import uuid as uuids

FL, AL, BL, RL, PL = 1, 2, 4, 8, 16
LISTS = {"FL": FL, "AL": AL, "BL": BL, "RL": RL, "PL": PL}
ROLES = {"Allow": AL, "Block": BL, "Reverse": RL, "Pending": PL}


def new_uuid():
    return str(uuids.uuid4())


@dataclasses.dataclass
class Group:
    name: str
    number: int
    uuid: str = dataclasses.field(default_factory=new_uuid)


@dataclasses.dataclass
class Contact:
    """One entry of somebody's lists."""

    email: str
    name: str
    lists: int = 0
    uuid: str = dataclasses.field(default_factory=new_uuid)
    groups: list = dataclasses.field(default_factory=list)
    # Names and notes only the owner sees: "AB.NickName" and the like.
    annotations: dict = dataclasses.field(default_factory=dict)
    network: int = 1

    def describe(self):
        return {"email": self.email, "name": self.name, "lists": self.lists,
                "on": [name for name, bit in LISTS.items()
                       if self.lists & bit],
                "groups": [group.name for group in self.groups],
                "annotations": self.annotations, "uuid": self.uuid}


@dataclasses.dataclass
class Stored:
    """A message that waits for its recipient."""

    sender: str
    recipient: str
    text: str
    friendly: str = ""
    run: str = ""
    sequence: int = 1
    uuid: str = dataclasses.field(default_factory=lambda: new_uuid().upper())
    time: float = dataclasses.field(default_factory=time.time)
    # Instead of all this: the message as it is.
    raw: str | None = None


class Account:
    """Somebody with a password and a list."""

    def __init__(self, email, password="", **settings):
        self.email = email
        self.password = password
        self.uuid = new_uuid()
        self.nick = settings.pop("nick", email)
        self.md5 = settings.pop("md5", True)
        self.verified = settings.pop("verified", True)
        self.restricted = settings.pop("restricted", False)
        # An error instead of USR OK; or what the login says.
        self.signon_error = settings.pop("signon_error", None)
        self.behaviour = settings.pop("bot", None)
        self.blp = settings.pop("blp", "AL")
        self.gtc = settings.pop("gtc", "A")
        self.mail = settings.pop("mail", None)
        self.has_ab = not settings.pop("fresh", False)
        self.phones = dict(settings.pop("phones", {}))
        # The personal message of the session before.
        self.message = ""
        self.serial = 1
        self.stored = []
        self.groups = []
        self.contacts = {}
        self.instances = []
        self.settings = settings
        self._fill(settings)

    @property
    def key(self):
        return self.email.lower()

    def _fill(self, settings):
        """The lists, as configurations write them: groups of addresses or
        of {"name", "alias", "nick"}, and "allow", "block", "reverse",
        "pending"."""
        for title, members in settings.pop("groups", {}).items():
            group = self.group_named(title) if title else None
            if title and group is None:
                group = self.add_group(title)
            for member in members:
                if isinstance(member, str):
                    member = {"name": member}
                found = self.contact(member["name"], make=True)
                found.lists |= member.get("lists", FL | AL)
                found.name = member.get("nick", found.name)
                if member.get("alias"):
                    found.annotations["AB.NickName"] = member["alias"]
                if group and group not in found.groups:
                    found.groups.append(group)
        for name, bit in (("allow", AL), ("block", BL), ("reverse", RL),
                          ("pending", PL)):
            for email in settings.pop(name, ()):
                found = self.contact(email, make=True)
                found.lists |= bit
                if bit == BL:
                    found.lists &= ~AL

    def contact(self, email, make=False):
        found = self.contacts.get(email.lower())
        if found is None and make:
            found = self.contacts[email.lower()] = Contact(email, email)
        return found

    def contact_by_uuid(self, uuid):
        for found in self.contacts.values():
            if found.uuid == uuid:
                return found
        return None

    def on(self, bit):
        return [one for one in self.contacts.values() if one.lists & bit]

    def add_group(self, name):
        number = max((group.number for group in self.groups), default=0) + 1
        self.groups.append(Group(name, number))
        return self.groups[-1]

    def group_named(self, name):
        for group in self.groups:
            if group.name == name:
                return group
        return None

    def group(self, ident):
        """By number or GUID, as text."""
        for group in self.groups:
            if ident in (str(group.number), group.uuid):
                return group
        return None

    def touch(self):
        self.serial += 1
        return self.serial

    def lets_see(self, other):
        """Whether @other may see and talk to this one."""
        found = self.contact(other.email)
        if found and found.lists & BL:
            return False
        return self.blp == "AL" or bool(found and found.lists & AL)

    def tree(self):
        """The list as a person sees it."""
        shown = {group.name: [] for group in self.groups}
        for one in self.on(FL):
            for group in one.groups:
                shown[group.name].append(one.email)
            if not one.groups:
                shown.setdefault("", []).append(one.email)
        return shown


class Accounts:
    """All accounts, by address in any case."""

    def __init__(self):
        self._by_key = {}

    def __iter__(self):
        return iter(list(self._by_key.values()))

    def add(self, account):
        self._by_key[account.key] = account
        return account

    def find(self, email):
        return self._by_key.get(email.lower())
