"""What the control port can ask and do, by name."""

import asyncio
import time

from common import actions as common_actions

from . import messages, presence, rooms as chat_rooms, store, tortures
from . import wire
from .groups import feedbag as feedbag_group

ACTIONS, action = common_actions.table()
common_actions.add(ACTIONS)


def _account(server, name):
    account = server.accounts.find(name)
    if account is None:
        raise LookupError("no account %s" % name)
    return account


# Questions.

@action
def ports(server):
    return {"host": server.host, "port": server.port,
            "tls_port": server.tls_port, "web_port": server.web.port,
            "web_tls_port": server.web.tls_port}


@action
def web(server, stage=None):
    """The requests over HTTP so far, and what they were answered."""
    found = [one for one in server.web.served
             if stage in (None, one["stage"])]
    return {"requests": found, "count": len(found)}


@action
def users(server):
    """Who is visibly signed on."""
    return {"users": [account.name for account in server.accounts
                      if presence.is_visible(account)]}


@action
def user(server, name):
    account = _account(server, name)
    return {"name": account.name, "online": bool(account.live()),
            "visible": presence.is_visible(account),
            "away": presence.is_away(account),
            "idle": presence.idle_minutes(account),
            "warning": account.warning, "stored": len(account.stored),
            "uses_feedbag": account.uses_feedbag,
            "watches": sorted(account.watches()),
            "instances": [one.describe() for one in account.instances]}


@action
def list_(server, name):
    """The server-stored list as a person sees it."""
    account = _account(server, name)
    bag = account.feedbag
    return {"groups": bag.tree(), "mode": bag.privacy(), "time": bag.time,
            "permit": sorted(bag.names(store.PERMIT)),
            "deny": sorted(bag.names(store.DENY)),
            "ignore": sorted(bag.names(store.IGNORE))}


@action
def feedbag(server, name):
    bag = _account(server, name).feedbag
    return {"time": bag.time, "items": [item.describe() for item in bag.all()]}


@action
def received(server, name, sender=None, last=None):
    """What the bot @name was sent: messages, typing, other SNACs.

    @last limits the messages shown to so many; `count` counts all.
    """
    bot = server.bot(_account(server, name))
    wanted = sender and wire.normalize(sender)

    def mine(one):
        return wanted is None or wire.normalize(one["from"]) == wanted
    got = [one for one in bot.received if mine(one)]
    return {"count": len(got),
            "messages": got if last is None else got[len(got) - last:],
            "typing": [one for one in bot.typing if mine(one)],
            "rooms": [one for one in bot.heard if mine(one)],
            "snacs": bot.snacs}


@action
def connections(server, name=None, kind=None):
    """All connections, the closed ones too, and how many are open.

    They are of `type` "auth" or "bos".
    """
    key = name and wire.normalize(name)
    shown = [link for link in server.links
             if (key is None or link.account_key == key)
             and (kind is None or link.kind == kind)]
    return {"open": sum(link.ended is None for link in shown),
            "total": len(shown),
            "connections": [link.describe() for link in shown]}


@action
def snacs(server, name=None, connection=None, stage=None, direction=None,
          kind=None):
    """SNACs and frames, oldest first; direction ">" is from the client."""
    key = name and wire.normalize(name)
    found = []
    for link in server.links:
        if (key is not None and link.account_key != key
                or connection is not None and link.number != connection
                or kind is not None and link.kind != kind):
            continue
        for when, way, what, payload in link.log:
            if stage in (None, what) and direction in (None, way):
                found.append({"time": when, "way": way, "stage": what,
                              "connection": link.number,
                              "hex": payload.hex()})
    found.sort(key=lambda one: one["time"])
    return {"count": len(found), "snacs": found}


@action
def rooms(server):
    """All chat rooms, and who is in each."""
    return {"rooms": [{"name": room.name, "exchange": room.exchange,
                       "cookie": room.cookie, "members": room.names()}
                      for room in server.rooms]}


