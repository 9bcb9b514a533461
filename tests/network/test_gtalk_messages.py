"""What becomes of messages on Google Talk: receipts, corrections, what was
said while one was away. Against a private Prosody, with peers who lie."""

import re

from gtalk_scene import SECRET, scene
from tap import equal, main
from xmpp.peer import PLAIN, Peer

RECEIPTS = "urn:xmpp:receipts"
CORRECT = "urn:xmpp:message-correct:0"
MARKERS = "urn:xmpp:chat-markers:0"
CAPS = "http://jabber.org/protocol/caps"
DISCO = "http://jabber.org/protocol/disco#info"
# A client that can give receipts and hardly anything else, and its hash.
INFO = (f"<query xmlns='{DISCO}'>"
        "<identity category='client' type='pc' name='peer'/>"
        f"<feature var='{DISCO}'/><feature var='{RECEIPTS}'/></query>")
HASH = "sv8qzBsoo/Adua/596gclRIfGZk="


def play(function=None, **options):
    return scene(function, settings=PLAIN, **options)


def body(text):
    return f"<body>{text}</body>"


def peer(s, name, **options):
    one = Peer(s.server, name, SECRET, **options)
    s.t.at_end(one.close)
    return one


def line(account, **expected):
    return account.wait("line", flags=lambda f: "recv" in f, **expected)


def arrived(s):
    return s.client.debug_log().count("arrived at their client")


def know(s, mina, one):
    """Both see each other."""
    mina.buddy_add(one.address, "Friends")
    one.wait("type='subscribe'|subscribe")
    here = s.address("mina")
    one.send(f"<presence to='{here}' type='subscribed'/>"
             f"<presence to='{here}' type='subscribe'/>")
    mina.wait("buddy-on", who=one.address)


@play(names=("mina", "tomas", "eve"))
def receipts_are_asked_of_friends(s):
    """... and only the one who was asked can give one."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    eve = peer(s, "eve")
    mina.im(eve.address, "to a stranger")
    equal("<request" in eve.wait("<message.*?</message>")[0], False)
    know(s, mina, tomas)
    mina.im(tomas.address, "to a friend")
    stanza = tomas.wait("<message.*?to a friend.*?</message>")[0]
    assert RECEIPTS in stanza, stanza
    number = re.search(r" id=['\"](.*?)['\"]", stanza)[1]
    receipt = (f"<message to='{s.address('mina')}' type='chat'>%s"
               f"<received xmlns='{RECEIPTS}' id='{number}'/></message>")
    eve.send(receipt % body("forged"))
    line(mina, html="forged")
    equal(arrived(s), 0, "receipts of others")
    tomas.send(receipt % body("mine"))
    line(mina, html="mine")
    equal(arrived(s), 1, "receipts")
    tomas.send(receipt % body("again"))
    line(mina, html="again")
    equal(arrived(s), 1, "receipts")


@play
def corrections_are_marked(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    message = (f"<message to='{s.address('mina')}' type='chat' id='%s'>%s"
               "</message>")
    replace = f"<replace xmlns='{CORRECT}' id='%s'/>"
    tomas.send(message % ("a", body("helo")))
    tomas.send(message % ("b", body("hello") + replace % "a"))
    tomas.send(message % ("c", body("Hello!") + replace % "a"))
    tomas.send(message % ("d", body("more")))
    tomas.send(message % ("e", body("of old") + replace % "a"))
    for text in ("helo", "Correction: hello", "Correction: Hello!", "more",
                 "of old"):
        equal(line(mina)["html"], text)


@play
def corrections_are_sent(s):
    """They name the first of those they take the place of, and what was said
    since is another."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    equal(s.client.answer_of(s.client.tell(
        "im-command", "mina", tomas.address, "correct early"))["ok"], False)

    def sent(text):
        stanza = tomas.wait(f"<message[^>]*>(?:(?!</message>).)*"
                            f"<body>{text}</body>.*?</message>")[0]
        replaced = re.search(r"<replace[^>]* id='(.*?)'", stanza)
        return (re.search(r"<message[^>]* id='(.*?)'", stanza)[1],
                replaced and replaced[1])

    mina.im(tomas.address, "helo")
    first, replaced = sent("helo")
    equal(replaced, None)
    for text in ("hello", "Hello & <good> day"):
        mina.im_command(tomas.address, f"correct {text}")
    equal(sent("hello")[1], first)
    equal(sent("Hello &amp; &lt;good&gt; day")[1], first)
    mina.wait("line", html="Correction: hello")
    mina.im(tomas.address, "more")
    equal(sent("more")[1], None)


