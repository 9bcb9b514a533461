"""15: ICQ's little-endian requests: stored messages, who is who."""

import time

from .. import messages, wire
from . import handles

OFFLINE_QUERY, OFFLINE_DELETE, META = 0x003C, 0x003E, 0x07D0
OFFLINE_MESSAGE, OFFLINE_END, META_REPLY = 0x0041, 0x0042, 0x07DA
SUCCESS, NOTHING = 0x0A, 0x32

SHORT_INFO, FULL_INFO, FULL_INFO_OWN = 0x04BA, 0x04B2, 0x04D0
SEARCH_UIN, SEARCH_UIN_TLV, SEARCH_NAME = 0x051F, 0x0569, 0x0515
SEARCH_EMAIL, SEARCH_EMAIL_TLV = 0x0529, 0x0573
SEARCH_PAGES, SET_INFO = 0x055F, 0x0C3A
# Little-endian TLVs of white pages and of one's own entry there.
STRINGS = {0x0140: "first", 0x014A: "last", 0x0154: "nick", 0x015E: "email",
           0x0190: "city", 0x019A: "state", 0x01AE: "company",
           0x01C2: "position", 0x0213: "homepage", 0x0258: "notes",
           0x0276: "phone", 0x028A: "cell"}
NUMBERS = {0x017C: "gender", 0x01A4: "country", 0x01CC: "occupation"}
LANGUAGE, BORN = 0x0186, 0x023A
NEEDS_NO_AUTH = 0x02F8
SET_ACKS = {0x03EA: 0x0064, 0x03F3: 0x006E, 0x03FD: 0x0078, 0x0406: 0x0082,
            0x040B: 0x0087, 0x0410: 0x008C, 0x041A: 0x0096, SET_INFO: 0x0C3F}
SET_PERMISSIONS = 0x0424


@handles(0x15, 0x02)
def request(session, snac):
    reader = wire.Reader(snac.body.tlvs().get(0x0001, b""))
    reader.u16le()
    reader.u32le()
    kind, sequence = reader.u16le(), reader.u16le()
    query = Query(session, snac, sequence)
    if kind == OFFLINE_QUERY:
        _offline(session, query)
    elif kind == OFFLINE_DELETE:
        session.account.stored = []
    elif kind == META:
        _meta(query, reader.u16le(), reader)


class Query:
    """One request, to be answered under its sequence number."""

    def __init__(self, session, snac, sequence):
        self.session, self.snac, self.sequence = session, snac, sequence

    def answer(self, kind, data, more=False):
        body = (wire.u32le(self.session.account.uin) + wire.u16le(kind)
                + wire.u16le(self.sequence) + data)
        self.session.reply(self.snac, 0x03,
                           wire.tlv(0x0001, wire.u16le(len(body)) + body),
                           wire.SNAC_MORE if more else 0)

    def meta(self, subtype, data=b"", result=SUCCESS, more=False):
        self.answer(META_REPLY, wire.u16le(subtype) + wire.u8(result) + data,
                    more)


def _offline(session, query):
    for one in session.account.stored:
        charset, text = 0, b""
        if one.tlvs.has(messages.TLV_TEXT):
            charset, text = wire.parse_fragments(
                one.tlvs.get(messages.TLV_TEXT))
        if charset == 2:
            text = wire.decode_text(charset, text).encode()
        when = time.gmtime(one.time)
        query.answer(OFFLINE_MESSAGE, wire.u32le(one.sender.uin)
                     + wire.u16le(when.tm_year) + bytes(
                         [when.tm_mon, when.tm_mday, when.tm_hour,
                          when.tm_min, 1, 0]) + wire.strz_le(text), True)
    query.answer(OFFLINE_END, wire.u8(0))


def _meta(query, subtype, reader):
    if subtype == SHORT_INFO:
        _short(query, _by_uin(query, reader.u32le()))
    elif subtype in (FULL_INFO, FULL_INFO_OWN):
        _full(query, _by_uin(query, reader.u32le()))
    elif subtype == SEARCH_UIN:
        _found(query, [_by_uin(query, reader.u32le())])
    elif subtype == SEARCH_UIN_TLV:
        reader.take(4)
        _found(query, [_by_uin(query, reader.u32le())])
    elif subtype in (SEARCH_EMAIL, SEARCH_EMAIL_TLV):
        if subtype == SEARCH_EMAIL_TLV:
            reader.take(4)
        email = reader.strz_le().decode("utf-8", "replace")
        _found(query, [account for account in query.session.server.accounts
                       if account.is_icq and account.email == email])
    elif subtype == SEARCH_NAME:
        _search(query, dict(zip(("first", "last", "nick"), (
            reader.strz_le().decode("utf-8", "replace") for _ in range(3)))))
    elif subtype == SEARCH_PAGES:
        _search(query, _read_entry(reader))
    elif subtype == SET_INFO:
        entry = _read_entry(reader)
        account = query.session.account
        if "free" in entry:
            account.requires_auth = not entry.pop("free")
        account.info.update(entry)
        query.meta(SET_ACKS[SET_INFO])
    elif subtype == SET_PERMISSIONS:
        query.session.account.requires_auth = reader.u8() == 0
        query.meta(0x00A0)
    elif subtype in SET_ACKS:
        query.meta(SET_ACKS[subtype])
    elif subtype == 0x0898:
        query.meta(0x08A2, result=0x14)


