#include "headless-ui.h"
#include "headless-out.h"

#include <string.h>

void
headless_ui_put_account (PurpleAccount *account)
{
  out_string ("account",
              account != NULL
                ? purple_account_get_ui_string (account, HEADLESS_UI,
                                                "handle", "?")
                : NULL);
}

/* Connections. */

static void
connection_event (PurpleConnection *gc, const char *event)
{
  out_begin (event);
  headless_ui_put_account (purple_connection_get_account (gc));
  out_end ();
}

static void
connect_progress (PurpleConnection *gc, const char *text, size_t step,
                  size_t count)
{
  out_begin ("progress");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_string ("text", text);
  out_int ("step", step);
  out_int ("count", count);
  out_end ();
}

static void
connected (PurpleConnection *gc)
{
  connection_event (gc, "connected");
}

static void
disconnected (PurpleConnection *gc)
{
  connection_event (gc, "disconnected");
}

static void
connection_notice (PurpleConnection *gc, const char *text)
{
  out_begin ("connection-notice");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_string ("text", text);
  out_end ();
}

static const char *
reason_name (PurpleConnectionError reason)
{
  static const char *const names[] = {
    "NETWORK_ERROR", "INVALID_USERNAME", "AUTHENTICATION_FAILED",
    "AUTHENTICATION_IMPOSSIBLE", "NO_SSL_SUPPORT", "ENCRYPTION_ERROR",
    "NAME_IN_USE", "INVALID_SETTINGS", "CERT_NOT_PROVIDED", "CERT_UNTRUSTED",
    "CERT_EXPIRED", "CERT_NOT_ACTIVATED", "CERT_HOSTNAME_MISMATCH",
    "CERT_FINGERPRINT_MISMATCH", "CERT_SELF_SIGNED", "CERT_OTHER_ERROR",
    "OTHER_ERROR",
  };

  return reason < G_N_ELEMENTS (names) ? names[reason] : "?";
}

static void
report_disconnect_reason (PurpleConnection *gc, PurpleConnectionError reason,
                          const char *text)
{
  out_begin ("error");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_string ("reason", reason_name (reason));
  out_string ("text", text);
  /* A host retries by itself what is not fatal, and only that. */
  out_bool ("fatal", purple_connection_error_is_fatal (reason));
  out_end ();
}

static PurpleConnectionUiOps connection_ops = {
  .connect_progress = connect_progress,
  .connected = connected,
  .disconnected = disconnected,
  .notice = connection_notice,
  .report_disconnect_reason = report_disconnect_reason,
};

/* Conversations. */

static void
put_flags (PurpleMessageFlags flags)
{
  static const struct
  {
    PurpleMessageFlags bit;
    const char *name;
  } names[] = {
    { PURPLE_MESSAGE_SEND, "send" },
    { PURPLE_MESSAGE_RECV, "recv" },
    { PURPLE_MESSAGE_SYSTEM, "system" },
    { PURPLE_MESSAGE_AUTO_RESP, "auto" },
    { PURPLE_MESSAGE_ERROR, "error" },
    { PURPLE_MESSAGE_DELAYED, "delayed" },
    { PURPLE_MESSAGE_RAW, "raw" },
    { PURPLE_MESSAGE_NO_LOG, "no-log" },
    { PURPLE_MESSAGE_REMOTE_SEND, "remote-send" },
    { PURPLE_MESSAGE_WHISPER, "whisper" },
  };

  out_open ("flags", '[');
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (flags & names[i].bit)
      out_string (NULL, names[i].name);
  out_close ();
}

static void
write_conv (PurpleConversation *conv, const char *name, const char *alias,
            const char *message, PurpleMessageFlags flags, time_t when)
{
  out_begin ("line");
  headless_ui_put_account (purple_conversation_get_account (conv));
  out_string ("conversation", purple_conversation_get_name (conv));
  out_string ("who", name);
  out_string ("html", message);
  put_flags (flags);
  out_int ("time", when);
  out_end ();
}

