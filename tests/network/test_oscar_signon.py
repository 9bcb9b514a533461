"""Signing on and off, and what the user reads when that fails."""

import re

from oscar_scene import NETWORK, SECRET, scene, tap

AUTH = "AUTHENTICATION_FAILED"
NET = "NETWORK_ERROR"
OTHER = "OTHER_ERROR"


def _signs_on(s, **options):
    bob = s.sign_on(**options)
    s.state_of("Bob", online=True)
    tap.equal(bob.state()["name"], "Bob", "our name")
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 4, "four buddies")
    bob.sign_off()
    s.state_of("Bob", online=False)


@scene
def signs_on_with_the_strong_digest(s):
    s.server.do("account", name="Bob", settings={"strong_only": True})
    _signs_on(s, signon="md5")


@scene
def signs_on_with_the_weak_digest(s):
    s.server.do("account", name="Bob", settings={"weak_only": True})
    _signs_on(s, signon="md5-weak")


@scene
def never_weakens_by_itself(s):
    s.server.do("account", name="Bob", settings={"weak_only": True})
    bob = s.account(signon="auto")
    s.fails(bob, AUTH, f"{NETWORK} did not accept this user name and "
            "password. (0x0005)")


@scene(personality="aol")
def signs_on_to_servers_of_aol(s):
    _write_networks(s, "lock-step")
    _signs_on(s, network="test")


@scene
def signs_on_twice_in_one_process(s):
    _signs_on(s)
    _signs_on(s)


@scene
def signs_on_with_a_name_in_other_letters(s):
    bob = s.sign_on("b O b")
    tap.equal(bob.state()["name"], "Bob", "our name")


@scene
def signs_on_an_icq_number(s):
    icq = s.sign_on("100001")
    s.state_of("100001", online=True)
    icq.wait("buddy-on", who="100002")


@scene
def signs_on_two_accounts_side_by_side(s):
    bob, icq = s.account(), s.account("100001")
    bob.connect()
    icq.connect()
    bob.wait("connected")
    icq.wait("connected")


def _write_networks(s, quirks="", **more):
    """A network of the user's own, called "test"."""
    values = dict({"name": "Test Net", "protocols": "aim;icq;",
                   "host": NETWORK, "port": s.server.port, "tls": "off",
                   "signon": "md5", "quirks": quirks,
                   "signup": "https://example.net/join"}, **more)
    directory = s.client.profile / "purple-classic"
    directory.mkdir(exist_ok=True)
    text = "[test]\n" + "".join(f"{k}={v}\n" for k, v in values.items())
    (directory / "networks.ini").write_text(text)


@scene
def signs_on_to_a_network_of_the_users_own(s):
    _write_networks(s)
    _signs_on(s, network="test", server="no.such.host.invalid")


@scene
def asks_for_a_network_first(s):
    bob = s.account(network="")
    s.fails(bob, "INVALID_SETTINGS",
            "Choose a network in this account's settings.")
    tap.equal(s.server.do("connections")["total"], 0, "connections")


@scene
def takes_a_server_with_its_port(s):
    _signs_on(s, server=f" oscar://{NETWORK}:{s.server.port}/ ", port=1)


# Refusals of the sign-in server, in the words of the user.

