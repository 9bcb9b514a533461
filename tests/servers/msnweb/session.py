"""Gateway sessions: what came, what is to go, and the rules between."""

import asyncio
import secrets
import time

from . import wire
from .handlers import HANDLERS
from .wire import Refused

# Of those that may come before ATH and BND.
EARLY = ("CNT", "ATH", "BND", "OUT")
REMEMBERED_NAMES = 1000


def _half():
    return str(secrets.randbelow(9 * 10 ** 9) + 10 ** 9)


class Session:
    """One gateway session; once bound, an endpoint of its account."""

    kind = "session"

    def __init__(self, server, account, request, name=None):
        self.server, self.account = server, account
        self.cookies = account is not None
        self.number = server.next_number()
        self.host = None
        self.epid, self.bound, self.signed_on = None, False, False
        self.services = {}
        self.contacts, self.removed = set(), set()
        self.subscriptions = set()
        self.sequence = 0
        # A request was refused before its commands were read.
        self.unheard = False
        self.registered = 0
        self.tokens = []
        self.expired_token = None
        self.challenged = self.since_challenge = None
        # What the server started, and answers to the request at work.
        self.queue, self.answers = [], []
        self.held = self.poller = None
        self.at_work = self.polling = False
        # Session=close is due; the client said OUT; nobody knows it.
        self.ending = self.goodbye = self.lost = False
        self.why, self.published, self.active, self.uic = "", False, 0, None
        self.last_body = self.last_response = None
        self.log, self.names = [], []
        self.acks, self.acknowledged = {}, set()
        self.requests = {"open": 0, "poll": 0, "data": 0}
        self.texts = []
        self.last = {}
        self.opened = self.seen = time.monotonic()
        self.peer = request.peer
        first, _, second = (name or "").partition(".")
        self._first = first or _half()
        self._second = second or _half()
        self.name = self.new_name(False)

    # The session's name.

    def new_name(self, change):
        if change:
            self._second = _half()
        name = "%s.%s" % (self._first, self._second)
        if name not in self.names:
            self.names.append(name)
            self.server.gateway.names[name] = self
        self.name = name
        return name

    @property
    def account_key(self):
        return self.account.login.lower() if self.account else None

    # What goes to the client.

    def push(self, data):
        """A command that the server starts, as bytes."""
        if self.lost:
            return
        self._note("<", data)
        self.queue += self.server.faults.spoilt(self, data)
        self.wake()

    def wake(self):
        """Lets a held poll go if there is something for it."""
        if self.held and not self.held.done() and (
                self.ending or self.lost or self.queue
                and not self.server.config.misplace):
            self.held.set_result(None)

    def answer(self, data):
        """The answer to the command at work."""
        self._note("<", data)
        pieces = self.server.faults.spoilt(self, data)
        if self.server.config.split:
            self.queue += pieces
            self.wake()
        else:
            self.answers += pieces

    def reply(self, command, headers=(), body=b"", verb=None):
        """Answers @command, in the framing the server uses."""
        self.answer(wire.command(verb or command.verb, command.trid,
                                 command.place, headers, body))

    def done(self, command, body=b""):
        """Answers @command with a trace id, as those to MSGR are."""
        self.reply(command, [("Context", self.server.config.context)], body)

    def refuse(self, command, refused):
        headers = ([("Context", self.server.config.context)]
                   if refused.context and command.place == "MSGR" else [])
        if command.old:
            self.answer(wire.old_command("%d %d" % (
                refused.code, command.trid), b"0 6 6"))
            return
        self.reply(command, headers, refused.text, verb=refused.code)

    def take(self):
        """All that waits to be sent."""
        data, self.queue = b"".join(self.queue), []
        return data

    def _note(self, way, data):
        try:
            for one in wire.parse(data, old=True):
                self._remember(way, one)
        except wire.Malformed:
            self.log.append({"time": time.time(), "way": way, "verb": "raw",
                             "stage": "raw", "line": repr(data[:200]),
                             "body": "", "headers": {}, "trid": 0,
                             "target": "", "length": len(data)})

    def _remember(self, way, one):
        del self.log[:-self.server.config.remembered]
        self.log.append({
            "time": time.time(), "way": way, "verb": one.verb,
            "stage": one.stages[-1], "trid": one.trid, "target": one.target,
            "length": len(one.payload), "headers": one.headers,
            "body": one.body.decode("utf-8", "replace"),
            "line": "%s %d %s %d" % (one.verb, one.trid, one.target,
                                     len(one.payload))})

    # What comes from it.

    def violation(self, text):
        self.server.violation(self, text)

    def execute(self, commands, opening=False):
        """Carries out what one request brought."""
        faults = self.server.faults
        for command in commands:
            if self.ending or self.lost:
                break
            self._remember(">", command)
            if faults.find(self, command.stages, "lose"):
                self.server.gateway.forget(self, "fault")
                break
            if faults.find(self, command.stages, "swallow"):
                continue
            self._carry_out(command, opening)
            if faults.find(self, command.stages, "lose-after"):
                self.server.gateway.forget(self, "fault")
            if faults.find(self, command.stages, "close"):
                self.ending = True
        self.server.changed()

    def _carry_out(self, command, opening):
        before = len(self.answers), len(self.queue)
        try:
            self._check(command, opening)
            fault = self.server.faults.find(self, command.stages, "error",
                                            "error-close")
            if fault:
                self.ending = fault.fault == "error-close"
                raise Refused(fault.code, fault.text or "No")
            handler = HANDLERS.get((command.verb, command.target))
            if handler is None:
                self.violation("unknown command %s %s" % (command.verb,
                                                          command.target))
                raise Refused(502, "Unknown target", False)
            handler(self, command)
        except Refused as refused:
            self.refuse(command, refused)
        except wire.Malformed as error:
            self.violation("%s %d: %s" % (command.stages[-1], command.trid,
                                          error))
            code = 200 if "XML" in str(error) else 201
            self.refuse(command, Refused(code, str(error), False))
        if self.server.faults.find(self, command.stages, "no-answer"):
            del self.answers[before[0]:]
            if self.server.config.split:
                del self.queue[before[1]:]

    def _check(self, command, opening):
        """The rules that hold for every command."""
        if command.old and command.place == "CON":
            return
        if command.trid <= self.sequence:
            self.violation("transaction id %d after %d" % (command.trid,
                                                           self.sequence))
            raise Refused(201, "Bad parameter", False)
        # What had no time to leave does not hold up the goodbye.
        if command.trid != self.sequence + 1 and command.verb != "OUT" \
                and not self.unheard:
            self.violation("transaction id %d follows %d" % (command.trid,
                                                             self.sequence))
        self.sequence, self.unheard = command.trid, False
        if command.verb not in EARLY and not self.signed_on or (
                command.place == "MSGR" and not self.bound):
            self.violation("%s before it is allowed" % command.stages[-1])
            raise Refused(302, "Not logged in", False)
        if not opening and not command.old:
            self._check_token(command)
        self._check_challenge(command)

    def _check_token(self, command):
        """The current or the previous token has to come back."""
        said = command.header("Registration")
        if self.tokens and said is not None and said in self.tokens[-2:]:
            return
        if not self.tokens and said is None:
            return
        if said == self.expired_token and said is not None:
            raise Refused(302, "Registration expired", False)
        self.violation("registration %r, not one of %r" % (
            said, self.tokens[-2:]))
        raise Refused(302, "Not registered", False)

    def _check_challenge(self, command):
        if self.challenged is None or command.target == "MSGR\\CHALLENGE":
            return
        if command.verb == "OUT":
            return
        self.since_challenge += 1
        if self.since_challenge >= self.server.config.challenge_commands:
            self.violation("no response to the challenge")
            self.ending = True
            raise Refused(540, "Challenge failed", False)

    # Its end.

    def leave(self):
        """Is no endpoint any more."""
        if self.held and not self.held.done():
            self.held.set_result(None)
        if self.bound:
            self.bound = False
            self.server.presence.left(self)
        self.server.changed()

    def describe(self):
        return {"session": self.number, "name": self.name, "epid": self.epid,
                "bound": self.bound, "lost": self.lost, "ending": self.ending,
                "subscribed": sorted(self.subscriptions),
                "contacts": sorted(self.contacts), "cookies": self.cookies,
                "queued": len(self.queue), "polling": bool(self.held),
                "unacknowledged": sorted(set(self.acks) - self.acknowledged),
                "requests": dict(self.requests), "services": self.services,
                "token": self.tokens[-1] if self.tokens else None}

    # As an endpoint.

    def deliver(self, message, ack=True, copies=1):
        """Brings an SDG."""
        config, headers = self.server.config, []
        if message.wants_ack and ack:
            ident = str(self.server.clock.next())
            self.acks[ident] = message
            headers.append(("Ack-Id", ident))
        headers.append(("Context", config.context))
        if config.framing == 21:
            data = wire.old_command("SDG 0", message.layers())
        else:
            data = wire.command("SDG", 0, "MSGR", headers, message.layers())
        for _ in range(copies):
            self.push(data)

    def notify(self, verb, layers):
        """NFY of presence, PUT or DEL."""
        if self.server.config.framing == 21:
            self.push(wire.old_command("NFY " + verb, layers))
        else:
            self.push(wire.command(
                "NFY", 0, "MSGR\\" + verb,
                [("Context", self.server.config.context)], layers))

    def tell(self, what, body, headers=()):
        """Other NFY: no blocks, but outer headers and @body."""
        self.push(wire.command("NFY", 0, "MSGR\\" + what, [
            ("Context", self.server.config.context), *headers], body))

    def end(self, text):
        """OUT, and Session=close."""
        if self.server.config.framing == 21:
            self.push(b"OUT OTH\r\n" if "elsewhere" in text
                      else b"OUT SSD\r\n")
        else:
            self.push(wire.command("OUT", 0, "CON", [], text))
        self.ending = True
        self.leave()
        self.wake()


async def wait_for_something(session, seconds):
    """Holds a poll until there is something to say."""
    session.held = asyncio.get_running_loop().create_future()
    session.wake()
    held = session.held
    try:
        await asyncio.wait_for(asyncio.shield(held), seconds)
    except asyncio.TimeoutError:
        pass
    if session.held is held:
        session.held = None
