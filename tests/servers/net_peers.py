"""Peers for the tests of shared/net.

Opens every service on a port of its own, prints "name port" for each and
"name path" for each file it made, then "ready", and ends with its standard
input. What the tests have to know of a conversation is written down and told
to whoever connects to the service "log".
"""

import asyncio
import logging
import sys
import tempfile

import net_certs
import net_http  # noqa: F401: registers services, as the next does
import net_proxies  # noqa: F401
import net_talk
from net_services import certs, services


def guarded(function):
    async def run(reader, writer):
        try:
            await function(reader, writer)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except (OSError, EOFError):
            writer.close()
        except asyncio.CancelledError:
            pass  # the tests are over
    return run


async def main():
    # What the tests cut off is no news.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        certs.update(net_certs.make(folder))
        for name, path in certs.items():
            print(name, path)
        for name, (function, tls) in services.items():
            context = net_certs.context(certs, tls) if tls else None
            server = await asyncio.start_server(
                guarded(function), "127.0.0.1", 0, ssl=context)
            print(name, server.sockets[0].getsockname()[1])
        print("full", net_talk.make_full())
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
