"""Hostile people on MSN: messages, invitations and transfers made to hurt.
The number in each summary is the case of the public record the test keeps
away."""

import functools
import random
import struct

from hostile_scene import TORTURE, hostile, survives, tap

from msn_scene import BOB, ECHO, ROBOT, scene

hostile = functools.partial(hostile, made=scene, account={"version": 12})

MIME = b"MIME-Version: 1.0\r\nContent-Type: "
SLP = (b"INVITE MSNMSGR:bob@example.net MSNSLP/1.0\r\n"
       b"To: <msnmsgr:bob@example.net>\r\nFrom: <msnmsgr:robot@example.net>\r\n"
       b"Via: MSNSLP/1.0/TLP ;branch={CDE28DAF-B67C-4B2D-8186-D3F46EEF0916}\r\n"
       b"CSeq: 0 \r\nCall-ID: {F87327A8-741F-4FEF-AB63-45D06F51A0C2}\r\n"
       b"Max-Forwards: 0\r\n"
       b"Content-Type: application/x-msnmsgr-sessionreqbody\r\n"
       b"Content-Length: 133\r\n\r\n"
       b"EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n"
       b"SessionID: 180646677\r\nAppID: 2\r\nContext: fgIAAAMAAAA=\r\n\r\n\0")


def _send(s, payload, sender=ROBOT):
    s.server.do("message", sender=sender, to=BOB, hex=payload.hex())


def _packet(data, offset=0, total=None, size=None, flags=0):
    header = struct.pack("<IIQQIIIIQ", 0, 0x0AC47447, offset,
                         len(data) if total is None else total,
                         len(data) if size is None else size, flags,
                         0x0AC56E77, 0, 0)
    return (MIME + b"application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.net\r\n"
            b"\r\n" + header + data + bytes(4))


@hostile
def reads_messages_without_bodies(s, bob):
    """CVE-2005-1262"""
    for payload in (b"", b"\r\n\r\n", b"\n", MIME + b"text/plain",
                    MIME + b"text/plain\r\n", b"just a body",
                    b":\r\n:\r\n\r\nx", b"Content-Type:\r\n\r\n", b"\0" * 1000,
                    MIME + b"\xff\xfe\r\n\r\nx"):
        _send(s, payload)
    survives(s, bob, "bodies")


@hostile
def refuses_lengths_that_are_none(s, bob):
    """CVE-2005-1934"""
    for length in ("-1", "2147483648", "4294967295", "18446744073709551616",
                   "12x", "65537"):
        s.server.do("say", sender=ROBOT, to=BOB, text="open")
        s.server.do("raw", name=BOB, kind="sb", hex=(
            f"MSG {ROBOT} Robot {length}\r\n").encode().hex())
        # Nothing can be found behind it.
        s.server.wait_for({"do": "connections", "name": BOB, "kind": "sb"},
                          {"open": 0})
        survives(s, bob, length)


@hostile
def takes_anything_from_strangers(s, bob):
    """CVE-2007-4996"""
    s.server.do("account", name="stranger@example.net", password="x",
                bot="quiet", nick="Stranger")
    for kind, body in ((b"text/x-msnmsgr-datacast", b"ID: 1\r\n\r\n"),
                       (b"text/x-msnmsgr-datacast", b"ID: 2\r\n\r\n"),
                       (b"text/x-msnmsgr-datacast", b"ID: 3\r\n\r\n"),
                       (b"text/x-msmsgscontrol", b"\r\n"),
                       (b"image/gif", b"base64:R0lGODlh"),
                       (b"text/x-mms-emoticon", b"(a)\t<msnobj/>\t"),
                       (b"text/x-msmsgsinvite", b"Invitation-Command: INVITE"
                        b"\r\nInvitation-Cookie: 1\r\n\r\n")):
        _send(s, MIME + kind + b"\r\n\r\n" + body, "stranger@example.net")
    survives(s, bob, "a stranger")


@hostile
def bounds_what_packets_claim(s, bob):
    """CVE-2008-2927, CVE-2009-1376, CVE-2009-2694"""
    ends = (0, 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 2048,
            2**64 - 1)
    for offset in ends:
        for total in ends:
            _send(s, _packet(SLP[:200], offset, total))
        _send(s, _packet(b"x" * 1024, offset, 2**40, 5))
    for size in (0, 1, 5, 2**31, 2**32 - 1):
        _send(s, _packet(SLP[:200], 0, 2**40, size))
    survives(s, bob, "offsets")


