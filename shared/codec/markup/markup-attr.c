#include "markup-attr.h"

#include <string.h>

#include "im-limits.h"
#include "markup-entity.h"

gboolean
markup_attr_is (const MarkupAttr *attr, const char *name)
{
  return strlen (name) == attr->name_len &&
         g_ascii_strncasecmp (name, attr->name, attr->name_len) == 0;
}

static const char *
skip_space (const char *p, const char *end)
{
  while (p < end && g_ascii_isspace (*p))
    p++;
  return p;
}

static gboolean
ends_name (char c)
{
  return c == '=' || c == '/' || g_ascii_isspace (c);
}

/* Reads a value, quoted or not; a missing closing quote takes the rest. */
static const char *
read_value (const char *p, const char *end, MarkupAttr *ret)
{
  if (p < end && (*p == '"' || *p == '\''))
    {
      const char *close = memchr (p + 1, *p, (gsize)(end - p - 1));

      ret->value = p + 1;
      ret->value_len = (gsize)((close != NULL ? close : end) - ret->value);
      return close != NULL ? close + 1 : end;
    }
  ret->value = p;
  while (p < end && !g_ascii_isspace (*p))
    p++;
  ret->value_len = (gsize)(p - ret->value);
  return p;
}

gboolean
markup_attr_next (const char **cursor, const char *end, MarkupAttr *ret)
{
  const char *p = *cursor;

  while (p < end && ends_name (*p))
    p++;
  if (p == end)
    return FALSE;

  ret->name = p;
  while (p < end && !ends_name (*p))
    p++;
  ret->name_len = (gsize)(p - ret->name);
  ret->value = p;
  ret->value_len = 0;

  p = skip_space (p, end);
  if (p < end && *p == '=')
    p = read_value (skip_space (p + 1, end), end, ret);
  *cursor = p;
  return TRUE;
}

typedef struct
{
  const char *name;
  gint32 value;
} Word;

/* HTML 3.2's sixteen, and orange, which everybody adds. */
static const Word colors[] = {
  { "black", 0x000000 },  { "silver", 0xc0c0c0 },  { "gray", 0x808080 },
  { "white", 0xffffff },  { "maroon", 0x800000 },  { "red", 0xff0000 },
  { "purple", 0x800080 }, { "fuchsia", 0xff00ff }, { "green", 0x008000 },
  { "lime", 0x00ff00 },   { "olive", 0x808000 },   { "yellow", 0xffff00 },
  { "navy", 0x000080 },   { "blue", 0x0000ff },    { "teal", 0x008080 },
  { "aqua", 0x00ffff },   { "orange", 0xffa500 },
};

/* CSS names of sizes on HTML's scale. */
static const Word sizes[] = {
  { "xx-small", 1 }, { "x-small", 1 }, { "small", 2 },    { "medium", 3 },
  { "large", 4 },    { "x-large", 5 }, { "xx-large", 6 },
};

static gboolean
look_up (const Word *words, guint n_words, const char *text, gsize len,
         gint32 *ret)
{
  for (guint i = 0; i < n_words; i++)
    if (strlen (words[i].name) == len &&
        g_ascii_strncasecmp (words[i].name, text, len) == 0)
      {
        *ret = words[i].value;
        return TRUE;
      }
  return FALSE;
}

/* Digits at @text, capped far above any sensible size; the count of them is
 * the return value. */
static gsize
read_number (const char *text, gsize len, guint *ret)
{
  guint number = 0;
  gsize i;

  for (i = 0; i < len && g_ascii_isdigit (text[i]); i++)
    if (number < 10000)
      number = number * 10 + (guint)(text[i] - '0');
  *ret = number;
  return i;
}

static gint32
hex_color (const char *text, gsize len)
{
  gint32 color = 0;

  for (gsize i = 0; i < len; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return IM_COLOR_NONE;
      color = color << 4 | digit;
    }
  if (len == 6)
    return color;
  return (color & 0xf00) * 0x1100 | (color & 0xf0) * 0x110 |
         (color & 0xf) * 0x11;
}

