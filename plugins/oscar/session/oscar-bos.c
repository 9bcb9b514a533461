/* On the server that keeps the session ("BOS"): bring-up, the table of what
 * it may say, and the end.
 *
 * Bring-up, proven with Open OSCAR Server, is one flight:
 *
 *   oscar_bos_begin ()
 *     -> SIGNON with the cookie
 *     -> send_negotiation ()   01/17 01/06 01/08
 *     -> send_queries ()       01/0E 02/02 03/02 04/04 09/02 13/02 13/05
 *     -> send_presence ()      13/07 04/02 02/04 01/1E 01/14 01/02 04/10
 *
 * With %OSCAR_QUIRK_LOCK_STEP each line waits for the answer of the one
 * before: on_signon (), handle_host_online (), handle_host_versions (),
 * handle_rates (), settle (). Either way finish () decides that we are
 * online, once every answer of #OscarWait is in and the list reported. */

#include "oscar-session-private.h"

#include <string.h>

#include "oscar-bucp.h"
#include "oscar-buddy.h"
#include "oscar-icq-private.h"
#include "oscar-icons.h"
#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"
#include "oscar-search.h"
#include "oscar-service.h"

/* Some servers leave rights queries unanswered; after this many seconds the
 * defaults will do. */
#define RIGHTS_SECONDS 10

/* What is tolerated before the list; a server that proceeds in order sends
 * nothing then. */
#define MAX_EARLY 1024

/* A SNAC that came too early to be understood. */
typedef struct
{
  OscarSnac snac;
  GBytes *body; /* owned; what snac.body points into */
} Early;

static gboolean
lock_step (const OscarSession *session)
{
  return session->careful ||
         (session->settings.quirks & OSCAR_QUIRK_LOCK_STEP) != 0;
}

guint32
oscar_bos_send (OscarSession *session, guint16 group, guint16 subtype,
                ImWriter *body)
{
  return oscar_conn_send_snac (session->bos, group, subtype, body,
                               OSCAR_PRIORITY_USER);
}

/* --- What we say -------------------------------------------------------- */

/* The versions we speak. OSERVICE 4 tells of the account's other sessions. */
static const OscarFoodgroupVersion spoken[] = {
  { OSCAR_FG_OSERVICE, 4, 0x0110, 0x0629 },
  { OSCAR_FG_LOCATE, 1, 0x0110, 0x0629 },
  { OSCAR_FG_BUDDY, 1, 0x0110, 0x0629 },
  { OSCAR_FG_ICBM, 1, 0x0110, 0x0629 },
  { OSCAR_FG_PD, 1, 0x0110, 0x0629 },
  { OSCAR_FG_FEEDBAG, 4, 0x0110, 0x0629 },
  { OSCAR_FG_ICQ, 1, 0x0110, 0x047c },
};

void
oscar_bos_fill_versions (OscarFoodgroupVersions *versions)
{
  versions->n = G_N_ELEMENTS (spoken);
  memcpy (versions->list, spoken, sizeof spoken);
}

static void
send_signon (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  g_autoptr (GBytes) payload = NULL;
  OscarFlapSignon signon = {
    .version = 1,
    .cookie = session->cookie,
    .multi = oscar_session_multi (session),
  };

  oscar_session_client_id (session, &signon.client);
  im_writer_init (&body, IM_MAX_FLAP_PAYLOAD);
  oscar_flap_encode_signon (&body, &signon);
  payload = im_writer_finish (&body, NULL);
  if (payload != NULL)
    oscar_conn_send_flap (session->bos, OSCAR_FLAP_SIGNON, payload);
  g_clear_pointer (&session->cookie, g_bytes_unref); /* it is used up */
}

static void
send_versions (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  OscarFoodgroupVersions versions;

  oscar_bos_fill_versions (&versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_versions (&body, &versions);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_CLIENT_VERSIONS, &body);
}

