"""The user's plugins may sign off in the middle of what they are told."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import tap  # noqa: E402

PEOPLE = [{"name": "Bob", "password": "x",
           "groups": {"Friends": [{"name": "Echo"}, {"name": "Robot"}]}},
          {"name": "Echo", "password": "x", "bot": "echo"},
          {"name": "Robot", "password": "x", "bot": "quiet"}]


def hangs_up(t, signal, provoke=None):
    """Signs off inside @signal, which @provoke(server, account) causes; else
    signing on does."""
    server = t.server({"accounts": PEOPLE, "bot_pace": 0.01})
    made = headless.Headless()
    t.at_end(made.close)
    bob = made.account("bob", "prpl-aim", "Bob", "x", network="custom",
                       server="127.0.0.1", port=server.port, security="off")
    if provoke is None:
        bob.hang_up(signal)
        bob.connect()
    else:
        bob.sign_on()
        bob.wait("buddy-on", who="Robot")
        bob.hang_up(signal)
        provoke(server, bob)
    bob.wait("disconnected")
    server.wait_for({"do": "user", "name": "Bob"}, {"online": False})
    # Ends without a report of a sanitizer or a critical warning.
    made.quit()


@tap.case
def while_the_list_comes(t):
    hangs_up(t, "buddy-added")


@tap.case
def when_a_buddy_arrives(t):
    hangs_up(t, "buddy-signed-on")


@tap.case
def when_a_buddy_goes_away(t):
    hangs_up(t, "buddy-status-changed", lambda server, bob: server.do(
        "be", name="Robot", state="away", text="Gone"))


@tap.case
def when_a_message_was_sent(t):
    hangs_up(t, "wrote-im-msg", lambda server, bob: bob.im("Echo", "hello"))


@tap.case
def when_a_message_comes(t):
    hangs_up(t, "wrote-im-msg", lambda server, bob: server.do(
        "say", **{"from": "Robot", "to": "Bob", "text": "hello"}))


@tap.case
def when_a_buddy_is_removed(t):
    hangs_up(t, "buddy-removed",
             lambda server, bob: bob.buddy_remove("Echo", "Friends"))


if __name__ == "__main__":
    tap.main()
