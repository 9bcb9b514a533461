"""Downloading the list, up to MSNP12."""

from .. import wire
from ..store import AL, BL, FL, RL
from .table import Closing, table

HANDLERS, on = table()

PHONES = ("PHH", "PHW", "PHM", "MOB")
STAMP = "2000-01-01T00:00:00.0-00:00"
DEFAULT_GROUP = "Other%20Contacts"


def shown_name(contact):
    return wire.quote(contact.annotations.get("MFN") or contact.name)


def phones_of(session, contact):
    other = session.server.accounts.find(contact.email)
    return other.phones if other else {}


@on("SYN", versions=range(2, 13), otherwise=502)
def download(session, command):
    words = command.args
    session.synchronised = True
    if session.version > 9 and len(words) < 2:
        raise Closing()
    account, version = session.account, session.version
    if (session.traits.deltas and words
            and words[0] == session.stamp(account.serial)):
        session.link.send("SYN", command.trid, *words[:2])
        return
    if version > 9:
        _new(session, command.trid)
    elif version > 7:
        _middle(session, command.trid)
    else:
        _old(session, command.trid)


def _old(session, trid):
    account, send = session.account, session.link.send
    version = session.version
    serial = session.serial
    send("SYN", trid, serial)
    send("GTC", trid, serial, account.gtc)
    send("BLP", trid, serial, account.blp)
    if version > 4:
        for key in PHONES:
            if key in account.phones or session.traits.name == "ms":
                send("PRP", trid, serial, key,
                     wire.quote(account.phones.get(key, "")))
    if version > 6:
        groups = [("0", DEFAULT_GROUP)] + [
            (group.number, wire.quote(group.name))
            for group in account.groups]
        for at, (number, name) in enumerate(groups, 1):
            send("LSG", trid, serial, at, len(groups), number, name, 0)
    for title, bit in (("FL", FL), ("AL", AL), ("BL", BL), ("RL", RL)):
        members = account.on(bit)
        for at, contact in enumerate(members, 1):
            send("LST", trid, title, serial, at, len(members), contact.email,
                 shown_name(contact), _numbers(contact)
                 if bit == FL and version > 6 else None)
            if bit == FL and version > 4:
                for key, value in phones_of(session, contact).items():
                    send("BPR", serial, contact.email, key, wire.quote(value))
        if not members:
            send("LST", trid, title, serial, 0, 0)


def _numbers(contact):
    return ",".join(str(group.number) for group in contact.groups) or "0"


def _middle(session, trid):
    account, send = session.account, session.link.send
    members = [one for one in account.contacts.values() if one.lists & 15]
    send("SYN", trid, session.serial, len(members), len(account.groups) + 1)
    send("GTC", account.gtc)
    send("BLP", account.blp)
    for key, value in account.phones.items():
        send("PRP", key, wire.quote(value))
    send("LSG", 0, DEFAULT_GROUP, 0)
    for group in account.groups:
        send("LSG", group.number, wire.quote(group.name), 0)
    for contact in members:
        send("LST", contact.email, shown_name(contact), contact.lists & 15,
             _numbers(contact) if contact.lists & FL else None)
        if contact.lists & FL:
            for key, value in phones_of(session, contact).items():
                send("BPR", key, wire.quote(value))


def _new(session, trid):
    account, send = session.account, session.link.send
    members = list(account.contacts.values())
    stamp = session.stamp(account.serial)
    send("SYN", trid, stamp, stamp, len(members), len(account.groups))
    send("GTC", account.gtc)
    send("BLP", account.blp)
    if account.nick:
        send("PRP", "MFN", wire.quote(account.nick))
    for key, value in account.phones.items():
        send("PRP", key, wire.quote(value))
    for group in account.groups:
        send("LSG", wire.quote(group.name), group.uuid)
    for contact in members:
        _entry(session, contact)


def _entry(session, contact):
    words = ["N=" + contact.email]
    if contact.lists & FL:
        words += ["F=" + shown_name(contact), "C=" + contact.uuid]
    words.append(contact.lists)
    if session.version > 11:
        words.append(1)
    # Contacts in no group leave an empty word behind, a space at the end.
    if contact.lists & FL or session.traits.name == "escargot":
        words.append(",".join(group.uuid for group in contact.groups))
    session.link.send("LST", *words)
    if contact.lists & FL:
        for key, value in phones_of(session, contact).items():
            session.link.send("BPR", key, wire.quote(value))
