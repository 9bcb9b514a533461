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

#include "markup-html.h"
#include "oscar-bucp.h"
#include "oscar-buddy.h"
#include "oscar-feedbag.h"
#include "oscar-icbm.h"
#include "oscar-locate.h"
#include "oscar-oservice-rate.h"
#include "oscar-oservice.h"
#include "oscar-service.h"

/* Some servers leave rights queries unanswered; after this many seconds the
 * defaults will do. */
#define RIGHTS_SECONDS 10

/* List items reported per turn of the main loop: a few milliseconds of a
 * host's work. */
#define ITEMS_PER_SLICE 100

/* What is tolerated before the list; a server that proceeds in order sends
 * nothing then. */
#define MAX_EARLY 1024

/* Layout of the saved list; another first byte is another layout. */
#define LIST_CACHE_VERSION 1

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

static guint32
send (OscarSession *session, guint16 group, guint16 subtype, ImWriter *body)
{
  return oscar_conn_send_snac (session->bos, group, subtype, body,
                               OSCAR_PRIORITY_USER);
}

/* --- What we say -------------------------------------------------------- */

/* The versions we speak. OSERVICE is announced as 3: 2 is read differently
 * by different servers, and 4 brings other sessions' details. */
static const OscarFoodgroupVersion spoken[] = {
  { OSCAR_FG_OSERVICE, 3, 0x0110, 0x0629 },
  { OSCAR_FG_LOCATE, 1, 0x0110, 0x0629 },
  { OSCAR_FG_BUDDY, 1, 0x0110, 0x0629 },
  { OSCAR_FG_ICBM, 1, 0x0110, 0x0629 },
  { OSCAR_FG_PD, 1, 0x0110, 0x0629 },
  { OSCAR_FG_FEEDBAG, 4, 0x0110, 0x0629 },
  { OSCAR_FG_ICQ, 1, 0x0110, 0x047c },
};

static void
fill_versions (OscarFoodgroupVersions *versions)
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
    .multi = OSCAR_MULTI_MANY,
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

  fill_versions (&versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_versions (&body, &versions);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_CLIENT_VERSIONS, &body);
}

static void
send_subscription (OscarSession *session, const OscarFoodgroups *classes)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_foodgroups (&body, classes);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_SUBSCRIBE, &body);
}

/* Every server known numbers its classes 1 to 5. */
static void
send_negotiation (OscarSession *session)
{
  static const OscarFoodgroups classes = { 5, { 1, 2, 3, 4, 5 } };

  send_versions (session);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_QUERY, NULL);
  send_subscription (session, &classes);
}

/* Open OSCAR Server answers "not modified" only to a time later than that of
 * its last change, AOL's servers to that very time. So the saved list also
 * says which way this server answered before. */
static void
send_list_query (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  OscarFeedbagStamp stamp;

  if (session->sent_stamp == 0)
    {
      send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_QUERY, NULL);
      return;
    }
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  stamp.time = session->sent_stamp;
  stamp.count = (guint16) oscar_roster_n_items (session->roster);
  oscar_feedbag_encode_stamp (&body, &stamp);
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_QUERY_IF_MODIFIED, &body);
}

static void
send_queries (OscarSession *session)
{
  g_auto (ImWriter) flags = { 0 };

  im_writer_init (&flags, IM_MAX_FLAP_SENT);
  oscar_buddy_encode_rights_query (&flags, OSCAR_BUDDY_WANTS_BART);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_USER_INFO_QUERY, NULL);
  send (session, OSCAR_FG_LOCATE, OSCAR_LOCATE_RIGHTS_QUERY, NULL);
  send (session, OSCAR_FG_BUDDY, OSCAR_BUDDY_RIGHTS_QUERY, &flags);
  send (session, OSCAR_FG_ICBM, OSCAR_ICBM_PARAMETERS_QUERY, NULL);
  send (session, OSCAR_FG_PD, OSCAR_PD_RIGHTS_QUERY, NULL);
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_RIGHTS_QUERY, NULL);
  send_list_query (session);
}

