"""The list stored on the server: every edit in every generation of it, with
the server's copy looked at afterwards."""

import random

from msn_scene import AMY, ANN, BOB, ECHO, GREG, ROBOT, SECRET, scene, tap
from oscar_scene import headless

VERSIONS = (7, 8, 10, 12, 13, 15, 18)
# Their tickets come over TLS alone.
PASSPORT14 = (8, 9, 10, 11)
FIRST = {"Friends": [ANN, ECHO, ROBOT], "Work": [AMY, GREG]}
ZOE, YAN = "zoe@example.net", "yan@elsewhere.example"
MORE = [{"name": ZOE, "password": "x", "nick": "Zoe", "bot": "quiet"},
        {"name": YAN, "password": "x", "nick": "Yan", "bot": "quiet"}]


def _tls(t):
    certificate, key = t.certificate()
    return ["--cert", certificate, "--key", key]


def everywhere(function):
    """A scene for each of VERSIONS."""
    for version in VERSIONS:
        def test(s, version=version):
            function(s, version)
        test.__name__ = f"{function.__name__}_with_{version}"
        globals()[test.__name__] = scene(
            test, more=MORE,
            arguments=_tls if version in PASSPORT14 else ())
    return function


def _server(s, name=BOB):
    return s.server.do("list", name=name)


def _tree(s):
    """The forward list of the server by group; "" for those in none."""
    answer = _server(s)
    groups = {name: [] for name in answer["names"]}
    for who, contact in answer["contacts"].items():
        if "FL" in contact["on"]:
            for group in contact["groups"] or [""]:
                groups.setdefault(group, []).append(who)
    return {group: sorted(names) for group, names in groups.items()}


def _until(s, wanted):
    """Waits until the server has that list."""
    try:
        tap.wait_until(lambda: _tree(s) == wanted, "the list")
    except AssertionError as error:
        raise AssertionError(f"{error}: it is {_tree(s)}") from None


def _on(s, who):
    """The lists of the server that @who is on."""
    found = _server(s)["contacts"].get(who)
    return set(found["on"]) if found else set()


def _until_on(s, who, *lists):
    try:
        tap.wait_until(lambda: _on(s, who) == set(lists), f"{who} on lists")
    except AssertionError as error:
        raise AssertionError(f"{error}: {_on(s, who)}") from None


def _groups(bob):
    groups = {}
    for buddy in bob.blist()["buddies"]:
        groups.setdefault(buddy["group"], []).append(buddy["who"])
    return {group: sorted(names) for group, names in groups.items()}


def _shown(bob, wanted):
    try:
        tap.wait_until(lambda: _groups(bob) == wanted, "the buddy list")
    except AssertionError as error:
        raise AssertionError(f"{error}: {_groups(bob)}") from None


def _is_question(event):
    return event["event"] == "request" and event["kind"] == "authorize"


def _sign_on(s, version):
    """Signs on, trusting the certificate if there is one."""
    if version not in PASSPORT14:
        return s.sign_on(version=version)
    ports = s.server.do("ports")
    bob = s.account(version=version, security="required",
                    web_url=f"https://localhost:{ports['web_tls_port']}")
    bob.connect()
    s.client.answer(bob.wait("request"), "Accept")
    bob.wait("connected")
    s.state_of(BOB, visible=True)
    return bob


def _signed_on(s, version):
    bob = _sign_on(s, version)
    _shown(bob, FIRST)
    return bob


@everywhere
def shows_the_list(s, version):
    bob = _signed_on(s, version)
    tap.wait_until(lambda: bob.buddy(ECHO)["online"], "Echo online")
    tap.equal(bob.buddy(GREG)["online"], False, "Greg online")
    tap.wait_until(lambda: bob.buddy(GREG)["server_alias"] == "Greg",
                   "the name of somebody offline")


