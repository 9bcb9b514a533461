"""What Google's servers have besides, against a Prosody that has it too."""

import http.client
import pathlib
import re
import urllib.parse

from gtalk_scene import SECRET, scene
import headless
from tap import Skip, equal, main, wait_until
from xmpp.peer import PLAIN, Peer

MODULES = ('modules_disabled = { "s2s", "blocklist" }\n'
           'modules_enabled = { "classic_google", "classic_google_roster", '
           '"disco", "roster", "saslauth", "tls", "posix", "smacks", "pep", '
           '"offline", "http", "ping" }\n')
GOOGLE = MODULES + PLAIN
SETTINGS, OFF = "Google Talk Settings...", "Go Off the Record"
PUSHES = {
    "google:mail:notify": "<new-mail xmlns='google:mail:notify'/>",
    "google:setting": "<usersetting xmlns='google:setting'>"
                      "<archivingenabled value='true'/></usersetting>",
    "google:nosave": "<query xmlns='google:nosave'>"
                     "<item jid='tomas@gtalk.test' value='enabled'/></query>",
    "google:shared-status":
        "<query xmlns='google:shared-status' status-min-ver='2'>"
        "<status>hacked</status><show>dnd</show><invisible value='true'/>"
        "</query>",
    "google:jingleinfo": "<query xmlns='google:jingleinfo'><stun>"
                         "<server host='203.0.113.9' udp='19302'/></stun>"
                         "</query>",
    "jabber:iq:roster":
        "<query xmlns='jabber:iq:roster' xmlns:gr='google:roster' "
        "gr:ext='2'><item jid='tomas@gtalk.test' subscription='both' "
        "gr:t='H'/></query>",
}


def post(server, path, body="", **query):
    """As the server's own doing."""
    link = http.client.HTTPConnection("127.0.0.1", server.http_port,
                                      timeout=20)
    link.request("POST", f"/{path}?" + urllib.parse.urlencode(query),
                 body=body.encode(), headers={"Host": server.host})
    status = link.getresponse().status
    link.close()
    equal(status, 204, path)


def mail(s, tid, subject, **more):
    post(s.server, "google/mail", user="mina", tid=tid, subject=subject,
         **{"from": "Tomas", "address": s.address("tomas"), **more})


def eve(s, name="eve"):
    peer = Peer(s.server, name, SECRET)
    s.t.at_end(peer.close)
    return peer


def offered(account, label, *who):
    """Waits until the menu has it."""
    wait_until(lambda: label in account.offers(*who)["labels"], label)


def told(s, words):
    return s.client.wait("notify", primary=lambda p: words in (p or ""))


def mailbox_known(account):
    offered(account, "Open Inbox")


def form(account):
    """The settings form."""
    account.action("Google Talk Settings...")
    return account.wait("request")


def values(account):
    """What the settings form shows."""
    question = form(account)
    account.client.call("answer", question["id"], 1)
    return question["fields"]


# --- mail -------------------------------------------------------------------


@scene(settings=GOOGLE)
def new_mail_is_told_with_its_subject(s):
    mina = s.account("mina", **{"check-mail": True})
    s.trust(mina)
    mailbox_known(mina)
    mail(s, "1172320964060972012", "Cake")
    news = mina.wait("mail", detailed=True)
    equal((news["subjects"], news["froms"]),
          (["Cake"], [f"Tomas <{s.address('tomas')}>"]))
    equal(news["urls"], ["http://mail.gtalk.test/mail/#inbox/"
                         "1044ebb4a19903ec"])


@scene(settings=GOOGLE)
def mail_that_waits_is_told_once(s):
    """Several are counted. At the next sign-on only if more came; numbers are
    no strings."""
    mail(s, "11134623426430233", "Older")
    mail(s, "11134623426430234", "Old")
    mina = s.account("mina", **{"check-mail": True})
    s.trust(mina)
    first = mina.wait("mail")
    equal((first["count"], first["detailed"]), (2, False))
    equal(first["urls"], ["http://mail.gtalk.test/mail"])
    mail(s, "1172320964060972012", "New")
    equal(mina.wait("mail")["subjects"], ["New"])
    mina.sign_off()
    mina.sign_on()
    mailbox_known(mina)
    mina.action("Show New Mail")
    shown = mina.wait("mail")
    equal((shown["detailed"], shown["subjects"]),
          (True, ["New", "Old", "Older"]))


