#!/usr/bin/env python3
"""How the loopback server of MSN's web gateway misbehaves when it is told to,
seen by an independent client; and what MSNP21 says there."""

import asyncio
import json
import re

# It also makes the others to be found.
from msnweb_world import ALICE, BOB, exact, meanwhile, online, two
from msnweb_client import Client, cmd, exchange
from tap import case, contains, equal, main

RECENT = ("<recentconversations><start>0</start><pagesize>100</pagesize>"
          "</recentconversations>")


async def raw(client, query, body=b""):
    """A request of @client's, of which nothing is understood."""
    return await exchange(client.port, "POST", "/gateway/gateway.dll?"
                          "SessionID=%s%s" % (client.session, query),
                          client.fields(), body)


async def post(server, **values):
    """An operation over HTTP."""
    response = await exchange(server.web_port, "POST", "/_control", {},
                              json.dumps(values).encode())
    equal(response.status, 200, "control")
    return json.loads(response.body)


# The operations of the contract.

@case
async def does_what_it_is_told_over_http(t):
    server, alice = await online(t)
    await post(server, op="status", next="poll", code=503, count=2)
    for status in (503, 503):
        equal((await alice.poll()).status, status, "status")
    await post(server, op="push", to=ALICE, wire="NFY 0 MSGR\\ODD 2\r\n\r\n")
    equal((await alice.poll()).body, b"NFY 0 MSGR\\ODD 2\r\n\r\n", "pushed")
    await post(server, op="error", match="PUT MSGR\\PRESENCE", code=500)
    response = await alice.data(alice.status("AWY"))
    equal(response.commands[0].verb, "500", "error")
    await post(server, op="truncate", next="data")
    response = await raw(alice, "", alice.status("AWY"))
    contains(response.body, b"PUT %d MSGR 184\r\n" % alice.trid)
    equal(response.body.endswith(b"</presence-response>"), False, "whole")
    await post(server, op="drop", next="poll", when="before")
    equal(await alice.poll(), None, "dropped")
    await post(server, op="close", to=ALICE)
    contains((await alice.poll()).field("X-MSN-Messenger"), "Session=close")
    await alice.reopen()
    await post(server, op="expire", to=ALICE)
    equal((await alice.poll()).status, 400, "expired")
    log = json.loads((await alice.get("/_log")).body)
    equal([one["verb"] for one in log[:3]], ["CNT", "ATH", "BND"], "log")
    server.faultless()


@case
async def moves_sessions_and_their_names(t):
    server, alice = await online(t)
    other = "127.0.0.1:%d" % server.other_port
    await post(server, op="move", to=ALICE, host=other)
    await alice.data(alice.status("AWY"))
    response = await alice.data(alice.status("BSY"))
    equal(response.field("X-MSN-Host"), other, "X-MSN-Host")
    alice.port = server.other_port
    equal((await alice.data(alice.status("NLN"))).status, 200, "there")
    await post(server, op="rotate", on=True)
    before = alice.session
    await alice.data(alice.status("AWY"))
    equal(alice.session.partition(".")[0], before.partition(".")[0], "first")
    equal(alice.session == before, False, "unchanged")
    later, alice.session = alice.session, before
    equal((await alice.data(alice.status("NLN"))).status, 200, "older name")
    equal(later == alice.session, False, "unchanged")
    server.faultless()


@case
async def sends_to_another_server(t):
    server = t.msnweb_server()
    other = "127.0.0.1:%d" % server.other_port
    alice = Client(server.web_port)
    await alice.sign_in()
    await post(server, op="xfr", host=other)
    response = await alice.open()
    equal(response.body, cmd("XFR", 1, "CON", "\r\n<xfr><target>%s</target>"
                             "<state>c3RhdGUtMQ==</state></xfr>" % other),
          "XFR")
    alice.port = server.other_port
    again = alice.opening()[129:]
    response = await alice.open(exact("""
CNT 1 CON 152⏎⏎<connect><xfr><state>c3RhdGUtMQ==</state></xfr><ver>2</ver>
<agent><os>winnt</os><osVer>5.2</osVer><proc>x86</proc><lcid>en-us</lcid>
</agent></connect>""") + again)
    equal([one.verb for one in response.commands], ["CNT", "ATH", "BND"],
          "answers")
    server.faultless()


@case
async def answers_in_the_wrong_response(t):
    server, alice = await online(t)
    await post(server, op="split", on=True)
    poll = asyncio.create_task(alice.poll())
    await meanwhile(server, "sessions", {"polling": 1})
    equal((await alice.data(alice.status("AWY"))).body, b"", "data")
    contains((await poll).body, b"PUT %d MSGR" % alice.trid)
    await post(server, op="split", on=False)
    server.do("config", misplace=True)
    poll = asyncio.create_task(alice.poll(1))
    await meanwhile(server, "sessions", {"polling": 1})
    server.do("say", sender=BOB, to=ALICE, text="misplaced")
    contains((await alice.data(alice.status("NLN"))).body, b"misplaced")
    equal((await poll).body, b"", "poll")