static void
send_subscription (OscarSession *session, const OscarFoodgroups *classes)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_foodgroups (&body, classes);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_SUBSCRIBE, &body);
}

/* Every server known numbers its classes 1 to 5. */
static void
send_negotiation (OscarSession *session)
{
  static const OscarFoodgroups classes = { 5, { 1, 2, 3, 4, 5 } };

  send_versions (session);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_QUERY, NULL);
  send_subscription (session, &classes);
}

static void
send_queries (OscarSession *session)
{
  g_auto (ImWriter) flags = { 0 };

  im_writer_init (&flags, IM_MAX_FLAP_SENT);
  oscar_buddy_encode_rights_query (&flags, OSCAR_BUDDY_WANTS_BART);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_USER_INFO_QUERY, NULL);
  oscar_bos_send (session, OSCAR_FG_LOCATE, OSCAR_LOCATE_RIGHTS_QUERY, NULL);
  oscar_bos_send (session, OSCAR_FG_BUDDY, OSCAR_BUDDY_RIGHTS_QUERY, &flags);
  oscar_bos_send (session, OSCAR_FG_ICBM, OSCAR_ICBM_PARAMETERS_QUERY, NULL);
  oscar_bos_send (session, OSCAR_FG_PD, OSCAR_PD_RIGHTS_QUERY, NULL);
  oscar_bos_send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_RIGHTS_QUERY, NULL);
  oscar_list_query (session);
}

static void
send_client_online (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  OscarFoodgroupVersions versions;

  oscar_bos_fill_versions (&versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_client_online (&body, &versions);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_CLIENT_ONLINE, &body);
}

static void
send_presence (OscarSession *session)
{
  oscar_own_send_all (session);
  send_client_online (session);
  oscar_bos_send (session, OSCAR_FG_ICBM, OSCAR_ICBM_OFFLINE_RETRIEVE, NULL);
}

/* --- Bring-up ----------------------------------------------------------- */

static void finish (OscarSession *session);
static void settle (OscarSession *session, OscarWait answered);

static void
on_rights_timer (gpointer user)
{
  OscarSession *session = user;

  session->rights_timer = NULL;
  im_host_debug (session->host, "oscar: going on without answers %x",
                 session->waiting);
  settle (session, OSCAR_WAIT_ALL & ~OSCAR_WAIT_LIST);
}

static void
start_rights_timer (OscarSession *session)
{
  session->waiting = OSCAR_WAIT_ALL;
  session->rights_timer = session->host->ops->timer_add (
      session->host, RIGHTS_SECONDS * 1000, on_rights_timer, session);
}

void
oscar_bos_begin (OscarSession *session, gboolean signon_seen)
{
  oscar_signon_step (session, IM_STEP_SECONDS);
  if (lock_step (session) && !signon_seen)
    {
      oscar_session_set_state (session, OSCAR_STATE_BOS_SIGNON);
      return;
    }
  oscar_session_set_state (session, OSCAR_STATE_BOS_HOST_ONLINE);
  oscar_conn_cork (session->bos);
  send_signon (session);
  if (!lock_step (session))
    {
      send_negotiation (session);
      send_queries (session);
      send_presence (session);
      start_rights_timer (session);
    }
  oscar_conn_uncork (session->bos);
  oscar_session_progress (session, IM_STEP_LISTS);
}

static void
on_opened (gpointer user, OscarConn *conn)
{
  oscar_bos_begin (user, FALSE);
}

static void
on_signon (gpointer user, OscarConn *conn)
{
  OscarSession *session = user;

  if (session->state == OSCAR_STATE_BOS_SIGNON)
    oscar_bos_begin (session, TRUE);
}

static void
handle_host_online (OscarSession *session, const OscarSnac *snac)
{
  if (session->state != OSCAR_STATE_BOS_HOST_ONLINE)
    return;
  oscar_signon_accepted (session);
  oscar_signon_step (session, IM_STEP_SECONDS);
  if (!lock_step (session))
    {
      oscar_session_set_state (session, OSCAR_STATE_BOS_LISTS);
      return;
    }
  oscar_session_set_state (session, OSCAR_STATE_BOS_VERSIONS);
  send_versions (session);
}

