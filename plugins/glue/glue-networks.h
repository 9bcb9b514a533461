#pragma once

/* The networks there are to choose from: the shipped networks.ini and the
 * user's own. Read, never fetched. */

#include <glib.h>

/** What the settings say of encryption. */
typedef enum
{
  GLUE_SECURITY_OPTIONAL,
  GLUE_SECURITY_REQUIRED,
  GLUE_SECURITY_OFF,
  GLUE_SECURITY_DIRECT, /* required, and from the first byte */
} GlueSecurity;

/**
 * GlueNetwork:
 * @id: the word stored in accounts
 * @name: what people call it, in the user's language
 * @protocols: (array zero-terminated=1): words such as "aim"
 * @host: its sign-in server
 * @port: that server's port
 * @security: whether it is encrypted
 * @signon: the sign-in method "auto" stands for
 * @web_url: (nullable): where sign-ins over HTTPS are, without a "/" at the end
 * @session_url: (nullable): where they get their session, if elsewhere
 * @web_key: (nullable): the developer key they name
 * @quirks: (array zero-terminated=1): named deviations
 * @domains: (array zero-terminated=1): where its redirects may lead
 * @signup: (nullable): the page where accounts are made
 * @closed: (nullable): the day it ended, YYYY-MM-DD
 * @services: (element-type utf8 utf8): addresses of web services by name
 *
 * One group of networks.ini; the keys are explained there.
 */
typedef struct
{
  char *id;
  char *name;
  char **protocols;
  char *host;
  guint16 port;
  GlueSecurity security;
  char *signon;
  char *web_url;
  char *session_url;
  char *web_key;
  char **quirks;
  char **domains;
  char *signup;
  char *closed;
  GHashTable *services;
} GlueNetwork;

void glue_network_free (GlueNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GlueNetwork, glue_network_free)

/* The values of the "network" option that are no network's id. The first is
 * what a new account has and a revived one lacks: a password must never go to
 * a server its owner did not choose. */
#define GLUE_NETWORK_NONE "none"
#define GLUE_NETWORK_CUSTOM "custom"

/* The host of a network that has one for each domain: that of the address. */
#define GLUE_HOST_OF_ADDRESS "@"

/** Returns: (nullable): where @network has the web service called @name. Each
 * is a key of networks.ini with "_url" behind and "_" for "-" */
const char *glue_network_service (const GlueNetwork *network,
                                  const char *name);

/** Whether @network has the protocol of that word. */
gboolean glue_network_is_for (const GlueNetwork *network,
                              const char *protocol);

/** Whether @host is a server of @network: the one it names, or one within its
 * domains. */
gboolean glue_network_has_host (const GlueNetwork *network, const char *host);

/** Whether @url (nullable) leads to one of those. */
gboolean glue_network_has_url (const GlueNetwork *network, const char *url);

/** Returns: whether @word says how much encryption there is; %NULL is none */
gboolean glue_network_parse_security (const char *word,
                                      GlueSecurity *ret_security);

/** Where the running module lies: networks.ini and translations lie beside
 * it. Called once, when the module is initialised. */
void glue_networks_set_module_path (const char *path);

/** Remembers where the user's file was when the modules were loaded. */
void glue_networks_remember_user_dir (void);

/**
 * glue_networks_read:
 *
 * Reads the files anew: a user's file counts from the next sign-on, and under
 * bitlbee the user directory is only known by then.
 *
 * Returns: (transfer full) (element-type GlueNetwork): all networks
 */
GPtrArray *glue_networks_read (void);

/** Returns: whether one of @networks has that @id; its index is then in
 * @ret_index */
gboolean glue_networks_find (GPtrArray *networks, const char *id,
                             guint *ret_index);

/**
 * glue_networks_parse:
 * @data: a networks.ini
 * @len: its length in bytes
 * @networks: (element-type GlueNetwork): where to add them; groups of an id
 *   already there replace it
 * @error: (nullable): return location
 *
 * Groups that miss what is required are left out with a debug line.
 *
 * Returns: whether @data is a key file at all
 */
gboolean glue_networks_parse (const char *data, gsize len,
                                      GPtrArray *networks, GError **error);

/**
 * glue_networks_split_web:
 * @typed: (nullable): what was typed or pasted into the web address field:
 *   one address, or two with a space between
 * @ret_session: (out) (transfer full) (nullable): the second one
 *
 * Without a scheme, https is meant.
 *
 * Returns: (transfer full) (nullable): the first address, without a "/" at its
 *   end; %NULL if there is none or either is not one
 */
char *glue_networks_split_web (const char *typed, char **ret_session);
