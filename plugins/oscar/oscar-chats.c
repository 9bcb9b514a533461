#include "oscar-chats.h"

#include <errno.h>
#include <string.h>

#include "glue-chat.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "oscar-actions.h"

/* Rooms of users; 5 are the operator's. */
#define USER_EXCHANGE 4

#define MAX_EXCHANGE 16

/* bitlbee asks without a connection. */
GList *
oscar_chats_info (PurpleConnection *gc)
{
  struct proto_chat_entry *room = g_new0 (struct proto_chat_entry, 1);
  struct proto_chat_entry *exchange = g_new0 (struct proto_chat_entry, 1);

  room->label = _("_Room:");
  room->identifier = GLUE_CHAT_ROOM;
  room->required = TRUE;
  /* Translators: the number of a set of rooms; 4 is the usual one. */
  exchange->label = _("_Exchange:");
  exchange->identifier = GLUE_CHAT_EXCHANGE;
  exchange->is_int = TRUE;
  exchange->min = USER_EXCHANGE;
  exchange->max = MAX_EXCHANGE;
  return g_list_append (g_list_append (NULL, room), exchange);
}

GHashTable *
oscar_chats_defaults (PurpleConnection *gc, const char *name)
{
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                         g_strdup (name));
  return components;
}

char *
oscar_chats_name (GHashTable *components)
{
  return g_strdup (g_hash_table_lookup (components, GLUE_CHAT_ROOM));
}

static guint16
exchange_of (GHashTable *components)
{
  const char *text = g_hash_table_lookup (components, GLUE_CHAT_EXCHANGE);
  guint64 exchange = USER_EXCHANGE;

  if (text != NULL)
    g_ascii_string_to_unsigned (text, 10, USER_EXCHANGE, MAX_EXCHANGE,
                                &exchange, NULL);
  return (guint16) exchange;
}

void
oscar_chats_join (PurpleConnection *gc, GHashTable *components)
{
  OscarSession *session = oscar_actions_session (gc);
  const char *name = g_hash_table_lookup (components, GLUE_CHAT_ROOM);
  const char *key = g_hash_table_lookup (components, GLUE_CHAT_KEY);

  if (session == NULL || name == NULL || *name == '\0')
    return;
  if (key != NULL)
    oscar_session_join_invited (session, name, key);
  else
    oscar_session_join_room (session, exchange_of (components), name);
}

void
oscar_chats_leave (PurpleConnection *gc, int id)
{
  OscarSession *session = oscar_actions_session (gc);

  if (session != NULL)
    oscar_session_leave_room (session, (guint) id);
}

static int
say (PurpleConnection *gc, int id, const char *message, const char *whisper_to)
{
  OscarSession *session = oscar_actions_session (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);

  if (session == NULL)
    return -ENOTCONN;
  return oscar_session_say_in_room (session, (guint) id, text, whisper_to)
             ? 0
             : -E2BIG;
}

int
oscar_chats_send (PurpleConnection *gc, int id, const char *message,
                  PurpleMessageFlags flags)
{
  return say (gc, id, message, NULL);
}

void
oscar_chats_whisper (PurpleConnection *gc, int id, const char *who,
                     const char *message)
{
  say (gc, id, message, who);
}

void
oscar_chats_invite (PurpleConnection *gc, int id, const char *message,
                    const char *who)
{
  OscarSession *session = oscar_actions_session (gc);

  if (session != NULL)
    oscar_session_invite_to_room (session, (guint) id, who, message);
}
