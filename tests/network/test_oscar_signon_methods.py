"""The ways to sign on, each through everything that can become of it."""

from oscar_scene import NETWORK, SECRET, scene, tap

AUTH = "AUTHENTICATION_FAILED"
NET = "NETWORK_ERROR"
OTHER = "OTHER_ERROR"

FLAP, HTTP = ("md5", "roasted"), ("kerberos", "web")
ALL = FLAP + HTTP
HOST = "localhost"

# Which request over HTTP carries the password.
STAGE = {"kerberos": "kdc", "web": "clientLogin"}

WRONG = f"{HOST} did not accept this user name and password."


def _tls(t):
    certificate, key = t.certificate()
    return ["--cert", certificate, "--key", key]


def each(*methods, **options):
    """A scene for every one of @methods, which it is told."""
    def mark(marked):
        for method in methods:
            def run(s, method=method):
                marked(s, method)
            run.__name__ = f"{marked.__name__}_by_{method}"
            scene(arguments=_tls, **options)(run)
        return marked
    return mark


def account(s, method, user="Bob", password=SECRET, **options):
    """An account that signs on by @method, all of it encrypted."""
    settings = {"server": HOST, "port": s.server.tls_port,
                "security": "required", "signon": method}
    if method in HTTP:
        settings["web_url"] = f"https://{HOST}:{s.server.web_tls_port}/"
    settings.update(options)
    return s.account(user, password, **settings)


def accept(s, bob):
    """Connects @bob, who has not seen the certificate before."""
    bob.connect()
    request = bob.wait("request")
    tap.contains(request["primary"], HOST, "question")
    s.client.answer(request, "Accept")


def trusted(s, method, **options):
    """An account that knows the certificate: it has been signed on."""
    bob = account(s, method, **options)
    accept(s, bob)
    bob.wait("connected")
    bob.sign_off()
    return bob


def served(s, stage=None):
    return s.server.do("web", stage=stage)["requests"]


@each(*ALL)
def signs_on(s, method):
    bob = account(s, method)
    accept(s, bob)
    bob.wait("connected")
    s.state_of("Bob", online=True)
    tap.equal(bob.state()["name"], "Bob", "our name")
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 4, "four buddies")
    bob.sign_off()
    s.state_of("Bob", online=False)
    bob.sign_on()
    tap.equal(len(bob.seen("request")), 1, "questions")
    links = s.server.do("connections")["connections"]
    tap.equal({link["tls"] for link in links}, {True}, "encrypted")
    for secret in ("sig_sha256", "pwd=", "securid="):
        tap.lacks(s.client.debug_log(), secret, "debug log")


@each(*ALL)
def signs_on_an_icq_number(s, method):
    icq = account(s, method, "100001")
    accept(s, icq)
    icq.wait("connected")
    s.state_of("100001", online=True)


@each(*HTTP)
def signs_on_without_encryption_where_that_is_off(s, method):
    bob = account(s, method, security="off", port=s.server.port,
                  web_url=f"http://{HOST}:{s.server.web_port}")
    bob.sign_on()
    links = s.server.do("connections")["connections"]
    tap.equal({link["tls"] for link in links}, {False}, "encrypted")


@each("web")
def gets_its_session_elsewhere(s, method):
    other = f"https://{HOST}:{s.server.web_tls_port}/other/"
    bob = account(s, method)
    bob.option("web_url", f"https://{HOST}:{s.server.web_tls_port}/one {other}")
    accept(s, bob)
    bob.wait("connected")
    tap.equal([r["path"] for r in served(s)],
              ["/one/auth/clientLogin", "/other/aim/startOSCARSession"],
              "requests")


@each(*HTTP)
def sends_no_password_unencrypted_unless_told_to(s, method):
    bob = account(s, method, security="optional",
                  web_url=f"http://{HOST}:{s.server.web_port}")
    s.fails(bob, "INVALID_SETTINGS", "Check this account's settings: a web "
            "address that begins with http:// is not encrypted.")
    tap.equal(served(s), [], "requests")


