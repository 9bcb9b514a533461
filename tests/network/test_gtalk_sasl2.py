"""Signing in by SASL2, with a resource, a token and stream management in one
exchange, to a server that holds its answers back and spoils them."""

import re

from gtalk_scripted import SECRET, online, scene
from tap import equal, main
from xmpp.server import SASL, SASL2, SM


def mechanism(heard):
    """Which one the client asked for, and in which frame."""
    return re.findall(r"<(auth|authenticate) [^>]*mechanism='([^']*)'", heard)


# --- round trips ---------------------------------------------------------------

def trips(s, marks, direct):
    """The server says nothing before it has heard each of @marks, the first
    two flights (TCP and TLS) and the rest: as many as there are."""
    account = s.account(direct=direct)
    online(account)
    account.sign_off()
    s.server.hold = marks
    before = len(s.server.sessions)
    online(account)
    equal(len(s.server.sessions), before + 1, "links")
    s.server.wait("<presence", before)


@scene(inline=("bind", "sm", "carbons", "resume", "pipelining"))
def token_in_three_round_trips(s):
    """TCP, TLS, and one more for who we are, list and presence."""
    trips(s, ["roster"], True)
    equal(mechanism(s.server.last.heard), [("authenticate",
                                            "HT-SHA-256-ENDP")])


@scene(sasl2=("PLAIN",), sasl1=("PLAIN",), fast=())
def password_in_three_round_trips(s):
    trips(s, ["roster"], True)
    equal(mechanism(s.server.last.heard), [("authenticate", "PLAIN")])


@scene(fast=())
def scram_in_four_round_trips(s):
    trips(s, ["authenticate", "roster"], True)
    equal(mechanism(s.server.last.heard), [("authenticate", "SCRAM-SHA-256")])


@scene
def starttls_is_one_more(s):
    trips(s, ["starttls", "roster"], False)


@scene(inline=("bind", "sm", "carbons", "resume"))
def nobody_runs_ahead_unasked(s):
    """XEP-0388 forbids it, unless the server says that it waits its turn."""
    account = s.account(direct=True)
    online(account)
    s.server.hold = ["authenticate"]
    heard = s.again(account)
    assert heard.index("</authenticate>") < heard.index("<iq"), heard
    s.server.wait("<presence")


# --- what comes along --------------------------------------------------------------

@scene
def everything_in_one_exchange(s):
    account = s.account()
    online(account)
    heard = s.server.wait("<presence").string
    equal(mechanism(heard), [("authenticate", "SCRAM-SHA-256")])
    assert "urn:ietf:params:xml:ns:xmpp-bind" not in heard, heard
    assert s.server.carbons
    equal(len(s.server.resumable), 1, "streams that can be resumed")
    equal(heard.count("<enable xmlns='urn:xmpp:carbons:2'"), 1)
    # The stream is the same before and after.
    equal(heard.count("<stream:stream"), 2)


@scene(inline=())
def without_bind_the_old_one_follows(s):
    account = s.account()
    online(account)
    heard = s.server.wait("<presence").string
    assert "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'" in heard, heard
    equal(heard.count("<stream:stream"), 2)


@scene(sasl2=())
def server_with_the_old_frame_only(s):
    account = s.account()
    online(account)
    equal(mechanism(s.server.heard()), [("auth", "SCRAM-SHA-1")])


@scene(sasl2=("PLAIN",))
def stronger_in_the_old_frame(s):
    """Round trips are not worth a weaker proof."""
    account = s.account()
    online(account)
    equal(mechanism(s.server.heard()), [("auth", "SCRAM-SHA-1")])


@scene
def server_that_gave_it_up(s):
    """What was known of it is no more true."""
    account = s.account()
    online(account)
    s.server.sasl1, s.server.sasl2, s.server.fast = ["SCRAM-SHA-256"], [], []
    equal(mechanism(s.again(account))[-1], ("auth", "SCRAM-SHA-256"))


# --- tokens ----------------------------------------------------------------------

@scene
def token_instead_of_the_password(s):
    account = s.account()
    online(account)
    token = s.server.token("mina", "HT-SHA-256-ENDP")
    heard = s.again(account)
    equal(mechanism(heard), [("authenticate", "HT-SHA-256-ENDP")])
    assert "<fast xmlns='urn:xmpp:fast:0'" in heard
    assert token not in s.server.heard(), "the token itself was shown"
    agents = re.findall("<user-agent id='([^']*)'", s.server.heard())
    equal(len(set(agents)), 1, "names of this place")
    equal(s.server.token("mina", "HT-SHA-256-ENDP"), token)


@scene(fast=("HT-SHA-256-NONE",))
def token_without_a_binding(s):
    account = s.account()
    online(account)
    equal(mechanism(s.again(account)), [("authenticate", "HT-SHA-256-NONE")])


