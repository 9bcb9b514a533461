"""Servers and people that mean harm, over sockets, against the Google Talk
module.

First those that would have a password without deserving it: whatever they
say, they learn nothing that could be used, and the user is told what is
wrong.
"""

import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "network"))
from gtalk_scripted import SECRET, online, scene  # noqa: E402
from tap import equal, main  # noqa: E402
from xmpp.server import SASL, STREAMS, TLS  # noqa: E402

HEADER = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
          f"xmlns:stream='{STREAMS}' id='1' from='gtalk.test'")
MECHANISMS = (f"<mechanisms xmlns='{SASL}'><mechanism>PLAIN</mechanism>"
              "<mechanism>X-OAUTH2</mechanism>"
              "<mechanism>X-GOOGLE-TOKEN</mechanism></mechanisms>")
OLD_AUTH = "<auth xmlns='http://jabber.org/features/iq-auth'/>"
BODY = "<message from='tomas@gtalk.test' id='1'><body>smuggled</body></message>"


def features(inside):
    return f"<stream:features>{inside}</stream:features>"


def replaced(**texts):
    """A server that says these in place of what it should."""
    return lambda kind, xml, session: texts.get(kind, xml)


def learnt_nothing(servers):
    """No server was shown who we are, in any form."""
    forms = [SECRET, base64.b64encode(f"\0mina\0{SECRET}".encode()).decode(),
             "<auth", "<response", "jabber:iq:auth", "<compress"]
    for server in servers:
        for form in forms:
            assert form not in server.heard(), server.heard()


def is_refused(s, account):
    """Told so in words, and nothing was given away."""
    error = s.refused(account)
    assert error["text"], error
    learnt_nothing([s.server])
    account.wait("disconnected")
    return error


# --- without encryption ---------------------------------------------------------

@scene
def sign_in_from_before_xmpp(s):
    """A server without a version, which would take jabber:iq:auth."""
    s.server.edit = replaced(header=HEADER + ">", features=features(OLD_AUTH))
    is_refused(s, s.account())
    is_refused(s, s.account(direct=True))


@scene
def old_sign_in_alone(s):
    s.server.edit = replaced(features=features(OLD_AUTH))
    is_refused(s, s.account(direct=True))


@scene
def encryption_is_not_offered(s):
    """Somebody in between takes it out of the list, and refuses it."""
    s.server.edit = replaced(features=features(MECHANISMS),
                             proceed=f"<failure xmlns='{TLS}'/>")
    equal(is_refused(s, s.account())["reason"], "NO_SSL_SUPPORT")


@scene
def encryption_is_not_insisted_on(s):
    """Where it is optional, nothing that shows the password goes out."""
    s.server.edit = replaced(features=features(MECHANISMS))
    account = s.account(security="optional")
    equal(is_refused(s, account)["reason"], "AUTHENTICATION_IMPOSSIBLE")


@scene
def features_twice_and_out_of_order(s):
    """The second list has no encryption, the first no mechanisms."""
    s.server.edit = replaced(
        features=features(f"<starttls xmlns='{TLS}'/>") + features(MECHANISMS),
        proceed=features(MECHANISMS) + f"<failure xmlns='{TLS}'/>")
    is_refused(s, s.account())


@scene
def success_that_nobody_asked_for(s):
    s.server.edit = replaced(features=f"<success xmlns='{SASL}'/>"
                             + features(MECHANISMS) + BODY,
                             proceed=f"<failure xmlns='{TLS}'/>")
    account = s.account()
    is_refused(s, account)
    assert not account.seen("line")


@scene
def compression_is_never_used(s):
    s.server.edit = replaced(features=features(
        "<compression xmlns='http://jabber.org/features/compress'>"
        "<method>zlib</method></compression>"))
    is_refused(s, s.account(direct=True))


@scene
def words_before_the_encryption_do_not_count(s):
    """What somebody appends to "proceed" is in the clear, and would be read
    behind the handshake."""
    smuggled = features(MECHANISMS) + f"<success xmlns='{SASL}'/>" + BODY
    s.server.edit = lambda kind, xml, session: (
        xml + smuggled if kind == "proceed" else xml)
    account = s.account()
    account.connect()
    account.wait(lambda e: e["event"] in ("connected", "error"))
    assert "mechanism='PLAIN'" not in s.server.heard()
    assert not account.seen("line")


