"""The ways to sign in to an XMPP server: tokens of Google and of OAuth 2, and
proofs that are bound to the link's TLS."""

import base64

from gtalk_scene import SECRET, scene
from tap import contains, equal, lacks, main, wait_until
from xmpp.tokens import KEY, Tokens, oauth_refusal, refusal

MODULE = ('modules_enabled = { "classic_signin", "disco", "roster", '
          '"saslauth", "tls", "posix", "ping", "carbons", "mam", "smacks", '
          '"blocklist", "pep", "private", "vcard4", "vcard_legacy", '
          '"bookmarks", "csi_simple", "version", "time", "offline" }\n'
          'password_hash = "SHA-256"\n')
TOKENS = MODULE + f'classic_token_key = "{KEY}"\n'
PAGE = "https://www.example/page"


def service(s):
    """The token service of a scene."""
    certificate, key = s.t.certificate()
    tokens = Tokens(certificate, key, {s.address("mina"): SECRET})
    s.t.at_end(tokens.close)
    return tokens


def sign_on(s, account):
    """Signs on; says yes to the certificates, of which there are as many as
    were shown by then."""
    account.connect()
    while True:
        event = account.wait(lambda e: e["event"] in (
            "request", "connected", "error"))
        if event["event"] != "request":
            return event
        s.client.call("answer", event["id"], 0)


def by_token(s, tokens, password=SECRET):
    return s.account("mina", password, signon="token", web_url=tokens.url)


def by_oauth(s, tokens, password=SECRET):
    return s.account("mina", password, signon="oauth2", client_id="classic",
                     client_secret="client-s3cret",
                     web_url=tokens.oauth_url)


def mechanisms(s):
    return [line.split("signs in by ")[1].split(";")[0]
            for line in s.server.log().splitlines() if "signs in by" in line]


def keeps_secrets(s, tokens):
    """Nothing that lets somebody in is in the debug log."""
    log = s.client.debug_log()
    for secret in [SECRET, "client-s3cret", *tokens.secrets]:
        lacks(log, secret, "the log")
        lacks(log, base64.b64encode(secret.encode()).decode(), "the log")


# --- X-GOOGLE-TOKEN ---------------------------------------------------------

@scene(settings=TOKENS)
def google_token(s):
    """E-mail address and password, then a session, then a token."""
    tokens = service(s)
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    equal(tokens.paths(), ["/accounts/ClientAuth",
                           "/accounts/IssueAuthToken"])
    equal(tokens.asked[0][1], {
        "Email": s.address("mina"), "Passwd": SECRET,
        "PersistentCookie": "false", "source": "googletalk"})
    equal(mechanisms(s), ["X-GOOGLE-TOKEN"])
    contains(s.server.log(), "full bind result true")
    lacks(s.server.log(), SECRET)
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def token_that_comes_at_once(s):
    """Some services give it with the session."""
    tokens = service(s)
    tokens.short_cut = "good"
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    equal(tokens.paths(), ["/accounts/ClientAuth"])
    # Each sign-on gets its own; SID and LSID are not kept.
    mina.sign_off()
    mina.sign_on()
    equal(tokens.paths(), ["/accounts/ClientAuth"] * 2)
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def token_that_was_no_good(s):
    """The one that came at once is not taken: the session is good for
    another, and nobody has to know."""
    tokens = service(s)
    tokens.short_cut = "bad"
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    equal(tokens.paths(), ["/accounts/ClientAuth",
                           "/accounts/IssueAuthToken"])
    equal(mechanisms(s), ["X-GOOGLE-TOKEN"] * 2)
    keeps_secrets(s, tokens)


