"""Somebody who takes part in a dialogue on a server: one account in one
client. What the parties can do is named alike, whatever they are made of; who
says what is in third_party.py.

What is seen is asked for until it is there, so nothing here waits for a fixed
time. A client that has no way to do or to show something says so by Unable.
"""

import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
from bitlbee import Bitlbee
from host import Unmet, until
from pidgin import ERROR_FLAG, Pidgin, plain

PATIENCE = 8
DELAYED_FLAG = 0x0400
TYPING = {"typing": 1, "paused": 2, "stopped": 0}
PRIMITIVES = {"available": 2, "away": 5, "invisible": 4}
DENY_USERS = 4


class Unable(Exception):
    """The client has no such thing for its users."""


def same(one, other):
    """Whether two names are the same to the network."""
    return (one or "").replace(" ", "").lower() == (
        other or "").replace(" ", "").lower()


def bare(line):
    """A line of IRC without its style."""
    return re.sub("[\x02\x1d\x1f]", "", line)


class FacelessParty:
    """A libpurple client without a face, with any modules. The settings of
    the account are those of its module."""

    def __init__(self, kind, account, plugins, environ=None):
        self.kind = kind
        self.name = account.user
        self.client = headless.Headless(plugins=plugins, environ=environ)
        self.account = self.client.account(
            "own", account.protocol, account.user, account.password,
            **account.settings)

    def close(self):
        self.client.close()

    def keep(self, subject):
        """Keeps what there is to look at."""

    def sign_on(self):
        self.account.sign_on()

    def sign_off(self):
        self.account.sign_off()

    def mark(self):
        """What was seen up to now no longer counts."""
        self.marked = len(self.client.events)

    def _events(self, kind, **expected):
        return [e for e in self.client.events[self.marked:]
                if headless.matches(e, kind, expected)]

    def until(self, condition, what):
        return until(condition, what, PATIENCE)

    def _wait(self, kind, who, **expected):
        return self.until(
            lambda: [e for e in self._events(kind, **expected)
                     if who is None or same(e.get("who"), who)],
            lambda: f"{kind} of {who} {expected}, but "
            f"{[e for e in self._events(kind)][-4:]}")[0]

    def _buddy(self, who):
        return self.account.buddy(who)

    def adds(self, who):
        if not any(same(b["who"], who)
                   for b in self.account.blist()["buddies"]):
            self.account.buddy_add(who, "Friends")

    def sees(self, who, status, text=None):
        def there():
            buddy = self._buddy(who)
            shown = buddy["status"] if buddy["online"] else "offline"
            said = plain(buddy["message"] or "")
            return shown == status and (text is None or text in said)
        self.until(there, lambda: f"{who} {status} {text}: "
                   f"{self._buddy(who)}")

    def sees_idle(self, who, idle):
        self.until(lambda: self._buddy(who)["idle"] == idle,
                   lambda: f"{who} idle {idle}: {self._buddy(who)}")

    def becomes(self, status, text=None):
        args = (status,) if text is None else (status, text)
        self.account.status(*args)

    def idles(self, seconds):
        self.account.idle(seconds)

    def says(self, who, markup):
        self.account.im(who, markup)

    def hears(self, who, text):
        """Returns: the markup of what @who said"""
        return self._said(who, text)["html"]

    def hears_delayed(self, who, text):
        line = self._said(who, text)
        if "delayed" not in line["flags"]:
            raise Unmet(f"not marked as of old: {line}")
        return line["time"]

    def _said(self, who, text):
        def spoken():
            return [e for e in self._events("line")
                    if same(e["who"], who) and text in plain(e["html"])
                    and ("recv" in e["flags"])]
        return self.until(spoken, lambda: f"{text!r} of {who}: "
                          f"{self._events('line')[-4:]}")[0]

    def heard(self, who, text):
        return [e["html"] for e in self._events("line")
                if text in plain(e["html"]) and same(e["who"], who)
                and "recv" in e["flags"]]

    def complaints(self):
        return [e["html"] for e in self._events("line")
                if "error" in e["flags"]] + [
            f"{e['primary']} {e['secondary']}"
            for e in self._events("notify")]

    def types(self, who, state):
        self.account.typing(who, state)

    def sees_typing(self, who, state):
        self._wait("typing", who, state=state)

    def wears(self, picture):
        self.account.icon(picture.hex())

    def sees_icon(self, who, present):
        self.until(lambda: self.icon_of(who) is not None
                   if present else self.icon_of(who) is None,
                   lambda: f"icon of {who} {present}: {self.icon_of(who)}")
        return self.icon_of(who)

    def icon_of(self, who):
        found = [e for e in self.client.events
                 if headless.matches(e, "buddy-icon", {})
                 and same(e["who"], who)]
        return found[-1]["hash"] if found else None

    def joins(self, room):
        self.account.chat_join(room)

    def is_in(self, room, who):
        self.until(lambda: [e for e in self._events("chat-arrived")
                            if same(e["conversation"], room)
                            and same(e["who"], who)],
                   lambda: f"{who} in {room}: "
                   f"{self._events('chat-arrived')}")

    def has_gone(self, room, who):
        self.until(lambda: [e for e in self._events("chat-departed")
                            if same(e["conversation"], room)
                            and same(e["who"], who)],
                   lambda: f"{who} gone from {room}: "
                   f"{self._events('chat-departed')}")

    def tells(self, room, markup):
        self.account.chat_say(room, markup)

    def hears_in(self, room, who, text):
        def spoken():
            return [e for e in self._events("line")
                    if same(e["conversation"], room) and same(e["who"], who)
                    and text in plain(e["html"])]
        return self.until(spoken, lambda: f"{text!r} of {who} in {room}: "
                          f"{self._events('line')[-4:]}")[0]["html"]

    def invites(self, room, who, text):
        self.account.chat_invite(room, who, text)

    def follows(self, who, room):
        request = self.until(
            lambda: [e for e in self._events("request")
                     if e["kind"] == "action" and (
                         same(e["who"], who)
                         or who in (e["primary"] or "").replace(
                             " ", "").lower())],
            lambda: f"an invitation: {self._events('request')}")[0]
        self.client.answer(request, 0)
        return f"{request['primary']} {request['secondary']}"

    def leaves(self, room):
        self.account.chat_leave(room)

    def blocks(self, who, blocked):
        if blocked:
            self.account.privacy(DENY_USERS)
        self.account.deny(who, int(blocked))

    def describes(self, markup):
        self.account.profile(markup)

    def reads(self, who, text):
        """Asks for what is known of @who until @text is in it."""
        def told():
            self.mark()
            self.account.info(who)
            found = self._wait("userinfo", who)["html"]
            return found if text in plain(found) else None
        return self.until(told, f"{text!r} in the information on {who}: "
                          f"{self._events('userinfo')[-1:]}")

    def warns(self, who):
        try:
            self.account.menu(who, "Warn...")
        except AssertionError as problem:
            raise Unable("it has no warnings") from problem
        request = self.until(lambda: [
            e for e in self._events("request") if e["kind"] == "action"],
            "the question about a warning")[0]
        self.client.answer(request, 0)


