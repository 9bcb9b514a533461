"""Editing the list, up to MSNP12; and settings."""

from .. import wire
from ..roster import NO_ACCOUNT, Refused
from ..store import FL, LISTS, PL, RL
from .lists import phones_of
from .table import Closing, table

HANDLERS, on = table()
OLD, NEW = range(2, 10), range(10, 13)


def _serial(session):
    return session.serial if session.version < 10 else None


def _bit(name):
    if name not in LISTS:
        raise Closing()
    return LISTS[name]


def _group(session, ident):
    if ident in (None, "0"):
        return None
    group = session.account.group(ident)
    if group is None:
        raise Refused(224)
    return group


@on("ADD", versions=OLD)
def add(session, command):
    title, email, *rest = command.args
    bit = _bit(title)
    if bit == RL:
        raise Closing()
    name = wire.unquote(rest[0]) if rest else email
    ident = rest[1] if len(rest) > 1 else None
    group = _group(session, ident)
    session.trid = command.trid
    found = session.server.roster.add(session.account, bit, email, name,
                                      group)
    session.link.send("ADD", command.trid, title, session.serial,
                      found.email, wire.quote(name), ident)
    _added(session, bit, found)


def _added(session, bit, found):
    """What follows the reply to a change: phones, and who is there."""
    if bit == FL and session.version > 4:
        for key, value in phones_of(session, found).items():
            session.link.send("BPR", _serial(session), found.email, key,
                              wire.quote(value))
    session.server.roster.settle(session.account, bit, found.email)


@on("ADC", versions=NEW)
def add_new(session, command):
    title, first, *rest = command.args
    bit, account = _bit(title), session.account
    session.trid = command.trid
    if bit == FL and first.startswith("C="):
        return _add_to_group(session, command, first[2:], rest)
    if not first.startswith("N="):
        return session.error(201, command)
    email = first[2:]
    if bit in (RL, PL):
        found = account.contact(email)
        if bit == PL or found is None or not found.lists & PL:
            raise Closing()
        found.lists = found.lists & ~PL | RL
        session.link.send("ADC", command.trid, title, first)
        return None
    found = session.server.roster.add(account, bit, email)
    words = ["N=" + found.email]
    if bit == FL:
        # The current name of the contact, not what was sent.
        words += ["F=" + wire.quote(found.name), "C=" + found.uuid]
    session.link.send("ADC", command.trid, title, *words)
    _added(session, bit, found)
    return None


def _add_to_group(session, command, uuid, rest):
    found = session.account.contact_by_uuid(uuid)
    if found is None:
        return session.error(403, command)
    group = _group(session, rest[0] if rest else None)
    if group in found.groups:
        return session.error(215, command)
    found.groups.append(group)
    session.account.touch()
    session.link.send("ADC", command.trid, "FL", "C=" + uuid, group.uuid)
    return None


@on("REM", versions=range(2, 13))
def remove(session, command):
    title, who, *rest = command.args
    bit, account, email = _bit(title), session.account, who
    if bit == RL:
        raise Closing()
    if bit == FL and session.version > 9:
        if not wire.is_guid("{%s}" % who):
            return session.error(403, command)
        found = account.contact_by_uuid(who)
        if found is None:
            raise Refused(NO_ACCOUNT)
        email = found.email
    group = _group(session, rest[0] if rest else None)
    if session.server.accounts.find(email) is None \
            and account.contact(email) is None:
        raise Refused(NO_ACCOUNT)
    found = session.server.roster.remove(account, bit, email, group)
    # Escargot: who is in no group any more is not on the list either.
    if group and not found.groups and session.traits.name == "escargot":
        session.server.roster.remove(account, FL, email)
    session.link.send("REM", command.trid, title, _serial(session), who,
                      *rest[:1])
    return None


@on("ADG", versions=range(7, 13))
def add_group(session, command):
    group = session.server.roster.add_group(session.account,
                                            wire.unquote(command.args[0]))
    session.link.send(
        "ADG", command.trid, _serial(session), wire.quote(group.name),
        group.number if session.version < 10 else group.uuid, 0)


@on("RMG", versions=range(7, 13))
def remove_group(session, command):
    ident = command.args[0]
    session.server.roster.delete_group(session.account, ident)
    session.link.send("RMG", command.trid, _serial(session) or 1, ident)


@on("REG", versions=range(7, 13))
def rename_group(session, command):
    ident, name = command.args[:2]
    group = session.server.roster.rename_group(session.account, ident,
                                               wire.unquote(name))
    name = wire.quote(group.name)
    if session.version < 10:
        session.link.send("REG", command.trid, session.serial, ident,
                          name, 0)
    else:
        session.link.send("REG", command.trid, 1, name, ident, 0)


@on("REA", versions=OLD, otherwise=502)
def rename(session, command):
    if len(command.args) < 2:
        return
    email, name = command.args[:2]
    account = session.account
    if email.lower() == account.key:
        session.server.rename(account, wire.unquote(name), session)
    else:
        found = account.contact(email)
        if found is None:
            raise Refused(216)
        found.name = wire.unquote(name)
        account.touch()
    session.link.send("REA", command.trid, session.serial, email, name)


@on("PRP", versions=range(5, 22))
def property_(session, command):
    key, *rest = command.args
    account, value = session.account, wire.unquote(rest[0]) if rest else ""
    if key == "MFN":
        if session.version < 10:
            raise Closing()
        session.server.rename(account, value, session)
    elif key == "MOB" and session.version < 10 and \
            session.traits.lenient_lists:
        # Escargot's handler breaks, and says nothing.
        return
    else:
        account.phones[key] = value
        account.touch()
        session.server.tell_phones(account, key, value)
    session.link.send("PRP", command.trid, _serial(session), key, *rest[:1])


@on("SBP", versions=NEW)
def contact_property(session, command):
    uuid, key, value = command.args[:3]
    found = session.account.contact_by_uuid(uuid)
    if found is None:
        return session.error(403, command)
    found.annotations[key] = wire.unquote(value)
    session.account.touch()
    session.link.send("SBP", command.trid, uuid, key, value)
    return None


@on("GTC", versions=range(2, 13))
def ask_or_not(session, command):
    _mode(session, command, "gtc", ("A", "N"))


@on("BLP")
def default_privacy(session, command):
    _mode(session, command, "blp", ("AL", "BL"))
    session.server.presence.changed(session.account)


def _mode(session, command, field, values):
    value = command.args[0] if command.args else ""
    account = session.account
    if value not in values:
        raise Closing()
    if getattr(account, field) == value and session.version < 13:
        raise Refused(218)
    setattr(account, field, value)
    account.touch()
    session.link.send(command.name, command.trid, _serial(session), value)
