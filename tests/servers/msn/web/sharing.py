"""The sharing service: who may see whom."""

import time

from ..roster import NO_ACCOUNT, Refused
from ..store import AL, BL, FL, PL, RL, ROLES
from .soap import Fault, find_all, leaf, tag, text

NOTHING = "0001-01-01T00:00:00"


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.0000000-00:00", time.gmtime())


def needs_full(soap, *names):
    """Refuses to tell only what has changed, and makes sure of the book."""
    traits = soap.server.traits
    if soap.text(*names) == "true" and not traits.deltas:
        raise Fault("FullSyncRequired", "Full sync required")
    if traits.ab_add and not soap.account.has_ab:
        raise Fault("ABDoesNotExist", "Address book does not exist")


def _member(role, contact):
    return tag(
        "Member", leaf("MembershipId", "%s/%s" % (role, contact.uuid)),
        leaf("Type", "Passport"), leaf("State", "Accepted"),
        leaf("Deleted", False), leaf("LastChanged", now()),
        leaf("JoinedDate", now()), leaf("ExpirationDate", NOTHING),
        "<Changes />", leaf("PassportName", contact.email),
        leaf("DisplayName", contact.name) if role == "Pending" else None,
        leaf("IsPassportNameHidden", False), leaf("PassportId", 0),
        leaf("CID", int(contact.uuid.replace("-", "")[:15], 16)),
        "<PassportChanges />", leaf("LookedupByCID", False),
        tag("Annotations", *(tag(
            "Annotation", leaf("Name", key), leaf("Value", value))
            for key, value in contact.annotations.items()
            if key.startswith("MSN.IM.")))
        if role == "Pending" else None, xsi__type="PassportMember")


def _listed(contact, bit):
    if contact.lists & PL and not contact.lists & FL:
        return bit == PL
    return bool(contact.lists & bit)


def find_membership(soap):
    needs_full(soap, "deltasOnly")
    contacts = list(soap.account.contacts.values())
    memberships = "".join(
        tag("Membership", leaf("MemberRole", role),
            tag("Members", *(_member(role, one) for one in contacts
                             if _listed(one, bit))),
            leaf("MembershipIsComplete", True))
        for role, bit in (("Allow", AL), ("Block", BL), ("Reverse", RL),
                          ("Pending", PL)))
    return soap.response(tag("Services", tag(
        "Service", tag("Memberships", memberships),
        tag("Info", tag("Handle", leaf("Id", 1), leaf("Type", "Messenger"),
                        "<ForeignId />"),
            leaf("InverseRequired", False),
            leaf("AuthorizationCriteria", "Everyone"), leaf("IsBot", False)),
        "<Changes />", leaf("LastChange", now()), leaf("Deleted", False))),
        tag("OwnerNamespace", tag("Info", tag(
            "Handle", leaf("Id", "00000000-0000-0000-0000-000000000000"),
            leaf("IsPassportNameHidden", False), leaf("CID", 0)),
            leaf("CreatorPuid", 0),
            leaf("CreatorPassportName", soap.account.email)),
            "<Changes />", leaf("LastChange", now())), result=True)


def _changes(soap):
    """[(role, address)] that the request names."""
    found = []
    for membership in find_all(soap.body, "Membership"):
        role = text(membership, "MemberRole")
        if role not in ROLES:
            raise Fault("BadEmailArgument", "no such role")
        for member in find_all(membership, "Member"):
            email = text(member, "PassportName") or text(member, "Email")
            ident = text(member, "MembershipId")
            if not email and ident:
                contact = soap.account.contact_by_uuid(
                    ident.rpartition("/")[2])
                email = contact.email if contact else ""
            found.append((role, email or ""))
    return found


def _refuse(soap, error, contact=None):
    """Raises the fault for @error, unless success is said all the same.

    Escargot minds only people who are not there at all.
    """
    if not soap.server.traits.lenient_lists:
        raise Fault(error.soap) from None
    if error.code == NO_ACCOUNT and contact is None:
        raise Fault("UserDoesNotExist" if soap.operation == "AddMember"
                    else "MemberDoesNotExist") from None


def add_member(soap):
    for role, email in _changes(soap):
        contact = soap.account.contact(email)
        if role == "Reverse":
            if contact:
                contact.lists |= RL
            continue
        if role == "Pending":
            soap.account.contact(email, make=True).lists |= PL
            continue
        try:
            soap.server.roster.add(soap.account, ROLES[role], email)
            soap.server.roster.settle(soap.account, ROLES[role],
                                      email)
        except Refused as error:
            _refuse(soap, error)
    return soap.response()


def delete_member(soap):
    for role, email in _changes(soap):
        contact = soap.account.contact(email)
        try:
            soap.server.roster.remove(soap.account, ROLES[role], email)
        except Refused as error:
            _refuse(soap, error, contact)
    return soap.response()


OPERATIONS = {"FindMembership": find_membership, "AddMember": add_member,
              "DeleteMember": delete_member}
