"""The gateway: the same commands, inside of requests that poll for them."""

import asyncio
import secrets
import urllib.parse

from common.http import Answer

from ..store import new_uuid

TYPE = "application/x-msn-messenger"
LINE_LIMIT = 1 << 20
# How long a request waits for the first answer to what it brought, and then
# for more.
FIRST_SECONDS, MORE_SECONDS = 0.05, 0.005


class Pipe:
    """Looks like a connection to whoever serves it."""

    def __init__(self, peer, local):
        self.reader = asyncio.StreamReader(limit=LINE_LIMIT)
        self.closed = False
        self.transport = self
        self.timer = None
        self.grown = asyncio.Event()
        self._out = bytearray()
        self._info = {"peername": peer, "sockname": local}

    # As a writer.

    def write(self, data):
        self._out += data
        self.grown.set()

    async def drain(self):
        await asyncio.sleep(0)

    def can_write_eof(self):
        return False

    def close(self):
        if not self.closed:
            self.reader.feed_eof()
        self.closed = True
        self.grown.set()

    abort = close

    def get_extra_info(self, name):
        return self._info.get(name)

    # To the gateway.

    def expire_in(self, seconds):
        """Closes, unless this is called again before."""
        if self.timer:
            self.timer.cancel()
        self.timer = asyncio.get_running_loop().call_later(seconds,
                                                           self.lose)

    def lose(self):
        """Closes; what it still had to say is lost."""
        self.close()
        self._out.clear()

    def waits(self):
        """Whether there is something to fetch."""
        return bool(self._out)

    def take(self):
        data, self._out = bytes(self._out), bytearray()
        return data


class Gateway:
    """All sessions that come in this way."""

    def __init__(self, server):
        self.server = server
        self.pipes = {}
        self.opened = self.polls = 0

    def _name(self):
        if self.server.traits.gateway_changes:
            return "%d.%d" % (secrets.randbelow(1 << 30),
                              secrets.randbelow(1 << 30))
        return new_uuid()

    async def answer(self, request):
        query = dict(urllib.parse.parse_qsl(request.query))
        if query.get("Action") == "open":
            name, pipe = self._open(request, query)
        else:
            name = query.get("SessionID", "")
            pipe = self._find(request, name)
        if pipe is None:
            return Answer(400, "400: Bad Request")
        pipe.expire_in(self.server.traits.gateway_seconds)
        if query.get("Action") == "poll":
            self.polls += 1
        elif request.body and not pipe.closed:
            pipe.grown.clear()
            pipe.reader.feed_data(request.body)
        if request.body:
            await self._gather(pipe)
        if name not in self.pipes:
            return Answer(400, "400: Bad Request")
        return self._answer(request, query, name, pipe)

    def _open(self, request, query):
        kind = "sb" if query.get("Server") == "SB" else "ns"
        host, _ = self.server.web.base(request)
        pipe = Pipe(request.peer, (host, self.server.web.port))
        name = self._name()
        self.pipes[name] = pipe
        self.opened += 1
        task = asyncio.create_task(self.server.accept(
            pipe.reader, pipe, kind, gateway=True))
        task.add_done_callback(lambda _: pipe.close())
        return name, pipe

    def _find(self, request, name):
        pipe = self.pipes.get(name)
        if pipe is None:
            return None
        lost = self.server.faults.find(request, ["gateway"], "session-lost")
        if lost:
            pipe.lose()
        if pipe.closed and not pipe.waits():
            del self.pipes[name]
            return None
        return pipe

    @staticmethod
    async def _gather(pipe):
        """Waits for what answers the request, if it is soon."""
        pause = FIRST_SECONDS
        while not pipe.closed:
            try:
                await asyncio.wait_for(pipe.grown.wait(), pause)
            except asyncio.TimeoutError:
                return
            pipe.grown.clear()
            pause = MORE_SECONDS

    def _answer(self, request, query, name, pipe):
        del self.pipes[name]
        if self.server.traits.gateway_changes:
            name = self._name()
        address = query.get("IP")
        if address is None or self.server.traits.gateway_changes:
            host, port = self.server.web.base(request)
            address = "%s:%d" % (host, port)
        field = "SessionID=%s; GW-IP=%s" % (
            name, self.server.config.gateway_host or address)
        if not pipe.closed:
            self.pipes[name] = pipe
        elif self.server.traits.gateway_changes:
            field += "; Session=close"
        return Answer(200, pipe.take(), TYPE,
                      "X-MSN-Messenger: %s\r\n" % field)
