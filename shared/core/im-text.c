#include "im-text.h"

#include <string.h>

#include "im-ascii.h"
#include "im-limits.h"

struct _ImText
{
  GString *plain;
  ImRun *runs; /* in order, without gaps; &first until it grows */
  guint n_runs;
  guint runs_room;
  ImRun first;           /* most texts have one run: no array for them */
  /* What the runs' styles point into: most need room for one font. */
  char string[IM_MAX_FONT_NAME + 1];
  gboolean string_used;
  GStringChunk *strings; /* owned, nullable */
};

static ImText *
text_sized (gsize len)
{
  ImText *text = g_new (ImText, 1);

  text->plain = g_string_sized_new (len);
  text->runs = &text->first;
  text->n_runs = 0;
  text->runs_room = 1;
  text->string_used = FALSE;
  text->strings = NULL;
  return text;
}

ImText *
im_text_new (void)
{
  return text_sized (64);
}

ImText *
im_text_new_plain (const char *utf8)
{
  gsize len = utf8 != NULL ? strlen (utf8) : 0;
  ImText *text = text_sized (len);

  if (len > 0)
    im_text_append (text, utf8, (gssize)len, NULL);
  return text;
}

void
im_text_free (ImText *text)
{
  if (text == NULL)
    return;
  g_string_free (text->plain, TRUE);
  if (text->runs != &text->first)
    g_free (text->runs);
  g_clear_pointer (&text->strings, g_string_chunk_free);
  g_free (text);
}

ImText *
im_text_copy (const ImText *text)
{
  ImText *copy = text_sized (text->plain->len);

  for (guint i = 0; i < text->n_runs; i++)
    {
      const ImRun *run = &text->runs[i];

      im_text_append (copy, text->plain->str + run->start, (gssize)run->len,
                      &run->style);
    }
  return copy;
}

static gboolean
string_equal (const char *a, const char *b)
{
  return a == b || g_strcmp0 (a, b) == 0;
}

static gboolean
style_equal (const ImStyle *a, const ImStyle *b)
{
  return a->flags == b->flags && a->size == b->size && a->color == b->color &&
         a->background == b->background && string_equal (a->font, b->font) &&
         string_equal (a->link, b->link);
}

static const char *
keep_string (ImText *text, const char *string)
{
  if (string == NULL || *string == '\0')
    return NULL;
  if (!text->string_used && strlen (string) < sizeof text->string)
    {
      text->string_used = TRUE;
      return strcpy (text->string, string);
    }
  if (text->string_used && strcmp (text->string, string) == 0)
    return text->string;
  if (text->strings == NULL)
    text->strings = g_string_chunk_new (128);
  return g_string_chunk_insert_const (text->strings, string);
}

/* @utf8 is valid. */
static void
append_without_controls (GString *plain, const char *utf8, gsize len)
{
  const char *end = utf8 + len;

  while (utf8 < end)
    {
      const char *p = utf8;

      while (p < end && (im_ascii_is_text ((guint8)*p) ||
                         ((*p & 0x80) && !im_ascii_c1_at (p))))
        p++;
      g_string_append_len (plain, utf8, p - utf8);
      utf8 = p < end ? g_utf8_next_char (p) : end;
    }
}

static void
append_characters (GString *plain, const char *utf8, gsize len)
{
  gsize clean = im_ascii_text_prefix (utf8, len);
  g_autofree char *repaired = NULL;

  g_string_append_len (plain, utf8, (gssize)clean);
  if (clean == len)
    return;
  utf8 += clean;
  len -= clean;
  if (!g_utf8_validate_len (utf8, len, NULL))
    {
      repaired = g_utf8_make_valid (utf8, (gssize)len);
      utf8 = repaired;
      len = strlen (repaired);
    }
  append_without_controls (plain, utf8, len);
}

static ImRun *
add_run (ImText *text)
{
  if (text->n_runs == text->runs_room)
    {
      ImRun *old = text->runs;

      text->runs_room *= 4;
      text->runs = g_new (ImRun, text->runs_room);
      memcpy (text->runs, old, text->n_runs * sizeof (ImRun));
      if (old != &text->first)
        g_free (old);
    }
  return &text->runs[text->n_runs++];
}

/* Whether what follows @last in @style needs no run of its own. */
static gboolean
joins (const ImText *text, const ImRun *last, const ImStyle *style)
{
  return last != NULL && (text->n_runs >= IM_MAX_TEXT_RUNS ||
                          style_equal (&last->style, style));
}

