"""Whom the server keeps away from a Google Talk account."""

from gtalk_scene import scene
import headless
from tap import equal, main, wait_until


def blocks(account, *names):
    wait_until(lambda: set(account.state()["deny"]) == set(names),
               f"{names} on the list")


@scene
def who_is_blocked_is_not_heard(s):
    """They read that it did not arrive; unblocked, they are heard again."""
    mina, tomas = s.pair()
    s.befriend(tomas, mina, "mina", "tomas")
    mina.deny(s.address("tomas"), 1)
    tomas.wait("buddy-off", who=s.address("mina"))
    tomas.im(s.address("mina"), "let me in")
    tomas.wait("line", html=lambda h: "Your message was: let me in" in h)
    mina.deny(s.address("tomas"), 0)
    tomas.wait("buddy-on", who=s.address("mina"))
    tomas.im(s.address("mina"), "thank you")
    mina.wait("line", who=s.address("tomas"), html="thank you")
    equal([e for e in mina.seen("line") if "let me" in e["html"]], [])


@scene
def who_is_blocked_cannot_be_written_to(s):
    """The user reads that it is they who block."""
    mina, _ = s.pair()
    mina.deny(s.address("tomas"), 1)
    mina.im(s.address("tomas"), "hello")
    line = mina.wait("line", html=lambda h: "Your message was: hello" in h)
    assert "block" in line["html"], line


@scene
def blocked_people_see_us_leave(s):
    mina, tomas = s.pair()
    s.befriend(tomas, mina, "mina", "tomas")
    mina.deny(s.address("tomas"), 1)
    tomas.wait("buddy-off", who=s.address("mina"))
    mina.deny(s.address("tomas"), 0)
    tomas.wait("buddy-on", who=s.address("mina"))


@scene
def the_list_is_the_servers(s):
    """It is the same at every place, and changes there at once."""
    mina, _ = s.pair()
    mina.deny(s.address("tomas"), 1)
    with headless.Headless() as elsewhere:
        other = s.account("mina", client=elsewhere)
        s.trust(other, elsewhere)
        blocks(other, s.address("tomas"))
        equal(other.state()["privacy"], 4, "mode: all but those listed")
        other.deny("spam@elsewhere.example", 1)
        blocks(mina, s.address("tomas"), "spam@elsewhere.example")
        mina.deny(s.address("tomas"), 0)
        blocks(other, "spam@elsewhere.example")


@scene(settings='modules_disabled = { "s2s", "blocklist" }')
def without_the_servers_help_the_program_does_it(s):
    mina, tomas = s.pair()
    mina.deny(s.address("tomas"), 1)
    mina.privacy(4)
    tomas.im(s.address("mina"), "let me in")
    tomas.im(s.address("mina"), "please")
    mina.deny(s.address("tomas"), 0)
    tomas.im(s.address("mina"), "thank you")
    mina.wait("line", who=s.address("tomas"), html="thank you")
    assert not mina.seen("error")


GOOGLE = ('modules_disabled = { "s2s", "blocklist" }\n'
          'modules_enabled = { "classic_google_roster", "disco", "roster", '
          '"saslauth", "tls", "posix", "smacks", "pep", "offline" }')


@scene(settings=GOOGLE)
def google_keeps_it_on_the_roster(s):
    """Edits of who is blocked leave them so; strangers can be blocked and are
    no buddies for it."""
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    mina.deny(s.address("tomas"), 1)
    mina.buddy_alias(s.address("tomas"), "Tommy")
    mina.deny("spam@gtalk.test", 1)
    blocks(mina, s.address("tomas"), "spam@gtalk.test")
    with headless.Headless() as elsewhere:
        other = s.account("mina", client=elsewhere)
        s.trust(other, elsewhere)
        blocks(other, s.address("tomas"), "spam@gtalk.test")
        equal([b["who"] for b in other.blist()["buddies"]],
              [s.address("tomas")])
    tomas.im(s.address("mina"), "let me in")
    mina.deny(s.address("tomas"), 0)
    # What she says later is read later: then he is welcome.
    mina.im(s.address("tomas"), "welcome back")
    tomas.wait("line", who=s.address("mina"), html="welcome back")
    tomas.im(s.address("mina"), "thank you")
    mina.wait("line", who=s.address("tomas"), html="thank you")
    blocks(mina, "spam@gtalk.test")
    equal([e for e in mina.seen("line") if "let me" in e["html"]], [])


if __name__ == "__main__":
    main()
