#!/usr/bin/env python3
"""Round trips of a sign-on, counted by the clock.

Time on the network is round trips: signing on at 100 and at 200 ms of
round-trip time and dividing the difference by 100 ms leaves out everything
that computes, here or in the server, and counts what waits. The clock runs
from the connect command to the "connected" event a user interface gets.

"first" is a new profile, which knows nothing of the server; "again" is one
that signed on before and may have remembered something.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import bench_common
import delay_net

RTTS = (100, 200)


def sign_on_ms(account):
    start = time.monotonic()
    event = account.sign_on(deadline=60)
    return (event["at"] - start) * 1000


def sign_off(account, rtt_ms):
    """Until the server has seen it too, so that the next sign-on does not
    compete with the last session."""
    account.sign_off()
    time.sleep(0.1 + 2 * rtt_ms / 1000)


def first_times(subject, server, rtt_ms, count):
    for number in range(count):
        with subject.client() as client:
            account = subject.account(client, server.address, f"first{number}")
            yield sign_on_ms(account)
            sign_off(account, rtt_ms)


def again_times(subject, server, rtt_ms, count):
    with subject.client() as client:
        account = subject.account(client, server.address, "again")
        sign_on_ms(account)
        sign_off(account, rtt_ms)
        for _ in range(count):
            yield sign_on_ms(account)
            sign_off(account, rtt_ms)


def inside(args):
    """In the namespace: signs on, and prints the times as JSON."""
    subject = bench_common.Subject(args)
    bench_common.undisturbed()
    with bench_common.start_server(args) as server:
        print(json.dumps({
            "first": list(first_times(subject, server, args.inside,
                                      args.count)),
            "again": list(again_times(subject, server, args.inside,
                                      args.count)),
        }))


def measure(args, rtt_ms):
    """Times by kind of sign-on, from a namespace of its own."""
    done = delay_net.run(
        args.delay_queue, rtt_ms,
        [sys.executable, os.path.abspath(__file__)] + sys.argv[1:]
        + ["--inside", str(rtt_ms)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        sys.exit(done.returncode)
    return json.loads(done.stdout.splitlines()[-1])


def report(subject, results):
    print(f"{subject.name}: sign-on, median of "
          f"{len(results[RTTS[0]]['first'])}")
    for kind in ("first", "again"):
        low, high = (statistics.median(results[rtt][kind]) for rtt in RTTS)
        trips = (high - low) / (RTTS[1] - RTTS[0])
        print(f"  {kind}: {low:6.0f} ms at {RTTS[0]} ms, {high:6.0f} ms at "
              f"{RTTS[1]} ms: {trips:.2f} round trips")
        for rtt in RTTS:
            times = " ".join(f"{ms:.0f}" for ms in sorted(results[rtt][kind]))
            print(f"    at {rtt} ms: {times}")


def main():
    options = bench_common.parser(__doc__)
    options.add_argument("--delay-queue", default="", metavar="BINARY")
    options.add_argument("--count", type=int, default=5,
                         help="sign-ons of each kind")
    options.add_argument("--inside", type=float, help="used by itself")
    args = options.parse_args()
    if args.inside is not None:
        return inside(args)
    reason = delay_net.missing(args.delay_queue)
    if reason:
        bench_common.skip(reason)
    subject = bench_common.Subject(args)
    report(subject, {rtt: measure(args, rtt) for rtt in RTTS})


if __name__ == "__main__":
    main()
