#!/usr/bin/env python3
"""What messages and sign-ons cost: instructions, time and memory.

Instructions are counted by callgrind and attributed by callgrind.py, which
explains what counts as ours. Messages go one by one over plain TCP: the next
is sent when the last has arrived, so that nothing is shared between them. The
counters are set back after a warm-up, so a figure is what one more message
costs, without sign-on, first-time lookups and the making of a conversation.

Sign-on is measured with lists of several sizes, in a new profile ("first",
where libpurple makes every buddy) and again in the same one. Its time and
peak memory come from runs without callgrind.
"""

import subprocess
import time

import bench_common
import callgrind
import oscar_raw

WARM_UP = 30
LISTS = (10, 1000, 2500)


class Instrumented:
    """A headless client under callgrind, measured in sections."""

    def __init__(self, subject):
        self.tool = bench_common.Wrapped(
            ["valgrind", "--tool=callgrind", "--quiet", "--callgrind-out-file="
             + "%q{CALLGRIND_OUT}"])
        self.objects = subject.objects
        self.out = self.tool.home / "out"
        self.client = subject.client(
            binary=self.tool.path, environ={"CALLGRIND_OUT": str(self.out)})
        self.pid = str(self.client.seen("ready")[0]["pid"])
        self.dumps = 0

    def section(self):
        """The profile since the last section ended."""
        subprocess.run(["callgrind_control", "-d", "section", self.pid],
                       check=True, capture_output=True)
        self.dumps += 1
        return callgrind.Profile(f"{self.out}.{self.dumps}")

    def close(self):
        self.client.close()
        self.tool.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Peer:
    """Somebody on the other side, without any client of ours."""

    def __init__(self, server, name):
        self.name = name
        self.link = oscar_raw.sign_on(server.address, name)
        self.sent = 0

    def send(self, to, text):
        self.sent += 1
        self.link.write(oscar_raw.message(self.link, to, text, self.sent))

    def receive(self):
        return self.link.wait(0x04, 0x07)

    def reach(self, client, to):
        """Sends one message and waits until it is on the screen, which is
        after everything the server sent before it. A client may call itself
        connected before the server does: then the message is refused and
        sent again."""
        mark = f"mark {self.sent}"
        while True:
            self.sent += 1
            self.link.write(oscar_raw.message(self.link, to, mark, self.sent,
                                              want_ack=True))
            while (answer := self.link.read_snac()[:2]) not in (
                    (0x04, 0x0C), (0x04, 0x01)):
                pass
            if answer == (0x04, 0x0C):
                break
            time.sleep(0.01)
        client.wait("line", deadline=120, html=lambda html: mark in html)


def receive_messages(client, peer, to, count):
    for number in range(count):
        peer.send(to, f"plain message number {number}")
        client.wait("line", deadline=60, who=peer.name)


def send_messages(client, account, peer, count):
    for number in range(count):
        account.im(peer.name, f"plain message number {number}")
        peer.receive()
    peer.reach(client, account.user)


def measure_messages(subject, server, count):
    peer = Peer(server, "benchpeer")
    with Instrumented(subject) as run:
        account = subject.account(run.client, server.address, "benchuser")
        account.user = "benchuser"
        account.sign_on(deadline=60)
        peer.reach(run.client, account.user)
        receive_messages(run.client, peer, account.user, WARM_UP)
        send_messages(run.client, account, peer, WARM_UP)
        run.section()
        receive_messages(run.client, peer, account.user, count)
        received = run.section()
        send_messages(run.client, account, peer, count)
        sent = run.section()
        yield "received", received
        yield "sent", sent
    peer.link.close()


