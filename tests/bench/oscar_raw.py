"""A few lines of OSCAR, for measuring a server without any client of ours.

Knows FLAP, SNAC, TLV and the BUCP sign-on, and nothing else: what a bench
needs to fill a list, to send a burst, and to find out what a server takes in
one flight. Everything blocks; every wait has a deadline.
"""

import hashlib
import select
import socket
import struct
import time

SIGNON, DATA, ERROR, SIGNOFF, KEEPALIVE = 1, 2, 3, 4, 5

CLIENT_ID = "bench"

# What goes out in one flight with the cookie, in the order of a sign-on.
VERSIONS = ((0x01, 4), (0x02, 1), (0x03, 1), (0x04, 1), (0x09, 1), (0x13, 4))


def tlv(tag, value=b""):
    if isinstance(value, str):
        value = value.encode()
    return struct.pack(">HH", tag, len(value)) + value


def parse_tlvs(data):
    tlvs, at = {}, 0
    while at + 4 <= len(data):
        tag, size = struct.unpack_from(">HH", data, at)
        tlvs.setdefault(tag, data[at + 4:at + 4 + size])
        at += 4 + size
    return tlvs


class Closed(Exception):
    """The server ended the connection, or said SIGNOFF."""


class Link:
    """One FLAP connection."""

    def __init__(self, address, timeout=15.0):
        self.sock = socket.create_connection(address, timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self.buffer = b""
        self.sequence = 0
        self.request = 0

    def close(self):
        self.sock.close()

    def flap(self, channel, payload=b""):
        """The bytes of the next frame, numbered but not sent."""
        self.sequence = (self.sequence + 1) & 0x7FFF
        return struct.pack(">BBHH", 0x2A, channel, self.sequence,
                           len(payload)) + payload

    def snac(self, family, subtype, body=b"", request=None):
        """The bytes of the next SNAC, numbered but not sent."""
        if request is None:
            self.request += 1
            request = self.request
        head = struct.pack(">HHHI", family, subtype, 0, request)
        return self.flap(DATA, head + body)

    def signon(self, *tlvs):
        return self.flap(SIGNON, struct.pack(">I", 1) + b"".join(tlvs))

    def write(self, *frames):
        self.sock.sendall(b"".join(frames))

    def read(self, timeout=None):
        """The next frame as (channel, payload); TimeoutError if none comes."""
        deadline = time.monotonic() + (self.timeout if timeout is None
                                       else timeout)
        while True:
            if len(self.buffer) >= 6:
                size = struct.unpack_from(">H", self.buffer, 4)[0]
                if len(self.buffer) >= 6 + size:
                    channel = self.buffer[1]
                    payload = self.buffer[6:6 + size]
                    self.buffer = self.buffer[6 + size:]
                    return channel, payload
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                raise TimeoutError("no frame from the server")
            data = self.sock.recv(262144)
            if not data:
                raise Closed("the server closed the connection")
            self.buffer += data

    def read_snac(self, timeout=None):
        """The next SNAC as (family, subtype, request, body)."""
        while True:
            channel, payload = self.read(timeout)
            if channel == SIGNOFF:
                raise Closed(f"SIGNOFF {payload.hex()}")
            if channel == DATA:
                family, subtype, flags, request = struct.unpack_from(
                    ">HHHI", payload)
                body = payload[10:]
                if flags & 0x8000:
                    body = body[2 + struct.unpack_from(">H", body)[0]:]
                return family, subtype, request, body

    def wait(self, family, subtype, timeout=None):
        """Skips everything up to one SNAC and returns its body."""
        deadline = time.monotonic() + (self.timeout if timeout is None
                                       else timeout)
        while True:
            got = self.read_snac(max(0.0, deadline - time.monotonic()))
            if got[:2] == (family, subtype):
                return got[3]


def digest(password, key):
    inner = hashlib.md5(password.encode()).digest()
    return hashlib.md5(key + inner + b"AOL Instant Messenger (SM)").digest()


def login(address, name, password="password"):
    """BUCP: returns (host, port, cookie)."""
    link = Link(address)
    link.write(link.signon(),
               link.snac(0x17, 0x06, tlv(0x01, name) + tlv(0x4B) + tlv(0x5A)))
    body = link.wait(0x17, 0x07)
    key = body[2:2 + struct.unpack_from(">H", body)[0]]
    link.write(link.snac(
        0x17, 0x02, tlv(0x01, name) + tlv(0x25, digest(password, key))
        + tlv(0x4C) + tlv(0x03, CLIENT_ID) + tlv(0x17, b"\0\5")
        + tlv(0x18, b"\0\x09") + tlv(0x19, b"\0\0") + tlv(0x1A, b"\x0b\xdc")
        + tlv(0x0F, "en") + tlv(0x0E, "us") + tlv(0x4A, b"\1")))
    tlvs = parse_tlvs(link.wait(0x17, 0x03))
    link.close()
    if 0x06 not in tlvs:
        raise Closed(f"refused with code {tlvs.get(0x08, b'').hex()}")
    host, _, port = tlvs[0x05].decode().partition(":")
    return host, int(port or 5190), tlvs[0x06]


def versions(tools=False):
    return b"".join(struct.pack(">HH", *v) + (b"\1\x10\x16\x4f" if tools
                                              else b"") for v in VERSIONS)


def sign_on(address, name, password="password"):
    """A whole sign-on; returns a link that is online."""
    host, port, cookie = login(address, name, password)
    link = Link((host, port))
    link.write(link.signon(tlv(0x06, cookie)))
    link.wait(0x01, 0x03)
    link.write(link.snac(0x01, 0x17, versions()), link.snac(0x01, 0x06),
               link.snac(0x13, 0x04), link.snac(0x13, 0x07),
               link.snac(0x04, 0x02, struct.pack(">HIHHHI", 0, 0xB, 8000, 999,
                                                 999, 0)),
               link.snac(0x01, 0x02, versions(tools=True)),
               link.snac(0x04, 0x04))
    link.wait(0x04, 0x05)
    return link


def feedbag_item(name, group, item, kind, attributes=b""):
    name = name.encode()
    return (struct.pack(">H", len(name)) + name
            + struct.pack(">HHHH", group, item, kind, len(attributes))
            + attributes)


def group_item(name, group, members):
    """A group, or the master group, with the order of its members."""
    order = b"".join(struct.pack(">H", member) for member in members)
    return feedbag_item(name, group, 0, 1, tlv(0xC8, order))


def insert_items(link, items, batch=200):
    """Puts items on the list, and waits until all are there."""
    for start in range(0, len(items), batch):
        link.write(link.snac(0x13, 0x11),
                   link.snac(0x13, 0x08, b"".join(items[start:start + batch])),
                   link.snac(0x13, 0x12))
        results = link.wait(0x13, 0x0E, timeout=60)
        if results.strip(b"\0"):
            raise Closed(f"items refused: {results.hex()}")


def message(link, to, text, cookie, want_ack=False):
    """A plain message on channel 1; with @want_ack, 04/0C answers it."""
    to = to.encode()
    fragments = (b"\5\1\0\1\1\1\1" + struct.pack(">H", 4 + len(text))
                 + b"\0\0\0\0" + text.encode("ascii"))
    return link.snac(0x04, 0x06, struct.pack(">QHB", cookie, 1, len(to)) + to
                     + tlv(0x02, fragments) + tlv(0x03) * want_ack)
