"""What the server itself has to say: the profile, mail, stored messages."""

import base64
import time

from . import wire

HOTMAIL = ("Hotmail", "Hotmail")
PROFILE = "text/x-msmsgsprofile; charset=UTF-8"
INITIAL_OLD = "text/x-msmsgsinitialemailnotification; charset=UTF-8"
INITIAL = "text/x-msmsgsinitialmdatanotification; charset=UTF-8"
STORED = "text/x-msmsgsoimnotification; charset=UTF-8"
NEW_MAIL = "text/x-msmsgsemailnotification; charset=UTF-8"
MOVED_MAIL = "text/x-msmsgsactivemailnotification; charset=UTF-8"
SYSTEM = "application/x-msmsgssystemmessage"
INBOX_URLS = [("Inbox-URL", "/cgi-bin/HoTMaiL"),
              ("Folders-URL", "/cgi-bin/folders"),
              ("Post-URL", "https://mail.example.com/login")]
FOLDER = "00000000-0000-0000-0000-000000000009"


def send(session, kind, fields, body=""):
    session.link.send("MSG", *HOTMAIL, payload=wire.mime(kind, fields, body))


def profile(session):
    account, traits, link = session.account, session.traits, session.link
    port = link.peer[1]
    if traits.swapped_port:
        port = (port & 0xFF) << 8 | port >> 8
    high, low = (int(account.uuid.replace("-", "")[at:at + 8], 16)
                 for at in (0, 8))
    send(session, PROFILE, [
        ("LoginTime", int(time.time())),
        ("EmailEnabled", int(traits.mail)),
        ("MemberIdHigh", high), ("MemberIdLow", low),
        ("lang_preference", 1033), ("preferredEmail", ""), ("country", ""),
        ("PostalCode", ""), ("Gender", ""), ("Kid", 0), ("Age", ""),
        ("BDayPre", ""), ("Birthday", ""), ("Wallet", ""),
        ("Flags", 536872513), ("sid", 507),
        ("MSPAuth", session.ticket_text or ""),
        ("ClientIP", link.peer[0]), ("ClientPort", port),
        ("ABCHMigrated", 1), ("MPOPEnabled", int(bool(session.guid)))])


def date(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def mail_data(server, account, messages=None, counts=True, limited=True):
    """The MD element for @messages, or for all that wait. Where it is
    @limited, many are only said to be many."""
    waiting = account.stored if messages is None else messages
    if counts and limited and len(waiting) > server.config.mail_limit:
        return "too-large"
    mail = account.mail or {}
    out = ""
    if counts:
        out += ("<E><I>%d</I><IU>%d</IU><O>%d</O><OU>%d</OU></E>"
                "<Q><QTM>409600</QTM><QNM>204800</QNM></Q>" % (
                    mail.get("inbox", 0), mail.get("unread", 0),
                    mail.get("other", 0), mail.get("other_unread", 0)))
    for one in waiting:
        out += ("<M><T>11</T><S>6</S><RT>%s</RT><RS>0</RS><SZ>%d</SZ>"
                "<E>%s</E><I>%s</I><F>%s</F><N>%s</N></M>" % (
                    date(one.time), len(text_of(one)),
                    wire.escape(one.sender), one.uuid,
                    FOLDER if counts else ".!!OIM",
                    wire.encoded_word(one.friendly) if one.friendly else ""))
    return "<MD>%s</MD>" % out


def initial_mail(session):
    account = session.account
    if session.version > 10:
        fields = [("Mail-Data", mail_data(session.server, account))]
        if session.traits.mail:
            fields += INBOX_URLS
        send(session, INITIAL, [], "".join("%s: %s\r\n" % one
                                           for one in fields))
    else:
        mail = account.mail or {}
        fields = [("Inbox-Unread", mail.get("unread", 0)),
                  ("Folders-Unread", mail.get("other_unread", 0))]
        send(session, INITIAL_OLD, [], "".join(
            "%s: %s\r\n" % one for one in fields + INBOX_URLS))


def new_mail(session, sender, address, subject, folder="ACTIVE"):
    send(session, NEW_MAIL, [], "".join("%s: %s\r\n" % one for one in [
        ("From", sender), ("Message-URL", "/cgi-bin/getmsg?msg=MSG1"),
        ("Post-URL", "https://mail.example.com/login"),
        ("Subject", subject), ("Dest-Folder", folder),
        ("From-Addr", address), ("id", 2)]))


def moved_mail(session, source, target, count):
    send(session, MOVED_MAIL, [], "Src-Folder: %s\r\nDest-Folder: %s\r\n"
         "Message-Delta: %d\r\n" % (source, target, count))


def shutdown(session, minutes):
    send(session, SYSTEM, [], "Type: 1\r\nArg1: %d\r\n" % minutes)


def list_changed(session):
    """What Escargot says when a list has changed elsewhere."""
    body = wire.escape("<NotificationData><Service>ABCHInternal</Service>"
                       "<CID>0</CID></NotificationData>")
    text = ('<NOTIFICATION id="0" siteid="45705" siteurl="http://contacts.'
            'msn.com"><TO name="%s"/><MSG id="0"><SUBSCR url="s.htm"/>'
            '<BODY>%s</BODY></MSG></NOTIFICATION>' % (
                wire.escape(session.account.email), body))
    session.link.send("NOT", payload=text.encode())


def store(server, message):
    """Keeps @message until its recipient fetches it."""
    account = server.accounts.find(message.recipient)
    account.stored.append(message)
    for session in server.sessions(account):
        if session.version > 10:
            send(session, STORED, [], "Mail-Data: %s\r\n" % mail_data(
                server, account, [message], counts=False))
    server.changed()


def text_of(message):
    """@message as GetMessage has it."""
    if message.raw is not None:
        return message.raw
    body = base64.b64encode(message.text.encode()).decode()
    lines = [body[at:at + 76] for at in range(0, len(body), 76)]
    friendly = (wire.encoded_word(message.friendly) + " "
                if message.friendly else "")
    return "\n".join([
        "X-Message-Info: cwRBnLifKNE8dVZlNj6AiX8142B67OTjG9BFMLMyzuui1H4Xx7m3"
        "NQ==",
        "Received: from OIM-SSI-02.example ([127.0.0.1]) by oim1.example",
        "\twith ESMTP; " + _mail_date(message.time),
        "From: %s<%s>" % (friendly, message.sender),
        "To: " + message.recipient,
        "Subject: ",
        "X-OIM-originatingSource: 127.0.0.1",
        "X-OIMProxy: MSNMSGR",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: base64",
        "X-OIM-Message-Type: OfflineMessage",
        "X-OIM-Run-Id: " + message.run,
        "X-OIM-Sequence-Num: %d" % message.sequence,
        "Date: " + _mail_date(message.time), ""] + lines)


def _mail_date(moment):
    return time.strftime("%d %b %Y %H:%M:%S +0000", time.gmtime(moment))
