#include "msnweb-seen.h"

#define REMEMBERED 512

/* The last words of one kind, oldest first. */
typedef struct
{
  GHashTable *words; /* owned char * */
  GQueue order;      /* the same, borrowed */
} Memory;

struct _MsnwebSeen
{
  Memory theirs;  /* "number sender" */
  Memory servers; /* "number" */
  guint64 newest;
};

static void
memory_init (Memory *memory)
{
  memory->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&memory->order);
}

static void
memory_clear (Memory *memory)
{
  g_queue_clear (&memory->order);
  g_hash_table_unref (memory->words);
}

/* (transfer full) @word; FALSE if it is known. */
static gboolean
memory_add (Memory *memory, char *word)
{
  if (g_hash_table_contains (memory->words, word))
    {
      g_free (word);
      return FALSE;
    }
  g_hash_table_add (memory->words, word);
  g_queue_push_tail (&memory->order, word);
  if (memory->order.length > REMEMBERED)
    g_hash_table_remove (memory->words, g_queue_pop_head (&memory->order));
  return TRUE;
}

MsnwebSeen *
msnweb_seen_new (void)
{
  MsnwebSeen *self = g_new0 (MsnwebSeen, 1);

  memory_init (&self->theirs);
  memory_init (&self->servers);
  return self;
}

void
msnweb_seen_free (MsnwebSeen *self)
{
  memory_clear (&self->theirs);
  memory_clear (&self->servers);
  g_free (self);
}

gboolean
msnweb_seen_add (MsnwebSeen *self, const char *from, guint64 client_id,
                 guint64 message_id, guint64 ceiling)
{
  gboolean fresh = TRUE;

  if (client_id != 0)
    fresh &= memory_add (&self->theirs,
                         g_strdup_printf ("%" G_GUINT64_FORMAT " %s",
                                          client_id, from));
  if (message_id != 0)
    fresh &= memory_add (&self->servers,
                         g_strdup_printf ("%" G_GUINT64_FORMAT, message_id));
  if (message_id <= ceiling)
    self->newest = MAX (self->newest, message_id);
  return fresh;
}

guint64
msnweb_seen_newest (const MsnwebSeen *self)
{
  return self->newest;
}
