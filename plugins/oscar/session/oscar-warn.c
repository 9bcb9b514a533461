/* Warnings we give, and what the server shows in a window of its own. */

#include "oscar-session-private.h"

#include "oscar-tlv.h"

/* What was warned about and not answered yet. */
#define MAX_WARNINGS 16

void
oscar_warn_init (OscarSession *session)
{
  session->warnings = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

void
oscar_warn_clear (OscarSession *session)
{
  g_hash_table_unref (session->warnings);
}

static void
report (OscarSession *session, ImNotice kind, const char *who, guint count)
{
  ImEvent event = { .type = IM_EVENT_NOTICE };

  event.notice.kind = kind;
  event.notice.who = who;
  event.notice.count = count;
  oscar_session_emit (session, &event);
}

static char *
take (OscarSession *session, guint32 request)
{
  gpointer who = NULL;

  g_hash_table_steal_extended (session->warnings, GUINT_TO_POINTER (request),
                               NULL, &who);
  return who;
}

void
oscar_warn_handle_reply (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  g_autofree char *who = take (session, snac->request_id);
  OscarIcbmWarnReply reply;

  if (who != NULL && oscar_icbm_decode_warn_reply (&body, &reply, NULL))
    report (session, IM_NOTICE_YOU_WARNED, who, reply.level / 10);
}

gboolean
oscar_warn_error (OscarSession *session, guint32 request, guint16 code)
{
  g_autofree char *who = take (session, request);

  if (who == NULL)
    return FALSE;
  report (session, IM_NOTICE_WARNING_REFUSED, who, code);
  return TRUE;
}

void
oscar_session_warn (OscarSession *session, const char *who, gboolean anonymous)
{
  g_auto (ImWriter) body = { 0 };
  guint32 request;

  if (!oscar_session_is_online (session) || session->bos == NULL ||
      g_hash_table_size (session->warnings) >= MAX_WARNINGS)
    return;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_icbm_encode_warn (&body, who, anonymous);
  request = oscar_conn_send_snac (session->bos, OSCAR_FG_ICBM,
                                  OSCAR_ICBM_WARN, &body, OSCAR_PRIORITY_USER);
  if (request != 0)
    g_hash_table_insert (session->warnings, GUINT_TO_POINTER (request),
                         g_strdup (who));
}

/* --- Windows of the server's ---------------------------------------------- */

typedef struct
{
  char *text;
  char *url;
} Popup;

static const OscarField popup_fields[] = {
  OSCAR_FIELD (0x0001, STRING, Popup, text),
  OSCAR_FIELD (0x0002, STRING, Popup, url),
};

/* Its text is markup; only the words of it are shown. */
void
oscar_warn_handle_popup (OscarSession *session, const OscarSnac *snac)
{
  ImReader body = snac->body;
  Popup popup = { 0 };
  ImEvent event = { .type = IM_EVENT_NOTICE };
  g_autoptr (ImText) text = NULL;

  if (!oscar_tlv_decode_rest (&body, popup_fields,
                              G_N_ELEMENTS (popup_fields), &popup, NULL))
    return;
  if (popup.text != NULL)
    {
      text = oscar_text_parse (session, "", popup.text);
      im_text_truncate (text, IM_MAX_PROFILE_TEXT);
      event.notice.kind = IM_NOTICE_IMPORTANT;
      event.notice.text = im_text_plain (text);
      event.notice.url = popup.url;
      if (im_text_length (text) > 0)
        oscar_session_emit (session, &event);
    }
  oscar_tlv_clear_fields (popup_fields, G_N_ELEMENTS (popup_fields), &popup);
}
