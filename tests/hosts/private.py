"""Private profiles for the stock hosts: plugins, accounts, settings, all in
one directory that can be thrown away. Nothing of the user's is read or
written.
"""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import xml.sax.saxutils

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM_ICONS = pathlib.Path("/usr/share/pixmaps/pidgin/protocols")


@dataclasses.dataclass
class Account:
    """Somebody to sign on as."""

    user: str
    password: str
    protocol: str = "prpl-aim"
    settings: dict = dataclasses.field(default_factory=dict)

    @property
    def word(self):
        """What bitlbee calls the protocol."""
        return self.protocol.removeprefix("prpl-")


def custom_server(host, port):
    """Settings of an account for an unencrypted server of one's own."""
    return {"network": "custom", "server": host, "port": port,
            "security": "off"}


def build_dir():
    """The build tree the modules come from."""
    return pathlib.Path(os.environ.get("CLASSIC_BUILD", ROOT / "build"))


class Stage:
    """What "meson install" would put on the system, below a directory of our
    own.

    @target: where; must not exist or be ours
    @plugins: use this directory of modules instead of installing any
    """

    def __init__(self, target, plugins=None):
        self.target = pathlib.Path(target)
        if plugins is not None:
            self.plugins = pathlib.Path(plugins)
            return
        subprocess.run(
            ["meson", "install", "-C", str(build_dir()), "--no-rebuild",
             "--quiet"], check=True,
            env=dict(os.environ, DESTDIR=str(self.target)))
        module = next(self.target.rglob("classic-aim.so"))
        self.plugins = module.parent

    def copy_plugins(self, directory):
        """Puts the modules, with all that lies beside them, there, and the
        translations where modules look first."""
        shutil.copytree(self.plugins, directory, dirs_exist_ok=True)
        for catalogue in self.target.glob("**/LC_MESSAGES/purple-classic.mo"):
            place = pathlib.Path(directory, "purple-classic", "locale",
                                 *catalogue.parts[-3:])
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(catalogue, place)

    def icons(self):
        """A copy of Pidgin's icon directory with ours added; None if there
        is nothing to add."""
        ours = list(self.target.rglob("pixmaps/pidgin/protocols"))
        if not ours or not SYSTEM_ICONS.is_dir():
            return None
        merged = self.target / "icons"
        shutil.copytree(SYSTEM_ICONS, merged, dirs_exist_ok=True)
        shutil.copytree(ours[0], merged, dirs_exist_ok=True)
        return merged


def _setting(name, value):
    kind = ("bool" if isinstance(value, bool) else
            "int" if isinstance(value, int) else "string")
    text = xml.sax.saxutils.escape(str(int(value) if kind == "bool"
                                       else value))
    return f"<setting name='{name}' type='{kind}'>{text}</setting>"


def write_accounts(config, accounts, ui):
    """Writes accounts.xml; the accounts sign on by themselves under @ui."""
    escape = xml.sax.saxutils.escape
    parts = ["<?xml version='1.0' encoding='UTF-8' ?>",
             "<account version='1.0'>"]
    for account in accounts:
        parts += [
            "<account>",
            f"<protocol>{account.protocol}</protocol>",
            f"<name>{escape(account.user)}</name>",
            f"<password>{escape(account.password)}</password>",
            "<settings>"]
        parts += [_setting(k, v) for k, v in account.settings.items()]
        parts += [
            "</settings>",
            f"<settings ui='{ui}'>{_setting('auto-login', True)}</settings>",
            "</account>"]
    parts.append("</account>")
    path = pathlib.Path(config) / "accounts.xml"
    path.touch(mode=0o600)
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


QUIET_PREFS = """<?xml version='1.0' encoding='UTF-8' ?>
<pref version='1' name='/'>
 <pref name='purple'>
  <pref name='away'>
   <pref name='idle_reporting' type='string' value='none'/>
   <pref name='away_when_idle' type='bool' value='0'/>
  </pref>
 </pref>
 <pref name='pidgin'>
  <pref name='blist'><pref name='list_visible' type='bool' value='1'/>
   <pref name='show_offline_buddies' type='bool' value='1'/>
   <pref name='width' type='int' value='300'/>
   <pref name='height' type='int' value='580'/></pref>
  <pref name='sound'><pref name='method' type='string' value='none'/></pref>
  <pref name='conversations'>
   <pref name='im'><pref name='default_width' type='int' value='520'/>
    <pref name='default_height' type='int' value='420'/></pref>
  </pref>
 </pref>
 <pref name='finch'>
  <pref name='blist'><pref name='showoffline' type='bool' value='1'/></pref>
  <pref name='sound'><pref name='method' type='string' value='nosound'/></pref>
 </pref>
</pref>
"""


def write_profile(config, stage, accounts, ui):
    """Makes the profile of Pidgin ("gtk-gaim") or Finch ("gnt-purple")."""
    config = pathlib.Path(config)
    config.mkdir(parents=True, exist_ok=True)
    stage.copy_plugins(config / "plugins")
    write_accounts(config, accounts, ui)
    (config / "prefs.xml").write_text(QUIET_PREFS, encoding="utf-8")


def environment(home, **more):
    """The environment of a host that shall know nothing of the user."""
    home = pathlib.Path(home)
    env = {
        "HOME": str(home),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        # A fresh home would otherwise cost a scan of GStreamer.
        "GST_PLUGIN_SYSTEM_PATH_1_0": "",
        "NO_AT_BRIDGE": "1",
        "GTK_THEME": "",
    }
    for directory in (".config", ".cache", ".local/share", "runtime"):
        (home / directory).mkdir(parents=True, exist_ok=True)
    (home / "runtime").chmod(0o700)
    env.update(more)
    return env
