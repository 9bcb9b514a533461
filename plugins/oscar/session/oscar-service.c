/* A service comes up like this:
 *
 *   oscar_service_open ()          -> 01/04 on the session's connection
 *   oscar_services_response ()     <- 01/05, address and cookie
 *     on_opened ()                 -> SIGNON, 01/17 01/06 01/08 01/02
 *     on_snac ()                   <- 01/03: ready
 *
 * In lock-step each of these waits for what comes before it: SIGNON, 01/03,
 * 01/18, 01/07; the service is ready with the last. */

#include "oscar-service.h"

#include <string.h>

struct _OscarService
{
  OscarSession *session;  /* borrowed: it ends its services first */
  guint16 foodgroup;
  guint32 request;        /* of 01/04; 0 once answered */
  const OscarServiceHandlers *handlers;
  gpointer user;
  OscarConn *conn;
  OscarAddress address;
  GBytes *cookie;
  ImTimer *timer;
  gboolean ready;
};

static gboolean
in_steps (const OscarSession *session)
{
  return session->careful ||
         (session->settings.quirks & OSCAR_QUIRK_LOCK_STEP) != 0;
}

static void
end (OscarService *service, ImProblem problem)
{
  service->handlers->closed (service->user, service, problem);
}

static void
on_timer (gpointer user)
{
  OscarService *service = user;

  service->timer = NULL;
  end (service, IM_PROBLEM_TIMED_OUT);
}

static void
stop_timer (OscarService *service)
{
  const ImHostOps *ops = service->session->host->ops;

  ops->timer_cancel (service->session->host, g_steal_pointer (&service->timer));
}

static guint32
send_oservice (OscarService *service, guint16 subtype, ImWriter *body)
{
  return oscar_conn_send_snac (service->conn, OSCAR_FG_OSERVICE, subtype, body,
                               OSCAR_PRIORITY_USER);
}

static void
send_signon (OscarService *service)
{
  g_auto (ImWriter) body = { 0 };
  g_autoptr (GBytes) payload = NULL;
  OscarFlapSignon signon = {
    .version = 1,
    .cookie = service->cookie,
    .multi = OSCAR_MULTI_MANY,
  };

  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  oscar_flap_encode_signon (&body, &signon);
  payload = im_writer_finish (&body, NULL);
  if (payload != NULL)
    oscar_conn_send_flap (service->conn, OSCAR_FLAP_SIGNON, payload);
  g_clear_pointer (&service->cookie, g_bytes_unref);
}

static void
fill_versions (const OscarService *service, OscarFoodgroupVersions *ret)
{
  const OscarFoodgroupVersions versions = {
    2, { { OSCAR_FG_OSERVICE, 3, 0x0010, 0x0629 },
         { service->foodgroup, 1, 0x0010, 0x0629 } }
  };

  *ret = versions;
}

