#include "oscar-errand.h"

/* Without a request for this long, the connection is closed. */
#define IDLE_SECONDS 180

typedef struct
{
  gpointer request; /* owned */
  guint32 id;       /* 0 until it was sent */
} Errand;

struct _OscarErrands
{
  OscarSession *session;
  const OscarErrandFuncs *funcs;
  OscarService *service; /* nullable */
  GQueue list;           /* owned Errand, oldest first */
  ImTimer *timer;        /* for an answer, or for being idle */
};

OscarErrands *
oscar_errands_new (OscarSession *session, const OscarErrandFuncs *funcs)
{
  OscarErrands *errands = g_new0 (OscarErrands, 1);

  errands->session = session;
  errands->funcs = funcs;
  return errands;
}

static void
errand_free (OscarErrands *errands, Errand *errand)
{
  errands->funcs->free (errand->request);
  g_free (errand);
}

static void
stop_timer (OscarErrands *errands)
{
  ImHost *host = errands->session->host;

  host->ops->timer_cancel (host, g_steal_pointer (&errands->timer));
}

void
oscar_errands_stop (OscarErrands *errands)
{
  Errand *errand;

  stop_timer (errands);
  oscar_service_close (g_steal_pointer (&errands->service));
  while ((errand = g_queue_pop_head (&errands->list)) != NULL)
    errand_free (errands, errand);
}

void
oscar_errands_free (OscarErrands *errands)
{
  Errand *errand;

  while ((errand = g_queue_pop_head (&errands->list)) != NULL)
    errand_free (errands, errand);
  g_free (errands);
}

static void
finish (OscarErrands *errands, Errand *errand, const OscarSnac *snac,
        ImProblem problem)
{
  g_queue_remove (&errands->list, errand);
  errands->funcs->answer (errands->session, errand->request, snac, problem);
  errand_free (errands, errand);
}

static void
fail_all (OscarErrands *errands, ImProblem problem)
{
  GQueue list = errands->list;
  Errand *errand;

  /* Answers may bring new requests, which are none of these. */
  g_queue_init (&errands->list);
  while ((errand = g_queue_pop_head (&list)) != NULL)
    {
      errands->funcs->answer (errands->session, errand->request, NULL,
                              problem);
      errand_free (errands, errand);
    }
}

static void
on_timer (gpointer user)
{
  OscarErrands *errands = user;

  errands->timer = NULL;
  oscar_service_close (g_steal_pointer (&errands->service));
  fail_all (errands, IM_PROBLEM_TIMED_OUT);
}

static void
watch (OscarErrands *errands)
{
  ImHost *host = errands->session->host;
  guint seconds = errands->list.length > 0 ? IM_PENDING_REQUEST_SECONDS
                                           : IDLE_SECONDS;

  stop_timer (errands);
  if (errands->service != NULL)
    errands->timer =
        host->ops->timer_add (host, seconds * 1000, on_timer, errands);
}

static void
send_waiting (OscarErrands *errands)
{
  for (GList *l = errands->list.head; l != NULL; l = l->next)
    {
      Errand *errand = l->data;
      g_auto (ImWriter) body = { 0 };
      guint16 subtype;

      if (errand->id != 0)
        continue;
      im_writer_init (&body, IM_MAX_FLAP_SENT);
      subtype = errands->funcs->encode (errands->session, errand->request,
                                        &body);
      errand->id = oscar_service_send (errands->service, subtype, &body,
                                       OSCAR_PRIORITY_USER);
    }
  watch (errands);
}

static void
on_ready (gpointer user, OscarService *service)
{
  send_waiting (user);
}

static void
on_snac (gpointer user, OscarService *service, const OscarSnac *snac)
{
  OscarErrands *errands = user;

  for (GList *l = errands->list.head; l != NULL; l = l->next)
    {
      Errand *errand = l->data;

      if (errand->id != snac->request_id)
        continue;
      finish (errands, errand, snac, IM_PROBLEM_OTHER);
      watch (errands);
      return;
    }
}

static void
on_closed (gpointer user, OscarService *service, ImProblem problem)
{
  OscarErrands *errands = user;

  stop_timer (errands);
  oscar_service_close (g_steal_pointer (&errands->service));
  fail_all (errands, problem);
}

static const OscarServiceHandlers handlers = {
  .ready = on_ready,
  .snac = on_snac,
  .closed = on_closed,
};

void
oscar_errands_add (OscarErrands *errands, gpointer request)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->request = request;
  g_queue_push_tail (&errands->list, errand);
  if (errands->service == NULL)
    errands->service =
        oscar_service_open (errands->session, errands->funcs->foodgroup, NULL,
                            &handlers, errands);
  if (errands->service == NULL)
    fail_all (errands, IM_PROBLEM_UNAVAILABLE);
  else if (oscar_service_is_ready (errands->service))
    send_waiting (errands);
}
