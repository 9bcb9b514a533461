#include "glue-mail.h"

#include "glue-i18n.h"

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

/* Without one of them, hosts compare the missing address with that of the
 * window they have. */
static void
show_one (GlueHost *glue, const char *to, const ImMail *mail)
{
  purple_notify_email (glue->gc, or_empty (mail->subject),
                       or_empty (mail->from), to, mail->url, NULL, NULL);
}

/* A window with a row for each. bitlbee has lines for single mails alone. */
static void
show_list (GlueHost *glue, const char *to, const ImEventMail *mail)
{
  g_autofree const char **subjects = g_new0 (const char *, mail->n_mails + 1);
  g_autofree const char **froms = g_new0 (const char *, mail->n_mails + 1);
  g_autofree const char **tos = g_new0 (const char *, mail->n_mails + 1);
  g_autofree const char **urls = g_new0 (const char *, mail->n_mails + 1);

  for (guint i = 0; i < mail->n_mails; i++)
    {
      const ImMail *one = &mail->mails[i];

      if (glue_host_is_bitlbee ())
        show_one (glue, to, one);
      subjects[i] = or_empty (one->subject);
      froms[i] = or_empty (one->from);
      tos[i] = to;
      urls[i] = or_empty (one->url != NULL ? one->url : mail->url);
    }
  if (!glue_host_is_bitlbee ())
    purple_notify_emails (glue->gc, mail->n_mails, TRUE, subjects, froms, tos,
                          urls, NULL, NULL);
}

/* The host shows its notice of mail only to who wants to see it. */
void
glue_mail_on_event (GlueHost *glue, const ImEvent *event)
{
  const ImEventMail *mail = &event->mail;
  const char *to = purple_account_get_username (glue->account);
  const char *url = mail->url;
  const ImMail one = { mail->from, mail->subject, mail->url };

  if (mail->asked && mail->unread == 0)
    glue_tell_user (glue, PURPLE_NOTIFY_MSG_INFO, _("There is no new mail."),
                    NULL);
  if ((!mail->asked && !purple_account_get_check_mail (glue->account)) ||
      mail->unread == 0)
    return;
  if (mail->n_mails > 0)
    show_list (glue, to, mail);
  else if (mail->news && mail->from != NULL)
    show_one (glue, to, &one);
  else
    purple_notify_emails (glue->gc, mail->unread, FALSE, NULL, NULL, &to, &url,
                          NULL, NULL);
}
