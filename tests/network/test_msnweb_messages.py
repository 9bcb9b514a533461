"""Talking at MSN's web gateway: text both ways, typing, nudges, what becomes
of a message that cannot be delivered, conversations of several."""

import html

from msnweb_scene import (AMY, ANN, BOB, ECHO, GREG, LOGIN, ROBOT, plain,
                          scene, tap)

TEXTS = ["plain", "grüße, ça va? £5", "Привет", "漢字かな", "שלום", "مرحبا",
         "สวัสดี", "🙂🏳️‍🌈", "a < b & c > \"d\"", "one\ntwo", "100% 'sure'",
         "tab\tbed"]


@scene
def sends_and_receives(s):
    bob = s.sign_on()
    for number, text in enumerate(TEXTS, 1):
        bob.im(ROBOT, html.escape(text).replace("\n", "<br>"))
        tap.equal(s.heard(ROBOT, count=number)[-1],
                  text.replace("\n", "\r\n"), "text that arrived")
    for text in TEXTS:
        s.say(ROBOT, text.replace("\n", "\r\n"))
        tap.equal(s.line(bob), text, "text shown")
    s.server.wait_for({"do": "user", "name": LOGIN}, {"pending": 0})


@scene
def talks_to_an_email_address(s):
    bob = s.sign_on()
    bob.im(ANN, "hello Ann")
    tap.equal(s.heard(ANN), ["hello Ann"], "text")
    s.say(ANN, "hello Bob")
    tap.equal(s.line(bob, ANN), "hello Bob", "text")


@scene
def reads_rich_text(s):
    bob = s.sign_on()
    s.say(ROBOT, "Hi &amp; <b>welcome</b>", kind="RichText")
    shown = bob.wait("line", conversation=ROBOT,
                     flags=lambda f: "recv" in f)["html"]
    tap.equal(plain(shown), "Hi & welcome", "text")
    tap.contains(shown.lower(), "<b>welcome</b>", "markup")
    s.say(ROBOT, "<script>alert(1)</script>&lt;b&gt;", kind="RichText")
    tap.lacks(bob.wait("line", conversation=ROBOT,
                       flags=lambda f: "recv" in f)["html"], "<script",
              "markup")
    s.say(ROBOT, "<b>not bold</b> &amp;")
    tap.equal(s.line(bob), "<b>not bold</b> &amp;", "plain text")


@scene(rate=None)
def sends_what_is_long(s):
    bob = s.sign_on()
    text = ("Der Fuß ist größer. 漢字 " * 600).strip()
    bob.im(ROBOT, text)
    tap.wait_until(lambda: "".join(s.server.do(
        "received", name=ROBOT)["texts"]).replace(" ", "") == text.replace(
            " ", ""), "all of it", 20)


@scene
def acts(s):
    bob = s.sign_on()
    bob.im(ROBOT, "/me waves")
    message = s.server.wait_for({"do": "received", "name": ROBOT},
                                {"count": 1})["messages"][0]
    offset = int(message["more"]["Skype-EmoteOffset"])
    tap.equal(message["text"][offset:].strip(), "waves", "action")
    s.say(ROBOT, "Robot waves back",
          more=[["Skype-EmoteOffset", "6"]])
    tap.equal(s.line(bob), "/me waves back", "action shown")


@scene
def shows_typing(s):
    bob = s.sign_on()
    s.server.do("typing", sender=ROBOT, to=BOB)
    bob.wait("typing", who=ROBOT, state="typing")
    s.server.do("typing", sender=ROBOT, to=BOB, stops=True)
    bob.wait("typing", who=ROBOT, state="stopped")
    bob.typing(ROBOT, "typing")
    bob.typing(ROBOT, "stopped")
    s.server.wait_for({"do": "received", "name": ROBOT},
                      {"typing": {"count": 2}})


@scene
def nudges(s):
    bob = s.sign_on()
    s.server.do("nudge", sender=ROBOT, to=BOB)
    bob.wait("line", conversation=ROBOT,
             html=lambda text: "nudged you" in text)
    bob.attention(ROBOT)
    s.server.wait_for({"do": "received", "name": ROBOT},
                      {"other": {"count": 1}})
    bob.attention(ROBOT)
    bob.im(ROBOT, "still?")
    s.heard(ROBOT)
    tap.equal(len(s.server.do("received", name=ROBOT)["other"]), 1, "nudges")


