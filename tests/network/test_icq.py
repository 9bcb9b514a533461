"""ICQ between this plugin and the loopback server: who is who, searches, old
clients' messages, permission, X-Status."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import tap  # noqa: E402
from oscar_scene import scene  # noqa: E402

VASYA = {"nick": "Vasya", "first": "Wassili", "last": "Puškin",
         "email": "v@example.org", "city": "Москва", "gender": 2, "age": 33,
         "born_year": 1980, "born_month_day": [5, 17],
         "homepage": "http://v.example.org", "company": "Acme & Sons",
         "notes": "I <b>write</b>.", "country": 7, "occupation": 5,
         "languages": [38, 12]}
PEOPLE = {"more": [
    {"name": "100003", "password": "x", "bot": "quiet", "info": VASYA,
     "email": "v@example.org"},
    {"name": "100004", "password": "x", "bot": "quiet",
     "info": {"nick": "Ann", "city": "Omsk"}},
    {"name": "100005", "password": "canary-Zyp4-x",
     "groups": {"Friends": [{"name": "100003"}, {"name": "100004",
                                                 "alias": "Anna"},
                            {"name": "100006"}]}},
    {"name": "100006", "password": "canary-Zyp4-x"},
    {"name": "100007", "password": "canary-Zyp4-x", "requires_auth": True},
]}
RELAY = "094613494c7f11d18222444553540000"
UNICODE = "0946134e4c7f11d18222444553540000"
XTRAZ = "1a093c6cd7fd4ec59d51a6474e34f5a0"
BEER = "8c50dbae81ed4786acca16cc3213c7b7"


@scene(**PEOPLE)
def numbers_get_the_nickname_of_their_owner(s):
    us = s.sign_on("100005")
    tap.wait_until(lambda: us.buddy("100003")["server_alias"] == "Vasya",
                   "nickname")
    # Whom the user calls something is not asked about.
    tap.equal(us.buddy("100004")["alias"], "Anna", "alias")
    tap.equal(us.buddy("100004")["server_alias"], None, "nickname")


@scene(**PEOPLE)
def full_information_is_one_window(s):
    us = s.sign_on("100005")
    us.info("100003")
    shown = us.wait("userinfo", who="100003")["entries"]
    for label, value in {
            "Nickname": "Vasya", "First name": "Wassili",
            "Last name": "Puškin", "E-mail": "v@example.org",
            "Gender": "Male", "Age": "33", "City": "Москва",
            "Home page": "http://v.example.org",
            "Country": "Russian Federation", "Occupation": "Computers",
            "Languages": "Russian<br>English",
            "Company": "Acme &amp; Sons",
            "Notes": "I &lt;b&gt;write&lt;/b&gt;."}.items():
        tap.equal(shown.get(label), value, label)
    tap.equal("1980" in shown["Birthday"] or "80" in shown["Birthday"], True,
              "birthday")
    us.info("100099")
    shown = us.wait("userinfo", who="100099")["entries"]
    tap.equal(list(shown), ["Information"], "of nobody")


def ask(us, form):
    us.action("Search for People...")
    question = us.wait("request")
    us.client.call("answer", question["id"], 0, form)


def search(us, form):
    """What was found, as rows of number, nickname, first and last name."""
    ask(us, form)
    return [row[:4] for row in us.wait("found")["rows"]]


@scene(**PEOPLE)
def white_pages_are_searched(s):
    us = s.sign_on("100005")
    # Fields are numbered as ImFieldId is.
    tap.equal(search(us, "0=100003"),
              [["100003", "Vasya", "Wassili", "Puškin"]], "by number")
    tap.equal(search(us, "4=v@example.org"),
              [["100003", "Vasya", "Wassili", "Puškin"]], "by e-mail")
    tap.equal(search(us, "1=ann"),
              [["100004", "Ann", "", ""]], "by nickname")
    tap.equal(search(us, "8=Omsk"),
              [["100004", "Ann", "", ""]], "by city")
    ask(us, "1=nobody")
    tap.equal(us.client.wait("notify")["primary"], "Nobody was found.",
              "none")


@scene(**PEOPLE)
def own_information_is_changed(s):
    us = s.sign_on("100005")
    us.action("Change ICQ Information...")
    question = us.wait("request")
    s.client.call("answer", question["id"], 0, 
                  "1=Я\n8=Köln\n37=1\n7=1980-05-17\n5=Female\n12=Germany"
                  "\n17=German\n17.1=Polish\n27=Retired")
    # Asking again shows what the server has now.
    us.info("100005")
    shown = us.wait("userinfo", who="100005")["entries"]
    tap.equal(shown.get("Nickname"), "Я", "nickname")
    tap.equal(shown.get("City"), "Köln", "city")
    tap.equal(shown.get("Gender"), "Female", "gender")
    tap.equal(shown.get("Country"), "Germany", "country")
    tap.equal(shown.get("Languages"), "German<br>Polish", "languages")
    tap.equal(shown.get("Occupation"), "Retired", "occupation")
    tap.equal("80" in shown["Birthday"], True, "birthday")
    tap.equal(shown.get("Must be asked before being added"), "Yes",
              "permission")


@scene(**PEOPLE)
def own_information_is_kept_where_it_was(s):
    us = s.sign_on("100005")
    us.action("Change ICQ Information...")
    question = us.wait("request")
    s.client.call("answer", question["id"], 0,
                  "7=17 May 1980\n8=Nowhere")
    told = s.client.wait("notify")
    tap.equal(told["primary"], "Your information was not changed.", "told")
    us.action("Change ICQ Information...")
    question = us.wait("request")
    tap.equal(question["fields"]["8"], None, "city")
    s.client.call("answer", question["id"], 0, "12=Germany\n17=German")
    us.action("Change ICQ Information...")
    question = us.wait("request")
    tap.equal([question["fields"][key] for key in ("12", "17", "17.1")],
              ["Germany", "German", "Not said"], "chosen before")
    s.client.call("answer", question["id"], 0, "12=Not said")
    us.info("100005")
    shown = us.wait("userinfo", who="100005")["entries"]
    tap.equal([shown.get("Country"), shown.get("Languages")],
              [None, "German"], "taken back")


@scene(**PEOPLE)
def old_clients_are_understood(s):
    us = s.sign_on("100005", encoding="CP1251")
    text = "Привет: ю".encode("cp1251")
    body = (100003).to_bytes(4, "little") + bytes([1, 0]) + (
        len(text) + 1).to_bytes(2, "little") + text + b"\0"
    s.server.do("icbm", **{"from": "100003", "to": "100005", "channel": 4,
                           "hex": "0005%04x" % len(body) + body.hex()})
    us.wait("line", who="100003", html="Привет: ю")
    # One of them reads Unicode, the other does not.
    s.server.do("be", name="100003", caps=[RELAY])
    s.server.do("be", name="100004", caps=[RELAY, UNICODE])
    s.say("100003", "ready", to="100005")
    us.wait("line", who="100003", html="ready")
    us.im("100003", "Привет")
    heard = s.heard("100003", sender="100005")[0]
    tap.equal((heard["charset"], heard["hex"]),
              (3, "Привет".encode("cp1251").hex()), "old")
    us.im("100004", "Привет")
    heard = s.heard("100004", sender="100005")[0]
    tap.equal((heard["charset"], heard["text"]), (2, "Привет"), "new")


@scene(**PEOPLE)
def moods_are_shown(s):
    us = s.sign_on("100005")
    s.server.do("be", name="100003", caps=[RELAY, UNICODE, XTRAZ, BEER])
    tap.wait_until(lambda: us.buddy("100003")["tooltip"].get("Mood")
                   == "Having a beer", "mood")
    s.server.do("be", name="100003", caps=[RELAY, UNICODE, XTRAZ])
    tap.wait_until(lambda: "Mood" not in us.buddy("100003")["tooltip"],
                   "no mood")


@scene(**PEOPLE)
def away_texts_are_read_when_asked_for(s):
    us, them = s.sign_on("100005"), s.sign_on("100006")
    them.status("na", "Обед")
    tap.wait_until(lambda: us.buddy("100006")["status"] == "na", "status")
    us.info("100006")
    tap.wait_until(lambda: us.buddy("100006")["message"] == "Обед", "text")
    them.status("free4chat", "Пишите")
    tap.wait_until(lambda: us.buddy("100006")["status"] == "free4chat",
                   "other status")
    us.info("100006")
    tap.wait_until(lambda: us.buddy("100006")["message"] == "Пишите",
                   "other text")


@scene(**PEOPLE)
def moods_are_told(s):
    them, us = s.sign_on("100006"), s.sign_on("100005")
    them.mood("coffee", "black & hot")
    tap.wait_until(lambda: us.buddy("100006")["tooltip"].get("Mood")
                   == "Having a coffee - black &amp; hot", "mood")
    them.action("Set X-Status...")
    question = them.wait("request")
    s.client.call("answer", question["id"], 0,
                  "mood=Having a beer\ntitle=Пиво\ntext=свежее")
    tap.wait_until(lambda: us.buddy("100006")["tooltip"].get("Mood")
                   == "Having a beer - Пиво: свежее", "title")
    them.mood("", "")
    tap.wait_until(lambda: "Mood" not in us.buddy("100006")["tooltip"],
                   "no mood")


@scene(**PEOPLE)
def invisible_to_some_is_seen_by_others(s):
    them, us = s.sign_on("100006"), s.sign_on("100005")
    them.buddy_add("100005", "Friends")
    tap.wait_until(lambda: them.buddy("100005")["online"], "presence")
    us.menu("100006", "Add to Invisible List")
    tap.wait_until(lambda: not them.buddy("100005")["online"], "absence")
    s.server.wait_for({"do": "list", "name": "100005"},
                      {"mode": 4, "deny": ["100006"]})
    us.menu("100006", "Remove from Invisible List")
    tap.wait_until(lambda: them.buddy("100005")["online"], "presence again")


@scene(**PEOPLE)
def permission_is_asked_refused_and_given(s):
    us, them = s.sign_on("100005"), s.sign_on("100007")
    us.buddy_add("100007", "Friends")
    question = us.wait("request")
    tap.equal(question["primary"],
              "100007 wants to be asked before being added.", "question")
    s.client.call("answer", question["id"], 0, "It is me")
    question = them.wait("request")
    tap.equal((question["who"], question["secondary"]),
              ("100005", "It is me"), "request")
    s.client.call("answer", question["id"], 1)
    question = them.wait("request")
    s.client.call("answer", question["id"], 0, "Who?")
    told = s.client.wait("notify")
    tap.equal((told["primary"], told["secondary"]), (
        "100007 does not allow you to see when they are online.", "Who?"),
        "refusal")
    us.buddy_remove("100007", "Friends")
    us.buddy_add("100007", "Friends")
    question = us.wait("request")
    s.client.call("answer", question["id"], 0, "Bob!")
    question = them.wait("request", secondary="Bob!")
    s.client.call("answer", question["id"], 0)
    tap.wait_until(lambda: us.buddy("100007")["online"], "presence")


if __name__ == "__main__":
    tap.main()
