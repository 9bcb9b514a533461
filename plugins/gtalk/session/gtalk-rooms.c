#include "gtalk-rooms.h"

#include <string.h>

#include "gtalk-disco.h"
#include "gtalk-parts.h"
#include "gtalk-errors.h"
#include "gtalk-roster.h"
#include "xmpp-time.h"

#define NS_PING "urn:xmpp:ping"
#define NS_CARBONS "urn:xmpp:carbons:2"
#define NS_FORWARD "urn:xmpp:forward:0"

/* Where Google's own rooms are: each is called by chance, and private. */
#define GOOGLE_SERVICE "groupchat.google.com"

/* How long somebody may take to unlock a room, in tries. */
#define MAX_WAITS 3
#define WAIT_MS 1000

static void
room_unref (gpointer data)
{
  GtalkRoom *room = data;

  if (--room->refs > 0)
    return;
  if (room->timer != NULL)
    room->session->host->ops->timer_cancel (room->session->host, room->timer);
  g_hash_table_unref (room->people);
  g_queue_clear_full (&room->recent, g_free);
  g_queue_clear_full (&room->sent, gtalk_sent_free);
  g_free (room->name);
  g_free (room->jid);
  g_free (room->nick);
  g_free (room->password);
  g_free (room->invitee);
  gtalk_said_clear (&room->said);
  g_free (room);
}

GtalkRoom *
gtalk_rooms_find (const GtalkSession *session, const char *from)
{
  g_autofree char *bare = NULL;

  if (from == NULL || session->rooms->rooms->len == 0)
    return NULL;
  bare = xmpp_jid_dup_bare (from);
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      if (g_strcmp0 (room->jid, bare) == 0)
        return room;
    }
  return NULL;
}

static GtalkRoom *
find_number (const GtalkSession *session, guint number)
{
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      if (room->number == number)
        return room;
    }
  return NULL;
}

/* Rooms one can do something in. */
static GtalkRoom *
find_open (const GtalkSession *session, guint number)
{
  GtalkRoom *room = find_number (session, number);

  return room != NULL && room->in && gtalk_session_is_online (session) ? room
                                                                       : NULL;
}

/* --- reports ---------------------------------------------------------------------- */

static void
end_with (GtalkRoom *room, ImRoomEnd end, ImProblem problem, const char *by,
          const char *words)
{
  GtalkSession *session = gtalk_session_ref (room->session);
  ImEvent event = {
    .type = room->told ? IM_EVENT_CHAT_LEFT : IM_EVENT_CHAT_FAILED,
    .chat = { .chat = room->number,
              .name = room->name,
              .end = end,
              .by = by,
              .words = words,
              .failure = { .problem = problem } },
  };
  guint index;

  /* While the host hears of it, the room is not there any more; and if it left
   * by itself, that is no news. */
  if (g_ptr_array_find (session->rooms->rooms, room, &index))
    {
      g_ptr_array_steal_index (session->rooms->rooms, index);
      gtalk_session_emit (session, &event);
      room_unref (room);
    }
  gtalk_session_unref (session);
}

void
gtalk_rooms_end (GtalkRoom *room, ImRoomEnd end, const char *by,
                 const char *words)
{
  end_with (room, end,
            end == IM_ROOM_END_NONE ? IM_PROBLEM_LOST
                                    : IM_PROBLEM_REFUSED_REQUEST,
            by, words);
}

void
gtalk_rooms_tell_refused (GtalkRoom *room, ImRoomWish wish, const char *who,
                          ImRoomWhyNot why)
{
  const ImEvent event = {
    .type = IM_EVENT_CHAT_REFUSED,
    .chat_refused = { .chat = room->number,
                      .wish = wish,
                      .who = who,
                      .why = why },
  };

  gtalk_session_emit (room->session, &event);
}

/* --- still there? ------------------------------------------------------------------- */

static void set_timer (GtalkRoom *room, guint ms, ImTimerFunc func);
static void on_silence (gpointer user);

static void
listen_on (GtalkRoom *room)
{
  room->heard = FALSE;
  set_timer (room, IM_ROOM_SILENCE_MINUTES * 60 * 1000, on_silence);
}

