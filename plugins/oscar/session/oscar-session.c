#include "oscar-session-private.h"
#include "oscar-icq-private.h"

#include <string.h>

#include "oscar-icbm.h"
#include "oscar-icons.h"
#include "oscar-search.h"

/* --- Names -------------------------------------------------------------- */

/* Names are compared and hashed all the time: cheaper than a call. */
static inline char
lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
}

void
oscar_name_normalize_into (const char *name, char *ret, gsize size)
{
  gsize len = 0;

  for (const char *p = name; *p != '\0' && len + 1 < size; p++)
    if (*p != ' ')
      ret[len++] = lower (*p);
  ret[len] = '\0';
}

char *
oscar_name_normalize (const char *name)
{
  gsize size = strlen (name) + 1;
  char *out = g_malloc (size);

  oscar_name_normalize_into (name, out, size);
  return out;
}

static char
next_character (const char **name)
{
  while (**name == ' ')
    (*name)++;
  return **name != '\0' ? lower (*(*name)++) : '\0';
}

gboolean
oscar_name_equal (const char *a, const char *b)
{
  char left, right;

  do
    {
      left = next_character (&a);
      right = next_character (&b);
      if (left != right)
        return FALSE;
    }
  while (left != '\0');
  return TRUE;
}

gboolean
oscar_name_is_usable (const char *name)
{
  return name[strspn (name, " ")] != '\0';
}

gboolean
oscar_name_is_uin (const char *name)
{
  if (*name == '\0')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isdigit (*p))
      return FALSE;
  return TRUE;
}

/* --- Reporting ---------------------------------------------------------- */

static const char *const state_names[] = {
  "new",
  "auth connecting",
  "auth challenge",
  "auth login",
  "auth web",
  "auth prompt",
  "bos connecting",
  "bos signon",
  "bos host online",
  "bos versions",
  "bos rates",
  "bos lists",
  "online",
  "closed",
};

G_STATIC_ASSERT (G_N_ELEMENTS (state_names) == OSCAR_STATE_CLOSED + 1);

void
oscar_session_set_state (OscarSession *session, OscarState state)
{
  if (session->state == state)
    return;
  im_host_debug (session->host, "oscar: %s -> %s", state_names[session->state],
                 state_names[state]);
  session->state = state;
}

void
oscar_session_emit (OscarSession *session, const ImEvent *event)
{
  if (!session->gone)
    session->host->ops->event (session->host, event);
}

void
oscar_session_progress (OscarSession *session, ImStep step)
{
  ImEvent event = { .type = IM_EVENT_PROGRESS, .progress = { step, 0 } };

  oscar_session_emit (session, &event);
}

void
oscar_session_notice (OscarSession *session, ImNotice kind, const char *who,
                      const char *text)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };

  event.notice.kind = kind;
  event.notice.who = who;
  event.notice.text = text;
  oscar_session_emit (session, &event);
}

/* --- The end ------------------------------------------------------------ */

static void
stop_everything (OscarSession *session)
{
  oscar_signon_stop (session);
  oscar_bos_stop (session);
}

void
oscar_session_fail (OscarSession *session, const ImFailure *failure)
{
  ImEvent event = { .type = IM_EVENT_CLOSED, .closed = *failure };

  if (session->gone)
    return;
  oscar_session_ref (session);
  oscar_session_set_state (session, OSCAR_STATE_CLOSED);
  oscar_outbox_abandon (session);
  oscar_session_emit (session, &event);
  if (!session->gone)
    {
      session->gone = TRUE;
      stop_everything (session);
    }
  oscar_session_unref (session);
}

void
oscar_session_fail_simple (OscarSession *session, ImProblem problem,
                           const char *host, guint16 port, const char *detail)
{
  ImFailure failure = {
    .problem = problem, .host = host, .port = port, .detail = detail
  };

  oscar_session_fail (session, &failure);
}

void
oscar_session_fail_link (OscarSession *session, const GError *error,
                         const OscarAddress *address)
{
  ImProblem problem = IM_PROBLEM_LOST;

  if (error != NULL && error->domain == IM_PROBLEM)
    problem = (ImProblem) error->code;
  oscar_session_fail_simple (session, problem, address->host, address->port,
                             error != NULL ? error->message : NULL);
}

/* --- Life --------------------------------------------------------------- */

guint8
oscar_session_multi (const OscarSession *session)
{
  return session->settings.alone ? OSCAR_MULTI_SINGLE : OSCAR_MULTI_MANY;
}

void
oscar_address_clear (OscarAddress *address)
{
  g_clear_pointer (&address->host, g_free);
  g_clear_pointer (&address->verify_name, g_free);
  address->port = 0;
  address->tls = FALSE;
}

/* "host port tls verify-name pace", as report_home() writes it. */
static void
load_home (OscarSession *session, GBytes *home)
{
  gsize len;
  const char *data = home != NULL ? g_bytes_get_data (home, &len) : NULL;
  g_autofree char *line = data != NULL ? g_strndup (data, len) : NULL;
  g_auto (GStrv) words = line != NULL ? g_strsplit (line, " ", 6) : NULL;
  guint64 port;

  if (words == NULL || g_strv_length (words) != 5 || *words[0] == '\0' ||
      !g_ascii_string_to_unsigned (words[1], 10, 1, G_MAXUINT16, &port, NULL))
    return;
  session->home.host = g_strdup (words[0]);
  session->home.port = (guint16) port;
  session->home.tls = strcmp (words[2], "1") == 0;
  if (strcmp (words[3], "-") != 0)
    session->home.verify_name = g_strdup (words[3]);
  session->careful = strcmp (words[4], "careful") == 0;
  session->was_careful = session->careful;
}

