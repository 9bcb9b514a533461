"""Bytes of the OSCAR protocol: reading, writing, digests.

Everything is big-endian unless its name says otherwise.
"""

import hashlib
import struct

FLAP_SIGNON = 1
FLAP_DATA = 2
FLAP_ERROR = 3
FLAP_SIGNOFF = 4
FLAP_KEEPALIVE = 5

SNAC_MORE = 0x0001
SNAC_OPTIONAL_BLOCK = 0x8000
SERVER_REQUEST = 0x80000000

ROAST_OSCAR = bytes.fromhex("F32681C43986DB9271A3B9E6537A957C")
ROAST_JAVA = bytes.fromhex("F3B36C99953FACB6C5FA6B63696CC39A")
MD5_SALT = b"AOL Instant Messenger (SM)"


def short_cap(word):
    """The capability that the sixteen bits @word stand for."""
    return bytes.fromhex("0946%04X4C7F11D18222444553540000" % word)


CAP_CHAT = bytes.fromhex("748F2420628711D18222444553540000")
CAP_XHTML = short_cap(0x0002)
CAP_FILE = short_cap(0x1343)
CAP_DIRECT_IM = short_cap(0x1345)
CAP_ICON = short_cap(0x1346)
CAP_SERVER_RELAY = short_cap(0x1349)
CAP_INTEROP = short_cap(0x134D)
CAP_UNICODE = short_cap(0x134E)
CAP_TYPING = bytes.fromhex("563FC8090B6F41BD9F79422609DFA2F3")


class WireError(Exception):
    """Received bytes that are not what they should be."""


class Reader:
    """A cursor over received bytes; reading past the end is a WireError."""

    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if count > self.left():
            raise WireError("%d bytes wanted, %d left" % (count, self.left()))
        self.at += count
        return self.data[self.at - count:self.at]

    def rest(self):
        return self.take(self.left())

    def _number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def u8(self):
        return self._number(">B")

    def u16(self):
        return self._number(">H")

    def u32(self):
        return self._number(">I")

    def u16le(self):
        return self._number("<H")

    def u32le(self):
        return self._number("<I")

    def str8(self):
        return self.take(self.u8())

    def str16(self):
        return self.take(self.u16())

    def strz_le(self):
        """An ICQ string: little-endian length that counts its final NUL."""
        return self.take(self.u16le()).rstrip(b"\0")

    def tlvs(self, count=None):
        """TLVs to the end, or @count of them."""
        found = []
        while self.left() if count is None else len(found) < count:
            tag = self.u16()
            found.append((tag, self.str16()))
        return TLVs(found)

    def counted_tlvs(self):
        return self.tlvs(self.u16())

    def sized_tlvs(self):
        return Reader(self.str16()).tlvs()


class TLVs(list):
    """(tag, value) pairs in the order they came."""

    def get(self, tag, default=None):
        for have, value in self:
            if have == tag:
                return value
        return default

    def has(self, tag):
        return self.get(tag) is not None

    def text(self, tag, default=""):
        value = self.get(tag)
        return default if value is None else value.decode("utf-8", "replace")

    def number(self, tag, default=None):
        """A value of one, two or four bytes."""
        value = self.get(tag)
        return default if not value else int.from_bytes(value, "big")

    def without(self, *tags):
        return TLVs((tag, value) for tag, value in self if tag not in tags)


def u8(number):
    return struct.pack(">B", number)


def u16(number):
    return struct.pack(">H", number & 0xFFFF)


def u32(number):
    return struct.pack(">I", number & 0xFFFFFFFF)


def u16le(number):
    return struct.pack("<H", number & 0xFFFF)


def u32le(number):
    return struct.pack("<I", number & 0xFFFFFFFF)


def as_bytes(value):
    return value.encode() if isinstance(value, str) else bytes(value)


def str8(value):
    value = as_bytes(value)[:255]
    return u8(len(value)) + value


def str16(value):
    value = as_bytes(value)
    return u16(len(value)) + value


def strz_le(value):
    value = as_bytes(value)
    return u16le(len(value) + 1) + value + b"\0"


def tlv(tag, value=b""):
    return u16(tag) + str16(value)


def tlv_chain(pairs):
    return b"".join(tlv(tag, value) for tag, value in pairs)


def counted(pairs):
    """A block of TLVs led by how many there are."""
    pairs = list(pairs)
    return u16(len(pairs)) + tlv_chain(pairs)


def sized(pairs):
    """A block of TLVs led by how many bytes they take."""
    return str16(tlv_chain(pairs))


def flap(kind, sequence, payload):
    return struct.pack(">BBHH", 0x2A, kind, sequence & 0xFFFF,
                       len(payload)) + payload


def snac(group, subtype, body=b"", flags=0, request=0):
    return struct.pack(">HHHI", group, subtype, flags,
                       request & 0xFFFFFFFF) + body


class Snac:
    """One SNAC: its header, its body as a Reader."""

    def __init__(self, payload):
        reader = Reader(payload)
        self.group = reader.u16()
        self.subtype = reader.u16()
        self.flags = reader.u16()
        self.request = reader.u32()
        self.block = TLVs()
        if self.flags & SNAC_OPTIONAL_BLOCK:
            self.block = reader.sized_tlvs()
        self.body = reader

    @property
    def label(self):
        return label(self.group, self.subtype)


def label(group, subtype):
    """How reference and tests call a kind of SNAC: "17/07"."""
    return "%02X/%02X" % (group, subtype)


def parse_label(text):
    group, subtype = text.split("/")
    return int(group, 16), int(subtype, 16)


def roast(data, table=ROAST_OSCAR):
    return bytes(byte ^ table[i % len(table)] for i, byte in enumerate(data))


def digest_weak(key, password):
    return hashlib.md5(key + password + MD5_SALT).digest()


def digest_strong(key, password):
    return hashlib.md5(
        key + hashlib.md5(password).digest() + MD5_SALT).digest()


def normalize(name):
    """The form in which names are compared: no spaces, lower case."""
    if isinstance(name, bytes):
        name = name.decode("utf-8", "replace")
    return name.replace(" ", "").lower()


def fragments(text, charset=0, features=b"\x01\x01\x01\x02", language=0):
    """The channel-1 text blob, TLV 0002 of a message."""
    payload = u16(charset) + u16(language) + text
    return (u8(5) + u8(1) + str16(features) + u8(1) + u8(1) + str16(payload))


def parse_fragments(blob):
    """(charset, text bytes) of a channel-1 blob, its text parts joined."""
    reader = Reader(blob)
    charset, text = None, b""
    while reader.left():
        kind = reader.u8()
        reader.u8()
        payload = Reader(reader.str16())
        if kind == 1:
            first = payload.u16()
            payload.u16()
            charset = first if charset is None else charset
            text += payload.rest()
    return charset or 0, text


def encode_text(text):
    """(charset, bytes) in which a modern client sends @text."""
    if text.isascii():
        return 0, text.encode("ascii")
    return 2, text.encode("utf-16-be", "replace")


def decode_text(charset, data):
    """What a reader makes of message text; never fails."""
    if charset == 2:
        return data[:len(data) & ~1].decode("utf-16-be", "replace")
    if charset == 3:
        return data.decode("cp1252", "replace")
    return data.decode("utf-8", "replace")
