/* A libpurple client without a face, for tests: commands in, events out.
 *
 *   headless --dir PROFILE [--plugins DIR]...
 *
 * A command is a line on standard input: a number to recognise the answer by,
 * a verb and its arguments, with tabs between and backslash escapes within
 * them (as g_strescape() makes them). Accounts go by a handle of the driver's
 * choice. Every command is answered by {"event":"done","seq":N,"ok":...}.
 * Everything else on standard output is what a user would have seen; see
 * headless-ui.h. tests/support/headless.py is the other end. */

#include "headless-out.h"
#include "headless-ui.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Time given to sessions to finish after the accounts are switched off, so
 * that a leak report speaks of leaks. */
#define DRAIN_MS 300

/* How often the heartbeat wants to be called. */
#define BEAT_MS 10

static GMainLoop *loop;

/* The heartbeat: how long was the main loop away at worst? */

static gint64 last_beat, longest_gap;

static gboolean
on_beat (gpointer user)
{
  gint64 now = g_get_monotonic_time ();

  longest_gap = MAX (longest_gap, now - last_beat - BEAT_MS * 1000);
  last_beat = now;
  return G_SOURCE_CONTINUE;
}

/* The event loop libpurple asks for, on the default main context. */

typedef struct
{
  PurpleInputFunction function;
  gpointer user;
} Input;

static gboolean
on_input (int fd, GIOCondition condition, gpointer data)
{
  Input *input = data;
  PurpleInputCondition what = 0;

  if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
    what |= PURPLE_INPUT_READ;
  if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
    what |= PURPLE_INPUT_WRITE;
  input->function (input->user, fd, what);
  return G_SOURCE_CONTINUE;
}

static guint
input_add (int fd, PurpleInputCondition condition, PurpleInputFunction function,
           gpointer user)
{
  Input *input = g_new (Input, 1);
  GSource *source
    = g_unix_fd_source_new (fd,
                            (condition & PURPLE_INPUT_READ
                               ? G_IO_IN | G_IO_HUP | G_IO_ERR
                               : 0)
                              | (condition & PURPLE_INPUT_WRITE
                                   ? G_IO_OUT | G_IO_HUP | G_IO_ERR
                                   : 0));
  guint id;

  *input = (Input) { function, user };
  g_source_set_callback (source, G_SOURCE_FUNC (on_input), input, g_free);
  id = g_source_attach (source, NULL);
  g_source_unref (source);
  return id;
}

static PurpleEventLoopUiOps loop_ops = {
  .timeout_add = g_timeout_add,
  .timeout_remove = g_source_remove,
  .input_add = input_add,
  .input_remove = g_source_remove,
  .timeout_add_seconds = g_timeout_add_seconds,
};

/* Commands. Each gets the arguments it declares; an absent optional one is
 * NULL. It returns NULL, or why it could not be done. Members it adds to the
 * open line come back to the driver. */

typedef struct
{
  PurpleAccount *account; /* the first argument, for all but a few verbs */
  char **args;            /* the ones after it */
} Call;

static GHashTable *accounts;

static PurpleConnection *
connection (const Call *call)
{
  return purple_account_get_connection (call->account);
}

static PurpleBuddy *
find_buddy (const Call *call, const char *who, const char *group_name)
{
  PurpleGroup *group = NULL;

  if (group_name == NULL)
    return purple_find_buddy (call->account, who);
  group = purple_find_group (group_name);
  return group != NULL
           ? purple_find_buddy_in_group (call->account, who, group)
           : NULL;
}

static PurpleGroup *
make_group (const char *name)
{
  PurpleGroup *group = purple_find_group (name);

  if (group == NULL)
    {
      group = purple_group_new (name);
      purple_blist_add_group (group, NULL);
    }
  return group;
}

static const char *
do_account (Call *call)
{
  const char *handle = call->args[0], *protocol = call->args[1];
  const char *user = call->args[2], *password = call->args[3];
  PurpleAccount *account = purple_accounts_find (user, protocol);

  if (purple_find_prpl (protocol) == NULL)
    return "no such protocol";
  if (account == NULL)
    {
      account = purple_account_new (user, protocol);
      purple_accounts_add (account);
    }
  /* Without this the second sign-on would wait for a password prompt. */
  purple_account_set_remember_password (account, TRUE);
  purple_account_set_password (account, password);
  purple_account_set_ui_string (account, HEADLESS_UI, "handle", handle);
  g_hash_table_insert (accounts, g_strdup (handle), account);
  return NULL;
}

static const char *
do_option (Call *call)
{
  const char *type = call->args[0], *key = call->args[1];
  const char *value = call->args[2];

  if (strcmp (type, "string") == 0)
    purple_account_set_string (call->account, key, value);
  else if (strcmp (type, "int") == 0)
    purple_account_set_int (call->account, key, atoi (value));
  else if (strcmp (type, "bool") == 0)
    purple_account_set_bool (call->account, key, atoi (value) != 0);
  else
    return "no such type";
  return NULL;
}

