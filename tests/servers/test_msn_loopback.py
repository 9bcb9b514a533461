#!/usr/bin/env python3
"""The loopback MSN server's personalities, faults, people and load."""

import asyncio
import re
import urllib.parse

# It also makes the others to be found.
from msn_world import (CONTACT, FOREIGN, USERS, leave_message, local, refused,
                       settle)
from common import http
from msn import des, faults, tickets, wire
from msn_client import (Client, Connection, TEXT_HEAD, Web, elements, proof,
                        rst_body, texts)
from tap import case, contains, equal, lacks, main, skip

MS = {"personality": "ms"}


def one_user(**more):
    email, password, nick = USERS[0]
    return [dict(name=email, password=password, nick=nick, **more)] + [
        {"name": email, "password": password, "nick": nick}
        for email, password, nick in USERS[1:]]


@case
async def sends_on_from_the_dispatch_server(t):
    world = local(t, MS)
    for version, tail in ((2, ""), (5, " 0"), (8, " 0 ADDR"), (15, " U D")):
        one = world.user(0)
        await one.connect(world.host, world.server.dispatch_port)
        await one.greet(version)
        if version < 8:
            await one.ask("INF")
        line = await one.begin()
        place = "127.0.0.1:%d" % world.port
        want = "XFR %s NS %s%s" % (line.words[1], place, tail.replace(
            "ADDR", "127.0.0.1:%d" % world.server.dispatch_port))
        equal(line.text, want, "MSNP%d" % version)
        await one.closed()
    for version in (2, 8, 12, 15, 18):
        one = world.user(0)
        await one.sign_on(world.host, world.server.dispatch_port, version)
        one.close()


@case
async def wants_lock_step(t):
    world = local(t, MS)
    one = world.user(0)
    await one.connect(world.host, world.port)
    one.send("VER 1 MSNP12 CVR0")
    one.send("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5 msmsgs x@example.com")
    await one.wait("715 1")
    await one.closed()
    two = world.user(0)
    await two.connect(world.host, world.port)
    await two.ask("VER", "MSNP12", "CVR0")
    two.send("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5 msmsgs " + two.email)
    two.send("USR 3 TWN I " + two.email)
    await two.wait("USR 3 TWN S lc=1033,")


@case
async def wants_its_arguments_back(t):
    world = local(t, MS)
    one = world.user(0)
    await refused(401, one.log_in("lc=1033,id=507"))
    await one.connect(world.host, world.port)
    await one.greet(12)
    await one.begin()
    await one.fetch_tokens("?id=507")
    await refused(911, one.ask("USR", "TWN", "S",
                               one.tokens["messenger.msn.com"][0]))
    await one.closed()
    await world.client(0, 12)
    await world.client(0, 9)


@case
async def bears_what_old_clients_send(t):
    world = local(t, MS)
    one = world.user(0)
    status, _, body = await one.web.ask(
        "POST", "//RST.srf", rst_body(one.email, one.password))
    equal(status, 200, "status")
    contains(body.decode(), 'Id="Compact1"')
    one.guid = one.guid.strip("{}")
    await one.sign_on(world.host, world.port)


@case
async def asks_challenges(t):
    world = local(t, MS)
    one = await world.client(0, 15)
    await one.wait("CHL 0 ")
    await refused(540, one.ask("QRY", "PROD0119GSJUC$18", payload=b"0" * 32))
    await one.closed()
    for version, product in ((8, "msmsgs@msnmsgr.com"),
                             (12, "PROD0090YUAUV{2B")):
        two = await world.client(1, version)
        line = await two.wait("CHL 0 ")
        await two.ask("QRY", product, payload=wire.challenge_answer(
            version, line.words[2], product).encode())
        two.close()


