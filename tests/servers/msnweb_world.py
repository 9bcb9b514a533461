"""What tests of MSN's web gateway have in common."""

import asyncio
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
from msnweb_client import Client  # noqa: E402

BOB_EPID = "{bbbbbbbb-0000-4000-8000-000000000002}"
ALICE, BOB, CAROL = "8:live:alice", "8:live:bob", "1:carol@example.com"


def exact(text):
    """The bytes of a block."""
    text = re.sub(r"<([A-Z])(\d+)>", lambda m: m[1] * int(m[2]), text)
    return text.replace("\n", "").replace("⏎", "\r\n").encode()


def two(server):
    """Alice and Bob, not signed on."""
    return (Client(server.web_port),
            Client(server.web_port, "bob@example.com", BOB, BOB_EPID))


async def meanwhile(server, query, until):
    """Waits for the server without holding up the clients."""
    return await asyncio.to_thread(server.wait_for, query, until)


async def online(t, config=None):
    """(server, Alice, who is signed on)."""
    server = t.msnweb_server(config)
    alice = Client(server.web_port)
    await alice.sign_on()
    return server, alice