static const char *
do_password (Call *call)
{
  purple_account_set_password (call->account, call->args[0]);
  return NULL;
}

static const char *
do_remember (Call *call)
{
  purple_account_set_remember_password (call->account,
                                        atoi (call->args[0]) != 0);
  return NULL;
}

static const char *
do_proxy (Call *call)
{
  static const struct
  {
    const char *name;
    PurpleProxyType type;
  } types[] = {
    { "none", PURPLE_PROXY_NONE },     { "http", PURPLE_PROXY_HTTP },
    { "socks4", PURPLE_PROXY_SOCKS4 }, { "socks5", PURPLE_PROXY_SOCKS5 },
    { "tor", PURPLE_PROXY_TOR },
  };
  PurpleProxyInfo *info = purple_proxy_info_new ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].name, call->args[0]) == 0)
      purple_proxy_info_set_type (info, types[i].type);
  purple_proxy_info_set_host (info, call->args[1]);
  purple_proxy_info_set_port (info, atoi (call->args[2]));
  if (call->args[3] != NULL)
    purple_proxy_info_set_username (info, call->args[3]);
  if (call->args[3] != NULL && call->args[4] != NULL)
    purple_proxy_info_set_password (info, call->args[4]);
  purple_account_set_proxy_info (call->account, info);
  return NULL;
}

static const char *
do_connect (Call *call)
{
  PurplePresence *presence = purple_account_get_presence (call->account);

  purple_account_set_enabled (call->account, HEADLESS_UI, TRUE);
  /* Going online is what connects an enabled account. */
  if (!purple_presence_is_online (presence))
    purple_account_set_status (call->account, "available", TRUE, NULL);
  else if (purple_account_is_disconnected (call->account))
    purple_account_connect (call->account);
  return NULL;
}

static const char *
do_disconnect (Call *call)
{
  if (!purple_account_is_disconnected (call->account))
    purple_account_disconnect (call->account);
  return NULL;
}

/* Some plugins sign off in the middle of what they are told. Only signals are
 * here after which libpurple itself no longer needs the connection. */

static void
hang_up (PurpleAccount *account, PurpleAccount *wanted)
{
  if (account == wanted && !purple_account_is_disconnected (account))
    purple_account_disconnect (account);
}

static void
on_buddy (PurpleBuddy *buddy, gpointer user)
{
  hang_up (purple_buddy_get_account (buddy), user);
}

static void
on_buddy_status (PurpleBuddy *buddy, PurpleStatus *old, PurpleStatus *status,
                 gpointer user)
{
  hang_up (purple_buddy_get_account (buddy), user);
}

static void
on_wrote (PurpleAccount *account, const char *who, const char *text,
          PurpleConversation *conv, PurpleMessageFlags flags, gpointer user)
{
  hang_up (account, user);
}

static const char *
do_hang_up (Call *call)
{
  static const struct
  {
    const char *signal;
    void *(*instance) (void);
    PurpleCallback callback;
  } signals[] = {
    { "buddy-added", purple_blist_get_handle, PURPLE_CALLBACK (on_buddy) },
    { "buddy-removed", purple_blist_get_handle, PURPLE_CALLBACK (on_buddy) },
    { "buddy-signed-on", purple_blist_get_handle, PURPLE_CALLBACK (on_buddy) },
    { "buddy-status-changed", purple_blist_get_handle,
      PURPLE_CALLBACK (on_buddy_status) },
    { "wrote-im-msg", purple_conversations_get_handle,
      PURPLE_CALLBACK (on_wrote) },
  };
  static int handle;

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (strcmp (call->args[0], signals[i].signal) == 0)
      {
        purple_signal_connect (signals[i].instance (), signals[i].signal,
                               &handle, signals[i].callback, call->account);
        return NULL;
      }
  return "no such signal";
}

static const char *
do_status (Call *call)
{
  if (purple_account_get_status (call->account, call->args[0]) == NULL)
    return "no such status";
  if (call->args[1] != NULL)
    purple_account_set_status (call->account, call->args[0], TRUE, "message",
                               call->args[1], NULL);
  else
    purple_account_set_status (call->account, call->args[0], TRUE, NULL);
  return NULL;
}

static const char *
do_mood (Call *call)
{
  purple_account_set_status (call->account, "mood", *call->args[0] != '\0',
                             PURPLE_MOOD_NAME, call->args[0],
                             PURPLE_MOOD_COMMENT, call->args[1], NULL);
  return NULL;
}

static const char *
do_idle (Call *call)
{
  int seconds = atoi (call->args[0]);

  purple_presence_set_idle (purple_account_get_presence (call->account),
                            seconds > 0, time (NULL) - seconds);
  return NULL;
}

static const char *
do_im (Call *call)
{
  PurpleConversation *conv
    = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                             call->args[0], call->account);

  if (conv == NULL)
    conv = purple_conversation_new (PURPLE_CONV_TYPE_IM, call->account,
                                    call->args[0]);
  purple_conv_im_send (PURPLE_CONV_IM (conv), call->args[1]);
  return NULL;
}

