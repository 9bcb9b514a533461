#include "glue-actions.h"
#include "glue-events.h"

#include <string.h>

#include "glue-changes.h"
#include "glue-bookmarks.h"
#include "glue-buddies.h"
#include "glue-chat.h"
#include "glue-errors.h"
#include "glue-i18n.h"
#include "glue-icons.h"
#include "glue-list.h"
#include "glue-mail.h"
#include "glue-markup.h"
#include "glue-people.h"
#include "glue-prompt.h"
#include "glue-record.h"
#include "glue-transfer.h"
#include "im-limits.h"
#include "markup-html.h"

/* Seconds a "typing" lasts without a sign of life. */
#define TYPING_TIMEOUT 60

#define N_STEPS 5

struct _GlueEvents
{
  GHashTable *held;     /* ids of messages that wait -> owned name */
  GHashTable *waiting;  /* owned name -> how many of them */
  GHashTable *requests; /* owned AuthRequest, a set */
  guint own_status_timer; /* is about to show our own state */
};

/* Somebody's wish to have us on their list, until it is answered. */
typedef struct
{
  GlueHost *glue;
  char *who;
} AuthRequest;

static void
auth_request_free (gpointer data)
{
  AuthRequest *request = data;

  g_free (request->who);
  g_free (request);
}

GlueEvents *
glue_events_new (void)
{
  GlueEvents *events = g_new0 (GlueEvents, 1);

  events->held = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  events->waiting =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  events->requests =
      g_hash_table_new_full (NULL, NULL, auth_request_free, NULL);
  return events;
}

/* Closing them runs none of their callbacks. Those of the connection are
 * closed already, and it is not to be named any more. */
void
glue_events_closing (GlueHost *glue)
{
  glue_transfer_closing (glue);
  if (g_hash_table_size (glue->events->requests) > 0)
    purple_account_request_close_with_account (glue->account);
  glue_record_closing (glue);
  if (glue->events->own_status_timer != 0)
    purple_timeout_remove (glue->events->own_status_timer);
  glue->events->own_status_timer = 0;
}

void
glue_events_free (GlueEvents *events)
{
  g_hash_table_unref (events->requests);
  g_hash_table_unref (events->waiting);
  g_hash_table_unref (events->held);
  g_free (events);
}

/* --- the connection ----------------------------------------------------- */

static void
on_progress (GlueHost *glue, const ImEvent *event)
{
  g_autofree char *waiting = NULL;
  const char *text = NULL;
  gsize step = 0;

  switch (event->progress.step)
    {
    case IM_STEP_CONNECTING:
      text = _("Connecting");
      step = 0;
      break;
    case IM_STEP_SIGNING_IN:
      text = _("Signing in");
      step = 1;
      break;
    case IM_STEP_JOINING:
      text = _("Joining the network");
      step = 2;
      break;
    case IM_STEP_LISTS:
      text = _("Fetching the buddy list");
      step = 3;
      break;
    case IM_STEP_WAITING:
      /* Translators: the network's name, a number of seconds. */
      waiting = g_strdup_printf (
          _("%s asked us to slow down: waiting %u seconds"),
          glue->settings->network->name, event->progress.seconds);
      text = waiting;
      break;
    }
  if (text != NULL)
    purple_connection_update_progress (glue->gc, text, step, N_STEPS);
}

static void
on_online (GlueHost *glue, const ImEvent *event)
{
  purple_connection_set_state (glue->gc, PURPLE_CONNECTED);
  if (glue->gc != NULL)
    glue_icons_online (glue);
}

/* The session is freed by close(), which libpurple calls soon. */
static void
on_closed (GlueHost *glue, const ImEvent *event)
{
  glue_host_failure (glue, &event->closed);
}

static void
on_self (GlueHost *glue, const ImEvent *event)
{
  if (event->self.name != NULL)
    purple_connection_set_display_name (glue->gc, event->self.name);
}

static void
on_cache (GlueHost *glue, const ImEvent *event)
{
  const ImEventCache *cache = &event->cache;

  /* What the user does not want kept is not kept in another form. */
  if (cache->secret && !purple_account_get_remember_password (glue->account))
    glue_cache_store (glue, cache->name, NULL);
  else
    glue_cache_store (glue, cache->name, cache->data);
}

/* --- messages ----------------------------------------------------------- */

/* Messages that are not what was typed say so. */
static char *
print_message (const ImEventMessage *message)
{
  g_autofree char *html = glue_markup_print (message->text);
  const char *heading = NULL;

  if (message->flags & IM_MESSAGE_CONTACTS)
    heading = _("Sent you contacts:");
  else if (message->flags & IM_MESSAGE_PAGER)
    heading = _("Message from a web page:");
  else if (message->flags & IM_MESSAGE_MAIL)
    heading = _("Message sent as e-mail:");
  if (message->flags & IM_MESSAGE_CORRECTION)
    /* Translators: a message that takes the place of the one before. */
    return g_strdup_printf (_("Correction: %s"), html);
  return heading != NULL ? g_strdup_printf ("%s<br>%s", heading, html)
                         : g_steal_pointer (&html);
}

/* What we wrote at another place belongs into the conversation all the same,
 * and into the log. */