@everywhere
def adds_a_buddy(s, version):
    bob = _signed_on(s, version)
    bob.buddy_add(ZOE, "Friends")
    _until(s, dict(FIRST, Friends=[ANN, ECHO, ROBOT, ZOE]))
    _until_on(s, ZOE, "FL", "AL")
    tap.wait_until(lambda: bob.buddy(ZOE)["online"], "Zoe online")


@everywhere
def adds_a_buddy_with_a_group(s, version):
    bob = _signed_on(s, version)
    bob.buddy_add(YAN, "Närrische & <Freunde>", "Yännchen")
    _until(s, dict(FIRST, **{"Närrische & <Freunde>": [YAN]}))
    _until_on(s, YAN, "FL", "AL")
    if version >= 13:
        tap.wait_until(
            lambda: _server(s)["contacts"][YAN]["annotations"].get(
                "AB.NickName") == "Yännchen", "the alias")


@everywhere
def begins_a_list(s, version):
    s.server.do("clear-list", name=BOB)
    bob = _sign_on(s, version)
    for who, group in ((ECHO, "Friends"), (ROBOT, "Friends"), (ZOE, "Work")):
        bob.buddy_add(who, group)
    _until(s, {"Friends": [ECHO, ROBOT], "Work": [ZOE]})
    tap.wait_until(lambda: bob.buddy(ROBOT)["online"], "Robot online")


@everywhere
def removes_a_buddy(s, version):
    bob = _signed_on(s, version)
    bob.buddy_remove(ECHO, "Friends")
    _until(s, dict(FIRST, Friends=[ANN, ROBOT]))
    tap.equal("AL" in _on(s, ECHO), True, "still allowed")


@everywhere
def moves_a_buddy(s, version):
    bob = _signed_on(s, version)
    bob.buddy_move(ECHO, "Friends", "Work")
    bob.buddy_move(GREG, "Work", "Birds")
    _until(s, {"Friends": [ANN, ROBOT], "Work": [AMY, ECHO],
               "Birds": [GREG]})


@everywhere
def undoes_before_it_is_done(s, version):
    bob = _signed_on(s, version)
    bob.buddy_move(ECHO, "Friends", "Work")
    bob.buddy_move(ECHO, "Work", "Friends")
    bob.buddy_add(ZOE, "Work")
    bob.buddy_remove(ZOE, "Work")
    bob.buddy_add(YAN, "Last")
    _until(s, dict(FIRST, Last=[YAN]))
    tap.equal("FL" in _on(s, ZOE), False, "Zoe on the list")


@everywhere
def many_edits_at_once(s, version):
    bob = _signed_on(s, version)
    for who, group in ((ECHO, "A"), (ROBOT, "B"), (ANN, "A"), (AMY, "C")):
        bob.buddy_move(who, "Work" if who == AMY else "Friends", group)
    bob.buddy_add(ZOE, "A")
    bob.buddy_add(YAN, "B")
    bob.group_remove("Friends")
    _until(s, {"Work": [GREG], "A": [ANN, ECHO, ZOE], "B": [ROBOT, YAN],
               "C": [AMY]})
    bob.sign_off()
    bob.sign_on()
    _shown(bob, _tree(s))


@everywhere
def renames_a_group(s, version):
    bob = _signed_on(s, version)
    bob.group_rename("Work", "Büro 7%")
    _until(s, {"Friends": FIRST["Friends"], "Büro 7%": FIRST["Work"]})


@everywhere
def merges_groups(s, version):
    bob = _signed_on(s, version)
    bob.group_rename("Work", "Friends")
    _until(s, {"Friends": sorted(FIRST["Friends"] + FIRST["Work"])})


@everywhere
def removing_a_group_keeps_strangers(s, version):
    bob = _signed_on(s, version)
    s.server.do("put", name=BOB, on="FL", who=ZOE, group="Work")
    for who in FIRST["Work"]:
        bob.buddy_remove(who, "Work")
    bob.group_remove("Work")
    tap.wait_until(lambda: "Work" not in _server(s)["names"], "Work gone")
    tap.equal("FL" in _on(s, ZOE), True, "the stranger is still there")


