#include "msnp-mime.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"

void
msnp_mime_clear (MsnpMime *self)
{
  g_clear_pointer (&self->text, g_free);
  self->n_headers = 0;
  self->type = NULL;
}

/* Where the headers end and the body begins. */
static void
find_body (const ImReader *payload, gsize *ret_headers, gsize *ret_body)
{
  const guint8 *start = payload->pos;
  const guint8 *line = start;

  while (line < payload->end)
    {
      const guint8 *end = memchr (line, '\n', (gsize)(payload->end - line));

      if (end == NULL)
        break;
      if (end == line || (end == line + 1 && *line == '\r'))
        {
          *ret_headers = (gsize)(line - start);
          *ret_body = (gsize)(end + 1 - start);
          return;
        }
      line = end + 1;
    }
  *ret_headers = *ret_body = im_reader_left (payload);
}

/* The end of the line at @line, which goes on where the next one begins with
 * a space: such ends become spaces. */
static char *
end_of_line (char *line, char *end)
{
  char *p = line;

  while ((p = memchr (p, '\n', (gsize)(end - p))) != NULL)
    {
      if (p > line && p[-1] == '\r')
        p[-1] = ' ';
      if (p[1] != ' ' && p[1] != '\t')
        return p;
      *p++ = ' ';
    }
  return end;
}

/* In place; @end is one past the last, and may be written to. */
static char *
strip (char *start, char *end)
{
  while (start < end && g_ascii_isspace (*start))
    start++;
  while (end > start && g_ascii_isspace (end[-1]))
    end--;
  *end = '\0';
  return start;
}

/* Nearly all write them as everybody does. Letters differ from their capitals
 * in one bit. */
static gboolean
same_name (const char *name, const char *wanted)
{
  return (*name | 0x20) == (*wanted | 0x20) &&
         (strcmp (name, wanted) == 0 || g_ascii_strcasecmp (name, wanted) == 0);
}

static gboolean
add_header (MsnpMime *mime, char *line, char *end, GError **error)
{
  char *colon = memchr (line, ':', (gsize)(end - line));

  if (colon == NULL || colon == line)
    return TRUE;
  if (mime->n_headers == IM_MAX_MIME_HEADERS)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                           "a message has too many headers");
      return FALSE;
    }
  mime->names[mime->n_headers] = strip (line, colon);
  mime->values[mime->n_headers] = strip (colon + 1, end);
  if (mime->type == NULL &&
      same_name (mime->names[mime->n_headers], "Content-Type"))
    mime->type = mime->values[mime->n_headers];
  mime->n_headers++;
  return TRUE;
}

gboolean
msnp_mime_decode (const ImReader *payload, MsnpMime *ret, GError **error)
{
  gsize headers;
  gsize body;
  char *end;

  MSNP_MIME_INIT (ret);
  find_body (payload, &headers, &body);
  ret->text = g_malloc (headers + 1);
  if (headers > 0)
    memcpy (ret->text, payload->pos, headers);
  ret->text[headers] = '\0';
  /* Nothing is read behind a NUL. */
  end = ret->text + strlen (ret->text);
  for (char *line = ret->text; line < end;)
    {
      char *next = end_of_line (line, end);

      if (!add_header (ret, line, next, error))
        {
          msnp_mime_clear (ret);
          return FALSE;
        }
      line = next + 1;
    }
  ret->body = *payload;
  ret->body.pos += body;
  return TRUE;
}

const char *
msnp_mime_get (const MsnpMime *mime, const char *name)
{
  for (guint i = 0; i < mime->n_headers; i++)
    if (same_name (mime->names[i], name))
      return mime->values[i];
  return NULL;
}

char *
msnp_mime_dup (const MsnpMime *mime, const char *name)
{
  const char *value = msnp_mime_get (mime, name);
  char *text;

  if (value == NULL)
    return NULL;
  text = im_charset_to_utf8 ((const guint8 *)value, strlen (value), "UTF-8",
                             "ISO-8859-1");
  return g_strdelimit (text, "\n\t", ' ');
}

gboolean
msnp_mime_is (const MsnpMime *mime, const char *type)
{
  gsize len = strlen (type);

  return mime->type != NULL &&
         (strncmp (mime->type, type, len) == 0 ||
          g_ascii_strncasecmp (mime->type, type, len) == 0) &&
         (mime->type[len] == '\0' || mime->type[len] == ';' ||
          mime->type[len] == ' ');
}

/* The charset, in quotes or not. */
static char *
dup_charset (const char *value)
{
  const char *found = NULL;

  for (; value != NULL && found == NULL; value = strchr (value, ';'))
    {
      value += strspn (value, "; \t");
      if (g_ascii_strncasecmp (value, "charset=", 8) == 0)
        found = value + 8;
    }
  if (found == NULL)
    return g_strdup ("UTF-8");
  found += *found == '"';
  return g_strndup (found, MIN (strcspn (found, "\"; \t"), 64));
}

