#pragma once

/* "Roasting": passwords XORed with a fixed table, byte by byte.
 *
 * It hides a password from a glance and from nobody else; whoever sends one
 * roasted sees to it that the link is encrypted or the user chose this.
 * Tables: github.com/mk6i/open-oscar-server, wire/auth.go. */

#include <glib.h>
#include "im-api.h"

typedef enum
{
  AUTH_OSCAR_ROAST_FLAP,     /* sign-on in the first FLAP, old ICQ */
  AUTH_OSCAR_ROAST_JAVA,     /* the same, for the Java client's identity */
  AUTH_OSCAR_ROAST_KERBEROS, /* the password inside a Kerberos request */
} AuthOscarRoast;

/**
 * auth_oscar_roast:
 * @table: which of the tables
 * @data: (nullable): plain or roasted bytes
 * @len: how many
 * @ret: (out): @len bytes; may be @data itself
 *
 * Roasts, or takes it back: the same operation.
 */
IM_API void auth_oscar_roast (AuthOscarRoast table, const void *data, gsize len,
                              guint8 *ret);
