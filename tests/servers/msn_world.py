"""What the tests of the MSN server have in common."""

import asyncio
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "support"))

# pylint: disable=wrong-import-position
from msn_client import Client, Refused, Web
from tap import equal, skip

FOREIGN = os.environ.get("TEST_MSN_SERVER")
USERS = [("alice@example.com", "secret", "Alice Test"),
         ("bob@example.com", "secret2", "Bob Test")]
# What differs from run to run, in the transcripts below.
HOLES = {"HEX": "[0-9a-f]+", "COOKIE": "[0-9a-f]{20}", "SID": "[0-9a-f]{31}",
         "GUID": r"\{?[0-9a-f-]{36}\}?", "ADDR": "[0-9.]+:[0-9]+",
         "NONCE": "[A-Za-z0-9+/]{64}", "SIZE": "[0-9]+", "URL": "[^ ]+",
         "ANY": ".*"}


class World:
    """A server, ours or another, with two users on it."""

    def __init__(self, t, config=None, arguments=()):
        self.case, self.server = t, None
        if FOREIGN:
            if config or arguments:
                skip("only for the loopback server")
            host, port = FOREIGN.rsplit(":", 1)
            self.host, self.port = host, int(port)
            self.url = os.environ["TEST_MSN_WEB"]
            self.users = [tuple(user.split(":")) for user in
                          os.environ["TEST_MSN_USERS"].split(",")]
            return
        config = dict({"accounts": [
            {"name": email, "password": password, "nick": nick}
            for email, password, nick in USERS]}, **(config or {}))
        certificate, key = t.certificate()
        self.server = t.msn_server(config, [
            "--cert", str(certificate), "--key", str(key), *arguments])
        t.at_end(faultless, self.server)
        self.host, self.port = "127.0.0.1", self.server.port
        self.url = "https://127.0.0.1:%d" % self.server.web_tls_port
        self.users = USERS

    def user(self, number, email=None, password=None):
        known = self.users[number]
        return self.case.closing(Client(email or known[0],
                                        password or known[1], Web(self.url)))

    async def client(self, number, version=18, **more):
        made = self.user(number, **more)
        await made.sign_on(self.host, self.port, version)
        return made

    async def online(self, number, version=18):
        made = self.user(number)
        return await made.online(self.host, self.port, version)

    def fill(self, text):
        """@text with the users' names for A, B, and their nicks."""
        for at, name in enumerate("AB"):
            email, _, nick = self.users[at]
            text = text.replace("<%s>" % name, email).replace(
                "<nick%s>" % name, nick.replace(" ", "%20"))
        return text

    def transcript(self, lines, want, what="transcript"):
        """Compares lines with a transcript that has holes."""
        want = [self.fill(one) for one in want.strip("\n").split("\n")]
        for have, one in zip(lines + ["(nothing)"] * len(want), want):
            pattern = re.escape(one)
            for name, hole in HOLES.items():
                pattern = pattern.replace("<%s>" % name, hole)
            if not re.fullmatch(pattern, have):
                raise AssertionError("%s: %r is not %r in %s" % (
                    what, have, one, "\n".join(lines)))
        equal(len(lines), len(want), what + ", lines in %r" % lines)


def faultless(server):
    """An error of a server that still runs is the case's."""
    if server.child.poll() is None:
        server.faultless()


def local(t, config=None, arguments=()):
    """A world that has to be the loopback server's."""
    if FOREIGN:
        skip("only for the loopback server")
    return World(t, config, arguments)


async def settle(client):
    """Waits until what is under way to @client has come.

    Escargot gathers presence for a fifth of a second.
    """
    if FOREIGN:
        await asyncio.sleep(0.5)
    client.send("PNG")
    await client.wait("QNG")


async def refused(code, awaitable):
    try:
        await awaitable
    except Refused as error:
        equal(error.code, code, "code")
        return error
    raise AssertionError("was not refused")


CONTACT = ("<abId>00000000-0000-0000-0000-000000000000</abId><contacts>"
           "<Contact><contactInfo><contactType>LivePending</contactType>"
           "<passportName>%s</passportName><isMessengerUser>true"
           "</isMessengerUser></contactInfo></Contact></contacts><options>"
           "<EnableAllowListManagement>true</EnableAllowListManagement>"
           "</options>")


def member(role, email):
    return (
        "<serviceHandle><Id>0</Id><Type>Messenger</Type><ForeignId>"
        "</ForeignId></serviceHandle><memberships><Membership><MemberRole>%s"
        '</MemberRole><Members><Member xsi:type="PassportMember"><Type>'
        "Passport</Type><State>Accepted</State><PassportName>%s"
        "</PassportName></Member></Members></Membership></memberships>" % (
            role, email))


OIM = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
<soap:Header><From memberName="%s" friendlyName="=?utf-8?B?QWxpY2U=?="
 xml:lang="en-US" proxy="MSNMSGR"
 xmlns="http://messenger.msn.com/ws/2004/09/oim/" msnpVer="MSNP15"
 buildVer="8.5.1288"/><To memberName="%s"
 xmlns="http://messenger.msn.com/ws/2004/09/oim/"/><Ticket passport="%s"
 appid="PROD0119GSJUC$18" lockkey="%s"
 xmlns="http://messenger.msn.com/ws/2004/09/oim/"/><Sequence
 xmlns="http://schemas.xmlsoap.org/ws/2003/03/rm"><Identifier
 xmlns="http://schemas.xmlsoap.org/ws/2002/07/utility">http://messenger.msn.com
</Identifier><MessageNumber>%d</MessageNumber></Sequence></soap:Header>
<soap:Body><MessageType
 xmlns="http://messenger.msn.com/ws/2004/09/oim/">text</MessageType><Content
 xmlns="http://messenger.msn.com/ws/2004/09/oim/">MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: base64
X-OIM-Message-Type: OfflineMessage
X-OIM-Run-Id: {3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}
X-OIM-Sequence-Num: 1

aGVsbG8gb2ZmbGluZSDinJM=
</Content></soap:Body></soap:Envelope>"""
RSI = """<?xml version="1.0"?><soap:Envelope
 xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>
<PassportCookie xmlns="http://www.hotmail.msn.com/ws/2004/09/oim/rsi"><t>%s</t>
<p></p></PassportCookie></soap:Header><soap:Body><%s
 xmlns="http://www.hotmail.msn.com/ws/2004/09/oim/rsi">%s</%s></soap:Body>
</soap:Envelope>"""


async def leave_message(client, to, key, number=1):
    """(status, text) of the attempt."""
    status, _, body = await client.web.ask("POST", "/OimWS/oim.asmx", (
        OIM % (client.email, to, client.ticket.replace("&", "&amp;"), key,
               number)).replace("\n", "\r\n").encode(), {
                   "SOAPAction": "http://messenger.live.com/ws/2006/09/oim/"
                   "Store2", "Content-Type": "text/xml; charset=utf-8"})
    return status, body.decode()


async def fetch(client, operation, inside):
    token = re.match("t=(.*)&p=", client.ticket)[1]
    status, _, body = await client.web.ask("POST", "/rsi/rsi.asmx", (RSI % (
        token, operation, inside, operation)).encode(), {
            "SOAPAction": "http://www.hotmail.msn.com/ws/2004/09/oim/rsi/"
            + operation, "Content-Type": "text/xml; charset=utf-8"})
    return status, body.decode()
