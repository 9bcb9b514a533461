"""Listening without and with encryption."""

import asyncio
import ssl


def context(certificate, key=None):
    """What a listener with @certificate encrypts with; None without one."""
    if not certificate:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


def port_of(listener):
    return listener.sockets[0].getsockname()[1]


async def both(plain, encrypted, host, port, tls_port, context):
    """(listeners, port, tls port); the latter is 0 without a context."""
    first = await asyncio.start_server(plain, host, port)
    if context is None:
        return [first], port_of(first), 0
    second = await asyncio.start_server(encrypted, host, tls_port or 0,
                                        ssl=context)
    return [first, second], port_of(first), port_of(second)
