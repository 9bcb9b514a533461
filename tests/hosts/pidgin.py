"""Drives a stock Pidgin on a display of its own, over D-Bus.

As a program, signs on and exchanges a greeting with somebody:

    pidgin.py HOST PORT USER PASSWORD PEER
"""

import html
import os
import pathlib
import re
import subprocess

import private
from host import Host

SERVICE = "im.pidgin.purple.PurpleService"
OBJECT = "/im/pidgin/purple/PurpleObject"
UI = "gtk-gaim"
AVAILABLE, AWAY, INVISIBLE = 2, 5, 4
ERROR_FLAG, SYSTEM_FLAG = 0x0200, 0x0004

PRIVATE_ICONS = """
mount --make-rprivate / && mount --bind "$1" "$2" && shift 2 && exec "$@"
"""


def plain(markup):
    """The text of a bit of HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def with_icons(command, icons):
    """@command, seeing @icons as Pidgin's own. Only this process and its
    children see them; it takes root, or a system that lets users make
    namespaces."""
    if icons is None:
        return command
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    wrapped = unshare + ["sh", "-c", PRIVATE_ICONS, "sh", str(icons),
                         str(private.SYSTEM_ICONS)]
    probe = subprocess.run(wrapped + ["true"], capture_output=True)
    return wrapped + command if probe.returncode == 0 else command


class Pidgin(Host):
    name = "pidgin"
    # A critical warning ends it.
    strict = True

    def start(self):
        private.write_profile(self.config, self.stage, self.accounts, UI)
        self.accept_certificate()
        self.env = private.environment(self.home)
        self._start_display()
        self._start_bus()
        icons = self.stage.icons()
        command = with_icons(["pidgin", "-m", "-f", "-d", "-c",
                              str(self.config)], icons)
        if self.strict and icons is not None and command[0] == "unshare":
            # Without an icon Pidgin itself raises a critical warning.
            self.env["G_DEBUG"] = "fatal-criticals"
        self.spawn(command, "pidgin.log", env=self.env)
        self.until(lambda: self.try_call("PurpleAccountsGetAll") is not None,
                   "Pidgin answers on the bus")

    def _start_display(self):
        read, write = os.pipe()
        self.spawn(["Xvfb", "-displayfd", str(write), "-screen", "0",
                    "1000x640x24", "-nolisten", "tcp"], "xvfb.log",
                   pass_fds=[write], env=self.env)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.env["DISPLAY"] = ":" + pipe.readline().strip()

    def _start_bus(self):
        read, write = os.pipe()
        self.spawn(["dbus-daemon", "--session", "--nofork", "--nopidfile",
                    f"--print-address={write}"], "bus.log",
                   pass_fds=[write], env=self.env)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.env["DBUS_SESSION_BUS_ADDRESS"] = pipe.readline().strip()

    # D-Bus.

    def try_call(self, method, *args):
        """The answer of a method as text, or None if it failed."""
        done = subprocess.run(
            ["gdbus", "call", "--session", "-d", SERVICE, "-o", OBJECT, "-m",
             f"im.pidgin.purple.PurpleInterface.{method}", "--"]
            + [str(arg) for arg in args],
            env=self.env, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    def call(self, method, *args):
        """The answer of a method: a number, a string or a list of numbers;
        None for a method that answers nothing."""
        answer = self.try_call(method, *args)
        if answer is None:
            self.check_alive()
            raise AssertionError(f"{method} {args} failed")
        body = re.sub(r"^\(|,?\)$", "", answer)
        if body.startswith(("'", '"')):
            return _unquote(body)
        if "[" in body:
            return [int(n) for n in
                    re.findall(r"\d+", re.sub(r"u?int32|@ai", "", body))]
        number = re.search(r"-?\d+$", body)
        return int(number[0]) if number else None

    # What a user does and sees.

    def account_number(self):
        return self.call("PurpleAccountsFind", self.account.user,
                         self.account.protocol)

    def wait_online(self):
        number = self.account_number()
        self.until(lambda: self.call("PurpleAccountIsConnected", number) == 1,
                   lambda: "signed on:\n" + self.log()[-3000:])

    def buddies_online(self):
        number = self.account_number()
        names = []
        for buddy in self.call("PurpleFindBuddies", number, ""):
            if self.call("PurpleBuddyIsOnline", buddy):
                names.append(self.call("PurpleBuddyGetName", buddy))
        return names

    def wait_buddy(self, who):
        self.until(lambda: who in self.buddies_online(), f"{who} online")

    def _conversation(self, who):
        number = self.account_number()
        return (self.call("PurpleFindConversationWithAccount", 1, who, number)
                or self.call("PurpleConversationNew", 1, number, who))

    def send(self, who, text):
        im = self.call("PurpleConversationGetImData", self._conversation(who))
        self.call("PurpleConvImSend", im, html.escape(text))

    def history(self, who):
        """What the conversation shows, oldest first: who, text, flags."""
        lines = []
        for line in self.call("PurpleConversationGetMessageHistory",
                              self._conversation(who)):
            lines.append((
                self.call("PurpleConversationMessageGetSender", line),
                plain(self.call("PurpleConversationMessageGetMessage", line)),
                self.call("PurpleConversationMessageGetFlags", line)))
        return lines[::-1]

    def wait_message(self, who, text):
        """Waits until @who has said @text."""
        self.until(lambda: any(sender == who and text in said for
                               sender, said, _ in self.history(who)),
                   lambda: f"{text!r} from {who}: {self.history(who)}")

    def wait_failure(self, who):
        """Waits for an error in the conversation, and returns it."""
        def errors():
            return [text for _, text, flags in self.history(who)
                    if flags & ERROR_FLAG]
        found = self.until(errors,
                           lambda: f"an error: {self.history(who)}")[0]
        self.call("PurpleConversationPresent", self._conversation(who))
        return found

    def wait_shown(self, who, text):
        """Waits until the conversation with @who shows @text."""
        self.until(lambda: any(text in said for _, said, _ in
                               self.history(who)),
                   lambda: f"{text!r}: {self.history(who)}")

    def _room(self, room):
        return self.call("PurpleFindConversationWithAccount", 2, room,
                         self.account_number())

    def wait_said_in(self, room, text):
        """Waits until somebody says @text in a conversation of several."""
        def said():
            return [line for line in self.call(
                "PurpleConversationGetMessageHistory", self._room(room))
                if text in self.call("PurpleConversationMessageGetMessage",
                                     line)]
        self.until(lambda: self._room(room) and said(),
                   lambda: f"{text!r} in {room}")

    def say_in(self, room, text):
        self.call("PurpleConvChatSend", self.call(
            "PurpleConversationGetChatData", self._room(room)), text)

    def away(self, text):
        self._status(AWAY, text)

    def back(self):
        self._status(AVAILABLE, "")

    def _status(self, primitive, text):
        status = self.call("PurpleSavedstatusNew", "", primitive)
        if text:
            self.call("PurpleSavedstatusSetMessage", status, text)
        self.call("PurpleSavedstatusActivate", status)

    def windows(self):
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "pidgin"],
            env=self.env, capture_output=True, text=True)
        return found.stdout.split()

    def window_name(self, window):
        return subprocess.run(
            ["xdotool", "getwindowname", window], env=self.env,
            capture_output=True, text=True).stdout.strip()

    def wait_window(self, pattern):
        """The window whose title is like @pattern, once it is there."""
        def found():
            return [window for window in self.windows()
                    if re.search(pattern, self.window_name(window))]
        return self.until(found, lambda: f"a window like {pattern!r} among "
                          f"{[self.window_name(w) for w in self.windows()]}",
                          )[0]

    def click_last(self, window):
        """Clicks on the last button of a question."""
        shape = subprocess.run(
            ["xdotool", "getwindowgeometry", "--shell", window],
            env=self.env, capture_output=True, text=True, check=True).stdout
        width, height = (int(re.search(rf"{side}=(\d+)", shape)[1])
                         for side in ("WIDTH", "HEIGHT"))
        subprocess.run(["xdotool", "mousemove", "--window", window,
                        str(width - 55), str(height - 28), "click", "1"],
                       env=self.env, check=True)

    def arrange(self):
        """Puts the windows side by side: there is no window manager."""
        for window in self.windows():
            name = self.window_name(window)
            if name == "Buddy List":
                place = ["windowmove", window, "20", "20", "windowsize",
                         window, "300", "600"]
            else:
                place = ["windowmove", window, "350", "20"]
            subprocess.run(["xdotool"] + place, env=self.env, check=True)

    def screenshot(self, name):
        """Keeps a picture of the display."""
        if self.artefacts is None:
            return None
        pathlib.Path(self.artefacts).mkdir(parents=True, exist_ok=True)
        self.arrange()
        path = pathlib.Path(self.artefacts) / name
        subprocess.run(["import", "-window", "root", str(path)], env=self.env,
                       check=True)
        return path

    def quit(self):
        """Quits as the menu would, and waits until it is gone."""
        self.try_call("PurpleCoreQuit")
        process = self.processes[-1]
        process.wait(20)
        if process.returncode != 0:
            raise AssertionError(f"Pidgin ended with {process.returncode}:\n"
                                 + self.log()[-4000:])


def _unquote(text):
    """A string as GVariant prints it."""
    body = text[1:-1]
    return re.sub(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)",
                  lambda m: {"n": "\n", "t": "\t"}.get(
                      m[1], chr(int(m[1][1:], 16))
                      if m[1][0] in "uU" and len(m[1]) > 1 else m[1]),
                  body)


if __name__ == "__main__":
    import scenario
    scenario.main(Pidgin)
