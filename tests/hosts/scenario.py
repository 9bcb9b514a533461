"""What every host has to be able to do, written once: sign on, list buddies,
talk, go away and back, and be told of what could not be delivered.

The other side is a peer: somebody inside the loopback server, or a second
client of ours, which works on any server.
"""

import argparse
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import private  # noqa: E402

GREETING = "é ё 漢 🙂"
AWAY_TEXT = "gone fishing"


class EchoPeer:
    """Somebody in the loopback server who repeats what it hears."""

    def __init__(self, server, name="Echo Bird"):
        self.server = server
        self.name = name

    def heard(self, user, text):
        self.server.wait_for(
            {"do": "received", "name": self.name, "sender": user},
            {"messages": {"any": {"text": {"contains": text}}}})

    def say(self, user, text):
        """It has said so already."""

    def sees_away(self, user, away):
        until = {"online": True, "away": away}
        if away:
            until["instances"] = {"any": {"away": {"contains": AWAY_TEXT}}}
        self.server.wait_for({"do": "user", "name": user}, until)


class ClientPeer:
    """A second client of ours, signed on to the same server."""

    def __init__(self, client, account):
        self.client = client
        self.name = account.user
        self.account = client.account("peer", account.protocol, account.user,
                                      account.password, **account.settings)
        self.account.sign_on()

    def heard(self, user, text):
        self.account.wait("line", who=lambda who: _same(who, user),
                          html=lambda said: text in said)

    def say(self, user, text):
        self.account.im(user, text)

    def sees_away(self, user, away):
        status = "away" if away else "available"
        buddies = [b for b in self.account.blist()["buddies"]
                   if _same(b["who"], user)]
        if not buddies:
            self.account.buddy_add(user, "Friends")
        elif buddies[0]["status"] == status:
            return
        self.account.wait(lambda e: e["event"] in ("buddy-on",
                                                   "buddy-status"),
                          who=lambda who: _same(who, user), status=status)


def _same(one, other):
    return (one or "").replace(" ", "").lower() == other.replace(
        " ", "").lower()


def prepare_list(client, account, group, names):
    """Puts @names on the server's list of @account, as that user."""
    own = client.account("list", account.protocol, account.user,
                         account.password, **account.settings)
    own.sign_on()
    for name in names:
        own.buddy_add(name, group)
    # The list is on the server when a fresh sign-on finds it there.
    own.sign_off()


def run(host_class, account, stage, peer, absent, artefacts=None, say=print,
        name=None, aliases=None, accepted=None, more=None):
    """The whole scenario. @absent (or nobody) is somebody on the list who is
    not there and whose server takes no messages for them; @name is what pictures are
    called, @aliases what people are called on the list, and @accepted name
    and file of a certificate the user trusts. @more goes on from there: it
    gets the host and a function to tell of a step."""
    began = time.monotonic()
    name = name or host_class.name

    def step(text):
        say(f"{time.monotonic() - began:6.2f} s  {host_class.name}: {text}")

    host = host_class([account], stage, artefacts)
    host.aliases = aliases or {}
    host.accepted = accepted
    with host:
        step("started")
        host.wait_online()
        host.wait_buddy(peer.name)
        step(f"signed on as {account.user}, {peer.name} is there")
        host.send(peer.name, GREETING)
        peer.heard(account.user, GREETING)
        step(f"{peer.name} heard {GREETING}")
        peer.say(account.user, GREETING)
        host.wait_message(peer.name, GREETING)
        step(f"{peer.name} said {GREETING}")
        host.away(AWAY_TEXT)
        peer.sees_away(account.user, True)
        step("away")
        host.back()
        peer.sees_away(account.user, False)
        step("back")
        host.screenshot(f"{name}.png")
        if absent:
            host.send(absent, "Are you there?")
            failure = host.wait_failure(absent)
            step(f"told: {failure}")
            host.screenshot(f"{name}-failure.png")
        if more:
            more(host, step)
        host.quit()
        step("quit")


def main(host_class):
    """Runs the scenario against a server elsewhere."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("peer")
    parser.add_argument("peer_password", nargs="?")
    parser.add_argument("--absent", default="nobodyhere",
                        help="whom nothing can be sent; nobody if empty")
    parser.add_argument("--shown", action="append", default=[],
                        metavar="NAME=ALIAS", help="what somebody is called "
                        "on the list")
    parser.add_argument("--protocol", default="prpl-aim")
    parser.add_argument("--option", action="append", default=[],
                        metavar="KEY=VALUE", help="a setting of the accounts")
    parser.add_argument("--plugins", help="modules to use, instead of an "
                        "installation of the build tree")
    parser.add_argument("--artefacts", default="artefacts")
    args = parser.parse_args()
    settings = private.custom_server(args.host, args.port)
    settings.update(option.split("=", 1) for option in args.option)
    account = private.Account(args.user, args.password, args.protocol,
                              settings)
    other = private.Account(args.peer, args.peer_password or args.password,
                            args.protocol, settings)
    with tempfile.TemporaryDirectory(prefix="classic-stage-") as directory:
        stage = private.Stage(directory, args.plugins)
        with headless.Headless(plugins=[stage.plugins]) as client:
            prepare_list(client, account, "Friends",
                         [name for name in (other.user, args.absent)
                          if name])
            run(host_class, account, stage, ClientPeer(client, other),
                args.absent, args.artefacts,
                aliases=dict(one.split("=", 1) for one in args.shown))
