"""What the control port can ask and do, by name."""

import asyncio
import time

from common import actions as common_actions

from . import store, wire

ACTIONS, action = common_actions.table()


def _account(server, name):
    account = server.accounts.named(name)
    if account is None:
        raise LookupError("no account %s" % name)
    return account


def _address(server, text):
    """The address of an account, or @text if it is none."""
    account = server.accounts.named(text)
    return account.address if account else text


def _bot(server, name):
    return server.bot(_account(server, name))


def _sessions(server, name):
    """The live gateway sessions of @name, or of everybody."""
    key = name and _account(server, name).login.lower()
    return [one for one in server.gateway.all if not one.lost
            and key in (None, one.account_key)]


# Questions.

@action
def ports(server):
    return {"host": server.host, "web_port": server.web.port,
            "web_tls_port": server.web.tls_port,
            "other_port": server.web.other_port}


@action
def web(server, stage=None, last=None):
    """The requests over HTTP so far, and what they were answered."""
    found = [one for one in server.web.served if one["stage"] != "control"
             and stage in (None, one["stage"])]
    return {"requests": found[-last:] if last else found, "count": len(found),
            "replays": server.replays, "overlaps": server.overlaps,
            "connections": server.connections,
            "sessions": len(server.gateway.all)}


@action
def sessions(server, name=None):
    """All gateway sessions, and how many live."""
    key = name and _account(server, name).login.lower()
    shown = [one for one in server.gateway.all
             if key in (None, one.account_key)]
    return {"live": sum(not one.lost for one in shown), "total": len(shown),
            "polling": sum(bool(one.held) for one in shown),
            "sessions": [one.describe() for one in shown]}


@action
def users(server):
    """Who is visibly signed on."""
    return {"users": [account.address for account in server.accounts
                      if server.presence.status(account)]}


@action
def user(server, name):
    account = _account(server, name)
    status = server.presence.status(account)
    return {"name": account.login, "address": account.address,
            "online": bool(account.endpoints), "visible": bool(status),
            "status": status, "services": account.services,
            "published": account.services.get("IM", {}).get("Status"),
            "ready": any("im" in one.subscriptions
                         for one in account.endpoints),
            "endpoints": [one.epid for one in account.endpoints],
            "stored": len(account.stored), "pending": len(account.pending),
            "seen": account.bot.seen if account.bot else []}


@action
def received(server, name, sender=None, last=None):
    """What the bot @name was sent: messages, typing, and other things."""
    bot = _bot(server, name)
    wanted = sender and _address(server, sender).lower()

    def mine(one):
        return wanted in (None, one["from"].lower())
    got = [one for one in bot.received if mine(one)]
    return {"count": len(got),
            "messages": got if last is None else got[len(got) - last:],
            "texts": [one["text"] for one in got],
            "typing": [one for one in bot.typing if mine(one)],
            "other": [one for one in bot.other if mine(one)]}


@action
def commands(server, name=None, stage=None, direction=None, session=None):
    """Commands, oldest first; direction ">" is from the client."""
    key = name and _account(server, name).login.lower()
    found = [dict(one, session=link.number) for link in server.gateway.all
             for one in link.log
             if key in (None, link.account_key)
             and session in (None, link.number)
             and stage in (None, one["verb"], one["stage"])
             and direction in (None, one["way"])]
    found.sort(key=lambda one: one["time"])
    return {"count": len(found), "commands": found,
            "lines": [one["line"] for one in found]}


@action
def rooms(server):
    """All threads and temporary groups, and who is in each."""
    return {"rooms": server.threads.describe() + [
        {"id": group.address, "topic": None,
         "members": {key: "user" for key in group.members}}
        for group in server.groups]}


@action
def violations(server):
    """What clients did that they must not."""
    return {"violations": server.violations, "count": len(server.violations)}


@action
def forgive(server, text=""):
    """Forgets the violations that have @text in them."""
    server.violations = [one for one in server.violations if text not in one]


# What others do.