@action
def icon(server, name):
    """The icon that @name wears, as others see it."""
    worn = presence.foremost(_account(server, name)).icon
    if not worn:
        return {"hash": None, "size": 0}
    reader = wire.Reader(worn)
    reader.take(3)
    digest = reader.str8()
    return {"hash": digest.hex(), "size": len(server.icons.get(digest))}


# What others do.

@action
def say(server, sender, to, text=None, data="", charset=0, auto=False,
        times=1):
    """A message of the account `from` to the user `to`.

    Either @text in whatever encoding suits it, or `hex` in @charset.
    """
    sender = _account(server, sender)
    for count in range(times):
        body = bytes.fromhex(data)
        if text is not None:
            charset, body = wire.encode_text(text.replace("{n}", str(count)))
        messages.send_text(server, sender, to, body, charset, auto)
    return {}


@action
def burst(server, to, count, text="message {n}", sender=None, senders=0):
    """@count messages without a pause; {n} in @text counts them.

    They come from the account `from`, or from @senders strangers in turn.
    """
    if sender:
        return say(server, sender, to, text, times=count)
    for number in range(senders):
        account(server, "Stranger %d" % number, password="", bot="quiet")
    for number in range(count):
        say(server, "Stranger %d" % (number % senders), to,
            text.replace("{n}", str(number)))
    return {}


@action
def typing(server, sender, to, event=2):
    messages.send_typing(server, _account(server, sender), to, event)


@action
def icbm(server, sender, to, channel, data, cookie="0000000000000001"):
    """A message of which `hex` gives all TLVs as they are."""
    tlvs = wire.Reader(bytes.fromhex(data)).tlvs()
    messages.send(server, _account(server, sender), bytes.fromhex(cookie),
                  channel, to, tlvs)


@action
def arrive(server, name, **state):
    """The bot @name signs on."""
    server.bot(_account(server, name)).sign_on()
    return be(server, name, **state) if state else {}


@action
def depart(server, name):
    server.bot(_account(server, name)).sign_off()


@action
def be(server, name, state="available", text=None, status=None, caps=None,
       flags=None, profile=None, status_text=None, picture=None):
    """The bot @name changes what it shows of itself."""
    account = _account(server, name)
    bot = server.bot(account)
    if status is not None:
        bot.status = status
    if flags is not None:
        account.flags = flags
    if caps is not None:
        bot.caps = [bytes.fromhex(cap) for cap in caps]
    if picture is not None:
        server.icons.wear(bot, bytes.fromhex(picture))
    if profile is not None:
        bot.profile = profile.encode()
    if status_text is not None:
        data = wire.str16(status_text) + wire.u16(0)
        bot.status_item = wire.u16(2) + wire.u8(4) + wire.str8(data)
    bot.be(state, text)


def _room(server, name, exchange=4):
    return server.rooms.make(exchange, name)


@action
def enter_room(server, name, room):
    """The bot @name comes to @room, made if it is not there."""
    server.bot(_account(server, name)).enter(_room(server, room))


@action
def leave_room(server, name, room):
    server.bot(_account(server, name)).leave(_room(server, room))


@action
def say_in_room(server, sender, room, text, to=None):
    """The bot `from` says @text to all, or whispers @to one."""
    _room(server, room).say(server.bot(_account(server, sender)),
                            chat_rooms.content(text),
                            to=to and wire.normalize(to))


@action
def invite(server, sender, to, room, text=""):
    """`from` asks @to into @room."""
    place = _room(server, room).place()
    data = (bytes(2) + bytes(range(8)) + wire.CAP_CHAT + wire.tlv_chain([
        (0x000A, wire.u16(1)), (0x000F, b""), (0x000C, text.encode()),
        (0x2711, place)]))
    messages.send(server, _account(server, sender), bytes(range(8)),
                  messages.CHANNEL_RENDEZVOUS, to,
                  wire.TLVs([(messages.TLV_DATA, data)]))


