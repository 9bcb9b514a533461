"""The address book: contacts, groups, and the owner's own entry."""

from ..roster import Refused
from ..store import AL, BL, FL
from .sharing import NOTHING, needs_full, now
from .soap import Fault, find, find_all, leaf, tag, text

AB_ID = "00000000-0000-0000-0000-000000000000"


def _annotations(pairs):
    return tag("annotations", *(tag(
        "Annotation", leaf("Name", key), leaf("Value", value))
        for key, value in pairs.items())) if pairs else None


def _contact(account, contact):
    return tag(
        "Contact", leaf("contactId", contact.uuid), tag(
            "contactInfo",
            _annotations(contact.annotations),
            tag("groupIds", *(leaf("guid", group.uuid)
                              for group in contact.groups))
            if contact.groups else None,
            leaf("contactType", "Regular"),
            leaf("quickName", contact.name),
            leaf("passportName", contact.email),
            leaf("IsPassportNameHidden", False),
            leaf("displayName", contact.name), leaf("puid", 0),
            leaf("CID", int(contact.uuid.replace("-", "")[:15], 16)),
            leaf("IsNotMobileVisible", False),
            leaf("isMobileIMEnabled", False), leaf("isMessengerUser", True),
            leaf("isFavorite", False), leaf("isSmtp", False),
            leaf("hasSpace", False), leaf("spotWatchState", "NoDevice"),
            leaf("birthdate", NOTHING),
            leaf("primaryEmailType", "Passport"),
            leaf("PrimaryLocation", "ContactLocationPersonal"),
            leaf("PrimaryPhone", "ContactPhonePersonal"),
            leaf("IsPrivate", False), leaf("Gender", "Unspecified"),
            leaf("TimeZone", "None")),
        "<propertiesChanged />", leaf("fDeleted", False),
        leaf("lastChange", now()))


def _me(account):
    pairs = {"MSN.IM.MBEA": "0", "MSN.IM.GTC": "1" if account.gtc == "A"
             else "2", "MSN.IM.BLP": "1" if account.blp == "AL" else "2",
             "MSN.IM.RoamLiveProperties": "1", "MSN.IM.MPOP": "1"}
    return tag("Contact", leaf("contactId", account.uuid), tag(
        "contactInfo", _annotations(pairs), leaf("contactType", "Me"),
        leaf("quickName", account.nick), leaf("passportName", account.email),
        leaf("IsPassportNameHidden", False),
        leaf("displayName", account.nick), leaf("puid", 0),
        leaf("CID", int(account.uuid.replace("-", "")[:15], 16)),
        leaf("isMessengerUser", False)), "<propertiesChanged />",
        leaf("fDeleted", False), leaf("lastChange", now()))


def _group(group):
    return tag("Group", leaf("groupId", group.uuid), tag(
        "groupInfo", tag("annotations", tag(
            "Annotation", leaf("Name", "MSN.IM.Display"), leaf("Value", 1))),
        leaf("groupType", "c8529ce2-6ead-434d-881f-341e17db3ff8"),
        leaf("name", group.name), leaf("IsNotMobileVisible", False),
        leaf("IsPrivate", False), leaf("IsFavorite", False)),
        "<propertiesChanged />", leaf("fDeleted", False),
        leaf("lastChange", now()))


def _book(account, title):
    return tag(title, leaf("abId", AB_ID), tag(
        "abInfo", leaf("ownerPuid", 0), leaf("OwnerCID", 0),
        leaf("ownerEmail", account.email), leaf("fDefault", True),
        leaf("joinedNamespace", False)), leaf("lastChange", now()),
        leaf("DynamicItemLastChanged", NOTHING), leaf("createDate", now()),
        "<propertiesChanged />")


def _find(soap, groups, contacts, book, more=None):
    needs_full(soap, "deltasOnly")
    account = soap.account
    return soap.response(
        tag(groups, *map(_group, account.groups)),
        tag(contacts, *(_contact(account, one) for one in account.on(FL)),
            _me(account)), more, _book(account, book), result=True)


def find_all_contacts(soap):
    return _find(soap, "groups", "contacts", "ab")


def find_paged(soap):
    return _find(soap, "Groups", "Contacts", "Ab", tag(
        "CircleResult", leaf("CircleTicket", "<ticket/>")))


def add_book(soap):
    soap.account.has_ab = True
    return soap.response(leaf("abId", AB_ID), result=True)


def _change(function, *arguments):
    try:
        return function(*arguments)
    except Refused as error:
        raise Fault(error.soap or "Server") from None


def _named(soap, root=None):
    """The contact that the request is about."""
    uuid = text(root if root is not None else soap.body, "contactId")
    contact = soap.account.contact_by_uuid(uuid or "")
    if contact is None:
        raise Fault("ContactDoesNotExist", "Contact Does Not Exist")
    return contact


