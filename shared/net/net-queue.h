#pragma once

/* Bytes waiting to be written. Appending and dropping cost time in
 * proportion to the bytes that pass through, whatever is waiting. */

#include <glib.h>

/**
 * NetQueue:
 * @bytes: (nullable) (owned): storage; %NULL while nothing waits
 * @head: how much of it has left already
 */
typedef struct
{
  GByteArray *bytes;
  gsize head;
} NetQueue;

static inline gsize
net_queue_length (const NetQueue *queue)
{
  return queue->bytes != NULL ? queue->bytes->len - queue->head : 0;
}

static inline const guint8 *
net_queue_peek (const NetQueue *queue)
{
  return queue->bytes->data + queue->head;
}

static inline void
net_queue_clear (NetQueue *queue)
{
  g_clear_pointer (&queue->bytes, g_byte_array_unref);
  queue->head = 0;
}

/* Forgets the first @len bytes. Storage goes with the last of a lot, and
 * stays for the next of a little. */
static inline void
net_queue_drop (NetQueue *queue, gsize len)
{
  queue->head += len;
  if (queue->head < queue->bytes->len)
    return;
  if (queue->bytes->len > 16 * 1024)
    net_queue_clear (queue);
  else
    {
      g_byte_array_set_size (queue->bytes, 0);
      queue->head = 0;
    }
}

/* Moves what waits to the front only when that is no more than what has left
 * since the last time, so each byte is moved once at most on average. */
static inline void
net_queue_append (NetQueue *queue, const void *data, gsize len)
{
  if (queue->bytes == NULL)
    queue->bytes = g_byte_array_new ();
  if (queue->head > 0 && queue->head >= net_queue_length (queue))
    {
      g_byte_array_remove_range (queue->bytes, 0, (guint)queue->head);
      queue->head = 0;
    }
  g_byte_array_append (queue->bytes, data, (guint)len);
}
