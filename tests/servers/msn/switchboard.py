"""A client in a conversation: the switchboard's side of it."""

from . import wire
from .link import Closed
from .rooms import join_words, name_of

TEXT_FAULTS = ("nak",)
P2P = "application/x-msnmsgrp2p"


class Switchboard:
    """One connection to the switchboard server."""

    def __init__(self, server, link):
        self.server, self.link = server, link
        self.traits = server.traits
        self.account = self.session = self.room = None
        self.guid = None

    @property
    def version(self):
        return self.session.version

    def caps_text(self, version):
        return self.session.caps_text(version)

    async def run(self):
        try:
            if not await self._sign_on():
                return
            while await self._serve():
                pass
        finally:
            if self.room:
                self.room.leave(self)

    async def _sign_on(self):
        config = self.server.config
        command = await self.link.receive(config.switchboard_seconds)
        words = command.args
        if command.name not in ("USR", "ANS") or len(words) < 2:
            self.link.close()
            return False
        email, _, guid = words[0].partition(";")
        ident = words[2] if command.name == "ANS" and words[2:] else None
        self.link.account_key = email.lower()
        found = self.server.rooms.open(email, words[1], ident)
        if found is None:
            self.link.send(911, command.trid)
            self.link.close()
            return False
        self.account, self.session, room = found
        self.guid = self.session.guid if self.version > 15 else None
        if command.name == "USR":
            self.room = room
            self.link.send("USR", command.trid, "OK", words[0],
                           wire.quote(self.account.nick) or None)
            room.enter(self)
        else:
            self._answer(command, room)
        return True

    def _answer(self, command, room):
        here = [(member, name) for member in room.members
                for name in name_of(member, self.version)]
        for at, (member, name) in enumerate(here, 1):
            self.link.send("IRO", command.trid, at, len(here),
                           *join_words(member, name, self.version))
        self.link.send("ANS", command.trid, "OK")
        self.room = room
        room.enter(self)
        if self.version > 15:
            self.link.send("JOI", *join_words(self, self.account.email,
                                              self.version))

    async def _serve(self):
        """Handles one command; whether to go on."""
        try:
            command = await self.link.receive(self.traits.idle_seconds)
        except Closed as end:
            if "too long" in str(end):
                self.room.leave(self, idle=True)
                self.link.close()
                return False
            raise
        if command.name == "MSG":
            return self._message(command)
        if command.name == "CAL":
            self._call(command)
        return command.name != "OUT"

    def _call(self, command):
        email = command.args[0] if command.args else ""
        if "@" not in email:
            return self.link.send(208, command.trid)
        account = self.server.accounts.find(email)
        if account is self.account:
            return self._call_own(command)
        error = (217 if account is None else
                 self.server.rooms.call(self.room, self.account, account))
        if error:
            return self.link.send(error, command.trid)
        self.link.send("CAL", command.trid, "RINGING", self.room.ident)
        return None

    def _call_own(self, command):
        """Other places of the same user join in."""
        if self.version < 16:
            return self.link.send(215, command.trid)
        rooms = self.server.rooms
        for session in self.server.sessions(self.account):
            if session is not self.session:
                session.ring(self.room, rooms.bake(self.account, session,
                                                   self.room), self.account)
        self.link.send("CAL", command.trid, "RINGING", self.room.ident)
        return None

    def _message(self, command):
        """Whether the conversation goes on after it."""
        kind = command.args[0] if command.args else ""
        fields, _ = wire.fields(command.payload)
        p2p = fields.get("content-type", "").startswith(P2P)
        if (kind not in ("U", "N", "A", "D")
                or len(command.payload) > self.traits.max_message
                or (p2p and kind != "D")):
            self.link.close()
            return False
        if b"\r\n\r\n" not in command.payload:
            return True
        struck = self.server.faults.find(self.link, command.stages,
                                         *TEXT_FAULTS)
        heard = not struck and self.room.say(self, command.payload)
        if struck or not (heard or self.traits.acknowledges_alone):
            if kind != "U":
                self.link.send("NAK", command.trid)
        elif kind in "AD":
            self.link.send("ACK", command.trid)
        return True

    # As a member of the room.

    def joined(self, member):
        for name in name_of(member, self.version):
            self.link.send("JOI", *join_words(member, name, self.version))

    def left(self, member, idle=False):
        for name in name_of(member, self.version):
            self.link.send("BYE", name, "1" if idle else None)

    def hear(self, sender, payload):
        self.link.send("MSG", sender.account.email, wire.quote(
            sender.account.nick) or None, payload=payload)


async def serve(server, link):
    await Switchboard(server, link).run()
