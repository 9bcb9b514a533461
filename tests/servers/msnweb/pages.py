"""Signing on through the web: pages, cookies, tickets, the directory.

What becomes of a password is in OUTCOMES; an account's `signon` names an
outcome that is independent of it.
"""

import html
import json
import re
import urllib.parse

from common.http import Answer

from . import store, wire
from .wire import element

COOKIES = (("MSPAuth", "auth"), ("MSPProf", "prof"), ("WLSSC", "wlssc"))
QUERY = {"wa": "wsignin1.0", "rver": "6.1.6206.0", "sa": "1", "ntprob": "-1",
         "wp": "MBI_SSL_SHARED", "id": "64855", "snsc": "1",
         "cbcxt": "mail",
         "wreply": "https://mail.live.com/?owa=1&owasuffix=owa%2f"}
DIRECTORY = {"SerializeAs": "xml", "market": "en-gb", "version": "W5.M2",
             "appid": "3C48F07D-DE71-490C-B263-A78CFB1CA351"}
WRONG = "sErrTxt:'%s',sErrorCode:'%s'"
TICKET = "t=rps-test-ticket&p="

# Refusals: (status, where to, what the page says beside the form).
OUTCOMES = {
    "2fa": (200, None, '<script>poll("/GetSessionState.srf")</script>'),
    "proofs": (200, None, '<a href="/proofs/Verify">Prove it</a>'),
    "otc": (200, None, '<input name="otc" type="tel"/>'),
    "captcha": (200, None, '<img id="captcha"/>'),
    "garbage": (200, None, "<html></html>"),
    "tou": (302, "https://account.live.com/tou/accrue", ""),
    "locked": (302, "https://account.live.com/Abuse?mkt=EN-US", ""),
    "down": (503, None, "Sorry"),
    "again": (200, None, "FORM"),
    "wrong": (200, None, "FORM" + WRONG % (
        "That password is incorrect.", "80041012")),
    "wrong-captcha": (200, None, "FORM captcha " + WRONG % (
        "Enter the &lt;b&gt;characters&lt;/b&gt;.", "80041012")),
    "half": (200, None, "HALF"),
}
ACCEPTED = ("secret", "form", "stage2")


