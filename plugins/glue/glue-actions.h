#pragma once

/* What is the same in every protocol's callbacks: opening and closing a
 * connection, reading the user's status, showing a buddy. */

#include "glue-host.h"

/**
 * glue_actions_probe:
 * @plugin: a module in load()
 *
 * Steps aside where another plugin already has this id: says so in the debug
 * log and as the plugin's load error. Else readies the process: bitlbee needs
 * a wake-up descriptor of its own.
 *
 * Returns: whether to load
 */
gboolean glue_actions_probe (PurplePlugin *plugin);

/**
 * glue_actions_open:
 * @account: the account of login()
 * @protocol: its protocol
 *
 * Reads the settings and readies the connection. On failure the user is told
 * and the connection is about to end.
 *
 * Returns: (transfer none) (nullable): the connection's host, without a
 *   session yet
 */
GlueHost *glue_actions_open (PurpleAccount *account,
                             const GlueProtocol *protocol);

/** For close(). */
void glue_actions_close (PurpleConnection *gc);

/** For register_user: opens the page where the chosen network makes
 * accounts. */
void glue_actions_register (PurpleAccount *account,
                            const GlueProtocol *protocol);

/** Returns: the state to sign on with; its text is in @ret_text (transfer
 * full) (nullable) */
ImStatus glue_actions_first_status (GlueHost *glue, ImText **ret_text);

/**
 * glue_actions_too_long:
 * @glue: a host
 * @who: the recipient
 * @text: what could not be sent
 *
 * Says so in the conversation and gives the text back: libpurple's own words
 * for it lose the text, and one host does not even show them.
 *
 * Returns: what send_im has to return
 */
int glue_actions_too_long (GlueHost *glue, const char *who,
                           const ImText *text);

/** Returns: (nullable): what the mood @id is called, in the user's language */
const char *glue_actions_mood_name (PurpleAccount *account, const char *id);

/* Callbacks of PurplePluginProtocolInfo that need no protocol. */
char *glue_actions_status_text (PurpleBuddy *buddy);
const char *glue_actions_list_emblem (PurpleBuddy *buddy);
void glue_actions_tooltip_text (PurpleBuddy *buddy,
                                PurpleNotifyUserInfo *info, gboolean full);
void glue_actions_convo_closed (PurpleConnection *gc, const char *who);
unsigned int glue_actions_send_typing (PurpleConnection *gc, const char *who,
                                       PurpleTypingState state);
void glue_actions_get_info (PurpleConnection *gc, const char *who);
void glue_actions_set_status (PurpleAccount *account, PurpleStatus *status);
void glue_actions_set_idle (PurpleConnection *gc, int seconds);
gboolean glue_actions_offline_message (const PurpleBuddy *buddy);

/* Account actions, for the menu. */
void glue_actions_set_profile (PurplePluginAction *action);
void glue_actions_forget_certificates (PurplePluginAction *action);
void glue_actions_show_news (PurplePluginAction *action);
