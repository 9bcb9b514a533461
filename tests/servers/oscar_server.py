#!/usr/bin/env python3
"""Runs the loopback OSCAR server until SIGTERM or the end of its input."""

import argparse
import asyncio
import json
import os
import signal
import sys

from oscar import config as configs
from oscar import demo
from oscar.control import Control
from oscar.server import Server


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0,
                        help="plain port; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, default=0,
                        help="encrypted port, with --cert")
    parser.add_argument("--web-port", type=int, default=0,
                        help="port for sign-ons over HTTP")
    parser.add_argument("--web-tls-port", type=int, default=0,
                        help="the same over HTTPS, with --cert")
    parser.add_argument("--cert", help="certificate chain, PEM")
    parser.add_argument("--key", help="its private key, if apart")
    parser.add_argument("--control-port", type=int, default=None,
                        help="port for tests; 0 takes a free one")
    parser.add_argument("--config", help="JSON file, see oscar/config.py")
    parser.add_argument("--set", metavar="JSON", default="{}",
                        help="the same as an argument, and stronger")
    parser.add_argument("--demo", action="store_true",
                        help="add the accounts and people of ./run")
    parser.add_argument("--ready-fd", type=int, default=1,
                        help="where to print the ports")
    parser.add_argument("--log", help="file to log to")
    parser.add_argument("--no-stdin", action="store_true",
                        help="do not end with standard input")
    return parser.parse_args()


def configuration(arguments):
    config = (configs.load(arguments.config) if arguments.config
              else configs.Config())
    for field, value in json.loads(arguments.set).items():
        setattr(config, field, value)
    if arguments.demo or config.demo:
        config.accounts = config.accounts + demo.accounts()
        config.rooms = config.rooms + demo.ROOMS
        config.bot_pace = max(config.bot_pace, 0.8)
    return config


def end_with_stdin(loop, finished):
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


async def run(arguments):
    loop, finished = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, finished.set)
    log = open(arguments.log, "a", encoding="utf-8") if arguments.log else None
    server = Server(configuration(arguments), log)
    await server.start(arguments.port, arguments.tls_port, arguments.cert,
                       arguments.key, arguments.web_port,
                       arguments.web_tls_port)
    ready = {"port": server.port, "tls_port": server.tls_port,
             "web_port": server.web.port, "web_tls_port": server.web.tls_port,
             "pid": os.getpid()}
    if arguments.control_port is not None:
        control = Control(server)
        await control.start(arguments.control_port)
        ready["control_port"] = control.port
    os.write(arguments.ready_fd, json.dumps(ready).encode() + b"\n")
    if not arguments.no_stdin:
        end_with_stdin(loop, finished)
    await finished.wait()
    await server.stop()
    return 1 if server.complaints else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run(parse_arguments())))
