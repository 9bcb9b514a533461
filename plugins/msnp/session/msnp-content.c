#include "msnp-content.h"

#include <string.h>

#include "im-line.h"
#include "msnp-param.h"
#include "msnp-text.h"

/* --- Invitations of the first versions: text/x-msmsgsinvite ------------- */

/* "no", or "I have no such program": clients show different words. */
static const char *
refusal_for (const MsnpMime *invitation)
{
  const char *guid = msnp_mime_get (invitation, "Application-GUID");

  if (guid != NULL && g_ascii_strcasecmp (
                          guid, "{5D3E02AB-6190-11d3-BBBB-00C04F795683}") == 0)
    return "REJECT";
  return "REJECT_NOT_INSTALLED";
}

static void
send_refusal (MsnpSwitchboard *board, guint64 cookie, const char *code)
{
  g_auto (ImWriter) payload = { 0 };
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, cookie);

  im_writer_init (&payload, MSNP_MAX_PAYLOAD);
  msnp_mime_begin (&payload, "text/x-msmsgsinvite; charset=UTF-8");
  msnp_mime_end (&payload);
  msnp_mime_add (&payload, "Invitation-Command", "CANCEL");
  msnp_mime_add (&payload, "Invitation-Cookie", number);
  msnp_mime_add (&payload, "Cancel-Code", code);
  msnp_mime_end (&payload);
  msnp_switchboard_send (board, MSNP_CONFIRM_FAILURE, payload.bytes->data,
                         payload.bytes->len);
}

static void
receive_invitation (MsnpSession *session, MsnpSwitchboard *board,
                    const char *from, const MsnpMime *mime)
{
  g_auto (MsnpMime) fields = { NULL };
  const char *command, *cookie;
  guint64 number;

  if (!msnp_mime_decode (&mime->body, &fields, NULL))
    return;
  command = msnp_mime_get (&fields, "Invitation-Command");
  cookie = msnp_mime_get (&fields, "Invitation-Cookie");
  if (command == NULL || g_ascii_strcasecmp (command, "INVITE") != 0 ||
      cookie == NULL ||
      !im_word_number (im_word (cookie), G_MAXUINT32, &number, NULL))
    return;
  /* Among several, nobody is meant in particular. */
  if (msnp_switchboard_is_ready (board) &&
      msnp_switchboard_n_members (board) == 1)
    send_refusal (board, number, refusal_for (&fields));
  msnp_session_notice (session, IM_NOTICE_DECLINED, from, NULL);
}

/* --- The later ones: application/x-msnmsgrp2p --------------------------- */

/* The header before each piece, little-endian:
 *
 *   u32 session   u32 message   u64 offset   u64 total   u32 size   u32 flags
 *   u32 ack id    u32 ack's ack id   u64 acked total
 *
 * then the piece and four bytes of footer. Session 0 carries the
 * negotiation. wiki.nina.chat, Protocols/MSNC. */
#define P2P_HEADER 48
#define P2P_MAX_PIECE 1202

#define P2P_ACK 0x2
/* Acknowledged, refused, failed, over: nothing to be answered. */
#define P2P_NO_ANSWER (0x1 | P2P_ACK | 0x8 | 0x40 | 0x80)

/* What display pictures and emoticons are asked for with: no offer. */
#define GUID_OBJECT "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}"

/* Longer ones nobody makes. */
#define MAX_SLP_FIELD 256

typedef struct
{
  guint32 session;
  guint32 message;
  guint64 offset;
  guint64 total;
  guint32 size;
  guint32 flags;
  guint32 ack;
  ImReader piece;
} Packet;

static gboolean
read_u64le (ImReader *reader, guint64 *ret)
{
  guint32 low, high;

  if (!im_reader_u32le (reader, &low, NULL) ||
      !im_reader_u32le (reader, &high, NULL))
    return FALSE;
  *ret = (guint64)high << 32 | low;
  return TRUE;
}

