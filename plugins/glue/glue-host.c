#include "glue-host.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "glue-errors.h"
#include "glue-i18n.h"
#include "glue-nicks.h"
#include "glue-trust.h"

#define MAX_CACHE_FILE (16 * 1024 * 1024)

/* Accounts are made and dropped by bitlbee as it likes, so the time before
 * which a network wants no sign-on is kept by name. char* -> gint64* */
static GHashTable *hold_offs;

gboolean
glue_host_is_bitlbee (void)
{
  return g_strcmp0 (purple_core_get_ui (), "BitlBee") == 0;
}

GlueHost *
glue_host_of (PurpleConnection *gc)
{
  return gc != NULL ? purple_connection_get_protocol_data (gc) : NULL;
}

void
glue_debug (GlueHost *glue, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  purple_debug_info (glue->protocol->id, "%s\n", line);
}

/* --- what the net host asks of its owner -------------------------------- */

static void
on_event (gpointer user, const ImEvent *event)
{
  GlueHost *glue = user;

  if (glue->gc == NULL)
    return;
  glue->depth++;
  glue->funcs->dispatch (glue, event);
  glue->depth--;
}

static void
on_debug (gpointer user, const char *line)
{
  GlueHost *glue = user;

  purple_debug_info (glue->protocol->id, "%s\n", line);
}

static const NetHostFuncs net_funcs = {
  .event = on_event,
  .debug = on_debug,
  .pin_lookup = glue_trust_pin_lookup,
  .pin_store = glue_trust_pin_store,
  .ask = glue_trust_ask,
  .ask_withdrawn = glue_trust_withdrawn,
};

/* --- proxy -------------------------------------------------------------- */

static NetProxyType
proxy_type (PurpleProxyType type)
{
  switch (type)
    {
    case PURPLE_PROXY_HTTP:
    case PURPLE_PROXY_USE_ENVVAR: /* comes with host and port filled in */
      return NET_PROXY_HTTP;
    case PURPLE_PROXY_SOCKS4:
      return purple_prefs_get_bool ("/purple/proxy/socks4_remotedns")
                 ? NET_PROXY_SOCKS4A
                 : NET_PROXY_SOCKS4;
    case PURPLE_PROXY_SOCKS5:
      return NET_PROXY_SOCKS5;
    case PURPLE_PROXY_TOR:
      return NET_PROXY_TOR;
    case PURPLE_PROXY_USE_GLOBAL:
    case PURPLE_PROXY_NONE:
      break;
    }
  return NET_PROXY_NONE;
}

/* Whoever chose a proxy does not want to be seen without it: one that is not
 * complete is an error. Only the environment's may be absent. */
static gboolean
read_proxy (PurpleAccount *account, NetProxy *ret_proxy)
{
  PurpleProxyInfo *info = purple_proxy_get_setup (account);
  PurpleProxyType type =
      info != NULL ? purple_proxy_info_get_type (info) : PURPLE_PROXY_NONE;
  int port;

  memset (ret_proxy, 0, sizeof *ret_proxy);
  ret_proxy->type = proxy_type (type);
  if (ret_proxy->type == NET_PROXY_NONE)
    return TRUE;
  ret_proxy->host = purple_proxy_info_get_host (info);
  ret_proxy->user = purple_proxy_info_get_username (info);
  ret_proxy->password = purple_proxy_info_get_password (info);
  port = purple_proxy_info_get_port (info);
  if (ret_proxy->host != NULL && *ret_proxy->host != '\0' && port > 0 &&
      port <= 65535)
    {
      ret_proxy->port = (guint16) port;
      return TRUE;
    }
  if (type != PURPLE_PROXY_USE_ENVVAR)
    return FALSE;
  memset (ret_proxy, 0, sizeof *ret_proxy);
  return TRUE;
}

/* --- life --------------------------------------------------------------- */

