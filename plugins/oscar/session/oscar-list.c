/* The list on the server, from the first question to the last edit.
 *
 *   oscar_list_start ()            the saved list, if there is one
 *   oscar_list_query ()            -> 13/04, or 13/05 about the saved one
 *   oscar_list_handle_reply ()     <- 13/06, perhaps several
 *   oscar_list_handle_unchanged () <- 13/0F: the saved one will do
 *     report_list ()               to the host, a slice a turn
 *       oscar_bos_list_done ()
 *
 * From then on oscar-roster.c has it. When others edit it, too, and we cannot
 * tell what came first, it is fetched anew and compared:
 *
 *   on_quiet ()                    -> 13/04
 *   compare_list ()                <- 13/06 */

#include "oscar-icq-private.h"
#include "oscar-session-private.h"

#include "oscar-feedbag.h"

/* List items reported per turn of the main loop: a few milliseconds of a
 * host's work. */
#define ITEMS_PER_SLICE 100

/* After so much quiet the list is looked over; somewhat later by chance, so
 * that two clients do not repair the same thing. */
#define QUIET_MS 4000
#define QUIET_CHANCE_MS 0x7ff

/* Layout of the saved list; another first byte is another layout. */
#define LIST_CACHE_VERSION 1

static guint32
send (OscarSession *session, guint16 subtype, ImWriter *body)
{
  return oscar_bos_send (session, OSCAR_FG_FEEDBAG, subtype, body);
}

/* Open OSCAR Server answers "not modified" only to a time later than that of
 * its last change, AOL's servers to that very time. So the saved list also
 * says which way this server answered before. */
void
oscar_list_query (OscarSession *session)
{
  g_auto (ImWriter) body = { 0 };
  OscarFeedbagStamp stamp;

  if (session->sent_stamp == 0)
    {
      send (session, OSCAR_FEEDBAG_QUERY, NULL);
      return;
    }
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  stamp.time = session->sent_stamp;
  stamp.count = (guint16) oscar_roster_n_items (session->roster);
  oscar_feedbag_encode_stamp (&body, &stamp);
  send (session, OSCAR_FEEDBAG_QUERY_IF_MODIFIED, &body);
}

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
  oscar_bos_list_done (session);
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
compare_list (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarFeedbagReply reply;

  if (!oscar_feedbag_decode_reply (&body, &reply, NULL))
    {
      session->list_request = 0;
      return;
    }
  oscar_roster_compare (session->roster, &reply.items);
  if (snac->flags & OSCAR_SNAC_MORE)
    return;
  session->list_request = 0;
  oscar_roster_compared (session->roster);
}