REFUSALS = [
    (refusal("BadAuthentication"), "AUTHENTICATION_FAILED",
     "127.0.0.1 did not accept this user name and password."),
    (refusal("BadAuthentication", Info="InvalidSecondFactor"),
     "AUTHENTICATION_FAILED",
     "127.0.0.1 uses 2-step verification for this account. Create an "
     "application-specific password and use it here."),
    (refusal("NotVerified", Url=PAGE), "AUTHENTICATION_IMPOSSIBLE",
     "127.0.0.1 wants you to confirm your e-mail address in a web browser "
     f"first. {PAGE}"),
    (refusal("TermsNotAgreed"), "AUTHENTICATION_IMPOSSIBLE",
     "127.0.0.1 wants you to sign in once in a web browser and accept its "
     "terms."),
    (refusal("AccountDeleted"), "AUTHENTICATION_FAILED",
     "The account mina@gtalk.test on 127.0.0.1 was deleted."),
    (refusal("AccountDisabled"), "OTHER_ERROR",
     "127.0.0.1 has suspended this account. Ask its operator."),
    (refusal("ServiceDisabled"), "OTHER_ERROR",
     "127.0.0.1 has chat switched off for this account. Ask its "
     "administrator."),
    (refusal("ServiceUnavailable", 503), "NETWORK_ERROR",
     "127.0.0.1 is temporarily unavailable. Reconnecting later."),
    (refusal("NeedsBrowser", Url=PAGE), "AUTHENTICATION_IMPOSSIBLE",
     f"127.0.0.1 wants you to sign in on the web first: {PAGE}"),
    (refusal("WebLoginRequired"), "AUTHENTICATION_IMPOSSIBLE",
     "127.0.0.1 wants you to sign in on its web site first."),
    (refusal("Unknown"), "OTHER_ERROR",
     'The sign-in service of 127.0.0.1 answered "Unknown".'),
    ((404, "<html>"), "OTHER_ERROR",
     'The sign-in service of 127.0.0.1 answered "HTTP 404".'),
    ((302, ""), "OTHER_ERROR",
     'The sign-in service of 127.0.0.1 answered "HTTP 302".'),
    ((500, "oops"), "NETWORK_ERROR",
     "127.0.0.1 is temporarily unavailable. Reconnecting later."),
]


