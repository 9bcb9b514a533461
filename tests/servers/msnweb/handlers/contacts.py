"""CONTACTS: whom a session wants to hear of."""

from .. import wire

MAX_CONTACTS, MAX_BYTES = 100, 30000


def _addresses(session, command):
    root, found = wire.tree(command.body), []
    if root.tag != "ml":
        raise wire.Malformed("CONTACTS with <%s>" % root.tag)
    for group in root:
        for one in group.iter("c"):
            name, kind = one.get("n", ""), one.get("t")
            if group.tag == "d":
                name += "@" + group.get("n", "")
            if (group.tag, kind) not in (("skp", "8"), ("d", "1")):
                raise wire.Malformed("CONTACTS with type %s" % kind)
            if one.find("s") is None:
                raise wire.Malformed("CONTACTS without services")
            found.append(wire.Address("%s:%s" % (kind, name)).key)
    if len(found) > MAX_CONTACTS or len(command.body) > MAX_BYTES:
        session.violation("%d contacts in %d bytes" % (len(found),
                                                       len(command.body)))
    return found


def add(session, command):
    found = _addresses(session, command)
    fresh = [key for key in found if not session.server.presence.watches(
        session, key)]
    session.contacts |= set(found)
    session.removed -= set(found)
    session.done(command)
    session.server.presence.listed(session, fresh)


def remove(session, command):
    found = set(_addresses(session, command))
    session.contacts -= found
    session.removed |= found
    session.done(command)


HANDLERS = {("PUT", "MSGR\\CONTACTS"): add,
            ("DEL", "MSGR\\CONTACTS"): remove}