GlueHost *
glue_host_new (PurpleConnection *gc, const GlueProtocol *protocol,
               GlueSettings *settings, const GlueHostFuncs *funcs,
               ImFailure *ret_failure)
{
  PurpleAccount *account = purple_connection_get_account (gc);
  GlueHost *glue;
  NetProxy proxy;

  if (!read_proxy (account, &proxy))
    {
      memset (ret_failure, 0, sizeof *ret_failure);
      ret_failure->problem = IM_PROBLEM_SETTINGS;
      ret_failure->detail = _("the proxy needs a host and a port");
      return NULL;
    }
  glue = g_new0 (GlueHost, 1);
  glue->gc = gc;
  glue->account = account;
  glue->protocol = protocol;
  glue->settings = settings;
  glue->funcs = funcs;
  g_queue_init (&glue->questions);
  glue->net = net_host_new (&proxy, &net_funcs, glue);
  if (settings->forget_pins)
    glue_trust_forget (glue);
  return glue;
}

static void
finish (GlueHost *glue)
{
  if (glue->session != NULL)
    glue->protocol->commands->free (glue->session);
  net_host_close (glue->net);
  glue->funcs->free (glue);
  g_clear_pointer (&glue->own_pins, g_hash_table_unref);
  glue_nicks_free (glue);
  glue_settings_free (glue->settings);
  g_free (glue->news);
  g_free (glue);
}

static gboolean
on_finish (gpointer data)
{
  finish (data);
  return G_SOURCE_REMOVE;
}

void
glue_host_close (GlueHost *glue)
{
  PurpleConnection *gc;

  if (glue->session != NULL && glue->protocol->session_settle != NULL)
    glue->protocol->session_settle (glue->session);
  gc = g_steal_pointer (&glue->gc);
  if (glue->start_timer != 0)
    purple_timeout_remove (glue->start_timer);
  glue->start_timer = 0;
  /* Closing a question runs none of its callbacks. */
  purple_request_close_with_handle (gc);
  glue_trust_clear (glue);
  glue->funcs->closing (glue);
  glue->account = NULL;

  /* A session must not be freed under its own feet. It is silent already:
   * on_event() looks at gc. */
  if (glue->depth > 0)
    g_idle_add (on_finish, glue);
  else
    finish (glue);
}

/* --- times a server names ----------------------------------------------- */

static char *
hold_off_key (GlueHost *glue)
{
  g_autofree char *name = glue->protocol->normalize (
      purple_account_get_username (glue->account));

  return g_strdup_printf ("%s/%s/%s", glue->protocol->kind.word,
                          glue->settings->identity, name);
}

static void
hold_off (GlueHost *glue, guint seconds)
{
  gint64 *until = g_new (gint64, 1);

  if (hold_offs == NULL)
    hold_offs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       g_free);
  *until = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  g_hash_table_insert (hold_offs, hold_off_key (glue), until);
}

static guint
hold_off_left (GlueHost *glue)
{
  g_autofree char *key = hold_off_key (glue);
  gint64 *until =
      hold_offs != NULL ? g_hash_table_lookup (hold_offs, key) : NULL;
  gint64 left = until != NULL ? *until - g_get_monotonic_time () : 0;

  if (until == NULL)
    return 0;
  if (left > 0)
    return (guint) (left / G_USEC_PER_SEC) + 1;
  g_hash_table_remove (hold_offs, key);
  return 0;
}

static gboolean
on_start (gpointer data)
{
  GlueHost *glue = data;

  glue->start_timer = 0;
  glue->protocol->commands->start (glue->session);
  return G_SOURCE_REMOVE;
}

void
glue_host_start (GlueHost *glue)
{
  guint left = hold_off_left (glue);
  ImEvent event = { .type = IM_EVENT_PROGRESS };

  if (left == 0)
    {
      glue->protocol->commands->start (glue->session);
      return;
    }
  glue->start_timer = g_timeout_add_seconds (left, on_start, glue);
  event.progress.step = IM_STEP_WAITING;
  event.progress.seconds = left;
  on_event (glue, &event);
}

/* --- words -------------------------------------------------------------- */

