#pragma once

/* Two ways to be on MSN: links to its servers (MSNP itself, maybe through its
 * polling gateway) and the later web gateway. The account says which; all else
 * a user sees is the same, so the module speaks to either through this table.
 *
 * A session is whatever @open of its engine returned. Where a command is
 * marked nullable, an engine may not have it, and what leads to it is not
 * offered then. */

#include "glue-account.h"
#include "glue-buddies.h"
#include "glue-host.h"

typedef struct
{
  /* First, so that the glue's pointer to it is one to the engine. */
  GlueProtocol protocol;

  /** Returns: (transfer full): a session as the account's settings say, not
   * begun yet */
  gpointer (*open) (GlueHost *glue);
  /** The form of a name to compare, into @ret of @size bytes. */
  void (*fold) (const char *name, char *ret, gsize size);

  void (*set_nick) (gpointer session, const char *nick);
  /** (nullable): what plays; all %NULL when nothing does. */
  void (*set_media) (gpointer session, const char *title, const char *artist,
                     const char *album);

  guint (*send_message) (gpointer session, const char *to,
                         const ImText *text);
  gboolean (*send_nudge) (gpointer session, const char *to);
  /** (nullable): the conversation with @who was closed. */
  void (*close_talk) (gpointer session, const char *who);

  /** Goes to the conversation of several called @name, or begins one with who
   * is called so. */
  void (*join) (gpointer session, const char *name);
  void (*widen_talk) (gpointer session, const char *who);
  void (*invite) (gpointer session, guint chat, const char *who);
  void (*leave_chat) (gpointer session, guint chat);
  gboolean (*say_in_chat) (gpointer session, guint chat, const ImText *text);
  /** (nullable) */
  void (*set_topic) (gpointer session, guint chat, const char *topic);
  /** (nullable): removes @who from @chat. */
  void (*kick) (gpointer session, guint chat, const char *who);

  /** Whether other places can be signed off just now. */
  gboolean (*has_places) (gpointer session);
  void (*sign_off_places) (gpointer session);
  /** (nullable): the page of the mailbox; it returns %NULL if there is none */
  const char *(*mailbox_url) (gpointer session);
  /** (nullable): appends what only this engine has to the account's menu. */
  GList *(*more_menu) (gpointer session, GList *list);
} MsnEngine;

/** By links to the servers (MSNP). */
extern const MsnEngine msn_direct;
/** By requests to the web gateway. */
extern const MsnEngine msn_web;

/** Returns: the engine @account is set to use */
const MsnEngine *msn_engine_for (const PurpleAccount *account);

/** Returns: the engine of a connection */
const MsnEngine *msn_engine_of (const GlueHost *glue);

/** Returns: (transfer full): the id servers tell this place by from others of
 * the account: a GUID in braces, the same at every sign-on */
char *msn_engine_machine (GlueHost *glue);

/** The ids are those of saved statuses since 2003. States other networks have
 * borrow the nearest. */
#define MSN_ENGINE_STATUS_IDS                                                 \
  {                                                                           \
    [IM_STATUS_OFFLINE] = "offline", [IM_STATUS_AVAILABLE] = "available",     \
    [IM_STATUS_FREE_FOR_CHAT] = "available", [IM_STATUS_AWAY] = "away",       \
    [IM_STATUS_NOT_AVAILABLE] = "away", [IM_STATUS_OCCUPIED] = "busy",        \
    [IM_STATUS_DND] = "busy", [IM_STATUS_INVISIBLE] = "invisible",            \
    [IM_STATUS_RIGHT_BACK] = "brb", [IM_STATUS_PHONE] = "phone",              \
    [IM_STATUS_LUNCH] = "lunch",                                              \
  }

/** Both engines are one protocol for everybody else. */
#define MSN_ENGINE_ID "prpl-msn"
#define MSN_ENGINE_KIND                                                       \
  {                                                                           \
    .word = "msn", .port = 1863, .security = GLUE_SECURITY_REQUIRED,          \
    .web = TRUE                                                               \
  }

/** "Typing" lasts some seconds there. */
#define MSN_ENGINE_TYPING_SECONDS 4
