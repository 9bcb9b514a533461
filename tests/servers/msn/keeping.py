"""Keeping lists and stored messages from one run to the next, as JSON."""

import dataclasses
import json
import os

from .store import Contact, Group, Stored

PLAIN = ("uuid", "nick", "blp", "gtc", "has_ab", "phones", "message",
         "serial")


def _kept(account):
    entry = {field: getattr(account, field) for field in PLAIN}
    entry["stored"] = [dataclasses.asdict(one) for one in account.stored]
    entry["groups"] = [dataclasses.asdict(one) for one in account.groups]
    entry["contacts"] = [
        dict(dataclasses.asdict(one), groups=[group.uuid
                                              for group in one.groups])
        for one in account.contacts.values()]
    return entry


def _restore(account, entry):
    for field in PLAIN:
        setattr(account, field, entry[field])
    account.stored = [Stored(**one) for one in entry["stored"]]
    account.groups = [Group(**one) for one in entry["groups"]]
    account.contacts = {}
    for one in entry["contacts"]:
        contact = Contact(**one)
        contact.groups = [account.group(uuid) for uuid in contact.groups]
        account.contacts[contact.email.lower()] = contact


def save(accounts, path):
    """Writes what @accounts have to @path."""
    data = {account.email: _kept(account) for account in accounts}
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
    os.replace(path + ".new", path)


def load(accounts, path):
    """Gives @accounts back what save() wrote, if anything."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    for account in accounts:
        if account.email in data:
            _restore(account, data[account.email])
