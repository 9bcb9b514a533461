"""The sign-on by Kerberos tickets: a SNAC in, a SNAC out."""

import time

from . import wire
from common.http import Answer

SNAC_TYPE = "application/x-snac"
GROUP, REQUEST, TICKETS, REFUSAL = 0x050C, 2, 3, 4
TLV_PASSWORD, REFUSED = 0x0002, 0x0401
ROAST = bytes.fromhex("7691C5E7D0D995DD9E2FEAD86B21C2BC")


def read_request(body):
    """(tag, name, password); every field has to be there."""
    reader = wire.Reader(body)
    if (reader.u16(), reader.u16()) != (GROUP, REQUEST):
        raise wire.WireError("not a request")
    reader.take(6)
    tag = reader.u32()
    reader.take(16)
    reader.counted_tlvs()
    reader.take(8)
    reader.str16()
    reader.str16()
    reader.counted_tlvs()
    reader.take(5)
    name, service = reader.str16().decode(), reader.str16()
    reader.take(6)
    secrets = reader.counted_tlvs()
    if reader.left() or service != b"im/boss":
        raise wire.WireError("more or less than a request")
    return tag, name, read_password(secrets.get(TLV_PASSWORD, b""))


def read_password(blob):
    reader = wire.Reader(blob)
    reader.u32()
    version = reader.u16()
    reader.u32()
    length = reader.u16()
    password = reader.str16()
    if length != len(password) + 4:
        raise wire.WireError("the password's lengths differ")
    return wire.roast(password, ROAST) if version >= 4 else password


def _header(subtype, tag):
    return (wire.u16(GROUP) + wire.u16(subtype) + wire.u16(0) + wire.u32(0)
            + wire.u32(tag))


def refusal(tag, name):
    return (_header(REFUSAL, tag) + wire.str16(name) + wire.u16(REFUSED)
            + wire.str16("Auth failure") + wire.u32(0) + wire.u16(0))


def tickets(tag, account, destination):
    """What lets @account in at @destination, as (tag, value) pairs."""
    now = int(time.time())
    connection = wire.u16(1) + wire.counted(destination)
    ticket = wire.u16(5) + wire.str16("")
    for text in ("AOL", "im/boss", "AOL", account.name):
        ticket += wire.str16(text)
    ticket += wire.u8(1) + wire.str16("")
    for number in (0, 0, now, now, now + 86400, 0, 0x60000000, 0x40000000, 0):
        ticket += wire.u32(number)
    ticket += wire.counted([(0x0003, connection)])
    return (_header(TICKETS, tag) + wire.u32(now) + wire.u32(0)
            + wire.str16(account.name) + wire.str16("AOL") + wire.u16(1)
            + ticket + wire.u16(0))


def answer(server, request):
    """The answer to one HTTP request."""
    if request.method != "POST" or "host" not in request.fields:
        return Answer(405)
    if request.fields.get("content-type") != SNAC_TYPE:
        return Answer(400, "no SNAC")
    try:
        tag, name, password = read_request(request.body)
    except (wire.WireError, UnicodeDecodeError) as error:
        server.complain("kdc", error)
        return Answer(400, "bad SNAC")
    account = server.accounts.find(name)
    request.account_key = wire.normalize(name)
    if (not server.admits(request.peer[0]) or account is None or account.signon_error is not None
            or password != account.password.encode()[:16]):
        return Answer(200, refusal(tag, name), SNAC_TYPE)
    return Answer(200, tickets(tag, account, server.web.place(request,
                                                              account)),
                  SNAC_TYPE)