static gboolean
read_packet (const ImReader *body, Packet *ret)
{
  ImReader reader = *body;

  return im_reader_u32le (&reader, &ret->session, NULL) &&
         im_reader_u32le (&reader, &ret->message, NULL) &&
         read_u64le (&reader, &ret->offset) &&
         read_u64le (&reader, &ret->total) &&
         im_reader_u32le (&reader, &ret->size, NULL) &&
         im_reader_u32le (&reader, &ret->flags, NULL) &&
         im_reader_u32le (&reader, &ret->ack, NULL) &&
         im_reader_skip (&reader, 12, NULL) &&
         im_reader_sub (&reader, ret->size, &ret->piece, NULL) &&
         ret->offset <= ret->total && ret->size <= ret->total - ret->offset;
}

static void
write_u64le (ImWriter *writer, guint64 value)
{
  im_writer_u32le (writer, (guint32)value);
  im_writer_u32le (writer, (guint32)(value >> 32));
}

/* A packet of ours, whole; the acknowledged one is %NULL in what is none. */
static void
send_packet (MsnpSession *session, MsnpSwitchboard *board, const char *to,
             const Packet *acked, const char *data, gsize len)
{
  g_auto (ImWriter) payload = { 0 };
  guint32 ids[2];

  session->host->ops->random (session->host, ids, sizeof ids);
  im_writer_init (&payload, MSNP_MAX_PAYLOAD);
  msnp_mime_begin (&payload, "application/x-msnmsgrp2p");
  msnp_mime_add (&payload, "P2P-Dest", to);
  msnp_mime_end (&payload);
  im_writer_u32le (&payload, 0);
  im_writer_u32le (&payload, ids[0]);
  write_u64le (&payload, 0);
  write_u64le (&payload, acked != NULL ? acked->total : len);
  im_writer_u32le (&payload, (guint32)len);
  im_writer_u32le (&payload, acked != NULL ? P2P_ACK : 0);
  im_writer_u32le (&payload, acked != NULL ? acked->message : ids[1]);
  im_writer_u32le (&payload, acked != NULL ? acked->ack : 0);
  write_u64le (&payload, acked != NULL ? acked->total : 0);
  im_writer_raw (&payload, data, len);
  im_writer_u32 (&payload, 0);
  msnp_switchboard_send (board, MSNP_CONFIRM_PEER, payload.bytes->data,
                         payload.bytes->len);
}

static const char *
slp_field (const MsnpMime *mime, const char *name)
{
  const char *value = msnp_mime_get (mime, name);

  return value != NULL && strlen (value) <= MAX_SLP_FIELD ? value : NULL;
}

/* "603 Decline", which ends the negotiation. */
static void
send_decline (MsnpSession *session, MsnpSwitchboard *board, const char *to,
              const MsnpMime *invite, guint64 number)
{
  const char *via = slp_field (invite, "Via");
  const char *call = slp_field (invite, "Call-ID");
  g_autofree char *body = g_strdup_printf (
      "SessionID: %" G_GUINT64_FORMAT "\r\n\r\n", number);
  g_autofree char *slp = NULL;
  gsize len;

  if (via == NULL || call == NULL)
    return;
  /* The body's length counts the NUL behind it. */
  slp = g_strdup_printf ("MSNSLP/1.0 603 Decline\r\n"
                         "To: <msnmsgr:%s>\r\n"
                         "From: <msnmsgr:%s>\r\n"
                         "Via: %s\r\n"
                         "CSeq: 1 \r\n"
                         "Call-ID: %s\r\n"
                         "Max-Forwards: 0\r\n"
                         "Content-Type: application/x-msnmsgr-sessionreqbody"
                         "\r\n"
                         "Content-Length: %u\r\n\r\n%s",
                         to, session->settings.address, via, call,
                         (guint)strlen (body) + 1, body);
  len = strlen (slp) + 1;
  if (len <= P2P_MAX_PIECE)
    send_packet (session, board, to, NULL, slp, len);
}

/* The first piece of a negotiation is enough: all that is wanted stands in
 * front of the descriptor that makes it long. */