void
oscar_list_handle_reply (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarFeedbagReply reply;
  g_autoptr (GError) error = NULL;

  if (session->list_request != 0 &&
      session->list_request == snac->request_id)
    {
      compare_list (session, snac);
      return;
    }
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

void
oscar_list_handle_unchanged (OscarSession *session, const OscarSnac *snac)
{
  if (session->roster_done || session->slice_timer != NULL ||
      session->sent_stamp == 0)
    return;
  session->sent_stamp = 0;
  if (is_unchanged (session, snac))
    report_list (session);
  else
    oscar_list_query (session);
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
  return send (session, subtype, body);
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

static void
on_quiet (gpointer user)
{
  OscarSession *session = user;

  session->quiet_timer = NULL;
  if (oscar_roster_tidy (session->roster) && session->bos != NULL)
    session->list_request = send (session, OSCAR_FEEDBAG_QUERY, NULL);
}

static void
roster_unsettled (gpointer user)
{
  OscarSession *session = user;
  const ImHostOps *ops = session->host->ops;
  guint16 chance;

  if (session->bos == NULL)
    return;
  ops->random (session->host, &chance, sizeof chance);
  ops->timer_cancel (session->host, session->quiet_timer);
  session->quiet_timer =
      ops->timer_add (session->host, QUIET_MS + (chance & QUIET_CHANCE_MS),
                      on_quiet, session);
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
  .unsettled = roster_unsettled,
  .random = roster_random,
  .event = roster_event,
};

void
oscar_list_handle_change (OscarSession *session, const OscarSnac *snac)
{
  oscar_roster_push (session->roster, snac->subtype, &snac->body);
}

void
oscar_list_handle_status (OscarSession *session, const OscarSnac *snac)
{
  oscar_roster_status (session->roster, snac->request_id, &snac->body);
}

/* --- Authorisation ------------------------------------------------------ */

static void
emit_auth (OscarSession *session, ImEventType type, const OscarFeedbagAuth *auth)
{
  ImEvent event = { .type = type,
                    .auth = { auth->name.text, auth->reason, auth->accept } };

  if (oscar_name_is_usable (auth->name.text) &&
      !oscar_session_is_ignored (session, auth->name.text))
    oscar_session_emit (session, &event);
}

void
oscar_list_handle_auth_requested (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (oscar_feedbag_decode_auth_request (&body, &auth, NULL))
    emit_auth (session, IM_EVENT_AUTH_REQUEST, &auth);
}

void
oscar_list_handle_auth_response (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (!oscar_feedbag_decode_auth_reply (&body, &auth, NULL))
    return;
  if (auth.accept)
    oscar_roster_set_awaiting (session->roster, auth.name.text, FALSE);
  emit_auth (session, IM_EVENT_AUTH_REPLY, &auth);
}

/* Worth a word only to who waits for it. */
void
oscar_list_handle_authorized_ahead (OscarSession *session,
                                    const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (!oscar_feedbag_decode_auth_request (&body, &auth, NULL))
    return;
  auth.accept = TRUE;
  oscar_roster_set_awaiting (session->roster, auth.name.text, FALSE);
  emit_auth (session, IM_EVENT_AUTH_REPLY, &auth);
}

void
oscar_list_handle_added (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarFeedbagAuth) auth = { 0 };

  if (oscar_text_read_name (&body, &auth.name, NULL))
    emit_auth (session, IM_EVENT_ADDED, &auth);
}

void
oscar_list_handle_error (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_auto (OscarSnacError) error = { 0 };

  if (!oscar_snac_decode_error (&body, &error, NULL) ||
      oscar_roster_error (session->roster, snac->request_id, error.code))
    return;
  if (session->list_request == snac->request_id)
    session->list_request = 0;
  /* A server without a list of ours: there is nothing to wait for. */
  if (!session->roster_done && session->waiting & OSCAR_WAIT_LIST &&
      session->state != OSCAR_STATE_ONLINE)
    report_list (session);
}

void
oscar_list_start (OscarSession *session)
{
  oscar_roster_free (session->roster);
  session->roster = oscar_roster_new (&roster_funcs, session);
  session->roster_done = FALSE;
  session->signed_on_at = 0;
  load_cache (session);
}

/* --- Commands ----------------------------------------------------------- */

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
  if (!list_ready (session))
    return;
  oscar_roster_add_buddy (session->roster, who, group, alias);
  if (alias == NULL)
    oscar_icq_added (session, who);
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
  send (session, OSCAR_FEEDBAG_REQUEST_AUTH, &body);
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
  send (session, OSCAR_FEEDBAG_RESPOND_AUTH, &body);
}

void
oscar_session_authorize_ahead (OscarSession *session, const char *who)
{
  g_auto (ImWriter) body = { 0 };

  if (!list_ready (session))
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_feedbag_encode_auth_request (&body, who, "");
  oscar_bos_send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_PRE_AUTHORIZE,
                  &body);
}

void
oscar_session_ignore (OscarSession *session, const char *who, gboolean listed)
{
  if (list_ready (session))
    oscar_roster_list_name (session->roster, OSCAR_ITEM_IGNORE, who, listed);
}

/* The list of ICQ; servers make nothing of it. */
gboolean
oscar_session_is_ignored (const OscarSession *session, const char *who)
{
  return session->settings.icq && oscar_session_ignores (session, who);
}

gboolean
oscar_session_ignores (const OscarSession *session, const char *who)
{
  return session->roster != NULL &&
         oscar_roster_lists_name (session->roster, OSCAR_ITEM_IGNORE, who);
}
