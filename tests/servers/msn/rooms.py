"""Conversations: who is in them, and what they hear."""

import secrets
import time

from . import wire


class Room:
    """One conversation. Members have `email`, `nick`, `guid`, `caps_text()`,
    `joined()`, `left()` and `hear()`."""

    def __init__(self, server):
        self.server = server
        self.ident = secrets.token_hex(16)[:31]
        self.members = []

    def has(self, account):
        return any(one.account is account for one in self.members)

    def others(self, member):
        return [one for one in self.members if one is not member]

    def enter(self, member):
        for one in self.others(member):
            one.joined(member)
        if member not in self.members:
            self.members.append(member)
        self.server.changed()

    def leave(self, member, idle=False):
        if member not in self.members:
            return
        self.members.remove(member)
        for one in self.members:
            one.left(member, idle)
        self.server.changed()

    def say(self, sender, payload):
        """Whether anybody heard it."""
        heard = False
        for one in self.others(sender):
            heard = one.hear(sender, payload) is not False or heard
        self.server.changed()
        return heard

    def names(self):
        return [one.account.email for one in self.members]


class Rooms:
    """All conversations, and the cookies that open them."""

    def __init__(self, server):
        self.server = server
        self.rooms = []
        self._cookies = {}

    def __iter__(self):
        return iter([room for room in self.rooms if room.members])

    def make(self):
        self.rooms = [room for room in self.rooms if room.members]
        self.rooms.append(Room(self.server))
        return self.rooms[-1]

    def bake(self, account, session, room=None):
        """A cookie for @account to open a switchboard, or to enter @room."""
        cookie = secrets.token_hex(10)
        self._cookies[cookie] = (
            account, session, room,
            time.monotonic() + self.server.config.cookie_seconds)
        return cookie

    def open(self, email, cookie, ident=None):
        """(account, session, room) for whoever shows @cookie; None if it is
        not good."""
        account, session, room, until = self._cookies.pop(
            cookie, (None, None, None, 0))
        if (account is None or time.monotonic() > until
                or account.key != email.lower()
                or ident != (room and room.ident)):
            return None
        return account, session, room or self.make()

    def call(self, room, caller, account):
        """Rings @account for @room; an error, or None."""
        if room.has(account):
            return 215
        rung = [one for one in self.server.sessions(account)
                if one.visible]
        made = [one for one in account.instances
                if one not in self.server.sessions(account) and one.visible]
        if not (rung or made) or not account.lets_see(caller):
            return 217
        for session in rung:
            session.ring(room, self.bake(account, session, room), caller)
        for bot in made:
            bot.rung(room)
        return None


def name_of(member, version):
    """How clients of @version are told of @member, one or two times."""
    words = [member.account.email]
    if version > 15 and member.guid:
        words.insert(0, "%s;%s" % (member.account.email, member.guid))
    return words


def join_words(member, name, version):
    words = [name, wire.quote(member.account.nick) or None]
    if version > 11:
        words.append(member.caps_text(version))
    return words