@case
def computes_what_the_vectors_say(t):
    equal(wire.challenge_answer(8, "15570131571988941333",
                                "msmsgs@msnmsgr.com"),
          "8f2f5a91b72102cd28355e9fc9000d6e", "MSNP8")
    for challenge, answer in (
            ("22210219642164014968", "85ecb0db8f32113df79ce0892b9a102c"),
            ("36819795137093047918", "e7ad3cb09d3e9e4e7c720175984809e9"),
            ("14494180082586329971", "4e11d4cd56a65bdf04f60aa133db7ebc")):
        equal(wire.challenge_answer(12, challenge, "PROD0090YUAUV{2B"),
              answer, challenge)
    equal(wire.challenge_answer(15, "237191752526424888127371168",
                                "PROD0113H11T8$X_"),
          "65b6b623c649c25629af048d34066040", "27 digits")
    equal(wire.challenge_answer(15, "1850937852", "PROD0119GSJUC$18"),
          "844559b18ac25f3affb9281fd729203c", "10 digits")
    equal(wire.md5_answer("1234567890.123456789", "password"),
          "f59af8f2fa91d38aff7c870c17f99903", "MD5")
    nonce = "A" * 63 + "="
    blob = ("HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA7XgT5ohvaZdoXdrW"
            "UUcMF2G8OK2JohyYcK5l5MJSitab33scxJeK/RQXcUr0L+R2ZA9CEAzn0izmUzSM"
            "p2LZdxSbHtnuxCmptgtoScHp9E26HjQVkA9YJxgK/HM=")
    equal(proof(bytes(23), nonce), blob, "openssl's blob")
    holder = tickets.Tickets(None)
    ticket = holder.issue(None, 100)
    ticket.secret = bytes(23)
    equal(holder.proves(ticket, nonce, blob), True, "the blob")
    equal(holder.proves(ticket, nonce, blob[:-6] + "AAAAA="), False,
          "another blob")
    equal(des.encrypt(bytes(range(24)), bytes(8), bytes(8)).hex(),
          "894bc3085426a441", "triple DES")


@case
async def wants_an_address_book_first(t):
    world = local(t, dict(MS, accounts=one_user(fresh=True)))
    one = await world.client(0, 15)
    status, root = await one.soap("ABFindAll", "<deltasOnly>false"
                                  "</deltasOnly>",
                                  ticket=one.tokens["contacts.msn.com"][0])
    equal((status, texts(root, "errorcode")), (500, ["ABDoesNotExist"]),
          "before")
    status, _ = await one.soap("ABAdd", "<abInfo><name/></abInfo>")
    equal(status, 200, "ABAdd")
    status, root = await one.soap("ABFindAll")
    equal((status, texts(root, "contactType")), (200, ["Me"]), "after")


@case
async def shows_whom_adl_names(t):
    world = local(t, dict(MS, accounts=one_user(
        groups={"": ["bob@example.com"]})))
    two = await world.online(1, 15)
    one = await world.client(0, 15)
    await one.change()
    await settle(one)
    lacks(" ".join(one.texts()), "ILN", "before ADL")
    await one.ask("ADL", payload=b'<ml l="1"><d n="example.com"><c n="bob" '
                  b'l="3" t="1"/></d></ml>')
    await two.change("BSY")
    await one.wait("NLN BSY bob@example.com 1 ")


@case
async def is_strict_about_lists(t):
    world = local(t, MS)
    one = await world.client(0, 12)
    await one.ask("SYN", "0", "0")
    await one.ask("ADC", "FL", "N=bob@example.com", "F=x")
    await refused(215, one.ask("ADC", "FL", "N=bob@example.com", "F=x"))
    await one.ask("ADC", "AL", "N=bob@example.com")
    await refused(219, one.ask("ADC", "BL", "N=bob@example.com"))
    await refused(216, one.ask("REM", "BL", "bob@example.com"))
    await refused(230, one.ask("RMG", "0"))
    late = await world.client(0, 15)
    _, root = await late.soap("ABContactAdd", CONTACT % "bob@example.com")
    equal(texts(root, "errorcode"), ["ContactAlreadyExists"], "again")


@case
async def says_when_nobody_listens(t):
    world = local(t, MS)
    one = await world.online(0, 12)
    line = await one.ask("XFR", "SB")
    board = await Connection().connect(*one.place(line.words[3]))
    await board.ask("USR", one.email, line.words[5])
    board.send("MSG 9 A", (TEXT_HEAD + "alone").encode())
    await board.wait("NAK 9")
    for _ in range(9):
        await one.ask("XFR", "SB")
    await refused(800, one.ask("XFR", "SB"))


@case
async def changes_the_names_of_gateway_sessions(t):
    world = local(t, MS)
    web, target = Web(world.url), "/gateway/gateway.dll?"
    _, fields, _ = await web.ask(
        "POST", target + "Action=open&Server=NS&IP=x", b"VER 1 MSNP12\r\n")
    first = re.match("SessionID=([0-9.]+); GW-IP=([^;]*)$",
                     fields["X-MSN-Messenger"])
    contains(first[2], "127.0.0.1:", "GW-IP")
    status, fields, _ = await web.ask(
        "POST", target + "Action=poll&SessionID=" + first[1], b"")
    second = re.match("SessionID=([0-9.]+)", fields["X-MSN-Messenger"])
    if first[1] == second[1]:
        raise AssertionError("the id stays")
    status, _, _ = await web.ask(
        "POST", target + "Action=poll&SessionID=" + first[1], b"")
    equal(status, 400, "old id")
    status, fields, _ = await web.ask(
        "POST", target + "SessionID=" + second[1], b"OUT\r\n")
    contains(fields["X-MSN-Messenger"], "Session=close")


