"""One user, and a server that does what the test says: what the tests of
signing in to the scripted server share."""

import pathlib
import shutil
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "servers")]
import headless  # noqa: E402
from tap import case, equal  # noqa: E402
from xmpp.server import Server  # noqa: E402

SECRET = "canary-Wk3-q"


class Scene:
    """Mina, and the server she signs on to."""

    def __init__(self, t, **options):
        self.t = t
        self.server = self.new_server(**options)
        self.client = headless.Headless()
        t.at_end(self.client.close)
        # Only those for the right name have been seen and accepted.
        if "certificate" not in options:
            self.trust()

    def new_server(self, **options):
        server = Server({"mina": SECRET}, **options)
        self.t.at_end(server.close)
        return server

    def trust(self, client=None):
        """The user has seen the certificate before."""
        peers = ((client or self.client).profile / "certificates" / "x509"
                 / "tls_peers")
        peers.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.server.certificate, peers / self.server.host)

    def account(self, password=SECRET, direct=False, **options):
        settings = {
            "network": "custom", "server": "127.0.0.1",
            "security": "direct" if direct else "required",
            "port": self.server.tls_port if direct else self.server.port,
        }
        settings.update(options)
        return self.client.account("mina", "prpl-googletalk",
                                   self.server.bare("mina"), password,
                                   **settings)

    def again(self, account):
        """Signs off, and on again. Returns what the server then heard."""
        account.sign_off()
        before = len(self.server.sessions)
        online(account)
        return "".join(session.heard
                       for session in self.server.sessions[before:])

    def refused(self, account):
        account.connect()
        return account.wait("error")

    def asked_for_weaker(self, account):
        """Signs on; somebody asks whether that will do, and is told no."""
        account.connect()
        question = account.wait("request")
        assert "PLAIN" in str(question), question
        self.client.call("answer", question["id"],
                         len(question["actions"]) - 1)
        return account.wait("error")


def online(account):
    account.connect()
    event = account.wait(lambda e: e["event"] in ("connected", "error"))
    equal(event["event"], "connected", str(event))


def scene(function=None, **options):
    def mark(body):
        def run(t):
            body(Scene(t, **options))
        run.__name__ = body.__name__
        run.__doc__ = body.__doc__
        return case(run)
    return mark(function) if function else mark