class PidginParty:
    """A stock Pidgin."""

    kind = "Pidgin"

    def __init__(self, account, stage, artefacts):
        self.host = Pidgin([account], stage, artefacts)
        self.name = account.user
        try:
            self.host.start()
        except BaseException:
            self.host.close()
            raise
        self.marks = {}

    def close(self):
        self.host.close()

    def keep(self, subject):
        for conv in self.call("PurpleGetConversations"):
            self.call("PurpleConversationPresent", conv)
        self.host.screenshot(f"pidgin-{subject}.png")

    def call(self, method, *args):
        return self.host.call(method, *args)

    def until(self, condition, what):
        return self.host.until(condition, what, PATIENCE)

    @property
    def number(self):
        return self.host.account_number()

    @property
    def connection(self):
        return self.call("PurpleAccountGetConnection", self.number)

    def sign_on(self):
        self.call("PurpleAccountSetEnabled", self.number, "gtk-gaim", 1)
        if not self.call("PurpleAccountIsConnected", self.number):
            self.call("PurpleAccountConnect", self.number)
        self.host.wait_online()

    def sign_off(self):
        self.call("PurpleAccountDisconnect", self.number)

    def _lines(self):
        lines = []
        for conv in self.call("PurpleGetConversations"):
            name = self.call("PurpleConversationGetName", conv)
            for line in reversed(self.call(
                    "PurpleConversationGetMessageHistory", conv)):
                lines.append((line, name))
        return lines

    def mark(self):
        self.marks = {line for line, _ in self._lines()}

    def _new_lines(self):
        found = []
        for line, name in self._lines():
            if line in self.marks:
                continue
            found.append({
                "conversation": name,
                "who": self.call("PurpleConversationMessageGetSender", line),
                "html": self.call("PurpleConversationMessageGetMessage",
                                  line),
                "flags": self.call("PurpleConversationMessageGetFlags",
                                   line),
                "time": self.call("PurpleConversationMessageGetTimestamp",
                                  line)})
        return found

    def _buddy(self, who):
        buddy = self.call("PurpleFindBuddy", self.number, who)
        if not buddy:
            raise AssertionError(f"{who} is not on the list")
        return buddy

    def adds(self, who):
        if self.call("PurpleFindBuddy", self.number, who):
            return
        group = (self.call("PurpleFindGroup", "Friends")
                 or self.call("PurpleGroupNew", "Friends"))
        buddy = self.call("PurpleBuddyNew", self.number, who, "")
        self.call("PurpleBlistAddBuddy", buddy, 0, group, 0)
        self.call("PurpleAccountAddBuddy", self.number, buddy)

    def _seen(self, who):
        presence = self.call("PurpleBuddyGetPresence", self._buddy(who))
        status = self.call("PurplePresenceGetActiveStatus", presence)
        return (self.call("PurpleStatusGetId", status),
                plain(self.call("PurpleStatusGetAttrString", status,
                                "message") or ""),
                bool(self.call("PurplePresenceIsIdle", presence)))

    def sees(self, who, status, text=None):
        def there():
            shown, said, _ = self._seen(who)
            return shown == status and (text is None or text in said)
        self.until(there, lambda: f"{who} {status} {text}: {self._seen(who)}")

    def sees_idle(self, who, idle):
        self.until(lambda: self._seen(who)[2] == idle,
                   lambda: f"{who} idle {idle}: {self._seen(who)}")

    def becomes(self, status, text=None):
        self.host._status(PRIMITIVES[status], text)

    def idles(self, seconds):
        presence = self.call("PurpleAccountGetPresence", self.number)
        self.call("PurplePresenceSetIdle", presence, int(seconds > 0),
                  int(time.time()) - seconds)

    def _im(self, who):
        return self.call("PurpleConversationGetImData",
                         self.host._conversation(who))

    def says(self, who, markup):
        self.call("PurpleConvImSend", self._im(who), markup)

    def _said(self, who, text, room=None):
        def spoken():
            return [e for e in self._new_lines()
                    if same(e["who"], who) and text in plain(e["html"])
                    and (room is None or same(e["conversation"], room))]
        return self.until(spoken, lambda: f"{text!r} of {who}: "
                          f"{self._new_lines()[-4:]}")[0]

    def hears(self, who, text):
        return self._said(who, text)["html"]

    def hears_delayed(self, who, text):
        line = self._said(who, text)
        if not line["flags"] & DELAYED_FLAG:
            raise Unmet(f"not marked as of old: {line}")
        return line["time"]

    def heard(self, who, text):
        return [e["html"] for e in self._new_lines()
                if text in plain(e["html"]) and same(e["who"], who)]

    def complaints(self):
        return [e["html"] for e in self._new_lines()
                if e["flags"] & ERROR_FLAG]

    def types(self, who, state):
        self.call("ServSendTyping", self.connection, who,
                  TYPING[state])

    def sees_typing(self, who, state):
        want = TYPING[state]
        im = self._im(who)
        self.until(lambda: self.call("PurpleConvImGetTypingState", im)
                   == want, f"{who} {state}")

    def wears(self, picture):
        path = ""
        if picture:
            path = self.host.home / f"icon-{len(picture)}.png"
            path.write_bytes(picture)
        self.call("PurplePrefsSetPath", "/pidgin/accounts/buddyicon", path)

    def icon_of(self, who):
        icon = self.call("PurpleBuddyGetIcon", self._buddy(who))
        return self.call("PurpleBuddyIconGetChecksum", icon) if icon else None

    def sees_icon(self, who, present):
        self.until(lambda: (self.icon_of(who) is not None) == present,
                   lambda: f"icon of {who} {present}: {self.icon_of(who)}")
        return self.icon_of(who)

    def _room(self, room):
        return self.call("PurpleFindConversationWithAccount", 2, room,
                         self.number)

    def _chat(self, room):
        return self.call("PurpleConversationGetChatData", self._room(room))

    def joins(self, room):
        self.call("ServJoinChat", self.connection,
                  f"{{'room': '{room}'}}")

    def is_in(self, room, who):
        self.until(lambda: self._room(room) and self.call(
            "PurpleConvChatFindUser", self._chat(room), who),
            lambda: f"{who} in {room}")

    def has_gone(self, room, who):
        self.until(lambda: not self.call(
            "PurpleConvChatFindUser", self._chat(room), who),
            lambda: f"{who} gone from {room}")

    def tells(self, room, markup):
        self.call("PurpleConvChatSend", self._chat(room), markup)

    def hears_in(self, room, who, text):
        return self._said(who, text, room)["html"]

    def invites(self, room, who, text):
        self.call("ServChatInvite", self.connection,
                  self.call("PurpleConvChatGetId", self._chat(room)), text,
                  who)

    def follows(self, who, room):
        window = self.host.wait_window("^Pidgin$")
        self.host.screenshot(f"pidgin-invited-by-{who}.png")
        self.host.click_last(window)

    def leaves(self, room):
        self.call("PurpleConversationDestroy", self._room(room))

    def blocks(self, who, blocked):
        # As "Block" in a buddy's menu.
        self.call("PurpleAccountSetPrivacyType", self.number, DENY_USERS)
        self.call("ServSetPermitDeny", self.connection)
        self.call("ServAddDeny" if blocked else "ServRemDeny",
                  self.connection, who)

    def describes(self, markup):
        self.call("PurpleAccountSetUserInfo", self.number, markup)
        self.call("ServSetInfo", self.connection, markup)

    def reads(self, who, text):
        self.call("ServGetInfo", self.connection, who)
        window = self.host.wait_window("Buddy Information|Info for")
        self.host.screenshot(f"pidgin-info-{who}.png")
        raise Unable("see the screenshot")

    def warns(self, who):
        raise Unable("by menu only")


