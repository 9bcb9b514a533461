"""One connection that speaks MSNP, faults included."""

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
    """Commands in, commands out, and a memory of both for the tests."""

    def __init__(self, server, reader, writer, kind, gateway=False):
        self.server = server
        self.number = next(_numbers)
        self.kind = kind
        self.gateway = gateway
        self.account_key = None
        self.peer = writer.get_extra_info("peername") or ("127.0.0.1", 0)
        self.local = writer.get_extra_info("sockname") or ("127.0.0.1", 0)
        self.opened = time.time()
        self.bytes_in = self.bytes_queued = 0
        self.counts = collections.Counter()
        self.log = collections.deque(maxlen=server.config.remembered)
        self.muted = False
        self.last_heard = time.monotonic()
        self._reader = reader
        self._incoming = asyncio.Queue()
        super().__init__(writer, asyncio.create_task(self._read_loop()))

    # What comes in.

    async def _read_loop(self):
        end = Closed("closed by the client")
        try:
            while True:
                await self._read_command()
        except (asyncio.IncompleteReadError, ConnectionError, OSError):
            pass
        except (wire.WireError, ValueError) as error:
            end = Closed(str(error))
        self._incoming.put_nowait(end)

    async def _read_command(self):
        line = await self._reader.readuntil(b"\n")
        self.bytes_in += len(line)
        self.last_heard = time.monotonic()
        line = line.rstrip(b"\r\n")
        if len(line) < 2:
            if self.server.traits.stalls_on_blank:
                self.server.say("connection", self.number, "stalls")
                await asyncio.Event().wait()
            return
        command = wire.parse(line)
        size = wire.payload_size(command)
        if size:
            command.payload = await self._reader.readexactly(size)
            self.bytes_in += size
        self._incoming.put_nowait(command)

    async def receive(self, timeout=None):
        """The next command that no fault answers."""
        while True:
            try:
                command = await asyncio.wait_for(self._incoming.get(),
                                                 timeout)
            except asyncio.TimeoutError:
                raise Closed("the client took too long") from None
            if isinstance(command, Closed):
                raise command
            self.remember(">", command.name, " ".join(
                [command.name] + command.params), command.payload)
            if not self._struck(command):
                return command

    async def is_silent(self, seconds=0.02):
        """Whether the client waits: nothing more comes for a moment."""
        await asyncio.sleep(seconds)
        return self._incoming.empty()

    def remember(self, direction, name, line, payload):
        self.counts[direction + name] += 1
        self.log.append((time.time(), direction, name, line, payload))
        self.server.changed()

    def _struck(self, command):
        """Whether a fault takes care of @command."""
        fault = self.server.faults.find(self, command.stages,
                                        *faults.ARRIVING)
        if not fault:
            return False
        if fault.fault in ("close-on", "reset-on"):
            self.close(abort=fault.fault == "reset-on")
            raise Closed(fault.fault)
        if fault.fault == "redirect":
            self.redirect(command, fault.address)
            return True
        if fault.fault == "out":
            self.send("OUT", fault.text)
        elif fault.fault != "ignore":
            self.refuse(command, fault)
        if fault.fault in ("out", "busy-close"):
            self.close()
            raise Closed(fault.fault)
        return True

    def refuse(self, command, fault):
        payload = None
        if fault.bytes:
            payload = b"<ml>" + b"x" * max(0, fault.bytes - 9) + b"</ml>"
        self.send(fault.code, command.trid, payload=payload)

    def redirect(self, command, address):
        """Sends a client that signs on to the server at @address."""
        version = getattr(self, "version", 8)
        address = address or "%s:%d" % (self.local[0], self.server.port)
        tail = ["U", "D"] if version > 12 else ["0"] if version > 2 else []
        if 6 < version < 13:
            tail.append("%s:%d" % self.local[:2])
        self.send("XFR", command.trid, "NS", address, *tail)
        self.close()

    # What goes out.

    def send(self, name, *params, payload=None):
        """Queues one command, with whatever faults wait for it."""
        if self.closing or self.muted:
            return
        params = [one for one in params if one is not None]
        if payload is not None:
            params.append(len(payload))
        line = wire.line(str(name), *params)
        self.remember("<", str(name), line[:-2].decode(
            "utf-8", "surrogateescape"), payload or b"")
        stages = wire.stages(str(name), params)
        struck = self.server.faults.outgoing(self, stages)
        if struck:
            self._send_faulty(line, payload or b"", struck)
        else:
            self._send_bytes(line + (payload or b""))

    def send_raw(self, data):
        self._queue("bytes", data)

    def _send_bytes(self, data, how="bytes"):
        cut = [fault for fault in self.server.faults.entries
               if fault.fault == "cut-at" and fault.times != 0
               and fault.where in (None, self.kind)
               and self.bytes_queued + len(data) >= fault.bytes]
        if cut:
            left = max(0, cut[0].strike().bytes - self.bytes_queued)
            self._queue(how, data[:left])
            self.close()
            return
        self.bytes_queued += len(data)
        self._queue(how, data)

    def _send_faulty(self, line, payload, struck):
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
        for fault in struck:
            if fault.fault in faults.MANGLERS:
                line = faults.MANGLERS[fault.fault](line, fault)
        data = line + payload
        if "duplicate" in by_name:
            data += data
        if "sprinkle" in by_name:
            data = faults.STRANGE_BEFORE + data + faults.STRANGE_AFTER
        self._send_bytes(data, "trickle" if "trickle" in by_name else "bytes")
        if "endless-line" in by_name:
            self.muted = True
        if by_name.keys() & {"close-after", "reset-after"}:
            self.close(abort="reset-after" in by_name)
        return None

    def describe(self):
        return {"id": self.number, "kind": self.kind,
                "account": self.account_key, "gateway": self.gateway,
                "peer": self.peer[0], "opened": self.opened,
                "open": self.ended is None, "ended": self.ended,
                "bytes_in": self.bytes_in, "bytes_out": self.bytes_out,
                "counts": dict(self.counts)}
