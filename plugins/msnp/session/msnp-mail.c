/* What the service itself has to say: mail, maintenance, news. */

#include "msnp-session-private.h"

#include "msnp-notice.h"

struct _MsnpMailbox
{
  gboolean exists;  /* the account has one */
  guint unread;
  char *url;        /* (nullable): its page */
};

void
msnp_mailbox_init (MsnpSession *session)
{
  session->mailbox = g_new0 (MsnpMailbox, 1);
}

void
msnp_mailbox_clear (MsnpSession *session)
{
  MsnpMailbox *mailbox = g_steal_pointer (&session->mailbox);

  if (mailbox == NULL)
    return;
  g_free (mailbox->url);
  g_free (mailbox);
}

const char *
msnp_session_mailbox_url (const MsnpSession *session)
{
  return session->mailbox->url;
}

/* --- Where it is -------------------------------------------------------- */

/* A page is opened in the user's browser, so it is one of a host the settings
 * know. */
static void
learn_url (MsnpSession *session, const char *url)
{
  g_autofree char *scheme = NULL, *host = NULL;

  if (url == NULL || !g_uri_split (url, G_URI_FLAGS_NONE, &scheme, NULL, &host,
                                   NULL, NULL, NULL, NULL, NULL))
    return;
  if (host == NULL || scheme == NULL || !g_str_has_prefix (scheme, "http") ||
      !msnp_signon_may_contact (session, host))
    return;
  g_free (session->mailbox->url);
  session->mailbox->url = g_strdup (url);
}

static gboolean
on_url (gpointer user, const MsnpCommand *command, gpointer data)
{
  MsnpSession *session = user;
  g_autofree char *page = NULL;

  if (command != NULL && msnp_command_is (command, "URL"))
    page = msnp_notice_dup_page (command);
  if (page != NULL)
    learn_url (session, page);
  return FALSE;
}

void
msnp_mailbox_online (MsnpSession *session)
{
  guint32 id;

  if (!session->mailbox->exists)
    return;
  id = msnp_conn_next_id (session->ns);
  msnp_encode (msnp_conn_writer (session->ns), "URL", id, "INBOX", NULL);
  msnp_conn_expect (session->ns, id, on_url, NULL, NULL);
  msnp_conn_flush (session->ns);
}

/* --- Mail --------------------------------------------------------------- */

static void
report (MsnpSession *session, const MsnpMail *news)
{
  ImEvent event = { .type = IM_EVENT_MAIL };

  event.mail.unread = session->mailbox->unread;
  event.mail.url = session->mailbox->url;
  event.mail.news = news != NULL;
  if (news != NULL)
    {
      event.mail.from = news->from != NULL ? news->from : news->address;
      event.mail.subject = news->subject;
    }
  msnp_session_emit (session, &event);
}

static void
handle_mail (MsnpSession *session, const MsnpMail *mail)
{
  MsnpMailbox *mailbox = session->mailbox;
  gboolean inbox = g_strcmp0 (mail->folder, "ACTIVE") == 0;

  switch (mail->kind)
    {
    case MSNP_MAIL_COUNTS:
      mailbox->unread = mail->inbox;
      if (mailbox->exists && mailbox->unread > 0)
        report (session, NULL);
      break;
    case MSNP_MAIL_DATA:
    case MSNP_MAIL_OFFLINE:
      if (mail->data != NULL)
        msnp_oim_handle_mail_data (session, mail->data);
      break;
    case MSNP_MAIL_NEW:
      if (inbox)
        {
          mailbox->unread++;
          report (session, mail);
        }
      break;
    case MSNP_MAIL_MOVED:
      if (inbox)
        mailbox->unread += mail->delta;
      else if (g_strcmp0 (mail->from_folder, "ACTIVE") == 0)
        mailbox->unread -= MIN (mailbox->unread, mail->delta);
      break;
    }
}

void
msnp_mailbox_handle_message (MsnpSession *session, const MsnpCommand *command)
{
  g_auto (MsnpMime) mime = { 0 };
  g_auto (MsnpProfile) profile = { 0 };
  g_auto (MsnpMail) mail = { 0 };
  g_autoptr (GError) error = NULL;
  guint minutes;

  if (!msnp_notice_is_own (command))
    return;
  if (!msnp_mime_decode (&command->payload, &mime, &error))
    im_host_debug (session->host, "msnp: dropped a message of the server: %s",
                   error->message);
  else if (msnp_notice_decode_profile (&mime, &profile))
    session->mailbox->exists = profile.has_mailbox;
  else if (msnp_notice_decode_mail (&mime, &mail))
    handle_mail (session, &mail);
  else if (msnp_notice_decode_maintenance (&mime, &minutes))
    {
      ImEvent event = { .type = IM_EVENT_NOTICE };

      event.notice.kind = IM_NOTICE_CLOSING;
      event.notice.count = minutes;
      msnp_session_emit (session, &event);
    }
}

/* --- Alerts ------------------------------------------------------------- */

void
msnp_mailbox_handle_notification (MsnpSession *session,
                                  const MsnpCommand *command)
{
  g_auto (MsnpAlert) alert = { 0 };
  g_autoptr (GError) error = NULL;

  if (!msnp_notice_decode_alert (&command->payload, &alert, &error))
    im_host_debug (session->host, "msnp: dropped a notification: %s",
                   error->message);
  else if (alert.list_changed)
    msnp_contacts_changed_elsewhere (session);
  else if (alert.text != NULL)
    msnp_session_notice (session, IM_NOTICE_NEWS, alert.from, alert.text);
}