@hostile
def reads_invitations_that_lack_something(s, bob):
    """CVE-2009-3083, CVE-2010-0277"""
    lines = SLP.split(b"\r\n")
    for left_out in range(len(lines)):
        _send(s, _packet(b"\r\n".join(lines[:left_out] + lines[left_out + 1:])))
    survives(s, bob, "fields left out")
    for length in range(0, len(SLP), 3):
        _send(s, _packet(SLP[:length]))
    survives(s, bob, "cuts")
    rng = random.Random(1)
    for _ in range(100):
        bent = bytearray(_packet(SLP))
        for _ in range(rng.randrange(1, 8)):
            bent[rng.randrange(90, len(bent))] = rng.randrange(256)
        _send(s, bytes(bent))
    survives(s, bob, "bent bytes")


@hostile
def reads_ink_of_any_kind(s, bob):
    """CVE-2009-3084"""
    for kind in (b"image/gif", b"application/x-ms-ink"):
        for body in (b"", b"base64:", b"base64:=", b"base64:!!!!",
                     b"base64:" + b"A" * 1001, b"\xff\xfe\xfd", b"GIF89a"):
            _send(s, MIME + kind + b"\r\n\r\n" + body)
    survives(s, bob, "ink")


@hostile
def reads_announcements_of_emoticons(s, bob):
    """CVE-2010-1624"""
    for body in (b"", b"\t", b"a", b"a\t", b"\t<msnobj/>", b"a\tb\tc\td\te",
                 b"x" * 1500 + b"\t<msnobj/>\t", b"<b>\t<msnobj\t" * 50):
        for kind in (b"text/x-mms-emoticon", b"text/x-mms-animemoticon"):
            _send(s, MIME + kind + b"\r\n\r\n" + body)
    survives(s, bob, "emoticons")


@hostile
def reads_text_in_any_charset(s, bob):
    """CVE-2012-2318"""
    for charset in (b"", b"; charset=UTF-8", b"; charset=x-none", b"; charset=",
                    b"; charset=" + b"x" * 1024, b"; charset=\"utf-16\"",
                    b"; charset=iso-2022-jp//IGNORE"):
        for text in TORTURE:
            _send(s, (MIME + b"text/plain" + charset + b"\r\n\r\n"
                      + text)[:1664])
    survives(s, bob, "charsets")


@hostile
def joins_no_more_than_it_should(s, bob):
    """Messages in parts that never end, or claim to be millions."""
    for number in range(100):
        _send(s, MIME + b"text/plain\r\nMessage-ID: {%d}\r\nChunks: 64\r\n\r\n"
              % number + b"x" * 1400)
    for count in (b"0", b"-1", b"65", b"4294967296", b"x", b""):
        _send(s, MIME + b"text/plain\r\nMessage-ID: {x}\r\nChunks: " + count
              + b"\r\n\r\nx")
        _send(s, b"Message-ID: {1}\r\nChunk: " + count + b"\r\n\r\nx")
    survives(s, bob, "parts")


@hostile
def lets_itself_be_called_by_many(s, bob):
    """A storm of calls, to places that do not answer."""
    for number in range(300):
        s.server.do("ring", name=BOB, sender=f"u{number}@example.net",
                    address="127.0.0.1:1", ident=str(number))
    survives(s, bob, "calls")
    s.server.do("ring", name=BOB, sender=ECHO, address="10.255.255.1:1")
    s.server.do("ring", name=BOB, sender=ECHO, address="attacker.invalid:1")


@hostile
def survives_a_torn_switchboard(s, bob):
    s.say(ROBOT, "open")
    bob.wait("line", conversation=ROBOT)
    s.server.do("torture", name=BOB, kind="sb")
    s.server.do("leave-rooms", name=ROBOT)
    survives(s, bob, "torture")


@hostile
def splits_messages_of_any_length(s, bob):
    """A subtraction below zero in the length of a message."""
    for length in (1399, 1400, 1401, 1500, 1540, 1560, 1580, 1600, 1664, 1665,
                   3000, 5000, 20000):
        bob.im(ROBOT, "x" * length)
    bob.im(ROBOT, "<font face=\"" + "F" * 60 + "\">" + "é" * 3000 + "</font>")
    survives(s, bob, "lengths")


if __name__ == "__main__":
    tap.main()