@scene(settings=GOOGLE)
def the_mailbox_may_lag_behind_its_announcement(s):
    mina = s.account("mina", **{"check-mail": True})
    s.trust(mina)
    mailbox_known(mina)
    mail(s, "77", "Slow", late="1")
    equal(mina.wait("mail", detailed=True)["subjects"], ["Slow"])


@scene(settings=GOOGLE)
def who_does_not_want_mail_is_not_told(s):
    """But may look, and open the mailbox."""
    mina = s.account("mina", **{"check-mail": False})
    s.trust(mina)
    offered(mina, "Show New Mail")
    mina.action("Show New Mail")
    told(s, "There is no new mail.")
    mail(s, "5", "Cake", url="javascript:alert(1)")
    mina.action("Show New Mail")
    equal(mina.wait("mail")["urls"], ["http://mail.gtalk.test/mail/#inbox/5"])
    mina.action("Open Inbox")
    s.client.wait("notify", text="http://mail.gtalk.test/mail")
    equal(len(mina.seen("mail")), 1)


# --- settings ---------------------------------------------------------------


@scene(settings=GOOGLE)
def settings_are_the_servers(s):
    """They are the same at every place, and change there at once."""
    mina = s.account("mina", **{"check-mail": False})
    s.trust(mina)
    offered(mina, SETTINGS)
    question = form(mina)
    equal(question["fields"],
          {"mail": False, "archive": False, "auto-accept": True})
    with headless.Headless() as elsewhere:
        other = s.account("mina", client=elsewhere, **{"check-mail": False})
        s.trust(other, elsewhere)
        offered(other, SETTINGS)
        s.client.call("answer", question["id"], 0,
                      "archive=1\nauto-accept=0\nmail=0")
        wait_until(lambda: values(other) == {
            "mail": False, "archive": True, "auto-accept": False}, "change")


@scene(settings=GOOGLE)
def who_wants_mail_has_the_server_tell_of_it(s):
    mina = s.account("mina", **{"check-mail": True})
    s.trust(mina)
    offered(mina, SETTINGS)
    wait_until(lambda: values(mina)["mail"] is True, "mail is on")


@scene(settings=GOOGLE + 'google_refuses = { "google:setting" }\n')
def a_setting_that_is_refused_is_not_shown_as_set(s):
    mina = s.account("mina", **{"check-mail": False})
    s.trust(mina)
    offered(mina, SETTINGS)
    s.client.call("answer", form(mina)["id"], 0, "archive=1")
    told(s, "did not take the change of your settings")
    wait_until(lambda: values(mina)["archive"] is False, "as it was")


# --- off the record -----------------------------------------------------------


def logged(s, text):
    return any(text in path.read_text(errors="replace")
               for path in s.client.profile.rglob("logs/**/*")
               if path.is_file())


@scene(settings=GOOGLE)
def either_side_can_go_off_the_record(s):
    """Both read so, nothing is kept here, and messages say it."""
    s.client.call("log", 1)
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    mina.im(s.address("tomas"), "for the record")
    tomas.wait("line", who=s.address("mina"), html="for the record")
    offered(mina, OFF, s.address("tomas"))
    mina.menu(s.address("tomas"), OFF)
    for one, other in ((mina, "tomas"), (tomas, "mina")):
        one.wait("line", conversation=s.address(other),
                 html=lambda h: "off the record" in h)
    mina.im(s.address("tomas"), "a secret word")
    tomas.wait("line", who=s.address("mina"), html="a secret word")
    mina.menu(s.address("tomas"), "Go Back on the Record")
    tomas.wait("line", html=lambda h: "on the record again" in h)
    mina.wait("line", html=lambda h: "on the record again" in h)
    tomas.im_command(s.address("mina"), "norecord on")
    mina.wait("line", html=lambda h: "off the record" in h)
    tomas.im_command(s.address("mina"), "norecord off")
    mina.wait("line", html=lambda h: "on the record again" in h)
    tomas.im(s.address("mina"), "for the record, too")
    mina.wait("line", who=s.address("tomas"), html="for the record, too")
    mina.sign_off()
    assert logged(s, "for the record"), "the log goes on"
    assert not logged(s, "a secret word"), "kept what should not be"


