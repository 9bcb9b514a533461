#!/usr/bin/env python3
"""What MSN's web gateway costs: requests and round trips until somebody is
online, the latency of messages, and the traffic of an idle hour.

Round trips are counted by the clock, as in bench_flights.py; latencies are
taken on a link of 100 ms, from the command to the server's log and from there
to the event a user interface gets. An hour of idling is reckoned from the
sizes of its exchanges and the timers: a poll a minute and a ping every 45
seconds.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time

import bench_common
import delay_net

sys.path.append(str(bench_common.HERE.parents[1] / "tests" / "network"))
import headless  # noqa: E402
import tap  # noqa: E402
from msnweb_scene import BOB, LOGIN, ROBOT, people  # noqa: E402
from oscar_scene import SECRET  # noqa: E402

RTTS = (100, 200)
POLLS, PINGS = 3600 / 60, 3600 / 45
MESSAGES = 9
# Until the first ping has been answered.
IDLE_SECONDS = 50


@contextlib.contextmanager
def server(**config):
    made = tap.MsnWebServer(dict({"accounts": people(), "rate": None,
                                  "bot_pace": 0}, **config))
    try:
        yield made
    finally:
        made.stop()


def account(client, port):
    return client.account(
        LOGIN, "prpl-msn", LOGIN, SECRET, network="custom",
        server="127.0.0.1", port=port, security="off", connection="web",
        web_url=f"http://127.0.0.1:{port}")


def sign_on(bob):
    """(milliseconds, event)."""
    start = time.monotonic()
    event = bob.sign_on(60)
    return (event["at"] - start) * 1000


def sign_ons(count):
    """Times of sign-ons, and the requests of one, by kind."""
    found = {"first": [], "again": [], "requests": {}}
    with server() as made:
        for _ in range(count):
            with headless.Headless() as client:
                bob = account(client, made.web_port)
                for kind in ("first", "again"):
                    before = made.do("web")["count"]
                    found[kind].append(sign_on(bob))
                    made.wait_for({"do": "user", "name": LOGIN},
                                  {"ready": True})
                    served = made.do("web")["requests"][before:]
                    found["requests"][kind] = [one["stage"] for one in served]
                    bob.sign_off()
                    made.wait_for({"do": "user", "name": LOGIN},
                                  {"online": False})
    return found


def latencies(**config):
    """Milliseconds of messages out, in, and there and back."""
    found = {"out": [], "in": []}
    shift = time.time() - time.monotonic()
    with server(**config) as made, headless.Headless() as client:
        bob = account(client, made.web_port)
        bob.sign_on(60)
        made.wait_for({"do": "sessions"}, {"polling": 1} if not config
                      else {"live": 1})
        for number in range(MESSAGES):
            began = time.time()
            bob.im(ROBOT, f"out {number}")
            made.wait_for({"do": "received", "name": ROBOT},
                          {"count": number + 1})
            log = made.do("commands", name=LOGIN, stage="SDG", direction=">")
            found["out"].append((log["commands"][-1]["time"] - began) * 1000)
            made.do("say", sender=ROBOT, to=BOB, text=f"in {number}")
            event = bob.wait("line", html=f"in {number}")
            log = made.do("commands", name=LOGIN, stage="SDG", direction="<")
            sent = [one for one in log["commands"]
                    if f"in {number}" in one["body"]][-1]["time"]
            found["in"].append((event["at"] + shift - sent) * 1000)
    return found


def idle():
    """Bytes of one poll that brings nothing, and of one ping."""
    with server(poll_seconds=5) as made, headless.Headless() as client:
        bob = account(client, made.web_port)
        bob.sign_on(60)
        made.wait_for({"do": "commands", "stage": "PNG", "direction": "<"},
                      {"count": 1}, IDLE_SECONDS)
        polls, pings = [], []
        for one in made.do("web")["requests"]:
            if one["stage"] == "poll" and 0 < one["sent"] < 600:
                polls.append((one["received"], one["sent"]))
            if one["body"].startswith("PNG"):
                pings.append((one["received"], one["sent"]))
        return {"poll": polls[-1], "ping": pings[-1]}


def inside(args):
    """In the namespace: prints everything as JSON."""
    bench_common.undisturbed()
    found = sign_ons(args.count)
    if args.inside == RTTS[0]:
        found["held"] = latencies()
        found["short"] = latencies(no_long_poll=True)
    print(json.dumps(found))


def measure(args, rtt_ms):
    done = delay_net.run(
        args.delay_queue, rtt_ms,
        [sys.executable, os.path.abspath(__file__)] + sys.argv[1:]
        + ["--inside", str(rtt_ms)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.stdout.write(done.stdout)
        sys.exit(done.returncode)
    return json.loads(done.stdout.splitlines()[-1])


def report_sign_ons(results):
    for kind in ("first", "again"):
        low, high = (statistics.median(results[rtt][kind]) for rtt in RTTS)
        stages = results[RTTS[0]]["requests"][kind]
        print(f"sign-on, {kind}: {low:.0f} ms at {RTTS[0]} ms, {high:.0f} ms "
              f"at {RTTS[1]} ms: {(high - low) / (RTTS[1] - RTTS[0]):.2f} "
              f"round trips; {len(stages)} requests: {' '.join(stages)}")


def report_latencies(found):
    for kind, title in (("held", "with polls that are held"),
                        ("short", "with a gateway that holds none")):
        for way in ("out", "in"):
            times = found[kind][way]
            print(f"message {way}, {title}: {statistics.median(times):.0f} "
                  f"ms, at most {max(times):.0f} ms, on a link of "
                  f"{RTTS[0]} ms")


def report_idle(found):
    sums = [POLLS * found["poll"][way] + PINGS * found["ping"][way]
            for way in (0, 1)]
    print(f"idle: a poll is {found['poll'][0]} + {found['poll'][1]} bytes, "
          f"a ping {found['ping'][0]} + {found['ping'][1]}; an hour is "
          f"{POLLS + PINGS:.0f} requests, {sums[0] / 1024:.0f} KiB out and "
          f"{sums[1] / 1024:.0f} KiB in, without TCP and TLS")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--delay-queue", default="", metavar="BINARY")
    options.add_argument("--count", type=int, default=3,
                         help="sign-ons of each kind")
    options.add_argument("--inside", type=float, help="used by itself")
    args = options.parse_args()
    if args.inside is not None:
        return inside(args)
    report_idle(idle())
    reason = delay_net.missing(args.delay_queue)
    if reason:
        bench_common.skip(reason)
    results = {rtt: measure(args, rtt) for rtt in RTTS}
    report_sign_ons(results)
    report_latencies(results[RTTS[0]])


if __name__ == "__main__":
    main()
