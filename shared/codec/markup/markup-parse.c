/* Reading markup. One pass over the bytes: text is appended as it is met,
 * tags push and pop changes of style. Whatever turns out not to be a tag has
 * been looked at once and is consumed as text, so no input makes this
 * function read a byte more than a few times. */

#include "markup-html.h"

#include <string.h>

#include "im-limits.h"
#include "markup-attr.h"
#include "markup-entity.h"

typedef enum
{
  TAG_FLAG, /* one bit of style */
  TAG_FONT,
  TAG_SPAN,
  TAG_LINK,
  TAG_BODY,
  TAG_BREAK,   /* a newline */
  TAG_BLOCK,   /* begins and ends on a line of its own */
  TAG_DROPPED, /* its content is not text */
} TagKind;

typedef struct
{
  const char *name;
  TagKind kind;
  ImStyleFlags flag;
} Tag;

#define BY_LETTER(letter, ...)                                                 \
  [letter - 'a'] = (const Tag[])                                               \
  {                                                                            \
    __VA_ARGS__,                                                               \
    {                                                                          \
      NULL, 0, 0                                                               \
    }                                                                          \
  }

/* Tags by their first letter: one message has a dozen to look up. */
static const Tag *const tags[26] = {
  BY_LETTER ('a', { "a", TAG_LINK, 0 }),
  BY_LETTER ('b', { "b", TAG_FLAG, IM_STYLE_BOLD },
             { "binary", TAG_DROPPED, 0 }, { "blockquote", TAG_BLOCK, 0 },
             { "body", TAG_BODY, 0 }, { "br", TAG_BREAK, 0 }),
  BY_LETTER ('c', { "center", TAG_BLOCK, 0 }),
  BY_LETTER ('d', { "del", TAG_FLAG, IM_STYLE_STRIKE },
             { "div", TAG_BLOCK, 0 }),
  BY_LETTER ('e', { "em", TAG_FLAG, IM_STYLE_ITALIC }),
  BY_LETTER ('f', { "font", TAG_FONT, 0 }),
  BY_LETTER ('h', { "h1", TAG_BLOCK, 0 }, { "h2", TAG_BLOCK, 0 },
             { "h3", TAG_BLOCK, 0 }, { "hr", TAG_BLOCK, 0 }),
  BY_LETTER ('i', { "i", TAG_FLAG, IM_STYLE_ITALIC },
             { "ins", TAG_FLAG, IM_STYLE_UNDERLINE }),
  BY_LETTER ('l', { "li", TAG_BLOCK, 0 }),
  BY_LETTER ('o', { "ol", TAG_BLOCK, 0 }),
  BY_LETTER ('p', { "p", TAG_BLOCK, 0 }, { "pre", TAG_BLOCK, 0 }),
  BY_LETTER (
      's', { "s", TAG_FLAG, IM_STYLE_STRIKE }, { "script", TAG_DROPPED, 0 },
      { "span", TAG_SPAN, 0 }, { "strike", TAG_FLAG, IM_STYLE_STRIKE },
      { "strong", TAG_FLAG, IM_STYLE_BOLD }, { "style", TAG_DROPPED, 0 },
      { "sub", TAG_FLAG, IM_STYLE_SUB }, { "sup", TAG_FLAG, IM_STYLE_SUP }),
  BY_LETTER ('t', { "title", TAG_DROPPED, 0 }, { "tr", TAG_BLOCK, 0 }),
  BY_LETTER ('u', { "u", TAG_FLAG, IM_STYLE_UNDERLINE },
             { "ul", TAG_BLOCK, 0 }),
};

typedef struct
{
  const Tag *tag;
  MarkupStyle change;
} OpenTag;