static void
receive_negotiation (MsnpSession *session, MsnpSwitchboard *board,
                     const char *from, const ImReader *piece)
{
  static const char verb[] = "INVITE MSNMSGR:";
  g_auto (MsnpMime) invite = { NULL };
  g_auto (MsnpMime) body = { NULL };
  const char *guid, *id;
  guint64 number;

  if (im_reader_left (piece) < sizeof verb - 1 ||
      g_ascii_strncasecmp ((const char *)piece->pos, verb, sizeof verb - 1) !=
          0 ||
      !msnp_mime_decode (piece, &invite, NULL) ||
      !msnp_mime_decode (&invite.body, &body, NULL))
    return;
  guid = msnp_mime_get (&body, "EUF-GUID");
  id = msnp_mime_get (&body, "SessionID");
  if (guid == NULL || id == NULL ||
      !im_word_number (im_word (id), G_MAXUINT32, &number, NULL))
    return;
  send_decline (session, board, from, &invite, number);
  if (g_ascii_strcasecmp (guid, GUID_OBJECT) != 0)
    msnp_session_notice (session, IM_NOTICE_DECLINED, from, NULL);
}

static gboolean
is_for_us (const MsnpSession *session, const MsnpMime *mime)
{
  const char *dest = msnp_mime_get (mime, "P2P-Dest");

  /* With a place behind it, it is the second form of the protocol, which we
   * do not claim to speak. */
  return dest != NULL &&
         g_ascii_strcasecmp (dest, session->settings.address) == 0;
}

static void
receive_p2p (MsnpSession *session, MsnpSwitchboard *board, const char *from,
             const MsnpMime *mime)
{
  Packet packet;

  if (!is_for_us (session, mime) || !msnp_switchboard_is_ready (board) ||
      !read_packet (&mime->body, &packet) || packet.session != 0 ||
      (packet.flags & P2P_NO_ANSWER) != 0 || packet.size == 0)
    return;
  if (packet.offset + packet.size == packet.total)
    send_packet (session, board, from, &packet, NULL, 0);
  if (packet.offset == 0)
    receive_negotiation (session, board, from, &packet.piece);
}

/* --- What it is --------------------------------------------------------- */

static MsnpContent
unshown (MsnpSession *session, const char *from, const char *what)
{
  msnp_session_notice (session, IM_NOTICE_UNSHOWN, from, what);
  return MSNP_CONTENT_NOTHING;
}

static MsnpContent
receive_datacast (MsnpSession *session, const char *from, const MsnpMime *mime)
{
  switch (msnp_mime_datacast (mime))
    {
    case 1:
      return MSNP_CONTENT_NUDGE;
    case 2:
      return unshown (session, from, "wink");
    case 3:
      return unshown (session, from, "voice");
    default:
      return MSNP_CONTENT_NOTHING;
    }
}

static MsnpContent
receive_text (const MsnpMime *mime, ImText **ret)
{
  g_autoptr (ImText) text = msnp_text_decode (mime);

  if (im_text_length (text) == 0)
    return MSNP_CONTENT_NOTHING;
  *ret = g_steal_pointer (&text);
  return MSNP_CONTENT_TEXT;
}

static gboolean
is_picture (const MsnpMime *mime)
{
  return msnp_mime_is (mime, "image/gif") ||
         msnp_mime_is (mime, "application/x-ms-ink");
}

MsnpContent
msnp_content_receive (MsnpSession *session, MsnpSwitchboard *board,
                      const char *from, const MsnpMime *mime, ImText **ret_text)
{
  if (mime->type == NULL)
    return MSNP_CONTENT_NOTHING;
  if (msnp_mime_is (mime, "text/plain"))
    return receive_text (mime, ret_text);
  if (msnp_mime_is (mime, "text/x-msmsgscontrol"))
    return MSNP_CONTENT_TYPING;
  if (msnp_mime_is (mime, "text/x-msnmsgr-datacast"))
    return receive_datacast (session, from, mime);
  if (msnp_mime_is (mime, "text/x-msmsgsinvite"))
    receive_invitation (session, board, from, mime);
  else if (msnp_mime_is (mime, "application/x-msnmsgrp2p"))
    receive_p2p (session, board, from, mime);
  else if (is_picture (mime))
    return unshown (session, from, "ink");
  /* What else is text is between clients: what they can do, pictures for the
   * emoticons of the next message. */
  else if (g_ascii_strncasecmp (mime->type, "text/", 5) != 0)
    return unshown (session, from, "content");
  return MSNP_CONTENT_NOTHING;
}
