/* What is said in a room: to all, to one alone, what it is about; and asking
 * people in, or being asked. */

#include <string.h>

#include "gtalk-delay.h"
#include "gtalk-errors.h"
#include "gtalk-rooms.h"
#include "gtalk-roster.h"
#include "gtalk-words.h"
#include "im-charset.h"

#define NS_STANZA_ID "urn:xmpp:sid:0"

/* What an invitation hands to the host and back: how it came, from whom, and
 * the password; parted by a character no address has. */
#define KEY_PARTS 3
#define KEY_MEDIATED "room"
#define KEY_DIRECT "direct"

void
gtalk_sent_free (gpointer data)
{
  GtalkSent *sent = data;

  g_free (sent->id);
  g_free (sent->who);
  g_free (sent->replaces);
  im_text_free (sent->text);
  g_free (sent);
}

/* --- sending ------------------------------------------------------------------------ */

static GtalkSent *
new_sent (GtalkRoom *room, GtalkSentKind kind, const char *who)
{
  GtalkSent *sent = g_new0 (GtalkSent, 1);

  sent->id = gtalk_session_new_id (room->session);
  sent->kind = kind;
  sent->who = g_strdup (who);
  g_queue_push_tail (&room->sent, sent);
  if (room->sent.length > IM_MAX_UNACKED)
    gtalk_sent_free (g_queue_pop_head (&room->sent));
  return sent;
}

static void
open_message (XmppWriter *w, const char *to, const char *type, const char *id)
{
  xmpp_open (w, "message", NULL);
  xmpp_attr (w, "to", to);
  xmpp_attr (w, "type", type);
  xmpp_attr (w, "id", id);
}

static void
send_talk (GtalkRoom *room, GtalkSent *sent)
{
  g_autofree char *to = sent->who != NULL
                            ? g_strconcat (room->jid, "/", sent->who, NULL)
                            : g_strdup (room->jid);
  g_auto (XmppWriter) w = { 0 };

  sent->waits = !room->in;
  if (sent->waits)
    return;
  open_message (&w, to, sent->who != NULL ? "chat" : "groupchat", sent->id);
  gtalk_words_write (&w, sent->text, sent->is_file);
  gtalk_words_write_replace (&w, sent->replaces);
  if (sent->who != NULL)
    xmpp_leaf (&w, "x", NS_MUC_USER, NULL);
  xmpp_close (&w);
  gtalk_session_send (room->session, &w);
}

void
gtalk_room_talk_go_on (GtalkRoom *room)
{
  for (GList *l = room->sent.head; l != NULL; l = l->next)
    if (((GtalkSent *) l->data)->waits)
      send_talk (room, l->data);
}

static GtalkRoom *
find_told (const GtalkSession *session, guint chat)
{
  for (guint i = 0; i < session->rooms->rooms->len; i++)
    {
      GtalkRoom *room = session->rooms->rooms->pdata[i];

      if (room->number == chat && room->told)
        return room;
    }
  return NULL;
}

static void
say (GtalkRoom *room, const ImText *text, const char *whisper_to,
     gboolean is_file, gboolean correction)
{
  const GtalkOccupant *occupant;
  GtalkSent *sent;

  occupant = whisper_to != NULL ? gtalk_room_occupant (room, whisper_to)
                                : NULL;
  sent = new_sent (room, GTALK_SENT_TALK,
                   occupant != NULL ? occupant->nick : whisper_to);
  sent->number = ++room->session->rooms->last_sent;
  sent->text = im_text_copy (text);
  sent->is_file = is_file;
  if (correction)
    sent->replaces = g_strdup (room->said.first);
  else if (whisper_to == NULL)
    gtalk_said_set (&room->said, sent->id);
  send_talk (room, sent);
}

gboolean
gtalk_session_say_in_room (GtalkSession *session, guint chat,
                           const ImText *text, const char *whisper_to)
{
  GtalkRoom *room = find_told (session, chat);

  if (im_text_length (text) > IM_MAX_XMPP_BODY)
    return FALSE;
  if (room != NULL)
    say (room, text, whisper_to, FALSE, FALSE);
  return TRUE;
}

