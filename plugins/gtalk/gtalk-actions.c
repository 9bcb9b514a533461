#include "gtalk-actions.h"

#include <string.h>

#include "glue-actions.h"
#include "glue-bookmarks.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "glue-transfer.h"
#include "gtalk-buddies.h"
#include "gtalk-card.h"
#include "gtalk-chats.h"
#include "gtalk-google.h"
#include "gtalk-seen.h"

#define CLIENT_NAME "purple-classic"

/* Bytes of an address with its resource, three parts of 1023 each. */
#define MAX_ADDRESS 3072

GLUE_SESSION_FUNCS (commands, gtalk_session)

static void
fetch_icon (gpointer session, const char *who)
{
  gtalk_session_fetch_icon (session, who);
}

static void
set_icon (gpointer session, GBytes *picture)
{
  gtalk_session_set_icon (session, picture);
}

static void
session_settle (gpointer session)
{
  gtalk_session_settle (session);
}

static void
answer_prompt (gpointer session, const char *answer)
{
  gtalk_session_answer_prompt (session, answer);
}

static void
reply_auth (gpointer session, const char *who, gboolean grant,
            const char *reason)
{
  gtalk_session_reply_auth (session, who, grant);
}

static void
send_file (gpointer session, const GlueFile *file)
{
  const GtalkFile wanted = { .id = file->id,
                             .to = file->to,
                             .chat = file->chat,
                             .name = file->name,
                             .source = file->source };

  gtalk_session_send_file (session, &wanted);
}

static void
cancel_file (gpointer session, guint id)
{
  gtalk_session_cancel_file (session, id);
}

static void
keep_room (gpointer session, const GlueBookmark *bookmark)
{
  const GtalkBookmark kept = { .room = bookmark->room,
                               .title = bookmark->title,
                               .nick = bookmark->nick,
                               .password = bookmark->password,
                               .autojoin = bookmark->autojoin };

  gtalk_session_keep_room (session, &kept);
}

static void
forget_room (gpointer session, const char *room)
{
  gtalk_session_forget_room (session, room);
}

const GlueProtocol gtalk_protocol = {
  .id = "prpl-googletalk",
  .kind = { .word = "googletalk",
            .security = GLUE_SECURITY_REQUIRED,
            .network = "own" },
  .status_ids = {
    [IM_STATUS_OFFLINE] = "offline",
    [IM_STATUS_AVAILABLE] = "available",
    [IM_STATUS_FREE_FOR_CHAT] = "freeforchat",
    [IM_STATUS_AWAY] = "away",
    [IM_STATUS_NOT_AVAILABLE] = "extended_away",
    [IM_STATUS_OCCUPIED] = "dnd",
    [IM_STATUS_DND] = "dnd",
    [IM_STATUS_RIGHT_BACK] = "away",
    [IM_STATUS_PHONE] = "away",
    [IM_STATUS_LUNCH] = "away",
    [IM_STATUS_INVISIBLE] = "invisible",
  },
  .normalize = gtalk_address_normalize,
  .session_settle = session_settle,
  .fetch_icon = fetch_icon,
  .set_icon = set_icon,
  .commands = &commands,
  .answer_prompt = answer_prompt,
  .reply_auth = reply_auth,
  .list = &gtalk_buddies_funcs,
  .send_file = send_file,
  .cancel_file = cancel_file,
  .edit_profile = gtalk_card_edit,
  .keep_room = keep_room,
  .forget_room = forget_room,
};

