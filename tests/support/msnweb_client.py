"""An independent client of MSN's web gateway, for tests of its server.

It shares nothing with the server nor with the C code: it is written from the
same public record, and from nothing else.
"""

import asyncio
import hashlib
import re
import struct
import urllib.parse

OPEN = "Version=1&Protocol=mtp&Action=open&Server=NS&IP=none"
EPID = "{aaaaaaaa-0000-4000-8000-000000000001}"
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0"}
LOGIN = ("/login.srf?wa=wsignin1.0&ct=1412223901&rver=6.1.6206.0&sa=1"
         "&ntprob=-1&wp=MBI_SSL_SHARED&wreply=https:%2F%2Fmail.live.com%2F"
         "%3Fowa%3D1%26owasuffix%3Dowa%252f&id=64855&snsc=1&cbcxt=mail")
ABCORE = ("/people/abcore?SerializeAs=xml&market=en-gb&appid=3C48F07D-DE71-"
          "490C-B263-A78CFB1CA351&version=W5.M2")
CONNECT = (b"<connect><ver>2</ver><agent><os>winnt</os><osVer>5.2</osVer>"
           b"<proc>x86</proc><lcid>en-us</lcid></agent></connect>")
SUBSCRIBE = ("<subscribe><presence><buddies><all /></buddies></presence>"
             "<messaging><im /><conversations /></messaging><notifications>"
             "<partners><partner>Hotmail</partner><partner>ABCH</partner>"
             "</partners></notifications></subscribe>")


class Heard:
    """A command of the server's."""

    def __init__(self, line, payload):
        self.line, self.payload = line, payload
        self.words = line.split(" ")
        self.verb = self.words[0]
        self.trid = int(self.words[1]) if self.words[1].isdigit() else 0
        self.target = self.words[2] if len(self.words) > 3 else ""

    def __repr__(self):
        return "%s %r" % (self.line, self.payload)

    def header(self, name):
        match = re.search(r"^%s: (.*?)\r$" % re.escape(name),
                          self.payload.decode(), re.M | re.I)
        return match and match[1]

    @property
    def content(self):
        """What is behind the last block."""
        parts = self.payload.split(b"\r\n\r\n")
        return parts[-1].decode()


def split_commands(data):
    found = []
    while data:
        line, _, rest = data.partition(b"\r\n")
        words = line.split(b" ")
        size = int(words[-1]) if words[-1].isdigit() else 0
        if words[0] in (b"QNG",):
            size = 0
        assert len(rest) >= size, (line, len(rest))
        found.append(Heard(line.decode(), rest[:size]))
        data = rest[size:]
    return found


def cmd(verb, trid, target, payload):
    payload = payload.encode() if isinstance(payload, str) else payload
    return b"%s %d %s %d\r\n%s" % (verb.encode(), trid, target.encode(),
                                   len(payload), payload)


