"""Peers that talk plainly, or over TLS, without any protocol."""

import asyncio
import hashlib
import socket
import struct

import net_certs
from net_services import certs, log, log_lines, service


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


service("echo")(echo)


@service("log")
async def tell_log(reader, writer):
    writer.write("".join(line + "\n" for line in log_lines).encode())
    log_lines.clear()


@service("last-words")
async def last_words(reader, writer):
    """Says something and hangs up at once."""
    writer.write(b"last words")


@service("reset")
async def reset(reader, writer):
    """Says something, and breaks the link at the first answer."""
    writer.write(b"hello")
    await reader.read(1)
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


@service("mute")
async def mute(reader, writer):
    """Takes everything and never answers."""
    while await reader.read(65536):
        pass


@service("last-sent")
async def last_sent(reader, writer):
    """Keeps talking; writes down the last that was heard when it ends."""
    writer.write(b"x" * 100000)
    data = await reader.read(-1)
    log("heard " + data.decode())


@service("digest")
async def digest(reader, writer):
    """Reads a length, then that much in small sips; answers a digest."""
    (left,) = struct.unpack(">Q", await reader.readexactly(8))
    digest = hashlib.sha256()
    while left > 0:
        data = await reader.read(min(left, 4096))
        if not data:
            return
        digest.update(data)
        left -= len(data)
        await asyncio.sleep(0)
    writer.write(digest.hexdigest().encode())


@service("counting")
async def counting(reader, writer):
    """A million four-byte numbers as fast as they go."""
    for start in range(0, 1000000, 10000):
        if writer.is_closing():
            return
        writer.write(struct.pack(">10000I", *range(start, start + 10000)))
        await writer.drain()
        await asyncio.sleep(0)


@service("pieces")
async def pieces(reader, writer):
    """One byte of a sentence for each byte that comes."""
    for byte in b"in little pieces":
        if not await reader.read(1):
            return
        writer.write(bytes([byte]))


# --- TLS -------------------------------------------------------------------

for kind in net_certs.KINDS:
    service("tls-" + kind, tls=kind)(echo)
service("tls-echo", tls="good")(echo)
service("tls-old", tls="good-1.1")(echo)
service("tls-last-words", tls="good")(last_words)
service("tls-last-sent", tls="good")(last_sent)
service("tls-digest", tls="good")(digest)
service("tls-counting", tls="good")(counting)
service("tls-pieces", tls="good")(pieces)
service("tls-reset", tls="good")(reset)


@service("tls-garbage")
async def tls_garbage(reader, writer):
    """A web server that was taken for something better."""
    await reader.read(65536)
    writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")


@service("tls-hangup")
async def tls_hangup(reader, writer):
    """Wants no TLS."""
    await reader.read(65536)


async def starttls(reader, writer, kind):
    await reader.readexactly(len("STARTTLS"))
    writer.write(b"GO")
    await writer.drain()
    await writer.start_tls(net_certs.context(certs, kind))
    await echo(reader, writer)


@service("starttls")
async def starttls_good(reader, writer):
    await starttls(reader, writer, "good")


@service("starttls-self")
async def starttls_self(reader, writer):
    await starttls(reader, writer, "self")


def make_full():
    """A socket on which nobody waits for more: the kernel drops what knocks.
    Returns its port."""
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting.append(full)
    for _ in range(4):
        knock = socket.socket()
        knock.setblocking(False)
        knock.connect_ex(full.getsockname())
        waiting.append(knock)
    return full.getsockname()[1]


waiting = []
