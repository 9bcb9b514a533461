"""SDG and ACK."""

import re
import time

from .. import store, wire
from ..wire import Refused
from . import presence

MOST_BYTES, CLIENT_BYTES = 8192, 8000
TYPING_SECONDS, NUDGE_SECONDS = 4, 9.5
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
BARE = re.compile("(?<!\r)\n|\r(?!\n)")
# Content types of what clients send.
TYPES = {"Text": "text/plain; charset=UTF-8",
         "Control/Typing": "Application/Message",
         "Control/ClearTyping": "Application/Message",
         "Nudge": "text/x-msnmsgr-datacast"}
KNOWN = {"routing", "to", "from"}


def send(session, command):
    layers = wire.Layers(command.body, "Messaging: 2.0")
    presence.check_source(session, layers)
    message = _read(session, layers)
    _check(session, message, layers)
    _check_rate(session, message)
    session.server.messages.send(session, message)
    if command.old:
        session.answer(wire.old_command("SDG %d OK" % command.trid, b""))
    else:
        session.done(command)


def _read(session, layers):
    inner = layers.inner
    kind = inner.get("message-type")
    if not kind:
        raise wire.Malformed("no Message-Type")
    to = wire.Address(layers.routing.get("to", ""))
    client_id = inner.get("client-message-id")
    more = [(name, inner[name.lower()]) for name in (
        "X-MMS-IM-Format", "Skype-EmoteOffset") if name.lower() in inner]
    return store.Message(
        session.server.clock.next(), kind, session.account.address,
        session.epid, str(to), layers.content,
        inner.get("content-type", ""), client_id,
        inner.get("im-display-name"), more=more)


def _check(session, message, layers):
    kind, content = message.kind, message.content
    if set(layers.routing) - KNOWN:
        session.violation("SDG with %r" % layers.routing)
    if TYPES.get(kind) != message.content_type:
        session.violation("%s as %r" % (kind, message.content_type))
    _check_id(session, message)
    if kind.startswith("Control/"):
        if content:
            session.violation("%s with content" % kind)
        _check_typing(session, message)
    elif kind == "Nudge":
        _check_pause(session, ("nudge", message.to), NUDGE_SECONDS)
    elif kind == "Text":
        _check_text(session, message)
    if len(content) > MOST_BYTES:
        raise Refused(285, "Too long")


def _check_id(session, message):
    """Each text has a number, and never that of another."""
    number = message.client_id
    if number is None:
        if not message.kind.startswith("Control/"):
            session.violation("%s without Client-Message-ID" % message.kind)
        return
    if not number.isdigit() or not 0 < int(number) < 1 << 63:
        session.violation("Client-Message-ID %r" % number)
    if number in session.account.client_ids:
        session.violation("message %s is sent twice" % number)
    session.account.client_ids.add(number)


def _check_text(session, message):
    text = message.content.decode()
    session.last.pop(("typing", message.to), None)
    if not message.content or len(message.content) > CLIENT_BYTES:
        session.violation("text of %d bytes" % len(message.content))
    if CONTROL.search(text) or BARE.search(text):
        session.violation("text %r" % text[:200])
    if message.name is None:
        session.violation("text without IM-Display-Name")
    emote = dict(message.more).get("Skype-EmoteOffset")
    if emote is not None and (not emote.isdigit() or int(emote) > len(
            text.encode("utf-16-le")) // 2):
        session.violation("Skype-EmoteOffset %r" % emote)


def _check_typing(session, message):
    key = "typing", message.to
    if message.kind == "Control/Typing":
        _check_pause(session, key, TYPING_SECONDS)
    elif key not in session.last:
        session.violation("ClearTyping without Typing")
    else:
        del session.last[key]


def _check_pause(session, key, seconds):
    now = time.monotonic()
    if now - session.last.get(key, -1000) < seconds:
        session.violation("%s again after %.1f s" % (
            key[0], now - session.last[key]))
    session.last[key] = now


def _check_rate(session, message):
    rate = session.server.config.rate
    if not rate or message.kind.startswith("Control/"):
        return
    now = time.monotonic()
    session.texts = [when for when in session.texts if now - when < rate[1]]
    if len(session.texts) >= rate[0]:
        raise Refused(800, "Too fast")
    session.texts.append(now)


def acknowledge(session, command):
    ident = command.header("Ack-Id")
    if command.body or ident is None:
        raise wire.Malformed("ACK %r" % command.payload)
    if ident not in session.acks:
        session.violation("ACK of %s, which this session was not sent" %
                          ident)
    elif ident in session.acknowledged:
        session.violation("ACK of %s again" % ident)
    else:
        session.acknowledged.add(ident)
        message = session.acks[ident]
        session.account.pending = [one for one in session.account.pending
                                   if one is not message]
    session.reply(command)


HANDLERS = {("SDG", "MSGR"): send, ("ACK", "MSGR"): acknowledge}
