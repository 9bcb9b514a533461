#!/usr/bin/env python3
"""Runs the loopback OSCAR server until SIGTERM or the end of its input."""

import argparse
import asyncio
import sys

from common import program
from common.control import Control
from oscar import config as configs
from oscar import demo
from oscar.actions import ACTIONS
from oscar.server import Server


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0,
                        help="plain port; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, default=0,
                        help="encrypted port, with --cert")
    program.common_arguments(parser)
    return parser.parse_args()


def configuration(arguments):
    config = program.configuration(arguments, configs)
    if arguments.demo or config.demo:
        config.accounts = config.accounts + demo.accounts()
        config.rooms = config.rooms + demo.ROOMS
        config.bot_pace = max(config.bot_pace, 0.8)
    return config


async def start(arguments):
    server = Server(configuration(arguments), program.open_log(arguments))
    await server.start(arguments.port, arguments.tls_port, arguments.cert,
                       arguments.key, arguments.web_port,
                       arguments.web_tls_port)
    ready = {"port": server.port, "tls_port": server.tls_port,
             "web_port": server.web.port, "web_tls_port": server.web.tls_port}
    return server, ready, Control(server, ACTIONS)


if __name__ == "__main__":
    options = parse_arguments()
    sys.exit(asyncio.run(program.run(options, lambda: start(options))))