static void
send_versions (OscarService *service)
{
  OscarFoodgroupVersions versions;
  g_auto (ImWriter) body = { 0 };

  fill_versions (service, &versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_versions (&body, &versions);
  send_oservice (service, OSCAR_OSERVICE_CLIENT_VERSIONS, &body);
}

static void
send_online (OscarService *service)
{
  static const OscarFoodgroups classes = { 5, { 1, 2, 3, 4, 5 } };
  OscarFoodgroupVersions versions;
  g_auto (ImWriter) subscribed = { 0 };
  g_auto (ImWriter) online = { 0 };

  fill_versions (service, &versions);
  im_writer_init (&subscribed, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_foodgroups (&subscribed, &classes);
  im_writer_init (&online, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_client_online (&online, &versions);
  send_oservice (service, OSCAR_OSERVICE_RATE_SUBSCRIBE, &subscribed);
  send_oservice (service, OSCAR_OSERVICE_CLIENT_ONLINE, &online);
}

static void
send_bring_up (OscarService *service)
{
  send_versions (service);
  send_oservice (service, OSCAR_OSERVICE_RATE_QUERY, NULL);
  send_online (service);
}

static void
on_opened (gpointer user, OscarConn *conn)
{
  OscarService *service = user;

  if (in_steps (service->session))
    return;
  send_signon (service);
  send_bring_up (service);
}

static void
on_signon (gpointer user, OscarConn *conn)
{
  OscarService *service = user;

  if (service->cookie != NULL)
    send_signon (service);
}

static void
on_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  end (user, IM_PROBLEM_SERVER_CLOSING);
}

static void
become_ready (OscarService *service)
{
  if (service->ready)
    return;
  service->ready = TRUE;
  stop_timer (service);
  oscar_conn_keep_alive (service->conn, 0);
  service->handlers->ready (service->user, service);
}

static void
handle_rates (OscarService *service, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarRates rates;

  if (oscar_rate_decode_reply (&body, &rates, NULL))
    oscar_conn_learn_rates (service->conn, &rates);
  if (!in_steps (service->session) || service->ready)
    return;
  send_online (service);
  become_ready (service);
}

static void
handle_rate_change (OscarService *service, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarRateChange change;

  if (oscar_rate_decode_change (&body, &change, NULL))
    oscar_conn_change_rates (service->conn, &change);
}

static void
handle_host_online (OscarService *service)
{
  if (in_steps (service->session))
    send_versions (service);
  else
    become_ready (service);
}

static void
handle_versions (OscarService *service)
{
  if (in_steps (service->session) && !service->ready)
    send_oservice (service, OSCAR_OSERVICE_RATE_QUERY, NULL);
}

static void
on_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  OscarService *service = user;

  if (snac->foodgroup == service->foodgroup)
    service->handlers->snac (service->user, service, snac);
  else if (snac->foodgroup != OSCAR_FG_OSERVICE)
    return;
  else if (snac->subtype == OSCAR_OSERVICE_HOST_ONLINE)
    handle_host_online (service);
  else if (snac->subtype == OSCAR_OSERVICE_HOST_VERSIONS)
    handle_versions (service);
  else if (snac->subtype == OSCAR_OSERVICE_RATE_REPLY)
    handle_rates (service, snac);
  else if (snac->subtype == OSCAR_OSERVICE_RATE_CHANGE)
    handle_rate_change (service, snac);
}

static void
on_closed (gpointer user, OscarConn *conn, const GError *error)
{
  end (user, error != NULL && error->domain == IM_PROBLEM
                 ? (ImProblem) error->code
                 : IM_PROBLEM_LOST);
}

static const OscarConnHandlers conn_handlers = {
  .opened = on_opened,
  .signon = on_signon,
  .signoff = on_signoff,
  .snac = on_snac,
  .closed = on_closed,
};

/* --- Asking ------------------------------------------------------------- */

static void
ask (OscarService *service, const OscarRoom *room)
{
  OscarSession *session = service->session;
  g_auto (ImWriter) body = { 0 };
  OscarServiceRequest request = {
    .foodgroup = service->foodgroup,
    /* A server without an encrypted listener refuses such a request, so it
     * is asked only by those who came encrypted themselves. */
    .tls = session->bos_address.tls,
  };

  if (room != NULL)
    request.room = *room;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_service_request (&body, &request);
  service->request = oscar_conn_send_snac (
      session->bos, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_SERVICE_REQUEST, &body,
      OSCAR_PRIORITY_USER);
}

OscarService *
oscar_service_open (OscarSession *session, guint16 foodgroup,
                    const OscarRoom *room,
                    const OscarServiceHandlers *handlers, gpointer user)
{
  OscarService *service;

  if (session->bos == NULL || session->services.length >= IM_MAX_SERVICES)
    return NULL;
  service = g_new0 (OscarService, 1);
  service->session = session;
  service->foodgroup = foodgroup;
  service->handlers = handlers;
  service->user = user;
  g_queue_push_tail (&session->services, service);
  service->timer = session->host->ops->timer_add (
      session->host, IM_SERVICE_SECONDS * 1000, on_timer, service);
  ask (service, room);
  return service;
}

void
oscar_service_close (OscarService *service)
{
  if (service == NULL)
    return;
  g_queue_remove (&service->session->services, service);
  stop_timer (service);
  oscar_conn_close (g_steal_pointer (&service->conn));
  oscar_address_clear (&service->address);
  g_clear_pointer (&service->cookie, g_bytes_unref);
  g_free (service);
}

gboolean
oscar_service_is_ready (const OscarService *service)
{
  return service->ready;
}

guint32
oscar_service_send (OscarService *service, guint16 subtype, ImWriter *body,
                    OscarPriority priority)
{
  if (!service->ready)
    return 0;
  return oscar_conn_send_snac (service->conn, service->foodgroup, subtype,
                               body, priority);
}

/* --- Answers ------------------------------------------------------------ */

/* By request, and where a server does not echo that, by food group. */
static OscarService *
find_asking (OscarSession *session, guint32 request, guint16 foodgroup)
{
  OscarService *same_group = NULL;

  for (GList *l = session->services.head; l != NULL; l = l->next)
    {
      OscarService *service = l->data;

      if (service->request == 0)
        continue;
      if (service->request == request)
        return service;
      if (same_group == NULL && service->foodgroup == foodgroup)
        same_group = service;
    }
  return same_group;
}

static void
connect_to (OscarService *service, OscarServiceResponse *response)
{
  OscarSession *session = service->session;
  OscarPlace place = { response->host, response->tls_name,
                       response->tls_state };
  ImLinkTarget target = { 0 };
  ImFailure failure;

  if (!oscar_signon_locate (session, &place, &service->address, &failure))
    {
      end (service, failure.problem);
      return;
    }
  service->cookie = g_steal_pointer (&response->cookie);
  target.host = service->address.host;
  target.port = service->address.port;
  target.tls = service->address.tls;
  target.verify_name = service->address.verify_name;
  service->conn =
      oscar_conn_open (session->host, &target, &conn_handlers, service);
}

void
oscar_services_response (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarServiceResponse) response = { 0 };
  OscarService *service;

  if (!oscar_oservice_decode_service_response (&body, &response, NULL))
    return;
  service = find_asking (session, snac->request_id, response.foodgroup);
  if (service == NULL || service->foodgroup != response.foodgroup)
    return;
  service->request = 0;
  if (response.cookie == NULL)
    end (service, IM_PROBLEM_PROTOCOL);
  else
    connect_to (service, &response);
}

gboolean
oscar_services_error (OscarSession *session, guint32 request)
{
  OscarService *service = find_asking (session, request, 0);

  if (service == NULL || service->request != request)
    return FALSE;
  service->request = 0;
  end (service, IM_PROBLEM_UNAVAILABLE);
  return TRUE;
}

void
oscar_services_stop (OscarSession *session)
{
  OscarService *service;

  while ((service = g_queue_peek_head (&session->services)) != NULL)
    {
      gpointer before = service;

      end (service, IM_PROBLEM_LOST);
      /* Owners close their service when they hear that; one that does not
       * must not keep us here. */
      if (g_queue_peek_head (&session->services) == before)
        oscar_service_close (service);
    }
}
