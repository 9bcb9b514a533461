#!/usr/bin/env python3
"""The loopback OSCAR server, seen by an independent client.

The cases before LOOPBACK ONLY also run against another server: set
TEST_OSCAR_SERVER to host:port and TEST_OSCAR_USERS to three accounts, as
name:password,name:password,name:password. Their lists get changed.
"""

import asyncio
import os
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "support"))

# pylint: disable=wrong-import-position
from oscar_client import (Client, Connection, Item, SignedOff, SignOnError,
                          decode, encode_item, parse_tlvs, str8, tlv)
from tap import case, contains, equal, lacks, main, skip

FOREIGN = os.environ.get("TEST_OSCAR_SERVER")
USERS = [{"name": "Ann Other", "password": "secret1"},
         {"name": "bob", "password": "secret2"},
         {"name": "carol", "password": "secret3"}]
BUDDY, GROUP, PERMIT, DENY, PRIVACY = range(5)


class World:
    """A server, ours or another, with three users on it."""

    def __init__(self, t, config=None, arguments=()):
        self.server, self._case = None, t
        if FOREIGN:
            if config or arguments:
                skip("only for the loopback server")
            host, port = FOREIGN.rsplit(":", 1)
            self.host, self.port = host, int(port)
            self.users = [tuple(user.split(":", 1)) for user in
                          os.environ["TEST_OSCAR_USERS"].split(",")]
            return
        config = dict({"accounts": USERS}, **(config or {}))
        self.server = t.server(config, arguments)
        self.host, self.port = "127.0.0.1", self.server.port
        self.users = [(user["name"], user["password"]) for user in USERS]

    def user(self, number, name=None, password=None):
        """A client of user @number, or of somebody else."""
        made = self._case.closing(
            Client(name or self.users[number][0],
                   password or self.users[number][1]))
        if FOREIGN and self.host.startswith("127."):
            made.source = "127.%d.%d.%d" % tuple(os.urandom(3))
        return made

    async def client(self, number, **options):
        made = self.user(number)
        await made.sign_on(self.host, self.port, **options)
        return made

    async def both(self):
        return await self.client(0), await self.client(1)


def local(t, config=None, arguments=()):
    """A world that has to be the loopback server's."""
    if FOREIGN:
        skip("only for the loopback server")
    world = World(t, config, arguments)
    t.at_end(faultless, world.server)
    return world


def faultless(server):
    """An error of a server that still runs is the case's."""
    if server.child.poll() is None:
        server.faultless()


async def put_buddy(client, name, number=1, subtype=8):
    """Puts @name on the list of @client, in a group of its own."""
    group = 100 + number
    return await client.edited(
        subtype, Item("Test %d" % number, group, 0, GROUP,
                      tlv(0xC8, struct.pack(">H", number))),
        Item(name, group, number, BUDDY, tlv(0x131, "Alias")))


async def refused(client, code, host, port, **options):
    try:
        await client.sign_on(host, port, **options)
    except SignOnError as error:
        equal(error.code, code, "code")
        return error
    raise AssertionError("signed on")


# Any server.

@case
async def signs_on_in_one_flight(t):
    world = World(t)
    ann = await world.client(0)
    equal(ann.own[0].replace(" ", "").lower(),
          world.users[0][0].replace(" ", "").lower(), "own name")
    for group in (1, 2, 3, 4, 9, 0x13):
        contains(ann.groups, group, "food groups")
    for kind in ((1, 0x18), (1, 7), (2, 3), (3, 3), (9, 3), (4, 5),
                 (0x13, 3), (1, 0x13), (0x0B, 2)):
        await ann.wait(*kind)
    ann.close()


@case
async def signs_on_in_lock_step(t):
    ann = await World(t).client(0, blind=False)
    rates = (await ann.wait(1, 7)).body
    count, = struct.unpack_from(">H", rates)
    equal(count, 5, "rate classes")
    equal(struct.unpack_from(">H", rates, 2 + 35 * 5)[0], 1,
          "first class id after the classes in long form")
    ann.close()


@case
async def takes_the_weak_digest(t):
    (await World(t).client(0, strong=False)).close()


@case
async def refuses_a_wrong_password(t):
    world = World(t)
    client = world.user(0, password="not this")
    await refused(client, 5, world.host, world.port)


@case
async def refuses_a_name_nobody_has(t):
    world = World(t)
    await refused(world.user(0, "nobody here"), 1, world.host, world.port)


