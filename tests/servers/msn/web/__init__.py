"""What goes over HTTP and HTTPS: sign-ons, lists, stored messages, and the
gateway. Every path is served on both ports."""

import asyncio

from common import http, listen

from . import contacts, gateway, oim, passport, rst, sharing
from .soap import Fault, Soap

PLACES = {
    "/rdr/pprdr.asp": ("nexus", passport.nexus),
    "/nexus-mock": ("nexus", passport.nexus),
    "/login": ("login", passport.login),
    "/login2.srf": ("login", passport.login),
    "/notrst.srf": ("NotRST", passport.not_rst),
    "/rst.srf": ("RST", rst.answer),
    "/pp400/rst.srf": ("RST", rst.answer),
    "/rst2.srf": ("RST2", rst.answer),
    "/config/msgrconfig.asmx": ("config", passport.config),
    "/etc/msgrconfig": ("config", passport.config),
}
SERVICES = {
    "/abservice/abservice.asmx": contacts.OPERATIONS,
    "/abservice/sharingservice.asmx": sharing.OPERATIONS,
    "/rsi/rsi.asmx": oim.OPERATIONS,
    "/oimws/oim.asmx": oim.OPERATIONS,
}
GATEWAY = "/gateway/gateway.dll"
SLOW = ("http-slow",)


class Web:
    """The HTTP side of a server."""

    def __init__(self, server):
        self.server = server
        self.port = self.tls_port = 0
        self.served = []
        self.gateway = gateway.Gateway(server)

    async def start(self, port, tls_port, context):
        """Listens; returns the listeners."""
        listeners, self.port, self.tls_port = await listen.both(
            self._plain, self._encrypted, self.server.host, port, tls_port,
            context)
        return listeners

    def base(self, request):
        """How the client of @request is to call us."""
        host = self.server.config.advertise or request.fields.get(
            "host", "127.0.0.1").rsplit(":", 1)[0]
        return host, (self.tls_port if request.tls else self.port)

    def secure_base(self, request):
        """(scheme, host, port) for passwords: encrypted if that is served."""
        host, _ = self.base(request)
        if self.tls_port:
            return "https", host, self.tls_port
        return "http", host, self.port

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
        stages, answerer = self._route(request)
        faults = self.server.faults
        slow = faults.find(request, stages, *SLOW)
        if slow:
            await asyncio.sleep(slow.seconds)
        fault = faults.find(request, stages, *http.FAULTS)
        answer = http.Answer(500)
        if not fault or fault.fault in http.KEEPS_ANSWER:
            answer = answerer(request)
            if asyncio.iscoroutine(answer):
                answer = await answer
        note = {"stage": stages[0], "path": request.path, "tls": request.tls,
                "status": answer.status, "account": request.account_key,
                "fault": fault.fault if fault else None,
                "query": request.query, "fields": request.fields,
                "body": request.body.decode("utf-8", "replace")}
        self.served.append(note)
        self.server.changed()
        if fault:
            return await http.spoil(fault, answer, writer)
        writer.write(answer.head() + answer.body)
        return request.fields.get("connection", "").lower() != "close"

    def _route(self, request):
        """(stages, what answers)."""
        # Some clients begin with two slashes.
        path = "/" + request.path.lower().strip("/")
        if path in PLACES:
            stage, function = PLACES[path]
            return [stage], lambda one: function(self, one)
        if path in SERVICES:
            return self._operation(request, SERVICES[path])
        if path == GATEWAY:
            return ["gateway"], self.gateway.answer
        return ["nowhere"], lambda one: http.Answer(404, "nothing here")

    def _operation(self, request, operations):
        soap = Soap(self.server, self, request)
        family = "oim" if operations is oim.OPERATIONS else "soap"

        def answer(_):
            try:
                soap.check_fault(family)
                soap.check_access(family)
                operation = operations.get(soap.operation)
                if operation is None:
                    raise Fault("Forbidden", "API %s no longer supported" %
                                soap.operation)
                return soap.reply(operation(soap))
            except Fault as fault:
                return fault.answer(soap, family)
        return [soap.operation, family], answer