static void
show_own_message (GlueHost *glue, const ImEventMessage *message,
                  const char *html)
{
  PurpleConversation *conv = purple_find_conversation_with_account (
      PURPLE_CONV_TYPE_IM, message->from, glue->account);

  if (conv == NULL)
    conv = purple_conversation_new (PURPLE_CONV_TYPE_IM, glue->account,
                                    message->from);
  purple_conversation_write (
      conv, NULL, html, PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND,
      message->time != 0 ? (time_t) message->time : time (NULL));
}

static void
on_message (GlueHost *glue, const ImEvent *event)
{
  const ImEventMessage *message = &event->message;
  g_autofree char *html = print_message (message);
  g_autofree char *who = NULL;
  PurpleMessageFlags flags = PURPLE_MESSAGE_RECV;

  if (message->flags & IM_MESSAGE_OWN)
    {
      show_own_message (glue, message, html);
      return;
    }
  if (message->flags & IM_MESSAGE_AUTO_REPLY)
    flags |= PURPLE_MESSAGE_AUTO_RESP;
  if (message->flags & IM_MESSAGE_OFFLINE)
    flags |= PURPLE_MESSAGE_DELAYED;
  if (message->flags & IM_MESSAGE_TRUNCATED)
    who = g_strdup (message->from);
  serv_got_im (glue->gc, message->from, html, flags,
               message->time != 0 ? (time_t) message->time : time (NULL));
  if (who != NULL && glue->gc != NULL)
    glue_conversation_note (
        glue, who, _("The last message was too long to show whole."), FALSE);
}

static void
on_typing (GlueHost *glue, const ImEvent *event)
{
  switch (event->typing.state)
    {
    case IM_TYPING_STOPPED:
      serv_got_typing_stopped (glue->gc, event->typing.from);
      break;
    case IM_TYPING_TYPING:
      serv_got_typing (glue->gc, event->typing.from, TYPING_TIMEOUT,
                       PURPLE_TYPING);
      break;
    case IM_TYPING_PAUSED:
      serv_got_typing (glue->gc, event->typing.from, TYPING_TIMEOUT,
                       PURPLE_TYPED);
      break;
    }
}

static void
on_attention (GlueHost *glue, const ImEvent *event)
{
  purple_prpl_got_attention (glue->gc, event->attention.from, 0);
}

static gboolean
is_only_account (GlueHost *glue)
{
  g_autoptr (GList) active = purple_accounts_get_all_active ();

  return g_list_length (active) == 1 && active->data == glue->account;
}

/* What hosts show as the user's own state is not that of an account. Not from
 * inside: the host may just be changing it, and would do so last. */
static gboolean
on_show_own_status (gpointer user)
{
  GlueHost *glue = user;
  PurpleStatus *status = purple_account_get_active_status (glue->account);
  PurpleStatusPrimitive primitive =
      purple_status_type_get_primitive (purple_status_get_type (status));
  const char *message = purple_status_get_attr_string (status, "message");
  PurpleSavedStatus *saved =
      purple_savedstatus_find_transient_by_type_and_message (primitive,
                                                             message);

  glue->events->own_status_timer = 0;
  if (!is_only_account (glue))
    return G_SOURCE_REMOVE;
  if (saved == NULL)
    {
      saved = purple_savedstatus_new (NULL, primitive);
      purple_savedstatus_set_message (saved, message);
    }
  glue->applying++;
  purple_savedstatus_activate (saved);
  glue->applying--;
  return G_SOURCE_REMOVE;
}

/* Of several accounts, this one alone changes: the others were not changed
 * elsewhere. The session knows it already. */
static void
on_own_status (GlueHost *glue, const ImEvent *event)
{
  const char *id = glue->protocol->status_ids[event->own_status.status];
  const ImText *text = event->own_status.text;
  g_autofree char *html = text != NULL && im_text_length (text) > 0
                              ? glue_markup_print_status (text)
                              : NULL;

  if (id == NULL)
    return;
  glue->applying++;
  purple_account_set_status (glue->account, id, TRUE, "message", html, NULL);
  glue->applying--;
  if (is_only_account (glue) && !glue_host_is_bitlbee () &&
      glue->events->own_status_timer == 0)
    glue->events->own_status_timer =
        purple_timeout_add (0, on_show_own_status, glue);
}

/* Said once for all the messages that wait together. */
static void
message_waits (GlueHost *glue, const ImEventDelivery *delivery)
{
  GlueEvents *events = glue->events;
  char *who = glue->protocol->normalize (delivery->to);
  guint waiting =
      GPOINTER_TO_UINT (g_hash_table_lookup (events->waiting, who));
  g_autofree char *sentence = NULL;
  g_autofree char *html = NULL;

  if (!g_hash_table_insert (events->held, GUINT_TO_POINTER (delivery->id),
                            g_strdup (who)))
    {
      g_free (who);
      return;
    }
  g_hash_table_insert (events->waiting, who, GUINT_TO_POINTER (waiting + 1));
  if (waiting > 0)
    return;
  /* Translators: the network's name. */
  sentence = g_strdup_printf (_("%s asks us to slow down; your messages are "
                                "sent as it allows."),
                              glue->settings->network->name);
  html = g_markup_escape_text (sentence, -1);
  glue_conversation_note (glue, delivery->to, html, FALSE);
}