static void
send_icbm_parameters (OscarSession *session)
{
  static const OscarIcbmParameters parameters = {
    .channel = OSCAR_CHANNEL_ALL,
    .flags = OSCAR_ICBM_ALLOWED | OSCAR_ICBM_MISSED_NOTICES |
             OSCAR_ICBM_TYPING_EVENTS | OSCAR_ICBM_SMS |
             OSCAR_ICBM_OFFLINE_MESSAGES | OSCAR_ICBM_ICQ_HTML,
    .max_length = 8000,
    .max_sender_evil = 999,
    .max_receiver_evil = 999,
  };
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_parameters (&body, &parameters);
  send (session, OSCAR_FG_ICBM, OSCAR_ICBM_SET_PARAMETERS, &body);
}

static gboolean
is_away (ImStatus status)
{
  return status == IM_STATUS_AWAY || status == IM_STATUS_NOT_AVAILABLE ||
         status == IM_STATUS_OCCUPIED || status == IM_STATUS_DND;
}

/* Text that goes where the server does not keep a character set. Cutting the
 * text rather than its markup keeps the markup whole. */
static char *
ascii_markup (const ImText *text, gsize max)
{
  g_autoptr (ImText) kept = im_text_copy (text);
  char *markup = markup_html_print (kept, MARKUP_AIM_ASCII);

  while (strlen (markup) > max && im_text_length (kept) > 0)
    {
      im_text_truncate (kept, im_text_length (kept) * 3 / 4);
      g_free (markup);
      markup = markup_html_print (kept, MARKUP_AIM_ASCII);
    }
  return markup;
}

/* AIM's documents promise this much room at least. */
#define MAX_LOCATE_TEXT 1024

/* An empty away text means "not away", so being away needs words. */
static char *
away_markup (const OscarSession *session)
{
  if (!is_away (session->status) || session->settings.icq)
    return g_strdup ("");
  if (im_text_length (session->status_text) == 0)
    return g_strdup ("Away");
  return ascii_markup (session->status_text, MAX_LOCATE_TEXT);
}

static void
fill_capabilities (ImWriter *caps)
{
  /* Only what we can do. The typing capability also marks us as a client
   * that wants all its messages on channel 1. */
  static const guint16 numbers[] = { OSCAR_CAP_SHORT_CAPS,
                                     OSCAR_CAP_INTEROPERATE,
                                     OSCAR_CAP_UNICODE };
  static const OscarCap *const others[] = { &oscar_cap_typing };

  im_writer_init (caps, IM_MAX_FLAP_SENT);
  oscar_userinfo_write_caps (caps, numbers, G_N_ELEMENTS (numbers), others,
                             G_N_ELEMENTS (others));
}

typedef enum
{
  SET_AWAY = 1 << 0,
  SET_PROFILE = 1 << 1,
  SET_CAPABILITIES = 1 << 2,
} SetInfo;

static void
send_info (OscarSession *session, SetInfo which)
{
  g_autofree char *away = away_markup (session);
  g_autofree char *profile =
      session->profile != NULL ? ascii_markup (session->profile, MAX_LOCATE_TEXT)
                               : g_strdup ("");
  g_auto (ImWriter) caps = { 0 };
  g_auto (ImWriter) body = { 0 };
  OscarLocateInfo info = { 0 };

  if (which & SET_PROFILE)
    {
      oscar_locate_set_slice (&info.profile_type, OSCAR_LOCATE_ASCII);
      oscar_locate_set_slice (&info.profile, profile);
    }
  if (which & SET_AWAY)
    {
      if (*away != '\0')
        oscar_locate_set_slice (&info.away_type, OSCAR_LOCATE_ASCII);
      oscar_locate_set_slice (&info.away, away);
    }
  if (which & SET_CAPABILITIES)
    {
      fill_capabilities (&caps);
      im_reader_init (&info.caps, caps.bytes->data, caps.bytes->len);
    }
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_locate_encode_set_info (&body, &info);
  send (session, OSCAR_FG_LOCATE, OSCAR_LOCATE_SET_INFO, &body);
}