gboolean
gtalk_session_correct_in_room (GtalkSession *session, guint chat,
                               const ImText *text)
{
  GtalkRoom *room = find_told (session, chat);

  if (room == NULL || room->said.first == NULL ||
      im_text_length (text) > IM_MAX_XMPP_BODY)
    return FALSE;
  say (room, text, NULL, FALSE, TRUE);
  return TRUE;
}

gboolean
gtalk_room_talk_file (GtalkSession *session, guint chat, const ImText *url)
{
  GtalkRoom *room = find_told (session, chat);

  if (room != NULL)
    say (room, url, NULL, TRUE, FALSE);
  return room != NULL;
}

void
gtalk_session_set_topic (GtalkSession *session, guint chat, const char *topic)
{
  GtalkRoom *room = find_told (session, chat);
  g_auto (XmppWriter) w = { 0 };
  GtalkSent *sent;

  if (room == NULL || !room->in)
    return;
  sent = new_sent (room, GTALK_SENT_TOPIC, NULL);
  open_message (&w, room->jid, "groupchat", sent->id);
  xmpp_leaf (&w, "subject", NULL, topic != NULL ? topic : "");
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}

/* Through the room, which may have to let them in; where there is a password,
 * from us to them, since rooms do not pass it on. */
void
gtalk_room_talk_ask_in (GtalkRoom *room, const char *who, const char *words)
{
  gboolean google = g_str_has_prefix (room->jid, GTALK_PRIVATE_ROOM);
  GtalkSent *sent = new_sent (room, GTALK_SENT_INVITE, who);
  g_auto (XmppWriter) w = { 0 };

  if (words != NULL && *words == '\0')
    words = NULL;
  if (room->password != NULL)
    {
      open_message (&w, who, NULL, sent->id);
      xmpp_open (&w, "x", NS_CONFERENCE);
      xmpp_attr (&w, "jid", room->jid);
      xmpp_attr (&w, "reason", words);
      xmpp_attr (&w, "password", room->password);
    }
  else
    {
      open_message (&w, room->jid, NULL, sent->id);
      xmpp_open (&w, "x", NS_MUC_USER);
      xmpp_open (&w, "invite", NULL);
      xmpp_attr (&w, "to", who);
      /* Google's mail ignored invitations with words. */
      if (words != NULL || google)
        xmpp_leaf (&w, "reason", NULL, google ? NULL : words);
      xmpp_close (&w);
    }
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_send (room->session, &w);
}

void
gtalk_session_invite_to_room (GtalkSession *session, guint chat,
                              const char *who, const char *words)
{
  GtalkRoom *room = find_told (session, chat);
  g_autofree char *bare = xmpp_jid_dup_bare (who);

  if (room != NULL && room->in)
    gtalk_room_talk_ask_in (room, bare, words);
}

/* --- what came of it ------------------------------------------------------------------ */

static GtalkSent *
take_sent (GtalkRoom *room, const char *id)
{
  for (GList *l = room->sent.head; id != NULL && l != NULL; l = l->next)
    {
      GtalkSent *sent = l->data;

      if (strcmp (sent->id, id) == 0)
        {
          g_queue_delete_link (&room->sent, l);
          return sent;
        }
    }
  return NULL;
}

static void
tell_delivery (GtalkRoom *room, const GtalkSent *sent, ImDelivery outcome,
               ImUndelivered reason)
{
  const ImEvent event = {
    .type = IM_EVENT_DELIVERY,
    .delivery = { .id = sent->number,
                  .to = room->name,
                  .text = sent->text,
                  .outcome = outcome,
                  .reason = reason,
                  .chat = room->number },
  };

  gtalk_session_emit (room->session, &event);
}

static ImUndelivered
why_not (const GtalkSent *sent, const XmlNode *stanza)
{
  const char *condition =
      gtalk_error_condition (xml_node_child (stanza, "error"));

  if (sent->who != NULL && strcmp (condition, "item-not-found") == 0)
    return IM_UNDELIVERED_OFFLINE;
  if (strcmp (condition, "not-acceptable") == 0)
    return IM_UNDELIVERED_DISCONNECTED;
  return gtalk_error_of_message (stanza);
}