@each(*HTTP)
def needs_a_web_address(s, method):
    for url in ("", "ftp://localhost", "https://", "https://x@localhost/"):
        s.fails(account(s, method, web_url=url), "INVALID_SETTINGS",
                "Check this account's settings: this sign-in method needs a "
                "web address.")


@scene
def has_no_use_for_a_web_address_otherwise(s):
    s.account(web_url="ftp://nonsense", signon="md5").sign_on()


# Refused.

BRACKETS = {"md5": "0x0005", "roasted": "0x0005",
            "kerberos": "Auth failure, 0x0401", "web": "330/3011 Refused"}


@each(*ALL)
def refuses_a_wrong_password(s, method):
    bob = trusted(s, method)
    s.secrets.add("not-this-one")
    bob.password("not-this-one")
    s.fails(bob, AUTH, f"{WRONG} ({BRACKETS[method]})")
    bob.password(SECRET)
    bob.sign_on()


@each(*ALL)
def refuses_an_unknown_name(s, method):
    trusted(s, method)
    # Only in BUCP is a name without an account told from a wrong password.
    why = "0x0001" if method == "md5" else BRACKETS[method]
    s.fails(account(s, method, "Nobody"), AUTH, f"{WRONG} ({why})")


@each(*ALL)
def refuses_a_suspended_account(s, method):
    bob = trusted(s, method)
    s.server.do("account", name="Bob", signon_error=0x0011)
    reason, text = {
        "kerberos": (AUTH, f"{WRONG} (Auth failure, 0x0401)"),
        "web": (AUTH, f"The account Bob is not valid on {HOST}. "
                "(401/3019 Refused)"),
    }.get(method, (OTHER, f"{HOST} has suspended this account. "
                   "Ask its operator. (0x0011)"))
    s.fails(bob, reason, text)


# Every number of AOL's documents, and two of nobody's.
UNAVAILABLE = "{} is temporarily unavailable. Reconnecting later."
TOO_OLD = "{} demands a newer client version."
WRONG_WORD = "{} did not accept this user name and password."
NO_ACCOUNT = ("There is no account Bob on {}. Ask its operator for "
              "one.")
UNKNOWN = "{} refused the sign-on without saying why."
REFUSALS = [
    ((0x0001, 0x0004, 0x0005), AUTH, WRONG_WORD),
    ((0x0002, 0x000A, 0x000B, 0x000C, 0x000D, 0x000E, 0x000F, 0x0010, 0x0012,
      0x0013, 0x0014, 0x0015, 0x001A, 0x001E), NET, UNAVAILABLE),
    ((0x0003, 0x001F, 0x7777), OTHER, UNKNOWN),
    ((0x0006,), OTHER,
     "{} called our sign-on request wrong. Please report this."),
    ((0x0007, 0x0008), AUTH, NO_ACCOUNT),
    ((0x0009,), AUTH, "The account Bob on {} has expired."),
    ((0x0011,), OTHER, "{} has suspended this account. Ask its operator."),
    ((0x0019,), OTHER, "{} does not admit this account yet: its warning "
     "level is too high. Try again in an hour."),
    ((0x001B, 0x001C), OTHER, TOO_OLD),
    ((0x0020,), AUTH, "{} did not accept the one-time code."),
    ((0x0022,), OTHER,
     "{} has suspended this account because of its owner's age."),
]


@scene
def words_every_refusal(s):
    bob = s.account(signon="roasted")
    for codes, reason, text in REFUSALS:
        for code in codes:
            s.server.do("account", name="Bob", signon_error=code)
            s.fails(bob, reason, f"{text.format(NETWORK)} (0x{code:04x})",
                    reason != NET)
    s.server.do("account", name="Bob", signon_error=None)
    bob.sign_on()


def _too_often(s, method, **more):
    """Lets the server find that we come too often."""
    if method in FLAP:
        s.server.do("config", auth_burst=0)
    elif method == "web" and not more:
        s.server.do("fault", fault="web-error", stage=STAGE[method], code=430,
                    times=1)
    else:
        s.server.do("fault", fault="http-status", stage=STAGE[method],
                    code=429, times=1, **more)