static void
copy_settings (OscarSettings *settings, const OscarConfig *config)
{
  static const char *const none[] = { NULL };
  const char *const *domains =
      config->tls_domains != NULL ? config->tls_domains : none;

  settings->name = g_strdup (config->name);
  settings->password = im_secret_ref (config->password);
  settings->icq = config->icq;
  settings->server = g_strdup (config->server);
  settings->port = config->port;
  settings->security = config->security;
  settings->tls_domains = g_strdupv ((GStrv) domains);
  settings->signon = config->signon;
  settings->web_url = g_strdup (config->web_url);
  settings->session_url = g_strdup (config->session_url);
  settings->web_key = g_strdup (config->web_key);
  settings->quirks = config->quirks;
  settings->charset = g_strdup (config->charset);
  settings->client_name = g_strdup (config->client_name);
  settings->alone = config->alone;
}

static void
clear_settings (OscarSettings *settings)
{
  g_free (settings->name);
  im_secret_unref (settings->password);
  g_free (settings->server);
  g_strfreev (settings->tls_domains);
  g_free (settings->web_url);
  g_free (settings->session_url);
  g_free (settings->web_key);
  g_free (settings->charset);
  g_free (settings->client_name);
}

OscarSession *
oscar_session_new (ImHost *host, const OscarConfig *config)
{
  OscarSession *session = g_new0 (OscarSession, 1);

  g_ref_count_init (&session->refs);
  session->host = host;
  copy_settings (&session->settings, config);
  load_home (session, config->home);
  if (config->list_cache != NULL)
    session->list_cache = g_bytes_ref (config->list_cache);
  session->status = config->status;
  if (config->status_text != NULL)
    session->status_text = im_text_copy (config->status_text);
  if (config->profile != NULL)
    session->profile = im_text_copy (config->profile);
  oscar_outbox_init (session);
  oscar_info_init (session);
  oscar_icq_init (session);
  oscar_rooms_init (session);
  oscar_move_init (session);
  oscar_warn_init (session);
  oscar_icons_init (session);
  session->account_errands =
      oscar_errands_new (session, &oscar_account_errands);
  session->search_errands = oscar_errands_new (session, &oscar_search_errands);
  return session;
}

OscarSession *
oscar_session_ref (OscarSession *session)
{
  g_ref_count_inc (&session->refs);
  return session;
}

void
oscar_session_unref (OscarSession *session)
{
  if (!g_ref_count_dec (&session->refs))
    return;
  oscar_outbox_clear (session);
  oscar_info_clear (session);
  oscar_icq_clear (session);
  oscar_rooms_clear (session);
  oscar_move_clear (session);
  oscar_warn_clear (session);
  oscar_icons_clear (session);
  oscar_errands_free (session->account_errands);
  oscar_errands_free (session->search_errands);
  oscar_roster_free (session->roster);
  clear_settings (&session->settings);
  oscar_address_clear (&session->home);
  oscar_address_clear (&session->signin);
  oscar_address_clear (&session->bos_address);
  oscar_address_clear (&session->advertised);
  g_clear_pointer (&session->cookie, g_bytes_unref);
  g_clear_pointer (&session->token, im_secret_unref);
  g_clear_pointer (&session->list_cache, g_bytes_unref);
  g_clear_pointer (&session->status_text, im_text_free);
  g_clear_pointer (&session->profile, im_text_free);
  g_free (session->self_name);
  g_free (session);
}

void
oscar_session_start (OscarSession *session)
{
  oscar_session_ref (session);
  oscar_list_start (session);
  oscar_signon_start (session);
  oscar_session_unref (session);
}

/* Servers tell our watchers at once when we say goodbye, and after a while
 * when the link just ends. */
void
oscar_session_free (OscarSession *session)
{
  if (session == NULL)
    return;
  session->gone = TRUE;
  if (session->state == OSCAR_STATE_ONLINE && session->bos != NULL)
    {
      /* Edits that wait for the answer to earlier ones cannot wait now. */
      oscar_roster_expire (session->roster);
      oscar_conn_send_flap (session->bos, OSCAR_FLAP_SIGNOFF, NULL);
    }
  stop_everything (session);
  oscar_session_unref (session);
}

gboolean
oscar_session_is_online (const OscarSession *session)
{
  return session->state == OSCAR_STATE_ONLINE && !session->gone;
}

void
oscar_session_client_id (const OscarSession *session, OscarClientId *ret)
{
  /* The numbers are those of the last clients of their kind that every
   * server knows; the name says who we really are. */
  static const OscarClientId aim = {
    .id = 0x0109, .major = 5, .minor = 1, .build = 0x0bdc,
    .distribution = 0x00d2,
  };
  static const OscarClientId icq = {
    .id = 0x010a, .major = 20, .minor = 52, .build = 0x0c18,
    .distribution = 0x043d,
  };

  *ret = session->settings.icq ? icq : aim;
  ret->name = session->settings.client_name;
  ret->language = (char *) "en";
  ret->country = (char *) "us";
}