# Sessions that are lost.

async def _step(alice, stage):
    """Does what brings the stage about; False once the session is lost."""
    steps = {
        "PUT-CHALLENGE": alice.challenge, "PUT-PRESENCE":
        lambda: alice.status("NLN"), "PUT-SUBSCRIPTIONS": alice.subscribe,
        "GET-RECENTCONVERSATIONS": lambda: alice.make(
            "GET", "MSGR\\RECENTCONVERSATIONS", RECENT),
        "SDG": lambda: alice.message(BOB, "hello", 1),
    }
    for name, step in steps.items():
        if (await alice.data(step())).status != 200:
            equal(name, stage, "where it is lost")
            return False
    return True


@case
async def loses_sessions_in_every_state(t):
    server = t.msnweb_server()
    alice = Client(server.web_port)
    await alice.sign_in()
    for fault in ("lose", "lose-after"):
        for stage in ("CNT", "ATH", "BND", "PUT-CHALLENGE", "PUT-PRESENCE",
                      "PUT-SUBSCRIPTIONS", "GET-RECENTCONVERSATIONS", "SDG"):
            server.do("clear-faults")
            server.do("fault", fault=fault, stage=stage, times=1)
            opened = (await alice.open()).status == 200
            equal(opened, stage not in ("CNT", "ATH", "BND"), stage)
            if opened:
                equal(await _step(alice, stage), False, stage)
            server.wait_for({"do": "user", "name": ALICE}, {"online": False})
            server.do("forgive", text="sent twice")
    equal(server.do("user", name=BOB)["stored"], 1, "messages carried out")
    for stage in ("poll", "data"):
        await alice.reopen()
        server.do("fault", fault="lose", stage=stage, times=1)
        poll = await alice.poll(3) if stage == "poll" else await alice.data(
            alice.status("AWY"))
        equal(poll.status, 400, stage)
    server.faultless()


@case
async def forgets_who_is_silent(t):
    server, alice = await online(t, {"session_timeout": 0.3})
    server.wait_for({"do": "user", "name": ALICE}, {"online": False})
    equal((await alice.poll()).status, 400, "afterwards")
    server.faultless()


@case
async def gives_a_name_twice(t):
    server, alice = await online(t)
    before = alice.session
    server.do("lose-session", name=ALICE)
    server.do("fault", fault="same-session", stage="open", times=1)
    await alice.reopen()
    equal(alice.session, before, "name")
    equal((await alice.poll(3)).status, 200, "poll")


# Answers that do not come.

@case
async def swallows(t):
    server, alice = await online(t)
    for fault, stored in (("swallow", 0), ("no-answer", 1)):
        server.do("fault", fault=fault, stage="SDG", times=1)
        response = await alice.data(alice.message(BOB, fault, 1 + stored),
                                    alice.status("AWY"))
        equal([one.verb for one in response.commands], ["PUT"], fault)
        equal(server.do("user", name=BOB)["stored"], stored, fault)
        server.do("forgive", text="transaction")
    server.do("fault", fault="stall", stage="data", times=1)
    task = asyncio.create_task(alice.data(alice.message(BOB, "stalled", 3)))
    await meanwhile(server, {"do": "user", "name": BOB}, {"stored": 2})
    task.cancel()
    equal((await alice.poll(3)).status, 200, "the session lives on")


@case
async def spoils_what_it_sends(t):
    server, alice = await online(t)
    for fault in ("duplicate", "sprinkle", "withhold", "length", "garbage"):
        server.do("fault", fault=fault, stage="SDG", times=1)
        server.do("say", sender=BOB, to=ALICE, text="text")
    heard = (await raw(alice, "&Action=poll&Lifespan=60")).body
    equal(heard.count(b"SDG 0 MSGR"), 4, "messages")
    equal(heard.count(b"ZZZ 0"), 2, "strange ones")
    equal(heard.endswith(b"\x00\xff\r\n"), True, "garbage")
    server.faultless()


@case
async def delays(t):
    server, alice = await online(t)
    loop = asyncio.get_running_loop()
    await post(server, op="delay", next="data", ms=300)
    begun = loop.time()
    await alice.data(alice.status("AWY"))
    equal(loop.time() - begun >= 0.3, True, "delayed")


@case
async def lets_cookies_grow_old(t):
    server, alice = await online(t)
    server.do("expire-cookies", name=ALICE)
    equal((await alice.poll(3)).status, 200, "the session lives on")
    equal((await alice.open()).status, 403, "open")
    await alice.sign_in()
    equal(alice.cookies["MSPAuth"], "auth-alice@example.com-2", "cookie")
    equal((await alice.open()).status, 200, "open")
    server.faultless()