typedef struct
{
  const char *pos;
  const char *end;
  MarkupDialect dialect;
  ImText *text;
  ImStyle style; /* in force; strings belong to the open tags */
  guint depth;
  guint too_deep;        /* open tags that were ignored */
  gboolean break_wanted; /* a block ended: newline before more text */
  gboolean no_comments;  /* no comment closes any more */
  OpenTag open[IM_MAX_MARKUP_DEPTH]; /* owned up to depth */
} Parser;

/* @name is letters and digits, so one bit makes it lower case. */
static gboolean
is_tag (const Tag *tag, const char *name, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if ((name[i] | 0x20) != tag->name[i])
      return FALSE;
  return tag->name[len] == '\0';
}

/* @name begins with a letter. */
static const Tag *
find_tag (const char *name, gsize len)
{
  const Tag *tag = tags[(*name | 0x20) - 'a'];

  for (; tag != NULL && tag->name != NULL; tag++)
    if (is_tag (tag, name, len))
      return tag;
  return NULL;
}

static void
emit (Parser *parser, const char *utf8, gsize len)
{
  if (len == 0)
    return;
  if (parser->break_wanted && *utf8 != '\n')
    im_text_append (parser->text, "\n", 1, NULL);
  parser->break_wanted = FALSE;
  im_text_append (parser->text, utf8, (gssize)len, &parser->style);
}

/* What began like a tag and is none. */
static void
emit_failed_tag (Parser *parser, const char *stop)
{
  gsize len = (gsize)(stop - parser->pos);
  g_autofree char *text = markup_entity_decode_all (parser->pos, len);

  emit (parser, text, strlen (text));
  parser->pos = stop;
}

static void
want_break (Parser *parser)
{
  gsize len = im_text_length (parser->text);

  if (len > 0 && im_text_plain (parser->text)[len - 1] != '\n')
    parser->break_wanted = TRUE;
}

static void
apply (ImStyle *style, const MarkupStyle *change)
{
  style->flags = (style->flags & ~change->off) | change->style.flags;
  if (change->style.size != 0)
    style->size = change->style.size;
  if (change->style.color != IM_COLOR_NONE)
    style->color = change->style.color;
  if (change->style.background != IM_COLOR_NONE)
    style->background = change->style.background;
  if (change->style.font != NULL)
    style->font = change->style.font;
  if (change->style.link != NULL)
    style->link = change->style.link;
}

static void
read_body (Parser *parser, MarkupStyle *change, const MarkupAttr *attr)
{
  gint32 color;

  if (!markup_attr_is (attr, "bgcolor"))
    return;
  color = markup_attr_color (attr->value, attr->value_len);
  if (parser->dialect != MARKUP_PURPLE && color == 0xffffff)
    return;
  change->style.background = color;
}

static void
read_link (MarkupStyle *change, const MarkupAttr *attr)
{
  if (change->style.link == NULL && markup_attr_is (attr, "href"))
    change->style.link = markup_attr_link (attr->value, attr->value_len);
}

static void
read_attributes (Parser *parser, const Tag *tag, const char *attributes,
                 const char *close, MarkupStyle *change)
{
  MarkupAttr attr;

  while (markup_attr_next (&attributes, close, &attr))
    switch (tag->kind)
      {
      case TAG_FONT:
        markup_attr_font (change, &attr);
        break;
      case TAG_LINK:
        read_link (change, &attr);
        break;
      case TAG_BODY:
        read_body (parser, change, &attr);
        break;
      case TAG_SPAN:
        if (markup_attr_is (&attr, "style"))
          markup_attr_css (change, attr.value, attr.value_len);
        break;
      case TAG_FLAG:
      case TAG_BREAK:
      case TAG_BLOCK:
      case TAG_DROPPED:
        return;
      }
}

static void
open_style (Parser *parser, const Tag *tag, const char *attributes,
            const char *close)
{
  static const MarkupStyle none = { IM_STYLE_INIT, 0 };
  OpenTag *open;

  if (parser->depth == G_N_ELEMENTS (parser->open))
    {
      parser->too_deep++;
      return;
    }
  open = &parser->open[parser->depth++];
  open->tag = tag;
  open->change = none;
  open->change.style.flags = tag->flag;
  read_attributes (parser, tag, attributes, close, &open->change);
  apply (&parser->style, &open->change);
}

