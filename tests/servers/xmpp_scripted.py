#!/usr/bin/env python3
"""The scripted XMPP server on its own, for benches: until SIGTERM, with one
user "mina" whose password is "secret".

    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=gtalk.test \\
        -addext subjectAltName=DNS:gtalk.test -keyout KEY -out CERTIFICATE
    xmpp_scripted.py --certificate CERTIFICATE KEY --mechanisms token
"""

import argparse
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from xmpp.server import Server  # noqa: E402

KINDS = {
    "token": {},
    "scram": {"fast": ()},
    "plain": {"sasl2": ("PLAIN",), "sasl1": ("PLAIN",), "fast": ()},
    "old": {"sasl2": ()},
}


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--port", type=int, default=5222)
    options.add_argument("--tls-port", type=int, default=5223)
    options.add_argument("--certificate", nargs=2, type=pathlib.Path,
                         required=True, metavar="FILE")
    options.add_argument("--mechanisms", choices=sorted(KINDS),
                         default="token")
    args = options.parse_args()
    with Server({"mina": "secret"}, ports=(args.port, args.tls_port),
                pair=args.certificate, **KINDS[args.mechanisms]):
        signal.pause()


if __name__ == "__main__":
    main()
