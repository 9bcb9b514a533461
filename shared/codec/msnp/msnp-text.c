#include "msnp-text.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "im-line.h"
#include "msnp-param.h"

/* Longer ones the old clients do not take. */
#define MAX_FONT 31

/* At most @max bytes, not ending inside a character. */
static void
cut_utf8 (char *text, gsize max)
{
  if (strlen (text) > max)
    *g_utf8_find_prev_char (text, text + max + 1) = '\0';
}

static void
read_effects (ImWord value, ImStyle *style)
{
  static const struct
  {
    char letter;
    ImStyleFlags flag;
  } effects[] = {
    { 'B', IM_STYLE_BOLD },
    { 'I', IM_STYLE_ITALIC },
    { 'U', IM_STYLE_UNDERLINE },
    { 'S', IM_STYLE_STRIKE },
  };

  for (gsize i = 0; i < value.len; i++)
    for (guint e = 0; e < G_N_ELEMENTS (effects); e++)
      if (g_ascii_toupper (value.text[i]) == effects[e].letter)
        style->flags |= effects[e].flag;
}

static gint32
swap_ends (guint32 color)
{
  return (gint32)((color & 0xff) << 16 | (color & 0xff00) |
                  (color >> 16 & 0xff));
}

/* Black is what a message has that does not care. */
static void
read_color (ImWord value, ImStyle *style)
{
  guint64 color;

  if (im_word_hex (value, 0xffffff, &color, NULL) && color != 0)
    style->color = swap_ends ((guint32)color);
}

static void
read_field (ImWord name, ImWord value, ImStyle *style, char **font)
{
  if (name.len != 2)
    return;
  if (im_word_is (name, "FN") && *font == NULL && value.len > 0)
    {
      *font = msnp_param_dup_text (value);
      cut_utf8 (*font, IM_MAX_FONT_NAME);
    }
  else if (im_word_is (name, "EF"))
    read_effects (value, style);
  else if (im_word_is (name, "CO"))
    read_color (value, style);
}

static void
read_format (const char *format, ImStyle *style, char **font)
{
  ImWord rest = im_word (format);
  ImWord value;
  ImWord name;

  while (rest.len > 0)
    {
      im_word_cut (&rest, ';', &value);
      while (value.len > 0 && *value.text == ' ')
        {
          value.text++;
          value.len--;
        }
      if (im_word_cut (&value, '=', &name))
        read_field (name, value, style, font);
    }
  if (*font != NULL && **font != '\0')
    style->font = *font;
}

ImText *
msnp_text_styled (const char *utf8, const char *format)
{
  g_autofree char *font = NULL;
  ImStyle style = IM_STYLE_INIT;
  ImText *text = im_text_new ();

  if (format != NULL)
    read_format (format, &style, &font);
  im_text_append (text, utf8, -1, &style);
  im_text_truncate (text, IM_MAX_MESSAGE_TEXT);
  return text;
}

ImText *
msnp_text_decode (const MsnpMime *mime)
{
  g_autofree char *body = msnp_text_strip_plus (msnp_mime_dup_body (mime));

  return msnp_text_styled (body, msnp_mime_get (mime, "X-MMS-IM-Format"));
}

/* The look of the whole: that of the first run with more than space. */
static const ImStyle *
style_of (const ImText *text)
{
  static const ImStyle plain = IM_STYLE_INIT;

  for (guint i = 0; i < im_text_n_runs (text); i++)
    {
      const ImRun *run = im_text_run (text, i);

      if (strspn (im_text_plain (text) + run->start, " \t\n") < run->len)
        return &run->style;
    }
  return &plain;
}

static gboolean
is_rtl (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (g_unichar_isalpha (c))
        return (c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xfe00) ||
               (c >= 0xfe70 && c < 0xff00);
    }
  return FALSE;
}

char *
msnp_text_format (const ImText *text)
{
  const ImStyle *style = style_of (text);
  guint32 color = style->color == IM_COLOR_NONE ? 0 : (guint32)style->color;
  g_autofree char *font = g_strdup (
      style->font != NULL && *style->font != '\0' ? style->font : "Segoe UI");
  g_autofree char *escaped = NULL;

  cut_utf8 (font, MAX_FONT);
  escaped = g_uri_escape_string (font, NULL, FALSE);
  return g_strdup_printf ("FN=%s; EF=%s%s%s%s; CO=%x; CS=0; PF=0%s", escaped,
                          style->flags & IM_STYLE_BOLD ? "B" : "",
                          style->flags & IM_STYLE_ITALIC ? "I" : "",
                          style->flags & IM_STYLE_UNDERLINE ? "U" : "",
                          style->flags & IM_STYLE_STRIKE ? "S" : "",
                          (guint)swap_ends (color),
                          is_rtl (im_text_plain (text)) ? "; RL=1" : "");
}

