#!/usr/bin/env python3
"""The loopback MSN server, seen by an independent client.

These cases also run against another server that behaves like Escargot: set
TEST_MSN_SERVER to host:port, TEST_MSN_WEB to the URL of its HTTP side, and
TEST_MSN_USERS to two accounts with empty lists, as
address:password:nick,address:password:nick.
"""

import asyncio
import base64
import re

# It also makes the others to be found.
from msn_world import (CONTACT, FOREIGN, World, fetch, leave_message, member,
                       refused, settle)
from msn_client import (Connection, Refused, TEXT_HEAD, Web, elements, proof,
                        rst_body, texts)
from tap import case, contains, equal, lacks, main


async def befriend(world, number, version=12):
    """Puts the other user on the list of user @number; returns to undo it."""
    one = await world.client(number, version)
    other = world.users[1 - number][0]
    await one.ask("SYN", "0", "0")
    line = await one.ask("ADC", "FL", "N=" + other, "F=" + other)
    await one.ask("ADC", "AL", "N=" + other)
    await written()
    one.close()
    return re.search("C=([^ ]+)", line.text)[1]


async def forget(client, email, role):
    status, _ = await client.soap("DeleteMember", member(role, email),
                                  "SharingService")
    equal(status, 200, "status")


async def written():
    """Waits until a list is kept: Escargot does that every second."""
    if FOREIGN:
        await asyncio.sleep(1.5)


# Any server.

@case
async def signs_on_with_every_version(t):
    world = World(t)
    for version in range(2, 19):
        one = await world.client(0, version)
        line = [line for line in one.lines if " OK " in line.text][0]
        nick = " <nickA>" if version < 10 else ""
        flags = "" if version < 6 else " 1" if version < 8 else " 1 0"
        equal(re.sub(r"^USR \d+ ", "", line.text),
              world.fill("OK <A>%s%s" % (nick, flags)), "MSNP%d" % version)
        profile = await one.wait("MSG Hotmail Hotmail ")
        contains(profile.body, "Content-Type: text/x-msmsgsprofile")
        one.close()


@case
async def repeats_the_transcript_of_msnp7(t):
    world = World(t)
    await befriend(world, 0)
    one = await world.client(0, 7)
    await one.wait("MSG")
    start = len(one.lines)
    one.send("SYN 5 0")
    one.send("CHG 6 NLN")
    one.send("CVR 7 0x0409 win 4.0 i386 MSMSGS 4.7.2009")
    await one.wait("CVR")
    lines = one.texts()[start:]
    await unfriend(world, 0)
    world.transcript(lines, """
SYN 5 1
GTC 5 1 A
BLP 5 1 AL
LSG 5 1 1 1 0 Other%20Contacts 0
LST 5 FL 1 1 1 <B> <ANY> 0
LST 5 AL 1 1 1 <B> <ANY>
LST 5 BL 1 0 0
LST 5 RL 1 0 0
CHG 6 NLN
CVR 7 4.7.2009 4.7.2009 4.7.2009 <URL> <URL>
""")


async def unfriend(world, number):
    """Takes everything back that befriend() did."""
    one = await world.client(number, 12)
    other = world.users[1 - number][0]
    await one.ask("SYN", "0", "0")
    try:
        line = await one.wait("LST N=%s " % re.escape(other), 3)
        found = re.search("C=([^ ]+)", line.text)
        if found:
            await one.ask("REM", "FL", found[1])
        await one.ask("REM", "AL", other)
    except (AssertionError, Refused):
        pass
    await written()
    one.close()