class Pages:
    def __init__(self, server):
        self.server = server
        self.tokens = 0
        self.redirected = 0
        # The login behind an opid, and the one a ticket is for.
        self.second = {}

    # The page.

    def login(self, request):
        """GET /login.srf"""
        self._check_page(request)
        config = self.server.config
        if self.redirected < config.page_redirects:
            self.redirected += 1
            return Answer(302, "", fields="Location: /login.srf?%s\r\n" %
                          request.query)
        self.redirected = 0
        cookies = "".join("Set-Cookie: %s=%s; path=/\r\n" % pair for pair in (
            ("MSPRequ", "lt=1&co=1&id=64855"), ("MSPOK", "$uuid-0001")))
        return Answer(200, self._form(request), "text/html", cookies)

    def _check_page(self, request):
        query = dict(urllib.parse.parse_qsl(request.query))
        problems = ["%s=%s" % (name, query.get(name))
                    for name, value in QUERY.items()
                    if query.get(name) != value]
        if not query.get("ct", "").isdigit():
            problems.append("ct=%s" % query.get("ct"))
        problems += self._check_browser(request)
        if request.method != "GET":
            problems.append(request.method)
        if problems:
            self.server.violation(request, "login.srf with " +
                                  ", ".join(problems))

    @staticmethod
    def _check_browser(request):
        agent = request.fields.get("user-agent", "")
        return [] if "Mozilla/5.0" in agent else ["agent %r" % agent]

    def _form(self, request, more=""):
        """The page with a fresh token, as the setting `page` writes it."""
        self.tokens += 1
        token = "PPFT-%04d" % self.tokens
        post = "%s/ppsecure/post.srf?wa=wsignin1.0&id=64855" % (
            self.server.web.base(request))
        tag = ('<input type="hidden" name="PPFT" id="i0327" value="%s"/>' %
               token)
        shapes = {
            "tag": "{sFTTag:'%s',\nurlPost:'%s'%s}",
            "plain": "</script>%s<script>{urlPost:'%s'%s}",
        }
        more = more and "," + more
        page = self.server.config.page
        if page == "escaped":
            data = '{"sFTTag":"%s","urlPost":"%s"%s}' % (
                tag.replace('"', '\\"').replace("/", "\\/"),
                post.replace("&", "\\u0026").replace("/", "\\/"), more)
        elif page == "sft":
            data = "{sFT:'%s',\"urlPost\":\"%s\"%s}" % (token, post, more)
        elif page == "no-post":
            data = "{sFTTag:'%s'%s}" % (tag, more)
        elif page == "foreign-post":
            data = "{sFTTag:'%s',urlPost:'https://evil.invalid/p'%s}" % (
                tag, more)
        elif page == "no-token":
            data = "{urlPost:'%s'%s}" % (post, more)
        elif page == "entities":
            data = "</script>%s<script>{urlPost:'%s'%s}" % (
                tag.replace("PPFT-", "PPFT&#45;"), post, more)
        else:
            data = shapes[page] % (tag, post, more)
        return "<html><script>var ServerData=%s;</script></html>" % data

    # The answer to it.

    def post(self, request):
        """POST /ppsecure/post.srf"""
        form = request.form()
        problems = self._check_post(request, form)
        if problems:
            self.server.violation(request, "post.srf with " +
                                  ", ".join(problems))
            return Answer(200, self._form(request, WRONG % (
                "The form is not ours.", "80041001")), "text/html")
        if "opid" in form:
            return self._second(request, form)
        account = self.server.accounts.login(form["login"], form["passwd"])
        request.account_key = form["login"].lower()
        return self._outcome(request, self._judge(account, form), account)

    def _check_post(self, request, form):
        cookies = self.server.web.cookies(request)
        problems = self._check_browser(request)
        if "MSPOK" not in cookies:
            problems.append("no MSPOK")
        if not re.fullmatch(r"G\d+", cookies.get("CkTst", "")):
            problems.append("CkTst=%s" % cookies.get("CkTst"))
        if form.get("PPFT") != "PPFT-%04d" % self.tokens:
            problems.append("PPFT=%s" % form.get("PPFT"))
        wanted = ({"opid", "PPFT", "type"} if "opid" in form else
                  {"login", "passwd", "PPFT", "loginoptions"})
        if not wanted <= set(form) or form.get("loginoptions", "3") != "3":
            problems.append("fields %s" % sorted(form))
        if not request.fields.get("content-type", "").startswith(
                "application/x-www-form-urlencoded"):
            problems.append("type %s" % request.fields.get("content-type"))
        return problems

    def _judge(self, account, form):
        """The outcome's name."""
        if account is None:
            return "wrong"
        if account.signon:
            return account.signon
        word = form["passwd"]
        if word == account.password:
            return "secret"
        # Passwords of the accounts that have no other.
        if account.password == "secret" and (word in OUTCOMES
                                             or word in ACCEPTED):
            return word
        return "wrong"

    def _outcome(self, request, outcome, account):
        if outcome == "secret":
            return Answer(302, "", "text/html", "Location: /done\r\n"
                          + self._set_cookies(account))
        if outcome == "form":
            return Answer(200, '<form><input type="hidden" name="t" '
                          'value="ticket"/></form>', "text/html",
                          self._set_cookies(account))
        if outcome == "stage2":
            self.second["OP-%d" % self.tokens] = account
            opid = "OP-%d" % self.tokens
            return Answer(200, self._form(request, "opid:'%s'" % opid) +
                          '<input name="opid" value="%s"/>' % opid,
                          "text/html")
        status, where, page = OUTCOMES[outcome]
        if page.startswith("FORM"):
            page = self._form(request, page[4:].replace("captcha ", ""
                              )) + ("captcha" if "captcha" in page else "")
        fields = "Location: %s\r\n" % where if where else ""
        if page == "HALF":
            # Two of three cookies are not enough.
            page, fields = "<html></html>", self._set_cookies(account, 2)
        return Answer(status, page, "text/html", fields)

    def _second(self, request, form):
        account = self.second.pop(form["opid"], None)
        if account is None or form.get("type") != "28":
            return self._outcome(request, "wrong", None)
        return self._outcome(request, "secret", account)

    @staticmethod
    def _set_cookies(account, count=3):
        return "".join("Set-Cookie: %s=%s; path=/\r\n" % (
            title, account.cookie(word)) for title, word in COOKIES[:count])

    # With the cookies.

    def _holder(self, request):
        """Whose WLSSC this is."""
        said = self.server.web.cookies(request).get("WLSSC")
        for account in self.server.accounts:
            if said == account.cookie("wlssc"):
                request.account_key = account.login.lower()
                return account
        return None

    def initialization(self, request):
        """POST /v1/User/Initialization"""
        try:
            well = set(json.loads(request.body)) == {"trouterurl",
                                                     "connectionid"}
        except ValueError:
            well = False
        if not well or request.fields.get(
                "content-type", "").partition(";")[0] != "application/json":
            self.server.violation(request, "uic asked with %r" % request.body)
        if self._holder(request) is None:
            return Answer(401, "401")
        uic = self.server.config.uic
        return Answer(200, json.dumps({} if uic is None else {
            "MappingContainer": urllib.parse.quote(uic)}),
            "application/json")

    def directory(self, request):
        """GET /people/abcore"""
        query = dict(urllib.parse.parse_qsl(request.query))
        if query != DIRECTORY or request.method != "GET":
            self.server.violation(request, "abcore with %r" % query)
        account = self._holder(request)
        if account is None:
            return Answer(400, "400")
        return Answer(200, roster(account), "text/xml; charset=utf-8")

    # With a ticket.

    def tickets(self, request):
        """POST /RST.srf and /RST2.srf"""
        text = request.body.decode()
        name, word = (html.unescape(match[1]) if match else "" for match in (
            re.search(r"<[\w:]*Username(?:\s[^>]*)?>([^<]*)<", text),
            re.search(r"<[\w:]*Password(?:\s[^>]*)?>([^<]*)<", text)))
        if "chatservice.live.com" not in text or "MBI_SSL" not in text:
            self.server.violation(request, "no token for the chat asked for")
        account = self.server.accounts.login(name, word)
        request.account_key = name.lower()
        outcome = self._judge(account, {"passwd": word})
        if outcome == "secret":
            self.server.tickets[TICKET] = account
            return Answer(200, TOKEN % wire.escape(TICKET), "text/xml")
        if outcome in ("2fa", "proofs", "otc", "tou", "locked"):
            return Answer(200, FAULT % (
                "wst:FailedAuthentication", "0x80048823", "<psf:flowurl>"
                "https://account.live.com/flow</psf:flowurl>"), "text/xml")
        return Answer(200, FAULT % ("wsse:FailedAuthentication",
                                    "0x80048821", ""), "text/xml")


