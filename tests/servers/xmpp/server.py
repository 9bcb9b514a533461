"""A small XMPP server of our own, for what no other does on demand: SASL2 with
Bind 2, FAST and stream management (XEP-0388, 0386, 0484, 0198), its answers
held back or spoiled.

    with Server({"mina": "secret"}) as server:
        server.port           STARTTLS
        server.tls_port       TLS at once
        server.hold = ["starttls", "authenticate", "roster"]
        server.edit = lambda kind, xml, session: xml
        server.wait("<presence")

What it is asked it answers; what it is told it writes down. With @hold it
keeps its answers until it has read what is named: a client that waits for one
of them before it says that gets nowhere, so the list is the number of round
trips there were.
"""

import base64
import datetime
import hashlib
import pathlib
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape, quoteattr

from . import sasl

HOST = "gtalk.test"
DEADLINE = 20.0

STREAMS = "http://etherx.jabber.org/streams"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
SASL2 = "urn:xmpp:sasl:2"
BIND = "urn:ietf:params:xml:ns:xmpp-bind"
BIND2 = "urn:xmpp:bind:0"
FAST = "urn:xmpp:fast:0"
SM = "urn:xmpp:sm:3"
CARBONS = "urn:xmpp:carbons:2"
STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"
ROSTER = "jabber:iq:roster"
INFO = "http://jabber.org/protocol/disco#info"

# What SASL2 takes along unless the test says otherwise.
INLINE = ("bind", "sm", "carbons", "resume", "pipelining")


def make_certificate(home, name, days=2):
    """(certificate, key): files for @name, signed by nobody."""
    paths = home / f"{name}.crt", home / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         str(days), "-subj", f"/CN={name}", "-addext",
         f"subjectAltName=DNS:{name}", "-keyout", str(paths[1]), "-out",
         str(paths[0])], check=True, capture_output=True)
    return paths


def tag(element):
    """(namespace, name)"""
    namespace, _, name = element.tag[1:].partition("}")
    return (namespace, name) if element.tag[0] == "{" else ("", element.tag)


def child(element, namespace, name):
    return element.find(f"{{{namespace}}}{name}") if element is not None \
        else None


class Resumable:
    """What is left of a stream that may be gone on with."""

    def __init__(self, address):
        self.id = secrets.token_hex(6)
        self.address = address
        self.handled = 0
        self.sent = 0
        self.unacked = []


