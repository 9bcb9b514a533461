/* UAS, sign-on by Kerberos tickets: one SNAC in the body of one HTTPS
 * request, one in the answer. What the tickets are worth lies in the address
 * and the cookie that come with them. */

#include "oscar-signon-private.h"

#include <string.h>

#include "auth-oscar-roast.h"
#include "oscar-uas.h"

#define SNAC_TYPE "application/x-snac"

/* The service has no room for more; every client cut it off here. */
#define MAX_PASSWORD 16

/* Where the address of a ticket names no port. */
#define DEFAULT_PORT 443

static void
refuse (OscarSession *session, const OscarUasReply *reply)
{
  ImFailure failure = {
    /* Open OSCAR Server says the same of every refusal. */
    .problem = reply->error == OSCAR_UAS_ERROR_REFUSED
                   ? IM_PROBLEM_WRONG_PASSWORD
                   : IM_PROBLEM_SIGNON_FAILED,
    .host = session->signin.host,
    .port = session->signin.port,
    .code = reply->error,
    .detail = reply->error_text,
  };

  oscar_session_fail (session, &failure);
}

static void
handle_reply (OscarSession *session, const OscarUasReply *reply)
{
  const OscarLoginReply login = {
    .host = reply->host,
    .cookie = reply->cookie,
    .tls_name = reply->tls_name,
    .tls_state = reply->tls_state,
  };

  if (!reply->accepted)
    refuse (session, reply);
  else if (reply->host == NULL || reply->cookie == NULL)
    oscar_signon_fail (session, IM_PROBLEM_PROTOCOL,
                       "no ticket for a session came");
  else
    oscar_signon_finish (session, &login, DEFAULT_PORT);
}

static void
on_response (OscarSession *session, const ImHttpResponse *response)
{
  g_auto (OscarUasReply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  ImReader reader;

  if (response->status != 200 || !oscar_signon_is_type (response, SNAC_TYPE))
    {
      oscar_signon_fail_http (session, response);
      return;
    }
  im_reader_init_bytes (&reader, response->body);
  if (oscar_uas_decode_reply (&reader, &reply, &error))
    handle_reply (session, &reply);
  else
    oscar_signon_fail_protocol (session, "sign-on reply", error);
}

static GBytes *
encode_request (OscarSession *session)
{
  const char *typed = im_secret_peek (session->settings.password);
  guint8 roasted[MAX_PASSWORD];
  g_auto (ImWriter) writer = { 0 };
  OscarUasRequest request = {
    .name = session->settings.name,
    .roasted = roasted,
    .roasted_len = MIN (strlen (typed), sizeof roasted),
    .key = session->settings.web_key,
  };

  session->host->ops->random (session->host, &request.tag,
                              sizeof request.tag);
  auth_oscar_roast (AUTH_OSCAR_ROAST_KERBEROS, typed, request.roasted_len,
                    roasted);
  im_writer_init (&writer, IM_MAX_FLAP_SENT);
  oscar_uas_encode_request (&writer, &request);
  im_secret_wipe (roasted, sizeof roasted);
  if (writer.overflow)
    return NULL;
  return oscar_signon_secret_bytes (&writer);
}

void
oscar_signon_uas_start (OscarSession *session)
{
  static const char *const headers[] = { "Accept", SNAC_TYPE, NULL };
  g_autoptr (GBytes) body = NULL;
  ImHttpRequest request = {
    .method = "POST",
    .url = session->settings.web_url,
    .headers = headers,
    .content_type = SNAC_TYPE,
  };

  if (!oscar_signon_use_url (session, session->settings.web_url))
    return;
  body = encode_request (session);
  if (body == NULL)
    {
      oscar_signon_fail (session, IM_PROBLEM_SETTINGS,
                         "the user name is too long");
      return;
    }
  request.body = body;
  oscar_signon_fetch (session, &request, on_response);
}
