"""What a connection is to send: bytes, pauses and an end, in this order."""

import asyncio
import collections
import time

LINGER_SECONDS = 1


class Outbox:
    """The sending half of a connection; `server` hears when it is over."""

    server = None

    def __init__(self, writer, read_task):
        self.bytes_out = 0
        self.closing = False
        self.ended = None
        self._writer = writer
        self._steps = collections.deque()
        self._wake = asyncio.Event()
        self._tasks = [asyncio.create_task(self._write_loop()), read_task]

    def _queue(self, what, value=None):
        self._steps.append((what, value))
        self._wake.set()

    def close(self, abort=False):
        """Closes once everything queued is out, or at once and rudely."""
        if not self.closing:
            self._queue("abort" if abort else "close")
        self.closing = True

    async def _write_loop(self):
        try:
            while True:
                while not self._steps:
                    self._wake.clear()
                    await self._wake.wait()
                if await self._write_step():
                    break
        except (ConnectionError, OSError, asyncio.CancelledError):
            pass
        self._writer.close()

    async def _write_step(self):
        what, value = self._steps.popleft()
        if what == "bytes":
            parts = [value]
            while self._steps and self._steps[0][0] == "bytes":
                parts.append(self._steps.popleft()[1])
            await self._write(b"".join(parts))
        elif what == "trickle":
            for at in range(len(value)):
                await self._write(value[at:at + 1])
                # Headers surely come apart; bodies as fast as they can.
                await asyncio.sleep(0.001 if at < 16 else 0)
        elif what == "sleep":
            await asyncio.sleep(value)
        elif what == "abort":
            self._writer.transport.abort()
            return True
        else:
            await self._say_end()
            return True
        return False

    async def _say_end(self):
        """Closes our half and hears the client out.

        Closing with bytes unread would reset the connection, and the last
        frames sent might never be seen.
        """
        if self._writer.can_write_eof():
            self._writer.write_eof()
            await asyncio.wait(self._tasks[1:], timeout=LINGER_SECONDS)

    async def _write(self, data):
        self.bytes_out += len(data)
        self._writer.write(data)
        await self._writer.drain()

    async def finish(self):
        """Waits until what is queued is out, then lets go of everything."""
        self.close()
        try:
            await asyncio.wait_for(self._tasks[0], 5)
        except (asyncio.TimeoutError, asyncio.CancelledError):
            self._writer.transport.abort()
        self._tasks[1].cancel()
        self.ended = time.time()
        self.server.changed()
