#!/usr/bin/env python3
"""The loopback server of MSN's web gateway, seen by an independent client.

The blocks in exact() are the public record's; in them a return sign is CRLF,
line ends are for display, and <R412> is a run of 412 letters R.
"""

import asyncio
import re

# It also makes the others to be found.
from msnweb_world import (ALICE, BOB, BOB_EPID, CAROL, exact, meanwhile,
                          online, two)
from msnweb_client import ABCORE, Client, EPID, cmd, exchange
from tap import case, contains, equal, lacks, main

SEED_REQUEST = exact(r"""
CNT 1 CON 114⏎⏎<connect><ver>2</ver><agent><os>winnt</os><osVer>5.2</osVer>
<proc>x86</proc><lcid>en-us</lcid></agent></connect>
ATH 2 CON\USER 312⏎⏎<user><uic><U264></uic><web-compact-ticket /></user>
BND 3 CON\MSGR 140⏎⏎<msgr><ver>2</ver><client><name>msgrliboutlook</name>
<ver>6.4.0.0</ver></client>
<epid>{006213cd-00b8-7e9c-0022-df0d0013802a}</epid></msgr>""")
SEED_RESPONSE = exact("""
CNT 1 CON 126⏎⏎<connect-response><ver>2</ver><qostest>false</qostest>
<nonce>xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx</nonce></connect-response>
ATH 2 CON 131⏎⏎<auth-response><new-thread-allowed>false</new-thread-allowed>
<p2p-migration-allowed>false</p2p-migration-allowed></auth-response>
BND 3 CON 657⏎UtcTime: 1412224051⏎Set-Registration: <R412>⏎
Registration-Token-Expiry: 1412310451⏎Context: <X16>⏎⏎
<msgr-response><ver>2</ver><utctime>1412224051</utctime><nonce><D17></nonce>
<sample-window>0</sample-window></msgr-response>""")
SEED_CONFIG = {"utc": 1412224051, "token": "R" * 412, "context": "X" * 16,
               "nonce": "D" * 17, "threads_allowed": False,
               "connect_nonce": "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"}


# The seed.

@case
async def answers_the_seed_byte_for_byte(t):
    server = t.msnweb_server(SEED_CONFIG)
    alice = Client(server.web_port, epid="{006213cd-00b8-7e9c-0022-"
                                         "df0d0013802a}")
    equal(alice.opening("U" * 264), SEED_REQUEST, "request")
    equal(len(SEED_REQUEST), 621, "length of the request")
    await alice.sign_in()
    response = await alice.open(SEED_REQUEST)
    equal(response.body, SEED_RESPONSE, "response")
    equal(response.field("Content-Length"), "959", "Content-Length")
    equal(response.field("Content-Type"), "application/x-msn-messenger",
          "Content-Type")
    contains(response.field("X-MSN-Messenger"), "SessionID=")
    contains(response.field("X-MSN-Messenger"), "; GW-IP=127.0.0.1:")
    equal(response.field("X-MSN-Host"), "127.0.0.1:%d" % server.web_port,
          "X-MSN-Host")
    equal(response.field("X-MSN-SessionTimeout"), "120", "timeout")
    equal(response.field("X-MSN-SkypeId"), "live:alice", "X-MSN-SkypeId")
    server.faultless()


