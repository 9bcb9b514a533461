"""Drives the faceless libpurple client (headless.c) from a test.

    with Headless() as client:
        aim = client.account("aim", "prpl-aim", "tester", "secret",
                             server="127.0.0.1", port=5190)
        aim.connect()
        aim.wait("connected")
        aim.im("friend", "hello")
        line = aim.wait("line", conversation="friend", who="friend")

Everything a user would have seen is an event: a dictionary with the key
"event". wait() looks through those not yet looked at, in order, and then waits
for more until a deadline, which only guards against hanging.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

DEADLINE = 20.0

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUPPRESSIONS = ROOT / "tests" / "support" / "lsan.supp"


def build_dir():
    """The build tree under test."""
    return pathlib.Path(os.environ.get("CLASSIC_BUILD", ROOT / "build"))


def plugin_dirs():
    """Where the build tree has modules that libpurple can load."""
    return sorted({path.parent
                   for path in build_dir().glob("plugins/**/classic-*.so")})


class Timeout(AssertionError):
    """What was waited for did not happen; says what did."""


class Died(AssertionError):
    """The client ended by itself: a crash, or a report of a sanitizer."""


def _escape(word):
    for char, code in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"),
                       ("\r", "\\r")):
        word = word.replace(char, code)
    return word


def matches(event, kind, expected):
    """Whether @event is of @kind and has all @expected members. An expected
    value may be a function that judges the member."""
    if kind is not None and event["event"] != kind:
        return False
    for key, want in expected.items():
        have = event.get(key)
        if not (want(have) if callable(want) else want == have):
            return False
    return True


class Account:
    """One account of a client. Verbs of headless.c are methods, with
    underscores for dashes."""

    def __init__(self, client, handle):
        self.client = client
        self.handle = handle
        self.unread = 0

    def wait(self, kind, deadline=DEADLINE, **expected):
        """As the client's wait(), for events of this account alone: what
        others waited for is still there."""
        return self.client.wait(kind, deadline, cursor=self,
                                account=self.handle, **expected)

    def seen(self, kind, **expected):
        return self.client.seen(kind, account=self.handle, **expected)

    def option(self, key, value):
        kind = ("bool" if isinstance(value, bool) else
                "int" if isinstance(value, int) else "string")
        if kind == "bool":
            value = int(value)
        return self.client.call("option", self.handle, kind, key, value)

    def sign_on(self, deadline=DEADLINE):
        """Connects, and waits until that worked. An error is raised as what
        the user would read."""
        self.connect()
        event = self.wait(lambda e: e["event"] in ("connected", "error"),
                          deadline)
        if event["event"] == "error":
            raise AssertionError(f"not signed on: {event['reason']}: "
                                 f"{event['text']}")
        return event

    def sign_off(self, deadline=DEADLINE):
        self.disconnect()
        return self.wait("disconnected", deadline)

    def __getattr__(self, verb):
        return lambda *args: self.client.call(verb.replace("_", "-"),
                                              self.handle, *args)


class Headless:
    """A running client in a profile of its own.

    @profile: a directory to use and keep, or None for a fresh one
    @leaks: report memory leaks at the end (slow; sanitizer builds only)
    @environ: more variables for it
    """

    def __init__(self, profile=None, leaks=False, environ=None, plugins=None,
                 binary=None):
        self.keep = profile is not None
        self.home = pathlib.Path(profile or tempfile.mkdtemp(
            prefix="classic-headless-"))
        self.profile = self.home / "purple"
        self.profile.mkdir(parents=True, exist_ok=True)
        self.events = []
        self.done = {}
        self.unread = 0
        self.cursors = collections.defaultdict(int)
        self.changed = threading.Condition()
        self.seq = 0
        self.stopped = False
        self.errors = open(self.home / "stderr.log", "ab+")
        binary = binary or build_dir() / "tests" / "support" / "headless"
        command = [str(binary), "--dir", str(self.profile)]
        for directory in plugins or plugin_dirs():
            command += ["--plugins", str(directory)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors, env=self._environ(leaks, environ or {}))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait("ready")

    def _environ(self, leaks, more):
        env = {key: value for key, value in os.environ.items()
               if not key.startswith(("http", "HTTP", "all_proxy",
                                      "ALL_PROXY", "G_DEBUG"))}
        env.update({
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            # A fresh home would otherwise cost a scan of GStreamer.
            "GST_PLUGIN_SYSTEM_PATH_1_0": "",
            "G_DEBUG": "fatal-criticals",
            "PURPLE_LEAKCHECK_HELP": "1",
            "ASAN_OPTIONS": "detect_leaks=%d:fast_unwind_on_malloc=%d:"
                            "detect_stack_use_after_return=1:quarantine_size_mb=8"
                            % (leaks, not leaks),
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
            "LSAN_OPTIONS": f"suppressions={SUPPRESSIONS}:"
                            "print_suppressions=0",
        })
        env.update(more)
        return env

    # Events.

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            with self.changed:
                if event["event"] == "done":
                    self.done[event["seq"]] = event
                else:
                    event["at"] = time.monotonic()
                    self.events.append(event)
                self.changed.notify_all()
        with self.changed:
            self.stopped = True
            self.changed.notify_all()

    def _await(self, find, deadline, what):
        end = time.monotonic() + deadline
        with self.changed:
            while True:
                found = find()
                if found is not None:
                    return found
                if self.stopped:
                    raise Died(f"the client ended while waiting for {what}\n"
                               + self.stderr())
                left = end - time.monotonic()
                if left <= 0:
                    raise Timeout(f"no {what} within {deadline} s; "
                                  f"seen: {self._tail()}")
                self.changed.wait(left)

    def _tail(self):
        return json.dumps(self.events[-12:], ensure_ascii=False)

    def wait(self, kind, deadline=DEADLINE, cursor=None, **expected):
        """Waits for an event after the last one waited for: @kind is its
        name, or a function that judges the event. Events passed over are
        done with, for this @cursor."""
        cursor = cursor or self
        judge = kind if callable(kind) else None
        name = None if callable(kind) else kind

        def find():
            for index in range(cursor.unread, len(self.events)):
                event = self.events[index]
                if (matches(event, name, expected)
                        and (judge is None or judge(event))):
                    cursor.unread = index + 1
                    return event
            return None

        return self._await(find, deadline, f"{name or 'event'} {expected}")

    def seen(self, kind, **expected):
        """All such events up to now, looked at or not."""
        with self.changed:
            return [e for e in self.events if matches(e, kind, expected)]

    def wait_count(self, kind, count, deadline=DEADLINE, **expected):
        """Waits until @count such events have come since the beginning.
        Returns them all."""
        key = (kind, tuple(sorted((k, str(v)) for k, v in expected.items())))
        found = []

        def find():
            for index in range(self.cursors[key], len(self.events)):
                if matches(self.events[index], kind, expected):
                    found.append(self.events[index])
            self.cursors[key] = len(self.events)
            return found if len(found) >= count else None

        self.cursors[key] = 0
        return self._await(find, deadline, f"{count} x {kind} {expected}")

    # Commands.

    def tell(self, verb, *args):
        """Sends a command, and does not wait. Returns its number."""
        self.seq += 1
        words = [str(self.seq), verb] + [_escape(str(a)) for a in args]
        try:
            self.process.stdin.write(("\t".join(words) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            self.process.wait(DEADLINE)
            raise Died("the client is gone\n" + self.stderr()) from None
        return self.seq

    def answer_of(self, seq, deadline=DEADLINE):
        """Waits for the answer to a command."""
        return self._await(lambda: self.done.pop(seq, None), deadline,
                           f"answer {seq}")

    def call(self, verb, *args):
        """Sends a command and waits until it is carried out."""
        answer = self.answer_of(self.tell(verb, *args))
        if not answer["ok"]:
            raise AssertionError(f"{verb} {args}: {answer['problem']}")
        return answer

    def account(self, handle, protocol, user, password, **options):
        """Creates an account, or takes up the one of the profile."""
        self.call("account", handle, protocol, user, password)
        account = Account(self, handle)
        for key, value in options.items():
            account.option(key, value)
        return account

    def answer(self, request, choice, text=None):
        """Answers a question, given as the event it came in, by the number
        or the caption of an action."""
        if isinstance(choice, str):
            choice = [a.replace("_", "") for a in request["actions"]].index(
                choice)
        args = (request["id"], choice) + (() if text is None else (text,))
        return self.call("answer", *args)

    # State outside the protocol.

    def debug_log(self):
        return (self.profile / "debug.log").read_text(errors="replace")

    def stderr(self):
        self.errors.flush()
        return (self.home / "stderr.log").read_text(errors="replace")

    def peak_kib(self):
        """Peak resident memory up to now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])

    def quit(self, deadline=60.0):
        """Ends the client in order; raises if that was not clean."""
        if self.process.poll() is None and not self.stopped:
            self.tell("quit")
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Timeout("the client does not end\n" + self.stderr()) \
                from None
        self.reader.join(deadline)
        if code != 0:
            raise Died(f"the client ended with {code}\n{self.stderr()}")

    def close(self):
        """Ends the client whatever its state, and removes its profile."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.reader.join(DEADLINE)
        self.process.stdout.close()
        self.errors.close()
        if not self.keep:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.quit()
        finally:
            self.close()
