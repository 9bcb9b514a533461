/* What is known of ICQ users: what their clients can read, and what the user
 * said of it. */

#include "oscar-icq-private.h"

#include <string.h>

#include "im-charset.h"
#include "oscar-icq-state.h"

/* Strangers who write to us are remembered too, but not without end. */
#define MAX_PEERS (IM_MAX_FEEDBAG_ITEMS * 2)

void
oscar_icq_init (OscarSession *session)
{
  OscarIcqState *icq = g_new0 (OscarIcqState, 1);

  icq->peers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  icq->charsets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  icq->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  icq->asked =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  icq->queries =
      g_hash_table_new_full (NULL, NULL, NULL, oscar_icq_query_free);
  g_queue_init (&icq->to_ask);
  g_queue_init (&icq->to_name);
  icq->sequence = 0xffff;
  session->icq = icq;
}

void
oscar_icq_stop (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&icq->ask_timer));
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&icq->name_timer));
  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&icq->query_timer));
  g_hash_table_remove_all (icq->queries);
  g_queue_clear_full (&icq->to_name, g_free);
  g_hash_table_remove_all (icq->peers);
  g_hash_table_remove_all (icq->shown);
  g_hash_table_remove_all (icq->asked);
  g_queue_clear_full (&icq->to_ask, g_free);
}

void
oscar_icq_clear (OscarSession *session)
{
  OscarIcqState *icq = session->icq;

  oscar_icq_stop (session);
  g_hash_table_unref (icq->peers);
  g_hash_table_unref (icq->charsets);
  g_hash_table_unref (icq->shown);
  g_hash_table_unref (icq->asked);
  g_hash_table_unref (icq->queries);
  g_free (icq->mood);
  g_free (icq->mood_title);
  g_free (icq->mood_text);
  g_free (icq);
}

OscarIcqPeer *
oscar_icq_peer (const OscarSession *session, const char *who)
{
  g_autofree char *name = oscar_name_normalize (who);

  return g_hash_table_lookup (session->icq->peers, name);
}

static guint8
away_query_of (const OscarUserInfo *info)
{
  guint32 word = info->has & OSCAR_USER_STATUS ? info->status : 0;

  if (word & OSCAR_STATUS_DND)
    return OSCAR_ICQ_AUTO_DND;
  if (word & OSCAR_STATUS_OCCUPIED)
    return OSCAR_ICQ_AUTO_OCCUPIED;
  if (word & OSCAR_STATUS_NOT_AVAILABLE)
    return OSCAR_ICQ_AUTO_NA;
  if (word & OSCAR_STATUS_AWAY)
    return OSCAR_ICQ_AUTO_AWAY;
  return word & OSCAR_STATUS_FREE_FOR_CHAT ? OSCAR_ICQ_AUTO_CHAT : 0;
}

static void
report_mood (OscarSession *session, const char *who, const char *mood)
{
  ImEvent event = { .type = IM_EVENT_MOOD, .mood = { who, mood, NULL, NULL } };

  oscar_session_emit (session, &event);
}

/* Most presences of one user say the same; what a message brings along says
 * less than a presence, so only the latter takes a mood away. */
void
oscar_icq_seen (OscarSession *session, const OscarUserInfo *info)
{
  OscarIcqPeer *peer;
  const char *mood, *before;

  /* Clients older than capabilities still say how to connect to them. */
  if (!oscar_name_is_uin (info->name.text) ||
      (im_reader_left (&info->caps) == 0 &&
       im_reader_left (&info->short_caps) == 0 &&
       im_reader_left (&info->dc) == 0))
    return;
  peer = oscar_icq_peer (session, info->name.text);
  if (peer == NULL)
    {
      if (g_hash_table_size (session->icq->peers) >= MAX_PEERS)
        return;
      peer = g_new0 (OscarIcqPeer, 1);
      g_hash_table_insert (session->icq->peers,
                           oscar_name_normalize (info->name.text), peer);
    }
  peer->unicode = oscar_userinfo_has_short_cap (info, OSCAR_CAP_UNICODE);
  peer->relay = oscar_userinfo_has_short_cap (info, OSCAR_CAP_ICQ_RELAY);
  peer->away_query = away_query_of (info);
  peer->xtraz = oscar_userinfo_has_cap (info, &oscar_cap_xtraz);
  before = peer->mood;
  mood = peer->mood = oscar_icq_mood_of (info);
  if (before == mood)
    return;
  report_mood (session, info->name.text, mood);
  if (mood != NULL && !session->gone)
    oscar_icq_ask_xstatus (session, info->name.text);
}

