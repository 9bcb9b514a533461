"""What others see of us and we of them: icons, words, warnings; and what the
account's menu does."""

import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import tap  # noqa: E402


def picture(text):
    """A picture as far as its head goes; @text makes it another one."""
    return b"GIF89a\x30\0\x30\0\x80\0\0" + text.encode()


RED, BLUE, GREEN = picture("red"), picture("blue"), picture("green")


def digest(data):
    return hashlib.md5(data).hexdigest()


class World:
    """A server with Ann and Bob, who know each other and Robot."""

    def __init__(self, t, config=None, **robot):
        self.t = t
        friends = {"groups": {"Friends": ["Ann Other", "Bob", "Robot"]}}
        self.server = t.server(dict({"accounts": [
            dict(name="Ann Other", password="secret1", **friends),
            dict(name="Bob", password="secret2", **friends),
            dict(name="Robot", password="x", bot="quiet", **robot)],
            "bot_pace": 0.01}, **(config or {})))

    def client(self, name, profile=None):
        """(account, client) of a user who is about to sign on."""
        made = headless.Headless(profile)
        self.t.at_end(made.close)
        return made.account(
            name, "prpl-aim", name, {"Bob": "secret2"}.get(name, "secret1"),
            network="custom", server="127.0.0.1", port=self.server.port,
            security="off")

    def asked_for(self, name, stage, kind=None):
        """How often @name has sent such a SNAC."""
        return self.server.do("snacs", name=name, stage=stage, direction=">",
                              **({"type": kind} if kind else {}))["count"]

    def end(self, *accounts):
        for account in accounts:
            account.client.quit()
        self.server.faultless()


# Icons.

def wears(world, name, data):
    """Waits until @name is seen with that picture by the server."""
    world.server.wait_for({"do": "icon", "name": name}, {
        "hash": digest(data), "size": len(data)})


@tap.case
def others_show_their_icons(t):
    world = World(t, icon=RED.hex())
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.wait("buddy-icon", who="Robot", hash=digest(RED), size=len(RED))
    world.server.do("be", name="Robot", picture=BLUE.hex())
    ann.wait("buddy-icon", who="Robot", hash=digest(BLUE), size=len(BLUE))
    world.server.do("be", name="Robot", picture="")
    ann.wait("buddy-icon", who="Robot", hash=None, size=0)
    # One connection for all of them.
    tap.equal(world.asked_for("Ann Other", "01/04"), 1, "connections")
    world.end(ann)


@tap.case
def an_icon_is_fetched_once_in_a_lifetime(t):
    world = World(t, icon=RED.hex())
    home = t.directory()
    ann = world.client("Ann Other", home)
    ann.sign_on()
    ann.wait("buddy-icon", who="Robot", hash=digest(RED))
    ann.client.quit()
    tap.equal(world.asked_for("Ann Other", "10/06"), 1, "questions")
    ann = world.client("Ann Other", home)
    ann.sign_on()
    ann.wait("buddy-on", who="Robot")
    # What is fetched next shows that nothing was fetched before it.
    world.server.do("be", name="Robot", picture=BLUE.hex())
    ann.wait("buddy-icon", who="Robot", hash=digest(BLUE))
    tap.equal(world.asked_for("Ann Other", "10/06"), 2, "questions")
    world.end(ann)


@tap.case
def bytes_that_are_no_picture_are_not_shown(t):
    world = World(t, icon=b"MZ no picture".hex())
    ann = world.client("Ann Other")
    ann.sign_on()
    world.server.wait_for({"do": "snacs", "name": "Ann Other",
                           "stage": "10/07"}, {"count": 1})
    huge = b"GIF89a\xff\xff\xff\xff"
    world.server.do("be", name="Robot", picture=huge.hex())
    world.server.wait_for({"do": "snacs", "name": "Ann Other",
                           "stage": "10/07"}, {"count": 2})
    world.server.do("be", name="Robot", picture=RED.hex())
    ann.wait("buddy-icon", who="Robot")
    tap.equal([event["hash"] for event in ann.seen("buddy-icon")],
              [digest(RED)], "icons shown")
    world.end(ann)


