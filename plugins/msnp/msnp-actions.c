#include "msnp-actions.h"

#include <string.h>

#include "glue-actions.h"
#include "glue-buddies.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "im-limits.h"
#include "msnp-buddies.h"
#include "msnp-menu.h"
#include "msnp-services.h"

#define MSN_PORT 1863

/* Where %IM_EVENT_CACHE keeps the id of this place. */
#define MACHINE_CACHE "machine"

static void
session_free (gpointer session)
{
  msnp_session_free (session);
}

static void
reply_auth (gpointer session, const char *who, gboolean grant,
            const char *reason)
{
  msnp_session_reply_auth (session, who, grant);
}

/* The ids are those of saved statuses since 2003. States other networks have
 * borrow the nearest. */
const GlueProtocol msnp_protocol = {
  .id = "prpl-msn",
  .kind = { .word = "msn",
            .port = MSN_PORT,
            .security = GLUE_SECURITY_REQUIRED,
            .web = TRUE },
  .status_ids = {
    [IM_STATUS_OFFLINE] = "offline",
    [IM_STATUS_AVAILABLE] = "available",
    [IM_STATUS_FREE_FOR_CHAT] = "available",
    [IM_STATUS_AWAY] = "away",
    [IM_STATUS_NOT_AVAILABLE] = "away",
    [IM_STATUS_OCCUPIED] = "busy",
    [IM_STATUS_DND] = "busy",
    [IM_STATUS_INVISIBLE] = "invisible",
    [IM_STATUS_RIGHT_BACK] = "brb",
    [IM_STATUS_PHONE] = "phone",
    [IM_STATUS_LUNCH] = "lunch",
  },
  .normalize = msnp_address_normalize,
  .session_free = session_free,
  .reply_auth = reply_auth,
  .list = &msnp_buddies_funcs,
};