static void
message_waits_no_more (GlueHost *glue, guint id)
{
  GlueEvents *events = glue->events;
  const char *who =
      g_hash_table_lookup (events->held, GUINT_TO_POINTER (id));
  guint waiting;

  if (who == NULL)
    return;
  waiting = GPOINTER_TO_UINT (g_hash_table_lookup (events->waiting, who));
  if (waiting > 1)
    g_hash_table_insert (events->waiting, g_strdup (who),
                         GUINT_TO_POINTER (waiting - 1));
  else
    g_hash_table_remove (events->waiting, who);
  g_hash_table_remove (events->held, GUINT_TO_POINTER (id));
}

/* Nothing is lost silently: whoever reads this can send it again. */
void
glue_events_undelivered (GlueHost *glue, const ImEventDelivery *delivery)
{
  g_autofree char *sentence =
      glue_error_undelivered (delivery, glue->protocol->hex_codes);
  g_autofree char *text = glue_markup_print (delivery->text);
  g_autofree char *why = g_markup_escape_text (sentence, -1);
  /* Translators: why a message was not delivered, and the message. */
  g_autofree char *html = g_strdup_printf (_("%s Your message was: %s"), why,
                                           text);

  if (delivery->chat != 0)
    glue_chat_note (glue, delivery->chat, html);
  else
    glue_conversation_note (glue, delivery->to, html, TRUE);
}

static void
on_delivery (GlueHost *glue, const ImEvent *event)
{
  const ImEventDelivery *delivery = &event->delivery;

  switch (delivery->outcome)
    {
    case IM_DELIVERY_HELD:
      if (delivery->chat == 0)
        message_waits (glue, delivery);
      break;
    case IM_DELIVERY_SENT:
    case IM_DELIVERY_ACCEPTED:
    case IM_DELIVERY_DELIVERED:
      message_waits_no_more (glue, delivery->id);
      break;
    case IM_DELIVERY_FAILED:
    case IM_DELIVERY_UNKNOWN:
      message_waits_no_more (glue, delivery->id);
      glue_events_undelivered (glue, delivery);
      break;
    }
}

void
glue_events_conversation_closed (GlueHost *glue, const char *who)
{
  g_autofree char *name = glue->protocol->normalize (who);

  g_hash_table_remove (glue->events->waiting, name);
}

/* --- people ------------------------------------------------------------- */

typedef char *(*Printer) (const ImText *text);

/* Away texts of AIM carry tokens for the reader's name and the time. */
static char *
print_expanded (GlueHost *glue, const ImText *text, Printer print)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%x");
  g_autofree char *clock = g_date_time_format (now, "%X");
  const char *self = purple_connection_get_display_name (glue->gc);
  const MarkupTokens tokens = {
    .name = self != NULL ? self : purple_account_get_username (glue->account),
    .date = date,
    .time = clock,
  };
  g_autoptr (ImText) expanded = NULL;

  if (strchr (im_text_plain (text), '%') == NULL)
    return print (text);
  expanded = markup_aim_expand (text, &tokens, IM_MAX_PROFILE_TEXT);
  return print (expanded);
}

static gboolean
is_away (ImStatus status)
{
  switch (status)
    {
    case IM_STATUS_AWAY:
    case IM_STATUS_NOT_AVAILABLE:
    case IM_STATUS_OCCUPIED:
    case IM_STATUS_DND:
    case IM_STATUS_RIGHT_BACK:
    case IM_STATUS_PHONE:
    case IM_STATUS_LUNCH:
      return TRUE;
    case IM_STATUS_OFFLINE:
    case IM_STATUS_AVAILABLE:
    case IM_STATUS_FREE_FOR_CHAT:
    case IM_STATUS_INVISIBLE:
    case IM_N_STATUSES:
      break;
    }
  return FALSE;
}

/* Away texts often come apart from the presence: one that is already known
 * stays while the state does. */
static char *
kept_message (PurpleBuddy *buddy, const char *id)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);

  if (g_strcmp0 (purple_status_get_id (status), id) != 0)
    return NULL;
  return g_strdup (purple_status_get_attr_string (status, "message"));
}

/* libpurple announces every status it is told, changed or not, and servers
 * repeat themselves. @buddies are all that carry one name. */
static gboolean
is_news (GSList *buddies, const char *id, const char *message)
{
  for (; buddies != NULL; buddies = buddies->next)
    {
      PurpleStatus *status = purple_presence_get_active_status (
          purple_buddy_get_presence (buddies->data));

      if (strcmp (purple_status_get_id (status), id) != 0 ||
          g_strcmp0 (purple_status_get_attr_string (status, "message"),
                     message) != 0)
        return TRUE;
    }
  return FALSE;
}

static void
apply_status (GlueHost *glue, PurpleBuddy *buddy, GSList *buddies,
              const ImEventPresence *presence)
{
  /* Only what its protocol has words for is ever reported. */
  const char *id = glue->protocol->status_ids[presence->status];
  g_autofree char *message = NULL;

  if (im_text_length (presence->message) > 0)
    message = print_expanded (glue, presence->message,
                              glue_markup_print_status);
  else if (is_away (presence->status))
    message = kept_message (buddy, id);

  if (!is_news (buddies, id, message))
    return;
  if (message != NULL)
    purple_prpl_got_user_status (glue->account, presence->who, id, "message",
                                 message, NULL);
  else
    purple_prpl_got_user_status (glue->account, presence->who, id, NULL);
}

