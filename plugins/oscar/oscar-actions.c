#include "oscar-actions.h"

#include <string.h>

#include "glue-actions.h"
#include "glue-i18n.h"
#include "glue-list.h"
#include "glue-markup.h"
#include "icq-actions.h"
#include "im-limits.h"
#include "oscar-account.h"
#include "oscar-buddies.h"

/* What Open OSCAR Server knows clients without a key of their own by; AOL's
 * servers gave each program one. */
#define WEB_KEY "ao1yOLlHVHhsa3o6"

#define OSCAR_PORT 5190

#define CLIENT_NAME "purple-classic " PURPLE_CLASSIC_VERSION

GLUE_SESSION_FUNCS (commands, oscar_session)

static void
answer_prompt (gpointer session, const char *answer)
{
  oscar_session_answer_prompt (session, answer);
}

static void
fetch_icon (gpointer session, const char *who)
{
  oscar_session_fetch_icon (session, who);
}

static void
set_icon (gpointer session, GBytes *picture)
{
  oscar_session_set_icon (session, picture);
}

static void
reply_auth (gpointer session, const char *who, gboolean grant,
            const char *reason)
{
  oscar_session_reply_auth (session, who, grant, reason);
}

/* AIM has fewer words; the ids are those of saved statuses since 2003. */
const GlueProtocol oscar_aim_protocol = {
  .id = "prpl-aim",
  .kind = { .word = "aim", .port = OSCAR_PORT },
  .hex_codes = TRUE,
  .status_ids = {
    [IM_STATUS_OFFLINE] = "offline",
    [IM_STATUS_AVAILABLE] = "available",
    [IM_STATUS_FREE_FOR_CHAT] = "available",
    [IM_STATUS_AWAY] = "away",
    [IM_STATUS_NOT_AVAILABLE] = "away",
    [IM_STATUS_OCCUPIED] = "away",
    [IM_STATUS_DND] = "away",
    [IM_STATUS_INVISIBLE] = "invisible",
  },
  .normalize = oscar_name_normalize,
  .commands = &commands,
  .answer_prompt = answer_prompt,
  .fetch_icon = fetch_icon,
  .set_icon = set_icon,
  .reply_auth = reply_auth,
  .list = &oscar_buddies_funcs,
  .edit_profile = oscar_account_edit_entry,
};

static gboolean
take_mood (GlueHost *glue, PurpleStatus *status)
{
  if (strcmp (purple_status_get_id (status), "mood") != 0)
    return FALSE;
  icq_actions_publish_mood (glue);
  return TRUE;
}

const GlueProtocol oscar_icq_protocol = {
  .id = "prpl-icq",
  .kind = { .word = "icq", .port = OSCAR_PORT },
  .hex_codes = TRUE,
  .status_ids = {
    [IM_STATUS_OFFLINE] = "offline",
    [IM_STATUS_AVAILABLE] = "available",
    [IM_STATUS_FREE_FOR_CHAT] = "free4chat",
    [IM_STATUS_AWAY] = "away",
    [IM_STATUS_NOT_AVAILABLE] = "na",
    [IM_STATUS_OCCUPIED] = "occupied",
    [IM_STATUS_DND] = "dnd",
    [IM_STATUS_INVISIBLE] = "invisible",
  },
  .normalize = oscar_name_normalize,
  .commands = &commands,
  .take_status = take_mood,
  .answer_prompt = answer_prompt,
  .fetch_icon = fetch_icon,
  .set_icon = set_icon,
  .reply_auth = reply_auth,
  .list = &oscar_buddies_funcs,
  .ask_permission = oscar_buddies_ask_permission,
  .deny_reasons = TRUE,
  .edit_profile = icq_actions_edit_profile,
};

