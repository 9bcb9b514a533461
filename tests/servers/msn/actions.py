"""What the control port can ask and do, by name."""

import asyncio
import time

from common import actions as common_actions

from . import notices, presence, store, tortures, wire
from .bots import BEHAVIOURS
from .roster import Refused
from .store import FL, LISTS

ACTIONS, action = common_actions.table()


def _account(server, name):
    account = server.accounts.find(name)
    if account is None:
        raise LookupError("no account %s" % name)
    return account


def _bot(server, name):
    return server.bot(_account(server, name))


# Questions.

@action
def ports(server):
    return {"host": server.host, "port": server.port,
            "sb_port": server.sb_port, "dispatch_port": server.dispatch_port,
            "web_port": server.web.port, "web_tls_port": server.web.tls_port}


@action
def web(server, stage=None, last=None):
    """The requests over HTTP so far, and what they were answered."""
    found = [one for one in server.web.served
             if stage in (None, one["stage"])]
    return {"requests": found[-last:] if last else found, "count": len(found),
            "opened": server.web.gateway.opened,
            "polls": server.web.gateway.polls,
            "gateway": len(server.web.gateway.pipes)}


@action
def users(server):
    """Who is visibly signed on."""
    return {"users": [account.email for account in server.accounts
                      if presence.foremost(account)]}


@action
def user(server, name):
    account = _account(server, name)
    shown = presence.foremost(account)
    return {"name": account.email, "nick": account.nick,
            "online": bool(account.instances), "visible": bool(shown),
            "status": shown.status if shown else None,
            "stored": len(account.stored), "blp": account.blp,
            "gtc": account.gtc, "phones": account.phones,
            "has_ab": account.has_ab,
            "instances": [one.describe() for one in account.instances]}


@action
def list_(server, name):
    """The list as the server has it."""
    account = _account(server, name)
    return {"groups": account.tree(), "names": [
        group.name for group in account.groups],
            "contacts": {one.email: one.describe()
                         for one in account.contacts.values()},
            "lists": {title: sorted(one.email for one in account.on(bit))
                      for title, bit in LISTS.items()}}


@action
def received(server, name, sender=None, last=None):
    """What the bot @name was sent: messages, typing, and other things.

    @last limits the messages shown to so many; `count` counts all.
    """
    bot = _bot(server, name)

    def mine(one):
        return sender is None or one["from"].lower() == sender.lower()
    got = [one for one in bot.received if mine(one)]
    return {"count": len(got),
            "messages": got if last is None else got[len(got) - last:],
            "typing": [one for one in bot.typing if mine(one)],
            "other": [one for one in bot.other if mine(one)],
            "comings": bot.comings}


@action
def stored(server, name):
    """The messages that wait for @name."""
    return {"messages": [{"from": one.sender, "text": one.text,
                          "friendly": one.friendly, "run": one.run,
                          "sequence": one.sequence, "id": one.uuid}
                         for one in _account(server, name).stored]}


@action
def connections(server, name=None, kind=None):
    """All connections, the closed ones too, and how many are open.

    They are of `type` "ds", "ns" or "sb".
    """
    shown = [link for link in server.links
             if (name is None or link.account_key == name.lower())
             and (kind is None or link.kind == kind)]
    return {"open": sum(link.ended is None for link in shown),
            "total": len(shown),
            "connections": [link.describe() for link in shown]}


@action
def commands(server, name=None, connection=None, stage=None, direction=None,
             kind=None):
    """Commands, oldest first; direction ">" is from the client."""
    found = []
    for link in server.links:
        if (name is not None and link.account_key != name.lower()
                or connection is not None and link.number != connection
                or kind is not None and link.kind != kind):
            continue
        for when, way, what, line, payload in link.log:
            if stage in (None, what) and direction in (None, way):
                found.append({"time": when, "way": way, "command": what,
                              "connection": link.number, "line": line,
                              "payload": payload.decode("utf-8", "replace")})
    found.sort(key=lambda one: one["time"])
    return {"count": len(found), "commands": found,
            "lines": [one["line"] for one in found]}