static void
talk_refused (GtalkRoom *room, GtalkSent *sent, const XmlNode *stanza)
{
  const char *condition =
      gtalk_error_condition (xml_node_child (stanza, "error"));

  /* We are not in, and nobody told us: once, that is mended. */
  if (strcmp (condition, "not-acceptable") == 0 && gtalk_rooms_return (room))
    {
      sent->waits = TRUE;
      g_queue_push_tail (&room->sent, sent);
      return;
    }
  tell_delivery (room, sent, IM_DELIVERY_FAILED, why_not (sent, stanza));
  gtalk_sent_free (sent);
}

static gboolean
bounced (GtalkRoom *room, const XmlNode *stanza)
{
  GtalkSent *sent = take_sent (room, xml_node_attribute (stanza, "id"));

  if (sent == NULL)
    return FALSE;
  if (sent->kind == GTALK_SENT_TALK)
    {
      talk_refused (room, sent, stanza);
      return TRUE;
    }
  gtalk_rooms_tell_refused (room,
                            sent->kind == GTALK_SENT_TOPIC
                                ? IM_ROOM_WISH_TOPIC
                                : IM_ROOM_WISH_INVITE,
                            sent->who, IM_ROOM_WHY_NOT_ALLOWED);
  gtalk_sent_free (sent);
  return TRUE;
}

/* --- what is said ---------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable): what tells this message from others: the
 * room's own id for it, or the sender's */
static char *
read_mark (const GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  const char *id = xml_node_attribute (stanza, "id");

  for (const XmlNode *node = xml_node_first (stanza, "stanza-id");
       xml_node_exists (node); node = xml_node_next (node, "stanza-id"))
    if (strcmp (xml_node_namespace (node), NS_STANZA_ID) == 0 &&
        xml_node_attribute (node, "id") != NULL &&
        g_strcmp0 (xml_node_attribute (node, "by"), room->jid) == 0)
      return g_strconcat ("/", xml_node_attribute (node, "id"), NULL);
  return id != NULL ? g_strconcat (nick, "/", id, NULL) : NULL;
}

/* Returns: whether it was shown before; else it counts as shown now */
static gboolean
is_known (GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  g_autofree char *mark = read_mark (room, stanza, nick);

  if (mark == NULL || strlen (mark) > IM_MAX_STANZA_ID)
    return FALSE;
  for (GList *l = room->recent.head; l != NULL; l = l->next)
    if (strcmp (l->data, mark) == 0)
      return TRUE;
  g_queue_push_tail (&room->recent, g_steal_pointer (&mark));
  if (room->recent.length > IM_MAX_ROOM_RECENT)
    g_free (g_queue_pop_head (&room->recent));
  return FALSE;
}

static void
tell_said (GtalkRoom *room, const XmlNode *stanza, const char *nick,
           gboolean whisper)
{
  g_autofree char *shown = gtalk_room_shown (nick);
  g_autoptr (ImText) text = gtalk_words_read (stanza);
  GtalkOccupant *occupant = gtalk_room_occupant (room, shown);
  ImEvent event = { .type = IM_EVENT_CHAT_MESSAGE };

  if (text == NULL)
    return;
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  event.chat_message = (ImEventChatMessage){
    .chat = room->number,
    .from = *nick != '\0' ? shown : room->name,
    .text = text,
    .whisper = whisper,
    .mine = !whisper && strcmp (nick, room->nick) == 0,
    .correction = !whisper && occupant != NULL &&
                  gtalk_said_note (&occupant->said, stanza),
    .time = gtalk_delay_read (room->session, stanza, room->jid),
  };
  gtalk_session_emit (room->session, &event);
}

/* The echo of what we said is the sign that the others have it. */
static void
echoed (GtalkRoom *room, const XmlNode *stanza)
{
  GtalkSent *sent = take_sent (room, xml_node_attribute (stanza, "id"));

  if (sent == NULL)
    return;
  room->again = FALSE;
  if (sent->kind == GTALK_SENT_TALK)
    tell_delivery (room, sent, IM_DELIVERY_ACCEPTED, IM_UNDELIVERED_NONE);
  gtalk_sent_free (sent);
}

static void
topic (GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  g_autofree char *tidy =
      im_charset_tidy_line (xml_node_child_text (stanza, "subject"));
  g_autofree char *shown = *nick != '\0' ? gtalk_room_shown (nick) : NULL;
  const ImEvent event = {
    .type = IM_EVENT_CHAT_TOPIC,
    .chat_topic = { .chat = room->number,
                    .by = shown,
                    .topic = tidy != NULL ? tidy : "" },
  };

  if (tidy != NULL || room->has_topic)
    gtalk_session_emit (room->session, &event);
  room->has_topic = tidy != NULL;
}

