#!/usr/bin/env python3
"""What XMPP costs: instructions, time and memory, beside libpurple's own.

Counted as in bench_cost.py, against the scripted server of tests/servers/xmpp:
over TLS sign-ons in a new profile and again in the same, over plain TCP one
message at a time, received after a warm-up. The server hashes passwords 10,000 times, as
Prosody does. libpurple's own XMPP knows no SASL2, so it is measured against
the same server without; ours with and without.

A sign-on is counted until the server has seen our presence, without GnuTLS and
its reading of the trusted authorities; what OpenSSL does for the password is
part of it.
"""

import argparse
import pathlib
import re
import subprocess
import sys

import bench_common
import bench_cost
import headless

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "servers"))
from xmpp.server import Server  # noqa: E402

USER, PASSWORD, FRIEND = "mina", "Tea & Biscuits", "tomas@gtalk.test"
# Making a TLS connection reads the trusted authorities.
TRUST = re.compile(r"^g_tls_client_connection_new$")


class Module:
    """A plugin that speaks XMPP."""

    def __init__(self, name, protocol, objects, sasl2):
        self.name, self.protocol = name, protocol
        self.objects = re.compile(objects)
        self.sasl2 = sasl2

    def server(self, roster, encryption=True):
        sasl = ({} if self.sasl2 else
                {"sasl2": (), "sasl1": ("SCRAM-SHA-1", "PLAIN")})
        return Server({USER: PASSWORD}, iterations=10000,
                      encryption=encryption,
                      roster=[FRIEND] + [f"buddy{number}@gtalk.test"
                                         for number in range(roster - 1)],
                      **sasl)

    def client(self, **options):
        # Others may warn as they like.
        options.setdefault("environ", {})["G_DEBUG"] = ""
        return headless.Headless(**options)

    def account(self, client, server):
        peers = client.profile / "certificates" / "x509" / "tls_peers"
        peers.mkdir(parents=True, exist_ok=True)
        for name in (server.host, "127.0.0.1"):
            (peers / name).write_text(server.certificate.read_text())
        address = server.bare(USER)
        if self.protocol == "prpl-jabber":
            return client.account("a", self.protocol, address + "/home",
                                  PASSWORD, connect_server="127.0.0.1",
                                  connection_security="require_tls"
                                  if server.encryption
                                  else "opportunistic_tls",
                                  port=server.port)
        return client.account("a", self.protocol, address, PASSWORD,
                              network="custom", server="127.0.0.1",
                              security="required" if server.encryption
                              else "off", port=server.port)


def libjabber():
    """Where libpurple keeps its own plugins."""
    told = subprocess.run(["pkg-config", "--variable=plugindir", "purple"],
                          capture_output=True, text=True, check=False)
    return pathlib.Path(told.stdout.strip() or ".") / "libjabber.so.0"


def trust(profile, module):
    """What our calls spent on the trusted authorities, once a process."""
    return sum(arc.cost for arc in profile.arcs
               if module.objects.search(arc.caller_object or "")
               and TRUST.search(arc.callee))


def modules():
    found = [Module("ours, SASL2", "prpl-googletalk",
                    bench_common.OUR_OBJECTS, True),
             Module("ours, SASL", "prpl-googletalk",
                    bench_common.OUR_OBJECTS, False)]
    if libjabber().exists():
        found.append(Module("libpurple's", "prpl-jabber",
                            r"/lib(jabber|xmpp)[^/]*\.so", False))
    return found


def sign_on(account, server):
    before = len(server.sessions)
    account.sign_on(deadline=600)
    server.wait("<presence", before, 600)


def receive(client, server, count):
    for number in range(count):
        server.last.send(f"<message from='{FRIEND}/home' type='chat' "
                         f"id='m{number}'><body>plain message number {number}"
                         "</body></message>")
        client.wait("line", deadline=60, who=lambda who: FRIEND in who)


def sign_on_profiles(module, roster):
    with module.server(roster) as server, \
            bench_cost.Instrumented(module) as run:
        account = module.account(run.client, server)
        for kind in ("first", "again"):
            run.section()
            sign_on(account, server)
            yield kind, run.section()
            account.sign_off(deadline=120)


def message_profile(module, count):
    with module.server(1, encryption=False) as server, \
            bench_cost.Instrumented(module) as run:
        account = module.account(run.client, server)
        sign_on(account, server)
        receive(run.client, server, bench_cost.WARM_UP)
        run.section()
        receive(run.client, server, count)
        return run.section()


def sign_on_times(module, roster):
    """(kind, milliseconds, KiB at most)"""
    with module.server(roster) as server, module.client() as client:
        bench_common.undisturbed(client.process.pid)
        account = module.account(client, server)
        for kind in ("first", "again"):
            start = bench_common.now_ms()
            sign_on(account, server)
            yield kind, bench_common.now_ms() - start, client.peak_kib()
            account.sign_off(deadline=120)


def show_top(args, profile, module, scale):
    if args.top:
        bench_cost.print_top(profile, module.objects, args.top, scale)


def report(args, module):
    if args.count:
        profile = message_profile(module, args.count)
        print(f"{module.name}: received: "
              f"{profile.ours(module.objects) / args.count:.0f} instructions "
              f"a message, of {profile.total() / args.count:.0f} in the "
              "process")
        show_top(args, profile, module, args.count)
    smallest = {}
    for roster in args.lists:
        for kind, profile in sign_on_profiles(module, roster):
            cost = profile.ours(module.objects) - trust(profile, module)
            smallest.setdefault(kind, (roster, cost))
            extra = roster - smallest[kind][0]
            each = (f", {(cost - smallest[kind][1]) / extra:.0f} a contact"
                    if extra else "")
            print(f"{module.name}: sign-on {kind}, {roster} contacts: "
                  f"{cost / 1e6:.1f} million instructions{each} (process "
                  f"{profile.total() / 1e6:.0f})")
            show_top(args, profile, module, 1)
    for roster in args.times:
        for kind, ms, peak in sign_on_times(module, roster):
            print(f"{module.name}: sign-on {kind}, {roster} contacts: "
                  f"{ms:.0f} ms, peak {peak / 1024:.1f} MiB")


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--count", type=int, default=100, help="messages")
    options.add_argument("--lists", type=int, nargs="*", default=(10, 1000),
                         help="numbers of contacts to count instructions for")
    options.add_argument("--times", type=int, nargs="*",
                         default=(10, 5000, 10000),
                         help="... to take the time and memory for")
    options.add_argument("--only", default="", metavar="NAME",
                         help="modules whose name contains that")
    options.add_argument("--top", type=int, default=0, metavar="N",
                         help="show the N most expensive functions")
    args = options.parse_args()
    bench_common.need_tools("valgrind", "callgrind_control")
    if not headless.plugin_dirs():
        bench_common.skip("our module is not in the build tree")
    for module in modules():
        if args.only in module.name:
            report(args, module)


if __name__ == "__main__":
    main()
