#pragma once

/* Links of the real world: a TCP connection, perhaps through a proxy,
 * perhaps with TLS from the start or later on.
 *
 *   net_link_open ── connect ──┬───────────────────────────► open
 *                     ▲        └─► handshake ───────────────► open
 *                     │                │ certificate
 *                     └──── accepted ── judging ── refused ─► ended
 *   open ── net_link_start_tls ─► upgrading ─► handshake ···
 *   open ── net_link_close ─► closing (what is queued leaves first)
 *
 * One read of at most 16 KiB is made per link and turn of the main loop, so
 * a burst never keeps the rest of the process waiting. The functions are
 * those of ImHostOps. */

#include "im-host.h"
#include "net-host.h"

ImLink *net_link_open (ImHost *host, const ImLinkTarget *target,
                       const ImLinkHandlers *handlers, gpointer user);
void net_link_write (ImHost *host, ImLink *link, const void *data, gsize len);
void net_link_hold (ImHost *host, ImLink *link, gboolean hold);
void net_link_start_tls (ImHost *host, ImLink *link, const char *verify_name);
void net_link_close (ImHost *host, ImLink *link);
GBytes *net_link_binding (ImHost *host, ImLink *link, ImBinding binding);

/** Closes every link of a host that is being closed. */
void net_link_close_all (NetHost *net);