static void
handle_host_versions (OscarSession *session, const OscarSnac *snac)
{
  if (session->state != OSCAR_STATE_BOS_VERSIONS)
    return;
  oscar_session_set_state (session, OSCAR_STATE_BOS_RATES);
  oscar_signon_step (session, IM_STEP_SECONDS);
  oscar_bos_send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_QUERY, NULL);
}

static void
subscribe_rates (OscarSession *session, const OscarRates *rates)
{
  OscarFoodgroups classes = { 0 };

  for (guint i = 0; i < rates->n && classes.n < IM_MAX_FOODGROUPS; i++)
    classes.ids[classes.n++] = rates->classes[i].id;
  send_subscription (session, &classes);
}

static void
handle_rates (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarRates rates;
  g_autoptr (GError) error = NULL;

  if (oscar_rate_decode_reply (&body, &rates, &error))
    oscar_conn_learn_rates (session->bos, &rates);
  else
    im_host_debug (session->host, "oscar: rates unread: %s", error->message);
  oscar_outbox_answered (session, snac->request_id);
  if (session->state != OSCAR_STATE_BOS_RATES)
    return;
  oscar_session_set_state (session, OSCAR_STATE_BOS_LISTS);
  oscar_signon_step (session, IM_STEP_SECONDS);
  if (error == NULL)
    subscribe_rates (session, &rates);
  send_queries (session);
  start_rights_timer (session);
}

static void
handle_rate_change (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarRateChange change;

  if (!oscar_rate_decode_change (&body, &change, NULL))
    return;
  oscar_conn_change_rates (session->bos, &change);
  if (change.code == OSCAR_RATE_LIMITED)
    oscar_outbox_doubt (session);
}

/* Every answer counts once; the last one brings us online. */
static void
settle (OscarSession *session, OscarWait answered)
{
  OscarWait before = session->waiting;

  session->waiting &= ~answered;
  if (before == 0 || session->waiting != 0)
    return;
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&session->rights_timer));
  if (session->roster_done)
    finish (session);
}

static void replay_early (OscarSession *session);

static void
finish (OscarSession *session)
{
  ImEvent online = { .type = IM_EVENT_ONLINE };

  if (lock_step (session))
    send_presence (session);
  oscar_signon_step (session, 0);
  oscar_session_set_state (session, OSCAR_STATE_ONLINE);
  oscar_conn_keep_alive (session->bos,
                         OSCAR_SNAC (OSCAR_FG_OSERVICE,
                                     OSCAR_OSERVICE_USER_INFO_QUERY));
  oscar_session_emit (session, &online);
  if (!session->gone)
    oscar_icq_online (session);
  replay_early (session);
}

/* --- Ourselves ---------------------------------------------------------- */

static void
handle_service_response (OscarSession *session, const OscarSnac *snac)
{
  oscar_services_response (session, snac);
}

static void
handle_oservice_error (OscarSession *session, const OscarSnac *snac)
{
  oscar_services_error (session, snac->request_id);
}

static void
handle_motd (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarMotd) motd = { 0 };

  if (oscar_oservice_decode_motd (&body, &motd, NULL) && motd.text != NULL &&
      *motd.text != '\0')
    oscar_session_notice (session,
                          motd.type <= OSCAR_MOTD_NOTICE ? IM_NOTICE_IMPORTANT
                                                         : IM_NOTICE_NEWS,
                          NULL, motd.text);
}

/* --- Others ------------------------------------------------------------- */

static void
handle_icon_status (OscarSession *session, const OscarSnac *snac)
{
  oscar_icons_status (session, &snac->body);
}

static void
handle_arrived (OscarSession *session, const OscarSnac *snac)
{
  oscar_info_arrived (session, &snac->body);
}

