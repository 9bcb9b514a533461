"""Hostile servers: frames cut, bent and withheld, redirects to anywhere,
lists that contradict themselves."""

import random
import re

from hostile_scene import (TORTURE, hostile, le16, push, scene, str16,
                           stranger_links, survives, tap, tlv, u8, u16, u32)

# Frames of a sign-on, in the order they come.
STAGES = ("signon", "17/07", "17/03", "01/03", "01/18", "01/07", "02/03",
          "03/03", "04/05", "09/03", "13/03", "13/06", "01/0F")


def _outcome(s, bob):
    """Signs on with a server that misbehaves: a word for what came of it.
    Silence is what the user ends."""
    bob.connect()
    event = bob.wait(lambda e: e["event"] in ("error", "connected"), 60)
    if event["event"] == "error":
        tap.equal(bool(event["text"]), True, "words")
        bob.wait("disconnected")
        return event["reason"]
    bob.disconnect()
    bob.wait("disconnected")
    return "connected"


def _silent(s, bob, stage):
    """The same for faults after which perhaps nothing more comes: once the
    server has sent what it sends at @stage, and the client has had a turn to
    read it, the user ends it."""
    def sent():
        return s.server.do("snacs", stage=stage, direction="<")["count"]

    before = sent()
    since = len(bob.seen("error"))
    bob.connect()
    tap.wait_until(lambda: sent() > before or len(bob.seen("error")) > since
                   or bob.state()["connected"], f"{stage} or the end")
    s.client.call("beat")
    s.client.call("beat")
    if bob.state()["connecting"] or bob.state()["connected"]:
        bob.disconnect()
    bob.wait("disconnected")


def _still_works(s, bob):
    s.server.do("clear-faults")
    bob.sign_on()
    s.state_of("Bob", online=True)
    survives(s, bob, "all faults")


def _strikes(s, bob, **fault):
    s.server.do("fault", **fault)
    outcome = _outcome(s, bob)
    s.server.do("clear-faults")
    return outcome


@scene(seconds=400)
def takes_a_sign_on_byte_by_byte(s):
    s.server.do("fault", fault="trickle")
    bob = s.sign_on()
    survives(s, bob, "trickle")
    s.server.do("clear-faults")


@scene(seconds=400)
def ends_when_frames_are_cut(s):
    bob = s.account()
    for stage in STAGES:
        for length in (0, 1, 5, 6, 9, 15, 20):
            outcome = _strikes(s, bob, fault="cut-frame", stage=stage,
                               bytes=length)
            tap.contains(("NETWORK_ERROR", "connected"), outcome,
                         f"outcome of {stage} cut after {length}")
    _still_works(s, bob)


@scene(seconds=400)
def survives_cut_bodies(s):
    bob = s.account()
    for stage in STAGES[1:]:
        for length in (0, 1, 2, 3, 5, 8, 13, 40):
            s.server.do("fault", fault="cut-body", stage=stage, bytes=length)
            _silent(s, bob, stage)
            s.server.do("clear-faults")
    _still_works(s, bob)


@scene(seconds=400)
def survives_bent_bytes(s):
    """Every early byte of each answer becomes 00, 7F and FF in turn."""
    bob = s.sign_on()
    bodies = {}
    for one in s.server.do("snacs", direction="<")["snacs"]:
        bodies.setdefault(one["stage"], bytes.fromhex(one["hex"]))
    bob.sign_off()
    rng = random.Random(3)
    for stage in STAGES[1:]:
        if stage not in bodies:
            continue
        body = bodies[stage][10:]
        places = list(range(min(len(body), 12)))
        places += rng.sample(range(len(body)), min(len(body), 6))
        for place in places:
            bent = bytearray(body)
            bent[place] = rng.choice((0, 0x7F, 0xFF, bent[place] ^ 1))
            s.server.do("fault", fault="replace", stage=stage,
                        hex=bytes(bent).hex())
            _silent(s, bob, stage)
            s.server.do("clear-faults")
    _still_works(s, bob)


@scene(seconds=300)
def survives_frames_that_are_none(s):
    bob = s.account()
    for stage in STAGES:
        for fault in ("garbage", "bad-marker", "reset-before", "reset-after",
                      "close-before"):
            outcome = _strikes(s, bob, fault=fault, stage=stage,
                               hex="00ff" * 30 if fault == "garbage" else "")
            tap.contains(("NETWORK_ERROR", "connected"), outcome,
                         f"outcome of {fault} at {stage}")
        # Frames of an unknown type are passed over, so more is waited for.
        s.server.do("fault", fault="bad-type", stage=stage)
        _silent(s, bob, stage)
        s.server.do("clear-faults")
    _still_works(s, bob)


