"""Who is there, and who is told."""

import dataclasses

from . import wire
from .store import FL, RL

HIDDEN = (None, "HDN", "FLN")
# When somebody is signed on twice, the first of these shows.
ORDER = ["NLN", "BSY", "PHN", "BRB", "AWY", "LUN", "IDL"]
NO_OBJECT = "%3Cmsnobj%2F%3E"
BLANK = b"<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>"
LATE_DATA = ("DDP", "SignatureSound", "Scene", "ColorScheme")


class Instance:
    """One place at which somebody is signed on: a session or a bot."""

    def __init__(self, account):
        self.account = account
        self.status = None
        self.caps, self.capsex = 0, 0
        self.msnobj = None
        # PSM, CurrentMedia and the like, decoded.
        self.data = {}
        self.guid = None
        # EpName, Idle, ClientType, State of this endpoint.
        self.endpoint = {}

    @property
    def visible(self):
        return self.status not in HIDDEN

    def caps_text(self, version):
        return ("%d:%d" % (self.caps, self.capsex) if version > 15
                else "%d" % self.caps)

    def describe(self):
        return {"kind": type(self).__name__.lower(), "status": self.status,
                "caps": self.caps, "capsex": self.capsex,
                "msnobj": self.msnobj, "data": self.data, "guid": self.guid,
                "endpoint": self.endpoint}


@dataclasses.dataclass
class Phantom:
    """Somebody of whom there is nothing but presence."""

    email: str
    nick: str
    status: str = "NLN"
    caps: int = 0x20000000
    capsex: int = 0
    msnobj: str | None = None
    data: dict = dataclasses.field(default_factory=dict)
    guid: str | None = None

    caps_text = Instance.caps_text


def foremost(account):
    """The instance that shows for @account; None if it is offline."""
    shown = [one for one in account.instances if one.visible]
    return min(shown, key=lambda one: ORDER.index(one.status), default=None)


def handle(version, email):
    """The words that name somebody."""
    if version > 17:
        return ["1:" + email]
    return [email, "1"] if version > 13 else [email]


def state_words(version, one, email, nick, status=None):
    """What follows NLN or ILN <trid>."""
    words = [status or one.status] + handle(version, email)
    words.append(wire.quote(nick) or None)
    if version > 7:
        words.append(one.caps_text(version))
    if version > 8:
        words.append(one.msnobj or NO_OBJECT)
    return words


def gone_words(version, email):
    words = handle(version, email)
    if version > 15:
        return words + ["0:0"]
    return words + ["0"] if version > 13 else words


def _text(version, text, raw):
    """@text as the XML of UBX has it in @version."""
    if version > 15:
        for char in "&<>=\\":
            text = text.replace(char, "&#x%X;" % ord(char))
        return text
    if version > 12 and raw:
        return text.replace("&", "&#x26;")
    return wire.escape(text)


def data_payload(version, data, places, own=False, raw=True):
    """The payload of UBX; @places are the instances."""
    def element(name):
        return "<%s>%s</%s>" % (name, _text(version, data.get(name, ""), raw),
                                name)
    out = element("PSM") + element("CurrentMedia")
    if version > 15:
        names = LATE_DATA if version > 17 else ("SignatureSound",)
        out += "".join(element(name) for name in names)
        for one in places:
            if one.guid:
                out += _endpoint(one, own)
    return ("<Data>%s</Data>" % out).encode()


def _endpoint(one, own):
    out = ('<EndpointData id="%s"><Capabilities>%s</Capabilities>'
           "</EndpointData>" % (one.guid.lower(), one.caps_text(18)))
    if own:
        inside = "".join("<%s>%s</%s>" % (name, wire.escape(value), name)
                         for name, value in one.endpoint.items())
        out += '<PrivateEndpointData id="%s">%s</PrivateEndpointData>' % (
            one.guid.lower(), inside)
    return out


class Presence:
    """Tells everybody what they may know."""

    def __init__(self, server):
        self.server = server
        self.phantoms = {}

    def phantom(self, email, nick, **shown):
        self.phantoms[email.lower()] = Phantom(email, nick, **shown)

    def shown(self, watcher, email):
        """(instance, nick, all places) that @watcher may see of @email."""
        found = self.phantoms.get(email.lower())
        if found:
            return found, found.nick, [found]
        account = self.server.accounts.find(email)
        if account is None or not account.lets_see(watcher):
            return None, "", []
        return foremost(account), account.nick, [
            one for one in account.instances if one.visible]

    def initial(self, session):
        """Everybody who is there, to somebody who has just come."""
        session.seen.clear()
        session.seen_data.clear()
        for contact in session.account.on(FL):
            self.show(session, contact.email, initial=True)

    def show(self, session, email, initial=False, trid=None):
        """Tells @session about @email, if it does not know yet."""
        if session.status is None or not session.watches(email):
            return
        one, nick, places = self.shown(session.account, email)
        if one is None:
            if session.seen.pop(email.lower(), None):
                # Up to 15, Escargot says nothing anew that is not new.
                if session.version > 15 or not self.server.traits.raw_ubx:
                    session.seen_data.pop(email.lower(), None)
                session.link.send("FLN", *gone_words(session.version, email))
            return
        version = session.version
        words = state_words(version, one, email, nick)
        data = data_payload(version, one.data, places,
                            raw=self.server.traits.raw_ubx)
        old_words = session.seen.get(email.lower())
        session.seen[email.lower()] = words
        if words != old_words:
            if initial and version < 18:
                session.link.send("ILN", trid or session.chg_trid, *words)
            else:
                session.link.send("NLN", *words)
        # Nothing said is not worth saying to those who already look.
        old_data = session.seen_data.get(email.lower())
        if version > 10 and data != old_data and (
                initial or old_data or data != BLANK):
            session.seen_data[email.lower()] = data
            session.link.send("UBX", *handle(version, email), payload=data)

    def own(self, session):
        """16 and later hear what they show themselves."""
        account, version = session.account, session.version
        if version < 16 or not self.server.traits.own_presence:
            return
        session.link.send("NLN", *state_words(
            version, session, account.email, account.nick))
        session.link.send("UBX", *handle(version, account.email),
                          payload=data_payload(version, session.data, [
                              one for one in account.instances
                              if one.status is not None], own=True))

    def changed(self, account):
        """Something that others may see of @account has changed."""
        for contact in list(account.contacts.values()):
            if not contact.lists & RL:
                continue
            other = self.server.accounts.find(contact.email)
            for session in self.server.sessions(other) if other else ():
                self.show(session, account.email)
        self.server.changed()

    def refresh(self, account, other):
        """The lists of @account have changed: what each sees of the other."""
        for session in self.server.sessions(account):
            self.show(session, other.email, initial=True, trid=session.trid)
        for session in self.server.sessions(other):
            self.show(session, account.email)
