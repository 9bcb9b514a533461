"""Peers for the tests of shared/net.

Opens every service on a port of its own, prints "name port" for each and
"name path" for each file it made, then "ready", and ends with its standard
input. What the tests have to know of a conversation is written down and told
to whoever connects to the service "log".
"""

import asyncio
import hashlib
import os
import socket
import ssl
import struct
import sys
import tempfile

import net_certs

log_lines = []
services = {}
certs = {}


def log(line):
    log_lines.append(line)


def service(name, tls=None):
    """Registers a coroutine (reader, writer) under a name."""
    def register(function):
        services[name] = (function, tls)
        return function
    return register


# --- plain conversations ---------------------------------------------------

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
        writer.write(struct.pack(">10000I", *range(start, start + 10000)))
        await writer.drain()


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


# --- everything ------------------------------------------------------------

def guarded(function):
    async def run(reader, writer):
        try:
            await function(reader, writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError):
            pass
    return run


async def main():
    with tempfile.TemporaryDirectory() as folder:
        certs.update(net_certs.make(folder))
        for name, path in certs.items():
            print(name, path)
        for name, (function, tls) in services.items():
            context = net_certs.context(certs, tls) if tls else None
            server = await asyncio.start_server(
                guarded(function), "127.0.0.1", 0, ssl=context)
            print(name, server.sockets[0].getsockname()[1])
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
