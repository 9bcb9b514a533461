"""Profiles with a past: accounts and buddies of closed services, lists of
several networks, and what other clients did to a list meanwhile."""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]
                       / "support"))
import headless  # noqa: E402
import tap  # noqa: E402

SECRET = "canary-Qe7-u"

# As Pidgin 2.10 wrote them, with the servers of the time.
OLD_ACCOUNTS = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'>
 <account>
  <protocol>prpl-aim</protocol>
  <name>Bob</name>
  <password>%s</password>
  <settings>
   <setting name='server' type='string'>slogin.oscar.aol.com</setting>
   <setting name='port' type='int'>5190</setting>
   <setting name='encryption' type='string'>opportunistic_encryption</setting>
   <setting name='use_clientlogin' type='bool'>1</setting>
  </settings>
 </account>
</account>
""" % SECRET

OLD_LIST = """<?xml version='1.0' encoding='UTF-8' ?>
<purple version='1.0'>
 <blist>
  <group name='Friends'>
   <contact>
    <buddy account='Bob' proto='prpl-aim'>
     <name>oldpal</name>
     <alias>Old Pal</alias>
    </buddy>
   </contact>
   <contact>
    <buddy account='Bob' proto='prpl-aim'>
     <name>echo</name>
     <alias>My Echo</alias>
    </buddy>
   </contact>
  </group>
 </blist>