@action
def warn(server, name, by=None, level=100):
    server.warn(_account(server, name), level, by and _account(server, by))


@action
def authorize(server, owner, asker, granted=True, reason=""):
    server.authorization.respond(_account(server, owner),
                                 _account(server, asker), granted,
                                 reason.encode())


@action
def request_authorization(server, asker, owner, reason=""):
    server.authorization.request(_account(server, asker),
                                 _account(server, owner), reason.encode())


# The list, as another client of the same user changes it.

def _item(entry):
    return store.Item(entry.get("name", "").encode(), entry.get("group", 0),
                      entry.get("id", 0), entry.get("class", 0), wire.TLVs(
                          (int(tag, 16), bytes.fromhex(value)) for tag, value
                          in entry.get("attributes", {}).items()))


@action
def edit(server, name, op, items):
    """`op` is insert, update or delete; items as `feedbag` shows them."""
    account = _account(server, name)
    subtype = {"insert": 0x08, "update": 0x09, "delete": 0x0A}[op]
    changed = [_item(entry) for entry in items]
    for item in changed:
        if op == "delete":
            account.feedbag.remove(item.key)
        else:
            account.feedbag.put(item)
    body = b"".join(item.encode() for item in changed)
    for session in server.sessions(account):
        session.deliver(0x13, subtype, body)
    feedbag_group.after_change(server, account, changed)


@action
def add_buddy(server, name, buddy, group, alias=None):
    """Another client adds @buddy; sessions are told, order included."""
    account = _account(server, name)
    before = {key: item.encode() for key, item in
              account.feedbag.items.items()}
    account.feedbag.add_buddy(buddy, group, alias)
    items = account.feedbag.items.values()
    fresh = [item for item in items if item.key not in before]
    changed = [item for item in items if item.key in before
               and before[item.key] != item.encode()]
    for session in server.sessions(account):
        for subtype, some in ((0x08, fresh), (0x09, changed)):
            if some:
                session.deliver(0x13, subtype, b"".join(
                    item.encode() for item in some))
    feedbag_group.after_change(server, account, fresh)


