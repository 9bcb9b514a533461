"""A scene at MSN's web gateway: as in msn_scene, with the loopback server of
Protocol=mtp. Whatever the client does there that it must not, fails the test.

    @scene
    def receives_a_message(s):
        bob = s.sign_on()
        s.say(ROBOT, "hi")
        bob.wait("line", who=ROBOT, html="hi")
"""

import functools
import html
import re

import oscar_scene
from oscar_scene import NETWORK, SECRET, tap

LOGIN = "bob@example.net"
BOB, ROBOT, ECHO = "8:live:bob", "8:live:robot", "8:live:echo"
AMY, GREG, ANN = "8:live:amy", "8:live:greg", "1:ann@example.net"


def _bot(name, behaviour="quiet", **more):
    return dict(name=name + "@example.net", skype="live:" + name,
                password="x", nick=name.capitalize(), bot=behaviour, **more)


def people():
    """Accounts of every scene: Bob is us, the others are on his list."""
    roster = [{"nickname": "Robot", "address": ROBOT},
              {"orderedName": "Echo Bird", "address": ECHO},
              {"firstName": "Amy", "lastName": "Away", "address": AMY},
              {"nickname": "Greg", "address": GREG},
              {"nickname": "Ann", "address": ANN}]
    return [
        {"name": LOGIN, "password": SECRET, "skype": "live:bob",
         "nick": "Bob", "roster": roster},
        _bot("robot", roster=[BOB]), _bot("echo", "echo"),
        _bot("amy", state="AWY", psm="out for a walk"),
        _bot("greg", online=False),
        {"name": "ann@example.net", "password": "x", "nick": "Ann",
         "bot": "quiet"},
    ]


def plain(markup):
    """The text of a bit of HTML."""
    markup = re.sub(r"(?i)<br\s*/?>", "\n", markup)
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


class Scene(oscar_scene.Scene):
    ME, PEER = BOB, ROBOT

    def start(self, config, arguments):
        config = dict({"accounts": people(), "bot_pace": 0.01}, **config)
        config["accounts"] = config["accounts"] + config.pop("more", [])
        return self.t.msnweb_server(config, arguments)

    def account(self, user=LOGIN, password=SECRET, handle=None, base=None,
                **options):
        """An account, not signed on."""
        port = self.server.web_port
        settings = {"network": "custom", "server": NETWORK, "port": port,
                    "security": "off", "connection": "web",
                    "web_url": base or f"http://{NETWORK}:{port}"}
        settings.update(options)
        return self.client.account(handle or user, "prpl-msn", user, password,
                                   **settings)

    def sign_on(self, user=LOGIN, **options):
        account = self.account(user, **options)
        account.sign_on()
        self.ready(user)
        return account

    def ready(self, user=LOGIN):
        """Waits until messages reach @user."""
        self.state_of(user, ready=True)

    def settled(self, count):
        """Waits until there were @count sessions, and one is in order."""
        self.server.wait_for({"do": "sessions", "name": LOGIN}, {
            "total": {"min": count}, "sessions": {"any": {
                "lost": False, "subscribed": {"contains": "im"}}}})

    def say(self, sender, text, to=BOB, **more):
        return self.server.do("say", **dict(more, sender=sender, to=to,
                                            text=text))

    def try_to_say(self, text):
        self.server.ask({"do": "say", "sender": ROBOT, "to": BOB,
                         "text": text})

    def heard(self, name, sender=BOB, count=1):
        """Waits until the bot @name has @count messages; their texts."""
        return self.server.wait_for(
            {"do": "received", "name": name, "sender": sender},
            {"count": count})["texts"]

    def line(self, account, who=ROBOT, text=None, **more):
        """Waits for what @who says, or for @text; the text shown."""
        return plain(account.wait(
            "line", conversation=who, flags=lambda f: "recv" in f,
            html=lambda h: text is None or plain(h) == text, **more)["html"])

    def failure(self, account, who=ROBOT):
        """Waits for what the conversation says of a message that failed."""
        return plain(account.wait("line", conversation=who,
                                  flags=lambda f: "error" in f)["html"])

    def sees(self, account, who, **wanted):
        """Waits until @who is so on the list."""
        def state():
            answer = account.client.answer_of(account.client.tell(
                "buddy", account.handle, who))
            return answer["ok"] and all(answer.get(key) == value for
                                        key, value in wanted.items())
        tap.wait_until(state, f"{who} like {wanted}")

    def fault(self, fault, **more):
        self.server.do("fault", **dict(dict(times=1), fault=fault, **more))

    def talks(self, account, mark):
        """Both ways work."""
        self.ready()
        account.im(ROBOT, f"to {mark}")
        self.server.wait_for({"do": "received", "name": ROBOT},
                             {"texts": {"contains": f"to {mark}"}})
        self.say(ROBOT, f"from {mark}")
        self.line(account, text=f"from {mark}")


scene = functools.partial(oscar_scene.scene, kind=Scene)
