"""The list stored on the server: every edit, with the server's copy looked
at afterwards, and nothing of other clients touched."""

import random

from oscar_scene import NETWORK, SECRET, scene, tap
import headless

FIRST = {"Friends": ["Echo", "Robot"], "Work": ["Amy Away", "Gone Greg"]}
ORDER = "00c8"


def _items(s, name="Bob"):
    return s.server.do("feedbag", name=name)["items"]


def _order_is_right(s, name="Bob"):
    """Every order attribute names just the children there are."""
    items = _items(s, name)
    groups = {i["group"] for i in items if i["class"] == 1 and i["group"]}
    for item in items:
        if item["class"] != 1:
            continue
        if item["group"] == 0:
            there = groups
        else:
            there = {i["id"] for i in items if i["class"] == 0
                     and i["group"] == item["group"]}
        order = item["attributes"].get(ORDER, "")
        named = [int(order[k:k + 4], 16) for k in range(0, len(order), 4)]
        tap.equal(sorted(named), sorted(there),
                  f"order of {item['name'] or 'the root'!r}")


def _signed_on(s):
    bob = s.sign_on()
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 4, "four buddies")
    return bob


def _groups(bob):
    groups = {}
    for buddy in bob.blist()["buddies"]:
        groups.setdefault(buddy["group"], []).append(buddy["who"])
    return {group: sorted(names) for group, names in groups.items()}


@scene
def shows_the_list(s):
    bob = _signed_on(s)
    tap.equal(_groups(bob), FIRST, "list")
    tap.equal(bob.buddy("Amy Away")["alias"], "Amy", "alias")


@scene
def adds_a_buddy(s):
    bob = _signed_on(s)
    bob.buddy_add("Ann", "Friends")
    s.list_of("Bob", dict(FIRST, Friends=["Echo", "Robot", "Ann"]))
    _order_is_right(s)


@scene
def adds_a_buddy_with_a_group(s):
    bob = _signed_on(s)
    bob.buddy_add("Ann", "Närrische Freunde", "Ännchen")
    s.list_of("Bob", dict(FIRST, **{"Närrische Freunde": ["Ann"]}))
    _order_is_right(s)
    tree = s.server.do("list", name="Bob")["groups"]
    tap.equal(tree[-1]["buddies"][0].get("alias"), "Ännchen", "alias")


@scene
def begins_a_list(s):
    s.server.do("clear-list", name="Bob")
    bob = s.sign_on()
    bob.buddy_add("Echo", "Friends")
    bob.buddy_add("Robot", "Friends")
    bob.buddy_add("Ann", "Work")
    s.list_of("Bob", {"Friends": ["Echo", "Robot"], "Work": ["Ann"]})
    _order_is_right(s)
    bob.wait("buddy-on", who="Robot")


@scene
def removes_a_buddy(s):
    bob = _signed_on(s)
    bob.buddy_remove("Echo", "Friends")
    s.list_of("Bob", dict(FIRST, Friends=["Robot"]))
    _order_is_right(s)


@scene
def removes_the_last_buddy_of_a_group(s):
    bob = _signed_on(s)
    bob.buddy_remove("Echo", "Friends")
    bob.buddy_remove("Robot", "Friends")
    tap.wait_until(lambda: not s.list_of("Bob").get("Friends"),
                   "Friends gone or empty")
    _order_is_right(s)


@scene
def moves_a_buddy(s):
    bob = _signed_on(s)
    bob.buddy_move("Echo", "Friends", "Work")
    s.list_of("Bob", {"Friends": ["Robot"],
                      "Work": ["Amy Away", "Gone Greg", "Echo"]})
    _order_is_right(s)


@scene
def moves_a_buddy_to_a_new_group(s):
    bob = _signed_on(s)
    bob.buddy_move("Echo", "Friends", "Birds")
    s.list_of("Bob", dict(FIRST, Friends=["Robot"], Birds=["Echo"]))
    _order_is_right(s)