@case
def knows_its_faults(t):
    described = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+|[a-z]+",
                               faults.__doc__))
    for name in faults.NAMED:
        made = faults.made({"fault": name, "times": 1})
        contains(described, made.fault, name)
    for name in (*faults.OUTGOING, *faults.ARRIVING, *http.FAULTS):
        if name not in ("web-error", "http-xml"):
            contains(described, name, "what is described")


# Named faults that a sign-on with a version runs into, and what it is told.
SIGN_ON_FAULTS = [
    ("server-busy", 12, 910), ("server-down", 8, 600), ("bad-ticket", 18, 911),
    ("bad-ticket-928", 12, 928), ("no-consent", 12, 923),
    ("not-confirmed", 12, 924), ("suspended", 12, 927),
    ("wrong-server", 12, 931), ("version-refused", 12, "VER"),
    ("login-down", 8, 500), ("rst-down", 12, 503), ("wrong-password", 8, 401),
    ("no-such-account", 12, "fault"), ("blocked-account", 9, 401),
    ("bad-ticket", 7, 911), ("foreign-rst-redirect", 15, "redirect")]


@case(seconds=240)
async def fails_sign_ons_by_name(t):
    world = local(t)
    for name, version, code in SIGN_ON_FAULTS:
        world.server.do("fault", fault=name, times=1)
        error = await refused(code, world.client(0, version))
        if name == "blocked-account":
            contains(str(error), "failed-noretry")
            contains(urllib.parse.unquote(str(error)), "is blocked")
        (await world.client(0, version)).close()
    world.server.do("fault", fault="nexus-down", times=1)
    status, _, _ = await Web(world.url).ask("GET", "/rdr/pprdr.asp")
    equal(status, 503, "nexus")
    world.server.do("fault", fault="login-redirect", times=3)
    (await world.client(0, 8)).close()
    equal(world.server.do("web", stage="login")["requests"][-1]["path"],
          "/login2.srf", "end of the chain")


@case
async def fails_soap_by_name(t):
    world = local(t)
    one = await world.online(0, 15)
    for code in ("ABDoesNotExist", "QuotaLimitReached", "PassportAuthFail",
                 "FullSyncRequired"):
        world.server.do("fault", fault=code, stage="ABFindAll", times=1)
        _, root = await one.soap("ABFindAll", "<abView>Full</abView>")
        equal(texts(root, "errorcode"), [code], "code")
        status, _ = await one.soap("ABFindAll", "<abView>Full</abView>")
        equal(status, 200, "after it")
    world.server.do("fault", fault="forbidden-soap", times=1)
    status, _ = await one.soap("ABFindAll", "<abView>Full</abView>")
    equal(status, 403, "forbidden")
    world.server.do("fault", fault="SenderThrottleLimitExceeded", times=1)
    _, body = await leave_message(one, USERS[1][0], "x")
    contains(body, "q0:SenderThrottleLimitExceeded")
    world.server.do("fault", fault="token-fault", text="contacts.msn.com")
    await refused("fault", one.fetch_tokens())


@case
async def forgets_gateway_sessions_that_are_silent(t):
    world = local(t, {"traits": {"gateway_seconds": 0.5}})
    web, target = Web(world.url), "/gateway/gateway.dll?"
    _, fields, _ = await web.ask(
        "POST", target + "Action=open&Server=NS&IP=x", b"VER 1 MSNP12\r\n")
    name = re.search("SessionID=([^;]*)", fields["X-MSN-Messenger"])[1]
    await asyncio.to_thread(
        world.server.wait_for, {"do": "connections", "kind": "ns"},
        {"open": 0, "total": 1})
    status, _, _ = await web.ask(
        "POST", target + "Action=poll&SessionID=" + name, b"")
    equal(status, 400, "status")


