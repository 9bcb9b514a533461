#pragma once

/* Conversations of many (XEP-0045): what the files about them share.
 *
 *   gtalk-rooms.c        which rooms we are in: entering, leaving, coming back
 *   gtalk-room-people.c  who is in them, as presence says
 *   gtalk-room-talk.c    what is said in them, topics, invitations
 *   gtalk-bookmarks.c    which are entered by themselves
 *
 *   gtalk_session_join_room ()
 *     gtalk_rooms_enter ()            presence to room/nick ─►
 *       gtalk_room_people_presence () ◄─ theirs, each; ours at last
 *         gtalk_rooms_entered ()      IM_EVENT_CHAT_JOINED
 *           gtalk_room_talk_message ()  ◄─ history, topic, what is said
 */

#include "gtalk-session-private.h"
#include "gtalk-words.h"

#define NS_MUC "http://jabber.org/protocol/muc"
#define NS_MUC_USER "http://jabber.org/protocol/muc#user"
#define NS_MUC_ADMIN "http://jabber.org/protocol/muc#admin"
#define NS_MUC_OWNER "http://jabber.org/protocol/muc#owner"
#define NS_CONFERENCE "jabber:x:conference"

/* What names of Google's private rooms begin with; chance makes the rest. */
#define GTALK_PRIVATE_ROOM "private-chat-"

/**
 * GtalkOccupant:
 * @shown: what they are called for people; also the key
 * @nick: and for the room
 * @jid: (nullable): their bare address, where the room tells it
 * @rank: what they may do
 * @stale: was there before we came again, and was not seen yet
 * @said: their last words
 * @window: we talk to them in a conversation of two
 */
typedef struct
{
  char *shown;
  char *nick;
  char *jid;
  ImRank rank;
  gboolean stale;
  GtalkSaid said;
  gboolean window;
} GtalkOccupant;

/** Something we sent to a room that may be refused. */
typedef enum
{
  GTALK_SENT_TALK,
  GTALK_SENT_TOPIC,
  GTALK_SENT_INVITE,
} GtalkSentKind;

typedef struct
{
  char *id;
  GtalkSentKind kind;
  guint number; /* what the host calls it */
  char *who;    /* nullable: whom it is about */
  ImText *text; /* nullable: what was said */
  char *replaces; /* nullable: the id of what it takes the place of */
  gboolean is_file; /* that is where a file of ours is */
  gboolean waits; /* until we are in (again) */
} GtalkSent;

/**
 * GtalkRoom:
 * @refs: the list's, and one while something from it is handled
 * @number: what the host knows it by
 * @name: as it was asked for
 * @jid: (nullable): its address; %NULL until the server's service is known
 * @nick: what we are called there, or want to be
 * @password: (nullable): of the room
 * @invitee: (nullable): who is asked in as soon as we are
 * @people: (element-type utf8 GtalkOccupant): who is there
 * @told: the user was told that we are in
 * @in: we are, since the link was made
 * @lost: the link was made anew since, and nobody knows us there
 * @tries: other nicknames that were tried
 * @waits: how often it was waited for
 * @again: we were put out, and tried to come back since somebody spoke
 * @heard: something came since the timer was set
 * @last_s: unix time of the last message
 * @recent: (element-type utf8): ids of the last messages
 * @sent: (element-type GtalkSent): what may still be refused
 * @has_topic: there is one to take away
 * @said: our own last words
 * @timer: (nullable): the time to be let in, or to ask whether we still are
 */
typedef struct
{
  guint refs;
  GtalkSession *session;
  guint number;
  char *name;
  char *jid;
  char *nick;
  char *password;
  char *invitee;
  GHashTable *people;
  gboolean told;
  gboolean in;
  gboolean lost;
  guint tries;
  guint waits;
  gboolean again;
  gboolean heard;
  gint64 last_s;
  GQueue recent;
  GQueue sent;
  gboolean has_topic;
  GtalkSaid said;
  ImTimer *timer;
} GtalkRoom;

/**
 * GtalkRooms:
 * @rooms: (element-type GtalkRoom): which we are in, or on our way to
 * @invites: (element-type utf8): addresses of rooms we were asked into and
 *   have not answered
 * @last_number: the last number given to one
 * @last_sent: ... and to a message
 * @bookmarks_asked: which are to be entered by themselves was asked
 */
struct _GtalkRooms
{
  GPtrArray *rooms;
  GHashTable *invites;
  guint last_number;
  guint last_sent;
  gboolean bookmarks_asked;
};

/* gtalk-rooms.c */

/** Returns: (transfer none) (nullable): the room with the bare address of
 * @from (nullable) */
GtalkRoom *gtalk_rooms_find (const GtalkSession *session, const char *from);
/** (Re)enters a room whose address is known. */
void gtalk_rooms_enter (GtalkRoom *room);
/** Enters it in a moment, unless that was tried often; whether it will. */
gboolean gtalk_rooms_try_later (GtalkRoom *room);
/** We are in: tells the user, the first time. */
void gtalk_rooms_entered (GtalkRoom *room, gboolean created);
/** We are not any more, or will not be: tells the user and frees @room. */
void gtalk_rooms_end (GtalkRoom *room, ImRoomEnd end, const char *by,
                      const char *words);
/** The room says that we are not in: enters it once more, where that was not
 * in vain before. Returns whether it is tried. */
gboolean gtalk_rooms_return (GtalkRoom *room);
/** Enters @name as a bookmark says, unless we are there. */
void gtalk_rooms_autojoin (GtalkSession *session, const char *name,
                           const char *nick, const char *password);
/** What the user wanted in the room is not done. */
void gtalk_rooms_tell_refused (GtalkRoom *room, ImRoomWish wish,
                               const char *who, ImRoomWhyNot why);

/* gtalk-room-people.c */

/** Returns: (transfer full): what somebody whom the room calls @nick is called
 * for people: one line */
char *gtalk_room_shown (const char *nick);
GtalkOccupant *gtalk_room_occupant (const GtalkRoom *room, const char *shown);
void gtalk_occupant_free (gpointer occupant);
/** A presence from the room. */
void gtalk_room_people_presence (GtalkRoom *room, const XmlNode *stanza,
                                 const char *nick);
/** Everybody who is there, as those who were before us; those who were not
 * seen since we came again have left. */
void gtalk_room_people_tell (GtalkRoom *room);

/* gtalk-room-talk.c */

void gtalk_sent_free (gpointer sent);
/** A message from the room; whether it was about it. */
gboolean gtalk_room_talk_message (GtalkRoom *room, const XmlNode *stanza,
                                  const char *nick);
/** The user talks to @address in a conversation of two, or no longer; whether
 * that is somebody in a room. */
gboolean gtalk_rooms_window (GtalkSession *session, const char *address,
                             gboolean open);
/** A message of somebody who asks us into a room; whether it was that. */
gboolean gtalk_room_talk_invite (GtalkSession *session,
                                 const XmlNode *stanza);
/** Says in @chat where a file of ours is; whether we are there. */
gboolean gtalk_room_talk_file (GtalkSession *session, guint chat,
                               const ImText *url);
/** Sends what waited for us to be in. */
void gtalk_room_talk_go_on (GtalkRoom *room);
/** Asks @who in, with @words (nullable). */
void gtalk_room_talk_ask_in (GtalkRoom *room, const char *who,
                             const char *words);
