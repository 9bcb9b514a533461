/* Who is in a room, what they are called there and what they may do. */

#include <string.h>

#include "gtalk-errors.h"
#include "gtalk-rooms.h"
#include "im-charset.h"

/* What rooms say about a presence besides; XEP-0045, 15.6. */
typedef enum
{
  STATUS_SELF = 1 << 0,     /* 110 */
  STATUS_CREATED = 1 << 1,  /* 201 */
  STATUS_BANNED = 1 << 2,   /* 301 */
  STATUS_RENAMED = 1 << 3,  /* 303 */
  STATUS_KICKED = 1 << 4,   /* 307 */
  STATUS_NO_MEMBER = 1 << 5, /* 321, 322 */
  STATUS_CLOSING = 1 << 6,  /* 332 */
  STATUS_TROUBLE = 1 << 7,  /* 333: the link to somebody broke */
} Status;

static const struct
{
  const char *code;
  Status status;
} codes[] = {
  { "110", STATUS_SELF },      { "201", STATUS_CREATED },
  { "301", STATUS_BANNED },    { "303", STATUS_RENAMED },
  { "307", STATUS_KICKED },    { "321", STATUS_NO_MEMBER },
  { "322", STATUS_NO_MEMBER }, { "332", STATUS_CLOSING },
  { "333", STATUS_TROUBLE },
};

void
gtalk_occupant_free (gpointer data)
{
  GtalkOccupant *occupant = data;

  g_free (occupant->shown);
  g_free (occupant->nick);
  g_free (occupant->jid);
  gtalk_said_clear (&occupant->said);
  g_free (occupant);
}

/* What does not look like what it is gets a mark, so that nobody passes for
 * somebody else by a space. */
char *
gtalk_room_shown (const char *nick)
{
  g_autofree char *tidy = im_charset_tidy_line (nick);

  if (tidy != NULL && strcmp (tidy, nick) == 0)
    return g_steal_pointer (&tidy);
  return g_strconcat (tidy != NULL ? tidy : "", "?", NULL);
}

GtalkOccupant *
gtalk_room_occupant (const GtalkRoom *room, const char *shown)
{
  return g_hash_table_lookup (room->people, shown);
}

static Status
read_status (const XmlNode *user)
{
  Status found = 0;

  for (const XmlNode *node = xml_node_first (user, "status");
       xml_node_exists (node); node = xml_node_next (node, "status"))
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
      if (g_strcmp0 (xml_node_attribute (node, "code"), codes[i].code) == 0)
        found |= codes[i].status;
  return found;
}

static ImRank
read_rank (const XmlNode *item)
{
  const char *role = xml_node_attribute (item, "role");

  if (g_strcmp0 (xml_node_attribute (item, "affiliation"), "owner") == 0)
    return IM_RANK_OWNER;
  if (g_strcmp0 (role, "moderator") == 0)
    return IM_RANK_MODERATOR;
  return g_strcmp0 (role, "participant") == 0 ? IM_RANK_VOICE : IM_RANK_NONE;
}

/* --- telling ------------------------------------------------------------------- */

static void
tell_one (GtalkRoom *room, const GtalkOccupant *occupant, gboolean arrived,
          const char *renamed, const char *words)
{
  const char *const names[] = { occupant->shown, NULL };
  const ImEvent event = {
    .type = IM_EVENT_CHAT_MEMBERS,
    .chat_members = { .chat = room->number,
                      .names = names,
                      .arrived = arrived,
                      .ranks = arrived ? &occupant->rank : NULL,
                      .renamed = renamed,
                      .words = words },
  };

  if (room->told)
    gtalk_session_emit (room->session, &event);
}

static void
tell_stale (GtalkRoom *room)
{
  g_autoptr (GPtrArray) stale = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((GtalkOccupant *) value)->stale)
      g_ptr_array_add (stale, value);
  for (guint i = 0; i < stale->len; i++)
    {
      GtalkOccupant *occupant = stale->pdata[i];

      tell_one (room, occupant, FALSE, NULL, NULL);
      g_hash_table_remove (room->people, occupant->shown);
    }
}

void
gtalk_room_people_tell (GtalkRoom *room)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GArray) ranks = g_array_new (FALSE, FALSE, sizeof (ImRank));
  ImEvent event = { .type = IM_EVENT_CHAT_MEMBERS };
  GHashTableIter iter;
  gpointer value;

  tell_stale (room);
  g_hash_table_iter_init (&iter, room->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const GtalkOccupant *occupant = value;

      g_ptr_array_add (names, occupant->shown);
      g_array_append_val (ranks, occupant->rank);
    }
  g_ptr_array_add (names, NULL);
  event.chat_members = (ImEventChatMembers){
    .chat = room->number,
    .names = (const char *const *) names->pdata,
    .arrived = TRUE,
    .present = TRUE,
    .ranks = (const ImRank *) ranks->data,
  };
  gtalk_session_emit (room->session, &event);
}

