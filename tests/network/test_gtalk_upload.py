"""Files on Google Talk: put where the server says, and its address told to
whom they are for. Against a private Prosody, and its place for files."""

import hashlib
import http.server
import os
import pathlib
import socket
import ssl
import tempfile
import threading
import urllib.request

from gtalk_scene import SECRET, scene
from tap import DEADLINE, equal, main, wait_until
from xmpp.peer import PLAIN, Peer

OOB = "jabber:x:oob"


def play(function=None, **options):
    return scene(function, settings=PLAIN, **options)


def peer(s, name, **options):
    one = Peer(s.server, name, SECRET, **options)
    s.t.at_end(one.close)
    return one


def file_of(s, name, size):
    folder = tempfile.TemporaryDirectory(prefix="classic-upload-")
    s.t.at_end(folder.cleanup)
    path = pathlib.Path(folder.name) / name
    path.write_bytes(os.urandom(size))
    return path


def fetch(url):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with urllib.request.urlopen(url, context=context, timeout=20) as answer:
        return answer.read(), answer.headers


def digest(data):
    return hashlib.sha256(data).hexdigest()


def trust_files(s, account):
    """The place for files has a certificate of its own to be asked about."""
    question = account.wait("request")
    s.client.call("answer", question["id"], 0)


def is_offered(s, account):
    return s.client.answer_of(s.client.tell("can-send-file", account.handle,
                                            "x@y"))["ok"]


def ready(s, account):
    """Waits until it is known where files go."""
    wait_until(lambda: is_offered(s, account), "place for files")