static PurpleConvChat *
find_room (Call *call)
{
  PurpleConversation *conv
    = purple_find_conversation_with_account (PURPLE_CONV_TYPE_CHAT,
                                             call->args[0], call->account);

  return conv != NULL ? PURPLE_CONV_CHAT (conv) : NULL;
}

static const char *
do_chat_join (Call *call)
{
  PurpleConnection *gc = purple_account_get_connection (call->account);
  PurplePluginProtocolInfo *info
    = PURPLE_PLUGIN_PROTOCOL_INFO (purple_connection_get_prpl (gc));
  GHashTable *components = info->chat_info_defaults (gc, call->args[0]);

  if (call->args[1] != NULL)
    g_hash_table_replace (components, (gpointer) "handle",
                          g_strdup (call->args[1]));
  if (call->args[1] != NULL && call->args[2] != NULL)
    g_hash_table_replace (components, (gpointer) "password",
                          g_strdup (call->args[2]));
  serv_join_chat (gc, components);
  g_hash_table_destroy (components);
  return NULL;
}

static const char *
run_command_in (PurpleConversation *conv, const char *line)
{
  g_autofree char *problem = NULL;
  g_autofree char *escaped = g_markup_escape_text (line, -1);

  return purple_cmd_do_command (conv, line, escaped, &problem)
             == PURPLE_CMD_STATUS_OK
           ? NULL
           : "no such command";
}

/* The same in a conversation of two. */
static const char *
do_im_command (Call *call)
{
  PurpleConversation *conv
    = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                             call->args[0], call->account);

  return conv != NULL ? run_command_in (conv, call->args[1])
                      : "no such conversation";
}

/* What a user types, such as "/nick other", without the slash. */
static const char *
do_chat_command (Call *call)
{
  PurpleConvChat *chat = find_room (call);

  if (chat == NULL)
    return "not in that room";
  return run_command_in (purple_conv_chat_get_conversation (chat),
                         call->args[1]);
}

static const char *
do_chat_topic (Call *call)
{
  PurpleConvChat *chat = find_room (call);
  PurpleConnection *gc = connection (call);
  PurplePluginProtocolInfo *prpl = PURPLE_PLUGIN_PROTOCOL_INFO (
    purple_connection_get_prpl (gc));

  if (chat == NULL)
    return "not in that room";
  if (prpl->set_chat_topic == NULL)
    return "cannot be set";
  prpl->set_chat_topic (gc, purple_conv_chat_get_id (chat), call->args[1]);
  return NULL;
}

static const char *
do_chat_say (Call *call)
{
  PurpleConvChat *chat = find_room (call);

  if (chat == NULL)
    return "not in that room";
  purple_conv_chat_send (chat, call->args[1]);
  return NULL;
}

static const char *
do_chat_leave (Call *call)
{
  PurpleConvChat *chat = find_room (call);

  if (chat == NULL)
    return "not in that room";
  purple_conversation_destroy (purple_conv_chat_get_conversation (chat));
  return NULL;
}

static const char *
do_chat_invite (Call *call)
{
  PurpleConvChat *chat = find_room (call);

  if (chat == NULL)
    return "not in that room";
  serv_chat_invite (purple_account_get_connection (call->account),
                    purple_conv_chat_get_id (chat), call->args[2],
                    call->args[1]);
  return NULL;
}

/* Whether conversations opened from now on are logged. */
static const char *
do_log (Call *call)
{
  purple_prefs_set_bool ("/purple/logging/log_ims", atoi (call->args[0]) != 0);
  return NULL;
}

/* Puts a room on the list, or takes it away. */
static const char *
do_chat_keep (Call *call)
{
  GHashTable *components
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  PurpleChat *chat;

  g_hash_table_insert (components, g_strdup ("room"),
                       g_strdup (call->args[0]));
  g_hash_table_insert (components, g_strdup ("handle"),
                       g_strdup (call->args[1]));
  chat = purple_chat_new (call->account, call->args[2], components);
  purple_blist_add_chat (chat, make_group ("Rooms"), NULL);
  purple_blist_node_set_bool ((PurpleBlistNode *) chat, "gtk-autojoin", TRUE);
  return NULL;
}

static const char *
do_chat_forget (Call *call)
{
  PurpleChat *chat = purple_blist_find_chat (call->account, call->args[0]);

  if (chat == NULL)
    return "no such room";
  purple_blist_remove_chat (chat);
  return NULL;
}

static const char *
do_send_file (Call *call)
{
  serv_send_file (connection (call), call->args[0], call->args[1]);
  return NULL;
}

/* As "Send File..." in a menu, which is there only if it works. */
static const char *
do_can_send_file (Call *call)
{
  PurpleConnection *gc = connection (call);
  PurplePluginProtocolInfo *prpl = PURPLE_PLUGIN_PROTOCOL_INFO (
    purple_connection_get_prpl (gc));

  return prpl->send_file != NULL
                 && (prpl->can_receive_file == NULL
                     || prpl->can_receive_file (gc, call->args[0]))
             ? NULL
             : "not offered";
}

