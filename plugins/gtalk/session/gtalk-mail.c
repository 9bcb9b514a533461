/* Mail in the mailbox of the account (google:mail:notify).
 *
 *   features ()   what is unread ─►            first answer: how many, unless
 *                                              the last sign-on told of them
 *   ◄─ new-mail   what came since ─►           answer: which
 *                 ... once more, if the answer was empty: the push is ahead of
 *                 the mailbox
 *
 * Threads are numbered by their last mail; times are milliseconds. */

#include "gtalk-mail.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "im-charset.h"

#define NS_MAIL "google:mail:notify"
#define NS_METADATA "google:metadata"
#define CACHE "mail"

/* How long the mailbox may lag behind the push. */
#define LAG_MS 5000

/**
 * GtalkMail:
 * @watched: the user wants to be told
 * @asked: the server tells us of new mail
 * @again: an empty answer was not waited for yet
 * @newest_ms: of the mailbox when it answered last, or 0
 * @newest: number of the newest thread we know
 * @told: number of the newest thread the user was told of, also before
 * @url: (nullable): the mailbox in the web
 * @timer: (nullable): asks once more
 */
struct _GtalkMail
{
  gboolean watched;
  gboolean asked;
  gboolean again;
  guint64 newest_ms;
  guint64 newest;
  guint64 told;
  char *url;
  ImTimer *timer;
};

/** Why the server was asked. */
typedef enum
{
  WHY_SIGN_ON,
  WHY_NEWS,
  WHY_USER,
} Why;

/* --- reading ---------------------------------------------------------------- */

/* What is opened in a browser is a page. */
static char *
read_url (const XmlNode *node)
{
  const char *url = xml_node_attribute (node, "url");

  if (url == NULL || !(g_ascii_strncasecmp (url, "https://", 8) == 0 ||
                       g_ascii_strncasecmp (url, "http://", 7) == 0))
    return NULL;
  return im_charset_tidy_line (url);
}

static guint64
read_number (const XmlNode *node, const char *name)
{
  const char *digits = xml_node_attribute (node, name);
  guint64 number = 0;

  if (digits != NULL)
    g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, &number, NULL);
  return number;
}

/* Who wrote what is unread of the thread; else who began it. */
static char *
read_sender (const XmlNode *thread)
{
  const XmlNode *senders = xml_node_child (thread, "senders");
  const XmlNode *best = NULL;
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;

  for (const XmlNode *sender = xml_node_first (senders, "sender");
       xml_node_exists (sender); sender = xml_node_next (sender, "sender"))
    if (best == NULL ||
        g_strcmp0 (xml_node_attribute (sender, "unread"), "1") == 0)
      best = sender;
  if (best == NULL)
    return NULL;
  name = im_charset_tidy_line (xml_node_attribute (best, "name"));
  address = im_charset_tidy_line (xml_node_attribute (best, "address"));
  if (name == NULL || *name == '\0')
    return g_steal_pointer (&address);
  return address != NULL ? g_strdup_printf ("%s <%s>", name, address)
                         : g_steal_pointer (&name);
}

/* Where the thread can be read: where it says, or by its number. */
static char *
thread_url (const GtalkMail *mail, const XmlNode *thread, guint64 number)
{
  char *url = read_url (thread);

  if (url == NULL && mail->url != NULL)
    url = g_strdup_printf ("%s/#inbox/%" G_GINT64_MODIFIER "x", mail->url,
                           number);
  return url;
}

static void
mail_free (gpointer data)
{
  ImMail *mail = data;

  g_free ((char *) mail->from);
  g_free ((char *) mail->subject);
  g_free ((char *) mail->url);
  g_free (mail);
}

/* Returns: (transfer full) (element-type ImMail): the threads of @mailbox, as
 * many as anybody looks at; @ret_newest is the highest number */
