"""What can be chosen about the server: its personality and its limits."""

import dataclasses
import json


@dataclasses.dataclass
class Personality:
    """How one family of servers behaves where families differ."""

    name: str = "oos"
    # Food groups of 01/03, in the order they are announced.
    groups: tuple = (0x18, 0x10, 0x03, 0x13, 0x04, 0x15, 0x02, 0x01, 0x09,
                     0x0A, 0x06, 0x08, 0x0B)
    # Bytes of the disconnect reason in a signoff.
    reason_width: int = 1
    # Ends clients that announced no multi-connection level with four bytes.
    truncated_signoff: bool = True
    # Pushes well-known URLs after 01/03.
    urls: bool = False
    # Closes if a client does not wait for 01/03 and 01/18.
    lock_step: bool = False
    # Puts an optional block before the body of every SNAC.
    optional_block: bool = False
    # Server request ids count up instead of staying the same.
    counting_requests: bool = False
    # Items per feedbag reply; 0 sends all in one.
    feedbag_chunk: int = 0
    # Bytes of the item count in 13/0F.
    not_modified_width: int = 1
    # The list is as old as its newest item, so deletions do not show, and
    # counts as unchanged only for a client that names a later second.
    time_of_items: bool = True
    # 13/05 compares the number of items too.
    compares_count: bool = False
    # Refuses inserting what exists and changing what does not.
    validates_feedbag: bool = False
    # First OSERVICE version that gets the long form of rate classes.
    rate_long_from: int = 2
    # Short forms of capabilities, member-since and session length.
    rich_user_info: bool = False
    # Hands on available messages set by 01/1E.
    status_text: bool = False
    # Away texts are always returned as US-ASCII.
    away_mime_fixed: bool = True
    # User info replies carry the capabilities in TLV 5.
    locate_caps: bool = False
    # Names nobody has are told apart from wrong passwords, before the key.
    tells_unknown_names: bool = True
    wrong_password: int = 0x0005
    motd_type: int = 4
    motd: str = "Welcome to the loopback server"
    # Bytes of the challenge and whether it is all digits.
    key_digits: int = 0
    # Versions granted in 01/18 whatever was asked; empty grants what was.
    versions: dict = dataclasses.field(default_factory=dict)
    # Client SNACs that are never answered.
    unanswered: tuple = ("06/02",)
    # Client SNACs that are unknown.
    unknown: tuple = ("01/09",)
    max_message: int = 512
    max_instances: int = 5
    # Food groups with connections of their own.
    services: tuple = (0x07, 0x0D, 0x0E, 0x0F, 0x10)
    profile_limit: int = 1000


PERSONALITIES = {
    # Open OSCAR Server.
    "oos": {},
    # The servers of AOL and those that imitate them.
    "aol": dict(
        groups=(0x01, 0x02, 0x03, 0x04, 0x06, 0x08, 0x09, 0x0A, 0x0B, 0x0C,
                0x13, 0x15),
        reason_width=2, truncated_signoff=False, urls=True, lock_step=True,
        optional_block=True, counting_requests=True, feedbag_chunk=8,
        not_modified_width=2, time_of_items=False, compares_count=True,
        validates_feedbag=True,
        rate_long_from=3, rich_user_info=True, status_text=True,
        away_mime_fixed=False, locate_caps=True, tells_unknown_names=False,
        key_digits=10, wrong_password=0x0005, motd_type=6, unanswered=(),
        unknown=(),
        versions={0x01: 4, 0x13: 4}, max_message=8000, profile_limit=4096),
    # Small servers of enthusiasts: messages, a list, and silence.
    "small": dict(
        groups=(0x01, 0x02, 0x03, 0x04, 0x09, 0x13),
        unanswered=("02/02", "03/02", "04/04", "09/02", "13/02", "01/0E",
                    "02/15", "02/05", "15/02", "04/10"),
        truncated_signoff=False, motd_type=4, services=()),
}


def personality(name, changes=None):
    """The personality @name, with @changes made to it."""
    values = dict(PERSONALITIES[name], name=name)
    values.update(changes or {})
    if "versions" in values:
        values["versions"] = {int(str(group), 0): version for group, version
                              in values["versions"].items()}
    return Personality(**values)


@dataclasses.dataclass
class Config:
    """One run of the server. Everything here can come from a JSON file."""

    personality: str = "oos"
    # Changes to the personality, by field name.
    traits: dict = dataclasses.field(default_factory=dict)
    accounts: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)
    demo: bool = False
    # Makes accounts for unknown names, with whatever password comes first.
    auto_create: bool = False
    # What the sign-on reply calls us; None is the address connected to.
    advertise: str | None = None
    # TLS from sign-on to sign-off ("tls"), or only to the authorizer
    # ("plain", as behind a terminator the server does not know of).
    tls_bos: str = "tls"
    # What replies to service requests call us; None is the address.
    service_host: str | None = None
    # Services are served without encryption to those who came encrypted.
    plain_services: bool = False
    # TLV 008D of the sign-on and service replies.
    tls_name: str | None = None
    cookie_seconds: float = 60
    cookie_bytes: int = 256
    # Seconds for each step of a sign-on.
    auth_seconds: float = 30
    # Sign-ons from one address: how many at once, and then per minute.
    auth_burst: int | None = None
    auth_per_minute: float = 1
    enforce_rates: bool = True
    # Milliseconds by class: [window, clear, alert, limit, disconnect, max].
    rates: dict = dataclasses.field(default_factory=dict)
    # Seconds between the steps of a bot.
    bot_pace: float = 0.05
    # Bytes of an icon.
    icon_limit: int = 7168
    # Rooms that are there from the beginning: name, exchange, and the
    # accounts of bots who sit in them.
    rooms: list = dataclasses.field(default_factory=list)
    # Stored messages of one sender to one recipient.
    offline_limit: int = 10
    # SNACs remembered per connection for the control port.
    remembered: int = 2000

    def traits_of(self):
        return personality(self.personality, self.traits)


def load(path):
    """The configuration in the JSON file @path."""
    with open(path, encoding="utf-8") as file:
        return Config(**json.load(file))