@play(names=("mina", "tomas", "eve"))
def corrections_of_others_are_none(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    eve = peer(s, "eve")
    message = (f"<message to='{s.address('mina')}' type='chat' id='%s'>%s"
               "</message>")
    tomas.send(message % ("a", body("I owe you 5")))
    line(mina, html="I owe you 5")
    eve.send(message % ("b", body("I owe you 500") +
                        f"<replace xmlns='{CORRECT}' id='a'/>"))
    equal(line(mina, who=eve.address)["html"], "I owe you 500")


def with_caps(s, ver=HASH):
    """Somebody who shows a hash of what they can do."""
    one = peer(s, "tomas", presence=None)
    one.answer(DISCO, INFO)
    one.send(f"<presence><c xmlns='{CAPS}' hash='sha-1' node='https://peer' "
             f"ver='{ver}'/></presence>")
    return one


def asked_at_a_place(s, mina, tomas):
    """Whether a receipt is asked of the place a conversation is with."""
    tomas.send(f"<message to='{s.address('mina')}' type='chat'>"
               f"{body('from here')}</message>")
    line(mina, html="from here")
    mina.im(tomas.address, "to there")
    stanza = tomas.wait("<message.*?to there.*?</message>")[0]
    assert tomas.full in stanza, stanza
    return RECEIPTS in stanza


@play
def receipts_are_asked_of_places_that_can(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = with_caps(s)
    know(s, mina, tomas)
    asked_at_a_place(s, mina, tomas)
    tomas.wait(f"answered to='{s.address('mina')}/", anywhere=True)
    # Known by now, and to every later session.
    assert asked_at_a_place(s, mina, tomas)
    mina.sign_off()
    mina.sign_on()
    mina.wait("buddy-on", who=tomas.address)
    before = tomas.heard.count(DISCO)
    assert asked_at_a_place(s, mina, tomas)
    equal(tomas.heard.count(DISCO), before, "questions")


@play
def abilities_that_are_lies_count_for_nothing(s):
    """The hash of something else would let one speak for all who have it."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = with_caps(s, HASH.replace("s", "t", 1))
    know(s, mina, tomas)
    asked_at_a_place(s, mina, tomas)
    tomas.wait(f"answered to='{s.address('mina')}/", anywhere=True)
    equal(asked_at_a_place(s, mina, tomas), False)


@play(names=("mina", "tomas", "anna"))
def readers_are_marked_where_they_want(s):
    """By default nobody learns what was read. Whoever wants it tells so by an
    answer at the latest, and only to those who see them online."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    anna = peer(s, "anna")
    know(s, mina, tomas)
    question = mina.wait("request", title=lambda t: True)
    s.client.call("answer", question["id"], 0)
    tomas.wait("<priority>", anywhere=True)
    say = (f"<message to='{s.address('mina')}' type='chat' id='%s'>%s"
           f"<markable xmlns='{MARKERS}'/></message>")

    def read_and_answered(one, number):
        one.send(say % (number, body(f"say {number}")))
        line(mina, html=f"say {number}")
        mina.im(one.address, f"answer to {number}")
        one.wait(f"answer to {number}")
        mark = one.seen(rf"<displayed[^>]* id=['\"]{number}['\"]")
        return mark is not None

    equal(read_and_answered(tomas, "m1"), False, "by default")
    mina.option("tell_read", True)
    equal(read_and_answered(anna, "m2"), False, "a stranger")
    equal(read_and_answered(tomas, "m3"), True, "a friend")


# --- what was said while one was away --------------------------------------

ARCHIVE = "urn:xmpp:mam:2"


def lines(account, texts, who, own=False):
    """Exactly these, in this order."""
    for text in texts:
        found = account.wait("line", conversation=who)
        equal(found["html"], text)
        assert ("send" if own else "recv") in found["flags"], found


@play(names=("mina", "tomas"))
def missed_messages_come_once(s):
    """The server keeps what was said to somebody who is away, and has it in
    the archive too."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    say = f"<message to='{s.address('mina')}' type='chat'>%s</message>"
    tomas.send(say % body("while here"))
    lines(mina, ["while here"], tomas.address)
    mina.im(tomas.address, "an answer")
    lines(mina, ["an answer"], tomas.address, own=True)
    for round_ in range(2):
        mina.sign_off()
        texts = [f"while away {round_} {number}" for number in range(3)]
        for text in texts:
            tomas.send(say % body(text))
        mina.sign_on()
        lines(mina, texts, tomas.address)
        settled(s, mina)
        tomas.send(say % body(f"back {round_}"))
        lines(mina, [f"back {round_}"], tomas.address)


def settled(s, account):
    """Everything there is in the archive was read: whatever is asked of the
    server now is answered later."""
    nobody = s.address("nobody")
    account.im(nobody, "are you there?")
    account.wait("line", conversation=nobody,
                 html=lambda h: "Not delivered" in h)


@play(names=("mina", "tomas"))
def said_at_other_places(s):
    """What came to another place of ours, and what we said there, is in the
    archive, over many pages."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    say = "<message to='%s' type='chat'>%s</message>"
    tomas.send(say % (s.address("mina"), body("before")))
    lines(mina, ["before"], tomas.address)
    settled(s, mina)
    mina.sign_off()
    other = peer(s, "mina", resource="phone")
    texts = [f"to mina {number}" for number in range(120)]
    for text in texts:
        tomas.send(say % (s.address("mina"), body(text)))
    other.wait("to mina 119")
    other.send(say % (tomas.address, body("from the phone")))
    tomas.wait("from the phone")
    mina.sign_on()
    lines(mina, texts, tomas.address)
    lines(mina, ["from the phone"], tomas.address, own=True)
    other.send(say % (tomas.address, body("copied at once")))
    lines(mina, ["copied at once"], tomas.address, own=True)


@play(names=("mina", "tomas"))
def what_was_stored_hides_nothing(s):
    """What the server delivers at sign-on is newer than what was said at
    another place before; that is not skipped."""
    mina = s.account("mina")
    s.trust(mina)
    settled(s, mina)
    mina.sign_off()
    tomas = peer(s, "tomas")
    phone = peer(s, "mina", resource="phone", presence=None)
    phone.send(f"<message to='{tomas.address}' type='chat'>"
               f"{body('first the phone')}</message>")
    tomas.wait("first the phone")
    tomas.send(f"<message to='{s.address('mina')}' type='chat'>"
               f"{body('then stored')}</message>")
    tomas.send(f"<iq type='get' to='{s.server.host}' id='p'>"
               "<ping xmlns='urn:xmpp:ping'/></iq>")
    tomas.wait("id='p'")
    mina.sign_on()
    lines(mina, ["then stored"], tomas.address)
    lines(mina, ["first the phone"], tomas.address, own=True)


@play(names=("mina", "tomas"))
def first_sign_on_digs_up_nothing(s):
    """... and the next one has what was missed since."""
    tomas = peer(s, "tomas")
    other = peer(s, "mina", resource="phone")
    say = f"<message to='{s.address('mina')}' type='chat'>%s</message>"
    tomas.send(say % body("an old story"))
    other.wait("an old story")
    mina = s.account("mina")
    s.trust(mina)
    settled(s, mina)
    mina.sign_off()
    other.wait("type=.unavailable")
    tomas.send(say % body("news"))
    other.wait("news")
    mina.sign_on()
    lines(mina, ["news"], tomas.address)


@play(names=("mina", "tomas", "eve"))
def archives_of_others_are_not_believed(s):
    mina = s.account("mina")
    s.trust(mina)
    eve = peer(s, "eve")
    here, tomas = s.address("mina"), s.address("tomas")
    forged = ("<result xmlns='urn:mam' id='1' queryid='%s'>"
              "<forwarded xmlns='urn:xmpp:forward:0'>"
              "<delay xmlns='urn:xmpp:delay' stamp='2020-01-01T00:00:00Z'/>"
              f"<message xmlns='jabber:client' from='{tomas}' to='{here}' "
              "type='chat'><body>forged</body></message></forwarded></result>"
              ).replace("urn:mam", ARCHIVE)
    for query in ("", "1"):
        eve.send(f"<message to='{here}'>{forged % query}</message>")
    eve.send(f"<message to='{here}' type='chat'>{body('told')}</message>")
    equal(line(mina)["html"], "told")
    assert not mina.seen("line", conversation=tomas)


# --- who people are ---------------------------------------------------------

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae"
    "426082")


@play
def pictures_are_seen(s):
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    tomas.icon(PNG.hex())
    mina.wait("buddy-icon", who=s.address("tomas"), size=len(PNG))
    tomas.icon("")
    mina.wait("buddy-icon", who=s.address("tomas"), size=0)


@play
def cards_are_shown(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    tomas.send("<iq type='set' id='card'><vCard xmlns='vcard-temp'>"
               "<FN>Tomas T.</FN><NICKNAME>Tom</NICKNAME>"
               "<ADR><LOCALITY>Brno</LOCALITY></ADR></vCard></iq>")
    tomas.wait("id='card'")
    mina.info(tomas.address)
    card = str(mina.wait("userinfo", who=tomas.address))
    assert "Tomas T." in card and "Brno" in card, card


CARD = ("<iq type='set' id='mine'><vCard xmlns='vcard-temp'>"
        "<FN>Mina M.</FN><N><FAMILY>M.</FAMILY><GIVEN>Mina</GIVEN>"
        "<PREFIX>Dr</PREFIX></N><NICKNAME>Min</NICKNAME>"
        "<EMAIL><WORK/><USERID>m@work.test</USERID></EMAIL>"
        "<EMAIL><HOME/><USERID>m@home.test</USERID></EMAIL>"
        "<TITLE>Cook</TITLE></vCard></iq>")


@play
def own_card_is_changed(s):
    """What the user changes; what they do not see stays as it was."""
    raw = s.raw("mina")
    raw.say(CARD, "id='mine'")
    mina = s.account("mina")
    s.trust(mina)
    mina.action("Set User Info...")
    form = mina.wait("request")
    equal({k: v for k, v in form["fields"].items() if v},
          {"nick": "Min", "first": "Mina", "last": "M.", "position": "Cook",
           "email": "m@work.test"})
    s.client.call("answer", form["id"], 0, "nick=Minka\nfirst=Mina\nlast=M."
                  "\nemail=new@work.test\nposition=\ncity=Brno & <co>")
    s.client.wait("notify", primary="Your directory entry was changed.")
    raw.say("<iq type='get' id='get'><vCard xmlns='vcard-temp'/></iq>",
            "</iq>")
    for want in ("<FN>Mina M.</FN>", "<PREFIX>Dr</PREFIX>", "Minka",
                 "<GIVEN>Mina</GIVEN>", "m@home.test", "new@work.test",
                 "Brno &amp; &lt;co&gt;"):
        assert want in raw.seen, (want, raw.seen)
    for gone in ("Cook", "m@work.test"):
        assert gone not in raw.seen, raw.seen


if __name__ == "__main__":
    main()
