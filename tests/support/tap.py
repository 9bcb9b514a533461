"""Tests in Python: cases that report in TAP, and what they all need.

A test file has functions marked with @case and ends in `main()`. A case
fails by an exception; skip("why") ends it without a verdict. Cases never
sleep: they wait for something, with a deadline.

    @case
    def greets(t):
        server = t.server({"demo": True})
        server.wait({"do": "user", "name": "demo"}, {"online": True})

    if __name__ == "__main__":
        main()
"""

import asyncio
import inspect
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
SERVERS = TESTS / "servers"
DEADLINE = float(os.environ.get("TEST_DEADLINE", "30"))
CASE_SECONDS = 120

_cases = []


class Skip(Exception):
    """The case cannot be run here."""


def skip(why):
    raise Skip(why)


def case(function=None, *, seconds=CASE_SECONDS):
    """Marks a function as a test case, to end within @seconds."""
    def mark(marked):
        _cases.append((marked, seconds))
        return marked
    return mark(function) if function else mark


def equal(have, want, what="value"):
    if have != want:
        raise AssertionError("%s is %r, not %r" % (what, have, want))


def contains(have, want, what="value"):
    if want not in have:
        raise AssertionError("%s %r lacks %r" % (what, have, want))


def lacks(have, unwanted, what="value"):
    if unwanted in have:
        raise AssertionError("%s %r has %r" % (what, have, unwanted))


def wait_until(test, what="condition", deadline=DEADLINE, pause=0.02):
    """The first true value of @test().

    For what nobody announces; where there is an event, wait for that.
    """
    end = time.monotonic() + deadline
    while not (value := test()):
        if time.monotonic() > end:
            raise AssertionError("no %s within %g s" % (what, deadline))
        time.sleep(pause)
    return value


class Process:
    """A program under test; it and its children end with the case."""

    def __init__(self, arguments, env=None, stdin=subprocess.PIPE,
                 stderr=None, **options):
        self.arguments = [str(argument) for argument in arguments]
        self._pending = b""
        self.child = subprocess.Popen(
            self.arguments, stdin=stdin, stdout=subprocess.PIPE,
            stderr=stderr, env=env, start_new_session=True, **options)

    @property
    def pid(self):
        return self.child.pid

    def write(self, text):
        self.child.stdin.write(text.encode())
        self.child.stdin.flush()

    def line(self, deadline=DEADLINE):
        """The next line of its output; "" at the end."""
        end = time.monotonic() + deadline
        descriptor = self.child.stdout.fileno()
        while b"\n" not in self._pending:
            left = end - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise AssertionError("no line from %s within %g s, have %r" % (
                    self.arguments[0], deadline, self._pending))
            data = os.read(descriptor, 65536)
            if not data:
                rest, self._pending = self._pending, b""
                return rest.decode("utf-8", "replace")
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return line.decode("utf-8", "replace")

    def line_with(self, text, deadline=DEADLINE):
        """Skips lines until one has @text."""
        end, seen = time.monotonic() + deadline, []
        while True:
            line = self.line(max(0.01, end - time.monotonic()))
            if text in line:
                return line
            seen.append(line)
            if not line and self.child.poll() is not None:
                raise AssertionError("%s ended without %r; said %r" % (
                    self.arguments[0], text, seen[-20:]))

    def wait(self, deadline=DEADLINE):
        """Its exit status."""
        try:
            return self.child.wait(deadline)
        except subprocess.TimeoutExpired:
            raise AssertionError("%s does not end" %
                                 self.arguments[0]) from None

    def stop(self, number=signal.SIGTERM, deadline=10):
        """Ends it and its process group; its exit status."""
        for send in (number, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, send)
            except ProcessLookupError:
                pass
            try:
                status = self.child.wait(deadline)
                break
            except subprocess.TimeoutExpired:
                status = None
        for stream in (self.child.stdin, self.child.stdout):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
        return status