</purple>
"""

NETWORK = """[%s]
name=%s
protocols=aim;icq;
host=127.0.0.1
port=%d
quirks=
"""


def people(groups):
    return [{"name": "Bob", "password": SECRET, "groups": groups},
            {"name": "Echo", "password": "x", "bot": "echo"},
            {"name": "Robot", "password": "x", "bot": "quiet"}]


FRIENDS = {"Friends": [{"name": "Echo"}, {"name": "Robot"}]}


def profile(t, *, old=False):
    """A profile; with @old, one that slept since 2012."""
    home = t.directory()
    (home / "purple").mkdir()
    if old:
        (home / "purple" / "accounts.xml").write_text(OLD_ACCOUNTS)
        (home / "purple" / "blist.xml").write_text(OLD_LIST)
    return home


def write_networks(home, **ports):
    folder = home / "purple" / "purple-classic"
    folder.mkdir(exist_ok=True)
    (folder / "networks.ini").write_text(
        "".join(NETWORK % (name, name.title(), port)
                for name, port in ports.items()))


def client(t, home, **options):
    made = headless.Headless(profile=home, **options)
    t.at_end(made.close)
    return made


def account(made, **options):
    return made.account("bob", "prpl-aim", "Bob", SECRET, **options)


def shown(bob):
    """{name: (group, alias)} of the buddy list."""
    return {buddy["who"].lower(): (buddy["group"], buddy["alias"])
            for buddy in bob.blist()["buddies"]}


def wait_shown(bob, names):
    tap.wait_until(lambda: set(shown(bob)) == set(names),
                   f"list of {sorted(names)}")


def on_server(server):
    return {buddy["name"].lower()
            for group in server.do("list", name="Bob")["groups"]
            for buddy in group["buddies"]}


def refused(bob):
    bob.connect()
    event = bob.wait(lambda e: e["event"] in ("error", "connected"))
    tap.equal(event["event"], "error", "outcome")
    tap.equal((event["reason"], event["fatal"]), ("INVALID_SETTINGS", True),
              "reason")
    bob.wait("disconnected")
    return event["text"]


@tap.case
def revives_an_account(t):
    server = t.server({"accounts": people(FRIENDS)})
    home = profile(t, old=True)
    made = client(t, home)
    bob = account(made)
    tap.equal(refused(bob), "Choose a network in this account's settings.",
              "sentence")
    write_networks(home, mine=server.port)
    bob.option("network", "mine")
    bob.sign_on()
    wait_shown(bob, ["oldpal", "echo", "robot"])
    # Nobody's name is lost, and nobody is told of old friends unasked.
    tap.equal(shown(bob)["oldpal"], ("Friends", "Old Pal"), "old pal")
    tap.equal(shown(bob)["echo"], ("Friends", "My Echo"), "echo")
    tap.equal(on_server(server), {"echo", "robot"}, "server's list")
    made.quit()


@tap.case
def uploads_old_friends_when_asked(t):
    server = t.server({"accounts": people(FRIENDS)})
    home = profile(t, old=True)
    write_networks(home, mine=server.port)
    made = client(t, home)
    bob = account(made, network="mine")
    bob.sign_on()
    wait_shown(bob, ["oldpal", "echo", "robot"])
    bob.action("Put Local Buddies on the Server's List")
    tap.wait_until(lambda: on_server(server) == {"oldpal", "echo", "robot"},
                   "three on the server")
    made.quit()


@tap.case
def knows_what_closed(t):
    made = client(t, profile(t, old=True))
    bob = account(made, network="custom")
    tap.equal(refused(bob), "AOL Instant Messenger closed on 2017-12-15. "
              "Choose a revival network or your own server.", "sentence")
    bob.option("network", "aol")
    tap.contains(refused(bob), "closed on 2017-12-15", "sentence")
    # Not even the name was looked up.
    tap.lacks(made.debug_log(), "prpl-aim: link", "debug log")
    made.quit()


@tap.case
def explains_settings_that_cannot_work(t):
    made = client(t, profile(t))
    bob = account(made, network="gone")
    tap.contains(refused(bob), "Choose a network", "unknown network")
    bob.option("network", "custom")
    bob.option("server", "  ")
    tap.contains(refused(bob), "needs the name of its server", "no server")
    bob.option("server", "127.0.0.1")
    bob.option("port", 70000)
    tap.contains(refused(bob), "between 1 and 65535", "port")
    bob.option("port", 5190)
    bob.option("encoding", "klingon")
    tap.contains(refused(bob), "encoding is not known", "encoding")
    bob.option("encoding", "")
    bob.proxy("tor", "", 0)
    tap.contains(refused(bob), "the proxy needs a host", "proxy")
    tap.lacks(made.debug_log(), "prpl-aim: link", "debug log")
    made.quit()


@tap.case
def follows_what_other_clients_did_meanwhile(t):
    server = t.server({"accounts": people(FRIENDS)})
    home = profile(t)
    write_networks(home, mine=server.port)
    made = client(t, home)
    bob = account(made, network="mine")
    bob.sign_on()
    wait_shown(bob, ["echo", "robot"])
    bob.sign_off()
    made.quit()

    other = client(t, profile(t))
    again = account(other, network="custom", server="127.0.0.1",
                    port=server.port, security="off")
    again.sign_on()
    wait_shown(again, ["echo", "robot"])
    again.buddy_remove("Echo", "Friends")
    again.buddy_move("Robot", "Friends", "Machines")
    server.wait_for({"do": "list", "name": "Bob"},
                    {"groups": {"count": 2}})
    tap.wait_until(lambda: on_server(server) == {"robot"}, "robot alone")
    other.quit()

    made = client(t, home)
    bob = account(made)
    bob.sign_on()
    tap.wait_until(lambda: shown(bob) == {"robot": ("Machines", None)},
                   "robot among the machines")
    made.quit()


@tap.case
def keeps_the_lists_of_two_networks_apart(t):
    first = t.server({"accounts": people(FRIENDS)})
    second = t.server({"accounts": people({"Pals": [{"name": "Robot"}]})})
    home = profile(t)
    write_networks(home, first=first.port, second=second.port)
    made = client(t, home)
    bob = account(made, network="first")
    bob.sign_on()
    wait_shown(bob, ["echo", "robot"])
    bob.sign_off()
    bob.option("network", "second")
    bob.sign_on()
    # Echo is on the first network's list only, and stays.
    tap.wait_until(lambda: shown(bob).get("robot", ("",))[0] == "Pals",
                   "robot among the pals")
    tap.equal(shown(bob)["echo"], ("Friends", None), "echo")
    tap.equal(on_server(second), {"robot"}, "second list")
    made.quit()

    caches = sorted((home / "purple" / "purple-classic" / "aim").iterdir())
    tap.equal(len(caches), 2, "caches")
    for folder in caches:
        tap.equal(folder.stat().st_mode & 0o777, 0o700, str(folder))
        for file in folder.iterdir():
            tap.equal(file.stat().st_mode & 0o777, 0o600, str(file))
            tap.lacks(file.read_bytes(), SECRET.encode(), str(file))


@tap.case
def steps_aside_where_the_protocol_is_taken(t):
    build = headless.build_dir()
    copy = t.directory()
    (copy / "shared").symlink_to(build / "shared")
    (copy / "plugins").mkdir()
    shutil.copy(build / "plugins" / "classic-aim.so",
                copy / "plugins" / "other-aim.so")
    made = client(t, profile(t), plugins=[build / "plugins",
                                          copy / "plugins"])
    tap.contains(made.debug_log(), "stepping aside: prpl-aim is already "
                 "provided by", "debug log")
    tap.contains(refused(account(made)), "Choose a network", "sentence")
    made.quit()


if __name__ == "__main__":
    tap.main()