static const char *
do_chat_send_file (Call *call)
{
  PurpleConvChat *chat = find_room (call);
  PurpleConnection *gc = connection (call);
  PurplePluginProtocolInfo *prpl = PURPLE_PLUGIN_PROTOCOL_INFO (
    purple_connection_get_prpl (gc));

  if (chat == NULL)
    return "not in that room";
  if (!PURPLE_PROTOCOL_PLUGIN_HAS_FUNC (prpl, chat_send_file))
    return "not offered";
  prpl->chat_send_file (gc, purple_conv_chat_get_id (chat), call->args[1]);
  return NULL;
}

/* What is under way, as its window's "Stop" does. */
static const char *
do_stop_file (Call *call)
{
  for (GList *l = purple_xfers_get_all (); l != NULL; l = l->next)
    if (purple_xfer_get_account (l->data) == call->account
        && !purple_xfer_is_completed (l->data))
      {
        purple_xfer_cancel_local (l->data);
        return NULL;
      }
  return "nothing is sent";
}

static const char *
do_close (Call *call)
{
  PurpleConversation *conv
    = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM,
                                             call->args[0], call->account);

  if (conv == NULL)
    return "no such conversation";
  purple_conversation_destroy (conv);
  return NULL;
}

static const char *
do_typing (Call *call)
{
  const char *state = call->args[1];

  serv_send_typing (connection (call), call->args[0],
                    strcmp (state, "typing") == 0   ? PURPLE_TYPING
                    : strcmp (state, "paused") == 0 ? PURPLE_TYPED
                                                    : PURPLE_NOT_TYPING);
  return NULL;
}

/* The first kind there is: a nudge, a buzz. */
static const char *
do_attention (Call *call)
{
  purple_prpl_send_attention (connection (call), call->args[0], 0);
  return NULL;
}

static const char *
do_buddy_add (Call *call)
{
  PurpleBuddy *buddy
    = purple_buddy_new (call->account, call->args[0], call->args[2]);

  purple_blist_add_buddy (buddy, NULL, make_group (call->args[1]), NULL);
  purple_account_add_buddy (call->account, buddy);
  return NULL;
}

static const char *
do_buddy_remove (Call *call)
{
  PurpleBuddy *buddy = find_buddy (call, call->args[0], call->args[1]);

  if (buddy == NULL)
    return "no such buddy";
  purple_account_remove_buddy (call->account, buddy,
                               purple_buddy_get_group (buddy));
  purple_blist_remove_buddy (buddy);
  return NULL;
}

static const char *
do_buddy_move (Call *call)
{
  PurpleBuddy *buddy = find_buddy (call, call->args[0], call->args[1]);

  if (buddy == NULL)
    return "no such buddy";
  purple_blist_add_buddy (buddy, NULL, make_group (call->args[2]), NULL);
  return NULL;
}

static const char *
do_buddy_alias (Call *call)
{
  PurpleBuddy *buddy = find_buddy (call, call->args[0], NULL);

  if (buddy == NULL)
    return "no such buddy";
  purple_blist_alias_buddy (buddy, call->args[1]);
  serv_alias_buddy (buddy);
  return NULL;
}

static const char *
do_group_rename (Call *call)
{
  PurpleGroup *group = purple_find_group (call->args[0]);

  if (group == NULL)
    return "no such group";
  purple_blist_rename_group (group, call->args[1]);
  return NULL;
}

static const char *
do_group_remove (Call *call)
{
  PurpleGroup *group = purple_find_group (call->args[0]);
  g_autoptr (GSList) buddies = NULL;

  if (group == NULL)
    return "no such group";
  /* As Pidgin does it: the buddies, then the group, then our copy. */
  buddies = purple_find_buddies (call->account, NULL);
  for (GSList *l = buddies; l != NULL; l = l->next)
    if (purple_buddy_get_group (l->data) == group)
      {
        purple_account_remove_buddy (call->account, l->data, group);
        purple_blist_remove_buddy (l->data);
      }
  purple_account_remove_group (call->account, group);
  purple_blist_remove_group (group);
  return NULL;
}

static const char *
do_privacy (Call *call)
{
  call->account->perm_deny = atoi (call->args[0]);
  if (connection (call) != NULL)
    serv_set_permit_deny (connection (call));
  return NULL;
}

static const char *
do_permit (Call *call)
{
  if (atoi (call->args[1]))
    purple_privacy_permit_add (call->account, call->args[0], FALSE);
  else
    purple_privacy_permit_remove (call->account, call->args[0], FALSE);
  return NULL;
}

static const char *
do_deny (Call *call)
{
  if (atoi (call->args[1]))
    purple_privacy_deny_add (call->account, call->args[0], FALSE);
  else
    purple_privacy_deny_remove (call->account, call->args[0], FALSE);
  return NULL;
}

