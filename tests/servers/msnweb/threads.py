"""All conversations of several."""

from . import messages, wire
from .store import Thread
from .wire import element


class Threads:
    def __init__(self, server):
        self.server = server
        self.all = []

    def find(self, address):
        for thread in self.all:
            if thread.address.lower() == address.lower():
                return thread
        return None

    def accounts(self, thread):
        """The members' accounts."""
        found = [self.server.accounts.find(wire.Address(member).key)
                 for member in thread.members]
        return [account for account in found if account]

    def create(self, creator, members):
        thread = Thread("%032x" % (len(self.all) + 1), creator,
                        self.server.clock)
        self.all.append(thread)
        for mri, role in members:
            thread.members[str(wire.Address(mri))] = role
        thread.members[creator] = "admin"
        self.server.changed()
        return thread

    def announce_creation(self, thread):
        others = [one for one in thread.members if one != thread.creator]
        self._snapshot(thread, self.accounts(thread))
        self._event(thread, "AddMember", "addmember", thread.creator,
                    [element("target", one)
                     for one in [thread.creator, *others]])

    def change(self, thread, initiator, members, topic):
        """Adds, gives other roles, says what it is about."""
        added, roles = [], []
        for mri, role in members:
            before = thread.role(mri)
            thread.remove(mri)
            thread.members[str(wire.Address(mri))] = role
            if before is None:
                added.append(element("target", mri))
            elif before != role:
                roles.append(element("target", element("id", mri),
                                     element("role", role)))
        if topic is not None:
            thread.topic = topic
        thread.touch()
        self._snapshot(thread, self.accounts(thread))
        if added:
            self._event(thread, "AddMember", "addmember", initiator, added)
        if roles:
            self._event(thread, "RoleUpdate", "roleupdate", initiator, roles)
        if topic is not None:
            self._event(thread, "TopicUpdate", "topicupdate", initiator,
                        [element("value", topic)])

    def remove(self, thread, initiator, members):
        told = self.accounts(thread)
        for mri in members:
            thread.remove(mri)
        thread.touch()
        self._snapshot(thread, told)
        self._event(thread, "DeleteMember", "deletemember", initiator,
                    [element("target", one) for one in members], told)

    def _snapshot(self, thread, told):
        for account in told:
            for one in account.endpoints:
                if "im" in one.subscriptions:
                    one.tell("THREAD", thread.snapshot())
        self.server.changed()

    def _event(self, thread, kind, root, initiator, more, told=None):
        xml = element(root, element("eventtime", thread.version),
                      element("initiator", initiator), *more)
        message = messages.activity(self.server, thread, kind, xml)
        for account in told or self.accounts(thread):
            if not self.server.messages.hear(account, message):
                account.stored.append(message)

    def describe(self):
        return [{"id": thread.address, "topic": thread.topic,
                 "members": dict(thread.members)} for thread in self.all]
