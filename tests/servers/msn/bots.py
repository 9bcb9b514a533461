"""Accounts that are signed on inside the server and behave like people."""

import asyncio
import time

from . import presence, wire

TEXT = "text/plain; charset=UTF-8"
TYPING = "text/x-msmsgscontrol"
DATACAST = "text/x-msnmsgr-datacast"
FORMAT = "X-MMS-IM-Format", "FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0"


class Bot(presence.Instance):
    """Remembers what it is sent; what else it does is its behaviour."""

    def __init__(self, server, account, behaviour="quiet"):
        super().__init__(account)
        self.server = server
        self.behaviour = BEHAVIOURS[behaviour]
        self.caps = 0x50000020
        self.received, self.typing, self.other = [], [], []
        self.comings = []
        self.rooms = []
        self.answers = True
        self._tasks = set()
        psm = account.settings.get("psm")
        if psm:
            self.data["PSM"] = psm

    # Coming and going.

    def sign_on(self, status=None):
        if self not in self.account.instances:
            self.account.instances.append(self)
        self.be(status or self.account.settings.get("state", "NLN"))

    def sign_off(self):
        for room in list(self.rooms):
            self.leave(room)
        if self in self.account.instances:
            self.account.instances.remove(self)
        self.status = None
        self.server.presence.changed(self.account)

    def be(self, status):
        self.status = status
        self.server.presence.changed(self.account)

    # In rooms.

    def rung(self, room):
        """Somebody calls; it takes a moment to get there."""
        if self.answers:
            self.later(self._come(room))

    async def _come(self, room):
        await asyncio.sleep(self.server.config.bot_pace)
        self.enter(room)

    def enter(self, room):
        if room not in self.rooms:
            self.rooms.append(room)
            room.enter(self)
            self.behaviour(self).entered(room)

    def leave(self, room):
        if room in self.rooms:
            self.rooms.remove(room)
        room.leave(self)

    def joined(self, member):
        self.comings.append(["joined", member.account.email])

    def left(self, member, idle=False):
        self.comings.append(["left", member.account.email])
        for room in list(self.rooms):
            if all(one.account.behaviour for one in room.members):
                self.leave(room)

    def hear(self, sender, payload):
        fields, body = wire.fields(payload)
        kind = fields.get("content-type", "").lower()
        room = next(room for room in self.rooms if sender in room.members)
        one = {"from": sender.account.email, "fields": fields, "type": kind,
               "text": body.decode("utf-8", "replace"), "hex": payload.hex(),
               "offline": False, "members": room.names(),
               "time": time.time()}
        if kind.startswith(TYPING):
            self.typing.append(one)
        elif kind.startswith("text/plain"):
            self.received.append(one)
            self.later(self.behaviour(self).hear(room, one))
        else:
            self.other.append(one)
            if kind.startswith(DATACAST):
                self.later(self.behaviour(self).nudged(room, one))
        self.server.changed()

    # What it can do.

    def later(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.server.complain("bot " + self.account.email,
                                 task.exception())

    def room_with(self, email):
        """The conversation with @email alone, if there is one."""
        for room in reversed(self.rooms):
            if {name.lower() for name in room.names()} == {
                    self.account.key, email.lower()}:
                return room
        return None

    async def find_room(self, email):
        """The same, opened if there is none."""
        room = self.room_with(email)
        if room:
            return room
        account = self.server.accounts.find(email)
        room = self.server.rooms.make()
        self.rooms.append(room)
        room.enter(self)
        error = self.server.rooms.call(room, self.account, account)
        if error or not await self.server.wait_for(
                lambda: room.has(account), 10):
            self.leave(room)
            return None
        return room

    def send(self, room, payload):
        room.say(self, payload)

    def type_in(self, room):
        self.send(room, wire.mime(TYPING, [("TypingUser",
                                            self.account.email)], "\r\n"))

    def nudge(self, room):
        self.send(room, wire.mime(DATACAST, [], "ID: 1\r\n\r\n"))

    def say_in(self, room, text, fields=None):
        self.send(room, wire.mime(TEXT, fields or [FORMAT], text))

    async def reply(self, room, text, fields=None):
        """Types for a moment, then says it."""
        self.type_in(room)
        await asyncio.sleep(self.server.config.bot_pace)
        if room in self.rooms:
            self.say_in(room, text, fields)

    def describe(self):
        shown = super().describe()
        shown.update(received=len(self.received),
                     rooms=[room.names() for room in self.rooms])
        return shown


class Quiet:
    """Listens."""

    def __init__(self, bot):
        self.bot = bot

    def entered(self, room):
        """Nothing to do."""

    async def hear(self, room, one):
        """Nothing to say."""

    async def nudged(self, room, one):
        """Nor now."""


class Echo(Quiet):
    """Repeats everything, format included; nudges whoever nudges."""

    async def hear(self, room, one):
        if one["text"].startswith("invite "):
            await self._invite(room, one["text"].split(None, 1)[1].strip())
            return
        shown = one["fields"].get("x-mms-im-format")
        await self.bot.reply(room, one["text"], [(FORMAT[0], shown)]
                             if shown else None)

    async def nudged(self, room, one):
        await asyncio.sleep(self.bot.server.config.bot_pace)
        self.bot.nudge(room)

    async def _invite(self, room, email):
        """Calls somebody into the conversation."""
        account = self.bot.server.accounts.find(email)
        error = 217 if account is None else self.bot.server.rooms.call(
            room, self.bot.account, account)
        if error:
            await self.bot.reply(room, "%s does not come." % email)


class Moody(Quiet):
    """Does what it is told: away, back, busy, hidden, psm text, offline 3."""

    STATES = {"away": "AWY", "back": "NLN", "busy": "BSY", "idle": "IDL",
              "lunch": "LUN", "phone": "PHN", "brb": "BRB", "hidden": "HDN"}

    async def hear(self, room, one):
        bot = self.bot
        word, _, rest = one["text"].strip().partition(" ")
        if word.lower() in self.STATES:
            bot.be(self.STATES[word.lower()])
            await bot.reply(room, "As you wish.")
        elif word.lower() == "psm":
            bot.data["PSM"] = rest
            bot.server.presence.changed(bot.account)
        elif word.lower() == "offline":
            bot.sign_off()
            await asyncio.sleep(float(rest or 3))
            bot.sign_on("NLN")
        elif word.lower() == "leave":
            bot.leave(room)
        else:
            await bot.reply(room, "Tell me: away, back, busy, idle, lunch, "
                                  "phone, brb, hidden, psm text, leave or "
                                  "offline 3.")


BEHAVIOURS = {"quiet": Quiet, "echo": Echo, "moody": Moody}
