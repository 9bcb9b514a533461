/* MSN by links to its servers: an MsnpSession as the module knows it. */

#include <string.h>

#include "glue-actions.h"
#include "msn-engine.h"
#include "msnp-actions.h"
#include "msnp-menu.h"
#include "msnp-services.h"

/* --- settings ----------------------------------------------------------- */

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
  return g_strv_contains ((const char *const *) words, "lock-step")
             ? MSNP_QUIRK_LOCK_STEP
             : MSNP_QUIRK_NONE;
}

static MsnpPlaces
places_of (PurpleAccount *account)
{
  const char *word = purple_account_get_string (account, "places", "keep");

  return strcmp (word, "sign-off") == 0 ? MSNP_PLACES_SIGN_OFF
                                        : MSNP_PLACES_KEEP;
}

static gpointer
open_session (GlueHost *glue)
{
  const GlueNetwork *network = glue->settings->network;
  PurpleAccount *account = glue->account;
  g_autoptr (ImSecret) password =
      im_secret_new (purple_connection_get_password (glue->gc));
  g_autoptr (GBytes) list = glue_cache_load (glue, "list");
  g_autoptr (GBytes) home = glue_cache_load (glue, "home");
  g_autoptr (GBytes) shown = glue_cache_load (glue, "shown");
  g_autofree char *machine = msn_engine_machine (glue);
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
    .places = places_of (account),
    .machine = machine,
    .quirks = quirks_of (network->quirks),
    .list_cache = list,
    .home = home,
    .shown = shown,
    .place_name = g_get_host_name (),
  };

  msnp_services_fill (network, &urls, &config.services);
  config.status = glue_actions_first_status (glue, &text);
  config.message = text;
  return msnp_session_new (net_host_get (glue->net), &config);
}

GLUE_SESSION_FUNCS (commands, msnp_session)

/* --- our own state ------------------------------------------------------ */

static void
set_nick (gpointer session, const char *nick)
{
  msnp_session_set_nick (session, nick);
}

static void
set_media (gpointer session, const char *title, const char *artist,
           const char *album)
{
  msnp_session_set_media (session, title, artist, album);
}

/* --- talking ------------------------------------------------------------ */

static guint
send_message (gpointer session, const char *to, const ImText *text)
{
  return msnp_session_send_message (session, to, text);
}

static gboolean
send_nudge (gpointer session, const char *to)
{
  return msnp_session_send_nudge (session, to);
}

static void
close_talk (gpointer session, const char *who)
{
  msnp_session_close_talk (session, who);
}

static void
widen_talk (gpointer session, const char *who)
{
  msnp_session_widen_talk (session, who);
}

static void
invite (gpointer session, guint chat, const char *who)
{
  msnp_session_invite (session, chat, who);
}

static void
leave_chat (gpointer session, guint chat)
{
  msnp_session_leave_chat (session, chat);
}

static gboolean
say_in_chat (gpointer session, guint chat, const ImText *text)
{
  return msnp_session_say_in_chat (session, chat, text);
}

/* --- the list ----------------------------------------------------------- */

static void
add (gpointer session, const char *who, const char *group, const char *alias,
     const char *words)
{
  msnp_session_add_buddy (session, who, group, alias, words);
}

static void
reply_auth (gpointer session, const char *who, gboolean grant,
            const char *reason)
{
  msnp_session_reply_auth (session, who, grant);
}

GLUE_LIST_WRITE_EDITS (msnp_session)
GLUE_LIST_WRITE_PRIVACY (msnp_session)

static const GlueListFuncs list_funcs = {
  .add = add,
  GLUE_LIST_EDITS,
  GLUE_LIST_PRIVACY,
};

/* --- other places, mail ------------------------------------------------- */

static gboolean
has_places (gpointer session)
{
  return msnp_session_version (session) >= 16;
}

static void
sign_off_places (gpointer session)
{
  msnp_session_sign_off_places (session);
}

static const char *
mailbox_url (gpointer session)
{
  return msnp_session_mailbox_url (session);
}

const MsnEngine msn_direct = {
  .protocol = {
    .id = MSN_ENGINE_ID,
    .kind = MSN_ENGINE_KIND,
    .status_ids = MSN_ENGINE_STATUS_IDS,
    .normalize = msnp_address_normalize,
    .commands = &commands,
    .typing_seconds = MSN_ENGINE_TYPING_SECONDS,
    .take_status = msnp_actions_take_tune,
    .reply_auth = reply_auth,
    .list = &list_funcs,
  },
  .open = open_session,
  .fold = msnp_address_fold,
  .set_nick = set_nick,
  .set_media = set_media,
  .send_message = send_message,
  .send_nudge = send_nudge,
  .close_talk = close_talk,
  /* Conversations have no names here: one begins with people. */
  .join = widen_talk,
  .widen_talk = widen_talk,
  .invite = invite,
  .leave_chat = leave_chat,
  .say_in_chat = say_in_chat,
  .has_places = has_places,
  .sign_off_places = sign_off_places,
  .mailbox_url = mailbox_url,
  .more_menu = msnp_menu_more,
};
