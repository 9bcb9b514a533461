"""A stock bitlbee, in the forking mode its packages use."""

import pathlib
import re
import shutil
import sys
import time

import gtalk
import msn
from bitlbee import Bitlbee
from common import artefacts, play, private, tap, world

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "network"), str(TESTS / "servers")]
from gtalk_scene import SECRET, Raw  # noqa: E402
from xmpp.prosody import Prosody  # noqa: E402

# What a sign-on may take. The mode's shared wake-up descriptor, unrepaired,
# makes it four seconds and more, or for ever.
SIGN_ON_SECONDS = 1.0


@tap.case
def signs_on_and_talks(t):
    play(t, Bitlbee)


@tap.case
def is_woken_up(t):
    """Ten sign-ons over TLS by name, each in a second."""
    server, account, stage = world(t)
    certificate, key = t.certificate()
    tls = t.server({"demo": True}, ["--cert", certificate, "--key", key])
    account.settings.update(server="localhost", port=tls.tls_port,
                            security="required")
    with Bitlbee([account], stage, artefacts()) as host:
        host.connect()
        host.irc.wait("(?i)certificate")
        host.irc.tell("yes")
        host.irc.wait("Logged in")
        host.disconnect()
        for _ in range(10):
            began = time.monotonic()
            host.wait_online()
            took = time.monotonic() - began
            tap.comment(f"signed on in {took:.3f} s")
            assert took < SIGN_ON_SECONDS, took
            host.disconnect()
        host.quit()


@tap.case
def shows_what_links_and_statuses_say(t):
    """It drops links, and takes statuses for plain text."""
    server, account, stage = world(t)
    server.do("be", name="Echo Bird", state="away", text="a &lt;b&gt; &amp; c")
    with Bitlbee([account], stage, artefacts()) as host:
        host.wait_online()
        host.wait_buddy("Echo Bird")
        server.do("say", **{
            "from": "Echo Bird", "to": "demo", "text":
            '<B>see</B> <A HREF="http://example.org/?a&amp;b">this</A>'})
        host.wait_message("Echo Bird",
                          "this (http://example.org/?a&b)")
        host.until(lambda: host.irc.write("WHOIS EchoBird") or host.irc.wait(
            " 318 ") and any("(a <b> & c)" in line
                             for line in host.irc.lines),
            lambda: "the away text: " + "\n".join(host.irc.lines[-9:]))
        host.away("gone <fishing> & more")
        server.wait_for({"do": "user", "name": "demo"}, {
            "away": True, "instances": {"any": {"away": {
                "contains": "gone &lt;fishing&gt; &amp; more"}}}})
        host.quit()


@tap.case
def blocks(t):
    """Its "block" puts a name on the list of the denied, and no more."""
    server, account, stage = world(t)
    with Bitlbee([account], stage, artefacts()) as host:
        host.wait_online()
        host.wait_buddy("Echo Bird")
        host.irc.tell("block aim EchoBird")
        server.wait_for({"do": "list", "name": "demo"},
                        {"deny": ["echobird"], "mode": 4})
        host.irc.tell("allow aim EchoBird")
        server.wait_for({"do": "list", "name": "demo"}, {"deny": []})
        host.quit()


@tap.case
def offers_networks_of_the_operator(t):
    """Its user directory moves between loading and signing on."""
    server, account, stage = world(t)
    account.settings.clear()
    account.settings["network"] = "home"
    host = Bitlbee([account], stage, artefacts())
    own = host.home / "conf" / "purple" / "purple-classic"
    own.mkdir(parents=True)
    (own / "networks.ini").write_text(
        "[home]\nname=Home\nprotocols=aim;\nhost=127.0.0.1\n"
        f"port={server.port}\n")
    with host:
        host.wait_online()
        host.disconnect()
        host.quit()


@tap.case
def gives_a_one_time_code(t):
    """A question there comes from a contact that is none."""
    server, account, stage = world(t)
    server.do("account", name=account.user, settings={"securid": "123456"})
    with Bitlbee([account], stage, artefacts()) as host:
        host.connect()
        host.irc.wait("purple_request_0.*asks for the one-time code")
        host.irc.write("PRIVMSG purple_request_0 :123456")
        host.irc.wait("Logged in")
        host.disconnect()
        host.quit()


@tap.case
def calls_numbers_by_their_nicknames(t):
    """At once, also if it hears of one only when they are there already; and
    knows it the next time."""
    server, account, stage = world(t)
    for number, nick in (("100010", "Ann"), ("100011", "Вася")):
        server.do("account", name=number, password="x", bot="quiet",
                  info={"nick": nick})
        server.do("add-buddy", name="100001", buddy=number, group="ICQ")
    account.user, account.password = "100001", "demo12"
    account.protocol = "prpl-icq"
    with Bitlbee([account], stage, artefacts()) as host:
        host.wait_online()
        host.irc.wait("^:Ann!100010@icq JOIN")
        host.irc.wait("^:_100011!100011@icq JOIN", since=0)
        host.disconnect()
        began = len(host.irc.lines)
        host.wait_online()
        host.irc.wait("^:Ann!100010@icq JOIN", since=began)
        told = "\n".join(host.irc.lines[began:])
        assert ":_100010!" not in told, told
        host.disconnect()
        host.quit()


@tap.case
def talks_in_rooms_of_xmpp(t):
    """A room is a channel, with us in it under our own name there; a friend is
    taken into one by "chat with"; who is blocked is not heard."""
    if shutil.which("prosody") is None:
        tap.skip("Prosody is not there")
    server = Prosody({"mina": SECRET, "tomas": SECRET})
    t.at_end(server.__exit__)
    server.start()
    account = private.Account(
        f"mina@{server.host}", SECRET, "prpl-googletalk", settings={
            **private.custom_server("127.0.0.1", server.port),
            "security": "required"})
    tomas = Raw(server, "tomas")
    t.at_end(tomas.close)
    with Bitlbee([account], private.Stage(t.directory() / "stage"),
                 artefacts()) as host:
        irc = host.irc
        host.connect()
        irc.wait("(?i)certificate")
        irc.tell("yes")
        irc.wait("Logged in")
        irc.tell("chat add googletalk tea")
        irc.wait("Chatroom successfully added")
        irc.write("JOIN #tea")
        irc.wait("^:me!.* JOIN :?#tea")
        tomas.say("<presence/>")
        tomas.enter("tea@conference.gtalk.test", "Tom")
        irc.wait("^:Tom!.* JOIN :?#tea")
        assert not [line for line in irc.lines
                    if re.match("^:mina!.* JOIN", line)], irc.lines
        irc.write("PRIVMSG #tea :hello from IRC")
        tomas.say(" ", "hello from IRC")
        tomas.say("<message type='groupchat' to='tea@conference.gtalk.test'>"
                  "<body>and &lt;back&gt;</body></message>")
        irc.wait("^:Tom!.* PRIVMSG #tea :and <back>")
        tomas.say(f"<message to='mina@{server.host}'><x xmlns='jabber:x:"
                  "conference' jid='den@conference.gtalk.test'/></message>")
        irc.wait("den@conference.gtalk.test")
        irc.tell("yes")
        irc.wait("^:me!.* JOIN :?#den")
        host.disconnect()
        host.quit()


msn.cases(Bitlbee)
gtalk.cases(Bitlbee)

if __name__ == "__main__":
    tap.main()