/* --- coming and going ----------------------------------------------------------- */

static void
read_address (GtalkOccupant *occupant, const XmlNode *item)
{
  const char *jid = xml_node_attribute (item, "jid");
  g_autoptr (XmppJid) parsed = jid != NULL ? xmpp_jid_new (jid, NULL) : NULL;

  if (parsed == NULL)
    return;
  g_free (occupant->jid);
  occupant->jid = g_strdup (parsed->bare);
}

static void
arrived (GtalkRoom *room, const XmlNode *item, const char *nick)
{
  g_autofree char *shown = gtalk_room_shown (nick);
  GtalkOccupant *occupant = gtalk_room_occupant (room, shown);
  ImRank rank = read_rank (item);
  gboolean news = occupant == NULL || occupant->rank != rank;

  if (occupant == NULL)
    {
      if (g_hash_table_size (room->people) >= IM_MAX_ROOM_PEOPLE &&
          strcmp (nick, room->nick) != 0)
        return;
      occupant = g_new0 (GtalkOccupant, 1);
      occupant->shown = g_steal_pointer (&shown);
      occupant->nick = g_strdup (nick);
      g_hash_table_insert (room->people, occupant->shown, occupant);
    }
  occupant->stale = FALSE;
  occupant->rank = rank;
  read_address (occupant, item);
  /* Until we are in, all of them are told at once. */
  if (news && room->in)
    tell_one (room, occupant, TRUE, NULL, NULL);
}

static ImRoomEnd
end_of (const XmlNode *user, Status status)
{
  if (xml_node_exists (xml_node_first (user, "destroy")))
    return IM_ROOM_END_DESTROYED;
  if (status & STATUS_BANNED)
    return IM_ROOM_END_BANNED;
  if (status & STATUS_CLOSING)
    return IM_ROOM_END_CLOSING;
  if (status & STATUS_NO_MEMBER)
    return IM_ROOM_END_MEMBERS_ONLY;
  /* Servers that have no word for a broken link say that we were kicked. */
  if (status & STATUS_KICKED && !(status & STATUS_TROUBLE))
    return IM_ROOM_END_KICKED;
  return IM_ROOM_END_NONE;
}

static void
we_left (GtalkRoom *room, const XmlNode *user, Status status)
{
  const XmlNode *item = xml_node_first (user, "item");
  const XmlNode *destroy = xml_node_first (user, "destroy");
  const XmlNode *actor = xml_node_first (item, "actor");
  const char *by = xml_node_attribute (actor, "nick");
  g_autofree char *name = NULL;
  g_autofree char *words = im_charset_tidy_line (xml_node_child_text (
      xml_node_exists (destroy) ? destroy : item, "reason"));

  if (by == NULL)
    by = xml_node_attribute (actor, "jid");
  name = im_charset_tidy_line (by);
  gtalk_rooms_end (room, end_of (user, status), name, words);
}

static void
left (GtalkRoom *room, const XmlNode *stanza, const XmlNode *item,
      const char *nick)
{
  g_autofree char *shown = gtalk_room_shown (nick);
  g_autofree char *words = NULL;
  GtalkOccupant *occupant = gtalk_room_occupant (room, shown);
  const char *reason = xml_node_child_text (item, "reason");

  if (occupant == NULL)
    return;
  words = im_charset_tidy_line (
      *reason != '\0' ? reason : xml_node_child_text (stanza, "status"));
  tell_one (room, occupant, FALSE, NULL, words);
  g_hash_table_remove (room->people, occupant->shown);
}

/* Somebody nobody knows of, or who takes the name of another, is not
 * believed: their presence under the new name follows anyway. */
static void
renamed (GtalkRoom *room, const char *nick, const char *fresh)
{
  g_autofree char *shown = gtalk_room_shown (nick);
  g_autofree char *next =
      fresh != NULL && *fresh != '\0' ? gtalk_room_shown (fresh) : NULL;
  GtalkOccupant *occupant = gtalk_room_occupant (room, shown);

  if (occupant == NULL)
    return;
  if (next == NULL || gtalk_room_occupant (room, next) != NULL)
    {
      tell_one (room, occupant, FALSE, NULL, NULL);
      g_hash_table_remove (room->people, shown);
      return;
    }
  tell_one (room, occupant, FALSE, next, NULL);
  g_hash_table_steal (room->people, shown);
  g_free (occupant->shown);
  g_free (occupant->nick);
  occupant->shown = g_steal_pointer (&next);
  occupant->nick = g_strdup (fresh);
  g_hash_table_insert (room->people, occupant->shown, occupant);
}

