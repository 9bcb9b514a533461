"""A private Open OSCAR Server, for as long as a with statement lasts.

The server is somebody else's program (github.com/mk6i/open-oscar-server):
whoever wants to measure against it builds it elsewhere and names the binary
with --server or in OPEN_OSCAR_SERVER. Its limit on sign-ons per address, ten
at once and then one a minute, has no setting: a bench that signs on more often
needs a binary built without it, and says so in its figures.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time


def binary(named=None):
    """The server to use, or None."""
    path = named or os.environ.get("OPEN_OSCAR_SERVER")
    return path if path and os.access(path, os.X_OK) else None


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


class OpenOscar:
    """A running server; accounts come into being when they sign on."""

    def __init__(self, path):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="classic-oos-"))
        self.port, toc, api = free_ports(3)
        self.address = ("127.0.0.1", self.port)
        self.log = open(self.home / "log", "wb")
        self.process = subprocess.Popen(
            [path], cwd=self.home, stdout=self.log, stderr=self.log,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.home),
                "OSCAR_LISTENERS": f"LOCAL://127.0.0.1:{self.port}",
                "OSCAR_ADVERTISED_LISTENERS_PLAIN":
                    f"LOCAL://127.0.0.1:{self.port}",
                "TOC_LISTENERS": f"127.0.0.1:{toc}",
                "API_LISTENER": f"127.0.0.1:{api}",
                "DB_PATH": str(self.home / "oscar.sqlite"),
                "DISABLE_AUTH": "true",
                "DISABLE_MULTI_LOGIN_NOTIF": "true",
                "ICQ_LEGACY_ENABLED": "false",
                "LOG_LEVEL": "error",
            })
        self.api = ("127.0.0.1", api)
        self.wait_listening()

    def wait_listening(self, deadline=15.0):
        end = time.monotonic() + deadline
        while True:
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                if (self.process.poll() is not None
                        or time.monotonic() > end):
                    text = (self.home / "log").read_text(errors="replace")
                    self.close()
                    raise RuntimeError("Open OSCAR Server does not start:\n"
                                       + text) from None
                time.sleep(0.02)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
