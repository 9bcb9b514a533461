"""What the control port of every server can do."""


def table():
    """(actions by name, decorator that enters functions)."""
    actions = {}

    def action(function):
        """Enters @function under its name, with hyphens."""
        actions[function.__name__.rstrip("_").replace("_", "-")] = function
        return function
    return actions, action


def complaints(server):
    """Errors of the server itself."""
    return {"complaints": server.complaints}


def fault(server, fault, data=None, **more):  # pylint: disable=W0621
    """A fault, as faults.py describes them."""
    server.faults.add(dict(more, fault=fault, hex=data))


def clear_faults(server, name=None):
    server.faults.clear(name)


def config(server, **values):
    for field, value in values.items():
        if not hasattr(server.config, field):
            raise AttributeError(field)
        setattr(server.config, field, value)
    server.traits = server.config.traits_of()


def add(actions):
    """Enters all of these in a table."""
    for function in (complaints, fault, clear_faults, config):
        actions[function.__name__.replace("_", "-")] = function
