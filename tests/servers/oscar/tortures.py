"""Names and texts that are none: what must not upset a client."""

from . import store, wire

# Not UTF-8, overlong, a lone surrogate, NULs, nothing, too much, markup,
# line breaks and characters that turn the reading direction.
TEXTS = [b"\xFF\xFE\xFA", b"\xC0\xAF../..", b"\xED\xA0\x80", b"a\0b\0",
         b"", b" ", b"%s%n%s%n", b"x" * 240, b"<b>bold</b><script>",
         b"line\nbreak\r\n", "\u202Egnp.exe".encode(),
         "\uFFFF\U0010FFFF".encode(), b"&amp;&#0;&#xD800;&bogus;",
         b"caf\xE9"]


def user(name, tlvs=()):
    return wire.str8(name) + wire.u16(0) + wire.counted(tlvs)


def snacs():
    """(group, subtype, body) with each text in every place it may take."""
    for text in TEXTS:
        info = user(text, [(0x0001, wire.u16(0x0010)), (0x001D, wire.u16(2)
                           + wire.u8(4) + wire.str8(wire.str16(text[:200])
                                                    + wire.u16(0)))])
        yield 0x03, 0x0B, info
        yield 0x03, 0x0C, user(text)
        yield 0x01, 0x13, wire.u16(4) + wire.tlv(0x000B, text)
        for charset in (0, 2, 3, 0xD, 0x7777):
            yield 0x04, 0x07, (b"torture!" + wire.u16(1) + info + wire.tlv(
                0x0002, wire.fragments(text, charset)))
        yield 0x04, 0x14, (bytes(8) + wire.u16(1) + wire.str8(text)
                           + wire.u16(2))
        yield 0x02, 0x06, info + wire.tlv(0x0001, text) + wire.tlv(
            0x0002, text) + wire.tlv(0x0003, text) + wire.tlv(0x0004, text)
        yield 0x13, 0x19, wire.str8(text) + wire.str16(text) + wire.u16(0)
        yield 0x13, 0x1B, wire.str8(text) + b"\1" + wire.str16(text)
        yield 0x13, 0x1C, wire.str8(text)
        yield 0x01, 0x10, wire.u16(100) + info
        yield 0x08, 0x02, wire.tlv(0x0001, text) + wire.tlv(0x0002, text)


def items():
    """List entries of all kinds under such names."""
    made = []
    for number, name in enumerate(TEXTS, 0x7100):
        attributes = wire.TLVs([(store.ATTR_ALIAS, name), (0x013C, name),
                                (0x7A01, name), (store.ATTR_ORDER, b"\0")])
        made.append(store.Item(name, 0x7100, number, store.BUDDY, attributes))
        made.append(store.Item(name, number, 0, store.GROUP, attributes))
        made.append(store.Item(name, 0, number, 0x7A00, attributes))
        made.append(store.Item(name, 0, 0x100 + number, store.DENY))
    return made
