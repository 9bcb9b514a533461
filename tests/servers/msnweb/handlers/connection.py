"""CNT, ATH, BND, CHALLENGE, PNG and OUT."""

import html
import re
import time

from .. import wire
from ..wire import Refused, element

AGENT = ("<agent><os>winnt</os><osVer>5.2</osVer><proc>x86</proc>"
         "<lcid>en-us</lcid></agent>")
CONNECT = "<connect><ver>2</ver>%s</connect>" % AGENT
MOVED = "<connect><xfr><state>%%s</state></xfr><ver>2</ver>%s</connect>" % (
    AGENT)
COOKIE = re.compile(r"<user>(?:<uic>([^<]*)</uic>)?<web-compact-ticket />"
                    r"</user>")
TICKET = re.compile(r"<user><ssl-compact-ticket>([^<]*)</ssl-compact-ticket>"
                    r"(?:<uic>([^<]*)</uic>)?<ssl-site-name>"
                    r"chatservice\.live\.com</ssl-site-name></user>")
BIND = re.compile(r"<msgr><ver>2</ver><client><name>msgrliboutlook</name>"
                  r"<ver>6\.4\.0\.0</ver></client><epid>([^<]*)</epid>"
                  r"</msgr>")
CHALLENGE = re.compile(r"<challenge><appId>PROD0090YUAUV\{2B</appId>"
                       r"<response>([0-9a-f]*)</response></challenge>")
STATE = "c3RhdGUtMQ=="
# Pings come no more often, but for the time they spend on their way.
PING_SECONDS = 44


def connect(session, command):
    server = session.server
    body, moved = command.body.decode(), server.moving
    wanted = MOVED % moved if moved else CONNECT
    if body != wanted:
        session.violation("CNT with %s" % body)
    server.moving = None
    xfr = server.faults.find(session, command.stages, "xfr")
    if xfr:
        server.moving = STATE
        session.reply(command, [], element(
            "xfr", element("target", xfr.address), element("state", STATE)),
            verb="XFR")
        session.ending = True
        return
    session.reply(command, [], element(
        "connect-response", element("ver", 2), element("qostest", "false"),
        element("nonce", server.config.connect_nonce)))


def authenticate(session, command):
    """With cookies, which the open request had, or with a ticket."""
    body = command.body.decode()
    if session.cookies:
        match = COOKIE.fullmatch(body)
        session.uic = match and match[1]
        well = match and session.account
    else:
        match = TICKET.fullmatch(body)
        account = match and session.server.tickets.get(
            html.unescape(match[1]))
        if not session.signed_on:
            session.account = account
        well = account and account is session.account
    if not match:
        session.violation("ATH with %s" % body)
    if not well:
        session.ending = True
        raise Refused(911, "Authentication failed")
    session.signed_on = True
    allowed = session.server.config.threads_allowed
    session.reply(command, [], element(
        "auth-response",
        element("new-thread-allowed", str(allowed).lower()),
        element("p2p-migration-allowed", "false")))


def bind(session, command):
    if not session.signed_on:
        session.violation("BND before ATH")
        raise Refused(302, "Not logged in")
    if session.bound:
        session.violation("BND a second time")
        raise Refused(715, "Already bound")
    match = BIND.fullmatch(command.body.decode())
    if not match or not wire.EPID.fullmatch(match[1]):
        session.violation("BND with %s" % command.body.decode())
        raise Refused(201, "Bad parameter")
    older = session.account.endpoint(match[1])
    session.epid, session.bound = match[1], True
    if older is not None:
        older.end("Signed in elsewhere")
    session.server.presence.came(session)
    config = session.server.config
    now = config.utc or int(time.time())
    body = [element("ver", 2), element("utctime", now)]
    if config.nonce:
        session.challenged, session.since_challenge = config.nonce, 0
        body.append(element("nonce", config.nonce))
    body.append(element("sample-window", 0))
    session.reply(command, [
        ("UtcTime", now), ("Set-Registration", next_token(session)),
        ("Registration-Token-Expiry", now + config.token_seconds),
        ("Context", config.context)], element("msgr-response", *body))


def next_token(session):
    """A new registration token, to be used from now on."""
    session.registered += 1
    first = session.server.config.token
    session.tokens.append(first if first and session.registered == 1
                          else wire.token(session.registered))
    return session.tokens[-1]


def respond(session, command):
    match = CHALLENGE.fullmatch(command.body.decode())
    if session.challenged is None:
        session.violation("CHALLENGE without a nonce")
        raise Refused(502, "Not challenged", False)
    if not match or match[1] != wire.challenge(session.challenged):
        session.violation("CHALLENGE with %s" % command.body.decode())
        session.ending = True
        raise Refused(540, "Challenge failed", False)
    session.challenged = None
    session.done(command)


def ping(session, command):
    now, config = time.monotonic(), session.server.config
    if now - session.last.get("PNG", session.opened) < PING_SECONDS or \
            config.ping_seconds == 0 and "PNG" in session.last:
        session.violation("PNG too soon")
    session.last["PNG"] = now
    if command.old:
        # Seconds, not a length.
        session.answer(b"QNG 43\r\n")
        return
    if command.body or not (command.header("Last-Msg-Id") or "0").isdigit():
        session.violation("PNG with %r" % command.payload)
    session.reply(command, [("Set-Registration", next_token(session))],
                  element("ping-response",
                          element("wait", config.ping_seconds)))


def leave(session, command):
    if command.body:
        session.violation("OUT with a body")
    session.ending = True
    session.goodbye = True


HANDLERS = {
    ("CNT", "CON"): connect, ("ATH", "CON\\USER"): authenticate,
    ("BND", "CON\\MSGR"): bind, ("PUT", "MSGR\\CHALLENGE"): respond,
    ("PNG", "CON"): ping, ("OUT", "CON"): leave,
}
