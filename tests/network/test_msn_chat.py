"""Conversations of several on MSN: begun, joined, left, lost and found."""

import html
import re

from msn_scene import AMY, ANN, BOB, ECHO, GREG, ROBOT, scene, tap

SCRIPTS = "é ё 漢 🙂"


def _plain(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _says(account, who, text, room):
    return account.wait("line", conversation=room, who=who,
                        html=lambda h: _plain(h) == text)


def _opened(account):
    return account.wait("chat-opened")["conversation"]


def _members(s, *names):
    """Waits until the server has a conversation of just these."""
    return tap.wait_until(
        lambda: any(sorted(room["members"]) == sorted(names)
                    for room in s.server.do("rooms")["rooms"]),
        f"a conversation of {names}")


def is_begun_and_widened(version):
    def test(s):
        bob = s.sign_on(version=version)
        bob.chat_join(ROBOT)
        room = _opened(bob)
        bob.wait("chat-arrived", who=ROBOT)
        bob.chat_invite(room, ECHO, "")
        bob.wait("chat-arrived", who=ECHO)
        _members(s, BOB, ROBOT, ECHO)
        bob.chat_say(room, SCRIPTS)
        _says(bob, BOB, SCRIPTS, room)
        _says(bob, ECHO, SCRIPTS, room)
        tap.equal(s.heard(ROBOT)[0]["text"], SCRIPTS, "what Robot heard")
        s.server.do("leave-rooms", name=ECHO)
        bob.wait("chat-departed", who=ECHO)
        bob.chat_say(room, "who is left?")
        tap.equal(s.heard(ROBOT, count=2)[1]["text"], "who is left?", "text")
        bob.chat_leave(room)
        s.server.wait_for({"do": "connections", "name": BOB, "kind": "sb"},
                          {"open": 0})
    test.__name__ = f"is_begun_and_widened_with_{version}"
    return scene(test)


for number in (7, 12, 15, 18):
    is_begun_and_widened(number)


@scene
def grows_out_of_two(s):
    """A third comes into a conversation: it moves into a window of its own,
    and what was said there stays where it was."""
    bob = s.sign_on(version=12)
    bob.im(ECHO, "invite " + ROBOT)
    room = _opened(bob)
    bob.wait("chat-arrived", who=ROBOT)
    s.say(ROBOT, "me too", room=[BOB, ECHO])
    _says(bob, ROBOT, "me too", room)
    bob.im(ECHO, "just you")
    bob.wait("line", conversation=ECHO, who=ECHO,
             html=lambda h: _plain(h) == "just you")


@scene
def is_called_into(s):
    bob = s.sign_on(version=18)
    s.server.do("call", sender=ROBOT, to=BOB, others=[ECHO])
    room = _opened(bob)
    s.say(ROBOT, "welcome", room=[BOB, ECHO])
    _says(bob, ROBOT, "welcome", room)
    bob.chat_say(room, "thanks")
    _says(bob, ECHO, "thanks", room)


@scene
def says_who_does_not_come(s):
    bob = s.sign_on(version=12)
    bob.chat_join(ROBOT)
    room = _opened(bob)
    bob.chat_invite(room, GREG, "")
    notice = bob.client.wait("notify")
    tap.contains(notice["primary"] + (notice["secondary"] or ""), GREG,
                 "notice")


@scene
def heals(s):
    """The link is lost: the next word brings everybody back."""
    bob = s.sign_on(version=12)
    bob.chat_join(ROBOT)
    room = _opened(bob)
    bob.wait("chat-arrived", who=ROBOT)
    bob.chat_invite(room, AMY, "")
    bob.wait("chat-arrived", who=AMY)
    s.server.do("drop", name=BOB, kind="sb")
    for who in (ROBOT, AMY):
        bob.wait("chat-departed", who=who)
    bob.chat_say(room, "are you still there?")
    tap.equal(s.heard(ROBOT)[0]["text"], "are you still there?", "text")
    tap.equal(len(bob.seen("chat-opened")), 1, "windows")


@scene
def shows_what_did_not_get_through(s):
    bob = s.sign_on(version=12)
    bob.chat_join(ROBOT)
    room = _opened(bob)
    bob.wait("chat-arrived", who=ROBOT)
    s.server.do("fault", fault="nak", stage="MSG", times=1)
    bob.chat_say(room, "lost words")
    line = bob.wait("line", conversation=room, flags=lambda f: "error" in f)
    tap.contains(_plain(line["html"]), "lost words", "sentence")


@scene
def holds_three_of_us(s):
    bob = s.sign_on(BOB, version=18)
    ann = s.sign_on(ANN, handle="ann", version=12)
    bob.chat_join(ANN)
    room = _opened(bob)
    bob.wait("chat-arrived", who=ANN)
    bob.chat_invite(room, ROBOT, "")
    theirs = _opened(ann)
    bob.chat_say(room, "hello both")
    _says(ann, BOB, "hello both", theirs)
    ann.chat_say(theirs, "hello Bob")
    _says(bob, ANN, "hello Bob", room)
    ann.chat_leave(theirs)
    bob.wait("chat-departed", who=ANN)


if __name__ == "__main__":
    tap.main()
