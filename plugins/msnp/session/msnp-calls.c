/* One question to the address book or to the memberships.
 *
 *   msnp_call ()
 *     on_ticket ()     a ticket for contacts, maybe a fresh one
 *       on_response ()   the answer; once more with a new ticket, or elsewhere
 *         finish () */

#include "msnp-contacts-private.h"

#include <string.h>

struct _MsnpCaller
{
  GPtrArray *calls;    /* owned MsnpCall */
  char *cache_keys[2]; /* by MsnpSoapService */
};

struct _MsnpCall
{
  MsnpSession *session;
  MsnpCallPlan plan;
  ImHttp *http;      /* nullable */
  ImTimer *timer;    /* nullable: there is nobody to ask */
  char *url;         /* nullable: elsewhere than in the settings */
  gboolean renewed;  /* a new ticket was tried */
};

static void
call_free (gpointer data)
{
  MsnpCall *call = data;
  MsnpSession *session = call->session;

  msnp_tickets_forget (session, call);
  if (call->http != NULL)
    session->host->ops->http_cancel (session->host, call->http);
  session->host->ops->timer_cancel (session->host, call->timer);
  if (call->plan.destroy != NULL)
    call->plan.destroy (call->plan.data);
  g_free (call->url);
  g_free (call);
}

void
msnp_calls_init (MsnpSession *session)
{
  session->contacts->caller = g_new0 (MsnpCaller, 1);
  session->contacts->caller->calls = g_ptr_array_new_with_free_func (call_free);
}

void
msnp_calls_clear (MsnpSession *session)
{
  MsnpCaller *caller = session->contacts->caller;

  g_ptr_array_unref (caller->calls);
  g_free (caller->cache_keys[0]);
  g_free (caller->cache_keys[1]);
  g_clear_pointer (&session->contacts->caller, g_free);
}

void
msnp_calls_cancel (MsnpSession *session)
{
  g_ptr_array_set_size (session->contacts->caller->calls, 0);
}

void
msnp_calls_learn (MsnpSession *session, MsnpSoapService service,
                  const MsnpSoapReply *reply)
{
  char **key = &session->contacts->caller->cache_keys[service];

  if (reply->cache_key == NULL)
    return;
  g_free (*key);
  *key = g_strdup (reply->cache_key);
}

/* --- the answer --------------------------------------------------------- */

static void ask (MsnpCall *call);

/* The call is over before its owner hears of it, who may begin others. */
static void
finish (MsnpCall *call, const MsnpCallResult *result)
{
  MsnpSession *session = call->session;
  guint index;

  msnp_session_ref (session);
  if (g_ptr_array_find (session->contacts->caller->calls, call, &index))
    g_ptr_array_steal_index (session->contacts->caller->calls, index);
  if (call->plan.done != NULL && !session->gone)
    call->plan.done (session, result, call->plan.data);
  call_free (call);
  msnp_session_unref (session);
}

static void
finish_with (MsnpCall *call, guint status, const char *detail)
{
  MsnpCallResult result = { .fault = msnp_error_for_fault (status, NULL),
                            .detail = detail };

  finish (call, &result);
}

/* Only to where the settings would have let us go, and encrypted. */
static gboolean
may_follow (MsnpSession *session, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return uri != NULL && strcmp (g_uri_get_scheme (uri), "https") == 0 &&
         g_uri_get_host (uri) != NULL && g_uri_get_userinfo (uri) == NULL &&
         msnp_signon_may_contact (session, g_uri_get_host (uri));
}

/* Whether the same is asked once more. */
static gboolean
try_again (MsnpCall *call, const MsnpFault *fault, const MsnpSoapReply *reply)
{
  if (fault->act == MSNP_FAULT_TICKET && !call->renewed)
    {
      call->renewed = TRUE;
      msnp_tickets_expire (call->session, AUTH_MSN_SITE_CONTACTS);
      ask (call);
      return TRUE;
    }
  if (fault->act == MSNP_FAULT_REDIRECT && call->url == NULL &&
      reply->redirect != NULL && may_follow (call->session, reply->redirect))
    {
      call->url = g_strdup (reply->redirect);
      ask (call);
      return TRUE;
    }
  return FALSE;
}

