#!/usr/bin/env python3
"""A private Prosody with somebody to talk to, until the end of its input."""

import argparse
import json
import re
import sys
import threading
import xml.sax.saxutils

from xmpp.peer import PLAIN, Peer
from xmpp.prosody import Prosody

USER, PASSWORD = "demo", "demo"
ECHO = "parrot"
MESSAGE = re.compile(r"<message([^>]*type='chat'[^>]*)>(.*?)</message>", re.S)


def attribute(text, name):
    match = re.search(rf"\b{name}='([^']*)'", text)
    return match[1] if match else None


class Echo(Peer):
    """Says what it is told."""

    def __init__(self, server):
        super().__init__(server, ECHO, PASSWORD, "nest", presence=None)
        threading.Thread(target=self._answer, daemon=True).start()
        self.send("<presence><status>I repeat what you say</status>"
                  "</presence>")

    def _answer(self):
        while True:
            message = self.wait(MESSAGE.pattern, deadline=10 ** 6)
            said = re.search(r"<body>(.*?)</body>", message[2], re.S)
            if said:
                to = xml.sax.saxutils.quoteattr(attribute(message[1], "from"))
                self.send(f"<message type='chat' to={to}><body>{said[1]}"
                          "</body></message>")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true",
                        help="as every server for trials understands it")
    parser.parse_args()
    server = Prosody({USER: PASSWORD, ECHO: PASSWORD}, PLAIN)
    server.put_roster(USER, {
        f"{ECHO}@{server.host}": ("Polly Parrot", "Friends", "both")})
    server.put_roster(ECHO, {
        f"{USER}@{server.host}": ("", "Friends", "both")})
    with server:
        Echo(server)
        print(json.dumps({"port": server.port, "host": server.host}),
              flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