@scene(seconds=300)
def survives_surprises(s):
    """Answers twice, errors instead of answers, unknown things between."""
    bob = s.account()
    for stage in STAGES[1:]:
        for fault in ("duplicate", "error", "sprinkle", "coalesce"):
            s.server.do("fault", fault=fault, stage=stage, code=1)
            _silent(s, bob, stage)
            s.server.do("clear-faults")
    s.server.do("fault", fault="sprinkle")
    tap.equal(_outcome(s, bob), "connected", "outcome among unknown things")
    _still_works(s, bob)


@scene(seconds=300)
def gives_up_on_silence(s):
    """Nothing hangs: a sign-on that gets no answer ends by itself."""
    s.server.do("fault", fault="mute", stage="17/07")
    bob = s.account()
    bob.connect()
    event = bob.wait("error", 150)
    tap.equal((event["reason"], event["fatal"]), ("NETWORK_ERROR", False),
              "reason")
    tap.contains(event["text"], "did not answer in time", "sentence")
    bob.wait("disconnected")
    _still_works(s, bob)


ODD_ADDRESSES = (" ", ":", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:-1",
                 "127.0.0.1:5190:5190", "[::1", "http://x/", "a b:1",
                 "x" * 300 + ":1", "\x00", "127.0.0.1:%d" % 2 ** 40,
                 "\u202e:5190", "%n%s", "user@127.0.0.1:{port}")


@scene
def goes_to_no_odd_address(s):
    """SEC-D-03: where the server sends us is an address or it is nothing. The
    sign-in server itself, which is known, is the only other place to go."""
    bob = s.account()
    for address in ODD_ADDRESSES:
        address = address.replace("{port}", str(s.server.port))
        tap.contains(("NETWORK_ERROR", "connected"),
                     _strikes(s, bob, fault="wrong-bos", address=address),
                     f"outcome of {address!r}")
        tap.equal(stranger_links(s.client.process.pid), set(),
                  f"connections for {address!r}")
        dialled = re.findall(r"link \d+: to (\S+):", s.client.debug_log())
        tap.equal(set(dialled) - {"nowhere"}, {"127.0.0.1"},
                  f"hosts dialled for {address!r}")
    _still_works(s, bob)


@hostile
def ignores_requests_for_its_memory(s, bob):
    """SEC-O-13"""
    for offset, length in ((0, 0), (0, 64), (0xFFFFFFFF, 0xFFFFFFFF)):
        push(s, "01/1F", u32(offset) + u32(length) + tlv(3, b"aim.exe"))
        push(s, "01/1F", u32(offset))
    survives(s, bob, "memory requests")
    tap.equal(s.server.do("connections")["open"], 1, "connections")


@hostile
def opens_no_link_it_did_not_ask_for(s, bob):
    """Redirects and migrations out of the blue"""
    cookie = bytes(256)
    push(s, "01/05", tlv(0x0D, u16(0x10)) + tlv(5, b"192.0.2.1:5190")
         + tlv(6, cookie))
    push(s, "01/05", b"")
    push(s, "01/12", u16(0xFFFF) + tlv(5, b"192.0.2.1:5190"))
    push(s, "01/12", u16(0))
    survives(s, bob, "redirects")


@hostile
def believes_no_count(s, bob):
    """CVE-2005-0472: counts of 65535 with nothing behind them"""
    counted = {"01/03": u16(1) * 3, "01/07": u16(0xFFFF),
               "01/0A": u16(2) + u16(3), "01/0B": u16(0xFFFF),
               "01/13": u16(4) + tlv(0x0B, b"x" * 4000),
               "01/15": u16(0xFFFF) + u16(0xFFFF), "01/18": u16(1),
               "01/21": u16(1) + u8(1) + u8(255), "02/01": u16(4),
               "02/03": u16(1), "03/03": u16(1), "04/01": u16(4),
               "04/05": b"\xff" * 16, "04/0B": b"\0" * 8 + u16(2) + u8(200),
               "04/0C": b"\0" * 8, "04/14": b"\0" * 8 + u16(1) + u8(255),
               "09/03": u16(1), "0B/02": u16(0), "13/03": u16(4) + u16(7),
               "13/06": u8(0) + u16(0xFFFF) + u16(0xFFFF),
               "13/0E": u16(0) * 500, "13/0F": u32(0), "15/03": le16(65535),
               "17/03": tlv(8, u16(5)), "77/77": b"\xff" * 100}
    for snac, body in counted.items():
        for given in (body, b"", body[:1], b"\xff" * 64, body * 20):
            push(s, snac, given[:60000])
        if snac == "01/0B":
            # Whatever it carries, it pauses us.
            push(s, "01/0D", b"")
        survives(s, bob, snac)


