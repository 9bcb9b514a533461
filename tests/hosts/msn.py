"""The loopback world of MSN for the stock hosts: each generation of sign-on,
the polling gateway, and the web gateway."""

import private
import scenario
import tap

from common import artefacts

USER, PEER = "demo@example.net", "echo@example.net"
# Asleep; nor does the mailbox take anything.
ABSENT = "sam@example.net"

# What a name stands for: Passport 1.4, Passport 3.0, SSO.
WAYS = {
    "passport": {"version": "8"},
    "rst": {"version": "12"},
    "sso": {"version": "18"},
    "gateway": {"version": "15", "connection": "http"},
}


class EchoPeer:
    """Somebody in the loopback server who repeats what it hears."""

    def __init__(self, server, name=PEER):
        self.server = server
        self.name = name

    def heard(self, user, text):
        self.server.wait_for(
            {"do": "received", "name": self.name, "sender": user},
            {"messages": {"any": {"text": {"contains": text}}}})

    def say(self, user, text):
        """It has said so already."""

    def sees_away(self, user, away):
        self.server.wait_for({"do": "user", "name": user},
                             {"status": "AWY" if away else "NLN"})


def play(t, host_class, way):
    """The scenario of every host, signed on in that way."""
    certificate, key = t.certificate()
    server = t.msn_server({"demo": True, "bot_pace": 0.05},
                          ["--cert", certificate, "--key", key])
    server.do("fault", fault="SystemUnavailable", stage="Store2")
    ports = server.do("ports")
    settings = private.custom_server("localhost", ports["port"])
    settings["security"] = "required"
    settings["web_url"] = f"https://localhost:{ports['web_tls_port']}"
    if way == "gateway":
        # The gateway lies at the web address, in plain, as it always did.
        settings["security"] = "off"
        settings["web_url"] = f"http://localhost:{ports['web_port']}"
        certificate = None
    settings.update(WAYS[way])
    account = private.Account(USER, "demo", "prpl-msn", settings)
    scenario.run(host_class, account, private.Stage(t.directory() / "stage"),
                 EchoPeer(server), ABSENT, artefacts(), tap.comment,
                 name=f"{host_class.name}-msn-{way}",
                 accepted=certificate and ("localhost", certificate), aliases={
                     PEER: "Echo Bird",
                     # Early lists keep no names of the user's own.
                     ABSENT: "Sam (asleep)" if int(settings["version"]) > 12
                             else "Sleepy Sam"})
    server.faultless()


# --- the web gateway ----------------------------------------------------------

WEB_PEER, WEB_ABSENT = "8:live:echo", "1:gone@example.net"
WEB_ME, WEB_OTHER = "8:live:demo", "8:live:quinn"
NAMES = {WEB_PEER: "Echo Bird", WEB_ABSENT: "Gone Guy"}


def play_web(t, host_class):
    """The same through the web's sign-in pages; then a conversation of
    several, and a session that is lost with a message under way."""
    certificate, key = t.certificate()
    server = t.msnweb_server(
        {"demo": True, "bot_pace": 0.05, "accounts": [
            {"name": "gone@example.net", "nick": "Gone Guy"}]},
        ["--cert", certificate, "--key", key])
    server.do("add", name=USER, who=WEB_ABSENT, nickname="Gone Guy",
              told=False)
    port = server.do("ports")["web_tls_port"]
    settings = private.custom_server("localhost", port)
    settings.update(security="required", connection="web",
                    web_url=f"https://localhost:{port}")
    account = private.Account(USER, "demo", "prpl-msn", settings)

    def more(host, step):
        _meets(host, server)
        step("a conversation of several")
        _loses(host, server)
        step("a session lost and found")
    scenario.run(host_class, account, private.Stage(t.directory() / "stage"),
                 EchoPeer(server, WEB_PEER), WEB_ABSENT, artefacts(),
                 tap.comment, name=f"{host_class.name}-msn-web",
                 accepted=("localhost", certificate), aliases=NAMES,
                 more=more)
    server.faultless()


def _meets(host, server):
    thread = server.do("thread-create", name=WEB_PEER, topic="Lunch",
                       members=[WEB_ME, WEB_OTHER])["thread"]
    server.do("say", sender=WEB_OTHER, to=thread, text="noon?")
    host.wait_said_in(thread, "noon?")
    host.say_in(thread, "at one")
    server.wait_for({"do": "received", "name": WEB_OTHER},
                    {"texts": {"contains": "at one"}})
    host.screenshot(f"{host.name}-msn-web-several.png")


def _loses(host, server):
    server.do("fault", fault="no-answer", stage="SDG", times=1)
    host.send(WEB_PEER, "is it there?")
    server.wait_for({"do": "received", "name": WEB_PEER},
                    {"texts": {"contains": "is it there?"}})
    server.do("lose-session", name=USER)
    host.wait_shown(WEB_PEER, "Possibly not delivered")
    server.wait_for({"do": "user", "name": USER}, {"ready": True})
    host.send(WEB_PEER, "and this?")
    host.wait_message(WEB_PEER, "and this?")
    texts = server.do("received", name=WEB_PEER)["texts"]
    for text in ("is it there?", "and this?"):
        tap.equal(texts.count(text), 1, f"times {text!r} was heard")
    host.screenshot(f"{host.name}-msn-web-lost.png")


def cases(host_class):
    """Marks one case for each way, for main()."""
    def msn_web(t):
        play_web(t, host_class)
    tap.case(msn_web)
    for way in WAYS:
        def signs_on(t, way=way):
            play(t, host_class, way)
        signs_on.__name__ = f"msn_{way}"
        tap.case(signs_on)