@scene(settings=GOOGLE, names=("mina", "tomas", "eve"))
def messages_say_what_holds(s):
    """A friend changes it by a message without words; the answer says so."""
    mina, _ = s.pair()
    friend = eve(s)
    mina.buddy_add(s.address("eve"), "Friends")
    friend.wait("type='subscribe'")
    friend.send(f"<presence type='subscribed' to='{s.address('mina')}'/>")
    mina.im(s.address("eve"), "hello")
    friend.wait("hello")
    assert "google:nosave" not in friend.heard
    offered(mina, OFF, s.address("eve"))
    friend.send(f"<message to='{s.address('mina')}' type='chat'>"
                "<nos:x xmlns:nos='google:nosave' value='enabled'/></message>")
    mina.wait("line", html=lambda h: "off the record" in h)
    mina.im(s.address("eve"), "whisper")
    friend.wait("whisper.*<x [^>]*enabled.*<record [^>]*otr=.true")


# --- one state for all places ---------------------------------------------------


def becomes(look, wanted):
    try:
        wait_until(lambda: look() == wanted)
    except AssertionError:
        equal(look(), wanted)


def shown(account, s, name):
    """How @account sees them: status and text."""
    buddy = account.buddy(s.address(name))
    return buddy["status"], buddy["message"]


def sees(account, s, name, status, text=None):
    becomes(lambda: shown(account, s, name), (status, text))


def is_now(account, status, text=None):
    def state():
        now = account.state()
        return now["status"], now["message"]
    becomes(state, (status, text))


def friends(s):
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    s.befriend(tomas, mina, "mina", "tomas")
    # What is read later is later: by now both know.
    tomas.im(s.address("mina"), "friends?")
    mina.wait("line", html="friends?")
    mina.im(s.address("tomas"), "friends.")
    tomas.wait("line", html="friends.")
    return mina, tomas


@scene(settings=GOOGLE)
def places_share_one_state(s):
    """What is chosen at one is shown at the other, and to friends."""
    mina, tomas = friends(s)
    with headless.Headless() as elsewhere:
        other = s.account("mina", client=elsewhere)
        s.trust(other, elsewhere)
        mina.status("dnd", "Exam week")
        is_now(other, "dnd", "Exam week")
        sees(tomas, s, "mina", "dnd", "Exam week")
        other.status("available", "Done")
        is_now(mina, "available", "Done")
        sees(tomas, s, "mina", "available", "Done")
        other.status("away", "gone")
        other.status("available", "back")
        is_now(mina, "available", "back")
        equal(mina.state()["connected"], True)


@scene(settings=GOOGLE)
def words_of_before_are_taken_over(s):
    """Who chooses nothing here is what they are elsewhere. Texts used before
    are kept."""
    post(s.server, "google/status", "Baking", user="mina", show="dnd")
    mina = s.account("mina")
    s.trust(mina)
    is_now(mina, "dnd", "Baking")
    mina.status("available", "x" * 70)
    becomes(lambda: stored(s)[0], "x" * 60)
    mina.status("available", "Baking")
    becomes(lambda: stored(s)[0], "Baking")
    lists = stored(s)[1]
    assert "Exam week" in lists and "On a walk" not in lists, lists
    equal(lists.count("<status>Baking"), 2, "now, and once before")


@scene(settings=GOOGLE)
def an_earlier_status_can_be_used_again(s):
    mina, tomas = friends(s)
    offered(mina, "Use an Earlier Status...")
    mina.action("Use an Earlier Status...")
    question = mina.wait("request")
    equal(question["fields"], {"text": "Available: Baking"})
    s.client.call("answer", question["id"], 0,
                  "text=Do not disturb: Exam week")
    is_now(mina, "dnd", "Exam week")
    sees(tomas, s, "mina", "dnd", "Exam week")


def stored(s):
    """The text the server has for mina, and all it keeps."""
    peer = Peer(s.server, "mina", SECRET, resource="look", presence=None)
    peer.send("<iq type='get' id='look' to='mina@gtalk.test'>"
              "<query xmlns='google:shared-status' version='2'/></iq>")
    answer = peer.wait("<iq[^>]*id='look'.*?</iq>")[0]
    peer.close()
    return answer.split("<status>")[1].split("</status>")[0], answer


