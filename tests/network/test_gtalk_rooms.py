"""Rooms of the Google Talk module, against a private Prosody."""

from gtalk_scene import Cable, SCRIPTS, markup, scene
from tap import equal, main, wait_until

ROOM = "tea"
ADDRESS = "tea@conference.gtalk.test"
VOICE, MODERATOR, FOUNDER = 1, 4, 8


def enter(account, room=ROOM, *more):
    account.chat_join(room, *more)
    account.wait("chat-opened", conversation=room)


def people(account, room=ROOM):
    return account.chat(room)["people"]


def is_there(account, *names, room=ROOM):
    wait_until(lambda: set(people(account, room)) == set(names),
               f"{names} in the room")


def both(s):
    mina, tomas = s.pair()
    enter(mina)
    enter(tomas, ADDRESS)
    is_there(mina, "mina", "tomas")
    is_there(tomas, "mina", "tomas", room=ADDRESS)
    return mina, tomas


def said(account, who, html, room=ROOM, **more):
    return account.wait("line", conversation=room, who=who, html=html, **more)


def lines(account, html):
    return [e for e in account.seen("line") if e["html"] == html]


@scene
def talks_in_every_script(s):
    """A room is found by its name alone too. What one says is shown when the
    room has it, and once."""
    mina, tomas = both(s)
    for text in SCRIPTS:
        html = markup(text)
        mina.chat_say(ROOM, html)
        line = said(tomas, "mina", html, ADDRESS)
        assert "recv" in line["flags"], line
        line = said(mina, "mina", html)
        assert "send" in line["flags"], line
        tomas.chat_say(ADDRESS, html)
        said(mina, "tomas", html)
    equal(len(lines(mina, "plain")), 2, "lines")


@scene
def corrections_are_marked(s):
    """... if they are of the one who said it."""
    mina, tomas = both(s)
    mina.chat_say(ROOM, "helo")
    said(tomas, "mina", "helo", ADDRESS)
    mina.chat_command(ROOM, "correct hello")
    said(tomas, "mina", "Correction: hello", ADDRESS)
    said(mina, "mina", "Correction: hello")
    mina.chat_say(ROOM, "more")
    said(tomas, "mina", "more", ADDRESS)


@scene
def ranks_are_shown(s):
    """Who made the room owns it."""
    mina, tomas = both(s)
    equal(people(mina), {"mina": FOUNDER, "tomas": VOICE})
    tomas.chat_leave(ADDRESS)
    mina.wait("chat-departed", who="tomas")
    is_there(mina, "mina")


@scene
def topic_is_seen_and_set(s):
    mina, tomas = both(s)
    mina.chat_topic(ROOM, "Tea & <cake>")
    wait_until(lambda: tomas.chat(ADDRESS)["topic"] == "Tea & <cake>",
               "the topic")
    tomas.chat_command(ADDRESS, "topic Coffee")
    tomas.wait("line", conversation=ADDRESS,
               html=lambda h: "may not change the topic" in h)
    equal(mina.chat(ROOM)["topic"], "Tea & <cake>")


@scene
def taken_nicknames_get_a_line(s):
    mina, tomas = s.pair()
    enter(mina)
    enter(tomas, ROOM, "mina")
    is_there(mina, "mina", "mina_")
    equal(tomas.chat(ROOM)["nick"], "mina_")
    tomas.chat_say(ROOM, "hello")
    assert "send" in said(tomas, "mina_", "hello")["flags"]
    assert "recv" in said(mina, "mina_", "hello")["flags"]


@scene
def nicknames_change(s):
    mina, tomas = both(s)
    tomas.chat_command(ADDRESS, "nick Tom Ato")
    is_there(mina, "mina", "Tom Ato")
    is_there(tomas, "mina", "Tom Ato", room=ADDRESS)
    equal(people(mina)["Tom Ato"], VOICE)
    tomas.chat_say(ADDRESS, "it is me")
    assert "send" in said(tomas, "Tom Ato", "it is me", ADDRESS)["flags"]
    said(mina, "Tom Ato", "it is me")
    tomas.chat_command(ADDRESS, "nick mina")
    tomas.wait("line", html=lambda h: "nickname is taken" in h)
    is_there(tomas, "mina", "Tom Ato", room=ADDRESS)


