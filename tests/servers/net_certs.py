"""Certificates for the peers, made with the openssl command."""

import os
import ssl
import subprocess

# name: signed by our authority or by itself, names in it, first and last day
KINDS = {
    "good": (True, "DNS:localhost,IP:127.0.0.1", "20200101", "20600101"),
    "self": (False, "DNS:localhost,IP:127.0.0.1", "20200101", "20600101"),
    "self2": (False, "DNS:localhost,IP:127.0.0.1", "20200101", "20600101"),
    "unknown": (True, "DNS:localhost,IP:127.0.0.1", "20200101", "20600101"),
    "name": (True, "DNS:chat.example,DNS:old.example", "20200101", "20600101"),
    "odd": (False, None, "20200101", "20600101"),
    "expired": (True, "DNS:localhost,IP:127.0.0.1", "20200101", "20210101"),
    "future": (True, "DNS:localhost,IP:127.0.0.1", "20500101", "20600101"),
}

# What a certificate without other names calls itself.
ODD_NAME = "two\nlines, + é <b>"

CONFIG = """
[ca]
default_ca = it
[it]
dir = .
database = {name}.db
new_certs_dir = .
serial = {name}.serial
default_md = sha256
policy = any
unique_subject = no
x509_extensions = leaf
copy_extensions = none
[req]
distinguished_name = any
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
{names}
"""


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def key(folder, name):
    openssl(folder, "genpkey", "-algorithm", "EC", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-out", f"{name}.key")


def write(folder, name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def authority(folder, name, subject):
    write(folder, f"{name}.conf", CONFIG.format(name=name, names=""))
    key(folder, name)
    openssl(folder, "req", "-new", "-x509", "-key", f"{name}.key",
            "-subj", f"/CN={subject}", "-days", "3650",
            "-config", f"{name}.conf", "-extensions", "authority",
            "-out", f"{name}.pem")


def leaf(folder, name, issuer):
    signed, names, first, last = KINDS[name]
    alternatives = f"subjectAltName = {names}" if names else ""
    subject = names.split(",")[0][4:] if names else ODD_NAME
    write(folder, f"{name}.conf",
          CONFIG.format(name=name, names=alternatives))
    write(folder, f"{name}.db", "")
    write(folder, f"{name}.serial", os.urandom(8).hex() + "\n")
    key(folder, name)
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-utf8",
            "-subj", "/CN=" + subject.replace("+", "\\+"), "-config", f"{name}.conf",
            "-out", f"{name}.csr")
    by = (["-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key"] if signed
          else ["-selfsign", "-keyfile", f"{name}.key"])
    openssl(folder, "ca", "-batch", "-notext", "-config", f"{name}.conf", *by,
            "-in", f"{name}.csr", "-startdate", first + "000000Z",
            "-enddate", last + "000000Z", "-out", f"{name}.pem")


def make(folder):
    """Makes everything in a folder; returns name to file of what the tests
    want to see."""
    authority(folder, "ca", "Test Authority")
    authority(folder, "stranger", "Unknown Authority")
    for name in KINDS:
        leaf(folder, name, "stranger" if name == "unknown" else "ca")
    return {"folder": folder, "ca": os.path.join(folder, "ca.pem")}


def context(certs, name):
    """A server's context; "NAME-1.1" for one that has seen no update for
    long. No session is resumed, so that every handshake shows the
    certificate, but with "good"."""
    name, _, version = name.partition("-")
    it = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path = os.path.join(certs["folder"], name)
    it.load_cert_chain(path + ".pem", path + ".key")
    if name != "good":
        it.num_tickets = 0
    if version == "1.1":
        it.set_ciphers("ALL:@SECLEVEL=0")
        it.minimum_version = ssl.TLSVersion.TLSv1_1
        it.maximum_version = ssl.TLSVersion.TLSv1_1
    return it
