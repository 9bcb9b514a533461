"""A handler per command of the client's, by verb and target."""

from . import connection, contacts, history, messages, presence, threads

HANDLERS = {}
for module in (connection, contacts, history, messages, presence, threads):
    HANDLERS.update(module.HANDLERS)