@scene
def nicknames_differ_by_case(s):
    """Who takes ours in capitals does not speak for us."""
    mina, tomas = s.pair()
    enter(mina)
    enter(tomas, ROOM, "MINA")
    tomas.chat_say(ROOM, "I am mina")
    assert "recv" in said(mina, "MINA", "I am mina")["flags"]


@scene
def invites(s):
    mina, tomas = s.pair()
    enter(mina)
    mina.chat_invite(ROOM, s.address("tomas"), "come in")
    asked = tomas.wait("request")
    text = asked["primary"] + (asked["secondary"] or "")
    assert text.startswith("Accept chat invitation?mina ") and \
        "come in" in text, text
    s.client.answer(asked, "Accept")
    tomas.wait("chat-opened", conversation=ADDRESS)
    is_there(mina, "mina", "tomas")
    # Said once, though the room says it in two ways.
    equal(len(tomas.seen("request")), 1, "questions")
    assert not tomas.seen("line"), tomas.seen("line")


@scene
def starts_a_room_from_the_buddy_list(s):
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    mina.menu(s.address("tomas"), "Initiate _Chat")
    opened = mina.wait("chat-opened")
    s.client.answer(tomas.wait("request", title=lambda t: True), "Accept")
    tomas.wait("chat-opened", conversation=opened["conversation"])
    is_there(mina, "mina", "tomas", room=opened["conversation"])


@scene
def declined_invitations_can_come_again(s):
    mina, tomas = s.pair()
    enter(mina)
    for _ in range(2):
        mina.chat_invite(ROOM, s.address("tomas"), "come in")
        s.client.answer(tomas.wait("request"), "Cancel")
        mina.wait("line", conversation=ROOM,
                  html=lambda h: h == s.address("tomas") +
                  ": They declined your invitation.")


@scene
def kicks_and_bans(s):
    mina, tomas = both(s)
    mina.chat_command(ROOM, "kick tomas too loud")
    line = tomas.wait("line", html=lambda h: "You were removed" in h)
    assert "too loud" in line["html"] and "mina" in line["html"], line
    is_there(mina, "mina")
    enter(tomas, ROOM)
    is_there(mina, "mina", "tomas")
    tomas.chat_command(ROOM, "kick mina")
    tomas.wait("line", html=lambda h: "may not remove" in h)
    mina.chat_command(ROOM, "ban tomas")
    tomas.wait("line", html=lambda h: "You are banned" in h)
    tomas.chat_join("tea@conference.gtalk.test")
    note = tomas.client.wait("notify")
    assert "banned" in str(note), note


@scene
def history_comes_once(s):
    """It is what was said before, with its time; our own part too."""
    mina, tomas = s.pair()
    enter(mina)
    mina.chat_say(ROOM, "before")
    said(mina, "mina", "before")
    enter(tomas)
    line = said(tomas, "mina", "before")
    assert "delayed" in line["flags"] or line["time"] > 0, line
    equal(len(lines(tomas, "before")), 1)


@scene
def windows_that_were_open_get_what_is_new(s):
    """Signed on again, one finds the window with what was said before in it:
    the room's history adds what came meanwhile, the same words too."""
    mina, tomas = both(s)
    mina.chat_say(ROOM, "one")
    said(mina, "mina", "one")
    tomas.chat_say(ADDRESS, "yes")
    said(mina, "tomas", "yes")
    mina.sign_off()
    tomas.chat_say(ADDRESS, "yes")
    tomas.chat_say(ADDRESS, "two")
    said(tomas, "tomas", "two", ADDRESS)
    mina.sign_on()
    mina.chat_join(ROOM)
    said(mina, "tomas", "two")
    counts = [len([e for e in lines(mina, text) if e["account"] == "mina"])
              for text in ("one", "yes", "two")]
    equal(counts, [1, 2, 1], "lines")


