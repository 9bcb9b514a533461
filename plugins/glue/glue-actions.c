#include "glue-actions.h"

#include <string.h>

#include "glue-errors.h"
#include "glue-events.h"
#include "glue-i18n.h"
#include "glue-list.h"
#include "glue-markup.h"
#include "glue-trust.h"

/* --- life --------------------------------------------------------------- */

gboolean
glue_actions_probe (PurplePlugin *plugin)
{
  const char *id = plugin->info->id;
  PurplePlugin *other = purple_find_prpl (id);

  if (other != NULL && other != plugin)
    {
      g_free (plugin->error);
      plugin->error = g_strdup_printf (
          /* Translators: an id such as prpl-aim, a file. */
          _("%s is already provided by %s."), id,
          other->path != NULL ? other->path : "?");
      purple_debug_error (id, "stepping aside: %s\n", plugin->error);
      return FALSE;
    }
  if (glue_host_is_bitlbee ())
    net_private_wakeup ();
  return TRUE;
}

static void
closing (GlueHost *glue)
{
  glue_events_closing (glue);
  glue_list_closing (glue);
}

static void
free_parts (GlueHost *glue)
{
  glue_events_free (glue->events);
  glue_list_free (glue->list);
}

static const GlueHostFuncs host_funcs = {
  .dispatch = glue_events_dispatch,
  .closing = closing,
  .free = free_parts,
};

GlueHost *
glue_actions_open (PurpleAccount *account, const GlueProtocol *protocol)
{
  PurpleConnection *gc = purple_account_get_connection (account);
  g_autoptr (GlueSettings) settings = NULL;
  GlueHost *glue = NULL;
  ImFailure failure;

  if (glue_account_read (account, &protocol->kind, &failure, &settings))
    glue = glue_host_new (gc, protocol, settings, &host_funcs, &failure);
  if (glue == NULL)
    {
      glue_host_refuse (gc, protocol, settings, &failure);
      return NULL;
    }
  g_steal_pointer (&settings);
  glue->events = glue_events_new ();
  glue->list = glue_list_new ();
  purple_connection_set_protocol_data (gc, glue);
  return glue;
}

void
glue_actions_close (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL)
    return;
  purple_connection_set_protocol_data (gc, NULL);
  glue_host_close (glue);
}

/* libpurple has opened a connection for this, which has to end in a sentence:
 * it has no other way of ending. */
void
glue_actions_register (PurpleAccount *account, const GlueProtocol *protocol)
{
  PurpleConnection *gc = purple_account_get_connection (account);
  g_autoptr (GlueSettings) settings = NULL;
  g_autofree char *sentence = NULL;
  const char *form;
  ImFailure failure;

  if (!glue_account_read (account, &protocol->kind, &failure, &settings))
    {
      glue_host_refuse (gc, protocol, settings, &failure);
      return;
    }
  if (settings->network->signup != NULL)
    {
      purple_notify_uri (NULL, settings->network->signup);
      /* Translators: the network's name. */
      form = _("Accounts of %s are made on its web page. "
               "Enable this one when it exists.");
    }
  else
    /* Translators: the network's name. */
    form = _("%s has no page to make accounts on. Ask its operator.");
  sentence = g_strdup_printf (form, settings->network->name);
  purple_connection_error_reason (
      gc, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, sentence);
}

/* --- what we say -------------------------------------------------------- */

/* IM_STATUS_OFFLINE if it is none a network knows; its message goes to
 * @ret_text. */
static ImStatus
status_of (const GlueProtocol *protocol, PurpleStatus *status,
           ImText **ret_text)
{
  const char *id = purple_status_get_id (status);
  const char *message = purple_status_get_attr_string (status, "message");

  *ret_text = message != NULL && *message != '\0'
                  ? glue_markup_parse_status (message)
                  : NULL;
  /* What a protocol has no word for borrows another's; its owner is found
   * first. */
  for (guint i = 1; i < G_N_ELEMENTS (protocol->status_ids); i++)
    if (g_strcmp0 (protocol->status_ids[i], id) == 0)
      return (ImStatus) i;
  return IM_STATUS_OFFLINE;
}