@hostile
def believes_no_item(s, bob):
    """CVE-2009-3615: edits that contradict the list and themselves"""
    def item(name, group, number, kind, attributes=b""):
        return (str16(name) + u16(group) + u16(number) + u16(kind)
                + str16(attributes))
    items = [item(b"", 1, 1, 0), item(b"x" * 97, 1, 900, 0),
             item(b"x" * 98, 1, 901, 0), item(b"y" * 60000, 1, 902, 0),
             item(b"Lost", 0x7777, 1, 0), item(b"Zero", 0, 0, 0),
             item(b"Echo", 1, 1, 0), item(b"Echo", 1, 1, 1),
             item(b"Self", 1, 0, 1, tlv(0xC8, u16(1) * 100)),
             item(b"Odd", 1, 0, 1, tlv(0xC8, b"\0\1\0")),
             item(b"", 0, 5, 4, tlv(0xCA, b"\xff")),
             item(b"", 0, 6, 4, tlv(0xCA)), item(b"", 0, 7, 5, tlv(0xC9)),
             item(b"A", 1, 910, 0, tlv(0x131, b"\xff\xfe") + b"\0"),
             item(b"A", 1, 911, 0, b"\1\x31\xff\xff")]
    items += [item(text[:500], 1, 1000 + number, 0, tlv(0x131, text[:500]))
              for number, text in enumerate(TORTURE)]
    for one in items:
        for snac in ("13/08", "13/09", "13/0A"):
            push(s, snac, one)
            push(s, snac, one[:-1])
    survives(s, bob, "items")


@scene(seconds=200)
def shows_twisted_lists(s):
    """CVE-2009-3615: a list with duplicates, loops, orphans and no text"""
    bob = s.account()
    for how in ("duplicates", "loop", "orphans", "torture"):
        s.server.do("twist", name="Bob", how=how)
        bob.sign_on()
        s.state_of("Bob", online=True)
        names = [b["who"] for b in bob.blist()["buddies"]]
        for name in ("Echo", "Robot", "Amy Away", "Gone Greg"):
            tap.contains(names, name, f"list with {how}")
        survives(s, bob, how)
        bob.sign_off()


@hostile
def survives_frames_out_of_nowhere(s, bob):
    """FLAP frames of every type, empty, endless and unknown"""
    for raw in (b"\x2a\x03\0\0\0\0", b"\x2a\x05\0\0\0\0", b"\x2a\x01\0\0\0\4"
                b"\0\0\0\1", b"\x2a\x02\0\0\0\0", b"\x2a\x02\0\0\0\x09"
                b"\0\1\0\1\0\0\0\0\0", b"\x2a\x07\0\0\0\2hi"):
        s.server.do("raw", name="Bob", hex=raw.hex())
        survives(s, bob, raw[:2].hex())
    s.server.do("raw", name="Bob", hex=b"GET / HTTP/1.0\r\n\r\n".hex())
    bob.wait("error")
    bob.wait("disconnected")
    bob.sign_on()
    s.state_of("Bob", online=True)


# Questions nobody can answer.

@scene(client={"environ": {"HEADLESS_NO_QUESTIONS": "1"}})
def accepts_nothing_where_nobody_can_be_asked(s):
    """SEC-D-11"""
    certificate, key = s.t.certificate()
    other = s.t.server({"demo": True}, ["--cert", certificate, "--key", key])
    bob = s.account(server="localhost", port=other.tls_port,
                    security="required")
    bob.connect()
    event = bob.wait(lambda e: e["event"] in ("error", "connected"))
    tap.contains(event.get("reason", ""), "CERT_", "reason")
    bob.wait("disconnected")
    tap.equal(other.do("snacs")["count"], 0, "SNACs")


if __name__ == "__main__":
    tap.main()
