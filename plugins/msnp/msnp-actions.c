#include "msnp-actions.h"

#include <string.h>

#include "glue-actions.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "im-limits.h"
#include "msn-engine.h"

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
  list = add_choice (list, _("HTTP gateway if the port is blocked"),
                     "http-if-blocked");
  return add_choice (list, _("Web gateway"), "web");
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

/* --- signing on --------------------------------------------------------- */

void
msnp_actions_login (PurpleAccount *account)
{
  const MsnEngine *engine = msn_engine_for (account);
  GlueHost *glue = glue_actions_open (account, &engine->protocol);

  if (glue == NULL)
    return;
  /* Before the first conversation: each copies them when it is made. */
  glue->gc->flags |= PURPLE_CONNECTION_HTML | PURPLE_CONNECTION_NO_IMAGES |
                     PURPLE_CONNECTION_NO_BGCOLOR |
                     PURPLE_CONNECTION_FORMATTING_WBFO |
                     PURPLE_CONNECTION_NO_URLDESC;
  glue->session = engine->open (glue);
  glue_host_start (glue);
}

/* --- talking ------------------------------------------------------------ */

int
msnp_actions_send_im (PurpleConnection *gc, const char *who,
                      const char *message, PurpleMessageFlags flags)
{
  GlueHost *glue = glue_host_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);
  guint id =
      msn_engine_of (glue)->send_message (glue->session, who, text);

  return id != 0 ? 1 : glue_actions_too_long (glue, who, text);
}

gboolean
msnp_actions_send_attention (PurpleConnection *gc, const char *who,
                             guint type)
{
  GlueHost *glue = glue_host_of (gc);

  if (glue == NULL)
    return FALSE;
  if (msn_engine_of (glue)->send_nudge (glue->session, who))
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
  GlueHost *glue = glue_host_of (gc);

  glue_actions_convo_closed (gc, who);
  if (glue != NULL && msn_engine_of (glue)->close_talk != NULL)
    msn_engine_of (glue)->close_talk (glue->session, who);
}

/* --- our own state ------------------------------------------------------ */

static void
publish_media (GlueHost *glue, PurpleStatus *tune)
{
  const MsnEngine *engine = msn_engine_of (glue);

  if (engine->set_media == NULL)
    return;
  if (!purple_status_is_active (tune))
    engine->set_media (glue->session, NULL, NULL, NULL);
  else
    engine->set_media (
        glue->session,
        purple_status_get_attr_string (tune, PURPLE_TUNE_TITLE),
        purple_status_get_attr_string (tune, PURPLE_TUNE_ARTIST),
        purple_status_get_attr_string (tune, PURPLE_TUNE_ALBUM));
}

gboolean
msnp_actions_take_tune (GlueHost *glue, PurpleStatus *status)
{
  if (strcmp (purple_status_get_id (status), "tune") != 0)
    return FALSE;
  publish_media (glue, status);
  return TRUE;
}

const char *
msnp_actions_normalize (const PurpleAccount *account, const char *name)
{
  /* libpurple wants a static buffer; what is longer is nobody's name. */
  static char buffer[IM_MAX_MSNP_HANDLE + 1];

  msn_engine_for (account)->fold (name, buffer, sizeof buffer);
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
      PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY, MSN_ENGINE_ID,
      run_nudge, _("nudge: make the other's window shake"), NULL);
}

void
msnp_actions_unregister_commands (void)
{
  purple_cmd_unregister (nudge_command);
}