@scene
def moving_keeps_what_others_stored(s):
    _decorate(s)
    bob = _signed_on(s)
    bob.buddy_move("Amy Away", "Work", "Friends")
    s.list_of("Bob", {"Friends": ["Echo", "Robot", "Amy Away"],
                      "Work": ["Gone Greg"]})
    amy, = [i for i in _items(s) if i["name"] == "Amy Away"]
    tap.equal(amy["attributes"].get("0131"), b"Amy".hex(), "alias")
    tap.equal(amy["attributes"].get("7a01"), "c0ffee", "unknown attribute")


@scene
def renames_a_buddy(s):
    bob = _signed_on(s)
    bob.buddy_alias("Echo", "Écho 漢")
    s.server.wait_for({"do": "list", "name": "Bob"}, {"groups": {"any": {
        "buddies": {"any": {"name": "Echo", "alias": "Écho 漢"}}}}})
    bob.buddy_alias("Echo", "")
    s.server.wait_for({"do": "list", "name": "Bob"}, {"groups": {"none": {
        "buddies": {"any": {"alias": "Écho 漢"}}}}})
    _order_is_right(s)


@scene
def renames_a_group(s):
    bob = _signed_on(s)
    before = [i for i in _items(s) if i["name"] == "Work"][0]
    bob.group_rename("Work", "Büro")
    s.list_of("Bob", {"Friends": FIRST["Friends"], "Büro": FIRST["Work"]})
    after = [i for i in _items(s) if i["name"] == "Büro"][0]
    tap.equal((after["group"], after["attributes"]),
              (before["group"], before["attributes"]), "the group")
    _order_is_right(s)


@scene
def merges_groups(s):
    bob = _signed_on(s)
    bob.group_rename("Work", "Friends")
    tap.wait_until(
        lambda: {g: sorted(n) for g, n in s.list_of("Bob").items()} == {
            "Friends": ["Amy Away", "Echo", "Gone Greg", "Robot"]},
        "one group")
    _order_is_right(s)


@scene
def removes_a_group(s):
    bob = _signed_on(s)
    bob.group_remove("Work")
    s.list_of("Bob", {"Friends": FIRST["Friends"]})
    _order_is_right(s)


def _decorate(s):
    """What other clients keep in the list: items and attributes we know
    nothing of."""
    amy, = [i for i in _items(s) if i["name"] == "Amy Away"]
    amy["attributes"]["7a01"] = "c0ffee"
    amy["attributes"]["013c"] = b"a note".hex()
    work, = [i for i in _items(s) if i["name"] == "Work"]
    work["attributes"]["7a02"] = "beef"
    foreign = [
        {"name": "x-thing", "group": 0, "id": 0x600, "class": 0x7A00,
         "attributes": {"7a03": "0102"}},
        {"name": "1", "group": 0, "id": 0x601, "class": 0x14,
         "attributes": {"00d5": "0110" + "ab" * 16}},
        {"name": "recent", "group": 0x500, "id": 0x602, "class": 0x0F,
         "attributes": {}},
    ]
    s.server.do("edit", name="Bob", op="update", items=[amy, work])
    s.server.do("edit", name="Bob", op="insert", items=foreign)
    return {(i["group"], i["id"]): i for i in foreign}


@scene
def leaves_alone_what_it_does_not_know(s):
    foreign = _decorate(s)
    bob = _signed_on(s)
    bob.buddy_add("Ann", "Work")
    bob.buddy_alias("Amy Away", "Amélie")
    bob.buddy_remove("Robot", "Friends")
    bob.group_rename("Friends", "Pals")
    s.list_of("Bob", {"Pals": ["Echo"],
                      "Work": ["Amy Away", "Gone Greg", "Ann"]})
    s.server.wait_for({"do": "list", "name": "Bob"}, {"groups": {"any": {
        "buddies": {"any": {"alias": "Amélie"}}}}})
    items = {(i["group"], i["id"]): i for i in _items(s)}
    for key, item in foreign.items():
        tap.equal(items.get(key), item, "foreign item")
    amy, = [i for i in items.values() if i["name"] == "Amy Away"]
    tap.equal(amy["attributes"].get("7a01"), "c0ffee", "attribute of Amy")
    tap.equal(amy["attributes"].get("013c"), b"a note".hex(), "note")
    work, = [i for i in items.values() if i["name"] == "Work"]
    tap.equal(work["attributes"].get("7a02"), "beef", "attribute of Work")
    _order_is_right(s)