@case
async def answers_the_sign_on_of_the_record(t):
    server = t.msnweb_server({"utc": 1412224051})
    alice = Client(server.web_port)
    await alice.sign_in()
    response = await alice.open()
    equal(response.body, exact("""
CNT 1 CON 126⏎⏎<connect-response><ver>2</ver><qostest>false</qostest>
<nonce>11111111-2222-3333-4444-555555555555</nonce></connect-response>
ATH 2 CON 130⏎⏎<auth-response><new-thread-allowed>true</new-thread-allowed>
<p2p-migration-allowed>false</p2p-migration-allowed></auth-response>
BND 3 CON 269⏎UtcTime: 1412224051⏎
Set-Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎
Registration-Token-Expiry: 1412310451⏎Context: 0011223344556677⏎⏎
<msgr-response><ver>2</ver><utctime>1412224051</utctime>
<nonce>12345678901234567</nonce><sample-window>0</sample-window>
</msgr-response>"""), "response")
    response = await alice.data(exact(r"""
PUT 4 MSGR\CHALLENGE 149⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
<challenge><appId>PROD0090YUAUV{2B</appId>
<response>74af7e589def6b43d8aad8c21a060902</response></challenge>
PUT 5 MSGR\PRESENCE 901⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
Routing: 1.0⏎To: 8:live:alice⏎
From: 8:live:alice;epid={aaaaaaaa-0000-4000-8000-000000000001}⏎⏎
Reliability: 1.0⏎⏎Publication: 1.0⏎Uri: /user⏎
Content-Type: application/user+xml⏎Content-Length: 652⏎⏎
<user><s n="IM"><Status>NLN</Status></s>
<sep n="IM" epid="{aaaaaaaa-0000-4000-8000-000000000001}">
<Capabilities>0:4194560</Capabilities></sep><s n="PE">
<FriendlyName>Alice &amp; co</FriendlyName><PSM>At the desk</PSM></s>
<sep n="PE" epid="{aaaaaaaa-0000-4000-8000-000000000001}"><VER>6.4.0.0</VER>
<TYP>11</TYP><Capabilities>0:0</Capabilities></sep>
<sep n="PD" epid="{aaaaaaaa-0000-4000-8000-000000000001}">
<EpName>laptop</EpName><ClientType>11</ClientType></sep>
<s n="SKP"><Mood>At the desk</Mood><Skypename>live:alice</Skypename></s>
<sep n="SKP" epid="{aaaaaaaa-0000-4000-8000-000000000001}">
<Version>24</Version><Seamless>true</Seamless></sep></user>
PUT 6 MSGR\SUBSCRIPTIONS 259⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
<subscribe><presence><buddies><all /></buddies></presence><messaging><im />
<conversations /></messaging><notifications><partners>
<partner>Hotmail</partner><partner>ABCH</partner></partners></notifications>
</subscribe>
PUT 7 MSGR\CONTACTS 227⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
<ml l="1"><skp><c n="live:bob" t="8"><s l="3" n="PE"/><s l="3" n="IM"/>
<s l="3" n="SKP"/><s l="3" n="PUB"/></c></skp><d n="example.com">
<c n="carol" t="1"><s l="3" n="IM"/></c></d></ml>"""))
    equal(response.body, exact("""
PUT 4 MSGR 29⏎Context: 0011223344556677⏎⏎
PUT 5 MSGR 184⏎Context: 0011223344556677⏎⏎
<presence-response><user><s n="IM"><Status>NLN</Status></s></user>
<from>8:live:alice;epid={aaaaaaaa-0000-4000-8000-000000000001}</from>
</presence-response>
PUT 6 MSGR 29⏎Context: 0011223344556677⏎⏎
PUT 7 MSGR 29⏎Context: 0011223344556677⏎⏎"""), "answers")
    services = server.do("user", name=ALICE)["services"]
    equal(services["PE"]["FriendlyName"], "Alice & co", "name")
    equal(server.do("user", name=ALICE)["status"], "NLN", "status")
    server.faultless()


# Signing in.

@case
async def signs_in_by_password(t):
    server = t.msnweb_server()
    for password in ("secret", "form", "stage2"):
        alice = Client(server.web_port)
        response = await alice.sign_in(password)
        if password == "stage2":
            page = response.body.decode()
            token = re.search(r'name="PPFT" id="i0327" value="([^"]*)"',
                              page)[1]
            opid = re.search(r"opid:'([^']*)'", page)[1]
            response = await alice.post("", token, opid=opid, type="28")
        equal(response.status, 200 if password == "form" else 302, "status")
        equal(alice.cookies["MSPAuth"], "auth-alice@example.com", "MSPAuth")
        equal(alice.cookies["WLSSC"], "wlssc-alice@example.com", "WLSSC")
        equal((await alice.open()).status, 200, "open")
    server.faultless()