@scene(settings=GOOGLE)
def who_hides_is_not_seen(s):
    """Neither when they go, nor when they sign on so; but they see, and can
    talk."""
    mina, tomas = friends(s)
    sees(tomas, s, "mina", "available")
    mina.status("invisible")
    tomas.wait("buddy-off", who=s.address("mina"))
    mina.im(s.address("tomas"), "psst")
    tomas.wait("line", html="psst")
    tomas.im(s.address("mina"), "who is there?")
    mina.wait("line", html="who is there?")
    mina.status("available", "here I am")
    tomas.wait("buddy-on", who=s.address("mina"))
    mina.status("invisible")
    tomas.wait("buddy-off", who=s.address("mina"))
    mina.sign_off()
    before = len(tomas.seen("buddy-on"))
    mina.sign_on()
    mina.wait("buddy-on", who=s.address("tomas"))
    mina.im(s.address("tomas"), "psst again")
    tomas.wait("line", html="psst again")
    tomas.sign_off()
    tomas.sign_on()
    mina.im(s.address("tomas"), "and again")
    tomas.wait("line", html="and again")
    equal(len(tomas.seen("buddy-on")), before, "was seen")
    equal(mina.state()["status"], "invisible")


@scene(settings=GOOGLE)
def old_programs_keep_one_from_hiding(s):
    """The user is told, and shown as busy."""
    mina, tomas = friends(s)
    old = Peer(s.server, "mina", SECRET, resource="old")
    s.t.at_end(old.close)
    old.wait("<presence")
    mina.status("invisible")
    told(s, "Another of your programs does not support invisible mode")
    is_now(mina, "dnd")
    sees(tomas, s, "mina", "dnd")


@scene(settings=PLAIN)
def where_nothing_hides_the_user_is_told(s):
    mina, tomas = friends(s)
    mina.status("invisible")
    told(s, "This server cannot hide you; you are shown as busy instead.")
    is_now(mina, "dnd")
    sees(tomas, s, "mina", "dnd")
    mina.sign_off()
    mina.status("invisible")
    mina.sign_on()
    told(s, "This server cannot hide you")
    sees(tomas, s, "mina", "dnd")


LISTS = (MODULES.replace('"classic_google", "classic_google_roster"',
                         '"privacy_lists"') + PLAIN)
COMMAND = (MODULES.replace('"classic_google", "classic_google_roster"',
                           '"classic_invisible"') + PLAIN)


def hides(s, probes=True):
    mina, tomas = friends(s)
    mina.status("invisible")
    tomas.wait("buddy-off", who=s.address("mina"))
    mina.status("away", "tea")
    tomas.wait("buddy-on", who=s.address("mina"))
    sees(tomas, s, "mina", "away", "tea")
    mina.sign_off()
    tomas.wait("buddy-off", who=s.address("mina"))
    mina.status("invisible")
    before = len(tomas.seen("buddy-on"))
    mina.sign_on()
    if probes:
        mina.wait("buddy-on", who=s.address("tomas"))
    mina.im(s.address("tomas"), "psst")
    tomas.wait("line", html="psst")
    equal(len(tomas.seen("buddy-on")), before, "was seen")
    mina.status("available", "hello")
    tomas.wait("buddy-on", who=s.address("mina"))


@scene(settings=COMMAND)
def a_command_hides(s):
    hides(s)


@scene(settings=LISTS)
def a_privacy_list_hides(s):
    if "privacy_lists" not in " ".join(
            str(p) for p in pathlib.Path("/usr/lib/prosody").rglob("mod_*")):
        raise Skip("Prosody has no module for privacy lists")
    # Its module keeps in what would ask for the presence of others, too.
    hides(s, probes=False)


# --- the list ---------------------------------------------------------------------


def item(s, who, **attributes):
    post(s.server, "roster/item", user="mina", jid=who + "@elsewhere.example",
         **attributes)


def listed(account):
    return {b["who"].split("@")[0] for b in account.blist()["buddies"]}


@scene(settings=GOOGLE)
def whom_one_has_mailed_is_no_buddy(s):
    """The list has them; those who see us, were asked, or said no are shown,
    unless they are hidden."""
    item(s, "mailed", subscription="none")
    item(s, "asked", subscription="none", ask="subscribe")
    item(s, "friend", subscription="both")
    item(s, "hidden", subscription="both", t="H")
    item(s, "small", subscription="both", t="h")
    item(s, "pinned", subscription="none", t="P")
    item(s, "said-no", subscription="none", rejected="true")
    item(s, "by-mail", subscription="none", autosub="true")
    item(s, "blocked", subscription="none", t="B")
    mina = s.account("mina")
    s.trust(mina)
    shown_ones = {"asked", "friend", "pinned", "said-no", "by-mail"}
    wait_until(lambda: listed(mina) == shown_ones,
               "those who are shown")
    equal(mina.state()["deny"], ["blocked@elsewhere.example"])
    equal(mina.buddy("said-no@elsewhere.example")["emblem"],
          mina.buddy("asked@elsewhere.example")["emblem"])
    item(s, "friend", subscription="both", t="H")
    item(s, "hidden", subscription="both")
    wait_until(lambda: listed(mina) == shown_ones - {"friend"} | {"hidden"},
               "what was changed elsewhere")
    mina.sign_off()
    mina.sign_on()
    wait_until(lambda: listed(mina) == shown_ones - {"friend"} | {"hidden"},
               "the same the next time")
    equal([e for e in mina.seen("buddy-added")
           if e["who"].startswith("mailed")], [])


