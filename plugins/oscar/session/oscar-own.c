/* What others see of us: how we are, what we say about it and about
 * ourselves, and what the server tells of that. */

#include "oscar-session-private.h"

#include <string.h>

#include "markup-html.h"
#include "oscar-icbm.h"
#include "oscar-icq-private.h"
#include "oscar-locate.h"
#include "oscar-oservice.h"

static void
send (OscarSession *session, guint16 group, guint16 subtype, ImWriter *body)
{
  oscar_bos_send (session, group, subtype, body);
}

/* --- What we say -------------------------------------------------------- */

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

/* An empty away text means "not away", so being away needs words. ICQ has a
 * state for that; its own clients ask for the words (oscar-icq-talk.c), all
 * others look for them here. */
static char *
away_markup (const OscarSession *session)
{
  if (!is_away (session->status))
    return g_strdup ("");
  if (im_text_length (session->status_text) == 0)
    return g_strdup (session->settings.icq ? "" : "Away");
  return ascii_markup (session->status_text, MAX_LOCATE_TEXT);
}

static void
fill_capabilities (const OscarSession *session, ImWriter *caps)
{
  /* Only what we can do. The typing capability also marks us as a client
   * that wants all its messages on channel 1. From messages of ICQ users to
   * who does not read XHTML, Open OSCAR Server strips what it takes for tags,
   * byte by byte: whatever has a 0D in UTF-16, the Czech c with its hook
   * first of all, becomes another letter. */
  static const guint16 numbers[] = { OSCAR_CAP_SHORT_CAPS, OSCAR_CAP_XHTML,
                                     OSCAR_CAP_INTEROPERATE,
                                     OSCAR_CAP_UNICODE };
  static const OscarCap *const others[] = { &oscar_cap_typing };
  static const guint16 icq_numbers[] = { OSCAR_CAP_ICQ_RELAY };
  const OscarCap *icq[] = { &oscar_cap_xtraz, oscar_icq_own_mood (session) };

  im_writer_init (caps, IM_MAX_FLAP_SENT);
  oscar_userinfo_write_caps (caps, numbers, G_N_ELEMENTS (numbers), others,
                             G_N_ELEMENTS (others));
  /* ICQ clients ask those who announce this for away text and X-Status. */
  if (session->settings.icq)
    oscar_userinfo_write_caps (caps, icq_numbers, G_N_ELEMENTS (icq_numbers),
                               icq, icq[1] != NULL ? 2 : 1);
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
      fill_capabilities (session, &caps);
      im_reader_init (&info.caps, caps.bytes->data, caps.bytes->len);
    }
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_locate_encode_set_info (&body, &info);
  send (session, OSCAR_FG_LOCATE, OSCAR_LOCATE_SET_INFO, &body);
}

void
oscar_own_announce (OscarSession *session)
{
  if (session->bos != NULL && session->state >= OSCAR_STATE_BOS_LISTS)
    send_info (session, SET_CAPABILITIES);
}

static guint32
status_word (const OscarSession *session)
{
  switch (session->status)
    {
    case IM_STATUS_FREE_FOR_CHAT:
      return OSCAR_STATUS_FREE_FOR_CHAT;
    case IM_STATUS_AWAY:
    case IM_STATUS_RIGHT_BACK:
    case IM_STATUS_PHONE:
    case IM_STATUS_LUNCH:
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
    case IM_N_STATUSES:
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
    /* AIM has another place for away texts, ICQ has none. */
    .text = is_away (session->status) && !session->settings.icq ? NULL : text,
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

/* How we are is set before anybody sees us. */
void
oscar_own_send_all (OscarSession *session)
{
  send (session, OSCAR_FG_FEEDBAG, OSCAR_FEEDBAG_USE, NULL);
  send_icbm_parameters (session);
  send_info (session, SET_AWAY | SET_PROFILE | SET_CAPABILITIES);
  send_status (session);
  send_privacy_flags (session);
  if (session->idle_seconds > 0)
    send_idle (session);
}

/* --- What we are told --------------------------------------------------- */

static void
report_self (OscarSession *session)
{
  ImEvent event = { .type = IM_EVENT_SELF,
                    .self = { session->self_name, session->self_warning } };

  oscar_session_emit (session, &event);
}

void
oscar_session_ask_places (OscarSession *session)
{
  if (session->bos != NULL && oscar_session_is_online (session))
    session->places_request = oscar_bos_send (
        session, OSCAR_FG_OSERVICE, OSCAR_OSERVICE_USER_INFO_QUERY, NULL);
}

/* After the account's own block comes one for each of its sessions, from
 * servers that tell of them. From others comes none. */
static void
report_places (OscarSession *session, ImReader *blocks)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };
  OscarUserInfo info;

  event.notice.kind = IM_NOTICE_PLACES;
  while (oscar_userinfo_next (blocks, &info, NULL))
    event.notice.count++;
  oscar_session_emit (session, &event);
}

void
oscar_own_handle_info (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarUserInfo info;

  if (!oscar_userinfo_next (&body, &info, NULL))
    return;
  if (session->places_request != 0 &&
      session->places_request == snac->request_id)
    {
      session->places_request = 0;
      report_places (session, &body);
      if (session->gone)
        return;
    }
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

void
oscar_own_handle_warned (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  OscarEvil evil;

  if (!oscar_oservice_decode_evil (&body, &evil, NULL))
    return;
  /* The level also falls by itself, which nobody needs to be told. */
  if (evil.level / 10u > session->self_warning)
    {
      ImEvent event = { .type = IM_EVENT_NOTICE };

      event.notice.kind = IM_NOTICE_WARNED;
      event.notice.who = evil.named ? evil.who.name.text : NULL;
      event.notice.count = evil.level / 10;
      oscar_session_emit (session, &event);
    }
  session->self_warning = evil.level / 10;
  if (session->self_name != NULL)
    report_self (session);
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
  if (was_away || is_away (status))
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
