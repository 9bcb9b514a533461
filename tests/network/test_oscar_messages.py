"""Talking: every kind of text both ways, typing, and what becomes of a
message that cannot be delivered."""

import html
import re

from oscar_scene import scene, tap

GREETING = "é ё 漢 🙂"


def _is_failure(flags):
    return "error" in flags


def _line(bob, who="Robot", **more):
    return bob.wait("line", conversation=who, flags=lambda f: "recv" in f,
                    **more)


@scene
def sends_every_alphabet(s):
    bob = s.sign_on()
    texts = ["plain", "grüße, ça va? £5", "Привет", "漢字かな", "🙂🏳️‍🌈",
             GREETING, "a < b & c > \"d\"", "one\ntwo"]
    for number, text in enumerate(texts, 1):
        shown = (text.replace("&", "&amp;").replace("<", "&lt;")
                 .replace(">", "&gt;").replace('"', "&quot;")
                 .replace("\n", "<br>"))
        bob.im("Robot", shown)
        s.heard("Robot", count=number)
    for text, message in zip(texts, s.heard("Robot", count=len(texts))):
        got = _plain(message["text"])
        tap.equal(got, text, "text that arrived")
        # What old clients understand is sent as they understand it.
        ascii_only = all(ord(c) < 128 for c in text)
        latin = all(ord(c) < 256 for c in text)
        tap.contains((0,) if ascii_only else (0, 2, 3) if latin else (2,),
                     message["charset"], f"charset of {text!r}")


