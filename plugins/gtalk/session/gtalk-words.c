#include "gtalk-words.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "markup-html.h"

#define NS_OOB "jabber:x:oob"
#define NS_UNSTYLED "urn:xmpp:styling:0"
#define NS_CORRECT "urn:xmpp:message-correct:0"

static const struct
{
  char mark;
  ImStyleFlags flag; /* 0: shown as it is */
} marks[] = {
  { '*', IM_STYLE_BOLD },
  { '_', IM_STYLE_ITALIC },
  { '~', IM_STYLE_STRIKE },
  { '`', 0 },
};

#define ALL_MARKS "*_~`"

#define N_LOOKS 3 /* of these, what has a look */

/* --- from looks to marks ---------------------------------------------------- */

/**
 * Marking:
 * @out: what was written
 * @space: spaces that stand before what comes next, or after a mark that
 *   closes: marks keep close to words
 * @open: which marks are open, by row, in their order
 * @depth: how many
 */
typedef struct
{
  GString *out;
  GString *space;
  guint open[N_LOOKS];
  guint depth;
} Marking;

static ImStyleFlags
open_flags (const Marking *m)
{
  ImStyleFlags flags = 0;

  for (guint i = 0; i < m->depth; i++)
    flags |= marks[m->open[i]].flag;
  return flags;
}

/* Closes what is open until nothing is that is not wanted, then opens the
 * rest. */
static void
set_looks (Marking *m, ImStyleFlags wanted)
{
  while (open_flags (m) & ~wanted)
    g_string_append_c (m->out, marks[m->open[--m->depth]].mark);
  g_string_append_len (m->out, m->space->str, (gssize) m->space->len);
  g_string_truncate (m->space, 0);
  for (guint i = 0; i < N_LOOKS; i++)
    if (wanted & marks[i].flag & ~open_flags (m))
      {
        g_string_append_c (m->out, marks[i].mark);
        m->open[m->depth++] = i;
      }
}

static void
mark_run (Marking *m, const char *text, gsize len, ImStyleFlags looks)
{
  for (gsize i = 0; i < len; i++)
    if (text[i] == '\n')
      {
        /* No mark reaches over the end of a line. */
        g_string_append_c (m->space, '\n');
        set_looks (m, 0);
      }
    else if (text[i] == ' ' || text[i] == '\t')
      g_string_append_c (m->space, text[i]);
    else
      {
        set_looks (m, looks);
        g_string_append_c (m->out, text[i]);
      }
}

char *
gtalk_words_mark (const ImText *text)
{
  g_autoptr (ImText) spelled = markup_spell_links (text);
  const char *plain = im_text_plain (spelled);
  g_autoptr (GString) space = g_string_new (NULL);
  Marking m = { .out = g_string_new (NULL), .space = space };

  for (guint i = 0; i < im_text_n_runs (spelled); i++)
    {
      const ImRun *run = im_text_run (spelled, i);

      mark_run (&m, plain + run->start, run->len,
                run->style.flags &
                    (IM_STYLE_BOLD | IM_STYLE_ITALIC | IM_STYLE_STRIKE));
    }
  set_looks (&m, 0);
  return g_string_free (m.out, FALSE);
}

/* --- from marks to looks ---------------------------------------------------- */

/**
 * Styling:
 * @text: what is read
 * @out: what comes of it
 * @none: for each mark, the end up to which no closing one is to be found any
 *   more, so that a line of nothing but opening marks is looked through once
 */
typedef struct
{
  const char *text;
  ImText *out;
  gsize none[G_N_ELEMENTS (marks)];
} Styling;

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n';
}

static int
row_of (char c)
{
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (marks[i].mark == c)
      return (int) i;
  return -1;
}

/* Words go on in letters of every script, which all are above ASCII. */
static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || (c & 0x80) != 0;
}

/* Returns: where the mark @row that is open at @at closes before @end, or 0 */
static gsize
find_close (Styling *s, int row, gsize at, gsize end)
{
  if (end <= s->none[row])
    return 0;
  for (gsize i = at + 2; i < end; i++)
    if (s->text[i] == marks[row].mark && !is_space (s->text[i - 1]) &&
        (i + 1 == end || !is_word (s->text[i + 1])))
      return i;
  s->none[row] = end;
  return 0;
}

static void
append (Styling *s, gsize start, gsize end, ImStyleFlags looks)
{
  ImStyle style = IM_STYLE_INIT;

  style.flags = looks;
  if (end > start)
    im_text_append (s->out, s->text + start, (gssize) (end - start), &style);
}