@action
def say(server, sender, to, text="", kind="Text", times=1, more=(),
        client_id=None, content_type=None):
    """The bot `from` says @text to @to; {n} in it counts."""
    bot, ids = _bot(server, sender), []
    for count in range(times):
        ids.append(bot.say(_address(server, to),
                           text.replace("{n}", str(count)), kind, more,
                           client_id, content_type).ident)
    return {"ids": ids}


@action
def typing(server, sender, to, stops=False):
    _bot(server, sender).say(_address(server, to), "", "Control/ClearTyping"
                             if stops else "Control/Typing")


@action
def nudge(server, sender, to):
    _bot(server, sender).say(_address(server, to), "", "Nudge")


@action
def arrive(server, name, status="NLN"):
    """The bot @name signs on."""
    _bot(server, name).sign_on(status)


@action
def depart(server, name):
    _bot(server, name).sign_off()


@action
def be(server, name, status=None, psm=None, nick=None):
    """The bot @name changes what it shows of itself."""
    _bot(server, name).be(status, psm, nick)


@action
def add(server, name, who, told=True, **fields):
    """Puts the address @who on the directory's list of @name."""
    account = _account(server, name)
    account.persons.append(store.person(dict(fields, address=who)))
    if told:
        abch(server, name)


@action
def remove(server, name, who, told=True):
    account = _account(server, name)
    account.persons = [one for one in account.persons if all(
        contact["address"] != who for contact in one["contacts"])]
    if told:
        abch(server, name)


@action
def fill(server, name, count, prefix="buddy"):
    """Gives @name @count more contacts in the directory."""
    account = _account(server, name)
    for number in range(count):
        account.persons.append(store.person({
            "nickname": "Buddy %d" % number,
            "address": "8:live:%s%d" % (prefix, number)}))


@action
def thread_create(server, name, members, topic=None):
    """The bot @name makes a thread with @members; its address."""
    me = _account(server, name).address
    thread = server.threads.create(me, [(me, "admin")] + [
        (_address(server, one), "user") for one in members])
    thread.topic = topic
    server.threads.announce_creation(thread)
    return {"thread": thread.address}


@action
def thread_change(server, name, thread, add=(), topic=None, role="user"):
    """@name adds members, gives them a role, or says what it is about."""
    server.threads.change(server.threads.find(thread),
                          _account(server, name).address,
                          [(_address(server, one), role) for one in add],
                          topic)


@action
def thread_remove(server, name, thread, members):
    """@name takes members out, perhaps itself."""
    server.threads.remove(server.threads.find(thread),
                          _account(server, name).address,
                          [_address(server, one) for one in members])


@action
def mail(server, name, sender="Bob", address="bob@example.com",
         subject="Lunch"):
    """New mail for @name."""
    body = ("MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsemail"
            "notification; charset=UTF-8\r\n\r\nFrom: %s\r\nMessage-URL: "
            "/cgi-bin/getmsg\r\nSubject: %s\r\nDest-Folder: ACTIVE\r\n"
            "From-Addr: %s\r\nid: 2\r\n\r\n" % (sender, subject, address))
    for session in _sessions(server, name):
        session.tell("HOTMAIL", body)


@action
def abch(server, name):
    """The list of @name has changed in the directory."""
    for session in _sessions(server, name):
        session.tell("ABCH", '<NOTIFICATION id="0"><MSG><BODY>&lt;'
                     'NotificationData&gt;&lt;Service&gt;ABCHInternal&lt;'
                     '/Service&gt;&lt;/NotificationData&gt;</BODY></MSG>'
                     '</NOTIFICATION>')


# The session.

@action
def push(server, to, wire=None, data=None):  # pylint: disable=W0621
    """Command bytes, `wire` or `hex`, as they are to all sessions of @to."""
    told = _sessions(server, to)
    for session in told:
        session.push(bytes.fromhex(data) if data is not None
                     else wire.encode())
    return {"sessions": len(told)}