def roster(account):
    """The directory's words for the list of @account."""
    persons = []
    for number, entry in enumerate(account.persons, 1):
        parts = [element("id", "p%d" % number)]
        parts += [element(name, entry[name]) for name in (
            "cid", "nickname", "orderedName", "firstName", "lastName",
            "onHideList") if name in entry]
        contacts = []
        for one in entry["contacts"]:
            address = wire.Address(one["address"])
            source, field = store.ROSTER_KINDS.get(
                address.kind, ("GOOG", "objectId"))
            inside = [element("sourceId", source),
                      element(field, address.name)]
            if "blocked" in one:
                inside.append(element("isBlocked",
                                      str(one["blocked"]).lower()))
            if one.get("pending"):
                inside.append(element("contactState", 2))
            contacts.append(element("Contact", *inside))
        persons.append(element("Person", *parts,
                               element("contacts", *contacts)))
    return element("ab", element("persons", *persons))


NAMES = ('xmlns:S="http://www.w3.org/2003/05/soap-envelope" '
         'xmlns:wst="http://schemas.xmlsoap.org/ws/2005/02/trust" '
         'xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/'
         'oasis-200401-wss-wssecurity-secext-1.0.xsd" '
         'xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" '
         'xmlns:wsa="http://www.w3.org/2005/08/addressing" '
         'xmlns:psf="http://schemas.microsoft.com/Passport/SoapServices/'
         'SOAPFault"')
TOKEN = ('<?xml version="1.0" encoding="utf-8"?><S:Envelope ' + NAMES +
         '><S:Body><wst:RequestSecurityTokenResponseCollection>'
         '<wst:RequestSecurityTokenResponse><wsp:AppliesTo>'
         '<wsa:EndpointReference><wsa:Address>chatservice.live.com'
         '</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>'
         '<wst:RequestedSecurityToken><wsse:BinarySecurityToken '
         'Id="Compact1">%s</wsse:BinarySecurityToken>'
         '</wst:RequestedSecurityToken></wst:RequestSecurityTokenResponse>'
         '</wst:RequestSecurityTokenResponseCollection></S:Body>'
         '</S:Envelope>')
FAULT = ('<?xml version="1.0" encoding="utf-8"?><S:Envelope ' + NAMES +
         '><S:Body><S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode>'
         '<S:Value>%s</S:Value></S:Subcode></S:Code><S:Detail><psf:error>'
         '<psf:value>%s</psf:value></psf:error>%s</S:Detail></S:Fault>'
         '</S:Body></S:Envelope>')