REFUSALS = [
    (0x0001, AUTH, "Test Net did not accept this user name and password.",
     True),
    (0x0002, NET, "Test Net is temporarily unavailable. "
     "Reconnecting later.", False),
    (0x0004, AUTH, "Test Net did not accept this user name and password.",
     True),
    (0x0005, AUTH, "Test Net did not accept this user name and password.",
     True),
    (0x0006, OTHER, "Test Net called our sign-on request wrong. "
     "Please report this.", True),
    (0x0007, AUTH, "There is no account Bob on Test Net. "
     "Create one at https://example.net/join.", True),
    (0x0008, AUTH, "There is no account Bob on Test Net. "
     "Create one at https://example.net/join.", True),
    (0x0009, AUTH, "The account Bob on Test Net has expired.", True),
    (0x000A, NET, "Test Net is temporarily unavailable. "
     "Reconnecting later.", False),
    (0x0010, NET, "Test Net is temporarily unavailable. "
     "Reconnecting later.", False),
    (0x0011, OTHER, "Test Net has suspended this account. "
     "Ask its operator.", True),
    (0x0014, NET, "Test Net is temporarily unavailable. "
     "Reconnecting later.", False),
    (0x0019, OTHER, "Test Net does not admit this account yet: its warning "
     "level is too high. Try again in an hour.", True),
    (0x001B, OTHER, "Test Net demands a newer client version.", True),
    (0x001C, OTHER, "Test Net demands a newer client version.", True),
    (0x0020, AUTH, "Test Net did not accept the one-time code.", True),
    (0x0022, OTHER, "Test Net has suspended this account because of its "
     "owner's age.", True),
    (0x0777, OTHER, "Test Net refused the sign-on without saying why.",
     True),
]


@scene
def words_every_refusal(s):
    _write_networks(s)
    bob = s.account(network="test")
    for code, reason, text, fatal in REFUSALS:
        s.server.do("account", name="Bob", signon_error=code)
        s.fails(bob, reason, f"{text} (0x{code:04x})", fatal)
    s.server.do("account", name="Bob", signon_error=None)
    bob.sign_on()


@scene
def names_the_time_of_the_next_try(s):
    _write_networks(s)
    bob = s.account(network="test")
    s.server.do("account", name="Bob", signon_error=0x001D)
    bob.connect()
    event = bob.wait("error")
    tap.equal((event["reason"], event["fatal"]), (NET, False), "reason")
    tap.equal(bool(re.fullmatch(
        r"Test Net asks us to slow down\. Next try at \d\d:\d\d\. "
        r"\(0x001d\)", event["text"])), True, event["text"])
    bob.wait("disconnected")
    # Whoever tries earlier waits, and reads why.
    before = s.server.do("connections")["total"]
    bob.connect()
    bob.wait("progress", text=lambda text: text.startswith(
        "Test Net asked us to slow down: waiting "))
    tap.equal(s.server.do("connections")["total"], before, "connections")


@scene
def refuses_a_wrong_password(s):
    bob = s.account(password="not-this-one")
    s.secrets.add("not-this-one")
    s.fails(bob, AUTH, f"{NETWORK} did not accept this user name and "
            "password. (0x0005)")
    bob.password(SECRET)
    bob.sign_on()


@scene
def refuses_an_unknown_name(s):
    _write_networks(s)
    s.fails(s.account("Nobody", network="test"), AUTH,
            "Test Net did not accept this user name and password. (0x0001)")


@scene
def refuses_an_unknown_number(s):
    _write_networks(s)
    s.fails(s.account("4711471", network="test"), AUTH,
            "There is no account 4711471 on Test Net. Create one at "
            "https://example.net/join. (0x0008)")


# Links that fail.

@scene
def says_that_nothing_answers(s):
    bob = s.account(port=1)
    s.fails(bob, NET, f"Nothing answers at {NETWORK}:1. AIM servers usually "
            "use 5190, MSN servers 1863.", False)


@scene
def says_that_there_is_no_such_server(s):
    bob = s.account(server="no.such.host.invalid")
    bob.connect()
    event = bob.wait("error")
    tap.contains(event["text"], "There is no server called "
                 "no.such.host.invalid.", "sentence")
    tap.equal((event["reason"], event["fatal"]), (NET, False), "reason")
    bob.wait("disconnected")


@scene
def repairs_an_advertised_address_that_is_dead(s):
    """A server that sends us where nothing answers is used where it is
    known to be, and the user is told once."""
    s.server.do("fault", fault="wrong-bos", address=f"{NETWORK}:1")
    bob = s.sign_on()
    notice = s.client.wait("notify", cursor=None)
    tap.contains(notice["primary"], f"The server sent us to {NETWORK}, which "
                 "cannot be right.", "sentence")
    tap.equal(len(s.client.seen("notify")), 1, "notices")
    bob.im("Robot", "still")
    s.heard("Robot")