static MsnpSession *
session_of (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

/* --- settings ----------------------------------------------------------- */

static GList *
add_choice (GList *list, const char *label, const char *value)
{
  return g_list_append (list, glue_account_choice (label, value));
}

static GList *
connection_choices (void)
{
  GList *list = add_choice (NULL, _("Direct"), "direct");

  list = add_choice (list, _("HTTP gateway"), "http");
  return add_choice (list, _("HTTP gateway if the port is blocked"),
                     "http-if-blocked");
}

static GList *
version_choices (void)
{
  GList *list = add_choice (NULL, _("Automatic"), "auto");

  for (guint version = 18; version >= 8; version--)
    {
      g_autofree char *label = g_strdup_printf ("MSNP%u", version);
      g_autofree char *value = g_strdup_printf ("%u", version);

      list = add_choice (list, label, value);
    }
  for (guint version = 7; version >= 2; version--)
    {
      /* Translators: the version of a protocol. */
      g_autofree char *label =
          g_strdup_printf (_("MSNP%u (weak sign-in)"), version);
      g_autofree char *value = g_strdup_printf ("%u", version);

      list = add_choice (list, label, value);
    }
  return list;
}

static GList *
place_choices (void)
{
  GList *list = add_choice (NULL, _("Stay signed in there"), "keep");

  return add_choice (list, _("Sign out there"), "sign-off");
}

GList *
msnp_actions_options (void)
{
  GList *list = NULL;

  list = g_list_append (list, glue_account_list (_("Connection"), "connection",
                                                 connection_choices ()));
  list = g_list_append (list, glue_account_list (_("Protocol version"),
                                                 "version",
                                                 version_choices ()));
  return g_list_append (list,
                        glue_account_list (_("When signed in elsewhere"),
                                           "places", place_choices ()));
}

static MsnpConnection
connection_of (PurpleAccount *account)
{
  const char *word =
      purple_account_get_string (account, "connection", "direct");

  if (strcmp (word, "http") == 0)
    return MSNP_CONNECTION_HTTP;
  if (strcmp (word, "http-if-blocked") == 0)
    return MSNP_CONNECTION_HTTP_IF_BLOCKED;
  return MSNP_CONNECTION_DIRECT;
}

static guint
version_of (PurpleAccount *account)
{
  const char *word = purple_account_get_string (account, "version", "auto");
  guint64 version = 0;

  g_ascii_string_to_unsigned (word, 10, 2, 18, &version, NULL);
  return (guint) version;
}

static MsnpSecurity
security_of (GlueSecurity wanted)
{
  switch (wanted)
    {
    case GLUE_SECURITY_OPTIONAL:
      return MSNP_SECURITY_OPTIONAL;
    case GLUE_SECURITY_OFF:
      return MSNP_SECURITY_OFF;
    case GLUE_SECURITY_REQUIRED:
    case GLUE_SECURITY_DIRECT:
      break;
    }
  return MSNP_SECURITY_REQUIRED;
}

static MsnpQuirks
quirks_of (char **words)
{
  MsnpQuirks found = MSNP_QUIRK_NONE;

  for (; *words != NULL; words++)
    if (strcmp (*words, "lock-step") == 0)
      found |= MSNP_QUIRK_LOCK_STEP;
  return found;
}

/* Servers tell the places of an account apart by an id each place keeps. */
static char *
machine_id (GlueHost *glue)
{
  g_autoptr (GBytes) kept = glue_cache_load (glue, MACHINE_CACHE);
  g_autofree char *uuid = NULL;
  g_autoptr (GBytes) fresh = NULL;

  if (kept != NULL && g_bytes_get_size (kept) == 36)
    uuid = g_strndup (g_bytes_get_data (kept, NULL), 36);
  if (uuid == NULL || !g_uuid_string_is_valid (uuid))
    {
      g_free (uuid);
      uuid = g_uuid_string_random ();
      fresh = g_bytes_new (uuid, strlen (uuid));
      glue_cache_store (glue, MACHINE_CACHE, fresh);
    }
  return g_strdup_printf ("{%s}", uuid);
}

/* --- signing on --------------------------------------------------------- */

static MsnpSession *
new_session (GlueHost *glue)
{
  const GlueNetwork *network = glue->settings->network;
  PurpleAccount *account = glue->account;
  g_autoptr (ImSecret) password =
      im_secret_new (purple_connection_get_password (glue->gc));
  g_autoptr (GBytes) list = glue_cache_load (glue, "list");
  g_autoptr (GBytes) home = glue_cache_load (glue, "home");
  g_autoptr (GBytes) shown = glue_cache_load (glue, "shown");
  g_autofree char *machine = machine_id (glue);
  g_autoptr (ImText) text = NULL;
  g_auto (MsnpServiceUrls) urls = { { NULL } };
  MsnpConfig config = {
    .address = purple_account_get_username (account),
    .password = password,
    .server = network->host,
    .port = network->port,
    .security = security_of (network->security),
    .domains = (const char *const *) network->domains,
    .version = version_of (account),
    .connection = connection_of (account),
    .places = strcmp (purple_account_get_string (account, "places", "keep"),
                      "sign-off") == 0
                  ? MSNP_PLACES_SIGN_OFF
                  : MSNP_PLACES_KEEP,
    .machine = machine,
    .quirks = quirks_of (network->quirks),
    .list_cache = list,
    .home = home,
    .shown = shown,
    .place_name = g_get_host_name (),
  };

  msnp_services_fill (network, &urls, &config.services);
  config.status = glue_actions_status (
      glue->protocol, purple_account_get_active_status (account), &text);
  if (config.status == IM_STATUS_OFFLINE)
    config.status = IM_STATUS_AVAILABLE;
  config.message = text;
  return msnp_session_new (net_host_get (glue->net), &config);
}

static void
start (gpointer session)
{
  msnp_session_start (session);
}

void
msnp_actions_login (PurpleAccount *account)
{
  GlueHost *glue = glue_actions_open (account, &msnp_protocol);

  if (glue == NULL)
    return;
  /* Before the first conversation: each copies them when it is made. */
  glue->gc->flags |= PURPLE_CONNECTION_HTML | PURPLE_CONNECTION_NO_IMAGES |
                     PURPLE_CONNECTION_NO_BGCOLOR |
                     PURPLE_CONNECTION_FORMATTING_WBFO |
                     PURPLE_CONNECTION_NO_URLDESC;
  glue->session = new_session (glue);
  glue_host_start (glue, start);
}

/* --- talking ------------------------------------------------------------ */

int
msnp_actions_send_im (PurpleConnection *gc, const char *who,
                      const char *message, PurpleMessageFlags flags)
{
  GlueHost *glue = glue_host_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);
  guint id = msnp_session_send_message (glue->session, who, text);

  return id != 0 ? 1 : glue_actions_too_long (glue, who, text);
}

