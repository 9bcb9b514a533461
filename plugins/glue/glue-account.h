#pragma once

/* Networks and account settings: from the data file and the account's options
 * to what a sign-on needs to know. Nothing here contacts anything. */

#include <glib.h>
#include <purple.h>

#include "im-error.h"

/** What the settings say of encryption. */
typedef enum
{
  GLUE_SECURITY_OPTIONAL,
  GLUE_SECURITY_REQUIRED,
  GLUE_SECURITY_OFF,
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
} GlueNetwork;

void glue_network_free (GlueNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GlueNetwork, glue_network_free)

/**
 * GlueSettings:
 * @network: the network chosen; for "custom" one made of the account's own
 *   fields, called after its server
 * @identity: what tells this network from others in files and list marks
 * @charset: the encoding of old clients, as iconv names it
 * @forget_pins: the user wants to be asked about certificates again
 *
 * Everything one sign-on takes from the account's options.
 */
typedef struct
{
  GlueNetwork *network;
  char *identity;
  char *charset;
  gboolean forget_pins;
} GlueSettings;

void glue_settings_free (GlueSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GlueSettings, glue_settings_free)

/** Where the running module lies: networks.ini and translations lie beside
 * it. Called once, when the module is initialised. */
void glue_account_set_module_path (const char *path);

/**
 * glue_account_options:
 * @protocol: the word for the protocol in networks.ini
 * @port: the usual port of its servers
 * @signon: (transfer full) (element-type PurpleKeyValuePair): the methods to
 *   choose from, label and value; the first is the default
 * @charset: (nullable): default of the encoding option, %NULL for no option
 *
 * Returns: (transfer full) (element-type PurpleAccountOption): the account
 *   options, in the order they are shown
 */
GList *glue_account_options (const char *protocol, int port, GList *signon,
                             const char *charset);

/** Returns: (transfer full): one choice of a list option, for both hosts that
 * show its @label and those that show its @value */
PurpleKeyValuePair *glue_account_choice (const char *label, const char *value);

/**
 * glue_account_read:
 * @account: an account
 * @protocol: the word for its protocol
 * @ret_failure: (out): why the settings cannot be used; its strings are
 *   static or owned by *@ret_settings
 * @ret_settings: (out) (transfer full): the settings. Set on failure too, with
 *   as much of the network as is known, so that a sentence can name it
 *
 * Returns: whether a sign-on can begin
 */
gboolean glue_account_read (PurpleAccount *account, const char *protocol,
                            ImFailure *ret_failure,
                            GlueSettings **ret_settings);

/**
 * glue_account_split_server:
 * @typed: (nullable): what was typed or pasted into the server field
 * @ret_port: (inout): changed if @typed names a port
 *
 * Understands "host", "host:port", "[::1]:port", with a scheme before and a
 * path or spaces around.
 *
 * Returns: (transfer full) (nullable): the bare host, %NULL if there is none
 *   or the port is not one
 */
char *glue_account_split_server (const char *typed, int *ret_port);

/**
 * glue_account_split_web:
 * @typed: (nullable): what was typed or pasted into the web address field:
 *   one address, or two with a space between
 * @ret_session: (out) (transfer full) (nullable): the second one
 *
 * Without a scheme, https is meant.
 *
 * Returns: (transfer full) (nullable): the first address, without a "/" at its
 *   end; %NULL if there is none or either is not one
 */
char *glue_account_split_web (const char *typed, char **ret_session);

/**
 * glue_account_parse_networks:
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
gboolean glue_account_parse_networks (const char *data, gsize len,
                                      GPtrArray *networks, GError **error);