@scene
def says_that_the_advertised_address_is_dead(s):
    s.server.do("fault", fault="wrong-bos", address=f"{NETWORK}:1")
    # The way back fails as well.
    s.server.do("fault", fault="close-on", stage="cookie")
    bob = s.account()
    bob.connect()
    event = bob.wait("error")
    tap.contains(event["text"], "Sign-in worked, but ", "sentence")
    tap.equal((event["reason"], event["fatal"]), (NET, False), "reason")
    bob.wait("disconnected")


@scene
def says_that_the_session_was_refused(s):
    s.server.do("fault", fault="close-on", stage="cookie")
    s.fails(s.account(), NET, f"Sign-in worked, but {NETWORK} did not accept "
            "the session. Reconnecting soon.", False)


@scene
def says_that_there_are_too_many_sessions(s):
    s.server.do("account", name="Bob", bos_error=0x18)
    s.fails(s.account(), OTHER, f"{NETWORK} counts too many sign-ons of this "
            "account. Close others, or wait ten minutes. (0x0018)")


@scene
def says_that_the_connection_was_lost(s):
    bob = s.sign_on()
    s.server.do("drop", name="Bob", reset=True)
    event = bob.wait("error")
    tap.contains(event["text"], f"The connection to {NETWORK} was lost.",
                 "sentence")
    tap.equal((event["reason"], event["fatal"]), (NET, False), "reason")
    bob.wait("disconnected")
    bob.sign_on()


@scene
def says_that_the_server_restarts(s):
    bob = s.sign_on()
    s.server.do("kick", name="Bob", reason=None)
    s.failed(bob, NET, f"{NETWORK} is restarting. Reconnecting soon.", False)


# Signed on elsewhere.

ELSEWHERE = ("You signed in somewhere else. Enable this account again to "
             "stay here.")


@scene
def stays_away_after_a_sign_on_elsewhere(s):
    bob = s.sign_on()
    before = s.server.do("connections")["total"]
    s.server.do("kick", name="Bob", reason=1)
    s.failed(bob, "NAME_IN_USE", ELSEWHERE)
    tap.equal(s.server.do("connections")["total"], before, "connections")
    # Somebody who insists may.
    bob.sign_on()


@scene(personality="aol")
def understands_wide_reasons(s):
    _write_networks(s, "lock-step")
    bob = s.sign_on(network="test")
    s.server.do("kick", name="Bob", reason=1)
    s.failed(bob, "NAME_IN_USE", ELSEWHERE)


@scene
def says_that_the_account_was_deleted(s):
    bob = s.sign_on()
    s.server.do("kick", name="Bob", reason=2)
    event = bob.wait("error")
    tap.contains(event["text"], "The account Bob on", "sentence")
    tap.equal(event["fatal"], True, "fatal")
    bob.wait("disconnected")


# Encryption.

def _tls(t):
    certificate, key = t.certificate()
    return ["--cert", certificate, "--key", key]


def _encrypted(s, **options):
    return s.account(server="localhost", port=s.server.tls_port,
                     **dict({"security": "required"}, **options))


def _asked(account):
    request = account.wait("request")
    tap.equal(request["title"], "Unknown Certificate", "title")
    tap.contains(request["primary"], "localhost", "question")
    tap.contains(request["secondary"], "Fingerprint (SHA-256): ", "question")
    return request


@scene(arguments=_tls)
def asks_about_a_certificate_and_remembers(s):
    bob = _encrypted(s)
    bob.connect()
    s.client.answer(_asked(bob), "Accept")
    bob.wait("connected")
    bob.sign_off()
    bob.sign_on()
    tap.equal(len(bob.seen("request")), 1, "questions")