static const char *
do_info (Call *call)
{
  serv_get_info (connection (call), call->args[0]);
  return NULL;
}

static const char *
do_profile (Call *call)
{
  purple_account_set_user_info (call->account, call->args[0]);
  if (connection (call) != NULL)
    serv_set_info (connection (call), call->args[0]);
  return NULL;
}

/* A picture of our own, as hex digits; none of them take it away. */
static const char *
do_icon (Call *call)
{
  const char *hex = call->args[0];
  gsize len = strlen (hex) / 2;
  guchar *data = len > 0 ? g_malloc (len) : NULL;

  for (gsize i = 0; i < len; i++)
    data[i] = (guchar) (g_ascii_xdigit_value (hex[2 * i]) << 4
                        | g_ascii_xdigit_value (hex[2 * i + 1]));
  purple_buddy_icons_set_account_icon (call->account, data, len);
  return NULL;
}

static const char *
do_action (Call *call)
{
  PurplePlugin *prpl;
  const char *outcome = "no such action";
  GList *actions;

  if (connection (call) == NULL)
    return "not connected";
  prpl = purple_connection_get_prpl (connection (call));
  actions = PURPLE_PLUGIN_ACTIONS (prpl, connection (call));
  for (GList *l = actions; l != NULL; l = l->next)
    {
      PurplePluginAction *action = l->data;

      if (action == NULL)
        continue;
      action->plugin = prpl;
      action->context = connection (call);
      if (strcmp (action->label, call->args[0]) == 0)
        {
          action->callback (action);
          outcome = NULL;
        }
      purple_plugin_action_free (action);
    }
  g_list_free (actions);
  return outcome;
}

/* What a buddy's own menu offers. */
static const char *
do_menu (Call *call)
{
  PurplePluginProtocolInfo *prpl = PURPLE_PLUGIN_PROTOCOL_INFO (
    purple_connection_get_prpl (connection (call)));
  PurpleBuddy *buddy = find_buddy (call, call->args[0], NULL);
  const char *outcome = "no such entry";
  GList *entries;

  if (buddy == NULL)
    return "no such buddy";
  entries = prpl->blist_node_menu != NULL
              ? prpl->blist_node_menu (PURPLE_BLIST_NODE (buddy))
              : NULL;
  for (GList *l = entries; l != NULL; l = l->next)
    {
      PurpleMenuAction *entry = l->data;

      if (entry == NULL)
        continue;
      if (entry->callback != NULL && strcmp (entry->label, call->args[1]) == 0)
        {
          ((void (*) (PurpleBlistNode *, gpointer)) entry->callback) (
            PURPLE_BLIST_NODE (buddy), entry->data);
          outcome = NULL;
        }
      purple_menu_action_free (entry);
    }
  g_list_free (entries);
  return outcome;
}

/* What the menu of the account offers, or that of a buddy. */
static const char *
do_offers (Call *call)
{
  PurplePlugin *prpl = purple_connection_get_prpl (connection (call));
  PurpleBuddy *buddy
    = call->args[0] != NULL ? find_buddy (call, call->args[0], NULL) : NULL;
  GList *list
    = buddy != NULL
        ? PURPLE_PLUGIN_PROTOCOL_INFO (prpl)->blist_node_menu (
          PURPLE_BLIST_NODE (buddy))
        : PURPLE_PLUGIN_ACTIONS (prpl, connection (call));

  out_open ("labels", '[');
  for (GList *l = list; l != NULL; l = l->next)
    if (buddy != NULL)
      {
        out_string (NULL, ((PurpleMenuAction *) l->data)->label);
        purple_menu_action_free (l->data);
      }
    else
      {
        out_string (NULL, ((PurplePluginAction *) l->data)->label);
        purple_plugin_action_free (l->data);
      }
  out_close ();
  g_list_free (list);
  return NULL;
}

static const char *
do_answer (Call *call)
{
  return headless_ui_answer (strtoul (call->args[0], NULL, 10),
                             atoi (call->args[1]), call->args[2])
           ? NULL
           : "no such question";
}

/* Queries. */

static void
put_tooltip (PurpleBuddy *buddy)
{
  PurpleConnection *gc
    = purple_account_get_connection (purple_buddy_get_account (buddy));
  PurplePluginProtocolInfo *prpl;
  PurpleNotifyUserInfo *info;

  if (gc == NULL)
    return;
  prpl = PURPLE_PLUGIN_PROTOCOL_INFO (purple_connection_get_prpl (gc));
  if (prpl->list_emblem != NULL)
    out_string ("emblem", prpl->list_emblem (buddy));
  if (prpl->tooltip_text == NULL)
    return;
  info = purple_notify_user_info_new ();
  prpl->tooltip_text (buddy, info, TRUE);
  out_open ("tooltip", '{');
  for (GList *l = purple_notify_user_info_get_entries (info); l != NULL;
       l = l->next)
    if (purple_notify_user_info_entry_get_label (l->data) != NULL)
      out_string (purple_notify_user_info_entry_get_label (l->data),
                  purple_notify_user_info_entry_get_value (l->data));
  out_close ();
  purple_notify_user_info_destroy (info);
}

