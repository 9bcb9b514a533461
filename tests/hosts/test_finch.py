"""A stock Finch in a terminal."""

import gtalk
import msn
from common import artefacts, play, tap, world
from finch import Finch

BEER = "8c50dbae81ed4786acca16cc3213c7b7"


@tap.case
def signs_on_and_talks(t):
    play(t, Finch)


def choose_action(host, key, title):
    """From the menu of the only account."""
    host.key("M-1")
    host.key("C-o")
    host.wait_screen("Options", "Plugins")
    host.key("Right")
    host.key("Down")
    host.wait_screen("│100001 (1)")
    host.key("Right")
    host.wait_screen("Set Profile...")
    host.key(key)
    host.wait_screen(title)


def icq_world(t):
    server, account, stage = world(t)
    account.user, account.password = "100001", "demo12"
    account.protocol = "prpl-icq"
    server.do("account", name="100001", info={"nick": "Me", "country": 49})
    return server, account, stage


@tap.case
def shows_what_was_chosen(t):
    """It counts the answers of a choice from 1."""
    _, account, stage = icq_world(t)
    with Finch([account], stage, artefacts()) as host:
        host.wait_online()
        host.wait_buddy("Ivan")
        choose_action(host, "c", "Your ICQ Information")
        host.wait_screen("│Germany ", "│Not said ")


@tap.case
def takes_what_is_chosen(t):
    """The same in the other direction."""
    server, account, stage = icq_world(t)
    with Finch([account], stage, artefacts()) as host:
        host.wait_online()
        host.wait_buddy("Ivan")
        choose_action(host, "e", "How do you feel?")
        host.key("Down")
        host.wait_screen("│Having a beer")
        host.key("Down", "Down", "Down", "Enter")
        host.until(lambda: not host.sees("│Angry"),
                   lambda: "one mood:\n" + host.screen())
        host.key("Tab", "Tab", "Tab", "Enter")
        server.wait_for({"do": "user", "name": "100001"}, {
            "instances": {"any": {"caps": {"contains": BEER}}}})


msn.cases(Finch)
gtalk.cases(Finch)

if __name__ == "__main__":
    tap.main()
