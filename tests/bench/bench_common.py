"""What the benches share: which module is measured, and against which server.

Without options it is our own AIM module of the build tree against the loopback
server. --module, --protocol and --option measure another one in the same
harness, for comparison; --server names an Open OSCAR Server to measure
against. Nothing here asserts anything about time: a bench prints figures, and
fails only if the thing measured does not work.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tests" / "support")]

import headless  # noqa: E402
import loopback  # noqa: E402
import open_oscar  # noqa: E402

# meson's exit code for a test that could not run here.
SKIPPED = 77

# Options of our modules; those of another come from the command line.
OURS = {"network": "custom", "security": "off"}

# Objects whose instructions are ours.
OUR_OBJECTS = r"/(classic-\w+|libclassic-core-[\w.-]+)\.so"


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def need_tools(*tools):
    for tool in tools:
        if not shutil.which(tool):
            skip(f"there is no {tool} here")


def undisturbed(pid=0):
    """Takes a process, and what it starts, out of the competition for the
    processor: what others do on this machine is not to be measured. It is
    only a wish."""
    try:
        os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(5))
    except OSError:
        pass


def now_ms():
    """The clock that events carry."""
    return time.monotonic() * 1000


def parser(story):
    options = argparse.ArgumentParser(
        description=story, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--module", metavar="DIR",
                         help="a directory with another module to measure")
    options.add_argument("--protocol", default="prpl-aim")
    options.add_argument("--option", action="append", default=[],
                         metavar="KEY=VALUE",
                         help="an account option of that module")
    options.add_argument("--server", metavar="BINARY",
                         help="an Open OSCAR Server to measure against")
    options.add_argument("--start", metavar="COMMAND",
                         help="another server: what runs it, until SIGTERM")
    options.add_argument("--address", metavar="HOST:PORT",
                         help="where that listens")
    options.add_argument("--user", metavar="NAME:PASSWORD",
                         help="whom it knows")
    options.add_argument("--certificate", metavar="NAME=FILE",
                         help="what it shows, trusted beforehand")
    return options


class Subject:
    """The module under test."""

    def __init__(self, args):
        self.protocol = args.protocol
        self.directory = args.module and pathlib.Path(args.module).resolve()
        self.options = dict(OURS)
        self.user = args.user and args.user.split(":", 1)
        self.certificate = args.certificate and args.certificate.split("=", 1)
        given = dict(option.split("=", 1) for option in args.option)
        if self.directory or self.protocol == "prpl-jabber":
            self.options = given
        elif not headless.plugin_dirs():
            skip("our module is not in the build tree")
        else:
            self.options.update(given)

    @property
    def name(self):
        if self.protocol == "prpl-jabber":
            return "libpurple's XMPP"
        return self.directory.parent.name if self.directory else "ours"

    @property
    def objects(self):
        """Matches the paths of the objects whose instructions count."""
        return re.compile(rf"^{re.escape(str(self.directory))}/"
                          if self.directory else OUR_OBJECTS)

    def client(self, **options):
        """A headless client that has only this module."""
        if self.directory:
            options["plugins"] = [self.directory]
            # Others may warn as they like.
            options.setdefault("environ", {})["G_DEBUG"] = ""
        return headless.Headless(**options)

    def trust(self, client):
        """Puts the server's certificate where libpurple keeps those its user
        has accepted."""
        name, path = self.certificate
        peers = client.profile / "certificates" / "x509" / "tls_peers"
        peers.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, peers / name)

    def account(self, client, address, user, password="password"):
        host, port = address
        if self.user:
            user, password = self.user
        if self.certificate:
            self.trust(client)
        where = ({"connect_server": host}
                 if self.protocol == "prpl-jabber" else {"server": host})
        return client.account("a", self.protocol, user, password, port=port,
                              **where, **self.options)


class Wrapped:
    """A headless binary under a tool such as valgrind: a script to run in
    its place."""

    def __init__(self, tool):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="classic-bench-"))
        self.path = self.home / "headless"
        binary = headless.build_dir() / "tests" / "support" / "headless"
        words = " ".join(f"'{word}'" for word in [*tool, binary])
        self.path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        self.path.chmod(0o755)

    def close(self):
        shutil.rmtree(self.home, ignore_errors=True)


class Started:
    """A server somebody else's command runs, for as long as a with statement
    lasts."""

    def __init__(self, command, address):
        host, port = address.rsplit(":", 1)
        self.address = host, int(port)
        self.process = subprocess.Popen(
            command, shell=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the server does not start") from None
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


def start_server(args):
    """A server to measure against, as a context."""
    if args.start:
        return Started(args.start, args.address)
    path = open_oscar.binary(args.server)
    if path is None:
        return loopback.Loopback()
    return open_oscar.OpenOscar(path)
