"""What the tests of the Google Talk module share: people on a private
Prosody, and ways to it that can be cut."""

import base64
import pathlib
import socket
import ssl
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "support"), str(TESTS / "servers")]
import headless  # noqa: E402
from tap import case, equal  # noqa: E402
from xmpp.prosody import Prosody  # noqa: E402

SECRET = "canary-Wk3-q"
DEADLINE = 20
SCRIPTS = ["plain", "é ё ß", "漢字かな", "שלום عليكم", "🙂👩‍👧", "a < b & c > \"d\""]


def markup(text):
    """@text as hosts write it."""
    return text.replace("&", "&amp;").replace("<", "&lt;") \
               .replace(">", "&gt;").replace('"', "&quot;")


class Cable:
    """A way to the server that can be cut: both ends see their link end."""

    def __init__(self, port):
        self.server = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        self.whole = True
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            if not self.whole:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.server))
            self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(one, other),
                                 daemon=True).start()

    @staticmethod
    def _pump(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self, whole=True):
        """@whole: one can connect again at once"""
        self.whole = whole
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def mend(self):
        self.whole = True

    def close(self):
        self.listener.close()
        self.cut()


class Raw:
    """Somebody who writes stanzas by hand."""

    def __init__(self, server, name, password=SECRET):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.server, self.seen = server, ""
        self.socket = context.wrap_socket(
            socket.create_connection(("127.0.0.1", server.tls_port), 20))
        self.begin("</stream:features>")
        secret = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                 f"mechanism='PLAIN'>{secret}</auth>", "<success")
        self.begin("</stream:features>")
        self.say("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:"
                 "ns:xmpp-bind'/></iq>", "</iq>")

    def begin(self, until):
        self.say("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                 "xmlns:stream='http://etherx.jabber.org/streams' "
                 f"version='1.0' to='{self.server.host}'>", until)

    def say(self, xml, until=None):
        """Writes @xml; reads up to @until, of what comes from now on."""
        self.seen = ""
        self.socket.sendall(xml.encode())
        while until is not None and until not in self.seen:
            self.more()

    def more(self):
        """Reads what comes next."""
        data = self.socket.recv(65536)
        if not data:
            raise AssertionError(f"hung up after {self.seen}")
        self.seen += data.decode(errors="replace")

    def enter(self, room, nick):
        """Goes into @room. Who has just made it may not have opened it yet:
        then once more."""
        until = time.monotonic() + DEADLINE
        while True:
            self.say(f"<presence to='{room}/{nick}'><x xmlns='http://jabber."
                     "org/protocol/muc'/></presence>", "</presence>")
            while "110" not in self.seen and "item-not-found" not in self.seen:
                self.more()
            if "110" in self.seen:
                return
            if time.monotonic() > until:
                raise AssertionError(f"{room} stays closed: {self.seen}")

    def close(self):
        self.socket.close()


class Scene:
    def __init__(self, t, settings="", names=("mina", "tomas"), **more):
        self.server = Prosody({name: SECRET for name in names}, settings,
                              **more)
        t.at_end(self.server.__exit__)
        self.server.start()
        self.client = headless.Headless()
        t.at_end(self.client.close)
        self.t = t

    def address(self, name):
        return f"{name}@{self.server.host}"

    def raw(self, name):
        raw = Raw(self.server, name)
        self.t.at_end(raw.close)
        return raw

    def account(self, name, password=SECRET, client=None, **options):
        settings = {"network": "custom", "server": "127.0.0.1",
                    "port": self.server.port}
        settings.update(options)
        return (client or self.client).account(
            name, "prpl-googletalk", self.address(name), password, **settings)

    def trust(self, account, client=None):
        """Connects; the first time the certificate is asked about."""
        account.connect()
        question = account.wait("request")
        (client or self.client).call("answer", question["id"], 0)
        self.online(account)

    @staticmethod
    def online(account):
        event = account.wait(lambda e: e["event"] in ("connected", "error"))
        equal(event["event"], "connected", str(event))

    def pair(self, **options):
        mina = self.account("mina", **options)
        tomas = self.account("tomas", **options)
        self.trust(mina)
        tomas.sign_on()
        return mina, tomas

    def befriend(self, one, other, name, back):
        """Both see each other."""
        one.buddy_add(self.address(name), "Friends")
        question = other.wait("request", title=lambda t: True)
        self.client.call("answer", question["id"], 0)
        one.wait("buddy-on", who=self.address(name))


def scene(function=None, **options):
    def mark(body):
        def run(t):
            body(Scene(t, **options))
        run.__name__ = body.__name__
        run.__doc__ = body.__doc__
        return case(run)
    return mark(function) if function else mark
