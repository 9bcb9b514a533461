"""Temporary groups, MSNP21's conversations of several."""

import uuid

from . import wire
from .wire import Markup, Refused

NOBODY = "10:00000000-0000-0000-0000-000000000000@live.com"


class Group:
    def __init__(self, server):
        self.address = "10:%s@live.com" % (
            server.config.group or uuid.UUID(int=len(server.groups) + 1))
        self.members, self.invited = [], []


def _find(server, text):
    address = wire.Address(text)
    for group in server.groups:
        if wire.Address(group.address).key == address.key:
            return group
    raise Refused(205, "No such group")


def _roster(address):
    return Markup("<circle><roster><id>IM</id><user><id>%s</id></user>"
                  "</roster></circle>" % wire.escape(address))


def publish(session, command, layers):
    """PUT and DEL with a Uri of /circle."""
    server, me = session.server, session.account
    to = layers.routing.get("to", "")
    kind = layers.inner.get("content-type")
    if str(wire.Address(to)) == NOBODY:
        group = Group(server)
        server.groups.append(group)
    else:
        group = _find(server, to)
    _answer(session, command, group)
    if str(wire.Address(to)) == NOBODY:
        group.invited.append(me.key)
    elif command.verb == "DEL":
        _leave(server, group, me)
    elif kind == "application/circles+xml":
        _join(server, group, me)
    elif kind == "application/multiparty+xml":
        _invite(server, group, me, wire.text_of(wire.tree(layers.content),
                                                "roster/user/id"))
    else:
        raise wire.Malformed("circle with %r" % kind)
    server.changed()


def _answer(session, command, group):
    blocks = ("Routing: 1.0\r\nTo: %s;epid=%s\r\nFrom: %s\r\n\r\n"
              "Reliability: 1.0\r\n\r\n" % (
                  session.account.address, session.epid, group.address))
    if command.old or session.server.config.framing == 21:
        session.answer(wire.old_command("%s %d OK" % (
            command.verb, command.trid), blocks.encode()))
    else:
        session.reply(command, [("Context", session.server.config.context)],
                      blocks)


def _tell(group, account, verb, about, kind="Partial",
          uri="/circle", content=None):
    for one in account.endpoints:
        to = "%s;epid=%s" % (account.address, one.epid)
        one.notify(verb, wire.layered([
            [("Routing", "1.0"), ("To", to), ("From", group.address)],
            [("Reliability", "1.0"), ("Stream", "0")],
            [("Notification", "1.0"), ("NotifNum", "0"), ("Uri", uri),
             ("NotifType", kind),
             ("Content-Type", content or "application/circles+xml")]],
            _roster(about) if about else b""))


def _accounts(server, group):
    return [server.accounts.find(key) for key in group.members]


def _join(server, group, account):
    if account.key not in group.invited:
        raise Refused(420, "Not invited")
    if account.key not in group.members:
        group.members.append(account.key)
    for other in _accounts(server, group):
        _tell(group, other, "PUT", account.address)
        if other is not account:
            _tell(group, account, "PUT", other.address)


def _invite(server, group, account, whom):
    if account.key not in group.members:
        raise Refused(420, "Not a member")
    invited = server.accounts.find(wire.Address(whom or "").key)
    if invited is None:
        raise Refused(205, "No such user")
    group.invited.append(invited.key)
    _tell(group, invited, "PUT", account.address,
          content="application/multiparty+xml")
    if all(one.kind == "bot" for one in invited.endpoints):
        _join(server, group, invited)


def _leave(server, group, account):
    told = _accounts(server, group)
    group.members = [key for key in group.members if key != account.key]
    for other in told:
        _tell(group, other, "DEL", None,
              uri="/circle/roster(IM)/user(%s)" % account.address)


def say(server, endpoint, message):
    group = _find(server, message.to)
    if endpoint.account.key not in group.members:
        raise Refused(420, "Not a member")
    message.to = group.address
    for account in _accounts(server, group):
        if account is not endpoint.account:
            server.messages.hear(account, message)
    server.messages.copy(endpoint, message)
