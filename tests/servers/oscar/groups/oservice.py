"""01: the session itself."""

import time

from .. import presence, service, wire
from . import handles

HOST_VERSIONS, RATES, OWN_INFO = 0x18, 0x07, 0x0F
LONG_STATUS_ITEM = 0x0002
NOT_SERVED, NOT_SUPPORTED, NO_MATCH, NO_TLS = 0x05, 0x08, 0x14, 0x1C
WANTS_TLS = 0x008C


@handles(0x01, 0x17)
def versions(session, snac):
    words = []
    while snac.body.left() >= 2:
        words.append(snac.body.u16())
    pairs = list(zip(words[::2], words[1::2]))
    session.versions = dict(pairs)
    traits = session.server.traits
    session.link.optional_version = min(session.versions.get(1, 1), 4)
    if len(words) % 2 == 0:
        granted = [(group, traits.versions.get(group, version))
                   for group, version in pairs]
        session.reply(snac, HOST_VERSIONS, b"".join(
            wire.u16(group) + wire.u16(version) for group, version in granted))
    session.greet()


@handles(0x01, 0x06)
def rate_query(session, snac):
    session.reply(snac, RATES, session.rates.encode(
        session.long_rates, session.server.traits.rate_long_from == 2))


@handles(0x01, 0x08)
def rate_subscribe(session, snac):
    while snac.body.left():
        session.rates.subscribed.add(snac.body.u16())


@handles(0x01, 0x0E)
def own_info(session, snac):
    session.reply(snac, OWN_INFO, presence.own_block(
        session.server, session.account, session))


@handles(0x01, 0x02)
def client_online(session, snac):
    while snac.body.left():
        snac.body.take(8)
    session.came_online()


@handles(0x01, 0x04)
def service_request(session, snac):
    group, tlvs = snac.body.u16(), snac.body.tlvs()
    server, room = session.server, None
    if session.group is not None:
        session.error(snac, NOT_SUPPORTED)
        return
    if group not in server.traits.services:
        session.error(snac, NOT_SERVED)
        return
    if tlvs.has(WANTS_TLS) and not server.tls_port:
        session.error(snac, NO_TLS)
        return
    if group == service.CHAT:
        place = wire.Reader(tlvs.get(0x0001, b""))
        place.u16()
        room = server.rooms.at(place.str8())
        if room is None:
            session.error(snac, NO_MATCH)
            return
    cookie = server.bake(session.account, session.level, session,
                         service=(group, room))
    session.reply(snac, 0x05, wire.tlv(0x000D, wire.u16(group))
                  + wire.tlv_chain(service.address(server, session, cookie)))


@handles(0x01, 0x11)
def idle(session, snac):
    seconds = snac.body.u32()
    session.idle_since = time.time() - seconds if seconds else None
    session.server.presence.changed(session.account)


@handles(0x01, 0x14)
def privacy_flags(session, snac):
    snac.body.u32()


@handles(0x01, 0x16, 0x0C, 0x20)
def no_answer(session, snac):
    """No-op, pause acknowledged, probe answered."""


@handles(0x01, 0x09)
def rate_unsubscribe(session, snac):
    while snac.body.left():
        session.rates.subscribed.discard(snac.body.u16())


@handles(0x01, 0x1E)
def set_fields(session, snac):
    tlvs = snac.body.tlvs()
    was_invisible = session.is_invisible
    if tlvs.has(0x0006):
        session.status = tlvs.number(0x0006, 0)
    if tlvs.has(0x000C):
        session.dc_info = tlvs.get(0x000C)
    if tlvs.has(0x001D) and session.server.traits.status_text:
        session.status_item = _status_item(tlvs.get(0x001D))
    session.reply(snac, OWN_INFO, presence.own_block(
        session.server, session.account, session))
    if not session.online:
        return
    if was_invisible and not session.is_invisible:
        session.server.presence.introduce(session.account)
    else:
        session.server.presence.changed(session.account)


def _status_item(blob):
    """The text among the items of TLV 001D; None if it was cleared."""
    reader = wire.Reader(blob)
    found = None
    while reader.left():
        kind, flags = reader.u16(), reader.u8()
        data = reader.str8()
        if kind == LONG_STATUS_ITEM and len(data) >= 4:
            found = wire.u16(kind) + wire.u8(flags) + wire.str8(data)
    return found
