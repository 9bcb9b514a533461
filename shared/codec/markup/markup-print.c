/* Writing markup, and the plain forms of a text. */

#include "markup-html.h"

#include <string.h>

/* Tags in the order they enclose each other. Between two runs only those
 * from the first difference on are closed and opened, so a link that changes
 * to bold in the middle stays one link. */
typedef enum
{
  LAYER_LINK,
  LAYER_FONT,
  LAYER_BOLD,
  LAYER_ITALIC,
  LAYER_UNDERLINE,
  LAYER_STRIKE,
  LAYER_SUB,
  LAYER_SUP,
  N_LAYERS,
} Layer;

static const ImStyleFlags layer_flags[N_LAYERS] = {
  [LAYER_BOLD] = IM_STYLE_BOLD,
  [LAYER_ITALIC] = IM_STYLE_ITALIC,
  [LAYER_UNDERLINE] = IM_STYLE_UNDERLINE,
  [LAYER_STRIKE] = IM_STYLE_STRIKE,
  [LAYER_SUB] = IM_STYLE_SUB,
  [LAYER_SUP] = IM_STYLE_SUP,
};

/* How a dialect spells things. */
typedef struct
{
  const char *names[N_LAYERS];
  const char *newline;
  const char *href;
  const char *face;
  const char *size;
  const char *color;
  const char *back;
  gboolean ascii;
} Spelling;

#define UPPER_SPELLING                                                         \
  { "A", "FONT", "B", "I", "U", "S", "SUB", "SUP" }, "<BR>", "HREF", "FACE",   \
      "SIZE", "COLOR", "BACK"

static const Spelling spellings[] = {
  [MARKUP_AIM] = { UPPER_SPELLING, FALSE },
  [MARKUP_AIM_ASCII] = { UPPER_SPELLING, TRUE },
  [MARKUP_PURPLE] = { { "a", "font", "b", "i", "u", "s", "sub", "sup" },
                      "<br>",
                      "href",
                      "face",
                      "size",
                      "color",
                      "back",
                      FALSE },
};

/* What stands for @c, or NULL if it stands for itself. */
static const char *
escape_of (char c, const Spelling *spelling)
{
  switch (c)
    {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\n':
      return spelling->newline;
    default:
      return NULL;
    }
}

/* Appends: most of what is printed are a few letters at a time, for which
 * GLib's way is long. */
static inline void
put_len (GString *out, const char *text, gsize len)
{
  if (out->allocated_len - out->len <= len)
    {
      g_string_append_len (out, text, (gssize)len);
      return;
    }
  memcpy (out->str + out->len, text, len);
  out->len += len;
  out->str[out->len] = '\0';
}

static inline void
put (GString *out, const char *text)
{
  put_len (out, text, strlen (text));
}

static void
print_escaped (GString *out, const char *utf8, gsize len,
               const Spelling *spelling)
{
  const char *end = utf8 + len;

  while (utf8 < end)
    {
      const char *p = utf8;
      const char *escape = NULL;

      while (p < end && (escape = escape_of (*p, spelling)) == NULL &&
             !(spelling->ascii && (*p & 0x80)))
        p++;
      put_len (out, utf8, (gsize)(p - utf8));
      if (p == end)
        return;
      if (escape != NULL)
        put (out, escape);
      else
        g_string_append_printf (out, "&#%u;", g_utf8_get_char (p));
      utf8 = escape != NULL ? p + 1 : g_utf8_next_char (p);
    }
}

static gboolean
has_font (const ImStyle *style)
{
  return style->font != NULL || style->size != 0 ||
         style->color != IM_COLOR_NONE || style->background != IM_COLOR_NONE;
}

static gboolean
has_layer (const ImStyle *style, Layer layer)
{
  if (layer == LAYER_LINK)
    return style->link != NULL;
  if (layer == LAYER_FONT)
    return has_font (style);
  return (style->flags & layer_flags[layer]) != 0;
}

/* The first layer in which two styles differ. */
static Layer
first_difference (const ImStyle *a, const ImStyle *b)
{
  Layer layer = LAYER_BOLD;

  if (g_strcmp0 (a->link, b->link) != 0)
    return LAYER_LINK;
  if (a->size != b->size || a->color != b->color ||
      a->background != b->background || g_strcmp0 (a->font, b->font) != 0)
    return LAYER_FONT;
  while (layer < N_LAYERS && has_layer (a, layer) == has_layer (b, layer))
    layer++;
  return layer;
}

static void
print_attribute (GString *out, const char *name, const char *value,
                 const Spelling *spelling)
{
  put (out, " ");
  put (out, name);
  put (out, "=\"");
  print_escaped (out, value, strlen (value), spelling);
  put (out, "\"");
}

static void
print_color (GString *out, const char *name, gint32 color)
{
  if (color != IM_COLOR_NONE)
    g_string_append_printf (out, " %s=\"#%06x\"", name, (guint)color);
}

static void
open_layer (GString *out, const ImStyle *style, Layer layer,
            const Spelling *spelling)
{
  put (out, "<");
  put (out, spelling->names[layer]);
  if (layer == LAYER_LINK)
    print_attribute (out, spelling->href, style->link, spelling);
  if (layer == LAYER_FONT)
    {
      if (style->font != NULL)
        print_attribute (out, spelling->face, style->font, spelling);
      if (style->size != 0)
        g_string_append_printf (out, " %s=\"%u\"", spelling->size, style->size);
      print_color (out, spelling->color, style->color);
      print_color (out, spelling->back, style->background);
    }
  put (out, ">");
}