def _plain(markup):
    """The text of a bit of HTML."""
    markup = re.sub(r"(?i)<br\s*/?>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@scene
def receives_every_charset(s):
    bob = s.sign_on()
    cases = [
        ("plain", 0, b"plain"),
        ("grüße", 3, "grüße".encode("latin-1")),
        ("Привет 漢", 2, "Привет 漢".encode("utf-16-be")),
        ("smile 🙂", 2, "smile 🙂".encode("utf-16-be")),
        # What old clients really send: UTF-8 that calls itself ASCII, and
        # the reader's own encoding that calls itself ASCII.
        ("Ça va?", 0, "Ça va?".encode()),
        ("caf\u00e9", 0, b"caf\xe9"),
    ]
    for text, charset, data in cases:
        s.server.do("say", **{"from": "Robot", "to": "Bob",
                              "hex": data.hex(), "charset": charset})
        tap.equal(_plain(_line(bob)["html"]), text, f"text in {charset}")


@scene
def repairs_text_that_is_none(s):
    bob = s.sign_on()
    for charset, data in ((2, b"\xd8\x00\x00a"), (2, b"\x00a\x00"),
                          (2, b"\xde\x00"), (3, bytes(range(128, 160))),
                          (0, b"a\0b"), (7, b"odd"), (0, b"\xff\xfe\xfd")):
        s.server.do("say", **{"from": "Robot", "to": "Bob",
                              "hex": data.hex(), "charset": charset})
        s.say("Robot", "next")
        # Repaired or dropped: what follows arrives either way.
        _line(bob, html=lambda text: _plain(text) == "next")


@scene
def echoes(s):
    bob = s.sign_on()
    bob.im("Echo", GREETING)
    tap.equal(_plain(_line(bob, "Echo")["html"]), GREETING, "echo")


@scene
def keeps_the_markup(s):
    bob = s.sign_on()
    for tag in ("b", "i", "u"):
        bob.im("Echo", f"<{tag}>loud</{tag}> and clear")
        shown = _line(bob, "Echo")["html"].lower()
        tap.contains(shown, f"<{tag}>loud</{tag}>", "echo")
    bob.im("Echo", "see <a href=\"https://example.net/?a=1&amp;b=2\">it</a>")
    shown = _line(bob, "Echo")["html"]
    tap.contains(shown.lower(), "href=\"https://example.net/?a=1&amp;b=2\"",
                 "echo")


@scene
def cleans_the_markup(s):
    bob = s.sign_on()
    for text in ("<script>alert(1)</script>hi", "<b>open", "</i>shut",
                 "<a href=\"javascript:x\">hi</a>", "<img src=file:///etc>hi",
                 "<a href=\"file:///etc/passwd\">hi</a>", "%n%s%p hi",
                 "<!-- hi", "&#0;&#x110000;hi", "<" * 400 + "hi"):
        s.say("Robot", text)
        shown = _line(bob)["html"]
        for bad in ("<script", "javascript:", "file:", "<img", "\0"):
            tap.lacks(shown.lower(), bad, "shown")


@scene
def strips_markup_for_icq(s):
    icq = s.sign_on("100001")
    icq.im("100002", "<b>bold</b> &amp; brave")
    message, = s.heard("100002", "100001")
    tap.equal(message["text"], "bold & brave", "text that arrived")
    s.say("100002", "a < b & c", to="100001")
    tap.equal(_plain(_line(icq, "100002")["html"]), "a < b & c", "shown")


@scene
def tells_automatic_answers_apart(s):
    bob = s.sign_on()
    s.say("Robot", "I am out", auto=True)
    tap.contains(_line(bob)["flags"], "auto", "flags")


@scene
def shows_typing(s):
    bob = s.sign_on()
    s.say("Robot", "hello")
    _line(bob)
    for event, state in ((2, "typing"), (1, "paused"), (0, "stopped")):
        s.server.do("typing", **{"from": "Robot", "to": "Bob",
                                 "event": event})
        bob.wait("typing", who=lambda who: who.lower() == "robot",
                 state=state)


@scene
def tells_of_typing(s):
    bob = s.sign_on()
    for count, state in enumerate(("typing", "paused", "stopped"), 1):
        bob.typing("Robot", state)
        s.server.wait_for({"do": "received", "name": "Robot"},
                          {"typing": {"count": count}})
    events = [one["event"] for one in
              s.server.do("received", name="Robot")["typing"]]
    tap.equal(events, [2, 1, 0], "typing events")


@scene
def talks_to_another_of_our_own(s):
    bob, ann = s.sign_on(), s.sign_on("Ann")
    bob.im("Ann", GREETING)
    ann.wait("line", who="Bob", html=lambda text: _plain(text) == GREETING)
    ann.im("Bob", "<i>Grüße</i> zurück")
    bob.wait("line", who="Ann",
             html=lambda text: _plain(text) == "Grüße zurück")


@scene
def receives_what_came_meanwhile(s):
    ann = s.sign_on("Ann")
    ann.im("Bob", "while you were out")
    s.server.wait_for({"do": "user", "name": "Bob"}, {"stored": 1})
    bob = s.sign_on()
    line = bob.wait("line", who="Ann")
    tap.equal(_plain(line["html"]), "while you were out", "text")
    tap.contains(line["flags"], "delayed", "flags")


# What cannot be delivered.

@scene
def says_what_was_not_delivered(s):
    s.server.do("account", name="Gone Greg", accepts_offline=False)
    bob = s.sign_on()
    bob.im("Gone Greg", "are <b>you</b> there?")
    line = bob.wait("line", conversation="Gone Greg", flags=_is_failure)
    text = _plain(line["html"])
    tap.contains(text, "Not delivered: Gone Greg is offline", "sentence")
    tap.contains(text, "Your message was: are you there?", "sentence")


@scene
def words_every_failure(s):
    cases = [
        (0x0004, "Not delivered: Robot is offline."),
        (0x0010, "Not delivered: you block Robot."),
        (0x0003, "Not delivered to Robot: messages were sent too fast."),
        (0x000A, "Not delivered: Robot does not accept this kind of "
         "message."),
        (0x000E, "Not delivered to Robot: the message is too long."),
        (0x0005, "Not delivered to Robot: the server could not."),
    ]
    bob = s.sign_on()
    for code, sentence in cases:
        s.server.do("fault", fault="error", stage="04/0C", code=code)
        bob.im("Robot", f"message {code}")
        line = bob.wait("line", conversation="Robot", flags=_is_failure)
        tap.contains(_plain(line["html"]), sentence[:-1], f"code {code:#x}")
        tap.contains(_plain(line["html"]), f"message {code}", "message")
        s.server.do("clear-faults")


@scene
def refuses_what_is_too_long(s):
    bob = s.sign_on()
    bob.im("Robot", "x" * 20000)
    line = bob.wait("line", conversation="Robot", flags=_is_failure)
    tap.contains(line["html"].lower(), "too", "sentence")
    bob.im("Robot", "short")
    tap.equal(_plain(s.heard("Robot")[0]["text"]), "short", "what arrived")


@scene
def says_what_may_be_lost_with_the_link(s):
    bob = s.sign_on()
    s.server.do("fault", fault="no-reply", stage="04/0C")
    bob.im("Robot", "into the void")
    s.heard("Robot")
    s.server.do("drop", name="Bob")
    line = bob.wait("line", conversation="Robot", flags=_is_failure)
    tap.contains(_plain(line["html"]), "ossibly not delivered to Robot",
                 "sentence")
    bob.wait("disconnected")


# Rate limits and long conversations.

def _pastes(s, lines, deadline=60):
    """Bob says @lines to Robot at once: none is lost, none is out of order,
    nobody is thrown out, and the conversation says once why it takes so
    long."""
    bob = s.sign_on()
    for line in lines:
        bob.im("Robot", line)
    heard = s.server.wait_for(
        {"do": "received", "name": "Robot", "sender": "Bob"},
        {"messages": {"count": len(lines)}}, deadline=deadline)["messages"]
    tap.equal([_plain(one["text"]) for one in heard], lines, "lines")
    tap.equal(bob.state()["connected"], True, "connected")
    tap.equal(bob.seen("disconnected"), [], "ends")
    shown = bob.seen("line", conversation="Robot")
    tap.equal([e for e in shown if "error" in e["flags"]], [], "failures")
    notes = [e["html"] for e in shown if "system" in e["flags"]]
    tap.equal(len(notes), 1, f"notes ({notes})")
    tap.contains(notes[0], "asks us to slow down; your messages are sent as "
                 "it allows", "sentence")
    return bob


def _dropped(s):
    rates = s.server.do("user", name="Bob")["instances"][0]["rates"]
    return sum(rate["dropped"] for rate in rates.values())


# The server warns, drops and hangs up as those of old do, only faster.
@scene(seconds=200, rates={3: [20, 55, 50, 40, 30, 70]})
def pastes_two_hundred_lines(s):
    _pastes(s, [f"line {number}" for number in range(200)])
    tap.equal(_dropped(s), 0, "dropped by the server")


@scene
def pastes_two_hundred_lines_in_one(s):
    """They go as a few messages, parted between lines."""
    bob = s.sign_on()
    lines = [f"line {number} " + "of a <b>long</b> story " * 4
             for number in range(200)]
    bob.im("Robot", "<br>".join(lines))
    wanted = [" ".join(_plain(line).split()) for line in lines]

    def told():
        heard = s.server.do("received", name="Robot", sender="Bob")
        return [" ".join(_plain(line).split()) for one in heard["messages"]
                for line in one["text"].split("<BR>")]
    tap.wait_until(lambda: told() == wanted, "every line")
    tap.equal([e for e in bob.seen("line") if "error" in e["flags"]], [],
              "failures")


@scene(rates={3: [20, 55, 50, 40, 30, 70]})
def repeats_what_was_dropped(s):
    """Something else, such as another session, lowers what we may send."""
    bob = s.sign_on()
    bob.im("Robot", "before")
    s.heard("Robot")
    s.server.do("rate", name="Bob", number=3, code=0, current=35)
    for number in range(20):
        bob.im("Robot", f"line {number}")
    heard = s.server.wait_for(
        {"do": "received", "name": "Robot", "sender": "Bob"},
        {"messages": {"count": 21}}, deadline=60)["messages"]
    tap.equal(sorted(_plain(one["text"]) for one in heard),
              sorted(["before"] + [f"line {n}" for n in range(20)]), "lines")
    tap.equal(_dropped(s) > 0, True, "whether any was dropped")
    tap.equal(bob.seen("disconnected"), [], "ends")


if __name__ == "__main__":
    tap.main()
