"""0F: the directory of members."""

from .. import wire
from . import handles

RESULTS, KEYWORDS = 0x03, 0x05
TOO_MANY, NAME_MISSING, FOUND = 3, 4, 5
EMAIL, INTEREST, SCREEN_NAME = 0x0005, 0x000B, 0x0009
LIMIT = 100


@handles(0x0F, 0x02)
def search(session, snac):
    asked = snac.body.tlvs()
    by_email = asked.has(EMAIL) or asked.has(INTEREST)
    named = asked.text(0x0001) or asked.text(0x0002)
    if not by_email and not named:
        _answer(session, snac, NAME_MISSING, [])
        return
    wanted = {tag: value.decode("utf-8", "replace").lower()
              for tag, value in asked
              if value and tag not in (0x000A, 0x001C)}
    found = [entry for entry in map(_entry, session.server.accounts)
             if all(entry.text(tag).lower() == value
                    for tag, value in wanted.items())]
    if len(found) > LIMIT:
        _answer(session, snac, TOO_MANY, [])
    else:
        _answer(session, snac, FOUND, found)


def _entry(account):
    """What the directory says of @account."""
    entry = wire.TLVs((tag, value) for tag, value
                      in account.info.get("directory", ()) if tag < 0x22)
    if entry:
        entry.append((SCREEN_NAME, account.name.encode()))
    return entry


def _answer(session, snac, status, entries):
    session.reply(snac, RESULTS, wire.u16(status) + wire.u16(0)
                  + wire.u16(len(entries))
                  + b"".join(wire.counted(one) for one in entries))


@handles(0x0F, 0x04)
def keywords(session, snac):
    session.reply(snac, KEYWORDS, wire.u16(1) + wire.u16(2)
                  + wire.u8(1) + wire.u8(7) + wire.str16("Games")
                  + wire.u8(2) + wire.u8(7) + wire.str16("Chess"))