/* Closes the innermost tag of this name, which need not be the innermost of
 * all: people's editors cross them. */
static void
close_style (Parser *parser, const Tag *tag)
{
  static const ImStyle none = IM_STYLE_INIT;
  guint i = parser->depth;

  if (parser->too_deep > 0)
    {
      parser->too_deep--;
      return;
    }
  while (i > 0 && parser->open[i - 1].tag != tag)
    i--;
  if (i == 0)
    return;

  markup_style_clear (&parser->open[i - 1].change);
  memmove (&parser->open[i - 1], &parser->open[i],
           (parser->depth - i) * sizeof (OpenTag));
  parser->depth--;
  parser->style = none;
  for (i = 0; i < parser->depth; i++)
    apply (&parser->style, &parser->open[i].change);
}

/* Goes to the closing tag, or to the end if there is none. */
static void
skip_content (Parser *parser, const Tag *tag)
{
  gsize len = strlen (tag->name);
  const char *p = parser->pos;

  while ((p = memchr (p, '<', (gsize)(parser->end - p))) != NULL)
    {
      if ((gsize)(parser->end - p) >= len + 2 && p[1] == '/' &&
          g_ascii_strncasecmp (p + 2, tag->name, len) == 0)
        break;
      p++;
    }
  parser->pos = p != NULL ? p : parser->end;
}

static void
open_tag (Parser *parser, const Tag *tag, const char *attributes,
          const char *close)
{
  switch (tag->kind)
    {
    case TAG_FLAG:
    case TAG_FONT:
    case TAG_SPAN:
    case TAG_LINK:
    case TAG_BODY:
      open_style (parser, tag, attributes, close);
      break;
    case TAG_BREAK:
      if (parser->break_wanted)
        emit (parser, "\n", 1);
      emit (parser, "\n", 1);
      break;
    case TAG_BLOCK:
      want_break (parser);
      break;
    case TAG_DROPPED:
      skip_content (parser, tag);
      break;
    }
}

static void
close_tag (Parser *parser, const Tag *tag)
{
  switch (tag->kind)
    {
    case TAG_FLAG:
    case TAG_FONT:
    case TAG_SPAN:
    case TAG_LINK:
    case TAG_BODY:
      close_style (parser, tag);
      break;
    case TAG_BLOCK:
      want_break (parser);
      break;
    case TAG_BREAK:
    case TAG_DROPPED:
      break;
    }
}

/* Finds the '>' of a tag. A quote counts after '=' only, and one that nobody
 * closes does not count. Without a '>' the tag is none: returns %NULL, and in
 * @ret_stop how far the bytes are text. */
static const char *
find_tag_end (const Parser *parser, const char *from, const char **ret_stop)
{
  char before = ' ';

  for (const char *p = from; p < parser->end; p++)
    {
      if (*p == '>')
        return p;
      if (*p == '<')
        {
          *ret_stop = p;
          return NULL;
        }
      if (before == '=' && (*p == '"' || *p == '\''))
        {
          const char *close = memchr (p + 1, *p, (gsize)(parser->end - p - 1));

          if (close != NULL)
            p = close;
        }
      if (!g_ascii_isspace (*p))
        before = *p;
    }
  *ret_stop = parser->end;
  return NULL;
}

static gboolean
may_follow_name (const Parser *parser, const char *p)
{
  return p < parser->end && (*p == '>' || *p == '/' || g_ascii_isspace (*p));
}

