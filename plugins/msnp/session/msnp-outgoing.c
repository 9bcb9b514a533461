#include "msnp-outgoing.h"

#include <string.h>

#include "msnp-talks.h"
#include "msnp-text.h"

/* How long a server may take to confirm. */
#define CONFIRM_MS (30 * 1000)

MsnpOutgoing *
msnp_outgoing_new (MsnpSession *session, const char *to, guint chat,
                   const ImText *text)
{
  MsnpOutgoing *self = g_new0 (MsnpOutgoing, 1);

  if (text != NULL)
    {
      self->id = msnp_talks_next_id (session);
      self->text = im_text_copy (text);
    }
  self->to = g_strdup (to);
  self->chat = chat;
  return self;
}

void
msnp_outgoing_free (MsnpOutgoing *self)
{
  if (self == NULL)
    return;
  im_text_free (self->text);
  g_free (self->to);
  g_free (self);
}

gboolean
msnp_outgoing_fits (const ImText *text)
{
  return im_text_length (text) <= IM_MAX_MESSAGE_TEXT;
}

void
msnp_outgoing_report (MsnpSession *session, const MsnpOutgoing *self,
                      ImDelivery outcome, ImUndelivered reason, guint code)
{
  ImEvent event = { .type = IM_EVENT_DELIVERY };

  if (self->id == 0)
    return;
  event.delivery.id = self->id;
  event.delivery.to = self->to;
  event.delivery.chat = self->chat;
  event.delivery.text = self->text;
  event.delivery.outcome = outcome;
  event.delivery.reason = reason;
  event.delivery.code = code;
  msnp_session_emit (session, &event);
}

void
msnp_outgoing_fail (MsnpSession *session, MsnpOutgoing *self,
                    ImUndelivered reason, guint code)
{
  msnp_outgoing_report (session, self, IM_DELIVERY_FAILED, reason, code);
  msnp_outgoing_free (self);
}

void
msnp_outgoing_hold (MsnpSession *session, MsnpOutgoing *self)
{
  if (self->held)
    return;
  self->held = TRUE;
  msnp_outgoing_report (session, self, IM_DELIVERY_HELD, IM_UNDELIVERED_NONE,
                        0);
}

