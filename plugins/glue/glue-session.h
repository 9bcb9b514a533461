#pragma once

/* The commands every session has, whatever its protocol, so that libpurple's
 * callbacks for them are written once.
 *
 * A session's own functions take their own type, tables any pointer; the
 * macros below write what stands between. */

#include "im-event.h"

/** See the functions of these names in any session's header. */
typedef struct
{
  void (*start) (gpointer session);
  void (*free) (gpointer session);
  gboolean (*is_online) (gpointer session);
  void (*set_status) (gpointer session, ImStatus status, const ImText *text);
  void (*set_idle) (gpointer session, guint seconds);
  void (*get_info) (gpointer session, const char *who);
  void (*send_typing) (gpointer session, const char *to, ImTyping state);
} GlueSessionFuncs;

/** Defines the static table @name of the functions that begin with @prefix. */
#define GLUE_SESSION_FUNCS(name, prefix)                                      \
  static void name##_start (gpointer session) { prefix##_start (session); }   \
  static void name##_free (gpointer session) { prefix##_free (session); }     \
  static gboolean name##_is_online (gpointer session)                         \
  {                                                                           \
    return prefix##_is_online (session);                                      \
  }                                                                           \
  static void name##_set_status (gpointer session, ImStatus status,           \
                                 const ImText *text)                          \
  {                                                                           \
    prefix##_set_status (session, status, text);                              \
  }                                                                           \
  static void name##_set_idle (gpointer session, guint seconds)               \
  {                                                                           \
    prefix##_set_idle (session, seconds);                                     \
  }                                                                           \
  static void name##_get_info (gpointer session, const char *who)             \
  {                                                                           \
    prefix##_get_info (session, who);                                         \
  }                                                                           \
  static void name##_send_typing (gpointer session, const char *to,           \
                                  ImTyping state)                             \
  {                                                                           \
    prefix##_send_typing (session, to, state);                                \
  }                                                                           \
  static const GlueSessionFuncs name = {                                      \
    name##_start,    name##_free,     name##_is_online, name##_set_status,    \
    name##_set_idle, name##_get_info, name##_send_typing,                     \
  };

/** Writes the functions of GLUE_LIST_EDITS for a session whose functions begin
 * with @prefix. */
#define GLUE_LIST_WRITE_EDITS(prefix)                                         \
  static void list_remove (gpointer session, const char *who,                 \
                           const char *group)                                 \
  {                                                                           \
    prefix##_remove_buddy (session, who, group);                              \
  }                                                                           \
  static void list_move (gpointer session, const char *who, const char *from, \
                         const char *to)                                      \
  {                                                                           \
    prefix##_move_buddy (session, who, from, to);                             \
  }                                                                           \
  static void list_alias (gpointer session, const char *who,                  \
                          const char *alias)                                  \
  {                                                                           \
    prefix##_alias_buddy (session, who, alias);                               \
  }                                                                           \
  static void list_rename_group (gpointer session, const char *from,          \
                                 const char *to)                              \
  {                                                                           \
    prefix##_rename_group (session, from, to);                                \
  }                                                                           \
  static void list_remove_group (gpointer session, const char *group)         \
  {                                                                           \
    prefix##_remove_group (session, group);                                   \
  }

/** In a GlueListFuncs: all edits but adding, which not every protocol does
 * with words. */
#define GLUE_LIST_EDITS                                                       \
  .remove = list_remove, .move = list_move, .alias = list_alias,              \
  .rename_group = list_rename_group, .remove_group = list_remove_group

/** The same for what lists say of privacy. */
#define GLUE_LIST_WRITE_PRIVACY(prefix)                                       \
  static void list_permit (gpointer session, const char *who,                 \
                           gboolean listed)                                   \
  {                                                                           \
    prefix##_permit (session, who, listed);                                   \
  }                                                                           \
  static void list_deny (gpointer session, const char *who, gboolean listed)  \
  {                                                                           \
    prefix##_deny (session, who, listed);                                     \
  }                                                                           \
  static void list_privacy (gpointer session, ImPrivacyMode mode)             \
  {                                                                           \
    prefix##_set_privacy (session, mode);                                     \
  }

#define GLUE_LIST_PRIVACY                                                     \
  .permit = list_permit, .deny = list_deny, .privacy = list_privacy