static GPtrArray *
read_threads (const GtalkMail *mail, const XmlNode *mailbox,
              guint64 *ret_newest)
{
  GPtrArray *threads = g_ptr_array_new_with_free_func (mail_free);

  *ret_newest = 0;
  for (const XmlNode *node = xml_node_first (mailbox, "mail-thread-info");
       xml_node_exists (node) && threads->len < IM_MAX_MAILS_SHOWN;
       node = xml_node_next (node, "mail-thread-info"))
    {
      guint64 number = read_number (node, "tid");
      ImMail *thread = g_new0 (ImMail, 1);

      thread->from = read_sender (node);
      thread->subject =
          im_charset_tidy_line (xml_node_child_text (node, "subject"));
      thread->url = thread_url (mail, node, number);
      g_ptr_array_add (threads, thread);
      *ret_newest = MAX (*ret_newest, number);
    }
  return threads;
}

/* --- telling ------------------------------------------------------------------ */

static void
tell (GtalkSession *session, Why why, guint count, GPtrArray *threads)
{
  g_autofree ImMail *list = g_new0 (ImMail, threads->len + 1);
  ImEvent event = {
    .type = IM_EVENT_MAIL,
    .mail = { .unread = count,
              .news = why == WHY_NEWS,
              .asked = why == WHY_USER,
              .url = session->mail->url },
  };

  for (guint i = 0; i < threads->len; i++)
    list[i] = *(const ImMail *) threads->pdata[i];
  /* At sign-on, several are summed up. */
  if (why != WHY_SIGN_ON || (count == 1 && threads->len == 1))
    {
      event.mail.mails = list;
      event.mail.n_mails = threads->len;
    }
  gtalk_session_emit (session, &event);
}

/* For the next sign-on, which would tell of the same ones. */
static void
keep (GtalkSession *session)
{
  g_autofree char *line =
      g_strdup_printf ("%" G_GUINT64_FORMAT, session->mail->told);
  g_autoptr (GBytes) data = g_bytes_new (line, strlen (line));
  const ImEvent event = { .type = IM_EVENT_CACHE,
                          .cache = { .name = CACHE, .data = data } };

  gtalk_session_emit (session, &event);
}

/* --- asking ------------------------------------------------------------------- */

static void ask (GtalkSession *session, Why why);

static void
on_lag (gpointer user)
{
  GtalkSession *session = user;

  session->mail->timer = NULL;
  if (session->state == GTALK_STATE_ONLINE)
    ask (session, WHY_NEWS);
}

static void
ask_again (GtalkSession *session)
{
  GtalkMail *mail = session->mail;

  mail->again = FALSE;
  if (mail->timer == NULL)
    mail->timer = session->host->ops->timer_add (session->host, LAG_MS, on_lag,
                                                 session);
}

static void
take_mailbox (GtalkSession *session, const XmlNode *mailbox, Why why)
{
  GtalkMail *mail = session->mail;
  g_autoptr (GPtrArray) threads = NULL;
  guint64 newest;
  guint count = (guint) MIN (read_number (mailbox, "total-matched"),
                             IM_MAX_MAILS_COUNTED);

  g_free (mail->url);
  mail->url = read_url (mailbox);
  threads = read_threads (mail, mailbox, &newest);
  mail->newest_ms = MAX (mail->newest_ms, read_number (mailbox,
                                                       "result-time"));
  mail->newest = MAX (mail->newest, newest);
  if (why == WHY_NEWS && threads->len == 0)
    {
      if (mail->again)
        ask_again (session);
      return;
    }
  if (why == WHY_USER || newest > mail->told)
    tell (session, why, MAX (count, threads->len), threads);
  if (newest > mail->told)
    {
      mail->told = newest;
      keep (session);
    }
}

static void
on_answer (GtalkSession *session, const XmlNode *stanza, gpointer why)
{
  const XmlNode *mailbox;

  if (session->gone || stanza == NULL)
    return;
  mailbox = xml_node_first_ns (stanza, NS_MAIL, "mailbox");
  /* Servers that have none say an error, which is nobody's concern. */
  if (xml_node_exists (mailbox))
    take_mailbox (session, mailbox, (Why) GPOINTER_TO_INT (why));
}