static void
said (GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  gboolean has_body = xml_node_exists (xml_node_first (stanza, "body"));
  gint64 when = gtalk_delay_read (room->session, stanza, room->jid);
  gint64 now = room->session->host->ops->wall_s (room->session->host);

  if (strcmp (nick, room->nick) == 0 && when == 0)
    echoed (room, stanza);
  if (!has_body && xml_node_exists (xml_node_first (stanza, "subject")))
    {
      topic (room, stanza, nick);
      return;
    }
  if (!has_body || is_known (room, stanza, nick))
    return;
  room->last_s = MAX (room->last_s, when != 0 ? when : now);
  tell_said (room, stanza, nick, FALSE);
}

/* Who we talk to in a conversation of two stays there. */
static void
whispered (GtalkRoom *room, const XmlNode *stanza, const char *nick)
{
  g_autofree char *shown = gtalk_room_shown (nick);
  const GtalkOccupant *occupant = gtalk_room_occupant (room, shown);
  g_autofree char *tidy = NULL;
  g_autofree char *address = NULL;
  g_autoptr (ImText) text = NULL;
  ImEvent event = { .type = IM_EVENT_MESSAGE };

  if (occupant == NULL || !occupant->window)
    {
      tell_said (room, stanza, nick, TRUE);
      return;
    }
  tidy = im_charset_tidy (xml_node_child_text (stanza, "body"));
  if (tidy == NULL)
    return;
  address = g_strconcat (room->jid, "/", nick, NULL);
  text = im_text_new_plain (tidy);
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  event.message = (ImEventMessage){
    .from = address,
    .text = text,
    .time = gtalk_delay_read (room->session, stanza, room->jid),
  };
  gtalk_session_emit (room->session, &event);
}

static void
declined (GtalkRoom *room, const XmlNode *decline)
{
  const char *from = xml_node_attribute (decline, "from");
  g_autofree char *who = from != NULL ? xmpp_jid_dup_bare (from) : NULL;

  gtalk_rooms_tell_refused (room, IM_ROOM_WISH_INVITE, who,
                            IM_ROOM_WHY_NOT_DECLINED);
}

gboolean
gtalk_room_talk_message (GtalkRoom *room, const XmlNode *stanza,
                         const char *nick)
{
  const char *type = xml_node_attribute (stanza, "type");
  const XmlNode *decline = xml_node_first (
      xml_node_first_ns (stanza, NS_MUC_USER, "x"), "decline");

  if (g_strcmp0 (type, "error") == 0)
    return bounced (room, stanza);
  /* What comes before we are in is not meant for us. */
  if (!room->in)
    return TRUE;
  if (g_strcmp0 (type, "groupchat") == 0)
    said (room, stanza, nick);
  else if (*nick != '\0')
    whispered (room, stanza, nick);
  else if (xml_node_exists (decline))
    declined (room, decline);
  return TRUE;
}

gboolean
gtalk_rooms_window (GtalkSession *session, const char *address, gboolean open)
{
  GtalkRoom *room = *xmpp_jid_resource (address) != '\0'
                        ? gtalk_rooms_find (session, address)
                        : NULL;
  g_autofree char *shown = NULL;
  GtalkOccupant *occupant;

  if (room == NULL)
    return FALSE;
  shown = gtalk_room_shown (xmpp_jid_resource (address));
  occupant = gtalk_room_occupant (room, shown);
  if (occupant != NULL)
    occupant->window = open;
  return TRUE;
}

/* --- invitations ------------------------------------------------------------------------ */

typedef struct
{
  const char *how; /* KEY_MEDIATED or KEY_DIRECT */
  const char *room;
  const char *from;
  const char *words;
  const char *password;
} Invitation;

/* Rooms may say their nickname instead of their address. */
static char *
name_inviter (const Invitation *invitation)
{
  const char *nick = xmpp_jid_resource (invitation->from);
  char *bare = xmpp_jid_dup_bare (invitation->from);

  if (*nick == '\0' || g_strcmp0 (bare, invitation->room) != 0)
    return bare;
  g_free (bare);
  return gtalk_room_shown (nick);
}

