#!/usr/bin/env python3
"""A network namespace of our own whose loopback has a round-trip time.

The command runs inside an unnamed namespace: when it ends, so do the
namespace, its netfilter rules and everything bound in it, whatever happened.
Delay comes from delay-queue.c; see there.

    delay_net.py DELAY-QUEUE RTT-MS COMMAND...      run a command with delay
    delay_net.py DELAY-QUEUE RTT-MS                 measure the delay itself
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

QUEUE = 0

# meson's exit code for a test that could not run here.
SKIPPED = 77


def in_namespace():
    """The command prefix that enters a new network namespace."""
    if os.geteuid() == 0:
        return ["unshare", "--net"]
    return ["unshare", "--map-root-user", "--net"]


def missing(delay_queue):
    """Why there can be no delay here, or None."""
    if not delay_queue or not os.access(delay_queue, os.X_OK):
        return "delay-queue was not built (libnetfilter_queue is missing)"
    for tool in ("unshare", "ip"):
        if not shutil.which(tool):
            return f"there is no {tool} here"
    done = subprocess.run(
        in_namespace() + [sys.executable, __file__, delay_queue, "0", "true"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"no namespace with a packet queue can be made here: {last}"
    return None


def command(delay_queue, rtt_ms, argv):
    """The command line that runs @argv with a delay."""
    return in_namespace() + [sys.executable, os.path.abspath(__file__),
                             delay_queue, str(rtt_ms)] + list(argv)


def run(delay_queue, rtt_ms, argv, **options):
    return subprocess.run(command(delay_queue, rtt_ms, argv), **options)


def rules():
    """Ways to hand every packet that arrives on loopback to the queue; which
    of them a kernel knows differs."""
    number = str(QUEUE)
    match = ["-A", "INPUT", "-i", "lo", "-j", "NFQUEUE", "--queue-num", number]
    yield [["iptables"] + match, ["ip6tables"] + match]
    yield [["iptables-legacy"] + match, ["ip6tables-legacy"] + match]
    yield [["nft", "add table inet bench; add chain inet bench input "
            "{ type filter hook input priority 0; }; add rule inet bench "
            f"input iif lo queue num {number}"]]


def add_rule():
    faults = []
    for way in rules():
        try:
            for line in way:
                subprocess.run(line, check=True, capture_output=True,
                               text=True)
            return
        except FileNotFoundError as error:
            faults.append(f"no {error.filename}")
        except subprocess.CalledProcessError as error:
            faults.append(error.stderr.strip().splitlines()[-1])
    sys.exit("no rule could be added: " + "; ".join(faults))


def is_fresh():
    """Whether the namespace is new, and so nobody else's: its loopback is
    still down. Anywhere else the rule would stop the whole machine."""
    done = subprocess.run(["ip", "-o", "link", "show", "up", "dev", "lo"],
                          capture_output=True, text=True)
    return not done.stdout.strip()


def set_up():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    try:
        # What one connection learnt about the path shall not change the next.
        with open("/proc/sys/net/ipv4/tcp_no_metrics_save", "w") as knob:
            knob.write("1")
    except OSError:
        pass


def start_queue(delay_queue, rtt_ms):
    """Must be bound before the rule exists, or packets are dropped."""
    queue = subprocess.Popen(
        [delay_queue, str(QUEUE), str(int(float(rtt_ms) * 500))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if queue.stdout.readline() != "ready\n":
        sys.exit("delay-queue did not start")
    return queue


def measure(samples=7):
    """Connect, then question and answer: medians in milliseconds."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer():
        for _ in range(samples):
            peer, _ = server.accept()
            with peer:
                while data := peer.recv(64):
                    peer.sendall(data)

    threading.Thread(target=answer, daemon=True).start()
    connects, pings = [], []
    for _ in range(samples):
        start = time.monotonic()
        link = socket.create_connection(server.getsockname())
        connects.append(time.monotonic() - start)
        start = time.monotonic()
        link.sendall(b"ping")
        link.recv(64)
        pings.append(time.monotonic() - start)
        link.close()
    return (statistics.median(connects) * 1000,
            statistics.median(pings) * 1000)


def main(argv):
    if len(argv) < 2:
        sys.exit(__doc__)
    if not is_fresh():
        sys.exit("not in a network namespace of its own: try "
                 + " ".join(in_namespace()))
    set_up()
    queue = start_queue(argv[0], argv[1])
    add_rule()
    try:
        if len(argv) > 2:
            return subprocess.run(argv[2:]).returncode
        print("connect %.2f ms, question and answer %.2f ms" % measure())
        return 0
    finally:
        queue.stdin.close()
        queue.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