@case
async def repeats_the_transcript_of_msnp12_in_one_flight(t):
    world = World(t)
    await befriend(world, 0)
    one = world.user(0)
    await one.fetch_tokens("?id=507")
    await one.connect(world.host, world.port)
    one.send("VER 1 MSNP12 CVR0")
    one.send("CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 7.5.0324 msmsgs "
             + one.email)
    one.send("USR 3 TWN I " + one.email)
    one.send("USR 4 TWN S " + one.tokens["messenger.msn.com"][0])
    one.send("SYN 5 0 0")
    one.send("CHG 6 NLN 0")
    one.send("PNG")
    await one.wait("QNG")
    if one.lines[-2].name != "MSG":
        await one.wait("MSG")
    lines = sorted(one.texts(), key=lambda text: text == "QNG 60")
    await unfriend(world, 0)
    world.transcript(lines, """
VER 1 MSNP12
CVR 2 7.5.0324 7.5.0324 7.5.0324 <URL> <URL>
USR 3 TWN S ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1
USR 4 OK <A> 1 0
SBS 0 null
MSG Hotmail Hotmail <SIZE>
SYN 5 2000-01-01T00:00:00.0-00:00 2000-01-01T00:00:00.0-00:00 1 0
GTC A
BLP AL
PRP MFN <nickA>
LST N=<B> F=<ANY> C=<GUID> 3 1 
CHG 6 NLN 0
MSG Hotmail Hotmail 195
QNG 60
""")


@case
async def repeats_the_transcript_of_a_switchboard(t):
    world = World(t)
    one, two = await world.online(0, 8), await world.online(1, 8)
    line = await one.ask("XFR", "SB")
    board = await Connection().connect(*one.place(line.words[3]))
    board.send("USR 1 %s %s" % (one.email, line.words[5]))
    board.send("CAL 2 " + two.email)
    ring = await two.wait("RNG")
    other = await Connection().connect(*two.place(ring.words[2]))
    other.send("ANS 1 %s %s %s" % (two.email, ring.words[4], ring.words[1]))
    await other.wait("ANS")
    await board.wait("JOI")
    payload = (TEXT_HEAD + "hi").encode()
    equal(len(payload), 114, "size")
    board.send("MSG 3 A", payload)
    got = await other.wait("MSG")
    equal(got.payload, payload, "payload")
    await board.wait("ACK")
    other.send("OUT")
    await board.wait("BYE")
    world.transcript([line.text, ring.text], """
XFR <HEX> SB <ADDR> CKI <COOKIE>
RNG <SID> <ADDR> CKI <COOKIE> <A> <nickA>
""")
    world.transcript(board.texts(), """
USR 1 OK <A> <nickA>
CAL 2 RINGING <SID>
JOI <B> <nickB>
ACK 3
BYE <B>
""")
    world.transcript(other.texts(), """
IRO 1 1 1 <A> <nickA>
ANS 1 OK
MSG <A> <nickA> 114
""")


@case
async def announces_endpoints_on_switchboards(t):
    world = World(t)
    one, two = await world.online(0, 18), await world.online(1, 18)
    board, _ = await one.call(two.email)
    other = await two.answer()
    await board.wait("JOI")
    await board.wait("JOI")
    await other.wait("JOI")
    other.send("OUT")
    await board.wait("BYE")
    await board.wait("BYE")
    world.transcript(board.texts(), """
USR 1 OK <A>;<GUID> <nickA>
CAL 2 RINGING <SID>
JOI <B>;<GUID> <nickB> 2416181284:48
JOI <B> <nickB> 2416181284:48
BYE <B>;<GUID>
BYE <B>
""")
    world.transcript(other.texts(), """
IRO 1 1 2 <A>;<GUID> <nickA> 2416181284:48
IRO 1 2 2 <A> <nickA> 2416181284:48
ANS 1 OK
JOI <B> <nickB> 2416181284:48
""")