static guint32
status_word (const OscarSession *session)
{
  switch (session->status)
    {
    case IM_STATUS_FREE_FOR_CHAT:
      return OSCAR_STATUS_FREE_FOR_CHAT;
    case IM_STATUS_AWAY:
      return OSCAR_STATUS_AWAY;
    case IM_STATUS_NOT_AVAILABLE:
      return OSCAR_STATUS_SENT_NOT_AVAILABLE;
    case IM_STATUS_OCCUPIED:
      return OSCAR_STATUS_SENT_OCCUPIED;
    case IM_STATUS_DND:
      return OSCAR_STATUS_SENT_DND;
    case IM_STATUS_INVISIBLE:
      return OSCAR_STATUS_INVISIBLE;
    case IM_STATUS_OFFLINE:
    case IM_STATUS_AVAILABLE:
      break;
    }
  return OSCAR_STATUS_AVAILABLE;
}

static void
send_status (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  g_autofree char *text = g_strdup (im_text_plain (session->status_text));
  OscarSetFields fields = {
    .which = OSCAR_SET_STATUS | OSCAR_SET_TEXT,
    .status = status_word (session),
    .text = is_away (session->status) ? NULL : text,
  };

  /* Old ICQ clients take a user without direct-connection info for one of
   * their own age. Ours says that there is no direct connection. */
  if (session->settings.icq)
    {
      fields.which |= OSCAR_SET_DC;
      fields.dc.protocol = 9;
      fields.dc.web_port = 0x50;
      fields.dc.features = 3;
    }
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_set_fields (&body, &fields);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_SET_FIELDS, &body);
}

static void
send_idle (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_idle (&body, session->idle_seconds);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_IDLE, &body);
}

static void
send_privacy_flags (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };

  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_privacy_flags (
      &body, OSCAR_PRIVACY_SHOW_IDLE | OSCAR_PRIVACY_SHOW_MEMBER_SINCE);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_PRIVACY_FLAGS, &body);
}

static void
send_client_online (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  OscarFoodgroupVersions versions;

  fill_versions (&versions);
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_oservice_encode_client_online (&body, &versions);
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_CLIENT_ONLINE, &body);
}

/* How we are is set before anybody sees us. */
static void
send_presence (OscarSession *session)
{
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_USE, NULL);
  send_icbm_parameters (session);
  send_info (session, SET_AWAY | SET_PROFILE | SET_CAPABILITIES);
  send_status (session);
  send_privacy_flags (session);
  if (session->idle_seconds > 0)
    send_idle (session);
  send_client_online (session);
  send (session, OSCAR_FG_ICBM, OSCAR_ICBM_OFFLINE_RETRIEVE, NULL);
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
  send (session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_RATE_QUERY, NULL);
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

  if (oscar_rate_decode_change (&body, &change, NULL))
    oscar_conn_change_rates (session->bos, &change);
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
  replay_early (session);
}

/* --- The list ----------------------------------------------------------- */

static void
save_list (OscarSession *session)
{
  g_auto (ImWriter) writer = { 0 };
  g_autoptr (GBytes) data = NULL;
  ImEvent event = { .type = IM_EVENT_CACHE };
  /* Only a list that could not have changed again within the second of its
   * last change may be asked about with a later time. */
  gboolean settled = session->signed_on_at > session->list_stamp;

  if (session->list_stamp == 0)
    return;
  im_writer_init (&writer, IM_MAX_FEEDBAG_BYTES);
  im_writer_u8 (&writer, LIST_CACHE_VERSION);
  im_writer_u8 (&writer, session->stamp_ahead);
  im_writer_u8 (&writer, settled);
  im_writer_u32 (&writer, session->list_stamp);
  oscar_roster_save (session->roster, &writer);
  data = im_writer_finish (&writer, NULL);
  event.cache.name = "list";
  event.cache.data = data;
  if (data != NULL)
    oscar_session_emit (session, &event);
}

static void
on_slice (gpointer user)
{
  OscarSession *session = user;

  session->slice_timer = NULL;
  if (oscar_roster_report (session->roster, ITEMS_PER_SLICE))
    {
      if (!session->gone)
        session->slice_timer = session->host->ops->timer_add (
            session->host, 0, on_slice, session);
      return;
    }
  if (session->gone)
    return;
  session->roster_done = TRUE;
  if (!session->list_is_cached)
    save_list (session);
  settle (session, OSCAR_WAIT_LIST);
  if (session->bos != NULL)
    oscar_conn_hold (session->bos, FALSE);
}

