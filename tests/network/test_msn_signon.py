"""Signing on to MSN with every version: tickets of three generations,
dispatch servers, refusals, and how sessions end."""

from msn_scene import BOB, scene, tap

AUTH = "AUTHENTICATION_FAILED"
NET = "NETWORK_ERROR"
OTHER = "OTHER_ERROR"

HOST = "localhost"

VERSIONS = (2, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
# One for each way to prove who one is.
WAYS = (7, 8, 12, 15, 18)
TICKETS = (8, 12, 18)


def _tls(t):
    certificate, key = t.certificate()
    return ["--cert", certificate, "--key", key]


def each(*versions, **options):
    """A scene for every one of @versions, which it is told."""
    def mark(marked):
        for version in versions:
            def run(s, version=version):
                marked(s, version)
            run.__name__ = f"{marked.__name__}_with_{version}"
            scene(arguments=_tls, **options)(run)
        return marked
    return mark


def account(s, version, **options):
    """An account that trusts the certificate of the services."""
    ports = s.server.do("ports")
    settings = {"version": version, "security": "required",
                "web_url": f"https://{HOST}:{ports['web_tls_port']}"}
    settings.update(options)
    return s.account(**settings)


def connect(s, bob):
    """Connects, accepting the certificate if that is asked; how it went."""
    bob.connect()
    while True:
        event = bob.wait(lambda e: e["event"] in ("error", "connected",
                                                  "request"))
        if event["event"] != "request":
            return event
        tap.contains(event["primary"], HOST, "question")
        s.client.answer(event, "Accept")


def sign_on(s, version, **options):
    bob = account(s, version, **options)
    tap.equal(connect(s, bob)["event"], "connected", "outcome")
    s.state_of(BOB, visible=True)
    return bob


def refused(s, version, reason, fatal=True, bob=None, **options):
    """Connects, which has to fail; the sentence for it."""
    bob = bob or account(s, version, **options)
    event = connect(s, bob)
    tap.equal(event["event"], "error", "outcome")
    tap.equal(event["reason"], reason, "reason")
    tap.equal(event["fatal"], fatal, "fatal")
    bob.wait("disconnected")
    return event["text"]


def links(s):
    return s.server.do("connections", name=BOB, kind="ns")["total"]


@each(*VERSIONS)
def signs_on(s, version):
    bob = sign_on(s, version)
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 5, "five buddies")
    tap.equal(links(s), 1, "sessions")
    bob.sign_off()
    s.state_of(BOB, visible=False)
    bob.sign_on()
    s.state_of(BOB, visible=True)


@each("auto")
def chooses_the_best_version(s, version):
    sign_on(s, version)
    tap.equal(s.server.do("user", name=BOB)["instances"][0]["version"], 18,
              "version")


@each(8, 12, 15, 18, personality="ms")
def signs_on_at_microsofts(s, version):
    """By way of the dispatch server, in steps where it wants them."""
    ports = s.server.do("ports")
    bob = sign_on(s, version, port=ports["dispatch_port"])
    s.server.do("challenge", name=BOB)
    bob.im("echo@example.net", "still here")
    bob.wait("line", conversation="echo@example.net",
             flags=lambda f: "recv" in f)


@each(*WAYS)
def refuses_a_wrong_password(s, version):
    text = refused(s, version, AUTH, password="wr0ng")
    tap.contains(text, "did not accept this user name and password", "text")
    tap.lacks(s.client.debug_log(), "wr0ng", "debug log")


@each(*TICKETS)
def says_that_the_service_is_down(s, version):
    s.server.do("fault", fault="nexus-down" if version == 8 else "rst-down")
    refused(s, version, NET, fatal=False)


@each(*TICKETS)
def follows_no_foreign_redirect(s, version):
    s.server.do("fault", fault="foreign-redirect" if version == 8
                else "foreign-rst-redirect")
    text = refused(s, version, "CERT_HOSTNAME_MISMATCH")
    tap.contains(text, "attacker.invalid", "text")


@each(*WAYS)
def waits_for_a_busy_server(s, version):
    s.server.do("fault", fault="server-busy", times=1)
    refused(s, version, NET, fatal=False)


@each(8, 12, 18)
def takes_a_new_ticket_once(s, version):
    s.server.do("fault", fault="bad-ticket", times=1)
    bob = sign_on(s, version)
    bob.sign_off()
    s.server.do("fault", fault="bad-ticket")
    refused(s, version, OTHER, bob=bob)


@each(*WAYS)
def survives_a_server_that_hangs_up(s, version):
    """Once: then in steps."""
    s.server.do("fault", fault="close-on", stage="USR-I", times=1)
    sign_on(s, version)


@each(*WAYS)
def comes_in_pieces(s, version):
    s.server.do("fault", fault="trickle", where="ns")
    sign_on(s, version)


@each(12, 18)
def stays_away_when_signed_on_elsewhere(s, version):
    bob = sign_on(s, version)
    s.server.do("kick", name=BOB, reason="OTH")
    event = bob.wait("error")
    tap.equal(event["reason"], "NAME_IN_USE", "reason")
    tap.equal(event["fatal"], True, "fatal")


@each(12, 18)
def comes_back_after_maintenance(s, version):
    bob = sign_on(s, version)
    s.server.do("maintenance", name=BOB, minutes=5)
    s.server.do("kick", name=BOB, reason="SSD")
    event = bob.wait("error")
    tap.equal(event["reason"], NET, "reason")
    tap.equal(event["fatal"], False, "fatal")


@each(7, 12, 18)
def shows_how_we_are(s, version):
    bob = sign_on(s, version)
    for status, state in (("away", "AWY"), ("busy", "BSY"), ("brb", "BRB"),
                          ("phone", "PHN"), ("lunch", "LUN"),
                          ("invisible", "HDN"), ("available", "NLN")):
        bob.status(status)
        s.server.wait_for({"do": "user", "name": BOB},
                          {"instances": {"any": {"status": state}}})


if __name__ == "__main__":
    tap.main()
