"""Messages for people who are offline, both ways: shown once with their time,
stored once, and never lost without a word."""

import html
import re

from msn_scene import BOB, GREG, ROBOT, scene, tap

RUN = "{3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}"


def _plain(markup):
    return html.unescape(re.sub(r"<[^>]*>", "",
                                re.sub(r"(?i)<br\s*/?>", "\n", markup)))


def _stored(s, count=1, name=GREG):
    return s.server.wait_for({"do": "stored", "name": name},
                             {"messages": {"count": count}})["messages"]


def _failure(bob, who=GREG):
    return _plain(bob.wait("line", conversation=who,
                           flags=lambda f: "error" in f)["html"])


def _shown(bob, text=None, who=ROBOT):
    """The next line of @who, or the next one that says @text."""
    return bob.wait("line", conversation=who, flags=lambda f: "recv" in f,
                    html=lambda h: text is None or _plain(h) == text)


@scene
def leaves_messages(s):
    bob = s.sign_on(version=12)
    for text in ("one", "zwei ü", "три 🙂"):
        bob.im(GREG, text)
    got = _stored(s, 3)
    tap.equal([m["text"] for m in got], ["one", "zwei ü", "три 🙂"], "texts")
    tap.equal([m["sequence"] for m in got], [1, 2, 3], "sequence")
    tap.equal(len({m["run"] for m in got}), 1, "runs")
    tap.equal({m["from"] for m in got}, {BOB}, "from")
    tap.equal(bob.seen("line", flags=lambda f: "error" in f), [], "errors")


@scene(personality="ms", more=[])
def answers_the_lock(s):
    """A server that checks the answer gets the right one."""
    bob = s.sign_on(version=12)
    bob.im(GREG, "for later")
    tap.equal(_stored(s)[0]["text"], "for later", "text")


@scene
def says_what_could_not_be_left(s):
    bob = s.sign_on(version=12)
    for fault in ("SystemUnavailable", "InvalidContent",
                  "SenderThrottleLimitExceeded", "MessageTooLarge"):
        s.server.do("fault", fault="soap-fault", stage="Store2", text=fault,
                    times=1)
        bob.im(GREG, f"text {fault}")
        tap.contains(_failure(bob), f"text {fault}", "sentence")
    s.server.do("fault", fault="http-hang-up", stage="Store2", times=1)
    bob.im(GREG, "lost on the way")
    tap.contains(_failure(bob), "lost on the way", "sentence")
    bob.im(GREG, "fine")
    tap.equal([m["text"] for m in _stored(s)][-1], "fine", "stored")


@scene
def shows_what_waited(s):
    for number, text in enumerate(("one", "zwei ü", "три 🙂 <b>"), 1):
        s.server.do("leave-message", sender=ROBOT, to=BOB, text=text, run=RUN,
                    sequence=number)
    bob = s.sign_on(version=12)
    for text in ("one", "zwei ü", "три 🙂 <b>"):
        line = _shown(bob)
        tap.equal(_plain(line["html"]), text, "text")
        tap.contains(line["flags"], "delayed", "flags")
    _stored(s, 0, BOB)
    bob.sign_off()
    bob.sign_on()
    s.state_of(BOB, visible=True)
    s.say(ROBOT, "now")
    _shown(bob, "now")
    tap.equal(len(bob.seen("line", html="one")), 1, "shown")


@scene
def shows_what_comes_while_online(s):
    bob = s.sign_on(version=12)
    s.server.do("leave-message", sender=ROBOT, to=BOB, text="psst")
    tap.equal(_plain(_shown(bob)["html"]), "psst", "text")
    _stored(s, 0, BOB)


@scene
def shows_once_what_cannot_be_deleted(s):
    s.server.do("leave-message", sender=ROBOT, to=BOB, text="only once")
    s.server.do("fault", fault="http-status", stage="DeleteMessages",
                code=500)
    bob = s.sign_on(version=12)
    _shown(bob, "only once")
    for _ in range(2):
        bob.sign_off()
        bob.sign_on()
        s.state_of(BOB, visible=True)
        s.say(ROBOT, "now")
        _shown(bob, "now")
    s.server.do("clear-faults")
    bob.sign_off()
    bob.sign_on()
    _stored(s, 0, BOB)
    tap.equal(len([line for line in bob.seen("line", conversation=ROBOT)
                   if _plain(line["html"]) == "only once"]), 1, "shown")


@scene
def shows_very_many(s):
    for number in range(60):
        s.server.do("leave-message", sender=ROBOT, to=BOB,
                    text=f"number {number}", run=RUN, sequence=number + 1)
    bob = s.sign_on(version=12)
    for number in range(60):
        tap.equal(_plain(_shown(bob)["html"]), f"number {number}", "text")
    _stored(s, 0, BOB)


@scene
def survives_a_service_that_fails(s):
    s.server.do("leave-message", sender=ROBOT, to=BOB, text="kept")
    for fault in ({"fault": "http-status", "stage": "GetMessage", "code": 500},
                  {"fault": "http-garbage", "stage": "GetMessage"},
                  {"fault": "http-cut", "stage": "GetMessage"},
                  {"fault": "http-hang-up", "stage": "GetMessage"}):
        s.server.do("fault", **dict(fault, times=1))
        bob = s.sign_on(version=12)
        s.say(ROBOT, f"after {fault['fault']}")
        _shown(bob, f"after {fault['fault']}")
        s.server.do("clear-faults")
        bob.sign_off()
    # It is not lost with that, nor shown twice.
    bob = s.sign_on(version=12)
    _shown(bob, "kept")
    _stored(s, 0, BOB)


if __name__ == "__main__":
    tap.main()