@action
def lose_session(server, name=None):
    """Forgets the sessions of @name; what they ask draws 400."""
    told = _sessions(server, name)
    for session in told:
        server.gateway.forget(session, "lost")
    return {"sessions": len(told)}


@action
def kick(server, name, text="Signed in elsewhere"):
    """Ends the sessions of @name with OUT."""
    for session in _sessions(server, name):
        session.end(text)


@action
def end_session(server, name):
    """The next response to @name says Session=close."""
    for session in _sessions(server, name):
        session.ending = True
        session.wake()


@action
def refuse(server, name, code, text="No"):
    """A numeric error about the session, not about a command."""
    for session in _sessions(server, name):
        session.push(wire.command(code, 0, "CON", [], text))


@action
def expire_token(server, name):
    """What is sent with the registration token of now is refused."""
    for session in _sessions(server, name):
        session.expired_token = session.tokens[-1]
        session.tokens = []


@action
def expire_cookies(server, name):
    """The cookies of @name are good for nothing any more."""
    _account(server, name).generation += 1


@action
def endpoint(server, name, epid=None, depart=False, status="NLN"):  # pylint: disable=W0621
    """A second place of @name signs on, inside the server, or off."""
    account = _account(server, name)
    bot = server.bot(account)
    bot.epid = epid or bot.epid
    if depart:
        bot.sign_off()
    else:
        bot.sign_on(status)
    return {"epid": bot.epid}


# As the contract has them, for POST /_control.

def _fault(server, fault, count=1, **more):
    server.faults.add(dict(more, fault=fault, times=count))


@action
def status(server, code, next=None, count=1):  # pylint: disable=W0622
    """Answers the next requests of the kind @next with @code, unheard."""
    _fault(server, "http-status", count, stage=next, code=code)


@action
def drop(server, next=None, when="before"):  # pylint: disable=W0622
    """Closes the connection before or after a request is carried out."""
    _fault(server, "http-hang-up" if when == "before" else "hang-up-after",
           stage=next)


@action
def close(server, to):
    end_session(server, to)


@action
def expire(server, to):
    lose_session(server, to)


@action
def truncate(server, next=None):  # pylint: disable=W0622
    _fault(server, "truncate", stage=next)


@action
def delay(server, ms, next=None):  # pylint: disable=W0622
    _fault(server, "http-slow", stage=next, seconds=ms / 1000)


@action
def move(server, host, to=None):
    """The next response says that the session is at @host."""
    _fault(server, "move", address=host,
           account=to and _account(server, to).login)


@action
def rotate(server, on=True):
    server.config.rotate = on


@action
def strict(server, on=True):
    server.config.strict = on


@action
def nolongpoll(server, on=True):
    server.config.no_long_poll = on


@action
def split(server, on=True):
    server.config.split = on


@action
def error(server, match, code, text="No"):
    """The next command like @match ("PUT MSGR\\\\PRESENCE") fails."""
    verb, _, target = match.partition(" ")
    last = target.rpartition("\\")[2]
    _fault(server, "error", stage="%s-%s" % (verb, last) if last else verb,
           code=code, text=text)


@action
def nochallenge(server, on=True):
    server.config.nonce = None if on else type(server.config).nonce


@action
def xfr(server, host):
    _fault(server, "xfr", stage="CNT", address=host)


# The server.

common_actions.add(ACTIONS)


@action
def complaints(server):
    """Errors of the server itself, and what clients must not do."""
    return {"complaints": server.complaints + [
        "violation by " + one for one in server.violations]}


@action
def account(server, name, **settings):
    """Makes the account @name, or changes what is given of it."""
    found = server.accounts.named(name)
    if found is None:
        found = store.Account(name, **settings)
        server.accounts.all.append(found)
        if found.behaviour and found.online:
            server.bot(found).sign_on()
        return
    for field, value in settings.items():
        if not hasattr(found, field):
            raise AttributeError(field)
        setattr(found, field, value)


@action
async def ping(server, seconds=0):
    """Answers, after @seconds."""
    await asyncio.sleep(seconds)
    return {"time": time.time(), "host": server.host}
