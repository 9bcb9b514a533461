/* What the service tells beside messages: mail, and that the list was changed
 * elsewhere. */

#include "msnweb-session-private.h"

#include <string.h>

/* "To: text" of a block; the value is tidy. */
static guint
number_of (const MsnwebHeaders *headers, const char *name)
{
  return (guint) MIN (msnweb_headers_number (headers, name), 1000000);
}

static gboolean
is_type (const MsnwebHeaders *mime, const char *type)
{
  const char *value = msnweb_headers_get (mime, "Content-Type");

  return value != NULL &&
         g_ascii_strncasecmp (value, type, strlen (type)) == 0;
}

static const char *
sender_of (const MsnwebHeaders *fields)
{
  const char *name = msnweb_headers_get (fields, "From");

  return name != NULL && *name != '\0' ? name
                                       : msnweb_headers_get (fields,
                                                             "From-Addr");
}

void
msnweb_notices_handle_mail (MsnwebSession *session,
                            const MsnwebCommand *command)
{
  ImReader reader = command->body;
  g_auto (MsnwebHeaders) mime = { 0 };
  g_auto (MsnwebHeaders) fields = { 0 };
  ImEvent event = { .type = IM_EVENT_MAIL };

  if (!msnweb_headers_decode (&reader, &mime, NULL) ||
      !msnweb_headers_decode (&reader, &fields, NULL))
    return;
  if (is_type (&mime, "text/x-msmsgsinitialemailnotification"))
    event.mail.unread = number_of (&fields, "Inbox-Unread");
  else if (is_type (&mime, "text/x-msmsgsemailnotification"))
    {
      event.mail.news = TRUE;
      event.mail.unread = 1;
      event.mail.from = sender_of (&fields);
      event.mail.subject = msnweb_headers_get (&fields, "Subject");
    }
  else
    return;
  if (event.mail.unread > 0)
    msnweb_session_emit (session, &event);
}

void
msnweb_notices_handle_list (MsnwebSession *session,
                            const MsnwebCommand *command)
{
  msnweb_people_changed_elsewhere (session);
}