static void
put_buddy (PurpleBuddy *buddy)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);

  out_string ("who", purple_buddy_get_name (buddy));
  out_string ("alias", purple_buddy_get_local_buddy_alias (buddy));
  out_string ("server_alias", purple_buddy_get_server_alias (buddy));
  out_string ("group",
              purple_group_get_name (purple_buddy_get_group (buddy)));
  out_bool ("online", purple_presence_is_online (presence));
  out_string ("status", purple_status_get_id (status));
  out_string ("message", purple_status_get_attr_string (status, "message"));
  out_bool ("mobile", purple_presence_is_status_active (presence, "mobile"));
  out_bool ("idle", purple_presence_is_idle (presence));
  out_int ("idle_since", purple_presence_get_idle_time (presence));
  out_int ("online_since", purple_presence_get_login_time (presence));
}

static const char *
do_buddy (Call *call)
{
  PurpleBuddy *buddy = find_buddy (call, call->args[0], call->args[1]);

  if (buddy == NULL)
    return "no such buddy";
  put_buddy (buddy);
  put_tooltip (buddy);
  return NULL;
}

static const char *
do_blist (Call *call)
{
  g_autoptr (GSList) buddies = purple_find_buddies (call->account, NULL);

  out_open ("buddies", '[');
  for (GSList *l = buddies; l != NULL; l = l->next)
    {
      out_open (NULL, '{');
      put_buddy (l->data);
      out_close ();
    }
  out_close ();
  out_open ("chats", '{');
  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_next (node, TRUE))
    if (PURPLE_BLIST_NODE_IS_CHAT (node)
        && purple_chat_get_account ((PurpleChat *) node) == call->account)
      out_string (g_hash_table_lookup (
                    purple_chat_get_components ((PurpleChat *) node), "room"),
                  purple_chat_get_name ((PurpleChat *) node));
  out_close ();
  out_open ("groups", '[');
  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_get_sibling_next (node))
    out_string (NULL, purple_group_get_name ((PurpleGroup *) node));
  out_close ();
  return NULL;
}

static void
put_names (const char *key, GSList *names)
{
  out_open (key, '[');
  for (GSList *l = names; l != NULL; l = l->next)
    out_string (NULL, l->data);
  out_close ();
}

static const char *
do_state (Call *call)
{
  PurplePresence *presence = purple_account_get_presence (call->account);
  PurpleConnection *gc = connection (call);

  out_bool ("connected", purple_account_is_connected (call->account));
  out_bool ("connecting", purple_account_is_connecting (call->account));
  out_string ("name",
              gc != NULL ? purple_connection_get_display_name (gc) : NULL);
  out_string ("status",
              purple_status_get_id (
                purple_presence_get_active_status (presence)));
  out_string ("message",
              purple_status_get_attr_string (
                purple_presence_get_active_status (presence), "message"));
  out_int ("privacy", call->account->perm_deny);
  put_names ("permit", call->account->permit);
  put_names ("deny", call->account->deny);
  return NULL;
}

/* A room as its window shows it. */
static const char *
do_chat (Call *call)
{
  PurpleConvChat *chat = find_room (call);

  if (chat == NULL)
    return "not in that room";
  out_string ("topic", purple_conv_chat_get_topic (chat));
  out_string ("nick", purple_conv_chat_get_nick (chat));
  out_bool ("left", purple_conv_chat_has_left (chat));
  out_open ("people", '{');
  for (GList *l = purple_conv_chat_get_users (chat); l != NULL; l = l->next)
    {
      PurpleConvChatBuddy *buddy = l->data;

      out_int (buddy->name, buddy->flags);
    }
  out_close ();
  return NULL;
}

/* Where a host writes to one person of a room. */
static const char *
do_chat_address (Call *call)
{
  PurpleConvChat *chat = find_room (call);
  PurpleConnection *gc = connection (call);
  PurplePluginProtocolInfo *prpl = PURPLE_PLUGIN_PROTOCOL_INFO (
    purple_connection_get_prpl (gc));
  g_autofree char *address = NULL;

  if (chat == NULL)
    return "not in that room";
  address = prpl->get_cb_real_name (gc, purple_conv_chat_get_id (chat),
                                    call->args[1]);
  out_string ("address", address);
  return NULL;
}

static const char *
do_beat (Call *call)
{
  out_int ("longest_gap_us", longest_gap);
  longest_gap = 0;
  return NULL;
}

static gboolean
on_drained (gpointer user)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static const char *
do_quit (Call *call)
{
  GHashTableIter iter;
  gpointer account;

  g_hash_table_iter_init (&iter, accounts);
  while (g_hash_table_iter_next (&iter, NULL, &account))
    if (!purple_account_is_disconnected (account))
      purple_account_disconnect (account);
  g_timeout_add (DRAIN_MS, on_drained, NULL);
  return NULL;
}

