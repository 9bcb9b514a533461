/* What the sign-ons over HTTPS have in common. Redirects are not followed and
 * nothing of a request is logged: both its address and its body may carry
 * what lets others in. */

#include "oscar-signon-private.h"

#include <string.h>

/* The answers of sign-in servers have less than a hundredth of this. */
#define MAX_ANSWER (64 * 1024)

/* Seconds to stay away for a server that wants us slower but names no time. */
#define RETRY_SOON 60

static gboolean
fail_url (OscarSession *session, const char *why)
{
  oscar_session_fail_simple (session, IM_PROBLEM_SETTINGS, NULL, 0, why);
  return FALSE;
}

gboolean
oscar_signon_use_url (OscarSession *session, const char *url)
{
  g_autoptr (GUri) uri =
      url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean tls = strcmp (scheme, "https") == 0;

  if (host == NULL || *host == '\0' || (!tls && strcmp (scheme, "http") != 0))
    return fail_url (session, "this sign-in method needs a web address");
  if (!tls && session->settings.security != OSCAR_SECURITY_OFF)
    return fail_url (session, "the web address is not encrypted");
  oscar_address_clear (&session->signin);
  session->signin.host = g_strdup (host);
  session->signin.port = (guint16) (g_uri_get_port (uri) > 0
                                        ? g_uri_get_port (uri)
                                        : (tls ? 443 : 80));
  session->signin.tls = tls;
  return TRUE;
}

static void
on_answer (gpointer user, const ImHttpResponse *response, const GError *error)
{
  OscarSession *session = user;

  session->http = NULL;
  if (error != NULL)
    oscar_session_fail_link (session, error, &session->signin);
  else
    session->http_answer (session, response);
}

void
oscar_signon_fetch (OscarSession *session, ImHttpRequest *request,
                    OscarSignonAnswer answer)
{
  oscar_session_set_state (session, OSCAR_STATE_AUTH_WEB);
  oscar_session_progress (session, IM_STEP_SIGNING_IN);
  if (session->gone)
    return;
  request->max_body = MAX_ANSWER;
  request->secret = TRUE;
  session->http_answer = answer;
  session->http = session->host->ops->http_send (session->host, request,
                                                 on_answer, session);
}

static const char *
header (const ImHttpResponse *response, const char *name)
{
  for (const char *const *h = response->headers; h[0] != NULL; h += 2)
    if (g_ascii_strcasecmp (h[0], name) == 0)
      return h[1];
  return "";
}

gboolean
oscar_signon_is_type (const ImHttpResponse *response, const char *type)
{
  const char *have = header (response, "Content-Type");
  gsize len = strcspn (have, "; \t");

  return len == strlen (type) && g_ascii_strncasecmp (have, type, len) == 0;
}

static guint
retry_after (const ImHttpResponse *response)
{
  guint64 seconds;

  if (!g_ascii_string_to_unsigned (header (response, "Retry-After"), 10, 1,
                                   IM_MAX_RETRY_SECONDS, &seconds, NULL))
    return RETRY_SOON;
  return (guint) seconds;
}

void
oscar_signon_fail_http (OscarSession *session, const ImHttpResponse *response)
{
  g_autofree char *detail = g_strdup_printf ("HTTP %u", response->status);
  ImFailure failure = {
    .problem = IM_PROBLEM_PROTOCOL,
    .host = session->signin.host,
    .port = session->signin.port,
    .detail = detail,
  };

  if (response->status == 429)
    {
      failure.problem = IM_PROBLEM_RATE_LIMITED;
      failure.retry_after = retry_after (response);
    }
  else if (response->status >= 500)
    failure.problem = IM_PROBLEM_UNAVAILABLE;
  else if (response->status == 400)
    failure.problem = IM_PROBLEM_REFUSED_REQUEST;
  oscar_session_fail (session, &failure);
}

static void
wipe (gpointer data)
{
  GByteArray *bytes = data;

  im_secret_wipe (bytes->data, bytes->len);
  g_byte_array_unref (bytes);
}

GBytes *
oscar_signon_secret_bytes (ImWriter *writer)
{
  GByteArray *bytes = g_steal_pointer (&writer->bytes);

  return g_bytes_new_with_free_func (bytes->data, bytes->len, wipe, bytes);
}