@play
def whole(s):
    """Whom it is for can fetch the same bytes."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    path = file_of(s, "a cake & <two> é.png", 3000001)
    ready(s, mina)
    mina.send_file(tomas.address, path)
    trust_files(s, mina)
    mina.wait("transfer", state="completed", done=3000001, size=3000001)
    stanza = tomas.wait(f"<message.*?{OOB}.*?</message>")[0]
    url = stanza.partition("<url>")[2].partition("</url>")[0]
    equal(stanza.partition("<body>")[2].partition("</body>")[0], url)
    data, headers = fetch(url)
    equal(digest(data), digest(path.read_bytes()))
    equal(headers["Content-Type"], "image/png")
    line = mina.wait("line", flags=lambda f: "send" in f)
    assert url in line["html"], line


@play
def in_rooms(s):
    mina = s.account("mina")
    s.trust(mina)
    path = file_of(s, "cake.txt", 1000)
    ready(s, mina)
    mina.chat_join("tea", "mina")
    mina.wait("chat-opened")
    mina.chat_send_file("tea", path)
    trust_files(s, mina)
    line = mina.wait("line", conversation="tea", who="mina",
                     html=lambda h: "href" in h)
    url = line["html"].partition('href="')[2].partition('"')[0]
    equal(fetch(url)[0], path.read_bytes())


class Place:
    """Somewhere to put files. @answers: what is said to each in turn: a
    status, or None to hang up in the middle"""

    def __init__(self, t, *answers, slow=False):
        self.answers, self.requests = list(answers), []
        self.slow, self.go_on = slow, threading.Event()
        place = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                place.put(self)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        t.at_end(self.close)

    def close(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()

    def put(self, handler):
        answer = self.answers[len(self.requests)]
        size = int(handler.headers["Content-Length"])
        self.requests.append([handler.path, dict(handler.headers), b""])
        if answer is None or self.slow:
            self.requests[-1][2] = handler.rfile.read(size // 2)
        if answer is None:
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        if self.slow:
            self.go_on.wait(DEADLINE)
        self.requests[-1][2] += handler.rfile.read(
            size - len(self.requests[-1][2]))
        handler.send_response(answer)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


def lua(**options):
    return "\n".join(f"classic_{key} = {value}"
                     for key, value in options.items())


def told(s, *answers, security="optional", slow=False, **options):
    """Somebody whose server says of files what @options do, and where they
    can be put."""
    place = Place(s.t, *answers, slow=slow)
    settings = {"put": f'"{place.url}/put"', "get": f'"{place.url}/get"'}
    settings.update(options)
    config = s.server.config.read_text().replace(
        "--[[files]]", lua(**settings))
    s.server.stop()
    s.server.config.write_text(config)
    s.server.start()
    mina = s.account("mina", security=security)
    mina.connect()
    event = mina.wait(lambda e: e["event"] in ("connected", "request"))
    if event["event"] == "request":
        s.client.call("answer", event["id"], 0)
        s.online(mina)
    ready(s, mina)
    return mina, place


def odd(function):
    return play(function, files="classic_upload", upload="--[[files]]")


def refused(s, mina, words, size=1000):
    mina.send_file(s.address("tomas"), file_of(s, "cake.txt", size))
    mina.wait("line", html=lambda h: f'"cake.txt" was not sent. {words}' in
              h.replace("&quot;", '"'), flags=lambda f: "error" in f)
    mina.wait("transfer", state="cancelled")
    equal([e["html"] for e in mina.seen("line") if "cancelled" in e["html"]],
          [])


@odd
def only_known_headers_are_sent(s):
    mina, place = told(s, 201, headers='{ "Authorization", "Basic a\\nb", '
                       '"X-Evil", "yes", "cookie", "c=1", "Expires", "0" }')
    tomas = peer(s, "tomas")
    mina.send_file(tomas.address, file_of(s, "cake.txt", 1000))
    tomas.wait(f"<body>{place.url}/get</body>")
    path, headers, body = place.requests[0]
    equal((path, len(body)), ("/put", 1000))
    headers = {name.lower(): value for name, value in headers.items()}
    equal(headers["authorization"], "Basic ab")
    equal((headers["cookie"], headers["expires"]), ("c=1", "0"))
    equal(headers["content-type"], "text/plain")
    equal("x-evil" in headers, False)


@odd
def one_more_try(s):
    """A connection that breaks is no reason to give up, nor is a server that
    is just restarted."""
    mina, place = told(s, None, 201, 503, 201)
    tomas = peer(s, "tomas")
    path = file_of(s, "cake.txt", 300000)
    for count in (2, 4):
        mina.send_file(tomas.address, path)
        tomas.wait(f"<body>{place.url}/get</body>")
        equal(place.requests[count - 1][2], path.read_bytes())
        equal(len(place.requests), count)


@odd
def no_third_try(s):
    mina, place = told(s, None, None, 503, 503, 404)
    refused(s, mina, "The place for files on the server could not be reached",
            300000)
    refused(s, mina, "The server had a problem (error 503)", 300000)
    refused(s, mina, "The server had a problem (error 404)")
    equal(len(place.requests), 5)


@odd
def refusals_are_told(s):
    mina, place = told(s, 413, 403)
    refused(s, mina, "It is too large for this server.")
    refused(s, mina, "Your server does not let you send it.")


@odd
def too_large_is_known_beforehand(s):
    mina, place = told(s, 201, limit="2000", error='"forbidden"')
    refused(s, mina, "It is too large for this server: the limit is 2.0", 2001)
    # It was asked about what fits.
    refused(s, mina, "Your server does not let you send it.", 2000)
    equal(place.requests, [])


@odd
def quota(s):
    mina, place = told(s, error='"resource-constraint"')
    refused(s, mina, "You have sent as much as the server takes for now.")


@odd
def nothing_in_the_clear(s):
    """... where the account is to be encrypted; neither there nor for others
    to fetch, and to nothing that is no web address."""
    mina, place = told(s, security="required")
    refused(s, mina, "The server wanted it at an address that is not "
            "encrypted.")
    equal(place.requests, [])


@odd
def no_other_addresses(s):
    mina, place = told(s, 201, get='"file:///etc/passwd"')
    refused(s, mina, "The server wanted it at an address")
    equal(place.requests, [])


@odd
def stopped_halfway(s):
    mina, place = told(s, 201, 201, slow=True)
    tomas = peer(s, "tomas")
    mina.send_file(tomas.address, file_of(s, "cake.bin", 20000000))
    mina.wait("transfer", state="moving")
    mina.stop_file()
    mina.wait("transfer", state="cancelled")
    place.go_on.set()
    mina.im(tomas.address, "never mind")
    tomas.wait("<body>never mind</body>")
    equal(tomas.seen(OOB), None)


@odd
def signing_off_halfway(s):
    """What was not sent is told, and nothing is called any more."""
    mina, place = told(s, 201, slow=True)
    mina.send_file(s.address("tomas"), file_of(s, "cake.bin", 20000000))
    mina.wait("transfer", state="moving")
    mina.disconnect()
    mina.wait("line", html=lambda h: "was not sent. You are not signed on."
              in h)
    mina.wait("disconnected")


@play(files="muc")
def not_offered_without_a_place(s):
    """Servers that take no files have no menu entry for it."""
    mina = s.account("mina")
    s.trust(mina)
    mina.chat_join("tea@conference.gtalk.test", "mina")
    mina.wait("chat-opened")
    equal(is_offered(s, mina), False)


@play
def links_are_shown(s):
    """Whatever comes as a file is a link, with the words about it."""
    mina = s.account("mina")
    s.trust(mina)
    tomas = peer(s, "tomas")
    url = "https://files.test/a_b_c.png?x=1&amp;y=2"
    for body, want in (
            (url, f'<a href="{url}">{url}</a>'),
            ("look", f'look<br><a href="{url}">{url}</a>'),
            (f"see {url} there", f"see {url} there")):
        tomas.send(f"<message to='{s.address('mina')}' type='chat'><body>"
                   f"{body}</body><x xmlns='{OOB}'><url>{url}</url></x>"
                   "</message>")
        line = mina.wait("line", who=tomas.address)
        equal(line["html"], want)
    tomas.send(f"<message to='{s.address('mina')}' type='chat'><body>"
               f"run</body><x xmlns='{OOB}'><url>file:///bin/sh</url></x>"
               "</message>")
    equal(mina.wait("line", who=tomas.address)["html"], "run")


if __name__ == "__main__":
    main()