static void
chat_begin (const char *event, PurpleConversation *conv)
{
  out_begin (event);
  headless_ui_put_account (purple_conversation_get_account (conv));
  out_string ("conversation", purple_conversation_get_name (conv));
}

static void
chat_add_users (PurpleConversation *conv, GList *buddies, gboolean arrivals)
{
  for (GList *l = buddies; l != NULL; l = l->next)
    {
      chat_begin ("chat-arrived", conv);
      out_string ("who", purple_conv_chat_cb_get_name (l->data));
      out_bool ("new", arrivals);
      out_end ();
    }
}

static void
chat_remove_users (PurpleConversation *conv, GList *names)
{
  for (GList *l = names; l != NULL; l = l->next)
    {
      chat_begin ("chat-departed", conv);
      out_string ("who", l->data);
      out_end ();
    }
}

static void
create_conversation (PurpleConversation *conv)
{
  if (purple_conversation_get_type (conv) != PURPLE_CONV_TYPE_CHAT)
    return;
  chat_begin ("chat-opened", conv);
  out_end ();
}

static PurpleConversationUiOps conversation_ops = {
  .create_conversation = create_conversation,
  .write_conv = write_conv,
  .chat_add_users = chat_add_users,
  .chat_remove_users = chat_remove_users,
};

/* Notifications. None leaves a handle: the headless user closes at once. */

static void *
notify_message (PurpleNotifyMsgType type, const char *title,
                const char *primary, const char *secondary)
{
  static const char *const kinds[] = { "error", "warning", "info" };

  out_begin ("notify");
  out_string ("kind", type < G_N_ELEMENTS (kinds) ? kinds[type] : "?");
  out_string ("title", title);
  out_string ("primary", primary);
  out_string ("secondary", secondary);
  out_end ();
  return NULL;
}

static void *
notify_formatted (const char *title, const char *primary,
                  const char *secondary, const char *text)
{
  out_begin ("notify");
  out_string ("kind", "formatted");
  out_string ("title", title);
  out_string ("primary", primary);
  out_string ("secondary", secondary);
  out_string ("text", text);
  out_end ();
  return NULL;
}

static void *
notify_uri (const char *uri)
{
  out_begin ("notify");
  out_string ("kind", "uri");
  out_string ("text", uri);
  out_end ();
  return NULL;
}

static void *
notify_userinfo (PurpleConnection *gc, const char *who,
                 PurpleNotifyUserInfo *info)
{
  g_autofree char *html
    = purple_notify_user_info_get_text_with_newline (info, "<br>");

  out_begin ("userinfo");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_string ("who", who);
  out_open ("entries", '{');
  for (GList *l = purple_notify_user_info_get_entries (info); l != NULL;
       l = l->next)
    if (purple_notify_user_info_entry_get_label (l->data) != NULL)
      out_string (purple_notify_user_info_entry_get_label (l->data),
                  purple_notify_user_info_entry_get_value (l->data));
  out_close ();
  out_string ("html", html);
  out_end ();
  return NULL;
}

static void *
notify_searchresults (PurpleConnection *gc, const char *title,
                      const char *primary, const char *secondary,
                      PurpleNotifySearchResults *results, gpointer user)
{
  out_begin ("found");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_string ("primary", primary);
  out_string ("secondary", secondary);
  out_open ("rows", '[');
  for (GList *row = results->rows; row != NULL; row = row->next)
    {
      out_open (NULL, '[');
      for (GList *cell = row->data; cell != NULL; cell = cell->next)
        out_string (NULL, cell->data);
      out_close ();
    }
  out_close ();
  out_end ();
  /* A window of ours: anything but NULL, which would mean "cannot". */
  return results;
}

static void
put_texts (const char *key, const char **texts, size_t count)
{
  out_open (key, '[');
  for (size_t i = 0; i < count && texts != NULL; i++)
    out_string (NULL, texts[i]);
  out_close ();
}

