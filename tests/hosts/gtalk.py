"""A private Prosody for the stock hosts: each way to sign in, and what people
do with one another there."""

import difflib
import pathlib
import re
import shutil
import sys

import private
import scenario
import tap
from common import artefacts
from hands import HANDS, LenientPidgin
from pidgin import Pidgin

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "network"), str(TESTS / "servers")]
import headless  # noqa: E402
from gtalk_scene import Cable  # noqa: E402
from xmpp.prosody import HOST, Prosody  # noqa: E402
from xmpp.tokens import KEY, Tokens  # noqa: E402

SECRET = "canary-Wk3-q"
MINA, TOMAS, ANNA, NOBODY = (f"{name}@{HOST}" for name in (
    "mina", "tomas", "anna", "nobody"))
ALIASES = {TOMAS: "Tom Ä.", NOBODY: "Nobody"}

# Messages each way, and how often the link is cut meanwhile.
FLOOD, CUTS = 1000, 4

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


# --- what people do --------------------------------------------------------------

class Peer:
    """Somebody else's client, or another of ours; the other side of
    scenario.run()."""

    def __init__(self, client, server, name):
        self.client, self.name = client, f"{name}@{HOST}"
        self.account = client.account(
            name, "prpl-googletalk", self.name, SECRET,
            **settings(server))
        self.account.connect()
        event = self.account.wait(
            lambda e: e["event"] in ("request", "connected"))
        if event["event"] == "request":
            client.answer(event, "Accept")
            self.account.wait("connected")

    def heard(self, user, text):
        self.account.wait("line", who=user, html=lambda said: text in said)

    def say(self, user, text):
        self.account.im(user, text)

    def sees_away(self, user, away):
        status, text = (("away", scenario.AWAY_TEXT) if away else
                        ("available", None))
        tap.wait_until(lambda: (self.buddy(user)["status"],
                                self.buddy(user)["message"]) ==
                       (status, text), f"{user} {status}")

    def buddy(self, user):
        return self.account.buddy(user)

    def listed(self, who):
        """(group, alias) of somebody on the list."""
        return [(b["group"], b["alias"])
                for b in self.account.blist()["buddies"] if b["who"] == who]

    def texts(self, who, start):
        """What @who said that begins with @start."""
        return [line["html"] for line in self.account.seen("line", who=who)
                if "recv" in line["flags"] and line["html"].startswith(start)]


class World:
    """Mina, whom the host is signed on as; Tomas, her friend; Anna, who is
    none yet; and another client of Mina's."""

    def __init__(self, t):
        # By default it gives up a session that 500 stanzas wait for.
        self.server = prosody(t, dict.fromkeys(("mina", "tomas", "anna"),
                                               SECRET),
                              settings="smacks_max_queue_size = 5000\n")
        self.server.put_roster("mina", {
            TOMAS: (ALIASES[TOMAS], "Freundeskreis", "both"),
            NOBODY: (ALIASES[NOBODY], "Freundeskreis", "none")})
        self.server.put_roster("tomas", {MINA: ("", "Friends", "both")})
        self.server.start()
        self.client = headless.Headless()
        t.at_end(self.client.close)
        self.account = private.Account(MINA, SECRET, "prpl-googletalk",
                                       settings(self.server))

    def peer(self, name):
        return Peer(self.client, self.server, name)


def talks(t, host_class):
    """The scenario of every host, and what people do on XMPP."""
    world = World(t)
    tomas = world.peer("tomas")

    def more(host, step):
        hands = HANDS[host_class.name](host)
        hands.group_has("Freundeskreis", TOMAS)
        mina = world.peer("mina")
        for part in (in_two_places, edits_the_list, blocks, meets_in_rooms,
                     was_away):
            if part(world, hands, mina, tomas):
                step(part.__name__.replace("_", " "))

    scenario.run(LenientPidgin if host_class is Pidgin else host_class,
                 world.account,
                 private.Stage(t.directory() / "stage"), tomas, NOBODY,
                 artefacts(), tap.comment,
                 name=f"{host_class.name}-xmpp", aliases=ALIASES,
                 accepted=(HOST, world.server.certificate), more=more)


def waits(hands, who, text):
    hands.host.until(lambda: text in hands.heard(who),
                     lambda: f"{text} of {who}: {hands.heard(who)}")


def in_two_places(world, hands, mina, tomas):
    """What one client says or hears, the other shows too, once."""
    mina.say(TOMAS, "from my other place")
    tomas.heard(MINA, "from my other place")
    hands.host.until(lambda: hands.said(TOMAS, "from my other place"),
                     "what was said elsewhere")
    tomas.say(MINA, "to both of you")
    mina.heard(TOMAS, "to both of you")
    waits(hands, TOMAS, "to both of you")
    tap.equal(hands.heard(TOMAS).count("to both of you"), 1)
    return True


