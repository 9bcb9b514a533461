"""The list from MSNP13 on: it is kept elsewhere, and only told here."""

import xml.etree.ElementTree as ET

from .. import wire
from ..roster import NO_ACCOUNT, Refused, numeric
from ..store import AL, BL, FL
from .table import Closing, table

HANDLERS, on = table()
MSN = 1


def entries(payload):
    """[(email, list bits, network)] and whether it is the initial list."""
    try:
        root = ET.fromstring(payload)
    except ET.ParseError:
        raise Closing(241) from None
    found = []
    for domain in root.findall("d"):
        if not domain.findall("c"):
            raise Closing(240)
        for one in domain.findall("c"):
            found.append(("%s@%s" % (one.get("n"), domain.get("n")),
                          _number(one.get("l")), _number(one.get("t", "1"))))
    for one in root.findall("t/c"):
        found.append((one.get("n", ""), _number(one.get("l")), 4))
    return found, root.get("l") == "1"


def _number(text):
    try:
        return int(text or 0)
    except ValueError:
        raise Closing(241) from None


def _check(found):
    for _, bits, network in found:
        if bits & ~(FL | AL | BL) or bits & (AL | BL) == AL | BL:
            raise Closing(241)
        if network not in (MSN, 4):
            raise Closing(204)


@on("ADL", versions=range(13, 22))
def add(session, command):
    if not command.payload:
        return
    found, initial = entries(command.payload)
    _check(found)
    session.listed = True
    if initial:
        for email, bits, _ in found:
            session.told[email.lower()] = bits
            if session.traits.adl_counts:
                session.server.presence.show(session, email, initial=True,
                                             trid=command.trid)
    else:
        for email, bits, network in found:
            if network == MSN:
                _apply(session, email, bits, command)
    session.link.send("ADL", command.trid, "OK")


def _apply(session, email, bits, command):
    roster, account = session.server.roster, session.account
    session.told[email.lower()] = session.told.get(email.lower(), 0) | bits
    session.trid = command.trid
    for bit in (FL, AL, BL):
        if not bits & bit:
            continue
        there = account.contact(email)
        if not (there and there.lists & bit):
            roster.add(account, bit, email)
        roster.settle(account, bit, email)


@on("RML", versions=range(13, 22))
def remove(session, command):
    if not command.payload:
        return
    found, _ = entries(command.payload)
    for email, bits, _ in found:
        if email.lower() in session.told:
            session.told[email.lower()] &= ~bits
        for bit in (FL, AL, BL):
            if bits & bit:
                try:
                    session.server.roster.remove(session.account, bit, email)
                except Refused:
                    # Who is not on the list is off it.
                    pass
    session.link.send("RML", command.trid, "OK")


@on("FQY", versions=range(14, 22))
def query(session, command):
    found, _ = entries(command.payload)
    if len(found) != 1:
        raise Closing(241)
    email = found[0][0]
    if session.server.accounts.find(email) is None:
        return session.error(numeric(Refused(NO_ACCOUNT), session.version),
                             command)
    name, _, domain = email.partition("@")
    session.link.send("FQY", command.trid, payload=(
        '<ml><d n="%s"><c n="%s" t="1" /></d></ml>' % (
            wire.escape(domain), wire.escape(name))).encode())
    return None
