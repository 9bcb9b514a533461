"""The Google Talk module in a real libpurple, against a private Prosody."""

import socket
import threading

from gtalk_scene import Cable, SCRIPTS, markup, scene
import headless
from tap import equal, main, wait_until


@scene
def talks_in_every_script(s):
    mina, tomas = s.pair()
    for text in SCRIPTS:
        html = markup(text)
        mina.im(s.address("tomas"), html)
        equal(tomas.wait("line", who=s.address("mina"),
                         flags=["recv"])["html"], html)
        tomas.im(s.address("mina"), html)
        equal(mina.wait("line", who=s.address("tomas"),
                        flags=["recv"])["html"], html)


@scene
def wrong_password_is_tried_once(s):
    """Least of all in plain: the same password would be shown to whoever
    refused to take the proof of it."""
    mina = s.account("mina", "not it")
    mina.connect()
    question = mina.wait("request")
    s.client.call("answer", question["id"], 0)
    error = mina.wait("error")
    equal(error["reason"], "AUTHENTICATION_FAILED")
    equal(s.server.log().count("c2s_unauthed]: <auth "), 1, "tries")
    assert "mechanism='PLAIN'" not in s.server.log()


class Bare:
    """A server that has no encryption and would take a password in plain."""

    HEADER = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
              "xmlns:stream='http://etherx.jabber.org/streams' id='1' "
              "version='1.0' from='gtalk.test'><stream:features>"
              "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
              "<mechanism>PLAIN</mechanism></mechanisms></stream:features>")

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        peer, _ = self.listener.accept()
        with peer:
            peer.sendall(self.HEADER.encode())
            while data := peer.recv(65536):
                self.heard += data
        self.listener.close()


def nothing_in_plain(s, security):
    bare = Bare()
    mina = s.account("mina", security=security, port=bare.port)
    mina.connect()
    reason = mina.wait("error")["reason"]
    assert b"<auth" not in bare.heard, bare.heard
    return reason


@scene
def encryption_is_required(s):
    """A server that has none learns nothing."""
    equal(nothing_in_plain(s, "required"), "NO_SSL_SUPPORT")


@scene
def password_is_not_shown_in_plain(s):
    """Encryption if available does not mean the password without it."""
    equal(nothing_in_plain(s, "optional"), "AUTHENTICATION_IMPOSSIBLE")


@scene
def direct_tls(s):
    mina = s.account("mina", security="direct", port=s.server.tls_port)
    s.trust(mina)


@scene(settings='c2s_require_encryption = false\n'
                'allow_unencrypted_plain_auth = true')
def plain_text_only_when_told(s):
    """Without encryption only a mechanism that keeps the password to itself
    is used, whatever the server would take."""
    mina = s.account("mina", security="off")
    mina.sign_on()
    assert "mechanism='SCRAM-SHA-1'" in s.server.log()
    assert "mechanism='PLAIN'" not in s.server.log()


@scene(settings='disable_sasl_mechanisms = { "SCRAM-SHA-1", "SCRAM-SHA-256" }')
def plain_under_tls(s):
    s.trust(s.account("mina"))
    assert "mechanism='PLAIN'" in s.server.log()


@scene
def roster_and_presence(s):
    mina, tomas = s.pair()
    mina.buddy_add(s.address("tomas"), "Friends", "Tom")
    question = tomas.wait("request")
    assert s.address("mina") in str(question), question
    s.client.call("answer", question["id"], 0)
    mina.wait("buddy-on", who=s.address("tomas"))
    tomas.status("away", "gone fishing")
    mina.wait("buddy-status", who=s.address("tomas"), status="away",
              message="gone fishing")
    tomas.sign_off()
    mina.wait("buddy-off", who=s.address("tomas"))


@scene
def roster_is_kept_on_the_server(s):
    mina, _ = s.pair()
    tomas = s.address("tomas")
    mina.buddy_add(tomas, "Friends", "Tom")
    mina.buddy_move(tomas, "Friends", "Work")
    mina.buddy_alias(tomas, "Tommy")
    with headless.Headless() as elsewhere:
        other = s.account("mina", client=elsewhere)
        s.trust(other, elsewhere)
        # The edits may reach the server after this sign-on; then it pushes.
        wait_until(lambda: [(b["group"], b["alias"])
                            for b in other.blist()["buddies"]]
                   == [("Work", "Tommy")], "the edited roster")


@scene
def typing_is_seen(s):
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    mina.typing(s.address("tomas"), "typing")
    tomas.wait("typing", who=s.address("mina"), state="typing")


@scene
def offline_messages_come_once(s):
    mina, tomas = s.pair()
    s.befriend(mina, tomas, "tomas", "mina")
    tomas.sign_off()
    mina.wait("buddy-off", who=s.address("tomas"))
    mina.im(s.address("tomas"), "read me later")
    mina.im(s.address("tomas"), "and me")
    tomas.sign_on()
    for text in ("read me later", "and me"):
        line = tomas.wait("line", who=s.address("mina"))
        equal(line["html"], text)
        assert "delayed" in line["flags"], line
    tomas.sign_off()
    mina.wait("buddy-off", who=s.address("tomas"))
    tomas.sign_on()
    mina.im(s.address("tomas"), "now")
    equal(tomas.wait("line", who=s.address("mina"))["html"], "now")


@scene
def what_comes_back_is_shown(s):
    mina, _ = s.pair()
    nobody = s.address("nobody")
    mina.im(nobody, "are you there?")
    line = mina.wait("line", conversation=nobody,
                     html=lambda h: "Not delivered" in h)
    assert "are you there?" in line["html"], line


@scene
def what_a_lost_session_left_is_said(s):
    """The server is gone for good: nothing is lost in silence."""
    mina, _ = s.pair()
    s.server.process.kill()
    mina.im(s.address("tomas"), "are you there?")
    said = mina.wait("line", 100, conversation=s.address("tomas"),
                     html=lambda h: "Possibly not delivered" in h)
    assert "are you there?" in said["html"], said


# By default the server gives up a session that 500 stanzas wait for.
@scene(settings="smacks_max_queue_size = 5000\n")
def cut_link_loses_nothing(s):
    """Messages flow both ways while the link is cut again and again: each
    arrives once, in order."""
    cable = Cable(s.server.port)
    s.t.at_end(cable.close)
    mina = s.account("mina", port=cable.port)
    tomas = s.account("tomas")
    s.trust(mina)
    tomas.sign_on()
    total = 1000
    for number in range(total):
        mina.im(s.address("tomas"), f"to tomas {number}")
        tomas.im(s.address("mina"), f"to mina {number}")
        if number % 200 == 100:
            cable.cut()
    for number in range(total):
        equal(tomas.wait("line", 60, who=s.address("mina"),
                         flags=lambda f: "recv" in f)["html"],
              f"to tomas {number}")
        equal(mina.wait("line", 60, who=s.address("tomas"),
                        flags=lambda f: "recv" in f)["html"],
              f"to mina {number}")
    assert not mina.seen("error"), "the user was signed off"


if __name__ == "__main__":
    main()
