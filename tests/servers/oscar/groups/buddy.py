"""03: lists kept by the client, and strangers watched for a while."""

from .. import wire
from . import handles, names8


@handles(0x03, 0x02)
def rights(session, snac):
    snac.body.tlvs()
    session.reply(snac, 0x03, wire.tlv_chain(
        (tag, wire.u16(100)) for tag in (0x0001, 0x0002, 0x0003, 0x0004)))


@handles(0x03, 0x04, 0x0F)
def add(session, snac):
    names = {wire.normalize(name) for name in names8(snac.body)}
    session.account.watched |= names
    if snac.subtype == 0x04:
        session.contacts_known = True
    if session.online:
        session.server.presence.introduce(session.account, names)


@handles(0x03, 0x05, 0x10)
def remove(session, snac):
    session.account.watched -= {wire.normalize(name)
                                for name in names8(snac.body)}