/* The rest of a presence, each part told only when it changed. */
static void
apply_details (GlueHost *glue, PurpleBuddy *buddy,
               const ImEventPresence *event)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  gboolean mobile = (event->flags & IM_PEER_MOBILE) != 0;
  gboolean was_mobile = purple_presence_is_status_active (presence, "mobile");
  time_t online = (time_t) event->online_since;
  time_t idle = (time_t) event->idle_since;

  gboolean idle_news = purple_presence_is_idle (presence) != (idle != 0) ||
                       (idle != 0 &&
                        purple_presence_get_idle_time (presence) != idle);
  gboolean online_news = purple_presence_get_login_time (presence) != online;

  if (mobile && !was_mobile)
    purple_prpl_got_user_status (glue->account, event->who, "mobile", NULL);
  else if (was_mobile && !mobile)
    purple_prpl_got_user_status_deactive (glue->account, event->who,
                                          "mobile");
  if (online_news && glue->gc != NULL)
    purple_prpl_got_user_login_time (glue->account, event->who, online);
  if (idle_news && glue->gc != NULL)
    purple_prpl_got_user_idle (glue->account, event->who, idle != 0, idle);
}

/* What they listen to, for protocols that have a status for it. */
static void
apply_media (GlueHost *glue, PurpleBuddy *buddy,
             const ImEventPresence *presence)
{
  PurplePresence *theirs = purple_buddy_get_presence (buddy);
  PurpleStatus *tune = purple_presence_get_status (theirs, "tune");

  if (tune == NULL)
    return;
  if (presence->media != NULL)
    {
      if (!purple_status_is_active (tune) ||
          g_strcmp0 (purple_status_get_attr_string (tune, PURPLE_TUNE_TITLE),
                     presence->media) != 0)
        purple_prpl_got_user_status (glue->account, presence->who, "tune",
                                     PURPLE_TUNE_TITLE, presence->media,
                                     NULL);
    }
  else if (purple_status_is_active (tune))
    purple_prpl_got_user_status_deactive (glue->account, presence->who,
                                          "tune");
}

static void
keep_details (PurpleBuddy *buddy, const ImEventPresence *presence)
{
  GlueBuddy *ours = glue_list_buddy (buddy);

  ours->flags = presence->flags | (ours->flags & IM_PEER_AWAITS_AUTH);
  ours->warning = presence->warning;
  if (presence->member_since != 0)
    ours->member_since = presence->member_since;
  if (g_strcmp0 (ours->client, presence->client) != 0)
    {
      g_free (ours->client);
      ours->client = g_strdup (presence->client);
    }
}

static void
on_presence (GlueHost *glue, const ImEvent *event)
{
  const ImEventPresence *presence = &event->presence;
  GSList *buddies = purple_find_buddies (glue->account, presence->who);
  PurpleBuddy *buddy = buddies != NULL ? buddies->data : NULL;

  if (buddy == NULL)
    return;
  for (GSList *l = buddies; l != NULL; l = l->next)
    keep_details (l->data, presence);
  apply_status (glue, buddy, buddies, presence);
  g_slist_free (buddies);
  /* That may have run somebody's code: the buddy need not be there any more. */
  buddy = glue->gc != NULL ? purple_find_buddy (glue->account, presence->who)
                           : NULL;
  if (buddy != NULL && presence->status != IM_STATUS_OFFLINE)
    apply_details (glue, buddy, presence);
  if (buddy != NULL && glue->gc != NULL)
    apply_media (glue, buddy, presence);
  /* Their own name, or how they write their account's: shown unless the user
   * has a better one. */
  if (buddy != NULL && glue->gc != NULL && presence->nick != NULL)
    serv_got_alias (glue->gc, presence->who, presence->nick);
  else if (buddy != NULL && glue->gc != NULL &&
           strcmp (purple_buddy_get_name (buddy), presence->who) != 0)
    serv_got_alias (glue->gc, presence->who, presence->who);
}

/* What they say about it as markup: many clients call a mood just what it is
 * called, which the host shows already. */
static char *
print_mood (GlueHost *glue, const ImEventMood *mood)
{
  const char *name = glue_actions_mood_name (glue->account, mood->mood);
  g_autofree char *title = glue_markup_print (mood->title);
  g_autofree char *text = glue_markup_print (mood->text);
  gboolean says_more =
      mood->title != NULL && *title != '\0' &&
      g_strcmp0 (im_text_plain (mood->title), name) != 0;

  if (!says_more)
    return g_steal_pointer (&text);
  if (*text == '\0')
    return g_steal_pointer (&title);
  return g_strdup_printf ("%s: %s", title, text);
}

/* Only protocols that have moods report them. */
static void
on_mood (GlueHost *glue, const ImEvent *event)
{
  const ImEventMood *mood = &event->mood;
  g_autofree char *text = NULL;

  if (purple_find_buddy (glue->account, mood->who) == NULL ||
      purple_account_get_status_type (glue->account, "mood") == NULL)
    return;
  if (mood->mood == NULL)
    {
      purple_prpl_got_user_status_deactive (glue->account, mood->who, "mood");
      return;
    }
  text = print_mood (glue, mood);
  purple_prpl_got_user_status (glue->account, mood->who, "mood",
                               PURPLE_MOOD_NAME, mood->mood,
                               PURPLE_MOOD_COMMENT,
                               *text != '\0' ? text : NULL, NULL);
}

