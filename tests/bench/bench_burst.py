#!/usr/bin/env python3
"""How long the host's main loop is away when much comes at once.

Ten thousand messages without a pause, and a list of ten thousand entries in
several replies. A heartbeat in the client's main loop, due every ten
milliseconds, remembers the longest time it had to wait: how long a window
would have been frozen, by us, by libpurple or by the headless user interface.
Besides, nothing may be lost or out of order.
"""

import re
import time

import bench_common
import loopback

# Entries of the list in one reply.
CHUNK = 1000

# Seconds after which everything has been put up.
SETTLE = 3


def burst(subject, server, count):
    with subject.client() as client:
        bench_common.undisturbed(client.process.pid)
        account = subject.account(client, server.address, "burstuser")
        account.sign_on()
        server.do("wait", query={"do": "user", "name": "burstuser"},
                  until={"visible": True})
        client.call("beat")
        start = time.monotonic()
        server.do("burst", to="burstuser", count=count,
                  text="burst number {n}", **{"from": "burstpeer"})
        lines = client.wait_count("line", count, deadline=300,
                                  who="burstpeer")
        took = lines[-1]["at"] - start
        numbers = [int(re.search(r"burst number (\d+)", line["html"])[1])
                   for line in lines]
        assert numbers == list(range(count)), "lost, twice or out of order"
        gap = client.call("beat")["longest_gap_us"] / 1000
        print(f"{subject.name}: {count} messages at once: all there in order "
              f"after {took:.2f} s, main loop away for {gap:.0f} ms at worst, "
              f"peak {client.peak_kib() / 1024:.1f} MiB")


def longest_gap(client, action):
    """How long, in ms, the main loop was away at worst during @action and
    what follows from it."""
    time.sleep(0.1)
    client.call("beat")
    action()
    time.sleep(SETTLE)
    return client.call("beat")["longest_gap_us"] / 1000


def big_list(subject, server, count):
    items = server.do("fill", name="listuser", count=count)["items"]
    with subject.client() as client:
        bench_common.undisturbed(client.process.pid)
        account = subject.account(client, server.address, "listuser")
        for kind in ("first", "again"):
            # To ask for the list would itself hold up the main loop, so
            # nobody does before all of it must be there.
            on = longest_gap(client, lambda: account.sign_on(deadline=120))
            peak = client.peak_kib() / 1024
            have = len(account.blist()["buddies"])
            assert have == count, f"{have} of {count} buddies"
            off = longest_gap(client, lambda: account.sign_off(deadline=120))
            print(f"{subject.name}: sign-on {kind} with {items} items: main "
                  f"loop away for {on:.0f} ms at worst, for {off:.0f} ms when "
                  f"signing off, peak {peak:.1f} MiB")


def main():
    options = bench_common.parser(__doc__)
    options.add_argument("--messages", type=int, default=10000)
    # With the groups they are in, ten thousand items.
    options.add_argument("--buddies", type=int, default=9979)
    args = options.parse_args()
    subject = bench_common.Subject(args)
    accounts = [{"name": name, "password": "password"} for name
                in ("burstuser", "listuser")]
    accounts.append({"name": "burstpeer", "password": "password",
                     "bot": "quiet"})
    with loopback.Loopback(accounts=accounts,
                           traits={"feedbag_chunk": CHUNK}) as server:
        burst(subject, server, args.messages)
        big_list(subject, server, args.buddies)


if __name__ == "__main__":
    main()
