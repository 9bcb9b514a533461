"""A loopback OSCAR server: the other side for `./run` and for the tests.

Written from the protocol's description, apart from the client's C code, so
that both cannot share a mistake. What real servers do differently is a
personality (config.py); what they do wrong is a fault (faults.py).
"""
