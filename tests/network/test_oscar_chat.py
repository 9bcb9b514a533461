"""Chat rooms, between clients of this plugin and other people."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import tap  # noqa: E402

PEOPLE = [{"name": "Ann Other", "password": "x"},
          {"name": "Bob", "password": "x"},
          {"name": "Echo", "password": "x", "bot": "echo"}]
SCRIPTS = "é ё 漢 🙂"


class World:
    """A server with the room Lobby, in which Echo sits."""

    def __init__(self, t, config=None):
        self.t = t
        self.server = t.server(dict({
            "accounts": PEOPLE, "bot_pace": 0.01,
            "rooms": [{"name": "Lobby", "occupants": ["Echo"]}]},
            **(config or {})))

    def client(self, name):
        made = headless.Headless()
        self.t.at_end(made.close)
        account = made.account(name, "prpl-aim", name, "x", network="custom",
                               server="127.0.0.1", port=self.server.port,
                               security="off")
        account.sign_on()
        return account

    def members(self, room, *names):
        """Waits until these are in @room, whatever their order."""
        for name in names:
            self.server.wait_for("rooms", {"rooms": {"any": {
                "name": room, "members": {"contains": name}}}})

    def end(self, *accounts):
        for account in accounts:
            account.client.quit()
        self.server.faultless()


def says(who, text):
    """A judge of lines in rooms."""
    return lambda event: (event["event"] == "line"
                          and event["who"] == who
                          and text in event["html"])


@tap.case
def is_entered_by_name_and_talked_in(t):
    world = World(t)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.chat_join("Lobby")
    ann.wait("chat-opened", conversation="Lobby")
    world.members("Lobby", "Ann Other", "Echo")
    bob.chat_join("lobby")
    bob.wait("chat-opened")
    ann.wait("chat-arrived", who="Bob")
    ann.chat_say("Lobby", "<b>bold</b> &amp; " + SCRIPTS)
    for client in (ann, bob):
        line = client.wait(says("Ann Other", SCRIPTS))
        tap.contains(line["html"].lower(), "<b>bold</b>", "markup")
        tap.contains(line["html"], "&amp;", "text")
    # The bot repeats what it heard.
    bob.wait(says("Echo", SCRIPTS))
    bob.chat_say("lobby", "back at you")
    ann.wait(says("Bob", "back at you"))
    bob.chat_leave("lobby")
    ann.wait("chat-departed", who="Bob")
    world.end(ann, bob)


@tap.case
def takes_a_friend_in(t):
    world = World(t)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.chat_join("Den")
    ann.wait("chat-opened", conversation="Den")
    ann.chat_invite("Den", "Bob", "come in")
    asked = bob.client.wait("request")
    tap.contains(asked["primary"] + (asked["secondary"] or ""), "Ann Other",
                 "question")
    bob.client.answer(asked, "Accept")
    bob.wait("chat-opened")
    ann.wait("chat-arrived", who="Bob")
    # People with other clients follow too.
    ann.chat_invite("Den", "Echo", "and you")
    ann.wait("chat-arrived", who="Echo")
    world.end(ann, bob)


@tap.case
def shows_a_whisper_as_one(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.chat_join("Lobby")
    ann.wait("chat-opened", conversation="Lobby")
    world.members("Lobby", "Ann Other")
    world.server.do("say-in-room", **{"from": "Echo", "room": "Lobby",
                                      "text": "psst", "to": "Ann Other"})
    line = ann.wait(says("Echo", "psst"))
    tap.contains(line["flags"], "whisper", "flags")
    world.end(ann)


@tap.case
def says_in_the_room_that_it_is_lost(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.chat_join("Lobby")
    ann.wait("chat-opened", conversation="Lobby")
    world.members("Lobby", "Ann Other")
    world.server.do("drop", name="Ann Other", type="chat")
    ann.wait(lambda e: e["event"] == "line" and "lost" in e["html"])
    tap.equal(ann.seen("disconnected"), [], "ends of the session")
    # One can come back.
    ann.chat_join("Lobby")
    world.members("Lobby", "Ann Other")
    world.end(ann)


@tap.case
def says_once_that_there_are_none(t):
    world = World(t, {"traits": {"services": []}, "rooms": []})
    ann = world.client("Ann Other")
    ann.chat_join("Lobby")
    told = ann.client.wait("notify", deadline=60)
    tap.contains(told["primary"] + (told["secondary"] or ""), "Lobby",
                 "notice")
    # Asked three times, said once.
    tap.equal(world.server.do("snacs", name="Ann Other", stage="01/04",
                              direction=">")["count"], 3, "requests")
    tap.equal(len(ann.client.seen("notify")), 1, "notices")
    world.end(ann)


@tap.case
def waits_for_each_step_where_that_is_asked_for(t):
    """AOL's servers: a service ends whoever does not wait for it."""
    world = World(t, {"personality": "aol"})
    ann = world.client("Ann Other")
    ann.chat_join("Lobby")
    ann.wait("chat-opened", conversation="Lobby")
    ann.chat_say("Lobby", "hello")
    ann.wait(says("Echo", "hello"))
    world.end(ann)


if __name__ == "__main__":
    tap.main()
