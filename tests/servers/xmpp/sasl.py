"""The server's side of SASL mechanisms: SCRAM (RFC 5802, 7677), PLAIN (RFC
4616), hashed tokens (XEP-0484).

    exchange = start("SCRAM-SHA-256", keeper, bindings)
    kind, data = exchange.step(first)      "challenge", "success" or "failure"

A keeper has password(user) and token(user, mechanism), either None, and
iterations.
"""

import base64
import hashlib
import hmac
import os

def mac(key, *parts, digest="sha256"):
    return hmac.new(key, b"".join(parts), digest).digest()


class Plain:
    def __init__(self, keeper):
        self.keeper, self.user = keeper, None

    def step(self, data):
        _, user, password = data.decode().split("\0")
        self.user = user
        if self.keeper.password(user) == password:
            return "success", b""
        return "failure", "not-authorized"


class Hashed:
    """@binding: the channel's bytes, b"" for -NONE"""

    def __init__(self, keeper, mechanism, binding):
        self.keeper, self.mechanism, self.binding = keeper, mechanism, binding
        self.user = None

    def step(self, data):
        user, _, proof = data.partition(b"\0")
        self.user = user.decode()
        token = self.keeper.token(self.user, self.mechanism)
        if token is None or not hmac.compare_digest(
                proof, mac(token.encode(), b"Initiator", self.binding)):
            return "failure", "credentials-expired"
        return "success", mac(token.encode(), b"Responder", self.binding)


class Scram:
    """@binding: the channel's bytes of a -PLUS mechanism, or None
    @offers_plus: whether a client that could bind should have"""

    def __init__(self, keeper, digest, binding, offers_plus):
        self.keeper, self.digest = keeper, digest
        self.binding, self.offers_plus = binding, offers_plus
        self.user, self.first = None, None

    def step(self, data):
        return self._final(data) if self.first else self._first(data)

    def _first(self, data):
        flag, _, self.bare = data.decode().split(",", 2)
        self.header = flag + ",,"
        words = dict(word.split("=", 1) for word in self.bare.split(","))
        self.user = words["n"]
        if (flag[0] == "p") != (self.binding is not None) or \
                (flag == "y" and self.offers_plus):
            return "failure", "malformed-request"
        self.nonce = words["r"] + base64.b64encode(os.urandom(12)).decode()
        # The same for each exchange, so that a kept key fits.
        self.salt = hashlib.sha256(self.user.encode()).digest()[:16]
        self.first = (f"r={self.nonce},s="
                      f"{base64.b64encode(self.salt).decode()},"
                      f"i={self.keeper.iterations}")
        return "challenge", self.first.encode()

    def _final(self, data):
        bare, _, proof = data.decode().rpartition(",p=")
        words = dict(word.split("=", 1) for word in bare.split(","))
        bound = self.header.encode() + (self.binding or b"")
        password = self.keeper.password(self.user)
        if password is None or words["r"] != self.nonce or \
                base64.b64decode(words["c"]) != bound:
            return "failure", "not-authorized"
        salted = hashlib.pbkdf2_hmac(self.digest, password.encode(),
                                     self.salt, self.keeper.iterations)
        message = f"{self.bare},{self.first},{bare}".encode()
        key = mac(salted, b"Client Key", digest=self.digest)
        stored = hashlib.new(self.digest, key).digest()
        signature = mac(stored, message, digest=self.digest)
        shown = bytes(a ^ b for a, b in zip(key, signature))
        if shown != base64.b64decode(proof):
            return "failure", "not-authorized"
        server = mac(salted, b"Server Key", digest=self.digest)
        return "success", b"v=" + base64.b64encode(
            mac(server, message, digest=self.digest))


def start(mechanism, keeper, offered, end_point):
    """An exchange, or None for a mechanism nobody knows.

    @offered: all mechanisms of the server
    @end_point: the channel's tls-server-end-point, None without TLS
    """
    if mechanism == "PLAIN":
        return Plain(keeper)
    if mechanism in ("HT-SHA-256-NONE", "HT-SHA-256-ENDP"):
        bound = mechanism.endswith("ENDP")
        return Hashed(keeper, mechanism, end_point if bound else b"")
    for name, digest in (("SCRAM-SHA-256", "sha256"), ("SCRAM-SHA-1", "sha1")):
        if mechanism in (name, name + "-PLUS"):
            return Scram(keeper, digest,
                         end_point if mechanism.endswith("-PLUS") else None,
                         any(other.endswith("-PLUS") for other in offered))
    return None