gboolean
gtalk_rooms_return (GtalkRoom *room)
{
  if (room->again)
    return FALSE;
  room->again = TRUE;
  gtalk_rooms_enter (room);
  return TRUE;
}

/* Only "not-acceptable" means that we are out: the ping goes to ourselves, and
 * what our own client makes of it says that it came there (XEP-0410). */
static void
on_ping (GtalkSession *session, const XmlNode *stanza, gpointer number)
{
  GtalkRoom *room = find_number (session, GPOINTER_TO_UINT (number));

  if (room == NULL || session->gone || stanza == NULL || !room->in)
    return;
  if (strcmp (gtalk_error_condition (xml_node_child (stanza, "error")),
              "not-acceptable") == 0)
    gtalk_rooms_return (room);
}

static void
on_silence (gpointer user)
{
  GtalkRoom *room = user;

  room->timer = NULL;
  if (!room->heard && room->session->state == GTALK_STATE_ONLINE)
    {
      g_autofree char *us = g_strconcat (room->jid, "/", room->nick, NULL);

      gtalk_session_ask (room->session, us, "get", "<ping xmlns='" NS_PING
                         "'/>", on_ping, GUINT_TO_POINTER (room->number),
                         NULL);
    }
  listen_on (room);
}

/* --- entering ---------------------------------------------------------------------- */

static void
on_no_answer (gpointer user)
{
  GtalkRoom *room = user;

  room->timer = NULL;
  end_with (room, IM_ROOM_END_NONE, IM_PROBLEM_TIMED_OUT, NULL, NULL);
}

static void
set_timer (GtalkRoom *room, guint ms, ImTimerFunc func)
{
  ImHost *host = room->session->host;

  if (room->timer != NULL)
    host->ops->timer_cancel (host, room->timer);
  room->timer = host->ops->timer_add (host, ms, func, room);
}

static void
write_history (const GtalkRoom *room, XmppWriter *w)
{
  xmpp_open (w, "history", NULL);
  if (room->last_s != 0)
    {
      g_autofree char *since = xmpp_time_print (room->last_s);

      xmpp_attr (w, "since", since);
    }
  else
    xmpp_attr_number (w, "maxstanzas", IM_ROOM_HISTORY);
  xmpp_close (w);
}

void
gtalk_rooms_enter (GtalkRoom *room)
{
  g_autofree char *us = g_strconcat (room->jid, "/", room->nick, NULL);
  g_auto (XmppWriter) w = { 0 };
  GHashTableIter iter;
  gpointer occupant;

  room->in = room->lost = FALSE;
  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &occupant))
    ((GtalkOccupant *) occupant)->stale = TRUE;
  xmpp_open (&w, "presence", NULL);
  xmpp_attr (&w, "to", us);
  xmpp_open (&w, "x", NS_MUC);
  write_history (room, &w);
  if (room->password != NULL)
    xmpp_leaf (&w, "password", NULL, room->password);
  xmpp_close (&w);
  gtalk_disco_write_caps (room->session, &w);
  xmpp_close (&w);
  gtalk_session_send (room->session, &w);
  set_timer (room, IM_ROOM_SECONDS * 1000, on_no_answer);
}

static void
on_later (gpointer user)
{
  GtalkRoom *room = user;

  room->timer = NULL;
  gtalk_rooms_enter (room);
}

gboolean
gtalk_rooms_try_later (GtalkRoom *room)
{
  if (room->waits == MAX_WAITS)
    return FALSE;
  room->waits++;
  set_timer (room, WAIT_MS, on_later);
  return TRUE;
}

/* A room nobody has described is locked for others; we take it as it is. */
static void
unlock (GtalkRoom *room)
{
  gtalk_session_ask (room->session, room->jid, "set",
                     "<query xmlns='" NS_MUC_OWNER "'>"
                     "<x xmlns='jabber:x:data' type='submit'/></query>",
                     NULL, NULL, NULL);
}

