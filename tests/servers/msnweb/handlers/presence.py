"""What is published: PRESENCE, SUBSCRIPTIONS, ACTIVEENDPOINT."""

from .. import groups, wire
from ..wire import Markup, Refused, element

SUBSCRIBE = ("<subscribe><presence><buddies><all /></buddies></presence>"
             "<messaging><im /><conversations /></messaging><notifications>"
             "<partners><partner>Hotmail</partner><partner>ABCH</partner>"
             "</partners></notifications></subscribe>")
MESSAGE_LIMIT = 128
STATUSES = ("NLN", "BSY", "AWY", "IDL", "BRB", "PHN", "LUN", "HDN")


def own_layers(session, command, last):
    """The blocks of what is said about oneself."""
    layers = wire.Layers(command.body, last)
    check_source(session, layers)
    return layers


def check_source(session, layers):
    source = layers.routing.get("from", "")
    wanted = "%s;epid=%s" % (session.account.address, session.epid)
    if source != wanted:
        raise wire.Malformed("From %r, not %r" % (source, wanted))


def publish(session, command):
    layers = own_layers(session, command, "Publication: 1.0")
    if layers.inner.get("uri", "").startswith("/circle"):
        groups.publish(session, command, layers)
        return
    _check_user(session, layers)
    root = wire.tree(layers.content)
    account, endpoint = {}, {}
    for one in root:
        values = {child.tag: child.text or "" for child in one}
        if one.tag == "s":
            account[one.get("n")] = values
        elif one.tag == "sep" and one.get("epid") == session.epid:
            endpoint[one.get("n")] = values
        else:
            raise wire.Malformed("publishes <%s epid=%s>" % (
                one.tag, one.get("epid")))
    _check_services(session, account)
    session.published = True
    session.server.presence.publish(session, account, endpoint)
    status = session.account.services.get("IM", {}).get("Status", "HDN")
    if command.old:
        answer_old(session, command)
        return
    session.done(command, element(
        "presence-response",
        element("user", Markup('<s n="IM"><Status>%s</Status></s>' % status)),
        element("from", "%s;epid=%s" % (session.account.address,
                                        session.epid))))


def answer_old(session, command, source=None):
    """What MSNP21 says to PUT and DEL: that it was."""
    session.answer(wire.old_command("%s %d OK" % (command.verb, command.trid),
                                    _old_blocks(session, source)))


def _old_blocks(session, source):
    return ("Routing: 1.0\r\nTo: %s;epid=%s\r\nFrom: %s\r\n\r\n"
            "Reliability: 1.0\r\n\r\n" % (
                session.account.address, session.epid,
                source or session.account.address)).encode()


def _check_user(session, layers):
    if (layers.inner.get("uri"), layers.inner.get("content-type")) != (
            "/user", "application/user+xml") or layers.routing.get(
                "to") != session.account.address:
        raise wire.Malformed("published as %r to %r" % (
            layers.inner, layers.routing.get("to")))


def _check_services(session, account):
    status = account.get("IM", {}).get("Status")
    if status is not None and status not in STATUSES:
        session.violation("status %r" % status)
    for service, name in (("PE", "PSM"), ("SKP", "Mood")):
        if len(account.get(service, {}).get(name, "")) > MESSAGE_LIMIT:
            session.violation("%s longer than %d" % (name, MESSAGE_LIMIT))
    if account.get("PE", {}).get("PSM") != account.get("SKP", {}).get("Mood"):
        session.violation("PSM and Mood differ")


def withdraw(session, command):
    """DEL: another endpoint of one's own is to go."""
    layers = own_layers(session, command, "Publication: 1.0")
    if layers.inner.get("uri", "").startswith("/circle"):
        groups.publish(session, command, layers)
        return
    _check_user(session, layers)
    for one in wire.tree(layers.content).iter("sep"):
        other = session.account.endpoint(one.get("epid"))
        if other is None:
            raise Refused(205, "No such endpoint")
        session.server.presence.send_away(other)
    if command.old:
        answer_old(session, command)
    else:
        session.done(command)


def subscribe(session, command):
    if command.body.decode() != SUBSCRIBE:
        session.violation("SUBSCRIPTIONS with %s" % command.body.decode())
    if session.subscriptions:
        session.violation("SUBSCRIPTIONS a second time")
    if not session.published:
        session.violation("SUBSCRIPTIONS before PRESENCE")
    root = wire.tree(command.body)
    session.subscriptions = {
        name for name, path in (("presence", "presence/buddies/all"),
                                ("im", "messaging/im"),
                                ("partners", "notifications/partners"))
        if root.find(path) is not None}
    session.done(command)
    session.server.presence.subscribed(session)
    session.server.messages.subscribed(session)


def be_active(session, command):
    seconds = wire.text_of(wire.tree(command.body), "timeout")
    if not (seconds or "").isdigit():
        raise wire.Malformed("ACTIVEENDPOINT %r" % command.body)
    session.active = int(seconds)
    session.done(command)


HANDLERS = {
    ("PUT", "MSGR\\PRESENCE"): publish, ("DEL", "MSGR\\PRESENCE"): withdraw,
    ("PUT", "MSGR\\SUBSCRIPTIONS"): subscribe,
    ("PUT", "MSGR\\ACTIVEENDPOINT"): be_active,
    # MSNP21 does not say what is published; the Uri does.
    ("PUT", "MSGR"): publish, ("DEL", "MSGR"): withdraw,
}