char *
msnp_mime_dup_body (const MsnpMime *mime)
{
  g_autofree char *charset = NULL;

  /* Nearly all say just this. */
  if (g_strcmp0 (mime->type, "text/plain; charset=UTF-8") != 0)
    charset = dup_charset (mime->type);
  else
    return im_charset_to_utf8 (mime->body.pos, im_reader_left (&mime->body),
                               "UTF-8", "ISO-8859-1");
  return im_charset_to_utf8 (mime->body.pos, im_reader_left (&mime->body),
                             charset, "ISO-8859-1");
}

static void
add_raw (ImWriter *writer, const char *text)
{
  im_writer_raw (writer, text, strlen (text));
}

void
msnp_mime_begin (ImWriter *writer, const char *type)
{
  add_raw (writer, "MIME-Version: 1.0\r\n");
  msnp_mime_add (writer, "Content-Type", type);
}

void
msnp_mime_add (ImWriter *writer, const char *name, const char *value)
{
  g_autofree char *line = g_strdup (value);

  add_raw (writer, name);
  add_raw (writer, ": ");
  add_raw (writer, g_strdelimit (line, "\r\n", ' '));
  msnp_mime_end (writer);
}

void
msnp_mime_end (ImWriter *writer)
{
  add_raw (writer, "\r\n");
}

void
msnp_mime_encode_typing (ImWriter *writer, const char *address)
{
  msnp_mime_begin (writer, "text/x-msmsgscontrol");
  msnp_mime_add (writer, "TypingUser", address);
  add_raw (writer, "\r\n\r\n");
}

void
msnp_mime_encode_nudge (ImWriter *writer)
{
  msnp_mime_begin (writer, "text/x-msnmsgr-datacast");
  msnp_mime_end (writer);
  add_raw (writer, "ID: 1\r\n\r\n");
}

guint
msnp_mime_datacast (const MsnpMime *mime)
{
  g_auto (MsnpMime) inner = { NULL };
  const char *id;
  guint64 number;

  if (!msnp_mime_decode (&mime->body, &inner, NULL))
    return 0;
  id = msnp_mime_get (&inner, "ID");
  if (id == NULL || !im_word_number (im_word (id), G_MAXUINT, &number, NULL))
    return 0;
  return (guint)number;
}

/* A message of which parts have come. */
typedef struct
{
  char *sender;
  char *id;
  gint64 since;
  guint n_parts;
  guint n_missing;
  gsize size;
  GBytes **parts; /* NULL where one is missing */
} Set;

struct _MsnpJoiner
{
  GPtrArray *sets; /* Set, oldest first */
};

static void
set_free (gpointer data)
{
  Set *set = data;

  for (guint i = 0; i < set->n_parts; i++)
    g_clear_pointer (&set->parts[i], g_bytes_unref);
  g_free (set->parts);
  g_free (set->sender);
  g_free (set->id);
  g_free (set);
}

MsnpJoiner *
msnp_joiner_new (void)
{
  MsnpJoiner *joiner = g_new0 (MsnpJoiner, 1);

  joiner->sets = g_ptr_array_new_with_free_func (set_free);
  return joiner;
}

void
msnp_joiner_free (MsnpJoiner *joiner)
{
  g_ptr_array_unref (joiner->sets);
  g_free (joiner);
}

static void
forget_old (MsnpJoiner *joiner, gint64 now)
{
  while (joiner->sets->len > 0)
    {
      const Set *oldest = joiner->sets->pdata[0];

      if (now - oldest->since < IM_MSNP_CHUNK_SECONDS)
        return;
      g_ptr_array_remove_index (joiner->sets, 0);
    }
}

static Set *
find_set (MsnpJoiner *joiner, const char *sender, const char *id)
{
  for (guint i = 0; i < joiner->sets->len; i++)
    {
      Set *set = joiner->sets->pdata[i];

      if (strcmp (set->sender, sender) == 0 && strcmp (set->id, id) == 0)
        return set;
    }
  return NULL;
}

static Set *
add_set (MsnpJoiner *joiner, const char *sender, const char *id, guint n_parts,
         gint64 now)
{
  Set *set = g_new0 (Set, 1);

  if (joiner->sets->len == IM_MAX_MSNP_CHUNK_SETS)
    g_ptr_array_remove_index (joiner->sets, 0);
  set->sender = g_strdup (sender);
  set->id = g_strdup (id);
  set->since = now;
  set->n_parts = n_parts;
  set->n_missing = n_parts;
  set->parts = g_new0 (GBytes *, n_parts);
  g_ptr_array_add (joiner->sets, set);
  return set;
}

/* The headers without those about parts, an empty line, the body. */
static GBytes *
first_part (const MsnpMime *mime)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < mime->n_headers; i++)
    {
      g_autofree char *line =
          g_strconcat (mime->names[i], ": ", mime->values[i], "\r\n", NULL);

      if (g_ascii_strcasecmp (mime->names[i], "Message-ID") != 0 &&
          g_ascii_strcasecmp (mime->names[i], "Chunks") != 0)
        g_byte_array_append (bytes, (guint8 *)line, (guint)strlen (line));
    }
  g_byte_array_append (bytes, (const guint8 *)"\r\n", 2);
  g_byte_array_append (bytes, mime->body.pos,
                       (guint)im_reader_left (&mime->body));
  return g_byte_array_free_to_bytes (bytes);
}