@action
def rooms(server):
    """All conversations, and who is in each."""
    return {"rooms": [{"id": room.ident, "members": room.names()}
                      for room in server.rooms]}


@action
def invited(server):
    """Whom clients invited by mail."""
    return {"invited": server.invited}


# What others do.

@action
async def say(server, sender, to, text="", fields=None, times=1, room=None):
    """The bot `from` says @text to @to; {n} in it counts.

    @room are the members of a conversation with more than two.
    """
    bot = _bot(server, sender)
    place = await _place(server, bot, to, room)
    for count in range(times):
        bot.say_in(place, text.replace("{n}", str(count)),
                   fields and [tuple(one) for one in fields])
    return {}


async def _place(server, bot, to, members=None):
    if members:
        wanted = {one.lower() for one in members} | {bot.account.key}
        for place in server.rooms:
            if {one.lower() for one in place.names()} == wanted:
                return place
        raise LookupError("no such conversation")
    place = await bot.find_room(to)
    if place is None:
        raise LookupError("%s does not come" % to)
    return place


@action
async def typing(server, sender, to):
    bot = _bot(server, sender)
    bot.type_in(await _place(server, bot, to))


@action
async def nudge(server, sender, to):
    bot = _bot(server, sender)
    bot.nudge(await _place(server, bot, to))


@action
async def message(server, sender, to, data=None, text=None):
    """A message of which `hex` or @text is the whole payload."""
    bot = _bot(server, sender)
    bot.send(await _place(server, bot, to),
             bytes.fromhex(data) if data is not None else text.encode())


@action
async def call(server, sender, to, others=()):
    """`from` opens a conversation with @to and asks @others in."""
    bot = _bot(server, sender)
    place = await _place(server, bot, to)
    errors = [server.rooms.call(place, bot.account, _account(server, one))
              for one in others]
    return {"room": place.ident, "errors": errors}


@action
def leave_rooms(server, name):
    bot = _bot(server, name)
    for room in list(bot.rooms):
        bot.leave(room)


@action
def burst(server, to, count, text="message {n}", sender=None):
    """@count messages without a pause, in the conversation there is."""
    bot = _bot(server, sender)
    place = bot.room_with(to)
    for number in range(count):
        bot.say_in(place, text.replace("{n}", str(number)))


@action
def leave_message(server, sender, to, text="", friendly="", run="",
                  sequence=1, raw=None):
    """Stores a message for @to, who may be there or not."""
    notices.store(server, store.Stored(
        sender, _account(server, to).email, text, friendly,
        run or "{3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}", sequence, raw=raw))


@action
def arrive(server, name, status="NLN"):
    """The bot @name signs on."""
    _bot(server, name).sign_on(status)


@action
def depart(server, name):
    _bot(server, name).sign_off()


@action
def be(server, name, status=None, data=None, caps=None, capsex=None,
       msnobj=None, nick=None, answers=None):
    """The bot @name changes what it shows of itself."""
    bot = _bot(server, name)
    bot.data.update(data or {})
    for field, value in (("caps", caps), ("capsex", capsex),
                         ("msnobj", msnobj), ("answers", answers)):
        if value is not None:
            setattr(bot, field, value)
    if nick is not None:
        server.rename(bot.account, nick)
    bot.be(status or bot.status)


@action
def put(server, name, on, who, group=None):
    """Puts @who on the list @on ("FL") of @name, as another client would."""
    account = _account(server, name)
    try:
        server.roster.add(account, LISTS[on], who,
                          group=group and account.group_named(group))
    except Refused as error:
        return {"ok": False, "error": str(error)}
    server.roster.settle(account, LISTS[on], who)
    return {}


@action
def take(server, name, on, who):
    """The opposite of `put`."""
    server.roster.remove(_account(server, name), LISTS[on], who)


@action
def fill(server, name, count, per_group=500, prefix="buddy", online=0):
    """Gives @name a list of @count contacts, of whom @online are there."""
    account = _account(server, name)
    server.roster.fill(account, count, per_group, prefix, online)
    return {"contacts": len(account.on(FL))}


@action
def clear_list(server, name):
    account = _account(server, name)
    account.contacts, account.groups = {}, []


# The connection.

