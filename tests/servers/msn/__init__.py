"""A loopback MSN Messenger server for tests and for ./run.

Written from the protocol reference alone, so that it shares no mistake with
the C code it is the other side of.
"""