void
oscar_icq_gone (OscarSession *session, const char *who)
{
  OscarIcqPeer *peer = oscar_icq_peer (session, who);
  g_autofree char *name = NULL;
  gboolean had_mood;

  if (peer == NULL)
    return;
  had_mood = peer->mood != NULL;
  name = oscar_name_normalize (who);
  g_hash_table_remove (session->icq->peers, name);
  if (had_mood)
    report_mood (session, who, NULL);
}

/* --- Encodings ---------------------------------------------------------- */

static const char *
chosen_charset (const OscarSession *session, const char *who)
{
  g_autofree char *name = NULL;

  if (g_hash_table_size (session->icq->charsets) == 0)
    return NULL;
  name = oscar_name_normalize (who);
  return g_hash_table_lookup (session->icq->charsets, name);
}

const char *
oscar_icq_charset (const OscarSession *session, const char *who)
{
  const char *chosen = chosen_charset (session, who);

  return chosen != NULL ? chosen : session->settings.charset;
}

void
oscar_session_set_encoding (OscarSession *session, const char *who,
                            const char *charset)
{
  if (charset != NULL && *charset != '\0')
    g_hash_table_insert (session->icq->charsets, oscar_name_normalize (who),
                         g_strdup (charset));
  else
    {
      g_autofree char *name = oscar_name_normalize (who);

      g_hash_table_remove (session->icq->charsets, name);
    }
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 0x80)
      return FALSE;
  return TRUE;
}

GBytes *
oscar_icq_legacy_text (const OscarSession *session, const char *to,
                       const char *utf8)
{
  const char *charset;
  const OscarIcqPeer *peer;

  if (!oscar_name_is_uin (to) || is_ascii (utf8))
    return NULL;
  charset = chosen_charset (session, to);
  if (charset == NULL)
    {
      /* Of somebody who is not there nothing is known; what they will read
       * it with is most likely newer than 2002. */
      peer = oscar_icq_peer (session, to);
      if (peer == NULL || peer->unicode)
        return NULL;
      charset = session->settings.charset;
    }
  if (charset == NULL || g_ascii_strcasecmp (charset, "UTF-8") == 0)
    return NULL;
  return im_charset_from_utf8 (utf8, charset);
}

void
oscar_icq_encode_text (ImWriter *writer, guint64 cookie, const char *to,
                       GBytes *text, OscarIcbmMarks marks)
{
  gsize len;
  const void *data = g_bytes_get_data (text, &len);
  gsize tlv = oscar_icbm_open_send (writer, cookie, OSCAR_CHANNEL_TEXT, to);

  oscar_icbm_write_fragments (writer, OSCAR_CHARSET_LATIN1, data, len, TRUE);
  im_writer_close16 (writer, tlv);
  oscar_icbm_write_marks (writer, marks);
}

/* --- Stored messages ---------------------------------------------------- */

/* More than any server stores. */
#define MAX_SHOWN 4096

/* The cookie is part of it: whoever pastes lines sends equal ones within a
 * second. */
gboolean
oscar_icq_is_repeated (OscarSession *session, const OscarIcbm *icbm,
                       const char *text)
{
  OscarIcqState *icq = session->icq;
  g_autofree char *name = oscar_name_normalize (icbm->user.name.text);
  g_autofree char *key =
      g_strdup_printf ("%s %u %" G_GINT64_MODIFIER "x %s", name, icbm->time,
                       icbm->cookie, text);

  if (g_hash_table_contains (icq->shown, key))
    return TRUE;
  if (g_hash_table_size (icq->shown) < MAX_SHOWN)
    g_hash_table_add (icq->shown, g_steal_pointer (&key));
  return FALSE;
}