@scene
def whispers(s):
    mina, tomas = both(s)
    mina.chat_command(ROOM, "msg tomas psst")
    line = said(tomas, "mina", "psst", ADDRESS)
    assert "whisper" in line["flags"], line
    mina.chat_command(ROOM, "msg nobody psst")
    mina.wait("line", conversation=ROOM,
              html=lambda h: "Your message was: psst" in h)


@scene
def one_can_talk_to_one_of_them(s):
    """In a conversation of two, which names the room; to who owns the room,
    everybody's own address is known."""
    mina, tomas = both(s)
    equal(mina.chat_address(ROOM, "tomas")["address"], s.address("tomas"))
    there = tomas.chat_address(ADDRESS, "mina")["address"]
    equal(there, ADDRESS + "/mina")
    tomas.im(there, "psst")
    assert "whisper" in said(mina, "tomas", "psst")["flags"]
    mina.chat_command(ROOM, "msg tomas what?")
    tomas.wait("line", conversation=there, html="what?")
    tomas.close(there)
    mina.chat_command(ROOM, "msg tomas hello?")
    said(tomas, "mina", "hello?", ADDRESS)


@scene(settings="smacks_hibernation_time = 1")
def comes_back_after_a_cut(s):
    """A link that is not resumed: the room is entered again; what was said
    meanwhile is there, and nothing twice."""
    cable = Cable(s.server.port)
    s.t.at_end(cable.close)
    mina, tomas = s.account("mina", port=cable.port), s.account("tomas")
    s.trust(mina)
    tomas.sign_on()
    enter(mina)
    enter(tomas)
    is_there(mina, "mina", "tomas")
    mina.chat_say(ROOM, "one")
    said(tomas, "mina", "one")
    cable.cut(whole=False)
    tomas.wait("chat-departed", who="mina")
    tomas.chat_say(ROOM, "two")
    said(tomas, "tomas", "two")
    cable.mend()
    said(mina, "tomas", "two")
    is_there(tomas, "mina", "tomas")
    mina.chat_say(ROOM, "three")
    said(tomas, "mina", "three")
    said(mina, "mina", "three")
    for text in ("one", "two", "three"):
        equal(len(lines(mina, text)), 1, text)
    assert not mina.seen("error"), "the user was signed off"


PEP = ("<iq type='set' id='b'><pubsub "
       "xmlns='http://jabber.org/protocol/pubsub'>"
       "<publish node='urn:xmpp:bookmarks:1'>"
       "<item id='{room}'><conference xmlns='urn:xmpp:bookmarks:1' {more}>"
       "<nick>Minna</nick></conference></item></publish></pubsub></iq>")
PRIVATE = ("<iq type='set' id='b'><query xmlns='jabber:iq:private'>"
           "<storage xmlns='storage:bookmarks'><conference jid='{room}' "
           "autojoin='1'><nick>Minna</nick></conference></storage></query>"
           "</iq>")


@scene
def bookmarks_are_entered(s):
    """Those that say so."""
    raw = s.raw("mina")
    raw.say(PEP.format(room="quiet@conference.gtalk.test", more=""),
            "id='b'")
    raw.say(PEP.format(room=ADDRESS, more="autojoin='true'"), "id='b'")
    mina = s.account("mina")
    s.trust(mina)
    mina.wait("chat-opened", conversation=ADDRESS)
    is_there(mina, "Minna", room=ADDRESS)
    equal(len(mina.seen("chat-opened")), 1, "rooms")
    # The user's own way in leads to the same window.
    mina.chat_join("tea")
    mina.chat_say(ADDRESS, "here")
    said(mina, "Minna", "here", ADDRESS)
    equal(len(mina.seen("chat-opened")), 1, "rooms")