@action
def fill(server, name, count, per_group=500, prefix="buddy"):
    """Gives @name a list of @count buddies."""
    bag = _account(server, name).feedbag
    for number in range(count):
        group = bag.add_group("Group %d" % (number // per_group + 1))
        item = store.Item(b"%s%05d" % (prefix.encode(), number), group.group,
                          number % per_group + 1, store.BUDDY)
        bag.put(item)
        bag.append_order(group, item.id)
    return {"items": len(bag.items)}


@action
def clear_list(server, name):
    _account(server, name).feedbag = store.Feedbag()


@action
def twist(server, name, how):
    """Spoils the list of @name.

    `duplicates` holds every buddy twice; `loop` makes groups name each other
    and themselves as children; `orphans` puts buddies into groups that are
    not there; `torture` fills in names and attributes that are no text.
    """
    bag = _account(server, name).feedbag
    if how == "duplicates":
        bag.extra = bag.of_kind(store.BUDDY) + bag.of_kind(store.GROUP)
    elif how == "loop":
        numbers = [item.group for item in bag.of_kind(store.GROUP)]
        order = b"".join(map(wire.u16, numbers + numbers))
        for item in bag.of_kind(store.GROUP):
            item.attributes = wire.TLVs([(store.ATTR_ORDER, order)])
    elif how == "orphans":
        bag.extra = [store.Item(b"orphan%d" % number, 0x7000 + number, number,
                                store.BUDDY) for number in range(1, 6)]
    elif how == "torture":
        bag.extra = tortures.items()
    else:
        raise LookupError(how)
    bag.touch()


# The connection.

@action
def push(server, name, snac, data="", flags=0, request=None):
    """A SNAC with the body `hex`, as it is, to all sessions of @name."""
    group, subtype = wire.parse_label(snac)
    told = server.sessions(_account(server, name))
    for session in told:
        session.link.send_snac(group, subtype, bytes.fromhex(data), flags,
                               request)
    return {"sessions": len(told)}


@action
def raw(server, name, data):
    """The bytes `hex`, as they are, to all sessions of @name."""
    for session in server.sessions(_account(server, name)):
        session.link.send_raw(bytes.fromhex(data))


@action
def rate(server, name, number, code=1, **values):
    """Changes a rate class of @name and tells its sessions, but with the
    code 0."""
    for session in server.sessions(_account(server, name)):
        found = session.rates.classes[number]
        for field, value in values.items():
            setattr(found, field, value)
        if code:
            session.tell_rate(code, found)


@action
def kick(server, name, reason=1, url="https://example.net/help", width=None,
         truncated=False):
    """Signs @name off; no reason is what a server does that goes down."""
    for session in server.sessions(_account(server, name)):
        if truncated:
            session.link.send_raw(b"\x2A\x04" + wire.u16(
                session.link.sequence))
            session.link.close()
        else:
            session.sign_off(reason, url, width)


@action
def drop(server, name=None, reset=False, kind=None):
    """Closes the connections of @name, or of everybody, without a word."""
    key = name and wire.normalize(name)
    for link in server.open_links():
        if key in (None, link.account_key) and kind in (None, link.kind):
            link.close(abort=reset)


@action
def freeze(server, name):
    """Sends nothing more to @name, and does not close either."""
    for link in server.open_links():
        if link.account_key == wire.normalize(name):
            link.muted = True


@action
def keepalive(server, name):
    for session in server.sessions(_account(server, name)):
        session.link.send(wire.FLAP_KEEPALIVE, b"", "keepalive")


@action
def pause(server, name, groups=()):
    _to_all(server, name, 0x0B, b"".join(map(wire.u16, groups)))


@action
def resume(server, name, groups=()):
    _to_all(server, name, 0x0D, b"".join(map(wire.u16, groups)))


def _to_all(server, name, subtype, body):
    for session in server.sessions(_account(server, name)):
        session.deliver(0x01, subtype, body)


@action
def migrate(server, name, groups=()):
    """Asks the sessions of @name to move to a new connection."""
    for session in server.sessions(_account(server, name)):
        cookie = server.bake(session.account, session.level, session)
        host = "%s:%d" % (server.host, server.tls_port if session.link.tls
                          else server.port)
        session.deliver(0x01, 0x12, wire.u16(len(groups)) + b"".join(
            map(wire.u16, groups)) + wire.tlv(0x0005, host.encode())
            + wire.tlv(0x0006, cookie))


@action
def torture(server, name):
    """Bytes that are no text, wherever text may stand."""
    for session in server.sessions(_account(server, name)):
        for group, subtype, body in tortures.snacs():
            session.deliver(group, subtype, body)
    return {"snacs": len(list(tortures.snacs()))}


@action
def motd(server, name, text, kind=4):
    """A notice of the server, of `type` 1 to 6."""
    _to_all(server, name, 0x13, wire.u16(kind) + wire.tlv(0x000B,
                                                          text.encode()))


@action
def popup(server, name, text, url="https://example.net/news"):
    """A notice that wants a window of its own (08/02)."""
    for session in server.sessions(_account(server, name)):
        session.deliver(0x08, 0x02, wire.tlv_chain([
            (0x0001, text.encode()), (0x0002, url.encode()),
            (0x0003, wire.u16(300)), (0x0004, wire.u16(200)),
            (0x0005, wire.u16(0))]))


# The server.

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
        if not hasattr(found, field):
            raise AttributeError(field)
        setattr(found, field, value)


@action
async def ping(server, seconds=0):
    """Answers, after @seconds."""
    await asyncio.sleep(seconds)
    return {"time": time.time()}