# MSNP21.

GROUP = "588e793a-003d-0003-4136-314b00000000"
OLD_EPID = "{ad9d9247-9181-4c57-8388-248304e153d3}"


@case
async def leads_temporary_groups_as_the_record_has_them(t):
    people = [{"name": "example01@example.com"},
              {"name": "exampleuser02@example.com", "bot": "quiet"}]
    server = t.msnweb_server({"framing": 21, "accounts": people,
                              "group": GROUP, "nonce": None})
    one = Client(server.web_port, "example01@example.com",
                 "1:example01@example.com", OLD_EPID)
    await one.sign_in()
    await one.open()
    published = one.layers(one.address, "Publication: 1.0\r\nUri: /user\r\n"
                           "Content-Type: application/user+xml\r\n",
                           '<user><s n="IM"><Status>NLN</Status></s></user>')
    await one.data(b"PUT 9 %d\r\n" % len(published) + published)
    one.trid = 9
    await one.data(one.subscribe())
    response = await one.data(exact("""
PUT 35 260⏎Routing: 1.0⏎
From: 1:example01@example.com;epid={ad9d9247-9181-4c57-8388-248304e153d3}⏎
To: 10:00000000-0000-0000-0000-000000000000@live.com⏎⏎
Reliability: 1.0⏎⏎Publication: 1.0⏎Content-Length: 0⏎
Content-Type: application/multiparty+xml⏎Uri: /circle⏎⏎"""))
    equal(response.body, exact("""
PUT 35 OK 165⏎Routing: 1.0⏎
To: 1:example01@example.com;epid={ad9d9247-9181-4c57-8388-248304e153d3}⏎
From: 10:588e793a-003d-0003-4136-314b00000000@live.com⏎⏎
Reliability: 1.0⏎⏎"""), "made")
    response = await one.data(exact("""
PUT 36 348⏎Routing: 1.0⏎
From: 1:example01@example.com;epid={ad9d9247-9181-4c57-8388-248304e153d3}⏎
To: 10:588e793a-003d-0003-4136-314b00000000@live.com⏎⏎
Reliability: 1.0⏎⏎Publication: 1.0⏎Content-Length: 90⏎
Content-Type: application/circles+xml⏎Uri: /circle⏎⏎
<circle><roster><id>IM</id><user><id>1:example01@example.com</id></user>
</roster></circle>"""))
    contains(response.body, exact("""
NFY PUT 393⏎Routing: 1.0⏎
To: 1:example01@example.com;epid={ad9d9247-9181-4c57-8388-248304e153d3}⏎
From: 10:588e793a-003d-0003-4136-314b00000000@live.com⏎⏎
Reliability: 1.0⏎Stream: 0⏎⏎Notification: 1.0⏎NotifNum: 0⏎Uri: /circle⏎
NotifType: Partial⏎Content-Type: application/circles+xml⏎
Content-Length: 90⏎⏎
<circle><roster><id>IM</id><user><id>1:example01@example.com</id></user>
</roster></circle>"""))
    response = await one.data(exact("""
PUT 37 363⏎Routing: 1.0⏎
From: 1:example01@example.com;epid={ad9d9247-9181-4c57-8388-248304e153d3}⏎
To: 10:588e793a-003d-0003-4136-314b00000000@live.com;path=IM⏎⏎
Reliability: 1.0⏎⏎Publication: 1.0⏎Content-Length: 94⏎
Content-Type: application/multiparty+xml⏎Uri: /circle⏎⏎
<circle><roster><id>IM</id><user><id>1:exampleuser02@example.com</id></user>
</roster></circle>"""))
    equal(sorted(server.do("rooms")["rooms"][0]["members"]),
          ["1:example01@example.com", "1:exampleuser02@example.com"],
          "members")
    server.do("say", sender="exampleuser02@example.com",
              to="10:%s@live.com" % GROUP, text="in the group")
    heard = (await one.poll()).body
    equal(bool(re.search(rb"SDG 0 \d+\r\nRouting: 1\.0\r\nTo: 10:588e793a",
                         heard)), True, "SDG of MSNP21")
    server.do("kick", name="1:example01@example.com")
    contains((await one.poll()).body, b"OUT OTH\r\n")
    server.do("forgive", text="transaction id")
    server.faultless()


@case
async def writes_as_msnp21_does(t):
    server, alice = await online(t, {"framing": 21})
    server.do("account", name="dora@example.com", skype="live:dora",
              bot="quiet")
    bob = two(server)[1]
    await bob.sign_on()
    heard = (await alice.poll()).body
    equal(bool(re.match(rb"NFY PUT \d+\r\nRouting: 1\.0\r\n", heard)), True,
          "NFY")
    equal((await alice.data(b"PNG\r\n")).body.startswith(b"QNG 43\r\n"),
          True, "QNG")


if __name__ == "__main__":
    main()