PRESENCE = {
    8: ("NLN <A> <nickA> 2416181284", "BSY <A> <nickA> 2416181284", "<A>"),
    12: ("NLN <A> <nickA> 2416181284 %3Cmsnobj%2F%3E",
         "BSY <A> <nickA> 2416181284 %3Cmsnobj%2F%3E", "<A>"),
    15: ("NLN <A> 1 <nickA> 2416181284 %3Cmsnobj%2F%3E",
         "BSY <A> 1 <nickA> 2416181284 %3Cmsnobj%2F%3E", "<A> 1 0"),
    16: ("NLN <A> 1 <nickA> 2416181284:48 %3Cmsnobj%2F%3E",
         "BSY <A> 1 <nickA> 2416181284:48 %3Cmsnobj%2F%3E", "<A> 1 0:0"),
    18: ("NLN 1:<A> <nickA> 2416181284:48 %3Cmsnobj%2F%3E",
         "BSY 1:<A> <nickA> 2416181284:48 %3Cmsnobj%2F%3E", "1:<A> 0:0"),
}


@case
async def shows_presence_in_the_words_of_each_version(t):
    world = World(t)
    await befriend(world, 1)
    for version, (initial, later, gone) in PRESENCE.items():
        one = await world.online(0, version)
        two = await world.client(1, version)
        await two.change()
        handle = world.fill("[^ ]*<A>")
        line = await two.wait("(ILN|NLN) .*" + handle)
        prefix = "ILN <HEX> " if version < 18 else "NLN "
        world.transcript([line.text], prefix + initial)
        await one.change("BSY")
        line = await two.wait("NLN BSY .*" + handle)
        world.transcript([line.text], "NLN " + later)
        one.close()
        line = await two.wait("FLN")
        world.transcript([line.text], "FLN " + gone)
        two.close()
    await unfriend(world, 1)


@case
async def hides_who_hides(t):
    world = World(t)
    await befriend(world, 1)
    one, two = await world.online(0, 12), await world.client(1, 12)
    await two.change()
    await two.wait("ILN")
    await one.change("HDN")
    await two.wait("FLN")
    await refused(913, one.ask("XFR", "SB"))
    await one.change("IDL")
    await two.wait("NLN IDL")
    await unfriend(world, 1)


UBX = {12: "<Data><PSM>a &lt;b&gt; &amp;c; &quot;d&quot; = \\e</PSM>"
           "<CurrentMedia></CurrentMedia></Data>",
       15: "<Data><PSM>a <b> &#x26;c; \"d\" = \\e</PSM>"
           "<CurrentMedia></CurrentMedia></Data>",
       18: "<PSM>a &#x3C;b&#x3E; &#x26;c; \"d\" &#x3D; &#x5C;e</PSM>"}


@case
async def passes_personal_messages_on(t):
    world = World(t)
    await befriend(world, 1)
    for version, want in UBX.items():
        one, two = await world.online(0, version), await world.client(
            1, version)
        await one.say_so("before")
        await two.change()
        await two.wait("UBX [^ ]*" + re.escape(one.email))
        await one.say_so('a <b> &c; "d" = \\e')
        while True:
            line = await two.wait("UBX [^ ]*" + re.escape(one.email))
            if "before" not in line.body:
                break
        contains(line.body, want, "MSNP%d" % version)
        one.close()
        two.close()
    one = await world.online(0, 12)
    await one.say_so("")
    await unfriend(world, 1)


@case
async def drops_nicks_that_are_empty(t):
    world = World(t)
    await befriend(world, 1)
    nick = world.users[0][2].replace(" ", "%20")
    for version, want in ((12, "NLN NLN <A> 2416181284 %3Cmsnobj%2F%3E"),
                          (15, "NLN NLN <A> 1 2416181284 %3Cmsnobj%2F%3E"),
                          (18, "NLN NLN 1:<A> 2416181284:48 "
                               "%3Cmsnobj%2F%3E")):
        one, two = await world.online(0, version), await world.client(
            1, version)
        await two.change()
        await two.wait("[IN]LN .*" + re.escape(one.email))
        await one.ask("PRP", "MFN", "a\u00a0b%0Ac")
        line = await two.wait("NLN .*" + re.escape(one.email)) \
            if not FOREIGN else None
        if line:
            contains(line.text, " a\u00a0b%0Ac ", "a nick with odd blanks")
        await one.ask("PRP", "MFN", "")
        while True:
            line = await two.wait("NLN .*" + re.escape(one.email))
            if not re.search(r"(a\u00a0b|%20)", line.text):
                break
        world.transcript([line.text], want)
        await one.ask("PRP", "MFN", nick)
        one.close()
        two.close()
    await unfriend(world, 1)