/* @text follows "rgb(". */
static gint32
rgb_color (const char *text, gsize len)
{
  const char *p = text;
  const char *end = text + len;
  gint32 color = 0;

  for (guint i = 0; i < 3; i++)
    {
      guint part;
      gsize digits;

      while (p < end && (g_ascii_isspace (*p) || *p == ','))
        p++;
      digits = read_number (p, (gsize)(end - p), &part);
      if (digits == 0)
        return IM_COLOR_NONE;
      color = color << 8 | (gint32)MIN (part, 255);
      p += digits;
    }
  return color;
}

gint32
markup_attr_color (const char *value, gsize len)
{
  gint32 color;

  if (len > 0 && *value == '#')
    return len == 4 || len == 7 ? hex_color (value + 1, len - 1)
                                : IM_COLOR_NONE;
  if (len > 4 && g_ascii_strncasecmp (value, "rgb(", 4) == 0)
    return rgb_color (value + 4, len - 4);
  if (look_up (colors, G_N_ELEMENTS (colors), value, len, &color))
    return color;
  return len == 6 ? hex_color (value, len) : IM_COLOR_NONE;
}

char *
markup_attr_link (const char *value, gsize len)
{
  g_autofree char *link = NULL;

  if (len > IM_MAX_LINK)
    return NULL;
  link = markup_entity_decode_all (value, len);
  g_strstrip (link);
  return im_text_link_ok (link) ? g_steal_pointer (&link) : NULL;
}

/* A font name is passed on to text widgets and to other people's parsers, so
 * it may hold nothing that means something to one of them. */
static void
set_font (MarkupStyle *style, const char *value, gsize len)
{
  g_autofree char *font = NULL;

  if (len > IM_MAX_FONT_NAME)
    return;
  font = markup_entity_decode_all (value, len);
  font[strcspn (font, ",")] = '\0';
  g_strdelimit (font, "'\"", ' ');
  g_strstrip (font);
  if (*font == '\0' || strpbrk (font, "<>&;\\") != NULL ||
      !g_utf8_validate (font, -1, NULL))
    return;
  for (const char *p = font; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_isprint (g_utf8_get_char (p)))
      return;
  g_free ((char *)style->style.font);
  style->style.font = g_steal_pointer (&font);
}

static void
set_html_size (MarkupStyle *style, const char *value, gsize len)
{
  gboolean relative = len > 0 && (*value == '+' || *value == '-');
  guint number;
  int size;

  if (read_number (value + relative, len - relative, &number) == 0)
    return;
  size = (int)number;
  if (relative)
    size = *value == '+' ? 3 + size : 3 - size;
  style->style.size = (guint8)CLAMP (size, 1, 7);
}

/* Points as browsers of the time drew HTML's seven sizes. */
static void
set_point_size (MarkupStyle *style, guint points)
{
  static const guint8 up_to[] = { 8, 10, 12, 14, 18, 24 };
  guint8 size = 1;

  while (size <= G_N_ELEMENTS (up_to) && points > up_to[size - 1])
    size++;
  style->style.size = size;
}

static void
set_css_size (MarkupStyle *style, const char *value, gsize len)
{
  guint number;
  gsize digits = read_number (value, len, &number);
  const char *unit = value + digits;
  gint32 size;

  if (digits == 0)
    {
      if (look_up (sizes, G_N_ELEMENTS (sizes), value, len, &size))
        style->style.size = (guint8)size;
      return;
    }
  while (unit < value + len && (*unit == '.' || g_ascii_isdigit (*unit)))
    unit++;
  if (value + len - unit < 2)
    return;
  if (g_ascii_strncasecmp (unit, "pt", 2) == 0)
    set_point_size (style, number);
  else if (g_ascii_strncasecmp (unit, "px", 2) == 0)
    set_point_size (style, number * 3 / 4);
}