static GtalkSession *
session_of (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

/* --- settings ----------------------------------------------------------- */

GList *
gtalk_actions_signin_choices (void)
{
  GList *list = NULL;

  list = g_list_append (list, glue_account_choice (_("Automatic"), "auto"));
  list = g_list_append (
      list, glue_account_choice (_("Password, as it is (PLAIN)"), "plain"));
  list = g_list_append (
      list, glue_account_choice (_("Google token (X-GOOGLE-TOKEN)"), "token"));
  return g_list_append (
      list, glue_account_choice (
                _("OAuth 2 (X-OAUTH2): the password is a refresh token"),
                "oauth2"));
}

GList *
gtalk_actions_options (void)
{
  GList *list = NULL;
  PurpleAccountOption *secret;

  list = g_list_append (list, purple_account_option_string_new (
                                  _("Resource"), "resource", ""));
  list = g_list_append (list, purple_account_option_int_new (_("Priority"),
                                                             "priority", 1));
  list = g_list_append (list, purple_account_option_string_new (
                                  _("Client ID (for OAuth 2)"), "client_id",
                                  ""));
  secret = purple_account_option_string_new (_("Client secret (for OAuth 2)"),
                                             "client_secret", "");
  purple_account_option_set_masked (secret, TRUE);
  list = g_list_append (list, secret);
  return g_list_append (list, gtalk_seen_option ());
}

static GtalkSecurity
security_of (GlueSecurity wanted)
{
  switch (wanted)
    {
    case GLUE_SECURITY_OPTIONAL:
      return GTALK_SECURITY_OPTIONAL;
    case GLUE_SECURITY_OFF:
      return GTALK_SECURITY_OFF;
    case GLUE_SECURITY_DIRECT:
      return GTALK_SECURITY_DIRECT;
    case GLUE_SECURITY_REQUIRED:
      break;
    }
  return GTALK_SECURITY_REQUIRED;
}

static GtalkSignin
signin_of (const char *word)
{
  if (strcmp (word, "plain") == 0)
    return GTALK_SIGNIN_PLAIN;
  if (strcmp (word, "token") == 0)
    return GTALK_SIGNIN_TOKEN;
  return strcmp (word, "oauth2") == 0 ? GTALK_SIGNIN_OAUTH2
                                      : GTALK_SIGNIN_AUTO;
}

static GtalkQuirks
quirks_of (char **words)
{
  GtalkQuirks found = GTALK_QUIRK_NONE;

  for (; *words != NULL; words++)
    if (strcmp (*words, "lock-step") == 0)
      found |= GTALK_QUIRK_LOCK_STEP;
    else if (strcmp (*words, "google") == 0)
      found |= GTALK_QUIRK_GOOGLE;
  return found;
}

/* What stands in for the password goes where that went, also if it was kept
 * once. */
static GBytes *
cached (gpointer user, const char *name)
{
  GlueHost *glue = user;

  if (gtalk_cache_is_secret (name) &&
      !purple_account_get_remember_password (glue->account))
    glue_cache_store (glue, name, NULL);
  return glue_cache_load (glue, name);
}

static const char *
nonempty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

/* --- signing on --------------------------------------------------------- */

/* Who we are to a service that gives out tokens; each has its own names. */
static void
add_client (GtalkConfig *config, PurpleAccount *account,
            ImSecret *client_secret)
{
  config->client_id =
      nonempty (purple_account_get_string (account, "client_id", ""));
  if (*im_secret_peek (client_secret) != '\0')
    config->client_secret = client_secret;
}

static GtalkSession *
new_session (GlueHost *glue)
{
  const GlueNetwork *network = glue->settings->network;
  PurpleAccount *account = glue->account;
  g_autoptr (ImSecret) password =
      im_secret_new (purple_connection_get_password (glue->gc));
  g_autoptr (ImText) text = NULL;
  gboolean by_address = strcmp (network->host, GLUE_HOST_OF_ADDRESS) == 0;
  const char *token_url = glue_network_service (network, "token");
  const char *oauth_url = glue_network_service (network, "oauth");
  g_autoptr (ImSecret) client_secret = im_secret_new (
      purple_account_get_string (account, "client_secret", ""));
  GtalkConfig config = {
    .address = purple_account_get_username (account),
    .password = password,
    .resource =
        nonempty (purple_account_get_string (account, "resource", "")),
    .server = by_address ? NULL : network->host,
    .port = by_address ? 0 : network->port,
    .security = security_of (network->security),
    .signin = signin_of (network->signon),
    .token_url = token_url != NULL ? token_url : network->web_url,
    .oauth_url = oauth_url != NULL ? oauth_url : network->web_url,
    .domains = (const char *const *) network->domains,
    .quirks = quirks_of (network->quirks),
    .priority = purple_account_get_int (account, "priority", 1),
    .caches = cached,
    .cache_user = glue,
    .client_name = CLIENT_NAME,
    .client_version = PURPLE_CLASSIC_VERSION,
    .watch_mail = purple_account_get_check_mail (account),
  };

  add_client (&config, account, client_secret);
  config.status = glue_actions_first_status (glue, &text);
  config.status_text = text;
  return gtalk_session_new (net_host_get (glue->net), &config);
}

/* Sentences name the network; of one that is any server, that is the
 * domain. */
static void
name_network (GlueHost *glue)
{
  GlueNetwork *network = glue->settings->network;
  const char *address = purple_account_get_username (glue->account);
  const char *at = strchr (address, '@');

  if (strcmp (network->host, GLUE_HOST_OF_ADDRESS) != 0 || at == NULL)
    return;
  g_free (network->name);
  network->name = g_strndup (at + 1, strcspn (at + 1, "/"));
}

void
gtalk_actions_login (PurpleAccount *account)
{
  GlueHost *glue = glue_actions_open (account, &gtalk_protocol);

  if (glue == NULL)
    return;
  name_network (glue);
  glue_bookmarks_watch (&gtalk_protocol);
  gtalk_seen_watch ();
  /* Before the first conversation: each copies them when it is made. */
  glue->gc->flags |= PURPLE_CONNECTION_NO_IMAGES;
  glue->session = new_session (glue);
  glue_host_start (glue);
}

/* --- talking ------------------------------------------------------------ */

int
gtalk_actions_send_im (PurpleConnection *gc, const char *who,
                       const char *message, PurpleMessageFlags flags)
{
  GlueHost *glue = glue_host_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);
  guint id;

  gtalk_seen_by_user (glue, who);
  id = gtalk_session_send_message (glue->session, who, text);
  return id != 0 ? 1 : glue_actions_too_long (glue, who, text);
}

