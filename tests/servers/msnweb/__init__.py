"""A loopback server for MSN's web gateway, `Protocol=mtp`."""