void
im_text_append (ImText *text, const char *utf8, gssize len,
                const ImStyle *style)
{
  static const ImStyle none = IM_STYLE_INIT;
  gsize start = text->plain->len;
  ImRun *last = text->n_runs > 0 ? &text->runs[text->n_runs - 1] : NULL;
  ImStyle wanted = style != NULL ? *style : none;
  gsize added;
  ImRun *run;

  append_characters (text->plain, utf8, len < 0 ? strlen (utf8) : (gsize)len);
  added = text->plain->len - start;
  if (added == 0)
    return;

  /* Judged only when it differs: a long link that covers thousands of pieces
   * is read once. */
  if (!joins (text, last, &wanted) && wanted.link != NULL &&
      !im_text_link_ok (wanted.link))
    wanted.link = NULL;
  if (joins (text, last, &wanted))
    {
      last->len += added;
      return;
    }

  run = add_run (text);
  run->start = start;
  run->len = added;
  run->style = wanted;
  run->style.font = keep_string (text, wanted.font);
  run->style.link = keep_string (text, wanted.link);
}

const char *
im_text_plain (const ImText *text)
{
  return text != NULL ? text->plain->str : "";
}

gsize
im_text_length (const ImText *text)
{
  return text != NULL ? text->plain->len : 0;
}

guint
im_text_n_runs (const ImText *text)
{
  return text != NULL ? text->n_runs : 0;
}

const ImRun *
im_text_run (const ImText *text, guint i)
{
  g_return_val_if_fail (i < text->n_runs, NULL);
  return &text->runs[i];
}

gboolean
im_text_truncate (ImText *text, gsize max)
{
  if (text->plain->len <= max)
    return FALSE;
  while (max > 0 && ((guchar)text->plain->str[max] & 0xc0) == 0x80)
    max--;
  g_string_truncate (text->plain, max);
  while (text->n_runs > 0 && text->runs[text->n_runs - 1].start >= max)
    text->n_runs--;
  if (text->n_runs > 0)
    {
      ImRun *last = &text->runs[text->n_runs - 1];

      last->len = max - last->start;
    }
  return TRUE;
}

ImText *
im_text_slice (const ImText *text, gsize start, gsize end)
{
  ImText *slice = text_sized (end - start);

  for (guint i = 0; i < text->n_runs; i++)
    {
      const ImRun *run = &text->runs[i];
      gsize from = MAX (run->start, start);
      gsize to = MIN (run->start + run->len, end);

      if (from < to)
        im_text_append (slice, text->plain->str + from, (gssize)(to - from),
                        &run->style);
    }
  return slice;
}

/* The place of @c nearest to the middle of @string, or its length. */
static gsize
nearest_to_middle (const GString *string, char c)
{
  gsize middle = string->len / 2;
  const char *after = strchr (string->str + middle, c);
  const char *before = g_strrstr_len (string->str, (gssize)middle,
                                      (const char[]){ c, '\0' });
  gsize to = after != NULL ? (gsize)(after - string->str) : string->len;

  if (before != NULL && middle - (gsize)(before - string->str) < to - middle)
    to = (gsize)(before - string->str);
  return to;
}

gboolean
im_text_halve (const ImText *text, ImText **ret_head, ImText **ret_tail)
{
  gsize at = nearest_to_middle (text->plain, '\n');

  if (at == text->plain->len)
    at = nearest_to_middle (text->plain, ' ');
  if (at == text->plain->len)
    return FALSE;
  *ret_head = im_text_slice (text, 0, at);
  *ret_tail = im_text_slice (text, at + 1, text->plain->len);
  return TRUE;
}

static gboolean
is_link_character (gunichar c)
{
  if (c < 0x80)
    return c > 0x20 && c != 0x7f && strchr ("\"<>\\", (int)c) == NULL;
  return g_unichar_isprint (c) && !g_unichar_isspace (c);
}

gboolean
im_text_link_ok (const char *uri)
{
  static const char *const schemes[] = { "http://", "https://", "ftp://",
                                         "mailto:", "xmpp:" };
  gboolean known = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (schemes) && !known; i++)
    {
      gsize len = strlen (schemes[i]);

      known =
          g_ascii_strncasecmp (uri, schemes[i], len) == 0 && uri[len] != '\0';
    }
  if (!known || !g_utf8_validate (uri, -1, NULL))
    return FALSE;
  for (const char *p = uri; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_link_character (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}