@case
async def refuses_by_password(t):
    server = t.msnweb_server()
    wanted = {"2fa": "GetSessionState.srf", "captcha": "captcha",
              "garbage": "<html></html>", "proofs": "/proofs/",
              "otc": 'name="otc"', "again": "urlPost",
              "nonsense": "sErrTxt:'That password is incorrect.',"
                          "sErrorCode:'80041012'"}
    for password, text in wanted.items():
        alice = Client(server.web_port)
        response = await alice.sign_in(password)
        equal(response.status, 200, password)
        contains(response.body.decode(), text)
        lacks(alice.cookies, "MSPAuth")
        equal((await alice.open()).status, 403, "open")
    for password, where in (("tou", "https://account.live.com/tou/accrue"),
                            ("locked", "https://account.live.com/Abuse")):
        response = await Client(server.web_port).sign_in(password)
        contains(response.field("Location"), where)
    server.faultless()


@case
async def watches_the_form(t):
    server = t.msnweb_server()
    alice = Client(server.web_port)
    await alice.page()
    response = await alice.post("secret", "PPFT-9999")
    lacks(alice.cookies, "MSPAuth")
    equal(response.status, 200, "status")
    contains(server.do("violations")["violations"][0], "PPFT=PPFT-9999")


@case
async def gives_the_directory(t):
    server = t.msnweb_server()
    alice = Client(server.web_port)
    equal((await alice.get(ABCORE)).status, 400, "without cookies")
    await alice.sign_in()
    equal((await alice.get(ABCORE)).body.decode(),
          "<ab><persons><Person><id>p1</id><nickname>Bob</nickname><contacts>"
          "<Contact><sourceId>SKYPE</sourceId><objectId>live:bob</objectId>"
          "<isBlocked>false</isBlocked></Contact></contacts></Person><Person>"
          "<id>p2</id><orderedName>Carol</orderedName><contacts><Contact>"
          "<sourceId>WL</sourceId><domainTag>carol@example.com</domainTag>"
          "</Contact></contacts></Person></persons></ab>", "directory")
    response = await exchange(
        server.web_port, "POST", "/v1/User/Initialization",
        dict(alice.jar(), **{"Content-Type": "application/json"}),
        b'{"trouterurl":"https://","connectionid":"a"}')
    equal(response.body, b'{"MappingContainer": "dGVzdC11aWM%3D"}', "uic")
    server.faultless()


# Presence.

@case
async def shows_presence_as_the_record_has_it(t):
    server, alice = await online(t)
    bob = two(server)[1]
    await bob.sign_in()
    await bob.open()
    await bob.data(bob.challenge(), bob.presence(
        '<user><s n="IM"><Status>BSY</Status></s><s n="PE"><FriendlyName>Bob'
        '</FriendlyName><PSM>coding</PSM></s><s n="SKP"><Mood>coding</Mood>'
        '</s><sep n="IM" epid="%s"><Capabilities>0:4194560</Capabilities>'
        '</sep></user>' % BOB_EPID))
    came = await alice.wait(lambda one: one.target == "MSGR\\PUT")
    equal(came.line[:15], "NFY 0 MSGR\\PUT ", "line")
    contains(came.content, '<s n="IM"><Status>BSY</Status></s><s n="PE">'
             '<FriendlyName>Bob</FriendlyName><PSM>coding</PSM></s>')
    equal(came.header("From"), "%s;epid=%s" % (BOB, BOB_EPID), "From")
    await bob.data(bob.make("OUT", "CON"))
    left = await alice.wait(lambda one: one.target == "MSGR\\DEL")
    equal(cmd("NFY", 0, "MSGR\\DEL", left.payload), exact(r"""
NFY 0 MSGR\DEL 347⏎Context: 0011223344556677⏎⏎
Routing: 1.0⏎To: 8:live:alice⏎
From: 8:live:bob;epid={bbbbbbbb-0000-4000-8000-000000000002}⏎⏎
Reliability: 1.0⏎⏎Notification: 1.0⏎NotifNum: 0⏎Uri: /user⏎NotifType: Full⏎
Content-Type: application/user+xml⏎Content-Length: 83⏎⏎
<user><s n="IM"/><sep n="IM" epid="{bbbbbbbb-0000-4000-8000-000000000002}"/>
</user>"""), "departure")
    server.faultless()