/* @detailed: each is named; else the first of the arrays stands for all. */
static void *
notify_emails (PurpleConnection *gc, size_t count, gboolean detailed,
               const char **subjects, const char **froms, const char **tos,
               const char **urls)
{
  out_begin ("mail");
  headless_ui_put_account (purple_connection_get_account (gc));
  out_int ("count", (gint64) count);
  out_bool ("detailed", detailed);
  put_texts ("subjects", subjects, detailed ? count : 0);
  put_texts ("froms", froms, detailed ? count : 0);
  put_texts ("urls", urls, detailed ? count : 1);
  out_end ();
  return NULL;
}

static void *
notify_email (PurpleConnection *gc, const char *subject, const char *from,
              const char *to, const char *url)
{
  return notify_emails (gc, 1, TRUE, &subject, &from, &to, &url);
}

static PurpleNotifyUiOps notify_ops = {
  .notify_message = notify_message,
  .notify_formatted = notify_formatted,
  .notify_uri = notify_uri,
  .notify_userinfo = notify_userinfo,
  .notify_searchresults = notify_searchresults,
  .notify_email = notify_email,
  .notify_emails = notify_emails,
};

/* Questions. The UI handle is the number; 0 would mean "could not ask". */

typedef struct
{
  gboolean account_request; /* not purple_request's, but the account's */
  PurpleRequestType type;
  GCallback *callbacks; /* by choice */
  int count;
  gpointer user_data;
  PurpleRequestFields *fields;
} Question;

static GHashTable *questions;
static guint last_question;

static void
question_free (gpointer data)
{
  Question *q = data;

  if (q->fields != NULL)
    purple_request_fields_destroy (q->fields);
  g_free (q->callbacks);
  g_free (q);
}

static Question *
question_new (PurpleRequestType type, int count, gpointer user_data)
{
  Question *q = g_new0 (Question, 1);

  q->type = type;
  q->count = count;
  q->callbacks = g_new0 (GCallback, count);
  q->user_data = user_data;
  return q;
}

static void
question_begin (const char *kind, const char *title, const char *primary,
                const char *secondary, PurpleAccount *account,
                const char *who)
{
  out_begin ("request");
  headless_ui_put_account (account);
  out_string ("kind", kind);
  out_string ("title", title);
  out_string ("primary", primary);
  out_string ("secondary", secondary);
  out_string ("who", who);
}

static void *
question_end (Question *q)
{
  guint id = ++last_question;

  g_hash_table_insert (questions, GUINT_TO_POINTER (id), q);
  out_int ("id", id);
  out_end ();
  return GUINT_TO_POINTER (id);
}

static void *
request_action (const char *title, const char *primary, const char *secondary,
                int default_action, PurpleAccount *account, const char *who,
                PurpleConversation *conv, void *user_data, size_t count,
                va_list actions)
{
  Question *q = question_new (PURPLE_REQUEST_ACTION, count, user_data);

  question_begin ("action", title, primary, secondary, account, who);
  out_int ("default", default_action);
  out_open ("actions", '[');
  for (size_t i = 0; i < count; i++)
    {
      out_string (NULL, va_arg (actions, const char *));
      q->callbacks[i] = va_arg (actions, GCallback);
    }
  out_close ();
  return question_end (q);
}

static void *
request_input (const char *title, const char *primary, const char *secondary,
               const char *value, gboolean multiline, gboolean masked,
               char *hint, const char *ok_text, GCallback ok,
               const char *cancel_text, GCallback cancel,
               PurpleAccount *account, const char *who,
               PurpleConversation *conv, void *user_data)
{
  Question *q = question_new (PURPLE_REQUEST_INPUT, 2, user_data);

  q->callbacks[0] = ok;
  q->callbacks[1] = cancel;
  question_begin ("input", title, primary, secondary, account, who);
  out_string ("value", value);
  out_bool ("masked", masked);
  return question_end (q);
}

