"""A private Prosody: the XMPP server of Debian, on loopback ports of its own,
with accounts, rooms and certificates made for one test.

    with Prosody({"mina": "secret", "tomas": "secret"}) as server:
        server.port, server.tls_port, server.certificate

Stopped, it leaves nothing behind.
"""

import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HOST = "gtalk.test"
DEADLINE = 20.0

CONFIG = """
pidfile = "{home}/prosody.pid"
data_path = "{home}/data"
certificates = "{home}/certs"
log = {{ {{ levels = {{ min = "debug" }}, to = "file",
         filename = "{home}/log" }} }}
plugin_paths = {{ "{modules}" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{ {tls_port} }}
s2s_ports = {{ }}
modules_disabled = {{ "s2s" }}
http_ports = {{ {http_port} }}
https_ports = {{ {https_port} }}
http_interfaces = {{ "127.0.0.1" }}
https_interfaces = {{ "127.0.0.1" }}
modules_enabled = {{ "disco", "roster", "saslauth", "tls", "posix", "ping",
  "carbons", "mam", "smacks", "blocklist", "pep", "private", "vcard4",
  "vcard_legacy", "bookmarks", "csi_simple", "register", "version", "time",
  "uptime", "lastactivity", "offline", "http" }}
allow_registration = false
smacks_hibernation_time = 60
authentication = "internal_hashed"
{settings}
VirtualHost "{host}"
Component "conference.{host}" "muc"
Component "upload.{host}" "{files}"
  http_host = "localhost"
  http_external_url = "{upload_url}/"
  {upload}
{more}
"""

MODULES = pathlib.Path(__file__).resolve().parent / "modules"


def free_port():
    """Nobody's port. It is taken only seconds later, so it lies below those
    the system gives to connections, and is not the first that is free."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(10240, 32000)))
            except OSError:
                continue
            return probe.getsockname()[1]


class Prosody:
    """@accounts: names with their passwords; @settings: more lines of the
    configuration's global part; @hosts: further domains, each with lines of
    its own; @files: the module that takes files, and @upload: more of its
    lines; it is at @upload_url, or at an https one of this server's"""

    def __init__(self, accounts, settings="", host=HOST, hosts=None,
                 upload="", upload_url=None, files="http_file_share"):
        self.host = host
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="classic-prosody-"))
        self.port, self.tls_port, self.http_port, self.https_port = (
            free_port() for _ in range(4))
        self.certificate = self.home / "certs" / f"{host}.crt"
        self.process = None
        for name in ("data", "certs"):
            (self.home / name).mkdir()
        for name in (host, *(hosts or {})):
            self._certificate(name)
        self.config = self.home / "prosody.cfg.lua"
        self.config.write_text(CONFIG.format(
            home=self.home, modules=MODULES, host=host, port=self.port,
            tls_port=self.tls_port, http_port=self.http_port,
            https_port=self.https_port, settings=settings, more="\n".join(
                f'VirtualHost "{name}"\n{lines}'
                for name, lines in (hosts or {}).items()),
            upload=upload, files=files, upload_url=(upload_url or "https://localhost:{https}").format(
                http=self.http_port, https=self.https_port)))
        self._own()
        for name, password in accounts.items():
            self.register(name, password)

    def _certificate(self, name):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-days", "2", "-subj", f"/CN={name}", "-addext",
             f"subjectAltName=DNS:{name},DNS:conference.{name},"
             f"DNS:upload.{name},DNS:localhost",
             "-keyout", str(self.home / "certs" / f"{name}.key"),
             "-out", str(self.home / "certs" / f"{name}.crt")],
            check=True, capture_output=True)
        for kind in ("key", "crt"):
            shutil.copy(self.home / "certs" / f"{name}.{kind}",
                        self.home / "certs" / f"https.{kind}")

    def _own(self):
        """Prosody does not run as root."""
        if os.getuid() != 0:
            return
        for path in [self.home, *self.home.rglob("*")]:
            shutil.chown(path, "nobody", "nogroup")

    def _as_user(self, *command):
        prefix = []
        if os.getuid() == 0:
            prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup",
                      "--clear-groups", "env", f"HOME={self.home}"]
        return [*prefix, *command]

    def register(self, name, password, host=None):
        subprocess.run(
            self._as_user("prosodyctl", "--config", str(self.config),
                          "register", name, host or self.host, password),
            check=True, capture_output=True, cwd="/")

    def put_roster(self, name, people):
        """Before it starts: the list of @name. @people: addresses with how
        they are called, in which group, and with which subscription."""
        rows = "".join(
            f'["{who}"] = {{ name = "{alias}"; subscription = "{kind}"; '
            f'groups = {{ ["{group}"] = true; }}; }};\n'
            for who, (alias, group, kind) in people.items())
        folder = self.home / "data" / self.host.replace(".", "%2e") / "roster"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.dat").write_text(
            f"return {{\n{rows}[false] = {{ version = 1; }};\n}};\n")
        self._own()

    def start(self):
        self.process = subprocess.Popen(
            self._as_user("prosody", "--config", str(self.config), "-F"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        until = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port),
                                         1).close()
                return
            except OSError:
                if time.monotonic() > until or \
                        self.process.poll() is not None:
                    raise AssertionError("Prosody did not start:\n" +
                                         self.log()[-2000:]) from None
                time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(DEADLINE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def log(self):
        try:
            return (self.home / "log").read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