@case
async def says_what_it_is_told_over_http(t):
    world = local(t, {"preferred_host": "attacker.invalid",
                      "gateway_host": "attacker.invalid:80",
                      "switchboard_host": "192.0.2.1:1863"})
    one = await world.online(0, 15)
    _, root = await one.soap("ABFindAll", "<abView>Full</abView>")
    equal(texts(root, "PreferredHostName"), ["attacker.invalid"], "host")
    world.server.do("fault", fault="http-swap", stage="ABFindAll",
                    text="<contacts>.*</contacts>=>", times=1)
    _, root = await one.soap("ABFindAll", "<abView>Full</abView>")
    equal(texts(root, "contactId"), [], "contacts")
    world.server.do("fault", fault="http-continue", bytes=3, times=1)
    status, _ = await one.soap("ABFindAll", "<abView>Full</abView>")
    equal(status, 200, "after being told to continue")
    world.server.do("fault", fault="http-body", text="<a>", times=1)
    equal(await one.soap("ABFindAll", "<abView>Full</abView>"), (200, None),
          "answer")
    line = await one.ask("XFR", "SB")
    equal(line.words[3], "192.0.2.1:1863", "switchboard")
    _, fields, _ = await one.web.ask(
        "POST", "/gateway/gateway.dll?Action=open&Server=NS&IP=x", b"")
    contains(fields["X-MSN-Messenger"], "GW-IP=attacker.invalid:80")


@case
async def fails_conversations_by_name(t):
    world = local(t, {"accounts": one_user() + [
        {"name": "echo@example.com", "bot": "echo"}]})
    one = await world.online(0, 12)
    for name, code in (("throttled", 800), ("no-switchboard", 280),
                       ("hidden", 913)):
        world.server.do("fault", fault=name, times=1)
        await refused(code, one.ask("XFR", "SB"))
    for name, code in (("not-online", 217), ("already-there", 215),
                       ("too-active", 713), ("bad-cookie", 911)):
        world.server.do("fault", fault=name, times=1)
        await refused(code, one.call("echo@example.com"))
    board, _ = await one.call("echo@example.com")
    await board.wait("JOI")
    world.server.do("fault", fault="nak", times=1)
    board.send("MSG 9 A", (TEXT_HEAD + "x").encode())
    await board.wait("NAK 9")
    world.server.do("fault", fault="length", stage="MSG", text="-1",
                    where="sb", times=1)
    board.send("MSG 10 A", (TEXT_HEAD + "x").encode())
    await board.wait("MSG echo@example.com echo@example.com -1")
    world.server.do("fault", fault="switchboard-drops", times=1)
    board.send("MSG 11 A", (TEXT_HEAD + "x").encode())
    await board.closed()


@case
async def fails_sessions_by_name(t):
    world = local(t)
    for name, want in (("signed-on-elsewhere", "OUT OTH"),
                       ("shutting-down", "OUT SSD")):
        one = await world.online(0, 12)
        world.server.do("fault", fault=name, times=1)
        one.send("PNG")
        await one.wait(want)
        await one.closed()
    world.server.do("fault", fault="cut-at", bytes=20, where="ns", times=1)
    one = world.user(0)
    await one.connect(world.host, world.port)
    one.send("VER 1 MSNP12 CVR0")
    one.send("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5 msmsgs x@example.com")
    await one.closed()
    equal(one.texts(), ["VER 1 MSNP12"], "lines before the cut")
    world.server.do("fault", fault="xfr-ns", address="127.0.0.2:1",
                    times=1)
    two = world.user(1)
    await two.connect(world.host, world.port)
    await two.greet(12)
    line = await two.begin()
    equal(line.words[2:4], ["NS", "127.0.0.2:1"], "redirect")
    world.server.do("fault", fault="session-lost", times=1)
    web = Web(world.url)
    _, fields, _ = await web.ask(
        "POST", "/gateway/gateway.dll?Action=open&Server=NS&IP=x",
        b"VER 1 MSNP12\r\n")
    name = re.search("SessionID=([^;]*)", fields["X-MSN-Messenger"])[1]
    status, _, _ = await web.ask(
        "POST", "/gateway/gateway.dll?Action=poll&SessionID=" + name, b"")
    equal(status, 400, "lost")