static void
add_time (PurpleNotifyUserInfo *info, const char *label, gint64 when)
{
  time_t seconds = (time_t) when;

  if (when != 0)
    purple_notify_user_info_add_pair (
        info, label, purple_date_format_long (localtime (&seconds)));
}

static void
add_presence (PurpleNotifyUserInfo *info, const ImEventPresence *presence)
{
  g_autofree char *client = NULL;
  char warning[16];

  add_time (info, _("Online since"), presence->online_since);
  add_time (info, _("Idle since"), presence->idle_since);
  add_time (info, _("Member since"), presence->member_since);
  if (presence->warning > 0)
    {
      g_snprintf (warning, sizeof warning, "%u%%", presence->warning);
      purple_notify_user_info_add_pair (info, _("Warning level"), warning);
    }
  if (presence->client != NULL)
    {
      client = g_markup_escape_text (presence->client, -1);
      purple_notify_user_info_add_pair (info, _("Client"), client);
    }
}

static void
show_profile (GlueHost *glue, const ImEventProfile *profile)
{
  PurpleNotifyUserInfo *info = purple_notify_user_info_new ();

  if (!profile->found)
    purple_notify_user_info_add_pair (
        info, _("Information"),
        _("None: this user is offline or does not exist."));
  else
    add_presence (info, &profile->presence);
  glue_people_add_fields (info, profile->fields, profile->n_fields);
  if (im_text_length (profile->away) > 0)
    {
      g_autofree char *html =
          print_expanded (glue, profile->away, glue_markup_print);

      purple_notify_user_info_add_pair (info, _("Away message"), html);
    }
  if (im_text_length (profile->profile) > 0)
    {
      g_autofree char *html =
          print_expanded (glue, profile->profile, glue_markup_print);

      purple_notify_user_info_add_section_break (info);
      purple_notify_user_info_add_pair (info, _("Profile"), html);
    }
  purple_notify_userinfo (glue->gc, profile->presence.who, info, NULL, NULL);
  purple_notify_user_info_destroy (info);
}

static void
refresh_away (GlueHost *glue, const ImEventProfile *profile)
{
  const char *who = profile->presence.who;
  PurpleBuddy *buddy = purple_find_buddy (glue->account, who);
  PurpleStatus *status;
  g_autofree char *message = NULL;
  g_autofree char *id = NULL;

  if (buddy == NULL || im_text_length (profile->away) == 0)
    return;
  status = purple_presence_get_active_status (
      purple_buddy_get_presence (buddy));
  id = g_strdup (purple_status_get_id (status));
  /* They may have come back while we asked. */
  if (strcmp (id, glue->protocol->status_ids[IM_STATUS_AVAILABLE]) == 0 ||
      !purple_status_is_online (status))
    return;
  message = print_expanded (glue, profile->away, glue_markup_print_status);
  purple_prpl_got_user_status (glue->account, who, id, "message", message,
                               NULL);
}

static void
on_profile (GlueHost *glue, const ImEvent *event)
{
  const ImEventProfile *profile = &event->profile;

  if (profile->own)
    {
      if (glue->protocol->edit_profile != NULL)
        glue->protocol->edit_profile (glue, profile);
      return;
    }
  if (profile->found)
    {
      glue_people_apply_nick (glue, profile->presence.who, profile->fields,
                              profile->n_fields);
      refresh_away (glue, profile);
    }
  if (event->profile.asked && glue->gc != NULL)
    show_profile (glue, &event->profile);
}

/* --- permission to be on a list ----------------------------------------- */

static void
answer_auth (AuthRequest *request, gboolean grant, const char *reason)
{
  GlueHost *glue = request->glue;

  g_hash_table_steal (glue->events->requests, request);
  glue->protocol->reply_auth (glue->session, request->who, grant, reason);
  auth_request_free (request);
}

static void
on_authorize (void *data)
{
  answer_auth (data, TRUE, NULL);
}

static void
deny_with_reason (AuthRequest *request, const char *reason)
{
  answer_auth (request, FALSE, reason);
}

static void
deny_without_reason (AuthRequest *request)
{
  answer_auth (request, FALSE, NULL);
}

static void
on_deny (void *data)
{
  AuthRequest *request = data;
  GlueHost *glue = request->glue;

  /* bitlbee has no way of not answering a question. */
  if (!glue->protocol->deny_reasons || glue_host_is_bitlbee () ||
      purple_request_input (
          glue->gc, _("Permission Refused"),
          _("Do you want to tell them why?"), NULL, NULL, TRUE, FALSE, NULL,
          _("Tell Them"), G_CALLBACK (deny_with_reason), _("Say Nothing"),
          G_CALLBACK (deny_without_reason), glue->account, request->who, NULL,
          request) == NULL)
    deny_without_reason (request);
}

static void
on_auth_request (GlueHost *glue, const ImEvent *event)
{
  AuthRequest *request = g_new0 (AuthRequest, 1);
  PurpleBuddy *buddy = purple_find_buddy (glue->account, event->auth.who);
  const char *reason = event->auth.reason;

  request->glue = glue;
  request->who = g_strdup (event->auth.who);
  g_hash_table_add (glue->events->requests, request);
  /* bitlbee writes what it is given, be it nothing. */
  if (reason == NULL && glue_host_is_bitlbee ())
    reason = _("without a word");
  purple_account_request_authorization (
      glue->account, request->who, NULL,
      buddy != NULL ? purple_buddy_get_alias_only (buddy) : NULL, reason,
      buddy != NULL, on_authorize, on_deny, request);
}