static void
change_style (GString *out, const ImStyle *from, const ImStyle *to,
              const Spelling *spelling)
{
  Layer first = first_difference (from, to);

  for (Layer layer = N_LAYERS; layer > first; layer--)
    if (has_layer (from, layer - 1))
      {
        put (out, "</");
        put (out, spelling->names[layer - 1]);
        put (out, ">");
      }
  for (Layer layer = first; layer < N_LAYERS; layer++)
    if (has_layer (to, layer))
      open_layer (out, to, layer, spelling);
}

char *
markup_html_print (const ImText *text, MarkupDialect dialect)
{
  static const ImStyle none = IM_STYLE_INIT;
  const Spelling *spelling = &spellings[dialect];
  const ImStyle *current = &none;
  GString *out = g_string_sized_new (im_text_length (text) + 32);

  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);

      change_style (out, current, &run->style, spelling);
      print_escaped (out, im_text_plain (text) + run->start, run->len,
                     spelling);
      current = &run->style;
    }
  change_style (out, current, &none, spelling);
  return g_string_free (out, FALSE);
}

static void
print_lines (GString *out, const char *utf8, gsize len, const char *newline)
{
  const char *end = utf8 + len;

  while (utf8 < end)
    {
      const char *stop = memchr (utf8, '\n', (gsize)(end - utf8));

      g_string_append_len (out, utf8, (stop != NULL ? stop : end) - utf8);
      if (stop == NULL)
        return;
      g_string_append (out, newline);
      utf8 = stop + 1;
    }
}

/* Whether the words of a link already say where it leads, apart from the
 * scheme that editors add. */
static gboolean
says_target (const char *words, gsize len, const char *link)
{
  static const char *const implied[] = { "", "mailto:", "http://", "https://" };

  for (guint i = 0; i < G_N_ELEMENTS (implied); i++)
    {
      gsize skip = strlen (implied[i]);

      if (g_ascii_strncasecmp (link, implied[i], skip) == 0 &&
          strncmp (link + skip, words, len) == 0 &&
          (link[skip + len] == '\0' ||
           (link[skip + len] == '/' && link[skip + len + 1] == '\0')))
        return TRUE;
    }
  return FALSE;
}

/* The run after those from @i on that share one link, or after the one that
 * has none; @ret_len is what these are long. */
static guint
linked_end (const ImText *text, guint i, gsize *ret_len)
{
  const char *link = im_text_run (text, i)->style.link;

  *ret_len = 0;
  do
    *ret_len += im_text_run (text, i++)->len;
  while (link != NULL && i < im_text_n_runs (text) &&
         g_strcmp0 (im_text_run (text, i)->style.link, link) == 0);
  return i;
}

/* Prints those runs; returns the next one. */
static guint
print_linked (GString *out, const ImText *text, guint i, const char *newline)
{
  const ImRun *first = im_text_run (text, i);
  const char *words = im_text_plain (text) + first->start;
  gsize len;

  i = linked_end (text, i, &len);
  print_lines (out, words, len, newline);
  if (first->style.link != NULL && !says_target (words, len, first->style.link))
    g_string_append_printf (out, " (%s)", first->style.link);
  return i;
}

char *
markup_plain_print (const ImText *text, const char *newline)
{
  GString *out = g_string_sized_new (im_text_length (text) + 1);

  for (guint i = 0; i < im_text_n_runs (text);)
    i = print_linked (out, text, i, newline);
  return g_string_free (out, FALSE);
}

static guint
append_linked (ImText *out, const ImText *text, guint i)
{
  const ImRun *first = im_text_run (text, i);
  const char *words = im_text_plain (text) + first->start;
  const char *link = first->style.link;
  gsize len;
  guint end = linked_end (text, i, &len);

  for (; i < end; i++)
    {
      const ImRun *run = im_text_run (text, i);
      ImStyle style = run->style;

      style.link = NULL;
      im_text_append (out, im_text_plain (text) + run->start,
                      (gssize)run->len, &style);
    }
  if (link != NULL && !says_target (words, len, link))
    {
      im_text_append (out, " (", -1, NULL);
      im_text_append (out, link, -1, NULL);
      im_text_append (out, ")", -1, NULL);
    }
  return end;
}

ImText *
markup_spell_links (const ImText *text)
{
  ImText *out = im_text_new ();

  for (guint i = 0; i < im_text_n_runs (text);)
    i = append_linked (out, text, i);
  return out;
}

static const char *
token_value (const MarkupTokens *tokens, char letter)
{
  switch (letter)
    {
    case 'n':
      return tokens->name;
    case 'd':
      return tokens->date;
    case 't':
      return tokens->time;
    default:
      return NULL;
    }
}

/* Appends up to and including the next token; returns what follows it. */
static const char *
expand_next (ImText *out, const char *p, const char *end, const ImStyle *style,
             const MarkupTokens *tokens)
{
  const char *token = p;
  const char *value = NULL;

  while ((token = memchr (token, '%', (gsize)(end - token))) != NULL &&
         (token + 1 == end || (value = token_value (tokens, token[1])) == NULL))
    token++;
  im_text_append (out, p, (token != NULL ? token : end) - p, style);
  if (token == NULL)
    return end;
  im_text_append (out, value, -1, style);
  return token + 2;
}

ImText *
markup_aim_expand (const ImText *text, const MarkupTokens *tokens, gsize max)
{
  ImText *out = im_text_new ();

  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);
      const char *p = im_text_plain (text) + run->start;
      const char *end = p + run->len;

      while (p < end && im_text_length (out) <= max)
        p = expand_next (out, p, end, &run->style, tokens);
    }
  im_text_truncate (out, max);
  return out;
}