@scene
def sees_edits_of_another_client(s):
    bob = _signed_on(s)
    s.server.do("add-buddy", name="Bob", buddy="Ann", group="Work",
                alias="Annie")
    bob.wait("buddy-added", who="Ann", group="Work")
    tap.wait_until(lambda: bob.buddy("Ann")["alias"] == "Annie", "alias")
    ann, = [i for i in _items(s) if i["name"] == "Ann"]
    s.server.do("edit", name="Bob", op="delete", items=[ann])
    bob.wait("buddy-removed", who="Ann")
    # What another client did is not sent back.
    tap.equal([one["stage"] for one in
               s.server.do("snacs", name="Bob", direction=">")["snacs"]
               if one["stage"] in ("13/08", "13/09", "13/0A")], [], "edits")


# The same account signed on twice.

def _twin(s):
    """Bob in a second client, somewhere else."""
    client = headless.Headless()
    s.t.at_end(client.close)
    twin = client.account("Bob", "prpl-aim", "Bob", SECRET, network="custom",
                          server=NETWORK, port=s.server.port, security="off")
    twin.sign_on()
    tap.wait_until(lambda: len(twin.blist()["buddies"]) == 4, "four buddies")
    return twin


def _edit_something(bob, names, chance):
    """Does to the list what a user might; whom that could have removed."""
    there = [(b["who"], b["group"]) for b in bob.blist()["buddies"]]
    groups = ["Friends", "Work", "Family"]
    who, group = chance.choice(sorted(there)) if there else (None, None)
    kind = chance.random()
    if kind < 0.45 or not there:
        bob.buddy_add(next(names), chance.choice(groups))
    elif kind < 0.6:
        bob.buddy_alias(who, f"alias {chance.randrange(100)}")
    elif kind < 0.8:
        to = chance.choice(groups)
        if to != group:
            bob.buddy_move(who, group, to)
    elif kind < 0.9:
        bob.deny(chance.choice(("Foe", "Rival")), chance.choice((0, 1)))
    elif kind < 0.95:
        bob.privacy(chance.choice((1, 4)))
    else:
        bob.buddy_remove(who, group)
        return {who}
    return set()


def _converge(s, seed):
    chance = random.Random(seed)
    bob, twin = _signed_on(s), _twin(s)
    names = (f"Pal {seed} {n}" for n in range(1000))
    removed = set()
    for _ in range(40):
        removed |= _edit_something(chance.choice((bob, twin)), names, chance)

    def agree():
        # Two groups of one name are one to the user.
        groups = s.server.do("list", name="Bob")["groups"]
        wanted = sorted({(group["group"], buddy["name"]) for group in groups
                         for buddy in group["buddies"]})
        for one in (bob, twin):
            if sorted((b["group"], b["who"])
                      for b in one.blist()["buddies"]) != wanted:
                return None
            state = one.state()
            denied = {i["name"].lower() for i in _items(s)
                      if i["class"] == 3}
            if set(state["deny"]) != denied:
                return None
        return wanted
    wanted = tap.wait_until(agree, f"one list with seed {seed}", 80)
    there = {name for _, name in wanted} | removed
    added = {f"Pal {seed} {n}" for n in range(int(next(names).split()[-1]))}
    tap.equal(sorted(added - there), [], "people lost")
    twin.client.quit()


@scene(seconds=120)
def two_clients_edit_at_once(s):
    _converge(s, 1)


@scene(seconds=120, personality="aol")
def two_clients_edit_a_strict_server_at_once(s):
    _converge(s, 2)


@scene(seconds=120)
def who_is_put_into_a_deleted_group_stays(s):
    bob, twin = _signed_on(s), _twin(s)
    # Neither knows yet what the other does.
    s.server.do("fault", fault="delay", stage="13/0A", seconds=1)
    bob.buddy_remove("Amy Away", "Work")
    bob.group_remove("Work")
    twin.buddy_add("Ann", "Work")
    for one in (bob, twin):
        tap.wait_until(lambda: _groups(one).get("Work") == ["Ann"],
                       "Ann at work")
    tap.contains(s.list_of("Bob").get("Work", []), "Ann", "Work")
    twin.client.quit()


