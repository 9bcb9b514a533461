#include "oscar-rate.h"

/* Above the alert threshold by this much, in milliseconds: the server's clock
 * and ours do not tick together. */
#define MARGIN_MS 100

/* Nobody waits for background SNACs, so they keep the average this much
 * further up and leave the difference to the user. */
#define BACKGROUND_MARGIN_MS 1000

/* SNACs sent blindly before the classes were known; a sign-on needs some
 * twenty. */
#define MAX_UNCHARGED 64

typedef struct
{
  OscarRateClass params;
  gint64 average;    /* the server's, as far as we can tell */
  gint64 last_ms;    /* when a SNAC of the class was last sent */
  gboolean limited;  /* the server said it is dropping */
} RateClass;

struct _OscarRate
{
  GHashTable *classes;   /* guint class id => owned RateClass */
  GHashTable *map;       /* guint group << 16 | subtype => guint class id */
  GArray *uncharged;     /* guint32 keys sent before the map was known */
};

static gpointer
key_of (guint16 group, guint16 subtype)
{
  return GUINT_TO_POINTER ((guint) group << 16 | subtype);
}

OscarRate *
oscar_rate_new (void)
{
  OscarRate *rate = g_new0 (OscarRate, 1);

  rate->classes = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  rate->map = g_hash_table_new (NULL, NULL);
  rate->uncharged = g_array_new (FALSE, FALSE, sizeof (guint32));
  return rate;
}

void
oscar_rate_free (OscarRate *rate)
{
  if (rate == NULL)
    return;
  g_hash_table_unref (rate->classes);
  g_hash_table_unref (rate->map);
  g_array_unref (rate->uncharged);
  g_free (rate);
}

static RateClass *
class_for (OscarRate *rate, guint16 group, guint16 subtype)
{
  gpointer id = g_hash_table_lookup (rate->map, key_of (group, subtype));

  return id != NULL ? g_hash_table_lookup (rate->classes, id) : NULL;
}

guint16
oscar_rate_class_of (OscarRate *rate, guint16 group, guint16 subtype)
{
  RateClass *class = class_for (rate, group, subtype);

  return class != NULL ? class->params.id : 0;
}

void
oscar_rate_set_class (OscarRate *rate, const OscarRateClass *params,
                      gint64 now_ms)
{
  gpointer id = GUINT_TO_POINTER ((guint) params->id);
  RateClass *class = g_hash_table_lookup (rate->classes, id);

  /* A window of zero would divide by zero; a server that sends one means
   * that there is nothing to average over. */
  if (params->id == 0 || params->window == 0)
    return;
  if (class == NULL)
    {
      class = g_new0 (RateClass, 1);
      class->last_ms = now_ms;
      g_hash_table_insert (rate->classes, id, class);
    }
  class->params = *params;
  class->average = params->current;
}

void
oscar_rate_set_limited (OscarRate *rate, guint16 id, gboolean limited)
{
  RateClass *class =
      g_hash_table_lookup (rate->classes, GUINT_TO_POINTER ((guint) id));

  if (class != NULL)
    class->limited = limited;
}

static gint64
average_after (const RateClass *class, gint64 now_ms)
{
  gint64 window = class->params.window;
  gint64 delta = MAX (now_ms - class->last_ms, 0);
  gint64 average = (class->average * (window - 1) + delta) / window;

  return MIN (average, class->params.max);
}

static void
charge_class (RateClass *class, gint64 now_ms)
{
  class->average = average_after (class, now_ms);
  class->last_ms = now_ms;
  if (class->average >= class->params.clear)
    class->limited = FALSE;
}

void
oscar_rate_map (OscarRate *rate, guint16 group, guint16 subtype, guint16 id,
                gint64 now_ms)
{
  guint32 key = (guint32) group << 16 | subtype;

  g_hash_table_insert (rate->map, key_of (group, subtype),
                       GUINT_TO_POINTER ((guint) id));
  for (guint i = rate->uncharged->len; i > 0; i--)
    {
      RateClass *class = class_for (rate, group, subtype);

      if (g_array_index (rate->uncharged, guint32, i - 1) != key)
        continue;
      if (class != NULL)
        charge_class (class, now_ms);
      g_array_remove_index_fast (rate->uncharged, i - 1);
    }
}

void
oscar_rate_charge (OscarRate *rate, guint16 group, guint16 subtype,
                   gint64 now_ms)
{
  RateClass *class = class_for (rate, group, subtype);
  guint32 key = (guint32) group << 16 | subtype;

  if (class != NULL)
    charge_class (class, now_ms);
  else if (g_hash_table_size (rate->classes) == 0 &&
           rate->uncharged->len < MAX_UNCHARGED)
    g_array_append_val (rate->uncharged, key);
}

guint
oscar_rate_wait_ms (OscarRate *rate, guint16 group, guint16 subtype,
                    gboolean urgent, gint64 now_ms)
{
  RateClass *class = class_for (rate, group, subtype);
  gint64 target, needed, elapsed;

  if (class == NULL)
    return 0;
  target = class->limited ? class->params.clear : class->params.alert;
  target += urgent ? MARGIN_MS : BACKGROUND_MARGIN_MS;
  /* The average never passes its maximum: a higher target would be a wait
   * without end. */
  target = MIN (target, (gint64) class->params.max);
  needed = target * class->params.window -
           class->average * (class->params.window - 1);
  elapsed = MAX (now_ms - class->last_ms, 0);
  return needed > elapsed ? (guint) MIN (needed - elapsed, G_MAXINT) : 0;
}

gboolean
oscar_rate_is_limited (OscarRate *rate, guint16 group, guint16 subtype)
{
  RateClass *class = class_for (rate, group, subtype);

  return class != NULL &&
         (class->limited || class->average < (gint64) class->params.alert);
}
