"""States, personal messages, and pings."""

import re
import xml.etree.ElementTree as ET

from .. import notices, wire
from .table import Closing, table

HANDLERS, on = table()
STATES = ("NLN", "BSY", "IDL", "BRB", "AWY", "PHN", "LUN", "HDN", "FLN")


@on("CHG")
def change(session, command):
    words = command.args
    status = words[0] if words else ""
    if status == "FLN":
        return session.error(201, command)
    if status not in STATES:
        raise Closing()
    if session.version > 7 and len(words) < 2 and session.traits.needs_caps:
        return None
    first = session.status is None
    session.status = status
    if len(words) > 1:
        caps, _, extra = words[1].partition(":")
        session.caps, session.capsex = int(caps), int(extra or 0)
    # The object is kept as it came, a mere 0 too.
    session.msnobj = words[2] if len(words) > 2 else None
    session.chg_trid = command.trid
    session.link.send("CHG", command.trid, *words)
    if first:
        session.server.presence.initial(session)
        if session.version > 10 or session.traits.mail:
            notices.initial_mail(session)
    session.server.presence.own(session)
    session.server.presence.changed(session.account)
    return None


@on("UUX", versions=range(11, 22))
def personal(session, command):
    if not command.payload:
        return
    try:
        root = ET.fromstring(command.payload)
    except ET.ParseError:
        raise Closing() from None
    if root.tag == "Data":
        for element in root:
            session.data[element.tag] = element.text or ""
        session.account.message = session.data.get("PSM", "")
    elif root.tag == "EndpointData":
        found = re.match(r"(\d+):(\d+)", root.findtext("Capabilities", ""))
        # Escargot overlooks it, and goes by CHG.
        if found and session.traits.name != "escargot":
            session.caps, session.capsex = map(int, found.groups())
    elif root.tag == "PrivateEndpointData":
        for element in root:
            session.endpoint[element.tag] = element.text or ""
    session.link.send("UUX", command.trid, 0)
    if session.status is not None:
        session.server.presence.own(session)
        session.server.presence.changed(session.account)


@on("PNG")
def ping(session, command):
    session.link.send("QNG", session.traits.png_seconds
                      if session.version > 8 else None)


@on("QRY", versions=range(6, 22))
def answer(session, command):
    """The answer to a challenge, if one was asked for."""
    if session.challenge is None:
        return
    product = wire.unquote(command.args[0]) if command.args else ""
    want = wire.challenge_answer(session.version, session.challenge, product)
    session.products.append(product)
    if want is None or command.payload.decode("ascii", "replace") != want:
        raise Closing(540)
    session.challenge = None
    session.link.send("QRY", command.trid)
    session.server.changed()


@on("CHL", versions=range(6, 22))
def ask_for_challenge(session, command):
    session.ask_challenge()


@on("IMS", versions=range(4, 22))
def receive_chats(session, command):
    session.link.send("IMS", command.trid, 0, *command.args[:1])
