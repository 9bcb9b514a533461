"""How handlers get into tables."""

import functools

from ..roster import Refused, numeric


class Closing(Exception):
    """The session ends here; Escargot's answer to what it cannot stand."""

    def __init__(self, code=None):
        super().__init__(code)
        self.code = code


def table():
    """(handlers by command, decorator that puts them there)."""
    handlers = {}

    def on(*names, versions=range(2, 22), otherwise=None):
        """A handler for @names in @versions; else the error @otherwise, or
        the end if that is None."""
        def mark(function):
            @functools.wraps(function)
            def guarded(session, command):
                if session.version not in versions:
                    if otherwise is None:
                        raise Closing()
                    return session.error(otherwise, command)
                try:
                    return function(session, command)
                except Refused as error:
                    return session.error(numeric(error, session.version),
                                         command)
            for name in names:
                handlers[name] = guarded
            return function
        return mark
    return handlers, on