def account_has(soap, root):
    return soap.account.contact_by_uuid(text(root, "contactId") or "")


def add_contact(soap):
    account = soap.account
    info = find(soap.body, "contactInfo")
    email = text(info, "passportName") or text(info, "email") or ""
    if "@" not in email or "." not in email.partition("@")[2]:
        raise Fault("BadEmailArgument", "The email argument is malformed")
    there = account.contact(email)
    if there and there.lists & FL:
        if soap.server.traits.lenient_lists:
            return soap.response(leaf("guid", there.uuid), result=True)
        raise Fault("ContactAlreadyExists", "Contact Already Exists",
                    detail=tag("additionalDetails",
                               leaf("conflictObjectId", there.uuid)))
    roster = soap.server.roster
    contact = _change(roster.add, account, FL, email)
    # Escargot leaves that to the client.
    if text(soap.body, "EnableAllowListManagement") == "true" and \
            not contact.lists & (AL | BL) and \
            not soap.server.traits.lenient_lists:
        _change(roster.add, account, AL, email)
    invitation = {text(one, "Name"): text(one, "Value")
                  for one in find_all(info, "Annotation")}
    alias = invitation.pop("AB.NickName", None)
    if alias:
        contact.annotations["AB.NickName"] = alias
    other = soap.server.accounts.find(email)
    if other and other.contact(account.email):
        other.contact(account.email).annotations.update(
            {key: value or "" for key, value in invitation.items() if key})
    roster.settle(account, FL, email)
    return soap.response(leaf("guid", contact.uuid), result=True)


def delete_contact(soap):
    for one in find_all(soap.body, "Contact"):
        if soap.server.traits.lenient_lists and not account_has(soap, one):
            continue
        contact = _named(soap, one)
        _change(soap.server.roster.remove, soap.account, FL, contact.email)
    return soap.response()


def update_contact(soap):
    changed = (soap.text("propertiesChanged") or "").split()
    if not changed:
        raise Fault("Server", "nothing to change", 500)
    info = find(soap.body, "contactInfo")
    pairs = {text(one, "Name"): text(one, "Value") or ""
             for one in find_all(info, "Annotation")}
    if text(info, "contactType") == "Me":
        _update_me(soap, info, changed, pairs)
        return soap.response()
    contact = _named(soap)
    contact.annotations.update(pairs)
    for key in [key for key, value in contact.annotations.items()
                if not value]:
        del contact.annotations[key]
    if "IsMessengerUser" in changed and \
            text(info, "isMessengerUser") == "false":
        _change(soap.server.roster.remove, soap.account, FL, contact.email)
    soap.server.changed()
    return soap.response()


def _update_me(soap, info, changed, pairs):
    account, name = soap.account, text(info, "displayName")
    if "DisplayName" in changed and name and soap.server.traits.name == "ms":
        soap.server.rename(account, name, soap.session)
    for key, field, values in (("MSN.IM.BLP", "blp", ("AL", "BL")),
                               ("MSN.IM.GTC", "gtc", ("A", "N"))):
        if pairs.get(key) in ("1", "2"):
            setattr(account, field, values[int(pairs[key]) - 1])
    soap.server.presence.changed(account)


def add_group(soap):
    group = _change(soap.server.roster.add_group, soap.account,
                    soap.text("GroupInfo", "name") or soap.text("name") or "")
    return soap.response(leaf("guid", group.uuid), result=True)


def update_group(soap):
    _change(soap.server.roster.rename_group, soap.account,
            soap.text("groupId") or "", soap.text("name") or "")
    return soap.response()


def delete_group(soap):
    for one in find_all(soap.body, "guid"):
        _change(soap.server.roster.delete_group, soap.account, one.text or "")
    return soap.response()


def _membership(soap):
    group = soap.account.group(soap.text("guid") or "")
    if group is None:
        raise Fault("GroupDoesNotExist", "Group Does Not Exist")
    return _named(soap), group


def add_to_group(soap):
    contact, group = _membership(soap)
    if group not in contact.groups:
        contact.groups.append(group)
    soap.account.touch()
    soap.server.changed()
    return soap.response(leaf("guid", contact.uuid), result=True)


def remove_from_group(soap):
    contact, group = _membership(soap)
    if group not in contact.groups:
        raise Fault("ContactDoesNotExist")
    contact.groups.remove(group)
    soap.account.touch()
    soap.server.changed()
    return soap.response()


OPERATIONS = {
    "ABFindAll": find_all_contacts, "ABFindContactsPaged": find_paged,
    "ABContactAdd": add_contact, "ABContactDelete": delete_contact,
    "ABContactUpdate": update_contact, "ABGroupAdd": add_group,
    "ABGroupUpdate": update_group, "ABGroupDelete": delete_group,
    "ABGroupContactAdd": add_to_group,
    "ABGroupContactDelete": remove_from_group, "ABAdd": add_book}
