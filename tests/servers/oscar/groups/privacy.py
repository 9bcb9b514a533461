"""09: permit and deny lists kept by the client."""

from .. import wire
from . import handles, names8


@handles(0x09, 0x02)
def rights(session, snac):
    session.reply(snac, 0x03, wire.tlv_chain(
        (tag, wire.u16(100)) for tag in (0x0002, 0x0001, 0x0003)))


@handles(0x09, 0x04)
def mask(session, snac):
    snac.body.u32()


@handles(0x09, 0x05, 0x06, 0x07, 0x08, 0x0A, 0x0B)
def change(session, snac):
    names = {wire.normalize(name) for name in names8(snac.body)}
    account = session.account
    listed = account.permits if snac.subtype in (
        0x05, 0x06, 0x0A, 0x0B) else account.denies
    if snac.subtype in (0x05, 0x07, 0x0A):
        listed |= names
    else:
        listed -= names
    if session.online:
        session.server.presence.introduce(account, names, True)