/* What comes after the list waits until the host knows all of it. */
static void
report_list (OscarSession *session)
{
  if (session->slice_timer != NULL || session->roster_done)
    return;
  oscar_conn_hold (session->bos, TRUE);
  session->slice_timer =
      session->host->ops->timer_add (session->host, 0, on_slice, session);
}

/* What the server answered to a time it was asked about tells how it reads
 * times. */
static void
learn_stamp (OscarSession *session, guint32 stamp)
{
  if (session->sent_stamp != 0 && stamp == session->list_stamp)
    session->stamp_ahead = session->sent_stamp == stamp;
  session->list_stamp = stamp;
  session->sent_stamp = 0;
}

static void
load_items (OscarSession *session, ImReader *items)
{
  OscarFeedbagItem item;

  while (oscar_feedbag_next_item (items, &item, NULL))
    {
      gboolean loaded = oscar_roster_load (session->roster, &item);

      oscar_feedbag_item_clear (&item);
      if (loaded)
        continue;
      if (!session->list_cut)
        oscar_session_notice (session, IM_NOTICE_LIST_CUT, NULL, NULL);
      session->list_cut = TRUE;
      return;
    }
}

static void
handle_list (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarFeedbagReply reply;
  g_autoptr (GError) error = NULL;

  if (session->roster_done || session->slice_timer != NULL)
    return;
  /* The first part of a new list: the saved one is out of date. */
  if (session->list_is_cached)
    oscar_roster_clear (session->roster);
  session->list_is_cached = FALSE;
  if (!oscar_feedbag_decode_reply (&body, &reply, &error))
    {
      oscar_session_fail_simple (session, IM_PROBLEM_PROTOCOL,
                                 session->bos_address.host,
                                 session->bos_address.port, error->message);
      return;
    }
  load_items (session, &reply.items);
  if (snac->flags & OSCAR_SNAC_MORE)
    {
      oscar_signon_step (session, IM_STEP_SECONDS);
      return;
    }
  learn_stamp (session, reply.time);
  report_list (session);
}

/* Open OSCAR Server goes by the time of the youngest item, which does not
 * move when an item is deleted; its count does. It writes only one byte of
 * it. */
static gboolean
is_unchanged (const OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  guint mask = im_reader_left (&body) < 6 ? 0xff : 0xffff;
  guint have = oscar_roster_n_items (session->roster);
  OscarFeedbagStamp stamp;

  if (!oscar_feedbag_decode_stamp (&body, &stamp, NULL))
    return FALSE;
  return stamp.time == session->list_stamp &&
         (stamp.count & mask) == (have & mask);
}

static void
handle_list_unchanged (OscarSession *session, const OscarSnac *snac)
{
  if (session->roster_done || session->slice_timer != NULL ||
      session->sent_stamp == 0)
    return;
  session->sent_stamp = 0;
  if (is_unchanged (session, snac))
    report_list (session);
  else
    send_list_query (session);
}

static void
load_cache (OscarSession *session)
{
  ImReader reader;
  guint8 version, ahead, settled;
  guint32 stamp;

  session->sent_stamp = 0;
  session->stamp_ahead = TRUE;
  session->list_is_cached = FALSE;
  if (session->list_cache == NULL)
    return;
  im_reader_init_bytes (&reader, session->list_cache);
  if (!im_reader_u8 (&reader, &version, NULL) ||
      version != LIST_CACHE_VERSION || !im_reader_u8 (&reader, &ahead, NULL) ||
      !im_reader_u8 (&reader, &settled, NULL) ||
      !im_reader_u32 (&reader, &stamp, NULL))
    return;
  session->list_is_cached = TRUE;
  session->stamp_ahead = ahead;
  session->list_stamp = stamp;
  session->sent_stamp = stamp + (ahead && settled ? 1 : 0);
  load_items (session, &reader);
}

