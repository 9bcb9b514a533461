"""A service that gives out tokens over HTTPS: Google's of old (ClientAuth,
IssueAuthToken) and one of OAuth 2. mod_classic_signin.lua takes them.

    with Tokens(certificate, key, {"mina@gtalk.test": "secret"}) as tokens:
        tokens.url, tokens.oauth_url
        tokens.answers.append(refusal("NotVerified"))

What was asked is in `asked`: pairs of path and form. All that must stay
between client and service is in `secrets`.
"""

import hashlib
import hmac
import http.server
import json
import secrets as chance
import ssl
import threading
import time
import urllib.parse

KEY = "seal-of-the-tokens"
LIFE = 3600


def seal(kind, user, life=LIFE):
    """A token for @user that is good for @life seconds."""
    expiry = int(time.time()) + life
    text = f"{kind}|{expiry}|{user}".encode()
    code = hmac.new(KEY.encode(), text, hashlib.sha256).hexdigest()
    return f"{kind}.{expiry}.{code}"


def refusal(code, status=403, **more):
    """As Google's service says no."""
    lines = [f"Error={code}"] + [f"{k}={v}" for k, v in more.items()]
    return status, "\n".join(lines) + "\n"


def oauth_refusal(code, status=400):
    return status, json.dumps({"error": code})


class Tokens:
    """@accounts: addresses with their passwords, or refresh tokens.

    `answers`: what is said instead to the next requests, in turn.
    `short_cut`: ClientAuth gives a token, too; "bad" makes that one useless.
    `captcha`: (token, answer) that is wanted first.
    `rotates`: each refresh token is good once.
    `life`: seconds an access token is said to be good for; `really` what the
    server thinks of it
    """

    def __init__(self, certificate, key, accounts):
        self.accounts = dict(accounts)
        self.answers, self.asked, self.secrets = [], [], []
        self.short_cut, self.captcha = None, None
        self.rotates, self.life, self.really = False, LIFE, LIFE
        self.refresh = {password: who for who, password in accounts.items()}
        self.sessions = {}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket,
                                                 server_side=True)
        port = self.server.server_address[1]
        self.url = f"https://localhost:{port}/accounts"
        self.oauth_url = f"https://localhost:{port}/o/oauth2/token"
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def paths(self):
        return [path for path, _ in self.asked]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def _keep(self, secret):
        self.secrets.append(secret)
        return secret

    def _handler(tokens):  # pylint: disable=no-self-argument
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                form = dict(urllib.parse.parse_qsl(
                    self.rfile.read(size).decode(), keep_blank_values=True))
                tokens.asked.append((self.path, form))
                status, text = tokens.answer(self.path, form)
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass
        return Handler

    def answer(self, path, form):
        if self.answers:
            return self.answers.pop(0)
        known = {"/accounts/ClientAuth": self._client_auth,
                 "/accounts/ClientLogin": self._client_auth,
                 "/accounts/IssueAuthToken": self._issue,
                 "/o/oauth2/token": self._refresh}
        return known[path](form) if path in known else (404, "<html>")

    def _client_auth(self, form):
        who = form.get("Email", "")
        if self.captcha is not None:
            token, answer = self.captcha
            if (form.get("logintoken"), form.get("logincaptcha")) != \
                    (token, answer):
                return refusal(
                    "CaptchaRequired", CaptchaToken=token,
                    CaptchaUrl=f"Captcha?ctoken={token}",
                    Url="https://www.example/login/captcha")
        if self.accounts.get(who) != form.get("Passwd"):
            return refusal("BadAuthentication")
        sid, lsid = (self._keep(chance.token_urlsafe(20)) for _ in range(2))
        self.sessions[sid, lsid] = who
        lines = [f"SID={sid}", f"LSID={lsid}"]
        if self.short_cut:
            lines.append("Auth=" + self._keep(
                "useless-" + chance.token_hex(8) if self.short_cut == "bad"
                else seal("google", who.split("@")[0])))
        return 200, "\n".join(lines) + "\n"

    def _issue(self, form):
        who = self.sessions.get((form.get("SID"), form.get("LSID")))
        if who is None or form.get("service") != "mail":
            return refusal("BadAuthentication")
        return 200, self._keep(seal("google", who.split("@")[0])) + "\n"

    def _refresh(self, form):
        token = form.get("refresh_token")
        who = self.refresh.get(token)
        if form.get("grant_type") != "refresh_token" or who is None:
            return oauth_refusal("invalid_grant")
        if form.get("client_id") != "classic":
            return oauth_refusal("invalid_client", 401)
        access = self._keep(seal("oauth2", who.split("@")[0], self.really))
        answer = {"access_token": access, "token_type": "Bearer",
                  "expires_in": self.life}
        if self.rotates:
            del self.refresh[token]
            answer["refresh_token"] = self._keep(chance.token_urlsafe(24))
            self.refresh[answer["refresh_token"]] = who
        return 200, json.dumps(answer)
