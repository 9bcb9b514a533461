"""What users do in each host besides talking: lists, requests, rooms. Where a
host has no such thing, or none that can be driven, the method is None."""

import html
import re

from pidgin import ERROR_FLAG, Pidgin, plain

RECEIVED_FLAG = 0x0002
DENY_USERS = 4


class LenientPidgin(Pidgin):
    """Pidgin 2.14 itself raises a critical warning in each room that has no
    topic when one comes in."""

    strict = False


class BitlbeeHands:
    def __init__(self, host):
        self.host, self.irc = host, host.irc
        self.began = 0
        self.channels = set()

    def sign_off(self):
        self.irc.tell("account 0 off")
        self.irc.wait("Signing off")

    def sign_on(self):
        """The certificate is known for as long as the session lasts."""
        self.began = len(self.irc.lines)
        self.irc.tell("account 0 on")
        line = self.irc.wait("Logged in|certificate of")
        if "Logged in" not in line:
            self.irc.tell("yes")
            self.irc.wait("Logged in")

    def heard(self, who):
        """What @who has said, in order."""
        nick = re.escape(who.split("@")[0])
        return [match[1] for match in (
            re.match(rf":{nick}!\S+ PRIVMSG me :(.*)", line)
            for line in self.irc.lines) if match]

    def said(self, who, text):
        """Whether it shows that we said @text to @who, elsewhere."""
        return any("PRIVMSG" in line and text in line
                   for line in self.irc.lines)

    def add(self, who, group):
        self.irc.tell(f"add 0 {who}")

    def accept(self, who):
        """Lets @who see us."""
        self.irc.wait(f"{who}.* add you", since=self.began)
        self.irc.tell("yes")

    def remove(self, who):
        self.irc.tell(f"remove {who.split('@')[0]}")

    def block(self, who, blocked):
        self.irc.tell(f"{'block' if blocked else 'allow'} 0 {who}")

    rename = None

    def _channel_of(self, group):
        """A channel that has the people of a group."""
        channel = "&" + re.sub(r"\W", "", group.lower())
        if channel in self.channels:
            return channel
        self.channels.add(channel)
        self.irc.write(f"JOIN {channel}")
        self.irc.wait(rf"^:me!\S+ JOIN :?{channel}")
        for key, value in (("fill_by", "group"), ("group", group)):
            self.irc.tell(f"channel {channel} set {key} {value}")
            self.irc.wait(f"{key} = .?{value}")
        return channel

    def regroup(self, who, group):
        nick = who.split("@")[0]
        self.irc.write(f"INVITE {nick} {self._channel_of(group)}")

    def group_has(self, group, who):
        channel, nick = self._channel_of(group), who.split("@")[0]

        def named():
            self.irc.write(f"NAMES {channel}")
            line = self.irc.wait(rf" 353 .*{channel} :")
            return re.search(rf"\b{nick}\b", line.rsplit(":", 1)[1])
        self.host.until(named, lambda: f"{who} in {channel}")

    def join(self, room):
        self.irc.tell(f"chat add 0 {room}")
        self.irc.wait("Chatroom successfully added")
        self.irc.write(f"JOIN #{room}")
        self.irc.wait(rf"^:me!.* JOIN :?#{room}")

    def tell(self, room, text):
        self.irc.write(f"PRIVMSG #{room} :{text}")

    def hears(self, room, nick, text):
        # A buddy has that nick already.
        self.irc.wait(rf"^:{nick}_?!\S+ PRIVMSG #{room} :{re.escape(text)}",
                      since=self.began)

    def topic(self, room, text):
        self.irc.wait(rf"(TOPIC| 332 \S+) #{room} :{re.escape(text)}",
                      since=self.began)

    def flood(self, who, lines):
        for line in lines:
            self.irc.write(f"PRIVMSG {who.split('@')[0]} :{line}")


