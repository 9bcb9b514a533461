"""The loopback world of MSN for the stock hosts: each generation of sign-on,
and the polling gateway."""

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


def cases(host_class):
    """Marks one case for each way, for main()."""
    for way in WAYS:
        def signs_on(t, way=way):
            play(t, host_class, way)
        signs_on.__name__ = f"msn_{way}"
        tap.case(signs_on)
