"""The food groups: a table from SNAC to the function that serves it.

A handler takes the session and the SNAC. Bytes that do not fit raise
wire.WireError, which ends the connection.
"""

import importlib

HANDLERS = {}
MODULES = ("oservice", "locate", "buddy", "icbm", "privacy", "feedbag",
           "icq", "small", "chat", "bart", "admin", "directory")


def handles(group, *subtypes):
    """Enters the decorated function for these SNACs."""
    def enter(function):
        for subtype in subtypes:
            HANDLERS[group, subtype] = function
        return function
    return enter


def load():
    for name in MODULES:
        importlib.import_module("." + name, __name__)


def names8(reader):
    """Names, each led by its length in one byte, to the end."""
    found = []
    while reader.left():
        found.append(reader.str8())
    return found
