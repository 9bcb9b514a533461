#!/usr/bin/env python3
"""Runs the loopback MSN server until SIGTERM or the end of its input."""

import argparse
import asyncio
import sys

from common import program
from common.control import Control
from msn import config as configs
from msn import demo
from msn.actions import ACTIONS
from msn.server import Server


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0,
                        help="notification port; 0 takes a free one")
    parser.add_argument("--sb-port", type=int, default=0,
                        help="switchboard port")
    parser.add_argument("--dispatch-port", type=int, default=0,
                        help="port that sends clients on to the former")
    parser.add_argument("--personality", choices=sorted(
        configs.PERSONALITIES), help="whose server to be like")
    parser.add_argument("--fault", action="append", default=[],
                        metavar="NAME[:STAGE]", help="see msn/faults.py")
    program.common_arguments(parser)
    return parser.parse_args()


def configuration(arguments):
    config = program.configuration(arguments, configs)
    if arguments.personality:
        config.personality = arguments.personality
    for fault in arguments.fault:
        name, _, stage = fault.partition(":")
        config.faults = config.faults + [
            {"fault": name, "stage": stage} if stage else name]
    if arguments.demo or config.demo:
        config.accounts = config.accounts + demo.accounts()
        config.bot_pace = max(config.bot_pace, 0.8)
    return config


async def start(arguments):
    server = Server(configuration(arguments), program.open_log(arguments))
    await server.start(arguments.port, arguments.sb_port,
                       arguments.dispatch_port, arguments.cert,
                       arguments.key, arguments.web_port,
                       arguments.web_tls_port)
    ready = {"port": server.port, "sb_port": server.sb_port,
             "dispatch_port": server.dispatch_port,
             "web_port": server.web.port, "web_tls_port": server.web.tls_port}
    return server, ready, Control(server, ACTIONS)


if __name__ == "__main__":
    options = parse_arguments()
    sys.exit(asyncio.run(program.run(options, lambda: start(options))))