static gboolean
is_ours (const GtalkRoom *room, Status status, const char *nick)
{
  return status & STATUS_SELF || strcmp (nick, room->nick) == 0;
}

static void
take_nick (GtalkRoom *room, const char *nick)
{
  g_free (room->nick);
  room->nick = g_strdup (nick);
}

static void
gone (GtalkRoom *room, const XmlNode *stanza, const XmlNode *user,
      const char *nick)
{
  const XmlNode *item = xml_node_first (user, "item");
  Status status = read_status (user);
  const char *fresh = xml_node_attribute (item, "nick");

  if (status & STATUS_RENAMED)
    {
      if (is_ours (room, status, nick) && fresh != NULL && *fresh != '\0')
        take_nick (room, fresh);
      renamed (room, nick, fresh);
    }
  else if (is_ours (room, status, nick) && room->in)
    we_left (room, user, status);
  else if (!is_ours (room, status, nick))
    left (room, stanza, item, nick);
}

/* --- errors --------------------------------------------------------------------- */

static const struct
{
  const char *condition;
  ImRoomEnd end;
} refusals[] = {
  { "conflict", IM_ROOM_END_NICK_TAKEN },
  { "not-authorized", IM_ROOM_END_PASSWORD },
  { "forbidden", IM_ROOM_END_BANNED },
  { "registration-required", IM_ROOM_END_MEMBERS_ONLY },
  { "item-not-found", IM_ROOM_END_LOCKED },
  { "not-allowed", IM_ROOM_END_NO_CREATING },
  { "not-acceptable", IM_ROOM_END_NICK_OTHER },
  { "service-unavailable", IM_ROOM_END_FULL },
  { "jid-malformed", IM_ROOM_END_BAD_NAME },
  { "remote-server-not-found", IM_ROOM_END_UNREACHABLE },
  { "remote-server-timeout", IM_ROOM_END_UNREACHABLE },
};

static ImRoomEnd
refusal (const XmlNode *stanza)
{
  const char *condition =
      gtalk_error_condition (xml_node_child (stanza, "error"));

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (strcmp (refusals[i].condition, condition) == 0)
      return refusals[i].end;
  return IM_ROOM_END_NONE;
}

/* Names that are taken get a line below; Google's server says so of every try
 * twice, so only what was tried last counts. */
static void
refused (GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  ImRoomEnd end = refusal (stanza);

  if (room->in)
    {
      g_autofree char *shown = gtalk_room_shown (nick);

      if (strcmp (nick, room->nick) != 0)
        gtalk_rooms_tell_refused (room, IM_ROOM_WISH_NICK, shown,
                                  end == IM_ROOM_END_NICK_TAKEN
                                      ? IM_ROOM_WHY_NOT_TAKEN
                                      : IM_ROOM_WHY_NOT_ALLOWED);
      return;
    }
  if (end == IM_ROOM_END_NICK_TAKEN && *nick != '\0' &&
      strcmp (nick, room->nick) != 0)
    return;
  if (end == IM_ROOM_END_NICK_TAKEN && room->tries < 3)
    {
      g_autofree char *other = g_strconcat (room->nick, "_", NULL);

      room->tries++;
      take_nick (room, other);
      gtalk_rooms_enter (room);
      return;
    }
  /* Somebody is just making it. */
  if (end == IM_ROOM_END_LOCKED && gtalk_rooms_try_later (room))
    return;
  gtalk_rooms_end (room, end, NULL, NULL);
}

void
gtalk_room_people_presence (GtalkRoom *room, const XmlNode *stanza,
                            const char *nick)
{
  const XmlNode *user = xml_node_first_ns (stanza, NS_MUC_USER, "x");
  const char *type = xml_node_attribute (stanza, "type");
  Status status = read_status (user);

  if (g_strcmp0 (type, "error") == 0)
    refused (room, stanza, nick);
  else if (*nick == '\0')
    return;
  else if (g_strcmp0 (type, "unavailable") == 0)
    gone (room, stanza, user, nick);
  else if (type == NULL)
    {
      gboolean ours = is_ours (room, status, nick);

      if (ours && status & STATUS_SELF && strcmp (nick, room->nick) != 0)
        take_nick (room, nick);
      arrived (room, xml_node_first (user, "item"), nick);
      if (ours && !room->in)
        gtalk_rooms_entered (room, (status & STATUS_CREATED) != 0);
    }
}
