"""Our modules in Pidgin and in BitlBee, and modules of somebody else, talk to
one another through a server; what worked for whom comes out as a table.

    third_party.py HOST PORT MODULES NAME PASSWORD NAME PASSWORD NAME PASSWORD

MODULES is a directory with plugins of libpurple's that own the same protocol,
for example a build of retro-prpl. The accounts, which have to exist, are those
of Pidgin, of BitlBee and of the other modules.
"""

import argparse
import pathlib
import sys
import tempfile
import time
import zlib

import private
from party import BitlbeeParty, FacelessParty, PidginParty, Unable

SCRIPTS = [
    "Grüße, señor Çelik — čeština",
    "Привет, ёжик",
    "漢字かな交じり文 한글",
    "שלום עולם مرحبا",
    "🙂👩‍🚀🇩🇪",
]
MARKUP = ('<b>bold</b> <i>leaning</i> <font color="#ff0000">red</font> '
          '<a href="http://example.org/a?b=1&amp;c=2">a link</a> 1 &lt; 2')


def picture(shade):
    """A PNG of one colour."""
    def chunk(kind, body):
        return (len(body).to_bytes(4, "big") + kind + body
                + zlib.crc32(kind + body).to_bytes(4, "big"))
    rows = (b"\0" + bytes([shade, 80, 160]) * 48) * 48
    return (b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", bytes([0, 0, 0, 48, 0, 0, 0, 48, 8, 2, 0, 0, 0]))
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Table:
    """What came of each thing that was tried."""

    def __init__(self):
        self.rows = []

    def enter(self, what, who, outcome):
        self.rows.append((what, who, outcome))
        print(f"{what:28} {who:22} {outcome}", flush=True)

    def attempt(self, what, who, function, *args):
        try:
            outcome = function(*args)
            self.enter(what, who, "works" + (
                f": {outcome}" if outcome else ""))
            return True
        except Unable as unable:
            self.enter(what, who, f"unable: {unable}")
        except AssertionError as problem:
            self.enter(what, who, "FAILS: " + " ".join(
                str(problem).split())[:700])
        return False


def pairs(parties):
    return [(a, b) for a in parties for b in parties if a is not b]


def others(parties, party):
    return [other for other in parties if other is not party]


def mark(parties):
    for party in parties:
        party.mark()


class Dialogue:
    def __init__(self, parties, table):
        self.parties = parties
        self.table = table

    def each_sees(self, what, party, function):
        for other in others(self.parties, party):
            self.table.attempt(what, f"{party.kind} -> {other.kind}",
                               function, other)

    def presence(self):
        for a in self.parties:
            mark(self.parties)
            self.each_sees("online", a,
                           lambda b, a=a: b.sees(a.name, "available"))
            a.becomes("away", "gone &lt;fishing&gt; ё")
            self.each_sees("away", a, lambda b, a=a: b.sees(a.name, "away"))
            self.each_sees("away text in list", a, lambda b, a=a: b.sees(
                a.name, "away", "gone <fishing> ё"))
            a.becomes("available")
            self.each_sees("back", a,
                           lambda b, a=a: b.sees(a.name, "available"))
            try:
                a.idles(660)
                self.each_sees("idle", a,
                               lambda b, a=a: b.sees_idle(a.name, True))
                a.idles(0)
                self.each_sees("no longer idle", a,
                               lambda b, a=a: b.sees_idle(a.name, False))
            except Unable as unable:
                self.table.enter("idle", a.kind, f"unable: {unable}")
            a.becomes("invisible")
            self.each_sees("invisible", a,
                           lambda b, a=a: b.sees(a.name, "offline"))
            a.becomes("available")
            self.each_sees("visible again", a,
                           lambda b, a=a: b.sees(a.name, "available"))
            a.sign_off()
            self.each_sees("sign-off", a,
                           lambda b, a=a: b.sees(a.name, "offline"))
            a.sign_on()
            self.each_sees("sign-on", a,
                           lambda b, a=a: b.sees(a.name, "available"))

    def messages(self):
        for a, b in pairs(self.parties):
            who = f"{a.kind} -> {b.kind}"
            for text in SCRIPTS:
                mark(self.parties)
                a.says(b.name, text)
                self.table.attempt(f"message: {text}", who,
                                   lambda: b.hears(a.name, text) and None)
            mark(self.parties)
            a.says(b.name, MARKUP)
            self.table.attempt("markup", who,
                               lambda: b.hears(a.name, "1 < 2"))
            for complaint in a.complaints() + b.complaints():
                self.table.enter("complaint", who, complaint)

    def typing(self):
        for a, b in pairs(self.parties):
            mark(self.parties)
            who = f"{a.kind} -> {b.kind}"
            # Some report it only to whom they had a word with.
            a.says(b.name, "a word first")
            b.hears(a.name, "a word first")
            b.says(a.name, "and back")
            a.hears(b.name, "and back")
            for state in ("typing", "paused", "stopped"):
                a.types(b.name, state)
                self.table.attempt(state, who, b.sees_typing, a.name, state)

    def icons(self):
        for a in self.parties:
            mark(self.parties)
            seen = {}
            try:
                a.wears(picture(20))
            except Unable as unable:
                self.table.enter("icon", a.kind, f"unable: {unable}")
                continue
            for b in others(self.parties, a):
                def first():
                    seen[b] = b.sees_icon(a.name, True)
                    return seen[b]
                self.table.attempt("icon", f"{a.kind} -> {b.kind}", first)
            a.wears(picture(200))
            for b in others(self.parties, a):
                def changed():
                    b.sees_icon(a.name, True)
                    b.until(lambda: b.icon_of(a.name) not in (
                        None, seen.get(b)), "another icon")
                    return b.icon_of(a.name)
                self.table.attempt("icon changed", f"{a.kind} -> {b.kind}",
                                   changed)
            a.wears(b"")
            self.each_sees("icon cleared", a, lambda b, a=a: b.sees_icon(
                a.name, False))

    def rooms(self):
        number = 0
        for a in self.parties:
            for b, c in (others(self.parties, a),
                         others(self.parties, a)[::-1]):
                number += 1
                self._room(f"Tea Room {number} {int(time.time()) % 1000}",
                           a, b, c)

    def _room(self, room, a, b, c):
        """@a makes the room, @b enters by its name, @c is invited."""
        mark(self.parties)
        if not self.table.attempt("room: make", a.kind, lambda: (
                a.joins(room), a.is_in(room, a.name)) and None):
            return
        inside = [a]
        if self.table.attempt("room: enter by name", b.kind, lambda: (
                b.joins(room), b.is_in(room, b.name)) and None):
            self._entered(room, b, inside)
        a.invites(room, c.name, "come and have ё tea")
        if self.table.attempt("room: invite", f"{a.kind} -> {c.kind}",
                              lambda: (c.follows(a.name, room),
                                       c.is_in(room, c.name)) and None):
            self._entered(room, c, inside)
        for one in inside:
            one.tells(room, f"{one.name} ё 漢 <b>fett</b> &amp; 🙂")
            for other in others(inside, one):
                self.table.attempt(
                    "room: words", f"{one.kind} -> {other.kind}",
                    other.hears_in, room, one.name,
                    f"{one.name} ё 漢 fett & 🙂")
        for one in inside[:0:-1]:
            one.leaves(room)
            self.table.attempt("room: departure", f"{one.kind} -> {a.kind}",
                               a.has_gone, room, one.name)
        a.leaves(room)

    def _entered(self, room, party, inside):
        for other in inside:
            self.table.attempt("room: arrival",
                               f"{party.kind} -> {other.kind}", other.is_in,
                               room, party.name)
            self.table.attempt("room: who is there",
                               f"{other.kind} -> {party.kind}", party.is_in,
                               room, other.name)
        inside.append(party)

    def offline(self):
        for a, b in pairs(self.parties):
            mark(self.parties)
            who = f"{a.kind} -> {b.kind}"
            b.sign_off()
            a.sees(b.name, "offline")
            text = f"for later ё 漢 {a.name}"
            sent = int(time.time())
            a.says(b.name, text)
            a.sees(b.name, "offline")
            # Its own time can be told from that of its arrival.
            a.until(lambda: time.time() > sent + 3, "three seconds")
            b.sign_on()

            def later():
                when = b.hears_delayed(a.name, text)
                if isinstance(when, int) and abs(when - sent) > 2:
                    raise AssertionError(f"its time is {when - sent} s off")
                return when
            self.table.attempt("offline message", who, later)
            a.sees(b.name, "available")
            self.table.attempt("... once", who, self._times, b, a, text, 1)
            mark(self.parties)
            b.sign_off()
            a.sees(b.name, "offline")
            b.sign_on()
            a.sees(b.name, "available")
            a.says(b.name, "and now?")
            b.hears(a.name, "and now?")
            self.table.attempt("... and never again", who, self._times, b, a,
                               text, 0)

    def _times(self, party, other, text, times):
        heard = party.heard(other.name, text)
        if len(heard) != times:
            raise AssertionError(f"heard {heard}")

    def blocking(self):
        for a, b in pairs(self.parties):
            mark(self.parties)
            who = f"{a.kind} blocks {b.kind}"
            a.blocks(b.name, True)
            self.table.attempt("blocked sees nobody", who, b.sees, a.name,
                               "offline")
            mark(self.parties)
            b.says(a.name, "can you hear me?")

            def unheard():
                b.until(b.complaints, "a word that it did not get there")
                if a.heard(b.name, "can you hear me?"):
                    raise AssertionError("was heard")
                return b.complaints()
            self.table.attempt("blocked is not heard", who, unheard)
            a.blocks(b.name, False)
            self.table.attempt("unblocked sees", who, b.sees, a.name,
                               "available")
            mark(self.parties)
            b.says(a.name, "and now?")
            self.table.attempt("unblocked is heard", who, lambda: a.hears(
                b.name, "and now?") and None)

    def information(self):
        for a in self.parties:
            mark(self.parties)
            try:
                a.describes("I am <b>%s</b> ё 漢" % a.name)
            except Unable as unable:
                self.table.enter("profile", a.kind, f"unable: {unable}")
            else:
                self.each_sees("profile", a, lambda b, a=a: b.reads(
                    a.name, f"{a.name} ё 漢"))
            a.becomes("away", "reading &lt;books&gt; ё")
            self.each_sees("away text in information", a, lambda b, a=a:
                           b.reads(a.name, "reading <books> ё"))
            a.becomes("available")

    def warnings(self):
        for a, b in pairs(self.parties):
            mark(self.parties)

            self.table.attempt("warning", f"{a.kind} -> {b.kind}", lambda: (
                a.warns(b.name), a.reads(b.name, "arning")) and None)


SUBJECTS = ["presence", "messages", "typing", "icons", "rooms", "offline",
            "blocking", "information", "warnings"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("modules")
    parser.add_argument("accounts", nargs=6, metavar="NAME PASSWORD")
    parser.add_argument("--protocol", default="prpl-aim")
    parser.add_argument("--subjects", default=",".join(SUBJECTS))
    parser.add_argument("--faceless", action="store_true",
                        help="no real hosts: clients without a face")
    parser.add_argument("--artefacts", default="artefacts")
    args = parser.parse_args()
    ours = private.custom_server(args.host, args.port)
    theirs = {"server": args.host, "port": args.port,
              "encryption": "no_encryption", "login_type": "md5_login"}
    names, passwords = args.accounts[::2], args.accounts[1::2]
    accounts = [private.Account(name, password, args.protocol, settings)
                for name, password, settings in zip(
                    names, passwords, (ours, ours, theirs))]
    table = Table()
    parties = []
    with tempfile.TemporaryDirectory(prefix="classic-stage-") as directory:
        stage = private.Stage(directory)
        try:
            if args.faceless:
                parties += [FacelessParty("ours", accounts[0],
                                          [stage.plugins]),
                            FacelessParty("ours too", accounts[1],
                                          [stage.plugins])]
            else:
                parties += [PidginParty(accounts[0], stage, args.artefacts),
                            BitlbeeParty(accounts[1], stage, args.artefacts)]
            parties.append(FacelessParty(
                "third", accounts[2], [pathlib.Path(args.modules)],
                {"G_DEBUG": ""}))
            mark(parties)
            for party in parties:
                party.sign_on()
                for other in others(parties, party):
                    party.adds(other.name)
            dialogue = Dialogue(parties, table)
            for subject in args.subjects.split(","):
                table.attempt(subject, "all", getattr(dialogue, subject))
                for party in parties:
                    party.keep(subject)
        finally:
            for party in parties:
                party.close()
    failures = [row for row in table.rows if row[2].startswith("FAILS")]
    print(f"{len(table.rows)} tried, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
