"""Tickets: what the sign-on over HTTPS gives, and what is done with them."""

import base64
import dataclasses
import hmac
import os
import secrets
import struct
import time

from . import des, wire

HASH_LABEL = b"WS-SecureConversationSESSION KEY HASH"
CIPHER_LABEL = b"WS-SecureConversationSESSION KEY ENCRYPTION"
BLOB = struct.Struct("<7I")
# Header size, CBC, triple DES, SHA-1, sizes of vector and hash.
BLOB_HEAD = (28, 1, 0x6603, 0x8004, 8, 20)

# Tickets are as long as real ones.
PADDING = base64.b64encode(bytes(range(48, 248)) * 2).decode().rstrip("=")


@dataclasses.dataclass
class Ticket:
    token: str
    account: object
    until: float
    site: str = ""
    policy: str = ""
    secret: bytes = b""


class Tickets:
    """All tickets given out."""

    def __init__(self, server):
        self.server = server
        self._by_token = {}

    def issue(self, account, seconds, site="", policy="", token=None):
        """A ticket for @account; tokens may be shared between sites."""
        made = Ticket(token or secrets.token_hex(10), account,
                      time.monotonic() + seconds, site, policy,
                      os.urandom(24))
        self._by_token.setdefault(made.token, []).append(made)
        return made

    def text(self, ticket, bare=False):
        if bare:
            return ticket.token
        return "t=%s%s&p=" % (ticket.token, PADDING)

    def _all(self, text):
        text = wire.unquote(text)
        token = (text[2:] if text.startswith("t=") else text)[:20]
        return [one for one in self._by_token.get(token, ())
                if time.monotonic() < one.until]

    def find(self, text, site=None):
        """The ticket that @text is, for @site if given; None if it is bad."""
        for one in self._all(text):
            if site is None or one.site in ("", site):
                return one
        return None

    def expire(self, account):
        for tickets in self._by_token.values():
            for one in tickets:
                if one.account is account:
                    one.until = 0

    def proves(self, ticket, nonce, blob):
        """Whether @blob shows that its maker has the ticket's secret."""
        try:
            data = base64.b64decode(blob, validate=True)
            head = BLOB.unpack_from(data)
        except (ValueError, struct.error):
            return False
        size = head[6]
        if head[:6] != BLOB_HEAD or len(data) != 56 + size:
            return False
        vector, digest, cipher = data[28:36], data[36:56], data[56:]
        plain = nonce.encode()
        pad = 8 - len(plain) % 8
        return any(
            hmac.compare_digest(digest, hmac.new(wire.derive(
                one.secret, HASH_LABEL), plain, "sha1").digest())
            and cipher == des.encrypt(wire.derive(one.secret, CIPHER_LABEL),
                                      vector, plain + bytes([pad]) * pad)
            for one in self._all(ticket.token))