static const struct
{
  const char *verb;
  gboolean of_account;  /* the first argument is a handle */
  gboolean connected;   /* makes sense only while signed on */
  guint least, most;    /* arguments after it */
  const char *(*function) (Call *call);
} verbs[] = {
  { "account", FALSE, FALSE, 4, 4, do_account },
  { "option", TRUE, FALSE, 3, 3, do_option },
  { "password", TRUE, FALSE, 1, 1, do_password },
  { "remember", TRUE, FALSE, 1, 1, do_remember },
  { "proxy", TRUE, FALSE, 3, 5, do_proxy },
  { "connect", TRUE, FALSE, 0, 0, do_connect },
  { "disconnect", TRUE, FALSE, 0, 0, do_disconnect },
  { "hang-up", TRUE, FALSE, 1, 1, do_hang_up },
  { "status", TRUE, FALSE, 1, 2, do_status },
  { "mood", TRUE, FALSE, 2, 2, do_mood },
  { "idle", TRUE, FALSE, 1, 1, do_idle },
  { "im", TRUE, FALSE, 2, 2, do_im },
  { "chat-join", TRUE, TRUE, 1, 3, do_chat_join },
  { "chat-command", TRUE, TRUE, 2, 2, do_chat_command },
  { "im-command", TRUE, TRUE, 2, 2, do_im_command },
  { "chat-topic", TRUE, TRUE, 2, 2, do_chat_topic },
  { "chat", TRUE, FALSE, 1, 1, do_chat },
  { "chat-address", TRUE, TRUE, 2, 2, do_chat_address },
  { "chat-say", TRUE, TRUE, 2, 2, do_chat_say },
  { "chat-leave", TRUE, TRUE, 1, 1, do_chat_leave },
  { "chat-invite", TRUE, TRUE, 3, 3, do_chat_invite },
  { "close", TRUE, FALSE, 1, 1, do_close },
  { "log", FALSE, FALSE, 1, 1, do_log },
  { "typing", TRUE, TRUE, 2, 2, do_typing },
  { "attention", TRUE, TRUE, 1, 1, do_attention },
  { "buddy-add", TRUE, TRUE, 2, 3, do_buddy_add },
  { "buddy-remove", TRUE, TRUE, 2, 2, do_buddy_remove },
  { "buddy-move", TRUE, TRUE, 3, 3, do_buddy_move },
  { "buddy-alias", TRUE, TRUE, 2, 2, do_buddy_alias },
  { "group-rename", TRUE, TRUE, 2, 2, do_group_rename },
  { "group-remove", TRUE, TRUE, 1, 1, do_group_remove },
  { "privacy", TRUE, FALSE, 1, 1, do_privacy },
  { "permit", TRUE, FALSE, 2, 2, do_permit },
  { "deny", TRUE, FALSE, 2, 2, do_deny },
  { "info", TRUE, TRUE, 1, 1, do_info },
  { "profile", TRUE, FALSE, 1, 1, do_profile },
  { "icon", TRUE, FALSE, 1, 1, do_icon },
  { "chat-keep", TRUE, FALSE, 3, 3, do_chat_keep },
  { "chat-forget", TRUE, FALSE, 1, 1, do_chat_forget },
  { "send-file", TRUE, TRUE, 2, 2, do_send_file },
  { "can-send-file", TRUE, TRUE, 1, 1, do_can_send_file },
  { "chat-send-file", TRUE, TRUE, 2, 2, do_chat_send_file },
  { "stop-file", TRUE, FALSE, 0, 0, do_stop_file },
  { "action", TRUE, TRUE, 1, 1, do_action },
  { "menu", TRUE, TRUE, 2, 2, do_menu },
  { "offers", TRUE, TRUE, 0, 1, do_offers },
  { "answer", FALSE, FALSE, 2, 3, do_answer },
  { "buddy", TRUE, FALSE, 1, 2, do_buddy },
  { "blist", TRUE, FALSE, 0, 0, do_blist },
  { "state", TRUE, FALSE, 0, 0, do_state },
  { "beat", FALSE, FALSE, 0, 0, do_beat },
  { "quit", FALSE, FALSE, 0, 0, do_quit },
};

#define MAX_ARGS 6

/* The verb of @words with its arguments, or why it cannot be done. */
static const char *
find_verb (char **words, guint *ret_row, Call *ret_call)
{
  guint count = g_strv_length (words);

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      guint skip = verbs[i].of_account ? 2 : 1;

      if (strcmp (words[0], verbs[i].verb) != 0)
        continue;
      if (count < skip + verbs[i].least || count > skip + verbs[i].most)
        return "wrong number of arguments";
      ret_call->args = words + skip;
      ret_call->account = verbs[i].of_account
                            ? g_hash_table_lookup (accounts, words[1])
                            : NULL;
      if (verbs[i].of_account && ret_call->account == NULL)
        return "no such account";
      if (verbs[i].connected
          && !purple_account_is_connected (ret_call->account))
        return "not connected";
      *ret_row = i;
      return NULL;
    }
  return "no such command";
}