@case
async def has_people_to_talk_to(t):
    world = local(t, {"accounts": one_user(groups={"Friends": [
        "echo@example.com", "mia@example.com"]}) + [
            {"name": "echo@example.com", "bot": "echo", "nick": "Echo"},
            {"name": "mia@example.com", "bot": "moody", "nick": "Mia"}]})
    one = await world.client(0, 18)
    await one.ask("ADL", payload=b'<ml l="1"></ml>')
    await one.change()
    await one.wait("NLN NLN 1:echo@example.com Echo ")
    board, _ = await one.call("echo@example.com")
    await board.wait("JOI echo@example.com")
    board.send("MSG 3 A", (TEXT_HEAD + "h\u00e9llo").encode())
    await board.wait("ACK 3")
    line = await board.wait("MSG echo@example.com Echo ")
    contains(line.body, "text/x-msmsgscontrol")
    line = await board.wait("MSG echo@example.com Echo ")
    equal(line.body, TEXT_HEAD + "h\u00e9llo", "echo")
    board.send("MSG 4 N", b"MIME-Version: 1.0\r\nContent-Type: "
               b"text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n")
    line = await board.wait("MSG")
    contains(line.body, "ID: 1")
    board.send("MSG 5 A", (TEXT_HEAD + "invite mia@example.com").encode())
    await board.wait("JOI mia@example.com")
    board.send("MSG 6 A", (TEXT_HEAD + "busy").encode())
    await one.wait("NLN BSY 1:mia@example.com")
    got = world.server.wait_for({"do": "received", "name": "mia@example.com"},
                                {"messages": {"any": {"text": "busy"}}})
    equal(len(got["messages"][0]["members"]), 3, "people there")
    world.server.do("leave-rooms", name="mia@example.com")
    await board.wait("BYE mia@example.com")
    board.send("OUT")
    await board.closed()
    world.server.wait_for("rooms", {"rooms": {"count": 0}})


@case
async def keeps_lists_between_runs(t):
    if FOREIGN:
        skip("only for the loopback server")
    config = {"state": str(t.directory() / "state.json"),
              "accounts": one_user()}
    server = t.msn_server(config)
    server.do("put", name=USERS[0][0], on="FL", who=USERS[1][0])
    server.do("leave-message", sender=USERS[0][0], to=USERS[1][0],
              text="later")
    before = server.do("list", name=USERS[0][0])
    equal(server.stop(), 0, "exit status")
    again = t.msn_server(config)
    equal(again.do("list", name=USERS[0][0])["contacts"],
          before["contacts"], "contacts")
    equal([one["text"] for one in again.do(
        "stored", name=USERS[1][0])["messages"]], ["later"], "messages")


@case
async def has_the_world_of_run(t):
    if FOREIGN:
        skip("only for the loopback server")
    server = t.msn_server(None, ["--demo"])
    one = t.closing(Client("demo@example.net", "demo", Web(
        "http://127.0.0.1:%d" % server.web_port)))
    await one.sign_on("127.0.0.1", server.port, 15)
    await one.ask("ADL", payload=b'<ml l="1"></ml>')
    await one.change()
    await one.wait("ILN [0-9]+ AWY quinn@example.net ")
    _, root = await one.soap("ABFindAll", "<abView>Full</abView>")
    equal(texts(root, "name"), ["Friends", "Work"],
          "groups")
    equal(sorted(one.rpartition("@")[0] for one in
                 texts(root, "passportName")),
          ["demo", "echo", "emi", "mia", "quinn", "sam"], "contacts")
    server.faultless()


@case
async def calls_those_who_are_there(t):
    world = local(t, {"accounts": one_user() + [
        {"name": "echo@example.com", "bot": "quiet", "nick": "Echo"}]})
    one = await world.online(0, 15)
    loop = asyncio.get_running_loop()
    said = loop.run_in_executor(None, lambda: world.server.do(
        "say", **{"from": "echo@example.com", "to": one.email,
                  "text": "ping {n}", "times": 2}))
    board = await one.answer()
    for number in range(2):
        line = await board.wait("MSG echo@example.com")
        contains(line.body, "ping %d" % number)
    await said


@case
async def gives_long_lists(t):
    world = local(t)
    world.server.do("fill", name=USERS[0][0], count=10000, online=300)
    one = await world.client(0, 12)
    await one.ask("SYN", "0", "0")
    await one.wait("LST N=buddy09999@")
    await one.change()
    await settle(one)
    equal(sum(line.name == "ILN" for line in one.lines), 300, "online")
    late = await world.client(0, 15)
    status, root = await late.soap("ABFindAll", "<abView>Full</abView>")
    equal(len(elements(root, "Contact")), 10001, "contacts")


@case
async def tortures(t):
    world = local(t, {"accounts": one_user() + [
        {"name": "echo@example.com", "bot": "echo"}]})
    one = await world.online(0, 12)
    board, _ = await one.call("echo@example.com")
    for kind in ("ns", "sb"):
        told = world.server.do("torture", name=one.email, kind=kind)
        if told["count"] < 30:
            raise AssertionError("only %d" % told["count"])
    await board.wait("USR 0 OK")
    await one.wait("SBS")


if __name__ == "__main__":
    main()