@scene
def signing_on_edits_nothing(s):
    _decorate(s)
    before = _items(s)
    bob = _signed_on(s)
    bob.sign_off()
    bob.sign_on()
    s.state_of("Bob", online=True)
    tap.equal(_items(s), before, "list")


@scene
def an_empty_list_here_deletes_nothing_there(s):
    bob = _signed_on(s)
    bob.sign_off()
    fresh = s.account(handle="again")
    fresh.sign_on()
    s.list_of("Bob", FIRST)


@scene
def takes_back_what_the_server_refuses(s):
    bob = _signed_on(s)
    s.server.do("fault", fault="replace", stage="13/0E", hex="000c", times=1)
    bob.buddy_add("Ann", "Friends")
    notice = s.client.wait("notify")
    tap.contains(notice["primary"], "Ann could not be added", "sentence")
    tap.wait_until(lambda: "Ann" not in [b["who"] for b in
                                         bob.blist()["buddies"]], "Ann gone")


@scene(personality="aol")
def edits_a_strict_server(s):
    """One that answers every edit it finds wrong with an error."""
    directory = s.client.profile / "purple-classic"
    directory.mkdir()
    (directory / "networks.ini").write_text(
        "[test]\nname=Test\nprotocols=aim\nhost=127.0.0.1\n"
        f"port={s.server.port}\ntls=off\nquirks=lock-step\n")
    bob = s.sign_on(network="test")
    tap.wait_until(lambda: len(bob.blist()["buddies"]) == 4, "four buddies")
    bob.buddy_add("Ann", "Work")
    bob.buddy_move("Echo", "Friends", "Work")
    bob.group_rename("Friends", "Pals")
    bob.buddy_remove("Gone Greg", "Work")
    s.list_of("Bob", {"Pals": ["Robot"], "Work": ["Amy Away", "Ann", "Echo"]})
    _order_is_right(s)
    tap.equal(s.client.seen("notify"), [], "complaints")


# Privacy.

ALLOW_ALL, DENY_ALL, ALLOW_LISTED, DENY_LISTED, ALLOW_BUDDIES = range(1, 6)


@scene
def sets_every_privacy_mode(s):
    bob = _signed_on(s)
    for mode in (DENY_ALL, ALLOW_LISTED, DENY_LISTED, ALLOW_BUDDIES,
                 ALLOW_ALL):
        bob.privacy(mode)
        s.server.wait_for({"do": "list", "name": "Bob"}, {"mode": mode})


@scene
def blocks_and_unblocks(s):
    bob, ann = _signed_on(s), s.sign_on("Ann")
    ann.buddy_add("Bob", "Friends")
    ann.wait("buddy-on", who="Bob")
    bob.privacy(DENY_LISTED)
    bob.deny("Ann", 1)
    s.server.wait_for({"do": "list", "name": "Bob"},
                      {"mode": DENY_LISTED, "deny": {"contains": "ann"}})
    ann.wait("buddy-off", who="Bob")
    bob.deny("Ann", 0)
    s.server.wait_for({"do": "list", "name": "Bob"}, {"deny": []})
    ann.wait("buddy-on", who="Bob")


@scene
def permits_and_forbids(s):
    bob = _signed_on(s)
    bob.privacy(ALLOW_LISTED)
    bob.permit("Robot", 1)
    s.server.wait_for({"do": "list", "name": "Bob"},
                      {"mode": ALLOW_LISTED, "permit": ["robot"]})
    bob.permit("Robot", 0)
    s.server.wait_for({"do": "list", "name": "Bob"}, {"permit": []})


@scene(more=[{"name": "Carl", "password": "canary-Zyp4-x", "privacy": 4,
              "deny": ["Robot"], "permit": ["Echo"]}])
def learns_the_servers_privacy(s):
    carl = s.sign_on("Carl")
    tap.wait_until(lambda: carl.state()["deny"] == ["robot"], "deny list")
    state = carl.state()
    tap.equal((state["privacy"], state["permit"]), (4, ["echo"]), "privacy")
    listed = s.server.do("list", name="Carl")
    tap.equal((listed["mode"], listed["deny"], listed["permit"]),
              (4, ["robot"], ["echo"]), "privacy on the server")


if __name__ == "__main__":
    tap.main()
