#pragma once

/* Threads: conversations of several people, which the server keeps.
 *
 *   PUT n MSGR\THREAD    <thread><id/><members>...     create, add, topic
 *   DEL n MSGR\THREAD    ... a member                  remove, leave
 *   NFY 0 MSGR\THREAD    the thread as it is now, whole; it has no layers
 *   SDG 0 MSGR           Message-Type: ThreadActivity/AddMember ...
 *
 * msndevs/protocol-docs, Threads-(Groupchats); github.com/Delthas/JavaSkype;
 * github.com/miranda-ng/miranda-ng. */

#include "msnweb-message.h"
#include "xml-tree.h"

/** Somebody in a thread; only an admin changes it. */
typedef struct
{
  char *address;
  gboolean admin;
} MsnwebMember;

/**
 * MsnwebThread:
 * @id: its address, "19:...@thread.skype"
 * @version: milliseconds since 1970, or 0; newer ones are larger
 * @creator: (nullable): who made it
 * @topic: (nullable): what it is about, tidy; %NULL if it does not say
 * @members: (nullable) (element-type MsnwebMember): who is in it; %NULL if it
 *   does not say
 * @left: we are not in it any more (from a history)
 */
typedef struct
{
  char *id;
  guint64 version;
  char *creator;
  char *topic;
  GPtrArray *members;
  gboolean left;
} MsnwebThread;

IM_API void msnweb_thread_clear (MsnwebThread *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebThread, msnweb_thread_clear)
IM_API void msnweb_thread_free (MsnwebThread *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MsnwebThread, msnweb_thread_free)

/**
 * msnweb_thread_decode:
 * @command: an NFY of MSGR\\THREAD, or the answer to a PUT or DEL of one
 * @ret: (out): what it says, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR if no thread is named; the body of an
 *   answer may be empty
 */
IM_API gboolean msnweb_thread_decode (const MsnwebCommand *command,
                                      MsnwebThread *ret, GError **error);

/**
 * msnweb_thread_decode_all:
 * @command: the answer to msnweb_thread_encode_query()
 * @error: return location
 *
 * Returns: (transfer full) (element-type MsnwebThread): them, or %NULL with an
 *   %IM_WIRE_ERROR
 */
IM_API GPtrArray *msnweb_thread_decode_all (const MsnwebCommand *command,
                                            GError **error);

/** Returns: (transfer full): a PUT that makes a thread of us (@own), who are
 * its admin, and @others (nullable), ending with %NULL */
IM_API MsnwebRequest msnweb_thread_encode_create (const char *own,
                                                  const char *const *others);

/** Returns: (transfer full): a PUT that adds @who, or changes their role */
IM_API MsnwebRequest msnweb_thread_encode_add (const char *id, const char *who,
                                               gboolean admin);

/** Returns: (transfer full): a PUT that sets what it is about */
IM_API MsnwebRequest msnweb_thread_encode_topic (const char *id,
                                                 const char *topic);

/** Returns: (transfer full): a DEL that removes @who: ourselves to leave */
IM_API MsnwebRequest msnweb_thread_encode_remove (const char *id,
                                                  const char *who);

/** Returns: (transfer full): a GET for threads; @ids end with %NULL */
IM_API MsnwebRequest msnweb_thread_encode_query (const char *const *ids);

typedef enum
{
  MSNWEB_ACTIVITY_ADDED,
  MSNWEB_ACTIVITY_REMOVED, /* or left: the initiator is the target */
  MSNWEB_ACTIVITY_TOPIC,
  MSNWEB_ACTIVITY_ROLE,
  MSNWEB_ACTIVITY_OTHER,
} MsnwebActivityKind;

/**
 * MsnwebActivity:
 * @kind: what happened
 * @time: unix time, or 0
 * @initiator: (nullable): who did it
 * @targets: (element-type MsnwebMember): to whom; with
 *   %MSNWEB_ACTIVITY_ROLE, what they are now
 * @topic: (nullable): with %MSNWEB_ACTIVITY_TOPIC, tidy
 */
typedef struct
{
  MsnwebActivityKind kind;
  gint64 time;
  char *initiator;
  GPtrArray *targets;
  char *topic;
} MsnwebActivity;

IM_API void msnweb_activity_clear (MsnwebActivity *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MsnwebActivity, msnweb_activity_clear)

/**
 * msnweb_activity_decode:
 * @message: of the kind %MSNWEB_MESSAGE_ACTIVITY; its thread is where
 * @ret: (out): what happened, set only on success
 * @error: return location
 *
 * Returns: %FALSE with an %IM_WIRE_ERROR for what is no XML
 */
IM_API gboolean msnweb_activity_decode (const MsnwebMessage *message,
                                        MsnwebActivity *ret, GError **error);

/** For histories: reads a <thread>. Internal to this directory. */
gboolean msnweb_thread_read (const XmlNode *node, MsnwebThread *ret);
