"""A small MSN client, independent of the C code and of the loopback server.

It speaks MSNP2 to MSNP18 as far as tests need it, asserts little, and
remembers every command it gets.
"""

import asyncio
import base64
import hashlib
import hmac
import http.client
import os
import re
import ssl
import struct
import subprocess
import urllib.parse
import xml.etree.ElementTree as ET

DEADLINE = 15
SITES = [("messengerclear.live.com", "MBI_KEY_OLD"),
         ("messenger.msn.com", None), ("contacts.msn.com", "MBI"),
         ("messengersecure.live.com", "MBI_SSL")]
TEXT_HEAD = ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8"
             "\r\nX-MMS-IM-Format: FN=Arial; EF=; CO=0; CS=0; PF=0\r\n\r\n")
AB = "http://www.msn.com/webservices/AddressBook"
# Unsolicited or not, these have a payload if they end in a number.
PAYLOADS = {"MSG", "NOT", "UBX", "UBN", "UBM", "GCF", "FQY", "IPG"}


class Refused(Exception):
    """The server said no; `code` is its number or HTTP status."""

    def __init__(self, code, text=""):
        super().__init__("%s %s" % (code, text))
        self.code = code


class Line:
    """One command of the server."""

    def __init__(self, text, payload=None):
        self.text, self.payload = text, payload
        self.words = text.split(" ")
        self.name = self.words[0]

    def __repr__(self):
        return self.text

    @property
    def body(self):
        return (self.payload or b"").decode("utf-8", "replace")


