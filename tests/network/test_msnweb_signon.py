"""Signing on at MSN's web gateway: the pages, what they refuse, the list and
who is there, other places."""

from msnweb_scene import (AMY, ANN, BOB, ECHO, GREG, LOGIN, NETWORK, ROBOT,
                          SECRET, scene, tap)


@scene
def signs_on(s):
    bob = s.sign_on()
    for who in (ROBOT, ECHO, ANN):
        s.sees(bob, who, online=True)
    s.talks(bob, "one")
    stages = [one["stage"] for one in s.server.do("web")["requests"]
              if one["stage"] != "directory"]
    tap.equal(stages[:3], ["login", "post", "open"], "requests")
    # Two requests leave at once, each on a connection of its own.
    tap.equal(sorted(stages[3:5]), ["data", "poll"], "requests after open")
    bob.sign_off()
    s.state_of(LOGIN, online=False)


@scene
def keeps_cookies_for_the_next_time(s):
    bob = s.sign_on()
    bob.sign_off()
    s.state_of(LOGIN, online=False)
    bob.sign_on()
    s.talks(bob, "again")


def refuses(outcome, *words, reason="AUTHENTICATION_FAILED"):
    @scene
    def test(s):
        s.server.do("account", name=LOGIN, signon=outcome)
        account = s.account()
        account.connect()
        event = account.wait(
            lambda e: e["event"] in ("error", "connected"))
        tap.equal(event["event"], "error", "outcome")
        for word in words:
            tap.contains(event["text"], word, "sentence")
        tap.equal(event["reason"], reason, "reason")
        account.wait("disconnected")
        tap.equal(s.server.do("web", stage="open")["count"], 0, "opened")
        tap.equal(s.server.do("web", stage="post")["count"], 1, "tried")
    test.__name__ = "refuses_" + outcome.replace("-", "_")
    globals()[test.__name__] = test


def entered():
    """Every outcome of the pages that is not a sign-on."""
    for outcome, words in (
            ("wrong", ["password", "That password is incorrect"]),
            ("wrong-captcha", ["password", "Enter the <b>characters"]),
            ("2fa", ["2-step"]), ("proofs", ["2-step"]), ("otc", ["2-step"]),
            ("again", ["password"])):
        refuses(outcome, *words)
    for outcome, words in (
            ("captcha", ["on the web first"]),
            ("tou", ["on the web first", "https://account.live.com/tou/"]),
            ("locked", ["on the web first",
                        "https://account.live.com/Abuse"])):
        refuses(outcome, *words, reason="AUTHENTICATION_IMPOSSIBLE")
    for outcome in ("garbage", "half"):
        refuses(outcome, "sign-in service", reason="OTHER_ERROR")
    refuses("down", "unavailable", reason="NETWORK_ERROR")


entered()


def reads(page):
    @scene(page=page)
    def test(s):
        s.talks(s.sign_on(), page)
    test.__name__ = "reads_the_page_" + page.replace("-", "_")
    globals()[test.__name__] = test


for kind in ("plain", "escaped", "sft", "entities", "no-post",
             "foreign-post"):
    reads(kind)


@scene(page="no-token")
def says_that_the_page_has_changed(s):
    account = s.account()
    account.connect()
    event = account.wait("error")
    tap.contains(event["text"], "sign-in page", "sentence")


@scene(page_redirects=3)
def follows_redirects_at_home(s):
    s.talks(s.sign_on(), "redirected")


@scene
def goes_nowhere_else(s):
    """A sign-in page that sends to another host is not followed."""
    s.fault("http-redirect", stage="login", address="http://10.255.255.1/")
    account = s.account()
    account.connect()
    account.wait("error")
    account.wait("disconnected")
    tap.equal(s.server.do("web", stage="post")["count"], 0, "passwords")


@scene
def passes_the_second_stage(s):
    s.server.do("account", name=LOGIN, signon="stage2")
    s.talks(s.sign_on(), "second stage")


@scene
def renews_cookies_that_grew_old(s):
    bob = s.sign_on()
    bob.sign_off()
    s.state_of(LOGIN, online=False)
    s.server.do("expire-cookies", name=LOGIN)
    bob.sign_on()
    s.talks(bob, "renewed")


