"""The little world of `./run`: people to find on the list and talk to."""


def _person(name, nick, bot, **more):
    return dict(name="%s@example.net" % name, skype="live:" + name, nick=nick,
                password="demo", bot=bot, **more)


PEOPLE = [
    _person("echo", "Echo Bird", "echo", psm="I repeat everything."),
    _person("mia", "Moody Mia", "moody",
            psm="Say away, back, busy, idle, hidden or offline 3 to me."),
    _person("emi", "Emoji Emi 漢字", "echo", psm="漢字 and more 🙂"),
    _person("sam", "Sleepy Sam", "quiet", online=False),
    _person("quinn", "Quiet Quinn", "quiet", state="AWY",
            psm="I am out and listen."),
]


def accounts():
    """Entries for the configuration."""
    roster = [{"nickname": one["nick"], "address": "8:" + one["skype"]}
              for one in PEOPLE]
    return PEOPLE + [dict(name="demo@example.net", skype="live:demo",
                          nick="Demo", password="demo", roster=roster)]