gboolean
gtalk_actions_send_attention (PurpleConnection *gc, const char *who,
                              guint type)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL)
    return FALSE;
  if (gtalk_session_send_attention (glue->session, who))
    return TRUE;
  glue_conversation_note (glue, who,
                          _("The buzz was not sent: they are offline."), TRUE);
  return FALSE;
}

GList *
gtalk_actions_attention_types (PurpleAccount *account)
{
  static GList *types;

  if (types == NULL)
    types = g_list_append (
        NULL, purple_attention_type_new (
                  "Buzz", _("Buzz"),
                  /* Translators: a user's name. */
                  _("%s has buzzed you!"), _("Buzzing %s...")));
  return types;
}

gboolean
gtalk_actions_can_receive_file (PurpleConnection *gc, const char *who)
{
  GtalkSession *session = session_of (gc);

  return session != NULL && gtalk_session_has (session, GTALK_FEATURE_UPLOAD);
}

void
gtalk_actions_send_file (PurpleConnection *gc, const char *who,
                         const char *path)
{
  glue_transfer_send (gc, who, 0, path);
}

gboolean
gtalk_actions_room_can_receive_file (PurpleConnection *gc, int id)
{
  return gtalk_actions_can_receive_file (gc, NULL);
}

void
gtalk_actions_send_file_to_room (PurpleConnection *gc, int id,
                                 const char *path)
{
  PurpleConversation *conv = purple_find_chat (gc, id);

  if (conv != NULL)
    glue_transfer_send (gc, purple_conversation_get_name (conv), (guint) id,
                        path);
}

void
gtalk_actions_convo_closed (PurpleConnection *gc, const char *who)
{
  GtalkSession *session = session_of (gc);

  glue_actions_convo_closed (gc, who);
  if (session != NULL)
    gtalk_session_gone (session, who);
}

/* --- our own state ------------------------------------------------------ */

/* Nicknames in rooms come here too: "Mina" is not "mina" there. */
static gboolean
is_nick (const char *name)
{
  return strpbrk (name, "@.") == NULL;
}

/* libpurple asks for the same name many times in a row. What it comes to is
 * always the same, but with a resource: whose that is depends on rooms. */
const char *
gtalk_actions_normalize (const PurpleAccount *account, const char *name)
{
  static char buffer[MAX_ADDRESS];
  static char asked[MAX_ADDRESS];
  g_autofree char *normal = NULL;

  if (*asked != '\0' && strcmp (asked, name) == 0)
    return buffer;
  normal = gtalk_chats_is_occupant (name) || is_nick (name)
               ? g_strdup (name)
               : gtalk_address_normalize (name);
  /* "name" may be what was returned the last time. */
  if (strchr (name, '/') != NULL ||
      g_strlcpy (asked, name, sizeof asked) >= sizeof asked)
    *asked = '\0';
  g_strlcpy (buffer, normal, sizeof buffer);
  return buffer;
}

/* --- menu --------------------------------------------------------------- */

GList *
gtalk_actions_menu (PurplePlugin *plugin, gpointer context)
{
  GList *list = NULL;

  list = g_list_append (
      list,
      purple_plugin_action_new (_("Set User Info..."), gtalk_card_open));
  list = g_list_append (
      list,
      purple_plugin_action_new (_("Put Local Buddies on the Server's List"),
                                glue_buddies_upload));
  if (context != NULL)
    list = gtalk_google_add_actions (list, context);
  return g_list_append (
      list, purple_plugin_action_new (_("Forget Certificate"),
                                      glue_actions_forget_certificates));
}
