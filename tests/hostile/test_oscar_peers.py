"""Hostile people: offers, ICQ messages and texts made to hurt. The number in
each summary is the case of the public record the test keeps away."""

import os
import random

from hostile_scene import (TORTURE, hostile, icbm, le16, le32, push, str8,
                           str16, survives, tap, tlv, u8, u16, u32, user_info)

GAMES = "0946134A4C7F11D18222444553540000"
ADDINS = "094613474C7F11D18222444553540000"
SEND_FILE = "094613434C7F11D18222444553540000"
DIRECT_IM = "094613454C7F11D18222444553540000"
CHAT = "748F2420628711D18222444553540000"
BUDDY_LIST = "0946134B4C7F11D18222444553540000"
ICQ_RELAY = "094613494C7F11D18222444553540000"
COOKIE = bytes(7) + b"\x01"


def _offer(capability, *tlvs):
    return (u16(0) + COOKIE + bytes.fromhex(capability)
            + tlv(0x0A, u16(1)) + tlv(0x0F) + b"".join(tlvs))


@hostile
def declines_games_and_programs(s, bob):
    """CVE-2002-0005, CVE-2002-0362"""
    rng = random.Random(1)
    for capability in [GAMES, ADDINS] + [rng.randbytes(16).hex()
                                         for _ in range(20)]:
        for size in (0, 1, 255, 4096, 60000):
            icbm(s, 2, _offer(capability, tlv(0x2711, b"A" * size)))
        survives(s, bob, capability[:8])
    tap.equal(bob.seen("request"), [], "questions")


@hostile
def refuses_torn_offers(s, bob):
    """CVE-2004-0008: offers cut at every byte, and with bent lengths"""
    whole = _offer(SEND_FILE, tlv(2, bytes([127, 0, 0, 1])), tlv(5, u16(9)),
                   tlv(0x2711, u16(1) + u16(1) + u32(0xFFFFFFFF) + b"a\0"))
    for length in range(len(whole)):
        icbm(s, 2, whole[:length])
    survives(s, bob, "cuts")
    for place in range(26, len(whole)):
        icbm(s, 2, whole[:place] + b"\xff" + whole[place + 1:])
    survives(s, bob, "bent lengths")


@hostile
def survives_names_of_files(s, bob):
    """CVE-2005-2102"""
    for name in TORTURE:
        icbm(s, 2, _offer(SEND_FILE, tlv(2, bytes(4)), tlv(5, u16(5190)),
                          tlv(0x2712, b"us-ascii"),
                          tlv(0x0C, name), tlv(0x0D, name),
                          tlv(0x2711, u16(1) + u16(1) + u32(1) + name
                              + b"\0")))
    survives(s, bob, "file names")
    for name in TORTURE:
        icbm(s, 2, _offer(CHAT, tlv(0x0C, name), tlv(
            0x2711, u16(4) + str8(name[:200]) + u16(0))))
    survives(s, bob, "rooms")


@hostile
def survives_contacts_that_contradict(s, bob):
    """CVE-2009-3615"""
    for count in (0, 1, 0x7FFF, 0xFFFF):
        icbm(s, 2, _offer(BUDDY_LIST, tlv(0x2711, str16(b"Group")
                                          + u16(count) + str16(b"Name"))))
    for count in (b"-1", b"0", b"1", b"999999", b"", b"\xff"):
        for fields in (0, 1, 2, 3, 501):
            text = count + b"\xfe" + b"\xfe".join([b"12345"] * fields)
            icbm(s, 4, le32(100002) + u8(0x13) + u8(0) + le16(len(text) + 1)
                 + text + b"\0", "100002")
    survives(s, bob, "contacts")


ICQ_TYPES = (0x01, 0x04, 0x06, 0x07, 0x08, 0x0C, 0x0D, 0x0E, 0x13, 0x1A,
             0xE8, 0xFF)


@hostile
def survives_fields_that_are_missing(s, bob):
    """CVE-2002-1362"""
    for kind in ICQ_TYPES:
        for separators in (0, 1, 5, 10000):
            text = b"\xfe" * separators
            icbm(s, 4, le32(100002) + u8(kind) + u8(0)
                 + le16(len(text) + 1 & 0xFFFF) + text + b"\0",
                 "100002")
        survives(s, bob, f"type {kind:#x}")


@hostile
def believes_no_length_of_icq(s, bob):
    """CVE-2009-1889"""
    for kind in ICQ_TYPES:
        for body in (b"", le16(0x4141) + b"AAAA", le32(0x41414141) + b"A",
                     b"A\xfeB\xfe" + le32(0x41414141)):
            icbm(s, 4, le32(100002) + u8(kind) + u8(0) + le16(0xFFFF) + body,
                 "100002")
            icbm(s, 4, le32(100002) + u8(kind) + u8(0) + body, "100002")
    survives(s, bob, "lengths")


def _extended(kind, body, flags=0):
    """An ICQ message in the form of channel 2."""
    head = (le16(27) + le16(9) + bytes(16) + le16(0) + le32(3) + u8(0)
            + le16(1) + le16(14) + le16(1) + bytes(12))
    return _offer(ICQ_RELAY, tlv(0x2711, head + u8(kind) + u8(flags) + le16(0)
                                 + le16(1) + body))


