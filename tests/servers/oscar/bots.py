"""Accounts that are signed on inside the server and behave like people."""

import asyncio
import time

from . import messages, peer, rooms, wire

MODERN = [wire.CAP_XHTML, wire.CAP_ICON, wire.CAP_INTEROP, wire.CAP_UNICODE,
          wire.CAP_CHAT]
OLD_GREETING = "Grüße, ça va? £5"
EMOJI_GREETING = "<HTML><BODY>漢字 ё 🙂</BODY></HTML>"


class Bot(peer.Instance):
    """Remembers what it is sent; what else it does is its behaviour."""

    def __init__(self, server, account, behaviour="quiet"):
        super().__init__(server, account)
        self.behaviour = BEHAVIOURS[behaviour]
        self.received = []
        self.typing = []
        self.snacs = []
        self.rooms = []
        self.heard = []
        self.tasks = set()
        self.caps = list(MODERN)
        self.profile = (account.settings.get("profile")
                        or "Hello, I am %s." % account.name).encode()
        self.profile_mime = 'text/aolrtf; charset="us-ascii"'
        account.uses_feedbag = True

    def sign_on(self):
        if self not in self.account.instances:
            self.account.instances.append(self)
        self.online = True
        self.signed_on = int(time.time())
        picture = self.account.settings.pop("icon", None)
        if picture is not None:
            self.server.icons.wear(self, bytes.fromhex(picture))
        state = self.account.settings.pop("state", None)
        if state:
            self.be(state)
        else:
            self.server.presence.changed(self.account)

    def sign_off(self):
        self.online = False
        for room in list(self.rooms):
            self.leave(room)
        if self in self.account.instances:
            self.account.instances.remove(self)
        self.server.presence.changed(self.account)

    def knock_off(self, reason=1):
        self.sign_off()

    # In rooms.

    def enter(self, room):
        if room not in self.rooms:
            self.rooms.append(room)
        room.enter(self)

    def leave(self, room):
        if room in self.rooms:
            self.rooms.remove(room)
        room.leave(self)

    def see(self, members, arrived):
        """Who comes and goes is nothing to a bot."""

    def hear(self, sender, body):
        text, public = rooms.text_of(body)
        name = sender.account.name
        self.heard.append({"from": name, "text": text, "public": public,
                           "time": time.time()})
        self.server.changed()
        if self.behaviour is echo and sender is not self:
            self.later(self._answer_room(sender, text, public))

    async def _answer_room(self, sender, text, public):
        """Repeats what was said, and to whom it was said."""
        await asyncio.sleep(self.server.config.bot_pace)
        for room in self.rooms:
            if sender in room.members:
                room.say(self, rooms.content(text),
                         to=None if public else sender.account.key)

    def _follow(self, tlvs):
        """Goes where it is invited to."""
        offer = wire.Reader(tlvs.get(messages.TLV_DATA, b""))
        if offer.left() < 26 or offer.u16() != 0:
            return
        offer.take(8)
        if offer.take(16) != wire.CAP_CHAT:
            return
        place = wire.Reader(offer.tlvs().get(0x2711, b""))
        place.u16()
        room = self.server.rooms.at(place.str8())
        if room:
            self.enter(room)

    def deliver(self, group, subtype, body=b"", flags=0, request=None):
        if (group, subtype) == (messages.ICBM, messages.FROM_USER):
            self._take_message(wire.Reader(body))
        elif (group, subtype) == (messages.ICBM, messages.TYPING):
            self._take_typing(wire.Reader(body))
        else:
            self.snacs.append({"snac": wire.label(group, subtype),
                               "body": body.hex(), "time": time.time()})
            if (group, subtype) == (0x13, 0x19):
                self._answer_request(body)
        self.server.changed()

    def _answer_request(self, body):
        """Grants what this bot's settings say it grants."""
        grants = self.account.settings.get("grants")
        if grants is None:
            return
        reader = wire.Reader(body)
        reader.str16()
        name = reader.str8()
        self.later(self.server.answer_request(
            self.account, name.decode("utf-8", "replace"), grants,
            "as you wish"))

    def _take_message(self, reader):
        cookie, channel = reader.take(8), reader.u16()
        sender = reader.str8().decode("utf-8", "replace")
        reader.u16()
        reader.counted_tlvs()
        tlvs = reader.tlvs()
        charset, data = 0, b""
        if channel == messages.CHANNEL_TEXT and tlvs.has(messages.TLV_TEXT):
            charset, data = wire.parse_fragments(tlvs.get(messages.TLV_TEXT))
        self.received.append({
            "from": sender, "channel": channel, "charset": charset,
            "text": wire.decode_text(charset, data), "hex": data.hex(),
            "auto": tlvs.has(messages.TLV_AUTO), "cookie": cookie.hex(),
            "tlvs": [["%04x" % tag, value.hex()] for tag, value in tlvs],
            "offline": tlvs.has(messages.TLV_SENT), "time": time.time()})
        if channel == messages.CHANNEL_RENDEZVOUS:
            self._follow(tlvs)
        else:
            self.later(self.behaviour(self, sender, tlvs, charset, data))

    def _take_typing(self, reader):
        reader.take(10)
        sender = reader.str8().decode("utf-8", "replace")
        self.typing.append({"from": sender, "event": reader.u16(),
                            "time": time.time()})

    def later(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.server.complain("bot %s" % self.account.name,
                                 task.exception())

    def say(self, name, text, charset=None, **more):
        try:
            messages.send_text(self.server, self.account, name, text, charset,
                               **more)
        except messages.Refused:
            pass

    async def reply(self, name, text, charset=None, **more):
        """Types for a moment, then says it."""
        pace = self.server.config.bot_pace
        messages.send_typing(self.server, self.account, name, 2)
        await asyncio.sleep(pace)
        self.say(name, text, charset, **more)
        messages.send_typing(self.server, self.account, name, 0)

    def be(self, state, text=None):
        """Takes on a state: available, away, idle, invisible."""
        self.away, self.idle_since = None, None
        self.status &= ~(peer.STATUS_AWAY | peer.STATUS_INVISIBLE)
        if state == "away":
            self.away = (text or "Gone for a walk.").encode()
            self.away_since = time.time()
            self.away_mime = 'text/aolrtf; charset="us-ascii"'
        elif state == "idle":
            self.idle_since = time.time() - 60 * float(text or 10)
        elif state == "invisible":
            self.status |= peer.STATUS_INVISIBLE
        self.server.presence.changed(self.account)

    def describe(self):
        shown = super().describe()
        shown.update(received=len(self.received),
                     rooms=[room.name for room in self.rooms])
        return shown


async def quiet(bot, sender, tlvs, charset, data):
    """Listens."""


async def echo(bot, sender, tlvs, charset, data):
    """Repeats everything, markup and encoding included."""
    if tlvs.has(messages.TLV_AUTO) or not data:
        return
    if bot.is_away:
        bot.say(sender, bot.away.decode(), auto=True)
        return
    await bot.reply(sender, data, charset)


async def moody(bot, sender, tlvs, charset, data):
    """Does what it is told: away, back, idle, invisible, offline 3."""
    words = _plain(wire.decode_text(charset, data)).split(None, 1)
    order = words[0].lower() if words else ""
    rest = words[1] if len(words) > 1 else None
    if order in ("away", "invisible"):
        bot.say(sender, "As you wish.")
        bot.be(order, rest)
    elif order == "idle":
        bot.be("idle", rest if rest and rest.isdigit() else None)
    elif order == "back":
        bot.be("available")
        bot.say(sender, "I am back.")
    elif order == "offline":
        bot.sign_off()
        await asyncio.sleep(float(rest) if rest else 3)
        bot.be("available")
        bot.sign_on()
    else:
        await bot.reply(sender, "Tell me: away, back, idle 10, invisible or "
                                "offline 3.")


def _plain(text):
    """@text without its markup."""
    out, depth = [], 0
    for char in text:
        depth += char == "<"
        if not depth:
            out.append(char)
        depth -= char == ">" and depth > 0
    return "".join(out).strip()


async def latin(bot, sender, tlvs, charset, data):
    """An old client: everything in ISO 8859-1."""
    text = wire.decode_text(charset, data).encode("latin-1", "replace")
    await bot.reply(sender, OLD_GREETING.encode("latin-1") + b" " + text, 3,
                    features=b"\x01")


async def unlabelled(bot, sender, tlvs, charset, data):
    """A client that sends UTF-8 and calls it ASCII."""
    text = wire.decode_text(charset, data)
    await bot.reply(sender, ("Ça va? " + text).encode(), 0)


async def unicode(bot, sender, tlvs, charset, data):
    """UTF-16, with what lies beyond sixteen bits."""
    await bot.reply(sender, EMOJI_GREETING)


async def icq(bot, sender, tlvs, charset, data):
    """An ICQ client: plain text with CR LF, no markup."""
    text = _plain(wire.decode_text(charset, data))
    await bot.reply(sender, "You wrote:\r\n" + text, features=b"\x01")


BEHAVIOURS = {function.__name__: function for function in (
    quiet, echo, moody, latin, unlabelled, unicode, icq)}
