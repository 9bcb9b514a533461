"""The way of a message: to the other side, to one's own, into history."""

from . import groups, store, wire
from .wire import Refused


class Messages:
    def __init__(self, server):
        self.server = server

    def send(self, endpoint, message):
        """Sends what @endpoint says on; raises Refused."""
        to = wire.Address(message.to)
        if to.kind == 19:
            self._to_thread(endpoint, message)
        elif to.kind in (9, 10):
            groups.say(self.server, endpoint, message)
        else:
            self._to_account(endpoint, message, to)
        self.server.changed()

    def _to_account(self, endpoint, message, to):
        account = self.server.accounts.find(to.key)
        if account is None:
            raise Refused(205, "No such user")
        message.to = account.address
        heard = self.hear(account, message)
        if not heard and message.is_text:
            if to.kind == 1:
                raise Refused(217, "Not online")
            account.stored.append(message)
        self.remember(account, endpoint.account.address, message)
        self.copy(endpoint, message, account)

    def hear(self, account, message, without=None):
        """Whether an endpoint of @account was there for @message."""
        there = [one for one in account.endpoints
                 if "im" in one.subscriptions and one is not without]
        for one in there:
            one.deliver(message)
        if there and message.wants_ack and not any(
                one.kind == "bot" for one in there):
            account.pending.append(message)
        return bool(there)

    def copy(self, endpoint, message, account=None):
        """The other places of who said it see it, too."""
        self.remember(endpoint.account, message.to, message)
        for one in endpoint.account.endpoints:
            if one is not endpoint and "im" in one.subscriptions \
                    and endpoint.account is not account:
                one.deliver(message, ack=False)

    def remember(self, account, ident, message):
        if message.is_text:
            account.history.append((ident, message))

    def _to_thread(self, endpoint, message):
        thread = self.server.threads.find(message.to)
        if thread is None:
            raise Refused(205, "No such thread")
        if thread.role(endpoint.account.address) is None:
            raise Refused(420, "Not a member")
        message.to = thread.address
        for account in self.server.threads.accounts(thread):
            if account is not endpoint.account:
                heard = self.hear(account, message)
                if not heard and message.is_text:
                    account.stored.append(message)
                self.remember(account, thread.address, message)
        self.copy(endpoint, message)

    def subscribed(self, session):
        """Brings a new session what waits, and what was not acknowledged."""
        account = session.account
        stored, account.stored = account.stored, []
        for message in stored:
            if message.channel is None and wire.Address(message.to).kind == 8:
                message.channel = "IM/Offline"
            session.deliver(message)
        live = [message for one in account.endpoints
                if one is not session and one.kind == "session"
                for message in one.acks.values()]
        for message in account.pending:
            if not any(message is one for one in live):
                session.deliver(message)
        account.pending += stored


def activity(server, thread, kind, xml):
    """What a thread says of itself."""
    return store.Message(
        server.clock.next(), "ThreadActivity/" + kind, thread.address, None,
        thread.address, xml.encode(), "text/plain; charset=UTF-8")
