"""The loopback server of tests/servers as a server to measure against.

It makes accounts when they sign on, limits nothing, and tells clients so, so
that a client that keeps to limits is not measured while it waits.
"""

import json
import pathlib
import socket
import subprocess
import sys

SERVER = (pathlib.Path(__file__).resolve().parents[1] / "servers"
          / "oscar_server.py")

# [window, clear, alert, limit, disconnect, max]: starts so high that no bench
# gets down to where a careful client would begin to wait.
NO_LIMIT = [80, 0, 0, 0, 0, 20000000]


class Loopback:
    """A running server, with its control port."""

    def __init__(self, **settings):
        config = {"auto_create": True, "enforce_rates": False,
                  "remembered": 10,
                  "rates": {number: NO_LIMIT for number in range(1, 6)}}
        config.update(settings)
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), "--control-port", "0", "--set",
             json.dumps(config)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.address = ("127.0.0.1", ready["port"])
        self.control = socket.create_connection(
            ("127.0.0.1", ready["control_port"])).makefile("rw")

    def do(self, action, **arguments):
        self.control.write(json.dumps(dict(arguments, do=action)) + "\n")
        self.control.flush()
        answer = json.loads(self.control.readline())
        if not answer["ok"]:
            raise AssertionError(f"{action}: {answer['error']}")
        return answer

    def close(self):
        self.control.close()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
