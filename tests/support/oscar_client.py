"""A small OSCAR client in Python: a third party for the tests.

It is written apart from the loopback server's code and from the C client, so
that each can contradict the others.
"""

import asyncio
import collections
import hashlib
import os
import ssl
import struct

DEADLINE = 15
SIGNON, DATA, ERROR, SIGNOFF, KEEPALIVE = 1, 2, 3, 4, 5
SHORT_CAPS = (0x0000, 0x1346, 0x134E, 0x010A)

Snac = collections.namedtuple("Snac", "group subtype flags request body")
Item = collections.namedtuple("Item", "name group id kind attributes")
Message = collections.namedtuple("Message",
                                 "sender channel charset text auto tlvs")


class SignOnError(Exception):
    """Refused; @code is the server's."""

    def __init__(self, code, url=None):
        super().__init__("sign-on error 0x%04x" % code)
        self.code, self.url = code, url


class SignedOff(Exception):
    """The connection ended; @reason is the server's, if it gave one."""

    def __init__(self, tlvs=None):
        super().__init__(repr(tlvs))
        self.tlvs = tlvs or {}
        value = self.tlvs.get(0x0009)
        self.reason = int.from_bytes(value, "big") if value else None


def tlv(tag, value=b""):
    if isinstance(value, str):
        value = value.encode()
    return struct.pack(">HH", tag, len(value)) + value


def parse_tlvs(data, count=None):
    """({tag: value} with the first of each, what is left)."""
    found = {}
    while data and (count is None or count > 0):
        tag, size = struct.unpack_from(">HH", data)
        if len(data) < 4 + size:
            raise ValueError("TLV %04x is cut off" % tag)
        found.setdefault(tag, data[4:4 + size])
        data = data[4 + size:]
        count = None if count is None else count - 1
    return found, data


def str8(text):
    data = text.encode() if isinstance(text, str) else text
    return bytes([len(data)]) + data


def take_str8(data):
    return data[1:1 + data[0]].decode("utf-8", "replace"), data[1 + data[0]:]


def take_user(data):
    """((name, warning level, TLVs), what is left)."""
    name, data = take_str8(data)
    warning, count = struct.unpack_from(">HH", data)
    tlvs, data = parse_tlvs(data[4:], count)
    return (name, warning, tlvs), data


def encode_item(item):
    name = item.name.encode()
    return (struct.pack(">H", len(name)) + name
            + struct.pack(">HHHH", item.group, item.id, item.kind,
                          len(item.attributes)) + item.attributes)


def parse_items(data, count):
    items = []
    for _ in range(count):
        size, = struct.unpack_from(">H", data)
        name, data = data[2:2 + size], data[2 + size:]
        group, number, kind, size = struct.unpack_from(">HHHH", data)
        items.append(Item(name.decode("utf-8", "replace"), group, number,
                          kind, data[8:8 + size]))
        data = data[8 + size:]
    return items, data


def text_blob(text, charset=None):
    if charset is None:
        charset, data = (0, text.encode()) if text.isascii() else (
            2, text.encode("utf-16-be"))
    else:
        data = text
    return (b"\x05\x01\x00\x01\x01\x01\x01"
            + struct.pack(">HHH", len(data) + 4, charset, 0) + data)


def parse_message(body):
    channel, = struct.unpack_from(">H", body, 8)
    (name, _, _), rest = take_user(body[10:])
    tlvs, _ = parse_tlvs(rest)
    charset, text = None, None
    blob = tlvs.get(2)
    while channel == 1 and blob:
        kind, size = blob[0], struct.unpack_from(">H", blob, 2)[0]
        if kind == 1:
            charset, = struct.unpack_from(">H", blob, 4)
            text = blob[8:4 + size]
        blob = blob[4 + size:]
    return Message(name, channel, charset, text, 4 in tlvs, tlvs)


def decode(message):
    """The text of a message, as a person reads it."""
    codec = {2: "utf-16-be", 3: "latin-1"}.get(message.charset, "utf-8")
    return message.text.decode(codec, "replace")


