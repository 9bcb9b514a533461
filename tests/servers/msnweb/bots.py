"""Accounts that are signed on inside the server and behave like people."""

import asyncio
import secrets

from . import store, wire

TEXT = "text/plain; charset=UTF-8"
STATES = {"away": "AWY", "back": "NLN", "busy": "BSY", "idle": "IDL",
          "lunch": "LUN", "phone": "PHN", "brb": "BRB", "hidden": "HDN"}


class Bot:
    """Remembers what it is sent; what else it does is its behaviour."""

    kind = "bot"

    def __init__(self, server, account):
        self.server, self.account = server, account
        self.epid = store.new_epid()
        self.services, self.contacts, self.removed = {}, set(), set()
        self.subscriptions = {"presence", "im"}
        self.received, self.typing, self.other = [], [], []
        self.seen, self.acks = [], {}
        self._tasks = set()

    # As an endpoint.

    def notify(self, verb, layers):
        block = wire.Layers(layers, "Notification: 1.0")
        self.seen.append({"verb": verb, "from": block.routing["from"],
                          "text": block.content.decode()})
        self.server.changed()

    def tell(self, what, body, headers=()):
        """NFY that are not about presence."""
        self.seen.append({"verb": what, "from": "", "text": str(body)})
        self.server.changed()

    def push(self, _data):
        """Nobody reads it."""

    def end(self, _text):
        self.sign_off()

    def deliver(self, message, ack=True):
        del ack
        shown = message.describe()
        if message.kind.startswith("Control/"):
            self.typing.append(shown)
        elif message.is_text:
            self.received.append(shown)
            self._later(BEHAVIOURS[self.account.behaviour or "quiet"](
                self, message))
        else:
            self.other.append(shown)
            if message.kind == "Nudge" and self.account.behaviour == "echo":
                self.say(message.sender, "", "Nudge")
        self.server.changed()

    # What it can do.

    def sign_on(self, status=None):
        if self not in self.account.endpoints:
            self.server.presence.came(self)
        self.be(status or self.account.state)
        self.server.messages.subscribed(self)

    def sign_off(self):
        self.server.presence.left(self)

    def be(self, status=None, psm=None, nick=None):
        services = {}
        if status:
            services["IM"] = {"Status": status}
        if nick is not None:
            self.account.nick = nick
        entry = {"FriendlyName": self.account.nick}
        message = self.account.message if psm is None else psm
        if message is not None:
            entry["PSM"] = self.account.message = message
        services["PE"] = entry
        self.server.presence.publish(self, services, {
            "IM": {"Capabilities": "0:4194560"}})

    def say(self, to, text, kind="Text", more=(), client_id=None,
            content_type=None):
        """An SDG to the address @to; raises wire.Refused."""
        defaults = {"Nudge": ("text/x-msnmsgr-datacast", "\r\n"),
                    "Control/Typing": ("Application/Message", ""),
                    "Control/ClearTyping": ("Application/Message", "")}
        kind_type, body = defaults.get(kind, (TEXT, text))
        if client_id is None and not kind.startswith("Control/"):
            client_id = str(secrets.randbelow((1 << 63) - 1) + 1)
        message = store.Message(
            self.server.clock.next(), kind, self.account.address, self.epid,
            to, body.encode(), content_type or kind_type, client_id,
            self.account.nick, more=[tuple(one) for one in more])
        self.server.messages.send(self, message)
        return message

    def _later(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.server.complain("bot " + self.account.login,
                                 task.exception())

    async def reply(self, message, text):
        """Types for a moment, then says it where it was spoken to."""
        to = message.sender if wire.Address(message.to).kind in (
            1, 8) else message.to
        self.say(to, "", "Control/Typing")
        await asyncio.sleep(self.server.config.bot_pace)
        self.say(to, text)


async def quiet(_bot, _message):
    """Listens."""


async def echo(bot, message):
    """Repeats everything."""
    await bot.reply(message, message.content.decode())


async def moody(bot, message):
    """Does what it is told."""
    word, _, rest = message.content.decode().strip().partition(" ")
    if word.lower() in STATES:
        bot.be(STATES[word.lower()])
        await bot.reply(message, "As you wish.")
    elif word.lower() == "psm":
        bot.be(psm=rest)
    elif word.lower() == "offline":
        bot.sign_off()
        await asyncio.sleep(float(rest or 3))
        bot.sign_on("NLN")
    else:
        await bot.reply(message, "Tell me: away, back, busy, idle, lunch, "
                                 "phone, brb, hidden, psm text or offline 3.")


BEHAVIOURS = {"quiet": quiet, "echo": echo, "moody": moody}
