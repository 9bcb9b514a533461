"""A web server just big enough for a sign-on, faults included."""

import asyncio
import re
import urllib.parse

MAX_BODY = 1024 * 1024
REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           429: "Too Many",
           500: "Internal Server Error", 503: "Service Unavailable"}

FAULTS = ("http-status", "http-redirect", "http-cut", "http-garbage",
          "http-huge", "http-type", "http-xml", "http-silence", "http-hang-up",
          "http-body", "http-continue", "http-swap", "web-error")
# Faults that spoil an answer; the others do without one.
KEEPS_ANSWER = ("http-cut", "http-garbage", "http-huge", "http-continue",
                "http-swap", "web-error")


class Request:
    """One request; to the faults, a connection like any other."""

    kind = "web"

    def __init__(self, method, target, fields, body, tls, peer):
        self.method, self.fields, self.body = method, fields, body
        self.tls, self.peer = tls, peer
        self.path, _, self.query = target.partition("?")
        self.account_key = None

    def form(self):
        """The fields of a form, or of the query if nothing was posted."""
        text = self.body.decode() if self.body else self.query
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True,
                                           strict_parsing=True))


class Answer:
    def __init__(self, status, body=b"", kind="text/plain", fields=""):
        self.status, self.kind = status, kind
        self.body = body.encode() if isinstance(body, str) else body
        self.fields = fields

    def head(self, length=None):
        return ("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n"
                "%s\r\n" % (self.status, REASONS.get(self.status, "?"),
                            self.kind, len(self.body) if length is None
                            else length, self.fields)).encode()


async def read(reader, tls, peer):
    """The next request, or None at the end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ")
        fields = dict(line.split(":", 1) for line in lines if line)
        fields = {name.strip().lower(): value.strip()
                  for name, value in fields.items()}
        size = int(fields.get("content-length", "0"))
        body = await reader.readexactly(min(size, MAX_BODY))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        return None
    return Request(method, target, fields, body, tls, peer)


async def spoil(fault, answer, writer):
    """Sends @answer as @fault will have it."""
    name = fault.fault
    if name == "http-status":
        answer = Answer(fault.code, "<h1>%d</h1>" % fault.code, "text/html",
                        "Retry-After: %d\r\n" % fault.seconds
                        if fault.seconds >= 1 else "")
    elif name == "http-redirect":
        answer = Answer(fault.code, "", fields="Location: %s\r\n" %
                        (fault.address or "http://127.0.0.1:1/"))
    elif name == "http-garbage":
        answer.body = b'{"response":{"statusCode":2\0\xff'
    elif name == "http-huge":
        answer.body = b" " * (fault.bytes or 10000000) + answer.body
    elif name == "http-type":
        answer = Answer(200, "<html>Welcome to our hotel</html>", "text/html")
    elif name == "http-xml":
        answer = Answer(200, "<response><statusCode>200</statusCode>"
                        "</response>", "text/xml")
    elif name == "http-body":
        answer = Answer(200, bytes.fromhex(fault.hex) if fault.hex
                        else fault.text or "", "text/xml; charset=utf-8")
    elif name == "http-swap":
        was, _, now = (fault.text or "").partition("=>")
        answer.body = re.sub(was.encode(), now.encode(), answer.body,
                             flags=re.S)
    elif name == "http-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * (fault.bytes or 1))
    elif name == "http-silence":
        await asyncio.sleep(fault.seconds)
        return False
    elif name == "http-hang-up":
        return False
    writer.write(answer.head())
    if name == "http-cut":
        writer.write(answer.body[:len(answer.body) // 2])
        return False
    writer.write(answer.body)
    return True
