"""Stored messages: leaving them, and fetching one's own."""

import base64
import re

from common.http import Answer

from .. import notices, wire
from ..store import Stored
from .soap import Fault, find, find_all, leaf, tag, text

RSI = "http://www.hotmail.msn.com/ws/2004/09/oim/rsi"
GUID = re.compile(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")


def _response(soap, inside):
    return tag(soap.operation + "Response", inside, xmlns=RSI)


def metadata(soap):
    return _response(soap, notices.mail_data(soap.server, soap.account,
                                              limited=False))


def _stored(soap, ident):
    for one in soap.account.stored:
        if one.uuid.lower() == (ident or "").lower():
            return one
    raise Fault("SchemaValidation", "no message %s" % ident)


def fetch(soap):
    return _response(soap, leaf("GetMessageResult", notices.text_of(
        _stored(soap, soap.text("messageId")))))


def delete(soap):
    for one in find_all(soap.body, "messageId"):
        soap.account.stored.remove(_stored(soap, one.text))
    soap.server.changed()
    return _response(soap, "")


def _check_key(soap):
    """The answer to the challenge that keeps programs out."""
    traits = soap.server.traits
    ticket = find(soap.root, "Ticket")
    key, product = ticket.get("lockkey") or "", ticket.get("appid") or ""
    right = bool(key)
    if traits.checks_lock:
        right = key == wire.challenge_answer(15, traits.lock_challenge,
                                             product)
    if not right:
        raise Fault("AuthenticationFailed", detail=(
            "<LockKeyChallenge xmlns=\"http://messenger.msn.com/ws/2004/09/"
            "oim/\">%s</LockKeyChallenge>" % traits.lock_challenge))


def store(soap):
    sender, target = find(soap.root, "From"), find(soap.root, "To")
    if sender is None or target is None:
        raise Fault("InvalidContent")
    if (sender.get("memberName") or "").lower() != soap.account.key:
        raise Fault("AuthenticationFailed")
    _check_key(soap)
    recipient = soap.server.accounts.find(target.get("memberName") or "")
    if recipient is None or not recipient.lets_see(soap.account):
        raise Fault("SystemUnavailable")
    content = (soap.text("Content") or "").replace("\r\n", "\n")
    message = _parse(content, soap)
    message.sender, message.recipient = soap.account.email, recipient.email
    message.friendly = _friendly(sender.get("friendlyName") or "")
    notices.store(soap.server, message)
    number = text(soap.root, "MessageNumber") or "1"
    ows = "http://messenger.msn.com/ws/2004/09/oim/"
    return Answer(200, (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="'
        'http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>'
        '<SequenceAcknowledgment xmlns="http://schemas.xmlsoap.org/ws/2003/03'
        '/rm"><Identifier xmlns="http://schemas.xmlsoap.org/ws/2002/07/'
        'utility">http://messenger.msn.com</Identifier><AcknowledgmentRange '
        'Upper="%s" Lower="%s" /></SequenceAcknowledgment></soap:Header>'
        '<soap:Body><StoreResponse xmlns="%s" /></soap:Body></soap:Envelope>'
        % (number, number, ows)), "text/xml; charset=utf-8")


def _parse(content, soap):
    fields, body = wire.fields(content.replace("\n", "\r\n").encode())
    run, number = fields.get("x-oim-run-id", ""), fields.get(
        "x-oim-sequence-num", "")
    lines = body.decode().split("\r\n")
    try:
        plain = base64.b64decode("".join(lines), validate=True).decode()
    except ValueError:
        raise Fault("InvalidContent") from None
    if (not GUID.fullmatch(run) or any(len(line) > 77 for line in lines)
            or number != (text(soap.root, "MessageNumber") or "")):
        raise Fault("InvalidContent")
    return Stored("", "", plain, run=run, sequence=int(number))


def _friendly(word):
    found = re.fullmatch(r"=\?utf-8\?B\?(.*)\?=", word, re.I)
    try:
        return base64.b64decode(found[1]).decode() if found else word
    except ValueError:
        return ""


OPERATIONS = {"GetMetadata": metadata, "GetMessage": fetch,
              "DeleteMessages": delete, "Store": store, "Store2": store}
