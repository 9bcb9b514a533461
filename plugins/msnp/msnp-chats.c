#include "msnp-chats.h"

#include <errno.h>

#include "glue-chat.h"
#include "glue-host.h"
#include "glue-i18n.h"
#include "glue-markup.h"
#include "msnp-session.h"

static MsnpSession *
session_of (PurpleConnection *gc)
{
  GlueHost *glue = glue_host_of (gc);

  return glue != NULL ? glue->session : NULL;
}

/* bitlbee asks without a connection. */
GList *
msnp_chats_info (PurpleConnection *gc)
{
  struct proto_chat_entry *who = g_new0 (struct proto_chat_entry, 1);

  who->label = _("_Invite:");
  who->identifier = GLUE_CHAT_ROOM;
  who->required = TRUE;
  return g_list_append (NULL, who);
}

GHashTable *
msnp_chats_defaults (PurpleConnection *gc, const char *name)
{
  GHashTable *components =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) GLUE_CHAT_ROOM,
                         g_strdup (name));
  return components;
}

char *
msnp_chats_name (GHashTable *components)
{
  return g_strdup (g_hash_table_lookup (components, GLUE_CHAT_ROOM));
}

/* "Joining" is meeting somebody: the conversation begins with them. */
void
msnp_chats_join (PurpleConnection *gc, GHashTable *components)
{
  MsnpSession *session = session_of (gc);
  const char *who = g_hash_table_lookup (components, GLUE_CHAT_ROOM);

  if (session != NULL && who != NULL && *who != '\0')
    msnp_session_widen_talk (session, who);
}

void
msnp_chats_leave (PurpleConnection *gc, int id)
{
  MsnpSession *session = session_of (gc);

  if (session != NULL)
    msnp_session_leave_chat (session, (guint) id);
}

int
msnp_chats_send (PurpleConnection *gc, int id, const char *message,
                 PurpleMessageFlags flags)
{
  MsnpSession *session = session_of (gc);
  g_autoptr (ImText) text = glue_markup_parse (message);

  if (session == NULL)
    return -ENOTCONN;
  return msnp_session_say_in_chat (session, (guint) id, text) ? 0 : -E2BIG;
}

void
msnp_chats_invite (PurpleConnection *gc, int id, const char *message,
                   const char *who)
{
  MsnpSession *session = session_of (gc);

  if (session != NULL)
    msnp_session_invite (session, (guint) id, who);
}
