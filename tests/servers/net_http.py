"""A web server with pages for every way a request can go."""

import asyncio
import gzip
import hashlib

from net_services import log, service


async def read_request(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _ = head[0].split(" ")
    fields = dict(line.split(": ", 1) for line in head[1:] if line)
    fields = {name.lower(): value for name, value in fields.items()}
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    return method, target, fields, body


def answer(writer, status, body=b"", fields=""):
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
    writer.write(head.encode() + body)


async def endless(writer):
    """A body without an end, in chunks."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"2000\r\n" + b"x" * 8192 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)  # to hear that the other side is gone


def bomb(writer):
    body = gzip.compress(b"x" * 10000000)
    answer(writer, "200 OK", body, "Content-Encoding: gzip\r\n")


def describe(method, target, fields, body):
    lines = [f"{method} {target}"]
    lines += sorted(f"{name}: {value}" for name, value in fields.items())
    return "\n".join(lines).encode() + b"\n\n" + body


async def page(writer, method, target, fields, body):
    match target.partition("?")[0]:
        case "/hello":
            answer(writer, "200 OK", b"hello", "X-Thing: one\r\n")
        case "/describe":
            answer(writer, "200 OK", describe(method, target, fields, body),
                   "Set-Cookie: crumb=1; Path=/\r\n")
        case "/moved":
            answer(writer, "302 Found", b"away",
                   "Location: /describe\r\n")
        case "/private":
            answer(writer, "401 Unauthorized", b"who?",
                   'WWW-Authenticate: Basic realm="it"\r\n')
        case "/digest":
            digest = hashlib.sha256(body).hexdigest()
            answer(writer, "201 Created",
                   f"{method} {len(body)} {digest}".encode())
        case "/size":
            answer(writer, "200 OK", b"x" * int(target.partition("?")[2]))
        case "/endless":
            await endless(writer)
        case "/bomb":
            bomb(writer)
        case "/cut":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return False
        case "/nothing":
            return False
        case "/garbage":
            writer.write(b"\x00\x01\x02 what is this?\r\n\r\n")
            return False
        case "/silence":
            await asyncio.sleep(3600)
        case _:
            answer(writer, "404 Not Found")
    return True


async def web(reader, writer):
    log("web connected")
    while True:
        request = await read_request(reader)
        log(f"web {request[0]} {request[1]}")
        if not await page(writer, *request):
            return
        await writer.drain()
        if request[2].get("connection", "").lower() == "close":
            return


service("http")(web)
for kind in ("good", "self", "name", "expired", "good-1.1"):
    service("https-" + kind, tls=kind)(web)