def lock(nonce):
    """The answer to a challenge."""
    text = nonce.encode()
    words = struct.unpack("<4I", hashlib.md5(
        text + b"YMM8C_H7KCQ2S_KL").digest())
    half = [word & 0x7FFFFFFF for word in words]
    text += b"PROD0090YUAUV{2B"
    while len(text) % 8:
        text += b"0"
    numbers = struct.unpack("<%dI" % (len(text) // 4), text)
    high = low = 0
    for at in range(0, len(numbers), 2):
        t = (0x0E79A9C1 * numbers[at]) % 0x7FFFFFFF + high
        t = (t * half[0] + half[1]) % 0x7FFFFFFF
        high = (numbers[at + 1] + t) % 0x7FFFFFFF
        high = (high * half[2] + half[3]) % 0x7FFFFFFF
        low += high + t
    high = (high + half[1]) % 0x7FFFFFFF
    low = (low + half[3]) % 0x7FFFFFFF
    return struct.pack("<4I", words[0] ^ high, words[1] ^ low,
                       words[2] ^ high, words[3] ^ low).hex()


class Response:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def field(self, name):
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return None

    @property
    def commands(self):
        return split_commands(self.body)


async def exchange(port, method, target, fields=None, body=b""):
    """One request over a connection of its own; None if that is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    fields = dict({"Host": "127.0.0.1:%d" % port}, **(fields or {}))
    if method == "POST":
        fields["Content-Length"] = len(body)
    head = "%s %s HTTP/1.1\r\n" % (method, target) + "".join(
        "%s: %s\r\n" % pair for pair in fields.items()) + "\r\n"
    try:
        writer.write(head.encode() + body)
        raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = raw[:-4].split("\r\n")
        pairs = [tuple(line.split(": ", 1)) for line in lines]
        response = Response(int(first.split(" ")[1]), pairs, b"")
        response.body = await reader.readexactly(
            int(response.field("Content-Length")))
        return response
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    finally:
        writer.close()


class Client:
    """Somebody at the gateway."""

    def __init__(self, port, login="alice@example.com",
                 address="8:live:alice", epid=EPID):
        self.port, self.login = port, login
        self.address, self.epid = address, epid
        self.cookies, self.session, self.token = {}, None, None
        self.trid = 0
        self.heard = []

    # Signing in.

    def _jar(self, response):
        for name, value in response.fields:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]

    def jar(self):
        return {"Cookie": "; ".join("%s=%s" % pair
                                    for pair in self.cookies.items())}

    async def page(self):
        response = await exchange(self.port, "GET", LOGIN, AGENT)
        self._jar(response)
        self.cookies["CkTst"] = "G1412223901000"
        return response

    async def sign_in(self, password="secret"):
        """The answer of post.srf."""
        text = (await self.page()).body.decode()
        token = re.search(r'name="PPFT" id="i0327" value="([^"]*)"', text)[1]
        return await self.post(password, token)

    async def post(self, password, token, **more):
        form = urllib.parse.urlencode(dict(
            {"login": self.login, "passwd": password, "PPFT": token,
             "loginoptions": "3"}, **more))
        response = await exchange(
            self.port, "POST", "/ppsecure/post.srf?wa=wsignin1.0&id=64855",
            dict(AGENT, **self.jar(), **{
                "Content-Type": "application/x-www-form-urlencoded"}),
            form.encode())
        self._jar(response)
        return response

    async def get(self, target):
        return await exchange(self.port, "GET", target, self.jar())

    # The gateway.

    def fields(self):
        return dict(self.jar(), **{
            "X-MSN-Auth": "Use-Cookie", "Pragma": "No-Cache",
            "Content-Type": "text/html; charset=UTF-8"})

    def _note(self, response):
        if response is None:
            return response
        said = response.field("X-MSN-Messenger")
        if said:
            items = dict(one.strip().split("=", 1)
                         for one in said.split(";"))
            self.session = items["SessionID"]
        if response.status == 200:
            for one in response.commands:
                self.heard.append(one)
                self.token = one.header("Set-Registration") or self.token
        return response

    async def gateway(self, query, body=b"", fields=None):
        return self._note(await exchange(
            self.port, "POST", "/gateway/gateway.dll?" + query,
            dict(self.fields(), **(fields or {})), body))

    def opening(self, uic="dGVzdC11aWM="):
        return (cmd("CNT", 1, "CON", b"\r\n" + CONNECT)
                + cmd("ATH", 2, "CON\\USER", "\r\n<user><uic>%s</uic>"
                      "<web-compact-ticket /></user>" % uic)
                + cmd("BND", 3, "CON\\MSGR", "\r\n<msgr><ver>2</ver><client>"
                      "<name>msgrliboutlook</name><ver>6.4.0.0</ver></client>"
                      "<epid>%s</epid></msgr>" % self.epid))

    async def open(self, body=None):
        self.trid, self.token = 3, None
        return await self.gateway(OPEN, body or self.opening())

    def data(self, *bodies):
        return self.gateway("SessionID=" + self.session, b"".join(bodies))

    def poll(self, seconds=60):
        return self.gateway("SessionID=%s&Action=poll&Lifespan=%d" % (
            self.session, seconds), b"")

    # Commands.

    def make(self, verb, target, body=b"", headers=""):
        """The bytes of the next command, with the token."""
        self.trid += 1
        body = body.encode() if isinstance(body, str) else body
        head = "Registration: %s\r\n" % self.token if self.token else ""
        return cmd(verb, self.trid, target,
                   (headers + head).encode() + b"\r\n" + body)

    def layers(self, to, inner, content):
        content = content.encode()
        return ("Routing: 1.0\r\nTo: %s\r\nFrom: %s;epid=%s\r\n\r\n"
                "Reliability: 1.0\r\n\r\n%sContent-Length: %d\r\n\r\n" % (
                    to, self.address, self.epid, inner, len(content))
                ).encode() + content

    def challenge(self, nonce="12345678901234567"):
        return self.make("PUT", "MSGR\\CHALLENGE", "<challenge><appId>"
                         "PROD0090YUAUV{2B</appId><response>%s</response>"
                         "</challenge>" % lock(nonce))

    def presence(self, xml, verb="PUT"):
        return self.make(verb, "MSGR\\PRESENCE", self.layers(
            self.address, "Publication: 1.0\r\nUri: /user\r\nContent-Type: "
            "application/user+xml\r\n", xml))

    def status(self, word):
        return self.presence('<user><s n="IM"><Status>%s</Status></s>'
                             '<sep n="IM" epid="%s"><Capabilities>0:4194560'
                             '</Capabilities></sep></user>' % (word,
                                                               self.epid))

    def subscribe(self):
        return self.make("PUT", "MSGR\\SUBSCRIPTIONS", SUBSCRIBE)

    def message(self, to, text, number, kind="Text",
                mime="text/plain; charset=UTF-8"):
        name = "IM-Display-Name: Alice\r\n" if kind == "Text" else ""
        ident = "Client-Message-ID: %d\r\n" % number if number else ""
        return self.make("SDG", "MSGR", self.layers(
            to, "Messaging: 2.0\r\n%sMessage-Type: %s\r\n%sContent-Type: "
            "%s\r\n" % (ident, kind, name, mime), text))

    def ack(self, ident):
        return self.make("ACK", "MSGR", headers="Ack-Id: %s\r\n" % ident)

    async def sign_on(self, status="NLN"):
        """All of it, until others see us."""
        await self.sign_in()
        return await self.reopen(status)

    async def reopen(self, status="NLN"):
        await self.open()
        return await self.data(self.challenge(), self.status(status),
                               self.subscribe())

    async def wait(self, test, polls=20):
        """The first command that fits, polling for it."""
        for _ in range(polls):
            for one in self.heard:
                if test(one):
                    self.heard.remove(one)
                    return one
            await self.poll()
        raise AssertionError("heard only %r" % self.heard)
