"""Everything else a signed-on client says."""

from .. import notices, presence, wire
from ..store import Stored
from .table import Closing, table

HANDLERS, on = table()

POLICIES = b"""<Policies>
\t<Policy type="SHIELDS" checksum="00000000000000000000000000000000"><config>\
 <shield><cli maj="7" min="0" minbld="0" maxbld="9999" deny=" " /></shield>\
 <block></block></config></Policy>
</Policies>"""


@on("XFR")
def switchboard(session, command):
    words = command.args
    if words[:1] != ["SB"]:
        return session.error(201, command)
    status = session.status
    if status is None or (status == "HDN" and session.version < 13):
        return session.error(913, command)
    if session.asks_too_often():
        return session.error(800, command)
    server = session.server
    cookie = server.rooms.bake(session.account, session)
    tail = []
    if session.version > 12:
        tail = ["U", "messenger.msn.com"]
    if session.version > 13:
        tail.append("1" if server.config.direct else "0")
    session.link.send("XFR", command.trid, "SB",
                      server.address(session.link, server.sb_port), "CKI",
                      cookie, *tail)
    return None


@on("URL")
def page(session, command):
    if session.traits.mail:
        session.link.send(
            "URL", command.trid, "/cgi-bin/HoTMaiL",
            "https://loginnet.passport.com/ppsecure/md5auth.srf?lc=1033", 2)
    else:
        session.link.send("URL", command.trid, "/unused1", "/unused2", 1)


@on("GCF", versions=range(11, 22))
def policies(session, command):
    if session.version < 13 and not session.synchronised:
        return session.error(715, command)
    session.link.send("GCF", command.trid, *command.args[:1],
                      payload=POLICIES)
    return None


def send_policies(session):
    session.link.send("GCF", 0, payload=POLICIES)


@on("SND", "SDC", "FND")
def invite(session, command):
    if command.name == "FND":
        return session.error(502, command)
    session.server.invited.append({"by": session.account.email,
                                   "to": command.args[0]})
    session.link.send(command.name, command.trid, "OK")
    session.server.changed()
    return None


@on("VAS", "PAG", "PGD")
def swallow(session, command):
    """Accepted; there is nobody to hand it on to."""


@on("USR", versions=range(8, 22))
def sign_on_again(session, command):
    if command.args[:1] == ["SHA"]:
        session.link.send("USR", command.trid, "OK", session.account.email,
                          0, 0)
        return None
    return session.error(205, command)


@on("UUN", versions=range(13, 22))
def notify(session, command):
    email, _, guid = command.args[0].partition(";")
    account = session.server.accounts.find(email)
    sessions = [one for one in session.server.sessions(account)
                if guid in ("", one.guid)] if account else []
    if account is None or not (account is session.account or (
            sessions and account.lets_see(session.account))):
        return session.error(217, command)
    session.link.send("UUN", command.trid, "OK")
    for one in sessions:
        sender = session.account.email
        if session.guid and one.version > 15:
            sender += ";" + session.guid
        if one is not session:
            one.link.send("UBN", sender, command.args[1],
                          payload=command.payload)
    return None


@on("UUM", versions=range(14, 22))
def message(session, command):
    """Text for somebody who is not there; else there are switchboards."""
    email, network, kind = command.args[:3]
    if network != "1" or kind not in "1234":
        return
    account = session.server.accounts.find(email)
    fields, body = wire.fields(command.payload)
    if (account is None or session.version < 18 or kind != "1"
            or not account.lets_see(session.account)):
        return
    if presence.foremost(account):
        for one in session.server.sessions(account):
            one.link.send("UBM", session.account.email, 1, email, 1, kind,
                          payload=command.payload)
        return
    if fields.get("dest-agent") == "client":
        notices.store(session.server, Stored(
            session.account.email, account.email,
            body.decode("utf-8", "replace"), session.account.nick,
            "{%s}" % session.account.uuid.upper()))


@on("OUT")
def leave(session, command):
    raise Closing()


@on("CVR")
def answer_version(session, command):
    """What clients may use; early or late, it is the same to Escargot."""
    words = command.args
    if len(words) > 5:
        version, url = words[5], session.traits.info_url
        session.link.send("CVR", command.trid, version, version, version, url,
                          url)


@on("INF", "VER")
def too_late(session, command):
    raise Closing()