def _sessions(server, name):
    return server.sessions(_account(server, name))


@action
def push(server, name, line, payload=None, data=None):
    """A command as it is to all notification sessions of @name."""
    body = bytes.fromhex(data) if data is not None else (
        payload or "").encode()
    told = _sessions(server, name)
    for session in told:
        session.link.send_raw(line.encode("utf-8", "surrogateescape")
                              + b"\r\n" + body)
    return {"sessions": len(told)}


@action
def raw(server, name, data, kind=None):
    """The bytes `hex`, as they are, to all connections of @name."""
    for link in server.open_links():
        if link.account_key == name.lower() and kind in (None, link.kind):
            link.send_raw(bytes.fromhex(data))


@action
def torture(server, name, kind="ns"):
    """Lines and payloads that are hardly any, to connections of @name."""
    for link in server.open_links():
        if link.account_key == name.lower() and link.kind == kind:
            for data in tortures.lines(kind):
                link.send_raw(data)
    return {"count": len(list(tortures.lines(kind)))}


@action
def kick(server, name, reason=None):
    """Ends the sessions of @name with OUT @reason: OTH, SSD, RCT 1."""
    for session in _sessions(server, name):
        session.knock_off(reason)
        server.presence.changed(session.account)


@action
def drop(server, name=None, reset=False, kind=None):
    """Closes the connections of @name, or of everybody, without a word."""
    for link in server.open_links():
        if (name is None or link.account_key == name.lower()) and kind in (
                None, link.kind):
            link.close(abort=reset)


@action
def freeze(server, name, kind=None):
    """Sends nothing more to @name, and does not close either."""
    for link in server.open_links():
        if link.account_key == name.lower() and kind in (None, link.kind):
            link.muted = True


@action
def challenge(server, name):
    for session in _sessions(server, name):
        session.ask_challenge()


@action
def lose_gateway(server):
    """Forgets all gateway sessions."""
    for pipe in server.web.gateway.pipes.values():
        pipe.lose()
    server.web.gateway.pipes.clear()


@action
def expire_tickets(server, name):
    server.tickets.expire(_account(server, name))


@action
def redirect(server, name, address):
    """Sends the sessions of @name to another server."""
    for session in _sessions(server, name):
        session.link.send("XFR", 0, "NS", address)
        session.link.close()


# What the server says.

@action
def mail(server, name, sender="Ann", address="ann@example.net",
         subject="Hello", folder="ACTIVE"):
    """New mail for @name."""
    for session in _sessions(server, name):
        notices.new_mail(session, sender, address, subject, folder)


@action
def moved_mail(server, name, source="ACTIVE", target=".!!trAsH", count=1):
    for session in _sessions(server, name):
        notices.moved_mail(session, source, target, count)


@action
def maintenance(server, name, minutes=5):
    for session in _sessions(server, name):
        notices.shutdown(session, minutes)


@action
def notice(server, name, kind, text=""):
    """MSG from Hotmail of the content type `type`, with the body @text."""
    for session in _sessions(server, name):
        session.link.send("MSG", *notices.HOTMAIL,
                          payload=wire.mime(kind, [], text))


@action
def ring(server, name, sender, address=None, cookie="12345",
         ident="1234567890"):
    """An invitation from `from` that leads to @address."""
    for session in _sessions(server, name):
        session.link.send("RNG", ident, address or "127.0.0.1:1", "CKI",
                          cookie, sender, "Nobody")


# The server.

common_actions.add(ACTIONS)


@action
def account(server, name, **settings):
    """Makes the account @name, or changes what is given of it."""
    found = server.accounts.find(name)
    if found is None:
        found = server.add_account(dict(settings, name=name))
        if found.behaviour and settings.get("online", True):
            server.bot(found).sign_on()
        return
    for field, value in settings.items():
        if field == "bot":
            found.behaviour = value
            server.bot(found).behaviour = BEHAVIOURS[value]
        elif not hasattr(found, field):
            raise AttributeError(field)
        else:
            setattr(found, field, value)


@action
async def ping(server, seconds=0):
    """Answers, after @seconds."""
    await asyncio.sleep(seconds)
    return {"time": time.time()}
