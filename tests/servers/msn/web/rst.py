"""Passport 3.0: RST.srf and RST2.srf, tickets for several sites at once."""

import base64
import os
import secrets
import time
import xml.etree.ElementTree as ET

from common.http import Answer

from .. import wire
from .passport import account_of
from .soap import HEAD, find, find_all, leaf, tag, text

SOAP_1 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_2 = "http://www.w3.org/2003/05/soap-envelope"
PSF = "http://schemas.microsoft.com/Passport/SoapServices/SOAPFault"
WSU = ("http://docs.oasis-open.org/wss/2004/01/"
       "oasis-200401-wss-wssecurity-utility-1.0.xsd")
# Namespaces by which RST and RST2 differ.
OLD = {"S": SOAP_1, "wsse": "http://schemas.xmlsoap.org/ws/2003/06/secext",
       "wst": "http://schemas.xmlsoap.org/ws/2004/04/trust",
       "wsa": "http://schemas.xmlsoap.org/ws/2004/03/addressing",
       "wsp": "http://schemas.xmlsoap.org/ws/2002/12/policy"}
NEW = {"S": SOAP_2,
       "wsse": WSU.replace("utility", "secext"),
       "wst": "http://schemas.xmlsoap.org/ws/2005/02/trust",
       "wsa": "http://www.w3.org/2005/08/addressing",
       "wsp": "http://schemas.xmlsoap.org/ws/2004/09/policy"}
TB = "http://Passport.NET/tb"
CLEAR = "messengerclear.live.com"
WRONG = "0x80048823"


def _date(seconds=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() + seconds))


def _envelope(names, status, state, body, more=""):
    declared = "".join(' xmlns:%s="%s"' % one for one in names.items())
    return HEAD + ('<S:Envelope%s xmlns:wsu="%s" xmlns:psf="%s"><S:Header>'
                   "<psf:pp><psf:serverVersion>1</psf:serverVersion>%s"
                   "<psf:authstate>%s</psf:authstate><psf:reqstatus>%s"
                   '</psf:reqstatus><psf:serverInfo ServerTime="%s">LOOPBACK'
                   "</psf:serverInfo><psf:cookies/><psf:response/></psf:pp>"
                   "</S:Header>%s</S:Envelope>" % (
                       declared, WSU, PSF, more, state, status, _date(),
                       body))


def _fault(names, code, text_, status, more=""):
    """A refusal of it all."""
    if names is NEW:
        body = ("<S:Body><S:Fault><S:Code><S:Value>S:Sender</S:Value>"
                "<S:Subcode><S:Value>wst:%s</S:Value></S:Subcode></S:Code>"
                '<S:Reason><S:Text xml:lang="en-US">%s</S:Text></S:Reason>'
                "<S:Detail><psf:error><psf:value>0x80048821</psf:value>"
                "</psf:error></S:Detail></S:Fault></S:Body>" % (
                    code.rpartition(":")[2], text_))
    else:
        # Right under the envelope; there is no body.
        body = ("<S:Fault><faultcode>%s</faultcode>%s<faultstring>%s"
                "</faultstring></S:Fault>" % (code, more, text_))
    return Answer(200, _envelope(names, status, "0x80048800", body),
                  "text/xml")


def answer(web, request):
    server = web.server
    names = NEW if request.path.lower().endswith("rst2.srf") else OLD
    try:
        root = ET.fromstring(request.body)
    except ET.ParseError:
        root = None
    if root is None or find(root, "Body") is None:
        return _fault(names, "S:Client", "Invalid Request", "0x80048820")
    email = (text(root, "Username") or "").strip()
    request.account_key = email.lower()
    fault = server.faults.find(request, ["RST" if names is OLD else "RST2"],
                               "rst-redirect", "login-failed")
    if fault and fault.fault == "rst-redirect":
        host, port = web.base(request)
        place = fault.address or "%s://%s:%d/pp400/RST.srf" % (
            "https" if request.tls else "http", host, port)
        return _fault(names, "psf:Redirect", "Authentication Failure",
                      "0x80048852", leaf("psf:redirectUrl", place))
    account = account_of(server, email, _password(server, root))
    wanted = _wanted(root)
    if fault or account is None:
        if server.traits.faults_by_token and names is OLD:
            return _collection(names, "".join(
                _token_fault() for _ in wanted or [0]), WRONG)
        return _fault(names, "wsse:FailedAuthentication",
                      "Authentication Failure", WRONG)
    return _tokens(server, request, names, account, wanted)