ImStatus
glue_actions_first_status (GlueHost *glue, ImText **ret_text)
{
  ImStatus status = status_of (
      glue->protocol, purple_account_get_active_status (glue->account),
      ret_text);

  return status != IM_STATUS_OFFLINE ? status : IM_STATUS_AVAILABLE;
}

void
glue_actions_set_status (PurpleAccount *account, PurpleStatus *status)
{
  GlueHost *glue = glue_host_of (purple_account_get_connection (account));
  g_autoptr (ImText) text = NULL;
  ImStatus state;

  if (glue == NULL || (glue->protocol->take_status != NULL &&
                       glue->protocol->take_status (glue, status)))
    return;
  /* What came from the server is not sent back to it. */
  if (glue->applying > 0 || !purple_status_is_active (status))
    return;
  state = status_of (glue->protocol, status, &text);
  if (state != IM_STATUS_OFFLINE)
    glue->protocol->commands->set_status (glue->session, state, text);
}

int
glue_actions_too_long (GlueHost *glue, const char *who, const ImText *text)
{
  const ImEventDelivery delivery = {
    .to = who,
    .text = text,
    .outcome = IM_DELIVERY_FAILED,
    .reason = IM_UNDELIVERED_TOO_LONG,
  };

  glue_events_undelivered (glue, &delivery);
  return 0;
}

/* --- what others see of a buddy ----------------------------------------- */

const char *
glue_actions_mood_name (PurpleAccount *account, const char *id)
{
  PurplePlugin *plugin =
      purple_find_prpl (purple_account_get_protocol_id (account));
  PurplePluginProtocolInfo *info =
      plugin != NULL ? PURPLE_PLUGIN_PROTOCOL_INFO (plugin) : NULL;

  if (info == NULL || info->get_moods == NULL || id == NULL)
    return NULL;
  for (PurpleMood *mood = info->get_moods (account); mood->mood != NULL;
       mood++)
    if (strcmp (mood->mood, id) == 0)
      return mood->description;
  return NULL;
}

/* The words for a buddy's mood as markup, with what they say about it. */
static char *
print_mood (PurpleBuddy *buddy)
{
  PurpleStatus *status =
      purple_presence_get_status (purple_buddy_get_presence (buddy), "mood");
  const char *name, *comment;
  g_autofree char *label = NULL;

  if (status == NULL || !purple_status_is_active (status))
    return NULL;
  name = glue_actions_mood_name (
      purple_buddy_get_account (buddy),
      purple_status_get_attr_string (status, PURPLE_MOOD_NAME));
  if (name == NULL)
    return NULL;
  label = g_markup_escape_text (name, -1);
  comment = purple_status_get_attr_string (status, PURPLE_MOOD_COMMENT);
  return comment != NULL && *comment != '\0'
             ? g_strdup_printf ("%s - %s", label, comment)
             : g_steal_pointer (&label);
}

char *
glue_actions_status_text (PurpleBuddy *buddy)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  const GlueBuddy *ours = glue_list_peek (buddy);
  const char *message;
  g_autoptr (ImText) text = NULL;
  g_autofree char *line = NULL;
  g_autofree char *mood = NULL;

  if (!purple_presence_is_online (presence))
    return ours != NULL && (ours->flags & IM_PEER_AWAITS_AUTH)
               ? g_strdup (_("Not authorized"))
               : NULL;
  message = purple_status_get_attr_string (
      purple_presence_get_active_status (presence), "message");
  if (message == NULL)
    message = mood = print_mood (buddy);
  if (message == NULL)
    return NULL;
  text = glue_markup_parse_status (message);
  line = g_strdelimit (g_strdup (im_text_plain (text)), "\n\t", ' ');
  return g_markup_escape_text (line, -1);
}

const char *
glue_actions_list_emblem (PurpleBuddy *buddy)
{
  const GlueBuddy *ours = glue_list_peek (buddy);

  if (ours == NULL)
    return NULL;
  if (ours->flags & IM_PEER_AWAITS_AUTH)
    return "not-authorized";
  if (ours->flags & IM_PEER_ADMIN)
    return "operator";
  if (ours->flags & IM_PEER_BOT)
    return "bot";
  if (ours->flags & IM_PEER_MOBILE)
    return "mobile";
  return NULL;
}

