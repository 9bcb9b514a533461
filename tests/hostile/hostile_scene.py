"""What hostile cases share: bytes in the forms peers send them, and the
checks that hold whatever was sent.

A case does something nasty to a client that is signed on, and then calls
survives(): the client is alive, either still signed on or ended with an error
in words, and a message goes through in each direction.
"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "network"))
from oscar_scene import scene, tap  # noqa: E402,F401

# Growth of memory that a hostile peer may cause. The row of the case list
# says 16 MiB; the sanitizer's bookkeeping needs as much again.
MAX_GROWTH_KIB = 48 * 1024

# The main loop may be away for 100 ms; here it runs several times slower,
# beside other tests. Longer than this is a hang.
MAX_GAP_US = 2_000_000

# Bytes that are no text, or text that should not be shown as it is.
TORTURE = [
    b"\xc3\x28", b"\xa0\xa1", b"\xe2\x28\xa1", b"\xf0\x28\x8c\xbc",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\xfe\xff",
    b"a\0b", b"\xd8\x00", b"\xdc\x00\x00", b"\xef\xbb\xbfbom",
    "Ünï".encode("latin-1"), "Ünï".encode(), b"\xcf\xf0\xe8\xe2\xe5\xf2",
    ("a" + "\u0301" * 10000).encode(), "\u202eevil\u2066".encode(),
    "\ufffe".encode("utf-8", "surrogatepass"), "\ue000".encode(),
    ("👩‍👩‍👧‍👦" * 50).encode(), b"%n%s%p%d" * 20, b"<b>&lt;script>",
    b"", b" ", b"\n\r\t\x1b[2J", b"../../etc/passwd", b"x" * 4000,
]


def u8(number):
    return struct.pack(">B", number)


def u16(number):
    return struct.pack(">H", number)


def u32(number):
    return struct.pack(">I", number)


def le16(number):
    return struct.pack("<H", number)


def le32(number):
    return struct.pack("<I", number)


def tlv(tag, value=b""):
    return u16(tag) + u16(len(value)) + value


def str8(value):
    return u8(len(value) & 0xFF) + value


def str16(value):
    return u16(len(value)) + value


def user_info(name=b"Robot", tlvs=(), count=None):
    """A user-info block; @count lies about its TLVs."""
    body = b"".join(tlvs)
    return (str8(name) + u16(0)
            + u16(len(tlvs) if count is None else count) + body)


def push(s, snac, body, **more):
    """Sends Bob a SNAC."""
    s.server.do("push", name="Bob", snac=snac, hex=body.hex(), **more)


def icbm(s, channel, data, sender="Robot", tag=5):
    """A message of @sender on @channel with @data in its TLV @tag, as no
    honest server would pass it on."""
    push(s, "04/07", bytes(7) + b"\x01" + u16(channel)
         + user_info(sender.encode(), [tlv(1, u16(0x10))]) + tlv(tag, data))


def _settle(s, bob):
    """Waits until the client has read everything the server sent, or has
    ended; whether it is still signed on."""
    s.count = getattr(s, "count", 0) + 1
    mark = f"mark {s.count}"
    s.try_to_say(mark)
    event = bob.wait(lambda e: e["event"] == "disconnected"
                     or e["event"] == "line" and mark in e["html"])
    return event["event"] == "line"


def survives(s, bob, where=""):
    """The checks after each case; signs on again if it ended."""
    if not _settle(s, bob):
        errors = bob.seen("error")
        tap.equal(bool(errors) and bool(errors[-1]["text"]), True,
                  f"an error in words after {where}")
        tap.comment(f"{where}: ended with {errors[-1]['text']}")
        bob.sign_on()
        s.state_of(s.ME, online=True)
        tap.equal(_settle(s, bob), True, "signed on again")
    bob.im(s.PEER, f"after {where}")
    s.server.wait_for({"do": "received", "name": s.PEER, "sender": s.ME},
                      {"messages": {"any": {"text": {
                          "contains": f"after {where}"}}}})


def stranger_links(pid):
    """Addresses outside this computer that a process is connected to."""
    found = set()
    sockets = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = pathlib.Path(f"/proc/{pid}/net/{table}").read_text()
        for line in lines.splitlines()[1:]:
            words = line.split()
            remote, inode = words[2].split(":")[0], words[9]
            if inode in sockets and not remote.endswith(
                    ("0100007F", "00000000", "01000000")):
                found.add(remote)
    return found


def hostile(function=None, *, made=scene, account=None, **options):
    """Marks a case that gets a scene and Bob, signed on; memory, the main
    loop and strange connections are looked at after it. The scene is @made by
    that of another protocol, and @account has options for Bob."""
    def mark(marked):
        def run(s):
            bob = s.sign_on(**(account or {}))
            before = s.client.peak_kib()
            s.client.call("beat")
            marked(s, bob)
            survives(s, bob, "everything")
            gap = s.client.call("beat")["longest_gap_us"]
            tap.comment(f"main loop away for {gap / 1000:.1f} ms at most")
            tap.equal(gap < MAX_GAP_US, True, "main loop alive")
            grown = s.client.peak_kib() - before
            tap.equal(grown < MAX_GROWTH_KIB, True,
                      f"memory grown by only {grown} KiB:")
            tap.equal(stranger_links(s.client.process.pid), set(),
                      "connections to strangers")
        run.__name__ = marked.__name__
        return made(**options)(run)
    return mark(function) if function else mark
