"""One TCP or TLS connection that speaks FLAP, faults included."""

import asyncio
import collections
import itertools
import time

from common import outbox

from . import faults, wire

_numbers = itertools.count(1)


class Closed(Exception):
    """The connection has ended."""


class Link(outbox.Outbox):
    """Frames in, frames out, and a memory of both for the tests."""

    def __init__(self, server, reader, writer, tls):
        self.server = server
        self.number = next(_numbers)
        self.kind = "auth"
        self.account_key = None
        self.tls = tls
        self.peer = writer.get_extra_info("peername") or ("?", 0)
        self.opened = time.time()
        self.sequence = 100
        self.requests = 0
        self.optional_version = 1
        self.bytes_in = 0
        self.frames_in = self.frames_out = 0
        self.bad_sequences = 0
        self.counts = collections.Counter()
        self.log = collections.deque(maxlen=server.config.remembered)
        self.muted = False
        self._reader = reader
        self._incoming = asyncio.Queue()
        self._expected = None
        super().__init__(writer, asyncio.create_task(self._read_loop()))

    # What comes in.

    async def _read_loop(self):
        end = Closed("closed by the client")
        try:
            while True:
                head = await self._reader.readexactly(6)
                if head[0] != 0x2A:
                    raise Closed("no frame: %s" % head.hex())
                size = int.from_bytes(head[4:6], "big")
                payload = await self._reader.readexactly(size)
                self._note_frame(head, payload)
                self._incoming.put_nowait((head[1], payload))
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass
        except Closed as error:
            end = error
        self._incoming.put_nowait(end)

    def _note_frame(self, head, payload):
        self.bytes_in += 6 + len(payload)
        self.frames_in += 1
        sequence = int.from_bytes(head[2:4], "big")
        if self._expected is not None and sequence != self._expected:
            self.bad_sequences += 1
        self._expected = (sequence + 1) & 0xFFFF

    async def receive(self, timeout=None):
        """The next (frame type, payload)."""
        try:
            frame = await asyncio.wait_for(self._incoming.get(), timeout)
        except asyncio.TimeoutError:
            raise Closed("the client took too long") from None
        if isinstance(frame, Closed):
            raise frame
        return frame

    async def is_silent(self, seconds=0.02):
        """Whether the client waits: nothing more comes for a moment."""
        await asyncio.sleep(seconds)
        return self._incoming.empty()

    def remember(self, direction, stage, payload):
        self.counts[direction + stage] += 1
        self.log.append((time.time(), direction, stage, payload))
        self.server.changed()

    def struck(self, stage):
        """Notes that @stage came in; whether a fault left it unanswered."""
        fault = self.server.faults.find(self, stage, "close-on", "reset-on",
                                        "ignore")
        if not fault:
            return False
        if fault.fault != "ignore":
            self.close(abort=fault.fault == "reset-on")
            raise Closed(fault.fault)
        return True

    # What goes out.

    def send_snac(self, group, subtype, body=b"", flags=0, request=None):
        stage = wire.label(group, subtype)
        traits = self.server.traits
        if request is None:
            request = wire.SERVER_REQUEST
            if traits.counting_requests:
                self.requests += 1
                request += self.requests
        if (traits.optional_block and self.kind == "bos"
                and not flags & wire.SNAC_OPTIONAL_BLOCK):
            flags |= wire.SNAC_OPTIONAL_BLOCK
            body = wire.sized(
                [(0x0001, wire.u16(self.optional_version))]) + body
        payload = wire.snac(group, subtype, body, flags, request)
        self.send(wire.FLAP_DATA, payload, stage)

    def send(self, kind, payload=b"", stage="any"):
        """Queues one frame, with whatever faults wait for it."""
        if self.closing or self.muted:
            return
        self.remember("<", stage, payload)
        struck = self.server.faults.outgoing(self, stage)
        if struck:
            self._send_faulty(kind, payload, stage, struck)
        else:
            self._queue("bytes", self._frame(kind, payload))

    def send_raw(self, data):
        self._queue("bytes", data)

    def _frame(self, kind, payload):
        frame = wire.flap(kind, self.sequence, payload)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.frames_out += 1
        return frame

    def _send_faulty(self, kind, payload, stage, struck):
        by_name = {fault.fault: fault for fault in struck}
        for name in ("close-before", "reset-before"):
            if name in by_name:
                return self.close(abort=name == "reset-before")
        if "mute" in by_name:
            self.muted = True
        if self.muted or "no-reply" in by_name:
            return None
        for name in ("delay", "coalesce"):
            if name in by_name:
                self._queue("sleep", by_name[name].seconds)
        if "sprinkle" in by_name:
            noise, payload = faults.sprinkled(stage, payload)
            for extra in noise if kind == wire.FLAP_DATA else ():
                self._queue("bytes", self._frame(kind, extra))
        frame = self._frame(kind, payload)
        for fault in struck:
            if fault.fault in faults.MANGLERS:
                frame = faults.MANGLERS[fault.fault](frame, fault)
        if "cut-frame" in by_name:
            frame = frame[:by_name["cut-frame"].bytes]
        self._queue("trickle" if "trickle" in by_name else "bytes", frame)
        if "duplicate" in by_name:
            self._queue("bytes", self._frame(kind, payload))
        if "oversize" in by_name:
            self.muted = True
        if by_name.keys() & {"close-after", "cut-frame", "reset-after"}:
            self.close(abort="reset-after" in by_name)
        return None

    def signoff(self, payload=b""):
        """Says goodbye and closes."""
        self.send(wire.FLAP_SIGNOFF, payload, "signoff")
        self.close()

    def describe(self):
        return {"id": self.number, "kind": self.kind,
                "account": self.account_key, "tls": self.tls,
                "peer": self.peer[0], "opened": self.opened,
                "open": self.ended is None, "ended": self.ended,
                "bytes_in": self.bytes_in, "bytes_out": self.bytes_out,
                "frames_in": self.frames_in, "frames_out": self.frames_out,
                "bad_sequences": self.bad_sequences,
                "counts": dict(self.counts)}
