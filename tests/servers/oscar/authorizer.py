"""Signing on: who are you, and where your session is."""

import os
import uuid

from . import link as links
from . import wire

TLV_NAME, TLV_PASSWORD, TLV_CLIENT, TLV_URL = 0x01, 0x02, 0x03, 0x04
TLV_HOST, TLV_COOKIE, TLV_ERROR, TLV_EMAIL = 0x05, 0x06, 0x08, 0x11
TLV_DIGEST, TLV_STRONG, TLV_MULTI = 0x25, 0x4C, 0x4A
TLV_TLS_NAME, TLV_TLS_STATE = 0x8D, 0x8E

UNKNOWN_NAME, UNKNOWN_UIN, RATE_LIMITED = 0x0001, 0x0008, 0x001D
WRONG_CODE = 0x0020
MAX_FRAMES = 10


class Authorizer:
    """One connection to the sign-on service."""

    def __init__(self, server, link, signon):
        self.server, self.link = server, link
        self.signon = signon
        self.key = None

    async def run(self):
        if not self.server.admits(self.link.peer[0]):
            self._refuse_address()
        elif self.signon.has(TLV_NAME):
            self._roasted()
        else:
            await self._bucp()

    def _refuse_address(self):
        """In a SNAC to whom we know to expect one, else in a signoff."""
        body = wire.tlv(TLV_ERROR, wire.u16(RATE_LIMITED))
        if self.server.uses_bucp(self.link.peer[0]):
            self.link.send_snac(0x17, 0x03, body, request=0)
        else:
            self.link.signoff(body)

    def _roasted(self):
        """Sign-on by the very first frame; the answer comes in a signoff."""
        name = self.signon.text(TLV_NAME)
        client = self.signon.text(TLV_CLIENT)
        java = (client.startswith("AOL Instant Messenger (TM) version")
                and "for Java" in client)
        password = wire.roast(self.signon.get(TLV_PASSWORD, b""),
                              wire.ROAST_JAVA if java else wire.ROAST_OSCAR)
        account = self._account(name)
        error = self._objection(account, name)
        if error is None and password != account.password.encode():
            error = self.server.traits.wrong_password
        self.link.signoff(self._answer(account, name, error, self.signon))

    async def _bucp(self):
        self.server.uses_bucp(self.link.peer[0], noted=True)
        for _ in range(MAX_FRAMES):
            kind, payload = await self.link.receive(
                self.server.config.auth_seconds)
            if kind == wire.FLAP_KEEPALIVE:
                continue
            if kind != wire.FLAP_DATA:
                return
            snac = wire.Snac(payload)
            self.link.remember(">", snac.label, payload)
            tlvs = snac.body.tlvs()
            self.link.account_key = wire.normalize(tlvs.text(TLV_NAME))
            if self.link.struck(snac.label):
                continue
            if snac.label == "17/06":
                if not self._challenge(snac, tlvs):
                    return
            elif snac.label == "17/02":
                await self._login(snac, tlvs)
                self.link.signoff()
                return
            else:
                return

    def _challenge(self, snac, tlvs):
        """Whether a key was sent and a login may follow."""
        name = tlvs.text(TLV_NAME)
        account = self._account(name)
        if account is None and self.server.traits.tells_unknown_names:
            code = UNKNOWN_UIN if wire.normalize(
                name).isdigit() else UNKNOWN_NAME
            self.link.send_snac(0x17, 0x03, wire.tlv(TLV_ERROR, wire.u16(
                code)), request=snac.request)
            return False
        digits = self.server.traits.key_digits
        self.key = (str(int.from_bytes(os.urandom(16), "big"))[:digits]
                    if digits else str(uuid.uuid4())).encode()
        self.link.send_snac(0x17, 0x07, wire.str16(self.key),
                            request=snac.request)
        return True

    async def _login(self, snac, tlvs):
        name = tlvs.text(TLV_NAME)
        account = self._account(name)
        error = self._objection(account, name)
        if error is None and not self._proves(account, tlvs):
            error = self.server.traits.wrong_password
        if error is None and account.settings.get("securid"):
            error = await self._ask_code(account.settings["securid"])
        self.link.send_snac(0x17, 0x03, self._answer(account, name, error,
                                                     tlvs),
                            request=snac.request)

    async def _ask_code(self, wanted):
        """The error of one who does not know the one-time code."""
        self.link.send_snac(0x17, 0x0A, request=0)
        _, payload = await self.link.receive(self.server.config.auth_seconds)
        snac = wire.Snac(payload)
        self.link.remember(">", snac.label, payload)
        given = snac.body.str16() if snac.label == "17/0B" else None
        return None if given == wanted.encode() else WRONG_CODE

    def _account(self, name):
        account = self.server.accounts.find(name)
        if account is None and self.server.config.auto_create and name:
            account = self.server.add_account({"name": name, "password": None})
        return account

    def _proves(self, account, tlvs):
        if account.password is None:
            return True
        password, digest = account.password.encode(), tlvs.get(TLV_DIGEST)
        allowed = [wire.digest_strong(self.key or b"", password)]
        if not account.settings.get("strong_only"):
            allowed.append(wire.digest_weak(self.key or b"", password))
        if account.settings.get("weak_only"):
            allowed = allowed[1:]
        return digest in allowed

    def _objection(self, account, name):
        if account is None:
            return self.server.traits.wrong_password
        return account.signon_error

    def _answer(self, account, name, error, request):
        """The TLVs of 17/03, good or bad."""
        if error is not None:
            found = wire.tlv(TLV_NAME, name) + wire.tlv(TLV_ERROR,
                                                        wire.u16(error))
            if account and account.signon_url:
                found += wire.tlv(TLV_URL, account.signon_url)
            return found
        host, encrypted = destination(self.server, self.link)
        cookie = self.server.bake(account, request.number(TLV_MULTI, 0))
        found = [(TLV_NAME, account.name), (TLV_HOST, host),
                 (TLV_COOKIE, cookie)]
        found = [(tag, wire.as_bytes(value)) for tag, value in found]
        if account.email:
            found.append((TLV_EMAIL, account.email.encode()))
        if encrypted and self.server.config.tls_name:
            found.append((TLV_TLS_NAME, self.server.config.tls_name.encode()))
        found.append((TLV_TLS_STATE, wire.u8(2 if encrypted else 0)))
        return wire.tlv_chain(found)


def destination(server, link):
    """(host:port of the session, whether it is encrypted)."""
    encrypted = link.tls and server.config.tls_bos == "tls"
    wrong = server.faults.find(link, "17/03", "wrong-bos")
    if wrong:
        return wrong.address or "127.0.0.1:1", encrypted
    host = server.config.advertise or server.host
    if ":" in host:
        return host, encrypted
    port = server.tls_port if encrypted else server.port
    return "%s:%d" % (host, port), encrypted


async def first_frame(link):
    """The client's signon frame: its TLVs."""
    kind, payload = await link.receive(link.server.config.auth_seconds)
    if kind != wire.FLAP_SIGNON:
        raise links.Closed("no signon but frame type %d" % kind)
    reader = wire.Reader(payload)
    reader.u32()
    return reader.tlvs()
