"""Opens a host in a private profile, signed on to a server of its own; the
second half of ./run."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import bitlbee
import pidgin
import private

SERVER = private.ROOT / "tests" / "servers" / "oscar_server.py"

WELCOME = """
You are signed on as Demo (AIM) and 100001 (ICQ) to a server that runs on this
computer only. Echo Bird repeats what you say, Moody Mia does what you tell
her ("away", "back", "idle 10"), Emoji Emi answers in many letters.
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

Then restart the client and choose "AIM" or "ICQ" among its protocols.
"""


def start_server():
    """The loopback server and its port; it ends when its input does."""
    server = subprocess.Popen(
        [sys.executable, str(SERVER), "--demo"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, start_new_session=True)
    return server, json.loads(server.stdout.readline())["port"]


def accounts(port):
    settings = private.custom_server("127.0.0.1", port)
    return [private.Account("demo", "demo", "prpl-aim", settings),
            private.Account("100001", "demo12", "prpl-icq", settings)]


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
    return subprocess.run(["dbus-run-session", "--"] + command,
                          env=environment(home)).returncode


def open_finch(home, stage, people):
    config = home / "profile"
    private.write_profile(config, stage, people, "gnt-purple")
    env = environment(home)
    # Finch knows tmux's arrow keys only by the older name of the terminal.
    if env.get("TERM", "").startswith("tmux"):
        env["TERM"] = "screen-256color"
    with open(home / "finch.log", "wb") as log:
        return subprocess.run(["finch", "-c", str(config)], stderr=log,
                              env=env).returncode


IRSSI = """
servers = (
  {{ address = "127.0.0.1"; port = "{port}"; chatnet = "bitlbee";
    password = "{secret}"; autoconnect = "yes"; }}
);
chatnets = {{ bitlbee = {{ type = "IRC"; nick = "me"; }}; }};
channels = (
  {{ name = "&bitlbee"; chatnet = "bitlbee"; autojoin = "yes"; }}
);
settings = {{ core = {{ real_name = "me"; user_name = "me"; nick = "me"; }}; }};
"""


def open_bitlbee(home, stage, people):
    with bitlbee.Bitlbee(people, stage) as host:
        host.irc.tell("save")
        host.irc.wait("saved")
        host.irc.close()
        directory = home / "irssi"
        directory.mkdir()
        (directory / "config").write_text(IRSSI.format(
            port=host.port, secret=bitlbee.SECRET))
        return subprocess.run(["irssi", f"--home={directory}"],
                              env=environment(home)).returncode


OPENERS = {"pidgin": open_pidgin, "finch": open_finch,
           "bitlbee": open_bitlbee}


def install_user():
    """Copies the modules to where Pidgin and Finch look for a user's own."""
    target = pathlib.Path.home() / ".purple" / "plugins"
    with tempfile.TemporaryDirectory(prefix="classic-stage-") as directory:
        private.Stage(directory).copy_plugins(target)
    print(f"Installed in {target}. Restart Pidgin or Finch to find AIM and "
          "ICQ among the protocols.\nProtocol icons need an installation for "
          "everybody; without, they stay blank.")


def stop(number, frame):
    """A closed terminal must not leave the profile and the server behind."""
    sys.exit(128 + number)


def demo(name):
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    home = pathlib.Path(tempfile.mkdtemp(prefix="purple-classic-"))
    server, port = start_server()
    try:
        stage = private.Stage(home / "stage")
        print(WELCOME.format(hint=HINTS[name]), flush=True)
        return OPENERS[name](home, stage, accounts(port))
    except KeyboardInterrupt:
        return 0
    finally:
        server.stdin.close()
        server.wait()
        shutil.rmtree(home, ignore_errors=True)
        print(GOODBYE, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "install-user":
        install_user()
    else:
        sys.exit(demo(sys.argv[1]))
