"""0D and 0E: finding rooms, and talking in them."""

from .. import rooms, wire
from . import handles

NAV_INFO, NOT_SUPPORTED, NO_ROOM = 0x09, 0x08, 0x14


def _exchange(number):
    return wire.u16(number) + wire.counted([
        (0x0003, wire.u8(10)), (0x0004, wire.u16(rooms.MAX_NAME)),
        (0x00C9, wire.u16(15)), (0x00D1, wire.u16(rooms.MAX_MESSAGE)),
        (0x00D5, wire.u8(2)), (0x00D6, b"us-ascii"), (0x00D7, b"en")])


@handles(0x0D, 0x02)
def rights(session, snac):
    session.reply(snac, NAV_INFO, wire.tlv_chain(
        [(0x0002, wire.u8(10))] + [(0x0003, _exchange(number))
                                   for number in (4, 5)]))


@handles(0x0D, 0x03)
def exchange_info(session, snac):
    session.reply(snac, NAV_INFO, wire.tlv(
        0x0003, _exchange(snac.body.u16())))


@handles(0x0D, 0x04)
def room_info(session, snac):
    snac.body.u16()
    room = session.server.rooms.at(snac.body.str8())
    _answer(session, snac, room)


@handles(0x0D, 0x08)
def create(session, snac):
    exchange = snac.body.u16()
    snac.body.str8()
    snac.body.take(3)
    name = snac.body.counted_tlvs().text(0x00D3)
    found = session.server.rooms.find(exchange, name)
    if exchange not in (rooms.USERS, rooms.OPERATORS) or not name:
        session.error(snac, NOT_SUPPORTED)
    elif found is None and exchange == rooms.USERS:
        _answer(session, snac, session.server.rooms.make(
            exchange, name[:rooms.MAX_NAME]))
    else:
        _answer(session, snac, found)


def _answer(session, snac, room):
    if room is None:
        session.error(snac, NO_ROOM)
    else:
        session.reply(snac, NAV_INFO, wire.tlv(0x0004, room.describe()))


@handles(0x0E, 0x05)
def say(session, snac):
    cookie, channel = snac.body.take(8), snac.body.u16()
    tlvs = snac.body.tlvs()
    content = tlvs.get(0x0005)
    if content is None or not wire.Reader(content).tlvs().has(0x0001):
        raise wire.WireError("a chat message without text")
    to = tlvs.get(0x0002)
    # With both marks it is for everybody.
    private = to is not None and not tlvs.has(0x0001)
    session.room.say(session, content, cookie, channel,
                     wire.normalize(to) if private else None,
                     tlvs.has(0x0006))