static void
judge (MsnpCall *call, guint status, GBytes *body)
{
  g_auto (MsnpSoapReply) reply = { NULL };
  gboolean readable = msnp_soap_decode (body, &reply, NULL);
  MsnpCallResult result = { .reply = readable ? &reply : NULL };

  result.fault = msnp_error_for_fault (status, result.reply);
  result.detail = reply.text;
  if (readable)
    msnp_calls_learn (call->session, call->plan.service, &reply);
  /* Something that is no answer says nothing of what was asked for. */
  else if (result.fault == NULL)
    result.fault = msnp_error_for_fault (500, NULL);
  if (result.fault == NULL || !try_again (call, result.fault, &reply))
    finish (call, &result);
}

static void
on_response (gpointer user, const ImHttpResponse *response,
             const GError *error)
{
  MsnpCall *call = user;
  MsnpCallResult result = { NULL };

  call->http = NULL;
  if (response == NULL)
    finish_with (call, 503, error->message);
  else if (call->plan.list && response->status == 200)
    {
      result.body = response->body;
      finish (call, &result);
    }
  else
    judge (call, response->status, response->body);
}

/* --- the question ------------------------------------------------------- */

static const char *
url_of (const MsnpCall *call)
{
  const MsnpSettings *settings = &call->session->settings;

  if (call->url != NULL)
    return call->url;
  return call->plan.service == MSNP_SOAP_CONTACTS ? settings->address_book
                                                  : settings->sharing;
}

static void
send_request (MsnpCall *call, const ImSecret *ticket)
{
  MsnpSession *session = call->session;
  MsnpSoapCaller caller = {
    .ticket = ticket,
    .cache_key = session->contacts->caller->cache_keys[call->plan.service],
  };
  g_auto (MsnpSoapRequest) made = { 0 };
  ImHttpRequest request = {
    .method = "POST",
    .url = url_of (call),
    .content_type = MSNP_SOAP_TYPE,
    .max_body = call->plan.list ? IM_MAX_MSNP_BOOK : IM_MAX_HTTP_BODY,
    .secret = TRUE,
    .repeatable = call->plan.list,
  };
  const char *headers[3] = { "SOAPAction", NULL, NULL };

  call->plan.make (&caller, call->plan.data, &made);
  headers[1] = made.action;
  request.headers = headers;
  request.body = made.body;
  im_host_debug (session->host, "msnp: asking %s", made.action);
  call->http = session->host->ops->http_send (session->host, &request,
                                              on_response, call);
}

static void
on_nobody (gpointer user)
{
  MsnpCall *call = user;

  call->timer = NULL;
  finish_with (call, 404, NULL);
}

static void
on_ticket (MsnpSession *session, const ImSecret *ticket,
           const ImFailure *failure, gpointer user)
{
  MsnpCall *call = user;

  if (ticket == NULL)
    finish_with (call, 401, failure->detail);
  else
    send_request (call, ticket);
}

static void
ask (MsnpCall *call)
{
  MsnpSession *session = call->session;

  if (url_of (call) != NULL)
    msnp_tickets_want (session, AUTH_MSN_SITE_CONTACTS, on_ticket, call);
  else
    call->timer =
        session->host->ops->timer_add (session->host, 0, on_nobody, call);
}

void
msnp_call (MsnpSession *session, const MsnpCallPlan *plan)
{
  MsnpCall *call = g_new0 (MsnpCall, 1);

  call->session = session;
  call->plan = *plan;
  g_ptr_array_add (session->contacts->caller->calls, call);
  ask (call);
}
