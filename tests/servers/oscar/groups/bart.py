"""10: icons."""

from .. import icons, wire
from . import handles

OK, INVALID, TOO_SMALL, TOO_BIG, BAD_TYPE = 0, 1, 3, 4, 5


@handles(0x10, 0x02)
def upload(session, snac):
    kind, data = snac.body.u16(), snac.body.str16()
    server = session.server
    code = _objection(server, kind, data)
    if code != OK:
        session.reply(snac, 0x03, wire.u8(code) + icons.item(kind, 1, b""))
        return
    digest = server.icons.put(data)
    session.reply(snac, 0x03, wire.u8(OK) + icons.item(kind, 1, digest))
    server.icons.uploaded(session.account, digest)


def _objection(server, kind, data):
    if kind != icons.ICON:
        return BAD_TYPE
    if len(data) < 4:
        return TOO_SMALL
    return TOO_BIG if len(data) > server.config.icon_limit else OK


def _read(reader):
    return reader.u16(), reader.u8(), reader.str8()


@handles(0x10, 0x04)
def download(session, snac):
    owner = snac.body.str8()
    snac.body.u8()
    kind, flags, digest = _read(snac.body)
    session.reply(snac, 0x05, wire.str8(owner)
                  + icons.item(kind, flags, digest)
                  + wire.str16(session.server.icons.get(digest)))


@handles(0x10, 0x06)
def download_several(session, snac):
    owner = snac.body.str8()
    for _ in range(snac.body.u8()):
        kind, flags, digest = _read(snac.body)
        name = icons.item(kind, flags, digest)
        # What is not there comes as nothing at all, and with code 0.
        session.reply(snac, 0x07, wire.str8(owner) + name + wire.u8(0) + name
                      + wire.str16(session.server.icons.get(digest)))