# --- somebody else --------------------------------------------------------------

def names_another(s, account):
    """The user is asked or told; until then, nothing is said."""
    account.connect()
    event = account.wait(lambda e: e["event"] in ("request", "error"))
    learnt_nothing([s.server])
    assert not account.seen("connected")
    return event


@scene(certificate="elsewhere.test")
def certificate_for_another_name(s):
    """Whether the connection begins encrypted or not."""
    event = names_another(s, s.account())
    assert "elsewhere.test" in str(event) or "certificate" in str(event), event


@scene(certificate="elsewhere.test")
def certificate_for_another_name_at_once(s):
    names_another(s, s.account(direct=True))


@scene(certificate="127.0.0.1.elsewhere.test")
def certificate_for_a_name_that_begins_alike(s):
    names_another(s, s.account(direct=True))


@scene
def certificate_that_changed(s):
    """It was accepted once, and now there is another for the same name."""
    account = s.account()
    online(account)
    account.sign_off()
    heard = len(s.server.sessions)
    s.server.show(s.server.host)
    account.connect()
    account.wait("error")
    assert "<auth" not in "".join(session.heard for session
                                  in s.server.sessions[heard:])


def sends_on(other, **more):
    """A stream error that names another server."""
    error = ("<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:"
             f"xmpp-streams'>127.0.0.1:{other.port}</see-other-host>"
             "</stream:error></stream:stream>")
    return replaced(features=error, **more)


@scene
def sent_on_in_the_clear(s):
    """Whoever is in between can say that; nobody goes there."""
    other = s.new_server()
    s.server.edit = sends_on(other)
    account = s.account()
    account.connect()
    account.wait("error")
    equal(other.sessions, [], "links to the other one")
    learnt_nothing([s.server, other])


@scene
def sent_on_to_somebody_else(s):
    """Encrypted, it is followed; who is there has to be the same server."""
    other = s.new_server(certificate="elsewhere.test")
    away = sends_on(other)
    s.server.edit = lambda kind, xml, session: (
        away(kind, xml, session) if session.encrypted else xml)
    account = s.account()
    account.connect()
    account.wait(lambda e: e["event"] in ("request", "error"))
    learnt_nothing([s.server, other])


@scene
def sent_round_in_circles(s):
    away = sends_on(s.server)
    s.server.edit = lambda kind, xml, session: (
        away(kind, xml, session) if session.encrypted else xml)
    is_refused(s, s.account())
    assert len(s.server.sessions) < 10, len(s.server.sessions)


@scene(sasl2=())
def another_name_after_signing_in(s):
    s.server.edit = lambda kind, xml, session: (
        xml.replace("from='gtalk.test'", "from='elsewhere.test'")
        if kind == "header" and session.user else xml)
    account = s.account()
    error = s.refused(account)
    assert "changed its name" in error["text"], error
    assert not account.seen("connected")


# --- nonsense -------------------------------------------------------------------

@scene
def challenges_that_are_none(s):
    """Bad base64, empty, endless, or for somebody else."""
    account = s.account()
    for text in ("", "=", "!!!!", "AAAA", "A" * 60000,
                 base64.b64encode(b"r=x,s=eA==,i=4096").decode(),
                 base64.b64encode(b"m=x,r=x,s=eA==,i=4096").decode(),
                 base64.b64encode(b"\xff\0" * 50).decode()):
        s.server.edit = lambda kind, xml, session, t=text: (
            xml[:xml.index(">") + 1] + t + "</challenge>"
            if kind == "challenge" else xml)
        error = s.refused(account)
        assert error["text"], error
        assert "<response" not in s.server.heard()
        account.wait("disconnected")


@scene
def header_with_a_document_type(s):
    """Nothing of it is read, least of all from a file."""
    s.server.edit = lambda kind, xml, session: (
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM "
        "'file:///etc/passwd'>]>" + xml.partition("?>")[2]
        if kind == "header" else xml)
    is_refused(s, s.account(direct=True))


if __name__ == "__main__":
    main()
