"""Somebody at the same server whose every word the test writes: what a real
client would never send too.

    server = Prosody(accounts, settings=PLAIN)
    peer = Peer(server, "eve", "secret")
    peer.send("<message to='mina@gtalk.test' ...>")
    peer.wait("<received")
"""

import base64
import re
import socket
import threading
import time

DEADLINE = 20.0
# What the server has to be told: peers do without encryption.
PLAIN = ("c2s_require_encryption = false\n"
         "allow_unencrypted_plain_auth = true\n")
QUESTION = re.compile(r"<iq([^>]*type=['\"]get[^>]*)>(.*?)</iq>", re.S)


class Peer:
    """@presence: its first presence; None to be absent"""

    def __init__(self, server, name, password, resource="peer",
                 presence="<presence/>"):
        self.socket = socket.create_connection(("127.0.0.1", server.port))
        self.address = f"{name}@{server.host}"
        self.full = f"{self.address}/{resource}"
        self.heard = ""
        self.at = 0
        self.changed = threading.Condition()
        self.answers = []
        threading.Thread(target=self._listen, daemon=True).start()
        header = ("<stream:stream xmlns='jabber:client' version='1.0' "
                  "xmlns:stream='http://etherx.jabber.org/streams' "
                  f"to='{server.host}'>")
        self.send(header)
        self.wait("</stream:features>")
        token = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        self.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                  f"mechanism='PLAIN'>{token}</auth>")
        self.wait("<success")
        self.send(header)
        self.wait("</stream:features>")
        self.send("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:"
                  f"xml:ns:xmpp-bind'><resource>{resource}</resource></bind>"
                  "</iq>")
        self.wait("</iq>")
        if presence is not None:
            self.send(presence)

    def send(self, xml):
        self.socket.sendall(xml.encode())

    def answer(self, namespace, payload):
        """From now on every question with that namespace is answered."""
        self.answers.append((namespace, payload))

    def wait(self, pattern, deadline=DEADLINE, anywhere=False):
        """The next thing that matches, after what was waited for before,
        or @anywhere."""
        until = time.monotonic() + deadline
        with self.changed:
            while True:
                match = re.compile(pattern, re.S).search(
                    self.heard, 0 if anywhere else self.at)
                if match:
                    self.at = max(self.at, match.end())
                    return match
                if not self.changed.wait(until - time.monotonic()):
                    raise AssertionError(f"{pattern} did not come, but:\n" +
                                         self.heard[-3000:])

    def seen(self, pattern):
        return re.search(pattern, self.heard, re.S)

    def close(self):
        self.socket.close()

    def _listen(self):
        done = 0
        try:
            while data := self.socket.recv(65536):
                with self.changed:
                    self.heard += data.decode(errors="replace")
                    self.changed.notify_all()
                for iq in QUESTION.finditer(self.heard, done):
                    done = iq.end()
                    self._reply(iq)
        except OSError:
            pass

    def _reply(self, iq):
        word = {name: re.search(rf" {name}=['\"](.*?)['\"]", iq[1])
                for name in ("id", "from")}
        to = f" to='{word['from'][1]}'" if word["from"] else ""
        for namespace, payload in self.answers:
            if f"'{namespace}'" in iq[2] or f'"{namespace}"' in iq[2]:
                self.send(f"<iq type='result' id='{word['id'][1]}'{to}>"
                          f"{payload}</iq>")
                with self.changed:
                    self.heard += f"<!-- answered{to} -->"
                    self.changed.notify_all()
                return