@everywhere
def blocks_and_unblocks(s, version):
    bob = _signed_on(s, version)
    bob.deny(ECHO, 1)
    tap.wait_until(lambda: {"BL"} == _on(s, ECHO) & {"AL", "BL"}, "blocked")
    bob.deny(ECHO, 0)
    tap.wait_until(lambda: {"AL"} == _on(s, ECHO) & {"AL", "BL"}, "unblocked")
    tap.equal("FL" in _on(s, ECHO), True, "still a buddy")


@everywhere
def comes_back_with_privacy(s, version):
    for who in (ECHO, ZOE):
        s.server.do("take", name=BOB, on="AL", who=who) if who == ECHO else 0
        s.server.do("put", name=BOB, on="BL", who=who)
    s.server.do("put", name=BOB, on="AL", who=YAN)
    bob = _signed_on(s, version)
    tap.wait_until(lambda: sorted(bob.state()["deny"]) == [ECHO, ZOE],
                   "the blocked")
    tap.equal(bob.state()["permit"], [YAN], "the allowed who are no buddies")
    tap.equal(bob.state()["privacy"], 4, "mode: all but the blocked")
    bob.privacy(3)
    tap.wait_until(lambda: s.server.do("user", name=BOB)["blp"] == "BL",
                   "others locked out")
    tap.wait_until(lambda: set(bob.state()["permit"])
                   == {ANN, ROBOT, AMY, GREG, YAN}, "all the allowed")


@everywhere
def asks_about_who_adds_us(s, version):
    bob = _signed_on(s, version)
    s.server.do("put", name=ZOE, on="FL", who=BOB)
    s.server.do("put", name=YAN, on="FL", who=BOB)
    asked = {}
    for _ in range(2):
        event = bob.wait(_is_question)
        asked[event["who"]] = event
    s.client.answer(asked[ZOE], 0)
    s.client.answer(asked[YAN], 1)
    _until_on(s, ZOE, "AL", "RL")
    _until_on(s, YAN, "BL", "RL")
    bob.sign_off()
    bob.sign_on()
    _shown(bob, FIRST)
    tap.equal(len([e for e in s.client.events if _is_question(e)]), 2,
              "questions")


@everywhere
def asks_again_at_the_next_sign_on(s, version):
    s.server.do("put", name=ZOE, on="FL", who=BOB)
    bob = _sign_on(s, version)
    event = bob.wait(_is_question, who=ZOE)
    s.client.answer(event, 0)
    _until_on(s, ZOE, "AL", "RL")


@everywhere
def takes_back_what_is_refused(s, version):
    bob = _signed_on(s, version)
    bob.buddy_add("nobody@example.net", "Friends")
    event = s.client.wait("notify")
    tap.equal(event["primary"], "nobody@example.net could not be added: there "
              "is no account with that address.",
              "sentence")
    _shown(bob, FIRST)
    bob.group_rename("Work", "x" * 70)
    tap.contains(s.client.wait("notify")["primary"], "x" * 70, "sentence")
    _shown(bob, FIRST)
    _until(s, FIRST)



def _without_a_list(s, version, **fault):
    bob = _signed_on(s, version)
    bob.sign_off()
    s.server.do("fault", **fault)
    bob.sign_on(deadline=40)
    tap.equal(s.client.wait("notify")["primary"], "You are signed on, but your "
              "list on the server could not be read.", "sentence")
    _shown(bob, FIRST)
    # What is not known is not changed.
    bob.buddy_add(ZOE, "Friends")
    tap.contains(s.client.wait("notify")["primary"], "not available now",
                 "sentence")
    _shown(bob, FIRST)
    _until(s, FIRST)


@scene
def keeps_what_it_has_when_commands_fail(s):
    _without_a_list(s, 12, fault="error", stage="SYN", code=603)


@scene
def keeps_what_it_has_when_services_refuse(s):
    _without_a_list(s, 15, fault="http-status", stage="soap", code=403)


