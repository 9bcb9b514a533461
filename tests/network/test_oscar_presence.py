"""Who is there, in which state, and how others see us."""

import time

from oscar_scene import scene, tap


@scene
def sees_who_is_there(s):
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot", status="available")
    tap.wait_until(lambda: bob.buddy("Amy Away")["status"] == "away", "Amy")
    tap.equal(bob.buddy("Gone Greg")["online"], False, "Greg online")


@scene
def sees_comings_and_goings(s):
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot")
    s.server.do("arrive", name="Gone Greg")
    bob.wait("buddy-on", who="Gone Greg")
    s.server.do("depart", name="Gone Greg")
    bob.wait("buddy-off", who="Gone Greg")
    s.server.do("arrive", name="Gone Greg", state="away")
    bob.wait("buddy-on", who="Gone Greg")
    tap.wait_until(lambda: bob.buddy("Gone Greg")["status"] == "away", "away")


@scene
def sees_states(s):
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot")
    s.server.do("be", name="Robot", state="away", text="Gone <b>fishing</b>")
    bob.wait("buddy-status", who="Robot", status="away")
    s.server.do("be", name="Robot")
    bob.wait("buddy-status", who="Robot", status="available")


@scene(traits={"rich_user_info": True})
def sees_idle_and_ages(s):
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot")
    s.server.do("be", name="Robot", state="idle", text="10")
    bob.wait("buddy-idle", who="Robot", idle=True)
    robot = bob.buddy("Robot")
    tap.equal(abs(time.time() - 600 - robot["idle_since"]) < 120, True,
              "idle for ten minutes")
    tap.equal(abs(time.time() - robot["online_since"]) < 300, True,
              "online since just now")
    tap.contains(robot["tooltip"].get("Member since", ""), "01/01/05",
                 "member since")
    s.server.do("be", name="Robot")
    bob.wait("buddy-idle", who="Robot", idle=False)


@scene
def reads_away_texts(s):
    s.server.do("be", name="Robot", state="away", text="Gone <i>fishing</i>")
    bob = s.sign_on()
    bob.wait("buddy-on", who="Robot")
    bob.info("Robot")
    shown = bob.wait("userinfo", who=lambda who: who.lower() == "robot")
    tap.contains(shown["html"], "fishing", "away text")
    tap.wait_until(lambda: "fishing" in (bob.buddy("Robot")["message"] or ""),
                   "away text in the list")


@scene
def reads_profiles(s):
    s.server.do("be", name="Robot", profile="I am <b>made</b> of steel.")
    bob = s.sign_on()
    bob.info("Robot")
    shown = bob.wait("userinfo", who=lambda who: who.lower() == "robot")
    tap.contains(shown["html"].lower(), "<b>made</b>", "profile")


@scene
def says_whom_it_knows_nothing_about(s):
    bob = s.sign_on()
    bob.info("Nobody")
    shown = bob.wait("userinfo")
    tap.contains(shown["html"], "offline or does not exist", "sentence")


# How others see us.

@scene
def goes_away_and_comes_back(s):
    bob = s.sign_on()
    s.state_of("Bob", online=True, away=False)
    bob.status("away", "gone <b>fishing</b>")
    answer = s.state_of("Bob", away=True)
    tap.contains(answer["instances"][0]["away"], "fishing", "away text")
    bob.status("available")
    s.state_of("Bob", away=False)


@scene
def away_texts_keep_every_alphabet(s):
    bob, ann = s.sign_on(), s.sign_on("Ann")
    bob.status("away", "é ё 漢 🙂")
    s.state_of("Bob", away=True)
    ann.info("Bob")
    shown = ann.wait("userinfo")
    # The loopback server, as the one it follows, calls every away text
    # US-ASCII: the text itself has to tell.
    tap.contains(shown["html"], "漢", "away text")


@scene
def signs_on_in_its_state(s):
    bob = s.account()
    bob.status("away", "not yet")
    bob.connect()
    bob.wait("connected")
    answer = s.state_of("Bob", online=True, away=True)
    tap.contains(answer["instances"][0]["away"], "not yet", "away text")


@scene
def becomes_invisible(s):
    bob, ann = s.sign_on(), s.sign_on("Ann")
    ann.buddy_add("Bob", "Friends")
    ann.wait("buddy-on", who="Bob")
    bob.status("invisible")
    ann.wait("buddy-off", who="Bob")
    bob.status("available")
    ann.wait("buddy-on", who="Bob")


@scene
def signs_on_invisible(s):
    bob = s.account()
    bob.status("invisible")
    bob.connect()
    bob.wait("connected")
    s.state_of("Bob", online=True, visible=False)
    tap.equal(_shown_openly(s), [], "moments of being seen")


def _shown_openly(s):
    """Presence of Bob that anybody was told of."""
    return [one for one in s.server.do("received", name="Robot")["snacs"]
            if one["snac"] == "03/0B" and b"Bob".hex() in one["body"]]


@scene
def tells_when_idle(s):
    bob = s.sign_on()
    bob.idle(600)
    s.state_of("Bob", idle={"min": 9})
    bob.idle(0)
    s.state_of("Bob", idle=0)


@scene
def publishes_a_profile(s):
    bob, ann = s.sign_on(), s.sign_on("Ann")
    bob.profile("I like <i>café</i> & 漢字.")
    s.server.wait_for({"do": "user", "name": "Bob"},
                      {"instances": {"any": {"profile": {"min": ""}}}})
    ann.info("Bob")
    shown = ann.wait("userinfo")
    tap.contains(shown["html"], "café", "profile")
    tap.contains(shown["html"], "漢字", "profile")


@scene
def publishes_a_profile_from_before(s):
    bob = s.account()
    bob.profile("set while offline")
    bob.connect()
    bob.wait("connected")
    s.server.wait_for(
        {"do": "user", "name": "Bob"},
        {"instances": {"any": {"profile": {"contains": "while offline"}}}})


if __name__ == "__main__":
    tap.main()
