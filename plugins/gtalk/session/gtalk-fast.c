#include "gtalk-fast.h"

#include <string.h>

#include "gtalk-kept.h"
#include "gtalk-negotiate-private.h"
#include "xmpp-time.h"

/* Tokens are short; longer ones are not worth keeping. */
#define MAX_TOKEN 4096

/* One that is about to expire may have done so when the server reads it. */
#define EXPIRY_MARGIN 30

/**
 * GtalkFast:
 * @mechanism: what the token is for; %AUTH_SASL_NONE if there is none
 * @token: (nullable): the token
 * @expiry: unix time, or 0 if the server did not say
 * @wanted: the mechanism of the token asked for, or %AUTH_SASL_NONE
 */
struct _GtalkFast
{
  AuthSaslName mechanism;
  ImSecret *token;
  gint64 expiry;
  AuthSaslName wanted;
};

/* What has a channel binding is of no use to who overheard it. */
static const struct
{
  AuthSaslName name;
  const char *binding; /* nullable */
} kinds[] = {
  { AUTH_SASL_HT_EXPORTER, "tls-exporter" },
  { AUTH_SASL_HT_END_POINT, "tls-server-end-point" },
  { AUTH_SASL_HT_UNBOUND, NULL },
};

/* Whom a token is for: the account, and every name the server's certificate
 * may have. With other settings it is somebody else's. */
static char *
place (const GtalkSession *session)
{
  const GtalkSettings *settings = &session->settings;
  GStrv domains = settings->domains;
  g_autofree char *names =
      domains != NULL ? g_strjoinv (",", domains) : g_strdup ("");

  return g_strdup_printf ("%s %s %s %s", settings->jid->bare,
                          settings->domain,
                          settings->server != NULL ? settings->server : "-",
                          names);
}

static void
forget (GtalkFast *fast)
{
  g_clear_pointer (&fast->token, im_secret_unref);
  fast->mechanism = AUTH_SASL_NONE;
}

/* --- keeping ------------------------------------------------------------------ */

static AuthSaslName
kind_of (const char *wire)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (wire, auth_sasl_wire_name (kinds[i].name)) == 0)
      return kinds[i].name;
  return AUTH_SASL_NONE;
}

/* "mechanism\nexpiry\nplace\ntoken" */
void
gtalk_fast_load (GtalkSession *session)
{
  GtalkFast *fast = g_new0 (GtalkFast, 1);
  g_autoptr (ImSecret) kept = gtalk_kept_load (session, GTALK_KEPT_TOKEN);
  g_auto (GStrv) lines = g_strsplit (im_secret_peek (kept), "\n", 4);
  g_autofree char *here = place (session);

  fast->mechanism = fast->wanted = AUTH_SASL_NONE;
  session->fast = fast;
  if (g_strv_length (lines) == 4 && strcmp (lines[2], here) == 0 &&
      kind_of (lines[0]) != AUTH_SASL_NONE)
    {
      fast->mechanism = kind_of (lines[0]);
      fast->expiry = g_ascii_strtoll (lines[1], NULL, 10);
      fast->token = im_secret_new (lines[3]);
    }
  if (g_strv_length (lines) == 4)
    im_secret_wipe (lines[3], strlen (lines[3]));
}

static void
keep (GtalkSession *session)
{
  const GtalkFast *fast = session->fast;
  g_autofree char *here = place (session);
  char *text = g_strdup_printf (
      "%s\n%" G_GINT64_FORMAT "\n%s\n%s",
      auth_sasl_wire_name (fast->mechanism), fast->expiry, here,
      im_secret_peek (fast->token));

  gtalk_kept_store (session, GTALK_KEPT_TOKEN, text);
  im_secret_wipe (text, strlen (text));
  g_free (text);
}

void
gtalk_fast_clear (GtalkSession *session)
{
  if (session->fast == NULL)
    return;
  forget (session->fast);
  g_clear_pointer (&session->fast, g_free);
}

/* --- using -------------------------------------------------------------------- */

/* Whether @kind can be used on this link; its binding goes to @ret. */
static gboolean
can_bind (GtalkSession *session, guint kind, GtalkBinding *ret)
{
  if (kinds[kind].binding == NULL)
    return TRUE;
  *ret = gtalk_sasl_binding (session, kinds[kind].binding);
  return ret->data != NULL;
}

static gboolean
is_fresh (GtalkSession *session)
{
  const GtalkFast *fast = session->fast;

  return fast->expiry == 0 ||
         fast->expiry >
             session->host->ops->wall_s (session->host) + EXPIRY_MARGIN;
}

/* Who chose how to sign in is not signed in otherwise. */
static gboolean
is_allowed (const GtalkSession *session)
{
  return session->settings.signin == GTALK_SIGNIN_AUTO &&
         gtalk_stream_is_encrypted (session->stream);
}

AuthSaslName
gtalk_fast_usable (GtalkSession *session, const GtalkOffer *offer,
                   GtalkBinding *ret_binding)
{
  const GtalkFast *fast = session->fast;

  *ret_binding = (GtalkBinding){ NULL, NULL };
  if (fast->token == NULL || !is_allowed (session) || !is_fresh (session))
    return AUTH_SASL_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].name == fast->mechanism &&
        gtalk_offer_has (offer->fast, auth_sasl_wire_name (kinds[i].name)) &&
        can_bind (session, i, ret_binding))
      return fast->mechanism;
  return AUTH_SASL_NONE;
}

ImSecret *
gtalk_fast_token (const GtalkSession *session)
{
  return session->fast->token;
}

void
gtalk_fast_request (GtalkSession *session, const GtalkOffer *offer,
                    XmppWriter *w)
{
  GtalkFast *fast = session->fast;

  fast->wanted = AUTH_SASL_NONE;
  if (!is_allowed (session) || (fast->token != NULL && is_fresh (session)))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const char *wire = auth_sasl_wire_name (kinds[i].name);
      g_auto (GtalkBinding) binding = { NULL, NULL };

      if (!gtalk_offer_has (offer->fast, wire) ||
          !can_bind (session, i, &binding))
        continue;
      fast->wanted = kinds[i].name;
      xmpp_open (w, "request-token", NS_FAST);
      xmpp_attr (w, "mechanism", wire);
      xmpp_close (w);
      return;
    }
}

void
gtalk_fast_renew (GtalkSession *session, const XmlNode *success)
{
  GtalkFast *fast = session->fast;
  const XmlNode *node = xml_node_first_ns (success, NS_FAST, "token");
  const char *token = xml_node_attribute (node, "token");
  AuthSaslName mechanism =
      fast->wanted != AUTH_SASL_NONE ? fast->wanted : fast->mechanism;

  /* The key file's lines end where lines end. */
  if (token == NULL || *token == '\0' || strlen (token) > MAX_TOKEN ||
      strpbrk (token, "\r\n") != NULL || mechanism == AUTH_SASL_NONE ||
      !is_allowed (session))
    return;
  forget (fast);
  fast->mechanism = mechanism;
  fast->token = im_secret_new (token);
  fast->expiry = xmpp_time_parse (xml_node_attribute (node, "expiry"));
  fast->wanted = AUTH_SASL_NONE;
  keep (session);
}

void
gtalk_fast_refused (GtalkSession *session)
{
  forget (session->fast);
  gtalk_kept_store (session, GTALK_KEPT_TOKEN, NULL);
}