/* What the user calls them, and who they are. */
static char *
name_of (const char *who, PurpleBuddy *buddy)
{
  const char *alias =
      buddy != NULL ? purple_buddy_get_alias_only (buddy) : NULL;

  return alias != NULL ? g_strdup_printf ("%s (%s)", alias, who)
                       : g_strdup (who);
}

static void
on_auth_reply (GlueHost *glue, const ImEvent *event)
{
  PurpleBuddy *buddy = purple_find_buddy (glue->account, event->auth.who);
  g_autofree char *name = name_of (event->auth.who, buddy);
  g_autofree char *sentence = NULL;

  if (buddy != NULL && event->auth.granted)
    glue_list_buddy (buddy)->flags &= ~(guint) IM_PEER_AWAITS_AUTH;
  sentence = g_strdup_printf (
      event->auth.granted
          /* Translators: a user's name. */
          ? _("%s allows you to see when they are online.")
          /* Translators: a user's name. */
          : _("%s does not allow you to see when they are online."),
      name);
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, sentence, event->auth.reason);
}

static void
on_added (GlueHost *glue, const ImEvent *event)
{
  PurpleBuddy *buddy = purple_find_buddy (glue->account, event->auth.who);

  purple_account_notify_added (
      glue->account, event->auth.who, NULL,
      buddy != NULL ? purple_buddy_get_alias_only (buddy) : NULL,
      event->auth.reason);
}

/* --- the service speaks ------------------------------------------------- */

static void
notice_warned (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *sentence =
      notice->who != NULL && *notice->who != '\0'
          /* Translators: who warned the user. */
          ? g_strdup_printf (_("%s warned you."), notice->who)
          : g_strdup (_("Somebody warned you anonymously."));
  /* Translators: a number; the other sign is a percent sign. */
  g_autofree char *level = g_strdup_printf (
      _("Your warning level is now %u%%."), notice->count);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING, sentence, level);
}

static void
notice_missed (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *who = NULL;
  g_autofree char *html = NULL;

  if (notice->who == NULL)
    return;
  who = g_markup_escape_text (notice->who, -1);
  /* Translators: a number, the name of the sender. */
  html = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "%u message of %s was not delivered to you.",
                   "%u messages of %s were not delivered to you.",
                   notice->count),
      notice->count, who);
  glue_conversation_note (glue, notice->who, html, TRUE);
}

/* A stranger must not be able to open windows by offering things. */
static void
notice_declined (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *sentence = NULL;
  g_autofree char *html = NULL;

  if (notice->who == NULL)
    return;
  /* Translators: the name of the sender. */
  sentence = g_strdup_printf (_("An offer of %s was declined: files, direct "
                                "connections and the like are not supported."),
                              notice->who);
  html = g_markup_escape_text (sentence, -1);
  glue_conversation_note (
      glue, notice->who, html,
      purple_find_buddy (glue->account, notice->who) != NULL);
}

/* The session tells of the calls of friends alone. */
static void
notice_called (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *name = g_markup_escape_text (notice->who, -1);
  /* Translators: who called. */
  g_autofree char *html = g_strdup_printf (
      _("%s tried to call you; calls are not supported here."), name);

  glue_conversation_note (glue, notice->who, html, TRUE);
}

static void
notice_not_hidden (GlueHost *glue, const ImEventNotice *notice)
{
  glue_tell_user (
      glue, PURPLE_NOTIFY_MSG_WARNING,
      notice->count == 0
          ? _("This server cannot hide you; you are shown as busy instead.")
          : _("Another of your programs does not support invisible mode, so "
              "you appear as busy instead."),
      NULL);
}

static void
notice_loopback (GlueHost *glue, const ImEventNotice *notice)
{
  /* Translators: a host name. */
  g_autofree char *sentence = g_strdup_printf (
      _("The server sent us to %s, which cannot be right. Its operator must "
        "fix the advertised address."),
      notice->text != NULL ? notice->text : "?");

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING, sentence,
                  _("The sign-in server is used instead."));
}

static void
notice_you_warned (GlueHost *glue, const ImEventNotice *notice)
{
  /* Translators: who was warned. */
  g_autofree char *sentence = g_strdup_printf (_("You warned %s."),
                                               notice->who);
  /* Translators: a number; the other sign is a percent sign. */
  g_autofree char *level = g_strdup_printf (
      _("Their warning level is now %u%%."), notice->count);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, sentence, level);
}

/* Codes of error messages of OSCAR, the only protocol with warnings. */
static void
notice_warning_refused (GlueHost *glue, const ImEventNotice *notice)
{
  /* Translators: who was to be warned. */
  g_autofree char *sentence = g_strdup_printf (
      _("%s could not be warned."), notice->who);
  const char *why = _("The network refused it.");

  if (notice->count == 0x04)
    why = _("They are not online.");
  else if (notice->count == 0x08)
    why = _("Nobody can warn themselves.");
  else if (notice->count == 0x0d)
    why = _("The network allows warnings only in answer to recent messages, "
            "and not many of them.");
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_ERROR, sentence, why);
}