static guint32
roster_send (gpointer user, guint16 subtype, ImWriter *body)
{
  OscarSession *session = user;

  if (session->bos == NULL)
    return 0;
  return send (session, OSCAR_FG_FEEDBAG, subtype, body);
}

static void
roster_begin (gpointer user)
{
  OscarSession *session = user;

  if (session->bos != NULL)
    oscar_conn_cork (session->bos);
}

static void
on_list_timer (gpointer user)
{
  OscarSession *session = user;

  session->list_timer = NULL;
  oscar_roster_expire (session->roster);
}

static void
roster_end (gpointer user)
{
  OscarSession *session = user;
  const ImHostOps *ops = session->host->ops;

  if (session->bos == NULL)
    return;
  oscar_conn_uncork (session->bos);
  ops->timer_cancel (session->host, session->list_timer);
  session->list_timer =
      ops->timer_add (session->host, IM_PENDING_REQUEST_SECONDS * 1000,
                      on_list_timer, session);
}

static guint16
roster_random (gpointer user)
{
  OscarSession *session = user;
  guint16 number;

  session->host->ops->random (session->host, &number, sizeof number);
  return number;
}

static void
roster_event (gpointer user, const ImEvent *event)
{
  oscar_session_emit (user, event);
}

static const OscarRosterFuncs roster_funcs = {
  .send = roster_send,
  .begin = roster_begin,
  .end = roster_end,
  .random = roster_random,
  .event = roster_event,
};

static void
handle_list_change (OscarSession *session, const OscarSnac *snac)
{
  oscar_roster_push (session->roster, snac->subtype, &snac->body);
}

static void
handle_list_status (OscarSession *session, const OscarSnac *snac)
{
  oscar_roster_status (session->roster, snac->request_id, &snac->body);
}

/* --- Authorisation ------------------------------------------------------ */

static void
emit_auth (OscarSession *session, ImEventType type, const OscarFeedbagAuth *auth)
{
  ImEvent event = { .type = type,
                    .auth = { auth->name.text, auth->reason, auth->accept } };

  if (oscar_name_is_usable (auth->name.text))
    oscar_session_emit (session, &event);
}

static void
handle_auth_requested (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (oscar_feedbag_decode_auth_request (&body, &auth, NULL))
    emit_auth (session, IM_EVENT_AUTH_REQUEST, &auth);
}

static void
handle_auth_response (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (!oscar_feedbag_decode_auth_reply (&body, &auth, NULL))
    return;
  if (auth.accept)
    oscar_roster_set_awaiting (session->roster, auth.name.text, FALSE);
  emit_auth (session, IM_EVENT_AUTH_REPLY, &auth);
}

static void
handle_added (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (oscar_text_read_name (&body, &auth.name, NULL))
    emit_auth (session, IM_EVENT_ADDED, &auth);
}

/* --- Ourselves ---------------------------------------------------------- */

static void
report_self (OscarSession *session)
{
  ImEvent event = { .type = IM_EVENT_SELF,
                    .self = { session->self_name, session->self_warning } };

  oscar_session_emit (session, &event);
}

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
handle_own_info (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarUserInfo info;

  if (!oscar_userinfo_next (&body, &info, NULL))
    return;
  if (session->signed_on_at == 0 && (info.has & OSCAR_USER_ONLINE_SINCE))
    session->signed_on_at = info.online_since;
  if (g_strcmp0 (session->self_name, info.name.text) == 0 &&
      session->self_warning == info.warning / 10u)
    return;
  g_free (session->self_name);
  session->self_name = g_strdup (info.name.text);
  session->self_warning = info.warning / 10;
  report_self (session);
}

static void
handle_warned (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarEvil evil;

  if (!oscar_oservice_decode_evil (&body, &evil, NULL))
    return;
  /* The level also falls by itself, which nobody needs to be told. */
  if (evil.level / 10u > session->self_warning)
    oscar_session_notice (session, IM_NOTICE_WARNED,
                          evil.named ? evil.who.name.text : NULL, NULL);
  session->self_warning = evil.level / 10;
  if (session->self_name != NULL)
    report_self (session);
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
  oscar_messages_host_ack (session, &snac->body);
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
    oscar_messages_error (session, snac->request_id, &error);
}