class PidginHands:
    def __init__(self, host):
        self.host, self.call = host, host.call
        self.number = host.account_number()

    @property
    def connection(self):
        return self.call("PurpleAccountGetConnection", self.number)

    def sign_off(self):
        self.call("PurpleAccountSetEnabled", self.number, "gtk-gaim", 0)
        self.host.until(lambda: self.call("PurpleAccountIsDisconnected",
                                          self.number), "signed off")

    def sign_on(self):
        self.call("PurpleAccountSetEnabled", self.number, "gtk-gaim", 1)
        self.host.wait_online()

    def heard(self, who):
        return [text for _, text, flags in self.host.history(who)
                if flags & RECEIVED_FLAG and not flags & ERROR_FLAG]

    def said(self, who, text):
        return any(text in said for _, said, flags in self.host.history(who)
                   if not flags & RECEIVED_FLAG)

    def _group(self, name):
        return (self.call("PurpleFindGroup", name)
                or self.call("PurpleGroupNew", name))

    def _buddy(self, who):
        return self.call("PurpleFindBuddy", self.number, who)

    def add(self, who, group):
        buddy = self.call("PurpleBuddyNew", self.number, who, "")
        self.call("PurpleBlistAddBuddy", buddy, 0, self._group(group), 0)
        self.call("PurpleAccountAddBuddy", self.number, buddy)

    # It asks in a part of the buddy list's window that has no name.
    accept = None

    def rename(self, who, alias):
        self.call("PurpleBlistAliasBuddy", self._buddy(who), alias)
        self.call("ServAliasBuddy", self._buddy(who))

    def regroup(self, who, group):
        self.call("PurpleBlistAddBuddy", self._buddy(who), 0,
                  self._group(group), 0)

    def remove(self, who):
        buddy = self._buddy(who)
        group = self.call("PurpleBuddyGetGroup", buddy)
        self.call("PurpleAccountRemoveBuddy", self.number, buddy, group)
        self.call("PurpleBlistRemoveBuddy", buddy)

    def block(self, who, blocked):
        # As "Block" in a buddy's menu.
        self.call("PurpleAccountSetPrivacyType", self.number, DENY_USERS)
        self.call("ServSetPermitDeny", self.connection)
        self.call("ServAddDeny" if blocked else "ServRemDeny",
                  self.connection, who)

    def group_has(self, group, who):
        self.host.until(lambda: self._buddy(who) and self.call(
            "PurpleGroupGetName", self.call(
                "PurpleBuddyGetGroup", self._buddy(who))) == group,
            lambda: f"{who} in {group}")

    def _room(self, room):
        return self.call("PurpleFindConversationWithAccount", 2, room,
                         self.number)

    def _chat(self, room):
        self.host.until(lambda: self._room(room), f"the room {room}")
        return self.call("PurpleConversationGetChatData", self._room(room))

    def join(self, room):
        self.call("ServJoinChat", self.connection, f"{{'room': '{room}'}}")
        self._chat(room)

    def tell(self, room, text):
        self.call("PurpleConvChatSend", self._chat(room),
                  html.escape(text))

    def hears(self, room, nick, text):
        def lines():
            return [(self.call("PurpleConversationMessageGetSender", line),
                     plain(self.call("PurpleConversationMessageGetMessage",
                                     line)))
                    for line in self.call(
                        "PurpleConversationGetMessageHistory",
                        self._room(room))]
        self.host.until(lambda: (nick, text) in lines(),
                        lambda: f"{text!r} of {nick}: {lines()}")

    def topic(self, room, text):
        chat = self._chat(room)
        self.host.until(lambda: self.call("PurpleConvChatGetTopic",
                                          chat) == text, f"topic {text}")

    # A thousand calls over D-Bus take minutes.
    flood = None


class FinchHands:
    """What it does with lists and rooms is done in menus and forms, which the
    other two share with it through libpurple; here is what it shows."""

    def __init__(self, host):
        self.host = host

    sign_off = sign_on = add = rename = regroup = remove = block = None
    join = tell = topic = None

    def _log(self, who):
        """(speaker, words) of a conversation, as its log has it."""
        found = []
        for path in sorted(self.host.config.glob(f"logs/*/*/{who}/*")):
            for line in path.read_text(errors="replace").splitlines():
                match = re.match(r".*<b>(.*?):</b></span> (.*?)<br>", line)
                if match:
                    found.append((plain(match[1]), plain(match[2])))
        return found

    def heard(self, who):
        return [text for name, text in self._log(who)
                if name == self.host.shown(who)]

    def said(self, who, text):
        return any(text in said for name, said in self._log(who)
                   if name != self.host.shown(who))

    def accept(self, who):
        title = "Authorize buddy?"
        self.host.wait_screen(title)
        windows = self.host.screen().rstrip().splitlines()[-1].split("│")
        self.host.key(f"M-{[title in w for w in windows].index(True) + 1}")
        self.host.wait_screen(f"┤{title}├", who)
        self.host.key("Enter")
        self.host.until(lambda: not self.host.sees(title),
                        lambda: "an answer:\n" + self.host.screen())

    def group_has(self, group, who):
        self.host.key("M-1")

        def below():
            screen = self.host.screen()
            return 0 <= screen.find(group) < screen.find(
                self.host.shown(who))
        self.host.until(below, lambda: f"{who} in {group}:\n"
                        + self.host.screen())

    flood = None


HANDS = {"bitlbee": BitlbeeHands, "pidgin": PidginHands, "finch": FinchHands}