@scene
def keeps_what_it_has_when_services_are_busy(s):
    _without_a_list(s, 18, fault="http-status", stage="soap", code=503)


@scene
def keeps_what_it_has_when_answers_break_off(s):
    _without_a_list(s, 15, fault="http-cut", stage="ABFindAll")


@scene(arguments=("--personality", "ms"),
       more=[{"name": "new@example.net", "password": SECRET,
              "has_ab": False}])
def makes_an_address_book(s):
    new = s.sign_on("new@example.net", version=15)
    new.buddy_add(ECHO, "Friends")
    tap.wait_until(lambda: _server(s, "new@example.net")["groups"]
                   == {"Friends": [ECHO]}, "a list")


# The same account signed on twice.

HINT = ('<NOTIFICATION id="0" siteid="45705" siteurl="http://contacts.msn.com">'
        '<TO name="bob@example.net"/><MSG pri="1" id="1"><BODY>'
        '&lt;NotificationData&gt;&lt;Service&gt;ABCHInternal&lt;/Service&gt;'
        '&lt;/NotificationData&gt;</BODY></MSG></NOTIFICATION>')
PALS = [f"pal{n}@example.net" for n in range(30)]


def _twin(s, version):
    """Bob in a second client, somewhere else."""
    client = headless.Headless()
    s.t.at_end(client.close)
    ports = s.server.do("ports")
    twin = client.account("twin", "prpl-msn", BOB, SECRET, network="custom",
                          server="127.0.0.1", port=ports["port"],
                          web_url=f"http://127.0.0.1:{ports['web_port']}",
                          security="off", version=str(version))
    twin.sign_on()
    _shown(twin, FIRST)
    return twin


def _edit_something(bob, names, chance):
    """Does to the list what a user might; whom that could have removed."""
    there = sorted((b["who"], b["group"]) for b in bob.blist()["buddies"])
    groups = ["Friends", "Work", "Family"]
    who, group = chance.choice(there) if there else (None, None)
    kind = chance.random()
    if kind < 0.4 or not there:
        bob.buddy_add(next(names), chance.choice(groups))
    elif kind < 0.55:
        bob.buddy_alias(who, f"alias {chance.randrange(100)}")
    elif kind < 0.75:
        to = chance.choice(groups)
        if to != group:
            bob.buddy_move(who, group, to)
    elif kind < 0.9:
        bob.deny(chance.choice((ECHO, AMY)), chance.choice((0, 1)))
    else:
        bob.buddy_remove(who, group)
        return {who}
    return set()


def _converge(s, version, seed):
    chance = random.Random(seed)
    bob, twin = _signed_on(s, version), _twin(s, version)
    names = iter(PALS)
    removed = set()
    for _ in range(40):
        removed |= _edit_something(chance.choice((bob, twin)), names, chance)
    added = set(PALS) - set(names)

    def agree():
        # The server only hints at what others change.
        s.server.do("push", name=BOB, line=f"NOT {len(HINT)}", payload=HINT)
        wanted = {g: n for g, n in _tree(s).items() if n}
        denied = {who for who, contact in _server(s)["contacts"].items()
                  if "BL" in contact["on"]}
        return all(_groups(one) == wanted
                   and set(one.state()["deny"]) == denied
                   for one in (bob, twin)) and wanted
    wanted = tap.wait_until(agree, f"one list with seed {seed}", deadline=80,
                            pause=0.5)
    there = {who for names in wanted.values() for who in names} | removed
    tap.equal(sorted(added - there), [], "people lost")
    aliases = {b["who"]: b["alias"] for b in bob.blist()["buddies"]}
    tap.equal({b["who"]: b["alias"] for b in twin.blist()["buddies"]},
              aliases, "aliases")
    twin.client.quit()


@scene(seconds=120, more=[{"name": who, "password": "x", "bot": "quiet"}
                          for who in PALS])
def two_places_edit_at_once(s):
    _converge(s, 18, 1)


if __name__ == "__main__":
    tap.main()