static void
ask (GtalkSession *session, Why why)
{
  const GtalkMail *mail = session->mail;
  g_auto (XmppWriter) w = { 0 };

  xmpp_open (&w, "query", NS_MAIL);
  if (why == WHY_NEWS && mail->newest_ms != 0)
    {
      g_autofree char *time =
          g_strdup_printf ("%" G_GUINT64_FORMAT, mail->newest_ms);
      g_autofree char *number =
          g_strdup_printf ("%" G_GUINT64_FORMAT, mail->newest);

      xmpp_attr (&w, "newer-than-time", time);
      xmpp_attr (&w, "newer-than-tid", number);
    }
  xmpp_close (&w);
  gtalk_session_ask (session, NULL, "get", xmpp_writer_text (&w), on_answer,
                     GINT_TO_POINTER (why), NULL);
}

/* --- what comes --------------------------------------------------------------- */

/* Anybody can send a stanza that looks like one. */
static gboolean
query (GtalkSession *session, const XmlNode *iq)
{
  if (!xml_node_exists (xml_node_first_ns (iq, NS_MAIL, "new-mail")) ||
      g_strcmp0 (xml_node_attribute (iq, "type"), "set") != 0 ||
      !gtalk_session_is_own (session, xml_node_attribute (iq, "from")))
    return FALSE;
  gtalk_session_answer (session, iq, NULL);
  session->mail->again = TRUE;
  if (session->mail->watched && gtalk_mail_is_there (session))
    ask (session, WHY_NEWS);
  return TRUE;
}

/* Google's mail also announced itself as somebody's message. */
static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  return gtalk_mail_is_there (session) &&
         xml_node_exists (xml_node_first_ns (stanza, NS_METADATA,
                                             "google-rbc-announcement"));
}

/* --- the user ----------------------------------------------------------------- */

gboolean
gtalk_mail_is_there (const GtalkSession *session)
{
  return gtalk_disco_is_google (session, NS_MAIL);
}

gboolean
gtalk_mail_is_watched (const GtalkSession *session)
{
  return session->mail->watched && gtalk_mail_is_there (session);
}

void
gtalk_session_watch_mail (GtalkSession *session, gboolean watched)
{
  GtalkMail *mail = session->mail;

  mail->watched = watched;
  if (!watched || mail->asked || !gtalk_session_is_online (session) ||
      !gtalk_mail_is_there (session))
    return;
  mail->asked = TRUE;
  ask (session, WHY_SIGN_ON);
}

void
gtalk_session_show_mail (GtalkSession *session)
{
  if (gtalk_session_is_online (session) && gtalk_mail_is_there (session))
    ask (session, WHY_USER);
}

const char *
gtalk_session_mailbox_url (const GtalkSession *session)
{
  return session->mail->url;
}

/* --- life --------------------------------------------------------------------- */

static void
bound (GtalkSession *session)
{
  session->mail->asked = FALSE;
}

static void
features (GtalkSession *session)
{
  GtalkMail *mail = session->mail;

  if (!gtalk_mail_is_watched (session) || mail->asked)
    return;
  mail->asked = TRUE;
  ask (session, WHY_SIGN_ON);
}

static void
init (GtalkSession *session)
{
  g_autoptr (GBytes) kept = gtalk_session_cached (session, CACHE);
  GtalkMail *mail = session->mail = g_new0 (GtalkMail, 1);

  mail->watched = session->config->watch_mail;
  if (kept != NULL)
    {
      g_autofree char *line = g_strndup (g_bytes_get_data (kept, NULL),
                                         g_bytes_get_size (kept));

      g_ascii_string_to_unsigned (line, 10, 0, G_MAXUINT64, &mail->told, NULL);
    }
}

static void
clear (GtalkSession *session)
{
  GtalkMail *mail = session->mail;

  if (mail == NULL)
    return;
  if (mail->timer != NULL)
    session->host->ops->timer_cancel (session->host, mail->timer);
  g_free (mail->url);
  g_clear_pointer (&session->mail, g_free);
}

const GtalkPart gtalk_mail_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .features = features,
  .message = message,
  .query = query,
};