def _password(server, root):
    """The password; without a type, some servers guess one."""
    element = find(root, "Password")
    if element is None:
        return ""
    found = element.text or ""
    typed = any(key.endswith("}type") for key in element.attrib)
    if server.traits.name == "escargot" and not typed:
        if found in ("true", "false"):
            return found.capitalize()
        for kind in (int, float):
            try:
                return str(kind(found)) if "e" not in found else found
            except ValueError:
                pass
    return found


def _wanted(root):
    """[(site, policy)] in the order asked."""
    found = []
    for one in find_all(root, "RequestSecurityToken"):
        policy = find(one, "PolicyReference")
        found.append((text(one, "Address") or "",
                      "" if policy is None else policy.get("URI", "")))
    return found


def _collection(names, inside, status="0x0", state="0x48803", more=""):
    return Answer(200, _envelope(names, status, state, tag(
        "S:Body", tag("wst:RequestSecurityTokenResponseCollection", inside)),
        more), "text/xml")


def _token_fault():
    return ("<S:Fault><faultcode>wsse:FailedAuthentication</faultcode>"
            "<faultstring>Authentication Failure</faultstring><detail>"
            "<psf:error><psf:value>0x80048821</psf:value></psf:error>"
            "</detail></S:Fault>")


def _tokens(server, request, names, account, wanted):
    shared = secrets.token_hex(10) if server.traits.bound_tickets else None
    out, before = "", 0
    for at, (site, policy) in enumerate(wanted, 1):
        if site == TB:
            before += 1
            out += _response(names, site, server.traits.rst_seconds, (
                '<EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#" '
                'Id="BinaryDAToken0" Type="http://www.w3.org/2001/04/xmlenc#'
                'Element"><EncryptionMethod Algorithm="http://www.w3.org/2001'
                '/04/xmlenc#tripledes-cbc"></EncryptionMethod><ds:KeyInfo '
                'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyName>'
                "http://Passport.NET/STS</ds:KeyName></ds:KeyInfo><CipherData>"
                "<CipherValue>%s</CipherValue></CipherData></EncryptedData>" %
                base64.b64encode(os.urandom(200)).decode()),
                base64.b64encode(os.urandom(24)).decode())
            continue
        refused = server.faults.find(request, ["RST", site], "token-fault")
        if refused and refused.text not in (None, site):
            refused.times = None if refused.times is None \
                else refused.times + 1
            refused = None
        if refused:
            out += _token_fault()
            continue
        made = server.tickets.issue(account, server.traits.rst_seconds, site,
                                    policy, shared)
        kind = "Compact" if policy.startswith("MBI") or \
            server.traits.bound_tickets else "PPToken"
        # Escargot counts the ticket for tickets too.
        number = at if server.traits.bound_tickets else at - before
        out += _response(
            names, site, server.traits.rst_seconds,
            '<wsse:BinarySecurityToken Id="%s%d">%s'
            "</wsse:BinarySecurityToken>" % (
                kind, number, wire.escape(server.tickets.text(made))),
            base64.b64encode(made.secret).decode() if site == CLEAR else None)
    return _collection(names, out, more=leaf(
        "psf:PUID", account.uuid.replace("-", "")[:16].upper()))


def _response(names, site, seconds, token, secret):
    life = "wst:LifeTime" if names is OLD else "wst:Lifetime"
    return tag(
        "wst:RequestSecurityTokenResponse",
        leaf("wst:TokenType", "urn:passport:compact"),
        tag("wsp:AppliesTo", tag("wsa:EndpointReference",
                                 leaf("wsa:Address", site))),
        tag(life, leaf("wsu:Created", _date()),
            leaf("wsu:Expires", _date(seconds))),
        tag("wst:RequestedSecurityToken", token),
        tag("wst:RequestedProofToken", leaf("wst:BinarySecret", secret))
        if secret else None)
