"""The shipped list of networks: complete, well-formed and honest.

A user chooses from this file and a password is sent where it says, so a
typing error in it is not harmless. Usage: test_networks.py networks.ini
"""

import configparser
import datetime
import ipaddress
import re
import sys

REQUIRED = ("name", "protocols", "host", "port", "tls", "signon", "quirks",
            "domains", "signup", "operator", "note", "evidence", "checked",
            "confidence")
SERVICES = ("nexus_url", "rst_url", "address_book_url", "sharing_url",
            "oim_url", "oim_store_url")
OPTIONAL = ("closed", "web_url", "session_url", "web_key",
            "gateway_url", "token_url", "oauth_url") + SERVICES
TRANSLATED = ("name", "note")
PROTOCOLS = {"aim", "icq", "msn", "googletalk"}
TLS = {"required", "optional", "off", "direct"}
SIGNON = {"auto", "md5", "md5-weak", "roasted", "kerberos", "web"}
QUIRKS = {"google", "lock-step", "one-address", "token-is-cookie"}
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)\Z")
PAGE = re.compile(r"https?://[^\s;]+\Z")


def words(value):
    """A list as GKeyFile writes it: each item is followed by ';'."""
    if value and not value.endswith(";"):
        raise ValueError(f"the list {value!r} does not end with ';'")
    return [item for item in value.split(";") if item]


def is_host(text):
    try:
        ipaddress.ip_address(text)
        return True
    except ValueError:
        pass
    labels = text.split(".")
    return len(text) < 254 and len(labels) > 1 and \
        all(LABEL.match(label) for label in labels)


def date(text):
    if not re.match(r"\d{4}-\d{2}-\d{2}\Z", text):
        raise ValueError(f"{text!r} is not YYYY-MM-DD")
    return datetime.date.fromisoformat(text)


def check_keys(network):
    for key in REQUIRED:
        assert key in network, f"{key} is missing"
    for key in network:
        base, _, locale = key.partition("[")
        if locale:
            assert base in TRANSLATED, f"{base} cannot be translated"
            assert re.match(r"[a-z]{2}(_[A-Z]{2})?\]\Z", locale), key
        else:
            assert key in REQUIRED + OPTIONAL, f"{key} is not a known key"


def check_values(network):
    for key in ("name", "operator", "note"):
        assert network[key].strip(), f"{key} is empty"
    protocols = words(network["protocols"])
    assert protocols and set(protocols) <= PROTOCOLS, protocols
    assert is_host(network["host"]) or \
        (network["host"] == "@" and protocols == ["googletalk"]), \
        network["host"]
    assert 0 < int(network["port"]) < 65536, network["port"]
    assert network["tls"] in TLS, network["tls"]
    assert network["signon"] in SIGNON, network["signon"]
    assert set(words(network["quirks"])) <= QUIRKS, network["quirks"]
    for domain in words(network["domains"]):
        assert is_host(domain), domain
    for key in ("web_url", "session_url") + SERVICES:
        assert network.get(key, "https://").startswith("https://"), key
    if network["signon"] in ("kerberos", "web"):
        assert "web_url" in network, "the sign-in method needs web_url"
    assert not network["signup"] or PAGE.match(network["signup"])


def check_evidence(network):
    pages = words(network["evidence"])
    assert pages and all(PAGE.match(page) for page in pages), pages
    assert date(network["checked"]) >= datetime.date(2026, 1, 1)
    confidence = network["confidence"]
    assert confidence in "ABCD" and len(confidence) == 1, confidence
    if confidence == "B":
        assert len(pages) > 1, "two sources are claimed, one is named"
    if "closed" in network:
        assert date(network["closed"]) < date(network["checked"])
        assert words(network["domains"]), "nobody could be told it closed"
    assert ("closed" in network) == (confidence == "D")


def check_together(networks):
    names = [network["name"] for network in networks.values()]
    assert len(set(names)) == len(names), "two networks have the same name"
    for protocol in PROTOCOLS:
        assert any(protocol in words(n["protocols"]) and "closed" not in n
                   for n in networks.values()), f"no network for {protocol}"
    dead = {domain for n in networks.values() if "closed" in n
            for domain in words(n["domains"])}
    for name, network in networks.items():
        host = network["host"]
        assert "closed" in network or not any(
            host == d or host.endswith("." + d) for d in dead), \
            f"{name} would be called closed"


def read(path):
    # Strict: an id or a key that is there twice raises.
    parser = configparser.RawConfigParser(
        delimiters=("=",), comment_prefixes=("#",), strict=True,
        empty_lines_in_values=False, default_section="")
    parser.optionxform = str
    with open(path, encoding="utf-8") as stream:
        parser.read_file(stream)
    return {name: dict(parser[name]) for name in parser.sections()}


def main():
    networks = read(sys.argv[1])
    cases = [(f"/networks/{name}/{check.__name__[6:]}", check, network)
             for name, network in networks.items()
             for check in (check_keys, check_values, check_evidence)]
    cases += [(f"/networks/{name}/id", check_id, name) for name in networks]
    cases.append(("/networks/together", check_together, networks))
    failed = 0
    print(f"1..{len(cases)}")
    for number, (title, check, what) in enumerate(cases, 1):
        try:
            check(what)
            print(f"ok {number} {title}")
        except (AssertionError, KeyError, ValueError) as error:
            failed += 1
            print(f"not ok {number} {title}\n# {error}")
    return 1 if failed or not networks else 0


def check_id(name):
    assert re.match(r"[a-z][a-z0-9-]*\Z", name), name
    assert name not in ("custom", "none", "auto"), "reserved"


if __name__ == "__main__":
    sys.exit(main())