@scene(settings=TOKENS)
def refusals_are_explained(s):
    """And the password is not tried again."""
    tokens = service(s)
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    mina.sign_off()
    for answer, reason, text in REFUSALS:
        before = len(tokens.asked)
        tokens.answers.append(answer)
        mina.connect()
        error = mina.wait("error")
        equal((error["reason"], error["text"]), (reason, text))
        mina.wait("disconnected")
        equal(len(tokens.asked), before + 1, "requests")
    # The second step says no in the same words.
    tokens.answers += [(200, "SID=a\nLSID=b\n"), refusal("NotVerified")]
    mina.connect()
    contains(mina.wait("error")["text"], "confirm your e-mail address")
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def picture_puzzle(s):
    """It is shown where to find it; wrong answers bring another."""
    tokens = service(s)
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    mina.sign_off()
    tokens.captcha = ("t1", "duck")
    mina.connect()
    question = mina.wait("request")
    contains(str(question), f"{tokens.url}/Captcha?ctoken=t1")
    tokens.captcha = ("t2", "bird")
    s.client.call("answer", question["id"], 0, "duck")
    question = mina.wait("request")
    contains(str(question), "ctoken=t2")
    s.client.call("answer", question["id"], 0, "bird")
    mina.wait("connected")
    equal(tokens.asked[-2][1]["logintoken"], "t2")
    # Who does not want to is told where else it can be done.
    mina.sign_off()
    tokens.captcha = ("t3", "fish")
    mina.connect()
    s.client.call("answer", mina.wait("request")["id"], 1)
    contains(mina.wait("error")["text"], "https://www.example/login/captcha")
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def server_need_not_wait_for_a_puzzle(s):
    """It closes the link of somebody who thinks long."""
    tokens = service(s)
    mina = by_token(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    mina.sign_off()
    tokens.captcha = ("t1", "duck")
    streams = s.server.log().count("Client sent opening <stream:stream>")
    mina.connect()
    question = mina.wait("request")
    # One in plain, one encrypted.
    wait_until(lambda: s.server.log().count(
        "Client sent opening <stream:stream>") == streams + 2, "a stream")
    s.server.stop()
    s.server.start()
    s.client.call("answer", question["id"], 0, "duck")
    mina.wait("connected")


@scene(settings=TOKENS)
def password_goes_out_encrypted_only(s):
    tokens = service(s)
    mina = s.account("mina", signon="token",
                     web_url=tokens.url.replace("https", "http"))
    mina.connect()
    error = mina.wait("error")
    equal(error["reason"], "INVALID_SETTINGS")
    contains(error["text"], "https address")
    equal(tokens.asked, [])


# --- X-OAUTH2 ---------------------------------------------------------------

@scene(settings=TOKENS)
def oauth(s):
    """The password is a refresh token, which an access token is given for.
    While that is good, it is used again."""
    tokens = service(s)
    mina = by_oauth(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    equal(tokens.asked, [("/o/oauth2/token", {
        "grant_type": "refresh_token", "refresh_token": SECRET,
        "client_id": "classic", "client_secret": "client-s3cret"})])
    equal(mechanisms(s), ["X-OAUTH2"])
    contains(s.server.log(), "service oauth2, full bind result true")
    mina.sign_off()
    mina.sign_on()
    equal(len(tokens.asked), 1, "exchanges")
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def access_token_that_is_too_old(s):
    """The server says so: it is renewed on the same stream, once."""
    tokens = service(s)
    tokens.really = -5
    mina = by_oauth(s, tokens)
    mina.connect()
    for _ in range(2):
        s.client.call("answer", mina.wait("request")["id"], 0)
    error = mina.wait("error")
    equal(error["reason"], "AUTHENTICATION_FAILED")
    contains(error["text"], "sign-in permission for 127.0.0.1 has expired")
    equal(mechanisms(s), ["X-OAUTH2"] * 2)
    equal(len(tokens.asked), 2, "exchanges")
    mina.wait("disconnected")
    # What is kept is no good any more; the next one is.
    tokens.really = 3600
    mina.sign_on()
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def refresh_tokens_that_change(s):
    """Each is good once; the newest is kept, as long as the password is not
    changed."""
    tokens = service(s)
    tokens.rotates, tokens.life = True, 30
    mina = by_oauth(s, tokens)
    equal(sign_on(s, mina)["event"], "connected")
    for number in range(2, 4):
        mina.sign_off()
        mina.sign_on()
        equal(len(tokens.asked), number, "exchanges")
    equal(len({form["refresh_token"] for _, form in tokens.asked}), 3)
    mina.sign_off()
    tokens.refresh["fresh-consent"] = s.address("mina")
    mina.password("fresh-consent")
    mina.sign_on()
    equal(tokens.asked[-1][1]["refresh_token"], "fresh-consent")
    keeps_secrets(s, tokens)


@scene(settings=TOKENS)
def consent_that_was_withdrawn(s):
    tokens = service(s)
    mina = by_oauth(s, tokens)
    tokens.refresh.clear()
    error = sign_on(s, mina)
    equal(error["reason"], "AUTHENTICATION_FAILED")
    equal(error["text"], "Your sign-in permission for 127.0.0.1 has expired "
          "or was withdrawn. Authorise again, and enter the new token as the "
          "password.")
    for answer, reason, text in (
            (oauth_refusal("invalid_client", 401), "OTHER_ERROR",
             'The sign-in service of 127.0.0.1 answered "invalid_client".'),
            (oauth_refusal("temporarily_unavailable", 503), "NETWORK_ERROR",
             "127.0.0.1 is temporarily unavailable. Reconnecting later."),
            ((429, ""), "NETWORK_ERROR",
             "127.0.0.1 asks us to slow down. Try again later.")):
        mina.wait("disconnected")
        tokens.answers.append(answer)
        mina.connect()
        error = mina.wait("error")
        equal((error["reason"], error["text"]), (reason, text))
    keeps_secrets(s, tokens)


# --- bound to TLS -----------------------------------------------------------

def signs(s):
    """(mechanism, binding) of each attempt."""
    return [(line.split("signs in by ")[1].split(";")[0],
             line.rsplit("binding ", 1)[1])
            for line in s.server.log().splitlines() if "signs in by" in line]


BOTH = MODULE + ('classic_bindings = { "tls-exporter", '
                 '"tls-server-end-point" }\n')


@scene(settings=BOTH)
def bound_to_keys_of_the_link(s):
    """The best of what the server names; the second time without having been
    told."""
    mina = s.account("mina")
    s.trust(mina)
    mina.sign_off()
    mina.sign_on()
    equal(signs(s), [("SCRAM-SHA-256-PLUS", "tls-exporter")] * 2)


@scene(settings=MODULE + 'classic_bindings = { "tls-server-end-point" }\n')
def bound_to_the_certificate(s):
    s.trust(s.account("mina"))
    equal(signs(s), [("SCRAM-SHA-256-PLUS", "tls-server-end-point")])


@scene(settings=MODULE + 'ssl = { protocol = "tlsv1_2" }\n')
def bound_to_an_older_tls(s):
    """Servers that bind, and do not say how: Prosody as it is."""
    s.trust(s.account("mina"))
    equal(signs(s), [("SCRAM-SHA-256-PLUS", "tls-unique")])


@scene(settings=MODULE + 'classic_bindings = { "tls-exporter" }\n'
       'classic_tells_bindings = false\n')
def bound_without_being_told_how(s):
    s.trust(s.account("mina"))
    equal(signs(s), [("SCRAM-SHA-256-PLUS", "tls-exporter")])


@scene(settings=MODULE)
def bound_to_nothing_there_is(s):
    """We could, and say so."""
    s.trust(s.account("mina"))
    equal(signs(s), [("SCRAM-SHA-256", "y")])


@scene(settings=MODULE)
def server_that_learnt_to_bind(s):
    """What was true last time is not held against it."""
    mina = s.account("mina")
    s.trust(mina)
    mina.sign_off()
    restart(s, 'classic_bindings = { "tls-exporter" }\n')
    mina.sign_on()
    equal(signs(s)[1:], [("SCRAM-SHA-256", "y"),
                         ("SCRAM-SHA-256-PLUS", "tls-exporter")])


@scene(settings=BOTH + 'classic_tells_bindings = false\n'
       'disable_sasl_mechanisms = { "SCRAM-SHA-256-PLUS" }\n')
def offer_without_bindings_is_found_out(s):
    """Somebody in between takes them out of what the server offers: the
    server hears what we saw, and the password is not tried otherwise."""
    mina = s.account("mina")
    mina.connect()
    s.client.call("answer", mina.wait("request")["id"], 0)
    error = mina.wait("error")
    contains(error["text"], "may have weakened the sign-in")
    equal(error["reason"], "AUTHENTICATION_IMPOSSIBLE")
    equal(signs(s), [("SCRAM-SHA-256", "y")])


def restart(s, more):
    """The server, with more settings."""
    s.server.stop()
    s.server.config.write_text(more + s.server.config.read_text())
    s.server.start()


@scene(settings=MODULE)
def weaker_than_last_time(s):
    """Is asked about before anything is said, and only once."""
    mina = s.account("mina")
    s.trust(mina)
    mina.sign_off()
    restart(s, 'disable_sasl_mechanisms = { "SCRAM-SHA-256" }\n')
    mina.connect()
    question = mina.wait("request")
    contains(str(question), "only weaker ways to sign in than last time")
    s.client.answer(question, "Cancel")
    contains(mina.wait("error")["text"], "may have weakened the sign-in")
    mina.wait("disconnected")
    equal(mechanisms(s).count("PLAIN"), 0)
    mina.connect()
    s.client.answer(mina.wait("request"), "Accept")
    mina.wait("connected")
    mina.sign_off()
    mina.sign_on()
    equal(mechanisms(s).count("PLAIN"), 2)


if __name__ == "__main__":
    main()