class Control:
    """The control port of a loopback server."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._pending = b""
        self._number = 0

    def ask(self, request, deadline=DEADLINE):
        """The answer to @request, whether good or bad."""
        self._number += 1
        line = json.dumps(dict(request, id=self._number))
        self._socket.settimeout(deadline + 5)
        self._socket.sendall(line.encode() + b"\n")
        while True:
            while b"\n" not in self._pending:
                data = self._socket.recv(1 << 20)
                if not data:
                    raise AssertionError("the server has gone")
                self._pending += data
            line, _, self._pending = self._pending.partition(b"\n")
            answer = json.loads(line)
            if answer.get("id") == self._number:
                return answer

    def do(self, what, **arguments):
        """The answer to a request that has to succeed."""
        answer = self.ask(dict(arguments, do=what))
        if not answer["ok"]:
            raise AssertionError("%s: %s" % (what, answer.get("error")))
        return answer

    def wait(self, query, until, deadline=DEADLINE):
        """The answer to @query once it is as @until wants it."""
        if isinstance(query, str):
            query = {"do": query}
        answer = self.ask({"do": "wait", "query": query, "until": until,
                           "deadline": deadline}, deadline)
        if not answer["ok"]:
            shown = json.dumps(answer)[:2000]
            raise AssertionError("%s is not %s within %g s: %s" % (
                query, until, deadline, shown))
        return answer

    def close(self):
        self._socket.close()


class LoopbackServer(Process):
    """A loopback server of one's own; each of its ports is an attribute."""

    program = None

    def __init__(self, config=None, arguments=(), stderr=None):
        super().__init__(
            [sys.executable, SERVERS / self.program, "--control-port",
             "0", "--set", json.dumps(config or {}), *arguments],
            stderr=stderr)
        ready = json.loads(self.line())
        for name, value in ready.items():
            if name.endswith("port"):
                setattr(self, name, value)
        self.control = Control(ready["control_port"])
        self.ask, self.do, self.wait_for = (
            self.control.ask, self.control.do, self.control.wait)

    def faultless(self):
        """Fails if the server itself has failed somewhere."""
        equal(self.do("complaints")["complaints"], [], "server's errors")


class OscarServer(LoopbackServer):
    """Has `port`, `tls_port`, `web_port` and `web_tls_port`."""

    program = "oscar_server.py"


class MsnServer(LoopbackServer):
    """Has `port`, `sb_port`, `dispatch_port`, `web_port` and
    `web_tls_port`."""

    program = "msn_server.py"


class MsnWebServer(LoopbackServer):
    """Has `web_port`, `web_tls_port` and `other_port`, which is as good."""

    program = "msnweb_server.py"


class Case:
    """What one case has made, to be put away after it."""

    def __init__(self):
        self._endings = []
        self._open = []

    def closing(self, thing):
        """@thing, to be closed with the case and inside its event loop."""
        self._open.append(thing)
        return thing

    async def run(self, coroutine):
        """An asynchronous case."""
        try:
            await coroutine
        finally:
            for thing in reversed(self._open):
                thing.close()

    def at_end(self, function, *arguments):
        self._endings.append((function, arguments))

    def directory(self):
        """A private directory that goes away with the case."""
        path = pathlib.Path(tempfile.mkdtemp(prefix="purple-classic-"))
        self.at_end(shutil.rmtree, path, True)
        return path

    def process(self, arguments, **options):
        made = Process(arguments, **options)
        self.at_end(made.stop)
        return made

    def server(self, config=None, arguments=(), **options):
        return self._started(OscarServer(config, arguments, **options))

    def msn_server(self, config=None, arguments=(), **options):
        return self._started(MsnServer(config, arguments, **options))

    def msnweb_server(self, config=None, arguments=(), **options):
        return self._started(MsnWebServer(config, arguments, **options))

    def _started(self, made):
        self.at_end(made.stop)
        return made

    def certificate(self, name="localhost"):
        """(certificate, key) files for @name, signed by itself."""
        path = self.directory()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:%s,"
             "IP:127.0.0.1" % name, "-keyout", path / "key.pem", "-out",
             path / "cert.pem"], check=True, capture_output=True)
        return path / "cert.pem", path / "key.pem"

    def finish(self):
        """Puts everything away; whether that went well."""
        well = True
        for function, arguments in reversed(self._endings):
            try:
                function(*arguments)
            except Exception:  # pylint: disable=broad-except
                comment(traceback.format_exc())
                well = False
        return well


def comment(text):
    for line in text.rstrip().splitlines():
        print("#", line)
    sys.stdout.flush()


class _TooLong(AssertionError):
    pass


def _ring(_number, _frame):
    raise _TooLong("the case takes too long")


def _run(function, seconds):
    """(passed, why it was skipped)."""
    this, passed, skipped = Case(), False, None
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(seconds)
    try:
        result = function(this)
        if inspect.iscoroutine(result):
            asyncio.run(this.run(result))
        passed = True
    except Skip as why:
        passed, skipped = True, str(why)
    except Exception:  # pylint: disable=broad-except
        comment(traceback.format_exc())
    finally:
        signal.alarm(0)
    return this.finish() and passed, skipped


def main():
    """Runs the cases named on the command line, or all of them."""
    wanted = sys.argv[1:]
    chosen = [(function, seconds) for function, seconds in _cases
              if not wanted or function.__name__ in wanted]
    print("TAP version 13")
    print("1..%d" % len(chosen), flush=True)
    failed = 0
    for number, (function, seconds) in enumerate(chosen, 1):
        passed, skipped = _run(function, seconds)
        failed += not passed
        title = function.__name__.replace("_", " ")
        print("%s %d - %s%s" % (
            "ok" if passed else "not ok", number, title,
            " # SKIP " + skipped if skipped else ""), flush=True)
    sys.exit(1 if failed else 0)
