"""13: the list stored on the server."""

from .. import faults, store, wire
from . import handles

OK, NOT_FOUND, EXISTS, BAD, AUTH_REQUIRED = 0x00, 0x02, 0x03, 0x0A, 0x0E
QUERY, REPLY, INSERT, UPDATE, DELETE = 0x04, 0x06, 0x08, 0x09, 0x0A
NOT_BY_HOST, NO_RIGHT = 0x08, 0x0F
LINKED = 0x18

MAX_BY_CLASS = [61, 61, 100, 100, 1, 1, 50, 0, 0, 3, 0, 0, 0, 128, 255, 20,
                200, 1, 0, 1, 200, 0, 0, 0, 4]


@handles(0x13, 0x02)
def rights(session, snac):
    snac.body.tlvs()
    limits = [(0x0003, wire.u16(200)),
              (0x0004, b"".join(map(wire.u16, MAX_BY_CLASS)))]
    limits += [(tag, wire.u16(200)) for tag in (5, 6, 7, 8, 9, 10, 12, 13)]
    limits.append((14, wire.u16(100)))
    session.reply(snac, 0x03, wire.tlv_chain(limits))


@handles(0x13, 0x04)
def query(session, snac):
    _send_list(session, snac)


def _list_time(session):
    feedbag = session.account.feedbag
    if session.server.traits.time_of_items:
        return feedbag.latest_item()
    return feedbag.time if feedbag.items else 0


@handles(0x13, 0x05)
def query_if_modified(session, snac):
    since = snac.body.u32()
    count = snac.body.u16() if snac.body.left() > 1 else 0
    items = session.account.feedbag.all()
    stamp, traits = _list_time(session), session.server.traits
    fresh = stamp < since if traits.time_of_items else stamp == since
    if traits.compares_count:
        fresh = fresh and count == len(items)
    if not items or not fresh:
        _send_list(session, snac)
        return
    width = traits.not_modified_width
    count = (len(items) & (256 ** width - 1)).to_bytes(width, "big")
    session.reply(snac, 0x0F, wire.u32(stamp) + count)


def _sprinkled(items):
    """@items with unknown attributes, and others of unknown classes."""
    for number, item in enumerate(items):
        yield store.Item(item.name, item.group, item.id, item.kind, wire.TLVs(
            faults.STRANGE_TLVS[:2] + item.attributes + faults.STRANGE_TLVS))
        yield store.Item(b"?", 0, 0x6000 + number, 0x7000 + number)


def _send_list(session, snac):
    items = session.account.feedbag.all()
    if session.server.faults.active("sprinkle"):
        items = _sprinkled(items)
    items = [item.encode() for item in items]
    stamp = _list_time(session)
    chunks = list(_chunks(items, session.server.traits.feedbag_chunk))
    for place, chunk in enumerate(chunks):
        last = place == len(chunks) - 1
        body = (wire.u8(0) + wire.u16(len(chunk)) + b"".join(chunk)
                + wire.u32(stamp))
        session.reply(snac, REPLY, body, 0 if last else wire.SNAC_MORE)


def _chunks(items, most):
    """Runs of @items that fit one reply, at least one."""
    run, size = [], 0
    for item in items:
        if run and (most and len(run) >= most or size + len(item) > 60000):
            yield run
            run, size = [], 0
        run.append(item)
        size += len(item)
    yield run


@handles(0x13, 0x07)
def use(session, snac):
    session.account.uses_feedbag = True
    first = not session.contacts_known
    session.contacts_known = True
    if session.online and first:
        session.server.presence.introduce(session.account)


@handles(0x13, 0x08, 0x09)
def put(session, snac):
    items = store.read_items(snac.body)
    code = _refusal(session, items)
    if code:
        session.error(snac, code)
        return
    results = [_put_one(session, snac.subtype, item) for item in items]
    session.reply(snac, 0x0E, b"".join(map(wire.u16, results)))
    stored = [item for item, result in zip(items, results) if result == OK]
    if stored:
        session.to_others(0x13, snac.subtype, b"".join(
            item.encode() for item in stored))
        after_change(session.server, session.account, stored)