@case
async def uses_a_cookie_once(t):
    world = World(t)
    ann = world.user(0)
    where, _, tls = await ann.authenticate(world.host, world.port)
    connection = await Connection.open(*where, tls)
    connection.frame(1, b"\0\0\0\1" + tlv(6, bytes(256)))
    equal((await connection.read_frame())[0], 1, "frame type")
    try:
        frame = await asyncio.wait_for(connection.read_frame(), 10)
    except SignedOff:
        return
    raise AssertionError("a bad cookie is answered: %r" % (frame,))


@case
async def hands_messages_over(t):
    ann, bob = await World(t).both()
    for text in ("hello", "<B>bold</B> & more", "é ё 漢 🙂"):
        request = ann.say(bob.name, text)
        message = await bob.message(ann.name)
        equal(decode(message), text, "text")
        equal((await ann.answer(request))[:2], (4, 0x0C), "ack")
        lacks(message.tlvs, 3, "TLVs")
    ann.say(bob.name, "gr\xFC\xDFe".encode("latin-1"), charset=3, auto=True)
    message = await bob.message(ann.name)
    equal((decode(message), message.auto), ("grüße", True), "old message")
    ann.type(bob.name, 2)
    typing = await bob.wait(4, 0x14)
    equal(typing.body[-2:], b"\0\2", "typing event")
    ann.close()
    bob.close()


@case
async def refuses_messages_to_nobody(t):
    world = World(t)
    ann = await world.client(0)
    for name in ("nobody here", world.users[2][0]):
        reply = await ann.answer(ann.say(name, "hello"))
        equal((reply[:2], reply.body[:2]), ((4, 1), b"\0\4"), "error")
    ann.close()


@case
async def stores_messages_for_the_absent(t):
    world = World(t)
    ann = await world.client(0)
    name = world.users[2][0]
    reply = await ann.answer(ann.say(name, "for later", store=True))
    equal(reply[:2], (4, 0x0C), "ack")
    carol = await world.client(2)
    carol.connection.snac(4, 0x10)
    await carol.wait(4, 0x17)
    message = await carol.message(ann.name)
    equal(decode(message), "for later", "text")
    contains(message.tlvs, 0x16, "TLVs")
    ann.close()
    carol.close()


@case
async def shows_who_comes_and_goes(t):
    world = World(t)
    ann = await world.client(0)
    equal(await put_buddy(ann, world.users[1][0]), [0, 0], "status")
    bob = await world.client(1)
    _, _, info = await ann.arrived(bob.name)
    contains(info, 3, "user info")
    bob.away("gone <B>fishing</B>")
    await ann.until(lambda: flags(ann, bob) & 0x20, "away")
    request = ann.connection.snac(2, 0x15, struct.pack(">I", 3)
                                  + str8(bob.name))
    contains((await ann.answer(request)).body, b"gone <B>fishing</B>",
             "away text")
    bob.away("")
    await ann.until(lambda: not flags(ann, bob) & 0x20, "back")
    bob.connection.snac(1, 0x11, struct.pack(">I", 1200))
    await ann.until(lambda: 4 in ann.present[bob.name][2], "idle")
    idle, = struct.unpack(">H", ann.present[bob.name][2][4])
    equal(idle, 20, "idle minutes")
    bob.close()
    await ann.departed(bob.name)
    ann.close()


def flags(client, other):
    return int.from_bytes(client.present[other.name][2][1], "big")


@case
async def keeps_the_list(t):
    world = World(t)
    ann = await world.client(0)
    item = Item("later", 117, 17, BUDDY,
                tlv(0x131, "Älias".encode()) + tlv(0x7A55, b"kept"))
    equal(await ann.edited(8, item), [0], "status")
    ann.close()
    again = await world.client(0)
    contains(again.items, item, "list")
    equal(await again.edited(9, item._replace(attributes=tlv(0x131, "x"))),
          [0], "status")
    equal(await again.edited(10, item), [0], "status")
    request = again.connection.snac(0x13, 4)
    reply = await again.answer(request)
    lacks(reply.body, b"later", "list")
    again.close()


@case
async def forgets_an_unchanged_list_only_later(t):
    """Real servers compare seconds strictly: name one more than theirs."""
    ann = await World(t).client(0)
    await put_buddy(ann, "somebody")
    request = ann.connection.snac(0x13, 4)
    reply = await ann.answer(request)
    stamp, = struct.unpack(">I", reply.body[-4:])
    count, = struct.unpack_from(">H", reply.body, 1)
    same = await ann.answer(ann.connection.snac(
        0x13, 5, struct.pack(">IH", stamp, count)))
    later = await ann.answer(ann.connection.snac(
        0x13, 5, struct.pack(">IH", stamp + 1, count)))
    equal(same.subtype, 6, "answer to the list's own time")
    equal(later.subtype, 0x0F, "answer to a later time")
    equal(later.body, struct.pack(">IB", stamp, count & 0xFF), "not modified")
    ann.close()


