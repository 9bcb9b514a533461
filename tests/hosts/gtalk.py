"""A private Prosody for the stock hosts: each way to sign in, and what people
do with one another there."""

import pathlib
import re
import shutil
import sys

import private
import scenario
import tap
from common import artefacts

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "network"), str(TESTS / "servers")]
import headless  # noqa: E402
from xmpp.prosody import HOST, Prosody  # noqa: E402
from xmpp.tokens import KEY, Tokens  # noqa: E402

SECRET = "canary-Wk3-q"
MINA, TOMAS, ANNA, NOBODY = (f"{name}@{HOST}" for name in (
    "mina", "tomas", "anna", "nobody"))
ALIASES = {TOMAS: "Tom Ä.", NOBODY: "Nobody"}

# A domain each: what its server offers, and what an account there needs.
DOMAINS = {
    "sha1.test": 'password_hash = "SHA-1"\n',
    "sha256.test": 'password_hash = "SHA-256"\n',
    "plus.test": 'password_hash = "SHA-256"\n'
                 'classic_bindings = { "tls-exporter" }\n',
    "plain.test": "",
    "token.test": f'classic_token_key = "{KEY}"\n',
    "oauth.test": f'classic_token_key = "{KEY}"\n',
}
MECHANISMS = {
    "sha1.test": "SCRAM-SHA-1", "sha256.test": "SCRAM-SHA-256",
    "plus.test": "SCRAM-SHA-256-PLUS", "plain.test": "PLAIN",
    "token.test": "X-GOOGLE-TOKEN", "oauth.test": "X-OAUTH2",
}
MORE = """modules_enabled = { "classic_signin", "disco", "roster", "saslauth",
  "tls", "posix", "ping", "carbons", "mam", "smacks", "blocklist", "pep",
  "private", "vcard4", "vcard_legacy", "bookmarks", "csi_simple", "version",
  "time", "uptime", "lastactivity", "offline", "http" }
"""


def prosody(t, accounts, **more):
    if shutil.which("prosody") is None:
        tap.skip("Prosody is not there")
    server = Prosody(accounts, **more)
    t.at_end(server.__exit__)
    return server


def settings(server, **more):
    return {**private.custom_server("127.0.0.1", server.port),
            "security": "required", **more}


# --- signing in ---------------------------------------------------------------

def signs_in(t, host_class):
    """Six accounts, each in a way of its own, at once."""
    server = prosody(t, {}, settings=MORE, hosts=DOMAINS)
    for domain in DOMAINS:
        server.register("mina", SECRET, domain)
    certificate, key = t.certificate()
    tokens = Tokens(certificate, key, {
        f"mina@{domain}": SECRET for domain in ("token.test", "oauth.test")})
    t.at_end(tokens.close)
    needs = {
        "plain.test": {"signon": "plain"},
        "token.test": {"signon": "token", "web_url": tokens.url},
        "oauth.test": {"signon": "oauth2", "client_id": "classic",
                       "web_url": tokens.oauth_url},
    }
    server.start()
    accounts = [private.Account(f"mina@{domain}", SECRET, "prpl-googletalk",
                                settings(server, **needs.get(domain, {})))
                for domain in DOMAINS]
    host = host_class(accounts, private.Stage(t.directory() / "stage"),
                      artefacts())
    host.also_accepted = [("localhost", certificate)] + [
        (domain, server.home / "certs" / f"{domain}.crt")
        for domain in DOMAINS]
    with host:
        sign_on_all(host, host_class.name)
        host.until(lambda: len(bound(server)) == len(DOMAINS),
                   lambda: f"all signed on: {bound(server)}")
        tap.equal(dict(mechanisms(server)), MECHANISMS)
        host.screenshot(f"{host_class.name}-xmpp-signs-in.png")
        host.quit()
        tap.lacks(host.log(), SECRET, "the debug log")


def sign_on_all(host, name):
    """Hosts with a profile begin by themselves."""
    if name != "bitlbee":
        return
    host.irc.tell("account on")
    # Accounts that share a server are asked each on their own.
    online = 0
    while online < len(host.accounts):
        if "Logged in" in host.irc.wait("Logged in|certificate of"):
            online += 1
        else:
            host.irc.tell("yes")


def mechanisms(server):
    return re.findall(r"(\S+\.test):classic_signin\s+info\s+signs in by "
                      r"([^;]+);", server.log())


def bound(server):
    """Who has a session."""
    return set(re.findall(r"Resource bound: mina@(\S+?)/", server.log()))


def cases(host_class):
    """Marks the cases of a host, for main()."""
    def xmpp_signs_in(t):
        signs_in(t, host_class)
    tap.case(xmpp_signs_in)
