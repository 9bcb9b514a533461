"""02: profiles, away texts, capabilities."""

import time

from .. import peer, presence, wire
from . import handles

PROFILE, AWAY, CAPS = 1, 2, 4
NOT_ON = 0x04


@handles(0x02, 0x02)
def rights(session, snac):
    limit = session.server.traits.profile_limit
    session.reply(snac, 0x03, wire.tlv_chain([
        (0x0001, wire.u16(limit)), (0x0002, wire.u16(1000)),
        (0x0003, wire.u16(1000)), (0x0004, wire.u16(1000)),
        (0x0005, wire.u16(1000))]))


@handles(0x02, 0x04)
def set_info(session, snac):
    tlvs = snac.body.tlvs()
    changed = False
    if tlvs.has(0x0002):
        session.profile = tlvs.get(0x0002)
        session.profile_mime = tlvs.text(0x0001)
        if tlvs.has(0x000C):
            session.account.profile = (session.profile, session.profile_mime)
    if tlvs.has(0x0004):
        session.away = tlvs.get(0x0004) or None
        session.away_mime = tlvs.text(0x0003)
        session.away_since = time.time()
        changed = True
    if tlvs.has(0x0005):
        session.caps = _caps(session.server, tlvs.get(0x0005))
        changed = True
    session.server.changed()
    if changed and session.online:
        session.server.presence.changed(session.account)


def _caps(server, blob):
    if len(blob) % 16:
        raise wire.WireError("capabilities are not of sixteen bytes")
    caps = [blob[at:at + 16] for at in range(0, len(blob), 16)]
    if server.traits.name == "oos":
        caps = [cap for cap in caps if cap not in peer.FORGOTTEN_CAPS]
    return caps


@handles(0x02, 0x05)
def query_old(session, snac):
    _answer(session, snac, snac.body.u16(), snac.body.str8())


@handles(0x02, 0x15)
def query(session, snac):
    _answer(session, snac, snac.body.u32(), snac.body.str8())


def _answer(session, snac, mask, name):
    account = session.server.accounts.find(name)
    if (account is None or not account.live()
            or not presence.sees(session.account, account)):
        session.error(snac, NOT_ON)
        return
    body = presence.info_block(session.server, account)
    if mask & PROFILE:
        body += _profile(session, account)
    if mask & AWAY:
        body += _away(session.server, account)
    if mask & CAPS and session.server.traits.locate_caps:
        body += wire.tlv(0x0005, b"".join(presence.foremost(account).caps))
    session.reply(snac, 0x06, body)


def _profile(session, account):
    shown = session if account is session.account else presence.foremost(
        account)
    if shown.profile is None:
        return wire.tlv(0x0001) + wire.tlv(0x0002)
    return wire.tlv(0x0001, shown.profile_mime.encode()) + wire.tlv(
        0x0002, shown.profile)


def _away(server, account):
    text, mime = presence.away_text(account)
    if text is None:
        return b""
    if server.traits.away_mime_fixed:
        mime = 'text/aolrtf; charset="us-ascii"'
    return wire.tlv(0x0003, mime.encode()) + wire.tlv(0x0004, text)


@handles(0x02, 0x09)
def set_directory(session, snac):
    session.account.info["directory"] = snac.body.tlvs()
    session.reply(snac, 0x0A, wire.u16(1))


@handles(0x02, 0x0B)
def get_directory(session, snac):
    account = session.server.accounts.find(snac.body.str8())
    tlvs = account.info.get("directory", ()) if account else ()
    session.reply(snac, 0x0C, wire.u16(1) + wire.counted(tlvs))


@handles(0x02, 0x0F)
def set_keywords(session, snac):
    snac.body.tlvs()
    session.reply(snac, 0x10, wire.u16(1))
