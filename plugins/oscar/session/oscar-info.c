/* Presence of others, and questions about them. */

#include "oscar-session-private.h"

#include <string.h>

#include "markup-html.h"
#include "oscar-icq-private.h"
#include "oscar-icons.h"
#include "oscar-locate.h"

/* Away texts waiting to be fetched; a crowd coming back from lunch is not
 * worth more. */
#define MAX_INFO_QUEUE 500

void
oscar_info_init (OscarSession *session)
{
  session->info_asked = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_queue_init (&session->info_queue);
}

void
oscar_info_clear (OscarSession *session)
{
  g_hash_table_unref (session->info_asked);
  g_queue_clear_full (&session->info_queue, g_free);
}

/* --- Presence ----------------------------------------------------------- */

static ImStatus
status_of (const OscarUserInfo *info)
{
  guint32 word = info->has & OSCAR_USER_STATUS ? info->status : 0;

  /* Clients set the general bits along with the special ones, so the special
   * ones are looked at first. */
  if (word & OSCAR_STATUS_DND)
    return IM_STATUS_DND;
  if (word & OSCAR_STATUS_OCCUPIED)
    return IM_STATUS_OCCUPIED;
  if (word & OSCAR_STATUS_NOT_AVAILABLE)
    return IM_STATUS_NOT_AVAILABLE;
  if (word & OSCAR_STATUS_AWAY ||
      (info->has & OSCAR_USER_CLASS && info->user_class & OSCAR_CLASS_AWAY))
    return IM_STATUS_AWAY;
  if (word & OSCAR_STATUS_FREE_FOR_CHAT)
    return IM_STATUS_FREE_FOR_CHAT;
  return IM_STATUS_AVAILABLE;
}

static ImPeerFlags
flags_of (const OscarUserInfo *info)
{
  guint32 class = info->has & OSCAR_USER_CLASS ? info->user_class : 0;
  ImPeerFlags flags = 0;

  /* Who has messages forwarded reads them on a telephone as well. */
  if (class & (OSCAR_CLASS_WIRELESS | OSCAR_CLASS_ONE_WAY_WIRELESS |
               OSCAR_CLASS_FORWARDING))
    flags |= IM_PEER_MOBILE;
  if (class & OSCAR_CLASS_BOT)
    flags |= IM_PEER_BOT;
  if (class & OSCAR_CLASS_OFFICIAL)
    flags |= IM_PEER_OFFICIAL;
  if (class & OSCAR_CLASS_ADMIN)
    flags |= IM_PEER_ADMIN;
  if (class & OSCAR_CLASS_UNCONFIRMED)
    flags |= IM_PEER_UNCONFIRMED;
  if (info->has & OSCAR_USER_STATUS && info->status & OSCAR_STATUS_BIRTHDAY)
    flags |= IM_PEER_BIRTHDAY;
  return flags;
}

void
oscar_info_presence (OscarSession *session, const OscarUserInfo *info,
                     ImEventPresence *ret)
{
  memset (ret, 0, sizeof *ret);
  ret->who = info->name.text;
  ret->status = status_of (info);
  ret->flags = flags_of (info);
  ret->warning = info->warning / 10;
  if (info->has & OSCAR_USER_IDLE && info->idle_minutes > 0)
    ret->idle_since = session->host->ops->wall_s (session->host) -
                      (gint64) info->idle_minutes * 60;
  if (info->has & OSCAR_USER_ONLINE_SINCE)
    ret->online_since = info->online_since;
  if (info->has & OSCAR_USER_MEMBER_SINCE)
    ret->member_since = info->member_since;
  else if (info->has & OSCAR_USER_CREATED)
    ret->member_since = info->created;
}

static ImText *
status_text_of (const OscarSession *session, const OscarUserInfo *info)
{
  OscarBartItem item;
  g_autofree char *text = NULL;

  if (!oscar_bart_find (&info->bart, OSCAR_BART_STATUS_TEXT, &item))
    return NULL;
  text = oscar_bart_dup_text (&item);
  return text != NULL ? oscar_text_parse (session, info->name.text, text)
                      : NULL;
}

/* AIM keeps away texts apart from presence; ICQ has none there. */
static gboolean
has_away_text (const OscarUserInfo *info)
{
  return info->has & OSCAR_USER_CLASS && info->user_class & OSCAR_CLASS_AWAY;
}

void
oscar_info_arrived (OscarSession *session, const ImReader *body)
{
  ImReader blocks = *body;
  OscarUserInfo info;

  while (!session->gone && oscar_userinfo_next (&blocks, &info, NULL))
    {
      ImEvent event = { .type = IM_EVENT_PRESENCE };
      g_autoptr (ImText) text = NULL;

      if (!oscar_name_is_usable (info.name.text))
        continue;
      oscar_icq_seen (session, &info);
      text = status_text_of (session, &info);
      oscar_info_presence (session, &info, &event.presence);
      event.presence.message = text;
      oscar_session_emit (session, &event);
      oscar_icons_noticed (session, &info);
      if (has_away_text (&info))
        oscar_info_fetch_away (session, info.name.text);
    }
}