@scene(arguments=_tls)
def believes_a_refusal(s):
    bob = _encrypted(s)
    bob.connect()
    s.client.answer(_asked(bob), "Cancel")
    event = bob.wait("error")
    tap.contains(event["reason"], "CERT_", "reason")
    tap.equal(event["fatal"], True, "fatal")
    bob.wait("disconnected")
    tap.equal(s.server.do("snacs")["count"], 0, "SNACs")


@scene(arguments=_tls)
def withdraws_the_question(s):
    bob = _encrypted(s)
    bob.connect()
    request = _asked(bob)
    bob.disconnect()
    s.client.wait("request-closed", id=request["id"])


@scene(arguments=_tls)
def refuses_a_changed_certificate(s):
    bob = _encrypted(s)
    bob.connect()
    s.client.answer(_asked(bob), "Accept")
    bob.wait("connected")
    bob.sign_off()
    other = s.t.server({"demo": True}, _tls(s.t))
    bob.option("port", other.tls_port)
    bob.connect()
    event = bob.wait(lambda e: e["event"] in ("error", "request",
                                              "connected"))
    tap.equal(event["event"], "error", "outcome")
    tap.equal((event["reason"], event["fatal"]),
              ("CERT_FINGERPRINT_MISMATCH", True), "reason")
    tap.contains(event["text"], "The certificate of localhost is not the one "
                 "you accepted before.", "sentence")
    bob.wait("disconnected")


@scene(arguments=_tls, tls_bos="plain")
def stays_encrypted_behind_a_terminator(s):
    """The server does not know that we came encrypted, and names its plain
    address: nothing goes there."""
    bob = _encrypted(s)
    bob.connect()
    s.client.answer(_asked(bob), "Accept")
    bob.wait("connected")
    tap.equal([c["tls"] for c in
               s.server.do("connections")["connections"]], [True, True],
              "encryption of both connections")


@scene(arguments=_tls, tls_bos="plain")
def goes_on_unencrypted_if_that_is_allowed(s):
    bob = _encrypted(s, security="optional")
    bob.connect()
    s.client.answer(_asked(bob), "Accept")
    bob.wait("connected")


@scene
def says_that_the_server_has_no_encryption(s):
    bob = s.account(security="required")
    bob.connect()
    event = bob.wait("error")
    tap.contains(event["text"], f"{NETWORK} only speaks outdated encryption, "
                 "or none.", "sentence")
    tap.equal(event["reason"], "ENCRYPTION_ERROR", "reason")
    bob.wait("disconnected")
    tap.equal(s.server.do("snacs", stage="17/02")["count"], 0, "sign-ons")


@scene
def goes_without_encryption_if_that_is_allowed(s):
    bob = s.sign_on(security="optional")
    tap.equal([c["tls"] for c in s.server.do("connections")["connections"]
               if c["account"]], [False, False], "encryption")


# The remembered list.

@scene
def asks_whether_the_list_changed(s):
    """A list that stays as it is, is fetched once. It can only be told from
    one that changed once its last change is a second old."""
    bob = s.sign_on()
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 4, "four buddies")

    def unchanged():
        bob.sign_off()
        bob.sign_on()
        bob.wait("buddy-on", who="Robot")
        return s.server.do("snacs", stage="13/0F")["count"]

    tap.wait_until(unchanged, "answer that nothing changed")
    fetched = s.server.do("snacs", stage="13/06")["count"]
    bob.sign_off()
    bob.sign_on()
    bob.wait("buddy-on", who="Robot")
    tap.equal(len(bob.blist()["buddies"]), 4, "buddies")
    tap.equal(s.server.do("snacs", stage="13/06")["count"], fetched,
              "fetched lists")


@scene
def fetches_a_list_that_changed(s):
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot")
    bob.sign_off()
    s.server.do("add-buddy", name="Bob", buddy="Ann", group="Work")
    bob.sign_on()
    tap.wait_until(lambda: "Ann" in [b["who"] for b in
                                     bob.blist()["buddies"]], "Ann")


if __name__ == "__main__":
    tap.main()
