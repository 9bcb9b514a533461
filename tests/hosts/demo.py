"""Opens a host in a private profile, signed on to a server of its own; the
second half of ./run."""

import contextlib
import curses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time

import bitlbee
import pidgin
import private

SERVERS = private.ROOT / "tests" / "servers"

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

WELCOME = """
You are signed on as Demo (AIM), 100001 (ICQ), demo@example.net (MSN) and
demo@gtalk.test (Google Talk) to servers that run on this computer only. Echo
Bird and Polly Parrot repeat what you say, Moody Mia does what you tell her
("away", "back", "idle 10"), Emoji Emi answers in many letters.
{hint}
"""
HINTS = {
    "pidgin": "Quit with Ctrl+Q in the buddy list.",
    "finch": "Choose a buddy with the arrow keys, open with Enter; Alt+N "
             "changes the window,\nAlt+Q quits.",
    "bitlbee": "Talk with /query EchoBird, quit with /quit.",
}
GOODBYE = """
Everything of this trial is gone again. To install for real:

    sudo meson install -C build     for everybody on this computer
    ./run install-user              for you alone (Pidgin and Finch)

Then restart the client and choose "AIM", "ICQ", "MSN" or "Google Talk (XMPP)"
among its protocols.
"""


class Told(BaseException):
    """Somebody wants us to end: Ctrl+C, a signal, a closed terminal."""


def tell(number, frame):
    # Once is enough: what follows is the tidying up.
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Told(number)


@contextlib.contextmanager
def directory():
    home = tempfile.mkdtemp(prefix="purple-classic-")
    try:
        yield pathlib.Path(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def server(program):
    """The ports of a loopback server, which ends when its input does."""
    with subprocess.Popen(
            [sys.executable, str(SERVERS / program), "--demo"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True) as process:
        yield json.loads(process.stdout.readline())


@contextlib.contextmanager
def terminal():
    """Puts the terminal in order after a program that was ended in it."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    except Told:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
        with contextlib.suppress(curses.error):
            curses.setupterm()
            for name in ("sgr0", "rmkx", "cnorm", "rmcup"):
                sys.stdout.buffer.write(curses.tigetstr(name) or b"")
            sys.stdout.flush()
        raise


def attend(command, **more):
    """Runs a client until it ends. If we are told to end first, so is it, with
    all it has started where it leads a session.

    Returns: its exit status
    """
    client = subprocess.Popen(command, **more)
    try:
        return client.wait()
    except Told:
        send = os.killpg if more.get("start_new_session") else os.kill
        end = time.monotonic() + 5
        with contextlib.suppress(ProcessLookupError):
            send(client.pid, signal.SIGTERM)
            while time.monotonic() < end:
                client.poll()
                send(client.pid, 0)
                time.sleep(0.05)
            send(client.pid, signal.SIGKILL)
        client.wait()
        raise


@contextlib.contextmanager
def prosody():
    """The port and domain of an XMPP server; None where there is none to be
    had."""
    if shutil.which("prosody") is None:
        print("There is no Prosody: Google Talk is left out.")
        yield None
        return
    with server("xmpp_server.py") as ready:
        yield ready


def accounts(oscar, msn, xmpp):
    settings = private.custom_server("127.0.0.1", oscar["port"])
    msn_settings = private.custom_server("127.0.0.1", msn["port"])
    msn_settings["web_url"] = f"http://127.0.0.1:{msn['web_port']}"
    people = [private.Account("demo", "demo", "prpl-aim", settings),
              private.Account("100001", "demo12", "prpl-icq", settings),
              private.Account("demo@example.net", "demo", "prpl-msn",
                              msn_settings)]
    if xmpp is not None:
        people.append(private.Account(
            f"demo@{xmpp['host']}", "demo", "prpl-googletalk",
            private.custom_server("127.0.0.1", xmpp["port"])))
    return people


def environment(home):
    """As private.environment(), but with the user's own display."""
    kept = {key: os.environ[key] for key in (
        "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "TERM", "COLORTERM",
        "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ")
        if key in os.environ}
    authority = os.environ.get("XAUTHORITY",
                               str(pathlib.Path.home() / ".Xauthority"))
    env = private.environment(home, XAUTHORITY=authority)
    if "LANG" in kept and "LC_ALL" not in kept:
        del env["LC_ALL"]
    if "TZ" not in kept:
        del env["TZ"]
    env.update(kept)
    return env


def open_pidgin(home, stage, people):
    config = home / "profile"
    private.write_profile(config, stage, people, pidgin.UI)
    command = pidgin.with_icons(["pidgin", "-m", "-f", "-c", str(config)],
                                stage.icons())
    # A bus of its own: the user's Pidgin, if there is one, is left alone.
    return attend(["dbus-run-session", "--"] + command,
                  env=environment(home), start_new_session=True)


def open_finch(home, stage, people):
    config = home / "profile"
    private.write_profile(config, stage, people, "gnt-purple")
    env = environment(home)
    # Finch knows tmux's arrow keys only by the older name of the terminal.
    if env.get("TERM", "").startswith("tmux"):
        env["TERM"] = "screen-256color"
    with open(home / "finch.log", "wb") as log, terminal():
        return attend(["finch", "-c", str(config)], stderr=log, env=env)


IRSSI = """
servers = (
  {{ address = "127.0.0.1"; port = "{port}"; chatnet = "bitlbee";
    password = "{secret}"; autoconnect = "yes"; }}
);
chatnets = {{ bitlbee = {{ type = "IRC"; nick = "me"; }}; }};
channels = (
  {{ name = "&bitlbee"; chatnet = "bitlbee"; autojoin = "yes"; }}
);
settings = {{
  core = {{ real_name = "me"; user_name = "me"; nick = "me"; }};
  "fe-common/core" = {{ window_auto_change = "yes"; }};
}};
"""


def open_bitlbee(home, stage, people):
    with bitlbee.Bitlbee(people, stage) as host:
        host.irc.tell("save")
        host.irc.wait("saved")
        host.irc.close()
        folder = home / "irssi"
        folder.mkdir()
        (folder / "config").write_text(IRSSI.format(
            port=host.port, secret=bitlbee.SECRET))
        with terminal():
            return attend(["irssi", f"--home={folder}"],
                          env=environment(home))


OPENERS = {"pidgin": open_pidgin, "finch": open_finch,
           "bitlbee": open_bitlbee}


def install_user():
    """Copies the modules to where Pidgin and Finch look for a user's own."""
    target = pathlib.Path.home() / ".purple" / "plugins"
    with directory() as home:
        private.Stage(home / "stage").copy_plugins(target)
    print(f"Installed in {target}. Restart Pidgin or Finch to find AIM, ICQ, "
          "MSN and Google Talk\namong the protocols. Protocol icons need an "
          "installation for everybody; without,\nthey stay blank.")


def demo(name):
    """Returns: the client's exit status"""
    try:
        with directory() as home, server("oscar_server.py") as oscar, \
                server("msn_server.py") as msn, prosody() as xmpp:
            stage = private.Stage(home / "stage")
            print(WELCOME.format(hint=HINTS[name]), flush=True)
            return OPENERS[name](home, stage, accounts(oscar, msn, xmpp))
    finally:
        # A closed terminal takes no more words.
        with contextlib.suppress(OSError):
            print(GOODBYE, flush=True)


def main(what):
    for number in SIGNALS:
        signal.signal(number, tell)
    try:
        return install_user() if what == "install-user" else demo(what)
    except Told as told:
        return 128 + told.args[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
