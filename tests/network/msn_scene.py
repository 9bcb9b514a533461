"""A scene on MSN: as in oscar_scene, with the loopback MSN server.

    @scene
    def receives_a_message(s):
        bob = s.sign_on(version=12)
        s.say("robot@example.net", "hi")
        bob.wait("line", who="robot@example.net", html="hi")
"""

import functools

import oscar_scene
from oscar_scene import NETWORK, SECRET, tap

BOB, ANN = "bob@example.net", "ann@example.net"
ECHO, ROBOT = "echo@example.net", "robot@example.net"
AMY, GREG = "amy@example.net", "greg@example.net"


def people():
    """Accounts of every scene: Bob is us, the others are on his list."""
    return [
        {"name": BOB, "password": SECRET, "nick": "Bob", "md5": True,
         "groups": {"Friends": [ECHO, ROBOT, ANN], "Work": [AMY, GREG]}},
        {"name": ANN, "password": SECRET, "nick": "Ann", "md5": True,
         "groups": {"Friends": [BOB]}},
        {"name": ECHO, "password": "x", "nick": "Echo", "bot": "echo"},
        {"name": ROBOT, "password": "x", "nick": "Robot", "bot": "quiet"},
        {"name": AMY, "password": "x", "nick": "Amy", "bot": "quiet",
         "state": "AWY"},
        {"name": GREG, "password": "x", "nick": "Greg", "bot": "quiet",
         "online": False},
    ]


class Scene(oscar_scene.Scene):
    ME, PEER = BOB, ROBOT

    def start(self, config, arguments):
        config = dict({"accounts": people(), "bot_pace": 0.01}, **config)
        config["accounts"] = config["accounts"] + config.pop("more", [])
        return self.t.msn_server(config, arguments)

    def account(self, user=BOB, password=SECRET, handle=None, **options):
        """An account, not signed on."""
        ports = self.server.do("ports")
        settings = {"network": "custom", "server": NETWORK,
                    "port": ports["port"], "security": "off",
                    "web_url": f"http://{NETWORK}:{ports['web_port']}"}
        settings.update({key: str(value) if key == "version" else value
                         for key, value in options.items()})
        return self.client.account(handle or user, "prpl-msn", user, password,
                                   **settings)

    def sign_on(self, user=BOB, **options):
        account = self.account(user, **options)
        account.sign_on()
        self.state_of(user, visible=True)
        return account

    def say(self, sender, text, to=BOB, **more):
        self.server.do("say", **dict(more, sender=sender, to=to, text=text))

    def try_to_say(self, text):
        self.server.ask({"do": "say", "sender": ROBOT, "to": BOB,
                         "text": text})

    def heard(self, name, sender=BOB, count=1):
        """Waits until the bot @name has @count messages; all of them."""
        return self.server.wait_for(
            {"do": "received", "name": name, "sender": sender},
            {"count": count})["messages"]


scene = functools.partial(oscar_scene.scene, kind=Scene)