@each(*ALL)
def names_the_time_of_the_next_try(s, method):
    bob = trusted(s, method)
    _too_often(s, method)
    bob.connect()
    event = bob.wait("error")
    tap.equal((event["reason"], event["fatal"]), (NET, False), "reason")
    tap.contains(event["text"], f"{HOST} asks us to slow down. Next try at ",
                 "sentence")
    bob.wait("disconnected")
    # Whoever tries at once waits in peace, and may change their mind.
    before = s.server.do("connections")["total"] + len(served(s))
    bob.connect()
    step = bob.wait("progress", text=lambda t: "slow down" in t)
    tap.contains(step["text"], f"{HOST} asked us to slow down: waiting ",
                 "progress")
    bob.disconnect()
    bob.wait("disconnected")
    tap.equal(s.server.do("connections")["total"] + len(served(s)), before,
              "connections")


@each(*HTTP)
def signs_on_when_the_time_has_come(s, method):
    bob = trusted(s, method)
    _too_often(s, method, seconds=2)
    bob.connect()
    bob.wait("error")
    bob.wait("disconnected")
    bob.connect()
    bob.wait("progress", text=lambda t: "slow down" in t)
    bob.wait("connected")


# What servers do wrong.

def _breaks(s, bob, fault, stage, *texts, **more):
    """@bob fails by a fault in words that have one of @texts."""
    # More than once: what only reads may be tried again on another connection.
    s.server.do("fault", fault=fault, stage=stage, **more)
    bob.connect()
    event = bob.wait(lambda e: e["event"] in ("error", "connected"))
    tap.equal(event["event"], "error", f"outcome of {fault}")
    if not any(text in event["text"] for text in texts):
        raise AssertionError(f"{fault}: {event['text']}")
    tap.equal(event["reason"], NET, "reason")
    bob.wait("disconnected")
    s.server.do("clear-faults")


def _stages(method):
    return ("kdc",) if method == "kerberos" else ("clientLogin",
                                                  "startOSCARSession")


@each(*HTTP)
def follows_no_redirect(s, method):
    bob = trusted(s, method)
    elsewhere = f"http://{HOST}:{s.server.web_port}/elsewhere"
    for stage in _stages(method):
        for code in (301, 302, 307, 308):
            _breaks(s, bob, "http-redirect", stage, f"HTTP {code}",
                    code=code, address=elsewhere)
    tap.equal([r for r in served(s) if r["stage"] == "nowhere"
               or not r["tls"]], [], "requests elsewhere")


@each(*HTTP)
def survives_answers_that_are_none(s, method):
    bob = trusted(s, method)
    for stage in _stages(method):
        for fault in ("http-garbage", "http-type", "http-xml", "http-huge"):
            _breaks(s, bob, fault, stage, "cannot be understood")
        for fault in ("http-cut", "http-hang-up"):
            _breaks(s, bob, fault, stage, "was lost", "cannot be understood")
        _breaks(s, bob, "http-status", stage, "temporarily unavailable",
                code=503)
        _breaks(s, bob, "http-status", stage, "HTTP 404", code=404)
    bob.sign_on()


@each("roasted")
def survives_an_answer_cut_off(s, method):
    bob = trusted(s, method)
    for count in (1, 5, 6, 7, 20):
        _breaks(s, bob, "cut-frame", "signoff", "was lost", bytes=count)
    bob.sign_on()


@each(*ALL)
def sends_nothing_to_whom_the_user_does_not_trust(s, method):
    bob = account(s, method)
    bob.connect()
    s.client.answer(bob.wait("request"), "Cancel")
    event = bob.wait("error")
    tap.contains(event["reason"], "CERT_", "reason")
    tap.equal(event["fatal"], True, "fatal")
    bob.wait("disconnected")
    tap.equal(served(s), [], "requests")
    tap.equal(s.server.do("snacs")["count"], 0, "SNACs")