void
gtalk_rooms_entered (GtalkRoom *room, gboolean created)
{
  ImEvent event = { .type = IM_EVENT_CHAT_JOINED };
  guint number = room->number;
  GtalkSession *session = room->session;

  room->in = TRUE;
  room->tries = room->waits = 0;
  listen_on (room);
  if (created)
    unlock (room);
  if (!room->told)
    {
      room->told = TRUE;
      event.chat = (ImEventChat){ .chat = number,
                                  .name = room->name,
                                  .nick = room->nick };
      gtalk_session_emit (session, &event);
      /* The host may have left at once. */
      room = find_number (session, number);
      if (room == NULL)
        return;
    }
  gtalk_room_people_tell (room);
  if (room->invitee != NULL)
    gtalk_room_talk_ask_in (room, room->invitee, NULL);
  g_clear_pointer (&room->invitee, g_free);
  gtalk_room_talk_go_on (room);
}

/* --- which address ------------------------------------------------------------------ */

/* Returns: whether @room has an address now, or may have one later; else it is
 * gone */
static gboolean
find_address (GtalkRoom *room)
{
  GtalkSession *session = room->session;
  g_autofree char *address = NULL;
  g_autoptr (XmppJid) jid = NULL;
  const char *service;

  if (strchr (room->name, '@') != NULL)
    address = g_strdup (room->name);
  else
    {
      service = gtalk_disco_service (session, "conference/text", NS_MUC);
      if (service == NULL && !gtalk_disco_services_known (session))
        return TRUE;
      if (service == NULL)
        {
          end_with (room, IM_ROOM_END_NONE, IM_PROBLEM_UNAVAILABLE, NULL,
                    NULL);
          return FALSE;
        }
      address = g_strconcat (room->name, "@", service, NULL);
    }
  jid = xmpp_jid_new (address, NULL);
  /* Asked for by another name. */
  if (jid != NULL && gtalk_rooms_find (session, jid->bare) != NULL)
    {
      g_ptr_array_remove (session->rooms->rooms, room);
      return FALSE;
    }
  /* Who is on the list is a person: what they say goes to them. */
  if (jid == NULL || jid->node == NULL ||
      strcmp (jid->bare, gtalk_session_bare (session)) == 0 ||
      gtalk_roster_has (session, jid->bare, NULL))
    {
      gtalk_rooms_end (room, IM_ROOM_END_BAD_NAME, NULL, NULL);
      return FALSE;
    }
  room->jid = g_strdup (jid->bare);
  return TRUE;
}

static void
begin (GtalkRoom *room)
{
  if (find_address (room) && room->jid != NULL)
    gtalk_rooms_enter (room);
}

static GtalkRoom *
add_room (GtalkSession *session, const char *name, const char *nick,
          const char *password)
{
  GtalkRooms *rooms = session->rooms;
  GtalkRoom *room;

  if (!gtalk_session_is_online (session) || rooms->rooms->len >= IM_MAX_ROOMS)
    return NULL;
  room = g_new0 (GtalkRoom, 1);
  room->refs = 1;
  room->session = session;
  room->number = ++rooms->last_number;
  room->name = g_strdup (name);
  room->nick = g_strdup (nick != NULL && *nick != '\0'
                             ? nick
                             : session->settings.jid->node);
  room->password =
      password != NULL && *password != '\0' ? g_strdup (password) : NULL;
  room->people =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                             gtalk_occupant_free);
  g_ptr_array_add (rooms->rooms, room);
  return room;
}

/* Returns: (nullable): the room that was asked for by @name */
static GtalkRoom *
find_named (const GtalkSession *session, const char *name)
{
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      if (strcmp (room->name, name) == 0)
        return room;
    }
  return gtalk_rooms_find (session, name);
}

guint
gtalk_session_join_room (GtalkSession *session, const char *name,
                         const char *nick, const char *password)
{
  GtalkRoom *room = find_named (session, name);
  guint number;

  if (room != NULL)
    return room->number;
  room = add_room (session, name, nick, password);
  if (room == NULL)
    return 0;
  number = room->number;
  begin (room);
  return number;
}

void
gtalk_rooms_autojoin (GtalkSession *session, const char *name,
                      const char *nick, const char *password)
{
  if (strchr (name, '@') != NULL)
    gtalk_session_join_room (session, name, nick, password);
}

