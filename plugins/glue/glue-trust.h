#pragma once

/* Certificates the system does not trust: asked about once, in words, and
 * remembered in libpurple's own store, where Pidgin's Tools menu lists them.
 * The functions of NetHostFuncs, with a GlueHost as user. */

#include "glue-host.h"

NetPin glue_trust_pin_lookup (gpointer user, GTlsCertificate *certificate,
                              const char *host);
void glue_trust_pin_store (gpointer user, GTlsCertificate *certificate,
                           const char *host);
void glue_trust_ask (gpointer user, NetQuestion *question,
                     const NetCertificate *certificate);
void glue_trust_withdrawn (gpointer user, NetQuestion *question);

/** Frees the questions of @glue, answering none: for close(). */
void glue_trust_clear (GlueHost *glue);

/** Removes every pin made for this account on this network. */
void glue_trust_forget (GlueHost *glue);