static void
handle_departed (OscarSession *session, const OscarSnac *snac)
{
  oscar_info_departed (session, &snac->body);
}

static void
handle_info_reply (OscarSession *session, const OscarSnac *snac)
{
  oscar_info_reply (session, snac->request_id, &snac->body);
}

static void
handle_incoming (OscarSession *session, const OscarSnac *snac)
{
  oscar_messages_incoming (session, &snac->body);
}

static void
handle_host_ack (OscarSession *session, const OscarSnac *snac)
{
  oscar_outbox_host_ack (session, &snac->body);
}

static void
handle_icq_reply (OscarSession *session, const OscarSnac *snac)
{
  oscar_icq_reply (session, &snac->body);
}

static void
handle_icq_error (OscarSession *session, const OscarSnac *snac)
{
  oscar_icq_error (session, snac->request_id);
}

static void
handle_client_error (OscarSession *session, const OscarSnac *snac)
{
  oscar_icq_answered (session, &snac->body);
}

static void
handle_typing (OscarSession *session, const OscarSnac *snac)
{
  oscar_messages_typing (session, &snac->body);
}

static void
handle_missed (OscarSession *session, const OscarSnac *snac)
{
  oscar_messages_missed (session, &snac->body);
}

static void
handle_icbm_error (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarSnacError) error = { 0 };

  if (oscar_snac_decode_error (&body, &error, NULL))
    (void) (oscar_outbox_error (session, snac->request_id, &error) ||
            oscar_warn_error (session, snac->request_id, error.code));
}

static void
handle_locate_error (OscarSession *session, const OscarSnac *snac)
{
  oscar_info_error (session, snac->request_id);
}

/* --- The table ---------------------------------------------------------- */

typedef struct
{
  guint16 group;
  guint16 subtype;
  gboolean after_list;  /* means nothing before the list is known */
  OscarWait answers;    /* what is no longer awaited */
  void (*handle) (OscarSession *session, const OscarSnac *snac);
} Row;