static const char *
private_service (GtalkSession *session, const char **ret_prefix)
{
  const char *service =
      gtalk_disco_service (session, "conference/text", NS_MUC);
  *ret_prefix = gtalk_roster_is_google (session) ? GTALK_PRIVATE_ROOM : "chat-";
  return service == NULL && session->settings.quirks & GTALK_QUIRK_GOOGLE
             ? GOOGLE_SERVICE
             : service;
}

static char *
new_uuid (GtalkSession *session)
{
  guint8 b[16];

  session->host->ops->random (session->host, b, sizeof b);
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                          "%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8],
                          b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

guint
gtalk_session_start_room (GtalkSession *session, const char *who)
{
  const char *prefix;
  const char *service = private_service (session, &prefix);
  g_autofree char *uuid = NULL;
  g_autofree char *name = NULL;
  GtalkRoom *room;
  guint number;

  if (service == NULL)
    return 0;
  uuid = new_uuid (session);
  name = g_strconcat (prefix, uuid, "@", service, NULL);
  room = add_room (session, name, NULL, NULL);
  if (room == NULL)
    return 0;
  room->invitee = g_strdup (who);
  number = room->number;
  begin (room);
  return number;
}

/* --- commands ----------------------------------------------------------------------- */

void
gtalk_session_leave_room (GtalkSession *session, guint chat)
{
  GtalkRoom *room = find_number (session, chat);

  if (room == NULL)
    return;
  if (room->jid != NULL && gtalk_session_is_online (session))
    {
      g_autofree char *us = g_strconcat (room->jid, "/", room->nick, NULL);
      g_auto (XmppWriter) w = { 0 };

      xmpp_open (&w, "presence", NULL);
      xmpp_attr (&w, "type", "unavailable");
      xmpp_attr (&w, "to", us);
      xmpp_close (&w);
      gtalk_session_send (session, &w);
    }
  g_ptr_array_remove (session->rooms->rooms, room);
}

void
gtalk_session_change_nick (GtalkSession *session, guint chat,
                           const char *nick)
{
  GtalkRoom *room = find_open (session, chat);
  g_autofree char *us = NULL;
  g_auto (XmppWriter) w = { 0 };

  if (room == NULL || *nick == '\0' || strcmp (nick, room->nick) == 0)
    return;
  us = g_strconcat (room->jid, "/", nick, NULL);
  xmpp_open (&w, "presence", NULL);
  xmpp_attr (&w, "to", us);
  gtalk_disco_write_caps (session, &w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

typedef struct
{
  guint chat;
  char *who;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_free (removal->who);
  g_free (removal);
}

static void
on_removed (GtalkSession *session, const XmlNode *stanza, gpointer data)
{
  const Removal *removal = data;
  GtalkRoom *room = find_number (session, removal->chat);

  if (room != NULL && stanza != NULL &&
      g_strcmp0 (xml_node_attribute (stanza, "type"), "error") == 0)
    gtalk_rooms_tell_refused (room, IM_ROOM_WISH_KICK, removal->who,
                              IM_ROOM_WHY_NOT_ALLOWED);
}

void
gtalk_session_kick (GtalkSession *session, guint chat, const char *nick,
                    const char *words, gboolean ban)
{
  GtalkRoom *room = find_open (session, chat);
  const GtalkOccupant *occupant;
  Removal *removal;
  g_auto (XmppWriter) w = { 0 };

  if (room == NULL)
    return;
  occupant = gtalk_room_occupant (room, nick);
  /* Bans are of addresses. */
  if (occupant == NULL || (ban && occupant->jid == NULL))
    {
      gtalk_rooms_tell_refused (room, IM_ROOM_WISH_KICK, nick,
                                IM_ROOM_WHY_NOT_ALLOWED);
      return;
    }
  xmpp_open (&w, "query", NS_MUC_ADMIN);
  xmpp_open (&w, "item", NULL);
  xmpp_attr (&w, ban ? "jid" : "nick", ban ? occupant->jid : occupant->nick);
  xmpp_attr (&w, ban ? "affiliation" : "role", ban ? "outcast" : "none");
  if (words != NULL && *words != '\0')
    xmpp_leaf (&w, "reason", NULL, words);
  xmpp_close (&w);
  xmpp_close (&w);
  removal = g_new (Removal, 1);
  removal->chat = chat;
  removal->who = g_strdup (nick);
  gtalk_session_ask (session, room->jid, "set", xmpp_writer_text (&w),
                     on_removed, removal, removal_free);
}

char *
gtalk_session_occupant_address (const GtalkSession *session, guint chat,
                                const char *nick)
{
  GtalkRoom *room = find_open (session, chat);
  const GtalkOccupant *occupant =
      room != NULL ? gtalk_room_occupant (room, nick) : NULL;

  if (occupant == NULL)
    return NULL;
  return occupant->jid != NULL
             ? g_strdup (occupant->jid)
             : g_strconcat (room->jid, "/", occupant->nick, NULL);
}

/* --- part --------------------------------------------------------------------------- */

/* Copies of what was said to one of us alone in a room do not say who that
 * was: the other place is in the room too, under its own name. */
static gboolean
is_copy (const XmlNode *stanza)
{
  static const char *const ways[] = { "received", "sent" };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      const XmlNode *copy = xml_node_first_ns (stanza, NS_CARBONS, ways[i]);
      const XmlNode *inner;

      if (!xml_node_exists (copy))
        continue;
      inner = xml_node_child (
          xml_node_first_ns (copy, NS_FORWARD, "forwarded"), "message");
      if (xml_node_exists (xml_node_first_ns (inner, NS_MUC_USER, "x")))
        return TRUE;
    }
  return FALSE;
}

static gboolean
message (GtalkSession *session, const XmlNode *stanza)
{
  const char *from = xml_node_attribute (stanza, "from");
  const char *type = xml_node_attribute (stanza, "type");
  GtalkRoom *room = gtalk_rooms_find (session, from);

  if (room != NULL)
    {
      gboolean ours;

      /* Who is told of what happens in it may leave at once. */
      room->refs++;
      room->heard = TRUE;
      ours = gtalk_room_talk_message (room, stanza, xmpp_jid_resource (from));
      room_unref (room);
      return ours;
    }
  /* Rooms we are not in have nothing to say. */
  return gtalk_room_talk_invite (session, stanza) || is_copy (stanza) ||
         g_strcmp0 (type, "groupchat") == 0;
}

static gboolean
presence (GtalkSession *session, const XmlNode *stanza)
{
  const char *from = xml_node_attribute (stanza, "from");
  GtalkRoom *room = gtalk_rooms_find (session, from);
  g_autofree char *bare = NULL;

  if (room != NULL)
    {
      room->refs++;
      gtalk_room_people_presence (room, stanza, xmpp_jid_resource (from));
      room_unref (room);
      return TRUE;
    }
  if (from == NULL ||
      !xml_node_exists (xml_node_first_ns (stanza, NS_MUC_USER, "x")))
    return FALSE;
  bare = xmpp_jid_dup_bare (from);
  return !gtalk_roster_has (session, bare, NULL);
}

/* After a loss that was not resumed, the server has shown us out of all of
 * them. */
static void
bound (GtalkSession *session)
{
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      room->lost = room->jid != NULL;
      room->in = FALSE;
    }
}

static void
online (GtalkSession *session)
{
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      if (room->lost)
        gtalk_rooms_enter (room);
    }
}

static void
services (GtalkSession *session)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();

  for (guint i = 0; i < session->rooms->rooms->len; i++)
    if (((GtalkRoom *) session->rooms->rooms->pdata[i])->jid == NULL)
      g_ptr_array_add (waiting, session->rooms->rooms->pdata[i]);
  for (guint i = 0; i < waiting->len && !session->gone; i++)
    if (g_ptr_array_find (session->rooms->rooms, waiting->pdata[i], NULL))
      begin (waiting->pdata[i]);
}

static void
init (GtalkSession *session)
{
  session->rooms = g_new0 (GtalkRooms, 1);
  session->rooms->rooms = g_ptr_array_new_with_free_func (room_unref);
  session->rooms->invites =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
clear (GtalkSession *session)
{
  if (session->rooms == NULL)
    return;
  g_ptr_array_unref (session->rooms->rooms);
  g_hash_table_unref (session->rooms->invites);
  g_clear_pointer (&session->rooms, g_free);
}

const GtalkPart gtalk_rooms_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .online = online,
  .services = services,
  .message = message,
  .presence = presence,
};
