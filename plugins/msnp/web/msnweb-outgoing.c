#include "msnweb-outgoing.h"

#include <string.h>

#include "msnweb-talks.h"

/**
 * MsnwebOutgoing:
 * @refs: of the parts under way, and of who waits
 * @id: what reports name
 * @n_parts: in how many parts it was sent
 * @n_accepted: how many of them the server has
 * @posted: counts how often it was handed over to be sent
 * @over: it was reported what became of it
 */
struct _MsnwebOutgoing
{
  grefcount refs;
  guint id;
  char *to;
  guint chat;
  ImText *text;
  guint n_parts;
  guint n_accepted;
  guint posted;
  gboolean over;
};

/* A command that carries a part. */
typedef struct
{
  MsnwebOutgoing *whole;
  guint posted;
} Part;

static MsnwebOutgoing *
outgoing_ref (MsnwebOutgoing *self)
{
  g_ref_count_inc (&self->refs);
  return self;
}

void
msnweb_outgoing_unref (MsnwebOutgoing *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_free (self->to);
  im_text_free (self->text);
  g_free (self);
}

static void
free_part (gpointer data)
{
  Part *part = data;

  msnweb_outgoing_unref (part->whole);
  g_free (part);
}

static void
report (MsnwebSession *session, MsnwebOutgoing *self, ImDelivery outcome,
        ImUndelivered reason, guint code)
{
  ImEvent event = { .type = IM_EVENT_DELIVERY };

  if (self->over)
    return;
  self->over = TRUE;
  event.delivery.id = self->id;
  event.delivery.to = self->to;
  event.delivery.chat = self->chat;
  event.delivery.text = self->text;
  event.delivery.outcome = outcome;
  event.delivery.reason = reason;
  event.delivery.code = code;
  msnweb_session_emit (session, &event);
}

void
msnweb_outgoing_give_up (MsnwebSession *session, MsnwebOutgoing *self)
{
  report (session, self, IM_DELIVERY_FAILED, IM_UNDELIVERED_DISCONNECTED, 0);
}

/* Some of it may have left before. */
static void
put_back (MsnwebSession *session, Part *part)
{
  MsnwebOutgoing *self = part->whole;

  if (self->over || part->posted != self->posted)
    return;
  if (self->n_accepted > 0)
    report (session, self, IM_DELIVERY_UNKNOWN, IM_UNDELIVERED_DISCONNECTED,
            0);
  else
    {
      self->posted++;
      msnweb_talks_hold (session, outgoing_ref (self));
    }
}

static void
on_part (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  Part *part = data;
  MsnwebOutgoing *self = part->whole;

  switch (outcome)
    {
    case MSNWEB_ANSWERED:
      msnweb_history_note (session);
      if (++self->n_accepted == self->n_parts)
        report (session, self, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE, 0);
      break;
    case MSNWEB_REFUSED:
      report (session, self, IM_DELIVERY_FAILED,
              msnweb_error_find (answer->error_code)->undelivered,
              answer->error_code);
      break;
    case MSNWEB_TOO_LARGE:
      report (session, self, IM_DELIVERY_FAILED, IM_UNDELIVERED_TOO_LONG, 0);
      break;
    case MSNWEB_LATE:
    case MSNWEB_LOST:
      report (session, self, IM_DELIVERY_UNKNOWN, IM_UNDELIVERED_DISCONNECTED,
              0);
      break;
    case MSNWEB_UNSENT:
      put_back (session, part);
      break;
    }
}

void
msnweb_outgoing_post (MsnwebSession *session, MsnwebOutgoing *self)
{
  MsnwebSender sender = msnweb_talks_sender (session);
  g_autoptr (GPtrArray) pieces = msnweb_message_split (&sender, self->text);

  self->n_parts = pieces->len;
  for (guint i = 0; i < pieces->len; i++)
    {
      Part *part = g_new0 (Part, 1);

      part->whole = outgoing_ref (self);
      part->posted = self->posted;
      msnweb_commands_send (
          session,
          msnweb_message_encode_text (&sender, self->to,
                                      msnweb_talks_new_number (session),
                                      pieces->pdata[i]),
          on_part, part, free_part);
    }
}

gboolean
msnweb_outgoing_fits (const ImText *text)
{
  return im_text_length (text) <= IM_MAX_MESSAGE_TEXT;
}

guint
msnweb_outgoing_send (MsnwebSession *session, const char *to, guint chat,
                      const ImText *text)
{
  MsnwebOutgoing *self = g_new0 (MsnwebOutgoing, 1);
  guint id = msnweb_talks_new_id (session);

  g_ref_count_init (&self->refs);
  self->id = id;
  self->to = g_strdup (to);
  self->chat = chat;
  self->text = im_text_copy (text);
  if (!msnweb_session_is_online (session))
    msnweb_outgoing_give_up (session, self);
  else if (msnweb_session_is_up (session))
    msnweb_outgoing_post (session, self);
  else
    msnweb_talks_hold (session, outgoing_ref (self));
  msnweb_outgoing_unref (self);
  return id;
}
