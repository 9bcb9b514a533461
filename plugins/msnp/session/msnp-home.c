/* What a sign-on leaves for the next one: where it ended, how, and what tickets
 * were for. */

#include "msnp-ladder.h"

#include <string.h>

/* What live servers name in "USR t TWN S"; tickets are asked for with it
 * before they did. What the last sign-on was told wins. */
#define USUAL_ARGS "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"

/* The saved address says this when its arguments are new every time. */
#define UNPREDICTABLE "late"

#define NO_WORD "-"

static const char *
word_or_none (const char *word)
{
  return word != NULL && *word != '\0' ? word : NO_WORD;
}

static char *
dup_word (const char *word)
{
  return strcmp (word, NO_WORD) != 0 ? g_strdup (word) : NULL;
}

/* "server host port version pace args nexus-login nexus-config", of which the
 * first tells whether the settings still mean the same. */
static char *
home_line (MsnpSession *session)
{
  const MsnpLadder *ladder = session->ladder;
  const MsnpServer *at = ladder->accepted ? &ladder->here : &ladder->home;

  return g_strdup_printf (
      "%s %s %u %u %s %s %s %s", word_or_none (session->settings.server),
      word_or_none (at->host), at->port,
      session->version != 0 ? session->version : ladder->guess,
      ladder->careful ? "careful" : "fast", word_or_none (ladder->args),
      word_or_none (msnp_tickets_nexus_login (session)),
      word_or_none (msnp_tickets_nexus_config (session)));
}

void
msnp_signon_report_home (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;
  g_autofree char *line = home_line (session);

  if (g_strcmp0 (line, ladder->saved) == 0)
    return;
  g_free (ladder->saved);
  ladder->saved = g_strdup (line);
  {
    g_autoptr (GBytes) data = g_bytes_new (line, strlen (line));
    ImEvent event = { .type = IM_EVENT_CACHE, .cache = { "home", data } };

    msnp_session_emit (session, &event);
  }
}

void
msnp_ladder_load_home (MsnpSession *session, GBytes *home)
{
  MsnpLadder *ladder = session->ladder;
  gsize len;
  const char *data = home != NULL ? g_bytes_get_data (home, &len) : NULL;
  g_autofree char *line = data != NULL ? g_strndup (data, len) : NULL;
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 9) : NULL;
  guint64 port, version;

  if (words == NULL || g_strv_length (words) != 8 ||
      strcmp (words[0], session->settings.server) != 0 ||
      !g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT16, &port,
                                   NULL) ||
      !g_ascii_string_to_unsigned (words[3], 10, MSNP_VERSION_MIN,
                                   MSNP_VERSION_MAX, &version, NULL))
    return;
  ladder->saved = g_strdup (line);
  ladder->home.host = port != 0 ? dup_word (words[1]) : NULL;
  ladder->home.port = (guint16) port;
  ladder->guess = (guint) version;
  ladder->careful = strcmp (words[4], "careful") == 0;
  ladder->args = dup_word (words[5]);
  if (strcmp (words[6], NO_WORD) != 0)
    msnp_tickets_set_nexus (session, words[6], words[7]);
}

/* --- What tickets are for ----------------------------------------------- */

/* Tickets may be for arguments that are new every time; then there is no use
 * in asking for them ahead. */
void
msnp_ladder_remember_args (MsnpSession *session, const char *args)
{
  MsnpLadder *ladder = session->ladder;

  if (g_strcmp0 (ladder->args, args) == 0 ||
      g_strcmp0 (ladder->args, UNPREDICTABLE) == 0)
    return;
  if (strchr (args, ' ') != NULL || strlen (args) > IM_MAX_MSNP_LINE)
    return;
  {
    const char *now = ladder->args == NULL ? args : UNPREDICTABLE;

    g_free (ladder->args);
    ladder->args = g_strdup (now);
  }
}

/* What tickets will be for, if they can be asked for ahead. */
const char *
msnp_ladder_predict_policy (const MsnpSession *session, guint version)
{
  const char *args = session->ladder->args;

  if (msnp_signon_mechanism (version) == MSNP_MECHANISM_SSO)
    return AUTH_MSN_SSO_POLICY;
  if (g_strcmp0 (args, UNPREDICTABLE) == 0)
    return NULL;
  return args != NULL ? args : USUAL_ARGS;
}

/* --- Where to begin ------------------------------------------------------ */

void
msnp_ladder_go_to_settings (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  msnp_server_clear (&ladder->here);
  ladder->here.host = g_strdup (session->settings.server);
  ladder->here.port = session->settings.port;
  ladder->at_home = FALSE;
  ladder->sent_away = FALSE;
}

void
msnp_ladder_choose_server (MsnpSession *session)
{
  MsnpLadder *ladder = session->ladder;

  msnp_ladder_go_to_settings (session);
  if (ladder->home.host == NULL ||
      (!g_hostname_is_ip_address (ladder->home.host) &&
       !msnp_signon_may_contact (session, ladder->home.host)))
    return;
  g_free (ladder->here.host);
  ladder->here.host = g_strdup (ladder->home.host);
  ladder->here.port = ladder->home.port;
  ladder->at_home = TRUE;
}