@case
async def edits_the_list(t):
    world = World(t)
    two = await world.online(1, 12)
    one = await world.client(0, 12)
    await one.ask("SYN", "0", "0")
    group = await one.ask("ADG", "Fr%20iends", "0")
    world.transcript([group.text], "ADG <HEX> Fr%20iends <GUID> 0")
    guid = group.words[3]
    await refused(228, one.ask("ADG", "Fr%20iends", "0"))
    line = await one.ask("ADC", "FL", "N=" + two.email, "F=" + two.email)
    world.transcript([line.text], "ADC <HEX> FL N=<B> F=<ANY> C=<GUID>")
    contact = line.words[5][2:]
    line = await two.wait("ADC 0")
    world.transcript([line.text], "ADC 0 RL N=<A> F=<nickA>")
    await two.wait("NOT")
    line = await one.ask("ADC", "FL", "C=" + contact, guid)
    equal(line.words[3:], ["C=" + contact, guid], "added to the group")
    line = await one.ask("SBP", contact, "MFN", "Bobby")
    equal(line.words[2:], [contact, "MFN", "Bobby"], "renamed")
    await one.ask("REG", guid, "Pals", "0")
    await refused(403, one.ask("REM", "FL", "123"))
    await one.ask("RMG", guid)
    await refused(224, one.ask("RMG", guid))
    await refused(208, one.ask("ADC", "FL", "N=nobody@example.com",
                               "F=nobody"))
    await one.ask("REM", "FL", contact)
    line = await two.wait("REM 0")
    world.transcript([line.text], "REM 0 RL <A>")
    group = (await one.ask("ADG", "More", "0")).words[3]
    line = await one.ask("ADC", "FL", "N=" + two.email, "F=" + two.email)
    contact = line.words[5][2:]
    await one.ask("ADC", "FL", "C=" + contact, group)
    # Out of the last group is off the list.
    await one.ask("REM", "FL", contact, group)
    await refused(208, one.ask("REM", "FL", contact))
    await one.ask("RMG", group)
    await written()


@case
async def edits_the_list_of_old_clients(t):
    world = World(t)
    two = await world.online(1, 8)
    one = await world.client(0, 8)
    await one.ask("SYN", "0")
    line = await one.ask("ADG", "Friends", "0")
    world.transcript([line.text], "ADG <HEX> 2 Friends <HEX> 0")
    group = line.words[4]
    line = await one.ask("ADD", "FL", two.email, "Bob", group)
    world.transcript([line.text], "ADD <HEX> FL 3 <B> Bob " + group)
    line = await two.wait("ADD 0")
    world.transcript([line.text], "ADD 0 RL <HEX> <A> <nickA>")
    await refused(205, one.ask("ADD", "FL", "nobody@example.com", "x"))
    await refused(224, one.ask("RMG", "0"))
    await one.ask("REM", "FL", two.email)
    await two.wait("REM 0 RL")
    await one.ask("RMG", group)
    await written()


@case
async def edits_the_list_of_late_clients(t):
    world = World(t)
    one, two = await world.online(0, 18), await world.online(1, 18)
    name, domain = two.email.split("@")

    def entry(bits):
        return ('<ml><d n="%s"><c n="%s" l="%d" t="1"/></d></ml>' % (
            domain, name, bits)).encode()
    await one.ask("ADL", payload=entry(3))
    line = await two.wait("ADL 0")
    first, rest = one.email.split("@")
    equal(line.body, '<ml><d n="%s"><c n="%s" t="1" l="8" f="%s" /></d></ml>'
          % (rest, first, world.users[0][2].replace(" ", "%20")), "notice")
    await one.ask("RML", payload=entry(1))
    await two.wait("RML 0")
    await one.ask("RML", payload=entry(2))
    line = await one.ask("FQY", payload=(
        '<ml><d n="%s"><c n="%s"/></d></ml>' % (domain, name)).encode())
    equal(line.body, '<ml><d n="%s"><c n="%s" t="1" /></d></ml>' % (
        domain, name), "FQY")
    await refused(208, one.ask("FQY", payload=b'<ml><d n="example.com"><c '
                               b'n="nobody"/></d></ml>'))
    await refused(502, one.ask("SYN", "0", "0"))
    await written()
    await refused(241, one.ask("ADL", payload=entry(8)))
    await one.closed()