@case
async def blocks(t):
    world = World(t)
    ann, bob = await world.both()
    await put_buddy(ann, bob.name, 2)
    await ann.arrived(bob.name)
    equal(await bob.edited(
        8, Item("", 0, 500, PRIVACY, tlv(0xCA, b"\4") + tlv(0xCB, b"\xFF" * 4)),
        Item(ann.name, 0, 501, DENY, b"")), [0, 0], "status")
    await ann.departed(bob.name)
    reply = await ann.answer(ann.say(bob.name, "hello?"))
    equal(reply.body[:2], b"\0\4", "error of the blocked")
    reply = await bob.answer(bob.say(ann.name, "hello?"))
    equal(reply.body[:2], b"\0\x10", "error of the blocker")
    await bob.edited(10, Item(ann.name, 0, 501, DENY, b""))
    await ann.arrived(bob.name)
    await bob.edited(10, Item("", 0, 500, PRIVACY, b""))
    ann.close()
    bob.close()


@case
async def keeps_two_clients_of_one_user_in_step(t):
    world = World(t)
    here, there = await world.client(0), await world.client(0)
    item = Item("shared", 118, 18, BUDDY, b"")
    for subtype in (8, 9, 10):
        await here.edited(subtype, item)
        pushed = await there.wait(0x13, subtype)
        equal(pushed.body, encode_item(item), "pushed item")
    here.close()
    there.close()


@case
async def signs_off_the_client_that_can_be_only_one(t):
    world = World(t)
    first = await world.client(0, level=1)
    second = await world.client(0, level=3)
    equal((await first.end()).reason, 1, "reason")
    old = await world.client(0, level=0)
    equal((await second.end()).reason, 1, "reason")
    third = await world.client(0)
    equal((await old.end()).reason, None, "reason of a cut-off signoff")
    third.close()


@case
async def warns_then_drops_who_is_too_fast(t):
    world = World(t)
    ann, bob = await world.both()
    for number in range(9):
        ann.say(bob.name, "message %d" % number, ack=False)
    change = await ann.wait(1, 0x0A)
    contains((2, 3), struct.unpack_from(">H", change.body)[0], "code")
    equal(struct.unpack_from(">H", change.body, 2)[0], 3, "class")
    ann.connection.snac(4, 4)
    await ann.wait(4, 5, since=len(ann.snacs))
    await bob.until(lambda: len(bob.messages) >= 7, "messages")
    lacks([decode(one) for one in bob.messages], "message 8", "messages")
    ann.close()
    bob.close()


@case
async def answers_what_it_does_not_know(t):
    ann = await World(t).client(0)
    reply = await ann.answer(ann.connection.snac(0x13, 0x16, str8("bob")))
    equal((reply[:2], reply.body[:2]), ((0x13, 1), b"\0\1"), "error")
    ann.close()


@case
async def relays_proposals(t):
    ann, bob = await World(t).both()
    cookie = b"cookie01"
    proposal = (b"\0\0" + cookie + bytes.fromhex(
        "094613434C7F11D18222444553540000") + tlv(0x0A, b"\0\1") + tlv(0x0F)
        + tlv(3, b"\x0A\0\0\1") + tlv(5, b"\x14\x46"))
    ann.connection.snac(4, 6, cookie + b"\0\2" + str8(bob.name)
                        + tlv(5, proposal))
    message = await bob.message(ann.name)
    equal(message.channel, 2, "channel")
    tlvs, _ = parse_tlvs(message.tlvs[5][26:])
    equal((tlvs[3], tlvs[4]), (b"\x7F\0\0\1",) * 2, "addresses")
    bob.connection.snac(4, 0x0B, cookie + b"\0\2" + str8(ann.name)
                        + b"\0\3\0\1")
    error = await ann.wait(4, 0x0B)
    equal(error.body[-4:], b"\0\3\0\1", "refusal")
    ann.close()
    bob.close()


# LOOPBACK ONLY.

