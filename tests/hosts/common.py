"""The loopback world the stock hosts are tried in."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import private  # noqa: E402
import scenario  # noqa: E402
import tap  # noqa: E402

ABSENT = "Absent Abe"


def artefacts():
    """Where screenshots and dialogues are kept."""
    return pathlib.Path(os.environ.get(
        "CLASSIC_ARTEFACTS", private.build_dir() / "artefacts"))


def world(t):
    """A demo server, the account to use there and the modules."""
    server = t.server({"demo": True, "bot_pace": 0.05})
    server.do("account", name=ABSENT, password="x", accepts_offline=False)
    server.do("add-buddy", name="Demo", buddy=ABSENT, group="Friends")
    account = private.Account(
        "demo", "demo", settings=private.custom_server("127.0.0.1",
                                                       server.port))
    return server, account, private.Stage(t.directory() / "stage")


def play(t, host_class):
    """The scenario of every host, on the loopback server."""
    server, account, stage = world(t)
    scenario.run(host_class, account, stage, scenario.EchoPeer(server),
                 ABSENT, artefacts(), tap.comment)
    server.faultless()
