/* What was said while we were away: asked for with each gateway session, from
 * the newest message on that was shown. What was shown already comes again,
 * and is known by its numbers. */

#include "msnweb-session-private.h"

#include <string.h>

#include "msnweb-history.h"

/* Messages of a page, pages of one conversation, conversations that are asked
 * for more. */
#define PAGE 100
#define MAX_PAGES 5
#define MAX_CONVERSATIONS 20

/* How far back, if this is the first time; and how much is asked for twice, as
 * clocks differ. */
#define FIRST_SECONDS G_GUINT64_CONSTANT (86400)
#define OVERLAP_MS 5000

/* What is kept for the next sign-on: when a message was last shown or sent, in
 * milliseconds of the server's clock. */
#define CACHE "newest"

/* How soon that is done. */
#define KEEP_MS (10 * 1000)

struct _MsnwebHistory
{
  guint64 handled; /* server's milliseconds of the newest message */
  guint64 kept;    /* what the cache has of that */
  ImTimer *timer;  /* nullable: to keep it */
};

static guint64
now_ms (const MsnwebSession *session)
{
  gint64 now = session->host->ops->wall_s (session->host) + session->skew_s;

  return (guint64) MAX (now, 0) * 1000;
}

static guint64
start_of (MsnwebSession *session)
{
  guint64 handled = session->history->handled;
  guint64 now = now_ms (session);

  if (handled > OVERLAP_MS)
    return handled - OVERLAP_MS;
  return now > FIRST_SECONDS * 1000 ? now - FIRST_SECONDS * 1000 : 0;
}

static void
keep (MsnwebSession *session)
{
  MsnwebHistory *self = session->history;
  ImEvent event = { .type = IM_EVENT_CACHE };
  g_autoptr (GBytes) data = NULL;
  char *word;

  session->host->ops->timer_cancel (session->host,
                                    g_steal_pointer (&self->timer));
  if (self->handled <= self->kept)
    return;
  self->kept = self->handled;
  word = g_strdup_printf ("%" G_GUINT64_FORMAT, self->kept);
  data = g_bytes_new_take (word, strlen (word));
  event.cache.name = CACHE;
  event.cache.data = data;
  msnweb_session_emit (session, &event);
}

static void
on_keep (gpointer user)
{
  MsnwebSession *session = user;

  session->history->timer = NULL;
  keep (session);
}

/* Numbers of messages are times, but not of every server. */
void
msnweb_history_note (MsnwebSession *session)
{
  MsnwebHistory *self = session->history;

  self->handled = MAX (self->handled, now_ms (session));
  if (self->timer == NULL)
    self->timer = session->host->ops->timer_add (session->host, KEEP_MS,
                                                 on_keep, session);
}

/* --- Pages -------------------------------------------------------------- */

/* One conversation of which there is more. */
typedef struct
{
  char *id;
  guint64 start;
  guint pages; /* left */
} Page;

static void
free_page (gpointer data)
{
  Page *page = data;

  g_free (page->id);
  g_free (page);
}

static void
show_all (MsnwebSession *session, const GPtrArray *messages)
{
  for (guint i = 0; messages != NULL && i < messages->len && !session->gone;
       i++)
    {
      MsnwebMessage *message = messages->pdata[i];

      message->delayed = TRUE;
      msnweb_talks_show (session, message);
    }
}

static void ask_page (MsnwebSession *session, Page *page,
                      const char *sync_state);

static void
on_page (MsnwebSession *session, MsnwebOutcome outcome,
         const MsnwebCommand *answer, gpointer data)
{
  const Page *page = data;
  gint64 now = session->host->ops->wall_s (session->host);
  g_auto (MsnwebConversation) conversation = { 0 };

  if (outcome != MSNWEB_ANSWERED ||
      !msnweb_history_decode_conversation (answer, session->own, now,
                                           &conversation, NULL))
    return;
  show_all (session, conversation.messages);
  if (conversation.has_more && page->pages > 1 && !session->gone &&
      conversation.messages != NULL && conversation.messages->len > 0)
    {
      Page *next = g_new0 (Page, 1);

      next->id = g_strdup (page->id);
      next->start = page->start;
      next->pages = page->pages - 1;
      ask_page (session, next, conversation.sync_state);
    }
}