void
markup_attr_font (MarkupStyle *style, const MarkupAttr *attr)
{
  guint points;

  if (markup_attr_is (attr, "face"))
    set_font (style, attr->value, attr->value_len);
  else if (markup_attr_is (attr, "size"))
    set_html_size (style, attr->value, attr->value_len);
  else if (markup_attr_is (attr, "ptsize") || markup_attr_is (attr, "absz"))
    {
      if (style->style.size == 0 &&
          read_number (attr->value, attr->value_len, &points) > 0)
        set_point_size (style, points);
    }
  else if (markup_attr_is (attr, "color"))
    style->style.color = markup_attr_color (attr->value, attr->value_len);
  else if (markup_attr_is (attr, "back"))
    style->style.background = markup_attr_color (attr->value, attr->value_len);
  else if (markup_attr_is (attr, "style"))
    markup_attr_css (style, attr->value, attr->value_len);
}

static gboolean
has_word (const char *value, gsize len, const char *word)
{
  return g_strstr_len (value, (gssize)len, word) != NULL;
}

static void
set_flag (MarkupStyle *style, ImStyleFlags flag, gboolean on)
{
  if (on)
    style->style.flags |= flag;
  else
    style->off |= flag;
}

static void
set_decoration (MarkupStyle *style, const char *value, gsize len)
{
  if (has_word (value, len, "underline"))
    set_flag (style, IM_STYLE_UNDERLINE, TRUE);
  if (has_word (value, len, "line-through"))
    set_flag (style, IM_STYLE_STRIKE, TRUE);
  if (has_word (value, len, "none"))
    set_flag (style, IM_STYLE_UNDERLINE | IM_STYLE_STRIKE, FALSE);
}

static void
declaration (MarkupStyle *style, const MarkupAttr *attr)
{
  const char *value = attr->value;
  gsize len = attr->value_len;
  guint weight;

  if (markup_attr_is (attr, "font-weight"))
    set_flag (style, IM_STYLE_BOLD,
              has_word (value, len, "bold") ||
                  (read_number (value, len, &weight) > 0 && weight >= 600));
  else if (markup_attr_is (attr, "font-style"))
    set_flag (style, IM_STYLE_ITALIC,
              has_word (value, len, "italic") ||
                  has_word (value, len, "oblique"));
  else if (markup_attr_is (attr, "text-decoration"))
    set_decoration (style, value, len);
  else if (markup_attr_is (attr, "color"))
    style->style.color = markup_attr_color (value, len);
  else if (markup_attr_is (attr, "background") ||
           markup_attr_is (attr, "background-color"))
    style->style.background = markup_attr_color (value, len);
  else if (markup_attr_is (attr, "font-family"))
    set_font (style, value, len);
  else if (markup_attr_is (attr, "font-size"))
    set_css_size (style, value, len);
}

static const char *
trim_end (const char *start, const char *end)
{
  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  return end;
}

void
markup_attr_css (MarkupStyle *style, const char *value, gsize len)
{
  g_autofree char *css = markup_entity_decode_all (value, len);
  const char *end = css + strlen (css);
  const char *p = css;

  while (p < end)
    {
      const char *stop = p + strcspn (p, ";");
      const char *colon = memchr (p, ':', (gsize)(stop - p));

      if (colon != NULL)
        {
          MarkupAttr attr;

          attr.name = skip_space (p, colon);
          attr.name_len = (gsize)(trim_end (attr.name, colon) - attr.name);
          attr.value = skip_space (colon + 1, stop);
          attr.value_len = (gsize)(trim_end (attr.value, stop) - attr.value);
          declaration (style, &attr);
        }
      p = stop < end ? stop + 1 : end;
    }
}

void
markup_style_clear (MarkupStyle *style)
{
  g_free ((char *)style->style.font);
  g_free ((char *)style->style.link);
  style->style.font = NULL;
  style->style.link = NULL;
}