@case
async def answers_like_a_person(t):
    server = local(t, arguments=["--demo"]).server
    demo = Client("demo", "demo")
    await demo.sign_on("127.0.0.1", server.port)
    await demo.arrived("Echo Bird")
    lacks(demo.present, "sleepysam", "people")
    demo.say("echobird", "<B>é 🙂</B>")
    await demo.wait(4, 0x14, lambda snac: snac.body.endswith(b"\0\2"))
    equal(decode(await demo.message("Echo Bird")), "<B>é 🙂</B>", "echo")
    for name, charset in (("Aunt Latin", 3), ("Uncle Raw", 0),
                          ("Emoji Emi", 2), ("100002", 0)):
        demo.say(name, "hi")
        equal((await demo.message(name)).charset, charset, name)
    demo.say("moodymia", "away <I>walking</I>")
    await demo.until(lambda: flags_of(demo, "moodymia") & 0x20, "away")
    demo.say("moodymia", "back")
    await demo.until(lambda: not flags_of(demo, "moodymia") & 0x20, "back")
    demo.close()


def flags_of(client, key):
    return int.from_bytes(client.present[key][2][1], "big")


@case
async def lets_tests_look_and_act(t):
    accounts = USERS + [{"name": "Robot", "password": "x", "bot": "quiet"}]
    world = local(t, {"accounts": accounts})
    server = world.server
    server.do("add-buddy", name="bob", buddy="Robot", group="Friends")
    bob = await world.client(1)
    await bob.arrived("Robot")
    server.wait_for({"do": "user", "name": "bob"}, {
        "online": True, "watches": {"contains": "robot"}})
    bob.say("robot", "hello robot")
    answer = server.wait_for({"do": "received", "name": "Robot"}, {
        "messages": {"any": {"text": "hello robot", "from": "bob"}}})
    equal(answer["messages"][0]["charset"], 0, "charset")
    server.do("say", **{"from": "Robot", "to": "bob", "hex": "e9",
                        "charset": 3})
    equal(decode(await bob.message("Robot")), "é", "message")
    server.do("be", name="Robot", state="away", text="brb")
    await bob.until(lambda: flags_of(bob, "robot") & 0x20, "away")
    server.do("depart", name="Robot")
    await bob.departed("Robot")
    server.do("add-buddy", name="bob", buddy="carol", group="Friends")
    await bob.wait(0x13, 8)
    await bob.wait(0x13, 9)
    equal(server.do("list", name="bob")["groups"], [
        {"group": "Friends", "buddies": [{"name": "Robot"},
                                         {"name": "carol"}]}], "list")
    sent = server.do("snacs", name="bob", stage="04/06")
    equal(sent["count"], 1, "messages logged")
    server.do("push", name="bob", snac="08/02", hex="00010001 21")
    equal((await bob.wait(8, 2)).body, b"\0\1\0\1!", "pushed")
    server.do("kick", name="bob", reason=2)
    equal((await bob.end()).reason, 2, "reason")
    server.wait_for({"do": "connections"}, {"open": 0})
    equal(server.ask({"do": "no-such-thing"})["ok"], False, "nonsense")


@case
async def plays_the_other_kind_of_server(t):
    """Lock-step, optional blocks, several replies, wide reasons."""
    world = local(t, {"personality": "aol"})
    server = world.server
    server.do("fill", name="bob", count=30)
    bob = await world.client(1, blind=False)
    replies = [snac for snac in bob.snacs if snac[:2] == (0x13, 6)]
    equal([snac.flags & 1 for snac in replies], [1] * 3 + [0], "flags")
    equal(len(bob.items), 32, "items")
    server.do("fill", name="bob", count=1, prefix="more")
    reply = await bob.answer(bob.connection.snac(
        0x13, 5, struct.pack(">IH", bob.list_time, 32)))
    equal(reply.subtype, 6, "answer after a change")
    items = server.do("feedbag", name="bob")
    reply = await bob.answer(bob.connection.snac(
        0x13, 5, struct.pack(">IH", items["time"], len(items["items"]))))
    equal((reply.subtype, len(reply.body)), (0x0F, 6), "not modified")
    contains(bob.own[2], 5, "own user info")
    server.do("kick", name="bob")
    equal(len((await bob.end()).tlvs[9]), 2, "bytes of the reason")
    bob = Client("bob", "secret2")
    try:
        await bob.sign_on("127.0.0.1", server.port, blind=True)
    except SignedOff:
        return
    raise AssertionError("takes a client that does not wait")


