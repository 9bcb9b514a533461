"""GET: what was said before."""

from .. import wire
from ..wire import element

MAX_PAGE = 100


def _numbers(command, *names):
    root = wire.tree(command.body)
    found = [root]
    for name in names:
        text = wire.text_of(root, name)
        if text is None or not text.isdigit():
            raise wire.Malformed("%s is %r" % (name, text))
        found.append(int(text))
    return found


def recent(session, command):
    root, start, page = _numbers(command, "start", "pagesize")
    if root.tag != "recentconversations":
        raise wire.Malformed("GET of <%s>" % root.tag)
    if "recent" in session.last:
        session.violation("RECENTCONVERSATIONS a second time")
    session.last["recent"] = 0
    by_id = {}
    for ident, message in session.account.history:
        if message.ident >= start:
            by_id.setdefault(ident, []).append(message)
    conversations = []
    for ident, messages in by_id.items():
        parts = [element("id", ident)]
        thread = session.server.threads.find(ident)
        if thread:
            parts.append(thread.snapshot())
        shown = sorted(messages, key=lambda one: one.ident)[-min(
            page, MAX_PAGE):]
        parts.append(element("messages", *[one.history() for one in shown]))
        conversations.append(element("conversation", *parts))
    session.done(command, element(
        "recentconversations-response",
        element("conversations", *conversations)))


def by_conversation(session, command):
    """Pages, newest first; what comes after is told by a state."""
    root, start, page = _numbers(command, "start", "pagesize")
    ident = wire.text_of(root, "id") or ""
    key = wire.Address(ident).key
    state = wire.text_of(root, "messagessyncstate")
    found = [message for one, message in session.account.history
             if wire.Address(one).key == key and message.ident >= start
             and (not state or message.ident < int(state))]
    found.sort(key=lambda one: -one.ident)
    shown, more = found[:page], len(found) > page
    session.done(command, element(
        "messagesbyconversation-response", element("id", ident),
        element("hasmore", str(more).lower()),
        element("messagessyncstate", shown[-1].ident if shown else ""),
        element("messages", *[one.history() for one in shown])))


HANDLERS = {("GET", "MSGR\\RECENTCONVERSATIONS"): recent,
            ("GET", "MSGR\\MESSAGESBYCONVERSATION"): by_conversation}