@scene
def brings_what_was_kept(s):
    s.say(ROBOT, "while you were out", times=1)
    bob = s.sign_on()
    # A poll may bring it before the answer that makes us online.
    bob.client.wait_count("line", 1, html=lambda h: "while you" in h)
    s.talks(bob, "now")
    tap.equal(len(bob.seen("line", html=lambda h: "while you" in h)), 1,
              "lines")


@scene
def says_once_what_comes_twice(s):
    bob = s.sign_on()
    s.fault("duplicate", stage="SDG", times=1)
    s.say(ROBOT, "once")
    s.line(bob, text="once")
    s.talks(bob, "after")
    tap.equal(len(bob.seen("line", html=lambda h: plain(h) == "once")), 1,
              "lines")
    s.server.do("forgive", text="ACK of")


@scene
def reports_what_is_not_delivered(s):
    bob = s.sign_on()
    for fault, word in (("not-online", "offline"), ("too-fast", "fast"),
                        ("too-long", "long")):
        s.fault(fault)
        bob.im(ROBOT, f"lost by {fault}")
        tap.contains(s.failure(bob), word, "sentence")
    bob.im("1:nobody@example.net", "anybody?")
    s.failure(bob, "1:nobody@example.net")
    s.talks(bob, "after all")


@scene
def is_stored_for_who_is_not_there(s):
    bob = s.sign_on()
    bob.im(GREG, "for later")
    s.state_of(GREG, stored=1)


@scene
def hears_of_mail(s):
    bob = s.sign_on(check_mail=True)
    s.server.do("mail", name=LOGIN, subject="Lunch?")
    # Shown or not, it ends nothing.
    s.talks(bob, "mail")


# Several.

@scene
def is_led_into_a_thread(s):
    bob = s.sign_on()
    thread = s.server.do("thread-create", name=ROBOT, members=[BOB, AMY],
                         topic="Lunch")["thread"]
    s.say(ROBOT, "noon?", to=thread)
    room = bob.wait("chat-opened")["conversation"]
    bob.wait("line", conversation=room, who=ROBOT,
             html=lambda h: plain(h) == "noon?")
    bob.chat_say(room, "at one")
    tap.equal(s.heard(ROBOT)[0], "at one", "what Robot heard")
    tap.equal(s.heard(AMY)[0], "at one", "what Amy heard")
    bob.wait("line", conversation=room, html=lambda h: plain(h) == "at one")
    s.server.do("thread-change", name=ROBOT, thread=thread, add=[ECHO])
    bob.wait("chat-arrived", who=ECHO)
    s.server.do("thread-change", name=ROBOT, thread=thread, topic="Dinner")
    tap.wait_until(lambda: bob.chat(room)["topic"] == "Dinner", "topic", 20)
    s.server.do("thread-remove", name=ROBOT, thread=thread, members=[AMY])
    bob.wait("chat-departed", who=AMY)
    bob.chat_leave(room)
    tap.wait_until(lambda: BOB not in s.server.do(
        "rooms")["rooms"][0]["members"], "gone", 20)


@scene
def leads_a_thread(s):
    bob = s.sign_on()
    bob.chat_join(ROBOT)
    room = bob.wait("chat-opened")["conversation"]
    bob.wait("chat-arrived", who=ROBOT)
    bob.chat_invite(room, AMY, "")
    bob.wait("chat-arrived", who=AMY)
    bob.chat_say(room, "all here?")
    tap.equal(s.heard(AMY)[0], "all here?", "what Amy heard")
    bob.chat_command(room, "topic Plans")
    tap.wait_until(lambda: s.server.do("rooms")["rooms"][0]["topic"]
                   == "Plans", "topic", 20)


@scene
def is_taken_out_of_a_thread(s):
    bob = s.sign_on()
    thread = s.server.do("thread-create", name=ROBOT,
                         members=[BOB, AMY])["thread"]
    s.say(ROBOT, "hello", to=thread)
    room = bob.wait("chat-opened")["conversation"]
    s.server.do("thread-remove", name=ROBOT, thread=thread, members=[BOB])
    tap.wait_until(lambda: bob.chat(room)["left"], "left", 20)
    s.talks(bob, "alone")


if __name__ == "__main__":
    tap.main()
