"""What the tests' peers have in common: a table of services, each with a
certificate or none, and a log of what the tests have to know."""

log_lines = []
services = {}
certs = {}


def log(line):
    log_lines.append(line)


def service(name, tls=None):
    """Registers a coroutine (reader, writer) under a name."""
    def register(function):
        services[name] = (function, tls)
        return function
    return register