@case
async def refuses_as_told(t):
    users = [{"name": "code%d" % code, "password": "secret",
              "signon_error": code, "signon_url": "http://x.example/"}
             for code in (4, 7, 9, 0x11, 0x18, 0x1B)]
    users += [{"name": "full", "password": "secret", "bos_error": 0x18}]
    world = local(t, {"accounts": users, "auth_burst": 9})
    for user in users[:-1]:
        error = await refused(Client(user["name"], "secret"),
                              user["signon_error"], world.host, world.port)
        equal(error.url, b"http://x.example/", "URL")
    await refused(Client("100200", "secret"), 8, world.host, world.port)
    full = Client("full", "secret")
    try:
        await full.sign_on(world.host, world.port)
        raise AssertionError("signed on")
    except SignedOff as end:
        equal(end.tlvs[8], b"\x18", "error at the session's server")
    await refused(Client("x", "y"), 1, world.host, world.port)
    await refused(Client("x", "y"), 0x1D, world.host, world.port)


@case
async def speaks_tls(t):
    certificate, key = t.certificate()
    world = local(t, {"tls_name": "bos.example.net"},
                  ["--cert", str(certificate), "--key", str(key)])
    ann = await world.client(0)
    ann.close()
    ann = Client(*world.users[0])
    await ann.sign_on(world.host, world.server.tls_port, tls=True)
    shown = world.server.do("connections", name=ann.name)["connections"]
    equal([(one["kind"], one["tls"]) for one in shown], [
        ("auth", False), ("bos", False), ("auth", True), ("bos", True)],
        "connections")
    ann.close()


@case
async def ends_in_order(t):
    """By SIGTERM or with its input, signing everybody off."""
    for end in ("stop", "hang up"):
        world = local(t)
        bob = await world.client(1)
        if end == "stop":
            world.server.child.terminate()
        else:
            world.server.child.stdin.close()
        equal((await bob.end()).tlvs, {}, "signoff")
        bob.close()
        equal(world.server.wait(), 0, "exit status")


async def outcome(world):
    """How a sign-on under a fault ends."""
    client = Client(*world.users[0])
    try:
        await asyncio.wait_for(client.sign_on(world.host, world.port), 1.5)
    except (SignedOff, SignOnError, ConnectionError, ValueError,
            asyncio.TimeoutError, TimeoutError, struct.error) as error:
        return type(error).__name__
    finally:
        client.close()
    return "online"


@case
async def misbehaves_on_request(t):
    world = local(t)
    server = world.server
    expected = [
        ({"fault": "close-before", "stage": "17/07"}, "SignedOff"),
        ({"fault": "reset-on", "stage": "17/06"}, "SignedOff"),
        ({"fault": "no-reply", "stage": "17/03"}, "SignedOff"),
        ({"fault": "mute", "stage": "01/07"}, "TimeoutError"),
        ({"fault": "close-on", "stage": "cookie"}, "SignedOff"),
        ({"fault": "close-after", "stage": "01/03"}, "SignedOff"),
        ({"fault": "trickle"}, "online"),
        ({"fault": "coalesce", "times": 3}, "online"),
        ({"fault": "delay", "stage": "13/06"}, "online"),
        ({"fault": "sprinkle"}, "online"),
        ({"fault": "no-reply", "stage": "02/03"}, "online"),
        ({"fault": "error", "stage": "09/03", "code": 5}, "online"),
        ({"fault": "garbage", "stage": "01/03", "hex": "00" * 9},
         "ValueError"),
        ({"fault": "oversize", "stage": "13/06"}, "TimeoutError"),
        ({"fault": "cut-frame", "stage": "13/06", "bytes": 9}, "SignedOff"),
        ({"fault": "wrong-bos"}, "ConnectionRefusedError"),
    ]
    for fault, want in expected:
        server.do("fault", **fault)
        equal(await outcome(world), want, str(fault))
        server.do("clear-faults")
    equal(await outcome(world), "online", "without a fault")


@case
async def spoils_lists(t):
    world = local(t)
    server = world.server
    server.do("fill", name="bob", count=10)
    for how, more in (("duplicates", 12), ("loop", 12), ("orphans", 5),
                      ("torture", 56)):
        server.do("twist", name="bob", how=how)
        bob = await world.client(1)
        equal(len(bob.items), 12 + more, how)
        bob.close()
        server.wait_for({"do": "connections"}, {"open": 0})


@case
async def says_what_is_no_text(t):
    world = local(t)
    bob = await world.client(1)
    sent = world.server.do("torture", name="bob")["snacs"]
    before = len(bob.snacs)
    await bob.until(lambda: len(bob.snacs) - before >= sent - 1, "tortures")
    await bob.answer(bob.connection.snac(4, 4))
    bob.close()


