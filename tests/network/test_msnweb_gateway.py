"""The gateway session of MSN's web gateway: how it is lost in every state and
found again, what becomes of messages then, gateways of other kinds, proxies.
Nothing is sent twice, and what stays unanswered is reported."""

import pathlib

from msnweb_scene import (BOB, ECHO, LOGIN, NETWORK, ROBOT, plain, scene,
                          tap)

UNKNOWN = "Possibly not delivered"


def _once(s, text):
    """Robot has heard @text just once."""
    tap.equal(s.server.do("received", name=ROBOT)["texts"].count(text), 1,
              f"times Robot heard {text!r}")


def _sessions(s):
    return s.server.do("sessions", name=LOGIN)["total"]


def _unbroken(bob):
    """For the user nothing happened."""
    tap.equal(len(bob.seen("connected")), 1, "sign-ons")
    tap.equal(bob.seen("disconnected"), [], "interruptions")


# Before anybody is online.

def loses_early(fault, stage):
    @scene
    def test(s):
        s.fault(fault, stage=stage)
        bob = s.account()
        bob.connect()
        event = bob.wait(lambda e: e["event"] in ("error", "connected"))
        if event["event"] == "error":
            tap.equal((event["reason"], event["fatal"]),
                      ("NETWORK_ERROR", False), "outcome")
            bob.wait("disconnected")
            bob.sign_on()
        # What is said while it is being lost may be lost with it.
        s.settled(1 if fault == "http-hang-up" else 2)
        s.talks(bob, "after " + stage)
        _once(s, "to after " + stage)
    test.__name__ = f"{fault}s_at_{stage}".replace("-", "_").lower()
    globals()[test.__name__] = test


for state in ("CNT", "ATH", "BND", "PUT-CHALLENGE", "PUT-PRESENCE",
              "PUT-SUBSCRIPTIONS", "GET-RECENTCONVERSATIONS"):
    loses_early("lose", state)
    loses_early("lose-after", state)
for state in ("poll", "data"):
    loses_early("lose", state)
loses_early("truncate", "open")
loses_early("close", "open")
loses_early("http-hang-up", "open")
loses_early("hang-up-after", "open")


# While somebody is online.

def finds_again(title, *actions, **config):
    """The session ends, another takes its place, and nobody notices."""
    @scene(**config)
    def test(s):
        bob = s.sign_on()
        s.talks(bob, "before")
        for name, values in actions:
            s.server.do(name, **values)
        # Whatever is asked next brings it about.
        s.server.wait_for({"do": "sessions", "name": LOGIN},
                          {"total": {"min": 2}})
        s.ready()
        s.talks(bob, "after")
        for text in ("to before", "to after"):
            _once(s, text)
        for text in ("from before", "from after"):
            tap.equal(len(bob.seen("line", html=lambda h: plain(h) == text)),
                      1, f"times {text!r} is shown")
        _unbroken(bob)
        # The answer to the first may have been under way when it ended.
        tap.equal([line for line in bob.seen(
            "line", flags=lambda f: "error" in f)
            if "to before" not in line["html"]], [], "failures")
    test.__name__ = "finds_the_session_again_" + title
    globals()[test.__name__] = test


finds_again("that_was_forgotten", ("lose-session", {"name": LOGIN}))
finds_again("that_was_closed", ("end-session", {"name": LOGIN}))
finds_again("that_shut_down",
            ("kick", {"name": LOGIN, "text": "SSD: shutting down"}))
finds_again("that_expired",
            ("kick", {"name": LOGIN, "text": "Session expired"}))
finds_again("that_grew_too_old",
            ("refuse", {"name": LOGIN, "code": 922}))
finds_again("with_other_cookies", ("expire-cookies", {"name": LOGIN}),
            ("lose-session", {"name": LOGIN}))
finds_again("under_the_same_name",
            ("fault", {"fault": "same-session", "stage": "open",
                       "times": 1}),
            ("lose-session", {"name": LOGIN}))