class BitlbeeParty:
    """A stock BitlBee, seen over IRC."""

    kind = "bitlbee"

    def __init__(self, account, stage, artefacts):
        self.host = Bitlbee([account], stage, artefacts)
        self.name = account.user
        self.word = account.word
        self.nicks = {}
        try:
            self.host.start()
        except BaseException:
            self.host.close()
            raise
        self.irc = self.host.irc
        self.irc.tell("set typing_notice true")

    def close(self):
        self.host.close()

    def keep(self, subject):
        self.host.screenshot(f"bitlbee-{subject}.txt")

    def sign_on(self):
        since = len(self.irc.lines)
        self.host.connect()
        self.irc.wait("Logged in", since=since)

    def sign_off(self):
        since = len(self.irc.lines)
        self.irc.tell(f"account {self.word} off")
        self.irc.wait("Signing off", since=since)

    def mark(self):
        self.marked = len(self.irc.lines)

    def until(self, condition, what):
        return self.host.until(condition, what, PATIENCE)

    def _ask(self, line, end):
        """The lines that answer a command, up to the one like @end."""
        since = len(self.irc.lines)
        self.irc.write(line)
        self.irc.wait(end, since=since)
        return self.irc.lines[since:]

    def _listed(self):
        """The nicks of its buddies, by name."""
        nicks = {}
        for line in self._ask("PRIVMSG &bitlbee :blist all",
                              r"buddies \("):
            row = re.findall(r"[^\s\x02\x03:]+",
                             line.partition("&bitlbee")[2])
            if len(row) >= 2:
                nicks[row[1].lower()] = re.sub(r"^\d\d", "", row[0])
        return nicks

    def nick(self, who):
        if who not in self.nicks:
            listed = self._listed()
            if who.lower() not in listed:
                raise AssertionError(f"no nick of {who}: {listed}")
            self.nicks[who] = listed[who.lower()]
        return self.nicks[who]

    def adds(self, who):
        if who.lower() not in self._listed():
            self.irc.tell(f"add {self.word} {who}")

    def _whois(self, who):
        return "\n".join(self._ask(f"WHOIS {self.nick(who)}", " 318 "))

    def _seen(self, who):
        told = self._whois(who)
        away = re.search(r" 301 \S+ \S+ :(.*)", told)
        if " 311 " not in told:
            return "unknown", told
        if away is None:
            return "available", ""
        if away[1] == "User is offline":
            return "offline", ""
        return "away", away[1]

    def sees(self, who, status, text=None):
        def there():
            shown, said = self._seen(who)
            return shown == status and (text is None or text in said)
        self.until(there, lambda: f"{who} {status} {text}: {self._seen(who)}")

    def sees_idle(self, who, idle):
        self.until(lambda: bool(re.search(
            r" 317 \S+ \S+ [1-9]", self._whois(who))) == idle,
                   lambda: f"{who} idle {idle}: {self._whois(who)}")

    def becomes(self, status, text=None):
        if status == "invisible":
            self.host.away("Invisible")
        elif status == "away":
            self.host.away(plain(text))
        else:
            self.host.back()

    def idles(self, seconds):
        raise Unable("BitlBee says nothing of idling")

    def says(self, who, markup):
        self.irc.write(f"PRIVMSG {self.nick(who)} :{plain(markup)}")

    def _spoken(self, who, text, target):
        lines = [bare(line) for line in self.irc.lines[self.marked:]]
        return [line for line in lines
                if re.match(rf":{re.escape(self.nick(who))}!\S+ PRIVMSG "
                            rf"{target} :", line, re.I) and text in line]

    def hears(self, who, text):
        line = self.until(
            lambda: self._spoken(who, text, self.irc.nick),
            lambda: f"{text!r} of {who}: {self.irc.lines[self.marked:]}")[0]
        return line.split(" :", 1)[1]

    def hears_delayed(self, who, text):
        line = self.hears(who, text)
        return line

    def heard(self, who, text):
        return self._spoken(who, text, self.irc.nick)

    def complaints(self):
        return [line for line in self.irc.lines[self.marked:]
                if re.search("(?i)error|not delivered|unable", line)]

    def types(self, who, state):
        self.irc.write(
            f"PRIVMSG {self.nick(who)} :\x01TYPING {TYPING[state]}\x01")

    def sees_typing(self, who, state):
        self.until(lambda: self._spoken(
            who, f"\x01TYPING {TYPING[state]}\x01", self.irc.nick),
            lambda: f"{who} {state}: {self.irc.lines[self.marked:]}")

    def wears(self, picture):
        raise Unable("BitlBee has no icons")

    def sees_icon(self, who, present):
        raise Unable("BitlBee has no icons")

    def _channel(self, room):
        return "#" + re.sub(r"[^a-z0-9]", "", room.lower())

    def joins(self, room):
        channel = self._channel(room)
        self.irc.tell(f'chat add {self.word} "{room}" {channel}')
        self.irc.write(f"JOIN {channel}")
        self.irc.wait(rf":me!\S+ JOIN :?{channel}", since=self.marked)

    def is_in(self, room, who):
        channel = self._channel(room)
        name = self.irc.nick if same(who, self.name) else self.nick(who)
        self.until(lambda: name in " ".join(self._ask(
            f"NAMES {channel}", " 366 ")), lambda: f"{who} in {room}: "
            f"{self.irc.lines[self.marked:]}")

    def has_gone(self, room, who):
        channel, name = self._channel(room), self.nick(who)
        self.until(lambda: name not in " ".join(
            line for line in self._ask(f"NAMES {channel}", " 366 ")
            if " 353 " in line), lambda: f"{who} gone from {room}")

    def tells(self, room, markup):
        self.irc.write(f"PRIVMSG {self._channel(room)} :{plain(markup)}")

    def hears_in(self, room, who, text):
        channel = self._channel(room)
        return self.until(lambda: self._spoken(who, text, channel),
                          lambda: f"{text!r} of {who} in {room}: "
                          f"{self.irc.lines[self.marked:]}")[0]

    def invites(self, room, who, text):
        self.irc.write(f"INVITE {self.nick(who)} {self._channel(room)}")

    def follows(self, who, room):
        line = self.irc.wait("Accept chat invitation", since=self.marked)
        self.irc.tell("yes")
        return line

    def leaves(self, room):
        self.irc.write(f"PART {self._channel(room)}")

    def blocks(self, who, blocked):
        verb = "block" if blocked else "allow"
        self.irc.tell(f"{verb} {self.word} {who}")
        self.irc.wait(f"(?i)(block|allow)", since=self.marked)

    def describes(self, markup):
        raise Unable("BitlBee has no profiles")

    def reads(self, who, text):
        def told():
            since = len(self.irc.lines)
            self.irc.tell(f"info {self.word} {who}")
            self.irc.wait("(?i)info", since=since)
            return any(text in bare(line) for line in self.irc.lines[since:])
        self.until(told, lambda: f"{text!r} in {self.irc.lines[-10:]}")
        return text

    def warns(self, who):
        raise Unable("BitlBee has no warnings")