static void
notice_icon_refused (GlueHost *glue, const ImEventNotice *notice)
{
  const char *why = NULL;

  /* The other codes say nothing to anybody. */
  if (notice->count == 3)
    why = _("It is too small.");
  else if (notice->count == 4)
    why = _("It is too big.");
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING,
                  _("The network did not take your buddy icon."), why);
}

static void
notice_closing (GlueHost *glue, const ImEventNotice *notice)
{
  /* Translators: a number. */
  g_autofree char *sentence = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE,
                   "The server goes down for maintenance in %u minute.",
                   "The server goes down for maintenance in %u minutes.",
                   notice->count),
      notice->count);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING, sentence, NULL);
}

static const char *
unshown_form (const char *kind)
{
  /* Translators: in all of these %s is the name of the sender. */
  if (strcmp (kind, "ink") == 0)
    return _("%s sent a handwritten message, which cannot be shown here.");
  if (strcmp (kind, "wink") == 0)
    return _("%s sent a wink, which cannot be shown here.");
  if (strcmp (kind, "voice") == 0)
    return _("%s sent a voice clip, which cannot be played here.");
  return _("%s sent something that cannot be shown here.");
}

static void
notice_list_unread (GlueHost *glue, const ImEventNotice *notice)
{
  const char *sentence =
      _("You are signed on, but your list on the server could not be read.");
  g_autofree char *code =
      notice->text == NULL && notice->count != 0
          /* Translators: a number. */
          ? g_strdup_printf (_("Server error %u."), notice->count)
          : NULL;

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING, sentence,
                  notice->text != NULL ? notice->text : code);
}

static void
notice_unshown (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *sentence = NULL;
  g_autofree char *html = NULL;

  if (notice->who == NULL)
    return;
  sentence = g_strdup_printf (
      unshown_form (notice->text != NULL ? notice->text : ""), notice->who);
  html = g_markup_escape_text (sentence, -1);
  glue_conversation_note (
      glue, notice->who, html,
      purple_find_buddy (glue->account, notice->who) != NULL);
}

static void
notice_not_invited (GlueHost *glue, const ImEventNotice *notice)
{
  /* Translators: the name of a buddy. */
  g_autofree char *sentence = g_strdup_printf (
      _("%s could not be invited: they are offline, or do not accept it."),
      notice->who);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING, sentence, NULL);
}

static void
notice_places (GlueHost *glue, const ImEventNotice *notice)
{
  g_autofree char *sentence = NULL;

  if (notice->count == 0)
    {
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO,
                      _("The network does not say where else you are signed "
                        "in."),
                      NULL);
      return;
    }
  sentence = g_strdup_printf (
      ngettext ("You are signed in at %u place, which is here.",
                "You are signed in at %u places, this one included.",
                notice->count),
      notice->count);

  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, sentence, NULL);
}

static void
on_notice (GlueHost *glue, const ImEvent *event)
{
  const ImEventNotice *notice = &event->notice;
  const char *text = notice->text != NULL ? notice->text : "";

  switch (notice->kind)
    {
    case IM_NOTICE_NEWS:
      glue_debug (glue, "news: %s %s", text,
                  notice->url != NULL ? notice->url : "");
      g_free (glue->news);
      glue->news = g_strdup (text);
      break;
    case IM_NOTICE_IMPORTANT:
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, text, notice->url);
      break;
    case IM_NOTICE_WARNED:
      notice_warned (glue, notice);
      break;
    case IM_NOTICE_MISSED:
      notice_missed (glue, notice);
      break;
    case IM_NOTICE_DECLINED:
      notice_declined (glue, notice);
      break;
    case IM_NOTICE_RATE:
      /* What it means for the user is said where a message waits. */
      glue_debug (glue, "the server asks us to slow down");
      break;
    case IM_NOTICE_LOOPBACK:
      notice_loopback (glue, notice);
      break;
    case IM_NOTICE_LIST_CUT:
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING,
                      _("Your list on the server is longer than this program "
                        "takes. Some buddies are not shown."),
                      NULL);
      break;
    case IM_NOTICE_ICON_REFUSED:
      notice_icon_refused (glue, notice);
      break;
    case IM_NOTICE_YOU_WARNED:
      notice_you_warned (glue, notice);
      break;
    case IM_NOTICE_WARNING_REFUSED:
      notice_warning_refused (glue, notice);
      break;
    case IM_NOTICE_CLOSING:
      notice_closing (glue, notice);
      break;
    case IM_NOTICE_UNSHOWN:
      notice_unshown (glue, notice);
      break;
    case IM_NOTICE_NOT_INVITED:
      notice_not_invited (glue, notice);
      break;
    case IM_NOTICE_LIST_UNREAD:
      notice_list_unread (glue, notice);
      break;
    case IM_NOTICE_PLACES:
      notice_places (glue, notice);
      break;
    case IM_NOTICE_CALLED:
      notice_called (glue, notice);
      break;
    case IM_NOTICE_NOT_HIDDEN:
      notice_not_hidden (glue, notice);
      break;
    case IM_NOTICE_STATUS_REFUSED:
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING,
                      _("Your status could not be changed."), notice->text);
      break;
    case IM_NOTICE_SETTING_REFUSED:
      glue_tell_user (glue, PURPLE_NOTIFY_MSG_WARNING,
                      _("The server did not take the change of your "
                        "settings."),
                      notice->text);
      break;
    }
}

/* --- the table ---------------------------------------------------------- */

typedef void (*Handler) (GlueHost *glue, const ImEvent *event);