finds_again("at_the_second_try", ("status", {"next": "open", "code": 503}),
            ("lose-session", {"name": LOGIN}))
finds_again("cut_in_a_command", ("truncate", {"next": "poll"}),
            ("nudge", {"sender": ROBOT, "to": BOB}))
finds_again("while_it_was_opened",
            ("fault", {"fault": "lose-after", "stage": "BND", "times": 1}),
            ("lose-session", {"name": LOGIN}))
finds_again("whose_token_expired", ("expire-token", {"name": LOGIN}),
            ("say", {"sender": ROBOT, "to": BOB, "text": "acknowledge!"}))


@scene
def outlives_troubled_polls(s):
    """Polls are asked again; the session is the same."""
    bob = s.sign_on()
    for trouble in (("status", {"next": "poll", "code": 503}),
                    ("drop", {"next": "poll"}),
                    ("fault", {"fault": "sprinkle", "stage": "SDG",
                               "times": 1})):
        s.server.do(trouble[0], **trouble[1])
        s.talks(bob, str(trouble))
    tap.equal(_sessions(s), 1, "sessions")
    _unbroken(bob)


@scene
def fights_nobody(s):
    """Signed in elsewhere is the end, and is not tried again."""
    bob = s.sign_on()
    s.server.do("kick", name=LOGIN)
    event = bob.wait("error")
    tap.equal(event["reason"], "NAME_IN_USE", "reason")
    bob.wait("disconnected")
    tap.equal(_sessions(s), 1, "sessions")


# Messages in between.

def _lost_with(s, bob, text):
    """Says @text and loses the session; what the conversation shows."""
    bob.im(ROBOT, text)
    s.server.wait_for({"do": "commands", "name": LOGIN, "stage": "SDG",
                       "direction": ">"}, {"count": {"min": 1}})
    s.server.do("lose-session", name=LOGIN)
    return s.failure(bob)


def reports(fault, stage, heard, loses=True):
    """A message whose answer is lost is reported, and not sent again."""
    @scene
    def test(s):
        bob = s.sign_on()
        s.fault(fault, stage=stage)
        if loses:
            shown = _lost_with(s, bob, "is it there?")
        else:
            bob.im(ROBOT, "is it there?")
            shown = s.failure(bob)
        tap.contains(shown, UNKNOWN, "failure")
        tap.contains(shown, "is it there?", "failure")
        s.talks(bob, "after")
        texts = s.server.do("received", name=ROBOT)["texts"]
        tap.equal(texts, ["is it there?"] * heard + ["to after"],
                  "what Robot heard")
        tap.equal(len(bob.seen("line", flags=lambda f: "error" in f)), 1,
                  "failures")
        _unbroken(bob)
    test.__name__ = f"reports_a_message_after_{fault}_of_{stage}".replace(
        "-", "_").lower()
    globals()[test.__name__] = test


reports("no-answer", "SDG", 1)
reports("swallow", "SDG", 0)
reports("stall", "data", 1)
reports("lose", "SDG", 0, loses=False)
reports("lose-after", "SDG", 1, loses=False)
reports("lose", "data", 0, loses=False)
reports("truncate", "data", 1, loses=False)


def delivers(fault):
    """A request that broke is repeated once, and carried out once."""
    @scene
    def test(s):
        bob = s.sign_on()
        s.fault(fault, stage="data")
        s.talks(bob, "through it")
        _once(s, "to through it")
        tap.equal(bob.seen("line", flags=lambda f: "error" in f), [],
                  "failures")
        tap.equal(_sessions(s), 1, "sessions")
    test.__name__ = "delivers_in_spite_of_" + fault.replace("-", "_")
    globals()[test.__name__] = test


delivers("http-hang-up")
delivers("hang-up-after")


