"""Talking on MSN: every kind of text both ways, typing, nudges, and what
becomes of a message that cannot be delivered."""

import html
import re

from msn_scene import (AMY, ANN, BOB, ECHO, GREG, ROBOT, scene, tap)

VERSIONS = (7, 12, 15, 18)
TEXTS = ["plain", "grüße, ça va? £5", "Привет", "漢字かな", "שלום", "مرحبا",
         "สวัสดี", "🙂🏳️‍🌈", "a < b & c > \"d\"", "one\ntwo", "100% 'sure'",
         "tab\tbed"]


def _plain(markup):
    """The text of a bit of HTML."""
    markup = re.sub(r"(?i)<br\s*/?>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _markup(text):
    return html.escape(text).replace("\n", "<br>")


def _line(bob, who=ROBOT, **more):
    return bob.wait("line", conversation=who, flags=lambda f: "recv" in f,
                    **more)


def _failure(bob, who=ROBOT):
    return _plain(bob.wait("line", conversation=who,
                           flags=lambda f: "error" in f)["html"])


def sends_and_receives(version):
    def test(s):
        bob = s.sign_on(version=version)
        for number, text in enumerate(TEXTS, 1):
            bob.im(ROBOT, _markup(text))
            s.heard(ROBOT, count=number)
        for text, message in zip(TEXTS, s.heard(ROBOT, count=len(TEXTS))):
            tap.equal(message["text"], text.replace("\n", "\r\n"),
                      "text that arrived")
        for text in TEXTS:
            s.say(ROBOT, text.replace("\n", "\r\n"))
            tap.equal(_plain(_line(bob)["html"]), text, "text shown")
        # All of it in one conversation.
        tap.equal(s.server.do("connections", name=BOB, kind="sb")["total"], 1,
                  "switchboards")
    test.__name__ = f"sends_and_receives_with_{version}"
    return scene(test)


for number in VERSIONS:
    sends_and_receives(number)


@scene
def tells_what_is_known(s):
    bob = s.sign_on(version=12)
    bob.info(ECHO)
    shown = str(bob.wait("userinfo", who=ECHO))
    tap.contains(shown, "Echo", "information")
    tap.contains(shown, "Has you on their list", "information")


@scene
def keeps_the_look(s):
    bob = s.sign_on(version=12)
    for tag in ("b", "i", "u", "s"):
        bob.im(ECHO, f"<{tag}>loud and clear</{tag}>")
        shown = _line(bob, ECHO)["html"].lower()
        tap.contains(shown, f"<{tag}>loud and clear</{tag}>", "echo")
    bob.im(ECHO, '<font color="#ff8000" face="Courier New">orange</font>')
    shown = _line(bob, ECHO)["html"].lower()
    tap.contains(shown, "#ff8000", "echo")
    tap.contains(shown, "courier new", "echo")


@scene
def cleans_what_is_said(s):
    bob = s.sign_on(version=12)
    for text in ("<script>alert(1)</script>hi", "<b>open", "%n%s%p hi",
                 "<a href=\"javascript:x\">hi</a>", "&#0;hi", "<" * 400):
        s.say(ROBOT, text)
        shown = _line(bob)["html"]
        tap.equal(_plain(shown), text, "shown")
        tap.lacks(shown, "<script", "shown")


@scene
def repairs_text_that_is_none(s):
    bob = s.sign_on(version=12)
    head = b"MIME-Version: 1.0\r\nContent-Type: text/plain%s\r\n\r\n%s"
    for charset, body in ((b"; charset=UTF-8", b"\xff\xfe\xfd"),
                          (b"; charset=UTF-8", b"caf\xe9"),
                          (b"; charset=nonesuch", b"\x80\x81"),
                          (b"; charset=" + b"x" * 1024, b"odd"),
                          (b"", b"a\0b"), (b"", b"")):
        s.server.do("message", sender=ROBOT, to=BOB,
                    hex=(head % (charset, body)).hex())
        s.say(ROBOT, "next")
        # Repaired or dropped: what follows arrives either way.
        _line(bob, html=lambda text: _plain(text) == "next")


@scene
def sends_what_is_long(s):
    bob = s.sign_on(version=12)
    text = "The quick brown fox jumps over the lazy dog. " * 200
    bob.im(ECHO, text.strip())
    def arrived():
        parts = s.server.do("received", name=ECHO)
        whole = "".join(p["text"] for p in parts["messages"]
                        + parts["other"])
        return whole == text.strip()
    tap.wait_until(arrived, "all of it")
    # In parts, it is joined here.
    head = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
    for more, part in (("Chunks: 3\r\n", "Хорошо "), ("Chunk: 1\r\n", "там "),
                       ("Chunk: 2\r\n", "где нас нет")):
        s.server.do("message", sender=ROBOT, to=BOB, text=(
            head if "Chunks" in more else "") + "Message-ID: {7}\r\n" + more
            + "\r\n" + part)
    tap.equal(_plain(_line(bob)["html"]), "Хорошо там где нас нет", "joined")


@scene
def shows_typing(s):
    bob = s.sign_on(version=12)
    s.server.do("typing", sender=ROBOT, to=BOB)
    bob.wait("typing", who=ROBOT, state="typing")
    s.say(ROBOT, "done")
    bob.wait("typing", who=ROBOT, state="stopped")
    bob.typing(ROBOT, "typing")
    s.server.wait_for({"do": "received", "name": ROBOT},
                      {"typing": {"count": 1}})


@scene
def nudges(s):
    bob = s.sign_on(version=12)
    s.server.do("nudge", sender=ROBOT, to=BOB)
    bob.wait("line", conversation=ROBOT,
             html=lambda text: "nudged you" in text)
    bob.attention(ROBOT)
    s.server.wait_for({"do": "received", "name": ROBOT},
                      {"other": {"count": 1}})
    # Once is enough for a while.
    bob.attention(ROBOT)
    s.say(ROBOT, "stop it")
    _line(bob)
    tap.equal(len(s.server.do("received", name=ROBOT)["other"]), 1, "nudges")


@scene
def talks_to_the_same_again(s):
    """A conversation that ended opens anew, without a word to the user."""
    bob = s.sign_on(version=12)
    bob.im(ROBOT, "one")
    s.heard(ROBOT)
    s.server.do("leave-rooms", name=ROBOT)
    s.server.wait_for({"do": "connections", "name": BOB, "kind": "sb"},
                      {"open": 0})
    bob.im(ROBOT, "two")
    texts = [m["text"] for m in s.heard(ROBOT, count=2)]
    tap.equal(texts, ["one", "two"], "what arrived")
    tap.equal(bob.seen("line", flags=lambda f: "error" in f), [], "errors")


@scene
def says_who_is_not_there(s):
    bob = s.sign_on(version=7)
    bob.im(GREG, "are you there?")
    tap.contains(_failure(bob, GREG), "are you there?", "sentence")


@scene
def waits_when_it_goes_too_fast(s):
    bob = s.sign_on(version=12)
    s.server.do("fault", fault="throttled", times=1)
    bob.im(ROBOT, "patience")
    tap.equal(s.heard(ROBOT)[0]["text"], "patience", "what arrived")


@scene
def says_when_there_is_no_switchboard(s):
    bob = s.sign_on(version=7)
    s.server.do("fault", fault="hidden")
    bob.im(ROBOT, "can you see me?")
    tap.contains(_failure(bob), "can you see me?", "sentence")


@scene
def reports_what_was_refused(s):
    bob = s.sign_on(version=12)
    s.server.do("fault", fault="nak", stage="MSG", times=1)
    bob.im(ROBOT, "lost words")
    tap.contains(_failure(bob), "lost words", "sentence")
    bob.im(ROBOT, "next")
    tap.equal([m["text"] for m in s.heard(ROBOT)], ["next"], "what arrived")


@scene
def loses_nothing_when_links_break(s):
    """At whatever command the link breaks, a message arrives once, or its
    text is shown with an error; never both, never twice, never neither."""
    bob = s.sign_on(version=12)
    for number, fault in enumerate((
            {"fault": "close-on", "stage": "USR", "where": "sb"},
            {"fault": "close-on", "stage": "CAL"},
            {"fault": "close-on", "stage": "MSG"},
            {"fault": "close-after", "stage": "JOI"},
            {"fault": "close-before", "stage": "ACK"},
            {"fault": "bad-cookie"})):
        text = f"message {number}"
        s.server.do("drop", name=BOB, kind="sb")
        s.server.do("fault", **dict(fault, times=1))
        bob.im(ROBOT, text)
        tap.wait_until(lambda: _outcomes(s, bob, text), f"outcome of {fault}")
        tap.equal(len(_arrived(s, text)) <= 1, True, f"once after {fault}")
        s.server.do("clear-faults")
    # Nothing of the old ones comes later.
    bob.im(ROBOT, "the last")
    tap.wait_until(lambda: _arrived(s, "the last"), "the last")
    texts = [m["text"] for m in s.server.do("received", name=ROBOT)["messages"]]
    tap.equal(len(texts), len(set(texts)), "nothing twice")


def _arrived(s, text):
    return [m for m in s.server.do("received", name=ROBOT)["messages"]
            if m["text"] == text]


def _outcomes(s, bob, text):
    return _arrived(s, text) or [
        e for e in bob.seen("line", conversation=ROBOT)
        if "error" in e["flags"] and text in _plain(e["html"])]


@scene
def two_of_us_talk(s):
    for version, other in ((7, 18), (12, 15)):
        bob = s.sign_on(BOB, handle=f"bob{version}", version=version)
        ann = s.sign_on(ANN, handle=f"ann{other}", version=other)
        for number in range(3):
            bob.im(ANN, f"to Ann {number}")
            tap.equal(_plain(_line(ann, BOB)["html"]), f"to Ann {number}", "")
            ann.im(BOB, f"to Bob {number}")
            tap.equal(_plain(_line(bob, ANN)["html"]), f"to Bob {number}", "")
        bob.sign_off()
        ann.sign_off()


if __name__ == "__main__":
    tap.main()
