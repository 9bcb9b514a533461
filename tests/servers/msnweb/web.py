"""What goes over HTTP and HTTPS: every path on all ports."""

import asyncio
import json
import time
import urllib.parse

from common import http, listen
from common.http import Answer

from . import gateway

GATEWAY = "/gateway/gateway.dll"
UNHEARD = ("http-status", "http-redirect", "http-type", "http-body",
           "http-silence", "http-hang-up")
STALL_SECONDS = 600


class Web:
    def __init__(self, server):
        self.server = server
        self.port = self.tls_port = self.other_port = 0
        self.served = []

    async def start(self, port, tls_port, context):
        """Listens, at another port, too; returns the listeners."""
        listeners, self.port, self.tls_port = await listen.both(
            self._serve, self._serve, self.server.host, port, tls_port,
            context)
        other = await asyncio.start_server(self._serve, self.server.host, 0)
        self.other_port = listen.port_of(other)
        return listeners + [other]

    def base(self, request):
        """The URL under which the client of @request finds us."""
        return "%s://%s" % ("https" if request.tls else "http",
                            request.fields.get("host", "127.0.0.1"))

    @staticmethod
    def cookies(request):
        pairs = [one.strip().partition("=") for one in request.fields.get(
            "cookie", "").split(";")]
        return {name: value for name, _, value in pairs if name}

    async def _serve(self, reader, writer):
        tls = writer.get_extra_info("ssl_object") is not None
        peer = writer.get_extra_info("peername") or ("?", 0)
        self.server.begin()
        try:
            while request := await http.read(reader, tls, peer):
                request.gone = reader.at_eof
                request.session = None
                if not await self._respond(request, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception as error:  # pylint: disable=broad-except
            self.server.complain("web", error)
        self.server.finish()
        writer.close()

    async def _respond(self, request, writer):
        """Whether the connection goes on."""
        stage, answerer = self._route(request)
        note = self._note(stage, request)
        faults = self.server.faults
        if stage not in ("open", "data", "poll", "control"):
            slow = faults.find(request, [stage], "http-slow")
            if slow:
                await asyncio.sleep(slow.seconds)
        fault = faults.find(request, [stage], *http.FAULTS)
        answer = Answer(500)
        if not fault or fault.fault in http.KEEPS_ANSWER:
            answer = answerer(request)
            if asyncio.iscoroutine(answer):
                answer = await answer
        elif stage == "data":
            self.server.gateway.unheard(request)
        note.update(status=answer.status if answer else None,
                    fault=fault.fault if fault else None,
                    account=request.account_key,
                    session=request.session and request.session.number)
        self.server.changed()
        if answer is None or await self._withholds(request, stage):
            return False
        if fault:
            return await http.spoil(fault, answer, writer)
        data = answer.head() + answer.body
        note["sent"] = len(data)
        writer.write(data)
        return request.fields.get("connection", "").lower() != "close"

    async def _withholds(self, request, stage):
        """Whether what was carried out stays unanswered."""
        if self.server.faults.find(request, [stage], "hang-up-after"):
            return True
        if not self.server.faults.find(request, [stage], "stall"):
            return False
        for _ in range(STALL_SECONDS * 20):
            if request.gone():
                break
            await asyncio.sleep(0.05)
        return True

    def _note(self, stage, request):
        note = {"time": time.monotonic(), "stage": stage, "method": request.method,
                "path": request.path, "tls": request.tls, "status": None,
                "query": request.query, "fields": request.fields,
                "body": request.body.decode("utf-8", "replace"),
                "peer": list(request.peer)[:2], "sent": 0,
                "received": len(request.method + request.path
                                + request.query) + len(request.body) + sum(
                    len(name) + len(value) + 4
                    for name, value in request.fields.items()) + 14}
        self.served.append(note)
        return note

    def _route(self, request):
        """(stage, what answers)."""
        if "://" in request.path:
            # As proxies are asked.
            request.path = urllib.parse.urlsplit(request.path).path
        pages = self.server.pages
        if request.path == GATEWAY:
            kind = gateway.kind_of(request)
            return kind, lambda one: self.server.gateway.answer(one, kind)
        return {
            "/login.srf": ("login", pages.login),
            "/ppsecure/post.srf": ("post", pages.post),
            "/v1/User/Initialization": ("uic", pages.initialization),
            "/people/abcore": ("directory", pages.directory),
            "/RST.srf": ("rst", pages.tickets),
            "/RST2.srf": ("rst", pages.tickets),
            "/xmlProxy.htm": ("proxy", lambda _: Answer(
                200, "<html></html>", "text/html")),
            "/done": ("done", self._not_followed),
            "/_control": ("control", self._control),
            "/_log": ("control", self._log),
        }.get(request.path, ("nowhere", lambda _: Answer(404, "nothing")))

    def _not_followed(self, request):
        self.server.violation(request, "the redirect of post.srf is followed")
        return Answer(200, "done")

    async def _control(self, request):
        """The actions, for those that have no control connection."""
        values = json.loads(request.body)
        answer = await self.server.act(values.pop("op"), values)
        return Answer(200, json.dumps(answer or {}), "application/json")

    def _log(self, _request):
        return Answer(200, json.dumps([
            one for session in self.server.gateway.all
            for one in session.log if one["way"] == ">"]),
            "application/json")
