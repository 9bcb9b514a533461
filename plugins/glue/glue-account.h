#pragma once

/* Account settings: from the account's options and its network to what a
 * sign-on needs to know. Nothing here contacts anything. */

#include <glib.h>
#include <purple.h>

#include "glue-networks.h"
#include "im-error.h"

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

/**
 * GlueKind:
 * @word: the protocol in networks.ini, in paths and in the debug log
 * @port: the usual port of its servers; 0 if names tell
 * @security: what an account on a custom network has unless it says otherwise
 * @web: every sign-in goes over the web, so its addresses always matter
 * @network: (nullable): where an account is that names no network, for
 *   protocols whose addresses name the server
 *
 * What settings have to know of a protocol.
 */
typedef struct
{
  const char *word;
  guint16 port;
  GlueSecurity security;
  gboolean web;
  const char *network;
} GlueKind;

/**
 * GlueOptions:
 * @kind: of which protocol
 * @security_label: (nullable): what the choice of encryption is called, if
 *   not as usual
 * @security_off: (nullable): what having none is called, if not as usual
 * @direct: (nullable): what encryption from the first byte is called, where
 *   there are both
 * @signon: (transfer full) (nullable) (element-type PurpleKeyValuePair): the
 *   methods to choose from, the first is the default
 * @web_label: (nullable): what the field with the web address is called
 * @charset: (nullable): default of the encoding option, %NULL for no option
 * @more: (transfer full) (nullable) (element-type PurpleAccountOption): those
 *   only this protocol has
 */
typedef struct
{
  const GlueKind *kind;
  const char *security_label;
  const char *security_off;
  const char *direct;
  GList *signon;
  const char *web_label;
  const char *charset;
  GList *more;
} GlueOptions;

/**
 * glue_account_options:
 * @options: what there is to choose
 *
 * Returns: (transfer full) (element-type PurpleAccountOption): the account
 *   options, in the order they are shown
 */
GList *glue_account_options (const GlueOptions *options);

/** Returns: (transfer full): an option to choose one of @choices (transfer
 * full) from; the first is the default */
PurpleAccountOption *glue_account_list (const char *label, const char *key,
                                        GList *choices);

/** Returns: (transfer full): one choice of a list option, for both hosts that
 * show its @label and those that show its @value */
PurpleKeyValuePair *glue_account_choice (const char *label, const char *value);

/**
 * glue_account_read:
 * @account: an account
 * @kind: of which protocol
 * @ret_failure: (out): why the settings cannot be used; its strings are
 *   static or owned by *@ret_settings
 * @ret_settings: (out) (transfer full): the settings. Set on failure too, with
 *   as much of the network as is known, so that a sentence can name it
 *
 * Returns: whether a sign-on can begin
 */
gboolean glue_account_read (PurpleAccount *account, const GlueKind *kind,
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