static void
put_form (PurpleRequestFields *form)
{
  out_open ("fields", '{');
  for (GList *group = purple_request_fields_get_groups (form); group != NULL;
       group = group->next)
    for (GList *l = purple_request_field_group_get_fields (group->data);
         l != NULL; l = l->next)
      if (purple_request_field_get_type (l->data)
          == PURPLE_REQUEST_FIELD_STRING)
        out_string (purple_request_field_get_id (l->data),
                    purple_request_field_string_get_value (l->data));
      else if (purple_request_field_get_type (l->data)
               == PURPLE_REQUEST_FIELD_BOOLEAN)
        out_bool (purple_request_field_get_id (l->data),
                  purple_request_field_bool_get_value (l->data));
      else if (purple_request_field_get_type (l->data)
               == PURPLE_REQUEST_FIELD_CHOICE)
        out_string (
            purple_request_field_get_id (l->data),
            g_list_nth_data (
                purple_request_field_choice_get_labels (l->data),
                purple_request_field_choice_get_value (l->data)));
  out_close ();
}

static void *
request_fields (const char *title, const char *primary, const char *secondary,
                PurpleRequestFields *fields, const char *ok_text, GCallback ok,
                const char *cancel_text, GCallback cancel,
                PurpleAccount *account, const char *who,
                PurpleConversation *conv, void *user_data)
{
  Question *q = question_new (PURPLE_REQUEST_FIELDS, 2, user_data);

  q->callbacks[0] = ok;
  q->callbacks[1] = cancel;
  q->fields = fields;
  question_begin ("fields", title, primary, secondary, account, who);
  put_form (fields);
  return question_end (q);
}

static void
question_closed (gpointer handle)
{
  if (!g_hash_table_remove (questions, handle))
    return;
  out_begin ("request-closed");
  out_int ("id", GPOINTER_TO_UINT (handle));
  out_end ();
}

static void
close_request (PurpleRequestType type, void *handle)
{
  question_closed (handle);
}

static PurpleRequestUiOps request_ops = {
  .request_action = request_action,
  .request_input = request_input,
  .request_fields = request_fields,
  .close_request = close_request,
};

/* By what the user reads there. */
static void
choose (PurpleRequestField *field, const char *label)
{
  int i = 0;

  for (GList *l = purple_request_field_choice_get_labels (field); l != NULL;
       l = l->next, i++)
    if (strcmp (l->data, label) == 0)
      purple_request_field_choice_set_value (field, i);
}

/* Fills a form in: lines of "id=value". */
static void
fill_in (PurpleRequestFields *fields, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) pair = g_strsplit (*line, "=", 2);
      PurpleRequestField *field
        = g_strv_length (pair) == 2
            ? purple_request_fields_get_field (fields, pair[0])
            : NULL;

      if (field == NULL)
        continue;
      if (purple_request_field_get_type (field) == PURPLE_REQUEST_FIELD_BOOLEAN)
        purple_request_field_bool_set_value (field, *pair[1] == '1');
      else if (purple_request_field_get_type (field)
               == PURPLE_REQUEST_FIELD_CHOICE)
        choose (field, pair[1]);
      else
        purple_request_field_string_set_value (field, pair[1]);
    }
}

static void
call_back (Question *q, int choice, const char *text)
{
  GCallback cb = q->callbacks[choice];

  if (q->fields != NULL)
    fill_in (q->fields, text);

  if (cb == NULL)
    return;
  if (q->account_request)
    ((PurpleAccountRequestAuthorizationCb) cb) (q->user_data);
  else if (q->type == PURPLE_REQUEST_ACTION)
    ((PurpleRequestActionCb) cb) (q->user_data, choice);
  else if (q->type == PURPLE_REQUEST_INPUT)
    ((PurpleRequestInputCb) cb) (q->user_data, text != NULL ? text : "");
  else
    ((PurpleRequestFieldsCb) cb) (q->user_data, q->fields);
}