@scene(rotate=True)
def token_is_replaced(s):
    account = s.account()
    online(account)
    tokens = set()
    for _ in range(3):
        tokens.add(s.server.token("mina", "HT-SHA-256-ENDP"))
        equal(mechanism(s.again(account)),
              [("authenticate", "HT-SHA-256-ENDP")])
    equal(len(tokens), 3, "tokens")


@scene
def refused_token_is_forgotten(s):
    """The password is asked for instead, and gives a new one."""
    account = s.account()
    online(account)
    s.server.tokens.clear()
    equal(mechanism(s.again(account)),
          [("authenticate", "HT-SHA-256-ENDP"),
           ("authenticate", "SCRAM-SHA-256")])
    equal(mechanism(s.again(account)), [("authenticate", "HT-SHA-256-ENDP")])


@scene(inline=("bind", "sm", "carbons"))
def refused_token_costs_no_link(s):
    account = s.account(direct=True)
    online(account)
    s.server.tokens.clear()
    before = len(s.server.sessions)
    s.again(account)
    equal(len(s.server.sessions), before + 1, "links")


@scene
def refused_token_weakens_nothing(s):
    """After SCRAM last time, the password is not shown because a token was
    not good enough."""
    account = s.account()
    online(account)
    s.server.tokens.clear()
    s.server.sasl1, s.server.sasl2 = [], ["PLAIN"]
    account.sign_off()
    s.asked_for_weaker(account)
    assert "mechanism='PLAIN'" not in s.server.heard()


@scene
def another_password_is_tried(s):
    """What is left of the old one signs nobody in who types another."""
    account = s.account()
    online(account)
    account.sign_off()
    account = s.account("something else")
    equal(s.refused(account)["reason"], "AUTHENTICATION_FAILED")
    equal(mechanism(s.server.last.heard), [("authenticate", "SCRAM-SHA-256")])


@scene
def token_is_for_one_server(s):
    """Not for another one the settings name, though it has the same
    certificate."""
    account = s.account()
    online(account)
    account.sign_off()
    before = len(s.server.sessions)
    account.option("server", "localhost")
    online(account)
    heard = "".join(one.heard for one in s.server.sessions[before:])
    equal(mechanism(heard), [("authenticate", "SCRAM-SHA-256")])


@scene
def token_is_not_shown_under_another_name(s):
    account = s.account()
    online(account)
    account.sign_off()
    s.server.show("elsewhere.test")
    account.connect()
    account.wait(lambda e: e["event"] in ("error", "request"))
    assert "<auth" not in s.server.last.heard, s.server.last.heard


@scene
def token_is_not_shown_in_plain(s):
    """A server that has lost its encryption is told nothing that could be
    said to it again."""
    account = s.account(security="optional")
    online(account)
    account.sign_off()
    offer = s.server.last.sign_in_features(s.server)
    s.server.edit = lambda kind, xml, session: (
        f"<stream:features>{offer}</stream:features>"
        if kind == "features" else xml)
    account.connect()
    account.wait("request")
    assert "<auth" not in s.server.last.heard, s.server.last.heard


def kept(s):
    """What is as good as the password, by name."""
    return {path.name: path
            for path in (s.client.profile / "purple-classic").rglob("*")
            if path.name in ("fast", "salted")}


@scene
def secrets_are_kept_with_the_password(s):
    account = s.account()
    online(account)
    account.sign_off()
    equal(sorted(kept(s)), ["fast", "salted"])
    for name, path in kept(s).items():
        equal(oct(path.stat().st_mode & 0o777), "0o600", name)
        assert SECRET not in path.read_text(), name


@scene
def no_secret_is_kept_without_the_password(s):
    account = s.account()
    account.remember(0)
    online(account)
    account.sign_off()
    equal(kept(s), {})


@scene
def secrets_go_with_the_password(s):
    """Somebody keeps it no more, and signs on once again."""
    account = s.account()
    online(account)
    account.sign_off()
    account.remember(0)
    account.password(SECRET)
    online(account)
    equal(kept(s), {})
    equal(mechanism(s.server.last.heard), [("authenticate", "SCRAM-SHA-256")])


# --- going on ------------------------------------------------------------------------

@scene
def resumes_along_with_the_sign_in(s):
    account = s.account()
    online(account)
    s.server.wait("<presence")
    s.server.last.send("<message from='tomas@gtalk.test/x' type='chat' "
                       "id='1'><body>before</body></message>")
    equal(account.wait("line")["html"], "before")
    number = len(s.server.sessions)
    s.server.cut()
    account.im("tomas@gtalk.test", "while it was cut")
    heard = s.server.wait("while it was cut", number).string
    assert "<resume xmlns='urn:xmpp:sm:3'" in heard, heard
    assert "roster" not in heard, heard
    s.server.last.send("<message from='tomas@gtalk.test/x' type='chat' "
                       "id='2'><body>after</body></message>")
    equal(account.wait("line", html="after")["html"], "after")
    assert not account.seen("error")