QUIET = "quiet@conference.gtalk.test"
ITEMS = ("<iq type='get' id='i'><pubsub "
         "xmlns='http://jabber.org/protocol/pubsub'>"
         "<items node='urn:xmpp:bookmarks:1'/></pubsub></iq>")


@scene
def the_list_and_the_bookmarks_agree(s):
    """What one program of the user's keeps, others have, too."""
    raw = s.raw("mina")
    raw.say(PEP.format(room=QUIET, more="name='Quiet &amp; co'"), "id='b'")
    mina = s.account("mina")
    s.trust(mina)

    def listed():
        return mina.blist()["chats"]

    def kept():
        raw.say(ITEMS, "</iq>")
        return raw.seen

    wait_until(lambda: listed() == {QUIET: "Quiet & co"}, "the bookmark")
    mina.chat_keep(ROOM, "Minna", "Tea <time>")
    wait_until(lambda: ADDRESS in kept(), "the room at the server")
    for word in ("Tea &lt;time&gt;", "<nick>Minna</nick>", "autojoin='true'",
                 QUIET):
        assert word in raw.seen, raw.seen
    mina.chat_forget(QUIET)
    wait_until(lambda: QUIET not in kept(), "no such bookmark")
    assert ADDRESS in raw.seen, raw.seen
    # Another program forgets one and keeps another meanwhile.
    mina.sign_off()
    raw.say(PEP.format(room=QUIET, more="").replace("publish node", "retract "
            "node").replace("</publish>", "</retract>").replace(QUIET, ADDRESS),
            "id='b'")
    raw.say(PEP.format(room=QUIET, more=""), "id='b'")
    mina.sign_on()
    wait_until(lambda: set(listed()) == {QUIET}, "the other list")
    equal(mina.seen("chat-opened"), [])


@scene(settings='modules_disabled = { "s2s", "bookmarks" }')
def old_bookmarks_are_entered(s):
    raw = s.raw("mina")
    raw.say(PRIVATE.format(room=ADDRESS), "id='b'")
    mina = s.account("mina")
    s.trust(mina)
    mina.wait("chat-opened", conversation=ADDRESS)
    is_there(mina, "Minna", room=ADDRESS)


@scene
def direct_invitations(s):
    """From a friend's own address, with the password of the room."""
    mina, tomas = s.pair()
    raw = s.raw("tomas")
    raw.say(f"<presence to='{ADDRESS}/owner'>"
            "<x xmlns='http://jabber.org/protocol/muc'/></presence>", "201")
    raw.say(f"<iq type='set' id='c' to='{ADDRESS}'>"
            "<query xmlns='http://jabber.org/protocol/muc#owner'>"
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
            "<value>http://jabber.org/protocol/muc#roomconfig</value></field>"
            "<field var='muc#roomconfig_roomsecret'><value>cake</value>"
            "</field></x></query></iq>", "type='result'")
    tomas.chat_join(ADDRESS)
    note = s.client.wait("notify")
    assert "password" in str(note), note
    enter(tomas, ADDRESS, "tomas", "cake")
    tomas.chat_invite(ADDRESS, s.address("mina"), "come in")
    asked = mina.wait("request")
    text = asked["primary"] + (asked["secondary"] or "")
    assert s.address("tomas") in text and "come in" in text, text
    s.client.answer(asked, "Accept")
    mina.wait("chat-opened", conversation=ADDRESS)
    is_there(mina, "mina", "tomas", "owner", room=ADDRESS)


USER = "<x xmlns='http://jabber.org/protocol/muc#user'>{}</x>"