@each(*HTTP, tls_bos="plain")
def refuses_to_go_on_unencrypted(s, method):
    bob = account(s, method, port=s.server.port)
    accept(s, bob)
    s.failed(bob, "NO_SSL_SUPPORT", f"{HOST} sent us to an unencrypted "
             "server; your settings forbid that.")
    tap.equal(s.server.do("snacs", stage="cookie")["count"], 0, "cookies")


# A person is asked.

def _asked(account_, text):
    request = account_.wait("request", title="One-Time Code")
    tap.equal(request["kind"], "input", "question")
    tap.contains(request["primary"], text, "question")
    return request


@each("web")
def asks_for_one_time_codes(s, method):
    bob = trusted(s, method)
    s.server.do("account", name="Bob",
                settings={"web_codes": ["123456", "654321"]})
    bob.connect()
    s.client.answer(_asked(bob, "the one-time code"), 0, "123456")
    s.client.answer(_asked(bob, "the next one-time code"), 0, " 654321 ")
    bob.wait("connected")


@each("md5")
def asks_for_the_code_of_a_device(s, method):
    bob = trusted(s, method)
    s.server.do("account", name="Bob", settings={"securid": "123456"})
    bob.connect()
    s.client.answer(_asked(bob, "the one-time code"), 0, "123456")
    bob.wait("connected")
    bob.sign_off()
    bob.connect()
    s.client.answer(_asked(bob, "the one-time code"), 0, "1")
    s.failed(bob, AUTH, f"{HOST} did not accept the one-time code. (0x0020)")


@each("web", "md5")
def takes_no_code_for_an_answer(s, method):
    bob = trusted(s, method)
    s.server.do("account", name="Bob",
                settings={"web_codes": ["1"], "securid": "1"})
    bob.connect()
    s.client.answer(_asked(bob, "the one-time code"), 1)
    s.failed(bob, "AUTHENTICATION_IMPOSSIBLE",
             f"{HOST} asks for a one-time code, and was given none.")


@each("web", "md5")
def withdraws_the_question(s, method):
    bob = trusted(s, method)
    s.server.do("account", name="Bob",
                settings={"web_codes": ["1"], "securid": "1"})
    bob.connect()
    request = _asked(bob, "the one-time code")
    bob.disconnect()
    s.client.wait("request-closed", id=request["id"])


# What only the web says.

@each("web")
def sends_to_the_web_page_it_is_sent_to(s, method):
    bob = trusted(s, method)
    for detail in (3014, 3015, 3017, 3018, 3020, 3021):
        s.server.do("fault", fault="web-error", stage="clientLogin", code=330,
                    detail=detail, text="Look", times=1,
                    address="https://example.net/ask")
        s.fails(bob, "AUTHENTICATION_IMPOSSIBLE", f"{HOST} wants you to sign "
                "in on the web first: https://example.net/ask "
                f"(330/{detail} Look)")


@each("web")
def asks_again_for_an_expired_token(s, method):
    bob = trusted(s, method)
    s.server.do("fault", fault="web-error", stage="startOSCARSession",
                code=401, detail=1014, times=1)
    bob.sign_on()
    s.server.do("fault", fault="web-error", stage="startOSCARSession",
                code=401, detail=1014, times=2)
    bob.sign_off()
    s.fails(bob, NET, f"Sign-in worked, but {HOST} did not accept the "
            "session. Reconnecting soon. (401/1014 Refused)", False)


@scene
def never_weakens_by_itself(s):
    """Automatic is the challenge, and nothing else after it failed."""
    bob = s.account(signon="auto", password="not-this-one",
                    web_url=f"http://{HOST}:{s.server.web_port}")
    s.secrets.add("not-this-one")
    bob.connect()
    bob.wait("error")
    bob.wait("disconnected")
    tap.equal(served(s), [], "requests")
    for stage in ("client-signon", "17/02"):
        tap.equal(s.server.do("snacs", stage=stage)["count"], 1, stage)


if __name__ == "__main__":
    tap.main()
