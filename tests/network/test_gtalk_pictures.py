"""Pictures on Google Talk, published by themselves and in vCards, and what a
server may keep back while nobody looks. Against a private Prosody."""

import base64
import hashlib
import re
import struct
import zlib

from gtalk_scene import SECRET, scene
from tap import equal, main, wait_until
from xmpp.peer import PLAIN, Peer

PUBSUB = "http://jabber.org/protocol/pubsub"
DATA, METADATA = "urn:xmpp:avatar:data", "urn:xmpp:avatar:metadata"
CAPS = "http://jabber.org/protocol/caps"
DISCO = "http://jabber.org/protocol/disco#info"
INFO = (f"<query xmlns='{DISCO}'>"
        "<identity category='client' type='pc' name='peer'/>"
        f"<feature var='{DISCO}'/><feature var='{METADATA}+notify'/></query>")
HASH = base64.b64encode(hashlib.sha1(
    f"client/pc//peer<{DISCO}<{METADATA}+notify<".encode()).digest()).decode()


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(
        ">I", zlib.crc32(body))


def png(color, side=8, more=b""):
    rows = b"".join(b"\0" + bytes(color) * side for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) +
            (chunk(b"tEXt", more) if more else b"") + chunk(b"IEND", b""))


RED, GREEN, BLUE = png((255, 0, 0)), png((0, 255, 0)), png((0, 0, 255))


def sha1(data):
    return hashlib.sha1(data).hexdigest()


def play(function=None, **options):
    return scene(function, settings=PLAIN, **options)


def friend(s, mina, name="tomas"):
    """Somebody who wants to know of pictures; both see each other."""
    one = Peer(s.server, name, SECRET, presence=None)
    s.t.at_end(one.close)
    one.answer(DISCO, INFO)
    one.send(f"<presence><c xmlns='{CAPS}' hash='sha-1' node='https://peer' "
             f"ver='{HASH}'/></presence>")
    mina.buddy_add(one.address, "Friends")
    one.wait("type='subscribe'|subscribe")
    here = s.address("mina")
    one.send(f"<presence to='{here}' type='subscribed'/>"
             f"<presence to='{here}' type='subscribe'/>")
    question = mina.wait("request", who=one.address)
    s.client.call("answer", question["id"], 0)
    one.wait(f"<presence[^>]*from='{here}/")
    return one


count = 0


def put(one, node, item, payload):
    global count
    count += 1
    one.send(f"<iq type='set' id='put{count}'><pubsub xmlns='{PUBSUB}'>"
             f"<publish node='{node}'><item id='{item}'>{payload}</item>"
             "</publish></pubsub></iq>")
    one.wait(f"id='put{count}'[^>]*type='result'|"
             f"type='result'[^>]*id='put{count}'")


def publish(one, data, claimed=None, size=None, kind="image/png", url=""):
    name = claimed or sha1(data)
    put(one, DATA, name, f"<data xmlns='{DATA}'>"
        f"{base64.b64encode(data).decode()}</data>")
    put(one, METADATA, name,
        f"<metadata xmlns='{METADATA}'><info id='{name}' type='{kind}' "
        f"bytes='{size or len(data)}' {url}/></metadata>")


def seen(mina, one, data):
    return mina.wait("buddy-icon", who=one.address,
                     hash=sha1(data), size=len(data))


def icons(mina):
    return [e["hash"] for e in mina.seen("buddy-icon") if e["size"]]