static void
ask_page (MsnwebSession *session, Page *page, const char *sync_state)
{
  msnweb_commands_send (session,
                        msnweb_history_encode_conversation (
                            page->id, page->start, sync_state, PAGE),
                        on_page, page, free_page);
}

/* --- All of them -------------------------------------------------------- */

static gint
by_time (gconstpointer a, gconstpointer b)
{
  const MsnwebMessage *left = *(const MsnwebMessage *const *) a;
  const MsnwebMessage *right = *(const MsnwebMessage *const *) b;

  return left->time < right->time ? -1 : left->time > right->time;
}

/* In the order in which they were said, across conversations. */
static void
show_in_order (MsnwebSession *session, const GPtrArray *conversations)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  for (guint i = 0; i < conversations->len; i++)
    {
      const MsnwebConversation *conversation = conversations->pdata[i];

      if (conversation->has_thread && conversation->thread.left)
        continue;
      for (guint k = 0; conversation->messages != NULL &&
                        k < conversation->messages->len;
           k++)
        g_ptr_array_add (all, conversation->messages->pdata[k]);
    }
  g_ptr_array_sort (all, by_time);
  show_all (session, all);
}

static void
ask_for_more (MsnwebSession *session, const GPtrArray *conversations,
              guint64 start)
{
  guint asked = 0;

  for (guint i = 0; i < conversations->len && asked < MAX_CONVERSATIONS; i++)
    {
      const MsnwebConversation *conversation = conversations->pdata[i];
      Page *page;

      if (!conversation->has_more || conversation->id == NULL)
        continue;
      page = g_new0 (Page, 1);
      page->id = g_strdup (conversation->id);
      page->start = start;
      page->pages = MAX_PAGES;
      ask_page (session, page, conversation->sync_state);
      asked++;
    }
}

/* @data is from when on, guint64 *. */
static void
on_recent (MsnwebSession *session, MsnwebOutcome outcome,
           const MsnwebCommand *answer, gpointer data)
{
  gint64 now = session->host->ops->wall_s (session->host);
  g_autoptr (GPtrArray) conversations = NULL;
  g_autoptr (GError) error = NULL;

  if (outcome != MSNWEB_ANSWERED)
    return;
  conversations =
      msnweb_history_decode_recent (answer, session->own, now, &error);
  if (conversations == NULL)
    {
      im_host_debug (session->host, "msnweb: %s", error->message);
      return;
    }
  show_in_order (session, conversations);
  if (!session->gone)
    ask_for_more (session, conversations, *(guint64 *) data);
}

static void
bound (MsnwebSession *session)
{
  guint64 start = start_of (session);

  msnweb_commands_send (session, msnweb_history_encode_recent (start, PAGE),
                        on_recent, g_memdup2 (&start, sizeof start), g_free);
}

/* --- Life --------------------------------------------------------------- */

static void
init (MsnwebSession *session, const MsnwebConfig *config)
{
  g_autoptr (GBytes) data =
      config->caches != NULL ? config->caches (config->cache_user, CACHE)
                             : NULL;
  g_autofree char *word = NULL;

  session->history = g_new0 (MsnwebHistory, 1);
  if (data == NULL)
    return;
  word = g_strndup (g_bytes_get_data (data, NULL),
                    MIN (g_bytes_get_size (data), 20));
  g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT64,
                              &session->history->kept, NULL);
  session->history->handled = session->history->kept;
}

static void
clear (MsnwebSession *session)
{
  session->host->ops->timer_cancel (
      session->host, g_steal_pointer (&session->history->timer));
  g_free (session->history);
}

const MsnwebPart msnweb_history_part = {
  .init = init,
  .clear = clear,
  .bound = bound,
  .lost = keep,
  .over = keep,
};