@case
async def hides_who_is_hidden(t):
    server, alice = await online(t)
    bob = two(server)[1]
    await bob.sign_on()
    await alice.wait(lambda one: one.target == "MSGR\\PUT")
    await bob.data(bob.presence(
        '<user><s n="IM"><Status>HDN</Status></s></user>'))
    left = await alice.wait(lambda one: one.target == "MSGR\\DEL")
    equal(left.content, '<user><s n="IM"/></user>', "departure")
    equal(server.do("user", name=BOB)["visible"], False, "visible")
    server.faultless()


@case
async def knows_several_places(t):
    server, alice = await online(t)
    server.do("endpoint", name=ALICE, epid=BOB_EPID)
    place = await alice.wait(lambda one: one.target == "MSGR\\PUT"
                             and one.header("From").startswith(ALICE))
    contains(place.header("From"), BOB_EPID)
    server.do("say", sender=ALICE, to=BOB, text="sent from my phone")
    copy = await alice.wait(lambda one: one.verb == "SDG")
    equal((copy.header("To"), copy.header("From"), copy.header("Ack-Id")),
          (BOB, "%s;epid=%s" % (ALICE, BOB_EPID), None), "copy")
    await alice.data(alice.presence('<user><sep n="IM" epid="%s"/></user>' %
                                    BOB_EPID, "DEL"))
    equal(server.do("user", name=ALICE)["endpoints"], [EPID], "endpoints")
    server.faultless()


@case
async def sends_away_an_older_session(t):
    server, alice = await online(t)
    again = Client(server.web_port)
    await again.sign_on()
    out = await alice.poll()
    equal(out.body, exact("OUT 0 CON 21⏎⏎Signed in elsewhere"), "OUT")
    contains(out.field("X-MSN-Messenger"), "Session=close")
    equal((await alice.poll()).status, 400, "after the end")
    server.faultless()


# Messages.