@case
async def keeps_the_address_book(t):
    world = World(t)
    one, two = await world.online(0, 15), await world.online(1, 15)
    status, root = await one.soap("ABContactAdd", CONTACT % two.email)
    equal(status, 200, "status")
    uuid = texts(root, "guid")[0]
    await two.wait("ADL 0")
    status, root = await one.soap(
        "ABFindAll", "<abView>Full</abView><deltasOnly>false</deltasOnly>")
    contains(texts(root, "passportName"), two.email, "contacts")
    contains(texts(root, "contactType"), "Me", "contacts")
    status, root = await one.soap("ABContactAdd", CONTACT % two.email)
    equal((status, texts(root, "guid")), (200, [uuid]), "again")
    status, root = await one.soap("ABContactAdd",
                                  CONTACT % "nobody@example.com")
    equal((status, texts(root, "errorcode")),
          (500, ["InvalidPassportUser"]), "unknown")
    status, root = await one.soap(
        "ABGroupAdd", "<groupAddOptions><fRenameOnMsgrConflict>false"
        "</fRenameOnMsgrConflict></groupAddOptions><groupInfo><GroupInfo>"
        "<name>Pals</name></GroupInfo></groupInfo>")
    group = texts(root, "guid")[0]
    status, _ = await one.soap(
        "ABGroupContactAdd", "<groupFilter><groupIds><guid>%s</guid>"
        "</groupIds></groupFilter><contacts><Contact><contactId>%s"
        "</contactId></Contact></contacts>" % (group, uuid))
    equal(status, 200, "status")
    status, root = await one.soap("ABFindContactsPaged",
                                  "<abView>Full</abView>")
    contains(texts(elements(root, "contactInfo")[0], "guid"), group, "groups")
    status, _ = await one.soap(
        "ABGroupDelete", "<groupFilter><groupIds><guid>%s</guid></groupIds>"
        "</groupFilter>" % group)
    equal(status, 200, "status")
    status, _ = await one.soap(
        "ABContactDelete", "<contacts><Contact><contactId>%s</contactId>"
        "</Contact></contacts>" % uuid)
    equal(status, 200, "status")
    await two.wait("RML 0")
    _, root = await one.soap("DeleteMember", member("Allow", two.email),
                             "SharingService")
    equal(texts(root, "errorcode"), ["MemberDoesNotExist"], "not allowed yet")
    await written()


@case
async def keeps_memberships(t):
    world = World(t)
    one = await world.online(0, 15)
    other = world.users[1][0]
    status, _ = await one.soap("AddMember", member("Block", other),
                               "SharingService")
    equal(status, 200, "status")
    ask = "<View>Full</View><deltasOnly>%s</deltasOnly>"
    status, root = await one.soap("FindMembership", ask % "false",
                                  "SharingService")
    equal(status, 200, "status")
    found = {texts(one, "MemberRole")[0]: texts(one, "PassportName")
             for one in elements(root, "Membership")}
    equal(found, {"Allow": [], "Block": [other], "Reverse": [],
                  "Pending": []}, "memberships")
    equal(texts(root, "Version"), ["15.01.1408.0000"], "version")
    equal(texts(root, "CacheKeyChanged"), ["true"], "cache key")
    _, root = await one.soap("AddMember",
                             member("Allow", "nobody@example.com"),
                             "SharingService")
    equal(texts(root, "errorcode"), ["UserDoesNotExist"], "nobody")
    await forget(one, other, "Block")
    status, root = await one.soap("FindMembership", ask % "true",
                                  "SharingService")
    equal((status, texts(root, "errorcode")), (200, ["FullSyncRequired"]),
          "deltas")
    one.send("OUT")
    await one.closed()
    late = await world.client(1, 15)
    status, root = await late.soap("FindMembership", ask % "false",
                                   "SharingService", ticket=one.ticket)
    equal((status, root), (403, None), "ticket of nobody who is here")


