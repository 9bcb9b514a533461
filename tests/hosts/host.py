"""What the drivers of the stock hosts have in common."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

DEADLINE = 30.0


class Unmet(AssertionError):
    """A condition did not come true in time."""


def until(condition, what, deadline=DEADLINE, alive=None):
    """Asks @condition again and again until it returns something true, which
    is returned. @alive is a function that raises if waiting is pointless. The
    deadline only guards against hanging."""
    end = time.monotonic() + deadline
    while True:
        found = condition()
        if found:
            return found
        if alive is not None:
            alive()
        if time.monotonic() > end:
            raise Unmet(f"not within {deadline:g} s: "
                        f"{what() if callable(what) else what}")
        time.sleep(0.02)


class Host:
    """A host in a temporary directory with processes that end with it.

    @accounts: private.Account, the first being the one the methods act for
    @stage: a private.Stage
    @artefacts: where to keep what people should look at, or None
    """

    name = "host"

    def __init__(self, accounts, stage, artefacts=None):
        self.accounts = accounts
        self.account = accounts[0]
        self.stage = stage
        self.artefacts = artefacts
        self.home = pathlib.Path(tempfile.mkdtemp(
            prefix=f"classic-{self.name}-"))
        self.config = self.home / "config"
        self.processes = []
        self.aliases = {}
        # (name, file) of a server's certificate the user has accepted before,
        # and of further ones.
        self.accepted = None
        self.also_accepted = []

    def accept_certificate(self):
        """Puts what was accepted where libpurple remembers it."""
        accepted = [self.accepted] if self.accepted is not None else []
        for name, certificate in accepted + self.also_accepted:
            peers = self.config / "certificates" / "x509" / "tls_peers"
            peers.mkdir(parents=True, exist_ok=True)
            shutil.copy(certificate, peers / name)

    def shown(self, who):
        """What a buddy is called on the screen."""
        return self.aliases.get(who, who)

    def spawn(self, command, log, **more):
        """Starts a process of our own, its output going to @log."""
        with open(self.home / log, "ab") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=more.pop(
                    "stdout", output), stderr=output, start_new_session=True,
                **more)
        self.processes.append(process)
        return process

    def log(self, name=None):
        """The debug log of the host."""
        path = self.home / (name or f"{self.name}.log")
        return path.read_text(errors="replace") if path.exists() else ""

    def check_alive(self):
        for process in self.processes:
            if process.poll() not in (None, 0):
                raise AssertionError(
                    f"{process.args[0]} ended with {process.returncode}:\n"
                    + self.log()[-4000:])

    def until(self, condition, what, deadline=DEADLINE):
        return until(condition, what, deadline, self.check_alive)

    def close(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                # The session the process leads, and nothing else.
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def keep(self, name, text):
        """Keeps a text for people to look at."""
        if self.artefacts is not None:
            directory = pathlib.Path(self.artefacts)
            directory.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(text, encoding="utf-8")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.keep(f"{self.name}-failed.log", self.log())
            self.close()
            raise
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            self.keep(f"{self.name}-failed.log", self.log())
        self.close()
