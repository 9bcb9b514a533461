"""Who sees whom, and what they see."""

import time

from . import faults, wire

CLASS_FREE, CLASS_AWAY, CLASS_ICQ, CLASS_WIRELESS, CLASS_BOT = (
    0x0010, 0x0020, 0x0040, 0x0080, 0x0400)

BUDDY = 0x03
ARRIVED, DEPARTED = 0x0B, 0x0C


def is_visible(account):
    live = account.live()
    return bool(live) and not all(one.is_invisible for one in live)


def sees(viewer, account):
    """Whether the presence of @account may be shown to @viewer."""
    return not viewer.blocks(account.key) and not account.blocks(viewer.key)


def foremost(account):
    """The instance that speaks for the account."""
    live = account.live() or account.instances
    present = [one for one in live if not one.is_away and not one.idle_since]
    return (present or live)[0]


def is_away(account):
    live = account.live()
    return bool(live) and all(one.is_away for one in live)


def away_text(account):
    """(text, MIME type) of whoever went away last."""
    told = [one for one in account.live() if one.away]
    if not told or not is_away(account):
        return None, None
    last = max(told, key=lambda one: one.away_since)
    return last.away, last.away_mime


def idle_minutes(account):
    live = account.live()
    since = [one.idle_since for one in live if one.idle_since]
    if not live or len(since) < len(live):
        return 0
    return max(1, int(time.time() - max(since)) // 60)


def user_class(account):
    flags = CLASS_FREE | account.flags
    if account.is_icq:
        flags |= CLASS_ICQ
    if is_away(account):
        flags |= CLASS_AWAY
    return flags


def info_tlvs(server, account):
    """The TLVs of the user-info block of somebody signed on."""
    one = foremost(account)
    rich = server.traits.rich_user_info
    tlvs = [(0x0003, wire.u32(one.signed_on)),
            (0x0001, wire.u16(user_class(account))),
            (0x0006, wire.u32(one.status))]
    idle = idle_minutes(account)
    if idle:
        tlvs.append((0x0004, wire.u16(min(idle, 0xFFFF))))
    items = b"".join(filter(None, (one.icon, one.status_item)))
    if items:
        tlvs.append((0x001D, items))
    if one.dc_info:
        tlvs.append((0x000C, one.dc_info))
    tlvs += _caps(one.caps, rich)
    if rich:
        tlvs.append((0x0005, wire.u32(account.created)))
        tlvs.append((0x000F, wire.u32(int(time.time()) - one.signed_on)))
    tlvs.append((0x001E, wire.u32(0)))
    return tlvs


def _caps(caps, short_form):
    if not caps:
        return []
    if not short_form:
        return [(0x000D, b"".join(caps))]
    short = [cap for cap in caps if cap == wire.short_cap(
        int.from_bytes(cap[2:4], "big"))]
    full = [cap for cap in caps if cap not in short]
    found = [(0x000D, b"".join(full))] if full else []
    if short:
        found.append((0x0019, b"".join(cap[2:4] for cap in short)))
    return found


def info_block(server, account, extra=()):
    """The user-info block, as in presence and messages."""
    tlvs = info_tlvs(server, account) if account.instances else []
    if server.faults.active("sprinkle"):
        tlvs = faults.STRANGE_TLVS[:2] + tlvs + faults.STRANGE_TLVS
    return (wire.str8(account.name) + wire.u16(account.warning)
            + wire.counted(list(tlvs) + list(extra)))


def bare_block(account, tlvs=()):
    return (wire.str8(account.name) + wire.u16(0) + wire.counted(tlvs))


class Presence:
    """Tells the watchers."""

    def __init__(self, server):
        self.server = server

    def tell(self, viewer, account, here=True):
        """Shows @account to every instance of @viewer."""
        if here and is_visible(account):
            body, subtype = info_block(self.server, account), ARRIVED
        elif not here:
            body = bare_block(account, [(0x0001, wire.u16(0))])
            subtype = DEPARTED
        else:
            return
        for one in viewer.live():
            one.deliver(BUDDY, subtype, body)

    def _watchers(self, account):
        return [other for other in self.server.accounts
                if other is not account and other.live()
                and account.key in other.watches() and sees(other, account)]

    def changed(self, account):
        """Something about @account is new: arrival, state, departure."""
        here = is_visible(account)
        if account.key in account.watches():
            self.tell(account, account, here)
        for other in self._watchers(account):
            self.tell(other, account, here)
        self.server.changed()

    def introduce(self, account, names=None, departures=False):
        """Shows @account and those it may see to each other.

        @names limits it to some; @departures also hides those who may not
        see each other any more, as after a change of privacy.
        """
        for other in self.server.accounts:
            if names is not None and other.key not in names:
                continue
            if not other.live() or other.blocks(account.key):
                continue
            if not account.blocks(other.key):
                self._show(account, other)
            elif departures:
                self._hide(account, other)
        self.server.changed()

    def _show(self, account, other):
        if other is not account and account.key in other.watches():
            self.tell(other, account)
        if other.key in account.watches():
            self.tell(account, other)

    def _hide(self, account, other):
        if account.key in other.watches():
            self.tell(other, account, False)
        if other.key in account.watches():
            self.tell(account, other, False)

    def own_info(self, account):
        """Own user info, pushed to all instances of @account."""
        for one in list(account.instances):
            one.deliver(0x01, 0x0F, own_block(self.server, account, one))


def own_block(server, account, instance):
    """The body of 01/0F: the account and, for new clients, its instances."""
    now = int(time.time())
    extra = [(0x0005, wire.u32(account.created)),
             (0x0003, wire.u32(instance.signed_on)),
             (0x000F, wire.u32(now - instance.signed_on))]
    if server.traits.rich_user_info:
        extra = [(0x000A, bytes([127, 0, 0, 1]))]
    several = getattr(instance, "versions", {}).get(0x01, 0) >= 4
    if several:
        extra.append((0x0014, wire.u8(instance.number)))
    body = info_block(server, account, extra)
    return body + b"".join(_instance_block(account, one)
                           for one in account.instances if several)


def _instance_block(account, one):
    status = one.status & 0x0100
    return (wire.str8(account.name) + wire.u16(account.warning)
            + wire.counted([(0x0003, wire.u32(one.signed_on)),
                            (0x0001, wire.u16(user_class(account))),
                            (0x0006, wire.u32(status)),
                            (0x000D, b"".join(one.caps)),
                            (0x001E, wire.u32(0)),
                            (0x0028, wire.u8(one.number))]))