char *
msnp_guid_new (ImHost *host)
{
  guint8 b[16];

  host->ops->random (host, b, sizeof b);
  b[6] = (guint8)((b[6] & 0x0f) | 0x40);
  b[8] = (guint8)((b[8] & 0x3f) | 0x80);
  return g_strdup_printf ("{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-"
                          "%02X%02X%02X%02X%02X%02X}",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8],
                          b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* --- Sending ------------------------------------------------------------ */

/* How much of @body goes into one message: up to a space near the end, or at
 * least whole characters. */
static gsize
piece_of (const char *body, gsize len, gsize max)
{
  gsize piece = max;

  if (len <= max)
    return len;
  while (piece > max / 2 && body[piece - 1] != ' ' && body[piece - 1] != '\n')
    piece--;
  if (piece > max / 2)
    return piece;
  piece = max;
  while (piece > 1 && ((guint8)body[piece] & 0xc0) == 0x80)
    piece--;
  return piece;
}

/* Several messages, for clients that do not join parts. */
static GPtrArray *
split_apart (const char *headers, const char *body)
{
  GPtrArray *payloads =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  gsize head = strlen (headers);
  gsize left = strlen (body);

  do
    {
      gsize piece = piece_of (body, left, MSNP_MAX_PAYLOAD - head - 2);
      GByteArray *bytes = g_byte_array_sized_new ((guint)(head + 2 + piece));

      g_byte_array_append (bytes, (const guint8 *)headers, (guint)head);
      g_byte_array_append (bytes, (const guint8 *)"\r\n", 2);
      g_byte_array_append (bytes, (const guint8 *)body, (guint)piece);
      g_ptr_array_add (payloads, g_byte_array_free_to_bytes (bytes));
      body += piece;
      left -= piece;
    }
  while (left > 0);
  return payloads;
}

static GPtrArray *
payloads_of (MsnpSession *session, const MsnpSwitchboard *board,
             const ImText *text)
{
  g_autofree char *body = NULL;
  g_autofree char *headers = msnp_text_encode (text, &body);
  GPtrArray *payloads = NULL;

  if (strlen (headers) + 2 + strlen (body) > MSNP_MAX_PAYLOAD &&
      (msnp_switchboard_caps (board) & MSNP_CAP_CHUNKS) != 0)
    {
      g_autofree char *id = msnp_guid_new (session->host);

      payloads = msnp_mime_split (headers, body, strlen (body),
                                  MSNP_MAX_PAYLOAD, id);
    }
  return payloads != NULL ? payloads : split_apart (headers, body);
}

static void
post_nudge (MsnpSwitchboard *board)
{
  g_auto (ImWriter) payload = { 0 };

  im_writer_init (&payload, MSNP_MAX_PAYLOAD);
  msnp_mime_encode_nudge (&payload);
  msnp_switchboard_send (board, MSNP_CONFIRM_FAILURE, payload.bytes->data,
                         payload.bytes->len);
}

static void
post_text (MsnpSession *session, MsnpSwitchboard *board, MsnpOutgoing *self)
{
  g_autoptr (GPtrArray) payloads = payloads_of (session, board, self->text);

  self->n_parts = payloads->len;
  for (guint i = 0; i < payloads->len; i++)
    {
      gsize len;
      const void *data = g_bytes_get_data (payloads->pdata[i], &len);
      guint32 id =
          msnp_switchboard_send (board, MSNP_CONFIRM_ALWAYS, data, len);

      if (i == 0)
        self->first_id = id;
    }
}

void
msnp_outgoing_post (MsnpSession *session, MsnpSwitchboard *board,
                    MsnpOutgoing *self)
{
  if (self->text == NULL)
    {
      post_nudge (board);
      msnp_outgoing_free (self);
      return;
    }
  self->board = board;
  self->sent_ms = session->host->ops->monotonic_ms (session->host);
  post_text (session, board, self);
  g_queue_push_tail (msnp_talks_sent (session), self);
  if (self->held)
    msnp_outgoing_report (session, self, IM_DELIVERY_SENT,
                          IM_UNDELIVERED_NONE, 0);
}

/* --- Outcomes ----------------------------------------------------------- */

static GList *
find_part (MsnpSession *session, const MsnpSwitchboard *board, guint32 id)
{
  for (GList *l = msnp_talks_sent (session)->head; l != NULL; l = l->next)
    {
      const MsnpOutgoing *self = l->data;

      /* Transactions of the parts follow each other. */
      if (self->board == board && id - self->first_id < self->n_parts)
        return l;
    }
  return NULL;
}

static void
finish (MsnpSession *session, GList *link, ImDelivery outcome,
        ImUndelivered reason)
{
  MsnpOutgoing *self = link->data;

  g_queue_delete_link (msnp_talks_sent (session), link);
  msnp_outgoing_report (session, self, outcome, reason, 0);
  msnp_outgoing_free (self);
}

void
msnp_outgoing_confirmed (MsnpSession *session, const MsnpSwitchboard *board,
                         guint32 id, gboolean passed_on)
{
  GList *link = find_part (session, board, id);
  MsnpOutgoing *self;

  if (link == NULL)
    return;
  self = link->data;
  if (!passed_on)
    finish (session, link, IM_DELIVERY_FAILED, IM_UNDELIVERED_SERVER);
  else if (++self->n_confirmed == self->n_parts)
    finish (session, link, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE);
}

static GList *
find_on (MsnpSession *session, const MsnpSwitchboard *board)
{
  for (GList *l = msnp_talks_sent (session)->head; l != NULL; l = l->next)
    if (board == NULL || ((const MsnpOutgoing *)l->data)->board == board)
      return l;
  return NULL;
}

void
msnp_outgoing_lost (MsnpSession *session, const MsnpSwitchboard *board)
{
  GList *link;

  /* Reports may cause anything, so the search begins anew each time. */
  while ((link = find_on (session, board)) != NULL)
    finish (session, link, IM_DELIVERY_UNKNOWN, IM_UNDELIVERED_DISCONNECTED);
}

gboolean
msnp_outgoing_waits (MsnpSession *session, const MsnpSwitchboard *board)
{
  return find_on (session, board) != NULL;
}

gboolean
msnp_outgoing_is_overdue (MsnpSession *session, const MsnpSwitchboard *board)
{
  /* The first is the oldest. */
  const GList *link = find_on (session, board);
  gint64 now = session->host->ops->monotonic_ms (session->host);

  return link != NULL &&
         now - ((const MsnpOutgoing *)link->data)->sent_ms >= CONFIRM_MS;
}
