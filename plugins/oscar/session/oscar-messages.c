/* Messages of others, and typing both ways. Our own leave through
 * oscar-outbox.c.
 *
 *   oscar_messages_incoming () <- 04/07
 *     handle_text ()              channel 1
 *     oscar_icq_incoming ()       channels 2 and 4 of ICQ
 *     oscar_rooms_invited ()      an invitation
 *     decline ()                  what we do not do */

#include "oscar-session-private.h"

#include "markup-html.h"
#include "oscar-icbm.h"
#include "oscar-icq-private.h"

void
oscar_session_send_typing (OscarSession *session, const char *to,
                           ImTyping state)
{
  static const OscarTypingEvent events[] = {
    [IM_TYPING_STOPPED] = OSCAR_TYPING_FINISHED,
    [IM_TYPING_TYPING] = OSCAR_TYPING_BEGUN,
    [IM_TYPING_PAUSED] = OSCAR_TYPING_TYPED,
  };
  g_auto (ImWriter) body = { 0 };

  if (!oscar_session_is_online (session) || session->bos == NULL)
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_typing (&body, to, events[state]);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_TYPING, &body,
                        OSCAR_PRIORITY_USER);
}

/* --- Receiving ---------------------------------------------------------- */

ImText *
oscar_text_parse (const OscarSession *session, const char *from,
                  const char *utf8)
{
  if (oscar_name_is_uin (from) && !markup_looks_html (utf8))
    return im_text_new_plain (utf8);
  return markup_html_parse (utf8, -1, MARKUP_AIM);
}

void
oscar_messages_report (OscarSession *session, const OscarIcbm *icbm,
                       ImText *text, ImMessageFlags flags)
{
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  event.message.flags = flags;
  event.message.from = icbm->user.name.text;
  event.message.text = text;
  if (icbm->marks & OSCAR_ICBM_AUTO_RESPONSE)
    event.message.flags |= IM_MESSAGE_AUTO_REPLY;
  if (icbm->marks & OSCAR_ICBM_HAS_TIME)
    {
      event.message.flags |= IM_MESSAGE_OFFLINE;
      event.message.time = icbm->time;
      if (oscar_icq_is_repeated (session, icbm, im_text_plain (text)))
        return;
    }
  if (im_text_truncate (text, IM_MAX_MESSAGE_TEXT))
    event.message.flags |= IM_MESSAGE_TRUNCATED;
  oscar_session_emit (session, &event);
}

static void
handle_text (OscarSession *session, const OscarIcbm *icbm)
{
  g_autofree char *utf8 = NULL;
  g_autoptr (ImText) text = NULL;
  g_autoptr (GError) error = NULL;

  if (!oscar_icbm_dup_text (&icbm->fragments,
                            oscar_icq_charset (session, icbm->user.name.text),
                            &utf8, &error))
    {
      im_host_debug (session->host, "oscar: unreadable message from %s: %s",
                     icbm->user.name.text, error->message);
      return;
    }
  text = oscar_text_parse (session, icbm->user.name.text, utf8);
  if (im_text_length (text) > 0)
    oscar_messages_report (session, icbm, text, 0);
}

/* An offer waits for an answer; "cannot" is one. */
static void
decline (OscarSession *session, const OscarIcbm *icbm)
{
  g_auto (ImWriter) body = { 0 };
  OscarIcbmClientError answer = {
    .cookie = icbm->cookie,
    .channel = icbm->channel,
    .who = icbm->user.name,
    .reason = OSCAR_CLIENT_ERROR_UNSUPPORTED,
  };
  ImReader data = icbm->data;
  guint16 kind;

  /* Only a proposal is one; cancelling needs no answer. */
  if (icbm->channel == OSCAR_CHANNEL_RENDEZVOUS &&
      (!im_reader_u16 (&data, &kind, NULL) || kind != 0))
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_client_error (&body, &answer);
  oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM, OSCAR_ICBM_CLIENT_ERROR,
                        &body, OSCAR_PRIORITY_BACKGROUND);
  oscar_session_notice (session, IM_NOTICE_DECLINED, icbm->user.name.text,
                        NULL);
}

void
oscar_messages_incoming (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbm icbm;
  g_autoptr (GError) error = NULL;

  if (!oscar_icbm_decode_incoming (&reader, &icbm, &error))
    {
      im_host_debug (session->host, "oscar: unreadable 04/07: %s",
                     error->message);
      return;
    }
  /* A message of nobody cannot be shown anywhere. */
  if (!oscar_name_is_usable (icbm.user.name.text))
    return;
  if (oscar_session_is_ignored (session, icbm.user.name.text))
    return;
  oscar_icq_seen (session, &icbm.user);
  if (icbm.channel == OSCAR_CHANNEL_TEXT)
    handle_text (session, &icbm);
  else if (oscar_icq_incoming (session, &icbm))
    return;
  else if (session->bos != NULL &&
           (icbm.channel != OSCAR_CHANNEL_RENDEZVOUS ||
            !oscar_rooms_invited (session, &icbm)))
    decline (session, &icbm);
}

void
oscar_messages_typing (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmTyping typing;
  ImEvent event = { .type = IM_EVENT_TYPING };

  if (!oscar_icbm_decode_typing (&reader, &typing, NULL) ||
      !oscar_name_is_usable (typing.who.text) ||
      oscar_session_is_ignored (session, typing.who.text))
    return;
  event.typing.from = typing.who.text;
  event.typing.state = typing.event == OSCAR_TYPING_BEGUN ? IM_TYPING_TYPING
                       : typing.event == OSCAR_TYPING_TYPED
                           ? IM_TYPING_PAUSED
                           : IM_TYPING_STOPPED;
  oscar_session_emit (session, &event);
}

void
oscar_messages_missed (OscarSession *session, const ImReader *body)
{
  ImReader reader = *body;
  OscarIcbmMissed missed;

  while (oscar_icbm_next_missed (&reader, &missed, NULL))
    {
      ImEvent event = { .type = IM_EVENT_NOTICE };

      if (!oscar_name_is_usable (missed.from.name.text))
        continue;
      event.notice.kind = IM_NOTICE_MISSED;
      event.notice.who = missed.from.name.text;
      event.notice.count = missed.count;
      oscar_session_emit (session, &event);
    }
}
