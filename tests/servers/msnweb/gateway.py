"""The gateway: gateway sessions over HTTP."""

import asyncio
import time
import urllib.parse

from common.http import Answer

from . import session as sessions
from . import wire

OPEN = "Version=1&Protocol=mtp&Action=open&Server=NS&IP=none"
LIFESPANS = ("60", "3")
CLIENT_BYTES = 32000
# What only web pages send.
UNWANTED = ("origin", "x-requested-session-content-type")
# A request that crossed the end of its session is nobody's fault.
CROSSING_SECONDS = 2


def kind_of(request):
    """"open", "poll" or "data"."""
    action = dict(urllib.parse.parse_qsl(request.query)).get("Action")
    return action if action in ("open", "poll") else "data"


class Gateway:
    def __init__(self, server):
        self.server = server
        # Sessions by each of their names, and all there ever were.
        self.names, self.all = {}, []
        self.over = {}
        self.moving_host = {}

    # Requests.

    async def answer(self, request, kind):
        """An Answer, or None to hang up."""
        self._check_request(request)
        if kind == "open":
            return await self._open(request)
        query = dict(urllib.parse.parse_qsl(request.query))
        session = self.names.get(query.get("SessionID", ""))
        request.session = session
        if session is None:
            self._check_over(query.get("SessionID", ""))
            return self._unknown()
        if self._refuses(session, request, kind):
            return self._unknown(session)
        session.seen = time.monotonic()
        session.requests[kind] += 1
        self._check_host(session, request)
        if kind == "poll":
            return await self._poll(session, request, query)
        return await self._data(session, request)

    def _refuses(self, session, request, kind):
        """Whether a request draws 400, and the session ends."""
        strict = self.server.config.strict
        if self.server.faults.find(session, [kind], "lose"):
            self.forget(session, "fault")
        elif kind == "data" and session.at_work and not request.body.startswith(
                b"OUT "):
            session.violation("two data requests at once")
            self.forget(session, "overlap")
        elif strict and (session.at_work or session.held or session.polling):
            self.server.overlaps += 1
            self.forget(session, "overlap")
        elif not self._authorized(session, request):
            self.forget(session, "cookies")
        return session.lost

    def _authorized(self, session, request):
        """Whether the request has what its session was opened with."""
        if not session.cookies:
            if "cookie" in request.fields or "x-msn-auth" in request.fields:
                session.violation("cookies with a ticket")
            return True
        if self.account_of(request, stale=True) is not session.account:
            session.violation("request without the cookies of the session")
            return False
        return True

    def account_of(self, request, stale=False):
        """Whose the three cookies are; None if they are no good."""
        cookies = self.server.web.cookies(request)
        if request.fields.get("x-msn-auth") != "Use-Cookie":
            return None
        for account in self.server.accounts:
            if all(cookies.get(title) == account.cookie(word) or stale
                   and cookies.get(title, "").startswith(
                       "%s-%s" % (word, account.login))
                   for title, word in (("MSPAuth", "auth"),
                                       ("MSPProf", "prof"),
                                       ("WLSSC", "wlssc"))):
                return account
        return None

    def unheard(self, request):
        """A request of some session was refused without a look at it."""
        query = dict(urllib.parse.parse_qsl(request.query))
        session = self.names.get(query.get("SessionID", ""))
        if session:
            session.unheard = True

    def _unknown(self, session=None):
        """400; whoever was told that comes no more."""
        if session:
            for name in session.names:
                self.over.setdefault(name, time.monotonic())
        return Answer(400, "400: Bad Request")

    # What clients may do.

    def _check_request(self, request):
        problems = ["%s sent" % name for name in UNWANTED
                    if name in request.fields]
        if request.method != "POST":
            problems.append("method " + request.method)
        if "content-length" not in request.fields:
            problems.append("no Content-Length")
        if "Action=open" in request.query and request.fields.get(
                "pragma", "").lower() != "no-cache":
            problems.append("no Pragma")
        if request.body and request.fields.get(
                "content-type") != "text/html; charset=UTF-8":
            problems.append("Content-Type %r" % request.fields.get(
                "content-type"))
        if "referer" in request.fields and not self.server.config.referer:
            problems.append("Referer")
        if problems:
            self.server.violation(request, "gateway request with " +
                                  ", ".join(problems))

    def _check_over(self, name):
        """Nobody asks for what was closed, but while it was closing."""
        when = self.over.setdefault(name, time.monotonic())
        if time.monotonic() - when > CROSSING_SECONDS:
            self.server.violation(self, "request after the end of %s" % name)

    account_key = None

    def _check_host(self, session, request):
        announced = self.moving_host.get(session.number)
        if announced and time.monotonic() - announced[1] > CROSSING_SECONDS \
                and request.fields.get("host") != announced[0]:
            session.violation("request to %s, not %s" % (
                request.fields.get("host"), announced[0]))

    # Opening.

    async def _open(self, request):
        if request.query != OPEN:
            self.server.violation(request, "open with %r" % request.query)
        account = self.account_of(request)
        rps = not account and b"<ssl-compact-ticket>" in request.body
        if not account and not rps:
            return Answer(403, "403: Forbidden")
        name = None
        if self.all and self.server.faults.find(request, ["open"],
                                                "same-session"):
            name = self.all[-1].name
        session = sessions.Session(self.server, account, request, name)
        self.all.append(session)
        request.session = session
        session.requests["open"] += 1
        self.server.later(self._expire(session))
        answer = await self._execute(session, request, opening=True)
        if answer and answer.status == 200:
            answer.fields += "X-MSN-SessionTimeout: %d\r\n" % (
                self.server.config.session_timeout)
            if session.account and session.account.skype:
                answer.fields += "X-MSN-SkypeId: %s\r\n" % (
                    session.account.skype)
        return answer

    async def _expire(self, session):
        """Ends a session that says nothing for too long."""
        while not session.lost:
            left = session.seen + self.server.config.session_timeout \
                - time.monotonic()
            if session.held or session.at_work:
                session.seen, left = time.monotonic(), 1
            if left <= 0:
                self.forget(session, "idle")
            await asyncio.sleep(max(left, 0.05))

    # Data.

    async def _data(self, session, request):
        if "Action" in request.query:
            session.violation("data with %s" % request.query)
        if request.body and request.body == session.last_body \
                and session.last_response is not None:
            self.server.replays += 1
            return self._respond(session, request, session.last_response)
        return await self._execute(session, request)

    async def _execute(self, session, request, opening=False):
        session.at_work = True
        try:
            commands = wire.parse(request.body,
                                  old=self.server.config.framing == 21)
            if not commands:
                session.violation("data request without a command")
            if len(request.body) > CLIENT_BYTES and len(commands) > 1:
                session.violation("%d bytes at once" % len(request.body))
            late = self.server.faults.find(
                session, [kind_of(request)], "http-late")
            if late:
                await asyncio.sleep(late.seconds)
            session.last_body, session.last_response = request.body, None
            session.execute(commands, opening)
            await self._wait(session, request)
        except (wire.Malformed, UnicodeDecodeError) as error:
            session.violation("malformed: %s" % error)
            self.forget(session, "malformed")
        finally:
            session.at_work = False
        return self._finish(session, request)

    def _finish(self, session, request):
        if session.lost:
            return self._unknown(session)
        data, session.answers = b"".join(session.answers), []
        config = self.server.config
        if session.goodbye:
            session.queue = []
        elif session.ending or config.misplace or session.held is None \
                and not (config.split and session.requests["data"]):
            data += session.take()
        session.last_response = data
        return self._respond(session, request, data)

    async def _wait(self, session, request):
        """Answers may take their time."""
        config = self.server.config
        slow = self.server.faults.find(request, [kind_of(request)],
                                       "http-slow")
        pause = (slow.seconds if slow else 0) + config.latency
        if pause:
            await asyncio.sleep(pause)

    # Polls.

    async def _poll(self, session, request, query):
        if request.body:
            session.violation("poll with a body")
        life = query.get("Lifespan")
        if life not in LIFESPANS:
            session.violation("poll with Lifespan %r" % life)
        if session.held:
            session.violation("a poll was cancelled" if session.poller.gone()
                              else "two polls at once")
            session.held.cancel()
        session.poller = request
        seconds = 0 if self.server.config.no_long_poll or not life else min(
            float(life), 60, self.server.config.poll_seconds)
        session.polling = True
        try:
            if seconds and not session.ending:
                await sessions.wait_for_something(session, seconds)
        except asyncio.CancelledError:
            # A newer poll takes its place.
            return self._respond(session, request, b"")
        finally:
            session.polling = False
        if request.gone():
            return None
        if session.lost and session.why != "closed":
            return self._unknown(session)
        await self._wait(session, request)
        empty = self.server.config.misplace and not session.ending
        return self._respond(session, request,
                             b"" if empty else session.take())

    # Responses.

    def _respond(self, session, request, data):
        faults, stages = self.server.faults, [kind_of(request)]
        if faults.find(session, stages, "close"):
            session.ending = True
        host = self.server.config.host or request.fields.get("host", "")
        items = ["SessionID=%s" % session.new_name(
            self.server.config.rotate and not session.lost), "GW-IP=%s" % host]
        moved = faults.find(session, stages, "move")
        if moved or session.host:
            host = session.host = moved.address if moved else session.host
            if moved:
                self.moving_host[session.number] = (host, time.monotonic())
        if session.ending:
            items.append("Session=close")
            self.forget(session, "closed")
        fields = "X-MSN-Messenger: %s\r\n" % "; ".join(items)
        if faults.find(session, stages, "no-session"):
            fields = ""
        fields += "X-MSNSERVER: BN1MSGR1011605\r\nX-MSN-Host: %s\r\n" % host
        if data and faults.find(session, stages, "truncate"):
            data = data[:-max(1, len(data.rpartition(b"\r\n")[2]) // 2)]
        return Answer(200, data, "application/x-msn-messenger", fields)

    # The end of sessions.

    def forget(self, session, why):
        """The session is gone; what it asks then draws 400."""
        if session.lost:
            return
        session.lost, session.why = True, why
        self.names = {name: one for name, one in self.names.items()
                      if one is not session}
        if why == "closed":
            for name in session.names:
                self.over[name] = time.monotonic()
        session.leave()