static void
style_line (Styling *s, gsize start, gsize end, ImStyleFlags looks)
{
  gsize done = start;
  gboolean may_open = TRUE;

  for (gsize i = start; i + 2 < end; i++)
    {
      int row = may_open ? row_of (s->text[i]) : -1;
      gsize close = 0;

      if (row >= 0 && !is_space (s->text[i + 1]) &&
          s->text[i + 1] != marks[row].mark &&
          !(looks & marks[row].flag))
        close = find_close (s, row, i, end);
      may_open = is_space (s->text[i]);
      if (close == 0)
        continue;
      append (s, done, i, looks);
      append (s, i, i + 1, looks | marks[row].flag);
      if (marks[row].flag == 0)
        append (s, i + 1, close, looks);
      else
        style_line (s, i + 1, close, looks | marks[row].flag);
      append (s, close, close + 1, looks | marks[row].flag);
      done = close + 1;
      i = close;
    }
  append (s, done, end, looks);
}

ImText *
gtalk_words_style (const char *line)
{
  Styling s = { .text = line };
  gsize start = 0;
  gboolean verbatim = FALSE;

  if (strpbrk (line, ALL_MARKS) == NULL)
    return im_text_new_plain (line);
  s.out = im_text_new ();
  while (line[start] != '\0')
    {
      gsize end = start + strcspn (line + start, "\n");

      if (g_str_has_prefix (line + start, "```"))
        verbatim = !verbatim;
      memset (s.none, 0, sizeof s.none);
      if (verbatim)
        append (&s, start, end, 0);
      else
        style_line (&s, start, end, 0);
      append (&s, end, end + (line[end] == '\n'), 0);
      start = end + (line[end] == '\n');
    }
  return s.out;
}

/* --- corrections --------------------------------------------------------------- */

void
gtalk_said_clear (GtalkSaid *said)
{
  g_clear_pointer (&said->first, g_free);
  g_clear_pointer (&said->last, g_free);
}

void
gtalk_said_set (GtalkSaid *said, const char *id)
{
  gtalk_said_clear (said);
  said->first = g_strdup (id);
  said->last = g_strdup (id);
}

/* Only the last one is in front of the reader. */
gboolean
gtalk_said_note (GtalkSaid *said, const XmlNode *stanza)
{
  const char *id = xml_node_attribute (stanza, "id");
  const char *replaced = xml_node_attribute (
      xml_node_first_ns (stanza, NS_CORRECT, "replace"), "id");

  if (id == NULL || strlen (id) > IM_MAX_STANZA_ID)
    return FALSE;
  if (replaced == NULL || said->first == NULL ||
      (strcmp (replaced, said->first) != 0 &&
       strcmp (replaced, said->last) != 0))
    {
      gtalk_said_set (said, id);
      return FALSE;
    }
  g_free (said->last);
  said->last = g_strdup (id);
  return TRUE;
}

void
gtalk_words_write_replace (XmppWriter *w, const char *id)
{
  if (id == NULL)
    return;
  xmpp_open (w, "replace", NS_CORRECT);
  xmpp_attr (w, "id", id);
  xmpp_close (w);
}

/* --- stanzas ------------------------------------------------------------------ */

void
gtalk_words_write (XmppWriter *w, const ImText *text, gboolean is_file)
{
  g_autofree char *words =
      is_file ? g_strdup (im_text_plain (text)) : gtalk_words_mark (text);

  xmpp_leaf (w, "body", NULL, words);
  if (!is_file)
    return;
  xmpp_open (w, "x", NS_OOB);
  xmpp_leaf (w, "url", NULL, words);
  xmpp_close (w);
}

static void
append_link (ImText *text, const char *url)
{
  ImStyle style = IM_STYLE_INIT;

  style.link = url;
  im_text_append (text, url, -1, &style);
}

ImText *
gtalk_words_read (const XmlNode *stanza)
{
  const char *url = xml_node_child_text (
      xml_node_first_ns (stanza, NS_OOB, "x"), "url");
  g_autofree char *tidy =
      im_charset_tidy (xml_node_child_text (stanza, "body"));
  ImText *text;

  if (tidy == NULL)
    return NULL;
  if (*url != '\0' && strcmp (url, tidy) == 0)
    {
      text = im_text_new ();
      append_link (text, url);
      return text;
    }
  text = xml_node_exists (xml_node_first_ns (stanza, NS_UNSTYLED, "unstyled"))
             ? im_text_new_plain (tidy)
             : gtalk_words_style (tidy);
  /* A file with words about it. */
  if (*url != '\0' && strstr (tidy, url) == NULL && im_text_link_ok (url))
    {
      im_text_append (text, "\n", 1, NULL);
      append_link (text, url);
    }
  return text;
}
