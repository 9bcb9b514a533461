"""THREAD: conversations of several."""

from .. import wire
from ..wire import Refused, element


def put(session, command):
    root = wire.tree(command.body)
    if root.tag != "thread":
        raise wire.Malformed("THREAD with <%s>" % root.tag)
    ident = wire.text_of(root, "id")
    if ident is None:
        raise wire.Malformed("THREAD without id")
    members = [(wire.text_of(one, "mri"), wire.text_of(one, "role"))
               for one in root.findall("members/member")]
    for mri, role in members:
        wire.Address(mri or "")
        if role not in ("admin", "user"):
            raise wire.Malformed("role %r" % role)
    threads = session.server.threads
    if not ident:
        thread = threads.create(session.account.address, members)
        session.done(command, element("thread", element("id",
                                                        thread.address)))
        threads.announce_creation(thread)
        return
    thread = _find(session, ident)
    topic = wire.text_of(root, "properties/topic")
    role = thread.role(session.account.address)
    if role is None or members and role != "admin":
        raise Refused(420, "Not allowed")
    session.done(command)
    threads.change(thread, session.account.address, members, topic)


def _find(session, ident):
    thread = session.server.threads.find(ident)
    if thread is None:
        raise Refused(205, "No such thread")
    return thread


def delete(session, command):
    root = wire.tree(command.body)
    thread = _find(session, wire.text_of(root, "id") or "")
    me = session.account.address
    members = [wire.text_of(one, "mri") for one in root.findall(
        "members/member")]
    if not members:
        raise wire.Malformed("DEL THREAD of nobody")
    role = thread.role(me)
    if role is None or role != "admin" and any(
            wire.Address(one).key != wire.Address(me).key
            for one in members):
        raise Refused(420, "Not allowed")
    session.done(command)
    session.server.threads.remove(thread, me, members)


def get(session, command):
    found = []
    for one in wire.tree(command.body).findall("thread"):
        thread = _find(session, wire.text_of(one, "id") or "")
        if thread.role(session.account.address) is None:
            raise Refused(420, "Not allowed")
        found.append(thread.snapshot())
    session.done(command, element("threads-response",
                                  element("threads", *found)))


HANDLERS = {("PUT", "MSGR\\THREAD"): put, ("DEL", "MSGR\\THREAD"): delete,
            ("GET", "MSGR\\THREADS"): get}