@scene(settings=GOOGLE)
def who_was_added_stays_while_the_list_flickers(s):
    """Google says for a moment that nobody was asked."""
    mina = s.account("mina")
    s.trust(mina)
    offered(mina, SETTINGS)
    mina.buddy_add("new@elsewhere.example", "Friends")
    for more in ({"ask": "subscribe"}, {}, {"ask": "subscribe"}):
        item(s, "new", subscription="none", group="Friends", **more)
    item(s, "last", subscription="both")
    wait_until(lambda: "last" in listed(mina), "all of it")
    assert "new" in listed(mina)
    equal([e for e in mina.seen("buddy-removed")
           if e["who"].startswith("new@")], [])


@scene(settings=GOOGLE)
def who_is_blocked_is_offline_at_once(s):
    mina, tomas = friends(s)
    offered(mina, OFF, s.address("tomas"))
    mina.deny(s.address("tomas"), 1)
    mina.wait("buddy-off", who=s.address("tomas"))
    mina.deny(s.address("tomas"), 0)
    mina.wait("buddy-on", who=s.address("tomas"))


# --- private rooms and the queue -------------------------------------------------


@scene(settings=GOOGLE, names=("mina", "tomas", "eve"))
def a_private_room_asks_without_words(s):
    """Google's programs did not read invitations with words."""
    mina = s.account("mina")
    s.trust(mina)
    friend = eve(s)
    mina.buddy_add(s.address("eve"), "Friends")
    offered(mina, OFF, s.address("eve"))
    offered(mina, "Initiate _Chat", s.address("eve"))
    mina.menu(s.address("eve"), "Initiate _Chat")
    invitation = friend.wait(
        r"<message[^>]*from='(private-chat-[0-9a-f-]{36}@[^'/]*)'.*?"
        r"<invite [^>]*>(.*?)</message>")
    assert re.match(r"(<reason/>|<reason></reason>)?</invite>",
                    invitation[2]), invitation[0]
    friend.send(f"<presence to='{invitation[1]}/eve'><x xmlns='http://jabber."
                "org/protocol/muc'/></presence>")
    friend.wait("code='110'")
    friend.send(f"<message to='{invitation[1]}' type='groupchat'>"
                "<body>here I am</body></message>")
    mina.wait("line", who="eve", html="here I am")


@scene(settings=GOOGLE)
def who_comes_and_goes_waits_while_nobody_looks(s):
    mina, tomas = friends(s)
    offered(mina, OFF, s.address("tomas"))
    mina.idle(600)
    wait_until(lambda: tomas.buddy(s.address("mina"))["idle"], "idle")
    mina.im(s.address("tomas"), "later")
    tomas.wait("line", html="later")
    tomas.status("away", "tea")
    tomas.im(s.address("mina"), "marker")
    mina.wait("line", html="marker")
    equal(shown(mina, s, "tomas")[0], "available", "was kept back")
    mina.idle(0)
    sees(mina, s, "tomas", "away", "tea")


# --- others --------------------------------------------------------------------


@scene(settings=GOOGLE, names=("mina", "tomas", "eve"))
def pushes_of_others_are_refused(s):
    """Nobody but the server says what only it can say."""
    mina = s.account("mina", **{"check-mail": True})
    s.trust(mina)
    mailbox_known(mina)
    stranger = eve(s)
    mina.im(s.address("eve"), "hello")
    place = stranger.wait(r"from='(mina@gtalk\.test/[^']*)'")[1]
    for number, (name, payload) in enumerate(PUSHES.items()):
        stranger.send(f"<iq type='set' id='p{number}' to='{place}'>{payload}"
                      "</iq>")
        stranger.wait(f"<iq[^>]*type='error'[^>]*>.*?service-unavailable|"
                      f"<iq[^>]*id='p{number}'[^>]*type='error'")
    equal(mina.state()["status"], "available")
    equal([e for e in mina.seen("mail") if e["count"]], [])


