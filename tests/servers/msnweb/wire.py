"""Commands, blocks, addresses, XML and the challenge."""

import base64
import hashlib
import re
import struct
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape as escape_some

CRLF = b"\r\n"
MAX_LINE, MAX_LENGTH, MAX_HEADER = 512, 1048576, 16384
PRODUCT, KEY = b"PROD0090YUAUV{2B", b"YMM8C_H7KCQ2S_KL"
MODULUS = 0x7FFFFFFF

LINE = re.compile(rb"([A-Z]{3}|[0-9]{3}) ([0-9]{1,10}) "
                  rb"([A-Z]+(?:\\[A-Z]+)?) ([0-9]{1,7})")
# MSNP21: no target, and an address to begin with.
OLD_LINE = re.compile(rb"([A-Z]{3}) ([0-9]{1,10}) ([0-9]{1,7})")
EPID = re.compile(r"\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}")


class Malformed(Exception):
    """What cannot be read."""


class Refused(Exception):
    """A command is answered by a number."""

    def __init__(self, code, text, context=True):
        super().__init__("%d %s" % (code, text))
        self.code, self.text, self.context = code, text, context


class Command:
    """One command; `old` if it came as MSNP21 writes them."""

    def __init__(self, verb, trid, target, payload, old=False):
        self.verb, self.trid, self.target = verb, trid, target
        self.payload, self.old = payload, old
        self.headers, self.body = ({}, payload) if old else outer(payload)

    @property
    def place(self):
        """The target that an answer has."""
        return self.target.partition("\\")[0]

    @property
    def stages(self):
        """The names faults know it by."""
        last = self.target.rpartition("\\")[2]
        return [self.verb, "%s-%s" % (self.verb, last)]

    def header(self, name):
        return self.headers.get(name.lower())


def outer(payload):
    """(headers, body) of a payload."""
    headers, at = {}, 0
    while at < len(payload):
        end = payload.find(CRLF, at)
        if end < 0:
            raise Malformed("outer headers without an empty line")
        line, at = payload[at:end], end + 2
        if not line:
            return headers, payload[at:]
        name, value = _header(line)
        headers[name.lower()] = value
    return headers, b""


def _header(line):
    name, colon, value = line.decode().partition(": ")
    if not colon or not name or len(line) > MAX_HEADER:
        raise Malformed("header %r" % line[:80])
    return name, value


def parse(data, old=False):
    """All the commands of a body; @old allows MSNP21's lines, too."""
    found, at = [], 0
    while at < len(data):
        end = data.find(CRLF, at)
        if end < 0 or end - at > MAX_LINE:
            raise Malformed("no command line in %r" % data[at:at + 80])
        line = data[at:end]
        if old and line in (b"PNG", b"OUT"):
            found.append(Command(line.decode(), 0, "CON", b"", True))
            at = end + 2
            continue
        match = LINE.fullmatch(line)
        aged = None if match or not old else OLD_LINE.fullmatch(line)
        if not match and not aged:
            raise Malformed("command line %r" % line)
        words = [word.decode() for word in (match or aged).groups()]
        length = int(words[-1])
        payload = data[end + 2:end + 2 + length]
        if length > MAX_LENGTH or len(payload) < length:
            raise Malformed("%r has only %d bytes" % (line, len(payload)))
        at = end + 2 + length
        found.append(Command(words[0], int(words[1]),
                             words[2] if match else "MSGR", payload,
                             bool(aged)))
    return found


def payload(headers=(), body=b""):
    lines = b"".join(("%s: %s\r\n" % pair).encode() for pair in headers)
    return lines + CRLF + (body.encode() if isinstance(body, str) else body)


def command(verb, trid, target, headers=(), body=b""):
    """A command as bytes."""
    inside = payload(headers, body)
    return ("%s %s %s %d\r\n" % (verb, trid, target,
                                 len(inside))).encode() + inside


def old_command(words, inside):
    """A command as MSNP21 writes it."""
    return ("%s %d\r\n" % (words, len(inside))).encode() + inside


