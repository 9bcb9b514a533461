"""What can be chosen about the server: its personality and its limits."""

import dataclasses
import json


@dataclasses.dataclass
class Personality:
    """How one family of servers behaves where families differ."""

    name: str = "escargot"
    # Versions by the server's own preference; None goes by the client's.
    preference: tuple | None = (18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7,
                                6, 5, 4, 3, 2)
    # The first USR is sent on to the notification server.
    dispatch: bool = False
    # Answers 715 to those who do not wait for VER and for USR.
    lock_step: bool = False
    # An empty line blocks everything behind it.
    stalls_on_blank: bool = True
    # Asks for the answer to a challenge after signing on, within seconds.
    challenge_seconds: float | None = None
    # The nexus: name of its header, and whether DALogin has a scheme.
    nexus_header: str = "PassportURLs"
    nexus_scheme: bool = True
    login_path: str = "/login"
    # What the notification server wants to have signed on with.
    twn_args: str = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
    sso_policy: str = "MBI_KEY_OLD"
    # Tickets for MSNP12 to 14 are good only for these arguments.
    checks_policy: bool = False
    # Seconds that tickets last: of Passport 1.4, and of RST.
    passport_seconds: float = 30
    rst_seconds: float = 86400
    # Tickets of Passport 1.4 are bare, without t= and p=.
    bare_tickets: bool = True
    # Refusals come for each token asked for, not for all at once.
    faults_by_token: bool = False
    # SOAP is only for the ticket with which somebody is signed on.
    bound_tickets: bool = True
    # Answers only what changed; otherwise FullSyncRequired.
    deltas: bool = False
    # Address books have to be made first, where the account says so.
    ab_add: bool = False
    # Elements without children are an error of the SOAP parser.
    empty_is_error: bool = True
    # Nothing is said of duplicates and of the opposite list.
    lenient_lists: bool = True
    # The initial ADL decides who shows.
    adl_counts: bool = False
    # Acknowledges messages that nobody is there to read.
    acknowledges_alone: bool = True
    max_message: int = 1664
    # Seconds without a word until somebody leaves a switchboard.
    idle_seconds: float | None = None
    # A CHG without capabilities is not answered.
    needs_caps: bool = True
    # UBX escapes nothing but & in 13 to 15.
    raw_ubx: bool = True
    # Personal messages outlive the session.
    keeps_message: bool = True
    # 16 and later hear of themselves.
    own_presence: bool = True
    png_seconds: int = 60
    # What a lockkey has to be; None takes any but an empty one.
    lock_challenge: str = "1850937852"
    checks_lock: bool = False
    # Gateway sessions are called anew after every answer.
    gateway_changes: bool = False
    gateway_seconds: float = 60
    # There is mail, and ports are printed with their bytes swapped.
    mail: bool = False
    swapped_port: bool = False
    # So many XFR SB in so many seconds; None for any number.
    xfr_limit: tuple | None = None
    forward_limit: int = 1000
    allow_limit: int = 1500
    block_limit: int = 1200
    group_limit: int = 30
    info_url: str = "https://escargot.log1p.xyz"
    # Signs on 2 to 7 for accounts that said so.
    md5: bool = True


PERSONALITIES = {
    "escargot": {},
    "ms": dict(
        preference=None, dispatch=True, lock_step=True, stalls_on_blank=False,
        challenge_seconds=50, nexus_scheme=False, login_path="/login2.srf",
        twn_args="lc=1033,id=507,tw=40,fs=1,"
                 "ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1144678795,kpp=1,"
                 "kv=7,ver=2.1.6000.1,rn=henwjH6T,"
                 "tpf=9fae2e057425cab598a766a38ccd447a",
        sso_policy="MBI_KEY_OLD", checks_policy=True, passport_seconds=500,
        rst_seconds=28800, bare_tickets=False, faults_by_token=True,
        bound_tickets=False, deltas=True, ab_add=True, empty_is_error=False,
        lenient_lists=False, adl_counts=True, acknowledges_alone=False,
        idle_seconds=300, needs_caps=False, raw_ubx=False, keeps_message=False,
        own_presence=True, png_seconds=50, checks_lock=True,
        gateway_changes=True, mail=True, swapped_port=True, xfr_limit=(10, 10),
        forward_limit=600, info_url="http://messenger.msn.com"),
}


def personality(name, changes=None):
    """The personality @name, with @changes made to it."""
    values = dict(PERSONALITIES[name], name=name)
    values.update(changes or {})
    return Personality(**values)


@dataclasses.dataclass
class Config:
    """One run of the server. Everything here can come from a JSON file."""

    personality: str = "escargot"
    # Changes to the personality, by field name.
    traits: dict = dataclasses.field(default_factory=dict)
    accounts: list = dataclasses.field(default_factory=list)
    # As dictionaries or names, see faults.py.
    faults: list = dataclasses.field(default_factory=list)
    demo: bool = False
    # Makes accounts for unknown names, with whatever password comes first.
    auto_create: bool = False
    # The only versions spoken; empty for all.
    versions: list = dataclasses.field(default_factory=list)
    # What XFR, RNG and PreferredHostName call us; None is the address
    # connected to.
    advertise: str | None = None
    # What PreferredHostName, GW-IP and XFR SB say instead of the truth.
    preferred_host: str | None = None
    gateway_host: str | None = None
    switchboard_host: str | None = None
    # The last field of XFR SB: 0 says that only the gateway gets there.
    direct: bool = True
    # Seconds that switchboard cookies are good for.
    cookie_seconds: float = 120
    # Seconds to sign on to a switchboard in.
    switchboard_seconds: float = 60
    # Seconds between the steps of a bot.
    bot_pace: float = 0.05
    # More stored messages than this are not listed.
    mail_limit: int = 25
    # File that keeps lists and stored messages between runs.
    state: str | None = None
    # Commands remembered per connection for the control port.
    remembered: int = 2000

    def traits_of(self):
        return personality(self.personality, self.traits)


def load(path):
    """The configuration in the JSON file @path."""
    with open(path, encoding="utf-8") as file:
        return Config(**json.load(file))