@scene
def who_is_no_room_cannot_act_as_one(s):
    """Statuses, members and words that only a room can have, from a person;
    and invitations into a person."""
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    enter(mina)
    raw = s.raw("tomas")
    raw.say("<presence/>")
    to = s.address("mina")
    for inner in ("<status code='110'/><status code='201'/>",
                  "<item affiliation='owner' role='moderator'/>"
                  "<status code='307'/>", "<destroy/>"):
        for kind in ("", "type='unavailable'"):
            raw.say(f"<presence to='{to}' {kind}>" + USER.format(inner) +
                    "</presence>")
    raw.say(f"<message to='{to}' type='groupchat'><body>forged</body>"
            "<subject>forged</subject></message>")
    raw.say(f"<message to='{to}' type='groupchat'>"
            "<subject>forged</subject></message>")
    raw.say(f"<message to='{to}'><x xmlns='jabber:x:conference' "
            f"jid='{s.address('tomas')}'/></message>")
    raw.say(f"<message to='{to}'><x xmlns='jabber:x:conference' "
            "jid='no address@'/></message>")
    raw.say(f"<message to='{to}' type='chat'><body>the end</body></message>")
    mina.wait("line", html="the end")
    equal(len(mina.seen("chat-opened")), 1, "rooms")
    equal(mina.seen("request", primary=lambda p: "invitation" in str(p)), [])
    assert not [e for e in mina.seen("line") if "forged" in e["html"]]
    room = mina.chat(ROOM)
    equal((room["left"], list(room["people"])), (False, ["mina"]))
    assert room["topic"] in (None, ""), room


@scene
def many_invitations_are_one_question(s):
    mina, _ = s.pair()
    raw = s.raw("tomas")
    for number in range(100):
        raw.say(f"<message to='{s.address('mina')}'><x "
                "xmlns='jabber:x:conference' jid='r%d@conference.gtalk.test'/>"
                "</message>" % (number % 40))
    raw.say(f"<message to='{s.address('mina')}' type='chat'>"
            "<body>the end</body></message>")
    mina.wait("line", html="the end")
    equal(len([e for e in mina.seen("request")
               if "invitation" in str(e["primary"])]), 16, "questions")


HOSTILE = 'Component "odd.gtalk.test" "classic_rooms"'


def endure(s, name, deadline=20):
    """Enters a room that is up to something, until it has done it."""
    mina = s.account("mina")
    s.trust(mina)
    room = name + "@odd.gtalk.test"
    mina.chat_join(room)
    mina.wait("line", deadline, conversation=room, html="the end")
    assert not mina.seen("error"), "the user was signed off"
    return mina, room


@scene(settings=HOSTILE)
def crowds_end_somewhere(s):
    mina, room = endure(s, "crowd", 60)
    there = people(mina, room)
    equal(len(there), 10001)
    assert "mina" in there


@scene(settings=HOSTILE)
def names_cannot_be_stolen(s):
    mina, room = endure(s, "names")
    there = people(mina, room)
    assert "mina" in there and "nobody" not in there, there
    assert "other" not in there and "ann" not in there, there
    equal(len(there), 2, str(there))


@scene(settings=HOSTILE)
def odd_words_are_just_words(s):
    mina, room = endure(s, "words")
    equal(set(people(mina, room)), {"mina", "ann"})
    assert not mina.chat(room)["left"]
    equal(len(mina.seen("line", html="when")), 5, "lines")


@scene(settings=HOSTILE)
def names_are_taken_once_though_said_twice(s):
    mina, room = endure(s, "taken")
    equal(mina.chat(room)["nick"], "mina_")
    equal(len(lines(mina, "the end")), 1, "times in the room")


@scene(settings=HOSTILE)
def forgetful_rooms_are_entered_again(s):
    """What was said to one is said once more, and nobody notices."""
    mina, room = endure(s, "amnesia")
    mina.chat_say(room, "hello")
    said(mina, "mina", "hello", room)
    equal(len(lines(mina, "hello")), 1)
    equal(len(lines(mina, "the end")), 2, "times in the room")
    equal([e for e in mina.seen("line") if "Your message" in e["html"]], [])
    equal(len(mina.seen("chat-opened")), 1, "windows")


if __name__ == "__main__":
    main()