def _refusal(session, items):
    """An error code for the whole request, as real servers give it."""
    for item in items:
        if item.kind == store.DENY and item.who == session.account.key:
            return NOT_BY_HOST
        if item.kind == LINKED:
            return NO_RIGHT
    return None


def _put_one(session, subtype, item):
    feedbag = session.account.feedbag
    if session.server.traits.validates_feedbag:
        there = item.key in feedbag.items
        if subtype == INSERT and there:
            return EXISTS
        if subtype == UPDATE and not there:
            return NOT_FOUND
        if item.kind == store.BUDDY and not item.name:
            return BAD
    if item.kind == store.BUDDY:
        if _needs_authorization(session, item):
            return AUTH_REQUIRED
    feedbag.put(item)
    return OK


def _needs_authorization(session, item):
    """ICQ: whether @item may not be added yet; marks it as pending."""
    account = session.account
    buddy = session.server.accounts.find(item.name)
    if buddy is None or not buddy.is_icq:
        return False
    needed = buddy.needs_auth_from(account.key)
    pending = item.attributes.has(store.ATTR_PENDING)
    if not needed:
        item.attributes = item.attributes.without(store.ATTR_PENDING)
        return False
    if account.is_icq:
        return not pending
    if not pending:
        item.attributes.append((store.ATTR_PENDING, b""))
        session.server.authorization.request(account, buddy, b"")
    return False


@handles(0x13, 0x0A)
def delete(session, snac):
    items = store.read_items(snac.body)
    feedbag, results, gone = session.account.feedbag, [], []
    for item in items:
        had = feedbag.remove(item.key)
        if had:
            gone.append(had)
        missing = had is None and session.server.traits.validates_feedbag
        results.append(NOT_FOUND if missing else OK)
    session.reply(snac, 0x0E, b"".join(map(wire.u16, results)))
    session.to_others(0x13, DELETE, b"".join(
        item.encode() for item in items))
    after_change(session.server, session.account, gone)


def after_change(server, account, items):
    """What others see of a changed list: presence and notices."""
    names, everybody = set(), False
    for item in items:
        if item.kind in (store.BUDDY, store.PERMIT, store.DENY, store.IGNORE):
            names.add(item.who)
        everybody = everybody or item.kind == store.PRIVACY
    server.changed()
    if account.live() and (names or everybody):
        server.presence.introduce(account, None if everybody else names, True)
    for item in items:
        if item.kind == store.BUDDY and item.key in account.feedbag.items:
            buddy = server.accounts.find(item.name)
            if buddy and not item.attributes.has(store.ATTR_PENDING):
                server.authorization.tell_added(account, buddy)
        if item.kind == store.BART and item.key in account.feedbag.items:
            server.icons.judge(account)


@handles(0x13, 0x11, 0x12)
def cluster(session, snac):
    session.to_others(0x13, snac.subtype, snac.body.rest())


@handles(0x13, 0x14)
def preauthorize(session, snac):
    name = snac.body.str8()
    if wire.normalize(name) == session.account.key:
        session.error(snac, NOT_BY_HOST)
        return
    session.account.allowed.add(wire.normalize(name))


@handles(0x13, 0x18)
def request_authorization(session, snac):
    buddy = session.server.accounts.find(snac.body.str8())
    reason = snac.body.str16()
    if buddy:
        session.server.authorization.request(session.account, buddy, reason)


@handles(0x13, 0x1A)
def respond_authorization(session, snac):
    buddy = session.server.accounts.find(snac.body.str8())
    granted, reason = snac.body.u8() == 1, snac.body.str16()
    if buddy:
        session.server.authorization.respond(session.account, buddy, granted,
                                             reason)