class Session(threading.Thread):
    """One connection.

    @heard: all the client wrote, as text; @said: all it was answered
    """

    def __init__(self, server, link, direct, number):
        super().__init__(daemon=True)
        self.server, self.link, self.number = server, link, number
        self.direct, self.encrypted = direct, False
        self.heard, self.said = "", ""
        self.hold = list(server.hold)
        # Tests say things, too.
        self.saying, self.pending = threading.RLock(), ""
        self.exchange = self.request = self.user = self.address = None
        self.counting = None
        self.failed = None
        self.parser = None
        self.depth = 0

    # Reading and writing.

    def run(self):
        try:
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.direct:
                self.start_tls()
            self.restart()
            while data := self.link.recv(65536):
                self.note("heard", data.decode(errors="replace"))
                self.feed(data)
        except (OSError, ElementTree.ParseError) as error:
            self.failed = error
        finally:
            self.link.close()
            self.note("heard", "<!-- closed -->")

    def note(self, which, text):
        with self.server.changed:
            setattr(self, which, getattr(self, which) + text)
            self.server.changed.notify_all()

    def restart(self):
        self.parser = ElementTree.XMLPullParser(("start", "end"))
        self.depth = 0

    def feed(self, data):
        self.parser.feed(data)
        parser = self.parser
        for event, element in parser.read_events():
            self.depth += 1 if event == "start" else -1
            if event == "start" and self.depth == 1:
                self.open(element)
            elif event == "end" and self.depth == 1:
                self.handle(element)
                self.release(element)
            if parser is not self.parser:
                return

    def say(self, kind, xml):
        """@kind: what it is, for those who spoil it"""
        with self.saying:
            self.pending += self.server.edit(kind, xml, self)
            if not self.hold:
                self.flush()

    def flush(self):
        with self.saying:
            if self.pending:
                data, self.pending = self.pending, ""
                self.note("said", data)
                self.link.sendall(data.encode())

    def release(self, element):
        """What was waited for is there."""
        names = {tag(element)[1]} | {tag(part)[0] for part in element}
        if ROSTER in names:
            names.add("roster")
        if self.hold and self.hold[0] in names:
            self.hold.pop(0)
            self.flush()

    def start_tls(self):
        self.link = self.server.context.wrap_socket(self.link,
                                                    server_side=True)
        self.encrypted = True

    # The ladder.

    def open(self, header):
        self.say("header",
                 "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                 f"xmlns:stream='{STREAMS}' version='1.0' id='s{self.number}' "
                 f"from='{self.server.host}'>")
        self.say("features", self.features())

    def features(self):
        server = self.server
        if self.user:
            inside = ("<ver xmlns='urn:xmpp:features:rosterver'/>"
                      f"<sm xmlns='{SM}'/><bind xmlns='{BIND}'/>")
        elif server.encryption and not self.encrypted:
            inside = f"<starttls xmlns='{TLS}'><required/></starttls>"
        else:
            inside = self.sign_in_features(server)
        return f"<stream:features>{inside}</stream:features>"

    @staticmethod
    def sign_in_features(server):
        def listed(names):
            return "".join(f"<mechanism>{name}</mechanism>" for name in names)

        bind = "".join(f"<feature var='{var}'/>" for var, word in
                       ((CARBONS, "carbons"), (SM, "sm"))
                       if word in server.inline)
        inline = ""
        if "bind" in server.inline:
            inline += f"<bind xmlns='{BIND2}'><inline>{bind}</inline></bind>"
        if "resume" in server.inline:
            inline += f"<sm xmlns='{SM}'/>"
        if server.fast:
            inline += f"<fast xmlns='{FAST}'>{listed(server.fast)}</fast>"
        found = ""
        if server.sasl1:
            found += (f"<mechanisms xmlns='{SASL}'>{listed(server.sasl1)}"
                      "</mechanisms>")
        if server.sasl2:
            found += (f"<authentication xmlns='{SASL2}'>"
                      f"{listed(server.sasl2)}<inline>{inline}</inline>"
                      "</authentication>")
        if "pipelining" in server.inline:
            found += "<pipelining xmlns='urn:xmpp:features:pipelining'/>"
        return found + (
            "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>"
            "<channel-binding type='tls-server-end-point'/>"
            "</sasl-channel-binding>")

    def handle(self, element):
        namespace, name = tag(element)
        if (namespace, name) == (TLS, "starttls"):
            self.say("proceed", f"<proceed xmlns='{TLS}'/>")
            self.release(element)
            self.flush()
            self.start_tls()
            self.restart()
        elif namespace in (SASL, SASL2):
            self.sign_in(namespace, name, element)
        elif namespace == SM:
            self.manage(name, element)
        elif not self.user:
            self.say("error", "<stream:error><not-authorized xmlns='urn:ietf:"
                     "params:xml:ns:xmpp-streams'/></stream:error>"
                     "</stream:stream>")
            self.flush()
            self.link.close()
            raise OSError("a stanza came too early")
        elif namespace == "jabber:client":
            if self.counting:
                self.counting.handled += 1
            if name == "iq":
                self.answer(element)

    # Signing in.

    def sign_in(self, namespace, name, element):
        data = element.text or ""
        if name in ("auth", "authenticate"):
            mechanism = element.get("mechanism")
            self.request = element
            offered = self.server.sasl1 if name == "auth" else \
                [*self.server.sasl2, *self.server.fast]
            if name == "authenticate":
                first = child(element, SASL2, "initial-response")
                data = first.text if first is not None else ""
            self.exchange = mechanism in offered and sasl.start(
                mechanism, self.server, offered, self.server.end_point)
            if not self.exchange:
                return self.refuse(namespace, "invalid-mechanism")
        kind, result = self.exchange.step(base64.b64decode(data or ""))
        if kind == "challenge":
            text = base64.b64encode(result).decode()
            self.say(kind, f"<challenge xmlns='{namespace}'>{text}"
                     "</challenge>")
        elif kind == "failure":
            self.refuse(namespace, result)
        elif namespace == SASL:
            self.user = self.exchange.user
            text = base64.b64encode(result).decode()
            self.say("success", f"<success xmlns='{SASL}'>{text}</success>")
            self.restart()
        else:
            self.succeed(result)

    def refuse(self, namespace, condition):
        self.say("failure", f"<failure xmlns='{namespace}'><{condition} "
                 f"xmlns='{SASL}'/></failure>")

    def succeed(self, data):
        """The success of SASL2, with all that was asked for along with it."""
        self.user = self.exchange.user
        xml = f"<success xmlns='{SASL2}'>"
        if data:
            xml += ("<additional-data>" + base64.b64encode(data).decode() +
                    "</additional-data>")
        resumed = self.resume(child(self.request, SM, "resume"))
        xml += resumed or ""
        bind = child(self.request, BIND2, "bind")
        if bind is not None and not (resumed or "").startswith("<resumed"):
            xml += self.bind2(bind)
        xml += self.new_token()
        self.say("success", f"{xml}<authorization-identifier>"
                 f"{self.address or self.server.bare(self.user)}"
                 "</authorization-identifier></success>")
        self.say("features", self.features())
        if (resumed or "").startswith("<resumed"):
            self.send_again()

    def bind2(self, bind):
        label = child(bind, BIND2, "tag")
        self.address = (f"{self.server.bare(self.user)}/"
                        f"{label.text if label is not None else 'x'}"
                        f"~{self.number}")
        xml = ""
        enable = child(bind, SM, "enable")
        if enable is not None and "sm" in self.server.inline:
            xml = self.enable()
        self.server.carbons = child(bind, CARBONS, "enable") is not None
        return f"<bound xmlns='{BIND2}'>{xml}</bound>"

    def new_token(self):
        """For who asks, and for who comes with one that is to be changed."""
        server = self.server
        wanted = child(self.request, FAST, "request-token")
        used = isinstance(self.exchange, sasl.Hashed)
        if wanted is None and not (used and server.rotate):
            return ""
        mechanism = (wanted.get("mechanism") if wanted is not None
                     else self.exchange.mechanism)
        token = secrets.token_urlsafe(16)
        server.tokens[self.user, mechanism] = token
        expiry = (datetime.datetime.now(datetime.timezone.utc)
                  + datetime.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (f"<token xmlns='{FAST}' token={quoteattr(token)} "
                f"expiry='{expiry}'/>")

    # Stream management.

    def enable(self):
        self.counting = Resumable(self.address)
        self.server.resumable[self.counting.id] = self.counting
        return (f"<enabled xmlns='{SM}' id='{self.counting.id}' "
                "resume='true' max='60'/>")

    def resume(self, request):
        """None if nobody asked."""
        if request is None:
            return None
        old = self.server.resumable.get(request.get("previd"))
        if old is None:
            return (f"<failed xmlns='{SM}'><item-not-found xmlns='{STANZAS}'/>"
                    "</failed>")
        self.counting, self.address = old, old.address
        self.drop(int(request.get("h")))
        return (f"<resumed xmlns='{SM}' previd='{old.id}' h='{old.handled}'/>")

    def drop(self, handled):
        old = self.counting
        while old.unacked and old.sent - len(old.unacked) < handled:
            old.unacked.pop(0)

    def send_again(self):
        for xml in self.counting.unacked:
            self.say("stanza", xml)

    def manage(self, name, element):
        if name == "r" and self.counting:
            self.say("a", f"<a xmlns='{SM}' h='{self.counting.handled}'/>")
        elif name == "a" and self.counting:
            self.drop(int(element.get("h")))
        elif name == "enable" and self.address:
            self.say("enabled", self.enable())
        elif name == "resume" and self.user:
            xml = self.resume(element)
            self.say("resumed", xml)
            if xml.startswith("<resumed"):
                self.send_again()

    # Stanzas.

    def send(self, xml):
        """A stanza to the client."""
        if self.counting:
            self.counting.sent += 1
            self.counting.unacked.append(xml)
        self.say("stanza", xml)

    def answer(self, iq):
        if iq.get("type") not in ("get", "set"):
            return
        parts = {tag(part)[0]: part for part in iq}
        head = f"<iq id={quoteattr(iq.get('id'))}"
        if iq.get("to"):
            head += f" from={quoteattr(iq.get('to'))}"
        if BIND in parts:
            name = child(parts[BIND], BIND, "resource")
            self.address = (f"{self.server.bare(self.user)}/"
                            f"{name.text if name is not None else 'x'}")
            inside = (f"<bind xmlns='{BIND}'><jid>{escape(self.address)}"
                      "</jid></bind>")
        elif ROSTER in parts and iq.get("type") == "get":
            items = "".join(f"<item jid='{jid}' subscription='both'/>"
                            for jid in self.server.roster)
            inside = f"<query xmlns='{ROSTER}'>{items}</query>"
        elif INFO in parts:
            inside = (f"<query xmlns='{INFO}'><identity category='server' "
                      "type='im' name='scripted'/>"
                      f"<feature var='{CARBONS}'/></query>")
        elif iq.get("type") == "set":
            inside = ""
        else:
            self.send(f"{head} type='error'><error type='cancel'><service-"
                      f"unavailable xmlns='{STANZAS}'/></error></iq>")
            return
        self.send(f"{head} type='result'>{inside}</iq>")


class Server:
    """
    @sasl2, @sasl1: mechanisms, of either frame; none: it does not exist
    @fast: mechanisms of tokens
    @inline: what SASL2 takes along
    @rotate: each sign-in with a token gives another one
    @certificate: the name the certificate is for
    @iterations: how often a password is hashed
    @encryption: False: it has none
    @ports: for STARTTLS and for TLS at once
    @pair: files of a certificate and its key that are there already
    """

    def __init__(self, accounts, sasl2=("SCRAM-SHA-256", "PLAIN"),
                 sasl1=("SCRAM-SHA-1", "PLAIN"), fast=("HT-SHA-256-ENDP",),
                 inline=INLINE, rotate=False, certificate=HOST, host=HOST,
                 roster=("tomas@gtalk.test",), iterations=4096,
                 encryption=True, ports=(0, 0), pair=None):
        self.accounts, self.host, self.roster = accounts, host, roster
        self.iterations, self.encryption = iterations, encryption
        self.sasl2, self.sasl1 = list(sasl2), list(sasl1)
        self.fast, self.inline, self.rotate = list(fast), inline, rotate
        self.hold, self.edit = [], lambda kind, xml, session: xml
        self.tokens, self.resumable = {}, {}
        self.carbons = False
        self.sessions = []
        self.changed = threading.Condition()
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="classic-xmpp-"))
        self.show(certificate, pair)
        self.listeners = [socket.create_server(("127.0.0.1", port))
                          for port in ports]
        self.port, self.tls_port = (listener.getsockname()[1]
                                    for listener in self.listeners)
        for listener, direct in zip(self.listeners, (False, True)):
            threading.Thread(target=self._accept, args=(listener, direct),
                             daemon=True).start()

    def show(self, name, pair=None):
        """From now on the certificate is one for @name."""
        self.certificate, key = pair or make_certificate(self.home, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        context.set_alpn_protocols(["xmpp-client"])
        self.context = context
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        self.end_point = hashlib.sha256(der).digest()

    def _accept(self, listener, direct):
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            session = Session(self, link, direct, len(self.sessions) + 1)
            with self.changed:
                self.sessions.append(session)
                self.changed.notify_all()
            session.start()

    # Who is who.

    def bare(self, user):
        return f"{user}@{self.host}"

    def password(self, user):
        return self.accounts.get(user)

    def token(self, user, mechanism):
        return self.tokens.get((user, mechanism))

    # What was heard.

    @property
    def last(self):
        return self.sessions[-1]

    def heard(self):
        return "\n".join(session.heard for session in self.sessions)

    def wait(self, pattern, number=None, deadline=DEADLINE):
        """Until a session (the @number th, or any) has heard that."""
        until = time.monotonic() + deadline
        with self.changed:
            while True:
                text = (self.heard() if number is None else
                        self.sessions[number].heard
                        if number < len(self.sessions) else "")
                match = re.search(pattern, text, re.S)
                if match:
                    return match
                if not self.changed.wait(until - time.monotonic()):
                    raise AssertionError(f"{pattern} did not come, but:\n"
                                         + self.heard()[-3000:])

    def cut(self):
        """The links break."""
        for session in self.sessions:
            try:
                session.link.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        for listener in self.listeners:
            listener.close()
        self.cut()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
