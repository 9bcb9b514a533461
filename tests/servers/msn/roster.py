"""What happens when somebody changes a list: to both sides."""

from .store import AL, BL, FL, PL, RL


class Refused(Exception):
    """Why a list does not change; the numbers are MSNP's."""

    def __init__(self, code, soap=None):
        super().__init__(code)
        self.code, self.soap = code, soap


NO_ACCOUNT = "no account"


class Roster:
    """Changes to lists, whoever asks for them."""

    def __init__(self, server):
        self.server = server

    def _limit(self, account, bit):
        traits = self.server.traits
        limits = {FL: traits.forward_limit, AL: traits.allow_limit,
                  BL: traits.block_limit}
        if bit in limits and len(account.on(bit)) >= limits[bit]:
            raise Refused(210, "QuotaLimitReached")

    def add(self, account, bit, email, name=None, group=None):
        """Puts @email on a list of @account; the contact. Then settle()."""
        if "@" not in email:
            raise Refused(201, "BadEmailArgument")
        other = self.server.accounts.find(email)
        if other is None:
            raise Refused(NO_ACCOUNT, "InvalidPassportUser")
        found = account.contact(email)
        there = bool(found and found.lists & bit)
        if not self.server.traits.lenient_lists:
            self._check(found, bit, group)
        if not there:
            self._limit(account, bit)
        found = account.contact(email, make=True)
        found.lists |= bit
        if bit == FL and not there:
            found.name = name or other.nick
        if bit in (AL, BL):
            found.lists &= ~PL
        if group and group not in found.groups:
            found.groups.append(group)
        account.touch()
        if bit == FL and not there:
            self._reverse(account, other, True)
        self.server.changed()
        return found

    def settle(self, account, bit, email):
        """Tells both sides what they see of each other, after add().

        Escargot does not tell those who are blocked.
        """
        other = self.server.accounts.find(email)
        if other and not (bit == BL and self.server.traits.lenient_lists):
            self.server.presence.refresh(account, other)

    def _check(self, found, bit, group):
        """What Microsoft's servers say no to."""
        lists = found.lists if found else 0
        if lists & bit and (group is None or group in found.groups):
            raise Refused(215, "ContactAlreadyExists" if bit == FL
                          else "MemberAlreadyExists")
        if (bit == AL and lists & BL) or (bit == BL and lists & AL):
            raise Refused(219, "MemberAlreadyExists")

    def remove(self, account, bit, email, group=None):
        """Takes @email from a list of @account, or from one group."""
        found = account.contact(email)
        if found is None or not found.lists & bit:
            raise Refused(NO_ACCOUNT if self.server.traits.lenient_lists
                          else 216, "ContactDoesNotExist" if bit == FL
                          else "MemberDoesNotExist")
        account.touch()
        if group is not None:
            if group not in found.groups:
                raise Refused(225, "ContactDoesNotExist")
            found.groups.remove(group)
            return found
        found.lists &= ~bit
        other = self.server.accounts.find(email)
        if bit == FL:
            found.groups = []
            if other:
                self._reverse(account, other, False)
        if not found.lists:
            del account.contacts[found.email.lower()]
        if other:
            self.server.presence.refresh(account, other)
        self.server.changed()
        return found

    def _reverse(self, owner, other, added):
        """@other is now, or no more, on the list of @owner; and knows."""
        if other.behaviour and added:
            # People who are not there agree to everything.
            other.contact(owner.email, make=True).lists |= RL | AL
            return
        found = other.contact(owner.email, make=added)
        if found is None:
            return
        found.name = owner.nick
        if added:
            found.lists |= RL
            if not found.lists & (AL | BL | FL):
                found.lists |= PL
        else:
            found.lists &= ~(RL | PL)
            if not found.lists:
                del other.contacts[owner.key]
        other.touch()
        for session in self.server.sessions(other):
            session.tell_reverse(owner, added)

    def add_group(self, account, name):
        if len(name) > 61:
            raise Refused(229, "BadArgumentLength")
        if account.group_named(name):
            raise Refused(228, "GroupAlreadyExists")
        if len(account.groups) >= self.server.traits.group_limit:
            raise Refused(223, "QuotaLimitReached")
        account.touch()
        self.server.changed()
        return account.add_group(name)

    def _group(self, account, ident):
        if ident == "0" and not self.server.traits.lenient_lists:
            raise Refused(230)
        group = account.group(ident)
        if group is None:
            raise Refused(224, "GroupDoesNotExist")
        return group

    def rename_group(self, account, ident, name):
        group = self._group(account, ident)
        if len(name) > 61:
            raise Refused(229, "BadArgumentLength")
        if account.group_named(name) not in (None, group):
            raise Refused(228, "GroupAlreadyExists")
        group.name = name
        account.touch()
        self.server.changed()
        return group

    def delete_group(self, account, ident):
        group = self._group(account, ident)
        account.groups.remove(group)
        for found in account.contacts.values():
            if group in found.groups:
                found.groups.remove(group)
        account.touch()
        self.server.changed()
        return group

    def fill(self, account, count, per_group, prefix, online):
        """Gives @account @count contacts who need no account."""
        for number in range(count):
            if per_group and number % per_group == 0:
                group = account.add_group("Group %d" %
                                          (number // per_group + 1))
            email = "%s%05d@example.com" % (prefix, number)
            found = account.contact(email, make=True)
            found.lists |= FL | AL | RL
            found.name = "%s %d" % (prefix, number)
            if per_group:
                found.groups = [group]
            if number < online:
                self.server.presence.phantom(email, found.name)
        account.touch()


def numeric(error, version):
    """The code of @error as clients of @version get it."""
    if error.code == NO_ACCOUNT:
        return 205 if version < 10 else 208
    return error.code