class Web:
    """The HTTP side of a server at @url."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.secure, self.host = parts.scheme == "https", parts.hostname
        self.port = parts.port

    def _exchange(self, method, target, body, fields):
        if self.secure:
            link = http.client.HTTPSConnection(
                self.host, self.port, timeout=DEADLINE,
                context=ssl._create_unverified_context())
        else:
            link = http.client.HTTPConnection(self.host, self.port,
                                              timeout=DEADLINE)
        try:
            link.request(method, target, body, fields or {})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            link.close()

    async def ask(self, method, target, body=None, fields=None):
        """(status, headers, body)."""
        return await asyncio.to_thread(self._exchange, method, target, body,
                                       fields)


class Connection:
    """A connection to a notification or switchboard server."""

    def __init__(self):
        self.lines = []
        self.ended = False
        self._grown = asyncio.Event()
        self._reader = self._writer = self._task = None
        self._trid = 0
        self._read = 0

    async def connect(self, host, port):
        self._reader, self._writer = await asyncio.open_connection(
            host, port, limit=1 << 22)
        self._task = asyncio.create_task(self._loop())
        return self

    async def _loop(self):
        try:
            while True:
                text = (await self._reader.readuntil(b"\r\n"))[:-2]
                line = Line(text.decode("utf-8", "surrogateescape"))
                size = line.words[-1]
                if size.isdigit() and len(line.words) > 1 and (
                        line.name in PAYLOADS
                        or re.match("(ADL|RML) 0 ", line.text)):
                    line.payload = await self._reader.readexactly(int(size))
                self.lines.append(line)
                self._grown.set()
        except (asyncio.IncompleteReadError, OSError, ValueError):
            pass
        self.ended = True
        self._grown.set()

    def send(self, text, payload=None):
        """Sends a line; the size of @payload goes at its end."""
        if payload is not None:
            text = "%s %d" % (text, len(payload))
        self._writer.write(text.encode("utf-8", "surrogateescape") + b"\r\n"
                           + (payload or b""))

    def send_raw(self, data):
        self._writer.write(data)

    def next_trid(self):
        self._trid += 1
        return self._trid

    async def wait(self, pattern, deadline=DEADLINE):
        """The next line that @pattern, a regular expression, begins."""
        end = asyncio.get_running_loop().time() + deadline
        while True:
            while self._read < len(self.lines):
                line = self.lines[self._read]
                self._read += 1
                if re.match(pattern, line.text):
                    return line
            if self.ended:
                raise EOFError("closed before %s; got %s" % (
                    pattern, self.lines[-8:]))
            self._grown.clear()
            try:
                await asyncio.wait_for(
                    self._grown.wait(),
                    end - asyncio.get_running_loop().time())
            except asyncio.TimeoutError:
                raise AssertionError("no %s; got %s" % (
                    pattern, self.lines[-8:])) from None

    async def ask(self, name, *params, payload=None):
        """The answer to a command; Refused if it is an error."""
        trid = self.next_trid()
        self.send(" ".join([name, str(trid)] + [str(one) for one in params]),
                  payload)
        line = await self.wait(r"[A-Z0-9]{3} %d(\s|$)" % trid)
        if line.name.isdigit():
            raise Refused(int(line.name), line.text)
        return line

    async def closed(self, deadline=DEADLINE):
        end = asyncio.get_running_loop().time() + deadline
        while not self.ended:
            self._grown.clear()
            await asyncio.wait_for(
                self._grown.wait(),
                end - asyncio.get_running_loop().time())

    def texts(self):
        return [line.text for line in self.lines]

    def forget(self):
        """Makes ready for another connection."""
        self.close()
        self.lines, self._read, self.ended = [], 0, False

    def close(self):
        if self._writer:
            self._writer.close()
        if self._task:
            self._task.cancel()


def derive(key, label):
    def step(message):
        return hmac.new(key, message, hashlib.sha1).digest()
    first = step(label)
    return step(first + label) + step(step(first) + label)[:4]


def proof(secret, nonce, vector=bytes(8)):
    """The blob of SSO; triple DES is left to the openssl command."""
    names = b"WS-SecureConversationSESSION KEY "
    sign, cipher = derive(secret, names + b"HASH"), derive(
        secret, names + b"ENCRYPTION")
    data = subprocess.run(
        ["openssl", "enc", "-des-ede3-cbc", "-K", cipher.hex(), "-iv",
         vector.hex()], input=nonce.encode(), capture_output=True,
        check=True).stdout
    digest = hmac.new(sign, nonce.encode(), hashlib.sha1).digest()
    return base64.b64encode(struct.pack(
        "<7I", 28, 1, 0x6603, 0x8004, 8, 20, len(data)) + vector + digest
        + data).decode()


def escape(text):
    for char, name in (("&", "amp"), ("<", "lt"), (">", "gt"),
                       ('"', "quot")):
        text = text.replace(char, "&%s;" % name)
    return text


def rst_body(email, password, sites=None):
    """A request for tickets for @sites, (site, policy) pairs."""
    wanted = [("http://Passport.NET/tb", None)] + list(sites or SITES)
    requests = "".join(
        '<wst:RequestSecurityToken Id="RST%d"><wst:RequestType>http://schemas'
        ".xmlsoap.org/ws/2004/04/security/trust/Issue</wst:RequestType>"
        "<wsp:AppliesTo><wsa:EndpointReference><wsa:Address>%s</wsa:Address>"
        "</wsa:EndpointReference></wsp:AppliesTo>%s"
        "</wst:RequestSecurityToken>" % (
            number, site, '<wsse:PolicyReference URI="%s"/>' % escape(policy)
            if policy else "") for number, (site, policy) in enumerate(wanted))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://schema'
        's.xmlsoap.org/soap/envelope/" xmlns:wsse="http://schemas.xmlsoap.org'
        '/ws/2003/06/secext" xmlns:wsp="http://schemas.xmlsoap.org/ws/2002/12'
        '/policy" xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/03/addressing'
        '" xmlns:wst="http://schemas.xmlsoap.org/ws/2004/04/trust" xmlns:xsi='
        '"http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3'
        '.org/2001/XMLSchema"><Header><wsse:Security><wsse:UsernameToken Id='
        '"user"><wsse:Username>%s</wsse:Username><wsse:Password xsi:type="xsd'
        ':string">%s</wsse:Password></wsse:UsernameToken></wsse:Security>'
        '</Header><Body><ps:RequestMultipleSecurityTokens xmlns:ps="http://'
        'schemas.microsoft.com/Passport/SoapServices/PPCRL" Id="RSTS">%s'
        "</ps:RequestMultipleSecurityTokens></Body></Envelope>" % (
            escape(email), escape(password), requests))


def local(element):
    return element.tag.rpartition("}")[2]


def elements(root, name):
    return [one for one in root.iter() if local(one) == name]


def texts(root, name):
    return [one.text or "" for one in elements(root, name)]


class Client(Connection):
    """One user's notification session."""

    def __init__(self, email, password, web):
        super().__init__()
        self.email, self.password, self.web = email, password, web
        self.version = None
        self.guid = "{%s}" % "5d3e02ab-0000-4000-8000-%012x" % (
            int.from_bytes(os.urandom(6), "big"))
        self.ticket = None
        # By site: (ticket, secret).
        self.tokens = {}
        self.answered = []

    # Signing on.

    async def sign_on(self, host, port, version=18):
        """To USR OK, waiting for each answer."""
        await self.connect(host, port)
        await self.greet(version)
        if version < 8:
            await self.ask("INF")
        line = await self.begin()
        if line.name == "XFR":
            self.forget()
            place = line.words[3].rsplit(":", 1)
            return await self.sign_on(place[0], int(place[1]), version)
        return await self.prove(line)

    async def greet(self, version):
        self.version = version
        line = await self.ask("VER", "MSNP%d" % version, "CVR0")
        if line.words[2] != "MSNP%d" % version:
            raise Refused("VER", line.text)
        if version > 7:
            await self.ask("CVR", "0x0409 winnt 5.1 i386 MSNMSGR 8.5.1302 "
                           "BC01 " + self.email)

    @property
    def method(self):
        return ("MD5" if self.version < 8 else
                "TWN" if self.version < 15 else "SSO")

    async def begin(self):
        return await self.ask("USR", self.method, "I", self.email)

    async def prove(self, line):
        """Answers the USR S that is @line; USR OK."""
        words = line.words
        if self.version < 8:
            return await self.ask("USR", "MD5", "S", hashlib.md5(
                (words[4] + self.password).encode()).hexdigest())
        if self.version < 12:
            self.ticket = await self.log_in(words[4])
        else:
            policy = "?" + urllib.parse.unquote(words[4]).replace(",", "&") \
                if self.version < 15 else None
            await self.fetch_tokens(policy)
            self.ticket = self.tokens["messenger.msn.com"][0]
        if self.version < 15:
            return await self.ask("USR", "TWN", "S", self.ticket)
        self.ticket, secret = self.tokens["messengerclear.live.com"]
        more = [proof(base64.b64decode(secret), words[5])]
        if self.version > 15:
            more.append(self.guid)
        return await self.ask("USR", "SSO", "S", self.ticket, *more)

    async def nexus(self):
        """Where to log in."""
        _, fields, _ = await self.web.ask("GET", "/rdr/pprdr.asp")
        found = re.search("DALogin=([^,]*)", fields["PassportURLs"])[1]
        return found if "://" in found else "https://" + found

    async def log_in(self, args, place=None, hops=5):
        """A ticket of Passport 1.4."""
        place = place or await self.nexus()
        parts = urllib.parse.urlsplit(place)
        status, fields, _ = await Web(place).ask("GET", parts.path + (
            "?" + parts.query if parts.query else ""), None, {
                "Authorization": "Passport1.4 OrgVerb=GET,OrgURL=http%%3A%%2F"
                "%%2Fmessenger%%2Emsn%%2Ecom,sign-in=%s,pwd=%s,%s" % (
                    urllib.parse.quote(self.email, safe=""),
                    urllib.parse.quote(self.password, safe=""), args)})
        if status == 302 and hops:
            return await self.log_in(args, fields["Location"], hops - 1)
        if status != 200:
            raise Refused(status, fields.get("WWW-Authenticate", ""))
        return re.search("from-PP='([^']*)'",
                         fields["Authentication-Info"])[1]

    async def fetch_tokens(self, policy=None, target="/RST.srf"):
        """Tickets of Passport 3.0, into `tokens`."""
        sites = [(site, policy if one is None else one)
                 for site, one in SITES]
        status, _, body = await self.web.ask(
            "POST", target, rst_body(self.email, self.password, sites),
            {"Content-Type": "text/xml"})
        if status != 200:
            raise Refused(status)
        root = ET.fromstring(body)
        places = texts(root, "redirectUrl")
        if places:
            raise Refused("redirect", places[0])
        for one in elements(root, "RequestSecurityTokenResponse"):
            token = texts(one, "BinarySecurityToken")
            if token:
                self.tokens[texts(one, "Address")[0]] = (
                    token[0], (texts(one, "BinarySecret") or [None])[0])
        if elements(root, "Fault"):
            raise Refused("fault", body.decode())

    # Once signed on.

    def caps(self, value=2416181284, extra=48):
        if self.version < 8:
            return ""
        return " %d:%d" % (value, extra) if self.version > 15 \
            else " %d" % value

    async def change(self, status="NLN", more=""):
        trid = self.next_trid()
        self.send("CHG %d %s%s%s" % (trid, status, self.caps(), more))
        return await self.wait("CHG %d" % trid)

    async def online(self, host, port, version=18):
        """Signs on and shows as available."""
        await self.sign_on(host, port, version)
        if version > 12:
            await self.ask("ADL", payload=b'<ml l="1"></ml>')
        else:
            await self.ask("SYN", "0", *["0"] * (version > 9))
        await self.change()
        return self

    async def say_so(self, message):
        """Sets the personal message."""
        return await self.ask("UUX", payload=(
            "<Data><PSM>%s</PSM><CurrentMedia></CurrentMedia></Data>" %
            escape(message)).encode())

    async def soap(self, operation, inside="", service="abservice",
                   ticket=None):
        """(status, root or None) of an operation on the address book."""
        body = (
            '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.x'
            'mlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XML'
            'Schema-instance"><soap:Header><ABAuthHeader xmlns="%s"><Managed'
            "GroupRequest>false</ManagedGroupRequest><TicketToken>%s</Ticket"
            'Token></ABAuthHeader></soap:Header><soap:Body><%s xmlns="%s">%s'
            "</%s></soap:Body></soap:Envelope>" % (
                AB, escape(ticket or self.ticket), operation, AB, inside,
                operation))
        status, _, answer = await self.web.ask(
            "POST", "/abservice/%s.asmx" % service, body.encode(), {
                "SOAPAction": "%s/%s" % (AB, operation),
                "Content-Type": "text/xml; charset=utf-8"})
        try:
            return status, ET.fromstring(answer)
        except ET.ParseError:
            return status, None

    async def call(self, email):
        """(switchboard, its room's id) with @email rung."""
        line = await self.ask("XFR", "SB")
        board = await Connection().connect(*self.place(line.words[3]))
        try:
            await board.ask("USR", self.name(), line.words[5])
            ringing = await board.ask("CAL", email)
        except Refused:
            board.close()
            raise
        return board, ringing.words[3]

    async def answer(self):
        """The switchboard of the next ring."""
        ring = await self.wait("RNG")
        board = await Connection().connect(*self.place(ring.words[2]))
        await board.ask("ANS", self.name(), ring.words[4], ring.words[1])
        return board

    def name(self):
        """How this user signs on to a switchboard."""
        return self.email + (";" + self.guid if self.version > 15 else "")

    @staticmethod
    def place(text):
        host, _, port = text.rpartition(":")
        return host, int(port)
