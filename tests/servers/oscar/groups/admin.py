"""07: the account itself."""

from .. import wire
from . import handles

NAME, PASSWORD, URL, ERROR, EMAIL, OLD_PASSWORD, REGISTRATION = (
    0x01, 0x02, 0x04, 0x08, 0x11, 0x12, 0x13)
READ_WRITE = 3
MAILED, CONFIRMED = 0x00, 0x1E
OTHER_NAME, WRONG_PASSWORD, BAD_PASSWORD, BAD_EMAIL, BAD_REGISTRATION = (
    0x01, 0x02, 0x07, 0x08, 0x09)


def _reply(session, snac, subtype, tlvs):
    session.reply(snac, subtype, wire.u16(READ_WRITE) + wire.counted(tlvs))


@handles(0x07, 0x02)
def query(session, snac):
    asked, account = snac.body.tlvs(), session.account
    found = []
    if asked.has(REGISTRATION):
        found = [(REGISTRATION, wire.u16(account.registration))]
    elif asked.has(EMAIL):
        found = [(EMAIL, (account.email or "").encode())]
    elif asked.has(NAME):
        found = [(NAME, account.name.encode())]
    _reply(session, snac, 0x03, found)


@handles(0x07, 0x04)
def change(session, snac):
    tlvs, account = snac.body.tlvs(), session.account
    for tag, what in ((REGISTRATION, _registration), (EMAIL, _email),
                      (NAME, _name), (PASSWORD, _password)):
        if tlvs.has(tag):
            code = account.admin_error or what(account, tlvs)
            shown = b"" if tag == PASSWORD else tlvs.get(tag)
            _reply(session, snac, 0x05, [(tag, shown)] if not code else [
                (ERROR, wire.u16(code)),
                (URL, b"https://example.net/account")])
            if not code and tag == NAME:
                session.server.presence.own_info(account)
                session.server.presence.changed(account)
            break
    session.server.changed()


def _registration(account, tlvs):
    number = tlvs.number(REGISTRATION, 0)
    if not 1 <= number <= 3:
        return BAD_REGISTRATION
    account.registration = number
    return 0


def _email(account, tlvs):
    if "@" not in tlvs.text(EMAIL):
        return BAD_EMAIL
    account.email = tlvs.text(EMAIL)
    return 0


def _name(account, tlvs):
    name = tlvs.text(NAME)
    if wire.normalize(name) != account.key:
        return OTHER_NAME
    account.name = name
    return 0


def _password(account, tlvs):
    if tlvs.text(OLD_PASSWORD) != account.password:
        return WRONG_PASSWORD
    if not 4 <= len(tlvs.text(PASSWORD)) <= 16:
        return BAD_PASSWORD
    account.password = tlvs.text(PASSWORD)
    return 0


@handles(0x07, 0x06)
def confirm(session, snac):
    account = session.account
    code = CONFIRMED if account.confirmed else MAILED
    session.reply(snac, 0x07, wire.u16(account.admin_error or code)
                  + wire.tlv(0))
    account.confirmed = True
