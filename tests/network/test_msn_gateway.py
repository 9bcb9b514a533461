"""Everything through the polling gateway: signing on, talking, conversations
of several, and what happens when a session there is lost."""

import html
import re

from msn_scene import BOB, ECHO, GREG, ROBOT, scene, tap


def _plain(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def _line(bob, who=ROBOT):
    return _plain(bob.wait("line", conversation=who,
                           flags=lambda f: "recv" in f)["html"])


def _on(s, version=12, **more):
    bob = s.sign_on(version=version, connection="http", **more)
    tap.equal(s.server.do("web")["gateway"] > 0, True, "gateway in use")
    return bob


def talks(version):
    def test(s):
        bob = _on(s, version)
        bob.im(ECHO, "through the wall")
        tap.equal(_line(bob, ECHO), "through the wall", "echo")
        for number in range(5):
            s.say(ROBOT, f"number {number}")
            tap.equal(_line(bob), f"number {number}", "text")
            bob.im(ROBOT, f"answer {number}")
            s.heard(ROBOT, count=number + 1)
        tap.equal([m["text"] for m in s.server.do(
            "received", name=ROBOT)["messages"]],
            [f"answer {n}" for n in range(5)], "answers")
    test.__name__ = f"talks_with_{version}"
    return scene(test)


for number in (7, 12, 15, 18):
    talks(number)


@scene(personality="ms")
def follows_changing_ids(s):
    """Sessions of Microsoft's gateway are called anew with each answer."""
    bob = _on(s)
    s.say(ROBOT, "hello")
    tap.equal(_line(bob), "hello", "text")
    bob.im(ROBOT, "hello yourself")
    tap.equal(s.heard(ROBOT)[0]["text"], "hello yourself", "text")


@scene
def meets_several(s):
    bob = _on(s)
    bob.chat_join(ROBOT)
    room = bob.wait("chat-opened")["conversation"]
    bob.chat_invite(room, ECHO, "")
    bob.wait("chat-arrived", who=ECHO)
    bob.chat_say(room, "hello")
    bob.wait("line", conversation=room, who=ECHO)


@scene
def leaves_messages(s):
    bob = _on(s)
    bob.im(GREG, "for later")
    s.server.wait_for({"do": "stored", "name": GREG},
                      {"messages": {"count": 1}})


@scene
def is_used_when_the_port_is_blocked(s):
    account = s.account(version=12, connection="http-if-blocked")
    account.option("port", 1)
    account.sign_on()
    s.say(ROBOT, "hello")
    tap.equal(_line(account), "hello", "text")


@scene
def ends_when_the_session_is_lost(s):
    bob = _on(s)
    bob.im(ROBOT, "one")
    s.heard(ROBOT)
    s.server.do("lose-gateway")
    event = bob.wait("error")
    tap.equal((event["reason"], event["fatal"]), ("NETWORK_ERROR", False),
              "outcome")
    bob.wait("disconnected")
    bob.sign_on()
    bob.im(ROBOT, "two")
    tap.equal([m["text"] for m in s.heard(ROBOT, count=2)], ["one", "two"],
              "what arrived")


@scene
def says_goodbye(s):
    """Nobody is shown as online who has gone."""
    bob = _on(s)
    bob.sign_off()
    s.state_of(BOB, visible=False)


@scene
def bears_failures(s):
    bob = _on(s)
    for fault in ({"fault": "http-status", "stage": "gateway", "code": 503},
                  {"fault": "http-hang-up", "stage": "gateway"}):
        s.server.do("fault", **dict(fault, times=1))
        s.server.wait_for({"do": "web"}, {})
        s.say(ROBOT, "still here?")
        tap.equal(_line(bob), "still here?", f"after {fault}")


if __name__ == "__main__":
    tap.main()