OscarSession *
oscar_actions_session (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

GList *
oscar_actions_signon_choices (void)
{
  GList *list = NULL;

  list = g_list_append (list, glue_account_choice (_("Automatic"), "auto"));
  list = g_list_append (list, glue_account_choice (_("MD5"), "md5"));
  list = g_list_append (
      list, glue_account_choice (_("MD5 of early servers (weak)"),
                                 "md5-weak"));
  list = g_list_append (
      list, glue_account_choice (_("Password barely hidden (oldest, weak)"),
                                 "roasted"));
  list = g_list_append (
      list, glue_account_choice (_("Kerberos, over HTTPS"), "kerberos"));
  return g_list_append (
      list, glue_account_choice (_("Web (clientLogin), over HTTPS"), "web"));
}

/* --- signing on --------------------------------------------------------- */

static OscarSignonMethod
signon_method (const char *word)
{
  if (strcmp (word, "md5") == 0)
    return OSCAR_SIGNON_MD5;
  if (strcmp (word, "md5-weak") == 0)
    return OSCAR_SIGNON_MD5_WEAK;
  if (strcmp (word, "roasted") == 0)
    return OSCAR_SIGNON_ROASTED;
  if (strcmp (word, "kerberos") == 0)
    return OSCAR_SIGNON_KERBEROS;
  if (strcmp (word, "web") == 0)
    return OSCAR_SIGNON_WEB;
  return OSCAR_SIGNON_AUTO;
}

static OscarSecurity
security (GlueSecurity wanted)
{
  switch (wanted)
    {
    case GLUE_SECURITY_OPTIONAL:
      return OSCAR_SECURITY_OPTIONAL;
    case GLUE_SECURITY_OFF:
      return OSCAR_SECURITY_OFF;
    case GLUE_SECURITY_REQUIRED:
    case GLUE_SECURITY_DIRECT:
      break;
    }
  return OSCAR_SECURITY_REQUIRED;
}

static OscarQuirks
quirks (char **words)
{
  OscarQuirks found = OSCAR_QUIRK_NONE;

  for (; *words != NULL; words++)
    if (strcmp (*words, "lock-step") == 0)
      found |= OSCAR_QUIRK_LOCK_STEP;
    else if (strcmp (*words, "token-is-cookie") == 0)
      found |= OSCAR_QUIRK_TOKEN_IS_COOKIE;
    else if (strcmp (*words, "one-address") == 0)
      found |= OSCAR_QUIRK_ONE_ADDRESS;
  return found;
}

static OscarSession *
new_session (GlueHost *glue)
{
  const GlueNetwork *network = glue->settings->network;
  PurpleAccount *account = glue->account;
  g_autoptr (ImSecret) password =
      im_secret_new (purple_connection_get_password (glue->gc));
  g_autoptr (GBytes) list = glue_cache_load (glue, "list");
  g_autoptr (GBytes) home = glue_cache_load (glue, "home");
  g_autoptr (ImText) profile =
      glue_markup_parse (purple_account_get_user_info (account));
  g_autoptr (ImText) text = NULL;
  OscarConfig config = {
    .name = purple_account_get_username (account),
    .password = password,
    .icq = glue->protocol == &oscar_icq_protocol,
    .server = network->host,
    .port = network->port,
    .security = security (network->security),
    .tls_domains = (const char *const *) network->domains,
    .signon = signon_method (network->signon),
    .web_url = network->web_url,
    .session_url = network->session_url,
    .web_key = network->web_key != NULL ? network->web_key : WEB_KEY,
    .quirks = quirks (network->quirks),
    .charset = glue->settings->charset,
    .client_name = CLIENT_NAME,
    .alone = strcmp (purple_account_get_string (account, "places", "keep"),
                     "sign-off") == 0,
    .list_cache = list,
    .home = home,
    .profile = im_text_length (profile) > 0 ? profile : NULL,
  };

  config.status = glue_actions_first_status (glue, &text);
  config.status_text = text;
  return oscar_session_new (net_host_get (glue->net), &config);
}

void
oscar_actions_login (PurpleAccount *account, const GlueProtocol *protocol,
                     PurpleConnectionFlags flags)
{
  GlueHost *glue = glue_actions_open (account, protocol);

  if (glue == NULL)
    return;
  /* Before the first conversation: each copies them when it is made. */
  glue->gc->flags |= flags;
  glue->session = new_session (glue);
  if (protocol == &oscar_icq_protocol)
    {
      icq_actions_load_encodings (glue);
      icq_actions_publish_mood (glue);
    }
  glue_host_start (glue);
}

/* --- talking ------------------------------------------------------------ */

/* What is too long for one message goes as several. */
static int
say (GlueHost *glue, const char *who, const ImText *text,
     OscarSendFlags flags)
{
  g_autoptr (ImText) head = NULL;
  g_autoptr (ImText) tail = NULL;

  if (oscar_session_send_message (glue->session, who, text, flags) != 0)
    return 1;
  if (strlen (who) > IM_MAX_SCREEN_NAME || !im_text_halve (text, &head, &tail))
    return glue_actions_too_long (glue, who, text);
  if (im_text_length (head) > 0)
    say (glue, who, head, flags);
  return im_text_length (tail) > 0 ? say (glue, who, tail, flags) : 1;
}

int
oscar_actions_send_im (PurpleConnection *gc, const char *who,
                       const char *message, PurpleMessageFlags flags)
{
  g_autoptr (ImText) text = glue_markup_parse (message);

  return say (glue_host_of (gc), who, text,
              flags & PURPLE_MESSAGE_AUTO_RESP ? OSCAR_SEND_AUTO_REPLY : 0);
}

/* --- our own state ------------------------------------------------------ */

void
oscar_actions_set_info (PurpleConnection *gc, const char *info)
{
  g_autoptr (ImText) text = glue_markup_parse (info);

  oscar_session_set_profile (oscar_actions_session (gc),
                             im_text_length (text) > 0 ? text : NULL);
}

const char *
oscar_actions_normalize (const PurpleAccount *account, const char *name)
{
  /* libpurple wants a static buffer; what is longer is nobody's name. */
  static char buffer[IM_MAX_SCREEN_NAME * 2];

  oscar_name_normalize_into (name, buffer, sizeof buffer);
  return buffer;
}

/* --- menu --------------------------------------------------------------- */

static void
show_places (PurplePluginAction *action)
{
  GlueHost *glue = glue_host_of (action->context);

  if (glue != NULL)
    oscar_session_ask_places (glue->session);
}

GList *
oscar_actions_menu (PurplePlugin *plugin, gpointer context)
{
  GList *list = NULL;
  GlueHost *glue = glue_host_of (context);

  list = g_list_append (list,
                        purple_plugin_action_new (_("Set Profile..."),
                                                  glue_actions_set_profile));
  if (glue != NULL && glue->protocol == &oscar_icq_protocol)
    list = icq_actions_add (list);
  else
    list = oscar_account_add_aim (list);
  list = oscar_account_add (list);
  list = g_list_append (
      list, purple_plugin_action_new (_("Message of the Day"),
                                      glue_actions_show_news));
  list = g_list_append (
      list, purple_plugin_action_new (_("Show Where I Am Signed In"),
                                      show_places));
  list = g_list_append (
      list,
      purple_plugin_action_new (_("Put Local Buddies on the Server's List"),
                                glue_buddies_upload));
  return g_list_append (
      list, purple_plugin_action_new (_("Forget Certificate"),
                                      glue_actions_forget_certificates));
}