unsigned int
msnp_actions_send_typing (PurpleConnection *gc, const char *who,
                          PurpleTypingState state)
{
  /* The network knows "typing" alone, which lasts some seconds. */
  if (state != PURPLE_TYPING)
    return 0;
  msnp_session_send_typing (session_of (gc), who, IM_TYPING_TYPING);
  return 4;
}

gboolean
msnp_actions_send_attention (PurpleConnection *gc, const char *who,
                             guint type)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL)
    return FALSE;
  if (msnp_session_send_nudge (glue->session, who))
    return TRUE;
  glue_conversation_note (
      glue, who,
      _("The nudge was not sent: they are offline, or the last one was only "
        "a moment ago."),
      TRUE);
  return FALSE;
}

GList *
msnp_actions_attention_types (PurpleAccount *account)
{
  static GList *types;

  if (types == NULL)
    types = g_list_append (
        NULL, purple_attention_type_new (
                  "Nudge", _("Nudge"),
                  /* Translators: a user's name. */
                  _("%s has nudged you!"), _("Nudging %s...")));
  return types;
}

void
msnp_actions_convo_closed (PurpleConnection *gc, const char *who)
{
  MsnpSession *session = session_of (gc);

  glue_actions_convo_closed (gc, who);
  if (session != NULL)
    msnp_session_close_talk (session, who);
}

void
msnp_actions_get_info (PurpleConnection *gc, const char *who)
{
  msnp_session_get_info (session_of (gc), who);
}

/* --- our own state ------------------------------------------------------ */

static void
publish_media (MsnpSession *session, PurpleStatus *tune)
{
  if (!purple_status_is_active (tune))
    msnp_session_set_media (session, NULL, NULL, NULL);
  else
    msnp_session_set_media (
        session, purple_status_get_attr_string (tune, PURPLE_TUNE_TITLE),
        purple_status_get_attr_string (tune, PURPLE_TUNE_ARTIST),
        purple_status_get_attr_string (tune, PURPLE_TUNE_ALBUM));
}

void
msnp_actions_set_status (PurpleAccount *account, PurpleStatus *status)
{
  GlueHost *glue = glue_host_of (purple_account_get_connection (account));
  g_autoptr (ImText) text = NULL;
  ImStatus state;

  if (glue == NULL)
    return;
  if (strcmp (purple_status_get_id (status), "tune") == 0)
    {
      publish_media (glue->session, status);
      return;
    }
  if (!purple_status_is_active (status))
    return;
  state = glue_actions_status (glue->protocol, status, &text);
  if (state != IM_STATUS_OFFLINE)
    msnp_session_set_status (glue->session, state, text);
}

void
msnp_actions_set_idle (PurpleConnection *gc, int seconds)
{
  msnp_session_set_idle (session_of (gc), seconds > 0 ? (guint) seconds : 0);
}

const char *
msnp_actions_normalize (const PurpleAccount *account, const char *name)
{
  /* libpurple wants a static buffer; what is longer is nobody's name. */
  static char buffer[IM_MAX_MSNP_HANDLE + 1];

  msnp_address_fold (name, buffer, sizeof buffer);
  return buffer;
}

/* --- commands ----------------------------------------------------------- */

static PurpleCmdId nudge_command;

static PurpleCmdRet
run_nudge (PurpleConversation *conv, const char *name, char **args,
           char **error, void *data)
{
  purple_prpl_send_attention (purple_conversation_get_gc (conv),
                              purple_conversation_get_name (conv), 0);
  return PURPLE_CMD_RET_OK;
}

void
msnp_actions_register_commands (void)
{
  nudge_command = purple_cmd_register (
      "nudge", "", PURPLE_CMD_P_PRPL,
      PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY, msnp_protocol.id,
      run_nudge, _("nudge: make the other's window shake"), NULL);
}

void
msnp_actions_unregister_commands (void)
{
  purple_cmd_unregister (nudge_command);
}