gboolean
headless_ui_answer (guint id, int choice, const char *text)
{
  gpointer handle = GUINT_TO_POINTER (id);
  Question *q = g_hash_table_lookup (questions, handle);

  if (q == NULL || choice < 0 || choice >= q->count)
    return FALSE;
  /* The answer may close the question: it must not find it in the table. */
  g_hash_table_steal (questions, handle);
  call_back (q, choice, text);
  if (!q->account_request)
    purple_request_close (q->type, handle);
  question_free (q);
  return TRUE;
}

/* Accounts. */

static void
account_added_by (const char *event, PurpleAccount *account, const char *who,
                  const char *message)
{
  out_begin (event);
  headless_ui_put_account (account);
  out_string ("who", who);
  out_string ("text", message);
  out_end ();
}

static void
notify_added (PurpleAccount *account, const char *who, const char *id,
              const char *alias, const char *message)
{
  account_added_by ("added-by", account, who, message);
}

static void
request_add (PurpleAccount *account, const char *who, const char *id,
             const char *alias, const char *message)
{
  account_added_by ("added-by-stranger", account, who, message);
}

static void *
request_authorize (PurpleAccount *account, const char *who, const char *id,
                   const char *alias, const char *message, gboolean on_list,
                   PurpleAccountRequestAuthorizationCb authorize,
                   PurpleAccountRequestAuthorizationCb deny, void *user_data)
{
  Question *q = question_new (PURPLE_REQUEST_ACTION, 2, user_data);

  q->account_request = TRUE;
  q->callbacks[0] = G_CALLBACK (authorize);
  q->callbacks[1] = G_CALLBACK (deny);
  question_begin ("authorize", NULL, NULL, message, account, who);
  return question_end (q);
}

static PurpleAccountUiOps account_ops = {
  .notify_added = notify_added,
  .request_add = request_add,
  .request_authorize = request_authorize,
  .close_account_request = question_closed,
};

/* Files. */

static void
transfer_event (PurpleXfer *xfer, const char *state)
{
  out_begin ("transfer");
  headless_ui_put_account (purple_xfer_get_account (xfer));
  out_string ("who", purple_xfer_get_remote_user (xfer));
  out_string ("file", purple_xfer_get_filename (xfer));
  out_string ("state", state);
  out_int ("done", (gint64) purple_xfer_get_bytes_sent (xfer));
  out_int ("size", (gint64) purple_xfer_get_size (xfer));
  out_end ();
}

static void
transfer_added (PurpleXfer *xfer)
{
  transfer_event (xfer, "offered");
}

static void
transfer_progress (PurpleXfer *xfer, double part)
{
  transfer_event (xfer, purple_xfer_is_completed (xfer) ? "completed"
                        : purple_xfer_get_bytes_remaining (xfer) == 0
                            ? "sent"
                            : "moving");
}

static void
transfer_cancelled (PurpleXfer *xfer)
{
  transfer_event (xfer, "cancelled");
}

static PurpleXferUiOps transfer_ops = {
  .add_xfer = transfer_added,
  .update_progress = transfer_progress,
  .cancel_local = transfer_cancelled,
  .cancel_remote = transfer_cancelled,
};

/* Without operations for the list, even empty ones, libpurple saves none. */
static PurpleBlistUiOps blist_ops = { NULL };

void
headless_ui_init (void)
{
  questions = g_hash_table_new_full (NULL, NULL, NULL, question_free);
  purple_connections_set_ui_ops (&connection_ops);
  purple_conversations_set_ui_ops (&conversation_ops);
  purple_notify_set_ui_ops (&notify_ops);
  /* A host that cannot ask. */
  if (g_getenv ("HEADLESS_NO_QUESTIONS") != NULL)
    request_ops.request_action = NULL;
  purple_request_set_ui_ops (&request_ops);
  purple_accounts_set_ui_ops (&account_ops);
  purple_blist_set_ui_ops (&blist_ops);
  purple_xfers_set_ui_ops (&transfer_ops);
}

/* Buddies. */