static void
tell_invited (GtalkSession *session, const Invitation *invitation)
{
  GHashTable *open = session->rooms->invites;
  g_autoptr (XmppJid) room = xmpp_jid_new (invitation->room, NULL);
  g_autofree char *from = name_inviter (invitation);
  g_autofree char *words = im_charset_tidy (invitation->words);
  g_autofree char *key = NULL;
  ImEvent event = { .type = IM_EVENT_CHAT_INVITE };

  /* One question at a time about each room, and not too many. */
  if (room == NULL || room->node == NULL ||
      gtalk_rooms_find (session, room->bare) != NULL ||
      gtalk_roster_has (session, room->bare, NULL) ||
      g_hash_table_size (open) >= IM_MAX_ROOM_INVITES ||
      !g_hash_table_add (open, g_strdup (room->bare)))
    return;
  key = g_strjoin ("\n", invitation->how, invitation->from,
                   invitation->password, NULL);
  event.chat_invite = (ImEventChatInvite){
    .from = from, .name = room->bare, .text = words, .key = key
  };
  gtalk_session_emit (session, &event);
}

static gboolean
mediated (GtalkSession *session, const XmlNode *stanza, const char *from)
{
  const XmlNode *user = xml_node_first_ns (stanza, NS_MUC_USER, "x");
  const XmlNode *invite = xml_node_first (user, "invite");
  const char *by = xml_node_attribute (invite, "from");
  const Invitation invitation = {
    .how = KEY_MEDIATED,
    .room = from,
    .from = by != NULL && strchr (by, '\n') == NULL ? by : from,
    .words = xml_node_child_text (invite, "reason"),
    .password = xml_node_child_text (user, "password"),
  };

  if (!xml_node_exists (invite))
    return FALSE;
  tell_invited (session, &invitation);
  return TRUE;
}

gboolean
gtalk_room_talk_invite (GtalkSession *session, const XmlNode *stanza)
{
  const char *from = xml_node_attribute (stanza, "from");
  const char *type = xml_node_attribute (stanza, "type");
  const XmlNode *direct = xml_node_first_ns (stanza, NS_CONFERENCE, "x");
  const char *password = xml_node_attribute (direct, "password");
  const Invitation invitation = {
    .how = KEY_DIRECT,
    .room = xml_node_attribute (direct, "jid"),
    .from = from,
    .words = xml_node_attribute (direct, "reason"),
    .password = password != NULL ? password : "",
  };

  if (from == NULL || g_strcmp0 (type, "error") == 0 ||
      g_strcmp0 (type, "groupchat") == 0)
    return FALSE;
  if (mediated (session, stanza, from))
    return TRUE;
  if (invitation.room == NULL)
    return FALSE;
  tell_invited (session, &invitation);
  return TRUE;
}

/* Returns: whether @key is one of ours; the question is answered then */
static gboolean
read_key (GtalkSession *session, const char *name, const char *key,
          GStrv *ret_parts)
{
  g_auto (GStrv) parts = g_strsplit (key, "\n", KEY_PARTS);

  if (g_strv_length (parts) != KEY_PARTS ||
      !g_hash_table_remove (session->rooms->invites, name))
    return FALSE;
  *ret_parts = g_steal_pointer (&parts);
  return TRUE;
}

guint
gtalk_session_join_invited (GtalkSession *session, const char *name,
                            const char *key)
{
  g_auto (GStrv) parts = NULL;

  read_key (session, name, key, &parts);
  return gtalk_session_join_room (session, name, NULL,
                                  parts != NULL ? parts[2] : NULL);
}

/* Only a room that asked for somebody passes that on. */
void
gtalk_session_decline_invite (GtalkSession *session, const char *name,
                              const char *key)
{
  g_auto (GStrv) parts = NULL;
  g_auto (XmppWriter) w = { 0 };

  if (!read_key (session, name, key, &parts) ||
      strcmp (parts[0], KEY_MEDIATED) != 0 ||
      !gtalk_session_is_online (session))
    return;
  open_message (&w, name, NULL, NULL);
  xmpp_open (&w, "x", NS_MUC_USER);
  xmpp_open (&w, "decline", NULL);
  xmpp_attr (&w, "to", parts[1]);
  xmpp_close (&w);
  xmpp_close (&w);
  xmpp_close (&w);
  gtalk_session_send (session, &w);
}