@scene
def keeps_account_of_many(s):
    """Every message of a burst is heard once or reported, or both."""
    bob = s.sign_on()
    s.server.do("config", rate=None)
    s.server.do("fault", fault="lose-after", stage="SDG", nth=7, times=1)
    texts = [f"number {n}" for n in range(12)]
    for text in texts:
        bob.im(ROBOT, text)
    s.server.wait_for({"do": "sessions", "name": LOGIN},
                      {"total": {"min": 2}})
    s.talks(bob, "after")
    heard = s.server.do("received", name=ROBOT)["texts"]
    failed = [plain(e["html"]) for e in bob.seen(
        "line", flags=lambda f: "error" in f)]
    for text in texts:
        times = heard.count(text)
        told = sum(line.endswith(text) for line in failed)
        tap.equal(times <= 1 and told <= 1 and times + told >= 1, True,
                  f"{text}: heard {times}, reported {told}")


@scene
def keeps_what_is_said_meanwhile(s):
    """What is said while there is no session is heard once or reported."""
    bob = s.sign_on()
    s.server.do("status", next="open", code=503, count=1)
    s.server.do("lose-session", name=LOGIN)
    s.server.wait_for({"do": "web", "stage": "open"}, {"count": 2})
    bob.im(ROBOT, "meanwhile")
    s.server.wait_for({"do": "sessions", "name": LOGIN}, {"live": 1})
    s.talks(bob, "after")
    heard = s.server.do("received", name=ROBOT)["texts"].count("meanwhile")
    told = len(bob.seen("line", flags=lambda f: "error" in f))
    tap.equal((heard, told) in ((1, 0), (0, 1)), True,
              f"heard {heard}, reported {told}")


@scene
def misses_nothing_meanwhile(s):
    bob = s.sign_on()
    s.server.do("status", next="open", code=503, count=1)
    s.server.do("lose-session", name=LOGIN)
    for number in range(3):
        s.say(ROBOT, f"missed {number}")
    for number in range(3):
        s.line(bob, text=f"missed {number}")
    s.talks(bob, "after")
    tap.equal(len(bob.seen("line", html=lambda h: "missed" in h)), 3,
              "lines")


# Gateways of other kinds.

@scene(strict=True)
def falls_back_to_one_request(s):
    """A gateway that bears one request at a time costs one session."""
    bob = s.account()
    bob.sign_on()
    # The first request beside a poll.
    bob.status("away", "")
    s.settled(2)
    for number in range(3):
        s.talks(bob, f"serial {number}")
        _once(s, f"to serial {number}")
    tap.equal(s.server.do("web")["overlaps"], 1, "overlaps")
    _unbroken(bob)


@scene(no_long_poll=True)
def polls_in_moderation(s):
    """A gateway that never holds a poll is not asked without a pause."""
    bob = s.sign_on()
    for number in range(4):
        s.talks(bob, f"short {number}")
    bob.im(ECHO, "echo")
    s.line(bob, ECHO, text="echo")
    polls = s.server.wait_for({"do": "web", "stage": "poll"},
                              {"count": {"min": 8}})["requests"]
    times = [one["time"] for one in polls]
    gaps = [two - one for one, two in zip(times, times[1:])]
    tap.equal(min(sum(gaps[n:n + 4]) for n in range(len(gaps) - 3)) > 0.4,
              True, f"pauses {gaps}")
    tap.equal(_sessions(s), 1, "sessions")


def gets_on_with(title, **config):
    @scene(**config)
    def test(s):
        bob = s.sign_on()
        for number in range(5):
            s.talks(bob, f"{title} {number}")
            _once(s, f"to {title} {number}")
        tap.equal(_sessions(s), 1, "sessions")
        _unbroken(bob)
    test.__name__ = f"gets_on_with_{title}"
    globals()[test.__name__] = test


gets_on_with("answers_in_the_wrong_response", split=True)
gets_on_with("changing_names", rotate=True)
gets_on_with("slow_answers", latency=0.3)
gets_on_with("short_polls", poll_seconds=0.2)
gets_on_with("no_challenge", nonce=None)