def exchanges(t, **config):
    """Ann's icon on Bob's screen: set, changed, kept, taken away."""
    world = World(t, config)
    home = t.directory()
    ann, bob = world.client("Ann Other", home), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    bob.wait("buddy-on", who="Ann Other")
    ann.icon(RED.hex())
    bob.wait("buddy-icon", who="Ann Other", hash=digest(RED), size=len(RED))
    ann.icon(BLUE.hex())
    bob.wait("buddy-icon", who="Ann Other", hash=digest(BLUE))
    wears(world, "Ann Other", BLUE)
    tap.equal(world.asked_for("Ann Other", "10/02"), 2, "uploads")
    # The server still has it at the next sign-on: nothing is said or sent.
    edits = world.asked_for("Ann Other", "13/09")
    ann.client.quit()
    bob.wait("buddy-off", who="Ann Other")
    ann = world.client("Ann Other", home)
    ann.sign_on()
    wears(world, "Ann Other", BLUE)
    ann.icon("")
    bob.wait("buddy-icon", who="Ann Other", hash=None)
    tap.equal(world.asked_for("Ann Other", "10/02"), 2, "uploads")
    tap.equal(world.asked_for("Ann Other", "13/09"), edits + 1, "edits")
    world.end(ann, bob)


@tap.case
def our_icon_is_seen_by_others(t):
    exchanges(t)


@tap.case
def our_icon_is_seen_where_each_step_waits(t):
    exchanges(t, personality="aol")


@tap.case
def no_icon_here_leaves_the_one_there(t):
    """The user set it in another client."""
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.icon(RED.hex())
    wears(world, "Ann Other", RED)
    ann.client.quit()
    again = world.client("Ann Other")
    again.sign_on()
    wears(world, "Ann Other", RED)
    world.end(again)


@tap.case
def a_refused_icon_is_told_of(t):
    world = World(t, {"icon_limit": 8})
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.icon(RED.hex())
    told = ann.client.wait("notify")
    tap.contains(told["secondary"], "too big", "notice")
    world.end(ann)


@tap.case
def nothing_is_said_where_there_are_no_icons(t):
    world = World(t, {"traits": {"services": []}}, icon=RED.hex())
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.wait("buddy-on", who="Robot")
    world.server.wait_for({"do": "snacs", "name": "Ann Other",
                           "stage": "01/04"}, {"count": 1})
    world.server.do("be", name="Robot", picture=BLUE.hex())
    world.server.do("be", name="Robot", state="away")
    ann.wait("buddy-status", who="Robot")
    tap.equal(world.asked_for("Ann Other", "01/04"), 1, "requests")
    tap.equal(ann.client.seen("notify"), [], "notices")
    world.end(ann)


# Words and marks.

@tap.case
def an_available_message_is_shown_and_set(t):
    """Only networks of AOL's kind hand it on."""
    world = World(t, {"personality": "aol"})
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    bob.wait("buddy-on", who="Ann Other")
    ann.status("available", "tea & <b>cake</b> é 漢 🙂")
    bob.wait("buddy-status", who="Ann Other", status="available",
             message=lambda text: text and "tea &amp; cake é 漢 🙂" in text)
    ann.status("available", "")
    bob.wait("buddy-status", who="Ann Other",
             message=lambda text: not text)
    world.server.do("be", name="Robot", status_text="<i>5 < 6</i> & more")
    shown = bob.wait("buddy-status", who="Robot", message=lambda text: text)
    tap.contains(shown["message"], "&amp; more", "message")
    world.end(ann, bob)


@tap.case
def an_available_message_lasts_over_sign_on(t):
    world = World(t, {"personality": "aol"})
    ann, bob = world.client("Ann Other"), world.client("Bob")
    bob.sign_on()
    ann.status("available", "here I am")
    ann.sign_on()
    bob.wait("buddy-on", who="Ann Other", message="here I am")
    world.end(ann, bob)


