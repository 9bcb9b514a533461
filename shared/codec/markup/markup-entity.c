#include "markup-entity.h"

#include <string.h>

#define REPLACEMENT 0xfffd

/* The longest name below, and a cap on looking for its semicolon. */
#define NAME_MAX_LEN 8

typedef struct
{
  const char *name;
  guint16 character;
} Entity;

static const Entity common[] = {
  { "amp", '&' },       { "lt", '<' },        { "gt", '>' },
  { "quot", '"' },      { "apos", '\'' },     { "euro", 0x20ac },
  { "trade", 0x2122 },  { "hellip", 0x2026 }, { "ndash", 0x2013 },
  { "mdash", 0x2014 },  { "lsquo", 0x2018 },  { "rsquo", 0x2019 },
  { "sbquo", 0x201a },  { "ldquo", 0x201c },  { "rdquo", 0x201d },
  { "bdquo", 0x201e },  { "bull", 0x2022 },   { "lsaquo", 0x2039 },
  { "rsaquo", 0x203a }, { "OElig", 0x152 },   { "oelig", 0x153 },
  { "Scaron", 0x160 },  { "scaron", 0x161 },  { "hearts", 0x2665 },
};

/* U+00A0 to U+00FF in order (HTML 3.2, ISO 8859-1). A no-break space only
 * kept clients from collapsing spaces, so it comes out as a plain one. */
static const char *const latin1[96] = {
  "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar",
  "sect",   "uml",    "copy",   "ordf",   "laquo",  "not",    "shy",
  "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",
  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",
  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute",
  "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",
  "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",
  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
  "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",
  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
  "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute",
  "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave", "uacute",
  "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

/* 128 to 159 in Windows-1252; 0 where it has nothing. */
static const guint16 windows1252[32] = {
  0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
  0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
  0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
  0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

/* By length first: @text may hold a NUL. */
static gboolean
is_name (const char *name, const char *text, gsize len)
{
  return strlen (name) == len && memcmp (name, text, len) == 0;
}

/* Returns 0 for an unknown name. */
static gunichar
named (const char *text, gsize len)
{
  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    if (is_name (common[i].name, text, len))
      return common[i].character;
  for (guint i = 0; i < G_N_ELEMENTS (latin1); i++)
    if (is_name (latin1[i], text, len))
      return i == 0 ? ' ' : 0xa0 + i;

  /* Shouted by clients that write all their markup in capitals. */
  for (guint i = 0; i < 5; i++)
    if (strlen (common[i].name) == len &&
        g_ascii_strncasecmp (common[i].name, text, len) == 0)
      return common[i].character;
  return 0;
}

static gunichar
sanitised (guint32 number)
{
  if (number >= 128 && number < 160)
    number = windows1252[number - 128];
  if (number == 0 || number > 0x10ffff || (number & 0xfffff800) == 0xd800)
    return REPLACEMENT;
  return number;
}

/* @text is after "&#". Sets @ret to the semicolon, or NULL if there is
 * none where it should be. */
static gunichar
numeric (const char *text, const char *end, const char **ret)
{
  guint base = 10;
  guint32 number = 0;
  const char *p = text;
  const char *first;

  if (p < end && (*p == 'x' || *p == 'X'))
    {
      base = 16;
      p++;
    }
  for (first = p; p < end; p++)
    {
      int digit = g_ascii_xdigit_value (*p);

      if (digit < 0 || digit >= (int)base)
        break;
      /* Far beyond Unicode already: stays there whatever follows. */
      if (number <= 0x10ffff)
        number = number * base + (guint32)digit;
    }
  *ret = p > first && p < end && *p == ';' ? p : NULL;
  return sanitised (number);
}

gsize
markup_entity_decode (const char *text, const char *end,
                      char ret[MARKUP_CHAR_MAX])
{
  const char *start = text + 1;
  const char *semicolon;
  gunichar c;

  if (start < end && *start == '#')
    c = numeric (start + 1, end, &semicolon);
  else
    {
      gsize most = MIN ((gsize)(end - start), NAME_MAX_LEN + 1);

      semicolon = memchr (start, ';', most);
      c = semicolon != NULL && semicolon > start
              ? named (start, (gsize)(semicolon - start))
              : 0;
    }
  if (semicolon == NULL || c == 0)
    return 0;
  ret[g_unichar_to_utf8 (c, ret)] = '\0';
  return (gsize)(semicolon + 1 - text);
}

char *
markup_entity_decode_all (const char *text, gsize len)
{
  const char *end = text + len;
  GString *out = g_string_sized_new (len + 1);

  while (text < end)
    {
      char c[MARKUP_CHAR_MAX];
      gsize used = *text == '&' ? markup_entity_decode (text, end, c) : 0;

      if (used > 0)
        g_string_append (out, c);
      else
        g_string_append_c (out, *text);
      text += used > 0 ? used : 1;
    }
  return g_string_free (out, FALSE);
}