@play
def published_are_seen(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    publish(tomas, RED)
    seen(mina, tomas, RED)
    publish(tomas, GREEN)
    seen(mina, tomas, GREEN)
    # The server puts it into the vCard too: no second look.
    tomas.send("<presence/>")
    put(tomas, METADATA, "none", f"<metadata xmlns='{METADATA}'/>")
    mina.wait("buddy-icon", who=tomas.address, size=0)
    equal(icons(mina), [sha1(RED), sha1(GREEN)])


@play
def what_is_no_picture_is_none(s):
    """Another picture than was said, no picture, too many pixels, too many
    bytes, elsewhere: none of them is shown, the next one is."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    publish(tomas, GREEN, claimed=sha1(RED))
    publish(tomas, b"GIF89a is not what this is")
    publish(tomas, png((1, 2, 3), side=1025))
    publish(tomas, png((1, 2, 3), more=b"c\0" + b"x" * 150 * 1024))
    publish(tomas, GREEN, size=160000)
    publish(tomas, RED, kind="image/svg+xml")
    publish(tomas, RED, url="url='http://127.0.0.1:1/me.png'")
    publish(tomas, BLUE)
    seen(mina, tomas, BLUE)
    equal(icons(mina), [sha1(BLUE)])


@play
def strangers_show_nothing(s):
    """... nor does a friend in the name of another."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    forged = (f"<message to='{s.address('mina')}' type='headline'><event "
              f"xmlns='{PUBSUB}#event'><items node='{METADATA}'><item "
              f"id='{sha1(RED)}'><metadata xmlns='{METADATA}'><info "
              f"id='{sha1(RED)}' type='image/png' bytes='99'/></metadata>"
              "</item></items></event></message>")
    tomas.send(forged)
    publish(tomas, BLUE)
    seen(mina, tomas, BLUE)
    equal(icons(mina), [sha1(BLUE)])


def ask(one, to, payload):
    global count
    count += 1
    one.send(f"<iq type='get' id='ask{count}' to='{to}'>{payload}</iq>")
    return one.wait(f"<iq[^>]*id='ask{count}'.*?</iq>")[0]


def events(one):
    return re.findall(f"<metadata xmlns='{METADATA}'(?:/>|>.*?</metadata>)",
                      one.heard)


@play
def ours_is_published(s):
    """By itself, in the vCard and in presence; once."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    here = s.address("mina")
    mina.icon(RED.hex())
    tomas.wait(f"<photo>{sha1(RED)}</photo>")
    info = wait_until(lambda: events(tomas), "news of the picture")[-1]
    for word in (sha1(RED), "image/png", f"bytes='{len(RED)}'", "width='8'",
                 "height='8'"):
        assert word in info, info
    text = base64.b64encode(RED).decode()
    assert text in ask(tomas, here, f"<pubsub xmlns='{PUBSUB}'><items "
                       f"node='{DATA}'/></pubsub>")
    assert text in ask(tomas, here, "<vCard xmlns='vcard-temp'/>")
    mina.sign_off()
    tomas.wait("unavailable")
    mina.sign_on()
    tomas.wait(f"<photo>{sha1(RED)}</photo>")
    mina.icon(GREEN.hex())
    tomas.wait(f"<photo>{sha1(GREEN)}</photo>")
    wait_until(lambda: sha1(GREEN) in events(tomas)[-1], "the other one")
    # One a picture, and what the server says again at sign-on.
    equal(sum(sha1(RED) in e for e in events(tomas)) <= 2, True)
    mina.icon("")
    wait_until(lambda: "info" not in events(tomas)[-1], "none any more")


@play
def quick_changes_end_with_the_last(s):
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    for picture in (RED, GREEN, BLUE):
        mina.icon(picture.hex())
    tomas.wait(f"<photo>{sha1(BLUE)}</photo>")
    wait_until(lambda: events(tomas) and sha1(BLUE) in events(tomas)[-1],
               "the last one")


@play
def the_server_may_hold_back(s):
    """While nobody is at the keyboard; what is said comes all the same."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = friend(s, mina)
    mina.idle(600)
    tomas.wait("urn:xmpp:idle:1")
    wait_until(lambda: "<inactive" in s.server.log(), "a word of it")
    tomas.send(f"<message to='{s.address('mina')}' type='chat'>"
               "<body>there?</body></message>")
    mina.wait("line", html="there?")
    mina.idle(0)
    wait_until(lambda: "<active" in s.server.log(), "the opposite")



if __name__ == "__main__":
    main()