static void
handle_locate_error (OscarSession *session, const OscarSnac *snac)
{
  oscar_info_error (session, snac->request_id);
}

static void
handle_feedbag_error (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarSnacError) error = { 0 };

  if (!oscar_snac_decode_error (&body, &error, NULL) ||
      oscar_roster_error (session->roster, snac->request_id, error.code))
    return;
  /* A server without a list of ours: there is nothing to wait for. */
  if (!session->roster_done && session->waiting & OSCAR_WAIT_LIST &&
      session->state != OSCAR_STATE_ONLINE)
    report_list (session);
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
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_USER_INFO_UPDATE, FALSE, 0,
    handle_own_info },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_EVIL_NOTIFICATION, TRUE, 0,
    handle_warned },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_MOTD, TRUE, 0, handle_motd },
  { OSCAR_FG_OSERVICE, OSCAR_OSERVICE_HOST_VERSIONS, FALSE, 0,
    handle_host_versions },
  { OSCAR_FG_LOCATE, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_LOCATE,
    handle_locate_error },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_RIGHTS_REPLY, FALSE, OSCAR_WAIT_LOCATE,
    NULL },
  { OSCAR_FG_LOCATE, OSCAR_LOCATE_INFO_REPLY, FALSE, 0, handle_info_reply },
  { OSCAR_FG_BUDDY, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_BUDDY, NULL },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_RIGHTS_REPLY, FALSE, OSCAR_WAIT_BUDDY, NULL },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_ARRIVED, TRUE, 0, handle_arrived },
  { OSCAR_FG_BUDDY, OSCAR_BUDDY_DEPARTED, TRUE, 0, handle_departed },
  { OSCAR_FG_ICBM, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_ICBM,
    handle_icbm_error },
  { OSCAR_FG_ICBM, OSCAR_ICBM_PARAMETERS_REPLY, FALSE, OSCAR_WAIT_ICBM, NULL },
  { OSCAR_FG_ICBM, OSCAR_ICBM_INCOMING, TRUE, 0, handle_incoming },
  { OSCAR_FG_ICBM, OSCAR_ICBM_MISSED, TRUE, 0, handle_missed },
  { OSCAR_FG_ICBM, OSCAR_ICBM_HOST_ACK, FALSE, 0, handle_host_ack },
  { OSCAR_FG_ICBM, OSCAR_ICBM_TYPING, TRUE, 0, handle_typing },
  { OSCAR_FG_PD, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_PD, NULL },
  { OSCAR_FG_PD, OSCAR_PD_RIGHTS_REPLY, FALSE, OSCAR_WAIT_PD, NULL },
  { OSCAR_FG_FEEDBAG, OSCAR_SUBTYPE_ERROR, FALSE, OSCAR_WAIT_FEEDBAG,
    handle_feedbag_error },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_RIGHTS_REPLY, FALSE, OSCAR_WAIT_FEEDBAG,
    NULL },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_REPLY, FALSE, 0, handle_list },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_INSERT, TRUE, 0, handle_list_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_UPDATE, TRUE, 0, handle_list_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_DELETE, TRUE, 0, handle_list_change },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_STATUS, FALSE, 0, handle_list_status },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_NOT_MODIFIED, FALSE, 0,
    handle_list_unchanged },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_AUTH_REQUESTED, TRUE, 0,
    handle_auth_requested },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_AUTH_RESPONSE, TRUE, 0,
    handle_auth_response },
  { OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_ADDED, TRUE, 0, handle_added },
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
  oscar_messages_sent (user, request);
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
  else
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
oscar_bos_start (OscarSession *session)
{
  oscar_roster_free (session->roster);
  session->roster = oscar_roster_new (&roster_funcs, session);
  session->roster_done = FALSE;
  session->signed_on_at = 0;
  load_cache (session);
}