@case
async def keeps_messages_for_the_absent(t):
    world = World(t)
    one = await world.online(0, 15)
    other = world.users[1][0]
    status, body = await leave_message(one, other, "")
    equal(status, 500, "status without a key")
    contains(body, "AuthenticationFailed")
    contains(body, ">1850937852<", "challenge")
    status, body = await leave_message(one, other, "x", 2)
    contains(body, "InvalidContent", "wrong number")
    status, body = await leave_message(one, "nobody@example.com", "x")
    contains(body, "SystemUnavailable", "nobody")
    status, body = await leave_message(
        one, other, "844559b18ac25f3affb9281fd729203c")
    equal(status, 200, "status with a key")
    two = await world.client(1, 15)
    await two.wait("MSG")
    await two.change()
    mail = await two.wait("MSG Hotmail Hotmail ")
    contains(mail.body, "text/x-msmsgsinitialmdatanotification")
    found = re.search("<M><T>11</T><S>6</S><RT>[^<]*</RT><RS>0</RS><SZ>[0-9]*"
                      "</SZ><E>%s</E><I>([0-9A-F-]{36})</I><F>00000000-0000-"
                      "0000-0000-000000000009</F><N>[^<]*</N></M>" %
                      re.escape(one.email), mail.body)
    if not found:
        raise AssertionError("no message in " + mail.body)
    status, body = await fetch(two, "GetMessage",
                               "<messageId>%s</messageId>"
                               "<alsoMarkAsRead>false</alsoMarkAsRead>" %
                               found[1])
    equal(status, 200, "status")
    contains(body.replace("\r", ""), "aGVsbG8gb2ZmbGluZSDinJM=")
    contains(body, "X-OIM-Sequence-Num: 1")
    status, body = await fetch(
        two, "DeleteMessages", "<messageIds><messageId>%s</messageId>"
        "</messageIds>" % found[1])
    equal(status, 200, "status")
    status, body = await fetch(two, "GetMetadata", "<x/>")
    lacks(body, found[1], "metadata")


@case
async def stores_messages_sent_to_the_absent_by_uum(t):
    world = World(t)
    one = await world.online(0, 18)
    other = world.users[1][0]
    payload = ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8"
               "\r\nDest-Agent: client\r\n\r\nlater").encode()
    one.send("UUM 50 %s 1 1" % other, payload)
    await settle(one)
    lacks([line.words[1:2] for line in one.lines], ["50"], "answers")
    two = await world.client(1, 18)
    await two.wait("MSG")
    await two.change()
    mail = await two.wait("MSG Hotmail Hotmail ")
    contains(mail.body, "<E>%s</E>" % one.email)
    found = re.search("<I>([0-9A-F-]{36})</I>", mail.body)
    _, body = await fetch(two, "GetMessage", "<messageId>%s</messageId>"
                          "<alsoMarkAsRead>false</alsoMarkAsRead>" % found[1])
    contains(body, base64.b64encode(b"later").decode())
    await fetch(two, "DeleteMessages", "<messageIds><messageId>%s</messageId>"
                "</messageIds>" % found[1])


@case
async def passes_notifications_on(t):
    world = World(t)
    one = await world.online(0, 18)
    other = world.users[1][0]
    await refused(217, one.ask("UUN", other, "1", payload=b"<x/>"))
    two = await world.online(1, 18)
    line = await one.ask("UUN", other, "1", payload=b"<x/>")
    equal(line.words[2:], ["OK"], "answer")
    line = await two.wait("UBN")
    contains(line.text, one.email)
    equal((line.words[2], line.payload), ("1", b"<x/>"), "what came")