static void
report (PurpleConnection *gc, const GlueProtocol *protocol,
        const GlueSettings *settings, const ImFailure *failure)
{
  PurpleAccount *account = purple_connection_get_account (gc);
  const GlueNetwork *network = settings != NULL ? settings->network : NULL;
  const GlueErrorContext context = {
    .network = network != NULL ? network->name
                               : purple_account_get_protocol_name (account),
    .account = purple_account_get_username (account),
    .signup = network != NULL ? network->signup : NULL,
    .hex_codes = protocol->hex_codes,
    .now = g_get_real_time () / G_USEC_PER_SEC,
  };
  g_autofree char *sentence = glue_error_sentence (failure, &context);

  purple_connection_error_reason (gc, glue_error_reason (failure->problem),
                                  sentence);
}

void
glue_host_failure (GlueHost *glue, const ImFailure *failure)
{
  if (failure->retry_after > 0)
    hold_off (glue, failure->retry_after);
  report (glue->gc, glue->protocol, glue->settings, failure);
}

void
glue_host_refuse (PurpleConnection *gc, const GlueProtocol *protocol,
                  const GlueSettings *settings, const ImFailure *failure)
{
  report (gc, protocol, settings, failure);
}

void
glue_tell_user (GlueHost *glue, PurpleNotifyMsgType type, const char *primary,
                const char *secondary)
{
  purple_notify_message (glue->gc, type, purple_account_get_protocol_name (
                                             glue->account),
                         primary, secondary, NULL, NULL);
}

void
glue_conversation_note (GlueHost *glue, const char *who, const char *html,
                        gboolean error)
{
  PurpleConversation *conv = purple_find_conversation_with_account (
      PURPLE_CONV_TYPE_IM, who, glue->account);
  PurpleMessageFlags flags =
      error ? PURPLE_MESSAGE_ERROR : PURPLE_MESSAGE_SYSTEM;

  if (conv == NULL && !error)
    return;
  if (conv == NULL)
    conv = purple_conversation_new (PURPLE_CONV_TYPE_IM, glue->account, who);
  if (conv == NULL)
    return;
  /* bitlbee drops system and error lines, but shows what a buddy "says". */
  if (glue_host_is_bitlbee ())
    purple_conv_im_write (PURPLE_CONV_IM (conv), who, html,
                          PURPLE_MESSAGE_SYSTEM, time (NULL));
  else
    purple_conversation_write (conv, NULL, html, flags, time (NULL));
}

/* --- files -------------------------------------------------------------- */

/* Found anew each time: bitlbee's user directory changes after loading. */
static char *
cache_path (GlueHost *glue, const char *name)
{
  g_autofree char *who = glue->protocol->normalize (
      purple_account_get_username (glue->account));
  g_autofree char *key =
      g_strdup_printf ("%s\n%s", glue->settings->identity, who);
  g_autofree char *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);

  hash[32] = '\0';
  return g_build_filename (purple_user_dir (), "purple-classic",
                           glue->protocol->kind.word, hash, name, NULL);
}

static gboolean
cache_name_ok (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return *name != '\0';
}

GBytes *
glue_cache_load (GlueHost *glue, const char *name)
{
  g_autofree char *path = NULL;
  char *data;
  gsize len;

  g_return_val_if_fail (cache_name_ok (name), NULL);
  path = cache_path (glue, name);
  if (!g_file_get_contents (path, &data, &len, NULL))
    return NULL;
  if (len > MAX_CACHE_FILE)
    {
      g_free (data);
      return NULL;
    }
  return g_bytes_new_take (data, len);
}

void
glue_cache_store (GlueHost *glue, const char *name, GBytes *data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *dir = NULL;
  gconstpointer bytes;
  gsize len;

  g_return_if_fail (cache_name_ok (name));
  path = cache_path (glue, name);
  if (data == NULL)
    {
      g_unlink (path);
      return;
    }
  dir = g_path_get_dirname (path);
  bytes = g_bytes_get_data (data, &len);
  if (g_mkdir_with_parents (dir, 0700) != 0 ||
      !g_file_set_contents_full (path, len > 0 ? bytes : "", (gssize) len,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    glue_debug (glue, "cannot keep %s: %s", name,
                error != NULL ? error->message : g_strerror (errno));
}
