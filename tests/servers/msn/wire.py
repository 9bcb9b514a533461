"""Lines, their encoding, and the arithmetic of sign-ons and challenges."""

import base64
import dataclasses
import hashlib
import hmac
import re
import struct
import urllib.parse

MAX_PAYLOAD = 65536

# Commands of clients whose last parameter is the size of what follows.
PAYLOADS = {"QRY", "UUX", "ADL", "RML", "FQY", "UUN", "UUM", "PUT", "DEL",
            "SDG", "SDC", "PAG", "PGD", "VAS", "MSG"}

PRODUCT_KEYS = {
    "msmsgs@msnmsgr.com": "Q1P7W2E4J9R8U3S5",
    "PROD0038W!61ZTF9": "VT6PX?UQTM4WM%YR",
    "PROD0058#7IL2{QD": "QHDCY@7R1TB6W?5B",
    "PROD0061VRRZH@4F": "JXQ6J@TUOGYV@N0M",
    "PROD00504RLUG%WL": "I2EBK%PYNLZL5_J4",
    "PROD0076ENE8*@AW": "CEQJ8}OE0!WTSWII",
    "PROD0090YUAUV{2B": "YMM8C_H7KCQ2S_KL",
    "PROD0101{0RM?UBW": "CFHUR$52U_{VIX5T",
    "PROD01065C%ZFN6F": "O4BG@C7BWLYQX?5G",
    "PROD0112J1LW7%NB": "RH96F{PHI8PPX_TJ",
    "PROD0113H11T8$X_": "RG@XY*28Q5QHS%Q5",
    "PROD0114ES4Z%Q5W": "PK}_A_0N_K%O?A9S",
    "PROD0118R6%2WYOS": "YIXPX@5I2P0UT*LK",
    "PROD0119GSJUC$18": "ILTXC!4IXB5FB*PX",
    "PROD0120PW!CCV9@": "C1BX{V4W}Q3*10SM",
}


class WireError(Exception):
    """The client sent what is no MSNP."""


@dataclasses.dataclass
class Command:
    name: str
    params: list
    payload: bytes = b""

    @property
    def trid(self):
        return self.params[0] if self.params else "0"

    @property
    def args(self):
        """The parameters after the transaction id, without a size."""
        end = -1 if self.name in PAYLOADS else None
        return self.params[1:end]

    @property
    def stages(self):
        """What faults may call it: "USR", "USR-S", "XFR-SB"."""
        return stages(self.name, self.params[1:])


def stages(name, words):
    found = [name]
    for word in words[:2]:
        if re.fullmatch("[A-Z]{1,3}", str(word)):
            found.append("%s-%s" % (name, word))
    return found


def parse(line):
    words = line.decode("utf-8", "surrogateescape").split(" ")
    return Command(words[0], [word for word in words[1:] if word])


def payload_size(command):
    if command.name not in PAYLOADS or not command.params:
        return 0
    try:
        size = int(command.params[-1])
    except ValueError:
        raise WireError("no size in %s" % command.name) from None
    if not 0 <= size <= MAX_PAYLOAD:
        raise WireError("size %d" % size)
    return size


def line(name, *params):
    words = [name] + [str(one) for one in params if one is not None]
    return " ".join(words).encode("utf-8", "surrogateescape") + b"\r\n"


def quote(text):
    """As servers write nicks: only what would break the line."""
    for char in "% \r\n":
        text = text.replace(char, "%%%02X" % ord(char))
    return text


def quote_all(text):
    return urllib.parse.quote(text, safe="-_.~")


def unquote(text):
    return urllib.parse.unquote(text, errors="replace")


def escape(text):
    """@text for XML."""
    for char, name in (("&", "amp"), ("<", "lt"), (">", "gt"),
                       ('"', "quot")):
        text = text.replace(char, "&%s;" % name)
    return text


def mime(kind, fields, body=""):
    """A payload with headers; @kind is its content type."""
    lines = ["MIME-Version: 1.0", "Content-Type: " + kind]
    # What is empty has no space before it either.
    lines += ["%s: %s" % field if field[1] != "" else field[0] + ":"
              for field in fields]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def fields(payload):
    """(headers by lower-case name, body) of a payload with headers."""
    head, _, body = payload.partition(b"\r\n\r\n")
    found = {}
    for one in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = one.partition(":")
        found[name.strip().lower()] = value.strip()
    return found, body


def md5_answer(salt, password):
    return hashlib.md5((salt + password).encode()).hexdigest()


def challenge_answer(version, challenge, product):
    """What a client says to a challenge; None for a strange product."""
    key = PRODUCT_KEYS.get(product)
    if key is None:
        return None
    if version < 11:
        return hashlib.md5((challenge + key).encode()).hexdigest()
    words = struct.unpack("<4I", hashlib.md5(
        (challenge + key).encode()).digest())
    masked = [word & 0x7FFFFFFF for word in words]
    text = (challenge + product).encode()
    text += b"0" * (-len(text) % 8)
    blocks = struct.unpack("<%dI" % (len(text) // 4), text)
    modulus, high, low = 0x7FFFFFFF, 0, 0
    for at in range(0, len(blocks), 2):
        first = (0x0E79A9C1 * blocks[at]) % modulus + high
        first = (masked[0] * first + masked[1]) % modulus
        high = (blocks[at + 1] + first) % modulus
        high = (masked[2] * high + masked[3]) % modulus
        low += high + first
    high = (high + masked[1]) % modulus
    low = (low + masked[3]) % modulus
    return struct.pack("<4I", words[0] ^ high, words[1] ^ low,
                       words[2] ^ high, words[3] ^ low).hex()


def derive(key, label):
    """The 24 bytes that @key gives for @label."""
    def step(message):
        return hmac.new(key, message, "sha1").digest()
    first = step(label)
    third = step(first)
    return step(first + label) + step(third + label)[:4]


def is_guid(text):
    return bool(re.fullmatch(
        r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}", text))


def encoded_word(text):
    return "=?utf-8?B?%s?=" % base64.b64encode(text.encode()).decode()