static GBytes *
join (const Set *set)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < set->n_parts; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (set->parts[i], &len);

      g_byte_array_append (bytes, data, (guint)len);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static MsnpJoin
add_part (MsnpJoiner *joiner, Set *set, guint n, GBytes *part, GBytes **ret)
{
  if (n >= set->n_parts || set->parts[n] != NULL)
    {
      g_bytes_unref (part);
      return MSNP_JOIN_DROPPED;
    }
  set->parts[n] = part;
  set->size += g_bytes_get_size (part);
  set->n_missing--;
  if (set->size > IM_MAX_MSNP_JOINED)
    {
      g_ptr_array_remove (joiner->sets, set);
      return MSNP_JOIN_DROPPED;
    }
  if (set->n_missing > 0)
    return MSNP_JOIN_HELD;
  *ret = join (set);
  g_ptr_array_remove (joiner->sets, set);
  return MSNP_JOIN_DONE;
}

static gboolean
read_count (const MsnpMime *mime, const char *name, guint64 *ret)
{
  const char *value = msnp_mime_get (mime, name);

  return value != NULL &&
         im_word_number (im_word (value), IM_MAX_MSNP_CHUNKS, ret, NULL);
}

MsnpJoin
msnp_joiner_push (MsnpJoiner *joiner, const char *sender, const MsnpMime *mime,
                  gint64 now, GBytes **ret)
{
  const char *id = msnp_mime_get (mime, "Message-ID");
  gboolean first = msnp_mime_get (mime, "Chunks") != NULL;
  guint64 number;
  Set *set;

  forget_old (joiner, now);
  if (id == NULL || (!first && msnp_mime_get (mime, "Chunk") == NULL))
    return MSNP_JOIN_WHOLE;
  if (!read_count (mime, first ? "Chunks" : "Chunk", &number) || number == 0 ||
      strlen (id) > 128)
    return MSNP_JOIN_DROPPED;
  set = find_set (joiner, sender, id);
  if (first && set == NULL)
    set = add_set (joiner, sender, id, (guint)number, now);
  if (set == NULL)
    return MSNP_JOIN_DROPPED;
  if (first)
    return add_part (joiner, set, 0, first_part (mime), ret);
  return add_part (joiner, set, (guint)number,
                   g_bytes_new (mime->body.pos, im_reader_left (&mime->body)),
                   ret);
}

/* At most @max bytes from @body, not ending inside a character. */
static gsize
piece_of (const char *body, gsize len, gsize max)
{
  gsize piece = MIN (len, max);

  while (piece < len && piece > 0 && ((guint8)body[piece] & 0xc0) == 0x80)
    piece--;
  return piece;
}

static GBytes *
payload (const char *headers, const char *more, const char *body, gsize len)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)headers, (guint)strlen (headers));
  g_byte_array_append (bytes, (const guint8 *)more, (guint)strlen (more));
  g_byte_array_append (bytes, (const guint8 *)"\r\n", 2);
  g_byte_array_append (bytes, (const guint8 *)body, (guint)len);
  return g_byte_array_free_to_bytes (bytes);
}

GPtrArray *
msnp_mime_split (const char *headers, const char *body, gsize len, gsize max,
                 const char *id)
{
  g_autoptr (GPtrArray) cuts = g_ptr_array_new ();
  GPtrArray *parts;
  /* What the longest form of both headers takes, and the empty line. */
  gsize extra = strlen (id) + strlen ("Message-ID: \r\nChunks: 64\r\n\r\n");
  gsize head = strlen (headers);
  gsize at = 0;

  parts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  if (head + 2 + len <= max)
    {
      g_ptr_array_add (parts, payload (headers, "", body, len));
      return parts;
    }
  while (at < len && cuts->len <= IM_MAX_MSNP_CHUNKS)
    {
      gsize used = extra + (cuts->len == 0 ? head : 0);
      gsize piece = used < max ? piece_of (body + at, len - at, max - used) : 0;

      if (piece == 0)
        break;
      g_ptr_array_add (cuts, GSIZE_TO_POINTER (piece));
      at += piece;
    }
  if (at < len || cuts->len > IM_MAX_MSNP_CHUNKS)
    {
      g_ptr_array_unref (parts);
      return NULL;
    }
  at = 0;
  for (guint i = 0; i < cuts->len; i++)
    {
      g_autofree char *more =
          g_strdup_printf ("Message-ID: %s\r\n%s: %u\r\n", id,
                           i == 0 ? "Chunks" : "Chunk", i == 0 ? cuts->len : i);

      g_ptr_array_add (parts, payload (i == 0 ? headers : "", more, body + at,
                                       GPOINTER_TO_SIZE (cuts->pdata[i])));
      at += GPOINTER_TO_SIZE (cuts->pdata[i]);
    }
  return parts;
}