@case
async def brings_messages_as_the_record_has_them(t):
    server, alice = await online(t)
    bob = two(server)[1]
    await bob.sign_on()
    alice.heard, bob.heard = [], []
    alice.trid = 8
    response = await alice.data(exact("""
SDG 9 MSGR 403⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
Routing: 1.0⏎To: 8:live:bob⏎
From: 8:live:alice;epid={aaaaaaaa-0000-4000-8000-000000000001}⏎⏎
Reliability: 1.0⏎⏎Messaging: 2.0⏎Client-Message-ID: 6065485300424671233⏎
Message-Type: Text⏎IM-Display-Name: Alice⏎
Content-Type: text/plain; charset=UTF-8⏎Content-Length: 27⏎
X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=0; PF=0⏎⏎
Hello, Bob – is it 5 < 6?"""))
    alice.trid = 9
    contains(response.body, exact("SDG 9 MSGR 29⏎Context: 0011223344556677"
                                  "⏎⏎"), "answer")
    text = await bob.wait(lambda one: one.verb == "SDG")
    equal(text.content, "Hello, Bob – is it 5 < 6?", "text")
    equal(text.header("Client-Message-ID"), "6065485300424671233", "id")
    contains(text.header("X-MMS-IM-Format"), "Segoe%20UI")
    ack = bob.ack(text.header("Ack-Id"))
    equal((await bob.data(ack)).body, b"ACK %d MSGR 2\r\n\r\n" % bob.trid,
          "answer to ACK")
    equal(server.do("user", name=BOB)["pending"], 0, "unacknowledged")
    await alice.data(exact("""
SDG 10 MSGR 260⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
Routing: 1.0⏎To: 8:live:bob⏎
From: 8:live:alice;epid={aaaaaaaa-0000-4000-8000-000000000001}⏎⏎
Reliability: 1.0⏎⏎Messaging: 2.0⏎Message-Type: Control/Typing⏎
Content-Type: Application/Message⏎Content-Length: 0⏎⏎"""), exact("""
SDG 11 MSGR 297⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
Routing: 1.0⏎To: 8:live:bob⏎
From: 8:live:alice;epid={aaaaaaaa-0000-4000-8000-000000000001}⏎⏎
Reliability: 1.0⏎⏎Messaging: 2.0⏎Client-Message-ID: 6065485300424671301⏎
Message-Type: Nudge⏎Content-Type: text/x-msnmsgr-datacast⏎
Content-Length: 2⏎⏎⏎"""))
    for kind in ("Control/Typing", "Nudge"):
        one = await bob.wait(lambda one: one.verb == "SDG")
        equal((one.header("Message-Type"), one.header("Ack-Id")),
              (kind, None), "control")
    equal([one for one in server.do("violations")["violations"]
           if "transaction" not in one], [], "violations")


@case
async def keeps_messages_for_later(t):
    server, alice = await online(t)
    bob = two(server)[1]
    await alice.data(alice.message(BOB, "for later", 1))
    refused = await alice.data(alice.message(CAROL, "not there", 2),
                               alice.message("8:live:zoe", "who?", 3))
    equal([one.verb for one in refused.commands], ["217", "205"], "errors")
    await bob.sign_on()
    text = await bob.wait(lambda one: one.verb == "SDG")
    equal((text.content, text.header("Service-Channel")),
          ("for later", "IM/Offline"), "stored message")
    # Not acknowledged: it comes again, and is the same.
    server.do("lose-session", name=BOB)
    await bob.reopen()
    again = await bob.wait(lambda one: one.verb == "SDG")
    equal(again.header("Message-ID"), text.header("Message-ID"), "id")
    equal(again.header("Client-Message-ID"), "1", "id")
    await bob.data(bob.ack(again.header("Ack-Id")))
    await bob.reopen()
    await bob.poll(3)
    equal([one for one in bob.heard if one.verb == "SDG"], [], "once more")
    server.faultless()


@case
async def answers_what_was_said_before(t):
    server, alice = await online(t)
    server.do("say", sender=BOB, to=ALICE, text="ping <1>", client_id="77")
    response = await alice.data(alice.make(
        "GET", "MSGR\\RECENTCONVERSATIONS", "<recentconversations><start>0"
        "</start><pagesize>100</pagesize></recentconversations>"))
    body = [one for one in response.commands if one.verb == "GET"][0].content
    contains(body, "<recentconversations-response><conversations>"
             "<conversation><id>8:live:bob</id><messages><message>"
             "<messageid>")
    contains(body, "<from>8:live:bob</from><messagetype>Text</messagetype>"
             "<content>ping &lt;1&gt;</content><clientmessageid>77"
             "</clientmessageid></message>")
    server.faultless()


