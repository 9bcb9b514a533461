#include "im-text.h"

#include <string.h>

#include "im-limits.h"

struct _ImText
{
  GString *plain;
  GArray *runs;          /* owned ImRun, in order, without gaps */
  GStringChunk *strings; /* owned; what the runs' styles point into */
};

ImText *
im_text_new (void)
{
  ImText *text = g_new0 (ImText, 1);

  text->plain = g_string_new (NULL);
  text->runs = g_array_new (FALSE, FALSE, sizeof (ImRun));
  return text;
}

ImText *
im_text_new_plain (const char *utf8)
{
  ImText *text = im_text_new ();

  if (utf8 != NULL)
    im_text_append (text, utf8, -1, NULL);
  return text;
}

void
im_text_free (ImText *text)
{
  if (text == NULL)
    return;
  g_string_free (text->plain, TRUE);
  g_array_unref (text->runs);
  g_clear_pointer (&text->strings, g_string_chunk_free);
  g_free (text);
}

ImText *
im_text_copy (const ImText *text)
{
  ImText *copy = im_text_new ();

  for (guint i = 0; i < text->runs->len; i++)
    {
      const ImRun *run = im_text_run (text, i);

      im_text_append (copy, text->plain->str + run->start, (gssize) run->len,
                      &run->style);
    }
  return copy;
}

static gboolean
style_equal (const ImStyle *a, const ImStyle *b)
{
  return a->flags == b->flags && a->size == b->size && a->color == b->color &&
         a->background == b->background &&
         g_strcmp0 (a->font, b->font) == 0 && g_strcmp0 (a->link, b->link) == 0;
}

static const char *
keep_string (ImText *text, const char *string)
{
  if (string == NULL || *string == '\0')
    return NULL;
  if (text->strings == NULL)
    text->strings = g_string_chunk_new (128);
  return g_string_chunk_insert_const (text->strings, string);
}

static gboolean
is_clean (const char *utf8, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) utf8[i];

      if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
        return FALSE;
    }
  return TRUE;
}

static void
append_without_controls (GString *plain, const char *utf8, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) utf8[i];

      if ((c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n')
        g_string_append_c (plain, (char) c);
    }
}

static void
append_characters (GString *plain, const char *utf8, gsize len)
{
  g_autofree char *repaired = NULL;

  if (!g_utf8_validate_len (utf8, len, NULL))
    {
      repaired = g_utf8_make_valid (utf8, (gssize) len);
      utf8 = repaired;
      len = strlen (repaired);
    }
  if (is_clean (utf8, len))
    g_string_append_len (plain, utf8, (gssize) len);
  else
    append_without_controls (plain, utf8, len);
}

void
im_text_append (ImText *text, const char *utf8, gssize len,
                const ImStyle *style)
{
  const ImStyle none = IM_STYLE_INIT;
  gsize start = text->plain->len;
  ImRun *last = NULL;
  ImStyle wanted = style != NULL ? *style : none;
  ImRun run;

  append_characters (text->plain, utf8, len < 0 ? strlen (utf8) : (gsize) len);
  if (text->plain->len == start)
    return;

  if (wanted.link != NULL && !im_text_link_ok (wanted.link))
    wanted.link = NULL;
  if (text->runs->len > 0)
    last = &g_array_index (text->runs, ImRun, text->runs->len - 1);
  if (last != NULL && (style_equal (&last->style, &wanted) ||
                       text->runs->len >= IM_MAX_TEXT_RUNS))
    {
      last->len += text->plain->len - start;
      return;
    }

  run.start = start;
  run.len = text->plain->len - start;
  run.style = wanted;
  run.style.font = keep_string (text, wanted.font);
  run.style.link = keep_string (text, wanted.link);
  g_array_append_val (text->runs, run);
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
  return text != NULL ? text->runs->len : 0;
}

const ImRun *
im_text_run (const ImText *text, guint i)
{
  g_return_val_if_fail (i < text->runs->len, NULL);
  return &g_array_index (text->runs, ImRun, i);
}

gboolean
im_text_truncate (ImText *text, gsize max)
{
  guint keep = text->runs->len;

  if (text->plain->len <= max)
    return FALSE;
  while (max > 0 && ((guchar) text->plain->str[max] & 0xc0) == 0x80)
    max--;
  g_string_truncate (text->plain, max);
  while (keep > 0 && im_text_run (text, keep - 1)->start >= max)
    keep--;
  g_array_set_size (text->runs, keep);
  if (keep > 0)
    {
      ImRun *last = &g_array_index (text->runs, ImRun, keep - 1);

      last->len = max - last->start;
    }
  return TRUE;
}

gboolean
im_text_link_ok (const char *uri)
{
  static const char *const schemes[] = { "http://", "https://", "ftp://",
                                         "mailto:", "xmpp:",    "aim:" };

  for (const char *p = uri; *p != '\0'; p++)
    if ((guchar) *p <= 0x20 || *p == 0x7f || *p == '"' || *p == '<' ||
        *p == '>')
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (uri, schemes[i], strlen (schemes[i])) == 0)
      return TRUE;
  return FALSE;
}