@scene
def not_resumed_is_bound_anew(s):
    """In the same exchange, and what was not acknowledged is sent again."""
    account = s.account()
    online(account)
    s.server.wait("<presence")
    number = len(s.server.sessions)
    s.server.resumable.clear()
    s.server.cut()
    account.im("tomas@gtalk.test", "do not lose me")
    s.server.wait("do not lose me", number)
    heard = s.server.wait("jabber:iq:roster", number).string
    equal(heard.count("do not lose me"), 1)
    equal(len(s.server.resumable), 1, "streams that can be resumed")
    assert not account.seen("error")


# --- servers not to be trusted ---------------------------------------------------------

def spoiled(s, kind, change, account=None):
    s.server.edit = lambda k, xml, session: (change(xml) if k == kind else xml)
    error = s.refused(account or s.account())
    assert "<presence" not in s.server.last.heard
    return error


@scene(inline=("bind",))
def success_without_a_proof(s):
    error = spoiled(s, "success", lambda xml: re.sub(
        "<additional-data>.*</additional-data>", "", xml))
    assert "prove" in error["text"], error


@scene(inline=("bind",))
def success_with_another_proof(s):
    error = spoiled(s, "success", lambda xml: re.sub(
        "<additional-data>.*</additional-data>",
        "<additional-data>dj1BQUFB</additional-data>", xml))
    assert "prove" in error["text"], error


@scene(inline=("bind",))
def success_before_the_challenge(s):
    error = spoiled(s, "challenge", lambda xml: (
        f"<success xmlns='{SASL2}'><authorization-identifier>"
        "mina@gtalk.test/x</authorization-identifier></success>"))
    assert "prove" in error["text"] or "before" in error["text"], error


@scene(inline=("bind",))
def token_without_a_proof_of_the_server(s):
    account = s.account()
    online(account)
    account.sign_off()
    error = spoiled(s, "success", lambda xml: re.sub(
        "<additional-data>.*</additional-data>", "", xml), account)
    assert "prove" in error["text"], error


@scene(inline=("bind",))
def second_factor_is_not_understood(s):
    error = spoiled(s, "success", lambda xml: (
        f"<continue xmlns='{SASL2}'><additional-data>AAAA</additional-data>"
        "<tasks><task>TOTP-EXAMPLE</task></tasks></continue>"))
    equal(error["reason"], "AUTHENTICATION_IMPOSSIBLE")
    assert "code" in error["text"], error


@scene(inline=("bind",))
def success_in_the_other_frame(s):
    """The old frame's word means nothing in the new one."""
    refusal = (f"<failure xmlns='{SASL2}'><not-authorized xmlns='{SASL}'/>"
               "</failure>")
    error = spoiled(s, "challenge",
                    lambda xml: f"<success xmlns='{SASL}'/>" + refusal)
    equal(error["reason"], "AUTHENTICATION_FAILED")


@scene(inline=("bind",))
def address_that_is_none(s):
    account = s.account()
    for address in ("", "gtalk.test", "@", "mina@/", "x" * 5000):
        error = spoiled(s, "success", lambda xml, a=address: re.sub(
            "(<authorization-identifier>).*(</auth)", rf"\1{a}\2", xml),
            account)
        account.wait("disconnected")
        assert error["text"], error
        s.server.edit = lambda kind, xml, session: xml


@scene
def more_acknowledged_than_was_sent(s):
    account = s.account()
    online(account)
    s.server.wait("<presence")
    s.server.edit = lambda kind, xml, session: re.sub(
        f"(<resumed xmlns='{SM}'[^>]* h=)'[0-9]*'", r"\1'4000000000'", xml)
    s.server.cut()
    assert account.wait("error")["text"]


@scene
def weaker_than_last_time(s):
    account = s.account()
    online(account)
    account.sign_off()
    s.server.sasl1 = s.server.sasl2 = ["PLAIN"]
    s.server.fast = []
    s.asked_for_weaker(account)
    assert "mechanism='PLAIN'" not in s.server.heard()


@scene
def wrong_password_is_tried_once(s):
    error = s.refused(s.account("not it"))
    equal(error["reason"], "AUTHENTICATION_FAILED")
    equal(mechanism(s.server.heard()), [("authenticate", "SCRAM-SHA-256")])


@scene
def truncated_answers(s):
    """Whatever is missing, an error comes of it in the end."""
    whole = {}

    def keep(kind, xml, session):
        whole.setdefault(kind, xml)
        return xml

    s.server.edit = keep
    account = s.account()
    online(account)
    account.sign_off()
    for at in range(40, len(whole["success"]) - 1, 60):
        def cut(kind, xml, session, at=at):
            if kind != "success":
                return xml
            session.hold = ["nothing"]
            session.pending, xml = "", session.pending + xml[:at]
            session.note("said", xml)
            session.link.sendall(xml.encode())
            session.link.close()
            raise OSError("cut here")

        s.server.edit = cut
        account.connect()
        account.wait("error")
        account.wait("disconnected")


if __name__ == "__main__":
    main()