@case
async def leads_threads(t):
    server, alice = await online(t)
    server.do("account", name="dora@example.com", skype="live:dora",
              bot="quiet")
    bob = two(server)[1]
    await bob.sign_on()
    alice.trid = 13
    response = await alice.data(exact(r"""
PUT 14 MSGR\THREAD 200⏎Registration: UmVnaXN0cmF0aW9uLTAwMDE=⏎⏎
<thread><id></id><members><member><mri>8:live:alice</mri><role>admin</role>
</member><member><mri>8:live:bob</mri><role>user</role></member></members>
</thread>"""))
    thread = "19:%032x@thread.skype" % 1
    contains(response.body, exact("PUT 14 MSGR 103⏎Context: 00112233445566"
                                  "77⏎⏎<thread><id>%s</id></thread>" %
                                  thread))
    alice.trid = 14
    snapshot = await bob.wait(lambda one: one.target == "MSGR\\THREAD")
    contains(snapshot.content, "<member><mri>8:live:bob</mri><role>user"
             "</role></member>")
    event = await bob.wait(lambda one: one.verb == "SDG")
    equal((event.header("Message-Type"), event.header("From")),
          ("ThreadActivity/AddMember", thread), "event")
    refused = await bob.data(bob.make(
        "PUT", "MSGR\\THREAD", "<thread><id>%s</id><members><member><mri>"
        "8:live:dora</mri><role>user</role></member></members></thread>" %
        thread))
    equal(refused.commands[0].verb, "420", "added by no admin")
    await bob.data(bob.message(thread, "noon?", 9))
    said = await alice.wait(lambda one: one.verb == "SDG" and one.header(
        "Message-Type") == "Text")
    equal((said.header("To"), said.content), (thread, "noon?"), "message")
    server.do("thread-change", name=ALICE, thread=thread, topic="Lunch",
              add=["dora@example.com"])
    topic = await bob.wait(lambda one: one.verb == "SDG" and one.header(
        "Message-Type") == "ThreadActivity/TopicUpdate")
    contains(topic.content, "<initiator>8:live:alice</initiator><value>Lunch"
             "</value></topicupdate>")
    await bob.data(bob.make(
        "DEL", "MSGR\\THREAD", "<thread><id>%s</id><members><member><mri>"
        "8:live:bob</mri></member></members></thread>" % thread))
    left = await bob.wait(lambda one: one.verb == "SDG" and one.header(
        "Message-Type") == "ThreadActivity/DeleteMember")
    contains(left.content, "<target>8:live:bob</target>")
    equal(server.do("rooms")["rooms"][0]["members"],
          {"8:live:alice": "admin", "8:live:dora": "user"}, "members")
    equal([one for one in server.do("violations")["violations"]
           if "transaction" not in one], [], "violations")


# The gateway.

@case
async def holds_polls(t):
    server, alice = await online(t)
    task = asyncio.create_task(alice.poll())
    await meanwhile(server, "sessions", {"polling": 1})
    server.do("say", sender=BOB, to=ALICE, text="now")
    response = await asyncio.wait_for(task, 20)
    contains(response.body, b"now")
    server.do("nolongpoll")
    equal((await alice.poll()).body, b"", "empty answer")
    server.do("nolongpoll", on=False)
    first = asyncio.create_task(alice.poll())
    await meanwhile(server, "sessions", {"polling": 1})
    second = asyncio.create_task(alice.poll())
    equal((await asyncio.wait_for(first, 20)).body, b"", "the older poll")
    equal(server.do("violations")["count"], 1, "violations")
    response = await alice.data(alice.make("OUT", "CON"))
    equal(response.body, b"", "answer to OUT")
    for one in (response, await asyncio.wait_for(second, 20)):
        equal(one.status, 200, "status")
        contains(one.field("X-MSN-Messenger"), "Session=close")
    equal(server.do("user", name=ALICE)["online"], False, "online")


