"""A scene: the loopback server, the headless client, and what holds for both
whatever a test does with them.

    @scene
    def receives_a_message(s):
        bob = s.sign_on()
        s.server.do("say", **{"from": "Robot", "to": "Bob", "text": "hi"})
        bob.wait("line", who="Robot", html="hi")

After a scene that passed, the client ends in order, without a report of a
sanitizer or a critical warning; the server has seen nothing it could not
read; nothing that was shown was broken text; no password is in the log.
"""

import functools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import tap  # noqa: E402

# Unlike anything else, so that it can be looked for.
SECRET = "canary-Zyp4-x"
NETWORK = "127.0.0.1"
# Messages may follow each other quickly, but for tests of just that. Real
# servers want five seconds between them after the first few.
FAST = [20, 12, 10, 5, 1, 6000]


def people():
    """Accounts of every scene: Bob is us, the others are on his list."""
    return [
        {"name": "Bob", "password": SECRET, "groups": {
            "Friends": [{"name": "Echo"}, {"name": "Robot"}],
            "Work": [{"name": "Amy Away", "alias": "Amy"},
                     {"name": "Gone Greg"}]}},
        {"name": "Ann", "password": SECRET},
        {"name": "Echo", "password": "x", "bot": "echo"},
        {"name": "Robot", "password": "x", "bot": "quiet",
         "member_since": 1104537600},
        {"name": "Amy Away", "password": "x", "bot": "quiet",
         "state": "away"},
        {"name": "Gone Greg", "password": "x", "bot": "quiet",
         "online": False},
        {"name": "100001", "password": SECRET,
         "groups": {"Friends": [{"name": "100002"}]}},
        {"name": "100002", "password": "x", "bot": "quiet"},
    ]


class Scene:
    # Whom the cases are about, and a bot that listens.
    ME, PEER = "Bob", "Robot"

    def __init__(self, t, config, arguments, client_options):
        self.t = t
        self.server = self.start(dict(config), arguments)
        self.client = headless.Headless(**client_options)
        t.at_end(self.client.close)
        self.secrets = {SECRET}

    def start(self, config, arguments):
        """The server."""
        config = dict({"accounts": people(), "bot_pace": 0.01,
                       "rates": {3: FAST}}, **config)
        config["accounts"] = config["accounts"] + config.pop("more", [])
        return self.t.server(config, arguments)

    def account(self, user="Bob", password=SECRET, handle=None, **options):
        """An account, not signed on."""
        settings = {"network": "custom", "server": NETWORK,
                    "port": self.server.port, "security": "off"}
        settings.update(options)
        protocol = "prpl-icq" if user.isdigit() else "prpl-aim"
        return self.client.account(handle or user, protocol, user, password,
                                   **settings)

    def sign_on(self, user="Bob", **options):
        account = self.account(user, **options)
        account.sign_on()
        # Others reach us only when the server has read that we are here.
        self.state_of(user, online=True)
        return account

    def fails(self, account, reason, text, fatal=True):
        """Connects @account, which has to fail in these words."""
        account.connect()
        return self.failed(account, reason, text, fatal)

    def failed(self, account, reason, text, fatal=True):
        """@account ends in these words, for good or not."""
        event = account.wait(lambda e: e["event"] in ("error", "connected"))
        tap.equal(event["event"], "error", "outcome")
        tap.equal(event["text"], text, "sentence")
        tap.equal(event["reason"], reason, "reason")
        tap.equal(event["fatal"], fatal, "fatal")
        account.wait("disconnected")
        return event

    def say(self, sender, text, to="Bob", **more):
        self.server.do("say", **dict(more, **{"from": sender, "to": to,
                                              "text": text}))

    def try_to_say(self, text):
        """The bot says it, if the client is still there."""
        self.server.ask({"do": "say", "from": self.PEER, "to": self.ME,
                         "text": text})

    def state_of(self, name, **until):
        """Waits until the server sees @name so."""
        return self.server.wait_for({"do": "user", "name": name}, until)

    def heard(self, name, sender="Bob", count=1):
        """Waits until the bot @name has @count messages; all of them."""
        return self.server.wait_for(
            {"do": "received", "name": name, "sender": sender},
            {"messages": {"count": count}})["messages"]

    def list_of(self, name, until=None):
        """The server's list of @name as {group: [names]}; waits until that
        is as wanted."""
        def tree():
            answer = self.server.do("list", name=name)
            return {group["group"]: [b["name"] for b in group["buddies"]]
                    for group in answer["groups"]}
        if until is None:
            return tree()
        try:
            return tap.wait_until(lambda: tree() == until and tree(),
                                  f"list like {until}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {tree()}") from None

    def end(self):
        """What holds after every scene."""
        self.client.quit()
        self.server.faultless()
        broken = [e for e in self.client.events if e.get("broken")]
        tap.equal(broken, [], "events with broken text")
        log, errors = self.client.debug_log(), self.client.stderr()
        for secret in self.secrets:
            tap.lacks(log, secret, "debug log")
            tap.lacks(errors, secret, "standard error")
        # Only our own: Debian's stock plugins have warnings of their own.
        tap.lacks(errors, "purple-classic-CRITICAL", "standard error")


def scene(function=None, *, kind=Scene, seconds=tap.CASE_SECONDS,
          arguments=(), client=None, **config):
    """Marks a test that gets a Scene, or another @kind of it. @config is the
    server's, @client has options for the headless client, and @arguments may
    be a function of the test case that makes the server's arguments."""
    def mark(marked):
        @functools.wraps(marked)
        def run(t):
            given = arguments(t) if callable(arguments) else arguments
            made = kind(t, dict(config), given, client or {})
            try:
                marked(made)
                made.end()
            except BaseException:
                tap.comment("debug log ends:\n"
                            + made.client.debug_log()[-3000:])
                tap.comment("stderr ends:\n" + made.client.stderr()[-6000:])
                raise
        return tap.case(run, seconds=seconds)
    return mark(function) if function else mark