@scene(settings=PLAIN, names=("mina", "tomas"))
def elsewhere_nothing_of_it_is_offered(s):
    mina, tomas = s.pair(**{"check-mail": True})
    s.befriend(mina, tomas, "tomas", "mina")
    labels = mina.offers()["labels"] + \
        mina.offers(s.address("tomas"))["labels"]
    for label in ("Show New Mail", "Open Inbox", SETTINGS, OFF):
        assert label not in labels, labels
    tomas.im(s.address("mina"), "hello")
    mina.wait("line", html="hello")
    assert not mina.seen("error")


# --- calls -----------------------------------------------------------------------


CALL = ("<session xmlns='http://www.google.com/session' type='initiate' "
        "id='{sid}' initiator='{from_}'><description "
        "xmlns='http://www.google.com/session/phone'/></session>")
JINGLE = ("<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' "
          "sid='{sid}' initiator='{from_}'><content creator='initiator' "
          "name='voice'><description xmlns='urn:xmpp:jingle:apps:rtp:1' "
          "media='audio'/></content></jingle>")


def called_by(s):
    mina = s.account("mina")
    s.trust(mina)
    friend = eve(s)
    mina.buddy_add(s.address("eve"), "Friends")
    friend.wait("type='subscribe'")
    friend.send(f"<presence type='subscribed' to='{s.address('mina')}'/>")
    friend.send(f"<presence type='subscribe' to='{s.address('mina')}'/>")
    question = mina.wait("request")
    s.client.call("answer", question["id"], 0)
    place = friend.wait(r"<presence[^>]*from='(mina@gtalk\.test/[^']*)'")[1]
    return mina, friend, place


def call(friend, place, number, xml):
    friend.send(f"<iq type='set' id='c{number}' to='{place}'>" +
                xml.format(sid=f"s{number}", from_=friend.full) + "</iq>")


@scene(settings=GOOGLE, names=("mina", "eve"))
def calls_are_declined_and_told_of_once(s):
    mina, friend, place = called_by(s)
    call(friend, place, 1, CALL)
    friend.wait("<session[^>]*>")
    assert "type='reject'" in friend.heard and "id='s1'" in friend.heard
    call(friend, place, 2, JINGLE)
    friend.wait("session-terminate.*unsupported-applications")
    mina.im(s.address("eve"), "I cannot")
    friend.wait("I cannot")
    lines = [e for e in mina.seen("line") if "tried to call" in e["html"]]
    equal(len(lines), 1, str(lines))


@scene(settings=GOOGLE, names=("mina", "eve"))
def calls_with_parts_missing_do_no_harm(s):
    mina, friend, place = called_by(s)
    session = "<session xmlns='http://www.google.com/session'"
    jingle = "<jingle xmlns='urn:xmpp:jingle:1'"
    for number, xml in enumerate((
            f"{session}/>", f"{session} type='initiate'/>",
            f"{session} id='x'/>", f"{session} id='x' type='initiate'/>",
            f"{session} type='candidates' id='x'><candidate/></session>",
            f"{jingle}/>", f"{jingle} action='session-initiate'/>",
            f"{jingle} sid='x'/>",
            f"{jingle} sid='x' action='session-initiate'/>",
            f"{jingle} sid='x' action='session-initiate'><content/></jingle>",
            f"{jingle} sid='x' action='transport-info'/>")):
        call(friend, place, f"m{number}", xml)
        friend.wait(f"<iq[^>]*id='cm{number}'")
    mina.im(s.address("eve"), "still here")
    friend.wait("still here")


@scene(settings=GOOGLE, names=("mina", "eve"))
def strangers_that_call_learn_nothing(s):
    mina = s.account("mina")
    s.trust(mina)
    stranger = eve(s)
    mina.im(s.address("eve"), "hello")
    place = stranger.wait(r"from='(mina@gtalk\.test/[^']*)'")[1]
    call(stranger, place, 1, CALL)
    stranger.wait("<iq[^>]*type='error'.*service-unavailable")
    equal([e for e in mina.seen("line") if "tried to call" in e["html"]], [])


if __name__ == "__main__":
    main()