static void
add_escaped (PurpleNotifyUserInfo *info, const char *label, const char *value)
{
  g_autofree char *html = NULL;

  if (value == NULL || *value == '\0')
    return;
  html = g_markup_escape_text (value, -1);
  purple_notify_user_info_add_pair (info, label, html);
}

static void
add_details (const GlueBuddy *ours, PurpleNotifyUserInfo *info)
{
  time_t since = (time_t) ours->member_since;
  char warning[16];

  if (ours->warning > 0)
    {
      g_snprintf (warning, sizeof warning, "%u%%", ours->warning);
      purple_notify_user_info_add_pair (info, _("Warning level"), warning);
    }
  if (ours->member_since != 0)
    add_escaped (info, _("Member since"),
                 purple_date_format_long (localtime (&since)));
  if (ours->flags & IM_PEER_BIRTHDAY)
    add_escaped (info, _("Birthday"), _("Today"));
  add_escaped (info, _("Client"), ours->client);
  add_escaped (info, _("Note"), ours->note);
}

void
glue_actions_tooltip_text (PurpleBuddy *buddy, PurpleNotifyUserInfo *info,
                           gboolean full)
{
  PurplePresence *presence = purple_buddy_get_presence (buddy);
  PurpleStatus *status = purple_presence_get_active_status (presence);
  const GlueBuddy *ours = glue_list_peek (buddy);
  const char *message = purple_status_get_attr_string (status, "message");
  g_autoptr (ImText) text = NULL;
  g_autofree char *mood = print_mood (buddy);

  /* Hosts themselves say who is offline. */
  if (purple_presence_is_online (presence))
    add_escaped (info, _("Status"), purple_status_get_name (status));
  if (message != NULL)
    {
      text = glue_markup_parse_status (message);
      add_escaped (info, _("Message"), im_text_plain (text));
    }
  if (mood != NULL)
    purple_notify_user_info_add_pair (info, _("Mood"), mood);
  if (full && ours != NULL)
    add_details (ours, info);
}

unsigned int
glue_actions_send_typing (PurpleConnection *gc, const char *who,
                          PurpleTypingState state)
{
  GlueHost *glue = glue_host_of (gc);
  ImTyping typing = state == PURPLE_TYPING  ? IM_TYPING_TYPING
                    : state == PURPLE_TYPED ? IM_TYPING_PAUSED
                                            : IM_TYPING_STOPPED;

  if (glue != NULL)
    glue->protocol->commands->send_typing (glue->session, who, typing);
  return glue != NULL && typing == IM_TYPING_TYPING
             ? glue->protocol->typing_seconds
             : 0;
}

void
glue_actions_get_info (PurpleConnection *gc, const char *who)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    glue->protocol->commands->get_info (glue->session, who);
}

void
glue_actions_set_idle (PurpleConnection *gc, int seconds)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    glue->protocol->commands->set_idle (glue->session,
                                        seconds > 0 ? (guint) seconds : 0);
}

void
glue_actions_convo_closed (PurpleConnection *gc, const char *who)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue != NULL)
    glue_events_conversation_closed (glue, who);
}

/* Whether the server really keeps it is known when it answers; it is said in
 * the conversation if not. */
gboolean
glue_actions_offline_message (const PurpleBuddy *buddy)
{
  return TRUE;
}

/* --- menu --------------------------------------------------------------- */

void
glue_actions_set_profile (PurplePluginAction *action)
{
  PurpleConnection *gc = action->context;

  purple_account_request_change_user_info (
      purple_connection_get_account (gc));
}

void
glue_actions_show_news (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue == NULL)
    return;
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO,
                  glue->news != NULL ? _("Message of the day")
                                     : _("The network has no message today."),
                  glue->news);
}

void
glue_actions_forget_certificates (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue == NULL)
    return;
  glue_trust_forget (glue);
  glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO,
                  _("The accepted certificates were forgotten."),
                  _("You will be asked again after a restart of this program."));
}
