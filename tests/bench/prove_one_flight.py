#!/usr/bin/env python3
"""What an Open OSCAR Server takes without being waited for.

    prove_one_flight.py --server BINARY

A sign-on that waits for nothing the server does not make it wait for rests on
these facts. Each is tried with raw sockets against the real server, so that
whoever changes the order of a sign-on, or meets a newer server, can ask again.
Ends with an error if one does not hold.
"""

import argparse
import struct
import sys

import open_oscar
from oscar_raw import (Closed, Link, digest, insert_items, feedbag_item,
                       group_item, login, parse_tlvs, sign_on, tlv, versions)

NAME = "flightproof"
ALL_CLASSES = struct.pack(">5H", 1, 2, 3, 4, 5)
CAPABILITY = bytes.fromhex("094613464c7f11d18222444553540000")

# The whole of a sign-on after the cookie, and what answers it.
FLIGHT = (
    (0x01, 0x17, versions()), (0x01, 0x06, b""), (0x01, 0x08, ALL_CLASSES),
    (0x01, 0x0E, b""), (0x02, 0x02, b""), (0x03, 0x02, b""),
    (0x04, 0x04, b""), (0x09, 0x02, b""), (0x13, 0x02, b""),
    (0x13, 0x04, b""), (0x13, 0x07, b""),
    (0x04, 0x02, struct.pack(">HIHHHI", 0, 0xB, 8000, 999, 999, 0)),
    (0x02, 0x04, tlv(0x05, CAPABILITY)),
    (0x01, 0x1E, tlv(0x06, b"\0\0\0\0")), (0x01, 0x14, b"\0\0\0\3"),
    (0x01, 0x02, versions(tools=True)), (0x04, 0x10, b""))
IN_ORDER = [(0x01, 0x03), (0x01, 0x18), (0x01, 0x13), (0x01, 0x07),
            (0x01, 0x0F), (0x02, 0x03), (0x03, 0x03), (0x04, 0x05),
            (0x09, 0x03), (0x13, 0x03), (0x13, 0x06), (0x01, 0x0F)]
IN_ANY_ORDER = {(0x04, 0x17), (0x0B, 0x02), (0x03, 0x0B)}


def fly(link, cookie):
    link.write(link.signon(tlv(0x06, cookie)),
               *(link.snac(*snac) for snac in FLIGHT))
    got = [link.read_snac()[:2] for _ in IN_ORDER]
    assert got == IN_ORDER, got
    got = {link.read_snac()[:2] for _ in IN_ANY_ORDER}
    assert got == IN_ANY_ORDER, got


def one_flight(address):
    """SIGNON, versions, rates, rights, list, status and client online in one
    write, before a byte of the server was read"""
    host, port, cookie = login(address, NAME)
    link = Link((host, port))
    fly(link, cookie)
    link.close()


def ahead_of_time(address):
    """the BOS connection opened before there is a cookie to send on it"""
    link = Link(address)
    fly(link, login(address, NAME)[2])
    link.close()


def blind_subscription(address):
    """subscribed to rate classes before they were told: the change of state
    is reported"""
    host, port, cookie = login(address, NAME)
    link = Link((host, port))
    fly(link, cookie)
    # Class 3 has room for about seven at once.
    link.write(*(link.snac(0x02, 0x05, b"\0\1\x06nobody")
                 for _ in range(9)))
    body = link.wait(0x01, 0x0A)
    assert struct.unpack_from(">HH", body)[1] == 3, body.hex()
    link.close()


def remembered_key(address):
    """the challenge of an account stays the same, and an answer sent along
    with the question for it is accepted"""
    keys = set()
    for _ in range(2):
        link = Link(address)
        link.write(link.signon(), link.snac(0x17, 0x06, tlv(0x01, NAME)))
        keys.add(link.wait(0x17, 0x07)[2:])
        link.close()
    assert len(keys) == 1, keys
    link = Link(address)
    link.write(link.signon(), link.snac(0x17, 0x06, tlv(0x01, NAME)),
               link.snac(0x17, 0x02, tlv(0x01, NAME) + tlv(0x4C)
                         + tlv(0x25, digest("password", keys.pop()))))
    assert 0x06 in parse_tlvs(link.wait(0x17, 0x03))
    link.close()


def unchanged_list(address):
    """13/05 with the stamp the server gave brings the list again; only a
    later one is answered with 13/0F"""
    link = sign_on(address, NAME)
    link.write(link.snac(0x13, 0x04))
    stamp = struct.unpack(">I", link.wait(0x13, 0x06)[-4:])[0]
    for later, answer in ((0, 0x06), (1, 0x0F)):
        link.write(link.snac(0x13, 0x05,
                             struct.pack(">IH", stamp + later, 3)))
        while (got := link.read_snac())[0] != 0x13:
            pass
        assert got[1] == answer, got
    link.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--server", metavar="BINARY")
    path = open_oscar.binary(options.parse_args().server)
    if path is None:
        print("skipped: name an Open OSCAR Server with --server")
        return 77
    failures = 0
    with open_oscar.OpenOscar(path) as server:
        friend = sign_on(server.address, "flightfriend")
        link = sign_on(server.address, NAME)
        insert_items(link, [group_item("", 0, [1]),
                            group_item("Friends", 1, [1]),
                            feedbag_item("flightfriend", 1, 1, 0)])
        link.close()
        for fact in (one_flight, ahead_of_time, unchanged_list,
                     remembered_key, blind_subscription):
            try:
                fact(server.address)
                print(f"holds: {' '.join(fact.__doc__.split())}")
            except (AssertionError, Closed, TimeoutError) as error:
                failures += 1
                print(f"DOES NOT HOLD: {' '.join(fact.__doc__.split())}: "
                      f"{error!r}")
        friend.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