@scene
def gives_up_when_cookies_are_refused(s):
    s.fault("cookies-refused", times=5)
    account = s.account()
    account.connect()
    event = account.wait("error")
    tap.equal(event["fatal"], True, "fatal")
    tap.equal(s.server.do("web", stage="post")["count"] <= 2, True, "tries")


# The list.

@scene
def shows_the_directory(s):
    """Whoever is there has a name of their own; the others are called what
    the directory calls them."""
    for number, names in enumerate((
            {"nickname": "Sam"}, {"orderedName": "Tea, Lea"},
            {"firstName": "Tom", "lastName": "Cat"})):
        s.server.do("add", name=LOGIN, who=f"8:live:away{number}",
                    told=False, **names)
    s.server.do("add", name=LOGIN, who="8:live:hidden", told=False,
                nickname="Hidden", onHideList="true")
    bob = s.sign_on()
    for who, alias in ((ROBOT, "Robot"), (GREG, "Greg"), (ANN, "Ann"),
                       ("8:live:away0", "Sam"), ("8:live:away1", "Tea, Lea"),
                       ("8:live:away2", "Tom Cat")):
        s.sees(bob, who, server_alias=alias)
    tap.lacks(str(bob.blist()), "8:live:hidden", "list")


@scene
def lives_without_the_directory(s):
    s.fault("directory-down", times=None)
    s.talks(s.sign_on(), "no directory")


@scene
def shows_who_is_there(s):
    bob = s.sign_on()
    s.sees(bob, AMY, status="away")
    s.sees(bob, ROBOT, online=True)
    s.server.do("be", name=ROBOT, status="BSY", psm="coding")
    s.sees(bob, ROBOT, status="busy")
    s.server.do("depart", name=ROBOT)
    s.sees(bob, ROBOT, online=False)
    s.server.do("arrive", name=GREG)
    s.sees(bob, GREG, online=True)


@scene
def is_seen(s):
    bob = s.sign_on()
    s.state_of(ROBOT, seen={"any": {"from": {"contains": BOB}}})
    bob.status("away", "gone &lt;fishing&gt;")
    s.state_of(LOGIN, status="AWY")
    tap.equal(s.server.do("user", name=LOGIN)["services"]["PE"]["PSM"],
              "gone <fishing>", "personal message")
    bob.status("invisible")
    s.state_of(LOGIN, visible=False)
    bob.status("available")
    s.state_of(LOGIN, status="NLN")


@scene
def adds_somebody(s):
    bob = s.sign_on()
    s.server.do("account", name="dora@example.net", skype="live:dora",
                bot="quiet", nick="Dora")
    bob.buddy_add("live:dora", "Friends")
    s.server.wait_for({"do": "sessions", "name": LOGIN}, {"sessions": {
        "any": {"contacts": {"contains": "8:live:dora"}}}})
    s.sees(bob, "8:live:dora", online=True)


@scene(more=[])
def bears_a_thousand_contacts(s):
    s.server.do("fill", name=LOGIN, count=1000)
    bob = s.sign_on()
    s.sees(bob, "8:live:buddy999", server_alias="Buddy 999")
    s.talks(bob, "a thousand")


# Other places.

@scene
def knows_other_places(s):
    bob = s.sign_on()
    s.server.do("endpoint", name=LOGIN, status="BSY")
    s.say(LOGIN, "from my phone", to=ROBOT)
    bob.wait("line", conversation=ROBOT, html=lambda h: "from my phone" in h,
             flags=lambda f: "send" in f)
    s.server.do("endpoint", name=LOGIN, depart=True)
    s.talks(bob, "alone again")


@scene
def is_sent_away_by_another_place(s):
    bob = s.sign_on()
    s.server.do("kick", name=LOGIN)
    event = bob.wait("error")
    tap.equal(event["reason"], "NAME_IN_USE", "reason")
    bob.wait("disconnected")


# Without encryption, only to this machine.

@scene
def keeps_the_password_from_plain_http(s):
    account = s.account(security="required",
                        base=f"http://{NETWORK}:{s.server.other_port}")
    account.connect()
    account.wait(lambda e: e["event"] in ("error", "connected"))
    tap.lacks(str(s.server.do("web")["requests"]), SECRET, "requests")


if __name__ == "__main__":
    tap.main()
