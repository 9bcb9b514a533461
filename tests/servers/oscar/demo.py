"""The little world of `./run`: people to find on the list and talk to, and a
room to meet in."""

FRIENDS, FAMILY, WORK = "Friends", "Family", "Work"
MEMBER_SINCE = 1104537600


def _person(name, bot, **more):
    return dict(name=name, password="demo", bot=bot,
                member_since=MEMBER_SINCE, **more)


PEOPLE = [
    _person("Echo Bird", "echo",
            profile="I repeat everything you say to me. Try <B>bold</B>."),
    _person("Moody Mia", "moody",
            profile="Say <I>away</I>, <I>back</I>, <I>idle 10</I>, "
                    "<I>invisible</I> or <I>offline 3</I> to me."),
    _person("Aunt Latin", "latin",
            profile="My client is from 1999 and knows ISO 8859-1."),
    _person("Uncle Raw", "unlabelled",
            profile="My client sends UTF-8 and says it is ASCII."),
    _person("Emoji Emi", "unicode", profile="漢字 and more."),
    _person("Sleepy Sam", "quiet", online=False),
    _person("Quiet Quinn", "quiet", state="away",
            profile="I am out and listen."),
    _person("100002", "icq", info={"nick": "Ivan", "first": "Ivan",
                                   "email": "ivan@example.net", "age": 33}),
]

GROUPS = {
    FRIENDS: [{"name": "Echo Bird"}, {"name": "Moody Mia"},
              {"name": "Sleepy Sam", "alias": "Sam (asleep)"}],
    FAMILY: [{"name": "Aunt Latin"}, {"name": "Uncle Raw"}],
    WORK: [{"name": "Emoji Emi"}, {"name": "Quiet Quinn"}],
}

# Signed on beside the other account: the same people twice would confuse.
ICQ_GROUPS = {"ICQ": [{"name": "100002", "alias": "Ivan"}]}

USERS = [
    dict(name="Demo", password="demo", groups=GROUPS,
         member_since=MEMBER_SINCE, email="demo@example.net"),
    dict(name="100001", password="demo12", groups=ICQ_GROUPS,
         member_since=MEMBER_SINCE, info={"nick": "Demo"}),
]


ROOMS = [{"name": "Lobby", "occupants": ["Echo Bird"]}]


def accounts():
    """Entries for the configuration."""
    return PEOPLE + USERS
