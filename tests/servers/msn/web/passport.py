"""Passport 1.4: the nexus, and the login with its tickets."""

import urllib.parse

from common.http import Answer

from .. import wire

SCHEME = "Passport1.4 "


def nexus(web, request):
    """Where to log in."""
    traits = web.server.traits
    scheme, host, port = web.secure_base(request)
    place = "%s:%d%s" % (host, port, traits.login_path)
    if traits.nexus_scheme:
        place = "%s://%s" % (scheme, place)
        value = "DALogin=" + place
    else:
        value = ("DARealm=Passport.Net,DALogin=%s,DAReg=http://register."
                 "passport.net/uixpwiz.srf,Properties=https://register."
                 "passport.net/editprof.srf,Privacy=http://www.passport.com/"
                 "consumer/privacypolicy.asp,GeneralRedir=http://nexusrdr."
                 "passport.com/redir.asp,Help=http://memberservices.passport."
                 "net/memberservice.srf,ConfigVersion=15" % place)
    return Answer(200, "200: OK" if traits.nexus_scheme else "",
                  fields="%s: %s\r\n" % (traits.nexus_header, value))


def parse(header):
    """The pairs of an Authorization header; None if it is none of ours."""
    if not header.startswith(SCHEME):
        return None
    pairs = {}
    for one in header[len(SCHEME):].split(","):
        key, _, value = one.partition("=")
        pairs[key.strip().lower()] = value
    return pairs


def account_of(server, email, password):
    """The account with this password; None if there is none."""
    found = server.accounts.find(email)
    if found is None and server.config.auto_create and "@" in email:
        found = server.add_account({"name": email, "password": password})
    if found is None or found.password != password or found.behaviour:
        return None
    return found


def login(web, request):
    server, traits = web.server, web.server.traits
    pairs = parse(request.fields.get("authorization", ""))
    if pairs is None:
        return Answer(500, "no credentials")
    email = urllib.parse.unquote(pairs.get("sign-in", ""))
    password = urllib.parse.unquote(pairs.get("pwd", ""))
    request.account_key = email.lower()
    fault = server.faults.find(request, ["login"], "login-redirect",
                               "login-failed", "login-noretry")
    if fault and fault.fault == "login-redirect":
        host, port = web.base(request)
        place = fault.address or "%s://%s:%d/login2.srf?lc=1033" % (
            "https" if request.tls else "http", host, port)
        return Answer(302, "", fields="Location: %s\r\nAuthentication-Info: "
                      "%sda-status=redir\r\n" % (place, SCHEME))
    account = account_of(server, email, password)
    if fault or account is None or not _has_args(traits, pairs):
        return _failed(fault)
    ticket = server.tickets.issue(account, traits.passport_seconds,
                                  "messenger.msn.com")
    text = server.tickets.text(ticket, traits.bare_tickets)
    more = "" if traits.bare_tickets else (
        ",tname=MSPAuth,tname=MSPProf,tname=MSPSec")
    return Answer(200, "200: OK", fields=(
        "Authentication-Info: %sda-status=success%s,from-PP='%s'%s\r\n" % (
            SCHEME, more, text, "" if traits.bare_tickets
            else ",ru=http://messenger.msn.com")))


def _has_args(traits, pairs):
    """Whether the arguments of the notification server came along."""
    if not traits.checks_policy:
        return True
    want = parse(SCHEME + traits.twn_args)
    return all(pairs.get(key) == value for key, value in want.items())


def _failed(fault):
    words = "da-status=failed"
    if fault and fault.fault == "login-noretry":
        words += "-noretry"
    if fault:
        words += (",srealm=Passport.NET,ts=-1,prompt,cburl=http://www."
                  "passportimages.com/XPPassportLogo.gif,cbtxt=" +
                  urllib.parse.quote(fault.text or "The e-mail address or "
                                     "password is incorrect.", safe=""))
    return Answer(401, "401: Unauthorized",
                  fields="WWW-Authenticate: %s%s\r\n" % (SCHEME, words))


def not_rst(web, request):
    account = account_of(web.server, request.fields.get("x-user", ""),
                         request.fields.get("x-password", ""))
    fields = ""
    if account:
        fields = "X-Token: %s\r\n" % web.server.tickets.issue(
            account, web.server.traits.rst_seconds).token
    return Answer(200, "200: OK", fields=fields)


def config(web, request):
    """Where the services are, for clients who ask."""
    host, port = web.base(request)
    url = "%s://%s:%d/abservice/abservice.asmx" % (
        "https" if request.tls else "http", host, port)
    return Answer(200, '<?xml version="1.0" encoding="utf-8" ?><MsgrConfig>'
                  "<AbchCfg><abchconfig><url>%s</url></abchconfig></AbchCfg>"
                  "</MsgrConfig>" % wire.escape(url), "text/xml")