void
oscar_bos_stop (OscarSession *session)
{
  const ImHostOps *ops = session->host->ops;

  ops->timer_cancel (session->host, g_steal_pointer (&session->rights_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->slice_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->list_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->nav_timer));
  ops->timer_cancel (session->host, g_steal_pointer (&session->room_timer));
  oscar_services_stop (session);
  oscar_conn_close (g_steal_pointer (&session->bos));
  g_queue_clear_full (&session->early, early_free);
  session->waiting = 0;
}

/* --- Commands ----------------------------------------------------------- */

void
oscar_session_set_status (OscarSession *session, ImStatus status,
                          const ImText *text)
{
  gboolean was_away = is_away (session->status);

  session->status = status;
  g_clear_pointer (&session->status_text, im_text_free);
  session->status_text = text != NULL ? im_text_copy (text) : NULL;
  if (session->bos == NULL || session->state < OSCAR_STATE_BOS_LISTS)
    return;
  oscar_conn_cork (session->bos);
  if (!session->settings.icq && (was_away || is_away (status)))
    send_info (session, SET_AWAY);
  send_status (session);
  oscar_conn_uncork (session->bos);
}

void
oscar_session_set_idle (OscarSession *session, guint seconds)
{
  session->idle_seconds = seconds;
  if (session->bos != NULL && session->state >= OSCAR_STATE_BOS_LISTS)
    send_idle (session);
}

void
oscar_session_set_profile (OscarSession *session, const ImText *profile)
{
  g_clear_pointer (&session->profile, im_text_free);
  session->profile = profile != NULL ? im_text_copy (profile) : NULL;
  if (session->bos != NULL && session->state >= OSCAR_STATE_BOS_LISTS)
    send_info (session, SET_PROFILE);
}

/* An answer sent while the list is still being read would be lost with a
 * server that wants its steps in order. */
static gboolean
list_ready (const OscarSession *session)
{
  return !session->gone && session->state == OSCAR_STATE_ONLINE;
}

void
oscar_session_add_buddy (OscarSession *session, const char *who,
                         const char *group, const char *alias)
{
  if (list_ready (session))
    oscar_roster_add_buddy (session->roster, who, group, alias);
}

void
oscar_session_remove_buddy (OscarSession *session, const char *who,
                            const char *group)
{
  if (list_ready (session))
    oscar_roster_remove_buddy (session->roster, who, group);
}

void
oscar_session_move_buddy (OscarSession *session, const char *who,
                          const char *from, const char *to)
{
  if (list_ready (session))
    oscar_roster_move_buddy (session->roster, who, from, to);
}

void
oscar_session_alias_buddy (OscarSession *session, const char *who,
                           const char *alias)
{
  if (list_ready (session))
    oscar_roster_alias_buddy (session->roster, who, alias);
}

void
oscar_session_rename_group (OscarSession *session, const char *from,
                            const char *to)
{
  if (list_ready (session))
    oscar_roster_rename_group (session->roster, from, to);
}

void
oscar_session_remove_group (OscarSession *session, const char *group)
{
  if (list_ready (session))
    oscar_roster_remove_group (session->roster, group);
}

void
oscar_session_set_privacy (OscarSession *session, ImPrivacyMode mode)
{
  if (list_ready (session))
    oscar_roster_set_privacy (session->roster, mode);
}

void
oscar_session_permit (OscarSession *session, const char *who, gboolean listed)
{
  if (list_ready (session))
    oscar_roster_list_name (session->roster, OSCAR_ITEM_PERMIT, who,
                            listed);
}

void
oscar_session_deny (OscarSession *session, const char *who, gboolean listed)
{
  if (list_ready (session))
    oscar_roster_list_name (session->roster, OSCAR_ITEM_DENY, who,
                            listed);
}

void
oscar_session_request_auth (OscarSession *session, const char *who,
                            const char *reason)
{
  g_auto (ImWriter) body = { 0 };

  if (!list_ready (session))
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_feedbag_encode_auth_request (&body, who, reason);
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_REQUEST_AUTH, &body);
}

void
oscar_session_reply_auth (OscarSession *session, const char *who,
                          gboolean grant, const char *reason)
{
  g_auto (ImWriter) body = { 0 };

  if (!list_ready (session))
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_feedbag_encode_auth_reply (&body, who, grant, reason);
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_RESPOND_AUTH, &body);
}
