"""What can be chosen about the server."""

import dataclasses
import json


@dataclasses.dataclass
class Config:
    """One run of the server. Everything here can come from a JSON file."""

    # As store.Account takes them; None for Alice, Bob and Carol of the
    # reference.
    accounts: list | None = None
    # As dictionaries or names, see faults.py.
    faults: list = dataclasses.field(default_factory=list)
    demo: bool = False
    # Makes accounts for unknown names, with whatever password comes first.
    auto_create: bool = False

    # How the commands are written: 24, or 21 for what the server says.
    framing: int = 24
    # One request of a session at a time.
    strict: bool = False
    # Lifespan is ignored.
    no_long_poll: bool = False
    # Answers come in the next poll, or in the one that is held.
    split: bool = False
    # What the server starts waits for the answer to a data request, and
    # comes in no poll.
    misplace: bool = False
    # The second half of the SessionID changes with every response.
    rotate: bool = False
    # No poll is held for longer, whatever its Lifespan.
    poll_seconds: float = 60
    session_timeout: float = 120
    # Answers to data requests and polls come so much later.
    latency: float = 0
    # What X-MSN-Host and GW-IP say instead of the truth.
    host: str | None = None

    # What the handshake says.
    utc: int | None = None
    context: str = "0011223344556677"
    connect_nonce: str = "11111111-2222-3333-4444-555555555555"
    # Of BND; None asks for no challenge.
    nonce: str | None = "12345678901234567"
    threads_allowed: bool = True
    # The id of the first temporary group; the others are numbered.
    group: str | None = None
    # The first registration token; the others are numbered.
    token: str | None = None
    token_seconds: int = 86400
    ping_seconds: int = 45
    # Text messages in so many seconds; None for any number.
    rate: tuple | None = (20, 5)
    # A data request may have more than one challenge behind it.
    challenge_commands: int = 10

    # The sign-in page: how its token and its address are written.
    page: str = "tag"
    # So often login.srf is redirected before there is a page.
    page_redirects: int = 0
    # The uic that user initialization gives; None gives none.
    uic: str | None = "dGVzdC11aWM="
    # The page may be referred to.
    referer: bool = False

    # Seconds between the steps of a bot.
    bot_pace: float = 0.05
    # Commands remembered for the control port.
    remembered: int = 20000

    def traits_of(self):
        """Nothing depends on the kind of server here."""


def load(path):
    """The configuration in the JSON file @path."""
    with open(path, encoding="utf-8") as file:
        return Config(**json.load(file))
