"""Proxies: SOCKS 4, 4a and 5, and HTTP.

They write down what they are asked for and lead every name to this machine,
but for a few that have a fate of their own. Those that want a password want
one with every character that could be lost on the way.
"""

import asyncio
import base64
import socket
import struct

from net_services import log, service

USER = "us:er@home/%20 é"
PASSWORD = "p@ss:w/ord%41 ü"
REFUSED = "refused.example"
FORBIDDEN = "forbidden.example"


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        if writer.can_write_eof():
            writer.write_eof()


async def join(reader, writer, port):
    """Leads on to a port of this machine until both sides are through."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(pump(reader, far_writer),
                             pump(far_reader, writer))
    finally:
        far_writer.close()


# --- SOCKS 5 (RFC 1928, RFC 1929) ------------------------------------------

async def socks5_password(reader, writer):
    """Returns whether the password is right."""
    await reader.readexactly(1)
    user = await reader.readexactly((await reader.readexactly(1))[0])
    password = await reader.readexactly((await reader.readexactly(1))[0])
    right = (user.decode(), password.decode()) == (USER, PASSWORD)
    writer.write(b"\x01" + (b"\x00" if right else b"\x01"))
    return right


async def socks5_destination(reader):
    _, command, _, kind = await reader.readexactly(4)
    assert command == 1
    if kind == 3:
        length = (await reader.readexactly(1))[0]
        host = "name " + (await reader.readexactly(length)).decode()
    elif kind == 1:
        host = "address " + socket.inet_ntoa(await reader.readexactly(4))
    else:
        host = "address " + (await reader.readexactly(16)).hex()
    (port,) = struct.unpack(">H", await reader.readexactly(2))
    return host, port


async def socks5(reader, writer, wants_password):
    _, count = await reader.readexactly(2)
    methods = await reader.readexactly(count)
    method = 2 if wants_password else 0
    if method not in methods:
        writer.write(b"\x05\xff")
        return
    writer.write(bytes([5, method]))
    if wants_password and not await socks5_password(reader, writer):
        return
    host, port = await socks5_destination(reader)
    log(f"socks5 {host} {port}")
    status = {"name " + REFUSED: 5, "name " + FORBIDDEN: 2}.get(host, 0)
    writer.write(bytes([5, status, 0, 1]) + bytes(6))
    if status == 0:
        await join(reader, writer, port)


@service("socks5")
async def socks5_open(reader, writer):
    await socks5(reader, writer, False)


@service("socks5-password")
async def socks5_closed(reader, writer):
    await socks5(reader, writer, True)


# --- SOCKS 4 and 4a --------------------------------------------------------

@service("socks4")
async def socks4(reader, writer):
    _, command, port, address = struct.unpack(
        ">BBHI", await reader.readexactly(8))
    assert command == 1
    user = (await reader.readuntil(b"\0"))[:-1].decode()
    host = "address " + socket.inet_ntoa(struct.pack(">I", address))
    if 0 < address < 256:
        host = "name " + (await reader.readuntil(b"\0"))[:-1].decode()
    log(f"socks4 {host} {port} as {user}")
    writer.write(b"\x00\x5a" + bytes(6))
    await join(reader, writer, port)


# --- HTTP ------------------------------------------------------------------

async def read_head(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    return head[0].split(" "), {k.lower(): v for k, v in fields.items()}


def is_authorized(fields):
    """RFC 7617 leaves the encoding open: GIO says UTF-8, libsoup Latin-1."""
    said = fields.get("proxy-authorization")
    both = (f"{USER}:{PASSWORD}".encode(e) for e in ("utf-8", "latin-1"))
    return said in ("Basic " + base64.b64encode(b).decode() for b in both)


async def http_proxy(reader, writer, wants_password):
    while True:
        (method, target, _), fields = await read_head(reader)
        if wants_password and not is_authorized(fields):
            log(f"http {method} refused")
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                         b'Proxy-Authenticate: Basic realm="proxy"\r\n'
                         b"Content-Length: 0\r\n\r\n")
            continue
        log(f"http {method} {target}")
        if method != "CONNECT":
            await forward(reader, writer, method, target, fields)
            return
        host, _, port = target.rpartition(":")
        if host in (REFUSED, FORBIDDEN):
            writer.write(b"HTTP/1.1 403 Forbidden\r\n"
                         b"Content-Length: 0\r\n\r\n")
            return
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await join(reader, writer, int(port))
        return


async def forward(reader, writer, method, target, fields):
    """A request for a plain web page, with its body."""
    authority, _, path = target.removeprefix("http://").partition("/")
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    port = int(authority.rpartition(":")[2])
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    kept = "".join(f"{name}: {value}\r\n" for name, value in fields.items()
                   if name not in ("host", "connection")
                   and not name.startswith("proxy-"))
    far_writer.write(f"{method} /{path} HTTP/1.1\r\nHost: {authority}\r\n"
                     f"{kept}Connection: close\r\n\r\n".encode() + body)
    writer.write(await far_reader.read(-1))
    far_writer.close()


@service("http-proxy")
async def http_open(reader, writer):
    await http_proxy(reader, writer, False)


@service("http-proxy-password")
async def http_closed(reader, writer):
    await http_proxy(reader, writer, True)