def _read_entry(reader):
    """{field: value} of a chain of little-endian TLVs."""
    entry = {}
    while reader.left():
        tag, length = reader.u16le(), reader.u16le()
        value = wire.Reader(reader.take(length))
        if tag in STRINGS:
            entry[STRINGS[tag]] = value.strz_le().decode("utf-8", "replace")
        elif tag in NUMBERS:
            entry[NUMBERS[tag]] = (value.u16le() if length == 2
                                   else value.u8())
        elif tag == LANGUAGE:
            entry.setdefault("languages", []).append(value.u16le())
        elif tag == BORN:
            entry["born_year"] = value.u16le()
            entry["born_month_day"] = [value.u16le(), value.u16le()]
        elif tag == NEEDS_NO_AUTH:
            entry["free"] = bool(value.u8())
    return entry


def _search(query, wanted):
    wanted = {key: value for key, value in wanted.items() if value}
    _found(query, [
        account for account in query.session.server.accounts
        if account.is_icq and wanted and all(
            account.info.get(key, "").lower() == value.lower()
            for key, value in wanted.items())])


def _by_uin(query, uin):
    return query.session.server.accounts.find(str(uin))


def _fields(account, *names):
    values = [str(account.info.get(name, "")) for name in names]
    return b"".join(wire.strz_le(value) if value else wire.u16le(0)
                    for value in values)


def _short(query, account):
    if account is None:
        query.meta(0x0104, result=NOTHING)
        return
    query.meta(0x0104, _fields(account, "nick", "first", "last", "email")
               + wire.u8(not account.requires_auth) + wire.u8(0)
               + wire.u8(account.info.get("gender", 0)))


def _found(query, accounts):
    accounts = [account for account in accounts if account]
    if not accounts:
        query.meta(0x01AE, result=NOTHING)
    for place, account in enumerate(accounts):
        last = place == len(accounts) - 1
        record = (wire.u32le(account.uin)
                  + _fields(account, "nick", "first", "last", "email")
                  + wire.u8(not account.requires_auth)
                  + wire.u16le(bool(account.live()))
                  + wire.u8(account.info.get("gender", 0))
                  + wire.u16le(account.info.get("age", 0)))
        data = wire.u16le(len(record)) + record
        query.meta(0x01AE if last else 0x01A4,
                   data + wire.u32le(0) if last else data, more=not last)


def _full(query, account):
    if account is None:
        query.meta(0x00C8, result=NOTHING)
        return
    info = account.info
    gender = wire.u8(info.get("gender", 0))
    born = bytes(info.get("born_month_day", (0, 0)))
    languages = bytes((info.get("languages", []) + [0, 0, 0])[:3])
    parts = [
        (0x00C8, _fields(account, "nick", "first", "last", "email", "city",
                         "state", "phone", "fax", "street", "cell", "zip")
         + wire.u16le(info.get("country", 0)) + wire.u8(0)
         + wire.u8(not account.requires_auth) + bytes(3)),
        (0x00DC, wire.u16le(info.get("age", 0)) + gender
         + _fields(account, "homepage") + wire.u16le(info.get("born_year", 0))
         + born + languages + wire.u16le(0) + wire.strz_le("")
         + wire.strz_le("") + wire.u16le(0) + wire.u8(0)),
        (0x00EB, wire.u8(0)),
        (0x010E, bytes(3) + wire.strz_le("") + wire.u8(0)),
        (0x00D2, _fields(account, "work_city", "work_state", "work_phone",
                         "work_fax", "work_street", "work_zip")
         + wire.u16le(0) + _fields(account, "company", "department",
                                   "position")
         + wire.u16le(info.get("occupation", 0)) + _fields(account, "work_web")),
        (0x00E6, _fields(account, "notes")),
        (0x00F0, wire.u8(0)),
        (0x00FA, wire.u8(0) + wire.u8(0)),
    ]
    for place, (subtype, data) in enumerate(parts):
        query.meta(subtype, data, more=place < len(parts) - 1)