class Connection:
    """FLAP over TCP or TLS."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.sequence = 0x1234
        self.request = 0

    @classmethod
    async def open(cls, host, port, tls=False, source=None):
        context = None
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return cls(*await asyncio.wait_for(
            asyncio.open_connection(host, port, ssl=context, local_addr=(
                (source, 0) if source else None)), DEADLINE))

    def frame(self, kind, payload=b""):
        self.writer.write(struct.pack(">BBHH", 0x2A, kind, self.sequence,
                                      len(payload)) + payload)
        self.sequence = (self.sequence + 1) & 0xFFFF

    def snac(self, group, subtype, body=b""):
        """Sends a SNAC; its request id."""
        self.request += 1
        self.frame(DATA, struct.pack(">HHHI", group, subtype, 0,
                                     self.request) + body)
        return self.request

    async def read_frame(self):
        try:
            head = await self.reader.read(2)
            if len(head) < 2:
                head += await self.reader.readexactly(2 - len(head))
            more = await self.reader.readexactly(4)
            size, = struct.unpack(">H", more[2:])
            if head[0] != 0x2A:
                raise ValueError("no frame: %s" % (head + more).hex())
            return head[1], await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise SignedOff() from None

    async def read(self):
        """The next SNAC; SignedOff at the end."""
        while True:
            kind, payload = await self.read_frame()
            if kind == SIGNOFF:
                raise SignedOff(parse_tlvs(payload)[0])
            if kind == DATA:
                group, subtype, flags, request = struct.unpack_from(
                    ">HHHI", payload)
                body = payload[10:]
                if flags & 0x8000:
                    size, = struct.unpack_from(">H", body)
                    body = body[2 + size:]
                return Snac(group, subtype, flags, request, body)

    def close(self):
        self.writer.close()


class Client:
    """One user."""

    def __init__(self, name, password):
        self.name, self.password = name, password
        # Address to sign on from: servers count sign-ons by address.
        self.source = None
        self.connection = None
        self.snacs = []
        self.messages = []
        self.present = {}
        self.items, self.list_time = [], 0
        self.groups, self.rates, self.own = [], {}, None
        self.ended = None
        self._news = asyncio.Event()
        self._task = None

    # Signing on.

    async def sign_on(self, host, port, tls=False, strong=True, level=1,
                      blind=True, feedbag=True, patient=True):
        where, cookie, tls = await self.authenticate(host, port, tls, strong,
                                                     level)
        self._begin(await Connection.open(*where, tls), cookie, level)
        if not blind:
            await self.wait(1, 3)
        await self._bring_up(blind, feedbag)
        if patient:
            # Once this is answered 01/02 has been read: others can reach us.
            await self.answer(self.connection.snac(1, 0x0E))

    def _begin(self, connection, cookie, level=1):
        self.connection = connection
        connection.frame(SIGNON, b"\0\0\0\1" + tlv(6, cookie)
                         + tlv(3, "test") + tlv(0x4A, bytes([level])))
        self._task = asyncio.create_task(self._listen())

    async def attach(self, connection, cookie):
        """Goes on over @connection, as after 01/12."""
        seen = len(self.snacs)
        connection.request = self.connection.request
        self._task.cancel()
        self._begin(connection, cookie)
        await self.wait(1, 3, since=seen)
        self._send_versions()
        await self.wait(1, 0x18, since=seen)
        self._send_online()

    async def authenticate(self, host, port, tls=False, strong=True, level=1):
        """((host, port), cookie, whether TLS comes next)."""
        connection = await Connection.open(host, port, tls, self.source)
        try:
            connection.frame(SIGNON, b"\0\0\0\1")
            connection.snac(0x17, 6, tlv(1, self.name) + tlv(0x4B)
                            + tlv(0x5A))
            reply = await self._login_reply(connection)
            if reply.subtype == 7:
                size, = struct.unpack_from(">H", reply.body)
                key = reply.body[2:2 + size]
                connection.snac(0x17, 2, self._proof(key, strong, level))
                reply = await self._login_reply(connection)
            return self._judge(reply, port)
        finally:
            connection.close()

    def _proof(self, key, strong, level):
        password = self.password.encode()
        if strong:
            password = hashlib.md5(password).digest()
        digest = hashlib.md5(key + password
                             + b"AOL Instant Messenger (SM)").digest()
        return (tlv(1, self.name) + tlv(0x25, digest)
                + (tlv(0x4C) if strong else b"") + tlv(3, "test client")
                + tlv(0x16, b"\x01\x09") + tlv(0x17, b"\0\5")
                + tlv(0x18, b"\0\1") + tlv(0x19, b"\0\0")
                + tlv(0x1A, b"\x0B\xDC") + tlv(0x14, b"\0\0\0\xD2")
                + tlv(0x0F, "en") + tlv(0x0E, "us")
                + tlv(0x4A, bytes([level])))

    @staticmethod
    async def _login_reply(connection):
        try:
            while True:
                snac = await asyncio.wait_for(connection.read(), DEADLINE)
                if snac[:2] in ((0x17, 3), (0x17, 7)):
                    return snac
        except SignedOff as end:
            if 8 in end.tlvs:
                raise SignOnError(int.from_bytes(end.tlvs[8], "big")) from None
            raise

    @staticmethod
    def _judge(reply, port):
        tlvs, _ = parse_tlvs(reply.body)
        code = int.from_bytes(tlvs.get(8, b""), "big")
        if code or 5 not in tlvs or 6 not in tlvs:
            raise SignOnError(code, tlvs.get(4))
        host, _, named = tlvs[5].decode().partition(":")
        encrypted = int.from_bytes(tlvs.get(0x8E, b""), "big") != 0
        return (host, int(named or port)), tlvs[6], encrypted

    async def _bring_up(self, blind, feedbag):
        send = self.connection.snac
        self._send_versions()
        if not blind:
            await self.wait(1, 0x18)
        send(1, 6)
        if not blind:
            await self.wait(1, 7)
        send(1, 8, b"".join(struct.pack(">H", n) for n in range(1, 6)))
        send(1, 0x0E)
        for group in (2, 3, 9, 0x13):
            send(group, 2)
        send(4, 4)
        send(0x13, 4)
        await self.wait(0x13, 6, lambda snac: not snac.flags & 1)
        if feedbag:
            send(0x13, 7)
        send(4, 2, struct.pack(">HIHHHI", 0, 0x51B, 8000, 999, 999, 0))
        send(2, 4, tlv(5, b"".join(bytes.fromhex(
            "0946%04X4C7F11D18222444553540000" % cap) for cap in SHORT_CAPS)))
        self._send_online()

    def _send_versions(self):
        self.connection.snac(1, 0x17, b"".join(
            struct.pack(">HH", *pair) for pair in (
                (1, 3), (2, 1), (3, 1), (4, 1), (9, 1), (0x13, 4),
                (0x15, 1))))

    def _send_online(self):
        self.connection.snac(1, 2, b"".join(
            struct.pack(">HHHH", group, 1, 0x110, 0x629)
            for group in (1, 2, 3, 4, 9, 0x13)))

    # Listening.

    async def _listen(self):
        try:
            while True:
                snac = await self.connection.read()
                self._note(snac)
                self.snacs.append(snac)
                self._news.set()
        except (SignedOff, ConnectionError, ValueError, struct.error) as end:
            self.ended = end
            self._news.set()

    def _note(self, snac):
        kind = (snac.group, snac.subtype)
        if kind == (1, 3):
            self.groups = list(struct.unpack(
                ">%dH" % (len(snac.body) // 2), snac.body))
        elif kind == (1, 0x0F):
            self.own = take_user(snac.body)[0]
        elif kind == (3, 0x0B):
            user = take_user(snac.body)[0]
            self.present[normalize(user[0])] = user
        elif kind == (3, 0x0C):
            name, _ = take_str8(snac.body)
            self.present.pop(normalize(name), None)
        elif kind == (4, 7):
            self.messages.append(parse_message(snac.body))
        elif kind == (0x13, 6):
            count, = struct.unpack_from(">H", snac.body, 1)
            items, rest = parse_items(snac.body[3:], count)
            self.items += items
            self.list_time, = struct.unpack(">I", rest)

    async def until(self, test, what="event", deadline=DEADLINE):
        """The first true value of @test(), tried at every SNAC."""
        async def look():
            while not (value := test()):
                if self.ended and not test():
                    raise self.ended
                self._news.clear()
                await self._news.wait()
            return value
        try:
            return await asyncio.wait_for(look(), deadline)
        except asyncio.TimeoutError:
            raise AssertionError("%s: no %s within %g s; last were %s" % (
                self.name, what, deadline,
                ["%02X/%02X" % snac[:2] for snac in self.snacs[-12:]])
            ) from None

    async def wait(self, group, subtype, test=None, since=0,
                   deadline=DEADLINE):
        """The first such SNAC since the one numbered @since."""
        def look():
            for snac in self.snacs[since:]:
                if snac[:2] == (group, subtype) and (not test or test(snac)):
                    return snac
            return None
        return await self.until(look, "%02X/%02X" % (group, subtype),
                                deadline)

    async def answer(self, request, deadline=DEADLINE):
        """The SNAC with the request id @request."""
        return await self.until(
            lambda: next((snac for snac in self.snacs
                          if snac.request == request), None),
            "answer to %d" % request, deadline)

    async def message(self, sender=None, deadline=DEADLINE):
        """Takes the oldest message, of @sender if given."""
        def look():
            for one in self.messages:
                if not sender or normalize(one.sender) == normalize(sender):
                    self.messages.remove(one)
                    return one
            return None
        return await self.until(look, "message", deadline)

    async def arrived(self, name, deadline=DEADLINE):
        return await self.until(lambda: self.present.get(normalize(name)),
                                "arrival of " + name, deadline)

    async def departed(self, name, deadline=DEADLINE):
        await self.until(lambda: normalize(name) not in self.present,
                         "departure of " + name, deadline)

    async def end(self, deadline=DEADLINE):
        """How the session ended."""
        async def look():
            while not self.ended:
                self._news.clear()
                await self._news.wait()
            return self.ended
        return await asyncio.wait_for(look(), deadline)

    # Doing.

    def say(self, name, text, charset=None, ack=True, store=False, auto=False):
        """Sends a message; its request id."""
        body = os.urandom(8) + b"\0\1" + str8(name)
        body += tlv(2, text_blob(text, charset))
        body += (tlv(3) if ack else b"") + (tlv(6) if store else b"")
        body += tlv(4) if auto else b""
        return self.connection.snac(4, 6, body)

    def type(self, name, event):
        return self.connection.snac(4, 0x14, bytes(8) + b"\0\1" + str8(name)
                                    + struct.pack(">H", event))

    def away(self, text):
        mime = 'text/aolrtf; charset="us-ascii"'
        return self.connection.snac(2, 4, tlv(3, mime) + tlv(4, text))

    def edit(self, subtype, *items):
        return self.connection.snac(0x13, subtype, b"".join(
            encode_item(item) for item in items))

    async def edited(self, subtype, *items):
        """The status of each item."""
        reply = await self.answer(self.edit(subtype, *items))
        if reply[:2] != (0x13, 0x0E):
            raise AssertionError("no status but %r" % (reply,))
        return list(struct.unpack(">%dH" % (len(reply.body) // 2),
                                  reply.body))

    def close(self):
        if self._task:
            self._task.cancel()
        if self.connection and not self.connection.writer.is_closing():
            self.connection.frame(SIGNOFF)
            self.connection.close()


def normalize(name):
    return name.replace(" ", "").lower()