@scene
def reads_events_in_any_response(s):
    """They come with the answers to what is sent, and never in a poll."""
    bob = s.sign_on()
    s.server.do("config", misplace=True)
    for number in range(4):
        s.say(ROBOT, f"misplaced {number}")
        bob.im(ROBOT, f"fetch {number}")
        s.line(bob, text=f"misplaced {number}")
    tap.equal(_sessions(s), 1, "sessions")


@scene
def moves_with_the_session(s):
    bob = s.sign_on()
    other = f"{NETWORK}:{s.server.other_port}"
    s.server.do("move", to=LOGIN, host=other)
    s.talks(bob, "moved")
    s.talks(bob, "settled")
    s.server.wait_for({"do": "web"}, {"requests": {"any": {
        "stage": "poll", "fields": {"host": other}}}})
    tap.equal(_sessions(s), 1, "sessions")


@scene
def goes_with_nobody_else(s):
    """Cookies stay with the host of the settings and its like."""
    bob = s.sign_on()
    s.server.do("move", to=LOGIN, host="gateway.evil.invalid")
    s.talks(bob, "moved")
    s.talks(bob, "stayed")
    tap.equal(_sessions(s), 1, "sessions")


@scene
def follows_a_transfer(s):
    other = f"{NETWORK}:{s.server.other_port}"
    s.server.do("xfr", host=other)
    bob = s.sign_on()
    s.talks(bob, "transferred")
    tap.equal([one["fields"]["host"] for one in s.server.do(
        "web", stage="open")["requests"]],
        [f"{NETWORK}:{s.server.web_port}", other], "opened at")


@scene(rate=None)
def reads_a_hundred_at_once(s):
    bob = s.sign_on()
    s.server.do("config", misplace=True)
    s.say(ROBOT, "number {n}", times=100)
    bob.im(ROBOT, "fetch")
    for number in range(100):
        s.line(bob, text=f"number {number}")
    s.server.do("config", misplace=False)
    s.state_of(LOGIN, pending=0)


@scene
def bears_a_body_that_is_too_large(s):
    bob = s.sign_on()
    s.fault("too-large")
    bob.im(ROBOT, "large?")
    s.failure(bob)
    s.talks(bob, "after")
    tap.equal(_sessions(s), 1, "sessions")


# Proxies.

def _peers(t):
    """The proxies of the tests: name to port."""
    program = pathlib.Path(__file__).resolve().parents[1] / "servers"
    made = t.process(["python3", program / "net_peers.py"])
    found = {}
    while (line := made.line().strip()) != "ready":
        name, _, value = line.partition(" ")
        found[name] = value
    return found


def through(kind, service, certified=False):
    def certificate(t):
        cert, key = t.certificate()
        return ["--cert", cert, "--key", key]

    @scene(arguments=certificate if certified else ())
    def test(s):
        peers = _peers(s.t)
        base = (f"https://{NETWORK}:{s.server.web_tls_port}"
                if certified else None)
        bob = s.account(base=base, security="required" if certified
                        else "off")
        bob.proxy(kind, NETWORK, int(peers[service]))
        bob.connect()
        while True:
            event = bob.wait(lambda e: e["event"] in ("error", "connected",
                                                      "request"))
            if event["event"] != "request":
                break
            s.client.answer(event, "Accept")
        tap.equal(event["event"], "connected", "outcome")
        s.talks(bob, "far away")
        served = s.server.do("web")
        tap.equal(served["count"] > 4, True, "requests")
        s.server.do("lose-session", name=LOGIN)
        s.server.wait_for({"do": "sessions", "name": LOGIN},
                          {"total": {"min": 2}})
        s.talks(bob, "again")
    test.__name__ = "goes_through_" + service.replace("-", "_") + (
        "_with_tls" if certified else "")
    globals()[test.__name__] = test


through("http", "http-proxy")
through("http", "http-proxy", certified=True)
through("socks5", "socks5")
through("socks5", "socks5", certified=True)


if __name__ == "__main__":
    tap.main()
