#pragma once

/* The server's side of SCRAM-SHA-1 (RFC 5802), without channel
 * bindings, for players of scenarios; written apart from the one under test. */

#include <glib.h>

typedef struct _ScramServer ScramServer;

/** Returns: (transfer full): a server that knows this password */
ScramServer *scram_server_new (const char *password);
void scram_server_free (ScramServer *server);

/** Returns: (transfer full) (nullable): the challenge, in base64, to the first
 * message, in base64; %NULL if that is none */
char *scram_server_challenge (ScramServer *server, const char *first);

/** Returns: (transfer full) (nullable): the server's proof, in base64;
 * %NULL if that of the client is wrong */
char *scram_server_prove (ScramServer *server, const char *final);
