#!/usr/bin/env python3
"""Runs the loopback server of MSN's web gateway until SIGTERM or the end of
its input."""

import argparse
import asyncio
import sys

from common import program
from common.control import Control
from msnweb import config as configs
from msnweb import demo
from msnweb.actions import ACTIONS
from msnweb.server import Server


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fault", action="append", default=[],
                        metavar="NAME[:STAGE]", help="see msnweb/faults.py")
    program.common_arguments(parser)
    return parser.parse_args()


def configuration(arguments):
    config = program.configuration(arguments, configs)
    for fault in arguments.fault:
        name, _, stage = fault.partition(":")
        config.faults = config.faults + [
            {"fault": name, "stage": stage} if stage else name]
    if arguments.demo or config.demo:
        config.accounts = (config.accounts or []) + demo.accounts()
        config.bot_pace = max(config.bot_pace, 0.8)
    return config


async def start(arguments):
    server = Server(configuration(arguments), program.open_log(arguments))
    server.actions = ACTIONS
    await server.start(arguments.cert, arguments.key, arguments.web_port,
                       arguments.web_tls_port)
    ready = {"web_port": server.web.port, "web_tls_port": server.web.tls_port,
             "other_port": server.web.other_port}
    return server, ready, Control(server, ACTIONS)


if __name__ == "__main__":
    options = parse_arguments()
    sys.exit(asyncio.run(program.run(options, lambda: start(options))))
