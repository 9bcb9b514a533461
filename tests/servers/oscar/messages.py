"""Handing messages on, whoever sends them: sessions, bots, tests."""

import os
import time

from . import presence, wire
from .store import Stored

ICBM = 0x04
ERROR, FROM_USER, CLIENT_ERROR, ACK, TYPING = 0x01, 0x07, 0x0B, 0x0C, 0x14

TLV_TEXT, TLV_ACK, TLV_AUTO, TLV_DATA, TLV_STORE = 2, 3, 4, 5, 6
TLV_WANTS_TYPING, TLV_SENT = 0x0B, 0x16

NOT_ON, BLOCKED_BY_YOU = 0x04, 0x10
SUB_FULL = 0x0F

CHANNEL_TEXT, CHANNEL_RENDEZVOUS, CHANNEL_ICQ = 1, 2, 4


class Refused(Exception):
    """The message was not taken; @code and perhaps @sub say why."""

    def __init__(self, code, sub=None):
        super().__init__(code)
        self.code, self.sub = code, sub

    def body(self):
        extra = wire.tlv(0x0008, wire.u16(self.sub)) if self.sub else b""
        return wire.u16(self.code) + extra


def _checked(server, sender, name):
    """The account called @name, if @sender may write to it."""
    recipient = server.accounts.find(name)
    if recipient is None:
        raise Refused(NOT_ON)
    if recipient.blocks(sender.key):
        raise Refused(NOT_ON)
    if sender.blocks(recipient.key):
        raise Refused(BLOCKED_BY_YOU)
    return recipient


def listeners(recipient):
    """The instances that get messages: the active ones, or all."""
    live = recipient.live()
    active = [one for one in live if not one.is_away and not one.idle_since]
    return active or live


def send(server, sender, cookie, channel, name, tlvs):
    """Hands a message on, or stores it, or raises Refused."""
    recipient = _checked(server, sender, name)
    if not recipient.live():
        return _store(server, sender, recipient, cookie, channel, tlvs)
    body = cookie + wire.u16(channel) + presence.info_block(server, sender)
    kept = tlvs.without(TLV_ACK, TLV_STORE)
    if channel == CHANNEL_RENDEZVOUS:
        kept = wire.TLVs((tag, _seen_from(value) if tag == TLV_DATA else value)
                         for tag, value in kept)
    wants_typing = sender.feedbag.preference(0x16, bool(sender.behaviour))
    if wants_typing and channel == CHANNEL_TEXT:
        kept.append((TLV_WANTS_TYPING, b""))
    body += wire.tlv_chain(kept)
    for one in listeners(recipient):
        one.deliver(ICBM, FROM_USER, body)
    server.note_conversation(sender, recipient)
    return None


def _seen_from(data):
    """A proposal with the address the server sees; all are loopback here."""
    reader = wire.Reader(data)
    head = reader.take(26)
    tlvs = reader.tlvs()
    if head[:2] != b"\0\0" or not tlvs.has(0x0003):
        return data
    here = bytes([127, 0, 0, 1])
    tlvs = wire.TLVs((tag, here if tag == 0x0003 else value)
                     for tag, value in tlvs)
    return head + wire.tlv_chain(tlvs) + wire.tlv(0x0004, here)


def _store(server, sender, recipient, cookie, channel, tlvs):
    if not tlvs.has(TLV_STORE) or not recipient.accepts_offline:
        raise Refused(NOT_ON)
    mine = [one for one in recipient.stored if one.sender is sender]
    if len(mine) >= server.config.offline_limit:
        raise Refused(NOT_ON, SUB_FULL)
    recipient.stored.append(Stored(sender, cookie, channel, tlvs, time.time()))
    server.changed()


def deliver_stored(instance, request):
    """Answers a request for stored messages and forgets them."""
    account = instance.account
    waiting, account.stored = account.stored, []
    for one in waiting:
        body = (one.cookie + wire.u16(one.channel)
                + presence.bare_block(one.sender) + wire.tlv_chain(one.tlvs)
                + wire.tlv(TLV_SENT, wire.u32(int(one.time))))
        instance.deliver(ICBM, FROM_USER, body, request=request)
    instance.deliver(ICBM, 0x17, request=request)


def send_text(server, sender, name, text, charset=None, auto=False,
              features=b"\x01\x01\x01\x02", extra=()):
    """A channel-1 message; @text is bytes in @charset, or a string."""
    if isinstance(text, str):
        charset, text = wire.encode_text(text)
    tlvs = wire.TLVs([(TLV_TEXT, wire.fragments(text, charset, features))])
    if auto:
        tlvs.append((TLV_AUTO, b""))
    tlvs.extend(extra)
    return send(server, sender, os.urandom(8), CHANNEL_TEXT, name, tlvs)


def send_typing(server, sender, name, event, channel=CHANNEL_TEXT,
                cookie=bytes(8)):
    """A typing notice; whoever is not there or blocked does not get it."""
    recipient = server.accounts.find(name)
    if (recipient is None or recipient.blocks(sender.key)
            or sender.blocks(recipient.key)):
        return
    body = (cookie + wire.u16(channel) + wire.str8(sender.name)
            + wire.u16(event))
    for one in listeners(recipient):
        one.deliver(ICBM, TYPING, body)


def relay_client_error(server, sender, name, cookie, channel, rest):
    """04/0B goes to the other side as it is."""
    recipient = server.accounts.find(name)
    if recipient is None:
        return
    body = cookie + wire.u16(channel) + wire.str8(sender.name) + rest
    for one in recipient.live():
        one.deliver(ICBM, CLIENT_ERROR, body)