static gboolean
is_query (const char *verb)
{
  static const char *const queries[]
    = { "buddy", "blist", "chat", "chat-address", "offers", "state", "beat",
        NULL };

  return g_strv_contains (queries, verb);
}

/* Runs one command. What a verb reports on the way (a request, a line in a
 * conversation) must not land inside its answer, so queries, which report
 * nothing, write into the open line, and the others run before it. */
static void
run_command (char **words)
{
  const char *seq = words[0], *problem;
  Call call = { 0 };
  guint row = 0;
  gboolean query;

  words++;
  problem = words[0] != NULL ? find_verb (words, &row, &call) : "empty";
  query = problem == NULL && is_query (verbs[row].verb);
  if (problem == NULL && !query)
    problem = verbs[row].function (&call);
  out_begin ("done");
  out_int ("seq", g_ascii_strtoll (seq, NULL, 10));
  if (query)
    problem = verbs[row].function (&call);
  out_bool ("ok", problem == NULL);
  if (problem != NULL)
    out_string ("problem", problem);
  out_end ();
}

static void
on_line (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, "\t", -1);
  char *padded[MAX_ARGS + 4] = { NULL };

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *plain = g_strcompress (words[i]);

      g_free (words[i]);
      words[i] = plain;
      if (i < MAX_ARGS + 2)
        padded[i] = plain;
    }
  /* Padded, so that an absent optional argument reads as NULL. */
  if (padded[0] != NULL)
    run_command (padded);
}

static gboolean
on_stdin (int fd, GIOCondition condition, gpointer user)
{
  static GString *pending;
  char buffer[65536];
  ssize_t got = read (fd, buffer, sizeof buffer);
  char *end;

  if (got <= 0)
    {
      Call none = { 0 };

      do_quit (&none); /* the driver is gone */
      return G_SOURCE_REMOVE;
    }
  if (pending == NULL)
    pending = g_string_new (NULL);
  g_string_append_len (pending, buffer, got);
  while ((end = strchr (pending->str, '\n')) != NULL)
    {
      g_autofree char *line = g_strndup (pending->str, end - pending->str);

      g_string_erase (pending, 0, end - pending->str + 1);
      on_line (line);
    }
  return G_SOURCE_CONTINUE;
}

/* The debug log, whole, in the profile: the place to look for secrets. */

static FILE *debug_log;

static void
debug_print (PurpleDebugLevel level, const char *category, const char *text)
{
  if (debug_log != NULL)
    {
      fprintf (debug_log, "%s: %s", category != NULL ? category : "-", text);
      fflush (debug_log);
    }
}

static PurpleDebugUiOps debug_ops = { .print = debug_print };

static PurpleCoreUiOps core_ops = { .ui_init = headless_ui_init };

static void
start_core (const char *dir, char **plugin_dirs)
{
  g_autofree char *log_path = g_build_filename (dir, "debug.log", NULL);

  debug_log = fopen (log_path, "a");
  purple_util_set_user_dir (dir);
  purple_debug_set_enabled (FALSE);
  purple_debug_set_ui_ops (&debug_ops);
  purple_eventloop_set_ui_ops (&loop_ops);
  purple_core_set_ui_ops (&core_ops);
  for (char **p = plugin_dirs; p != NULL && *p != NULL; p++)
    purple_plugins_add_search_path (*p);
  if (!purple_core_init (HEADLESS_UI))
    g_error ("libpurple does not start");
  purple_set_blist (purple_blist_new ());
  purple_blist_load ();
  purple_prefs_load ();
  /* Logs are libpurple's own work, and would be measured as ours. */
  purple_prefs_set_bool ("/purple/logging/log_ims", FALSE);
  purple_prefs_set_bool ("/purple/logging/log_system", FALSE);
  headless_ui_watch ();
}

int
main (int argc, char **argv)
{
  g_autofree char *dir = NULL;
  g_auto (GStrv) plugin_dirs = NULL;
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "dir", 'd', 0, G_OPTION_ARG_FILENAME, &dir, "Profile", "DIR" },
    { "plugins", 'p', 0, G_OPTION_ARG_FILENAME_ARRAY, &plugin_dirs,
      "Where to look for plugins", "DIR" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || dir == NULL)
    {
      fprintf (stderr, "%s\n", error != NULL ? error->message : "no --dir");
      return 2;
    }
  accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  loop = g_main_loop_new (NULL, FALSE);
  start_core (dir, plugin_dirs);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_stdin, NULL);
  last_beat = g_get_monotonic_time ();
  g_timeout_add (BEAT_MS, on_beat, NULL);
  out_begin ("ready");
  out_int ("pid", getpid ());
  out_end ();
  g_main_loop_run (loop);
  purple_core_quit ();
  g_main_loop_unref (loop);
  g_hash_table_unref (accounts);
  if (debug_log != NULL)
    fclose (debug_log);
  return 0;
}
