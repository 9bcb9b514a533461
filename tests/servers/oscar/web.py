"""The sign-ons over HTTP: clientLogin with startOSCARSession, and the door to
the Kerberos service."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import time
import urllib.parse

from common import http, listen
from common.http import Answer

from . import authorizer, kdc, wire

OK, CHALLENGE, UNAUTHORIZED, MISSING, TOO_FAST = 200, 330, 401, 460, 430
WRONG, CODE, NEXT_CODE, NOT_ALLOWED, EXPIRED = 3011, 3012, 3013, 3019, 1014
SUSPENDED = 0x0011


def envelope(status, detail=None, data=None, text=None):
    response = {"statusCode": status,
                "statusText": text or ("OK" if status == OK else "Refused"),
                "data": data or {}}
    if detail:
        response["statusDetailCode"] = detail
    # HTTP repeats some of it, as Open OSCAR Server does.
    return Answer(status if status in (OK, UNAUTHORIZED) else OK,
                  json.dumps({"response": response}), "application/json")


def _sign(key, text):
    return base64.b64encode(
        hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


def _escape(text):
    return urllib.parse.quote(text, safe="-._~")


class Web:
    """The HTTP side of a server."""

    def __init__(self, server):
        self.server = server
        self.port = self.tls_port = 0
        self.served = []
        self._tokens = {}

    async def start(self, port, tls_port, context):
        """Listens; returns the listeners."""
        listeners, self.port, self.tls_port = await listen.both(
            self._plain, self._encrypted, self.server.host, port, tls_port,
            context)
        return listeners

    async def _plain(self, reader, writer):
        await self._serve(reader, writer, False)

    async def _encrypted(self, reader, writer):
        await self._serve(reader, writer, True)

    async def _serve(self, reader, writer, tls):
        peer = writer.get_extra_info("peername") or ("?", 0)
        try:
            while request := await http.read(reader, tls, peer):
                if not await self._respond(request, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception as error:  # pylint: disable=broad-except
            self.server.complain("web", error)
        writer.close()

    async def _respond(self, request, writer):
        """Whether the connection goes on."""
        stage, answer = self._answer(request)
        fault = self.server.faults.find(request, stage, *http.FAULTS)
        if fault and fault.fault == "web-error":
            answer = envelope(fault.code, fault.detail, text=fault.text,
                              data={"redirectURL": fault.address}
                              if fault.address else None)
            fault = None
        self.served.append({"stage": stage, "path": request.path,
                            "status": answer.status,
                            "tls": request.tls,
                            "fault": fault.fault if fault else None})
        self.server.changed()
        if fault:
            return await http.spoil(fault, answer, writer)
        writer.write(answer.head() + answer.body)
        return request.fields.get("connection", "").lower() != "close"

    def _answer(self, request):
        """(stage, answer)."""
        path = request.path.rstrip("/")
        if path.endswith("/auth/clientLogin"):
            return "clientLogin", self._login(request)
        if path.endswith("/aim/startOSCARSession"):
            return "startOSCARSession", self._session(request)
        if path == "":
            return "kdc", kdc.answer(self.server, request)
        return "nowhere", Answer(404, "nothing here")

    def place(self, request, account):
        """Where @account goes on, as (tag, value) pairs. Signing on like this
        means one session at a time."""
        host, encrypted = authorizer.destination(self.server, request)
        found = [(authorizer.TLV_HOST, host.encode()),
                 (authorizer.TLV_COOKIE, self.server.bake(account, 1))]
        name = self.server.config.tls_name
        if encrypted and name:
            found.append((authorizer.TLV_TLS_NAME, name.encode()))
        found.append((authorizer.TLV_TLS_STATE,
                      wire.u16(2 if encrypted else 0)))
        return found

    # clientLogin.

    def _login(self, request):
        try:
            form = request.form()
        except ValueError:
            return envelope(400)
        if request.method != "POST" or not {"devId", "s", "pwd",
                                            "f"} <= form.keys():
            return envelope(MISSING)
        if not self.server.admits(request.peer[0]):
            return envelope(TOO_FAST)
        account = self.server.accounts.find(form["s"])
        request.account_key = wire.normalize(form["s"])
        if account is None or form["pwd"] != account.password:
            return envelope(CHALLENGE, WRONG)
        if account.signon_error == SUSPENDED:
            return envelope(UNAUTHORIZED, NOT_ALLOWED)
        if account.signon_error is not None:
            return envelope(CHALLENGE, WRONG)
        return (self._ask_code(account, form.get("securid"))
                or self._grant(account))

    def _ask_code(self, account, code):
        """A question, as long as one of the account's codes is missing."""
        wanted = account.settings.get("web_codes") or []
        given = account.settings.setdefault("web_codes_given", 0)
        if given < len(wanted) and code == wanted[given]:
            given = account.settings["web_codes_given"] = given + 1
        if given == len(wanted):
            account.settings["web_codes_given"] = 0
            return None
        return envelope(CHALLENGE, NEXT_CODE if given else CODE)

    def _grant(self, account):
        token = base64.b64encode(os.urandom(33)).decode()
        secret = base64.b64encode(os.urandom(24)).decode()
        self._tokens[token] = {
            "account": account,
            "key": _sign(account.password.encode(), secret).encode()}
        return envelope(OK, data={
            "token": {"a": token, "expiresIn": "86400"},
            "sessionSecret": secret, "hostTime": int(time.time()),
            "loginId": wire.normalize(account.name)})

    # startOSCARSession.

    def _session(self, request):
        form = request.form()
        known = self._tokens.pop(form.get("a"), None)
        if known is None:
            return envelope(UNAUTHORIZED, EXPIRED)
        if not self._is_signed(request, known["key"]):
            return envelope(UNAUTHORIZED, text="the signature is wrong")
        request.account_key = known["account"].key
        tlvs = dict(self.place(request, known["account"]))
        host, _, port = tlvs[authorizer.TLV_HOST].decode().rpartition(":")
        data = {"host": host, "port": port, "cookie": base64.b64encode(
            tlvs[authorizer.TLV_COOKIE]).decode()}
        if any(tlvs[authorizer.TLV_TLS_STATE]):
            data["tlsCertName"] = self.server.config.tls_name or "localhost"
        return envelope(OK, data=data)

    @staticmethod
    def _is_signed(request, key):
        query, _, signature = request.query.partition("&sig_sha256=")
        names = [part.partition("=")[0] for part in query.split("&")]
        scheme = "https" if request.tls else "http"
        url = "%s://%s%s" % (scheme, request.fields["host"], request.path)
        base = "GET&%s&%s" % (_escape(url), _escape(query))
        return (names == sorted(names)
                and urllib.parse.unquote(signature) == _sign(key, base))