def layered(blocks, content=b""):
    """Blocks of (name, value) pairs; the last is told the content's length."""
    content = content.encode() if isinstance(content, str) else content
    blocks = [list(block) for block in blocks]
    if not any(name == "Content-Length" for name, _ in blocks[-1]):
        blocks[-1].append(("Content-Length", len(content)))
    text = "".join("".join("%s: %s\r\n" % pair for pair in block) + "\r\n"
                   for block in blocks)
    return text.encode() + content


class Layers:
    """The three blocks and the content of a body."""

    def __init__(self, body, last):
        """@last is the name and version of the third block."""
        self.blocks, rest = [], body
        for first in ("Routing: 1.0", "Reliability: 1.0", last):
            block, rest = self._block(rest, first)
            self.blocks.append(block)
        self.routing, self.reliability, self.inner = self.blocks
        length = self.inner.get("content-length", "")
        if not length.isdigit() or int(length) != len(rest):
            raise Malformed("Content-Length %r of %d bytes" % (length,
                                                               len(rest)))
        self.content = rest

    @staticmethod
    def _block(data, first):
        head, empty, rest = data.partition(b"\r\n\r\n")
        lines = head.split(CRLF)
        if not empty or lines[0].decode() != first:
            raise Malformed("%r where %s was due" % (lines[0][:80], first))
        pairs = [_header(line) for line in lines]
        block = {name.lower(): value for name, value in pairs}
        if len(block) != len(pairs):
            raise Malformed("a header comes twice in %s" % first)
        return block, rest


class Address:
    """type:id;param=value ..."""

    def __init__(self, text):
        main, *more = text.split(";")
        kind, colon, self.name = main.partition(":")
        if not colon or not kind.isdigit() or not self.name:
            raise Malformed("address %r" % text)
        self.kind = int(kind)
        self.parameters = dict(one.partition("=")[::2] for one in more)

    def __str__(self):
        return "%d:%s" % (self.kind, self.name)

    @property
    def key(self):
        return "%d:%s" % (self.kind, self.name.lower())

    @property
    def epid(self):
        return self.parameters.get("epid")


def bare_epid(epid):
    """An endpoint's id for comparing."""
    return (epid or "").strip("{}").lower()


# XML.

def escape(text):
    return escape_some(str(text), {'"': "&quot;", "'": "&apos;"})


def element(name, *inside):
    """<name>text</name>, or of elements that are Markup already."""
    return Markup("<%s>%s</%s>" % (name, "".join(
        one if isinstance(one, Markup) else escape(one)
        for one in inside), name))


class Markup(str):
    """Text that is XML already."""


def tree(body):
    """The root element of @body."""
    text = body.decode() if isinstance(body, bytes) else body
    if text.startswith("<?") or "xmlns" in text:
        raise Malformed("declaration or namespace in XML")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise Malformed("XML: %s" % error) from None


def text_of(root, path):
    """The text of a descendant, "" if it is empty, None if there is none."""
    found = root.find(path)
    return None if found is None else found.text or ""


# What proves who one is.

def token(number):
    return base64.b64encode(b"Registration-%04d" % number).decode()


def challenge(nonce):
    """The response to @nonce."""
    nonce = nonce.encode()
    digest = struct.unpack("<4I", hashlib.md5(nonce + KEY).digest())
    keys = [word & MODULUS for word in digest]
    text = nonce + PRODUCT
    text += b"0" * (-len(text) % 8)
    words = struct.unpack("<%dI" % (len(text) // 4), text)
    high = low = 0
    for one, two in zip(words[::2], words[1::2]):
        middle = (0x0E79A9C1 * one) % MODULUS + high
        middle = (middle * keys[0] + keys[1]) % MODULUS
        high = ((two + middle) % MODULUS * keys[2] + keys[3]) % MODULUS
        low += high + middle
    high, low = (high + keys[1]) % MODULUS, (low + keys[3]) % MODULUS
    return struct.pack("<4I", digest[0] ^ high, digest[1] ^ low,
                       digest[2] ^ high, digest[3] ^ low).hex()
