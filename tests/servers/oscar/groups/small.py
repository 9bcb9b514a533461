"""The food groups of which a server does little: 06, 08, 0A, 0B, 18."""

from .. import wire
from . import handles

NOBODY = 0x14


@handles(0x0A, 0x02)
def find_by_email(session, snac):
    email = snac.body.rest().decode("utf-8", "replace").lower()
    found = [account.name for account in session.server.accounts
             if (account.email or "").lower() == email]
    if found:
        session.reply(snac, 0x03, wire.tlv_chain(
            (0x0001, name.encode()) for name in found))
    else:
        session.error(snac, NOBODY)


@handles(0x06, 0x02)
def invite(session, snac):
    session.reply(snac, 0x03)


@handles(0x0B, 0x03)
def report(session, snac):
    session.reply(snac, 0x04)


@handles(0x18, 0x06, 0x16)
def alerts(session, snac):
    """Taken, without an answer."""
