"""Signing on to the notification server: VER, CVR, INF, USR."""

import base64
import os
import secrets

from . import wire
from .ns.profile import answer_version, send_policies

SALT_DIGITS = 15
SILENCE_SECONDS = 30


class SignOn:
    """What happens on a connection until USR OK."""

    def __init__(self, server, link, session_class):
        self.server, self.link = server, link
        self.traits = server.traits
        self.version = None
        self.email = None
        self.account = None
        self.salt = self.nonce = None
        self._session_class = session_class

    async def run(self):
        """The session; None if there is to be none."""
        while True:
            command = await self.link.receive(SILENCE_SECONDS * 10)
            handler = getattr(self, "_" + command.name.lower(), None)
            if handler is None:
                if command.name in ("PNG", "OUT"):
                    return None
                if self.traits.name == "ms" and self.version is None:
                    self._end(731, command)
                    return None
                continue
            if await self._lock_step_broken(command):
                self._end(715, command)
                return None
            outcome = handler(command)
            if outcome is not None:
                return outcome or None

    async def _lock_step_broken(self, command):
        if not self.traits.lock_step or command.name == "CVR":
            return False
        return not await self.link.is_silent()

    def _end(self, code, command):
        self.link.send(code, command.trid)
        self.link.close()
        return False

    # Each returns None to go on, False to end, or the session.

    def _ver(self, command):
        if self.version is not None:
            return self._end(715, command)
        if not command.trid.isdigit():
            return False
        asked = [int(word[4:]) for word in command.params[1:]
                 if word.startswith("MSNP") and word[4:].isdigit()]
        known = self.server.config.versions or range(2, 19)
        if self.traits.preference:
            asked = [one for one in self.traits.preference if one in asked]
        shared = [one for one in asked if one in known and 2 <= one <= 18]
        if not shared or self.server.faults.find(
                self.link, command.stages, "version-refused"):
            self.link.send("VER", command.trid, 0)
            self.link.close()
            return False
        self.version = self.link.version = shared[0]
        self.link.send("VER", command.trid, "MSNP%d" % self.version)
        return None

    def _cvr(self, command):
        if self.version is None and self.traits.name == "ms":
            return self._end(731, command)
        answer_version(self, command)
        return None

    def _inf(self, command):
        if self.version is None or self.version > 7:
            return False
        self.link.send("INF", command.trid, "MD5")
        return None

    def _usr(self, command):
        if self.version is None or len(command.args) < 3:
            return self._end(715, command)
        method, stage, *words = command.args
        want = ("MD5" if self.version < 8 else
                "TWN" if self.version < 15 else "SSO")
        if method != want:
            return self._end(911, command)
        if stage == "I":
            return self._initial(command, words[0])
        if self.email is None and method == "MD5":
            return self._end(911, command)
        return {"MD5": self._digest, "TWN": self._ticket,
                "SSO": self._sso}[method](command, words)

    def _initial(self, command, email):
        self.email = email
        self.link.account_key = email.lower()
        self.account = self.server.accounts.find(email)
        if self.traits.dispatch and self.link.kind == "ds":
            self.link.redirect(command, None)
            return False
        if self.version < 8:
            # Whoever has no such password gets a salt all the same.
            self.salt = secrets.token_hex(8)[:SALT_DIGITS]
            self.link.send("USR", command.trid, "MD5", "S", self.salt)
        elif self.version < 15:
            if self.version > 12:
                send_policies(self)
            self.link.send("USR", command.trid, "TWN", "S",
                           self.traits.twn_args)
        else:
            send_policies(self)
            self.nonce = base64.b64encode(os.urandom(48)).decode()
            self.link.send("USR", command.trid, "SSO", "S",
                           self.traits.sso_policy, self.nonce)
        return None

    def _digest(self, command, words):
        account = self.account
        if (account is None or not account.md5 or not self.traits.md5
                or words[0] != wire.md5_answer(self.salt, account.password)):
            return self._end(911, command)
        tickets = self.server.tickets
        ticket = tickets.issue(account, self.traits.rst_seconds)
        return self._welcome(command, account, ticket, tickets.text(ticket))

    def _found(self, text, site):
        """The ticket in @text, if it is good and this user's."""
        ticket = self.server.tickets.find(text, site)
        if ticket is None or (self.email or ticket.account.email) != \
                ticket.account.email:
            return None
        return ticket

    def _ticket(self, command, words):
        ticket = self._found(words[0], None if self.traits.name == "escargot"
                             else "messenger.msn.com")
        if ticket is None:
            return self._end(911, command)
        if (self.traits.checks_policy and ticket.policy
                and ticket.policy not in ("MBI", self._policy())):
            return self._end(911, command)
        return self._welcome(command, ticket.account, ticket, words[0])

    def _policy(self):
        return "?" + wire.unquote(self.traits.twn_args).replace(",", "&")

    def _sso(self, command, words):
        ticket = self._found(words[0], None if self.traits.name == "escargot"
                             else "messengerclear.live.com")
        blob = words[1] if len(words) > 1 else None
        lenient = self.version == 15 and self.traits.name == "escargot"
        if ticket is None or (blob is None and not lenient) or (
                blob and not self.server.tickets.proves(ticket, self.nonce,
                                                        blob)):
            return self._end(911, command)
        guid = words[2] if len(words) > 2 else None
        if guid and guid[0] != "{" and self.traits.name == "ms":
            # libpurple's old plugin leaves the braces out.
            guid = "{%s}" % guid
        if self.version > 15 and not (guid and wire.is_guid(guid)):
            return self._end(911, command)
        return self._welcome(command, ticket.account, ticket, words[0],
                             guid if self.version > 15 else None)

    def _welcome(self, command, account, ticket=None, text=None, guid=None):
        if account.signon_error:
            return self._end(account.signon_error, command)
        made = self._session_class(self.server, account, self.link,
                                   self.version)
        made.ticket, made.ticket_text = ticket, text and wire.unquote(text)
        made.guid = guid and guid.lower()
        self.link.account_key = account.key
        self._make_room(made)
        account.instances.append(made)
        words = [account.email]
        if self.version < 10:
            words.append(wire.quote(account.nick) or None)
        if self.version > 5:
            words.append(int(account.verified))
        if self.version > 7:
            words.append(int(account.restricted))
        self.link.send("USR", command.trid, "OK", *words)
        made.begin()
        self.server.changed()
        return made

    def _make_room(self, made):
        """Others of this account go, if they cannot stay beside it."""
        for other in self.server.sessions(made.account):
            if (not made.guid or not other.guid
                    or made.guid == other.guid):
                other.knock_off()
