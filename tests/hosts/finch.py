"""Drives a stock Finch in a terminal of its own, by keys and by looking.

As a program, signs on and exchanges a greeting with somebody:

    finch.py HOST PORT USER PASSWORD PEER
"""

import pathlib
import re
import subprocess

import private
from host import Host

UI = "gnt-purple"
WIDTH, HEIGHT = 132, 43
LIST_TITLE = "Buddy List"


class Finch(Host):
    name = "finch"

    def start(self):
        private.write_profile(self.config, self.stage, self.accounts, UI)
        self.accept_certificate()
        env = private.environment(self.home, TERM="screen-256color")
        self.socket = str(self.home / "tmux")
        # A program of our own as the terminal's only one; its end is ours.
        command = " ".join(
            ["exec", "env", "-i"] + [_quote(f"{k}={v}")
                                     for k, v in env.items()]
            + ["finch", "-d", "-c", _quote(str(self.config)),
               "2>" + _quote(str(self.home / "finch.log"))])
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(WIDTH),
                  "-y", str(HEIGHT), command, ";", "set", "-g",
                  "remain-on-exit", "on")
        self.until(lambda: LIST_TITLE in self.screen(),
                   lambda: "the buddy list:\n" + self.screen() + self.log())

    def tmux(self, *args):
        env = private.environment(self.home, TERM="screen-256color")
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *args],
                              env=env, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"tmux {args[:3]}: {done.stderr}")
        return done.stdout

    def check_alive(self):
        dead = self.tmux("display-message", "-p", "#{pane_dead}").strip()
        if dead == "1":
            raise AssertionError("Finch ended:\n" + self.log()[-4000:])

    # Hands and eyes.

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def key(self, *names):
        self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def sees(self, *texts):
        screen = self.screen()
        return all(text in screen for text in texts)

    def wait_screen(self, *texts):
        self.until(lambda: self.sees(*texts),
                   lambda: f"{texts} on the screen:\n" + self.screen())

    # What a user does and sees.

    def wait_online(self):
        # Finch shows nothing of its own connection but the buddies that are
        # there; the debug window tells the rest, and failures are dialogs.
        self.until(lambda: "account: Connecting to account" in self.log(),
                   lambda: "connecting:\n" + self.log()[-3000:])

    def wait_buddy(self, who):
        self.wait_screen(self.shown(who))

    def _select(self, who):
        """Opens the conversation with a buddy of the list."""
        names = {who, self.shown(who)}
        self.key("M-1")
        self.key("/")
        # It searches for what keys have.
        self.type(re.match(r"[ -~]*", self.shown(who))[0])
        # The tooltip of the selected row.
        self.until(lambda: any(f"┤{name}├" in self.screen()
                               for name in names),
                   lambda: f"{names} selected:\n" + self.screen())
        self.key("Enter")
        self.key("Enter")
        self.until(lambda: any(f"┤{name} (" in self.screen()
                               for name in names),
                   lambda: "a conversation:\n" + self.screen())

    def send(self, who, text):
        self._select(who)
        self.type(text)
        self.key("Enter")

    def wait_message(self, who, text):
        self.until(lambda: any(text in line and
                               f"{self.shown(who)}:" in line
                               for line in self.screen().splitlines()),
                   lambda: f"{text!r} from {who}:\n" + self.screen())

    def wait_failure(self, who):
        def failures():
            return [line.strip("│▒ ") for line in self.screen().splitlines()
                    if "ot delivered" in line or "Unable to send" in line]
        return self.until(failures,
                          lambda: "a failure:\n" + self.screen())[0]

    def wait_shown(self, _who, text):
        """Waits until @text is on the screen."""
        self.wait_screen(text)

    def _show_room(self, room):
        """Goes from window to window until that one is in front."""
        def shown():
            if f"┤{room[:12]}" in self.screen():
                return True
            self.key("M-n")
            return False
        self.until(shown, lambda: f"the room {room}:\n" + self.screen())

    def wait_said_in(self, room, text):
        """The same of what is said in a conversation of several."""
        self._show_room(room)
        self.wait_screen(text)

    def say_in(self, _room, text):
        """Says it in the conversation in front."""
        self.type(text)
        self.key("Enter")

    def away(self, text):
        self._choose_status(1, "Away", text)

    def back(self):
        self._choose_status(0, "Available", "")

    def _choose_status(self, row, label, text):
        self.key("M-1")
        if "│Saved..." not in self.screen():
            self.key("Tab")
        self.key("Down")
        self.wait_screen("│Saved...")
        # Statuses used before stand in the list too: count from the top.
        self.key(*["Up"] * 12)
        self.key(*["Down"] * row, "Enter")
        self.wait_screen(f"│{label}")
        # The cursor is in the field for the text now.
        self.type(text)
        self.key("Enter")

    def screenshot(self, name):
        """Keeps the terminal's text."""
        self.keep(pathlib.Path(name).stem + ".txt", self.screen())

    def quit(self):
        self.key("M-q")

    def close(self):
        try:
            self.tmux("kill-server")
        except AssertionError:
            pass
        super().close()


def _quote(word):
    return "'" + word.replace("'", "'\\''") + "'"


if __name__ == "__main__":
    import scenario
    scenario.main(Finch)