void
oscar_info_departed (OscarSession *session, const ImReader *body)
{
  ImReader blocks = *body;
  OscarUserInfo info;

  while (!session->gone && oscar_userinfo_next (&blocks, &info, NULL))
    {
      ImEvent event = { .type = IM_EVENT_PRESENCE };

      oscar_icq_gone (session, info.name.text);
      event.presence.who = info.name.text;
      event.presence.status = IM_STATUS_OFFLINE;
      if (oscar_name_is_usable (info.name.text))
        oscar_session_emit (session, &event);
    }
}

/* --- Questions ---------------------------------------------------------- */

/* 02/15 counts in the class of small talk; 02/05 would eat the budget of
 * messages. */
static guint32
ask (OscarSession *session, const char *who, OscarLocateWant want,
     OscarPriority priority)
{
  g_auto (ImWriter) body = { 0 };

  if (strlen (who) > IM_MAX_SCREEN_NAME)
    return 0;
  im_writer_init (&body, IM_MAX_FLAP_SENT);
  oscar_locate_encode_query2 (&body, want, who);
  return oscar_conn_send_snac (session->bos, OSCAR_FG_LOCATE,
                               OSCAR_LOCATE_INFO_QUERY2, &body, priority);
}

/* One background question at a time, so that a thousand away buddies do not
 * cost the user a message. */
static void
ask_next (OscarSession *session)
{
  g_autofree char *who = NULL;

  if (session->info_request != 0 || session->bos == NULL || session->gone)
    return;
  who = g_queue_pop_head (&session->info_queue);
  if (who != NULL)
    session->info_request = ask (session, who, OSCAR_LOCATE_WANT_AWAY,
                                 OSCAR_PRIORITY_BACKGROUND);
}

static int
same_name (gconstpointer a, gconstpointer b)
{
  return oscar_name_equal (a, b) ? 0 : 1;
}

void
oscar_info_fetch_away (OscarSession *session, const char *who)
{
  if (session->info_queue.length >= MAX_INFO_QUEUE ||
      g_queue_find_custom (&session->info_queue, who, same_name) != NULL)
    return;
  g_queue_push_tail (&session->info_queue, g_strdup (who));
  ask_next (session);
}

void
oscar_session_get_info (OscarSession *session, const char *who)
{
  guint32 request;

  if (!oscar_session_is_online (session) || session->bos == NULL ||
      oscar_icq_get_info (session, who))
    return;
  request = ask (session, who,
                 OSCAR_LOCATE_WANT_PROFILE | OSCAR_LOCATE_WANT_AWAY,
                 OSCAR_PRIORITY_USER);
  if (request != 0)
    g_hash_table_insert (session->info_asked, GUINT_TO_POINTER (request),
                         g_strdup (who));
}

/* --- Answers ------------------------------------------------------------ */

static gboolean
settle (OscarSession *session, guint32 request, char **ret_asked)
{
  gpointer asked = NULL;

  if (g_hash_table_steal_extended (session->info_asked,
                                   GUINT_TO_POINTER (request), NULL, &asked))
    {
      *ret_asked = asked;
      return TRUE;
    }
  if (request == 0 || request != session->info_request)
    return FALSE;
  session->info_request = 0;
  return TRUE;
}

/* Markup, whoever wrote it: these texts came with AIM. */
static ImText *
parse_text (const char *markup)
{
  ImText *text;

  if (markup == NULL || *markup == '\0')
    return NULL;
  text = markup_html_parse (markup, -1, MARKUP_AIM);
  im_text_truncate (text, IM_MAX_PROFILE_TEXT);
  return text;
}

void
oscar_info_reply (OscarSession *session, guint32 request, const ImReader *body)
{
  ImReader reader = *body;
  OscarLocateReply reply;
  g_autofree char *asked = NULL;
  ImEvent event = { .type = IM_EVENT_PROFILE };
  g_autofree char *profile_markup = NULL;
  g_autofree char *away_markup = NULL;
  g_autoptr (ImText) profile = NULL;
  g_autoptr (ImText) away = NULL;
  const char *charset = session->settings.charset;

  if (!oscar_locate_decode_reply (&reader, &reply, NULL) ||
      !oscar_name_is_usable (reply.user.name.text))
    {
      oscar_info_error (session, request);
      return;
    }
  if (!settle (session, request, &asked))
    return;
  profile_markup = oscar_locate_dup_profile (&reply.info, charset);
  away_markup = oscar_locate_dup_away (&reply.info, charset);
  profile = parse_text (profile_markup);
  away = parse_text (away_markup);
  oscar_info_presence (session, &reply.user, &event.profile.presence);
  event.profile.found = TRUE;
  event.profile.asked = asked != NULL;
  event.profile.profile = profile;
  event.profile.away = away;
  oscar_session_emit (session, &event);
  ask_next (session);
}

void
oscar_info_error (OscarSession *session, guint32 request)
{
  g_autofree char *asked = NULL;
  ImEvent event = { .type = IM_EVENT_PROFILE };

  if (!settle (session, request, &asked))
    return;
  if (asked != NULL)
    {
      event.profile.presence.who = asked;
      event.profile.asked = TRUE;
      oscar_session_emit (session, &event);
    }
  ask_next (session);
}
