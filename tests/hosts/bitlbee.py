"""Drives a stock bitlbee as an IRC client would, in its forking mode.

As a program, signs on and exchanges a greeting with somebody:

    bitlbee.py HOST PORT USER PASSWORD PEER
"""

import pathlib
import re
import shutil
import socket
import threading
import time

import private
from host import DEADLINE, Host

CONFIG = """[settings]
RunMode = ForkDaemon
User =
DaemonInterface = 127.0.0.1
DaemonPort = {port}
AuthMode = Open
ConfigDir = {home}/conf
PluginDir = {home}/plugins
PidFile = {home}/bitlbee.pid
"""
CONTROL = "&bitlbee"
SECRET = "headlong"


def free_port():
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def nick_of(name):
    """The nick bitlbee makes of a name: of an address, the part before the
    host; none begins with a digit."""
    nick = re.sub(r"[^A-Za-z0-9_\-\[\]\\`^{}|]", "", name.split("@")[0])
    return "_" + nick if nick[:1].isdigit() else nick


class Irc:
    """One IRC connection; remembers all that was said."""

    def __init__(self, port, nick="me"):
        self.nick = nick
        self.lines = []
        self.unread = 0
        self.changed = threading.Condition()
        self.gone = False
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.settimeout(None)
        self.file = self.socket.makefile("r", encoding="utf-8", newline="\n")
        threading.Thread(target=self._read, daemon=True).start()
        self.write(f"NICK {nick}")
        self.write(f"USER {nick} {nick} {nick} :{nick}")
        self.wait(r":\S+ JOIN :?&bitlbee")

    def _read(self):
        try:
            for line in self.file:
                self._take(line.rstrip("\r\n"))
        except OSError:
            pass
        with self.changed:
            self.gone = True
            self.changed.notify_all()

    def _take(self, line):
        if line.startswith("PING"):
            self.write("PONG" + line[4:])
            return
        with self.changed:
            self.lines.append(line)
            self.changed.notify_all()

    def write(self, line):
        self.socket.sendall((line + "\r\n").encode())

    def tell(self, text):
        """Says something to bitlbee itself."""
        self.write(f"PRIVMSG {CONTROL} :{text}")

    def wait(self, pattern, deadline=DEADLINE, since=None):
        """Waits for a line like @pattern, after the last one waited for."""
        compiled, end = re.compile(pattern), time.monotonic() + deadline
        with self.changed:
            index = self.unread if since is None else since
            while True:
                while index < len(self.lines):
                    index += 1
                    if compiled.search(self.lines[index - 1]):
                        self.unread = index
                        return self.lines[index - 1]
                left = end - time.monotonic()
                if self.gone or left <= 0:
                    raise AssertionError(
                        f"no line like {pattern!r} within {deadline:g} s"
                        + (", and bitlbee hung up" if self.gone else "")
                        + ":\n" + "\n".join(self.lines[-25:]))
                self.changed.wait(left)

    def close(self):
        try:
            self.write("QUIT :done")
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Bitlbee(Host):
    name = "bitlbee"

    def start(self):
        self.port = free_port()
        (self.home / "conf").mkdir(exist_ok=True)
        self.stage.copy_plugins(self.home / "plugins" / "purple")
        path = self.home / "bitlbee.conf"
        path.write_text(CONFIG.format(port=self.port, home=self.home))
        bitlbee = shutil.which("bitlbee") or "/usr/sbin/bitlbee"
        self.daemon = self.spawn(
            [bitlbee, "-F", "-n", "-v", "-c", str(path)], "bitlbee.log",
            env=private.environment(self.home, BITLBEE_DEBUG="1",
                                    G_DEBUG="fatal-criticals"))
        self.until(self._listens, lambda: "bitlbee listens:\n" + self.log())
        self.irc = Irc(self.port)
        self.irc.tell(f"register {SECRET}")
        self.irc.wait("Account successfully created")
        for account in self.accounts:
            self.add_account(account)

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def add_account(self, account):
        self.irc.tell(f"account add {account.word} {account.user} "
                      f"{account.password}")
        self.irc.wait("Account successfully added")
        number = self.accounts.index(account)
        for key, value in account.settings.items():
            value = str(value).lower() if isinstance(value, bool) else value
            self.irc.tell(f"account {number} set {key} {value}")
            self.irc.wait(f"{key} = .?{re.escape(str(value))}")

    # What a user does and sees.

    def connect(self):
        self.irc.tell(f"account {self.account.word} on")

    def disconnect(self):
        self.irc.tell(f"account {self.account.word} off")
        self.irc.wait("Signing off")

    def wait_online(self, deadline=DEADLINE):
        self.connect()
        if self.accepted is not None:
            # It remembers nothing but for one session.
            self.irc.wait("(?i)certificate")
            self.irc.tell("yes")
            self.accepted = None
        line = self.irc.wait("Logged in|Login error|Signing off", deadline)
        if "Logged in" not in line:
            raise AssertionError(line)

    def wait_buddy(self, who):
        # Present buddies are voiced in the control channel, away ones not.
        self.irc.wait(rf"^:{nick_of(who)}!\S+ JOIN|"
                      rf"MODE &bitlbee \+v .*{nick_of(who)}", since=0)

    def send(self, who, text):
        self.irc.write(f"PRIVMSG {nick_of(who)} :{text}")

    def wait_message(self, who, text):
        self.irc.wait(rf"^:{nick_of(who)}!\S+ PRIVMSG \S+ :.*"
                      + re.escape(text), since=0)

    def wait_failure(self, who):
        return self.irc.wait("(?i)(PRIVMSG|NOTICE) .*"
                             "(not delivered|unable to send)", since=0)

    def wait_shown(self, _who, text):
        """Waits until @text is said by the program itself."""
        self.irc.wait(re.escape(text), since=0)

    def wait_said_in(self, _room, text):
        """Waits until somebody says @text in a channel."""
        line = self.irc.wait(r"PRIVMSG #\S+ :.*" + re.escape(text), since=0)
        self.channel = re.search(r"PRIVMSG (#\S+)", line)[1]

    def say_in(self, _room, text):
        """Says it in the channel last spoken in."""
        self.irc.write(f"PRIVMSG {self.channel} :{text}")

    def away(self, text):
        self.irc.write(f"AWAY :{text}")
        self.irc.wait(" 306 ")

    def back(self):
        self.irc.write("AWAY")
        self.irc.wait(" 305 ")

    def screenshot(self, name):
        """Keeps the IRC dialogue."""
        self.keep(pathlib.Path(name).stem + ".txt",
                  "\n".join(self.irc.lines) + "\n")

    def quit(self):
        self.irc.close()
        if "BitlBee crashed" in "\n".join(self.irc.lines):
            raise AssertionError("bitlbee crashed:\n" + self.log()[-4000:])

    def close(self):
        if hasattr(self, "irc"):
            self.irc.close()
        super().close()


if __name__ == "__main__":
    import scenario
    scenario.main(Bitlbee)