@case
async def shows_endpoints(t):
    world = World(t)
    await befriend(world, 1)
    one, two = await world.online(0, 18), await world.client(1, 18)
    await one.ask("UUX", payload=b"<PrivateEndpointData><EpName>my computer"
                  b"</EpName><Idle>false</Idle><ClientType>1</ClientType>"
                  b"<State>NLN</State></PrivateEndpointData>")
    while True:
        line = await one.wait("UBX 1:" + re.escape(one.email))
        if "my computer" in line.body:
            break
    contains(line.body, '<PrivateEndpointData id="%s">' % one.guid)
    contains(line.body, "<State>NLN</State>")
    await one.ask("UUX", payload=b"<EndpointData><Capabilities>2416181284:0"
                  b"</Capabilities></EndpointData>")
    await two.change()
    line = await two.wait("UBX 1:" + re.escape(one.email))
    contains(line.body, '<EndpointData id="%s"><Capabilities>2416181284:48'
             "</Capabilities></EndpointData>" % one.guid)
    lacks(line.body, "my computer", "what others see")
    await unfriend(world, 1)


@case
async def logs_in_with_passport(t):
    world = World(t)
    one = world.user(0)
    status, fields, _ = await one.web.ask("GET", "/rdr/pprdr.asp")
    equal(status, 200, "status")
    contains(fields["PassportURLs"], "DALogin=https://")
    args = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
    ticket = await one.log_in(args)
    if not re.fullmatch("[0-9a-f]{20}", ticket):
        raise AssertionError("ticket %r" % ticket)
    wrong = world.user(0, password="not this")
    error = await refused(401, wrong.log_in(args))
    contains(str(error), "Passport1.4 da-status=failed")


@case
async def gives_tickets(t):
    world = World(t)
    one = world.user(0)
    status, _, body = await one.web.ask(
        "POST", "/RST.srf", rst_body(one.email, one.password))
    equal(status, 200, "status")
    body = body.decode()
    contains(body, "0x48803")
    contains(body, 'Id="Compact2"')
    await one.fetch_tokens()
    equal(len({token[:22] for token, _ in one.tokens.values()}), 1,
          "different tickets")
    for token, _ in one.tokens.values():
        equal((token[:2], token[-3:]), ("t=", "&p="), "ticket")
    secrets = {site: secret for site, (_, secret) in one.tokens.items()}
    secret = secrets.pop("messengerclear.live.com")
    equal(len(base64.b64decode(secret)), 24, "bytes of the secret")
    equal(set(secrets.values()), {None}, "other secrets")
    wrong = world.user(0, password="not this")
    error = await refused("fault", wrong.fetch_tokens())
    contains(str(error), "wsse:FailedAuthentication")
    lacks(str(error), "Body>", "fault")
    unknown = world.user(0, email="nobody@example.com")
    await refused("fault", unknown.fetch_tokens())
    status, _, body = await one.web.ask("POST", "/RST.srf", "<nonsense")
    contains(body.decode(), "Invalid Request")
    status, _, body = await one.web.ask(
        "POST", "/RST2.srf", rst_body(one.email, "not this"))
    contains(body.decode(), "wst:FailedAuthentication")


@case
async def refuses_bad_proofs(t):
    world = World(t)
    for version in (7, 8, 12, 15, 18):
        one = world.user(0)
        await one.connect(world.host, world.port)
        await one.greet(version)
        await one.begin()
        await refused(911, one.ask("USR", one.method, "S", "0" * 32,
                                   "AAAA", one.guid))
        await one.closed()


@case
async def refuses_bad_blobs(t):
    world = World(t)
    one = world.user(0)
    await one.fetch_tokens()
    ticket, secret = one.tokens["messengerclear.live.com"]
    for spoil in (lambda blob: "x" + blob[1:],
                  lambda blob: blob[:60] + "AAAA" + blob[64:],
                  lambda blob: blob[:-8] + "AAAAAAA="):
        await one.connect(world.host, world.port)
        await one.greet(18)
        line = await one.begin()
        blob = spoil(proof(base64.b64decode(secret), line.words[5]))
        await refused(911, one.ask("USR", "SSO", "S", ticket, blob, one.guid))
        one.forget()