@tap.case
def people_on_telephones_are_marked(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.wait("buddy-on", who="Robot")
    for flags, mobile, emblem in ((0x0080, True, "mobile"),
                                  (0x0200, True, "mobile"),
                                  (0x0400, False, "bot"),
                                  (0x0000, False, None)):
        world.server.do("be", name="Robot", flags=flags)
        # It is told with the presence, of which nothing else changed.
        seen = tap.wait_until(lambda: (
            lambda buddy: buddy if buddy["emblem"] == emblem else None)(
                ann.buddy("Robot")), "emblem %s" % emblem)
        tap.equal(seen["mobile"], mobile, "mobile")
    world.end(ann)


@tap.case
def a_profile_is_read_without_its_tricks(t):
    nasty = ("<html><body bgcolor=red>Hi <img src='http://x/y.gif'>"
             "<script>alert(1)</script><b onclick='x()'>there</b> "
             "<a href='javascript:x()'>no</a> "
             "<a href='http://example.net/'>yes</a></body></html>")
    world = World(t, profile=nasty)
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.wait("buddy-on", who="Robot")
    ann.info("Robot")
    html = ann.wait("userinfo", who="Robot")["html"].lower()
    for unwanted in ("<img", "<script", "onclick", "javascript:"):
        tap.lacks(html, unwanted, "profile")
    for wanted in ("there", "http://example.net/", "<b>"):
        tap.contains(html, wanted, "profile")
    world.end(ann)


# Warnings, and what the server has to say.

@tap.case
def warnings_are_given_and_shown(t):
    world = World(t)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    ann.wait("buddy-on", who="Bob")
    bob.im("Ann Other", "rude")
    ann.wait("line", html=lambda html: "rude" in html)
    ann.menu("Bob", "Warn...")
    ann.client.answer(ann.client.wait("request"), "Warn")
    told(ann, "You warned Bob", "10%")
    told(bob, "Ann Other warned you", "10%")
    tap.equal(ann.buddy("Bob")["tooltip"]["Warning level"], "10%", "tooltip")
    # Once for each message.
    ann.menu("Bob", "Warn...")
    ann.client.answer(ann.client.wait("request"), "Warn Anonymously")
    told(ann, "could not be warned", "recent messages")
    bob.im("Ann Other", "ruder")
    ann.wait("line", html=lambda html: "ruder" in html)
    ann.menu("Bob", "Warn...")
    ann.client.answer(ann.client.wait("request"), "Warn Anonymously")
    told(ann, "You warned Bob", "13%")
    told(bob, "anonymously", "13%")
    world.end(ann, bob)


@tap.case
def a_window_of_the_server_is_words_only(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    world.server.do("popup", name="Ann Other",
                    text="<b>Maintenance</b> at 5 &lt; 6<script>x</script>")
    event = told(ann, "Maintenance at 5", "example.net/news")
    for unwanted in ("<b>", "<script"):
        tap.lacks(event["primary"], unwanted, "notice")
    world.end(ann)


# Several sessions of one account.

@tap.case
def several_sessions_live_side_by_side(t):
    world = World(t)
    here, there, bob = (world.client(name) for name in (
        "Ann Other", "Ann Other", "Bob"))
    here.sign_on()
    here.action("Show Where I Am Signed In")
    told(here, "You are signed in at 1 place, which is here.")
    there.sign_on()
    bob.sign_on()
    here.action("Show Where I Am Signed In")
    told(here, "You are signed in at 2 places, this one included.")
    bob.wait("buddy-on", who="Ann Other")
    bob.im("Ann Other", "both of you")
    for ann in (here, there):
        ann.wait("line", html=lambda html: "both of you" in html)
    there.sign_off()
    tap.equal(bob.seen("buddy-off"), [], "departures")
    world.end(here, there, bob)


@tap.case
def other_sessions_end_where_that_is_wanted(t):
    world = World(t)
    here, there = world.client("Ann Other"), world.client("Ann Other")
    here.sign_on()
    there.option("places", "sign-off")
    there.sign_on()
    event = here.wait("error")
    tap.contains(event["text"], "You signed in somewhere else", "sentence")
    tap.equal(event["fatal"], True, "whether it stays away")
    there.action("Show Where I Am Signed In")
    told(there, "at 1 place")
    world.end(here, there)


@tap.case
def the_message_of_the_day_is_in_the_menu(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    tap.equal(ann.client.seen("notify"), [], "windows")
    ann.action("Message of the Day")
    told(ann, "Message of the day", "Welcome to the loopback server")
    world.server.do("motd", name="Ann Other", text="Going down at 8")
    world.server.do("motd", name="Ann Other", text="Going down now", kind=2)
    told(ann, "Going down now")
    ann.action("Message of the Day")
    told(ann, "Message of the day", "Going down at 8")
    world.end(ann)


def moves(t, **config):
    """The server asks for patience, then to move; nobody notices."""
    world = World(t, config)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    bob.wait("buddy-on", who="Ann Other")
    world.server.do("pause", name="Ann Other")
    world.server.wait_for({"do": "snacs", "name": "Ann Other",
                           "stage": "01/0C"}, {"count": 1})
    ann.im("Bob", "while paused")
    bob.im("Ann Other", "to the paused")
    ann.wait("line", html=lambda html: "to the paused" in html)
    tap.equal(world.asked_for("Ann Other", "04/06"), 0, "messages sent")
    world.server.do("resume", name="Ann Other")
    bob.wait("line", html=lambda html: "while paused" in html)
    world.server.do("migrate", name="Ann Other")
    ann.im("Bob", "while moving")
    bob.im("Ann Other", "to the moving")
    ann.wait("line", html=lambda html: "to the moving" in html)
    bob.wait("line", html=lambda html: "while moving" in html)
    world.server.wait_for({"do": "connections", "name": "Ann Other",
                           "type": "bos"}, {"open": 1, "total": 2 + (
                               config.get("personality") == "aol")})
    ann.im("Bob", "moved")
    bob.wait("line", html=lambda html: "moved" in html)
    for account in (ann, bob):
        tap.equal(account.seen("disconnected"), [], "ends")
        tap.equal([line["html"] for line in account.seen("line")
                   if "error" in line["flags"]], [], "complaints")
    tap.equal(bob.seen("buddy-off"), [], "departures")
    world.end(ann, bob)


@tap.case
def a_server_can_send_us_elsewhere(t):
    moves(t)


@tap.case
def a_server_that_wants_each_step_can_too(t):
    moves(t, personality="aol")


# The account itself.

def answers(account, action, text, choice=0):
    """Chooses @action in the account's menu and fills in what it asks."""
    account.action(action)
    account.client.answer(account.client.wait("request"), choice, text)


def told(account, primary, secondary=""):
    """Waits for such a notice."""
    event = account.client.wait("notify")
    tap.contains(event["primary"], primary, "notice")
    tap.contains(event["secondary"] or "", secondary, "details")
    return event


@tap.case
def the_name_is_formatted(t):
    world = World(t)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    bob.wait("buddy-on", who="Ann Other")
    answers(ann, "Format Screen Name...", "ANN other")
    told(ann, "name was changed", "ANN other")
    tap.wait_until(lambda: ann.state()["name"] == "ANN other", "own name")
    tap.wait_until(lambda: bob.buddy("Ann Other")["server_alias"]
                   == "ANN other", "name on Bob's list")
    answers(ann, "Format Screen Name...", "Somebody Else")
    told(ann, "not changed", "spaces")
    world.end(ann, bob)


@tap.case
def the_password_is_changed(t):
    world = World(t)
    home = t.directory()
    ann = world.client("Ann Other", home)
    ann.sign_on()
    form = "old=%s\nnew=%s\nagain=%s"
    answers(ann, "Change Password...", form % ("secret1", "fresh1", "fresh2"))
    told(ann, "not changed", "same both times")
    answers(ann, "Change Password...", form % ("wrong", "fresh1", "fresh1"))
    told(ann, "not changed", "old password is wrong")
    answers(ann, "Change Password...", form % ("secret1", "x", "x"))
    told(ann, "not changed", "too short")
    answers(ann, "Change Password...", form % ("secret1", "fresh1", "fresh1"))
    told(ann, "password was changed")
    # It is the one to sign on with from now on.
    ann.sign_off()
    ann.sign_on()
    for secret in ("secret1", "fresh1"):
        tap.lacks(ann.client.debug_log(), secret, "debug log")
    world.end(ann)


@tap.case
def the_password_goes_encrypted_where_that_is_required(t):
    """Even if the server names a service that is not."""
    certificate, key = t.certificate()
    server = t.server({"accounts": [{"name": "Ann", "password": "secret1"}],
                       "plain_services": True},
                      ["--cert", certificate, "--key", key])
    made = headless.Headless()
    t.at_end(made.close)
    ann = made.account("ann", "prpl-aim", "Ann", "secret1", network="custom",
                       server="127.0.0.1", port=server.tls_port,
                       security="required")
    ann.connect()
    made.answer(made.wait("request"), "Accept")
    ann.wait("connected")
    answers(ann, "Change Password...",
            "old=secret1\nnew=fresh1\nagain=fresh1")
    told(ann, "password was changed")
    tap.equal([link["tls"] for link in server.do(
        "connections", type="admin")["connections"]], [True], "encryption")
    made.quit()
    server.faultless()


@tap.case
def every_refusal_has_its_sentence(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    for code, words in ((0x01, "capital"), (0x02, "old password"),
                        (0x03, "confirmed first"), (0x04, "later"),
                        (0x06, "does not take this name"),
                        (0x07, "too short"), (0x08, "this address"),
                        (0x0A, "old password"), (0x0C, "too short"),
                        (0x15, "0x0015"), (0x1D, "earlier change"),
                        (0x20, "confirmed first"), (0x21, "Too many"),
                        (0x23, "this address")):
        world.server.do("account", name="Ann Other", admin_error=code)
        answers(ann, "Change E-mail...", "ann@example.net")
        told(ann, "not changed", words)
    world.end(ann)


@tap.case
def the_address_is_shown_changed_and_confirmed(t):
    world = World(t)
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.action("Show E-mail")
    told(ann, "e-mail address of your account", "none")
    answers(ann, "Change E-mail...", "nonsense")
    told(ann, "not changed", "this address")
    answers(ann, "Change E-mail...", "ann@example.net")
    told(ann, "was changed", "ann@example.net")
    ann.action("Show E-mail")
    told(ann, "e-mail address of your account", "ann@example.net")
    ann.action("Confirm Account")
    told(ann, "mail is on its way")
    ann.action("Confirm Account")
    told(ann, "confirmed already")
    tap.equal(world.asked_for("Ann Other", "01/04"), 1, "connections")
    world.end(ann)


@tap.case
def networks_without_it_say_so(t):
    world = World(t, {"traits": {"services": []}})
    ann = world.client("Ann Other")
    ann.sign_on()
    ann.action("Show E-mail")
    told(ann, "not known", "does not offer")
    answers(ann, "Search for People...", "%d=Ann" % FIRST_NAME)
    told(ann, "Nobody", "does not offer")
    world.end(ann)


# The directory. Fields of forms have numbers.

NICK, FIRST_NAME, LAST_NAME, EMAIL, CITY = 1, 2, 3, 4, 8


@tap.case
def people_are_found(t):
    world = World(t)
    ann, bob = world.client("Ann Other"), world.client("Bob")
    ann.sign_on()
    bob.sign_on()
    answers(ann, "Change Directory Entry...",
            "%d=Ann\n%d=Other\n%d=Kraków" % (FIRST_NAME, LAST_NAME, CITY))
    told(ann, "directory entry was changed")
    answers(bob, "Search for People...",
            "%d=ann\n%d=other" % (FIRST_NAME, LAST_NAME))
    found = bob.client.wait("found")
    tap.equal(found["rows"][0][:4], ["Ann Other", "", "Ann", "Other"], "row")
    answers(bob, "Search for People...", "%d=Nobody" % FIRST_NAME)
    told(bob, "Nobody was found")
    answers(bob, "Search for People...", "%d=Kraków" % CITY)
    told(bob, "Nobody was found", "Say more")
    # The entry is there to be changed.
    ann.action("Change Directory Entry...")
    form = ann.client.wait("request")
    tap.equal(form["fields"][str(FIRST_NAME)], "Ann", "first name")
    # By address alone.
    world.server.do("account", name="Ann Other", email="ann@example.net")
    answers(bob, "Search for People...", "%d=ann@example.net" % EMAIL)
    tap.equal(bob.client.wait("found")["rows"][0][0], "Ann Other", "name")
    answers(bob, "Search for People...", "%d=no@example.net" % EMAIL)
    told(bob, "Nobody was found")
    world.end(ann, bob)


if __name__ == "__main__":
    tap.main()
