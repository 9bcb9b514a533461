#include "oscar-oservice-rate.h"

#define SHORT_CLASS 30
#define LONG_CLASS 35

static gboolean
read_class (ImReader *reader, gboolean long_form, OscarRateClass *ret,
            GError **error)
{
  ret->last = 0;
  ret->state = 0;
  return im_reader_u16 (reader, &ret->id, error) &&
         im_reader_u32 (reader, &ret->window, error) &&
         im_reader_u32 (reader, &ret->clear, error) &&
         im_reader_u32 (reader, &ret->alert, error) &&
         im_reader_u32 (reader, &ret->limit, error) &&
         im_reader_u32 (reader, &ret->disconnect, error) &&
         im_reader_u32 (reader, &ret->current, error) &&
         im_reader_u32 (reader, &ret->max, error) &&
         (!long_form || (im_reader_u32 (reader, &ret->last, error) &&
                         im_reader_u8 (reader, &ret->state, error)));
}

static gboolean
is_class (const OscarRates *rates, guint16 id)
{
  for (guint i = 0; i < rates->n; i++)
    if (rates->classes[i].id == id)
      return TRUE;
  return FALSE;
}

/* Whether what follows the classes is lists of SNACs of just those. */
static gboolean
members_make_sense (const OscarRates *rates)
{
  ImReader rest = rates->members;
  guint16 id;
  guint16 count;

  while (im_reader_left (&rest) > 0)
    if (!im_reader_u16 (&rest, &id, NULL) || !is_class (rates, id) ||
        !im_reader_u16 (&rest, &count, NULL) ||
        !im_reader_skip (&rest, (gsize)count * 4, NULL))
      return FALSE;
  return TRUE;
}

static gboolean
try_form (const ImReader *body, gboolean long_form, guint count,
          OscarRates *ret)
{
  ImReader reader = *body;

  ret->long_form = long_form;
  for (ret->n = 0; ret->n < count; ret->n++)
    if (!read_class (&reader, long_form, &ret->classes[ret->n], NULL))
      return FALSE;
  ret->members = reader;
  return members_make_sense (ret);
}

gboolean
oscar_rate_decode_reply (ImReader *body, OscarRates *ret, GError **error)
{
  guint16 count;

  if (!im_reader_u16 (body, &count, error))
    return FALSE;
  if (count > IM_MAX_RATE_CLASSES)
    {
      g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                   "%u rate classes", count);
      return FALSE;
    }
  if (try_form (body, TRUE, count, ret) || try_form (body, FALSE, count, ret))
    {
      body->pos = body->end;
      return TRUE;
    }
  if (im_reader_left (body) < (gsize)count * SHORT_CLASS)
    g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED,
                 "rates end inside a class");
  else
    g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                 "rates make sense in neither form");
  return FALSE;
}

void
oscar_rate_walk_init (OscarRateWalk *walk, const OscarRates *rates)
{
  walk->rest = rates->members;
  walk->class_id = 0;
  walk->left = 0;
}

gboolean
oscar_rate_walk_next (OscarRateWalk *walk, OscarRateMember *ret)
{
  while (walk->left == 0)
    if (!im_reader_u16 (&walk->rest, &walk->class_id, NULL) ||
        !im_reader_u16 (&walk->rest, &walk->left, NULL))
      return FALSE;
  walk->left--;
  ret->class_id = walk->class_id;
  return im_reader_u16 (&walk->rest, &ret->foodgroup, NULL) &&
         im_reader_u16 (&walk->rest, &ret->subtype, NULL);
}

gboolean
oscar_rate_decode_change (ImReader *body, OscarRateChange *ret, GError **error)
{
  gsize left;

  if (!im_reader_u16 (body, &ret->code, error))
    return FALSE;
  left = im_reader_left (body);
  ret->long_form = left % LONG_CLASS == 0 || left % SHORT_CLASS != 0;
  for (ret->n = 0; im_reader_left (body) > 0; ret->n++)
    {
      if (ret->n == IM_MAX_RATE_CLASSES)
        {
          g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                       "more than %d rate classes", IM_MAX_RATE_CLASSES);
          return FALSE;
        }
      if (!read_class (body, ret->long_form, &ret->classes[ret->n], error))
        return FALSE;
    }
  return TRUE;
}

static void
write_class (ImWriter *writer, gboolean long_form, const OscarRateClass *class)
{
  im_writer_u16 (writer, class->id);
  im_writer_u32 (writer, class->window);
  im_writer_u32 (writer, class->clear);
  im_writer_u32 (writer, class->alert);
  im_writer_u32 (writer, class->limit);
  im_writer_u32 (writer, class->disconnect);
  im_writer_u32 (writer, class->current);
  im_writer_u32 (writer, class->max);
  if (long_form)
    {
      im_writer_u32 (writer, class->last);
      im_writer_u8 (writer, class->state);
    }
}

void
oscar_rate_encode_change (ImWriter *writer, const OscarRateChange *self)
{
  im_writer_u16 (writer, self->code);
  for (guint i = 0; i < self->n; i++)
    write_class (writer, self->long_form, &self->classes[i]);
}

void
oscar_rate_encode_subscribe (ImWriter *writer, const OscarRates *rates)
{
  for (guint i = 0; i < rates->n; i++)
    im_writer_u16 (writer, rates->classes[i].id);
}
