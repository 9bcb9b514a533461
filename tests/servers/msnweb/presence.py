"""Who sees what of whom."""

from . import wire
from .wire import Markup

SHOWN = ("IM", "PE", "SKP")


def user_xml(account=(), endpoints=()):
    """<user> of (service, values) and (service, epid, values)."""
    parts = ['<s n="%s">%s</s>' % (name, _values(values)) if values
             else '<s n="%s"/>' % name for name, values in account]
    parts += ['<sep n="%s" epid="%s">%s</sep>' % (name, epid, _values(values))
              if values else '<sep n="%s" epid="%s"/>' % (name, epid)
              for name, epid, values in endpoints]
    return Markup("<user>%s</user>" % "".join(parts))


def _values(values):
    return "".join(wire.element(name, value)
                   for name, value in values.items())


class Presence:
    def __init__(self, server):
        self.server = server

    # Who is there.

    def status(self, account):
        """What others may see, None for nothing."""
        if not account.endpoints:
            return None
        status = account.services.get("IM", {}).get("Status")
        return None if status in (None, "HDN", "FLN") else status

    def watches(self, endpoint, key):
        """Whether @endpoint has the address @key on its list."""
        return key in endpoint.contacts or (
            endpoint.account.lists(key) and key not in endpoint.removed)

    def _watchers(self, account):
        for other in self.server.accounts:
            if other is account:
                continue
            for one in other.endpoints:
                if "presence" in one.subscriptions and self.watches(
                        one, account.key):
                    yield one

    # What is told.

    def _layers(self, to, account, epid, xml, kind, number=0):
        source = account.address + (";epid=" + epid if epid else "")
        return wire.layered([
            [("Routing", "1.0"), ("To", to.account.address),
             ("From", source)],
            [("Reliability", "1.0")],
            [("Notification", "1.0"), ("NotifNum", number), ("Uri", "/user"),
             ("NotifType", kind), ("Content-Type", "application/user+xml")]],
            xml)

    def _tell_all(self, endpoint, verb, xml, kind, number=0):
        account = endpoint.account
        for one in self._watchers(account):
            one.notify(verb, self._layers(one, account, endpoint.epid, xml,
                                          kind, number))

    def _full(self, account):
        shown = [(name, account.services[name]) for name in SHOWN
                 if account.services.get(name)]
        seps = [("IM", one.epid, one.services.get("IM"))
                for one in account.endpoints if "IM" in one.services]
        return user_xml(shown, seps)

    def show(self, to, account):
        """Tells @to all about @account, if it is there."""
        if self.status(account):
            epid = account.endpoints[0].epid
            to.notify("PUT", self._layers(to, account, epid,
                                          self._full(account), "Full"))

    # What happens.

    def came(self, endpoint):
        endpoint.account.endpoints.append(endpoint)
        self.server.changed()

    def publish(self, endpoint, account_part, endpoint_part):
        """Merges services that are published, and tells what changed."""
        account = endpoint.account
        before = self.status(account)
        for name, values in account_part.items():
            account.services.setdefault(name, {}).update(values)
        for name, values in endpoint_part.items():
            endpoint.services.setdefault(name, {}).update(values)
        self._announce(endpoint, before, account_part, endpoint_part)
        self.server.changed()

    def _announce(self, endpoint, before, account_part, endpoint_part):
        account = endpoint.account
        after = self.status(account)
        if after and not before:
            self._tell_all(endpoint, "PUT", self._full(account), "Full")
        elif before and not after:
            self._tell_all(endpoint, "DEL", user_xml([("IM", None)]), "Full")
        elif after and (account_part or endpoint_part):
            parts = [(name, account.services[name]) for name in account_part
                     if name in SHOWN]
            seps = [(name, endpoint.epid, values)
                    for name, values in endpoint_part.items()
                    if name == "IM"]
            self._tell_all(endpoint, "PUT", user_xml(parts, seps), "Partial")
        self._tell_self(endpoint, account_part, endpoint_part)

    def _tell_self(self, endpoint, account_part, endpoint_part):
        """The other endpoints of the account see everything."""
        account = endpoint.account
        xml = user_xml(account_part.items(),
                       [(name, endpoint.epid, values)
                        for name, values in endpoint_part.items()])
        for one in account.endpoints:
            if one is not endpoint and "presence" in one.subscriptions:
                one.notify("PUT", self._layers(one, account, endpoint.epid,
                                               xml, "Partial"))

    def left(self, endpoint):
        """An endpoint is gone; with the last, so is its account."""
        account = endpoint.account
        if endpoint not in account.endpoints:
            return
        before = self.status(account)
        account.endpoints.remove(endpoint)
        seps = [("IM", endpoint.epid, None)]
        if not account.endpoints:
            account.services.pop("IM", None)
            if before:
                self._tell_all(endpoint, "DEL", user_xml(
                    [("IM", None)], seps), "Full")
        elif before:
            self._tell_all(endpoint, "DEL", user_xml([], seps), "Partial", 1)
        for one in account.endpoints:
            if "presence" in one.subscriptions:
                one.notify("DEL", self._layers(
                    one, account, endpoint.epid, user_xml(
                        [], [("IM", endpoint.epid, None),
                             ("PD", endpoint.epid, None)]), "Partial", 1))
        self.server.changed()

    def subscribed(self, endpoint):
        """Tells a new subscriber who is there, its own places included."""
        account = endpoint.account
        for other in self.server.accounts:
            if other is not account and self.watches(endpoint, other.key):
                self.show(endpoint, other)
        for one in account.endpoints:
            if one is not endpoint and one.services:
                seps = [(name, one.epid, values)
                        for name, values in one.services.items()]
                endpoint.notify("PUT", self._layers(
                    endpoint, account, one.epid, user_xml([], seps),
                    "Full"))

    def listed(self, endpoint, keys):
        """The same of addresses that are new on its list."""
        if "presence" in endpoint.subscriptions:
            for other in self.server.accounts:
                if other.key in keys:
                    self.show(endpoint, other)

    def send_away(self, endpoint):
        """Signs an endpoint off on behalf of another of its account."""
        xml = user_xml([], [("IM", endpoint.epid, None)])
        endpoint.notify("DEL", self._layers(endpoint, endpoint.account,
                                            endpoint.epid, xml, "Partial"))
        endpoint.end("Signed out elsewhere")