char *
msnp_text_encode (const ImText *text, char **ret_body)
{
  g_autofree char *format = msnp_text_format (text);
  GString *body = g_string_new (im_text_plain (text));

  g_string_replace (body, "\n", "\r\n", 0);
  *ret_body = g_string_free (body, FALSE);
  return g_strconcat ("MIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=UTF-8\r\n"
                      "X-MMS-IM-Format: ",
                      format, "\r\n", NULL);
}

/* A number of one or two digits, "#" and six hex digits, or "(r,g,b)": its
 * length, or 0. */
static gsize
color_len (const char *p)
{
  gsize len = 0;

  if (*p == '#')
    {
      while (len < 6 && g_ascii_isxdigit (p[len + 1]))
        len++;
      return len == 6 ? 7 : 0;
    }
  if (*p == '(')
    {
      len = strspn (p + 1, "0123456789,");
      return len >= 5 && len <= 11 && p[len + 1] == ')' ? len + 2 : 0;
    }
  while (len < 2 && g_ascii_isdigit (p[len]))
    len++;
  return len;
}

/* A code after a middle dot: "$" with a colour and maybe one more for the
 * background, or one sign. */
static gsize
dot_len (const char *p)
{
  gsize len;

  if ((guint8)p[0] != 0xc2 || (guint8)p[1] != 0xb7)
    return 0;
  if (p[2] != '\0' && strchr ("#&'@0", p[2]) != NULL)
    return 3;
  if (p[2] != '$')
    return 0;
  len = color_len (p + 3);
  if (len == 0)
    return 0;
  if (p[3 + len] == ',' && color_len (p + 4 + len) > 0)
    len += 1 + color_len (p + 4 + len);
  return 3 + len;
}

/* "[b]", "[c=4]", "[a=#ff0000]", "[/c=12]": the letter, or 0. */
static char
tag_at (const char *p, gboolean *ret_closing, gsize *ret_len)
{
  gsize len = 1;
  char letter;

  if (*p != '[')
    return 0;
  *ret_closing = p[len] == '/';
  len += *ret_closing;
  letter = g_ascii_tolower (p[len]);
  if (letter == 0 || strchr ("biusca", letter) == NULL)
    return 0;
  len++;
  if (p[len] == '=')
    {
      gsize value = strspn (p + len + 1, "#(),0123456789abcdefghijklmnopqrstu"
                                         "vwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

      if (value == 0 || value > 20 || strchr ("ca", letter) == NULL)
        return 0;
      len += 1 + value;
    }
  else if (strchr ("ca", letter) != NULL && !*ret_closing)
    return 0;
  if (p[len] != ']')
    return 0;
  *ret_len = len + 1;
  return letter;
}

/* How many closing tags of each letter there are. */
static void
count_closing (const char *text, guint ret[256])
{
  for (const char *p = strchr (text, '['); p != NULL; p = strchr (p + 1, '['))
    {
      gboolean closing;
      gsize len;
      char letter = tag_at (p, &closing, &len);

      if (letter != 0 && closing)
        ret[(guint8)letter]++;
    }
}

static char *
strip_codes (char *text)
{
  guint closing[256] = { 0 };
  guint open[256] = { 0 };
  const char *p = text;
  char *out = text;

  count_closing (text, closing);
  while (*p != '\0')
    {
      gboolean closes = FALSE;
      gsize len = dot_len (p);
      char letter = len == 0 ? tag_at (p, &closes, &len) : 0;
      guint8 at = (guint8)letter;

      /* A tag stays where its other half is missing. */
      if (letter != 0 && closes)
        {
          closing[at]--;
          if (open[at] == 0)
            len = 0;
          else
            open[at]--;
        }
      else if (letter != 0 && open[at] < closing[at])
        open[at]++;
      else if (letter != 0)
        len = 0;
      if (len > 0)
        p += len;
      else
        *out++ = *p++;
    }
  *out = '\0';
  return text;
}

char *
msnp_text_strip_plus (char *text)
{
  /* Codes begin with a bracket or a middle dot. */
  if (strchr (text, '[') == NULL && strchr (text, '\xc2') == NULL)
    return text;
  return strip_codes (text);
}
