"""Connections beside a session's own: one food group each (01/04, 01/05)."""

from . import wire
from .session import Session

ADMIN, CHAT_NAV, CHAT, ODIR, BART = 0x07, 0x0D, 0x0E, 0x0F, 0x10
KINDS = {ADMIN: "admin", CHAT_NAV: "chat-nav", CHAT: "chat", ODIR: "odir",
         BART: "bart"}


class Service(Session):
    """The other end of such a connection.

    It shares the rates of the session it was opened for, and all but chat
    end with that session.
    """

    def __init__(self, server, owner, link, group, room=None):
        super().__init__(server, owner.account, link, owner.level)
        self.owner, self.group, self.room = owner, group, room
        self.rates = owner.rates
        link.kind = KINDS[group]

    @property
    def announced(self):
        return (self.group, 0x01)

    async def run(self):
        self.owner.services.append(self)
        await super().run()

    def greet(self):
        """Nobody is told the news of the day twice."""

    def came_online(self):
        self.online = True
        if self.room:
            self.room.enter(self)
        self.server.changed()

    def leave(self):
        if self in self.owner.services:
            self.owner.services.remove(self)
        if self.room:
            self.room.leave(self)
        self.server.changed()

    # In a room.

    def see(self, members, arrived):
        self.deliver(CHAT, 0x03 if arrived else 0x04, members)

    def hear(self, sender, body):
        self.deliver(CHAT, 0x06, body)


def address(server, session, place):
    """TLVs that send @session to a service, or None if it cannot be.

    @place is the cookie baked for it.
    """
    tls = session.link.tls and not server.config.plain_services
    host = "%s:%d" % (server.config.service_host or server.host,
                      server.tls_port if tls else server.port)
    tlvs = [(0x0005, host.encode()), (0x0006, place)]
    if tls:
        name = server.config.tls_name
        tlvs += [(0x008D, name.encode())] if name else []
        tlvs.append((0x008E, wire.u8(1)))
    return tlvs