/* In order of food group and subtype. What is not here is nobody's loss. */
static const Row rows[] = {
  { OSCAR_FG_OSERVICE, OSCAR_SUBTYPE_ERROR, FALSE, 0, handle_oservice_error },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_HOST_ONLINE, FALSE, 0,
    handle_host_online },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_SERVICE_RESPONSE, TRUE, 0,
    handle_service_response },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_REPLY, FALSE, 0, handle_rates },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_CHANGE, FALSE, 0,
    handle_rate_change },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_PAUSE, TRUE, 0,
    oscar_move_handle_pause },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RESUME, TRUE, 0,
    oscar_move_handle_resume },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_USER_INFO_UPDATE, FALSE, 0,
    oscar_own_handle_info },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_EVIL_NOTIFICATION, TRUE, 0,
    oscar_own_handle_warned },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_MIGRATE, TRUE, 0,
    oscar_move_handle_migrate },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_MOTD, TRUE, 0, handle_motd },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_HOST_VERSIONS, FALSE, 0,
    handle_host_versions },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_BART_STATUS, TRUE, 0,
    handle_icon_status },
  { OSCAR_FG_LOCATE, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_LOCATE,
    handle_locate_error },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_RIGHTS_REPLY, FALSE, OSCAR_WAIT_LOCATE,
    NULL },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_INFO_REPLY, FALSE, 0, handle_info_reply },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_SET_DIRECTORY_REPLY, FALSE, 0,
    oscar_search_handle_set },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_GET_DIRECTORY_REPLY, FALSE, 0,
    oscar_search_handle_own },
  { OSCAR_FG_BUDDY, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_BUDDY, NULL },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_RIGHTS_REPLY, FALSE, OSCAR_WAIT_BUDDY, NULL },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_ARRIVED, TRUE, 0, handle_arrived },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_DEPARTED, TRUE, 0, handle_departed },
  { OSCAR_FG_ICBM, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_ICBM,
    handle_icbm_error },
  { OSCAR_FG_ICBM, OSCAR_ICBM_PARAMETERS_REPLY, FALSE, OSCAR_WAIT_ICBM, NULL },
  { OSCAR_FG_ICBM, OSCAR_ICBM_INCOMING, TRUE, 0, handle_incoming },
  { OSCAR_FG_ICBM, OSCAR_ICBM_MISSED, TRUE, 0, handle_missed },
  { OSCAR_FG_ICBM, OSCAR_ICBM_WARN_REPLY, FALSE, 0, oscar_warn_handle_reply },
  { OSCAR_FG_ICBM, OSCAR_ICBM_CLIENT_ERROR, TRUE, 0, handle_client_error },
  { OSCAR_FG_ICBM, OSCAR_ICBM_HOST_ACK, FALSE, 0, handle_host_ack },
  { OSCAR_FG_ICBM, OSCAR_ICBM_TYPING, TRUE, 0, handle_typing },
  { OSCAR_FG_POPUP, OSCAR_POPUP_SHOW, TRUE, 0, oscar_warn_handle_popup },
  { OSCAR_FG_PD, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_PD, NULL },
  { OSCAR_FG_PD, OSCAR_PD_RIGHTS_REPLY, FALSE, OSCAR_WAIT_PD, NULL },
  { OSCAR_FG_USER_LOOKUP, OSCAR_SUBTYPE_ERROR, FALSE, 0,
    oscar_search_handle_no_names },
  { OSCAR_FG_USER_LOOKUP, OSCAR_USER_LOOKUP_REPLY, FALSE, 0,
    oscar_search_handle_names },
  { OSCAR_FG_FEEDBAG, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_FEEDBAG,
    oscar_list_handle_error },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_RIGHTS_REPLY, FALSE, OSCAR_WAIT_FEEDBAG,
    NULL },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_REPLY, FALSE, 0, oscar_list_handle_reply },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_INSERT, TRUE, 0, oscar_list_handle_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_UPDATE, TRUE, 0, oscar_list_handle_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_DELETE, TRUE, 0, oscar_list_handle_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_STATUS, FALSE, 0, oscar_list_handle_status },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_NOT_MODIFIED, FALSE, 0,
    oscar_list_handle_unchanged },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_PRE_AUTHORIZED, TRUE, 0,
    oscar_list_handle_authorized_ahead },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_AUTH_REQUESTED, TRUE, 0,
    oscar_list_handle_auth_requested },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_AUTH_RESPONSE, TRUE, 0,
    oscar_list_handle_auth_response },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_ADDED, TRUE, 0, oscar_list_handle_added },
  { OSCAR_FG_ICQ, OSCAR_SUBTYPE_ERROR, TRUE, 0, handle_icq_error },
  { OSCAR_FG_ICQ, OSCAR_ICQ_REPLY, TRUE, 0, handle_icq_reply },
};

static const Row *
find_row (const OscarSnac *snac)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].group == snac->foodgroup && rows[i].subtype == snac->subtype)
      return &rows[i];
  return NULL;
}

static void
keep_for_later (OscarSession *session, const OscarSnac *snac)
{
  Early *early;

  if (session->early.length >= MAX_EARLY)
    return;
  early = g_new0 (Early, 1);
  early->snac = *snac;
  early->body = g_bytes_new (snac->body.pos, im_reader_left (&snac->body));
  im_reader_init_bytes (&early->snac.body, early->body);
  g_queue_push_tail (&session->early, early);
}

static void
early_free (gpointer data)
{
  Early *early = data;

  g_bytes_unref (early->body);
  g_free (early);
}