def edits_the_list(world, hands, mina, tomas):
    """Both ask, both agree; the other client follows every edit."""
    anna = world.anna = world.peer("anna")
    if hands.add:
        hands.add(ANNA, "Friends")
        anna.client.call("answer", anna.account.wait("request")["id"], 0)
        tap.wait_until(lambda: mina.listed(ANNA), "anna on the list")
    if hands.accept:
        anna.account.buddy_add(MINA, "Friends")
        hands.accept(ANNA)
        tap.wait_until(lambda: anna.buddy(MINA)["online"], "mina online")
    if hands.regroup:
        hands.regroup(ANNA, "Work")
        tap.wait_until(lambda: "Work" in dict(mina.listed(ANNA)),
                       "anna in another group")
        hands.group_has("Work", ANNA)
    if hands.rename:
        hands.rename(ANNA, "Anna Ö.")
        tap.wait_until(lambda: mina.listed(ANNA) == [("Work", "Anna Ö.")],
                       "anna by another name")
    if hands.remove:
        hands.remove(ANNA)
        tap.wait_until(lambda: not mina.listed(ANNA), "anna gone")
    return True


def blocks(world, hands, mina, tomas):
    """Who is blocked is told that nothing arrived."""
    if not hands.block:
        return False
    hands.block(TOMAS, True)
    tap.wait_until(lambda: not tomas.buddy(MINA)["online"], "mina hidden")
    tomas.say(MINA, "can you hear me?")
    tomas.account.wait("line", html=lambda h: "Not delivered" in h)
    hands.block(TOMAS, False)
    tap.wait_until(lambda: tomas.buddy(MINA)["online"], "mina back")
    tomas.say(MINA, "and now?")
    waits(hands, TOMAS, "and now?")
    tap.lacks(hands.heard(TOMAS), "can you hear me?")
    return True


def meets_in_rooms(world, hands, mina, tomas):
    if not hands.join:
        return False
    hands.join("tea")
    room = f"tea@conference.{HOST}"
    tomas.account.chat_join(room)
    hands.tell("tea", "grüß dich")
    tomas.account.wait("line", conversation=room,
                       html=lambda h: "grüß dich" in h)
    tomas.account.chat_say(room, "und dich")
    hands.hears("tea", "tomas", "und dich")
    return True


def was_away(world, hands, mina, tomas):
    """What was said meanwhile is shown once, in order: what nobody has seen,
    and what another client has."""
    if not hands.sign_off:
        return False
    hands.sign_off()
    seen, unseen = ([f"{kind} {number}" for number in range(3)]
                    for kind in ("seen", "unseen"))
    for text in seen:
        tomas.say(MINA, text)
        mina.heard(TOMAS, text)
    mina.account.sign_off()
    tap.wait_until(lambda: not tomas.buddy(MINA)["online"], "mina gone")
    for text in unseen:
        tomas.say(MINA, text)
    # The server has had it all when what comes after it has arrived.
    tomas.say(ANNA, "that is all")
    world.anna.heard(TOMAS, "that is all")
    hands.sign_on()
    for text in (seen[-1], unseen[-1]):
        waits(hands, TOMAS, text)
    tomas.say(MINA, "welcome back")
    waits(hands, TOMAS, "welcome back")
    heard = hands.heard(TOMAS)
    for texts in (seen, unseen):
        tap.equal([text for text in heard if text in texts], texts)
    return True


# --- a bad link -----------------------------------------------------------------

def keeps_all(t, host_class):
    """The link is cut again and again while messages flow both ways: each
    arrives once, in order."""
    world = World(t)
    tomas = world.peer("tomas")
    cable = Cable(world.server.port)
    t.at_end(cable.close)
    world.account.settings["port"] = cable.port
    host = host_class([world.account], private.Stage(t.directory() / "stage"),
                      artefacts())
    host.aliases = ALIASES
    host.accepted = (HOST, world.server.certificate)
    there, back = ([f"{way} {number}" for number in range(FLOOD)]
                   for way in ("there", "back"))
    with host:
        host.wait_online()
        hands = HANDS[host_class.name](host)
        host.wait_buddy(TOMAS)
        hands.flood(TOMAS, ["first"])
        tomas.heard(MINA, "first")
        for start in range(0, FLOOD, FLOOD // CUTS):
            chunk = slice(start, start + FLOOD // CUTS)
            hands.flood(TOMAS, there[chunk])
            for text in back[chunk]:
                tomas.say(MINA, text)
            cable.cut()
            # Once it is back: a link that is cut while it is made is another
            # story, and takes longer each time.
            host.until(lambda: tomas.texts(MINA, there[chunk][-1]),
                       "the last one there", 60)
            host.until(lambda: back[chunk][-1] in hands.heard(TOMAS),
                       "the last one back", 60)
        same_lines(tomas.texts(MINA, "there"), there)
        same_lines([text for text in hands.heard(TOMAS)
                    if text.startswith("back")], back)
        host.quit()


def same_lines(have, want):
    """A thousand are too many to read."""
    tap.equal(list(difflib.unified_diff(want, have, n=1, lineterm="")), [])


def cases(host_class):
    """Marks the cases of a host, for main()."""
    def xmpp_signs_in(t):
        signs_in(t, host_class)

    def xmpp_talks(t):
        talks(t, host_class)

    def xmpp_keeps_all(t):
        keeps_all(t, host_class)
    tap.case(xmpp_signs_in)
    tap.case(xmpp_talks)
    if HANDS[host_class.name].flood:
        tap.case(xmpp_keeps_all)
