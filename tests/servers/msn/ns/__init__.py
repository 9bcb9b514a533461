"""Handlers for the commands of a notification session, a module for each
subject. A handler takes the session and the command."""

from . import editing, late, lists, profile, state

HANDLERS = {}
for module in (state, lists, editing, late, profile):
    HANDLERS.update(module.HANDLERS)