@case
async def speaks_through_the_gateway(t):
    world = World(t)
    web = Web(world.url)
    target = "/gateway/gateway.dll?"
    status, fields, body = await web.ask(
        "POST", target + "Action=open&Server=NS&IP=messenger.hotmail.com",
        b"VER 1 MSNP12 CVR0\r\n")
    equal(status, 200, "status")
    equal(body, b"VER 1 MSNP12\r\n", "answer")
    equal(fields["Content-Type"].split(";")[0],
          "application/x-msn-messenger", "type")
    found = re.fullmatch("SessionID=([0-9a-f-]{36}); "
                         "GW-IP=messenger.hotmail.com",
                         fields["X-MSN-Messenger"])
    if not found:
        raise AssertionError(fields["X-MSN-Messenger"])
    status, _, body = await web.ask(
        "POST", target + "SessionID=" + found[1],
        b"USR 3 TWN I %s\r\n" % world.users[0][0].encode())
    contains(body, b"USR 3 TWN S ct=1", "answer")
    status, _, body = await web.ask(
        "POST", target + "Action=poll&SessionID=" + found[1], b"")
    equal((status, body), (200, b""), "poll")
    status, _, _ = await web.ask(
        "POST", target + "SessionID=12345678-1234-1234-1234-123456789012",
        b"PNG\r\n")
    equal(status, 400, "unknown session")


@case
async def ends_one_place_for_another(t):
    world = World(t)
    one = await world.online(0, 15)
    await world.online(0, 15)
    await one.wait("OUT OTH")
    await one.closed()


@case
async def lets_places_stay_together(t):
    world = World(t)
    one, again = await world.online(0, 18), await world.online(0, 18)
    await settle(one)
    equal(one.ended, False, "ended")
    third = world.user(0)
    third.guid = one.guid
    await third.online(world.host, world.port)
    await one.wait("OUT")
    await settle(again)


@case
async def stays_silent_where_escargot_does(t):
    world = World(t)
    one = await world.client(0, 12)
    start = len(one.lines)
    one.send("CHG 20 NLN")
    one.send("WHAT 21 is this")
    one.send("UUX 22 0")
    one.send("PNG")
    await one.wait("QNG")
    lacks(" ".join(one.texts()[start:]), " 20", "answers")
    lacks(" ".join(one.texts()[start:]), " 22", "answers")
    await refused(201, one.ask("CHG", "FLN 0"))
    await refused(913, one.ask("XFR", "SB"))
    await refused(201, one.ask("XFR", "NS"))


@case
async def refuses_calls(t):
    world = World(t)
    one = await world.online(0, 8)
    line = await one.ask("XFR", "SB")
    bad = await Connection().connect(*one.place(line.words[3]))
    await refused(911, bad.ask("USR", one.email, "0" * 20))
    await bad.closed()
    board = await Connection().connect(*one.place(line.words[3]))
    await board.ask("USR", one.email, line.words[5])
    await refused(208, board.ask("CAL", "nobody"))
    await refused(217, board.ask("CAL", "nobody@example.com"))
    await refused(217, board.ask("CAL", world.users[1][0]))
    await refused(215, board.ask("CAL", one.email))
    board.send("MSG 9 A", (TEXT_HEAD + "alone").encode())
    await board.wait("ACK 9")
    board.send("MSG 10 A", b"no headers")
    board.send("MSG 11 A", (TEXT_HEAD + "x").encode())
    line = await board.wait("ACK")
    equal(line.text, "ACK 11", "what is acknowledged")
    board.send("MSG 12 N", b"x\r\n\r\n" + b"y" * 1700)
    await board.closed()


if __name__ == "__main__":
    main()
