"""Envelopes: reading what is asked, writing what is answered."""

import secrets
import xml.etree.ElementTree as ET

from common.http import Answer

from .. import wire

AB = "http://www.msn.com/webservices/AddressBook"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
ENVELOPE = (HEAD + '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/'
            'soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-'
            'instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">%s'
            "</soap:Envelope>")
TYPE = "text/xml; charset=utf-8"


def local(element):
    return element.tag.rpartition("}")[2]


def find(root, *names):
    """The first element down the path of local @names, at any depth for the
    first."""
    if root is None:
        return None
    for element in root.iter():
        if local(element) == names[0]:
            if len(names) == 1:
                return element
            for child in element:
                found = _down(child, names[1:])
                if found is not None:
                    return found
    return None


def _down(element, names):
    if local(element) != names[0]:
        return None
    if len(names) == 1:
        return element
    for child in element:
        found = _down(child, names[1:])
        if found is not None:
            return found
    return None


def find_all(root, name):
    return [one for one in root.iter() if local(one) == name]


def text(root, *names):
    found = find(root, *names)
    return None if found is None else (found.text or "")


def tag(name, *inside, **attributes):
    """XML text; what is inside is XML already, None leaves it out."""
    shown = "".join(' %s="%s"' % (key.replace("__", ":"), wire.escape(value))
                    for key, value in attributes.items())
    body = "".join(one for one in inside if one is not None)
    return "<%s%s>%s</%s>" % (name, shown, body, name)


def leaf(name, value):
    if isinstance(value, bool):
        value = str(value).lower()
    return "<%s>%s</%s>" % (name, wire.escape(str(value)), name)


class Fault(Exception):
    """A SOAP fault, by its error code."""

    def __init__(self, code, text="", status=None, detail=""):
        super().__init__(code)
        self.code, self.text, self.detail = code, text or code, detail
        self.status = status

    def answer(self, soap, family):
        if self.status == 403:
            return Answer(403, "403: Forbidden")
        if family == "oim":
            inside = ("<faultcode xmlns:q0=\"http://messenger.msn.com/ws/2004/"
                      "09/oim/\">q0:%s</faultcode>" % self.code
                      + leaf("faultstring", self.text)
                      + tag("detail", self.detail))
        else:
            inside = (leaf("faultcode", "soap:Client")
                      + leaf("faultstring", self.text)
                      + leaf("faultactor", "%s/%s" % (AB, soap.operation))
                      + tag("detail", *(
                          "<%s xmlns=\"%s\">%s</%s>" % (
                              name, AB, wire.escape(value), name)
                          for name, value in (("errorcode", self.code),
                                              ("errorstring", self.text),
                                              ("machineName", "LOOPBACK1"))),
                          self.detail))
        status = self.status or (200 if self.code == "FullSyncRequired"
                                 else 500)
        return Answer(status, ENVELOPE % tag(
            "soap:Body", tag("soap:Fault", inside)), TYPE)


class Soap:
    """One request."""

    def __init__(self, server, web, request):
        self.server, self.web, self.request = server, web, request
        self.account = self.session = self.ticket = None
        self.operation, self.body, self.root = "malformed", None, None
        try:
            self.root = ET.fromstring(request.body)
            self.body = find(self.root, "Body")[0]
            self.operation = local(self.body)
        except (ET.ParseError, TypeError, IndexError):
            pass
        # Store2 sends a text, not an operation.
        if self.operation in ("MessageType", "Content"):
            self.operation = "Store2" if "2006" in request.fields.get(
                "soapaction", "") else "Store"
            self.body = find(self.root, "Body")

    def text(self, *names):
        return text(self.body, *names)

    def check_fault(self, family):
        """Raises the fault the tests ask for."""
        fault = self.server.faults.find(
            self.request, [self.operation, family], "soap-fault")
        if fault:
            raise Fault(fault.text, status=fault.code
                        if fault.code not in (200, 500) else None)

    def check_access(self, family):
        """Finds out who asks."""
        if self.root is None:
            raise Fault("Client", "Invalid Request", 500)
        if (self.server.traits.empty_is_error and self.body is not None
                and family != "store" and len(self.body) == 0):
            raise Fault("Server", "empty operation", 500)
        ticket = self._ticket_text()
        self.ticket = self.server.tickets.find(ticket or "")
        if self.ticket is None:
            self._refuse(family)
        self.account = self.ticket.account
        self.request.account_key = self.account.key
        for session in self.server.sessions(self.account):
            if session.ticket is not None and (
                    session.ticket.token == self.ticket.token):
                self.session = session
        if self.session is None and self.server.traits.bound_tickets:
            self._refuse(family)

    def _refuse(self, family):
        if family == "oim":
            raise Fault("AuthenticationFailed", detail=leaf(
                "TweenerChallenge", self.server.traits.twn_args) + leaf(
                    "RequiredAuthPolicy", "MBI_SSL"))
        if self.server.traits.bound_tickets:
            raise Fault("Forbidden", status=403)
        raise Fault("PassportAuthFail", "Authentication failed")

    def _ticket_text(self):
        found = text(self.root, "TicketToken")
        if found is not None:
            return found
        ticket = find(self.root, "Ticket")
        if ticket is not None:
            return ticket.get("passport")
        cookie = find(self.root, "PassportCookie")
        if cookie is not None and len(cookie):
            # The value alone; with t= before it, it is none.
            value = text(cookie, "t") or ""
            return "" if value.startswith("t=") else "t=" + value
        return None

    def reply(self, body):
        if isinstance(body, Answer):
            return body
        header = ""
        if AB in body:
            host, port = self.web.base(self.request)
            header = tag("soap:Header", tag(
                "ServiceHeader", leaf("Version", "15.01.1408.0000"),
                leaf("CacheKey", "12r1:" + secrets.token_hex(16)),
                leaf("CacheKeyChanged", True),
                leaf("PreferredHostName",
                     self.server.config.preferred_host
                     or "%s:%d" % (host, port)),
                leaf("SessionId", secrets.token_hex(8)), xmlns=AB))
        return Answer(200, ENVELOPE % (header + tag("soap:Body", body)), TYPE)

    def response(self, *inside, result=False):
        """The response element of this operation."""
        body = "".join(one for one in inside if one is not None)
        if result:
            body = tag(self.operation + "Result", body)
        return tag(self.operation + "Response", body, xmlns=AB)