static void
dispatch (OscarSession *session, const OscarSnac *snac)
{
  const Row *row = find_row (snac);

  if (row == NULL)
    {
      im_host_debug (session->host, "oscar: no use for %02x/%02x",
                     snac->foodgroup, snac->subtype);
      return;
    }
  if (row->after_list && session->state != OSCAR_STATE_ONLINE)
    {
      keep_for_later (session, snac);
      return;
    }
  if (row->handle != NULL)
    row->handle (session, snac);
  if (row->answers != 0 && !session->gone)
    settle (session, row->answers);
}

void
oscar_bos_list_done (OscarSession *session)
{
  settle (session, OSCAR_WAIT_LIST);
  if (session->bos != NULL)
    oscar_conn_hold (session->bos, FALSE);
}

static void
replay_early (OscarSession *session)
{
  Early *early;

  while (!session->gone && (early = g_queue_pop_head (&session->early)) != NULL)
    {
      dispatch (session, &early->snac);
      early_free (early);
    }
}

static void
on_snac (gpointer user, OscarConn *conn, const OscarSnac *snac)
{
  OscarSession *session = oscar_session_ref (user);

  dispatch (session, snac);
  oscar_session_unref (session);
}

static void
on_sent (gpointer user, OscarConn *conn, guint32 request)
{
  oscar_outbox_sent (user, request);
}

/* --- The end ------------------------------------------------------------ */

static ImProblem
signoff_problem (const OscarLoginReply *reply)
{
  if (reply->disconnect_reason == 1)
    return IM_PROBLEM_SIGNED_ON_ELSEWHERE;
  if (reply->disconnect_reason == 2)
    return IM_PROBLEM_ACCOUNT_DELETED;
  if (reply->error != 0)
    return oscar_signon_problem (reply->error, TRUE);
  return IM_PROBLEM_SERVER_CLOSING;
}

static void
on_signoff (gpointer user, OscarConn *conn, ImReader *body)
{
  OscarSession *session = user;
  g_auto (OscarLoginReply) reply = { 0 };
  ImFailure failure = { 0 };

  oscar_bucp_decode_login_reply (body, &reply, NULL);
  failure.problem = signoff_problem (&reply);
  /* Whom it sent elsewhere it may sign off, but not for good. */
  if (failure.problem == IM_PROBLEM_SERVER_CLOSING &&
      oscar_move_is_under_way (session))
    return;
  failure.host = session->bos_address.host;
  failure.port = session->bos_address.port;
  failure.code = reply.error;
  failure.url = reply.disconnect_url != NULL ? reply.disconnect_url
                                             : reply.error_url;
  oscar_session_fail (session, &failure);
}

static void
on_closed (gpointer user, OscarConn *conn, const GError *error)
{
  OscarSession *session = oscar_session_ref (user);

  if (session->state <= OSCAR_STATE_BOS_HOST_ONLINE)
    oscar_signon_bos_failed (session, error);
  else if (!oscar_move_is_under_way (session))
    oscar_session_fail_link (session, error, &session->bos_address);
  oscar_session_unref (session);
}

const OscarConnHandlers oscar_bos_handlers = {
  .opened = on_opened,
  .signon = on_signon,
  .signoff = on_signoff,
  .snac = on_snac,
  .sent = on_sent,
  .closed = on_closed,
};

void
oscar_bos_stop (OscarSession *session)
{
  const ImHostOps *ops = session->host->ops;

  ops->timer_cancel (session->host, g_steal_pointer (&session->rights_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->slice_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->list_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->quiet_timer));
  session->list_request = 0;
  ops->timer_cancel (session->host, g_steal_pointer (&session->nav_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->room_timer));
  oscar_move_stop (session);
  oscar_outbox_stop (session);
  oscar_icons_stop (session);
  oscar_errands_stop (session->account_errands);
  g_hash_table_remove_all (session->warnings);
  oscar_errands_stop (session->search_errands);
  session->lookup_request = 0;
  session->entry_request = 0;
  oscar_services_stop (session);
  oscar_icq_stop (session);
  oscar_conn_close (g_steal_pointer (&session->bos));
  g_queue_clear_full (&session->early, early_free);
  session->waiting = 0;
}