XTRAZ = ("<NR><RES>&lt;ret event='OnRemoteNotification'&gt;&lt;srv&gt;"
         "&lt;id&gt;cAwaySrv&lt;/id&gt;&lt;val srv_id='cAwaySrv'&gt;"
         "&lt;Root&gt;&lt;CASXtraSetAwayMessage&gt;&lt;/CASXtraSetAway"
         "Message&gt;&lt;uin&gt;100002&lt;/uin&gt;&lt;index&gt;1&lt;/index"
         "&gt;&lt;title&gt;T&lt;/title&gt;&lt;desc&gt;D&lt;/desc&gt;"
         "&lt;/Root&gt;&lt;/val&gt;&lt;/srv&gt;&lt;/ret&gt;</RES></NR>")


@hostile
def survives_broken_custom_states(s, bob):
    """CVE-2010-2528"""
    parts = ["&lt;title&gt;", "&lt;/title&gt;", "&lt;desc&gt;",
             "&lt;/desc&gt;", "</RES>", "<NR>", "&lt;/Root&gt;"]
    broken = [XTRAZ.replace(part, "") for part in parts]
    broken += [XTRAZ.replace(part, part * 2) for part in parts]
    broken += [XTRAZ.replace("T&lt;/title", "T" * 40000 + "&lt;/title"),
               XTRAZ.replace("&lt;", "<").replace("&gt;", ">"),
               "<" * 5000, "&" * 5000]
    for text in broken:
        data = text.encode()
        block = (le16(0x4F) + bytes.fromhex(
            "3B60B3EFD82A6C45A4E09C5A5E67E865") + le16(8)
            + le32(0x2A) + b"Script Plug-in: Remote Notification Arrive"
            + bytes(15) + le32(len(data) + 4) + le32(len(data)) + data)
        icbm(s, 2, _extended(0x1A, block), "100002")
        icbm(s, 2, _extended(0x1A, block[:len(block) // 2]), "100002")
    survives(s, bob, "custom states")


@hostile
def survives_extended_messages(s, bob):
    """CVE-2009-1889 on channel 2"""
    for kind in ICQ_TYPES:
        for body in (b"", le16(0xFFFF) + b"x", le16(0) + b"", le16(1) + b"\0",
                     le16(5) + b"abcd\0" + le32(0) + le32(0)
                     + le32(0xFFFFFFFF) + b"{0946134E"):
            icbm(s, 2, _extended(kind, body), "100002")
    survives(s, bob, "extended messages")


@hostile
def survives_authorisation_texts(s, bob):
    """CVE-2011-4601, and the repair of 2025: names, reasons, and exactly one
    of the two broken"""
    bad = [text for text in TORTURE if len(text) < 200]
    for number in range(200):
        name = bad[number % len(bad)] if number % 2 else b"100002"
        reason = b"fine" if number % 2 else bad[number % len(bad)]
        push(s, "13/15", str8(name) + str16(reason) + u16(0))
        push(s, "13/19", str8(name) + str16(reason) + u16(0))
        push(s, "13/1B", str8(name) + u8(number % 3) + str16(reason) + u16(0))
        push(s, "13/1C", str8(name))
        if number % 50 == 49:
            survives(s, bob, f"round {number}")


@hostile
def forgets_torn_authorisations(s, bob):
    """CVE-2011-4601, cut at every byte"""
    whole = str8(b"100002") + str16(b"please") + str16(b"utf-8")
    for snac in ("13/15", "13/19", "13/1B", "13/1C"):
        for length in range(len(whole)):
            push(s, snac, whole[:length])
    survives(s, bob, "cut authorisations")


# Texts.

def _shown(bob):
    return bob.wait("line", conversation="Robot",
                    flags=lambda f: "recv" in f)["html"]


@hostile
def shows_odd_texts(s, bob):
    """SEC-O-21, SEC-S-06, -13, -14, -20, -23: blobs, keys of add-ons, floods
    of smileys, endless links"""
    texts = [b":-)" * 2500, b"http://x.example/" + b"a" * 7000,
             b"?OTR:===.", b"?OTR,1,3,aaa,", b"?OTR:" + b"A" * 5000,
             b"%n%s%p" * 500, b"*** Encrypted with the Gaim-Encryption: x",
             ("e" + "\u0301" * 3000).encode("utf-16-be")]
    for text in texts:
        s.server.do("say", **{"from": "Robot", "to": "Bob", "hex": text.hex(),
                              "charset": 2 if text[0] == 0 else 0})
        tap.equal(bool(_shown(bob)), True, "something shown")
    for size in (1, 100, 3000):
        s.server.do("say", **{"from": "Robot", "to": "Bob",
                              "hex": os.urandom(size).hex(), "charset": 0})
    survives(s, bob, "blobs")


@hostile
def shows_no_live_markup(s, bob):
    """CVE-2005-0208, -0473, CVE-2007-4901, CVE-2011-3185, CVE-2013-6486"""
    texts = ["<", "<b", "<b ", "<a href", "<a href=", "<a href='", "<!--",
             "&", "&#", "&#x", "&#99999999999;", "</" * 2000, "<b>" * 5000,
             "<font " * 1000, "<font size=" + "9" * 500 + ">x",
             "<body bgcolor=\"\"\"\"><", "<img src='file:///etc/passwd'>",
             "<script>a</script>", "<style>a</style>",
             "<a href=\"javascript:alert(1)\">x</a>",
             "<a href='file:///bin/sh'>x</a>", "<a href=' data:x'>x</a>",
             "<a href=\"smb://x/y\">x</a>", "<a href=\"aim:goim?x\">x</a>",
             "<a href=\"JaVa\tScRiPt:x\">x</a>",
             "<a href='http://ok.example/' onclick='x'>x</a>",
             "<binary><data id=1 size=99>", "<a href=\"http://x/\"><a><a>"]
    for text in texts:
        s.say("Robot", text + " end")
        s.say("Robot", "next")
        shown = "".join(iter(lambda: _shown(bob).lower(), "next"))
        for bad in ("<script", "<style", "<img", "<binary", "onclick",
                    "href=\"javascript", "href=\"file", "href=\"data",
                    "href=\"smb", "href=\" "):
            tap.lacks(shown, bad, "shown")
    rng = random.Random(2)
    for _ in range(60):
        soup = "".join(rng.choice("<>/&;\"'= abiufont#x0") for _ in range(300))
        s.say("Robot", soup)


@hostile
def escapes_every_other_text(s, bob):
    """CVE-2005-0966, CVE-2011-3635: aliases, groups, away texts, profiles"""
    evil = "<b>x</b><script>\"'&%n"
    s.server.do("add-buddy", name="Bob", buddy="Ann", group=evil, alias=evil)
    bob.wait("buddy-added", who="Ann")
    s.server.do("be", name="Robot", state="away", text=evil,
                profile=evil)
    bob.info("Robot")
    info = bob.wait("userinfo", who=lambda who: who.lower() == "robot")
    tap.lacks(info["html"].lower(), "<script", "user info")
    tap.lacks(str(bob.buddy("Robot")["message"]).lower(), "<script",
              "away text")
    s.server.do("depart", name="Robot")
    s.server.do("arrive", name="Robot")
    bob.wait("buddy-on", who="Robot")


@hostile
def bounds_what_placeholders_make(s, bob):
    """CVE-2005-2103"""
    s.server.do("be", name="Robot", state="away", text="%n%t%d" * 2600)
    bob.info("Robot")
    info = bob.wait("userinfo", who=lambda who: who.lower() == "robot")
    tap.equal(len(info["html"]) < 100000, True, "bounded text")
    s.server.do("be", name="Robot")


@hostile
def survives_presence_that_is_none(s, bob):
    """CVE-2005-0472: counts that lie, blocks of length zero"""
    infos = [b"", u8(255), str8(b""), user_info(count=0xFFFF),
             user_info(count=0), user_info(tlvs=[tlv(0x0D)] * 50),
             user_info(tlvs=[tlv(0x0D, b"\0" * 15)]),
             user_info(tlvs=[tlv(0x1D, u16(1) + u16(0))] * 3),
             user_info(tlvs=[tlv(0x1D, b"\0\1\1\xff")]),
             user_info(tlvs=[tlv(0x1D, u16(2) + u8(4) + u8(2) + u16(500))]),
             user_info(tlvs=[tlv(1, b"\xff"), tlv(3, b"\1"), tlv(4, b""),
                             tlv(5, b"\xff\xff"), tlv(6, b"x")]),
             user_info(tlvs=[tlv(4, b"\xff\xff"), tlv(3, b"\xff" * 4),
                             tlv(5, b"\xff" * 4), tlv(0x0F, b"\xff" * 4)]),
             user_info(tlvs=[tlv(0x26)] * 1100),
             user_info(name=b"x" * 97), user_info(name=b"x" * 98),
             user_info(name=b"\xff\xfe"), user_info() * 400]
    infos += [user_info(name=text[:255]) for text in TORTURE]
    for info in infos:
        for snac in ("03/0B", "03/0C", "01/0F", "02/06", "04/0A"):
            push(s, snac, info)
    survives(s, bob, "presence")


@hostile
def survives_messages_that_are_none(s, bob):
    """CVE-2005-0472 in messages: cut at every byte, lengths bent"""
    text = (tlv(0x0501, b"\1") + u8(1) + u8(1)
            + str16(u16(0) + u16(0) + b"hello"))
    whole = (COOKIE + u16(1) + user_info(tlvs=[tlv(1, u16(0x10))])
             + tlv(2, text) + tlv(4) + tlv(0x0B))
    for length in range(len(whole)):
        push(s, "04/07", whole[:length])
    survives(s, bob, "cuts")
    for place in range(8, len(whole)):
        for value in (b"\0", b"\xff"):
            push(s, "04/07", whole[:place] + value + whole[place + 1:])
    survives(s, bob, "bent bytes")


if __name__ == "__main__":
    tap.main()