def fill_list(server, name, count):
    """Gives @name a list of @count buddies in groups of a hundred."""
    link = oscar_raw.sign_on(server.address, name)
    groups = range(1, (count + 99) // 100 + 1)
    items = [oscar_raw.group_item("", 0, groups)]
    for group in groups:
        first = (group - 1) * 100
        members = range(first + 1, min(first + 100, count) + 1)
        items.append(oscar_raw.group_item(f"Group {group}", group, members))
        items += [oscar_raw.feedbag_item(f"buddy{number}", group, number, 0)
                  for number in members]
    oscar_raw.insert_items(link, items)
    link.close()


def sign_off(account):
    """And gives the server time to forget the session: Open OSCAR Server may
    take a new one that comes too soon for a part of it, and end both."""
    account.sign_off(deadline=120)
    time.sleep(0.5)


def measure_sign_on(subject, server, name, peer):
    """Profiles of a first sign-on and of a second one."""
    with Instrumented(subject) as run:
        account = subject.account(run.client, server.address, name)
        for kind in ("first", "again"):
            run.section()
            account.sign_on(deadline=300)
            peer.reach(run.client, name)
            yield kind, run.section()
            sign_off(account)


def time_sign_on(subject, server, name, peer):
    """(milliseconds to connected, milliseconds to everything shown, KiB at
    most) of a first sign-on and of a second one."""
    with subject.client() as client:
        bench_common.undisturbed(client.process.pid)
        account = subject.account(client, server.address, name)
        for kind in ("first", "again"):
            start = bench_common.now_ms()
            connected = account.sign_on(deadline=120)["at"] * 1000 - start
            peer.reach(client, name)
            yield (kind, connected, bench_common.now_ms() - start,
                   client.peak_kib())
            sign_off(account)


def print_top(profile, objects, count, scale):
    """Where the instructions go: our functions with what they call outside,
    and what they call."""
    for title, costs in (("ours, by function", profile.by_function(objects)),
                         ("called by us", profile.foreign(objects))):
        print(f"    {title}:")
        for name, cost in costs.most_common(count):
            print(f"      {cost / scale:12.0f}  {name}")


def report_messages(args, subject, server):
    for kind, profile in measure_messages(subject, server, args.count):
        print(f"{subject.name}: {kind}: "
              f"{profile.ours(subject.objects) / args.count:.0f} instructions "
              f"a message are ours, of {profile.total() / args.count:.0f} "
              "in the process")
        if args.top:
            print_top(profile, subject.objects, args.top, args.count)


def report_sign_on(args, subject, server):
    peer = Peer(server, "benchpeer")
    smallest = {}
    for count in args.lists:
        name = f"benchlist{count}"
        fill_list(server, name, count)
        times = {kind: rest for kind, *rest
                 in time_sign_on(subject, server, name, peer)}
        for kind, profile in measure_sign_on(subject, server, name, peer):
            cost = profile.ours(subject.objects)
            smallest.setdefault(kind, (count, cost))
            extra = count - smallest[kind][0]
            each = (f", {(cost - smallest[kind][1]) / extra:.0f} a buddy"
                    if extra else "")
            connected, shown, peak = times[kind]
            print(f"{subject.name}: sign-on {kind}, {count} buddies: "
                  f"{cost / 1e6:.1f} million instructions{each} "
                  f"(process {profile.total() / 1e6:.0f}), connected in "
                  f"{connected:.0f} ms, all shown in {shown:.0f} ms, peak "
                  f"{peak / 1024:.1f} MiB")
            if args.top:
                print_top(profile, subject.objects, args.top, 1)
    peer.link.close()


def main():
    options = bench_common.parser(__doc__)
    options.add_argument("--count", type=int, default=200,
                         help="messages each way")
    options.add_argument("--lists", type=int, nargs="*", default=LISTS,
                         help="numbers of buddies to sign on with")
    options.add_argument("--top", type=int, default=0, metavar="N",
                         help="show the N most expensive functions")
    args = options.parse_args()
    bench_common.need_tools("valgrind", "callgrind_control")
    subject = bench_common.Subject(args)
    with bench_common.start_server(args) as server:
        if args.count:
            report_messages(args, subject, server)
        report_sign_on(args, subject, server)


if __name__ == "__main__":
    main()