@case
async def ends_what_is_malformed_or_too_much(t):
    server, alice = await online(t)
    equal((await alice.data(b"PUT x\r\n")).status, 400, "malformed")
    equal((await alice.poll()).status, 400, "afterwards")
    await alice.reopen()
    server.do("delay", next="data", ms=400)
    first = asyncio.create_task(alice.data(alice.message(BOB, "one", 1)))
    await meanwhile(server, {"do": "commands", "stage": "SDG",
                             "direction": ">"}, {"count": 1})
    second = await alice.data(alice.message(BOB, "two", 2))
    equal((second.status, (await first).status), (400, 400), "overlap")
    await alice.reopen()
    server.do("strict")
    poll = asyncio.create_task(alice.poll())
    await meanwhile(server, "sessions", {"polling": 1})
    equal((await alice.data(alice.message(BOB, "three", 3))).status, 400,
          "data while a poll is held")
    equal((await poll).status, 400, "the poll")
    equal(server.do("web")["overlaps"], 1, "overlaps")
    found = server.do("violations")["violations"]
    equal(len(found), 2, "violations")
    contains(found[0], "malformed")
    contains(found[1], "two data requests")


@case
async def demands_the_registration_token(t):
    server, alice = await online(t)
    token, alice.token = alice.token, None
    refused = await alice.data(alice.message(BOB, "one", 1))
    equal(refused.commands[0].verb, "302", "without a token")
    contains(server.do("violations")["violations"][0], "registration None")
    server.do("forgive")
    alice.token = token
    ping = await alice.data(alice.make("PNG", "CON"))
    contains(ping.body, exact("Set-Registration: UmVnaXN0cmF0aW9uLTAwMDI=⏎⏎"
                              "<ping-response><wait>45</wait>"
                              "</ping-response>"))
    contains(server.do("violations")["violations"][0], "PNG too soon")
    server.do("forgive")
    equal(alice.token, "UmVnaXN0cmF0aW9uLTAwMDI=", "new token")
    server.do("expire-token", name=ALICE)
    refused = await alice.data(alice.message(BOB, "one", 1))
    equal(refused.commands[0].verb, "302", "with a stale one")
    server.faultless()


@case
async def demands_the_challenge(t):
    server = t.msnweb_server()
    alice = Client(server.web_port)
    await alice.sign_in()
    await alice.open()
    response = await alice.data(alice.challenge("666"))
    equal(response.body, exact("540 4 MSGR 18⏎⏎Challenge failed"), "540")
    contains(response.field("X-MSN-Messenger"), "Session=close")
    server.do("forgive")
    server.do("nochallenge")
    equal(b"<nonce>" in (await alice.open()).body.partition(b"BND")[2],
          False, "nonce")
    server.faultless()


@case
async def refuses_early_commands(t):
    server = t.msnweb_server()
    alice = Client(server.web_port)
    await alice.sign_in()
    connect = alice.opening()[:129]
    await alice.open(connect)
    alice.trid = 1
    response = await alice.data(alice.make("PNG", "CON"),
                                alice.make("PUT", "MSGR\\PRESENCE"))
    equal([one.line.rpartition(" ")[0] for one in response.commands],
          ["302 2 CON", "302 3 MSGR"], "errors")


@case
async def replays_a_repeated_request(t):
    server, alice = await online(t)
    bob = two(server)[1]
    await bob.sign_on()
    server.do("drop", next="data", when="after")
    body = alice.message(BOB, "once", 1)
    equal(await alice.data(body), None, "hung up")
    response = await alice.data(body)
    contains(response.body, b"SDG %d MSGR 29" % alice.trid)
    await bob.wait(lambda one: one.verb == "SDG")
    equal(server.do("web")["replays"], 1, "replays")
    equal(server.do("commands", name=BOB, stage="SDG",
                    direction="<")["count"], 1, "messages")
    server.faultless()


@case
async def notices_what_is_sent_twice(t):
    server, alice = await online(t)
    await alice.data(alice.message(BOB, "x", 5))
    await alice.data(alice.message(BOB, "x", 5))
    contains(server.do("violations")["violations"][0], "sent twice")


if __name__ == "__main__":
    main()
