"""Much at once, and the same again and again: nothing is lost, nothing is
out of order, nothing leaks."""

from oscar_scene import people, scene, tap

MANY = 10000


def _report_gap(s, what):
    """How long the main loop was away. The sanitizers slow us down, so this
    is told and not judged; the benches judge."""
    gap = s.client.call("beat")["longest_gap_us"] / 1000
    tap.comment(f"{what}: main loop away for {gap:.1f} ms at most, peak "
                f"memory {s.client.peak_kib()} KiB")


@scene(seconds=300)
def receives_ten_thousand_messages(s):
    bob = s.sign_on()
    s.client.call("beat")
    s.server.do("burst", **{"from": "Robot", "to": "Bob", "count": MANY})
    lines = s.client.wait_count("line", MANY, 200, conversation="Robot")
    tap.equal([line["html"] for line in lines],
              [f"message {number}" for number in range(MANY)], "messages")
    _report_gap(s, f"{MANY} messages")
    bob.im("Robot", "enough")
    s.heard("Robot")


@scene(seconds=300)
def receives_ten_thousand_buddies(s):
    # Four buddies, two groups and the root are there already.
    s.server.do("fill", name="Bob", count=MANY - 27)
    s.client.call("beat")
    bob = s.sign_on()
    buddies = tap.wait_until(
        lambda: len(found := bob.blist()["buddies"]) == MANY - 27 + 4
        and found, "all buddies", 200, 0.5)
    names = {b["who"] for b in buddies}
    tap.equal(len(names), MANY - 23, "names")
    for number in (0, MANY // 2, MANY - 28):
        tap.contains(names, f"buddy{number:05d}", "names")
    replies = s.server.do("snacs", stage="13/06")["count"]
    tap.equal(replies > 1, True, f"several replies, not {replies}")
    _report_gap(s, f"{MANY} items in {replies} replies")


@scene(seconds=300)
def keeps_what_is_valid_of_a_longer_list(s):
    s.server.do("fill", name="Bob", count=MANY + 2000)
    bob = s.sign_on()
    tap.wait_until(lambda: len(bob.blist()["buddies"]) > MANY - 100,
                   "most buddies", 200, 0.5)
    notice = s.client.wait("notify", 60)
    tap.contains(notice["primary"], "longer than this program takes",
                 "sentence")


# Signing on and off.

STAGES = [
    # (what the server does, at which frame)
    ("close-after", "signon"), ("close-on", "17/06"), ("close-after", "17/07"),
    ("close-on", "17/02"), ("reset-after", "17/03"), ("close-on", "cookie"),
    ("reset-on", "cookie"), ("close-after", "01/03"),
    ("close-after", "01/18"), ("reset-after", "01/07"),
    ("close-after", "02/03"), ("close-after", "03/03"),
    ("close-after", "04/05"), ("close-after", "09/03"),
    ("close-after", "13/03"), ("close-after", "13/06"),
    ("cut-frame", "13/06"), ("oversize", "13/06"), ("garbage", "17/07"),
    ("garbage", "01/07"), ("cut-body", "17/03"), ("bad-marker", "01/03"),
    ("bad-type", "01/07"), ("mute", "17/07"), ("mute", "17/03"),
    ("mute", "01/03"), ("mute", "01/07"), ("mute", "13/06"),
]


def _stop_somewhere(s, account, number):
    """Signs on with something going wrong, and off, wherever that is."""
    fault, stage = STAGES[number % len(STAGES)]
    if stage == "13/06":
        # A list that stayed as it is would not be sent again.
        echo, = [i for i in s.server.do("feedbag", name="Bob")["items"]
                 if i["name"] == "Echo"]
        echo["attributes"]["7a01"] = f"{number:04x}"
        s.server.do("edit", name="Bob", op="update", items=[echo])
    s.server.do("fault", fault=fault, stage=stage, bytes=7,
                hex="00ff" * 30 if fault == "garbage" else None)
    account.connect()
    if fault == "mute" or fault == "oversize":
        # Nothing more comes: the user loses patience.
        account.wait("progress", text="Signing in")
    else:
        account.wait(lambda e: e["event"] in ("error", "connected"))
    s.server.do("clear-faults")
    if account.state()["connecting"] or account.state()["connected"]:
        account.disconnect()
    account.wait("disconnected")


def _leaks(function):
    return scene(seconds=400, client={"leaks": True})(function)


@_leaks
def leaks_nothing_in_a_hundred_cycles(s):
    bob = s.account()
    for number in range(50):
        bob.sign_on()
        if number % 3 == 0:
            bob.im("Echo", "hello")
            bob.info("Robot")
        if number % 5 == 0:
            bob.wait("buddy-on")
        bob.sign_off()
    for number in range(56):
        _stop_somewhere(s, bob, number)
    bob.sign_on()
    s.server.wait_for({"do": "connections"}, {"open": 1})


@_leaks
def leaks_nothing_when_stopped_at_once(s):
    """Switched off after a number of milliseconds nobody chose."""
    bob = s.account()
    for number in range(40):
        bob.connect()
        for _ in range(number % 8):
            s.client.call("beat")
        bob.disconnect()
        bob.wait("disconnected")
    bob.sign_on()


@_leaks
def leaks_nothing_over_tls(s):
    certificate, key = s.t.certificate()
    other = s.t.server({"accounts": people()},
                       ["--cert", certificate, "--key", key])
    bob = s.account(server="localhost", port=other.tls_port,
                    security="required")
    bob.connect()
    s.client.answer(bob.wait("request"), "Accept")
    bob.wait("connected")
    bob.sign_off()
    for number in range(20):
        if number % 2:
            bob.sign_on()
            bob.sign_off()
        else:
            bob.connect()
            for _ in range(number):
                s.client.call("beat")
            bob.disconnect()
            bob.wait("disconnected")
    other.faultless()


if __name__ == "__main__":
    tap.main()
