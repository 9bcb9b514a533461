#!/usr/bin/env python3
"""What a message costs on MSN: instructions, received and sent.

Counted as in bench_cost.py, against the loopback MSN server: one message at a
time over plain TCP, in a conversation that is open, after a warm-up.
"""

import json
import pathlib
import socket
import subprocess
import sys
import time

import bench_common
import bench_cost

SERVER = (pathlib.Path(__file__).resolve().parents[1] / "servers"
          / "msn_server.py")
BOB, ROBOT = "bob@example.net", "robot@example.net"
ACCOUNTS = [
    {"name": BOB, "password": "x", "groups": {"Friends": [ROBOT]}},
    {"name": ROBOT, "password": "x", "nick": "Robot", "bot": "quiet"}]


class Loopback:
    """The server, with its control port."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), "--control-port", "0", "--set",
             json.dumps({"accounts": ACCOUNTS, "bot_pace": 0})],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.control = socket.create_connection(
            ("127.0.0.1", ready["control_port"])).makefile("rw")
        self.ports = self.do("ports")

    def do(self, action, **arguments):
        self.control.write(json.dumps(dict(arguments, do=action)) + "\n")
        self.control.flush()
        answer = json.loads(self.control.readline())
        if not answer["ok"]:
            raise AssertionError(f"{action}: {answer['error']}")
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Talk:
    """A conversation of Bob, who is measured, with a bot of the server."""

    def __init__(self, server, client, account):
        self.server, self.client, self.account = server, client, account
        self.sent = 0

    def receive(self, count):
        for number in range(count):
            self.server.do("say", sender=ROBOT, to=BOB,
                           text=f"plain message number {number}")
            self.client.wait("line", deadline=60, who=ROBOT)

    def send(self, count):
        for number in range(count):
            self.account.im(ROBOT, f"plain message number {number}")
            self.sent += 1
            while self.server.do("received", name=ROBOT,
                                 last=1)["count"] < self.sent:
                time.sleep(0.001)
        # What comes after the last confirmation.
        self.receive(1)


def measure(subject, server, version, count):
    with bench_cost.Instrumented(subject) as run:
        account = run.client.account(
            "a", "prpl-msn", BOB, "x", network="custom", server="127.0.0.1",
            port=server.ports["port"], security="off", version=str(version),
            web_url=f"http://127.0.0.1:{server.ports['web_port']}")
        account.sign_on(deadline=60)
        talk = Talk(server, run.client, account)
        talk.sent = server.do("received", name=ROBOT, last=1)["count"]
        talk.receive(bench_cost.WARM_UP)
        talk.send(bench_cost.WARM_UP)
        run.section()
        talk.receive(count)
        yield "received", run.section()
        talk.send(count)
        yield "sent", run.section()


def main():
    options = bench_common.parser(__doc__)
    options.add_argument("--count", type=int, default=100,
                         help="messages each way")
    options.add_argument("--versions", type=int, nargs="*", default=(12, 18))
    options.add_argument("--top", type=int, default=0, metavar="N",
                         help="show the N most expensive functions")
    args = options.parse_args()
    bench_common.need_tools("valgrind", "callgrind_control")
    subject = bench_common.Subject(args)
    with Loopback() as server:
        for version in args.versions:
            for kind, profile in measure(subject, server, version, args.count):
                print(f"MSNP{version}: {kind}: "
                      f"{profile.ours(subject.objects) / args.count:.0f} "
                      "instructions a message are ours, of "
                      f"{profile.total() / args.count:.0f} in the process")
                if args.top:
                    bench_cost.print_top(profile, subject.objects, args.top,
                                         args.count)


if __name__ == "__main__":
    main()
