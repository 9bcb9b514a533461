"""04: messages, typing, warnings."""

from .. import messages, presence, wire
from . import handles

ALL_FLAGS = 3
MAX_WARNING = 999
SELF, NOT_ON, DENIED = 0x08, 0x04, 0x0D


@handles(0x04, 0x02, 0x03)
def parameters(session, snac):
    """Taken note of, as real servers do, without effect."""


@handles(0x04, 0x04)
def parameter_query(session, snac):
    session.reply(snac, 0x05, wire.u16(100) + wire.u32(ALL_FLAGS)
                  + wire.u16(session.server.traits.max_message)
                  + wire.u16(999) + wire.u16(999) + wire.u32(0))


@handles(0x04, 0x06)
def to_user(session, snac):
    cookie, channel = snac.body.take(8), snac.body.u16()
    name = snac.body.str8()
    tlvs = snac.body.tlvs()
    server, account = session.server, session.account
    try:
        if not _is_authorization(session, channel, name, tlvs):
            messages.send(server, account, cookie, channel, name, tlvs)
    except messages.Refused as refused:
        session.reply(snac, messages.ERROR, refused.body())
        return
    if tlvs.has(messages.TLV_ACK):
        session.reply(snac, messages.ACK, cookie + wire.u16(channel)
                      + wire.str8(name))


def _is_authorization(session, channel, name, tlvs):
    """Old ICQ authorisation in channel 4, turned into its SNACs."""
    recipient = session.server.accounts.find(name)
    if (channel != messages.CHANNEL_ICQ or recipient is None
            or not tlvs.has(messages.TLV_DATA) or not recipient.uses_feedbag):
        return False
    reader = wire.Reader(tlvs.get(messages.TLV_DATA))
    reader.u32le()
    kind = reader.u8()
    reader.u8()
    text = reader.strz_le()
    if kind not in (0x06, 0x07, 0x08, 0x0C):
        return False
    reason = text.split(b"\xFE")[-1]
    authorization = session.server.authorization
    if kind == 0x06:
        authorization.request(session.account, recipient, reason)
    elif kind == 0x0C:
        authorization.tell_added(session.account, recipient)
    else:
        authorization.respond(session.account, recipient, kind == 0x08, reason)
    return True


@handles(0x04, 0x0B)
def client_error(session, snac):
    cookie, channel = snac.body.take(8), snac.body.u16()
    name = snac.body.str8()
    messages.relay_client_error(session.server, session.account, name, cookie,
                                channel, snac.body.rest())


@handles(0x04, 0x10)
def stored(session, snac):
    messages.deliver_stored(session, snac.request)


@handles(0x04, 0x14)
def typing(session, snac):
    cookie, channel = snac.body.take(8), snac.body.u16()
    name = snac.body.str8()
    messages.send_typing(session.server, session.account, name,
                         snac.body.u16(), channel, cookie)


@handles(0x04, 0x08)
def warn(session, snac):
    anonymous = snac.body.u16() == 1
    target = session.server.accounts.find(snac.body.str8())
    code = _objection(session, target)
    if code:
        session.error(snac, code)
        return
    delta = min(30 if anonymous else 100, MAX_WARNING - target.warning)
    warner = None if anonymous else session.account
    session.server.warn(target, delta, warner)
    session.reply(snac, 0x09, wire.u16(delta) + wire.u16(target.warning))


def _objection(session, target):
    if target is session.account:
        return SELF
    if (target is None or not target.live()
            or not presence.sees(session.account, target)):
        return NOT_ON
    if target.behaviour or target.warning >= MAX_WARNING:
        return DENIED
    if not session.server.may_warn(session.account, target):
        return DENIED
    return None
