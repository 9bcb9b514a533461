/* MSN by the web gateway: an MsnwebSession as the module knows it. */

#include <string.h>

#include "glue-actions.h"
#include "msn-engine.h"
#include "msnp-actions.h"
#include "msnweb-session.h"

/* --- settings ----------------------------------------------------------- */

static MsnwebQuirks
quirks_of (char **words)
{
  static const struct
  {
    const char *word;
    MsnwebQuirks quirk;
  } known[] = {
    { "serial", MSNWEB_QUIRK_SERIAL },
    { "no-ping", MSNWEB_QUIRK_NO_PING },
    { "send-contacts", MSNWEB_QUIRK_CONTACTS },
  };
  MsnwebQuirks found = MSNWEB_QUIRK_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strv_contains ((const char *const *) words, known[i].word))
      found |= known[i].quirk;
  return found;
}

/* Where the sign-in pages are, and so all that is not said to be elsewhere. */
static char *
base_of (const GlueNetwork *network)
{
  const char *scheme =
      network->security == GLUE_SECURITY_OFF ? "http" : "https";

  if (network->web_url != NULL)
    return g_strdup (network->web_url);
  /* Addresses of IPv6 stand in brackets. */
  return strchr (network->host, ':') != NULL
             ? g_strdup_printf ("%s://[%s]", scheme, network->host)
             : g_strdup_printf ("%s://%s", scheme, network->host);
}

static GBytes *
cached (gpointer user, const char *name)
{
  return glue_cache_load (user, name);
}

/* No server keeps the list; the one kept here is told to it. */
static char **
local_buddies (PurpleAccount *account)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  GSList *buddies = purple_find_buddies (account, NULL);

  for (GSList *l = buddies; l != NULL; l = l->next)
    {
      g_autofree char *name =
          msnweb_address_normalize (purple_buddy_get_name (l->data));

      g_strv_builder_add (names, name);
    }
  g_slist_free (buddies);
  return g_strv_builder_end (names);
}

static const char *
or_base (const char *url, const char *base)
{
  return url != NULL ? url : base;
}

static gpointer
open_session (GlueHost *glue)
{
  const GlueNetwork *network = glue->settings->network;
  PurpleAccount *account = glue->account;
  g_autoptr (ImSecret) password =
      im_secret_new (purple_connection_get_password (glue->gc));
  g_autofree char *machine = msn_engine_machine (glue);
  g_autofree char *base = base_of (network);
  g_auto (GStrv) buddies = local_buddies (account);
  g_autoptr (ImText) text = NULL;
  MsnwebConfig config = {
    .address = purple_account_get_username (account),
    .password = password,
    .gateway = or_base (glue_network_service (network, "web-gateway"),
                        or_base (network->session_url, base)),
    .login = base,
    .uic = glue_network_service (network, "uic"),
    .roster = or_base (glue_network_service (network, "roster"), base),
    .rst = glue_network_service (network, "web-rst"),
    .domains = (const char *const *) network->domains,
    .plain = network->security == GLUE_SECURITY_OFF,
    .quirks = quirks_of (network->quirks),
    .machine = machine,
    .place_name = g_get_host_name (),
    .caches = cached,
    .cache_user = glue,
    .nick = purple_account_get_alias (account),
    .buddies = (const char *const *) buddies,
  };

  /* A network that names a service for tickets wants those, not cookies. */
  if (config.rst != NULL)
    config.auth = MSNWEB_AUTH_TICKET;
  config.status = glue_actions_first_status (glue, &text);
  config.message = text;
  return msnweb_session_new (net_host_get (glue->net), &config);
}

GLUE_SESSION_FUNCS (commands, msnweb_session)

/* --- our own state ------------------------------------------------------ */

static void
set_nick (gpointer session, const char *nick)
{
  msnweb_session_set_nick (session, nick);
}

/* --- talking ------------------------------------------------------------ */

static guint
send_message (gpointer session, const char *to, const ImText *text)
{
  return msnweb_session_send_message (session, to, text);
}

static gboolean
send_nudge (gpointer session, const char *to)
{
  return msnweb_session_send_nudge (session, to);
}

static void
join (gpointer session, const char *name)
{
  if (g_str_has_prefix (name, "19:"))
    msnweb_session_open_chat (session, name);
  else
    msnweb_session_widen_talk (session, name);
}

static void
widen_talk (gpointer session, const char *who)
{
  msnweb_session_widen_talk (session, who);
}

static void
invite (gpointer session, guint chat, const char *who)
{
  msnweb_session_invite (session, chat, who);
}

static void
leave_chat (gpointer session, guint chat)
{
  msnweb_session_leave_chat (session, chat);
}

static gboolean
say_in_chat (gpointer session, guint chat, const ImText *text)
{
  return msnweb_session_say_in_chat (session, chat, text);
}

static void
set_topic (gpointer session, guint chat, const char *topic)
{
  msnweb_session_set_topic (session, chat, topic);
}

static void
kick (gpointer session, guint chat, const char *who)
{
  msnweb_session_kick (session, chat, who);
}

/* --- the list ----------------------------------------------------------- */

static void
add (gpointer session, const char *who, const char *group, const char *alias,
     const char *words)
{
  msnweb_session_add_buddy (session, who, group, alias, words);
}

static void
remove_buddy (gpointer session, const char *who, const char *group)
{
  msnweb_session_remove_buddy (session, who, group);
}

static void
reply_auth (gpointer session, const char *who, gboolean grant,
            const char *reason)
{
  msnweb_session_reply_auth (session, who, grant);
}

/* The rest of the list is kept on this computer, where libpurple has done
 * already what the user wants. */
static const GlueListFuncs list_funcs = {
  .add = add,
  .remove = remove_buddy,
};

/* --- other places ------------------------------------------------------- */

static gboolean
has_places (gpointer session)
{
  return msnweb_session_n_places (session) > 0;
}

static void
sign_off_places (gpointer session)
{
  msnweb_session_sign_off_places (session);
}

const MsnEngine msn_web = {
  .protocol = {
    .id = MSN_ENGINE_ID,
    .kind = MSN_ENGINE_KIND,
    .status_ids = MSN_ENGINE_STATUS_IDS,
    .normalize = msnweb_address_normalize,
    .commands = &commands,
    .typing_seconds = MSN_ENGINE_TYPING_SECONDS,
    .take_status = msnp_actions_take_tune,
    .reply_auth = reply_auth,
    .list = &list_funcs,
  },
  .open = open_session,
  .fold = msnweb_address_fold,
  .set_nick = set_nick,
  .send_message = send_message,
  .send_nudge = send_nudge,
  .join = join,
  .widen_talk = widen_talk,
  .invite = invite,
  .leave_chat = leave_chat,
  .say_in_chat = say_in_chat,
  .set_topic = set_topic,
  .kick = kick,
  .has_places = has_places,
  .sign_off_places = sign_off_places,
};