static const Handler handlers[] = {
  [IM_EVENT_PROGRESS] = on_progress,
  [IM_EVENT_ONLINE] = on_online,
  [IM_EVENT_CLOSED] = on_closed,
  [IM_EVENT_SELF] = on_self,
  [IM_EVENT_MESSAGE] = on_message,
  [IM_EVENT_TYPING] = on_typing,
  [IM_EVENT_DELIVERY] = on_delivery,
  [IM_EVENT_PRESENCE] = on_presence,
  [IM_EVENT_PROFILE] = on_profile,
  [IM_EVENT_GROUP] = glue_list_on_group,
  [IM_EVENT_BUDDY] = glue_list_on_buddy,
  [IM_EVENT_BUDDY_GONE] = glue_list_on_buddy_gone,
  [IM_EVENT_GROUP_GONE] = glue_list_on_group_gone,
  [IM_EVENT_ROSTER_DONE] = glue_list_on_done,
  [IM_EVENT_LIST_ERROR] = glue_list_on_error,
  [IM_EVENT_PRIVACY] = glue_list_on_privacy,
  [IM_EVENT_AUTH_REQUEST] = on_auth_request,
  [IM_EVENT_AUTH_REPLY] = on_auth_reply,
  [IM_EVENT_ADDED] = on_added,
  [IM_EVENT_NOTICE] = on_notice,
  [IM_EVENT_CACHE] = on_cache,
  [IM_EVENT_PROMPT] = glue_prompt_on_event,
  [IM_EVENT_CHAT_JOINED] = glue_chat_on_joined,
  [IM_EVENT_CHAT_LEFT] = glue_chat_on_left,
  [IM_EVENT_CHAT_FAILED] = glue_chat_on_failed,
  [IM_EVENT_CHAT_MEMBERS] = glue_chat_on_members,
  [IM_EVENT_CHAT_MESSAGE] = glue_chat_on_message,
  [IM_EVENT_CHAT_TOPIC] = glue_chat_on_topic,
  [IM_EVENT_CHAT_INVITE] = glue_chat_on_invite,
  [IM_EVENT_CHAT_REFUSED] = glue_chat_on_refused,
  [IM_EVENT_ICON] = glue_icons_on_icon,
  [IM_EVENT_MOOD] = on_mood,
  [IM_EVENT_FOUND] = glue_people_on_found,
  [IM_EVENT_ACCOUNT] = glue_changes_on_account,
  [IM_EVENT_ATTENTION] = on_attention,
  [IM_EVENT_MAIL] = glue_mail_on_event,
  [IM_EVENT_OWN_STATUS] = on_own_status,
  [IM_EVENT_RECORD] = glue_record_on_event,
  [IM_EVENT_TRANSFER] = glue_transfer_on_event,
  [IM_EVENT_BOOKMARK] = glue_bookmarks_on_event,
};

/* Whom an event is about; NULL for none in particular. */
static const char *
who_of (const ImEvent *event)
{
  switch ((guint) event->type)
    {
    case IM_EVENT_MESSAGE:
      return event->message.from;
    case IM_EVENT_TYPING:
      return event->typing.from;
    case IM_EVENT_ATTENTION:
      return event->attention.from;
    case IM_EVENT_PRESENCE:
      return event->presence.who;
    case IM_EVENT_PROFILE:
      return event->profile.presence.who;
    case IM_EVENT_BUDDY:
    case IM_EVENT_BUDDY_GONE:
      return event->buddy.who;
    case IM_EVENT_AUTH_REQUEST:
    case IM_EVENT_AUTH_REPLY:
    case IM_EVENT_ADDED:
      return event->auth.who;
    case IM_EVENT_RECORD:
      return event->record.who;
    case IM_EVENT_NOTICE:
      return event->notice.kind == IM_NOTICE_MISSED ||
                     event->notice.kind == IM_NOTICE_DECLINED ||
                     event->notice.kind == IM_NOTICE_CALLED ||
                     event->notice.kind == IM_NOTICE_UNSHOWN
                 ? event->notice.who
                 : NULL;
    default:
      return NULL;
    }
}

/* A wire may carry a name of no letters. libpurple takes it for a mistake of
 * the program, and nobody could answer it. */
static gboolean
is_about_nobody (const ImEvent *event)
{
  const char *who = who_of (event);

  return who != NULL && who[strspn (who, " ")] == '\0';
}

/* Whether somebody speaks whom the user has blocked, which only we know
 * because no server keeps it. */
static gboolean
is_unheard (GlueHost *glue, const ImEvent *event)
{
  if (glue->protocol->list == NULL || glue->protocol->list->deny != NULL)
    return FALSE;
  switch ((guint) event->type)
    {
    case IM_EVENT_MESSAGE:
      return !(event->message.flags & IM_MESSAGE_OWN) &&
             !purple_privacy_check (glue->account, event->message.from);
    case IM_EVENT_TYPING:
    case IM_EVENT_ATTENTION:
      return !purple_privacy_check (glue->account, who_of (event));
    default:
      return FALSE;
    }
}

void
glue_events_dispatch (GlueHost *glue, const ImEvent *event)
{
  if (is_about_nobody (event) || is_unheard (glue, event))
    return;
  if (event->type < G_N_ELEMENTS (handlers) && handlers[event->type] != NULL)
    handlers[event->type](glue, event);
}