static void
buddy_event (PurpleBuddy *buddy, const char *event)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);
  PurpleGroup *group = purple_buddy_get_group (buddy);

  out_begin (event);
  headless_ui_put_account (purple_buddy_get_account (buddy));
  out_string ("who", purple_buddy_get_name (buddy));
  out_string ("group", group != NULL ? purple_group_get_name (group) : NULL);
  out_bool ("online", purple_presence_is_online (presence));
  out_string ("status", purple_status_get_id (status));
  out_string ("message", purple_status_get_attr_string (status, "message"));
  out_bool ("idle", purple_presence_is_idle (presence));
  out_end ();
}

static void
buddy_signed_on (PurpleBuddy *buddy)
{
  buddy_event (buddy, "buddy-on");
}

static void
buddy_signed_off (PurpleBuddy *buddy)
{
  buddy_event (buddy, "buddy-off");
}

static void
buddy_status_changed (PurpleBuddy *buddy, PurpleStatus *before,
                      PurpleStatus *after)
{
  buddy_event (buddy, "buddy-status");
}

static void
buddy_idle_changed (PurpleBuddy *buddy, int before, int after)
{
  buddy_event (buddy, "buddy-idle");
}

static void
buddy_added (PurpleBuddy *buddy)
{
  buddy_event (buddy, "buddy-added");
}

static void
buddy_removed (PurpleBuddy *buddy)
{
  buddy_event (buddy, "buddy-removed");
}

static void
buddy_icon_changed (PurpleBuddy *buddy)
{
  PurpleBuddyIcon *icon = purple_buddy_get_icon (buddy);
  size_t size = 0;

  if (icon != NULL)
    purple_buddy_icon_get_data (icon, &size);
  out_begin ("buddy-icon");
  headless_ui_put_account (purple_buddy_get_account (buddy));
  out_string ("who", purple_buddy_get_name (buddy));
  out_string ("hash", icon != NULL ? purple_buddy_icon_get_checksum (icon)
                                   : NULL);
  out_int ("size", (gint64) size);
  out_end ();
}

static void
typing_event (PurpleAccount *account, const char *who, const char *state)
{
  out_begin ("typing");
  headless_ui_put_account (account);
  out_string ("who", who);
  out_string ("state", state);
  out_end ();
}

static void
buddy_typing (PurpleAccount *account, const char *who)
{
  typing_event (account, who, "typing");
}

static void
buddy_typed (PurpleAccount *account, const char *who)
{
  typing_event (account, who, "paused");
}

static void
buddy_typing_stopped (PurpleAccount *account, const char *who)
{
  typing_event (account, who, "stopped");
}

void
headless_ui_watch (void)
{
  static int handle;
  const struct
  {
    void *instance;
    const char *signal;
    PurpleCallback callback;
  } signals[] = {
    { purple_blist_get_handle (), "buddy-signed-on",
      PURPLE_CALLBACK (buddy_signed_on) },
    { purple_blist_get_handle (), "buddy-signed-off",
      PURPLE_CALLBACK (buddy_signed_off) },
    { purple_blist_get_handle (), "buddy-status-changed",
      PURPLE_CALLBACK (buddy_status_changed) },
    { purple_blist_get_handle (), "buddy-idle-changed",
      PURPLE_CALLBACK (buddy_idle_changed) },
    { purple_blist_get_handle (), "buddy-added",
      PURPLE_CALLBACK (buddy_added) },
    { purple_blist_get_handle (), "buddy-removed",
      PURPLE_CALLBACK (buddy_removed) },
    { purple_blist_get_handle (), "buddy-icon-changed",
      PURPLE_CALLBACK (buddy_icon_changed) },
    { purple_conversations_get_handle (), "buddy-typing",
      PURPLE_CALLBACK (buddy_typing) },
    { purple_conversations_get_handle (), "buddy-typed",
      PURPLE_CALLBACK (buddy_typed) },
    { purple_conversations_get_handle (), "buddy-typing-stopped",
      PURPLE_CALLBACK (buddy_typing_stopped) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    purple_signal_connect (signals[i].instance, signals[i].signal, &handle,
                           signals[i].callback, NULL);
}