@case
async def moves_a_session(t):
    world = local(t)
    server = world.server
    ann, bob = await world.both()
    await put_buddy(ann, bob.name)
    await ann.arrived(bob.name)
    bob.away("moved")
    await ann.until(lambda: flags(ann, bob) & 0x20, "away")
    server.do("migrate", name="bob")
    order = await bob.wait(1, 0x12)
    tlvs, _ = parse_tlvs(order.body[2:])
    old, before = bob.connection, len(ann.snacs)
    host, port = tlvs[5].decode().split(":")
    await bob.attach(await Connection.open(host, int(port)), tlvs[6])
    old.close()
    request = bob.say(ann.name, "still here")
    equal(decode(await ann.message(bob.name)), "still here", "message")
    equal((await bob.answer(request)).subtype, 0x0C, "ack")
    server.wait_for({"do": "connections", "name": "bob", "kind": "bos"},
                    {"open": 1, "total": 2})
    lacks([snac[:2] for snac in ann.snacs[before:]], (3, 0x0C), "presence")
    equal(flags(ann, bob) & 0x20, 0x20, "away flag")


@case
async def raises_the_limits_of_the_warned(t):
    world = local(t)
    ann, bob = await world.both()
    bob.say(ann.name, "rude")
    await ann.message(bob.name)
    reply = await ann.answer(ann.connection.snac(4, 8, b"\0\0"
                                                 + str8(bob.name)))
    equal(reply.body, struct.pack(">HH", 100, 100), "warn reply")
    level = (await bob.wait(1, 0x10)).body
    equal(level[:2], b"\0\x64", "level")
    contains(level, b"Ann Other", "warner")
    change = await bob.wait(1, 0x0A)
    code, number, _, clear = struct.unpack_from(">HHII", change.body)
    equal((code, number, clear), (1, 3, 5175), "rates")
    reply = await ann.answer(ann.connection.snac(4, 8, b"\0\0"
                                                 + str8(bob.name)))
    equal(reply.body[:2], b"\0\x0D", "error of a second warning")


@case
async def leaves_much_unanswered(t):
    """As small servers do: everything needed still works."""
    world = local(t, {"personality": "small"})
    ann, bob = Client(*world.users[0]), Client(*world.users[1])
    for client in (ann, bob):
        t.closing(client)
        await client.sign_on(world.host, world.port, patient=False)
    world.server.wait_for({"do": "users"}, {"users": {"count": 2}})
    ann.say(bob.name, "hello")
    equal(decode(await bob.message(ann.name)), "hello", "message")
    lacks([snac[:2] for snac in ann.snacs], (2, 3), "answers")


@case
async def sends_bursts_and_long_lists(t):
    accounts = USERS + [{"name": "Robot", "password": "x", "bot": "quiet"}]
    world = local(t, {"accounts": accounts})
    world.server.do("fill", name="bob", count=10000)
    bob = await world.client(1)
    equal(len(bob.items), 10000 + 20 + 1, "items")
    world.server.do("burst", **{"from": "Robot", "to": "bob",
                                "count": 10000})
    await bob.until(lambda: len(bob.messages) == 10000, "messages")
    equal([decode(one) for one in bob.messages],
          ["message %d" % number for number in range(10000)], "messages")
    bob.close()


@case
async def asks_for_authorization(t):
    accounts = [{"name": "100001", "password": "secret"},
                {"name": "100002", "password": "secret",
                 "requires_auth": True}]
    world = local(t, {"accounts": accounts})
    ann, ivan = Client("100001", "secret"), Client("100002", "secret")
    for client in (ann, ivan):
        await client.sign_on(world.host, world.port)
    item = Item("100002", 5, 6, BUDDY, b"")
    equal(await ann.edited(8, item), [0x0E], "status")
    ann.connection.snac(0x13, 0x18, str8("100002") + b"\0\6please\0\0")
    pending = item._replace(attributes=tlv(0x66))
    equal(await ann.edited(8, pending), [0], "status")
    asked = await ivan.wait(0x13, 0x19)
    contains(asked.body, b"please", "request")
    ivan.connection.snac(0x13, 0x1A, str8("100001") + b"\1\0\2ok")
    contains((await ann.wait(0x13, 0x1B)).body, b"\1\0\2ok", "answer")
    await ann.wait(0x13, 9)
    await ann.arrived("100002")
    ann.close()
    ivan.close()


if __name__ == "__main__":
    main()