/* @name follows "<" or "</". */
static void
read_element (Parser *parser, const char *name, gboolean closing)
{
  const char *after = name;
  const char *stop;
  const char *close;
  const Tag *tag;

  while (after < parser->end && g_ascii_isalnum (*after))
    after++;
  if (!may_follow_name (parser, after))
    {
      emit_failed_tag (parser, after);
      return;
    }
  close = find_tag_end (parser, after, &stop);
  if (close == NULL)
    {
      emit_failed_tag (parser, stop);
      return;
    }
  parser->pos = close + 1;
  tag = find_tag (name, (gsize)(after - name));
  if (tag == NULL)
    return;
  if (closing)
    close_tag (parser, tag);
  else
    open_tag (parser, tag, after, close);
}

/* Comments, and declarations such as DOCTYPE. */
static void
read_declaration (Parser *parser)
{
  const char *p = parser->pos + 2;
  gsize left = (gsize)(parser->end - p);
  const char *stop;
  const char *close;

  if (left >= 2 && p[0] == '-' && p[1] == '-')
    {
      close = parser->no_comments
                  ? NULL
                  : g_strstr_len (p + 2, (gssize)left - 2, "-->");
      parser->no_comments = close == NULL;
      if (close == NULL)
        emit_failed_tag (parser, p);
      else
        parser->pos = close + 3;
      return;
    }
  if (left == 0 || !g_ascii_isalpha (*p))
    {
      emit_failed_tag (parser, p);
      return;
    }
  close = find_tag_end (parser, p, &stop);
  if (close == NULL)
    emit_failed_tag (parser, stop);
  else
    parser->pos = close + 1;
}

static gboolean
alpha_at (const Parser *parser, gsize offset)
{
  return (gsize)(parser->end - parser->pos) > offset &&
         g_ascii_isalpha (parser->pos[offset]);
}

static void
read_tag (Parser *parser)
{
  char next = parser->end - parser->pos > 1 ? parser->pos[1] : '\0';

  if (alpha_at (parser, 1))
    read_element (parser, parser->pos + 1, FALSE);
  else if (next == '/' && alpha_at (parser, 2))
    read_element (parser, parser->pos + 2, TRUE);
  else if (next == '!' || next == '?')
    read_declaration (parser);
  else
    {
      emit (parser, "<", 1);
      parser->pos++;
    }
}

static void
read_entity (Parser *parser)
{
  char c[MARKUP_CHAR_MAX];
  gsize used = markup_entity_decode (parser->pos, parser->end, c);

  if (used > 0)
    emit (parser, c, strlen (c));
  else
    emit (parser, "&", 1);
  parser->pos += used > 0 ? used : 1;
}

static void
read_text (Parser *parser)
{
  const char *start = parser->pos;
  const char *p = start;

  while (p < parser->end && *p != '<' && *p != '&')
    p++;
  parser->pos = p;
  emit (parser, start, (gsize)(p - start));
}

ImText *
markup_html_parse (const char *utf8, gssize len, MarkupDialect dialect)
{
  static const ImStyle none = IM_STYLE_INIT;
  Parser parser;

  parser.pos = utf8;
  parser.end = utf8 + (len < 0 ? strlen (utf8) : (gsize)len);
  parser.dialect = dialect;
  parser.text = im_text_new ();
  parser.style = none;
  parser.depth = 0;
  parser.too_deep = 0;
  parser.break_wanted = FALSE;
  parser.no_comments = FALSE;

  while (parser.pos < parser.end)
    switch (*parser.pos)
      {
      case '<':
        read_tag (&parser);
        break;
      case '&':
        read_entity (&parser);
        break;
      default:
        read_text (&parser);
      }
  while (parser.depth > 0)
    markup_style_clear (&parser.open[--parser.depth].change);
  return parser.text;
}

gboolean
markup_looks_html (const char *utf8)
{
  while (g_ascii_isspace (*utf8))
    utf8++;
  return g_ascii_strncasecmp (utf8, "<html", 5) == 0 &&
         (utf8[5] == '>' || g_ascii_isspace (utf8[5]));
}
