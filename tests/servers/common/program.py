"""The life of a server program: until SIGTERM or the end of its input."""

import asyncio
import json
import os
import signal
import sys


def common_arguments(parser):
    """The options every server has."""
    parser.add_argument("--web-port", type=int, default=0,
                        help="port for what goes over HTTP")
    parser.add_argument("--web-tls-port", type=int, default=0,
                        help="the same over HTTPS, with --cert")
    parser.add_argument("--cert", help="certificate chain, PEM")
    parser.add_argument("--key", help="its private key, if apart")
    parser.add_argument("--control-port", type=int, default=None,
                        help="port for tests; 0 takes a free one")
    parser.add_argument("--config", help="JSON file, see config.py")
    parser.add_argument("--set", metavar="JSON", default="{}",
                        help="the same as an argument, and stronger")
    parser.add_argument("--demo", action="store_true",
                        help="add the accounts and people of ./run")
    parser.add_argument("--ready-fd", type=int, default=1,
                        help="where to print the ports")
    parser.add_argument("--log", help="file to log to")
    parser.add_argument("--no-stdin", action="store_true",
                        help="do not end with standard input")


def configuration(arguments, configs):
    """What @arguments choose, of the module @configs."""
    config = (configs.load(arguments.config) if arguments.config
              else configs.Config())
    for field, value in json.loads(arguments.set).items():
        setattr(config, field, value)
    return config


def _end_with_stdin(loop, finished):
    """Sets @finished when whoever started us is gone."""
    descriptor = sys.stdin.fileno()

    def readable():
        if not os.read(descriptor, 4096):
            loop.remove_reader(descriptor)
            finished.set()
    try:
        loop.add_reader(descriptor, readable)
    except PermissionError:
        # A file or /dev/null says nothing about who started us.
        pass


def open_log(arguments):
    return open(arguments.log, "a", encoding="utf-8") if arguments.log else None


async def run(arguments, start):
    """Runs what @start() makes, until it is to end; the exit status.

    @start() returns the server, what to print of it, and its control port's
    object or None.
    """
    loop, finished = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, finished.set)
    server, ready, control = await start()
    ready["pid"] = os.getpid()
    if arguments.control_port is not None:
        await control.start(arguments.control_port)
        ready["control_port"] = control.port
    os.write(arguments.ready_fd, json.dumps(ready).encode() + b"\n")
    if not arguments.no_stdin:
        _end_with_stdin(loop, finished)
    await finished.wait()
    await server.stop()
    return 1 if server.complaints else 0
