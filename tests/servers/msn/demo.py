"""The little world of `./run`: people to find on the list and talk to."""

FRIENDS, WORK = "Friends", "Work"


def _person(name, nick, bot, **more):
    return dict(name="%s@example.net" % name, nick=nick, password="demo",
                bot=bot, **more)


PEOPLE = [
    _person("echo", "Echo Bird", "echo",
            psm="I repeat everything. Say: invite mia@example.net"),
    _person("mia", "Moody Mia", "moody",
            psm="Say away, back, busy, idle, hidden or offline 3 to me."),
    _person("emi", "Emoji Emi 漢字", "echo", psm="漢字 and more 🙂"),
    _person("sam", "Sleepy Sam", "quiet", online=False),
    _person("quinn", "Quiet Quinn", "quiet", state="AWY",
            psm="I am out and listen."),
]

GROUPS = {
    FRIENDS: ["echo@example.net", "mia@example.net",
              {"name": "sam@example.net", "alias": "Sam (asleep)"}],
    WORK: ["emi@example.net", "quinn@example.net"],
}

USERS = [dict(name="demo@example.net", nick="Demo", password="demo",
              groups=GROUPS)]


def accounts():
    """Entries for the configuration."""
    return PEOPLE + USERS
