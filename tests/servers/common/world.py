"""The part of a server that knows no protocol."""

import asyncio
import sys
import time
import traceback


class World:
    """Listeners, tasks, complaints, and who waits for something to happen."""

    def __init__(self, title, log=None):
        self.title = title
        self.complaints = []
        self._log = log
        self._changed = asyncio.Event()
        self._listeners, self._tasks, self._chores = [], set(), set()

    async def end(self):
        """Listens no more and lets what runs run out."""
        for listener in self._listeners:
            listener.close()
        for chore in self._chores:
            chore.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for task in self._tasks:
            task.cancel()

    def later(self, coroutine):
        """Runs @coroutine in the background; the end does not wait for it."""
        task = asyncio.create_task(coroutine)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)

    def say(self, *words):
        if self._log:
            print(time.strftime("%H:%M:%S"), *words, file=self._log,
                  flush=True)

    def complain(self, where, error):
        """An error of the server itself; tests look for them."""
        text = "".join(traceback.format_exception(error))
        self.complaints.append("%s: %s" % (where, text))
        print("%s: %s: %s" % (self.title, where, text), file=sys.stderr,
              flush=True)

    # Who may be waiting for something to happen.

    def changed(self):
        self._changed.set()

    async def wait_for(self, test, seconds):
        """Whether @test() became true within @seconds."""
        deadline = time.monotonic() + seconds
        while not test():
            self._changed.clear()
            left = deadline - time.monotonic()
            # Idle times and rate averages change by themselves.
            pause = min(left, 0.5)
            if left <= 0:
                return False
            # Many things may happen at once; looking once is enough.
            await asyncio.sleep(0.002)
            try:
                await asyncio.wait_for(self._changed.wait(), pause)
            except asyncio.TimeoutError:
                pass
        return True
